"""What the ledger itself must say before it takes an event, beside signatures and custody rules.

These are the rules that a bundle can't show: what was used before in this ledger, what its own tree was, which numbers
would be mixed up (docs/spec/verification.md). An audit checks them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from custody.ledger.numbers import check_writable_number, fold_number
from custody.ledger.prove import TileNodes, tree_root
from custody.ledger.store import LedgerReader
from custody.ledger.submission import ParsedSubmission
from custody.ledger.tiles import TileStore
from custody.ledger.working import WorkingState
from custody.verify.fold.disputes import Signing, find_disputes, is_disputing
from custody.verify.fold.fold import names_again, root_of
from custody.verify.gate.destination import concerns_gate, goal_of, names_nobody
from custody.verify.gate.faults import Breach
from custody.verify.gate.release import check_release, enclosed_by, released
from custody.verify.rules.view import Agent, Exhibit, Key, Request, View
from schemas.details.request import GRANTING, RequestAnswered
from schemas.entry import parse_entry
from schemas.errors import RefusedError, RuleViolation, VerificationError
from schemas.event import ParsedEvent, Seen
from schemas.types import is_set

_NUMBERING: Final = frozenset({"case.opened", "exhibit.registered", "transfer.accepted"})
_HINTS: Final = {
    "release.consent-key": "custody consent record with --letter of its own ledger, or its paper: --document, --number",
    "release.destination-unnamed": "say where it goes: --to-country CC, or --to-agent ID for somebody enrolled",
    "release.not-granted": "what more is granted, or what was made of it: custody request answer ID "
    "--outcome granted-in-part --covers CASE/EXHIBIT",
    "release.request-ended": "what may go all the same: custody request answer ID --outcome granted-in-part "
    "--covers CASE/EXHIBIT",
    "release.request-peer": "name the recipient's own request, or none: custody request list",
    "release.holder-abroad": "let somebody of this country have it, and hand it over under a consent",
    "release.recipient-unknown": "custody agent enrol ID --country CC, or custody agent change ID --country CC, for "
    "somebody abroad; what stays in this country goes without --to-country, or with its own",
}


def check_lawful(view: View, event: ParsedEvent, recorded_at: str) -> None:
    """Raise unless what an event lets out of the country may leave: nothing is sent first and consented to later.

    Raises:
        RefusedError: ``release.*`` with the first breach; its hint says how many there are in all. ``request.terms``.
    """
    if isinstance(event.details, RequestAnswered):
        answer = event.details
        check_terms(view, view.request(answer.request), answer.outcome, are_stated=is_set(answer.grant))
    if not concerns_gate(event):
        return
    if names_nobody(event):
        text = "expected a recipient on record, of whom the ledger knows the country, found none"
        raise RefusedError("release.recipient-unnamed", text, hint="custody agent enrol ID --kind organisation")
    breaches = check_release(view, event, recorded_at)
    if breaches:
        told = [taken.told_of(item.name) for item, taken in getattr(view, "told", ())]
        raise RefusedError(breaches[0].code, breaches[0].text, hint="; ".join((*told, what_to_do(breaches))))


def let_out(view: View, parsed: ParsedEvent) -> tuple[Agent | None, tuple[Exhibit, ...]]:
    """Return to whom an event lets something out, and the exhibits that it lets out or encloses; nothing and none where
    it is no release to anybody on record.
    """
    ledger = view.ledger()
    goal = None if ledger is None else goal_of(view, parsed, ledger)
    to = None if goal is None else view.agent(goal.to)
    if to is None:
        return None, ()
    return to, (*released(view, parsed), *(item for items in enclosed_by(view, parsed) for item in items))


def check_terms(view: View, request: Request | None, outcome: str, *, are_stated: bool) -> None:
    """Raise where something is granted abroad and nothing is said of the terms: who reads the letter would say them.

    Under gate v2 only; what preserves lets nothing go, and on a request that is over the rules decide.

    Raises:
        RefusedError: ``request.terms``.
    """
    ledger, peer = view.ledger(), None if request is None else view.agent(request.peer)
    if are_stated or outcome not in GRANTING or request is None or ledger is None or not ledger.is_strict:
        return
    is_open = request.direction == "incoming" and request.status in {"answered", "received"}
    if is_open and request.kind != "preservation" and peer is not None and peer.country not in {None, ledger.country}:
        raise RefusedError(
            "request.terms",
            f"expected on which terms it is granted to {peer.country}, found none",
            hint=f"--to-country {peer.country} says where what is sent may go; --condition use-limited:TEXT for what, "
            "--covers CASE/EXHIBIT which",
        )


def what_to_do(breaches: Sequence[Breach]) -> str:
    """Return what helps against the first of some breaches, and how many more there are."""
    more = f"; {len(breaches) - 1} more" if len(breaches) > 1 else ""
    return _HINTS.get(breaches[0].code, "custody consent list shows what was consented to") + more


class SeenRoots:
    """The roots that this ledger had at the sizes that signers claim to have seen."""

    __slots__ = ("_nodes", "_roots", "_size", "_tiles")

    def __init__(self, tiles: TileStore, size: int) -> None:
        self._tiles = tiles
        self._nodes: TileNodes | None = None
        self._size = size
        self._roots: dict[int, str] = {}

    def check(self, event: ParsedEvent) -> None:
        """Raise unless what a signer has seen is what this ledger was: else there are two ledgers of one name.

        Raises:
            RefusedError: ``append.seen``.
        """
        seen = event.event.seen
        if not isinstance(seen, Seen):
            return
        if seen.size > self._size:
            text = f"expected a checkpoint of at most {self._size} entries in seen, found {seen.size}"
            raise RefusedError("append.seen", text)
        expected = self._roots.get(seen.size)
        if expected is None:
            if self._nodes is None:
                self._nodes = TileNodes(self._tiles, self._size, cache=8)
            expected = self._roots[seen.size] = tree_root(self._nodes, seen.size).hex()
        if seen.root != expected:
            raise RefusedError(
                "append.seen",
                f"expected the root {expected} at size {seen.size}, found {seen.root} in seen",
                hint="the signer saw another ledger of this name: keep his checkpoint, it proves a fork",
            )


def check_commitments(reader: LedgerReader, items: Sequence[ParsedSubmission]) -> None:
    """Raise unless every commitment is new to the ledger: a second use would let one salt serve two values. The names
    of a content that comes back are the same values, at the same places.

    Raises:
        RuleViolation: ``rule.commitment-twice``.
    """
    commitments = [commitment for item in items for commitment in item.commitments]
    recorded = reader.commitment_indexes(commitments) if commitments else {}
    used = set(recorded)
    for item in items:
        again = _come_back(reader, item.event, recorded)
        for commitment in item.commitments:
            if commitment in used and commitment not in again:
                raise RuleViolation("rule.commitment-twice", f"expected a new commitment, found {commitment} again")
            used.add(commitment)


def _come_back(reader: LedgerReader, event: ParsedEvent, recorded: Mapping[str, int]) -> frozenset[str]:
    """Return the commitments on record that stand in an acceptance as names of the same content."""
    names = names_again(event.details) & recorded.keys()
    first = {index: root_of(parse_entry(reader.entry(index)).event.details)
             for index in {recorded[name] for name in names}}  # fmt: skip
    return frozenset(name for name in names if first[recorded[name]] == root_of(event.details))


class Numbers:
    """The case and exhibit numbers that a transaction gives out, beside those that the ledger has."""

    __slots__ = ("_full", "_reader", "_used")

    def __init__(self, reader: LedgerReader) -> None:
        self._reader = reader
        self._used: dict[tuple[str | None, str], str] = {}
        self._full: dict[str, tuple[str, str]] = {}

    def expect(self, events: Iterable[ParsedEvent]) -> None:
        """Ask the ledger at once about the new numbers in ``events``."""
        wanted: dict[str | None, set[str]] = {}
        for event in events:
            if event.type in _NUMBERING:
                inside, number = _place(event)
                wanted.setdefault(inside, set()).add(fold_number(number))
        for inside, folded in wanted.items():
            for known in self._reader.numbers_like(sorted(folded), case=inside):
                self._used[inside, fold_number(known)] = known

    def check(self, event: ParsedEvent) -> None:
        """Raise unless a new case or exhibit number, which was expected, can be read, and mixed up with no other.

        Raises:
            RefusedError: ``number.form``, ``number.invisible``, ``number.confusable``, ``number.ambiguous``.
        """
        if event.type not in _NUMBERING:
            return
        inside, number = _place(event)
        check_writable_number(number)
        known = self._used.setdefault((inside, fold_number(number)), number)
        if known != number:
            text = f"expected a number that can't be mistaken for another, found {number!r} beside {known!r}"
            raise RefusedError("number.confusable", text)
        if inside is not None:
            self._check_full(inside, number)

    def _check_full(self, case: str, number: str) -> None:
        """Raise where another exhibit is called the same with its case: a slash may stand in both numbers."""
        full = f"{case}/{number}"
        parts = full.split("/")
        splits = (("/".join(parts[:at]), "/".join(parts[at:])) for at in range(1, len(parts)))
        others = [split for split in splits if split != (case, number)]
        view = self._reader.view() if others else None
        known = next((split for split in others if view is not None and view.exhibit(*split) is not None), None)
        found = known or self._full.setdefault(full, (case, number))
        if found != (case, number):
            other = f"{found[1]!r} of {found[0]!r}"
            text = f"expected a number that names one exhibit with its case, found {full!r} for {other} too"
            raise RefusedError("number.ambiguous", text, hint="another number")


def _place(event: ParsedEvent) -> tuple[str | None, str]:
    """Return the case within which a new number must be clear, none for a case's own, and the number."""
    case = str(event.event.case)
    return (None, case) if event.type == "case.opened" else (case, str(event.event.exhibit))


def check_standing(reader: LedgerReader, state: WorkingState, signings: Sequence[Signing]) -> None:
    """Raise unless nobody signs with a key, role or membership that is in dispute (docs/spec/entry.md).

    Only a ledger with a revocation that reaches back has disputes; others pay nothing for this.

    Raises:
        VerificationError: ``keys.disputed``.
    """
    changed = state.keys
    if not reader.has_disputing_key() and not any(map(is_disputing, changed.values())):
        return
    keys: dict[str, Key] = {**reader.keys(), **changed}
    # Disputes begin after a last valid index; nothing before the smallest can be in one.
    first = 1 + min(key.last_valid for key in keys.values() if is_disputing(key) and key.last_valid is not None)
    start = signings[0].index
    before = [signing for signing in reader.signings(first) if signing.index < start]
    barred = find_disputes([*before, *signings], keys).barred
    for signing in signings:
        if signing.index in barred:
            raise VerificationError(
                "keys.disputed",
                "expected signers whose keys, roles and memberships are undisputed, found some in dispute",
                hint="affirm the entry that brought them in first: custody affirm",
            )
