"""Files from abroad that were registered anew: said at registration, and bound at the border as where they came from.

`custody.ledger.bound_content` says what is compared; here the home is at hand, with its lists of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from custody.cli.context import Context
from custody.cli.output import note
from custody.cli.showing.holdings import Holdings
from custody.evidence.manifest import Manifests, digests_in
from custody.ledger.bound_content import Binding, BoundFiles
from custody.ledger.store import LedgerReader
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.verify.rules.view import View
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.event import ParsedEvent


@dataclass(frozen=True, slots=True)
class _WithSpools:
    """The lists of a home, and those that are about to be put beside them."""

    lists: Manifests
    spools: Mapping[str, Path]

    def roots(self) -> Iterator[str]:
        """Yield the content roots of the lists of the home."""
        return self.lists.roots()

    def digests(self, root: str) -> Iterator[str]:
        """Yield the SHA-256 of each file of a list that isn't empty."""
        return digests_in(self.spools.get(root) or self.lists.path(root))


def warn_bound(context: Context, events: Iterable[ParsedEvent], spools: Mapping[str, Path]) -> None:
    """Tell of registrations about to be signed that hold the files of a bound exhibit, and don't say so.

    ``spools`` are the new lists of files, by content root.
    """
    with context.ledger().read() as reader:
        view = reader.view()
        found = BoundFiles(reader, _WithSpools(Holdings(context.ledger().home).manifests, spools))
        for event in events:
            details = event.details
            if not isinstance(details, ExhibitRegistered):
                continue
            taken = found.taken_by(event, _said_by(view, details))
            if taken is not None and taken.is_whole:
                note(context.settings, f"warning: {show(taken.told_of(f'{event.event.case}/{event.event.exhibit}'))}")
                parent = shell_word(taken.bound[0].name)
                note(context.settings, f"  if it was made from that: --derived-from {parent}, so that it stays bound")


def _said_by(view: View, details: ExhibitRegistered) -> set[str]:
    """Return the ledgers that will bind an exhibit by what its registration says of where it comes from."""
    ledger = view.ledger()
    same = (details.same_object_as or ()) if ledger is not None and ledger.is_strict else ()
    names = [(item.case, item.exhibit) for item in details.derived_from or ()]
    names += [(item.case, item.exhibit) for item in same]
    known = (view.exhibit(*name) for name in names)
    bound = {origin for exhibit in known if exhibit is not None for origin in exhibit.bound_to}
    return bound | ({details.foreign.ledger} if isinstance(details.foreign, Foreign) else set())


def binding(context: Context, reader: LedgerReader) -> Binding:
    """Return the ledger as the gate is asked about it: what holds files of a bound exhibit is bound as well."""
    lists = Holdings(context.ledger().home).manifests
    return Binding(reader.view(), BoundFiles(reader, lists))


def tell(context: Context, view: Binding) -> None:
    """Tell what was bound on the way."""
    for exhibit, taken in view.told:
        note(context.settings, f"warning: {show(taken.told_of(exhibit.name))}")
