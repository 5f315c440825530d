"""The published vectors, run against this installation's verifier and readers.

``schemas/vectors`` is part of the release: for each bundle ``<name>.zip`` a ``<name>.json`` says what must come out,

    {"at":"2026-12-01T00:00:00Z","bundle":"event-left-out.zip","code":"completeness.count","comment":"...",
     "findings":["7 failed rule.holder entry 9",...],"schema":"custody-vector/v1","step":8,"steps":["PASSED",...],
     "trust":"<a trust file>","verdict":"FAILED"}

and ``texts.json`` lists small texts, each valid or not (docs/spec/README.md, test vectors).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, Final, Literal, TypeVar

import msgspec

import schemas
from custody.bundle.source import verify_bundle
from custody.selftest.checked import Checked, Disagreement
from custody.verify.record.source import FoundFile
from custody.verify.record.trusting import parse_trust
from custody.verify.verify import Trusted
from schemas import canonical, content, text
from schemas.errors import CustodyError, RecordError
from schemas.proof import parse_consistency
from schemas.report import Finding, Report
from schemas.types import UNSET, Record, Time, Unset

T = TypeVar("T")

FOLDER: Final = Path(next(iter(schemas.__path__))) / "vectors"
"""Where the release keeps its vectors."""
TEXTS: Final = "texts.json"
_BY_LIBRARY: Final = "content.digest-unchecked"
_OF_ENTRIES: Final = frozenset({5, 6, 7, 9, 11, 12})
"""Steps of which a vector says at which entry something was found."""


class Vector(Record, frozen=True, kw_only=True):
    """What stands beside a bundle. ``trust`` and ``proof`` are whole files as text, ``files`` base64 by digest.

    ``step`` is the first step that failed or stayed undecided, ``code`` the finding for which the vector was made;
    ``steps`` are the verdicts of all, ``findings`` what is found, as `told_findings` has it.
    """

    SCHEMA: ClassVar[str] = "custody-vector/v1"

    at: Time
    bundle: str
    code: str | Unset = UNSET
    comment: str
    files: dict[str, str] | Unset = UNSET
    findings: tuple[str, ...] | Unset = UNSET
    proof: str | Unset = UNSET
    schema: Literal["custody-vector/v1"]
    step: int | Unset = UNSET
    steps: tuple[str, ...] | Unset = UNSET
    trust: str | Unset = UNSET
    verdict: Literal["FAILED", "INDETERMINATE", "PASSED"]


class SmallText(Record, frozen=True, kw_only=True):
    """A text, in base64, that the reader of its ``kind`` must take or refuse."""

    comment: str
    input: str
    kind: str
    valid: bool


class SmallTexts(Record, frozen=True, kw_only=True):
    """``texts.json``."""

    SCHEMA: ClassVar[str] = "custody-texts/v1"

    schema: Literal["custody-texts/v1"]
    texts: tuple[SmallText, ...]


READERS: Final[dict[str, Callable[[bytes], object]]] = {
    "base64": lambda raw: text.parse_base64(raw.decode()),
    "canonical": lambda raw: canonical.decode_plain(raw, maximum=10_000),
    "decimal": lambda raw: text.parse_decimal(raw.decode()),
    "number": lambda raw: text.check_number(raw.decode()),
    "offset": lambda raw: text.parse_offset(raw.decode()),
    "path": content.check_path,
    "time": lambda raw: text.parse_time(raw.decode()),
}
"""The strict reader of each kind of small text."""


@dataclass(frozen=True, slots=True)
class _Given:
    """Files that a vector gives apart from its bundle, each under the name it was given."""

    files: dict[str, bytes]

    def find(self, digest: str, /, *, size: int | None = None) -> FoundFile | None:
        """Measure a file by the name it was given under."""
        raw = self.files.get(digest)
        return None if raw is None else FoundFile(sha256(raw).hexdigest(), len(raw))


def vector_names(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return the names of the bundle vectors, in order."""
    return tuple(sorted(path.stem for path in folder.glob("*.json") if path.name != TEXTS))


def read_vector(name: str, folder: Path = FOLDER) -> Vector:
    """Return what must come out of a bundle.

    Raises:
        RecordError: the file is none of ours, or was changed.
    """
    return _decode((folder / f"{name}.json").read_bytes(), Vector)


def read_texts(folder: Path = FOLDER) -> tuple[SmallText, ...]:
    """Return the small texts.

    Raises:
        RecordError: the file is none of ours, or was changed.
    """
    return _decode((folder / TEXTS).read_bytes(), SmallTexts).texts


