"""`custody selftest`: this installation is what was released, and decides as the published vectors say."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.exits import Exit
from custody.cli.output import emit, progress
from custody.cli.results import Result
from custody.report.safe_text import show
from custody.selftest.checked import Checked
from custody.selftest.release import DISTRIBUTION, check_release
from custody.selftest.signatures import check_signatures
from custody.selftest.vectors import check_bundles, check_texts
from schemas.report import Verdict

CHECKS: Final[tuple[Callable[[], Checked], ...]] = (check_release, check_signatures, check_texts, check_bundles)
_LIBRARIES: Final = ("pynacl", "cryptography", "msgspec", "blake3")
_SHOWN: Final = 20
"""Disagreements of one check that the text lists; --json has all of them."""


class SelftestDisagreement(Result, frozen=True, kw_only=True, tag="custody-selftest-disagreement/v1"):
    """One thing that is not as it must be."""

    expected: str
    found: str
    subject: str


class SelftestCheck(Result, frozen=True, kw_only=True, tag="custody-selftest-check/v1"):
    """One check: how many things it looked at, and those that disagree. NOT ASKED where it had nothing to look at."""

    count: int
    disagreements: tuple[SelftestDisagreement, ...]
    name: str
    note: str
    verdict: Literal["FAILED", "NOT ASKED", "PASSED"]


class SelftestResult(Result, frozen=True, kw_only=True, tag="custody-selftest/v1"):
    """All checks, what this program and its libraries are, and the verdict of the whole."""

    checks: tuple[SelftestCheck, ...]
    verdict: Literal["FAILED", "PASSED"]
    versions: dict[str, str]


@command(example="custody selftest", result=SelftestResult)
@pass_custody
def selftest(context: Context) -> Exit:
    """Check that this installation is what was released, and that it decides as it should.

    Compares the installed files with the release's own list, has forged signatures refused, and runs the published
    vectors. Any disagreement: FAILED (exit 3). A development install has no such list: that check says NOT ASKED, and
    the exit is 0 if all else holds.
    """
    found = []
    with progress(context.settings, "self test") as step:
        for place, check in enumerate(CHECKS):
            step(place, len(CHECKS))
            found.append(_told(check()))
    verdict: Literal["FAILED", "PASSED"] = "FAILED" if any(item.verdict == "FAILED" for item in found) else "PASSED"
    result = SelftestResult(checks=tuple(found), verdict=verdict, versions=_versions())
    emit(context.settings, result, _lines(result))
    return Exit.FAILED if verdict == "FAILED" else Exit.DONE


def _told(checked: Checked) -> SelftestCheck:
    wrong = tuple(
        SelftestDisagreement(expected=item.expected, found=item.found, subject=item.subject)
        for item in checked.disagreements
    )
    match checked.verdict:
        case Verdict.FAILED:
            verdict: Literal["FAILED", "NOT ASKED", "PASSED"] = "FAILED"
        case Verdict.PASSED:
            verdict = "PASSED"
        case _:
            verdict = "NOT ASKED"
    return SelftestCheck(
        count=checked.count, disagreements=wrong, name=checked.name, note=checked.note, verdict=verdict
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in (DISTRIBUTION, *_LIBRARIES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _lines(result: SelftestResult) -> Iterator[str]:
    width = max(len(check.name) for check in result.checks)
    for check in result.checks:
        held = (
            f"{max(0, check.count - len(check.disagreements)):,} of {check.count:,}"
            if check.verdict == "FAILED"
            else ""
        )
        count = held or (f"{check.count:,}" if check.count else "-")
        yield f"{check.verdict:9}  {check.name:{width}}  {count}"
        if check.note:
            yield f"{'':11}{show(check.note)}"
        for item in check.disagreements[:_SHOWN]:
            yield f"{'':11}{show(item.subject)}: expected {show(item.expected)}, found {show(item.found)}"
        if len(check.disagreements) > _SHOWN:
            yield f"{'':11}and {len(check.disagreements) - _SHOWN:,} more, all of them in the output of --json"
    yield ", ".join(f"{name} {number}" for name, number in result.versions.items())
    meaning = {"PASSED": "nothing disagrees", "FAILED": "do not rely on what this installation says"}
    yield f"{result.verdict}: {meaning[result.verdict]}"
