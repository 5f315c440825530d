"""The errors of this project, as a tree.

    CustodyError                 everything that is somebody's input and not our bug
    +-- RecordError              bytes that are not a well-formed record
    |   +-- UnknownVersionError  a record of a newer schema version: undecided, not wrong
    +-- VerificationError        bytes that are well formed and do not hold
    +-- RuleViolation            an act that the custody rules forbid
    +-- SigningKeyError          a private key that cannot be used
    +-- StorageError             a disk, a database or a lock that does not do its part
    +-- UsageError               a command or call that asks for something senseless
    +-- RefusedError             well asked for, but not allowed here and now

Each carries a stable dotted ``code`` (documented as API; the text may change), a text of one line that says what was
expected before what was found, and a ``hint`` where something can be done. A bug is none of these: it is an
``AssertionError`` or a traceback.
"""

from __future__ import annotations


class CustodyError(Exception):
    """Base of every error that input, not a bug, can cause."""

    def __init__(self, code: str, text: str, *, hint: str = "") -> None:
        super().__init__(f"{text} [{code}]")
        self.code = code
        self.text = text
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way through a process pool, with code and hint."""
        return _rebuild, (type(self), self.code, self.text, self.hint)


def _rebuild(kind: type[CustodyError], code: str, text: str, hint: str) -> CustodyError:
    return kind(code, text, hint=hint)


class RecordError(CustodyError):
    """Bytes that are not the one allowed spelling of a record."""


class UnknownVersionError(RecordError):
    """A record whose schema version this program does not know: INDETERMINATE, never FAILED."""


class VerificationError(CustodyError):
    """Well-formed bytes that do not hold: a wrong hash, proof, signature or link."""


class UndecidedError(VerificationError):
    """What may hold or not, since nobody is believed who could say so: INDETERMINATE, never FAILED."""


class RuleViolation(CustodyError):
    """An act that the custody rules forbid in the state in which it was made."""


class SigningKeyError(CustodyError):
    """A private key that is absent, damaged, too open or locked."""


class StorageError(CustodyError):
    """A file system or database that refused, filled up or lied."""


class UsageError(CustodyError):
    """A command or call whose arguments make no sense together."""


class RefusedError(CustodyError):
    """Something that was understood and is not allowed here and now."""
