"""Hash lists and acquisition logs at registration: held against what was read, and kept as documents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from custody.cli.acting.secrets_typed import DOCUMENT_BYTES, refuse_in_bytes
from custody.cli.context import Context
from custody.cli.files import read_file
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.evidence.algorithms import CHOICES, is_at_hand, named_in
from custody.evidence.hashlists.compare import Comparison, Difference, Known, compare
from custody.evidence.hashlists.model import LIST_BYTES, ListFault, ParsedList
from custody.evidence.hashlists.read import read_hash_list
from custody.evidence.images.job import Found
from custody.evidence.members import Member
from custody.report.counts import counted
from custody.report.safe_text import show_path
from schemas.content import Digests
from schemas.errors import RefusedError, UsageError

_DIFFERENCES_MOST: Final = 32
"""Differences that all lists of one registration record together; the lists themselves are kept whole."""
_TOLD: Final = 10
LISTS_MOST: Final = 16


@dataclass(frozen=True, slots=True)
class HeldList:
    """A list as it was given: its path, its values, and the SHA-256 under which it is kept."""

    path: Path
    parsed: ParsedList
    document: str

    def is_of(self, image: bytes) -> bool:
        """Tell by its name whether a log belongs to an image: both are called the same, but for their endings."""
        log = os.path.basename(os.fsencode(self.path))
        return log.startswith(image + b".") or log.rpartition(b".")[0] in {image, image.rpartition(b".")[0]}


def read_lists(staged: Staged, paths: Sequence[Path]) -> tuple[HeldList, ...]:
    """Return the lists, staged as documents.

    Raises:
        HashListError: as `read_hash_list`, with the list's name.
        UsageError: ``hash-list.number`` for more than sixteen; a file that isn't there; ``secret.refused``.
        StorageError: ``store.full`` or ``store.failed``.
    """
    if len(paths) > LISTS_MOST:
        raise UsageError("hash-list.number", f"expected at most {LISTS_MOST} lists, found {len(paths)}")
    return tuple(_read_list(staged, path) for path in paths)


def _read_list(staged: Staged, path: Path) -> HeldList:
    raw = read_file(path, maximum=LIST_BYTES)
    if len(raw) <= DOCUMENT_BYTES:
        refuse_in_bytes(raw)
    try:
        parsed = read_hash_list(raw)
    except UsageError as error:
        raise type(error)(error.code, f"{show_path(path)}: {error.text}", hint=error.hint) from None
    return HeldList(path, parsed, staged.document_bytes(raw))


def digests_wanted(lists: Iterable[HeldList]) -> tuple[str, ...]:
    """Return the digests by choice of files that the lists hold values of."""
    return _wanted(lists, of_medium=False)


def medium_digests_wanted(lists: Iterable[HeldList]) -> tuple[str, ...]:
    """Return the digests by choice of the medium that the lists hold values of."""
    return _wanted(lists, of_medium=True)


def _wanted(lists: Iterable[HeldList], *, of_medium: bool) -> tuple[str, ...]:
    entries = (entry for held in lists for entry in held.parsed.entries if (entry.name is None) == of_medium)
    names = {name for entry in entries for value in entry.values for name in value.algorithms}
    return tuple(name for name in CHOICES if name in names and is_at_hand(name))


def check_lists(
    context: Context,
    lists: Sequence[HeldList],
    members: Iterable[Member],
    media: Sequence[tuple[bytes, Found]],
    *,
    wants_all: bool,
    accept: bool,
) -> list[dict[str, Any]]:
    """Hold lists against what was read, and return what the registration says of each.

    With ``wants_all`` a name that the exhibit doesn't hold is a fault. ``media`` are those of its images, with their
    names. Of several, what a log says of a medium is about the one that is called as the log is, or else that of which
    it has a digest. Where an exhibit of one file is no image, it is held against that file.

    Raises:
        RefusedError: ``hash-list.mismatch``, ``hash-list.absent``, ``hash-list.nothing``, or a fault of a list, unless
            differences are accepted.
    """
    files = dict(_files(members))
    described = []
    left = _DIFFERENCES_MOST
    for held in lists:
        result = compare(held.parsed, files=files, medium=_medium(held, media, files))
        _check(context, held, result, wants_all=wants_all, accept=accept)
        kept = result.differences[:left]
        left -= len(kept)
        described.append(_describe(held, result, kept))
        _tell(context, held, result)
    return described


def hold_against(context: Context, held: HeldList, members: Iterable[Member], *, is_image: bool) -> Comparison:
    """Hold a list against the records of an exhibit that is registered already, and tell what differs.

    What a log says of the medium is left unchecked for an image: its medium is not read again here.
    """
    files = dict(_files(members))
    result = compare(held.parsed, files=files, medium=None if is_image else _medium(held, (), files))
    for item in result.differences[:_TOLD]:
        note(context.settings, f"DIFFERS: {show_path(held.path)}: {_difference_text(item)} [hash-list.mismatch]")
    for fault in held.parsed.faults:
        note(context.settings, f"warning: {show_path(held.path)}: {fault.text} [{fault.code}]")
    _tell(context, held, result)
    return result


def _files(members: Iterable[Member]) -> Iterable[tuple[bytes, Known]]:
    for member in members:
        digests, size = member.record.digests, member.record.size
        if member.path is not None and isinstance(digests, Digests) and isinstance(size, int):
            yield member.path, Known(dict(named_in(digests)), size)


def _medium(held: HeldList, media: Sequence[tuple[bytes, Found]], files: Mapping[bytes, Known]) -> Known | None:
    """Return the medium of which a list speaks; nothing where that wasn't read, or can't be told."""
    if not media:
        return next(iter(files.values())) if len(files) == 1 else None
    called = [found for name, found in media if held.is_of(name)] if len(media) > 1 else [media[0][1]]
    if len(called) != 1:
        told = {value.digest for entry in held.parsed.entries if entry.name is None for value in entry.values}
        called = [found for _, found in media if told.intersection(found.digests.values())][:1]
    read = [Known(found.digests, found.size) for found in called if found.not_read is None]
    return read[0] if read else None


def _check(context: Context, held: HeldList, result: Comparison, *, wants_all: bool, accept: bool) -> None:
    faults = [*held.parsed.faults]
    if result.differences:
        told = "; ".join(map(_difference_text, result.differences[:_TOLD]))
        more = f"; and {len(result.differences) - _TOLD:,} more" if len(result.differences) > _TOLD else ""
        faults.append(ListFault("hash-list.mismatch", f"{told}{more}"))
    if result.absent and (wants_all or not (result.matching or result.differences or result.unchecked)):
        names = ", ".join(map(show_path, result.absent[:_TOLD]))
        is_nothing = not (result.matching or result.differences or result.unchecked)
        code = "hash-list.nothing" if is_nothing else "hash-list.absent"
        count = counted(len(result.absent), "name", "names")
        faults.append(ListFault(code, f"{count} that the exhibit doesn't hold, such as {names}"))
    if faults and not accept:
        first, *more_faults = faults
        also = f"; also: {'; '.join(fault.text for fault in more_faults[:_TOLD])}" if more_faults else ""
        raise RefusedError(
            first.code,
            f"expected {show_path(held.path)} to agree with what was read, found: {first.text}{also}",
            hint="--accept-damaged registers the evidence as it is, and records every difference",
        )
    for fault in faults:
        note(context.settings, f"warning: {show_path(held.path)}: {fault.text} [{fault.code}]")


def _difference_text(item: Difference) -> str:
    what = "the medium" if item.name is None else show_path(item.name)
    if item.expected_size is not None:
        return f"line {item.line}: {item.expected_size:,} bytes of {what}, found {item.found_size:,}"
    return f"line {item.line}: {item.expected} of {what}, found {item.found}"


def _describe(held: HeldList, result: Comparison, kept: Sequence[Difference]) -> dict[str, Any]:
    differences = [
        {
            "expected": item.expected,
            "expected_size": item.expected_size,
            "file": item.file,
            "found": item.found,
            "found_size": item.found_size,
        }
        for item in kept
    ]
    return {
        "absent": len(result.absent),
        "differences": differences or None,
        "differing": len(result.differences),
        "document": held.document,
        "faults": sorted({fault.code.removeprefix("hash-list.") for fault in held.parsed.faults}) or None,
        "kind": held.parsed.kind,
        "matching": result.matching,
        "unchecked": result.unchecked,
        "unknown_lines": len(held.parsed.unknown),
        "unlisted": result.unlisted,
    }


def _tell(context: Context, held: HeldList, result: Comparison) -> None:
    counts = [
        counted(result.matching, "value matches", "values match"),
        *([f"{len(result.differences):,} DIFFER"] if result.differences else []),
        *([f"{result.unchecked:,} could not be checked"] if result.unchecked else []),
        *(
            [counted(len(result.absent), "name is not in the exhibit", "names are not in the exhibit")]
            if result.absent
            else []
        ),
        *(
            [counted(result.unlisted, "file is not in the list", "files are not in the list")]
            if result.unlisted
            else []
        ),
        *(
            [counted(len(held.parsed.unknown), "line was not understood", "lines were not understood")]
            if held.parsed.unknown
            else []
        ),
    ]
    note(context.settings, f"{show_path(held.path)} ({held.parsed.kind}): {', '.join(counts)}")
