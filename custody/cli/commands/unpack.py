"""`custody unpack`: the evidence of a bundle under its own names, after the bundle was verified."""

from __future__ import annotations

from pathlib import Path

import click

from custody.bundle.exhibit_files import documents_of, exhibit_files, without_files
from custody.bundle.fresh_tree import sweep_trees
from custody.bundle.room import LARGE, Needed
from custody.bundle.unpack import DOCUMENTS, NAMES, Unpacked
from custody.bundle.unpack import unpack as write_files
from custody.cli.checking.opening import OpenBundle, open_bundle
from custody.cli.checking.verification import Believed, believing
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.files import check_outside_home
from custody.cli.output import can_ask, emit, print_error, say
from custody.cli.questions import ask
from custody.cli.results import Result
from custody.cli.soft_end import soft_end
from custody.cli.typed_again import with_typed_options
from custody.report.counts import count_bytes
from custody.report.finding_words import explain
from custody.report.safe_text import show, show_path
from custody.report.verdict import reasons_of
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.report import Report, Verdict

_CLOSED = frozenset({"content.encrypted", "content.identity"})
_FOLDER = click.Path(file_okay=False, path_type=Path)


class UnpackResult(Result, frozen=True, kw_only=True, tag="custody-unpacked/v1"):
    """What was written where, files not at hand, the verdict and the codes of what it left undecided."""

    absent: int
    bytes: int
    documents: int
    files: int
    path: str
    undecided: tuple[str, ...]
    verdict: Verdict


@command(
    example="""
    custody unpack bundle.zip --to evidence
    custody unpack bundle.zip --to evidence --files /media/disk1 --strict
    """,
    result=UnpackResult,
)
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--to", "target", type=_FOLDER, required=True, help="The folder to make; it must be absent or empty.")
@click.option("--documents", is_flag=True, help="Warrants, photos and certificates too, by their digests.")
@click.option("--strict", is_flag=True, help="Unpack only what has PASSED.")
@click.option("--yes", "-y", "assume_yes", is_flag=True, help="Write more than 10 GiB without asking.")
@believing
@pass_custody
def unpack(
    context: Context,
    bundle: Path,
    target: Path,
    documents: bool,
    strict: bool,
    assume_yes: bool,
    believed: Believed,
) -> Exit:
    """Verify BUNDLE and give its evidence its own names back, made safe for this system.

    A bundle that FAILED is not unpacked, nor one of which all files are encrypted and their key isn't at hand. One that
    could not be decided is, with a warning, unless --strict.
    """
    check_outside_home(target)
    sweep_trees(target)
    if target.is_dir() and next(target.iterdir(), None) is not None:
        # Said before the work: hashing a disk image can take an hour.
        raise UsageError("unpack.not-empty", f"expected {target} to be absent or empty, found something in it")
    beliefs = believed.open(context)
    # A machine that shuts down asks programs to end by SIGTERM: as with an interrupt, nothing half-written stays.
    with soft_end(), open_bundle(context, bundle, beliefs) as opened:
        container, verified = opened.container, opened.verified
        _check_not_failed(verified.report)
        if verified.report.verdict is Verdict.INDETERMINATE:
            error = _undecided(verified.report, bundle)
            if strict:
                print_error(with_typed_options(error, context.settings), as_json=context.settings.json)
                return Exit.INDETERMINATE
            _warn(context, error)
        _check_not_closed(opened)
        papers = documents_of(container) if documents else {}
        items = exhibit_files(container, verified)
        written = write_files(
            items, open_content=opened.open_content, target=target, documents=papers,
            without_files=without_files(verified),
            confirm=lambda needed: _confirm_size(needed, target, assume_yes=assume_yes),
        )  # fmt: skip
    emit(context.settings, _result(written, target, verified.report), _lines(written, target))
    return Exit.DONE


def _confirm_size(needed: Needed, target: Path, *, assume_yes: bool) -> None:
    """Ask before more than 10 GiB are written: how much it is, the size of a bundle doesn't tell.

    Raises:
        RefusedError: ``unpack.large`` where there is nobody to ask.
        Declined: the answer was no.
    """
    if needed.bytes <= LARGE or assume_yes:
        return
    again = f", {count_bytes(needed.bytes - needed.once)} of them content that stands there already"
    told = f"{count_bytes(needed.bytes)} in {needed.files:,} files" + (again if needed.repeated else "")
    if not can_ask():
        hint = "--yes writes it; nothing was unpacked"
        raise RefusedError("unpack.large", f"expected at most 10 GiB to write unasked, found {told}", hint=hint)
    ask(f"Write {told}, below {show_path(target)}?", otherwise="nothing was unpacked")


def _check_not_failed(report: Report) -> None:
    """Raise for a bundle that FAILED.

    Raises:
        VerificationError: ``unpack.failed``.
    """
    if report.verdict is Verdict.FAILED:
        reason = reasons_of(report)[0]
        text = (
            f"expected a bundle that verifies, found it FAILED at step {reason.step}: {reason.subject}: {reason.text}"
        )
        raise VerificationError("unpack.failed", text, hint="custody verify tells all of it; nothing was unpacked")


def _check_not_closed(opened: OpenBundle) -> None:
    """Raise for a bundle of which nothing can be unpacked without its key: an empty folder would be taken for evidence.

    Raises:
        RefusedError: ``unpack.encrypted``.
    """
    codes = {finding.code for finding in reasons_of(opened.verified.report)}
    if codes.isdisjoint(_CLOSED):
        return
    for item in exhibit_files(opened.container, opened.verified):
        stream = opened.open_content(item.sha256) if item.sha256 else None
        if stream is not None:
            stream.close()
            return
    found = "another" if "content.identity" in codes else "none"
    text = f"expected the key to which its files are encrypted, found {found}"
    raise RefusedError("unpack.encrypted", text, hint="--identity FILE; nothing was unpacked")


def _undecided(report: Report, bundle: Path) -> RefusedError:
    reason = reasons_of(report)[0]
    return RefusedError(
        "unpack.undecided",
        f"expected {bundle} to have PASSED, found it INDETERMINATE at step {reason.step}: {explain(reason.code)}",
        hint="custody verify tells all of it",
    )


def _warn(context: Context, error: RefusedError) -> None:
    if not context.settings.json:
        say(f"WARNING: {show(error.text)}")
        say("WARNING: what is unpacked is not proven; " + error.hint)


def _result(written: Unpacked, target: Path, report: Report) -> UnpackResult:
    return UnpackResult(
        absent=written.absent,
        bytes=written.bytes,
        documents=written.documents,
        files=written.files,
        path=str(target),
        undecided=tuple(dict.fromkeys(finding.code for finding in reasons_of(report))),
        verdict=report.verdict,
    )


def _lines(written: Unpacked, target: Path) -> list[str]:
    lines = [f"unpacked: {_files(written.files)}, {count_bytes(written.bytes)}, in {show_path(target)}"]
    if written.absent:
        lines += [
            f"  not at hand: {_files(written.absent)}; --files FOLDER, where they are named by their SHA-256,",
            "    or --identity FILE for what is encrypted",
        ]
    if written.documents:
        lines.append(f"  documents: {written.documents}, in {show_path(target / DOCUMENTS)}")
    return [*lines, f"  which name became which: {show_path(target / NAMES)}"]


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
