"""Evidence that would leave as a document: a file of an exhibit that some record names as an attachment.

The ledger's own rule sees the digests that stand in registrations, and only the documents of requests. Here the home is
at hand: its lists of files of large exhibits, and every document that the export would carry, no more (law row C10).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from custody.bundle.closure import LedgerClosure, find_closure
from custody.bundle.disclose import Choice
from custody.bundle.vault import document_members
from custody.cli.border.release_gate import breaches_of, record_export, refuse
from custody.cli.context import Context
from custody.cli.keyring.vault import HomeVault
from custody.cli.output import note
from custody.cli.showing.holdings import Holdings
from custody.evidence.manifest import Manifests
from custody.report.safe_text import show
from custody.storage.reading import Reader
from custody.verify.gate.faults import Breach
from custody.verify.rules.view import Exhibit
from schemas.event import ParsedEvent


def check_enclosures(
    context: Context,
    exhibits: Sequence[Exhibit],
    requests: Sequence[str],
    acts: Iterable[ParsedEvent],
    *,
    choice: Choice,
    to: str,
    by: str,
) -> tuple[Exhibit, ...]:
    """Return the exhibits, beside ``exhibits``, of which a file would go along as a document of what is exported.

    Of several that hold the same file, the first that may leave.

    Raises:
        RefusedError: ``release.*`` where none of them may; the refusal is on record then.
    """  # fmt: skip
    names = [(item.case, item.number) for item in exhibits]
    with context.ledger().home.store.read() as reader:
        closure = find_closure(reader, names, requests, size=reader.head().size, to=to, is_planned=True)
        holdings = Holdings(context.ledger().home)
        events = [*(entry.event for entry in closure.entries.values()), *acts]
        bare = frozenset(closure.entries[index].event.hash for index in closure.bare)
        carried = document_members(events, HomeVault(holdings), replace(choice, to=to).beside(events, bare))
        found = _holders(reader, holdings, tuple(item.sha256 for item in carried))
    _tell_bare(context, closure)
    cleared: dict[str, Exhibit] = {}
    for holders in found:
        if any((item.case, item.number) in names for item in holders):
            continue
        breaches: list[Breach] = []
        for exhibit in holders:
            wrong = breaches_of(context, [exhibit], to=to)
            if not wrong:
                cleared[exhibit.registration] = exhibit
                break
            breaches = breaches or wrong
        else:
            refuse(context, breaches, holders[:1], to=to, tried="bundle", by=by)
    return tuple(cleared.values())


def _tell_bare(context: Context, closure: LedgerClosure) -> None:
    """Say what else the reader gets to see of, before anybody signs: of another case, perhaps."""
    subjects = {subject for subject, indexes in closure.indexes.items() if closure.bare.intersection(indexes)}
    exhibits = sorted("/".join(subject[1:]) for subject in subjects if subject[0] == "exhibit")
    requests = sorted(subject[1] for subject in subjects if subject[0] == "request")
    if exhibits:
        told = ", ".join(map(show, exhibits))
        note(context.settings, f"note: it carries the registration of {told} too, which binds what is the same")
    if requests:
        told = ", ".join(map(show, requests))
        note(context.settings, f"note: it carries the request {told} too, on which something rests that was let go")


def record_enclosures(context: Context, exhibits: Sequence[Exhibit], *, to: str) -> None:
    """Record that a file of each of these went along with something, as an access by the system."""
    if exhibits:
        record_export(context, exhibits, to=to)


def _holders(reader: Reader, holdings: Holdings, documents: Sequence[str]) -> list[tuple[Exhibit, ...]]:
    """Return, for each document that is a file of exhibits, these exhibits."""
    wanted = tuple(item for item in documents if _may_be_evidence(holdings, item))
    roots = {digest: tuple(_lists_with(holdings.manifests, digest)) for digest in wanted}
    listed = tuple(dict.fromkeys(root for found in roots.values() for root in found))
    held = reader.view().holders((*wanted, *listed))
    each = (
        (*held.get(digest, ()), *(item for root in roots[digest] for item in held.get(root, ()))) for digest in wanted
    )
    return [holders for holders in each if holders]


def _may_be_evidence(holdings: Holdings, digest: str) -> bool:
    """Tell whether a document need be looked for: its bytes are evidence here, or evidence lies where nobody knows."""
    has_places = next(holdings.home.locations.glob("*.json"), None) is not None
    return has_places or holdings.evidence.path(digest).exists()


def _lists_with(manifests: Manifests, digest: str) -> Iterator[str]:
    """Yield the content roots of the lists in which a digest stands."""
    wanted = f'"sha256":"{digest}"'.encode()
    for root in manifests.roots():
        path = manifests.path(root)
        if not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
            if raw.find(wanted) >= 0:
                yield root
