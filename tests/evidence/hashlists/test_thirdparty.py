"""Lists that others made, read from the folder that CUSTODY_VECTORS names."""

from hashlib import md5, sha256
from pathlib import Path

import pytest

from custody.evidence.hashlists.compare import Known, compare
from custody.evidence.hashlists.read import read_hash_list
from tests.thirdparty import vector


@pytest.fixture
def folder() -> Path:
    return vector("hashdeep")


@pytest.mark.parametrize(
    ("name", "kind", "entries"),
    [("hashdeep.txt", "hashdeep", 3), ("md5deep-size.txt", "md5deep", 4), ("md5deep.txt", "sums", 4)],
)
def test_the_samples_of_hashdeep_are_read(name: str, kind: str, entries: int, folder: Path) -> None:
    """By the program's own author."""
    parsed = read_hash_list((folder / name).read_bytes())
    assert (parsed.kind, len(parsed.entries), parsed.unknown, parsed.faults) == (kind, entries, (), ())


def test_the_files_of_a_sample_are_those_it_names(folder: Path) -> None:
    """Two of its three files lie beside it; the third is absent."""
    files = {}
    for name in ("md5deep-size.txt", "md5deep.txt"):
        raw = (folder / name).read_bytes()
        digests = {"md5": md5(raw).hexdigest(), "sha256": sha256(raw).hexdigest()}
        files[name.encode()] = Known(digests, len(raw))
    parsed = read_hash_list((folder / "hashdeep.txt").read_bytes())
    result = compare(parsed, files=files, medium=None)
    assert (result.matching, result.differences, len(result.absent)) == (6, [], 1)
