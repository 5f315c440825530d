"""Files that a user names: read with a cap, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from custody.bundle.disk import disk_errors
from custody.bundle.whole_file import whole_file
from custody.report.shell_words import shell_word
from custody.storage.home_layout import find_home, is_kept
from schemas.canonical import schema_of
from schemas.certificate import CERTIFICATE_PAYLOAD_TYPE
from schemas.errors import RecordError, UnknownVersionError, UsageError
from schemas.record_words import WORDS

CERTIFICATE: Final = "a provider's certificate"
PRODUCTION: Final = "a provider's production"
_BEGINS: Final = b"certificate.json"
_NAME_AT: Final = 30
"""Where the name of the first member stands in a zip (APPNOTE 4.3.7)."""
_LOOKED_AT: Final = 1 << 24
"""Bytes up to which a file of the wrong kind is looked at, to say what it is."""
_CHECKPOINT_HINT: Final = "custody checkpoint -o FILE writes one; custody backup --checkpoint FILE as well"
_HANDED_OVER: Final = ("/dev/fd/", "/proc/self/fd/")


def read_file(path: Path, *, maximum: int) -> bytes:
    """Return the bytes of a file of at most ``maximum`` bytes; ``-`` is stdin.

    Raises:
        UsageError: ``usage.size`` for a longer one; as `open_given` and `standard_input`.
        OSError: the file can't be read.
    """
    if str(path) == "-":
        raw = standard_input().read(maximum + 1)
    else:
        with open_given(path) as file:
            raw = file.read(maximum + 1)
    if len(raw) > maximum:
        found = kind_of_file(path) or "more"
        raise UsageError("usage.size", f"expected at most {maximum} bytes in {path}, found {found}")
    return raw


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def open_given(path: Path) -> BufferedReader:
    """Open a file that a user names; a pipe would wait for ever for another program, and a device may have no end.

    What a shell hands over, as by ``<(command)``, may be a pipe: that is the user's own, and somebody writes it.

    Raises:
        UsageError: ``usage.file`` for anything else than a regular file.
        OSError: the file can't be opened.
    """
    if str(path).startswith(_HANDED_OVER):
        return path.open("rb")
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        found = "a folder" if path.is_dir() else "a pipe, a device or a socket"
        raise UsageError("usage.file", f"expected a file at {path}, found {found}", hint="- reads the standard input")
    return os.fdopen(descriptor, "rb")


def standard_input() -> BinaryIO:
    """Return the bytes that are given to this process.

    Raises:
        UsageError: ``usage.file`` where who started it closed them.
    """
    if sys.stdin is None:
        raise UsageError("usage.file", "expected something to read for -, found the standard input closed")
    return sys.stdin.buffer


@contextlib.contextmanager
def given_file(path: Path, schema: str = "") -> Iterator[None]:
    """Turn a malformed record within the body into a fault of the file that the user gave: exit 2, not a verdict.

    A file of the kind ``schema`` may hold records of other kinds.

    Raises:
        UsageError: with the code of the record's error.
    """
    try:
        yield
    except UnknownVersionError:
        raise
    except RecordError as error:
        found = kind_of_file(path)
        is_note = error.code == "note.malformed"
        wanted = "expected a checkpoint" if is_note else error.text.partition(": ")[0]
        # A file of the right kind that is wrong inside is told by what is wrong.
        is_another = bool(found) and error.code in {"note.malformed", "record.malformed"} and not wanted.endswith(found)
        is_another = is_another and not (schema and found.endswith(f"({schema})"))
        text = f"{wanted}, found {found}" if is_another else error.text
        spelling = (
            f"jq -cSj . {shell_word(path)} > OTHER writes it in that spelling"
            if error.code == "record.not-canonical"
            else _CHECKPOINT_HINT
            if is_note
            else ""
        )
        raise UsageError(error.code, f"{path}: {text}", hint=error.hint or spelling) from None


def kind_of_file(path: Path) -> str:
    """Return what a file is that isn't what was wanted, where that can be seen at its beginning; else nothing."""
    try:
        with open_given(path) as file:
            raw = file.read(_NAME_AT + len(_BEGINS))
            raw += b"" if raw.startswith(b"PK") else file.read(_LOOKED_AT)
    except (OSError, UsageError):
        return ""
    if raw.startswith(b"PK"):
        return PRODUCTION if raw.startswith(_BEGINS, _NAME_AT) else "a zip file, such as a bundle or a letter"
    if CERTIFICATE_PAYLOAD_TYPE.encode("ascii") in raw:
        return CERTIFICATE
    schema = schema_of(raw)
    return f"{WORDS[schema]} ({schema})" if schema in WORDS else "" if raw.strip() else "an empty file"


