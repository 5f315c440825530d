"""The vectors: what stands in ``schemas/vectors`` is what the generator makes, and our verifier agrees with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from custody.bundle.source import verify_bundle
from custody.verify.source import FoundFile
from custody.verify.trusting import parse_trust
from custody.verify.verify import Trusted
from schemas import canonical, content, text
from schemas.errors import RecordError
from schemas.proof import parse_consistency
from tests.vectors import generate
from tests.vectors.setting import CASES

PARSERS: dict[str, Callable[[bytes], object]] = {
    "base64": lambda raw: text.parse_base64(raw.decode()),
    "canonical": lambda raw: canonical.decode_plain(raw, maximum=10_000),
    "decimal": lambda raw: text.parse_decimal(raw.decode()),
    "number": lambda raw: text.check_number(raw.decode()),
    "offset": lambda raw: text.parse_offset(raw.decode()),
    "path": content.check_path,
    "time": lambda raw: text.parse_time(raw.decode()),
}


class Given:
    """Files that a vector gives apart from its bundle."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = {digest: base64.b64decode(raw) for digest, raw in files.items()}

    def find(self, digest: str) -> FoundFile | None:
        """Measure a file by the name it was given under."""
        raw = self._files.get(digest)
        return None if raw is None else FoundFile(sha256(raw).hexdigest(), len(raw))


def read_vector(name: str) -> dict[str, Any]:
    """Return what stands beside a bundle."""
    found: dict[str, Any] = json.loads((generate.FOLDER / f"{name}.json").read_bytes())
    return found


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_verifier_agrees_with_every_vector(name: str) -> None:
    """A verdict that drifts from the published vectors would mean one thing here and another abroad."""
    vector = read_vector(name)
    trust = parse_trust(vector["trust"].encode()) if "trust" in vector else None
    proof = parse_consistency(vector["proof"].encode()) if "proof" in vector else None
    report = verify_bundle(
        generate.FOLDER / vector["bundle"],
        trusted=Trusted(trust, None, proof),
        at=text.parse_time(vector["at"]),
        elsewhere=Given(vector.get("files", {})),
    ).report
    assert (report.verdict.value, report.first_open_step) == (vector["verdict"], vector.get("step"))
    if "code" in vector:
        assert vector["code"] in {finding.code for finding in report.findings}


def test_the_vectors_are_what_the_generator_makes() -> None:
    """A vector changed by hand, or code that makes other bytes of version 1, must not go unnoticed."""
    expected = generate.make_files()
    found = {path.name: path.read_bytes() for path in generate.FOLDER.iterdir() if path.suffix in {".json", ".zip"}}
    assert found.keys() == expected.keys()
    assert [name for name in expected if found[name] != expected[name]] == []


def test_most_vectors_must_fail() -> None:
    """A set of vectors that mostly pass tests little."""
    verdicts = [read_vector(name)["verdict"] for name in CASES]
    assert verdicts.count("FAILED") > 0.7 * len(verdicts)


@pytest.mark.parametrize(
    "item",
    json.loads((generate.FOLDER / "texts.json").read_bytes())["texts"],
    ids=lambda item: f"{item['kind']} {item['comment']}",
)
def test_small_texts_are_read_as_published(item: dict[str, Any]) -> None:
    """One spelling each: a reader that takes a second one lets two byte strings mean one thing."""
    raw = base64.b64decode(item["input"])
    if item["valid"]:
        PARSERS[item["kind"]](raw)
    else:
        with pytest.raises(RecordError):
            PARSERS[item["kind"]](raw)
