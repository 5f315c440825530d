"""Images that others made, read from the folder that CUSTODY_VECTORS names."""

import os
from pathlib import Path

import pytest

from custody.evidence.images.prepare import find_images
from tests.evidence.images.conftest import Read
from tests.thirdparty import vector

MEDIA = {
    "ext2.E01": "196066add11fb71c4c49cf1bb50d6d24",
    "ext2.split.E01": "196066add11fb71c4c49cf1bb50d6d24",
    "image.E01": "d73c51f10c7ee6a681b7b619ccc6f1c4",
    "image-split.E01": "38ea5af8a80e16e46c095c9110242fc0",
}


@pytest.fixture
def images() -> Path:
    return vector("images")


@pytest.mark.parametrize("name", MEDIA)
def test_real_images_hold_what_they_say(name: str, images: Path, read: Read) -> None:
    """Written by other people's tools, years ago."""
    (image,) = find_images([images / name], is_image=False)
    found = read([Path(os.fsdecode(path)) for path in image.paths], image.container)
    assert (found.digests["md5"], found.stored["md5"], found.faults) == (MEDIA[name], MEDIA[name], ())


def test_three_containers_hold_one_disk(images: Path, read: Read) -> None:
    """Raw in two pieces, E01, E01 in two segments: one medium."""
    media = set()
    for name in ("ext2.splitraw.000", "ext2.E01", "ext2.split.E01"):
        (image,) = find_images([images / name], is_image=False)
        media.add(read([Path(os.fsdecode(path)) for path in image.paths], image.container).digests["sha256"])
    assert len(media) == 1


def test_half_of_a_set_is_incomplete(images: Path, read: Read) -> None:
    """The first segment says that another follows."""
    found = read([images / "image-split.E01"])
    assert (found.not_read, found.missing) == ("damaged", ((2, 1),))
