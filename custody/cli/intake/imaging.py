"""Forensic images at registration: their segments come along, their medium is read, and damage wants a word."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import msgspec

from custody.cli.acting.act_options import FILE, several
from custody.cli.context import Context
from custody.cli.intake.list_checking import HeldList, check_lists, digests_wanted, medium_digests_wanted, read_lists
from custody.cli.intake.registration import Wanted
from custody.cli.output import has_progress, note, progress
from custody.cli.showing.holdings import Staged
from custody.evidence.images.findings import MEANINGS, Fault, check_accepted
from custody.evidence.images.job import Found, Job
from custody.evidence.images.prepare import IMAGE_KINDS, Guard, ImageFiles, find_images, place_of
from custody.evidence.images.record import describe_image
from custody.evidence.images.supervise import read_apart
from custody.evidence.intake import Intake
from custody.evidence.members import Member, members_of_event, members_of_manifest
from custody.evidence.refusals import changed, vanished
from custody.report.safe_text import show, show_path
from schemas.content import Digests, FileRecord
from schemas.errors import UsageError

_SECTOR = 512
_LISTED_MOST = 10_000
"""Names of a directory among which an image is looked for; more are no set of one image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaging:
    """How images are taken in: whether damage is accepted, whether media are read, and what lists say of them."""

    accept_damaged: bool
    reads_medium: bool
    lists: tuple[HeldList, ...] = ()

    def with_digests(self, typed: Iterable[str]) -> tuple[str, ...]:
        """Return the digests of files that were asked for, and those that the lists ask for, as records name them."""
        return tuple(sorted({*(name.replace("-", "_") for name in typed), *digests_wanted(self.lists)}))


image_options = several(
    click.option("--hash-list", "hash_lists", multiple=True, type=FILE,
                 help="A list of digests or an acquisition log, checked against what is read, and kept."),
    click.option("--accept-damaged", is_flag=True,
                 help="Register a damaged image, or evidence that differs from a list, and record what is wrong."),
    click.option("--no-medium", is_flag=True, help="Don't read the medium inside an image."),
)  # fmt: skip


def imaging_of(staged: Staged, paths: Sequence[Path], given: Mapping[str, Any]) -> Imaging:
    """Return how images are taken in, from the values of `image_options`; lists are read and staged.

    Raises:
        UsageError: ``usage.hash-list`` for a list without evidence; as `read_lists`.
        StorageError: as the store does.
    """
    lists = read_lists(staged, given["hash_lists"])
    if lists and not paths:
        raise UsageError("usage.hash-list", "expected a PATH beside --hash-list, found none")
    return Imaging(accept_damaged=given["accept_damaged"], reads_medium=not given["no_medium"], lists=lists)


def with_images(
    context: Context, staged: Staged, wanted: Iterable[Wanted], imaging: Imaging, *, is_kind_told: bool
) -> tuple[Wanted, ...]:
    """Return exhibits to be registered together with what has to be found out about the images that they are.

    Segments that lie beside a given one come along. Several images are left alone: one exhibit records one medium.

    Raises:
        RefusedError: ``image.<damage>`` for damage that shows without reading.
    """
    return tuple(_with_image(context, item, imaging, staged=staged, is_kind_told=is_kind_told) for item in wanted)


def _with_image(context: Context, wanted: Wanted, imaging: Imaging, *, staged: Staged, is_kind_told: bool) -> Wanted:
    if not wanted.paths:
        return wanted
    images = _find(context, wanted)
    image = images[0] if len(images) == 1 else None
    is_directory = len(wanted.paths) == 1 and os.path.isdir(wanted.paths[0])
    paths, details = wanted.paths, dict(wanted.details)
    for item in images:
        check_accepted(item.faults, accept=imaging.accept_damaged)
        paths = _with_segments(context, paths, item)
    if images and not is_kind_told:
        details["kind"] = "image"

    def learn(intake: Intake) -> Mapping[str, Any]:
        known = wanted.learn(intake)
        return {**known, **_Learning(context, staged, intake, imaging, image).learn(wants_all=is_directory)}

    return replace(wanted, paths=paths, details=details, learn=learn)


