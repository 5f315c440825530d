"""A key file opens with its passphrase alone, and says what is wrong with it otherwise."""

import re
from hashlib import sha256
from typing import Any

import pytest
from nacl.exceptions import RuntimeError as SodiumError

import keys.private.key_file
import keys.private.locked
from keys.ed25519 import check_signature
from keys.private.key_file import format_key_file, open_key_file, parse_key_file
from keys.private.locked import Cost
from keys.private.signer import Ed25519Signer
from schemas import canonical
from schemas.errors import SigningKeyError
from schemas.text import format_base64
from tests.keys.private.secrets import CHEAP, counting, loads, signer

GOOD = format_key_file(signer(1), passphrase=b"open", random=counting(), cost=CHEAP)
BARE = format_key_file(signer(1), passphrase=None, random=counting())


def _code(raw: bytes, passphrase: bytes | None = b"open") -> str:
    with pytest.raises(SigningKeyError) as caught:
        open_key_file(parse_key_file(raw), passphrase=passphrase)
    return caught.value.code


def _forge(raw: bytes, **changes: Any) -> bytes:
    """Change fields and make the checksum fit again, as somebody does who means it."""
    fields = loads(raw)
    fields["protection"].update(changes.pop("protection", {}))
    fields.update(changes)
    del fields["checksum"]
    return canonical.encode({**fields, "checksum": sha256(canonical.encode(fields)).hexdigest()})


@pytest.mark.parametrize(("raw", "passphrase"), [(GOOD, b"open"), (BARE, None), (BARE, b"whatever")])
def test_a_key_file_gives_its_signer_back(raw: bytes, passphrase: bytes | None) -> None:
    """What was written yesterday signs today."""
    opened = open_key_file(parse_key_file(raw), passphrase=passphrase)
    assert (opened.agent, opened.key_id) == ("examiner-1", signer(1).key_id)
    check_signature(key=signer(1).public_key, message=b"m", signature=opened.sign(b"m"))


@pytest.mark.parametrize("raw", [GOOD, BARE])
def test_the_documented_fields_are_the_files(raw: bytes) -> None:
    """Somebody may have to open a key file in thirty years with another tool."""
    words = set(re.findall(r'"([a-z0-9/-]+)":', keys.private.key_file.__doc__ or ""))
    assert set(loads(raw)) | set(loads(raw)["protection"]) <= words


def test_the_seed_is_not_in_an_encrypted_file() -> None:
    """Neither in clear nor in base64, and two files of one key share no secret bytes."""
    seed = signer(1).reveal_seed()
    assert seed not in GOOD
    assert format_base64(seed).encode() not in GOOD
    other = format_key_file(signer(1), passphrase=b"open", random=counting(50), cost=CHEAP)
    for field in ("nonce", "salt", "secret"):
        assert loads(other)["protection"][field] != loads(GOOD)["protection"][field]


def test_the_default_cost_is_moderate() -> None:
    """A stolen file must be expensive to try; the number is in the file, so it can grow."""
    assert (Cost().operations, Cost().memory) == (3, 268_435_456)


def test_a_wrong_passphrase_is_not_called_damage() -> None:
    """The owner types again, rather than looking for a backup."""
    assert _code(GOOD, b"Open") == "key.wrong-passphrase"
    assert _code(GOOD, b"open\n") == "key.wrong-passphrase"
    assert _code(GOOD, None) == "key.passphrase-needed"


@pytest.mark.parametrize("raw", [GOOD, BARE])
def test_every_flipped_bit_is_called_damage(raw: bytes) -> None:
    """The owner looks for a backup, rather than doubting his memory; the passphrase isn't even needed."""
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        assert _parse_code(bytes(changed)) in {"key.damaged", "key.version"}


def _parse_code(raw: bytes) -> str:
    with pytest.raises(SigningKeyError) as caught:
        parse_key_file(raw)
    return caught.value.code


@pytest.mark.parametrize("raw", [GOOD, BARE])
def test_every_cut_file_is_called_damage(raw: bytes) -> None:
    """A full disk or a pulled stick leaves such files."""
    for length in range(len(raw)):
        assert _parse_code(raw[:length]) == "key.damaged"
    assert _parse_code(raw + b"\n") == "key.damaged"


def test_a_file_of_another_agent_or_key_is_found_when_it_opens() -> None:
    """A thief of the folder must not make an examiner sign as somebody else."""
    assert _code(_forge(GOOD, agent="examiner-2")) == "key.damaged"
    assert _code(_forge(GOOD, key=format_base64(signer(2).public_key))) == "key.damaged"
    assert _code(_forge(BARE, key=format_base64(signer(2).public_key))) == "key.damaged"


@pytest.mark.parametrize(
    "protection",
    [
        {"memory": 2**30 + 1},
        {"memory": 2**40},
        {"memory": 8191},
        {"operations": 17},
        {"operations": 0},
        {"operations": 2**40},
        {"memory": -1},
        {"kind": "file-mode"},
        {"kind": "none"},
        {"seed": "AAAA"},
    ],
)
def test_a_hostile_file_cannot_eat_the_machine(protection: dict[str, Any]) -> None:
    """Argon2id would take whatever memory and time the file asks for."""
    assert _parse_code(_forge(GOOD, protection=protection)) == "key.damaged"


@pytest.mark.parametrize(
    "protection", [{"salt": "AAAA"}, {"nonce": format_base64(bytes(23))}, {"secret": "AAAA"}, {"salt": "!!!!"}]
)
def test_fields_of_the_wrong_length_are_damage(protection: dict[str, Any]) -> None:
    """The library would raise errors of its own on some of them."""
    assert _code(_forge(GOOD, protection=protection)) == "key.damaged"


def test_the_cheapest_change_to_the_cost_opens_nothing() -> None:
    """Lowering it in the file makes another key, not a weaker one."""
    assert _code(_forge(GOOD, protection={"operations": 2})) == "key.wrong-passphrase"


def test_a_newer_file_is_not_called_damaged() -> None:
    """Nobody should throw a key away because his program is old."""
    assert _parse_code(GOOD.replace(b"custody-key/v1", b"custody-key/v2")) == "key.version"


def test_a_machine_without_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's own words are 'unexpected failure'."""

    def fail(*_: object) -> bytes:
        raise SodiumError("no memory")

    monkeypatch.setattr(keys.private.locked, "crypto_pwhash_alg", fail)
    assert _code(GOOD) == "key.memory"


def test_a_signer_shows_no_secret_and_forgets_it() -> None:
    """A log file or a traceback must not hold a seed."""
    made = Ed25519Signer.generate(agent="examiner-1", random=counting())
    assert made.reveal_seed().hex() not in repr(made)
    assert "examiner-1" in repr(made)
    made.forget()
    with pytest.raises(AssertionError):
        made.sign(b"m")
    with pytest.raises(AssertionError):
        made.reveal_seed()
