"""Bundles that are damaged or forged in one place, the same ones in every run."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

from schemas import layout
from schemas.errors import CustodyError
from tests.vectors.forge import Members, pack, remanifest, retag


def read_members(bundle: Path) -> Members:
    """Return the members of a bundle that is whole."""
    with zipfile.ZipFile(io.BytesIO(bundle.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mutate(raw: bytes, chance: random.Random) -> bytes:
    """Flip a bit, take a byte out, put one in, cut the end off, or change a digit."""
    if not raw:
        return b"x"
    place = chance.randrange(len(raw))
    head, tail = raw[:place], raw[place + 1 :]
    match chance.randrange(6):
        case 0 | 1 | 2:
            return head + bytes([raw[place] ^ (1 << chance.randrange(8))]) + tail
        case 3:
            return head + tail
        case 4:
            return head + bytes([chance.randrange(256)]) + raw[place:]
        case _:
            return head


def flipped(bundle: Path, *, count: int) -> Iterator[tuple[str, bytes]]:
    """Flip single bits of the file, as a damaged disk would."""
    chance, raw = random.Random(f"flipped {bundle.name}"), bundle.read_bytes()
    for _ in range(count):
        place, bit = chance.randrange(len(raw)), chance.randrange(8)
        yield f"bit {bit} of byte {place}", raw[:place] + bytes([raw[place] ^ (1 << bit)]) + raw[place + 1 :]


def forged(bundle: Path, *, count: int) -> Iterator[tuple[str, bytes]]:
    """Change one member, and make the manifests fit as far as somebody without any key can."""
    chance, members = random.Random(f"forged {bundle.name}"), read_members(bundle)
    for number in range(count):
        name, how = chance.choice(sorted(members)), chance.choice(("as it was", "retagged", "remanifested"))
        changed = {**members, name: mutate(members[name], chance)}
        if chance.random() < 0.1 and name not in layout.REQUIRED:
            del changed[name]
        if how == "remanifested" and name.startswith("data/"):
            remanifest(changed)
        if how != "as it was" and name != layout.TAG_MANIFEST:
            retag(changed)
        try:
            yield f"{number}: {name}, {how}", pack(changed)
        except CustodyError:
            continue
