"""Step 11: from whom, to whom, under which request and consent, and what binds the reader (docs/spec/lawfulness.md).

Whether what left was consented to is asked at every release while entries are folded (`custody.verify.gate.release`).
Here stands what a reader must know before anything else: that the bundle was made for him, and on which terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from msgspec.structs import replace

from custody.verify.fold.state import State
from custody.verify.record.bundled import Bundled
from schemas.details.consent import ConsentRecorded
from schemas.details.record import BundleExported
from schemas.details.transfer import TransferAccepted, TransferDispatched
from schemas.entry import ParsedEntry
from schemas.report import Findings, LawReport, LedgerReport, Report, Severity, TermsReport
from schemas.trust import Recipient, Trust
from schemas.types import UNSET, is_set


def check_lawfulness(bundled: Bundled) -> LawReport | None:
    """Return on what terms the bundle was made; nothing where its export names no recipient on record.

    Findings: ``lawfulness.recipient`` (failed) where it was made for another ledger than the reader's own or, where one
    of the two isn't known, for somebody in another country than his,
    ``lawfulness.country`` (failed) where the recipient's ledger is trusted to be in another country than is on record;
    under version 2 of the gate that of whoever ``countries`` of the fold names, with the entry that rested on it.
    ``lawfulness.undecided`` (indeterminate) for each exhibit of which the rules took no registration: no consent can be
    looked for then, and another step says what is wrong.
    """
    export, state, trust, findings = bundled.newest, bundled.state, bundled.trust, bundled.findings
    ledger = state.ledger()
    is_strict = ledger is not None and ledger.is_strict
    check_countries(trust, bundled.fold.countries, findings, is_strict=is_strict)
    if export is None or ledger is None or not isinstance(export.event.details, BundleExported):
        return None
    details = export.event.details
    if not is_set(details.to):
        return None
    findings.asked.add(11)
    recipient = state.agent(str(details.to))
    own = trust.recipient if trust is not None else UNSET
    if isinstance(own, Recipient) and recipient is not None:
        wanted, found = own.ledger, recipient.ledger
        if found is None or not is_set(wanted):
            wanted, found = own.country, recipient.country
        if found is not None and is_set(wanted) and found != wanted:
            text = f"expected a bundle for {wanted}, found one for {found}"
            findings.add(11, Severity.FAILED, "lawfulness.recipient", f"entry {export.entry.index}", text)
    if recipient is not None and recipient.ledger and recipient.country and not ledger.is_strict:
        named = {(recipient.id, recipient.ledger, recipient.country): export.entry.index}
        check_countries(trust, named, findings, is_strict=False)
    for name in sorted(name for name in bundled.listed if state.exhibit(*name) is None):
        text = "no consent could be looked for, since its story can't be followed"
        findings.add(11, Severity.INDETERMINATE, "lawfulness.undecided", "/".join(name), text)
    return LawReport(
        country=ledger.country,
        request=details.request,
        terms=tuple(_terms(set(bundled.listed), bundled.entries, state, str(details.to))),
        to=str(details.to),
        to_country=UNSET if recipient is None or recipient.country is None else recipient.country,
        to_ledger=UNSET if recipient is None or recipient.ledger is None else recipient.ledger,
        transfer=details.transfer,
    )


def check_countries(
    trust: Trust | None, countries: Mapping[tuple[str, str, str], int], findings: Findings, *, is_strict: bool
) -> None:
    """Report who is on record (agent, his ledger, country) in another country than his ledger is trusted to be in; by
    version 2 of the gate the reader's own ledger is where he says that he is.

    Findings: ``lawfulness.country`` (failed) at the entry that rested on it.
    """
    own = UNSET if trust is None or not is_strict else trust.recipient
    for (_, origin, country), index in countries.items():
        believed = None if trust is None else trust.ledger(origin)
        if believed is None and isinstance(own, Recipient) and own.ledger == origin and is_set(own.country):
            wanted = str(own.country)
        else:
            wanted = country if believed is None else believed.country
        if country != wanted:
            text = f"expected {origin} in {wanted}, as trusted, found it on record in {country}"
            findings.add(11, Severity.FAILED, "lawfulness.country", f"entry {index}", text)


def _terms(
    listed: Set[tuple[str, str]], entries: Mapping[int, ParsedEntry], state: State, to: str
) -> Iterator[TermsReport]:
    """Yield what binds the reader: consents to this recipient that stand, dispatches to him, terms of earlier ones."""
    known = {exhibit.registration for name in listed if (exhibit := state.exhibit(*name)) is not None}
    for index, entry in sorted(entries.items()):
        details, event = entry.event.details, entry.event.event
        match details:
            case ConsentRecorded(recipient=recipient, authority=agent) if recipient == to:
                consent = state.consent(entry.event.hash)
                if consent is None or consent.is_revoked or not known & set(consent.exhibits):
                    continue
                manner: str = details.manner
            case TransferDispatched(to=recipient) if recipient == to and (event.case, event.exhibit) in listed:
                agent, manner = event.signers[0].party, "dispatch"
            case TransferAccepted(from_=agent):
                manner = "acceptance"
            case _:
                continue
        codes = tuple(item.code for item in details.conditions or ())
        yield TermsReport(
            agent=agent, conditions=codes, entry=index, manner=manner, onward=details.onward,
            valid_until=getattr(details, "valid_until", UNSET),
        )  # fmt: skip


def terms_before(report: Report) -> Iterator[TermsReport]:
    """Yield the terms in the report on a bundle within, however deep: they bind whoever has it now. A dispatch's are
    left out, since the acceptance that follows it repeats them.
    """
    for terms in report.law.terms if isinstance(report.law, LawReport) else ():
        if terms.manner != "dispatch" and isinstance(report.ledger, LedgerReport):
            yield replace(terms, ledger=terms.ledger or report.ledger.origin)
