"""Where something was read that another ledger signed: a letter, which is a bundle about requests."""

from __future__ import annotations

from typing import Literal

from schemas.types import UNSET, Hash, Index, Origin, Record, Token, Unset


class LetterOrigin(Record, frozen=True, kw_only=True):
    """Where something was read that another ledger signed: ``request`` there, ``event`` the event hash of the record,
    ``size`` and ``root`` of the checkpoint and ``manifest`` of the payload under which the letter was verified.
    ``document`` is the letter itself, so that whoever reads the record can read it again. ``verdict`` stands where a
    person took a letter on which the verdict was another one than PASSED.
    """

    document: Hash | Unset = UNSET
    event: Hash
    ledger: Origin
    manifest: Hash
    request: Token
    root: Hash
    size: Index
    verdict: Literal["INDETERMINATE"] | Unset = UNSET


class ReceiptOrigin(Record, frozen=True, kw_only=True):
    """An entry of another ledger, proven by a receipt or read in a bundle: its event hash, index and ledger, and the
    checkpoint that it is under.
    """

    event: Hash
    index: Index
    ledger: Origin
    root: Hash
    size: Index
