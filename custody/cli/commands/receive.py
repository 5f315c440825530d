"""`custody receive`: what another ledger dispatched is verified, accepted or refused, and a receipt goes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import click

from custody.cli.acting.seals import seal_as_seen
from custody.cli.acting.signing import Recorded, complete
from custody.cli.border.arriving import Unloading
from custody.cli.border.decisions import Decision, Wanted, decide, parse_decisions
from custody.cli.border.receipt_files import make_receipt
from custody.cli.border.receiving import Receiving, check_addressed, compose_arrivals, find_sender
from custody.cli.border.unreadable import Parcel, check_refused_before, compose_refusal, is_unreadable
from custody.cli.checking.opening import check_is_bundle, open_bundle
from custody.cli.checking.verification import Believed, believing_now
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_free, write_file
from custody.cli.intake.seizure_details import legal_paper_option, legal_papers_of
from custody.cli.option_groups import gathered, several
from custody.cli.options import FILE, Signing, When, acting, force_option
from custody.cli.output import emit, note
from custody.cli.parameters import TOKEN
from custody.cli.results import Result
from custody.cli.showing.holdings import staging
from custody.report.safe_text import show, show_path
from custody.transfer.arrivals import Delivery, delivery_of
from custody.verify.verify import Verified
from schemas.details.transfer import RefusalReason, Reservation
from schemas.errors import RefusedError, VerificationError
from schemas.report import Verdict


class Received(Result, frozen=True, kw_only=True, tag="custody-received/v1"):
    """What became of each exhibit, and the receipt for the sender; no entries yet where a draft waits."""

    accepted: tuple[str, ...]
    draft: str | None = None
    entries: tuple[int, ...]
    receipt: str | None = None
    refused: tuple[str, ...]
    returned: tuple[str, ...]
    transfer: str
    verdict: Verdict


_REASONS, _WORDS = (", ".join(get_args(words)) for words in (RefusalReason, Reservation))
_deciding = gathered(
    "wanted",
    parse_decisions,
    click.option(
        "--accept", "accepted", multiple=True, metavar="EXHIBIT", help="Take this one (all, if none is named)."
    ),
    click.option("--refuse", "refused", multiple=True, metavar="EXHIBIT=REASON", help=f"Refuse this one: {_REASONS}."),
    click.option("--refuse-all", metavar="REASON", help="Refuse everything, for one of these reasons."),
    click.option(
        "--anew", multiple=True, metavar="EXHIBIT", help="Take this one in as a new exhibit, though it left from here."
    ),
    click.option(
        "--after-refusal",
        "is_after_refusal",
        is_flag=True,
        help="Take it in though a parcel of this transfer was refused unread before.",
    ),
    click.option("--reservation", "reservations", metavar="WORD", multiple=True, help=f"What is left open: {_WORDS}."),
    click.option("--transfer", type=TOKEN, metavar="NUMBER", help="The number of a transfer that can't be read."),
    click.option("--note", "remark", help="In words, with a reservation or refusal (kept private)."),
)
_placing = several(
    click.option("--addressee", metavar="AGENT", help="Whom the sender named, where he knows no ledger of him: us."),
    click.option("--case", help="The case here to which they belong."),
    click.option("--request", type=TOKEN, metavar="ID", help="Our request that it answers, where no letter says so."),
    click.option("--number", "numbers", multiple=True, metavar="OLD=NEW", help="Another exhibit number here."),
    click.option("--from", "sender", metavar="AGENT", help="The sending organisation, where its ledger has several."),
    click.option("--place", help="Where it is kept now (kept private)."),
    click.option("--seal", help="The seal as it arrived (kept private)."),
    click.option("--seal-intact/--seal-broken", "intact", default=None, help="As it was seen."),
    legal_paper_option,
)


@command(
    example="""
    custody receive parcel.zip --case B-12 --as cust-b1 --receipt receipt.json
    custody receive parcel.zip --case B-12 --refuse EX-2=damaged --note "case cracked" --as cust-b1
    custody receive parcel.zip --refuse-all damaged --from police-a --transfer 5f1c0e... --as cust-b1
    """,
    result=Received,
)
@click.argument("bundle", type=FILE)
@_placing
@_deciding
@click.option("--receipt", type=FILE, help="The receipt to write (TRANSFER.receipt.json).")
@force_option
@believing_now
@acting
@pass_custody
def receive(
    context: Context,
    *,
    bundle: Path,
    sender: str | None,
    wanted: Wanted,
    transfer: str | None,
    receipt: Path | None,
    force: bool,
    believed: Believed,
    who: Signing,
    when: When,
    **given: Any,
) -> None:
    """Verify BUNDLE, take in what was dispatched to this ledger or refuse it, and write the receipt for the sender.

    What PASSED may be accepted, in part or refused. What is INDETERMINATE is accepted only with the reservations that
    it calls for; what FAILED can only be refused, and so can what is no bundle at all: --refuse-all, with --from and
    --transfer as the letter beside it has them. An exhibit of this ledger that comes back is taken back.
    """
    given["seal"] = seal_as_seen(given["seal"], given.pop("intact"))
    beliefs = replace(believed, passphrase_file=who.passphrase_file).open(context, at_home=True)
    written = Written(receipt, force)
    parcel = Parcel(bundle, beliefs, sender)
    if wanted.refuse_all is None:
        check_is_bundle(bundle, otherwise="; if that is what came, --refuse-all does-not-verify records it")
    try:
        _decide_on(context, parcel, wanted, written, who=who, when=when, **given)
    except (VerificationError, RefusedError) as error:
        if not is_unreadable(error) or (wanted.refuse_all is None and error.code == "transfer.none"):
            raise
        if wanted.refuse_all is None:
            hint = "--refuse-all does-not-verify records that, with --from and --transfer as the letter has them"
            raise type(error)(error.code, error.text, hint=hint) from None
    else:
        return
    composed, claimed = compose_refusal(
        context, parcel, transfer=transfer, reason=wanted.refuse_all, remark=given["remark"], who=who, when=when
    )
    target = written.target(claimed)
    outcome = complete(context, who, [composed])
    _tell(context, outcome, (), claimed, Verdict.FAILED, target, force=force)


@dataclass(frozen=True, slots=True)
class Written:
    """Where the receipt goes, if it was said, and whether a file there is written over."""

    path: Path | None
    force: bool

    def target(self, transfer: str) -> Path:
        """Return where it goes; said before anything is recorded, since it is written of what stands then.

        Raises:
            UsageError: ``usage.exists``.
        """
        target = self.path or Path(f"{transfer[:16]}.receipt.json")
        check_free(target, force=self.force)
        return target


def _decide_on(
    context: Context, parcel: Parcel, wanted: Wanted, written: Written, *, who: Signing, when: When,
    addressee: str | None, **given: Any,
) -> None:  # fmt: skip
    """Take in or refuse what a parcel delivers."""
    with open_bundle(context, parcel.path, parcel.beliefs, is_parcel=True) as opened, staging(context) as staged:
        verified = opened.verified
        delivery = _deliver(verified, wanted)
        context.ledger().trusted = parcel.beliefs.trusted
        context.ledger().known.update({item.foreign.manifest: verified for item in delivery.arrivals})
        origin = context.ledger().ledger().origin
        target = written.target(delivery.transfer)
        decisions = decide(verified.report, delivery, wanted, origin=origin)
        if any(item.kind != "refused" for item in decisions):
            check_addressed(delivery, context.ledger().ledger(), addressee)
            check_refused_before(context, delivery.transfer, is_known=wanted.is_after_refusal)
        unloading = Unloading(staged, opened.container, verified, opened.open_content)
        papers = legal_papers_of(context, staged, given.pop("legal_papers"))
        receiving = Receiving(
            verified=verified, delivery=delivery, sender=find_sender(context, delivery, parcel.sender), origin=origin,
            papers=papers, **given,
        )  # fmt: skip
        composed = compose_arrivals(context, receiving, decisions, unloading, who=who, when=when)
        outcome = complete(context, who, composed, keep=staged.keep)
    _tell(context, outcome, decisions, delivery.transfer, verified.report.verdict, target, force=written.force)


def _deliver(verified: Verified, wanted: Wanted) -> Delivery:
    """Return what a parcel delivers; of a damaged one no more is said than that, unless it is refused unread.

    Raises:
        VerificationError: ``receive.failed``.
        RefusedError: as `delivery_of`.
    """
    try:
        return delivery_of(verified)
    except RefusedError as error:
        if verified.report.verdict is not Verdict.FAILED or wanted.refuse_all:
            raise
        text = "expected a bundle that verifies, found it FAILED: it can only be refused"
        told = "--refuse-all does-not-verify records it, with --from and --transfer as the letter has them"
        raise VerificationError("receive.failed", text, hint=f"custody verify says why; {told}") from error


def _tell(
    context: Context,
    outcome: object,
    decisions: tuple[Decision, ...],
    transfer: str,
    verdict: Verdict,
    receipt: Path,
    *,
    force: bool,
) -> None:
    path, entries, draft = None, tuple[int, ...](), None
    if isinstance(outcome, Recorded):
        entries = tuple(item.index for item in outcome.receipts)
        path = receipt
        write_file(path, make_receipt(context, transfer), force=force)
    else:
        draft = str(outcome.path)  # type: ignore[attr-defined]
    by_kind = {kind: tuple(item.arrival.name for item in decisions if item.kind == kind) for kind in _KINDS}
    result = Received(
        accepted=by_kind["accepted"], draft=draft, entries=entries, receipt=None if path is None else str(path),
        refused=by_kind["refused"], returned=by_kind["returned"], transfer=transfer, verdict=verdict,
    )  # fmt: skip
    lines = [f"verified: {verdict.value}"]
    lines += [f"{kind}: {', '.join(map(show, names))}" for kind, names in by_kind.items() if names]
    if not decisions:
        lines.append(f"refused: the whole parcel, of which no exhibit can be read; transfer {transfer}, as claimed")
    if path is not None:
        lines.append(f"receipt for the sender: {show_path(path)}")
    if draft is not None:
        lines.append(f"waits for signatures: {draft}; then custody receipt make {transfer} -o FILE")
    emit(context.settings, result, lines)
    if path is not None:
        note(context.settings, "  send it back: custody is with the sender's ledger until the receipt arrives there")


_KINDS = ("accepted", "returned", "refused")
