"""Step 8: nothing was left out. The bundle carries all entries of the subjects that its exhibits need, and no other.

The exporting entry commits to an index over every subject of the ledger before it (``index_root``). For each subject
that the carried entries call for, the bundle must prove the subject's value under that root, and the carried entries
must be exactly the ones that give this value. Ancestors of an exhibit (``derived_from``) are carried up to the latest
act that a child names; a consistency proof of the subject's own small tree says that these are its first entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from custody.verify.fold.fold import Placed, by_subject
from custody.verify.fold.state import State
from custody.verify.record.bundled import Bundled
from custody.verify.record.named_agents import agents_of, request_of
from custody.verify.record.opened import fail
from custody.verify.record.tree import check_consistency
from custody.verify.record.trie import check_subject
from custody.verify.rules.subjects import LEDGER
from schemas.bundle import Bundle
from schemas.details.record import BundleExported
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.merkle import root_of
from schemas.proof import SubjectProof, parse_nodes
from schemas.report import Severity
from schemas.subject import Subject, SubjectValue
from schemas.types import is_set


class Closure(msgspec.Struct, frozen=True):
    """The subjects that a bundle must carry; an ancestor's value is the last index that counts, None is all of them."""

    wanted: Mapping[Subject, int | None]

    def has(self, placed: Placed) -> bool:
        """Tell whether an entry belongs to a wanted subject, within what counts of it."""
        return any(
            subject in self.wanted and _is_within(placed.index, self.wanted[subject]) for subject in placed.subjects
        )


def _is_within(index: int, last: int | None) -> bool:
    return last is None or index <= last


def closure_of(bundle: Bundle, bundled: Bundled, indexes_of: Mapping[Subject, Sequence[int]]) -> Closure:
    """Return what a bundle must carry, going by what it lists, by the entries that it carries and for whom it is."""
    export = bundled.newest.event.details if bundled.newest is not None else None
    to = str(export.to) if isinstance(export, BundleExported) and is_set(export.to) else None
    wanted: dict[Subject, int | None] = {LEDGER: None}
    for (case, number), end in bundled.state.lineage.items():
        wanted["exhibit", case, number] = None if end is None else end.last
        wanted["case", case] = None
    wanted |= {("request", request): None for request in bundle.requests or ()}
    called = Closure(dict(wanted))
    for index, place in bundled.placed.items():
        if called.has(place):
            name = request_of(bundled.entries[index].event, bundled.state, to)
            wanted |= {} if name is None else {("request", name): None}
            wanted |= dict.fromkeys(subject for subject in place.subjects if subject[0] == "dispatch")
    _add_agents(wanted, bundled, indexes_of)
    return Closure(wanted)


def _add_agents(
    wanted: dict[Subject, int | None], bundled: Bundled, indexes_of: Mapping[Subject, Sequence[int]]
) -> None:
    """Add each agent that signs, receives or is signed for, until none is new: their entries are signed too."""
    indexes, waiting = [max(bundled.entries)], list(wanted)
    while True:
        for agent in {agent for index in indexes for agent in agents_of(bundled.entries[index], bundled.state)}:
            if ("agent", agent) not in wanted:
                wanted["agent", agent] = None
                waiting.append(("agent", agent))
        if not waiting:
            return
        subject = waiting.pop()
        indexes = [index for index in indexes_of.get(subject, ()) if _is_within(index, wanted[subject])]


