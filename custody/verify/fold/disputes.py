"""Disputed entries: what was signed by a key between its last valid index and its revocation (docs/spec/entry.md).

A revocation may name an earlier last valid index, because a theft is noticed late. Entries in between keep their
effect and stay undecided until somebody affirms them. What a disputed entry brought in (agent, key, role, membership)
taints what is signed with it; it can't affirm, and once the revocation stands it can't sign any more, or a thief would
enrol a second key for himself and affirm with that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from custody.verify.rules.table import HANDLING, REGISTRAR, RULES
from custody.verify.rules.view import Key, View
from schemas import limits
from schemas.event import ParsedEvent


class Signing(msgspec.Struct, frozen=True):
    """One entry, reduced to what disputes need: its keys (the actor's first), the entries that its signers' standing
    came from, and, for an affirmation, the index of the entry that it affirms.
    """

    index: int
    keys: tuple[str, ...]
    relies_on: tuple[int, ...]
    affirms: int | None = None


class Taint(msgspec.Struct, frozen=True):
    """Why an entry is in question: the first and the last of the revocations that put it there, and the agents whose
    signatures are. It's cleared by them, or by two registrars, after the last.
    """

    first: int
    last: int
    agents: frozenset[str]


class Disputes(msgspec.Struct, frozen=True):
    """``disputed``: entry to the index of the first revocation that put it in dispute. ``barred``: entries that were
    signed, after such a revocation, by standing that was still in dispute: those fail.
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


def affirmed_by(view: View, parsed: ParsedEvent) -> int | None:
    """Return the index of the entry that an event affirms, or nothing."""
    about = parsed.event.about
    if not isinstance(about, tuple) or parsed.type != "record.affirmed":
        return None
    place = view.event(str(about[0].event))
    return None if place is None else place.index


def is_disputing(key: Key) -> bool:
    """Tell whether a key's revocation reaches back before itself."""
    return key.revoked_at is not None and key.last_valid is not None and key.last_valid + 1 < key.revoked_at


def find_disputes(signings: Sequence[Signing], keys: Mapping[str, Key]) -> Disputes:
    """Return what is in dispute after all ``signings`` (in order of index), given the keys as they ended up.

    Affirmations count only where they are undisputed themselves, which may rest on later ones: the search starts with
    none accepted and accepts more until nothing changes, so what rests on itself is never accepted. What was accepted
    stays so, and only takes questions away; the number of rounds is bounded, since each costs a pass over all entries.
    """
    if not any(is_disputing(key) for key in keys.values()):
        return Disputes({}, frozenset())
    affirmed = {signing.affirms for signing in signings}
    known = {item.index: item for item in signings if item.affirms is not None or item.index in affirmed}
    accepted: dict[int, int] = {}
    taints, barred = _spread(signings, keys, accepted)
    for _ in range(limits.AFFIRMATION_ROUNDS):
        found = _affirmations(known, keys, accepted, taints, barred)
        if found == accepted:
            break
        accepted = found
        taints, barred = _spread(signings, keys, accepted)
    disputed = {index: taint.first for index, taint in taints.items() if index not in accepted and index not in barred}
    return Disputes(disputed, frozenset(barred))


def _spread(
    signings: Sequence[Signing], keys: Mapping[str, Key], accepted: Mapping[int, int]
) -> tuple[dict[int, Taint], set[int]]:
    """Return what puts each entry in question, and the entries signed with standing in question too late.

    ``accepted`` maps an affirmed entry to the index of its affirmation: what it brought in counts from there on, and
    what was signed before the revocation is cleared with it.
    """
    taints: dict[int, Taint] = {}
    barred: set[int] = set()
    for signing in signings:
        index = signing.index
        own = [key for key in _keys(signing, keys) if _is_disputed(key, index)]
        starts = [key.revoked_at for key in own if key.revoked_at is not None]
        agents = {key.agent for key in own}
        for source in signing.relies_on:
            taint, cured = taints.get(source), accepted.get(source)
            if taint is None or (cured is not None and (index >= cured or index <= taint.first)):
                continue
            if index > taint.first:
                barred.add(index)
            starts += (taint.first, taint.last)
            # Whose standing came from that source isn't noted, so each signer has to answer.
            agents.update(key.agent for key in _keys(signing, keys))
        if starts:
            taints[index] = Taint(min(starts), max(starts), frozenset(agents))
    return taints, barred


def _keys(signing: Signing, keys: Mapping[str, Key]) -> list[Key]:
    return [keys[key_id] for key_id in signing.keys if key_id in keys]


def _is_disputed(key: Key, index: int) -> bool:
    return key.revoked_at is not None and key.last_valid is not None and key.last_valid < index < key.revoked_at


def _affirmations(
    known: Mapping[int, Signing],
    keys: Mapping[str, Key],
    accepted: Mapping[int, int],
    taints: Mapping[int, Taint],
    barred: set[int],
) -> dict[int, int]:
    """Return the entries affirmed by an undisputed later entry, each with the first such affirmation."""
    found = dict(accepted)
    for index, signing in sorted(known.items()):
        target = signing.affirms
        taint = None if target is None or target in barred else taints.get(target)
        if target is None or taint is None or index <= taint.last or index in barred:
            continue
        if index in taints and index not in accepted:
            continue
        if _may_clear(_keys(signing, keys), _keys(known[target], keys), taint):
            found[target] = min(index, found.get(target, index))
    return found


def _may_clear(affirming: Sequence[Key], affirmed: Sequence[Key], taint: Taint) -> bool:
    """Tell whether those sign who are in question; who didn't sign the affirmed entry has two registrars by the rules.

    A colleague who signed it as well can't vouch for a stolen key: he may be the thief.
    """
    is_stranger = bool(affirming) and affirming[0].agent not in {key.agent for key in affirmed}
    return is_stranger or taint.agents <= {key.agent for key in affirming}