def _find(context: Context, wanted: Wanted) -> tuple[ImageFiles, ...]:
    paths, is_directory = _candidates(wanted.paths)
    is_called_image = wanted.details.get("kind") in IMAGE_KINDS
    found = find_images(paths, is_image=is_called_image and len(paths) == 1 and not is_directory)
    if is_directory:
        # Many a folder holds some x.img; only what says of itself that it's an image makes the folder one.
        found = tuple(item for item in found if item.container != "raw" or is_called_image)
        return found if len(found) == 1 else ()
    if len(found) > 1:
        text = f"note: {len(found)} images in one exhibit; registered one by one, their media are read as well"
        note(context.settings, text)
    return found


def _candidates(paths: Sequence[Path]) -> tuple[Sequence[Path], bool]:
    """Return the files among which an image may be: those given, or those right in the one directory given."""
    if len(paths) != 1 or not os.path.isdir(paths[0]) or os.path.islink(paths[0]):
        return paths, False
    try:
        with os.scandir(paths[0]) as entries:
            listed = sorted(entry.path for entry, _ in zip(entries, range(_LISTED_MOST), strict=False))
    except OSError:
        return (), True
    return tuple(map(Path, listed)), True


def _with_segments(context: Context, paths: tuple[Path, ...], image: ImageFiles) -> tuple[Path, ...]:
    if len(paths) == 1 and os.path.isdir(paths[0]):
        return paths
    given = set(map(place_of, paths))
    more = tuple(Path(os.fsdecode(path)) for path in image.paths if path not in given)
    if more:
        names = ", ".join(show_path(path.name) for path in more[:8]) + (", ..." if len(more) > 8 else "")
        note(context.settings, f"note: the image consists of {len(image.paths):,} files; taken in as well: {names}")
    return (*paths, *more)


@dataclass(frozen=True, slots=True)
class _Learning:
    """What is to be found out about one exhibit once its files have been read."""

    context: Context
    staged: Staged
    intake: Intake
    imaging: Imaging
    image: ImageFiles | None

    def learn(self, *, wants_all: bool) -> dict[str, Any]:
        """Return the details of the image and of the lists.

        Raises:
            RefusedError: ``image.<damage>``, ``evidence.changed``, or as `check_lists`.
        """
        learned: dict[str, Any] = {}
        found = None
        if self.image is not None:
            found = self._read(self.image, learned)
        if self.imaging.lists:
            learned["hash_lists"] = check_lists(
                self.context,
                self.imaging.lists,
                _members(self.intake),
                found,
                wants_all=wants_all,
                accept=self.imaging.accept_damaged,
            )
        return learned

    def _read(self, image: ImageFiles, learned: dict[str, Any]) -> Found:
        records = _records_of(self.intake, image)
        copies = _copies_of(self.staged, records)
        read = _read(self.context, image, records, self.imaging, paths=copies or image.paths)
        found = _with_bad_sectors(read, self.imaging.lists)
        if copies is None:
            _check_unchanged(image)
        faults = _together(image, found)
        check_accepted(faults, accept=self.imaging.accept_damaged)
        _tell(self.context, found, faults)
        if records is not None:
            learned["image"] = describe_image(
                image.container,
                found,
                files=[record.digests.sha256 for record in records if isinstance(record.digests, Digests)],
                missing=image.missing,
                faults=faults,
                keep=self.staged.document_bytes,
            )
        return found


