"""Small containers, and regions in memory, for tests."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from custody.bundle.zip_layout import Member
from custody.bundle.zip_write import write_container
from schemas import bag, layout

EVIDENCE = b"evidence of one file"
EVIDENCE_NAME = layout.FILES + sha256(EVIDENCE).hexdigest()


@dataclass(frozen=True, slots=True)
class Memory:
    """A region in memory."""

    raw: bytes

    @property
    def size(self) -> int:
        return len(self.raw)

    def read_at(self, offset: int, length: int) -> bytes:
        assert 0 <= offset <= offset + length <= len(self.raw), "a region is read within its bounds"
        return self.raw[offset : offset + length]


def contents(extra: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the members of a small container in their order, all but the tag manifest."""
    made = {
        layout.BAGIT: bag.DECLARATION,
        layout.BAG_INFO: b"Payload-Oxum: 26.4\n",
        layout.README: b"how to check\n",
        layout.BUNDLE: b"{}",
        layout.DISCLOSURES: b"{}",
        EVIDENCE_NAME: EVIDENCE,
        layout.CHECKPOINT: b"a note\n",
        layout.entry_name(0): b'{"index":0}',
        layout.entry_name(10): b'{"index":10}',
        layout.entry_name(2): b"",
        layout.PROOF: b"{}",
        **(extra or {}),
    }
    payload = ((name, sha256(raw).hexdigest()) for name, raw in made.items() if layout.is_payload(name))
    made[layout.MANIFEST] = bag.format_manifest(payload)
    return dict(sorted(made.items(), key=lambda item: layout.place_of(item[0])))


def write_small(target: Path, extra: Mapping[str, bytes] | None = None) -> None:
    """Write a small container."""
    with write_container(target) as writer:
        for name, raw in contents(extra).items():
            writer.add(name, raw)
        writer.add_tag_manifest()


def small_bytes(extra: Mapping[str, bytes] | None = None) -> bytes:
    """Return the bytes of a small container."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "bundle.zip")
        write_small(target, extra)
        return target.read_bytes()


def members_of(made: Mapping[str, bytes], crc: Mapping[str, int]) -> tuple[Member, ...]:
    """Return members one after another, whatever their names."""
    members: list[Member] = []
    for name, raw in made.items():
        offset = members[-1].end if members else 0
        members.append(Member(name=name, size=len(raw), crc=crc[name], offset=offset))
    return tuple(members)
