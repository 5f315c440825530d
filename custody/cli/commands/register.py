"""`custody register`: evidence becomes an exhibit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.intake.imaging import image_options, imaging_of, with_images
from custody.cli.intake.registration import Wanted, register_exhibits
from custody.cli.intake.registration_list import read_registrations
from custody.cli.intake.registration_options import (
    Given,
    acquisition_options,
    certificate_options,
    digest_option,
    exhibit_details,
    exhibit_options,
    foreign_options,
    seizure_options,
    shared_details,
)
from custody.cli.intake.source_options import SOURCE_NAMES, Sourced, source_of, source_options
from custody.cli.intake.taking_in import Taking
from custody.cli.option_groups import several
from custody.cli.options import FILE, Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import Staged, staging
from schemas.errors import UsageError

if TYPE_CHECKING:
    from custody.cli.intake.certified import CertifiedExhibit
    from custody.cli.intake.foreign_origin import ForeignExhibit
    from custody.evidence.intake import Intake

_how_options = several(
    click.option("--list", "list_file", type=FILE, help="Exhibits as rows of a list (CSV), all or none."),
    click.option("--in-place", is_flag=True, help="Leave the files where they are; hash and remember them."),
    click.option("--accept-unreadable", is_flag=True,
                 help="Record what can't be read: files by path and error, bad sectors by place."),
    click.option("--accept-special", is_flag=True,
                 help="Record pipes, sockets and devices in a folder by path and kind; they are not opened."),
    digest_option,
    click.option("--resume/--no-resume", default=None,
                 help="Go on with an interrupted registration, or drop what it left and begin anew."),
)  # fmt: skip
_ONE_ONLY = (
    "number", "nature", "kind", "description", "identifiers", "seal", "parents", "same", "data_country", "obtained",
    "power", "left", "isolation", "device_note",
    "tool", "version", "method", "arguments", "device", "serial", "started", "ended", "write_blocker", "bundle",
    "certificate", "again",
    *SOURCE_NAMES, "hash_lists",
)  # fmt: skip
"""Options that describe one exhibit, and make no sense beside a list."""


@command(
    example="""
    custody register image.dd --case 2026-0417 --exhibit EX-1 --obtained seizure --place "Room 4" --as exam-07
    custody register --case 2026-0417 --exhibit next --obtained found --kind phone --description "black phone" \\
        --seal S-0001 --as exam-07
    custody register disk.E01 --hash-list disk.info --case 2026-0417 --exhibit next --obtained seizure --as exam-07
    custody register logs/ --case 2026-0417 --exhibit next --obtained production --in-place --as exam-07
    custody register chat.txt --case 2026-0417 --exhibit next --obtained voluntary --time-zone +08:00 --as exam-07
    custody register --list items.csv --case 2026-0417 --as exam-07
    custody register copy.dd --case 2026-0417 --exhibit next --derived-from 2026-0417/EX-1 --as exam-07
    custody register --certificate production.zip --case 2026-0417 --exhibit next --as exam-07
    custody register --case 7/26 --exhibit 1 --foreign-from bundle.zip --trust trust.json --as exam-31
    """,
    result=ActResult,
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--case", required=True, help="The case; it must be open.")
@click.option("--exhibit", "number", metavar="NUMBER|next", help="Its number in the case, or the next free one.")
@_how_options
@image_options
@exhibit_options
@seizure_options
@acquisition_options
@source_options
@foreign_options
@certificate_options
@acting
@pass_custody
def register(
    context: Context,
    *,
    paths: tuple[Path, ...],
    case: str,
    list_file: Path | None,
    in_place: bool,
    who: Signing,
    when: When,
    **given: Any,
) -> None:
    """Register evidence as an exhibit: hash it, show what is about to be signed, sign, record, and print a receipt.

    Several PATHs, or a directory, are one exhibit of many files; without PATH it is an object, such as a phone. The
    files are copied into the ledger's store, or left where they are with --in-place. Who registers holds the exhibit.
    How it was obtained is for him to say, unless --derived-from, --foreign-from or --certificate shows it.
    A block device is read as one file, once and in order. SHA-256 and BLAKE3 are computed always, others by --digest.

    What was interrupted goes on with --resume: what the copy holds is not read from the source again. In place nothing
    is copied, so all of it is read a second time and compared with what was read before.

    A list is CSV in UTF-8 with commas, semicolons or tabs. Its first row names the columns: exhibit, kind, description,
    obtained; and, where wanted, path (seen from the list), nature, place, seized_from, seal, identifiers,
    legal_authority, data_country, handling; power, left, isolation; method, tool, version, arguments, device, serial,
    write_blocker; source_type, provider, account, period_from, period_to, time_zone, request, channel, captured_url,
    captured_at.

    A forensic image (raw, split raw, E01, Ex01, qcow2, VMDK, VHD) is found with all of its segments, and the medium
    inside is read as well: its digests, the hashes stored in the image, sectors that couldn't be read. What is damaged
    is refused unless --accept-damaged, and recorded then. --hash-list takes lists of sha256sum, md5deep and hashdeep,
    and logs of Guymager, FTK Imager, dc3dd, dcfldd and ddrescue.

    Of logs, chats, mail and web captures the records are counted, with the first and the last time, where the format
    is known. A time without a zone counts for nothing unless --time-zone says which one it is.

    With --certificate a provider's production is taken in: signature, request and all digests are computed anew.
    One that is registered already is refused. With --foreign-from and no PATH the files are taken out of the bundle.

    All names, places and descriptions are kept private: the ledger holds commitments to them.
    """
    with staging(context) as staged:
        imaging = imaging_of(staged, paths, given)
        taking = Taking(
            in_place=in_place,
            accept_unreadable=given["accept_unreadable"],
            accept_special=given["accept_special"],
            assume_yes=who.assume_yes,
            digests=imaging.with_digests(given["digests"]),
            resume=given["resume"],
        )
        wanted: tuple[Wanted, ...]
        if list_file is None:
            wanted = (_one(context, staged, paths, case, given, when),)
        else:
            wanted = _listed(context, staged, list_file, paths, case, given, taking)
        if in_place and not any(item.paths and not staged.is_ours(item.paths[0]) for item in wanted):
            raise UsageError("usage.in-place", "expected a PATH beside --in-place, found none")
        wanted = with_images(context, staged, wanted, imaging, is_kind_told=_is_kind_told(list_file, given))
        emit_outcome(context, register_exhibits(context, staged, wanted, taking, who=who, when=when))


def _is_kind_told(list_file: Path | None, given: Given) -> bool:
    """Tell whether somebody said what an exhibit is; of one from abroad its own ledger did."""
    return list_file is not None or given["kind"] is not None or given["bundle"] is not None


def _listed(
    context: Context, staged: Staged, list_file: Path, paths: tuple[Path, ...], case: str, given: Given, taking: Taking
) -> tuple[Wanted, ...]:
    _check_alone(paths, given)
    shared = shared_details(context, staged, given)
    return read_registrations(context, staged, list_file, case=case, shared=shared, taking=taking)


def _check_alone(paths: tuple[Path, ...], given: Given) -> None:
    """Raise if something is said beside a list that only one exhibit can have.

    Raises:
        UsageError: ``usage.list``.
    """
    if paths or any(given[name] for name in _ONE_ONLY):
        hint = "the columns of the list say it; --place, --seized-from and the like fill what rows leave out"
        raise UsageError("usage.list", "expected --list without PATH and what describes one exhibit", hint=hint)


def _one(context: Context, staged: Staged, paths: tuple[Path, ...], case: str, given: Given, when: When) -> Wanted:
    number = given["number"]
    if not number:
        hint = "--exhibit next takes the next free number of the case"
        raise UsageError("usage.number", "expected --exhibit NUMBER, found none", hint=hint)
    if given["again"] and given["certificate"] is None:
        raise UsageError("usage.certificate", "expected --certificate beside --again, found none")
    foreign = None if given["bundle"] is None else _read_foreign(context, staged, paths, given)
    if foreign is not None:
        paths = paths if foreign.folder is None else (foreign.folder,)
        said = {"description": foreign.name, "kind": "copy" if paths else "other"}
        given = {**given, **{name: given[name] or value for name, value in said.items()}}
    certified = None if given["certificate"] is None else _read_certified(context, staged, paths, given)
    if certified is not None:
        paths, given = certified.paths, _told_by(certified, given)
    details = exhibit_details(context, paths, given, when) | shared_details(context, staged, given)
    wanted = Wanted(case=case, number=number, paths=paths, details=details, seal=given["seal"])
    source = source_of(context, given, kind=details["kind"])
    if source is not None:
        learn = source.learn if certified is None else partial(_learn_certified, context, certified, source)
        wanted = replace(wanted, details={**wanted.details, "source": source.details}, learn=learn)
    if certified is not None:
        named = {"certificate": certified.document, "certified_by": certified.certified.certificate.provider}
        return replace(wanted, details={**wanted.details, **named})
    if foreign is None:
        return wanted
    check = partial(foreign.check, context)
    return replace(wanted, details={**wanted.details, "foreign": foreign.origin}, check=check)


def _read_certified(context: Context, staged: Staged, paths: tuple[Path, ...], given: Given) -> CertifiedExhibit:
    """Return what a provider certified.

    Raises:
        UsageError: ``usage.certificate`` beside a PATH or a bundle.
        CustodyError: as `read_certified`.
    """
    # Only what a provider certified needs what reads its certificate.
    from custody.cli.intake.certified import read_certified

    if paths or given["bundle"] is not None:
        text = "expected neither PATH nor --foreign-from beside --certificate, found one"
        raise UsageError("usage.certificate", text, hint="its files are taken out of it")
    return read_certified(context, staged, given["certificate"], request=given["request_id"], again=given["again"])


def _told_by(certified: CertifiedExhibit, given: Given) -> dict[str, Any]:
    """Return the options, with what a certificate says where nothing else was said."""
    said = {
        "description": certified.name,
        "obtained": "production",
        "provider": certified.certified.certificate.provider,
        "request_id": certified.story.state.id,
    }
    return {**given, **{name: given[name] or value for name, value in said.items()}}


def _learn_certified(context: Context, certified: CertifiedExhibit, source: Sourced, intake: Intake) -> dict[str, Any]:
    """Count the records, and warn of those that nobody asked for."""
    from custody.cli.intake.certified import tell_open, warn_excess

    learned = source.learn(intake)
    account = source.details.get("account")
    warn_excess(context, certified, learned["source"], None if account is None else str(account))
    tell_open(context, certified)
    return learned


def _read_foreign(context: Context, staged: Staged, paths: tuple[Path, ...], given: Given) -> ForeignExhibit:
    """Return the foreign exhibit; its files are taken out of the bundle where no PATH is given.

    Raises:
        CustodyError: as `read_foreign`.
    """
    # Only evidence from abroad needs what reads bundles.
    from custody.cli.checking.verification import Believed
    from custody.cli.intake.foreign_origin import read_foreign

    return read_foreign(
        context,
        staged,
        given["bundle"],
        Believed(given["trust"], given["folders"]),
        exhibit=given["foreign_exhibit"],
        accept_indeterminate=given["accept_indeterminate"],
        with_files=not paths and given["nature"] != "object",
    )
