"""`custody preserve-confirm`: a provider confirms that data are preserved, without a ledger of its own."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import click

from custody.cli.checking.verification import Believed
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_free, write_file
from custody.cli.intake.providers import open_signer, read_request
from custody.cli.options import FILE, When, force_option, passphrase_option, timed, trust_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.periods import end_of
from custody.cli.results import Result
from custody.report.safe_text import show_path
from custody.report.words import format_utc
from custody.transfer.certificates import sign_certificate
from schemas.certificate import Certificate
from schemas.errors import RefusedError, UsageError
from schemas.text import format_time
from schemas.types import UNSET


class PreservedResult(Result, frozen=True, kw_only=True, tag="custody-preserved/v1"):
    """The confirmation, whose key signed it, and until when the data are preserved."""

    key: str
    path: str
    provider: str
    request_sha256: str
    until: str


@command(
    example="""
    custody preserve-confirm req-5.zip --until 2027-02-01 -o preserved.json --as provider-1
    """,
    result=PreservedResult,
)
@click.argument("request", metavar="REQUEST-LETTER", type=FILE)
@click.option("--until", required=True, metavar="TIME", help="Until when the data are preserved.")
@click.option("--out", "-o", "target", type=FILE, required=True, help="The confirmation to write.")
@click.option("--as", "actor", type=AGENT, help="Whose key signs (CUSTODY_AS; else the one key at hand).")
@click.option("--seal", help="The text of the unit's electronic seal.")
@trust_option
@passphrase_option
@force_option
@timed
@pass_custody
def preserve_confirm(
    context: Context,
    *,
    request: Path,
    until: str,
    target: Path,
    actor: str | None,
    seal: str | None,
    trust_path: Path | None,
    passphrase_file: Path | None,
    force: bool,
    when: When,
) -> None:
    """Confirm with the provider's key that the data asked for in REQUEST-LETTER are preserved until a time.

    The authority takes it in with custody request receive --certificate.
    """
    check_free(target, force=force)
    answers, letter = read_request(context, request, Believed(trust_path, (), None, None))
    if letter is not None and letter.requests[0].state.kind != "preservation":
        kind = letter.requests[0].state.kind
        raise RefusedError("certificate.kind", f"expected a request for preservation, found one of the kind {kind}")
    end, (moment, _) = end_of(context, until), when.moment(context.now())
    if end is None or end <= format_time(moment.astimezone(UTC)):
        raise UsageError("usage.until", f"expected a time to come, found {until!r}")
    signer = open_signer(context, actor, passphrase_file)
    certificate = Certificate(
        answers=answers, issued_at=format_time(moment), kind="preservation", nonce=context.random(16).hex(),
        provider=signer.agent, schema="custody-certificate/v1", seal=seal or UNSET, until=end,
    )  # fmt: skip
    write_file(target, sign_certificate(certificate, signer), force=force)
    result = PreservedResult(
        key=signer.key_id, path=str(target), provider=signer.agent, request_sha256=answers.sha256, until=end
    )  # fmt: skip
    lines = [
        f"confirmation: {show_path(target)}",
        f"  preserved until: {format_utc(end)}",
        f"  answers: {answers.sha256}",
        f"  signed:  {signer.agent}, {signer.key_id}",
    ]
    emit(context.settings, result, lines)
