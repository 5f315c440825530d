"""A private value may be any value: whatever is disclosed at whatever place, the reader gets his whole report."""

from collections.abc import Iterator
from itertools import cycle

import pytest

from custody.bundle.source import verify_bundle
from custody.report.basis import Basis
from custody.report.document import make_document
from custody.report.html_report import format_html
from custody.report.text_report import text_lines
from custody.report.words import format_value
from custody.selftest.vectors import FOLDER, read_vector, vector_names
from custody.verify.evidence import content_step, disclosures_step
from custody.verify.record.trusting import parse_trust
from custody.verify.verify import Trusted
from schemas import canonical, limits, text
from schemas.private import Disclosure, parse_disclosure
from schemas.report import Verdict
from tests.report.stories import PHONE, bundle_of, text_of, verified
from tests.world import World, settled

DEEP: object = "end"
for _ in range(limits.MAX_NESTING - 2):
    DEEP = [DEEP]
NO_NAMES = ({"base64": "xx"}, {"base64": "/x=="}, {"base64": 5}, {"base64": "aGk="}, {"base64": ["a"]}, {"base64": ""})
ODD: tuple[object, ...] = (
    *NO_NAMES, [NO_NAMES[0]], {"a": NO_NAMES[1]}, {"base64": "/w=="}, {"base64": "/w==", "x": 1}, [], {}, "", {"-": ""},
    True, [True, False], -5, 2**53 - 1, "\u00b2", "\u202e\n\x1b[2J\ufeff", {"commitment": "00" * 32}, DEEP,
    "x" * 40_000, {"name": "a", "value": "b"}, "2026-13-99T99:99:99Z", ["1", 2, {"sha256": 5}],
)  # fmt: skip
EACH = 30
"""Of so many published bundles one is taken."""


def _sweep() -> Iterator[tuple[str, object]]:
    return zip(vector_names()[::EACH], cycle(ODD), strict=False)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:30])
def test_what_one_examiner_wrote_does_not_take_the_report_from_the_reader(value: object) -> None:
    """Whoever holds one key could have every bundle of an honest exhibit come to nothing, for ever."""
    world = settled(World(seed="odd"))
    world.register(*PHONE, actor="examiner-1", place=value, seized_from=value, legal_authority=value)
    world.act("exhibit.sealed", *PHONE, {"seal": value, "reason": value}, actor="examiner-1")
    told = bundle_of(world, PHONE)
    outcome = verified(told.bundle, told.trust)
    assert outcome.report.verdict is Verdict.PASSED
    assert "VERDICT: PASSED" in text_of(told.bundle, told.trust)


@pytest.mark.parametrize("value", NO_NAMES, ids=str)
def test_what_is_no_name_is_shown_as_it_stands(value: dict[str, object]) -> None:
    """Only the bytes of a name that is no UTF-8 have that form: nothing else is shown as if it were one."""
    assert format_value(value) == f"base64: {format_value(value['base64'])}"
    assert format_value({"base64": "YS//"}) == "a/\\xff"


@pytest.mark.parametrize("at_names", [False, True], ids=["in-events", "in-lists-too"])
def test_any_value_at_any_place_leaves_a_whole_report(at_names: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The values of published bundles, at every place and in bundles within, are exchanged for odd ones."""
    values: list[object] = [None]

    def read(line: str) -> Disclosure:
        found = parse_disclosure(line)
        return Disclosure(text=found.text, path=found.path, value=values[-1])

    monkeypatch.setattr(disclosures_step, "parse_disclosure", read)
    if at_names:
        monkeypatch.setattr(content_step, "parse_disclosure", read)
    for number, (name, value) in enumerate(_sweep()):
        values.append(value)
        vector = read_vector(name)
        trust = parse_trust(vector.trust.encode()) if isinstance(vector.trust, str) else None
        outcome = verify_bundle(FOLDER / vector.bundle, trusted=Trusted(trust), at=text.parse_time(vector.at))
        document = make_document(outcome.report, outcome.verified, Basis("bundle.zip", "trust.json", trust))
        lines = list(text_lines(document))
        assert lines[-1].startswith(f"VERDICT: {outcome.report.verdict.value}"), name
        assert all(line.isprintable() for line in lines), name
        assert canonical.encode(outcome.report)
        if number % 10 == 0:
            assert format_html(document).rstrip().endswith(b"</html>")
