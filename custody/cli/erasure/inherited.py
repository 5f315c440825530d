"""Bundles of other ledgers that are kept in a home, and hold in their sender's words what an order destroys.

Nothing can be taken out of them: their digest stands in the acceptance, and without them an exhibit's history ends at
the border. So they are named, and whoever gave the order decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path

from custody.bundle.container import Container, open_container
from schemas import canonical, layout, limits
from schemas.bundle import Disclosures
from schemas.content import ManifestLine
from schemas.private import parse_disclosure


def inherited_with(folder: Path, words: Set[str]) -> Iterator[str]:
    """Yield the digest and the member of each bundle below ``folder``, and within these, in which a private value holds
    one of ``words``.

    Raises:
        VerificationError, RecordError: a kept bundle is damaged.
        StorageError: this machine's disk.
    """
    for path in sorted(folder.glob("*.zip")) if words else ():
        with open_container(path) as container:
            for name, texts in _texts(container):
                values = (str(parse_disclosure(text).value) for text in texts)
                if any(word in value for value in values for word in words):
                    yield f"{path.stem}, {name}"


def _texts(container: Container, *, within: str = "") -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the texts of a bundle and of those within it, however deep, by the member that holds them."""
    raw = container.read(layout.DISCLOSURES, maximum=limits.JSON_BYTES)
    yield within + layout.DISCLOSURES, iter(canonical.decode(raw, Disclosures, maximum=limits.JSON_BYTES).disclosures)
    for name in container.names(layout.MANIFESTS):
        yield within + name, _of_list(container, name)
    for name in container.names(layout.INHERITED):
        yield from _texts(container.nested(name), within=f"{within}{name}: ")


def _of_list(container: Container, name: str) -> Iterator[str]:
    for raw in container.lines(name, maximum=limits.MANIFEST_LINE):
        line = canonical.decode(raw, ManifestLine, maximum=limits.MANIFEST_LINE)
        yield from line.disclosures or ()
