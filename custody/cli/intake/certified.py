"""Taking in what a provider certified: signature, request and every digest looked at again before it is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custody.cli.assistance.letter_receiving import arrival_time
from custody.cli.assistance.requests import record_request
from custody.cli.context import Context
from custody.cli.files import given_file, open_given, read_file
from custody.cli.intake.registered_before import check_new_production
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.report.safe_text import show
from custody.transfer.certificates import Certified, check_files, check_times, find_request, open_certificate
from custody.transfer.productions import open_production
from custody.transfer.requests import RequestStory
from schemas import limits
from schemas.certificate import Certificate
from schemas.details.request import Period
from schemas.errors import RefusedError
from schemas.types import is_set


@dataclass(frozen=True, slots=True)
class CertifiedExhibit:
    """Files that a provider certified, in a folder that is gone in the end; ``document`` is the certificate."""

    certified: Certified
    document: str
    folder: Path
    story: RequestStory

    @property
    def paths(self) -> tuple[Path, ...]:
        """What lies at the top of the folder."""
        return tuple(sorted(self.folder.iterdir()))

    @property
    def name(self) -> str:
        """The exhibit in words."""
        return f"production of {self.certified.certificate.provider} for {self.story.state.id}"


def read_certified(
    context: Context, staged: Staged, path: Path, *, request: str | None, again: bool
) -> CertifiedExhibit:
    """Return what is in the production at ``path``, everything in it computed anew.

    ``again`` takes one that is registered already.

    Raises:
        VerificationError: ``certificate.container``, ``certificate.file``, ``certificate.root``, ``signature.*``.
        RefusedError: as `open_certificate` and `find_request`; ``certificate.twice``, ``certificate.time``.
        StorageError, OSError: this machine's disk.
    """
    with open_given(path) as file, open_production(file) as production:
        with context.ledger().read() as reader:
            certified = open_certificate(production.envelope, reader.view())
            story = find_request(reader, certified.certificate, request)
        if story.state.direction != "outgoing":
            text = f"expected a request of ours, found {story.state.id}, which was received"
            raise RefusedError("certificate.request", text)
        document = staged.document_bytes(certified.raw)
        if not again:
            check_new_production(context, document)
        folder = staged.folder()
        check_files(certified.certificate, production.lay_out(folder))
        _check_times(context, certified.certificate, story)
    return CertifiedExhibit(certified, document, folder, story)


def warn_excess(context: Context, exhibit: CertifiedExhibit, source: Mapping[str, Any], account: str | None) -> None:
    """Warn of records outside of the period or the accounts that were asked for: more was handed over than is covered.

    Only formats whose records are counted say anything of their times (docs/spec/events.md, Source).
    """
    period = exhibit.story.body.period
    if isinstance(period, Period):
        for item in source.get("records") or ():
            first, last = item.get("first_at"), item.get("last_at")
            if first is not None and (first < period.first or last > period.last):
                text = (
                    f"expected records from {period.first} to {period.last}, found {item['format']} {first} to {last}"
                )
                note(context.settings, f"warning: {text}; more was produced than the request covers")
    asked = exhibit.story.fields.get("accounts")
    if asked is not None and account is not None:
        known = context.ledger().home.store.disclosures.get([asked.commitment]).get(asked.commitment)
        if known is not None and account not in str(known.value):
            text = f"expected an account of {show(str(known.value))}, found {show(account)}"
            note(context.settings, f"warning: {text}; more was produced than the request covers")


def tell_open(context: Context, exhibit: CertifiedExhibit) -> None:
    """Say how the request that was answered is closed: whether a production is all of it, people know."""
    state = exhibit.story.state
    if state.status == "sent":
        text = f"note: {state.id} stays open and its terms run: custody request close {state.id} --outcome executed"
        note(context.settings, f"{text}, once all of it is here")


def receive_confirmation(
    context: Context,
    staged: Staged,
    path: Path,
    *,
    request: str | None,
    received_at: str | None,
    who: Signing,
    when: When,
) -> None:
    """Record a provider's confirmation that data are preserved as the answer to our request.

    Raises:
        UsageError: the file is no certificate.
        VerificationError, RefusedError: as `open_certificate` and `find_request`.
        RefusedError: ``certificate.kind`` for a production, ``certificate.twice``, ``certificate.time``.
    """
    raw = read_file(path, maximum=limits.ENTRY_BYTES)
    with context.ledger().read() as reader, given_file(path):
        certified = open_certificate(raw, reader.view())
        story = find_request(reader, certified.certificate, request)
    certificate = certified.certificate
    if certificate.kind != "preservation" or not is_set(certificate.until):
        hint = "custody register --certificate takes a production in"
        raise RefusedError("certificate.kind", "expected a confirmation of preservation, found a production", hint=hint)
    _check_times(context, certificate, story)
    document = staged.document_bytes(certified.raw)
    if any(getattr(event.details, "certificate", None) == document for event in story.events):
        raise RefusedError("certificate.twice", f"expected a new answer to {story.state.id}, found one on record")
    details = {
        "answered_at": certificate.issued_at,
        "certificate": document,
        "from": certificate.provider,
        "outcome": "preserved",
        "received_at": arrival_time(context, received_at, when),
        "request": story.state.id,
        "until": certificate.until,
    }
    record_request(context, [("request.answer-received", details)], who=who, when=when, keep=staged.keep)


def _check_times(context: Context, certificate: Certificate, story: RequestStory) -> None:
    asked_at = story.events[0].event.occurred_at
    warning = check_times(certificate, asked_at=asked_at, now=context.now())
    if warning is not None:
        note(context.settings, f"warning: {warning}; look which clock is wrong, or whether it answers this request")
