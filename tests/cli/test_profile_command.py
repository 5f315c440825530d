"""What is asked for by law can be read, with its source and how sure it is."""

import json
from hashlib import sha256
from pathlib import Path

from custody.cli.countries import COUNTRIES
from custody.cli.exits import Exit
from custody.transfer.law_files import PROFILES, memberships, shipped_profile
from tests.cli.machine import Machine
from tests.cli.script import Stage

SHIPPED = Path(__file__).parents[2] / "schemas" / "profiles"


def test_every_shipped_profile_can_be_read(stage: Stage) -> None:
    """No ledger is needed to ask what the law of a country wants; the digest names the very file."""
    for name in PROFILES:
        ran = stage.custody(f"profile {name}")
        assert ran.exit is Exit.DONE
        assert sha256((SHIPPED / f"{name}.json").read_bytes()).hexdigest() in ran.stdout
        assert ran.stdout.splitlines()[-1].endswith("none of this is legal advice")


def test_an_unconfirmed_row_is_never_shown_as_law(stage: Stage) -> None:
    """Each M row says so, before what it says."""
    lines = stage.custody("profile us").stdout.splitlines()
    assert any(line.startswith("  unconfirmed, to be checked before it is relied on:") for line in lines)


def test_the_country_of_the_ledger_chooses(stage: Stage) -> None:
    """France falls under a regulation of the EU and the convention: both are named, each with its source."""
    machine = Machine(stage)
    told = machine.json("profile")
    assert told["name"] == "eu-and-coe"
    assert [law.partition(":")[0] for law in told["laws"]] == ["eu", "coe"]
    assert all("by a secondary source (row " in law for law in told["laws"])
    shown = machine.do("profile").stdout
    assert "law coe: FR stands on the list of those bound by the Convention on Cybercrime" in shown
    assert "countries: " not in shown
    assert {"production: eu.epoc, 10 calendar days", "emergency: eu.epoc.emergency, 8 hours"} <= {
        row["name"] for row in told["rows"]
    }
    machine.fail("profile none", Exit.USAGE, "usage.profile")


def test_a_file_that_is_no_profile_is_refused(stage: Stage) -> None:
    """Exit 2: what was typed is wrong, and nothing was judged."""
    (stage.folder / "mine.json").write_text("{}")
    ran = stage.custody("profile mine.json")
    assert ran.exit is Exit.USAGE
    assert "[record.malformed]" in ran.stderr


def test_a_profile_for_a_country_that_no_list_has_is_refused(stage: Stage) -> None:
    """It would be applied to nobody, and nobody would know why."""
    shipped = (SHIPPED / "cn.json").read_bytes()
    assert b'"countries":["CN"]' in shipped
    (stage.folder / "mine.json").write_bytes(shipped.replace(b'"countries":["CN"]', b'"countries":["ZZ"]'))
    ran = stage.custody("profile mine.json")
    assert (ran.exit, "found ZZ [usage.country]" in ran.stderr) == (Exit.USAGE, True), ran


def test_what_is_shipped_speaks_of_countries_that_there_are() -> None:
    """The lists of who is bound by what are data like a user's own."""
    named = {country for name in PROFILES for country in shipped_profile(name).countries}
    named |= {country for one in memberships().instruments for members in one.members for country in members.countries}
    assert named - COUNTRIES == set()


def test_two_countries_are_told_their_law_and_why(stage: Stage) -> None:
    """Before anything is drafted: which law, how well known, and what is named without being applied."""
    assert "countries: AD, AL, AM" in stage.custody("profile coe").stdout
    told = stage.custody("profile --between GB SN").stdout
    assert "  coe: GB and SN both stand on the list of those bound by the Convention on Cybercrime" in told
    assert "unconfirmed, to be checked before it is relied on" in told
    assert "not in force, so it is not applied" in stage.custody("profile --between JP RS").stdout
    assert "both are members of: it says nothing of requests" in stage.custody("profile --between CN FR").stdout
    assert "a closer one is applied" in stage.custody("profile --between DE FR").stdout
    shown = json.loads(stage.custody("profile --between US DE --json").stdout)
    found = shown["between"]
    assert shown["name"] == "us"
    assert ([law["name"] for law in found["laws"] if law["applied"]], found["fallback"]) == (["us", "coe"], False)


def test_where_no_law_of_both_is_known_it_is_said_plainly(stage: Stage) -> None:
    """Standards are no law, and nobody must take them for one."""
    ran = stage.custody("profile --between FR CN --json")
    found = json.loads(ran.stdout)["between"]
    assert found["fallback"]
    assert "no law of FR and CN is known here; standards are applied, which bind nobody" in found["laws"][0]["text"]


def test_a_pair_is_two_countries_and_no_profile_beside_it(stage: Stage) -> None:
    """Exit 2, with what was expected."""
    for line, code in (
        ("profile --between FR", "usage.command"),
        ("profile --between FR ZZ", "usage.command"),
        ("profile cn --between FR CN", "usage.profile"),
    ):
        ran = stage.custody(line)
        assert (ran.exit, f"[{code}]" in ran.stderr) == (Exit.USAGE, True), ran
