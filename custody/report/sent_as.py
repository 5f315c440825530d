"""As what a thing was sent: a reader sees beside each other what its sender and its receiver say that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from custody.report import marks
from custody.report.corrections import Correction, corrections_of
from custody.report.safe_text import show
from custody.report.values import plain_of
from custody.report.words import WITHHELD, facts_of
from custody.verify.border.inner import event_in, manifest_of
from custody.verify.verify import Verified
from schemas.details.exhibit import ExhibitRegistered, Foreign
from schemas.details.transfer import TransferAccepted

_TOLD: Final = ("description", "kind", "nature")


class Senders:
    """The bundles with which exhibits came into one ledger, by payload manifest; each is looked through once."""

    def __init__(self, verified: Verified) -> None:
        self._within = {manifest_of(item): item for item in verified.within}
        self._corrections: dict[str, Mapping[str, tuple[Correction, ...]]] = {}

    def describe(self, details: ExhibitRegistered) -> str:
        """Say what a thing that was accepted is by its first act there, and what was corrected of that; an empty text
        for what came otherwise, or where that act isn't at hand.
        """
        foreign = details.foreign if isinstance(details, TransferAccepted) else None
        inner = self._within.get(foreign.manifest) if isinstance(foreign, Foreign) else None
        if inner is None or not isinstance(foreign, Foreign):
            return ""
        known = inner.state.exhibit(foreign.case, foreign.exhibit)
        first = None if known is None else event_in(inner.state, inner.entries, known.registration)
        if first is None or not isinstance(first.details, ExhibitRegistered):
            return ""
        plain = {name: value for name, value in plain_of(first)["details"].items() if name in _TOLD}
        facts = facts_of(plain, inner.values.disclosed, absent=_hidden)
        texts = [fact.value if fact.label == "description" else f"{fact.label} {fact.value}" for fact in facts]
        if foreign.manifest not in self._corrections:
            self._corrections[foreign.manifest] = corrections_of(inner, _hidden)
        corrections = self._corrections[foreign.manifest].get(first.hash, ())
        right = [item.text for item in corrections if item.field in _TOLD]
        is_other = details.nature == first.details.nature == "object" and details.kind != first.details.kind
        other = [marks.ANOTHER_KIND] if is_other else []
        return f"{show(foreign.ledger)}: " + "; ".join([", ".join(texts), *right, *other])


def _hidden(_: str) -> str:
    return WITHHELD
