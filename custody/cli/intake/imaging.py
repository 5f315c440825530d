"""Forensic images at registration: their segments come along, their medium is read, and damage wants a word."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from custody.cli.acting.act_options import FILE
from custody.cli.context import Context
from custody.cli.intake.image_reading import Imaging, Reading
from custody.cli.intake.list_checking import read_lists
from custody.cli.intake.registration import Wanted
from custody.cli.option_groups import several
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.evidence.images.candidates import look_for_images
from custody.evidence.images.findings import check_accepted
from custody.evidence.images.formats import named_container
from custody.evidence.images.prepare import IMAGE_KINDS, ImageFiles
from custody.evidence.images.sets import Listed, find_segments
from custody.evidence.intake import Intake
from custody.evidence.sources import Source, find_sources
from custody.report.counts import counted
from custody.report.safe_text import show_path
from schemas import limits
from schemas.errors import RefusedError, UsageError

IMAGES_MOST: Final = 1 + limits.FURTHER_IMAGES
"""Images of one exhibit."""

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
    """Return exhibits to be registered together with what has to be found out about the images that they are or hold.

    Segments that lie beside a given one come along.

    Raises:
        RefusedError: ``image.<damage>`` for damage that shows without reading; ``image.number`` for more images than
            the record of one exhibit has room for.
    """
    return tuple(_with_images(context, item, imaging, staged=staged, is_kind_told=is_kind_told) for item in wanted)


def _with_images(context: Context, wanted: Wanted, imaging: Imaging, *, staged: Staged, is_kind_told: bool) -> Wanted:
    if not wanted.paths:
        return wanted
    sources = find_sources(wanted.paths)
    images = _find(context, wanted, sources, imaging)
    _tell_unread(context, wanted, sources, images)
    is_directory = len(sources) == 1 and sources[0].kind == "directory"
    paths, details = wanted.paths, dict(wanted.details)
    for item in images:
        check_accepted(item.faults, accept=imaging.accept_damaged)
        paths = _with_segments(context, paths, sources, item)
    may_be_image = bool(images) and not is_kind_told and not (is_directory and _lie_deep(images, sources[0]))
    has_folder = any(source.kind == "directory" for source in sources)

    def learn(intake: Intake) -> Mapping[str, Any]:
        reading = Reading(context, staged, intake, imaging, find_sources(paths), images)
        is_image = may_be_image and not (has_folder and _is_lesser_part(images, intake))
        kind = {"kind": "image"} if is_image else {}
        return {**wanted.learn(intake), **kind, **reading.learn(wants_all=is_directory)}

    return replace(wanted, paths=paths, details=details, learn=learn)


def _find(context: Context, wanted: Wanted, sources: Sequence[Source], imaging: Imaging) -> tuple[ImageFiles, ...]:
    found = look_for_images(sources, is_called_image=wanted.details.get("kind") in IMAGE_KINDS)
    if len(found) <= IMAGES_MOST:
        return found
    text = f"expected at most {IMAGES_MOST} images in one exhibit, found {len(found):,}"
    if imaging.reads_medium:
        hint = "register them as several exhibits; --no-medium registers the files of all, and nothing of their media"
        raise RefusedError("image.number", text, hint=hint)
    note(context.settings, f"note: {text}; only their files are recorded [image.number]")
    return ()


def _tell_unread(context: Context, wanted: Wanted, sources: Sequence[Source], images: Sequence[ImageFiles]) -> None:
    """Say of what is called an image, and by its bytes is none that is read here, that it goes in as files alone."""
    taken = {path for image in images for path in image.paths}
    is_called_image = wanted.details.get("kind") == "image" and not images
    left = [source for source in sources if source.path not in taken]
    named = [source.path for source in left if is_called_image or _is_named_image(source)]
    if named:
        names = ", ".join(show_path(os.path.basename(path)) for path in named[:8]) + (", ..." if len(named) > 8 else "")
        how = "goes in as it is" if len(named) == 1 else "go in as they are"
        note(context.settings, f"note: {names}: no image that is read here, by its bytes; {how}, and no medium is read")
    given, listed = {source.path for source in sources}, Listed()
    for path in (source.path for source in left if source.kind == "file"):
        lacking = set[bytes]()
        if named_container(path) == "split-raw":
            # What can't be read, the intake says.
            with suppress(OSError):
                lacking = {*find_segments(path, listed).paths} - given
        if lacking:
            beside = f"{counted(len(lacking), 'file', 'files')} beside it with the next numbers left out"
            hint = "name them as well, or --kind image for pieces of one disk"
            note(context.settings, f"note: {show_path(os.path.basename(path))}: {beside}; {hint}")


def _is_named_image(source: Source) -> bool:
    return source.kind == "file" and named_container(source.path) not in {None, "split-raw"}


def _lie_deep(images: Sequence[ImageFiles], folder: Source) -> bool:
    """Tell whether no image lies right in a folder, which then is one of other things."""
    return all(os.path.dirname(image.paths[0]) != folder.path for image in images)


def _is_lesser_part(images: Sequence[ImageFiles], intake: Intake) -> bool:
    """Tell whether most bytes of a folder are no image's, so that it is a folder of other things."""
    return 2 * sum(guard.stat[2] for image in images for guard in image.guards) < intake.content.bytes


def _with_segments(
    context: Context, paths: tuple[Path, ...], sources: Sequence[Source], image: ImageFiles
) -> tuple[Path, ...]:
    given = {source.path for source in sources}
    folders = tuple(source.path + b"/" for source in sources if source.kind == "directory")
    lacking = (path for path in image.paths if path not in given and not path.startswith(folders))
    more = tuple(Path(os.fsdecode(path)) for path in lacking)
    if more:
        names = ", ".join(show_path(path.name) for path in more[:8]) + (", ..." if len(more) > 8 else "")
        note(context.settings, f"note: the image consists of {len(image.paths):,} files; taken in as well: {names}")
    return (*paths, *more)
