"""What --json prints: one record a command, each with its name in ``schema`` (docs/results.schema.json)."""

from __future__ import annotations

import msgspec

from schemas.types import UNSET, Unset


class Result(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="schema", tag="custody-result/v1"
):
    """Base of everything that --json prints; each kind has a tag, ``custody-<word>/v1``."""


class RecordedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that was written: its number, the hash of the event in it, the leaf hash of its bytes."""

    entry: int
    event: str
    hash: str
    recorded_at: str
    type: str
    case: str | Unset = UNSET
    exhibit: str | Unset = UNSET


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """An exhibit of the case that --all did not take, and why: the code of a rule, and its words."""

    case: str
    code: str
    exhibit: str
    reason: str


class ActResult(Result, frozen=True, kw_only=True, tag="custody-act/v1"):
    """What became of an act: entries, or a draft that waits for the signatures of ``waiting_for``."""

    entries: tuple[RecordedEntry, ...]
    draft: str | Unset = UNSET
    left_out: tuple[LeftOut, ...] | Unset = UNSET
    size: int | Unset = UNSET
    waiting_for: tuple[str, ...] | Unset = UNSET


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What went wrong: a stable code, one line of text, and what to do about it."""

    code: str
    text: str
    hint: str = ""


class ErrorResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What --json prints in place of a result when a command fails; the exit code says how badly."""

    error: ErrorBody
