"""Are the installed files those of the release? They are compared with the list that the wheel brought, its RECORD.

    custody/__main__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,712

What this shows: no file was damaged, lost, changed or added since it was installed. What it can't show: the list lies
beside the files, so who can change one can change the other; and compiled copies (``.pyc``) have no line in it that
could be compared. The digest of the whole list is there to be compared with that of another installation.
"""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from custody.selftest.checked import Checked, Disagreement

DISTRIBUTION: Final = "exhibit-ledger"
PACKAGES: Final = ("custody", "keys", "schemas")
NAME: Final = "installed files, against the release's own list"
_HASH: Final = "sha256="


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the release: its path as the list has it, and its SHA-256 in hex."""

    path: str
    sha256: str


def check_release(found: Distribution | None = None, running: Mapping[str, Path] | None = None) -> Checked:
    """Compare the files of an installation with its list; ``running`` is where the packages run from.

    Without arguments: this installation. One that has no list of its files (a development install, or a checkout that
    is run as it is) is not asked, and the note says so.
    """
    installed = _installed() if found is None else found
    if installed is None:
        return Checked(NAME, 0, note="not asked: this program runs without having been installed")
    listed = tuple(read_list(installed))
    ours = [item for item in listed if item.path.partition("/")[0] in PACKAGES]
    if not ours:
        return Checked(NAME, 0, note="not asked: a development install, whose files no release lists")
    places = _running() if running is None else running
    wrong = (*_compare(installed, listed), *_misplaced(installed, places), *_added(ours, places))
    return Checked(NAME, len(listed), wrong, note=f"digest of the release's list: {digest_of(ours)}")


def read_list(found: Distribution) -> Iterator[Listed]:
    """Yield the files that an installation's RECORD gives a SHA-256 for."""
    for row in csv.reader((found.read_text("RECORD") or "").splitlines()):
        if len(row) > 1 and row[1].startswith(_HASH):
            raw = base64.urlsafe_b64decode(row[1].removeprefix(_HASH) + "=")
            yield Listed(row[0], raw.hex())


def digest_of(listed: list[Listed]) -> str:
    """Return the SHA-256, in hex, of the list in the form that ``sha256sum`` prints, by path."""
    lines = sorted((item.path, item.sha256) for item in listed)
    return sha256("".join(f"{digest}  {path}\n" for path, digest in lines).encode()).hexdigest()


def _installed() -> Distribution | None:
    try:
        return distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return None


def _running() -> dict[str, Path]:
    return {name: Path(next(iter(import_module(name).__path__))) for name in PACKAGES}


def _compare(found: Distribution, listed: tuple[Listed, ...]) -> Iterator[Disagreement]:
    for item in listed:
        try:
            digest = sha256(Path(str(found.locate_file(item.path))).read_bytes()).hexdigest()
        except OSError as error:
            digest = (error.strerror or str(error)).lower()
        if digest != item.sha256:
            yield Disagreement(item.path, item.sha256, digest)


def _misplaced(found: Distribution, running: Mapping[str, Path]) -> Iterator[Disagreement]:
    """A package that runs from elsewhere is not what was compared."""
    for name, place in running.items():
        expected = Path(str(found.locate_file(name))).resolve()
        if place.resolve() != expected:
            yield Disagreement(name, f"to run from {expected}", str(place.resolve()))


def _added(ours: list[Listed], running: Mapping[str, Path]) -> Iterator[Disagreement]:
    known = {item.path for item in ours}
    for name, place in running.items():
        for path in sorted(place.rglob("*")):
            inside = f"{name}/{path.relative_to(place).as_posix()}"
            if path.is_file() and path.suffix != ".pyc" and inside not in known:
                yield Disagreement(inside, "no such file in the release", "a file")
