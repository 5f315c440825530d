"""Proofs of single records as text: stricter than the readers that others use."""

import base64

import pytest

import schemas.tlog_proof
from custody.ledger.prove import LeafNodes, prove_inclusion
from custody.verify.record.tree import check_inclusion
from schemas.checkpoint import Checkpoint, format_checkpoint
from schemas.errors import RecordError
from schemas.merkle import hash_leaf
from schemas.tlog_proof import HEADER, TlogProof, format_tlog_proof, parse_tlog_proof
from tests import rfc6962

LEAVES = rfc6962.leaf_hashes(1000)
SIGNATURE = "— ledger.example/main " + base64.b64encode(bytes(range(68))).decode() + "\n"
COSIGNATURE = "— witness.example " + base64.b64encode(bytes(76)).decode() + "\n"


def _note(size: int = 1000) -> bytes:
    checkpoint = Checkpoint("ledger.example/main", size, rfc6962.root(LEAVES[:size]))
    return format_checkpoint(checkpoint) + b"\n" + SIGNATURE.encode() + COSIGNATURE.encode()


def _proof(index: int = 777, size: int = 1000) -> TlogProof:
    return TlogProof(index, tuple(prove_inclusion(LeafNodes(LEAVES[:size]), index, size)), _note(size))


RAW = format_tlog_proof(_proof())


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (777, 1000), (999, 1000)])
def test_a_proof_comes_back_as_it_was_and_holds(index: int, size: int) -> None:
    """A receipt that a witness keeps for years is checked from its own bytes."""
    proof = _proof(index, size)
    raw = format_tlog_proof(proof)
    found = parse_tlog_proof(raw)
    assert found == proof
    assert format_tlog_proof(found) == raw
    assert raw.endswith(b"\n\n" + _note(size))
    checkpoint = found.checkpoint
    check_inclusion(
        index=found.index, size=checkpoint.size, leaf=LEAVES[index], nodes=found.nodes, root=checkpoint.root
    )


def test_the_first_lines_are_those_of_the_specification() -> None:
    """Other tools read it too."""
    lines = RAW.split(b"\n")
    assert lines[:2] == [b"c2sp.org/tlog-proof@v1", b"index 777"]
    assert len(lines[2]) == 44
    assert lines[12:14] == [b"", b"ledger.example/main"]


