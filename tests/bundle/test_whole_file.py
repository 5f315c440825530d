"""Files that appear whole: what one process writes, another that sweeps beside it never takes away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.bundle import whole_file as module
from custody.bundle.whole_file import SUFFIX, sweep, whole_file
from custody.cli.files import write_file
from custody.storage.folders import fresh_folder
from keys.private import disk
from schemas.errors import UsageError


def test_a_temporary_name_is_never_given_twice(tmp_path: Path) -> None:
    """Who sweeps opens a file by its name: a name that comes again would be another file's."""
    names: set[str] = set()
    for _ in range(3):
        with whole_file(tmp_path / "p.zip", replace=True) as file:
            names.update(name for name in os.listdir(tmp_path) if name.endswith(SUFFIX))
            file.write(b"p")
    assert len(names) == 3


def test_a_file_that_took_a_left_over_name_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was opened and locked is what may go, and nothing that has its name by now."""
    left = tmp_path / f".p.zip.0{SUFFIX}"
    left.write_bytes(b"left")

    def lock(descriptor: int, *, wait: bool) -> bool:
        left.unlink()
        left.write_bytes(b"another")
        return True

    monkeypatch.setattr(module, "lock", lock)
    sweep(tmp_path)
    assert left.read_bytes() == b"another"


def test_a_file_that_was_swept_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where its name is there once more: what is written must not go to a file without a name."""
    real = module.lock
    swept: list[Path] = []

    def lock(descriptor: int, *, wait: bool) -> bool:
        if wait and not swept:
            swept.extend(tmp_path.glob(f".*{SUFFIX}"))
            swept[0].unlink()
            swept[0].write_bytes(b"another")
        return real(descriptor, wait=wait)

    monkeypatch.setattr(module, "lock", lock)
    with whole_file(tmp_path / "p.zip") as file:
        file.write(b"whole")
    assert swept
    assert (tmp_path / "p.zip").read_bytes() == b"whole"


def test_a_file_that_comes_meanwhile_is_told_as_one_that_was_there(tmp_path: Path) -> None:
    """Whoever catches the error of `write_file` need not know by what it is written; the other's file stays."""

    def pieces() -> Iterator[bytes]:
        yield b"mine"
        (tmp_path / "p.json").write_bytes(b"another")

    with pytest.raises(UsageError) as caught:
        write_file(tmp_path / "p.json", pieces(), force=False)
    assert caught.value.code == "usage.exists"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"p.json": b"another"}


def test_a_folder_is_made_where_none_can_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows opens no folder, so it is neither locked nor synced there, and nothing is swept."""
    real, left = os.open, tmp_path / f".old.0{SUFFIX}"
    left.mkdir()
    (left / "file").write_bytes(b"left")

    def refusing(path: str | Path, *rest: int, **more: int) -> int:
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    monkeypatch.delattr(os, "O_DIRECTORY")
    monkeypatch.setattr(disk, "HAS_MODES", False)
    with fresh_folder(tmp_path / "new", random=os.urandom) as folder:
        (folder / "file").write_bytes(b"x")
    monkeypatch.undo()
    assert {path.name for path in tmp_path.iterdir()} == {left.name, "new"}
