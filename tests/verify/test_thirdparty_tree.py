"""Other people's RFC 6962 proofs: most of them must fail."""

import base64
import json
from pathlib import Path
from typing import Any

from custody.verify.record.tree import check_consistency, check_inclusion
from schemas.errors import VerificationError
from tests.thirdparty import vector


def _inclusion(case: dict[str, Any]) -> None:
    check_inclusion(
        index=case["leafIdx"],
        size=case["treeSize"],
        leaf=base64.b64decode(case["leafHash"]),
        nodes=[base64.b64decode(node) for node in case["proof"] or ()],
        root=base64.b64decode(case["root"]),
    )


def _consistency(case: dict[str, Any]) -> None:
    check_consistency(
        first=case["size1"],
        second=case["size2"],
        first_root=base64.b64decode(case["root1"]),
        second_root=base64.b64decode(case["root2"]),
        nodes=[base64.b64decode(node) for node in case["proof"] or ()],
    )


def _is_refused(path: Path, case: dict[str, Any]) -> bool:
    try:
        _inclusion(case) if "inclusion" in path.parts else _consistency(case)
    except VerificationError:
        return True
    return False


def test_we_agree_with_the_authors_of_other_verifiers() -> None:
    """Proofs and attacks that strangers collected know nothing of our mistakes."""
    paths = sorted(vector("merkle").glob("*/**/*.json"))
    cases = {path: json.loads(path.read_text("utf-8")) for path in paths}
    assert len(cases) == 196
    assert sum(not case["wantErr"] for case in cases.values()) > 10
    wrong = [path.as_posix() for path, case in cases.items() if _is_refused(path, case) is not case["wantErr"]]
    assert wrong == []