@contextlib.contextmanager
def given_values() -> Iterator[None]:
    """Turn a record that can't be made of what was typed into a fault of what was typed: exit 2.

    Raises:
        UsageError: with the code of the record's error.
    """
    try:
        yield
    except RecordError as error:
        raise UsageError(error.code, error.text, hint=error.hint) from None


def write_file(path: Path, content: bytes | Iterable[bytes], *, force: bool, mode: int = 0o644) -> None:
    """Write a file, in one or in many pieces, so that it appears whole or not at all: as `whole_file`.

    Raises:
        UsageError: ``usage.exists`` where something is there and ``force`` is not set, or is no file.
        StorageError: the folder can't be written.
    """
    check_free(path, force=force)
    try:
        with whole_file(path, replace=force, mode=mode) as file, disk_errors(f"writing {path}"):
            for piece in (content,) if isinstance(content, bytes) else content:
                file.write(piece)
    except UsageError:
        # Somebody else may have put a file there meanwhile: said in the words of here.
        check_free(path, force=force)
        raise


def check_free(path: Path, *, force: bool) -> None:
    """Raise where something is at ``path``, or its folder is not there: to be asked before anything is recorded.

    Raises:
        UsageError: ``usage.exists``, unless ``force`` is set; ``usage.file``.
    """
    check_folder(path)
    if not force and os.path.lexists(path):
        raise UsageError("usage.exists", f"expected nothing at {path}, found something", hint="--force overwrites it")
    if path.exists() and not path.is_file():
        raise UsageError("usage.exists", f"expected a file at {path}, or nothing, found something else")


def check_page(path: Path, *, force: bool, or_text: bool = False) -> None:
    """Raise as `check_free`, and where the name of a page, ``or_text``, says that it is something else.

    Raises:
        UsageError: ``usage.page``, ``usage.exists``, ``usage.file``.
    """
    check_free(path, force=force)
    if path.suffix.lower() not in {"", ".html", ".htm", *((".txt", ".log", ".md") if or_text else ())}:
        text = f"expected a name that ends in .html{' or .txt' if or_text else ''}, found {path.name}"
        raise UsageError("usage.page", text, hint="it is a page (HTML); a browser prints it, also to PDF")


def check_new(path: Path) -> None:
    """Raise where anything is at ``path``, or its folder is not there: a bundle or letter is never overwritten.

    Raises:
        UsageError: ``bundle.exists``, ``usage.file``.
    """
    check_folder(path)
    if os.path.lexists(path):
        hint = "another name, or take away what is there"
        raise UsageError("bundle.exists", f"expected nothing at {path}, found something", hint=hint)


def check_folder(path: Path) -> None:
    """Raise where the folder in which ``path`` is to be written is not there, or the name means something else.

    Raises:
        UsageError: ``usage.file``; ``usage.in-home`` where it would lie among what a ledger keeps.
    """
    if str(path) == "-":
        raise UsageError("usage.file", "expected the name of a file to write, found -", hint="-o FILE")
    if not path.parent.is_dir():
        text = f"expected a folder at {path.parent}, to write {path.name} into, found none"
        raise UsageError("usage.file", text, hint="make the folder first, or name another")
    place = path.parent.resolve() / path.name
    home = find_home(place.parent)
    if home is not None and is_kept(place.relative_to(home)):
        text = f"expected a file outside of what the ledger keeps in {home}, found {place.relative_to(home)}"
        raise UsageError("usage.in-home", text, hint="name a place outside of the ledger's home")


def check_outside_home(folder: Path) -> None:
    """Raise where a folder for evidence lies anywhere in the home of a ledger, which would never hear of it.

    Raises:
        UsageError: ``usage.in-home``.
    """
    if find_home(folder.resolve()) is not None:
        text = f"expected a folder outside of the ledger's home, found {folder}"
        raise UsageError("usage.in-home", text, hint="name another folder")