def test_the_unauthenticated_extra_is_kept() -> None:
    """The specification allows it, so a file that has one is read; nothing trusts it."""
    proof = TlogProof(0, (), _note(1), extra=b"sealed")
    raw = format_tlog_proof(proof)
    assert raw.startswith(b"c2sp.org/tlog-proof@v1\nextra c2VhbGVk\nindex 0\n\n")
    assert parse_tlog_proof(raw) == proof


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"\n", b"\r\n", "tlog-proof.malformed"),
        (b"@v1\n", b"@v1\r\n", "tlog-proof.header"),
        (b"@v1", b"@v2", "tlog-proof.header"),
        (b"c2sp.org", b"C2SP.org", "tlog-proof.header"),
        (b"c2sp.org", b"\xef\xbb\xbfc2sp.org", "tlog-proof.malformed"),
        (b"index 777", b"index 777\r", "tlog-proof.index"),
        (b"index 777", b"index 0777", "tlog-proof.index"),
        (b"index 777", b"index +777", "tlog-proof.index"),
        (b"index 777", b"index  777", "tlog-proof.index"),
        (b"index 777", b"index 777 ", "tlog-proof.index"),
        (b"index 777", b"index\t777", "tlog-proof.index"),
        (b"index 777", b"Index 777", "tlog-proof.index"),
        (b"index 777", b"index ", "tlog-proof.index"),
        (b"index 777\n", b"", "tlog-proof.index"),
        (b"index 777", b"index 1000", "tlog-proof.index"),
        (b"index 777", b"index 9007199254740992", "tlog-proof.index"),
        (b"index 777", b"extra\nindex 777", "tlog-proof.extra"),
        (b"index 777", b"extra \nindex 777", "tlog-proof.extra"),
        (b"index 777", b"extra AA\nindex 777", "tlog-proof.extra"),
        (b"index 777", b"extra AB==\nindex 777", "tlog-proof.extra"),
        (b"index 777", b"extra AA==\nextra AA==\nindex 777", "tlog-proof.index"),
        (b"index 777\n", b"index 777\nindex 777\n", "tlog-proof.nodes"),
        (b"index 777\n", b"index 777\nAA==\n", "tlog-proof.nodes"),
        (b"index 777\n", b"index 777\n" + b"A" * 43 + b"\n", "tlog-proof.nodes"),
        (b"index 777\n", b"index 777\n" + b"A" * 42 + b"B=\n", "tlog-proof.nodes"),
        (b"index 777\n", b"index 777\n" + (b"A" * 43 + b"=\n") * 60, "tlog-proof.nodes"),
        (b"index 777\n", b"index 777\n\n", "checkpoint.malformed"),
        (b"\n1000\n", b"\n01000\n", "checkpoint.size"),
        (b"\n1000\n", b"\n+1000\n", "checkpoint.size"),
        (b"ledger.example/main\n", b"ledger.example/main\r\n", "checkpoint.origin"),
        (b"\n\nledger", b"\nledger", "tlog-proof.nodes"),
        (b"\n\nledger", b"\n\n\nledger", "checkpoint.malformed"),
        (COSIGNATURE.encode(), COSIGNATURE.rstrip().encode(), "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.encode() * 2, "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.encode() + b"\n", "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.encode() + b"junk\n", "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.encode() + b"junk", "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.rstrip().encode() + b"\r\n", "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.rstrip().encode() + b" \n", "tlog-proof.note"),
        (COSIGNATURE.encode(), COSIGNATURE.replace("—", "-").encode(), "tlog-proof.note"),
        (COSIGNATURE.encode(), "— wit+ness AAAAAAAA\n".encode(), "tlog-proof.note"),
        (COSIGNATURE.encode(), "— witness AAAA\n".encode(), "tlog-proof.note"),
        (COSIGNATURE.encode(), "— witness AAAAAAAB==\n".encode(), "tlog-proof.note"),
        (COSIGNATURE.encode(), b"\xff\n", "tlog-proof.note"),
        (SIGNATURE.encode() + COSIGNATURE.encode(), b"", "tlog-proof.note"),
        (
            COSIGNATURE.encode(),
            b"".join(COSIGNATURE.replace("witness", f"w{n}").encode() for n in range(100)),
            "tlog-proof.note",
        ),
    ],
)
def test_a_mutant_is_refused(old: bytes, new: bytes, code: str) -> None:
    """Some reader in use takes each of these; then two files prove one thing, and the digest of one says little."""
    assert old in RAW
    with pytest.raises(RecordError) as caught:
        parse_tlog_proof(RAW.replace(old, new))
    assert caught.value.code == code


def test_the_example_in_the_docstring_proves_its_record() -> None:
    """A foreign implementer starts from these bytes."""
    lines = [line.strip() for line in (schemas.tlog_proof.__doc__ or "").splitlines()]
    example = "\n".join(lines[lines.index(HEADER) :]).partition("\n— ")[0] + f"\n{SIGNATURE}"
    proof = parse_tlog_proof(example.encode())
    root = rfc6962.root([hash_leaf(b"one"), hash_leaf(b"two")])
    assert proof.checkpoint == Checkpoint("evidence.police.example/main", 2, root)
    check_inclusion(index=proof.index, size=2, leaf=hash_leaf(b"two"), nodes=proof.nodes, root=root)


@pytest.mark.parametrize("end", [0, 1, 22, 23, 33, 34, 100, 600, len(RAW) - 1])
def test_a_cut_file_is_refused(end: int) -> None:
    """A broken download must not pass for a shorter proof."""
    with pytest.raises(RecordError):
        parse_tlog_proof(RAW[:end])


def test_a_huge_file_is_refused() -> None:
    """Reading costs no more than the cap."""
    with pytest.raises(RecordError, match=r"tlog-proof\.malformed"):
        parse_tlog_proof(RAW + SIGNATURE.encode() * 20_000)