def check_completeness(bundled: Bundled) -> Mapping[Subject, tuple[int, frozenset[int]]]:
    """Check that the bundle carries the whole closure and nothing else; return of each subject of which that holds the
    index below which no entry lacks, and those of the entries there.

    Findings: ``completeness.about``, ``completeness.subjects``, ``completeness.count``, ``completeness.root``,
    ``completeness.stray``, ``completeness.unproven``, ``trie.*``, ``tree.consistency``; a note ``completeness.goes-on``
    for each ancestor about which the ledger says more than is carried.
    """
    failed, opened, entries = partial(bundled.findings.add, 8, Severity.FAILED), bundled.opened, bundled.entries
    bundled.findings.asked.add(8)
    if opened.bundle is None or opened.proof is None or opened.checkpoint is None:
        failed("completeness.unproven", "bundle", "expected bundle, proof and checkpoint")
        return {}
    export = bundled.newest
    if export is None or not isinstance(export.entry.index_root, str):
        failed("completeness.unproven", "bundle", "expected an exporting entry")
        return {}
    if not _is_about(export, opened.bundle, bundled.state):
        text = "expected the export to name exactly the exhibits and requests of the bundle"
        failed("completeness.about", f"entry {export.entry.index}", text)
    index_root, indexes_of = bytes.fromhex(export.entry.index_root), by_subject(bundled.placed)
    closure = closure_of(opened.bundle, bundled, indexes_of)
    proofs = {tuple(proof.subject): proof for proof in opened.proof.subjects}
    complete: dict[Subject, tuple[int, frozenset[int]]] = {}
    for subject in sorted(closure.wanted.keys() | proofs.keys()):
        if (subject in closure.wanted) != (subject in proofs):
            what = "a proof of it, found none" if subject in closure.wanted else "no proof of it, found one"
            failed("completeness.subjects", " ".join(subject), f"expected {what}")
            continue
        last = closure.wanted[subject]
        indexes = [index for index in indexes_of.get(subject, ()) if _is_within(index, last)]
        before = [index for index in indexes if index != export.entry.index]
        leaves = [entries[index].leaf for index in before]
        try:
            _check_value(subject, proofs[subject], leaves, index_root, is_part=last is not None)
        except VerificationError as error:
            fail(bundled.findings, 8, error, " ".join(subject))
        else:
            # Of a subject that goes on nothing is known beyond what is carried.
            end = export.entry.index if len(before) == proofs[subject].count else before[-1] + 1
            complete[subject] = end, frozenset(before)
            # What is about a listed exhibit too, such as a consent to both, is carried and told.
            if (more := proofs[subject].count - len({*indexes_of.get(subject, ())} - {export.entry.index})) > 0:
                text = f"the ledger held more entries about it when this was packed, alone or with others: {more}"
                bundled.findings.add(8, Severity.NOTE, "completeness.goes-on", "/".join(subject[1:]), text)
    for index, place in sorted(bundled.placed.items()):
        if index != export.entry.index and not closure.has(place):
            failed(
                "completeness.stray", f"entry {index}", "expected an entry that the exhibits call for, found another"
            )
    return complete


def _is_about(export: ParsedEntry, bundle: Bundle, state: State) -> bool:
    """Tell whether the export names exactly what bundle.json lists: exhibits by the event hashes of their
    registrations, and the request that it answers; a letter the requests that it is about.
    """
    details, about = export.event.details, export.event.event.about or ()
    requests = {item.request for item in about if is_set(item.request)}
    if bundle.exhibits and isinstance(details, BundleExported) and is_set(details.request):
        requests.add(details.request)
    exhibits = {item.exhibit for item in about if is_set(item.exhibit)}
    known = [state.exhibit(item.case, item.exhibit) for item in bundle.exhibits]
    named = {exhibit.registration for exhibit in known if exhibit is not None}
    return None not in known and exhibits == named and requests == set(bundle.requests or ())


def _check_value(
    subject: Subject, proof: SubjectProof, leaves: list[bytes], index_root: bytes, *, is_part: bool
) -> None:
    value = SubjectValue(proof.count, bytes.fromhex(proof.root))
    check_subject(subject=subject, value=value, siblings=parse_nodes(proof.siblings), root=index_root)
    root = root_of(leaves)
    nodes = parse_nodes(proof.nodes or ())
    if is_part and leaves and len(leaves) < proof.count:
        check_consistency(first=len(leaves), second=proof.count, first_root=root, second_root=value.root, nodes=nodes)
        return
    if len(leaves) != proof.count or nodes:
        raise VerificationError("completeness.count", f"expected all {proof.count} entries, found {len(leaves)}")
    if root != value.root:
        raise VerificationError("completeness.root", f"expected entries of root {proof.root}, found {root.hex()}")
