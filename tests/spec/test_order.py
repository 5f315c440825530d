"""The index by event type is whole: no code of the reducer is left out, and vectors find nothing that it lacks."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from collections.abc import Iterator
from functools import cache

from schemas import layout
from schemas.registry import DETAILS
from tests.architecture.tree import python_files
from tests.second.judging import NAMES, first_report, read_vector
from tests.spec.order import CONTENT, EVERY, LAW, OWN, RELEASE, WHOLE, asked, defects
from tests.vectors import generate

_ALWAYS = {
    "rule.commitment-twice", "defect.recorded-backward", "defect.time-ahead", "defect.recorded-late", *EVERY,
}  # fmt: skip
_STEPS = {7: asked, 9: lambda name: CONTENT.get(name, ()), 11: lambda name: LAW.get(name, ()), 12: defects}
_BYTES = ("record.", "container.")
"""Codes of malformed bytes: of a proof, a letter, a document."""


def test_no_code_of_the_reducer_is_left_out() -> None:
    """A rule that no type has is one that the next implementer never asks."""
    sources = "".join(path.read_text("utf-8") for path in python_files("custody/verify/rules"))
    raised = set(re.findall(r'"(rule\.[a-z-]+)"', sources))
    assert raised == {code.removesuffix(WHOLE) for name in DETAILS for code in asked(name)} | set(EVERY)
    assert OWN.keys() | LAW.keys() | CONTENT.keys() <= DETAILS.keys()


@cache
def _found() -> frozenset[tuple[str, int, str]]:
    """Type, step and code of all that is found at an entry in the vectors."""
    return frozenset(item for name in NAMES if name != "texts" for item in _found_in(name))


def _found_in(name: str) -> Iterator[tuple[str, int, str]]:
    vector = read_vector(name)
    path = generate.FOLDER / vector["bundle"]
    findings = [item for item in first_report(path, vector).findings if item.step in _STEPS]
    told = [(item, match) for item in findings if (match := re.fullmatch(r"entry (\d+)", item.subject))]
    if not told:
        return
    with zipfile.ZipFile(path) as bundle:
        for item, match in told:
            entry = json.loads(bundle.read(layout.entry_name(int(match[1]))))
            yield json.loads(base64.b64decode(entry["envelope"]["payload"]))["type"], item.step, item.code


def _is_listed(kind: str, step: int, code: str) -> bool:
    listed = {item.removesuffix(WHOLE) for item in _STEPS[step](kind)}
    listed |= set(RELEASE) if "a release" in listed else set()
    return code in listed | _ALWAYS or f"{code.partition('.')[0]}.*" in listed or code.startswith(_BYTES)


def test_vectors_find_nothing_that_the_index_lacks() -> None:
    """An index that leaves out what is found is worse than none."""
    assert sorted(item for item in _found() if not _is_listed(*item)) == []
    assert len(_found()) > 200


_WITHOUT = {
    "can be about anything": "disclosure.erased rule.about, record.affirmed rule.about",
    "would make a large vector": "exhibit.registered rule.bound, transfer.accepted rule.bound",
    "is the rule of a registration": "transfer.accepted rule.exhibit-exists, transfer.accepted rule.case-open, "
                                     "transfer.accepted rule.link, transfer.accepted rule.parent",
    "needs a party with two hands": "custody.handed-over rule.same-party",
}  # fmt: skip


def test_each_rule_of_each_type_has_a_vector_or_a_reason() -> None:
    """A check that no vector asks of a type is one that another's verifier may leave out unseen."""
    wanted = {f"{name} {code}" for name in DETAILS for code in asked(name) if WHOLE not in code}
    lacking = wanted - {f"{name} {code}" for name, step, code in _found() if step == 7}
    assert sorted(lacking) == sorted(", ".join(_WITHOUT.values()).split(", "))
