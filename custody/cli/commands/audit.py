"""`custody audit`: replay the whole ledger, and compare it with what was held from before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from custody.audit.audit import Audited
from custody.audit.audit import audit as replay
from custody.audit.record import AuditReport
from custody.cli.assistance.profiles import choose_profile, name_profile, profile_option
from custody.cli.checking.auditing import Wishes, wishing
from custody.cli.checking.verdict_page import end_with, write_page
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.files import check_free, check_page, write_file
from custody.cli.keyring.keyring import signer_for
from custody.cli.options import FILE, force_option, passphrase_option
from custody.cli.output import emit, note, progress
from custody.report.audit_document import make_audit_document
from custody.report.document import Document
from custody.report.gates import opening_of
from custody.report.safe_text import show_path
from custody.report.text_report import text_lines
from custody.verify.rules.view import Ledger
from keys.note import open_note
from keys.private.notes import Cosigner, cosign_note
from keys.private.signer import Signer
from keys.verifier_key import format_verifier_key, parse_verifier_key
from schemas.errors import CustodyError, RefusedError, UsageError
from schemas.report import Verdict


@command(
    example="""
    custody audit
    custody audit --since 2026-01-01.checkpoint --trust trust.json
    custody audit --files --sample 5% --report audit.html
    custody audit --as-of '2026-11-21 20:00'
    custody audit --since last.checkpoint --cosign auditor-1 --cosigned now.checkpoint
    """,
    result=AuditReport,
)
@wishing
@click.option("--cosign", metavar="AGENT", help="Countersign the newest checkpoint with this key, after PASSED.")
@click.option("--cosigned", type=FILE, help="Where the countersigned checkpoint goes.")
@click.option("--report", type=FILE, help="Write the report to a file: a page where it ends in .html, else text.")
@profile_option
@passphrase_option
@force_option
@pass_custody
def audit(
    context: Context,
    wishes: Wishes,
    cosign: str | None,
    cosigned: Path | None,
    report: Path | None,
    profile: str | None,
    passphrase_file: Path | None,
    force: bool,
) -> Exit:
    """Replay the ledger: every entry, every signature, every rule, and all that follows from them.

    Says PASSED (exit 0), FAILED (3) or INDETERMINATE (4). Whoever holds a checkpoint from before gives it with --since:
    only that shows a past that was written anew with the ledger's own keys.
    """
    if (cosign is None) != (cosigned is None):
        raise UsageError("usage.cosign", "expected --cosign AGENT and --cosigned FILE together")
    # Said before the work: a replay can take long.
    if report is not None:
        check_page(report, force=force, or_text=True)
    if cosigned is not None:
        check_free(cosigned, force=force)
    # Asked for before the work, too.
    signer = None if cosign is None else signer_for(context, cosign, passphrase_file=passphrase_file, alive=None)
    profiles = choose_profile(profile)
    home = context.ledger().home
    wanted, basis = wishes.open(context, home)
    with progress(context.settings, "replaying") as step:
        audited = replay(
            home.store,
            origin=home.origin,
            at=context.now(),
            wanted=replace(wanted, profile_for=profiles),
            progress=step,
        )
    ledger = _ledger(context)
    named = name_profile(profiles, profile, None if ledger is None else ledger.country)
    openings = () if ledger is None else (opening_of(ledger),)
    document = make_audit_document(audited.report, replace(basis, profile=named, openings=openings))
    unwritten = write_page(context, report, lambda: _format(document, report), force=force)
    emit(context.settings, audited.report, text_lines(document))
    unsigned = None
    if signer is not None and cosigned is not None:
        try:
            write_file(cosigned, _cosign(context, audited, signer), force=force)
        except CustodyError as error:
            unsigned = error
        else:
            note(context.settings, f"countersigned checkpoint written: {show_path(cosigned)}")
    return end_with(audited.report.verdict, unwritten, unsigned)


def _ledger(context: Context) -> Ledger | None:
    """Return the ledger's own state, as far as it can be read: a damaged home is audited all the same."""
    try:
        return context.ledger().ledger()
    except CustodyError:
        return None


def _format(document: Document, path: Path | None) -> bytes:
    if path is None or path.suffix.lower() not in (".html", ".htm"):
        return "".join(f"{line}\n" for line in text_lines(document)).encode("utf-8", "backslashreplace")
    # Only a page needs the template engine.
    from custody.report.html_report import format_html

    return format_html(document)


def _cosign(context: Context, audited: Audited, signer: Signer) -> bytes:
    """Return the newest checkpoint with the auditor's line: 'at this time I had replayed all of it'.

    Raises:
        RefusedError: ``audit.not-passed``.
    """
    if audited.report.verdict is not Verdict.PASSED or audited.checkpoint is None:
        found = audited.report.verdict.value
        raise RefusedError(
            "audit.not-passed", f"expected an audit that PASSED before it is countersigned, found {found}"
        )
    ledger: Ledger = context.ledger().ledger()
    opened = open_note(audited.checkpoint, [parse_verifier_key(key.key) for key in ledger.log_keys])
    cosigner = Cosigner(name=f"{ledger.origin}/{signer.agent}", signer=signer)
    note(context.settings, f"cosigner's verifier key: {format_verifier_key(cosigner.verifier_key)}")
    time = int(context.now().timestamp())
    return cosign_note(opened, audited.checkpoint, cosigner=cosigner, time=time)
