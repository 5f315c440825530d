"""What a forger does with a bundle: takes it apart, changes something, and makes everything around it fit again.

Only the keys are not his. Used by the demonstration and by tests; no other command writes a bundle in this way.
"""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

from custody.bundle.container import open_container
from custody.bundle.zip_write import ContainerWriter
from schemas import bag, layout

Members = dict[str, bytes]


def take_apart(path: Path) -> Members:
    """Return all members of a bundle."""
    with open_container(path) as container:
        return {name: container.read(name, maximum=member.size) for name, member in container.members.items()}


def remanifest(members: Members) -> Members:
    """Make bag-info and payload manifest fit the payload that is there."""
    inside = {name: raw for name, raw in members.items() if name.startswith("data/")}
    members[layout.BAG_INFO] = bag.format_bag_info(total_bytes=sum(map(len, inside.values())), count=len(inside))
    members[layout.MANIFEST] = bag.format_manifest((name, sha256(raw).hexdigest()) for name, raw in inside.items())
    return members


def retag(members: Members) -> Members:
    """Make the tag manifest fit everything outside of ``data/``."""
    tags = {name: raw for name, raw in members.items() if not name.startswith("data/") and name != layout.TAG_MANIFEST}
    members[layout.TAG_MANIFEST] = bag.format_manifest((name, sha256(raw).hexdigest()) for name, raw in tags.items())
    return members


def pack(members: Members) -> bytes:
    """Return the zip of the members, in the order of the layout."""
    file = io.BytesIO()
    writer = ContainerWriter(file)
    for name in sorted(members, key=layout.place_of):
        writer.add(name, members[name])
    writer.finish()
    return file.getvalue()
