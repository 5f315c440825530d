"""Where images are looked for among the paths of an exhibit: files that were given, and folders down to their bottom.

Opening every file of a folder costs as much as hashing small ones, so names decide which are looked into. A file right
in a folder may be an image under any name where few lie there; deeper ones must have both the name and the mark of one:
an empty ``x.img`` within an application's folder is nobody's disk. A name counts only where the bytes don't say that
they are something else, unless the exhibit is called an image.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from custody.evidence.images.formats import ALL_NAMES, has_mark, named_container, sample
from custody.evidence.images.prepare import ImageFiles, find_images, without_extents
from custody.evidence.sources import Source

NAMES_MOST: Final = 200_000
"""Names of all folders of an exhibit among which images are looked for; this bounds the time that it takes."""
_FEW: Final = 64
"""So many names right in a folder are looked into, whatever they are."""


def look_for_images(sources: Sequence[Source], *, is_called_image: bool) -> tuple[ImageFiles, ...]:
    """Return the images of an exhibit in order of its paths, each with the segments beside it.

    ``is_called_image`` says that the exhibit is called one: raw images right in a folder count then, and a file that is
    the whole exhibit is a raw image if it is no other. What can't be read is left to the intake, which says so.
    """
    alone = len(sources) == 1 and sources[0].kind == "file"
    found: list[ImageFiles] = []
    seen: set[bytes] = set()
    every = [
        image
        for source in sources
        for image in _images_of(source, is_image=is_called_image and alone, with_raw=is_called_image)
    ]
    for image in without_extents(every):
        if seen.isdisjoint(image.paths):
            found.append(image)
            seen.update(image.paths)
    return tuple(found)


def _images_of(source: Source, *, is_image: bool, with_raw: bool) -> Iterator[ImageFiles]:
    sure = ALL_NAMES if with_raw else frozenset()
    if source.kind == "file":
        yield from find_images([_path(source.path)], is_image=is_image, sure=sure)
        return
    if source.kind != "directory":
        return
    top, deep = _names(source.path)
    found = find_images(top, is_image=False, sure=sure)
    # Many a folder holds some x.img; without a mark of its own that counts only beside images that have one.
    with_raw = with_raw or any(image.container not in {"raw", "split-raw"} for image in found)
    yield from (image for image in found if with_raw or not _is_by_name_alone(image))
    for image in find_images(deep, is_image=False):
        if image.container not in {"raw", "split-raw"} and has_mark(image.container, sample(image.paths[0])):
            yield image


def _is_by_name_alone(image: ImageFiles) -> bool:
    """Tell whether nothing but a name says that a file is an image: a raw one, or one empty piece (a rotated log)."""
    return image.container == "raw" or (
        image.container == "split-raw" and len(image.paths) == 1 and sample(image.paths[0]).size == 0
    )


def _names(folder: bytes) -> tuple[list[Path], list[Path]]:
    """Return the files worth a look: those right in a folder, and those deeper down, both in order."""
    top: list[bytes] = []
    deep: list[bytes] = []
    left = NAMES_MOST
    waiting = [folder]
    while waiting and left > 0:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    left -= 1
                    if left <= 0:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif here == folder or named_container(entry.name) is not None:
                        (top if here == folder else deep).append(entry.path)
        except OSError:
            continue
    if len(top) > _FEW:
        top = [path for path in top if named_container(os.path.basename(path)) is not None]
    return [_path(path) for path in sorted(top)], [_path(path) for path in sorted(deep)]


def _path(raw: bytes) -> Path:
    return Path(os.fsdecode(raw))
