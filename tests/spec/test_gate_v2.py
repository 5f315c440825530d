"""The table of what version 2 of the gate adds is whole: each place of the code that asks for it has its row."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.spec.tables import ROOT, SPEC

PAGE = "gate-v2.md"
_ASKED: Mapping[str, tuple[str, ...]] = {
    "audit/ledger_pass.py _check_countries": ("whose country",),
    "audit/registered_abroad.py add": ("registered abroad",),
    "ledger/admission.py check_terms": ("terms of an answer",),
    "verify/border/lawfulness.py check_countries": ("whose country",),
    "verify/border/lawfulness.py check_lawfulness": ("whose country",),
    "verify/border/letters.py _eased_condition": ("words of a letter",),
    "verify/border/letters.py unseen_terms": ("words of a letter",),
    "verify/border/terms.py check_terms": ("dates and words",),
    "verify/evidence/certificate_step.py _check_signer": ("provider not carried",),
    "verify/fold/fold.py finish": ("whose country",),
    "verify/fold/lineage.py lineage_of": ("carried: same objects",),
    "verify/gate/destination.py _goal_abroad": ("receiver",),
    "verify/gate/destination.py counterparts": ("whose country",),
    "verify/gate/destination.py names_no_goal": ("destination",),
    "verify/gate/faults.py _named_consent": ("named consent",),
    "verify/gate/faults.py _given": ("one side each",),
    "verify/gate/release.py bearing": ("untold terms", "dates and words"),
    "verify/gate/release.py _undirected": ("holder moved", "taken abroad"),
    "verify/gate/release.py check_release": ("recipient in office", "request that ended", "whose request"),
    "verify/record/named_agents.py _named": ("carried: organisations",),
    "verify/record/named_agents.py request_of": ("carried: requests",),
    "verify/rules/consents.py _check_authority": ("consenting authority in office",),
    "verify/rules/consents.py _record": ("recipient then", "key of another ledger", "issued later"),
    "verify/rules/enrolment.py _above": ("agent moved",),
    "verify/rules/enrolment.py _apart": ("agent apart",),
    "verify/rules/enrolment.py _country_changed": ("agent moved",),
    "verify/rules/enrolment.py open_ledger": (),  # where it is read
    "verify/rules/on_record.py country_told": ("country of an organisation",),
    "verify/rules/on_record.py is_abroad": ("abroad by ledger",),
    "verify/rules/reducer.py _act": ("holder moved", "replaced", "seals seen"),
    "verify/rules/reducer.py _register": ("granted in part", "the same object", "seals seen"),
    "verify/rules/requests.py change_request": ("request that ended", "granted in part"),
    "verify/rules/subjects.py _decided": ("carried: dispatches",),
    "verify/rules/transfers.py _dispatch": ("early receipt",),
    "verify/rules/transfers.py _is_abroad": ("sender came abroad",),
    "verify/rules/transfers.py _take_back": ("back on paper",),
    "verify/rules/view.py is_strict": (),  # by which the others ask
}
"""By the function that asks for version 2: the rows of the table that say why."""


def _asking() -> Iterator[str]:
    for path in sorted([*(ROOT / "custody" / "verify").rglob("*.py"), *(ROOT / "custody" / "audit").rglob("*.py"),
                        ROOT / "custody" / "ledger" / "admission.py"]):  # fmt: skip
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(map(_asks, ast.walk(function))):
                yield f"{path.relative_to(ROOT / 'custody').as_posix()} {function.name}"


def _asks(node: ast.AST) -> bool:
    match node:
        case ast.Name(id="is_strict") | ast.Attribute(attr="is_strict") | ast.Constant(value="v2"):
            return True
        case _:
            return False


def _rows() -> dict[str, str]:
    lines = (SPEC / PAGE).read_text("utf-8").split("\n")
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("| ")]
    return {row[1]: row[3] for row in cells if row[1] != "name"}


def test_each_place_that_asks_for_version_2_has_its_rows() -> None:
    """Who writes version 1 first and then goes by the table must miss nothing."""
    assert sorted(set(_asking())) == sorted(_ASKED)
    assert {row for rows in _ASKED.values() for row in rows} == set(_rows())


def test_each_page_that_speaks_of_version_2_stands_in_the_table() -> None:
    """A rule on a page that the table doesn't lead to is one that nobody finds."""
    linked = {name for cell in _rows().values() for name in re.findall(r"\]\(([a-z-]+\.md)", cell)}
    pages: set[Path] = {page for page in SPEC.glob("*.md") if "`v2`" in page.read_text("utf-8")}
    assert {page.name for page in pages} - {PAGE, "README.md"} == linked
