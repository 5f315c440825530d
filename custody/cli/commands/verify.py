"""`custody verify`: the verdict on a bundle, offline. No ledger is needed; the user's own is believed in its home."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from custody.bundle.source import verify_bundle
from custody.cli.assistance.profiles import choose_profile, name_profile, profile_option
from custody.cli.checking.opening import check_is_bundle
from custody.cli.checking.verdict_page import end_with, write_page
from custody.cli.checking.verification import Believed, believing, watched_reading
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.files import check_page
from custody.cli.options import FILE, force_option
from custody.cli.output import emit
from custody.report.document import Document, make_document
from custody.report.text_report import text_lines
from schemas.report import Report


@command(
    example="""
    custody verify bundle.zip
    custody verify bundle.zip --trust trust.json --report report.html
    custody verify bundle.zip --files /media/disk1 --files /media/disk2
    custody verify bundle.zip --identity court.age
    """,
    result=Report,
)
@click.argument("bundle", type=click.Path(path_type=Path))
@believing
@click.option("--report", type=FILE, help="Write the same as one page (HTML), to print or to file.")
@profile_option
@force_option
@pass_custody
def verify(
    context: Context, bundle: Path, believed: Believed, report: Path | None, profile: str | None, force: bool
) -> Exit:
    """Verify BUNDLE offline, and tell its story.

    Says PASSED (exit 0), FAILED (3) or INDETERMINATE (4), with what was not asked and what no proof can show.
    """
    if report is not None:
        # Said before the work: hashing a disk image can take an hour.
        check_page(report, force=force)
    check_is_bundle(bundle)
    beliefs = believed.open(context)
    profiles = choose_profile(profile)
    total = bundle.stat().st_size if bundle.is_file() else 0
    with watched_reading(context, "verifying", total) as on_bytes:
        outcome = verify_bundle(
            bundle,
            trusted=beliefs.trusted,
            at=beliefs.at,
            elsewhere=beliefs.elsewhere(on_bytes),
            decrypting=beliefs.decryption if beliefs.identities else None,
            profile_for=profiles,
            on_bytes=on_bytes,
        )
    found = outcome.verified.state.ledger() if outcome.verified is not None else None
    basis = replace(
        beliefs.basis(bundle, program="" if report is None else _program()),
        profile=name_profile(profiles, profile, None if found is None else found.country),
    )
    document = make_document(outcome.report, outcome.verified, basis)
    unwritten = write_page(context, report, lambda: _page(document), force=force)
    emit(context.settings, outcome.report, text_lines(document))
    told = outcome.verified.entries.values() if outcome.verified is not None else ()
    if outcome.verified is not None and any(entry.event.type == "asset.freeze-changed" for entry in told):
        # Only who stands in a home needs what opens one, and that takes longer to load than to verify a small bundle.
        from custody.cli.border.freezes_told import note_news

        note_news(context, outcome.verified, bundle)
    return end_with(outcome.report.verdict, unwritten)


def _program() -> str:
    """Name this program for a page on file; asking for the version takes too long for every verification."""
    from importlib.metadata import version

    return f"custody {version('exhibit-ledger')}"


def _page(document: Document) -> bytes:
    # Only a page needs the template engine, which takes longer to load than a small bundle to verify.
    from custody.report.html_report import format_html

    return format_html(document)
