"""What bundles of other ledgers show that go along within a bundle: nothing can be taken out of them.

Their digest stands in the acceptance, and their own manifest lists the file of their disclosures. So whoever withholds
a value by hand must know that the ledger before showed it, and that it would leave all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from custody.bundle.container import Container, open_container
from custody.bundle.disclose import Choice
from custody.verify.evidence.places import places_of
from schemas import canonical, layout, limits
from schemas.bundle import Disclosures
from schemas.checkpoint import parse_checkpoint
from schemas.content import ManifestLine
from schemas.entry import parse_entry
from schemas.errors import RefusedError
from schemas.private import parse_disclosure


def check_inherited_values(paths: Iterable[Path], choice: Choice) -> None:
    """Raise where a bundle at one of ``paths``, or one within it, shows what ``choice`` withholds by hand.

    Raises:
        RefusedError: ``bundle.inherited-shows``.
        VerificationError, RecordError: a kept bundle is damaged.
        StorageError: this machine's disk.
    """
    if not choice.withhold or choice.even_inherited:
        return
    found: Counter[tuple[str, str]] = Counter()
    for path in paths:
        with open_container(path) as container:
            _count(container, choice, found)
    if found:
        (origin, place), count = found.most_common(1)[0]
        text = f"expected {place} withheld everywhere, found {count} shown in the bundle of {origin} that goes along"
        hint = "nothing can be taken out of it; --even-inherited lets it go all the same"
        raise RefusedError("bundle.inherited-shows", text, hint=hint)


def _count(container: Container, choice: Choice, found: Counter[tuple[str, str]]) -> None:
    origin = parse_checkpoint(
        container.read(layout.CHECKPOINT, maximum=limits.NOTE_BYTES).partition(b"\n\n")[0] + b"\n"
    )
    raw = container.read(layout.DISCLOSURES, maximum=limits.JSON_BYTES)
    texts = canonical.decode(raw, Disclosures, maximum=limits.JSON_BYTES).disclosures
    shown = {parse_disclosure(text).commitment for text in texts}
    for name in container.names(layout.ENTRIES):
        event = parse_entry(container.read(name, maximum=limits.ENTRY_BYTES)).event
        for commitment, pointer in places_of(event).items():
            if commitment in shown and choice.reason(event.type, pointer) == "hand":
                found[origin.origin, f"{event.type}:{pointer}"] += 1
    for name in container.names(layout.MANIFESTS):
        for line in container.lines(name, maximum=limits.MANIFEST_LINE):
            names = canonical.decode(line, ManifestLine, maximum=limits.MANIFEST_LINE).disclosures
            for text in names or ():
                pointer = parse_disclosure(text).path
                if choice.reason("exhibit.registered", pointer) == "hand":
                    found[origin.origin, f"exhibit.registered:{pointer}"] += 1
    for name in container.names(layout.INHERITED):
        _count(container.nested(name), choice, found)
