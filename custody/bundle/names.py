r"""Evidence's own names, made safe for any file system and any eye.

    b"reports/Q1: draft?.txt"   ->  reports/Q1%3A draft%3F.txt
    b"CON"                      ->  _CON
    b"photo\xff.jpg"            ->  photo%FF.jpg            (not UTF-8)
    "invoice\u202efdp.exe"      ->  invoice%E2%80%AEfdp.exe (would show as invoiceexe.pdf)
    "a/x", "A/x"                ->  a/x, A (2)/x            (one name where case doesn't count)

The rules are the same on every system, so that two people who unpack one bundle speak of the same names. Nothing that
comes out can be empty, ``.``, ``..``, hold a separator or be longer than 255 bytes.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import Final

PART_BYTES: Final = 255
"""Longest name in one directory, in UTF-8, on the file systems in use (NTFS counts fewer: UTF-16 units)."""
DEPTH: Final = 64
"""Directories above a file; more than that no tool of the desk can show."""
WHOLE_BYTES: Final = 900
"""Longest written path: macOS opens none above 1,024 bytes, and the folder unpacked into takes some of them."""
LONG: Final = "_long"
"""Folder for files whose own path is deeper or longer than that."""

_CUT_BYTES = 200
_EXTENSION_BYTES = 16
_ILLEGAL = frozenset('<>:"/\\|?*')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\Z", re.IGNORECASE
)
_ESCAPED = re.compile(r"%(?=[0-9A-Fa-f]{2})")
# Categories without a visible sign of their own: control, format, unassigned, private, surrogate, separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
# Letters and marks that show nothing: joiner, fillers of Hangul and Khmer, Mongolian and other variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def show_text(raw: bytes) -> str:
    """Return ``raw`` as text that shows what is there: whatever can't be seen, and bytes not UTF-8, as ``%XX``.

    Reversible: a ``%`` before two hex digits is written as ``%25``.
    """
    text = raw.decode("utf-8", "surrogateescape")
    if text.isascii() and text.isprintable() and "%" not in text:
        return text
    return "".join(_escape(c) if _is_invisible(c) else c for c in _ESCAPED.sub("%25", text))


def clean_part(raw: bytes) -> str:
    """Return one part of a path as a name that every system takes, shows in full and gives back unchanged."""
    name = "".join(_escape(c) if c in _ILLEGAL else c for c in show_text(raw))
    kept = name.rstrip(" .")
    name = kept + "".join(map(_escape, name[len(kept) :]))
    if name.startswith(" "):
        name = _escape(" ") + name[1:]
    if _RESERVED.match(name.partition(".")[0].rstrip(" ")):
        name = "_" + name
    return _shorten(name or "_empty", raw)


def collision_key(name: str) -> str:
    """Return what two names of one directory must differ in: case and Unicode form are not enough."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", name).casefold()).casefold()


class NamePlan:
    """Gives every path a place of its own; the outcome depends on the order in which paths are asked for.

    A directory keeps the name that it was first given; a file never shares a name. What collides is numbered.
    """

    def __init__(self, *, taken: tuple[str, ...] = ()) -> None:
        self._taken: dict[tuple[str, ...], dict[str, int]] = {(): {collision_key(name): 1 for name in (*taken, LONG)}}
        self._directories: dict[tuple[bytes, ...], tuple[str, ...]] = {(): ()}

    def place_file(self, parts: tuple[bytes, ...]) -> tuple[str, ...]:
        """Return the parts of the path at which to write the file that is named by ``parts``; never the same twice."""
        assert parts, "a file has a name"
        if len(parts) > DEPTH or sum(map(len, parts)) > 8 * WHOLE_BYTES:
            return self._place_long(parts)
        place = self._unused(self._directory(parts[:-1]), parts[-1])
        return place if len("/".join(place).encode("utf-8")) <= WHOLE_BYTES else self._place_long(parts)

    def place_directory(self, parts: tuple[bytes, ...]) -> tuple[str, ...]:
        """Return the parts of the path of a directory, or no parts where it is too deep or too long to be made."""
        if len(parts) > DEPTH or sum(map(len, parts)) > 8 * WHOLE_BYTES:
            return ()
        place = self._directory(parts)
        return place if len("/".join(place).encode("utf-8")) <= WHOLE_BYTES else ()

    def _directory(self, parts: tuple[bytes, ...]) -> tuple[str, ...]:
        place = self._directories.get(parts)
        if place is None:
            place = self._unused(self._directory(parts[:-1]), parts[-1])
            self._directories[parts] = place
        return place

    def _place_long(self, parts: tuple[bytes, ...]) -> tuple[str, ...]:
        digest = sha256(b"/".join(parts)).hexdigest()[:32]
        return self._unused((LONG, digest), parts[-1])

    def _unused(self, parent: tuple[str, ...], raw: bytes) -> tuple[str, ...]:
        taken = self._taken.setdefault(parent, {})
        name = clean_part(raw)
        key = collision_key(name)
        number = taken.setdefault(key, 0)
        if number == 0:
            taken[key] = 1
            return (*parent, name)
        while collision_key(candidate := _numbered(name, number + 1)) in taken:
            number += 1
        taken[key] = number + 1
        taken[collision_key(candidate)] = 1
        return (*parent, candidate)


def _is_invisible(character: str) -> bool:
    if character in " \u3000":
        return False
    return unicodedata.category(character) in _INVISIBLE or _BLANK.match(character) is not None


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


def _shorten(name: str, raw: bytes) -> str:
    """Cut a long name and add a digest of all of it, so that two long names stay two; the extension stays."""
    if len(name.encode("utf-8")) <= PART_BYTES - _EXTENSION_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode("utf-8")) >= _EXTENSION_BYTES:
        stem, dot, extension = name, "", ""
    cut = stem.encode("utf-8")[:_CUT_BYTES].decode("utf-8", "ignore")
    return f"{cut}~{sha256(raw).hexdigest()[:16]}{dot}{extension}"


def _numbered(name: str, number: int) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem:
        return f"{name} ({number})"
    return f"{stem} ({number}){dot}{extension}"
