"""Writes ``schemas/vectors``: ``python -m tests.vectors.generate``. The same code always writes the same bytes."""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from custody.selftest import vectors
from schemas import canonical
from tests.vectors import (
    abroad_cases,
    acceptance_cases,
    act_cases,
    agent_cases,
    ancestor_cases,
    answer_cases,
    arrival_cases,
    asset_cases,
    border_cases,
    bytes_cases,
    certificate_cases,
    checkpoint_cases,
    closure_cases,
    container_cases,
    content_cases,
    decided_cases,
    desk_cases,
    detail_cases,
    entry_cases,
    evidence_cases,
    export_cases,
    form_cases,
    gate_cases,
    grant_cases,
    holder_cases,
    lenient_cases,
    letter_cases,
    malformed_cases,
    member_cases,
    nested_cases,
    number_cases,
    observed_cases,
    order_cases,
    part_cases,
    passage_cases,
    past_cases,
    receipt_cases,
    reducer_cases,
    release_cases,
    request_cases,
    resting_cases,
    return_cases,
    rule_cases,
    seal_cases,
    signer_cases,
    standing_cases,
    terms_cases,
    transfer_cases,
    type_cases,
)
from tests.vectors.record_cases import make_texts
from tests.vectors.setting import CASES, Vector, make_setting

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors"
AT = "2026-12-01T00:00:00Z"
MODULES = (
    container_cases,
    checkpoint_cases,
    entry_cases,
    rule_cases,
    closure_cases,
    request_cases,
    release_cases,
    transfer_cases,
    evidence_cases,
    content_cases,
    detail_cases,
    certificate_cases,
    form_cases,
    bytes_cases,
    reducer_cases,
    agent_cases,
    asset_cases,
    observed_cases,
    border_cases,
    gate_cases,
    grant_cases,
    holder_cases,
    arrival_cases,
    letter_cases,
    order_cases,
    return_cases,
    export_cases,
    terms_cases,
    ancestor_cases,
    resting_cases,
    part_cases,
    standing_cases,
    decided_cases,
    seal_cases,
    number_cases,
    receipt_cases,
    nested_cases,
    acceptance_cases,
    answer_cases,
    abroad_cases,
    passage_cases,
    malformed_cases,
    signer_cases,
    member_cases,
    desk_cases,
    type_cases,
    act_cases,
    lenient_cases,
    past_cases,
)
"""Importing them enters their cases."""


def make_vector(name: str) -> Vector:
    """Return the vector of a case, from a setting of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return CASES[name][1](make_setting(Path(folder)))


def describe(name: str, vector: Vector) -> dict[str, Any]:
    """Return what stands beside a vector's bundle, as plain JSON."""
    described: dict[str, Any] = {
        "at": AT,
        "bundle": f"{name}.zip",
        "comment": CASES[name][0],
        "schema": "custody-vector/v1",
        "verdict": vector.verdict,
    }
    if vector.step is not None:
        described["step"] = vector.step
    if vector.code:
        described["code"] = vector.code
    if vector.trust is not None:
        described["trust"] = canonical.encode(vector.trust).decode()
    if vector.proof is not None:
        described["proof"] = vector.proof.decode()
    if vector.files:
        described["files"] = {digest: base64.b64encode(raw).decode() for digest, raw in vector.files.items()}
    return described


def told(described: dict[str, Any], bundle: bytes) -> dict[str, Any]:
    """Return all that is found of a bundle: what its author didn't think of is held fast as well, and the second
    verifier, which is written from the specification alone, has to find the same.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / described["bundle"]).write_bytes(bundle)
        record = msgspec.convert(described, vectors.Vector)
        report = vectors.verify_vector(record, Path(folder))
    return {"findings": vectors.told_findings(report), "steps": vectors.told_steps(report)}


TOLD = frozenset({"findings", "steps"})
"""Fields that a verifier filled in."""


def make_files(*, is_told: bool = True) -> dict[str, bytes]:
    """Return every file of the folder by name; with what is found of each bundle, or without it, in half the time."""
    files: dict[str, bytes] = {"texts.json": make_texts()}
    for name in sorted(CASES):
        vector = make_vector(name)
        files[f"{name}.zip"] = vector.bundle
        described = describe(name, vector)
        files[f"{name}.json"] = _write({**described, **told(described, vector.bundle)} if is_told else described)
    return files


def _write(described: dict[str, Any]) -> bytes:
    return json.dumps(described, indent=1, sort_keys=True).encode() + b"\n"


def without_told(raw: bytes) -> bytes:
    """Return what stands beside a vector's bundle as its author wrote it, without what a verifier found."""
    described = json.loads(raw)
    return _write({name: value for name, value in described.items() if name not in TOLD})


def main() -> None:
    """Write the folder anew."""
    FOLDER.mkdir(exist_ok=True)
    files = make_files()
    for path in FOLDER.iterdir():
        if path.suffix in {".json", ".zip"} and path.name not in files:
            path.unlink()
    for name, raw in files.items():
        (FOLDER / name).write_bytes(raw)
    print(f"{len(CASES)} vectors in {FOLDER.name}")


if __name__ == "__main__":
    main()
