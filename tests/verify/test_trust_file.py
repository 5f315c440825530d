"""A trust file before anything rests on it: what it says was seen is the ledger's own signed word."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from custody.verify.record.trusting import parse_trust
from schemas import canonical
from schemas.errors import RecordError
from schemas.text import format_base64
from schemas.trust import LogKey, SeenCheckpoint
from tests.vectors.setting import Setting, make_setting


@dataclass(frozen=True)
class Reader:
    """Somebody who saw a ledger at five entries."""

    setting: Setting
    seen: SeenCheckpoint

    def reads(self, seen: SeenCheckpoint, **changes: object) -> None:
        """Read a trust file in which this was seen."""
        parse_trust(canonical.encode(self.setting.trust(seen=(seen,), **changes)))


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """The reader, with what he truly saw."""
    setting = make_setting(tmp_path)
    return Reader(setting, setting.seen(5))


def test_what_was_seen_is_a_signed_checkpoint(reader: Reader) -> None:
    """The control of what follows, and the proof of a fork: of another root there is a note as well."""
    reader.reads(reader.seen)
    reader.reads(reader.setting.seen(5, root="ab" * 32))


@pytest.mark.parametrize("fault", ["garbage", "root", "size", "origin", "unsigned", "signature", "key"])
def test_what_nobody_signed_accuses_nobody(reader: Reader, fault: str) -> None:
    """A fingerprint tells nothing of it: whoever could change a file on its way made every bundle FAILED as a fork."""
    seen, forge, changes = reader.seen, reader.setting.forge, {}
    note = forge.checkpoint(size=5)
    match fault:
        case "garbage":
            note = b"garbage"
        case "root":
            seen = replace(seen, root="01" * 32)
        case "size":
            seen = replace(seen, size=6)
        case "origin":
            note = forge.checkpoint(size=5, origin="b.example/main")
        case "unsigned":
            note = note.partition(b"\n\n")[0] + b"\n\n"
        case "signature":
            note = note.replace(b"\n5\n", b"\n6\n")
            seen = replace(seen, size=6)
        case _:
            changes = {"log_keys": (LogKey(first=0, key=reader.setting.world.log_key, last=3),)}
    with pytest.raises(RecordError) as caught:
        reader.reads(replace(seen, note=format_base64(note)), **changes)
    assert caught.value.code == "trust.seen"


@pytest.mark.parametrize("policy", ["quorum nobody\n", "quorum none"])
def test_a_policy_that_is_none_is_found_when_the_file_is_read(reader: Reader, policy: str) -> None:
    """Found only with the first bundle, it would look like a fault of that."""
    with pytest.raises(RecordError) as caught:
        parse_trust(canonical.encode(replace(reader.setting.trust(), policy=policy)))
    assert caught.value.code == "policy.malformed"
