"""A bundle lies in a court's archive for decades; every later program must reach the verdict that was reached then."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from custody.selftest.vectors import read_vector, verify_vector
from schemas.report import Verdict

FOLDER = Path(__file__).parent
DIGESTS = {
    "derived-with-ancestor": "1772937239df157bf5bb60a3a4840c84dad7821e569ea5e0afb7ce3dd1e2549a",
    "disputed-and-affirmed": "28b1be2e824b16515bf0bd9574bb04f271bb14f22c5cf6fa202cabd7d0e17b30",
    "whole": "e6df90ef8f3c1d7b847768ede619cecf2e486cbeeaf243b59dd4aca08246abb7",
}


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_a_bundle_of_version_1_passes_as_it_always_did(name: str) -> None:
    """The bytes are held to their digest, so that nobody makes them anew to please a changed program."""
    assert sha256((FOLDER / f"{name}.zip").read_bytes()).hexdigest() == DIGESTS[name]
    assert verify_vector(read_vector(name, FOLDER), FOLDER).verdict is Verdict.PASSED