def verify_vector(vector: Vector, folder: Path = FOLDER) -> Report:
    """Return what this installation finds of a vector's bundle, under the vector's own trust and time."""
    trust = parse_trust(vector.trust.encode()) if isinstance(vector.trust, str) else None
    proof = parse_consistency(vector.proof.encode()) if isinstance(vector.proof, str) else None
    files = vector.files if isinstance(vector.files, dict) else {}
    return verify_bundle(
        folder / vector.bundle,
        trusted=Trusted(trust, None, () if proof is None else (proof,)),
        at=text.parse_time(vector.at),
        elsewhere=_Given({digest: text.parse_base64(raw) for digest, raw in files.items()}),
    ).report


def compare(vector: Vector, report: Report, name: str) -> Disagreement | None:
    """Return in what a report differs from its vector, or nothing."""
    step = vector.step if isinstance(vector.step, int) else None
    code = vector.code if isinstance(vector.code, str) else None
    codes = {finding.code for finding in report.findings}
    same = (report.verdict.value, report.first_open_step) == (vector.verdict, step)
    if not same or (code is not None and code not in codes):
        found = _words(report.verdict.value, report.first_open_step, ", ".join(sorted(codes)) or None)
        return Disagreement(name, _words(vector.verdict, step, code), found)
    for wanted, found_here in ((vector.steps, told_steps(report)), (vector.findings, told_findings(report))):
        if isinstance(wanted, tuple) and wanted != found_here:
            missing, more = sorted({*wanted} - {*found_here}), sorted({*found_here} - {*wanted})
            return Disagreement(name, ", ".join(missing) or str(wanted), ", ".join(more) or str(found_here))
    return None


def told_steps(report: Report) -> tuple[str, ...]:
    """Return the verdict of each step, in order, as a vector has them."""
    return tuple(step.verdict.value for step in report.steps)


def told_findings(report: Report) -> tuple[str, ...]:
    """Return what was found, each step, severity and code once, in order, as a vector has it: with the entry at which
    the fold and later steps found it, and without what depends on a reader's libraries.
    """
    found = {
        (item.step, item.severity.value, item.code, int(match[1]) if (match := _at_entry(item)) else -1)
        for item in report.findings
        if item.code != _BY_LIBRARY
    }
    ends = ((line, f" entry {line[3]}" if line[3] >= 0 else "") for line in sorted(found))
    return tuple(f"{step} {severity} {code}{end}" for (step, severity, code, _), end in ends)


def _at_entry(item: Finding) -> re.Match[str] | None:
    return re.fullmatch(r"entry ([0-9]+)", item.subject) if item.step in _OF_ENTRIES else None


def is_as_published(item: SmallText) -> bool:
    """Tell whether the reader takes a text exactly if the vector says so.

    Raises:
        RecordError: a text of a kind that no reader is for, or whose base64 is damaged.
    """
    reader = READERS.get(item.kind)
    if reader is None:
        raise RecordError("vector.kind", f"expected a kind of {', '.join(READERS)}, found {item.kind[:40]!r}")
    raw = text.parse_base64(item.input)
    try:
        reader(raw)
    except RecordError:
        return not item.valid
    return item.valid


def check_bundles(folder: Path = FOLDER) -> Checked:
    """Run every bundle vector; a file that is missing or unreadable disagrees as well."""
    names = vector_names(folder)
    found = tuple(wrong for name in names if (wrong := _run(name, folder)) is not None)
    missing = () if names else (Disagreement("schemas/vectors", "vectors", "none"),)
    return Checked("published bundles, verified", len(names), found + missing)


def check_texts(folder: Path = FOLDER) -> Checked:
    """Run every small text."""
    name = "small texts, read strictly"
    try:
        items = read_texts(folder)
        wrong = [item for item in items if not is_as_published(item)]
    except (RecordError, OSError) as error:
        return Checked(name, 0, (Disagreement(TEXTS, "the file as released", str(error)),))
    return Checked(name, len(items), tuple(_text_disagreement(item) for item in wrong))


def _run(name: str, folder: Path) -> Disagreement | None:
    try:
        vector = read_vector(name, folder)
        return compare(vector, verify_vector(vector, folder), name)
    except (CustodyError, OSError) as error:
        return Disagreement(name, "the files as released", str(error))


def _text_disagreement(item: SmallText) -> Disagreement:
    words = ("refused", "taken")
    return Disagreement(f"{item.kind}: {item.comment}", words[item.valid], words[not item.valid])


def _words(verdict: str, step: int | None, code: str | None) -> str:
    return f"{verdict}{'' if step is None else f' at step {step}'}{'' if code is None else f', {code}'}"


def _decode(raw: bytes, kind: type[T]) -> T:
    # Indented for people, so not canonical: the strict reading of the type is enough for files of our own.
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise RecordError("vector.malformed", f"expected a {kind.__name__}: {error}") from None
