"""A bundle without its files: what travels on when an exhibit goes to a further country (docs/spec/inherited.md).

Files below ``data/files`` and ``data/encrypted`` may be absent from any bundle, so what is left verifies as before,
by the same payload manifest; the files are found in the bundle that it goes with.
"""

from __future__ import annotations

from io import BufferedReader
from pathlib import Path

from custody.bundle.container import CHUNK, Container, open_container
from custody.bundle.zip_write import write_container
from schemas import layout


def write_stripped(container: Container, target: Path) -> None:
    """Write a container's members, all but the files of evidence, to ``target``, which must not exist.

    Raises:
        UsageError: ``bundle.exists``.
        VerificationError: ``container.crc``.
        StorageError: as `write_container`.
    """
    with write_container(target) as writer:
        for name, member in container.members.items():
            if not layout.is_detachable(name):
                with BufferedReader(container.open(name), CHUNK) as stream:
                    writer.add_stream(name, stream, size=member.size)


def nesting(path: Path) -> int:
    """Return how many bundles lie one within another in the bundle at ``path``, itself not counted.

    Raises:
        VerificationError: ``container.*``.
        UsageError, StorageError: as `open_container`.
    """
    with open_container(path) as container:
        return _nesting(container)


def _nesting(container: Container) -> int:
    return max((1 + _nesting(container.nested(name)) for name in container.names(layout.INHERITED)), default=0)
