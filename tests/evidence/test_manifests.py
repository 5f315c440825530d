"""Lists of files: what lies beside them is none of them."""

import os
from pathlib import Path

import pytest

from custody.evidence.manifest import Manifests, read_manifest
from schemas.content import Content
from schemas.errors import StorageError


def test_what_somebody_put_beside_the_lists_is_no_list(tmp_path: Path) -> None:
    """A copy made in a file browser must not bar everything that leaves."""
    root = "ab" * 32
    beside = (f"{root} (copy)", f"._{root}", "spool-7-x", root.upper())
    for name in (f"{name}.jsonl" for name in (root, *beside)):
        (tmp_path / name).write_bytes(b"")
    assert list(Manifests(tmp_path).roots()) == [root]


def test_a_list_that_is_a_pipe_or_a_link_is_not_there(tmp_path: Path) -> None:
    """Who reads a pipe waits for ever, and what a link shows may change at any time."""
    lists = Manifests(tmp_path)
    os.mkfifo(lists.path("ab" * 32))
    lists.path("cd" * 32).symlink_to(tmp_path / "other")
    (tmp_path / "other").write_bytes(b"")
    for root in ("ab" * 32, "cd" * 32):
        assert list(lists.digests(root)) == []
        with pytest.raises(StorageError) as caught:
            list(read_manifest(lists.path(root), content=Content(bytes=0, count=0, root=root)))
        assert caught.value.code == "store.absent"
