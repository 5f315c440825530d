"""Public holidays come from a file of the user's own; where they are missing, and an end needs them, it is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custody.cli.exits import Exit
from schemas import canonical
from tests.cli.machine import Machine
from tests.cli.script import Stage

SOURCE = {"mark": "M", "row": "E1", "text": "holidays of France, made up for a test"}
ROW = {"country": "FR", "holidays": ["2026-12-01", "2026-12-02"], "source": SOURCE, "weekend": [6, 7]}


@pytest.fixture
def machine(stage: Stage) -> Machine:
    """A ledger in France that was asked from Germany on 21 November 2026: ten days end on 1 December."""
    made = Machine(stage)
    stage.patch.delenv("CUSTODY_TRUST")
    made.do("key new auth-1")
    made.do("agent enrol auth-1.enrol --role authority --as reg-1")
    made.do("agent enrol peer --kind organisation --country DE --as reg-1")
    (stage.folder / "order.pdf").write_bytes(b"order")
    made.do("request receive --paper order.pdf --from peer --reference 7 --id r-1 --kind production --as auth-1")
    return made


def write(stage: Stage, **more: Any) -> Path:
    path = stage.folder / "holidays.json"
    path.write_bytes(canonical.encode({"rest_days": [ROW], "schema": "custody-holidays/v1"} | more))
    return path


def due(machine: Machine, line: str) -> dict[str, Any]:
    (request,) = machine.json(line)["requests"]
    return next(clock for clock in request["clocks"] if clock["key"] == "eu.epoc")


def test_an_end_that_was_counted_without_holidays_says_so(machine: Machine) -> None:
    """Who relies on the last day must know that nobody looked whether offices are open."""
    assert due(machine, "request list --due")["note"] == (
        "counted without the public holidays of FR in 2026: none are known"
    )
    for command in ("request list --due", "request show r-1"):
        assert "counted without the public holidays of FR in 2026" in machine.do(command).stdout


def test_a_list_of_holidays_moves_the_end_and_silences_the_note(machine: Machine, stage: Stage) -> None:
    """By option or by the environment, for a list as for a daily job."""
    plain = due(machine, "request list --due")["due"]
    write(stage)
    found = due(machine, "request list --due --holidays holidays.json")
    assert (plain, found["due"]) == ("2026-12-02T00:00:00Z", "2026-12-04T00:00:00Z")
    assert "note" not in found
    stage.patch.setenv("CUSTODY_HOLIDAYS", str(stage.folder / "holidays.json"))
    assert due(machine, "request list --due")["due"] == found["due"]
    assert "counted without" not in machine.do("request show r-1").stdout
    assert "counted without" not in machine.do("status").stdout


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"rest_days": []}, "record.malformed"),
        ({"rest_days": [ROW, ROW]}, "record.malformed"),
        ({"rest_days": [ROW | {"holidays": ["2026-12-02", "2026-12-01"]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"holidays": ["2026-02-30"]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"holidays": ["25 December"]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"worked": ["2026-12-12", "2026-12-05"]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"worked": ["2026-02-30"]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"worked": ROW["holidays"]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"weekend": [0, 7]}]}, "record.malformed"),
        ({"rest_days": [ROW | {"weekend": [1, 2, 3, 4, 5, 6, 7]}]}, "record.malformed"),
        ({"rest_days": [{name: ROW[name] for name in ROW if name != "source"}]}, "record.malformed"),
        ({"rest_days": [ROW | {"name": "France"}]}, "record.malformed"),
        ({"schema": "custody-holidays/v2"}, "record.version"),
        ({"schema": "custody-profile/v1"}, "record.malformed"),
    ],
)
def test_a_list_that_is_wrong_is_refused(machine: Machine, stage: Stage, more: dict[str, Any], code: str) -> None:
    """A list that is half read would give a date that looks counted."""
    write(stage, **more)
    ran = stage.custody("request list --due --holidays holidays.json")
    assert f"[{code}]" in ran.stderr, ran
    assert ran.exit is (Exit.INDETERMINATE if code == "record.version" else Exit.USAGE)
    assert ran.stdout == ""


def test_a_country_that_no_list_has_is_refused(machine: Machine, stage: Stage) -> None:
    """`UK` for `GB`: its holidays would never count, and every date would look as if they had."""
    for country in ("UK", "ZZ"):
        write(stage, rest_days=[ROW, ROW | {"country": country}])
        ran = machine.fail("request list --due --holidays holidays.json", Exit.USAGE, "usage.country")
        assert f"holidays.json: expected countries by their two letters (ISO 3166-1), found {country}" in ran.stderr


def test_a_list_is_taken_as_people_write_it(machine: Machine, stage: Stage) -> None:
    """Every editor ends the last line, and who has never typed a command can't be asked for one spelling."""
    path = write(stage)
    found = due(machine, "request list --due --holidays holidays.json")["due"]
    plain = path.read_text()
    turned = dict(reversed(json.loads(plain).items()))
    for text in (plain + "\n", "\ufeff" + plain, json.dumps(json.loads(plain), indent=1), json.dumps(turned)):
        path.write_text(text, "utf-8")
        assert due(machine, "request list --due --holidays holidays.json")["due"] == found


def test_a_name_that_stands_twice_and_no_file_are_refused(machine: Machine, stage: Stage) -> None:
    """Of two lists nobody knows which was meant."""
    path = write(stage)
    path.write_text('{"rest_days":[],' + path.read_text()[1:])
    assert machine.stage.custody("request list --holidays holidays.json").exit is Exit.USAGE
    path.write_bytes(b"\xff\x00")
    machine.fail("status --holidays holidays.json", Exit.USAGE, "record.malformed")
    assert stage.custody("request list --holidays nowhere.json").exit is not Exit.DONE