def _with_bad_sectors(found: Found, lists: Sequence[HeldList]) -> Found:
    """Add the places that a map of ddrescue names, where all of them are whole sectors."""
    bad = [span for held in lists for span in held.parsed.bad]
    size = found.sector_size or _SECTOR
    if not bad or any(start % size or length % size for start, length in bad):
        return found
    spans = tuple((start // size, length // size) for start, length in bad)
    return msgspec.structs.replace(found, unreadable=tuple(sorted({*found.unreadable, *spans})))


def _together(image: ImageFiles, found: Found) -> list[Fault]:
    """Return all faults once: what segments say of missing ones counts more than their names."""
    inside = {fault.damage for fault in found.faults}
    return [*(fault for fault in image.faults if fault.damage not in inside), *found.faults]


def _members(intake: Intake) -> Iterable[Member]:
    if intake.spool is not None:
        return members_of_manifest(intake.spool, content=intake.content)
    return members_of_event(intake.content, {item.commitment: item for item in intake.disclosures})


def _records_of(intake: Intake, image: ImageFiles) -> list[FileRecord] | None:
    """Return the records of an image's files in its order; nothing where one of them couldn't be read."""
    names = {os.path.basename(path): place for place, path in enumerate(image.paths)}
    found: dict[int, FileRecord] = {}
    for member in _members(intake):
        if member.path in names and isinstance(member.record.digests, Digests):
            found[names[member.path]] = member.record
    return [found[place] for place in range(len(image.paths))] if len(found) == len(image.paths) else None


def _copies_of(staged: Staged, records: Sequence[FileRecord] | None) -> tuple[bytes, ...] | None:
    """Return where our own copies of an image's files lie: the source is slow, and may change; nothing if one lacks."""
    digests = [record.digests for record in records or ()]
    copies = [staged.find_evidence(item.sha256) for item in digests if isinstance(item, Digests)]
    return tuple(os.fsencode(copy) for copy in copies if copy) if copies and all(copies) else None


def _read(
    context: Context,
    image: ImageFiles,
    records: Sequence[FileRecord] | None,
    imaging: Imaging,
    *,
    paths: tuple[bytes, ...],
) -> Found:
    order = tuple(range(len(image.paths)))
    if records is None or not image.is_readable:
        text = "a file of it could not be read" if records is None else "there is nothing to be read"
        return Found(order=order, not_read="damaged", not_read_text=text)
    algorithms = medium_digests_wanted(imaging.lists)
    alone = records[0] if image.container == "raw" else None
    if alone is not None and isinstance(alone.digests, Digests) and isinstance(alone.size, int):
        known = {name: str(getattr(alone.digests, name)) for name in ("sha256", "blake3", *algorithms)
                 if isinstance(getattr(alone.digests, name), str)}  # fmt: skip
        if {*algorithms} <= known.keys():
            # Loading it takes as long as the rest of a small registration, and only a raw image wants it.
            from importlib.metadata import version

            readers = {"custody": version("exhibit-ledger")}
            return Found(order=order, size=alone.size, digests=known, readers=readers)
    if image.missing and image.container in {"split-raw", "vmdk"}:
        return Found(order=order, not_read="damaged", not_read_text="segments are missing")
    if not imaging.reads_medium:
        return Found(order=order, not_read="not-asked", not_read_text="--no-medium")
    job = Job(container=image.container, paths=paths, algorithms=algorithms)
    with progress(context.settings, "reading the medium", is_bytes=True) as step:
        return read_apart(job, report=step if has_progress(context.settings) else None)


def _check_unchanged(image: ImageFiles) -> None:
    """Raise if a file of the image changed since before it was hashed: the medium must be that of the same bytes.

    Raises:
        RefusedError: ``evidence.changed`` or ``evidence.vanished``.
    """
    for guard in image.guards:
        try:
            now = Guard.of(guard.path)
        except OSError:
            raise vanished(os.path.basename(guard.path)) from None
        if now != guard:
            raise changed(os.path.basename(guard.path), "it was written to")


def _tell(context: Context, found: Found, faults: Sequence[Fault]) -> None:
    """Say what was found: people want to see that the medium's digest is the one in their notes."""
    if found.not_read is None:
        stored = [
            f"the stored {name.upper()} {'matches' if found.digests[name] == value else 'DOES NOT match'}"
            for name, value in sorted(found.stored.items())
            if name in found.digests
        ]
        told = "; ".join([f"{found.size:,} bytes, SHA-256 {found.digests['sha256']}", *stored])
        note(context.settings, f"medium: {told}")
    else:
        hint = "; the extra 'images' installs what reads it" if found.not_read == "library-absent" else ""
        note(context.settings, f"note: the medium was not read: {show(found.not_read_text) or found.not_read}{hint}")
    for fault in faults:
        note(context.settings, f"warning: {MEANINGS[fault.damage]}: {show(fault.text)} [image.{fault.damage}]")
