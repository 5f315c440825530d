"""What is inside the images of an exhibit, found out once their files have been read, and held against lists."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from custody.cli.context import Context
from custody.cli.intake.list_checking import HeldList, check_lists, digests_wanted, medium_digests_wanted
from custody.cli.output import has_progress, note, progress
from custody.cli.showing.holdings import Staged
from custody.evidence.images.findings import MEANINGS, Fault, check_accepted
from custody.evidence.images.job import Found, Job
from custody.evidence.images.prepare import Guard, ImageFiles
from custody.evidence.images.record import describe_image
from custody.evidence.images.supervise import read_apart
from custody.evidence.intake import Intake
from custody.evidence.members import Member, members_of_event, members_of_manifest
from custody.evidence.refusals import changed, vanished
from custody.evidence.sources import Source, path_of
from custody.report.safe_text import show, show_path
from schemas.content import Digests, FileRecord

_SECTOR: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaging:
    """How images are taken in: whether damage is accepted, whether media are read, and what lists say of them."""

    accept_damaged: bool
    reads_medium: bool
    lists: tuple[HeldList, ...] = ()

    def with_digests(self, typed: Iterable[str]) -> tuple[str, ...]:
        """Return the digests of files that were asked for, and those that the lists ask for, as records name them."""
        return tuple(sorted({*(name.replace("-", "_") for name in typed), *digests_wanted(self.lists)}))


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be found out about one exhibit once its files have been read."""

    context: Context
    staged: Staged
    intake: Intake
    imaging: Imaging
    sources: tuple[Source, ...]
    images: tuple[ImageFiles, ...]

    def learn(self, *, wants_all: bool) -> dict[str, Any]:
        """Return the details of the images and of the lists.

        Raises:
            RefusedError: ``image.<damage>``, ``evidence.changed``, or as `check_lists`.
        """
        learned: dict[str, Any] = {}
        known = _records_of(self.intake, self.sources, self.images) if self.images else {}
        read = [(image, *self._read(image, known)) for image in self.images]
        described = [described for _, _, described in read if described is not None]
        if described:
            learned["image"] = described[0]
            learned["further_images"] = described[1:] or None
        if self.imaging.lists:
            learned["hash_lists"] = check_lists(
                self.context,
                self.imaging.lists,
                _members(self.intake),
                [(os.path.basename(image.paths[0]), found) for image, found, _ in read],
                wants_all=wants_all,
                accept=self.imaging.accept_damaged,
            )
        return learned

    def _read(self, image: ImageFiles, known: Mapping[bytes, FileRecord]) -> tuple[Found, dict[str, Any] | None]:
        records = [known[path] for path in image.paths] if known.keys() >= {*image.paths} else None
        copies = _copies_of(self.staged, records)
        found = _read(self.context, image, records, self.imaging, paths=copies or image.paths)
        name = os.path.basename(image.paths[0])
        is_alone = len(self.images) == 1
        found = _with_bad_sectors(found, [held for held in self.imaging.lists if is_alone or held.is_of(name)])
        if copies is None:
            _check_unchanged(image)
        faults = _together(image, found)
        check_accepted(faults, accept=self.imaging.accept_damaged)
        _tell(self.context, None if is_alone else name, found, faults)
        if records is None:
            return found, None
        described = describe_image(
            image.container,
            found,
            files=[record.digests.sha256 for record in records if isinstance(record.digests, Digests)],
            missing=image.missing,
            faults=faults,
            keep=self.staged.document_bytes,
            is_brief=not is_alone,
        )
        return found, described


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


def _records_of(intake: Intake, sources: Sequence[Source], images: Sequence[ImageFiles]) -> dict[bytes, FileRecord]:
    """Return the records of the files of images by their raw paths, without those that couldn't be read."""
    wanted = {path for image in images for path in image.paths}
    named = ((member.record, path_of(member.path, sources)) for member in _members(intake) if member.path is not None)
    return {path: record for record, path in named if path in wanted and isinstance(record.digests, Digests)}


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


def _tell(context: Context, name: bytes | None, found: Found, faults: Sequence[Fault]) -> None:
    """Say what was found: people want to see that the medium's digest is the one in their notes."""
    of = "" if name is None else f" of {show_path(name)}"
    if found.not_read is None:
        stored = [
            f"the stored {name.upper()} {'matches' if found.digests[name] == value else 'DOES NOT match'}"
            for name, value in sorted(found.stored.items())
            if name in found.digests
        ]
        told = "; ".join([f"{found.size:,} bytes, SHA-256 {found.digests['sha256']}", *stored])
        note(context.settings, f"medium{of}: {told}")
    else:
        hint = "; the extra 'images' installs what reads it" if found.not_read == "library-absent" else ""
        why = show(found.not_read_text) or found.not_read
        note(context.settings, f"note: the medium{of} was not read: {why}{hint}")
    for fault in faults:
        text = f"{MEANINGS[fault.damage]}{of}: {show(fault.text)}"
        note(context.settings, f"warning: {text} [image.{fault.damage}]")
