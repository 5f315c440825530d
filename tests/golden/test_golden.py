"""A bundle lies in a court's archive for decades; every later program must reach the verdict that was reached then."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from custody.selftest.vectors import read_vector, verify_vector
from schemas.report import Verdict

FOLDER = Path(__file__).parent
DIGESTS = {
    "decided-once": "f02443b6fec6038581c8c1d465c1cebe0e4730792bab5be778428f675cc5376b",
    "derived-with-ancestor": "1772937239df157bf5bb60a3a4840c84dad7821e569ea5e0afb7ce3dd1e2549a",
    "disputed-and-affirmed": "28b1be2e824b16515bf0bd9574bb04f271bb14f22c5cf6fa202cabd7d0e17b30",
    "resting-on-a-request-refused-and-granted": "43aefbaa6f562172a5c518c48a575c095e71c1239149fd87d595b55b54d9aa9d",
    "same-as-what-came-home": "01aecace7b3b8bdd0cff70628da9b857509b1cd5a1b136e030bc901fba7836ed",
    "terms-in-the-words-of-two": "66c2323277c85bbeef8cc06fd8d1283e58bb1e137a13a7242620b14ded279909",
    "whole": "e6df90ef8f3c1d7b847768ede619cecf2e486cbeeaf243b59dd4aca08246abb7",
}


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_a_bundle_passes_as_it_always_did(name: str) -> None:
    """Of every version of the gate; the bytes are held to their digest, so that nobody makes them anew to please a
    changed program.
    """
    assert sha256((FOLDER / f"{name}.zip").read_bytes()).hexdigest() == DIGESTS[name]
    assert verify_vector(read_vector(name, FOLDER), FOLDER).verdict is Verdict.PASSED
