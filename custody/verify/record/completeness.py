"""Step 8: nothing was left out. The bundle carries all entries of the subjects that its exhibits need, and no other.

The exporting entry commits to an index over every subject of the ledger before it (``index_root``). For each subject
that the carried entries call for, the bundle must prove the subject's value under that root, and the carried entries
must be exactly the ones that give this value. Ancestors of an exhibit (``derived_from``) are carried up to the latest
act that a child names; a consistency proof of the subject's own small tree says that these are its first entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custody.verify.fold.fold import Placed, by_subject
from custody.verify.fold.state import State
from custody.verify.record.named_agents import agents_of, request_of
from custody.verify.record.opened import Opened, fail
from custody.verify.record.tree import check_consistency
from custody.verify.record.trie import check_subject
from custody.verify.rules.subjects import LEDGER
from schemas.bundle import Bundle
from schemas.details.record import BundleExported
from schemas.entry import ParsedEntry
from schemas.errors import VerificationError
from schemas.merkle import root_of
from schemas.proof import SubjectProof, parse_nodes
from schemas.report import Findings
from schemas.subject import Subject, SubjectValue
from schemas.types import UNSET, is_set


@dataclass(frozen=True, slots=True)
class Closure:
    """The subjects that a bundle must carry; an ancestor's value is the last index that counts, None is all of them."""

    wanted: Mapping[Subject, int | None]

    def has(self, placed: Placed) -> bool:
        """Tell whether an entry belongs to a wanted subject, within what counts of it."""
        return any(
            subject in self.wanted and _is_within(placed.index, self.wanted[subject]) for subject in placed.subjects
        )


def _is_within(index: int, last: int | None) -> bool:
    return last is None or index <= last


def closure_of(
    bundle: Bundle, entries: Mapping[int, ParsedEntry], placed: Mapping[int, Placed], state: State, to: str | None
) -> Closure:
    """Return what a bundle for agent ``to`` must carry, going by what it lists and by the entries that it carries."""
    wanted: dict[Subject, int | None] = {LEDGER: None}
    for (case, number), end in state.lineage.items():
        wanted["exhibit", case, number] = None if end is None else end.last
        wanted["case", case] = None
    for request in bundle.requests if isinstance(bundle.requests, tuple) else ():
        wanted["request", request] = None
    called = Closure(dict(wanted))
    for index, place in placed.items():
        if called.has(place):
            name = request_of(entries[index].event, state, to)
            wanted |= {} if name is None else {("request", name): None}
            wanted |= dict.fromkeys(subject for subject in place.subjects if subject[0] == "dispatch")
    _add_agents(wanted, entries, placed, state)
    return Closure(wanted)


def _add_agents(
    wanted: dict[Subject, int | None], entries: Mapping[int, ParsedEntry], placed: Mapping[int, Placed], state: State
) -> None:
    """Add each agent that signs, receives or is signed for, until none is new: their entries are signed too."""
    indexes_of = by_subject(placed)
    waiting = list(wanted)
    newest = max(entries, default=None)
    indexes = [] if newest is None else [newest]
    while waiting or indexes:
        if not indexes:
            subject = waiting.pop()
            indexes = [index for index in indexes_of.get(subject, ()) if _is_within(index, wanted[subject])]
            continue
        entry = entries.get(indexes.pop())
        for agent in agents_of(entry, state) if entry is not None else ():
            if ("agent", agent) not in wanted:
                wanted["agent", agent] = None
                waiting.append(("agent", agent))


