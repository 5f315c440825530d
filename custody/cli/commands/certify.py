"""`custody produce` and `preserve-confirm`: a provider hands data over, or says they are kept, without a ledger."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import click

from custody.cli.checking.verification import Believed
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_folder, check_free, write_file
from custody.cli.intake.providers import open_signer, read_request
from custody.cli.options import FILE, When, force_option, passphrase_option, timed, trust_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.periods import end_of
from custody.cli.results import Result
from custody.report.counts import count_bytes, counted
from custody.report.safe_text import show_path
from custody.report.words import format_utc
from custody.transfer.certificates import METHOD, sign_certificate
from custody.transfer.productions import find_files, hash_files, write_production
from schemas.certificate import Certificate, certified_content
from schemas.errors import RefusedError, UsageError
from schemas.text import format_time
from schemas.types import UNSET


class ProducedResult(Result, frozen=True, kw_only=True, tag="custody-produced/v1"):
    """The file, whose key signed it, and what the certificate says of its content."""

    bytes: int
    count: int
    key: str
    path: str
    provider: str
    request_sha256: str
    root: str


@command(
    example="""
    custody produce req-7.zip logs.csv messages/ -o production.zip --as provider-1 --seal "Example Platform, unit 3"
    custody produce scanned-request.pdf logs.csv -o production.zip --as provider-1
    """,
    result=ProducedResult,
)
@click.argument("request", metavar="REQUEST-LETTER", type=FILE)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--out", "-o", "target", type=FILE, required=True, help="The file to hand over.")
@click.option("--as", "actor", type=AGENT, help="Whose key signs (CUSTODY_AS; else the one key at hand).")
@click.option("--method", default=METHOD, help="How the digests were made, in the unit's own words.")
@click.option("--seal", help="The text of the unit's electronic seal.")
@trust_option
@passphrase_option
@timed
@pass_custody
def produce(
    context: Context,
    *,
    request: Path,
    files: tuple[Path, ...],
    target: Path,
    actor: str | None,
    method: str,
    seal: str | None,
    trust_path: Path | None,
    passphrase_file: Path | None,
    when: When,
) -> None:
    """Hand FILEs over in answer to the request in REQUEST-LETTER, with a certificate signed by the provider's key.

    No ledger is needed. The certificate names the request by its digest, each file by its digests, the method and the
    unit's seal; whoever takes it in computes all of it anew. REQUEST-LETTER is a letter, or a scan of one on paper.
    """
    check_folder(target)
    if target.exists():
        raise UsageError("usage.exists", f"expected nothing at {show_path(target)}, found something")
    answers, _ = read_request(context, request, Believed(trust_path))
    named = find_files(files)
    signer = open_signer(context, actor, passphrase_file)
    records = hash_files(named)
    content = certified_content(records)
    moment, _ = when.moment(context.now())
    certificate = Certificate(
        answers=answers, content=content, issued_at=format_time(moment), kind="production", method=method,
        nonce=context.random(16).hex(), provider=signer.agent, schema="custody-certificate/v1", seal=seal or UNSET,
    )  # fmt: skip
    write_production(target, sign_certificate(certificate, signer), named, records)
    result = ProducedResult(
        bytes=content.bytes, count=content.count, key=signer.key_id, path=str(target), provider=signer.agent,
        request_sha256=answers.sha256, root=content.root,
    )  # fmt: skip
    lines = [
        f"production: {show_path(target)}, {counted(content.count, 'file', 'files')}, {count_bytes(content.bytes)}",
        f"  answers:  {answers.sha256}",
        f"  content:  {content.root}",
        f"  signed:   {signer.agent}, {signer.key_id}",
    ]
    emit(context.settings, result, lines)


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
    answers, letter = read_request(context, request, Believed(trust_path))
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
