"""On what terms a bundle reached its reader: from whom, to whom, under which consent, and what binds him."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from custody.report.counts import listed
from custody.report.field_labels import CONDITIONS, ONWARD
from custody.report.safe_text import show
from custody.report.words import format_value
from custody.verify.verify import Verified
from schemas.details.consent import Condition, ConsentRecorded
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.transfer import TransferAccepted, TransferDispatched
from schemas.report import LawReport, LedgerReport, Report, TermsReport, Verdict
from schemas.types import Private, is_set

Absent = Callable[[str], str]

_MANNERS: Final = {
    "acceptance": "terms under which {agent} sent it on before",
    "dispatch": "dispatched by {agent}",
    "key": "consent of {agent}, signed by its official",
    "letter": "consent of {agent}, read in a verified letter",
    "paper": "consent of {agent}, recorded from paper",
}
UNDECIDED: Final = "can't be said, because this file is damaged or not whole: ask for it once more"
"""Said of a consent that isn't found in what is left of a bundle: the missing part may hold it."""
_WHOLE: Final = (0, 1, 2, 4, 8)
"""The steps that fail where something of a bundle is missing or changed."""
_SHOWN: Final = 8
"""Exhibits, ledgers or sets of them that are named before the rest is counted."""

Consented = ConsentRecorded | TransferAccepted | TransferDispatched


def rows_of(report: Report, verified: Verified, absent: Absent) -> tuple[tuple[str, str], ...]:
    """Return the rows of the first page about law; none where the bundle names no recipient on record."""
    law = report.law
    if not isinstance(law, LawReport):
        return ()
    return tuple(_rows(law, report, verified, absent))


def _rows(law: LawReport, report: Report, verified: Verified, absent: Absent) -> Iterator[tuple[str, str]]:
    ledger = report.ledger
    if isinstance(ledger, LedgerReport):
        yield "from", show(f"{ledger.origin}, {law.country}")
    country = f", {law.to_country}" if is_set(law.to_country) else ""
    origin = f", its ledger {law.to_ledger}" if is_set(law.to_ledger) else ""
    yield "to", show(f"{law.to}{country}{origin}")
    yield "request", show(_request(law, report))
    if is_set(law.transfer):
        yield "transfer", show(str(law.transfer))
    inherited = report.inherited or ()
    for before in inherited:
        yield "came through", show(f"{before.origin}, proven by its own bundle up to entry {before.size - 1}")
    abroad = is_set(law.to_country) and law.to_country != law.country
    if abroad and report.exhibits and not any(_is_ours(terms) for terms in law.terms):
        yield "consent", UNDECIDED if _is_damaged(report) else "NONE that covers it; see step 11"
    for terms in law.terms:
        # Those of ledgers before stand in bundles within, where their words are.
        if not is_set(terms.ledger):
            yield from _terms(terms, verified, absent)
    yield from _bound(verified)
    yield from _before(verified)


def _is_ours(terms: TermsReport) -> bool:
    """Tell whether terms are those of a consent in the ledger that the bundle is of."""
    return terms.manner in {"key", "letter", "paper"} and not is_set(terms.ledger)


def _is_damaged(report: Report) -> bool:
    """Tell whether a consent may have stood in what is missing or changed, or for what can't be followed any more."""
    is_lost = any(step.verdict is Verdict.FAILED for step in report.steps if step.number in _WHOLE)
    return is_lost or any(finding.code == "lawfulness.undecided" for finding in report.findings)


def _bound(verified: Verified) -> Iterator[tuple[str, str]]:
    """Yield which exhibits go on only with whose consent, and as what they are bound, if that is another exhibit."""
    bound: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(verified.listed):
        exhibit, entries = verified.state.exhibit(*name), verified.indexes.get(("exhibit", *name), ())
        details = verified.entries[entries[0]].event.details if entries else None
        same = (details.same_object_as or ()) if isinstance(details, ExhibitRegistered) else ()
        known = (verified.state.exhibit(item.case, item.exhibit) for item in same)
        others = [item.name for item in known if item is not None and item.bound_to]
        if exhibit is not None and exhibit.bound_to:
            told = "/".join(name) + (f" (the same as {_some(others)})" if others else "")
            bound.setdefault(exhibit.bound_to, []).append(told)
    for origins, told_of in islice(bound.items(), _SHOWN):
        yield "bound", show(f"{_some(told_of)}: to nobody else without the consent of {_some(origins)}")
    if len(bound) > _SHOWN:
        yield "bound", f"and exhibits to {len(bound) - _SHOWN} more sets of ledgers"


def _some(names: Sequence[str]) -> str:
    return listed(names[:_SHOWN], len(names))


def _before(verified: Verified) -> Iterator[tuple[str, str]]:
    """Yield the terms of ledgers before this one, however deep: they bind whoever has it now.

    A dispatch's terms are left out, since the acceptance that follows it repeats them.
    """
    for inner in verified.within:
        law, ledger = inner.report.law, inner.report.ledger
        for terms in law.terms if isinstance(law, LawReport) and isinstance(ledger, LedgerReport) else ():
            if terms.manner != "dispatch" and not is_set(terms.ledger):
                yield from _terms(terms, inner, lambda _: "(not shown)", of=f"in {ledger.origin}: ")  # type: ignore[union-attr]
        yield from _before(inner)


def _request(law: LawReport, report: Report) -> str:
    """Return the request that a bundle answers, or those that a letter is about."""
    if is_set(law.request):
        return str(law.request)
    asked = report.requests if isinstance(report.requests, tuple) and not report.exhibits else ()
    return ", ".join(item.request for item in asked) or "none on record"


def _terms(terms: TermsReport, verified: Verified, absent: Absent, *, of: str = "") -> Iterator[tuple[str, str]]:
    manner = _MANNERS.get(terms.manner, terms.manner).format(agent=terms.agent)
    yield f"entry {terms.entry}", show(f"{of}{manner}")
    yield "  onward", ONWARD.get(terms.onward, show(terms.onward))
    details = verified.entries[terms.entry].event.details
    assert isinstance(details, Consented), "these alone have terms"
    if isinstance(details, ConsentRecorded) and is_set(details.valid_until):
        yield "  valid until", show(str(details.valid_until))
    for condition in details.conditions or ():
        yield "  condition", _condition(condition, verified, absent)


def _condition(condition: Condition, verified: Verified, absent: Absent) -> str:
    text = CONDITIONS.get(condition.code, condition.code)
    if isinstance(condition.text, Private):
        found = verified.values.disclosed.get(condition.text.commitment)
        shown = absent(condition.text.commitment) if found is None else format_value(found.value)
        text = f"{text} {shown}"
    return f"{text} By {condition.due}." if is_set(condition.due) else text