def check_completeness(
    opened: Opened,
    findings: Findings,
    *,
    entries: Mapping[int, ParsedEntry],
    placed: Mapping[int, Placed],
    state: State,
) -> None:
    """Check that the bundle carries the whole closure and nothing else.

    Findings: ``completeness.about``, ``completeness.subjects``, ``completeness.count``, ``completeness.root``,
    ``completeness.stray``, ``completeness.unproven``, ``trie.*``, ``tree.consistency``.
    """
    findings.asked.add(8)
    if opened.bundle is None or opened.proof is None or opened.checkpoint is None:
        fail(findings, 8, VerificationError("completeness.unproven", "expected bundle, proof and checkpoint"), "bundle")
        return
    export = entries.get(opened.checkpoint.size - 1)
    index_root = export.entry.index_root if export is not None else None
    if export is None or not isinstance(index_root, str):
        fail(findings, 8, VerificationError("completeness.unproven", "expected an exporting entry"), "bundle")
        return
    _check_about(export, opened.bundle, state, findings)
    to = export.event.details.to if isinstance(export.event.details, BundleExported) else UNSET
    closure = closure_of(opened.bundle, entries, placed, state, str(to) if is_set(to) else None)
    proofs = {tuple(proof.subject): proof for proof in opened.proof.subjects}
    indexes_of = by_subject(placed)
    for subject in sorted(closure.wanted.keys() | proofs.keys()):
        if (subject in closure.wanted) != (subject in proofs):
            what = "a proof of it, found none" if subject in closure.wanted else "no proof of it, found one"
            fail(findings, 8, VerificationError("completeness.subjects", f"expected {what}"), " ".join(subject))
            continue
        leaves = [
            entries[index].leaf
            for index in indexes_of.get(subject, ())
            if _is_within(index, closure.wanted[subject]) and index != export.entry.index
        ]
        is_part = closure.wanted[subject] is not None
        try:
            _check_value(subject, proofs[subject], leaves, bytes.fromhex(index_root), is_part=is_part)
        except VerificationError as error:
            fail(findings, 8, error, " ".join(subject))
    for index, place in sorted(placed.items()):
        if index != export.entry.index and not closure.has(place):
            text = "expected an entry that the exhibits call for, found another"
            fail(findings, 8, VerificationError("completeness.stray", text), f"entry {index}")


def _check_about(export: ParsedEntry, bundle: Bundle, state: State, findings: Findings) -> None:
    """The export names exactly what bundle.json lists: exhibits by the event hashes of their registrations, and the
    request that it answers; a letter the requests that it is about.
    """
    details, about = export.event.details, export.event.event.about
    items = about if isinstance(about, tuple) else ()
    requests = {str(item.request) for item in items if is_set(item.request)}
    if bundle.exhibits and isinstance(details, BundleExported) and is_set(details.request):
        requests.add(str(details.request))
    exhibits = {str(item.exhibit) for item in items if is_set(item.exhibit)}
    known = [state.exhibit(item.case, item.exhibit) for item in bundle.exhibits]
    listed = set(bundle.requests) if isinstance(bundle.requests, tuple) else set()
    is_same = exhibits == {exhibit.registration for exhibit in known if exhibit is not None} and requests == listed
    if None in known or not is_same:
        text = "expected the export to name exactly the exhibits and requests of the bundle"
        fail(findings, 8, VerificationError("completeness.about", text), f"entry {export.entry.index}")


def _check_value(
    subject: Subject, proof: SubjectProof, leaves: list[bytes], index_root: bytes, *, is_part: bool
) -> None:
    value = SubjectValue(proof.count, bytes.fromhex(proof.root))
    check_subject(subject=subject, value=value, siblings=parse_nodes(proof.siblings), root=index_root)
    root = root_of(leaves)
    nodes = parse_nodes(proof.nodes) if isinstance(proof.nodes, tuple) else ()
    if is_part and leaves and len(leaves) < proof.count:
        check_consistency(first=len(leaves), second=proof.count, first_root=root, second_root=value.root, nodes=nodes)
        return
    if len(leaves) != proof.count or nodes:
        text = f"expected all {proof.count} entries, found {len(leaves)}"
        raise VerificationError("completeness.count", text)
    if root != value.root:
        raise VerificationError("completeness.root", f"expected entries of root {proof.root}, found {root.hex()}")
