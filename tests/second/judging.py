"""What both verifiers say of a bundle, and of every published vector, once."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from blake3 import blake3

from custody.bundle.source import verify_bundle
from custody.verify.record.source import FoundFile
from custody.verify.record.trusting import parse_trust
from custody.verify.verify import Trusted
from schemas import canonical, text
from schemas.proof import parse_consistency
from schemas.report import Report
from tests.second import verify_from_spec
from tests.vectors import generate

NAMES = sorted(path.stem for path in generate.FOLDER.glob("*.json"))
Found = frozenset[tuple[int, str, str]]
"""Step, code and severity of findings."""


class Given:
    """Files that a vector gives apart from its bundle."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def find(self, digest: str, /, *, size: int | None = None) -> FoundFile | None:
        """Measure a file by the name it was given under."""
        raw = self._files.get(digest)
        return (
            None if raw is None else FoundFile(sha256(raw).hexdigest(), len(raw), {"blake3": blake3(raw).hexdigest()})
        )


def read_vector(name: str) -> dict[str, Any]:
    """Return what stands beside a bundle."""
    found: dict[str, Any] = json.loads((generate.FOLDER / f"{name}.json").read_bytes())
    return found


def first_report(bundle: Path, vector: dict[str, Any]) -> Report:
    """Verify with our own code."""
    files = {digest: base64.b64decode(raw) for digest, raw in vector.get("files", {}).items()}
    trust = parse_trust(vector["trust"].encode()) if "trust" in vector else None
    proof = parse_consistency(vector["proof"].encode()) if "proof" in vector else None
    return verify_bundle(
        bundle,
        trusted=Trusted(trust, None, () if proof is None else (proof,)),
        at=text.parse_time(vector["at"]),
        elsewhere=Given(files),
    ).report


def second_report(bundle: bytes, vector: dict[str, Any]) -> verify_from_spec.Verification:
    """Verify with the second verifier."""
    files = {digest: base64.b64decode(raw) for digest, raw in vector.get("files", {}).items()}
    return verify_from_spec.Verification(
        bundle,
        at=vector["at"],
        trust=vector["trust"].encode() if "trust" in vector else None,
        files=verify_from_spec.Files(given=files),
        proofs=[vector["proof"].encode()] if "proof" in vector else [],
    ).run()


@dataclass(frozen=True)
class Judged:
    """A vector as both see it: their reports as records, and what they found."""

    first: dict[str, Any]
    second: dict[str, Any]
    first_found: Found
    second_found: Found


@cache
def judge(name: str) -> Judged:
    """Return what both say of a vector."""
    vector = read_vector(name)
    path = generate.FOLDER / vector["bundle"]
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    return Judged(
        json.loads(canonical.encode(first)),
        second.report(),
        frozenset((item.step, item.code, item.severity.value) for item in first.findings),
        frozenset((item.step, item.code, item.severity) for item in second.findings),
    )


FORMS = ("record.", "text.", "private.", "container.", "note.", "bag.", "event.", "tlog-proof.")
"""Codes of malformed bytes, of which one is told, and not always the same."""


def disagreements(path: Path, vector: dict[str, Any]) -> list[object]:
    """Return in what both judge a bundle otherwise: steps, codes, and parts of the report."""
    first, second = first_report(path, vector), second_report(path.read_bytes(), vector)
    ours = {(item.step, item.code, item.severity.value) for item in first.findings}
    theirs = {(item.step, item.code, item.severity) for item in second.findings}
    told, retold = json.loads(canonical.encode(first)), second.report()
    parts = [
        name for name in ("verdict", "steps", "law", "inherited", "requests") if told.get(name) != retold.get(name)
    ]
    return [*parts, *sorted(item for item in ours ^ theirs if not item[1].startswith(FORMS))]
