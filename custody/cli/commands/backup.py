"""`custody backup` and `custody restore`: a consistent copy, and a way back that can't fork the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_folder, check_free, given_file, read_file, write_file
from custody.cli.options import FILE
from custody.cli.output import emit, note
from custody.cli.results import Result
from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from custody.storage.backup import Backup, back_up
from custody.storage.home_layout import find_home
from custody.storage.restore import Restored
from custody.storage.restore import restore as restore_home
from custody.storage.sent import BackupRecord
from keys.note import parse_note
from schemas import limits
from schemas.checkpoint import parse_checkpoint
from schemas.errors import StorageError, UsageError

_FOLDER = click.Path(file_okay=False, path_type=Path)


class BackedUp(Result, frozen=True, kw_only=True, tag="custody-backup/v1"):
    """A backup; ``checkpoint`` is the signed note to keep elsewhere, for whoever restores.

    One that is not noted (``is_noted``) is unknown to an order to erase: the home was on a full or read-only disk.
    """

    checkpoint: str
    is_noted: bool
    path: str
    root: str
    size: int


class Returned(Result, frozen=True, kw_only=True, tag="custody-restored/v1"):
    """A restored home; without keys it can be read and not continued."""

    has_keys: bool
    newest: int
    path: str
    size: int


@command(
    example="""
    custody backup /mnt/stick/2026-11-21
    custody backup /mnt/stick/2026-11-21 --with-evidence --checkpoint 2026-11-21.checkpoint
    custody backup /mnt/stick/2025-11-21 --gone
    """,
    result=BackedUp,
)
@click.argument("dest", type=_FOLDER)
@click.option("--with-keys", is_flag=True, help="The ledger's own keys too: who has them can sign as the ledger.")
@click.option("--with-evidence", is_flag=True, help="The files of evidence too.")
@click.option("--checkpoint", "note_path", type=FILE, help="Write the checkpoint to a file, to be kept elsewhere.")
@click.option("--gone", is_flag=True, help="Make none: note that the one in DEST doesn't exist any more.")
@pass_custody
def backup(
    context: Context, dest: Path, with_keys: bool, with_evidence: bool, note_path: Path | None, gone: bool
) -> None:
    """Write a consistent copy of the ledger into the new folder DEST, while it is in use.

    It holds all private values: keep it as safe as the ledger. That it was made is noted here, so that an order to
    erase can list it. Keep the checkpoint elsewhere, such as with the auditor: whoever restores must show the newest
    one that anybody has.
    """
    if gone:
        _note_gone(context, dest)
        return
    home = context.ledger().home
    _check_place(context, home.path, dest)
    if note_path is not None:
        check_free(note_path, force=False)
    made_at = context.now()
    made = back_up(home, dest, random=context.random, with_keys=with_keys, with_evidence=with_evidence)
    is_noted = _note_made(context, BackupRecord(made_at, _noted_as(dest), made.size, with_evidence))
    if note_path is not None:
        write_file(note_path, made.checkpoint, force=False)
    result = BackedUp(
        checkpoint=made.checkpoint.decode("utf-8"),
        is_noted=is_noted,
        path=str(dest),
        root=parse_checkpoint(parse_note(made.checkpoint).text).root.hex(),
        size=made.size,
    )
    emit(context.settings, result, _backup_lines(made, result, with_keys))


def _check_place(context: Context, home: Path, dest: Path) -> None:
    """Raise where a backup would be lost with its ledger, and warn where it would be with its disk.

    Raises:
        UsageError: ``backup.in-home``; ``usage.file`` where the folder to write it into is not there.
    """
    _check_outside(home, dest, hint="a backup on another disk outlives this one")
    check_folder(dest)
    is_taken = dest.exists() and any(dest.iterdir())  # which is refused, and needs no warning
    if not is_taken and dest.parent.stat().st_dev == home.stat().st_dev:
        note(context.settings, "warning: it lies on the disk of the ledger, and is lost with it")


def _check_outside(home: Path, dest: Path, *, hint: str) -> None:
    """Raise where a copy of a home would lie in that home.

    Raises:
        UsageError: ``backup.in-home``.
    """
    if dest.resolve().is_relative_to(home.resolve()):
        text = f"expected a folder outside of the ledger's home, found {show_path(dest)}"
        raise UsageError("backup.in-home", text, hint=hint)


def _note_made(context: Context, record: BackupRecord) -> bool:
    """Note that a backup was made, and tell whether that went; it is as good a copy where nothing can be written."""
    try:
        context.ledger().home.store.disclosures.sent.note_backup(record)
    except StorageError as error:
        if error.code not in ("ledger.full", "ledger.read-only"):
            raise
        note(context.settings, f"warning: it is not noted here, so an order to erase won't list it: {show(error.text)}")
        return False
    return True


def _noted_as(dest: Path) -> str:
    """Return where a backup lies as it is noted: bytes of a name that are not UTF-8 as codes."""
    return os.fsencode(dest.absolute()).decode("utf-8", "backslashreplace")


def _note_gone(context: Context, dest: Path) -> None:
    """Note that a backup doesn't exist any more; nobody looks for it, as it may have been on a disk that was away.

    Raises:
        UsageError: ``backup.unknown``.
    """
    sent = context.ledger().home.store.disclosures.sent
    path = _noted_as(dest)
    known = [item for item in sent.backups() if item.path == path and item.gone_at is None]
    if not known:
        raise UsageError("backup.unknown", f"expected a backup on record at {path}, found none")
    if os.path.lexists(dest):
        note(context.settings, f"warning: something is still at {show_path(dest)}")
    for item in known:
        sent.note_backup(replace(item, gone_at=context.now()))
    newest = known[-1]
    result = BackedUp(checkpoint="", is_noted=True, path=str(dest), root="", size=newest.size)
    emit(context.settings, result, (f"noted: the backup of {_entries(newest.size)} in {show_path(dest)} is gone",))


def _entries(size: int) -> str:
    return counted(size, "entry", "entries")


def _backup_lines(made: Backup, result: BackedUp, with_keys: bool) -> Iterator[str]:
    yield f"{_entries(made.size)} copied to {show_path(made.path)}"
    yield f"  checkpoint: {result.root}"
    if not with_keys:
        yield "  the ledger's own keys are not in it: keep a copy of its keys folder apart from it"


@command(
    example="""
    custody restore /mnt/stick/2026-11-21 ledger --newest 2026-11-21.checkpoint
    custody restore /mnt/stick/2026-11-21 ledger --newest 2026-11-21.checkpoint --ledger-keys /mnt/safe/keys
    """,
    result=Returned,
)
@click.argument("source", metavar="SRC", type=_FOLDER)
@click.argument("dest", required=False, type=_FOLDER)
@click.option("--newest", required=True, type=FILE, help="The newest checkpoint that anybody holds.")
@click.option("--ledger-keys", type=_FOLDER, help="The ledger's own keys, where the backup has none.")
@pass_custody
def restore(context: Context, source: Path, dest: Path | None, newest: Path, ledger_keys: Path | None) -> None:
    """Make a ledger out of the backup SRC in the new folder DEST (else --home).

    A backup that is older than what the ledger has acknowledged would become a second ledger of the same name. So it
    must contain the newest checkpoint that anybody holds: ask auditors and recipients of bundles for theirs.
    """
    told = dest or context.settings.home or context.environment.get("CUSTODY_HOME")
    if told is None:
        raise UsageError("usage.restore", "expected DEST or --home to say where to, found neither")
    _check_source(context, source)
    for home in filter(None, (source, find_home(Path(told).absolute().parent))):
        _check_outside(home, Path(told), hint="name another folder")
    note = read_file(newest, maximum=limits.NOTE_BYTES)
    with given_file(newest):
        parse_checkpoint(parse_note(note).text)
    done = restore_home(source, Path(told), newest=note, random=context.random, keys=ledger_keys)
    result = Returned(has_keys=done.has_keys, newest=done.newest.size, path=str(done.path), size=done.size)
    emit(context.settings, result, _restore_lines(done))


def _check_source(context: Context, source: Path) -> None:
    """Raise where SRC is the home that this command line names as the one to work with.

    Raises:
        UsageError: ``restore.in-use``.
    """
    named = context.settings.home or context.environment.get("CUSTODY_HOME")
    if named is not None and Path(named).resolve() == source.resolve():
        text = f"expected a backup, found the home that is worked with: {show_path(source)}"
        raise UsageError("restore.in-use", text, hint="two homes of one ledger fork it; custody backup makes a copy")


def _restore_lines(done: Restored) -> Iterator[str]:
    yield f"{_entries(done.size)} restored to {show_path(done.path)}"
    yield f"  they contain the checkpoint of {_entries(done.newest.size)} that was shown"
    if not done.has_keys:
        yield "  the ledger's own keys are not there: it can be read, and not continued"
    yield f"next: custody audit --home {shell_word(done.path)}"
