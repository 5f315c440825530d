"""The files of an exhibit as its registration lists them, each with what the check of its bytes said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from custody.report import marks
from custody.report.counts import count_bytes, counted
from custody.report.destroyed import ERASED, files_destroyed
from custody.report.finding_words import explain
from custody.report.safe_text import show_path
from custody.report.words import Absent
from schemas import limits
from schemas.content import Content, Digests, FileRecord, path_bytes
from schemas.errors import RecordError
from schemas.private import Disclosure
from schemas.report import Finding, Severity
from schemas.types import UNSET

AS_REGISTERED = "as registered"
UNREAD_FOLDER: Final = "A folder could not be read when the exhibit was registered; what was in it was never recorded."
_END: Final = re.compile(": ")
_LONGEST: Final = 2 * limits.NUMBER_BYTES + 3
"""Characters of the longest name of an exhibit with what stands behind it."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One name of an exhibit: name, size in bytes, SHA-256, and what was found; empty where there is none."""

    name: str
    size: str
    sha256: str
    result: str


def by_exhibit(findings: Iterable[Finding], names: frozenset[str]) -> dict[str, list[Finding]]:
    """Return the findings about each exhibit of ``names``, ``case/exhibit``, and about each file of it."""
    found: dict[str, list[Finding]] = {}
    for item in findings:
        # A number may itself hold a colon and a space, so each place may be where a name ends.
        ends = (match.start() for match in _END.finditer(item.subject, 0, _LONGEST))
        for name in names & {item.subject, *(item.subject[:end] for end in ends)}:
            found.setdefault(name, []).append(item)
    return found


def summary_of(content: Content | None, subject: str, findings: Sequence[Finding]) -> str:
    """Say what an exhibit consists of and whether all of it was compared; ``subject`` is ``case/exhibit``."""
    if content is None:
        return "a physical object; no files belong to it"
    files = counted(content.count, "file or other name", "files and other names")
    mine = [item for item in findings if item.step == 9 and _is_about(item, subject)]
    if any(item.severity is Severity.FAILED for item in mine):
        state = "NOT as registered, see the findings"
    elif any(item.severity is Severity.INDETERMINATE for item in mine):
        state = "not all of them could be compared, see the findings"
    else:
        state = _compared(content, mine, files_destroyed(subject, mine))
    return f"{files}, {count_bytes(content.bytes)}; {state}"


def _compared(content: Content, mine: Sequence[Finding], gone: str) -> str:
    """Say how much of an exhibit with which nothing is wrong was compared; ``gone`` is what was destroyed by order."""
    unread = sum(item.code == "content.unreadable" for item in mine)
    records = content.files or ()
    left = (sum(item.type == "file" for item in records) or content.count) - unread
    left -= sum(item.code == ERASED for item in mine)
    # A check finds nothing in a folder, so that only its record says that nobody could look into it.
    closed = any(item.type == "directory" and item.error is not UNSET for item in records)
    if gone:
        rest = "the others compared and as registered" if left > 0 else "so that none of them was"
        state = f"{gone} {marks.DESTROYED} and not compared, {rest}"
    elif unread or closed:
        state = "all whose content was recorded compared and as registered"
    else:
        return "all compared and as registered"
    if unread:
        return f"{state}; some could not be read then, see the findings"
    return f"{state}; a folder could not be read then, see its files" if closed else state


def rows_of(
    content: Content | None,
    subject: str,
    findings: Sequence[Finding],
    disclosed: Mapping[str, Disclosure],
    absent: Absent,
) -> tuple[FileRow, ...]:
    """Return the files that stand in the registration itself (up to 16); of more there is only a list in the bundle."""
    if content is None or not isinstance(content.files, tuple):
        return ()
    by_subject = {item.subject: item for item in findings if item.step == 9}
    # A fault of the whole list ended the comparison somewhere: silence about a file says nothing then.
    is_complete = subject not in by_subject
    return tuple(_row(record, subject, by_subject, disclosed, absent, is_complete) for record in content.files)


def _row(
    record: FileRecord,
    subject: str,
    by_subject: Mapping[str, Finding],
    disclosed: Mapping[str, Disclosure],
    absent: Absent,
    is_complete: bool,
) -> FileRow:
    raw = _path(disclosed.get(record.path.commitment))
    plain = "name withheld" if raw is None else raw.decode("utf-8", "backslashreplace")
    finding = by_subject.get(f"{subject}: {plain}")
    digests = record.digests
    if record.type == "directory" and record.error is not UNSET:
        result = UNREAD_FOLDER
    elif record.type != "file":
        result = {"directory": "an empty folder", "symlink": "a link to another name"}[record.type]
    elif finding is not None:
        result = explain(finding.code) if raw is not None else "see the findings about files whose name is withheld"
    elif is_complete:
        result = AS_REGISTERED
    else:
        result = "not compared"
    return FileRow(
        name=absent(record.path.commitment) if raw is None else show_path(raw),
        size=f"{record.size:,}" if isinstance(record.size, int) else "",
        sha256=digests.sha256 if isinstance(digests, Digests) else "",
        result=result,
    )


def _path(disclosure: Disclosure | None) -> bytes | None:
    if disclosure is None:
        return None
    try:
        return path_bytes(disclosure.value)
    except RecordError:
        return None


def _is_about(finding: Finding, subject: str) -> bool:
    return finding.subject == subject or finding.subject.startswith(f"{subject}: ")
