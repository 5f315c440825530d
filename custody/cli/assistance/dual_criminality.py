"""Who may say whether an act is punished in both countries: an authority that is on record (law row C14)."""

from __future__ import annotations

from typing import Final

from custody.verify.rules.view import View
from schemas.errors import UsageError

_MAY_SAY: Final = frozenset({"authority", "court"})


def check_stated_by(view: View, agent: str) -> None:
    """Raise unless ``agent`` is an organisation or unit on record, or a person who is authority or court.

    Raises:
        UsageError: ``usage.dual-criminality``.
    """
    known = view.agent(agent)
    if known is None:
        hint = f"custody agent enrol {agent} --kind organisation --country CC"
        raise UsageError("usage.dual-criminality", f"expected an authority on record, found {agent!r}", hint=hint)
    if known.kind not in ("organisation", "unit") and not {role for role, _ in known.roles} & _MAY_SAY:
        text = f"expected an organisation, or a person who is authority or court, found {agent}"
        raise UsageError("usage.dual-criminality", text)
