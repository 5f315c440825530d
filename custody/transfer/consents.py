"""Which consents let an exhibit go now, asked of the gate itself: what it would refuse, nobody is told to rely on."""

from __future__ import annotations

from custody.verify.release import Way, fault_of
from custody.verify.view import Consent, Exhibit, View


def consents_in_force(view: View, exhibit: Exhibit, to: str, *, at: str) -> tuple[Consent, ...]:
    """Return each authority's newest consent to an exhibit going to ``to`` that holds at a time, the newest first."""
    recipient = view.agent(to)
    if recipient is None:
        return ()
    found: dict[str, Consent] = {}
    for item in view.consents(exhibit.registration, to):
        authority = view.agent(item.authority)
        is_bound = authority is not None and authority.ledger in exhibit.bound_to
        if item.authority in found:
            continue
        if fault_of(view, item, Way(recipient, [at, at]), is_bound=is_bound) is None:
            found[item.authority] = item
    return tuple(found.values())


def why_not(view: View, consent: Consent, *, at: str) -> str:
    """Return in words why a consent lets nothing leave at a time; nothing where it does."""
    recipient = view.agent(consent.recipient)
    assert recipient is not None, "a consent names an enrolled recipient"
    fault = fault_of(view, consent, Way(recipient, [at, at]))
    return "" if fault is None else fault[2]
