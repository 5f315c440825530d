"""bundle.json and disclosures.json: one spelling, everything in order, nothing twice."""

import pytest

from schemas import canonical, layout, limits
from schemas.bundle import Bundle, BundledDocument, BundledExhibit, BundledFile, Ciphertext, Disclosures
from schemas.errors import RecordError, UnknownVersionError

A, B = "a" * 64, "b" * 64
NONCE = "0" * 32


def _bundle(
    *,
    documents: tuple[BundledDocument, ...] = (),
    exhibits: tuple[BundledExhibit, ...] = (BundledExhibit(case="2026-0417", exhibit="EX-1"),),
    files: tuple[BundledFile, ...] = (),
) -> bytes:
    """Encode a bundle, without the checks that only a reader makes."""
    value = {
        "documents": documents,
        "exhibits": exhibits,
        "files": files,
        "ledger": "evidence.police.example/main",
        "nonce": NONCE,
        "schema": "custody-bundle/v1",
    }
    return canonical.encode(value)


def _read(raw: bytes) -> Bundle:
    return canonical.decode(raw, Bundle, maximum=limits.JSON_BYTES)


def test_a_bundle_is_read_as_it_was_written() -> None:
    """The bytes of the specification's example."""
    raw = _bundle(
        documents=(BundledDocument(sha256=A, size=1),),
        files=(BundledFile(sha256=A, size=2, encrypted=Ciphertext(sha256=B, size=3)), BundledFile(sha256=B, size=0)),
    )
    assert raw.startswith(b'{"documents":[{"sha256":"aa')
    found = _read(raw)
    assert canonical.encode(found) == raw
    assert found.exhibits[0].exhibit == "EX-1"


@pytest.mark.parametrize(
    "raw",
    [
        _bundle(documents=(BundledDocument(sha256=B, size=1), BundledDocument(sha256=A, size=1))),
        _bundle(documents=(BundledDocument(sha256=A, size=1), BundledDocument(sha256=A, size=2))),
        _bundle(files=(BundledFile(sha256=B, size=1), BundledFile(sha256=A, size=1))),
        _bundle(files=(BundledFile(sha256=A, size=1), BundledFile(sha256=A, size=1))),
        _bundle(files=tuple(BundledFile(sha256=h, size=1, encrypted=Ciphertext(sha256=A, size=1)) for h in (A, B))),
        _bundle(exhibits=()),
        _bundle(exhibits=(BundledExhibit(case="2", exhibit="1"), BundledExhibit(case="1", exhibit="2"))),
        _bundle(exhibits=(BundledExhibit(case="1", exhibit="1"), BundledExhibit(case="1", exhibit="1"))),
        _bundle(exhibits=tuple(BundledExhibit(case="1", exhibit=f"{n:04d}") for n in range(limits.ABOUT + 1))),
        _bundle().replace(b"2026-0417", "\u00e9".encode() * 65),
        _bundle().replace(b"2026-0417", b"a\\u0007b"),
        _bundle().replace(b'"ledger"', b'"index":1,"ledger"'),
        _bundle().replace(b'"nonce"', b' "nonce"'),
    ],
)
def test_a_bundle_in_another_spelling_is_refused(raw: bytes) -> None:
    """Order and uniqueness make two lists comparable, and leave no room for a second meaning."""
    with pytest.raises(RecordError) as caught:
        _read(raw)
    assert not isinstance(caught.value, UnknownVersionError)


def test_a_bundle_of_a_newer_version_is_undecided() -> None:
    """A court with last year's program must not read FAILED."""
    with pytest.raises(UnknownVersionError):
        _read(_bundle().replace(b"custody-bundle/v1", b"custody-bundle/v2"))


def test_exhibits_stand_in_order_of_their_bytes() -> None:
    """Numbers in other scripts sort the same in every program."""
    numbers = ("Z", "a", "\u00e9", "\uffee", "\U0001f600")
    assert sorted(numbers, key=str.encode) == list(numbers)
    _read(_bundle(exhibits=tuple(BundledExhibit(case="1", exhibit=number) for number in numbers)))


@pytest.mark.parametrize(
    "texts", [["b", "a"], ["a", "a"], ["a="], ["a b"], [""], ["a" * (limits.DISCLOSURE_BYTES + 1)]]
)
def test_disclosures_in_another_spelling_are_refused(texts: list[str]) -> None:
    """A disclosure twice, or one that is no base64url, would be room for a message."""
    raw = canonical.encode({"disclosures": texts, "schema": "custody-disclosures/v1"})
    with pytest.raises(RecordError):
        canonical.decode(raw, Disclosures, maximum=limits.JSON_BYTES)


def test_disclosures_are_read_as_they_were_written() -> None:
    """Also none at all: everything withheld."""
    for texts in ((), ("-a", "A", "_", "a")):
        raw = canonical.encode(Disclosures(disclosures=texts, schema="custody-disclosures/v1"))
        assert canonical.decode(raw, Disclosures, maximum=limits.JSON_BYTES).disclosures == texts


def test_the_layout_orders_members_by_name_bytes() -> None:
    """Ten comes before two: order is by bytes, so that no reader needs to count."""
    names = [layout.entry_name(2), layout.TAG_MANIFEST, layout.PROOF, layout.entry_name(10), layout.MANIFEST]
    names += [layout.BUNDLE, layout.README, layout.BAG_INFO, layout.BAGIT, layout.CHECKPOINT, layout.DISCLOSURES]
    assert sorted(names, key=layout.place_of) == [
        *("bagit.txt", "bag-info.txt", "data/README.txt", "data/bundle.json", "data/disclosures.json"),
        *("manifest-sha256.txt", "custody/checkpoint", "custody/entries/10.json", "custody/entries/2.json"),
        *("custody/proof.json", "tagmanifest-sha256.txt"),
    ]
    assert sorted(layout.REQUIRED, key=layout.place_of) == list(layout.REQUIRED)


def test_only_evidence_may_travel_apart() -> None:
    """A warrant or a manifest that is listed and absent is a failure; a file of evidence may come on its own disk."""
    assert layout.is_detachable(layout.FILES + A)
    assert layout.is_detachable(f"{layout.ENCRYPTED}{A}.age")
    for name in (layout.DOCUMENTS + A, layout.BUNDLE, f"{layout.MANIFESTS}{A}.jsonl", layout.FILES, layout.CHECKPOINT):
        assert not layout.is_detachable(name)


def test_the_name_of_an_entry_is_its_index() -> None:
    """One index has one name."""
    assert layout.parse_entry_name(layout.entry_name(0)) == 0
    assert layout.parse_entry_name(layout.entry_name(limits.TREE_SIZE - 1)) == limits.TREE_SIZE - 1
    for wrong in ("custody/entries/01.json", "custody/entries/9999999999999999.json", "custody/checkpoint", "0.json"):
        with pytest.raises(RecordError):
            layout.parse_entry_name(wrong)


def test_no_name_of_the_layout_is_longer_than_it_says() -> None:
    """The reader's first guard against a directory too large to be ours counts on it."""
    longest = (f"custody/timestamps/{A}.tsr", f"data/manifests/{A}.jsonl", layout.entry_name(limits.TREE_SIZE - 1))
    assert max(len(name) for name in longest) == layout.NAME_BYTES
    assert all(layout.place_of(name) for name in longest)
