"""Destroying what recorded orders name, everywhere in a home: values, names in lists, files, drafts, places.

The order is on record before anything goes: what is gone without one could be anybody's doing. After a crash, or where
the last signature came later, the same runs again (`custody erase --finish`) and finds what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from custody.bundle import whole_file
from custody.bundle.passing_folder import sweep_passing
from custody.cli.acting.draft_files import SUFFIX, read_draft
from custody.cli.erasure.copies import Doomed, check_copies, destroy_readings
from custody.cli.erasure.plan import Plan
from custody.cli.erasure.traces import Destroyed, check_traces, stray_values
from custody.cli.ledger_access import LedgerAccess
from custody.cli.showing.holdings import Holdings
from custody.evidence import left_over
from custody.evidence.destroy import destroy_file, destroy_folder, forget_names, names_in, replace_whole
from custody.evidence.sources import Source
from custody.ledger.entries import entries_at
from custody.storage.incoming import sweep_incoming
from custody.storage.reading import Reader
from custody.storage.search import Search, find_entries
from custody.verify.evidence.erasures import Erasures, find_erasures
from schemas import canonical
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.record import DisclosureErased
from schemas.errors import CustodyError, RefusedError
from schemas.event import ParsedEvent
from schemas.private import Disclosure, parse_disclosure
from schemas.types import is_set


def destroy(access: LedgerAccess, orders: Sequence[ParsedEvent]) -> Destroyed:
    """Destroy what the recorded ``orders`` name, and look whether any of it is left.

    Raises:
        StorageError: ``erase.traces`` where a text of a value or a copy of a file is still found in the home;
            ``ledger.busy`` and others.
    """
    done = Destroyed()
    _sweep(access)
    ordered = find_erasures(enumerate(orders))
    registered = _registered(access, orders)
    commitments = _of_events(access, ordered)
    values = access.home.store.disclosures.get(commitments)
    done.values, done.texts = len(values), {value.text for value in values.values()}
    lists = _lists(access, registered, ordered, done)
    for registration, content in registered.items():
        # Before the names themselves: a crash in between must leave what tells where there is something left to do.
        _forget_place(access, registration, content, ordered, values, done)
    _clear_drafts(access.drafts_folder(), ordered, done)
    doomed = _doomed(access, orders, ordered, registered, values, done)
    destroy_readings(access, doomed, done)
    # The values go last: once they are gone, no later run knows what to look for.
    check_traces(access.home.path, done, but=lists)
    for path, content in lists.items():
        lost = forget_names(path, content=content, is_gone=_goes(content, ordered))
        done.names += len(lost.texts)
    _destroy_files(access, doomed, done)
    access.home.store.disclosures.erase([*commitments, *stray_values(access, done)])
    check_traces(access.home.path, done)
    check_copies(access, doomed)
    return done


def _sweep(access: LedgerAccess) -> None:
    """Destroy what killed commands left on its way into the store or a database: it may be what the order destroys."""
    sweep_incoming(access.home.path, remove=destroy_folder)
    sweep_passing(access.home.path, remove=destroy_folder)
    holdings = Holdings(access.home)
    for folder in (access.drafts_folder(), access.home.manifests, access.home.locations):
        if folder.is_dir():
            left_over.sweep(folder, remove=destroy_file)
            whole_file.sweep(folder, remove=destroy_file)
    for store in (holdings.evidence, holdings.documents):
        store.sweep(remove=destroy_folder)


def recorded_orders(reader: Reader) -> list[ParsedEvent]:
    """Return every order that the ledger has, in its order."""
    indexes = find_entries(reader, Search(types=frozenset({"disclosure.erased"})))
    return [entry.event for entry in entries_at(reader, indexes)]


def refuse_repeat(access: LedgerAccess, plan: Plan) -> None:
    """Raise where orders on record speak of the same subjects and name all that ``plan`` would destroy.

    Raises:
        RefusedError: ``erase.known``.
    """
    wanted = {*plan.commitments, *plan.names, *plan.files, *plan.contents}
    with access.home.store.read() as reader:
        for event in recorded_orders(reader):
            about = event.event.about or ()
            details = event.details
            if isinstance(details, DisclosureErased) and {*plan.about} <= {*about}:
                wanted -= {*details.commitments, *(details.contents or ()), *(details.files or ())}
                wanted -= {*(details.names or ())}
    if not wanted:
        text = "expected something that is not erased by order yet, found all of it in orders on record"
        raise RefusedError("erase.known", text, hint="custody erase --finish destroys what is still here")


def _registered(access: LedgerAccess, orders: Iterable[ParsedEvent]) -> dict[str, Content]:
    """Return the contents of the exhibits that the orders are about, by the event hash of their registrations."""
    named = {about.exhibit for event in orders for about in (event.event.about or ()) if isinstance(about.exhibit, str)}
    found = {}
    with access.read() as reader:
        for entry in entries_at(reader, sorted(reader.event_indexes(sorted(named)).values())):
            details = entry.event.details
            if isinstance(details, ExhibitRegistered) and isinstance(details.content, Content):
                found[entry.event.hash] = details.content
    return found


def _of_events(access: LedgerAccess, ordered: Erasures) -> list[str]:
    """Return the commitments that stand in events; those of lists of files are in no database."""
    with access.read() as reader:
        return sorted(reader.commitment_indexes(sorted(ordered.values)))


def _lists(
    access: LedgerAccess, registered: Mapping[str, Content], ordered: Erasures, done: Destroyed
) -> dict[Path, Content]:
    """Return the lists that hold names which go, and note the texts of these."""
    found: dict[Path, Content] = {}
    for content in registered.values():
        path = Holdings(access.home).manifests.path(content.root)
        if content.count and not is_set(content.files) and path.is_file() and path not in found:
            texts = names_in(path, content=content, is_gone=_goes(content, ordered))
            done.texts |= set(texts)
            found |= {path: content} if texts else {}
    return found


def _goes(content: Content, ordered: Erasures) -> Callable[[Disclosure], bool]:
    """Return what tells whether a value of a list goes."""
    return lambda value: ordered.name(content.root, value.commitment) is not None


def _forget_place(
    access: LedgerAccess,
    registration: str,
    content: Content,
    ordered: Erasures,
    values: Mapping[str, Disclosure],
    done: Destroyed,
) -> None:
    """Forget where an exhibit was left, if that tells one of the names that go."""
    holdings = Holdings(access.home)
    sources = holdings.locations.find(registration)
    if sources is None:
        return
    names = {
        member.path
        for member in holdings.members(content, values)
        if member.path is not None and ordered.name(content.root, member.record.path.commitment) is not None
    }
    if any(_tells(source, names) for source in sources):
        done.left += [f"{_shown(source)} (where it was left is forgotten here)" for source in sources]
        destroy_file(access.home.locations / f"{registration}.json")


def _tells(source: Source, raw_paths: set[bytes]) -> bool:
    """Tell whether the place of an exhibit that was left there tells the name of a file in it."""
    parts = {part for path in raw_paths for part in path.split(b"/")}
    return not parts.isdisjoint(source.path.split(b"/")) or source.prefix in raw_paths


def _doomed(
    access: LedgerAccess,
    orders: Sequence[ParsedEvent],
    ordered: Erasures,
    registered: Mapping[str, Content],
    values: Mapping[str, Disclosure],
    done: Destroyed,
) -> Doomed:
    """Return the files that go, and note what stays in spite of the orders."""
    holdings = Holdings(access.home)
    doomed = Doomed()
    wanted = {digest for event in orders if isinstance(event.details, DisclosureErased)
              for digest in event.details.files or ()}  # fmt: skip
    for registration, content in registered.items():
        has_files = False
        has_list = is_set(content.files) or holdings.manifests.path(content.root).is_file()
        for member in holdings.members(content, values) if has_list or ordered.speaks_of_files else ():
            digests = member.record.digests
            if not isinstance(digests, Digests):
                continue
            if member.path is not None and ordered.name(content.root, member.record.path.commitment) is not None:
                doomed.note_name(member)
            if ordered.record(registration, content, member.record) is not None:
                doomed.note_file(member.record, digests)
                has_files = True
        sources = holdings.locations.find(registration)
        if has_files and sources is not None:
            done.left += [_shown(source) for source in sources]
    wanted |= doomed.sizes.keys()
    needed = _needed(access, wanted) if wanted else set()
    done.kept += sorted(wanted & needed)
    doomed.limit(wanted - needed)
    return doomed


def _destroy_files(access: LedgerAccess, doomed: Doomed, done: Destroyed) -> None:
    holdings = Holdings(access.home)
    for digest in sorted(doomed.files):
        for store in (holdings.evidence, holdings.documents):
            size = destroy_file(store.path(digest))
            if size is not None:
                done.files, done.bytes = done.files + 1, done.bytes + size


def _needed(access: LedgerAccess, wanted: set[str]) -> set[str]:
    """Return those of ``wanted`` that exhibits have of which no order speaks."""
    holdings, needed = Holdings(access.home), set()
    with access.home.store.read() as reader:
        erasures = find_erasures(enumerate(recorded_orders(reader)))
        known = [item.registration for item in reader.exhibits()]
        indexes = reader.event_indexes(known)
        events = [entry.event for entry in entries_at(reader, [indexes[item] for item in known])]
    for event in events:
        content = event.details.content if isinstance(event.details, ExhibitRegistered) else None
        if not isinstance(content, Content):
            continue
        for member in holdings.members(content, {}):
            digest = member.record.digests.sha256 if isinstance(member.record.digests, Digests) else ""
            if digest in wanted and erasures.record(event.hash, content, member.record) is None:
                needed.add(digest)
    return needed


def _clear_drafts(folder: Path, ordered: Erasures, done: Destroyed) -> None:
    """Take the values out of drafts that wait, and so what is signed there can't be shown any more: `sign.blind`."""
    for path in sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else ():
        try:
            draft = read_draft(path).draft
        except CustodyError:
            continue
        gone = [text for text in draft.disclosures if parse_disclosure(text).commitment in ordered.values]
        if gone:
            kept = tuple(text for text in draft.disclosures if text not in gone)
            done.texts |= set(gone)
            replace_whole(path, canonical.encode(type(draft)(
                disclosures=kept, events=draft.events, ledger=draft.ledger, schema=draft.schema
            )))  # fmt: skip


def _shown(source: Source) -> str:
    from custody.report.safe_text import show_path

    return show_path(source.path)
