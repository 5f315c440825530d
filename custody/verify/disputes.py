"""Disputed entries: what was signed by a key between its last valid index and its revocation (formats.md section 4).

A revocation may name an earlier last valid index, because a theft is noticed late. Entries in between keep their
effect and stay undecided until somebody affirms them. What a disputed entry brought in (agent, key, role, membership)
taints what is signed with it; it can't affirm, and once the revocation stands it can't sign any more, or a thief would
enrol a second key for himself and affirm with that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from custody.verify.rules import HANDLING, REGISTRAR, RULES
from custody.verify.state import Key, View
from schemas.event import ParsedEvent


class Signing(msgspec.Struct, frozen=True):
    """One entry, reduced to what disputes need: its keys, the entries that its signers' standing came from, and, for an
    affirmation, the index of the entry that it affirms.
    """

    index: int
    keys: tuple[str, ...]
    relies_on: tuple[int, ...]
    affirms: int | None = None


@dataclass(frozen=True, slots=True)
class Disputes:
    """``disputed``: entry to the index of the revocation that put it in dispute. ``barred``: entries that were signed,
    after such a revocation, by standing that was still in dispute: those fail.
    """

    disputed: Mapping[int, int]
    barred: frozenset[int]


def reliance(view: View, index: int, parsed: ParsedEvent, key_ids: Iterable[str]) -> tuple[int, ...]:
    """Return the indexes of the entries that brought in what the signers of entry ``index`` sign with."""
    needed: set[int] = set()
    for key_id in key_ids:
        key = view.key(key_id)
        if key is not None:
            needed.add(key.introduced)
    for signer in parsed.event.signers:
        agent = view.agent(signer.agent)
        if agent is None:
            continue
        needed.add(agent.introduced)
        allowed = {"actor": RULES[parsed.type].roles, "to": HANDLING, "registrar": REGISTRAR}.get(signer.as_)
        since = agent.role_since(allowed) if allowed else None
        unit = view.agent(signer.on_behalf_of) if isinstance(signer.on_behalf_of, str) else None
        member = unit.member_since(agent.id) if unit else None
        needed.update(item for item in (since, member, unit.introduced if unit else None) if item is not None)
    return tuple(sorted(needed - {index}))


def is_disputing(key: Key) -> bool:
    """Tell whether a key's revocation reaches back before itself."""
    return key.revoked_at is not None and key.last_valid is not None and key.last_valid + 1 < key.revoked_at


def find_disputes(signings: Sequence[Signing], keys: Mapping[str, Key]) -> Disputes:
    """Return what is in dispute after all ``signings`` (in order of index), given the keys as they ended up.

    Affirmations count only where they are undisputed themselves, which may rest on later ones: the search starts with
    none accepted and accepts until nothing changes, so what rests on itself is never accepted.
    """
    if not any(is_disputing(key) for key in keys.values()):
        return Disputes({}, frozenset())
    accepted: dict[int, int] = {}
    while True:
        since, barred = _spread(signings, keys, accepted)
        open_disputes = {index: start for index, start in since.items() if index not in accepted}
        found = _affirmations(signings, since, open_disputes, barred)
        if found == accepted:
            return Disputes(open_disputes, frozenset(barred))
        accepted = found


def _spread(
    signings: Sequence[Signing], keys: Mapping[str, Key], accepted: Mapping[int, int]
) -> tuple[dict[int, int], set[int]]:
    """Return for each entry the revocation that disputes it, and the entries signed with disputed standing too late.

    ``accepted`` maps an affirmed entry to the index of its affirmation: what it brought in counts from there on, and
    what was signed before the revocation is cleared with it.
    """
    since: dict[int, int] = {}
    barred: set[int] = set()
    for signing in signings:
        starts = [
            key.revoked_at
            for key in (keys.get(key_id) for key_id in signing.keys)
            if key is not None and key.revoked_at is not None and key.last_valid is not None
            and key.last_valid < signing.index < key.revoked_at
        ]  # fmt: skip
        for source in signing.relies_on:
            start = since.get(source)
            if start is None:
                continue
            if signing.index > start and signing.index < accepted.get(source, signing.index + 1):
                barred.add(signing.index)
            elif signing.index <= start and source not in accepted:
                starts.append(start)
        if starts:
            since[signing.index] = min(starts)
    return since, barred


def _affirmations(
    signings: Sequence[Signing], since: Mapping[int, int], disputed: Mapping[int, int], barred: set[int]
) -> dict[int, int]:
    """Return the entries affirmed by an undisputed later entry, each with the first such affirmation."""
    found: dict[int, int] = {}
    for signing in signings:
        target = signing.affirms
        if target is None or target not in since or signing.index <= since[target]:
            continue
        if signing.index not in disputed and signing.index not in barred:
            found.setdefault(target, signing.index)
    return found
