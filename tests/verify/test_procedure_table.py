"""Each check of step 12, once where something is missing and once where it is cured: rule, source, what, and how.

A check that is never seen to be silent complains about everything, and one that is never seen to complain is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from custody.transfer.law_files import shipped_profile
from custody.verify.fold.state import State
from custody.verify.procedure.procedure import Procedure, ProcedureFinding
from schemas.details.request import FieldName
from schemas.entry import parse_entry
from schemas.profile import RULES, STATED_APART, Check, Profile
from schemas.report import Severity
from tests.verify.test_procedure import (
    CASE,
    DOCUMENT,
    EXHIBIT,
    HOLDER,
    IDENTITY,
    NOW,
    RECORDING,
    REFUSED,
    TAKEN,
    WITNESS,
    accepted,
    ask,
    dispatched,
    seized,
    world,
)
from tests.world import World

__all__ = ["world"]

Act = Callable[[World], object]
HASH = "ef" * 32


@dataclass(frozen=True)
class Rule:
    """What makes a check complain, what keeps it silent, and words of both what is missing and the cure."""

    missing: Act
    cured: Act
    what: str
    cure: str
    row: str


def _register(**details: Any) -> Act:
    return lambda world: seized(world, **details)


def _data(**details: Any) -> Act:
    return _register(files={"a": b"a"}, **details)


def _act(type: str, **details: Any) -> Act:
    def done(world: World) -> None:
        seized(world, attestations=(HOLDER,))
        world.act(type, CASE, EXHIBIT, details, actor="examiner-1")

    return done


def _dispatch(**details: Any) -> Act:
    return lambda world: dispatched(world, **details)


def _accept(code: str) -> Act:
    return lambda world: accepted(world, code, "2026-11-21T12:00:00Z")


def _ask(**details: Any) -> Act:
    return lambda world: ask(world, **details)


def _answer(**named: str) -> Act:
    def done(world: World) -> None:
        world.enrol("office-xb", roles=(), kind="organisation", country="XB", ledger="b.example/x")
        received = {"fields": (), "from": "office-xb", "kind": "mla", "paper": DOCUMENT, "request": "r-1"}
        answered = {"answered_at": "2026-11-21T08:00:00Z", "outcome": "granted", "request": "r-1", **named}
        for type, details in (
            ("request.received", {**received, "received_at": "2026-11-21T08:00:00Z"}),
            ("request.answered", answered),
        ):
            world.append(world.sign(world.event(type, details, actor="registrar-1")))

    return done


def _frozen(ends_at: str) -> Act:
    freeze = {"ends_at": ends_at, "provider": "an exchange"}
    asset = {"account": "an account", "custody": "custodial", "freeze": freeze}
    return _register(nature="asset", kind="account", asset=asset, files={"a": b"a"})


def _whole_story(world: World) -> None:
    """Sealed with photos, compared, and copied: nothing of the five lines is left open."""
    seized(world, files={"a": b"a"})
    root = parse_entry(world.entries()[-1]).event.details.content.root  # type: ignore[attr-defined]
    world.act("exhibit.copied", CASE, EXHIBIT, {"copy": "evidentiary", "purpose": "p"}, actor="examiner-1")
    world.act("exhibit.sealed", CASE, EXHIBIT, {"photos": (DOCUMENT,), "seal": "S-1"}, actor="examiner-1")
    checked = {"bytes": 1, "checked": 1, "matching": 1, "root": root}
    world.annotate("exhibit.checked", world.about(CASE, EXHIBIT), checked, actor="examiner-1")


def _sm3(world: World) -> None:
    """A file of which SM3 was computed too; the digest is that of the bytes ``abc`` in the standard."""
    composed = world.registration(CASE, EXHIBIT, actor="examiner-1", files={"a": b"abc"}, second="examiner-2")
    details = composed.event.details
    (record,) = details.content.files  # type: ignore[attr-defined]
    digest = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    told = replace(record, digests=replace(record.digests, sm3=digest))
    changed = replace(details, content=replace(details.content, files=(told,)))  # type: ignore[attr-defined]
    raw = parse_entry(world.entries()[-1])
    world.extra = replace(raw, event=replace(composed.event, details=changed))  # type: ignore[attr-defined]


_ABROAD = {"obtained": "foreign-assistance"}
_APOSTILLE = {"document": DOCUMENT, "role": "apostille"}
_TRANSLATION = {"document": DOCUMENT, "of": HASH, "role": "translation"}
_PHOTOS = {"photos": (DOCUMENT,), "photos_before": (HASH,)}
_ALTERED = {"alteration": {"what": "clock", "why": "battery"}, "purpose": "p", "tool": "t", "version": "1"}
_ORIGIN = {
    "acquisition": {**TAKEN, "ended_at": "2026-11-01T00:00:00Z"}, "files": {"a": b"a"}, "place": "abroad",
    "seized_from": "a provider",
}  # fmt: skip
_CAPTURE = {
    "captured_at": "2026-11-01T00:00:00Z", "html": HASH, "image": HASH, "url": "an address",
}  # fmt: skip
_STATED = {
    "documents": (DOCUMENT,),
    "fields": tuple({"name": name, "value": "v"} for name in sorted(set(get_args(FieldName)) - set(STATED_APART))),
    "offences": ({"country": "XB", "text": "fraud"},),
    "respond_by": "2026-12-21T23:00:00Z",
}
"""All that a request can state, but a period."""

TABLE = {
    "backup-copy": Rule(_dispatch(), _dispatch(backup="B-1"), "no backup copy", "sent after it", "C5"),
    "competence": Rule(
        _act("exhibit.examined", **_ALTERED), _act("exhibit.examined", **_ALTERED, competence="course 7"),
        "by what competence", "qualification", "R4",
    ),
    "conditions-due": Rule(_accept("return"), _accept("confidentiality"), "still here", "keeping the term", "C15"),
    "decision": Rule(
        _answer(), _answer(decided_by="office-xb", forwarded_by="office-xb"), "doesn't say who", "a statement", "C24"
    ),
    "digests": Rule(_data(), _sm3, "have no SM3", "computing it", "C2"),
    "foreign-origin": Rule(
        _register(**_ABROAD), _register(**_ABROAD, **_ORIGIN), "without its source", "statement of the authority", "C8"
    ),
    "holder-or-witness": Rule(
        _register(), _register(attestations=(REFUSED, RECORDING)), "neither the holder nor", "a recording", "C2"
    ),
    "integrity": Rule(_data(), _whole_story, "no comparison", "a comparison now", "C6"),
    "device-state": Rule(
        _register(kind="phone"), _register(kind="phone", device_state={"isolation": ("faraday",), "power": "on"}),
        "whether the device was on", "who seized it", "R9",
    ),
    "freeze": Rule(
        _frozen("2026-11-21T12:00:00Z"), _frozen("2027-11-21T12:00:00Z"), "ended at 2026-11-21", "prolonged or lifted",
        "C17",
    ),
    "legalisation": Rule(
        _register(obtained="voluntary", data_country="XB", documents=(DOCUMENT,)),
        _register(obtained="voluntary", data_country="XB", legal_papers=(_APOSTILLE,)),
        "papers that legalise", "apostille", "C9",
    ),
    "online-capture": Rule(
        _register(obtained="online-capture"),
        _register(obtained="online-capture", source={"capture": _CAPTURE, "type": "web-capture"}),
        "captured online, without its URL", "a capture with all four", "R6",
    ),
    "preservation": Rule(
        _ask(until="2026-11-21T23:00:00Z"), _ask(until="2026-12-21T23:00:00Z"), "ended at 2026-11-21", "renewal", "C17"
    ),
    "protected": Rule(_data(unreadable=2), _data(), "2 files that could not be read", "reading them again", "C4"),
    "purpose": Rule(
        _act("custody.moved", place="Room 4"), _act("custody.moved", place="Room 4", reason="the lab"),
        "a move without a reason", "a statement of the reason", "R1",
    ),
    "reproducible": Rule(_data(), _data(acquisition=TAKEN), "how the data were taken", "tool, its version", "C7"),
    "request-fields": Rule(
        _ask(), _ask(**_STATED), "does not state: ",
        "completing the request", "C13",
    ),
    "seal-photos": Rule(
        _act("exhibit.sealed", seal="S-1"), _act("exhibit.sealed", **_PHOTOS, seal="S-1"), "no photo shows",
        "from all sides", "C21",
    ),
    "seal-travels": Rule(
        _dispatch(not_sealed="a server in use"), _dispatch(medium_place="Room 4", not_sealed="a server in use"),
        "where the unsealed medium is", "a statement of the place", "C5",
    ),
    "translation": Rule(
        _register(**_ABROAD, documents=(DOCUMENT,)), _register(**_ABROAD, legal_papers=(_TRANSLATION,)),
        "no translation", "a", "C9",
    ),
    "two-investigators": Rule(
        _register(second=None), _register(), "by one investigator", "the second investigator", "C1"
    ),
    "witness-eligible": Rule(
        _register(witness="witness-2"), _register(witness="witness-1"), "witness-2 is examiner", "another witness", "C3"
    ),
    "witness-identity": Rule(
        _register(attestations=(REFUSED, WITNESS)),
        _register(attestations=(REFUSED, {**WITNESS, "identity": IDENTITY})),
        "who the witness is", "identity document", "C3",
    ),
    "write-blocker": Rule(
        _data(acquisition={key: TAKEN[key] for key in ("method", "tool", "version")}), _data(acquisition=TAKEN),
        "no write blocker", "how writing was kept out", "R4",
    ),
}  # fmt: skip


def look(world: World, name: str) -> list[ProcedureFinding]:
    """Return what the one rule finds, as the Chinese profile words it; it is the only one with all of them."""
    whole = shipped_profile("cn")
    checks = tuple(check for check in whole.checks if check.rule == name)
    assert len(checks) == 1
    return found_by(world, replace(whole, checks=checks))


def found_by(world: World, profile: Profile) -> list[ProcedureFinding]:
    view: State = world.store.read().__enter__().view()
    procedure = Procedure(profile, view)
    for raw in world.entries():
        procedure.add(parse_entry(raw))
    if hasattr(world, "extra"):
        procedure.add(world.extra)
    procedure.finish(NOW)
    return [item for item in procedure.found if item.severity is Severity.DEFECT]


def test_every_rule_stands_in_the_table() -> None:
    """A check that is added without both its sides would be half tested."""
    assert set(TABLE) == set(RULES)


@pytest.mark.parametrize("name", TABLE)
def test_what_is_missing_is_said_with_its_rule_source_and_cure(world: World, name: str) -> None:
    """Who reads it knows what to do, by which law, and how well that law is known."""
    rule = TABLE[name]
    rule.missing(world)
    found = look(world, name)
    assert found
    for item in found:
        assert (item.rule, item.code, item.severity) == (name, f"procedure.{name}", Severity.DEFECT)
        assert item.subject
        assert item.what
        assert item.cure
        assert f"; can be cured by: {item.cure}; " in item.text
        assert f"(row {item.source.row})" in item.text
    assert any(rule.what in item.what and rule.cure in item.cure for item in found), [item.text for item in found]
    assert rule.row in {item.source.row for item in found}, {item.source.row for item in found}


@pytest.mark.parametrize("name", TABLE)
def test_what_is_there_is_not_missed(world: World, name: str) -> None:
    """The same act, with what was missing."""
    TABLE[name].cured(world)
    assert [item.text for item in look(world, name)] == []


@pytest.mark.parametrize("name", TABLE)
def test_a_rule_that_the_profile_does_not_name_does_not_run(world: World, name: str) -> None:
    """What a forum doesn't ask for isn't missing there."""
    TABLE[name].missing(world)
    whole = shipped_profile("cn")
    others = tuple(check for check in whole.checks if check.rule != name)
    assert name not in {item.rule for item in found_by(world, replace(whole, checks=others))}


@pytest.mark.parametrize("mark", ["T", "S", "M"])
def test_how_well_a_law_is_known_is_said_with_every_finding(world: World, mark: Any) -> None:
    """An unconfirmed row says so before anything else."""
    TABLE["two-investigators"].missing(world)
    (check,) = [item for item in shipped_profile("cn").checks if item.rule == "two-investigators"]
    changed = Check(rule=check.rule, source=replace(check.source, mark=mark))
    (found,) = found_by(world, replace(shipped_profile("cn"), checks=(changed,)))
    told = {"T": "; SPC", "S": ", by a secondary source (row", "M": "; unconfirmed, to be checked before it is relied"}
    assert told[mark] in found.text


def test_what_is_explained_is_a_note_and_cures_nothing_by_itself(world: World) -> None:
    """The twenty-second code: only a court cures."""
    TABLE["two-investigators"].missing(world)
    about = world.about(CASE, EXHIBIT, parse_entry(world.entries()[-1]).event.hash)
    assert look(world, "two-investigators")
    corrected = {"field": "description", "reason": "the second officer was at the door", "value": "phone"}
    world.annotate("record.corrected", about, corrected, actor="examiner-1")
    assert len(look(world, "two-investigators")) == 1
