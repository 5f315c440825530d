"""Each paper has what its law row asks for, field by field; nothing of a case or a seizure on record is left out."""

from __future__ import annotations

import re

import pytest

from custody.ledger.compose import Anchor
from custody.report.papers import china, exchange, fre, fre_generated, receipt, seizure
from custody.report.papers.page import format_paper
from custody.report.papers.paper import Paper
from schemas.entry import parse_entry
from tests.report.papers.test_papers import BASIS, CASE, read, row
from tests.world import World

PHONE = "EX-1"
FRONT, SEALED, SIGNED, APOSTILLE, LETTER = ("a1" * 32, "b2" * 32, "c3" * 32, "d4" * 32, "e5" * 32)
IDENTITY = {"contact": "+00 1", "number": "110101", "type": "identity-card"}
STATE = {
    "isolation": ("airplane-mode", "faraday"),
    "left": "standby",
    "locked": True,
    "note": "slow clock",
    "power": "on",
}
ATTESTED = (
    {"manner": "refused", "person": "suspect-1", "reason": "would not sign", "role": "suspect"},
    {
        "document": SIGNED, "eligible": True, "identity": IDENTITY, "manner": "paper", "person": "a passer-by",
        "role": "witness",
    },
)  # fmt: skip


def seized(country: str) -> World:
    """Return a ledger with a phone that was seized by the book, sealed, and legalised later."""
    made = World(country=country)
    made.init()
    for agent in ("examiner-1", "examiner-2"):
        made.enrol(agent)
    made.open_case(CASE)
    changed = {"legal_basis": "order of 2 March", "offences": ({"country": "XA", "text": "fraud"},), "reason": "r"}
    made.append(made.sign(made.event("case.changed", changed, actor="registrar-1", anchor=Anchor(case=CASE))))
    made.register(
        CASE, PHONE, actor="examiner-1", second="examiner-2", attestations=ATTESTED, device_state=STATE,
        identifiers="IMEI 35", legal_authority="warrant 12", place="Room 4", seized_from="suspect-1",
        legal_papers=({"document": LETTER, "of": FRONT, "role": "translation"},), documents=(LETTER, SIGNED),
    )  # fmt: skip
    registered = parse_entry(made.entries()[-1]).event.hash
    seal = {"package": "bag 12", "photos": (SEALED,), "photos_before": (FRONT,), "seal": "S-9"}
    made.act("exhibit.sealed", CASE, PHONE, seal, actor="examiner-1", second="examiner-2")
    paper = {"authority": "a court", "country": "XB", "document": APOSTILLE, "number": "7/26", "role": "apostille"}
    told = {"legal_papers": (paper,), "statement": "it came later"}
    made.annotate("record.explained", made.about(CASE, PHONE, registered), told, actor="examiner-1")
    return made


def papers(country: str = "XA") -> tuple[Paper, Paper, Paper]:
    verified, names = read(seized(country), names=((CASE, PHONE),)), [(CASE, PHONE)]
    made = china.cn_record(verified, names, BASIS), china.cn_list(verified, names, BASIS)
    return (*made, seizure.seizure_list(verified, names, BASIS))


def everything(paper: Paper) -> str:
    cells = [cell for table in paper.tables for line in table.rows for cell in line]
    return "\n".join([*(item.value for item in paper.rows), *cells])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_paper_of_a_seizure_says_on_what_law_the_case_stands(number: int) -> None:
    """The newest legal basis and offences of the case, and whose case it is."""
    paper = papers()[number]
    english = paper.english or paper
    assert row(english, "Case") == CASE
    assert row(english, "Legal basis of the case") == "order of 2 March"
    assert row(english, "Cause of the case") == "XA: fraud"
    assert row(english, "Authority of the case") != "not recorded"


@pytest.mark.parametrize("number", [0, 2])
def test_the_warrant_and_the_state_of_the_device_are_on_the_paper(number: int) -> None:
    """Rows C2 and R9."""
    paper = papers()[number]
    text = everything(paper.english or paper)
    for words in (
        "warrant 12",
        "found: on",
        "taken away: standby",
        "isolated by: airplane-mode, faraday",
        "slow clock",
    ):
        assert words in text


@pytest.mark.parametrize("number", [0, 1, 2])
def test_seals_stand_with_package_people_and_photos_of_both_sides(number: int) -> None:
    """Rows R9, C5 and C21."""
    paper = papers()[number]
    (table,) = [item for item in (paper.english or paper).tables if item.title.en == "Seals"]
    (line,) = table.rows
    assert line[1:4] == ("sealed", "S-9", "bag 12")
    assert "examiner-1" in line[5]
    assert "examiner-2" in line[5]
    assert line[6:] == (FRONT, SEALED)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_court_finds_the_witness_and_why_the_holder_did_not_sign(number: int) -> None:
    """Rows C2 and C3: reason of the refusal; name, document and contact of the witness."""
    paper = papers()[number]
    text = everything(paper.english or paper)
    assert "suspect-1: suspect, refused, would not sign" in text
    assert "a passer-by: witness, paper, identity-card 110101, +00 1, found eligible" in text
    assert SIGNED in text


@pytest.mark.parametrize("number", [0, 2])
def test_which_document_legalises_or_translates_what_is_on_the_paper(number: int) -> None:
    """Row C9: those that came with it and those that came later, each once."""
    paper = papers()[number]
    (table,) = [item for item in (paper.english or paper).tables if item.title.en == "Documents"]
    told = [line[1:4] for line in table.rows]
    assert told == [("translation", LETTER, FRONT), ("apostille", APOSTILLE, "-"), ("document", SIGNED, "-")]
    assert table.rows[1][4] == "a court; XB; 7/26"


def test_how_integrity_is_protected_is_named_in_the_words_of_the_provisions() -> None:
    """Row C4: the ways of article 5, as the record shows them."""
    record, _, _ = papers()
    assert row(record, "How integrity is protected") == "查封、扣押、封存"
    assert record.english is not None
    assert row(record.english, "How integrity is protected") == "sealed"


@pytest.mark.parametrize(
    ("freeze", "changes", "is_frozen"),
    [
        (True, [], True),
        (True, ["lifted"], False),
        (True, ["lifted", "placed"], True),
        (False, [], False),
        (False, ["placed"], True),
        (False, ["placed", "prolonged"], True),
    ],
)
def test_an_asset_is_protected_by_a_freeze_that_stands(freeze: bool, changes: list[str], is_frozen: bool) -> None:
    """Row C4: the newest record of a freeze counts, not that there was one when it was registered."""
    world = World(country="CN")
    world.init()
    world.enrol("examiner-1")
    world.open_case(CASE)
    asset = {"account": "an account", "custody": "custodial", **({"freeze": {"provider": "P"}} if freeze else {})}
    world.register(CASE, PHONE, actor="examiner-1", nature="asset", kind="account", asset=asset, files={"a": b"a"})
    for change in changes:
        end = {} if change == "lifted" else {"ends_at": "2027-03-01T00:00:00Z"}
        told = {"change": change, "decided_at": "2026-11-20T00:00:00Z", **end}
        world.annotate("asset.freeze-changed", world.about(CASE, PHONE), told, actor="examiner-1")
    paper = china.cn_record(read(world, names=((CASE, PHONE),)), [(CASE, PHONE)], BASIS)
    assert paper.english is not None
    assert ("frozen" in row(paper.english, "How integrity is protected")) is is_frozen


def test_a_chinese_ledger_prints_its_list_in_both_languages() -> None:
    """Each edition is whole, and no line mixes them."""
    _, _, listed = papers("CN")
    assert listed.language == "zh"
    assert listed.english is not None
    own, english = format_paper(listed).decode().split('<section lang="en">')
    assert "扣押物品、文件清单" in own
    assert re.search(r"[\u4e00-\u9fff]", english) is None
    for words in ("Seals", "isolated by", "found eligible", "translation"):
        assert words not in own
    assert own.count("<tr>") == english.count("<tr>")


def test_another_ledger_prints_it_in_english_alone() -> None:
    """A court asks who made a form with headings that it can't read."""
    _, _, listed = papers()
    assert listed.english is None
    assert format_paper(listed).decode().isascii()


def test_a_receipt_tells_on_what_ground_and_how_it_travelled() -> None:
    """Rows R3, C5, C10 and C15: purpose, consent with its number, terms in full, carrier, backup, why unsealed."""
    world = seized("XA")
    world.enrol("office-2", roles=(), kind="organisation", country="XB", ledger="b.example/x")
    world.enrol("ministry-1", roles=(), kind="organisation", country="XA")
    terms = (
        {"before": False, "code": "return", "due": "2027-03-01T00:00:00Z"},
        {"before": True, "code": "use-limited", "text": "for case 7 only"},
    )
    given = {
        "authority": "ministry-1", "conditions": terms, "documents": (SIGNED,), "issued_at": "2026-11-20T00:00:00Z",
        "manner": "paper", "number": "No. 7", "onward": "forbidden", "purpose": "trial", "recipient": "office-2",
        "valid_from": "2026-11-20T00:00:00Z", "valid_until": "2027-11-20T00:00:00Z",
    }  # fmt: skip
    world.annotate("consent.recorded", world.about(CASE, PHONE), given, actor="registrar-1")
    consent = parse_entry(world.entries()[-1]).event.hash
    met = {"conditions": ("use-limited",), "document": SIGNED}
    world.annotate("consent.conditions-met", world.about(CASE, PHONE, consent), met, actor="registrar-1")
    sent = {
        "backup": "B-1", "carrier": "courier 9", "conditions": terms, "consent": consent, "item": "original",
        "medium_place": "Room 4", "not_sealed": "too large", "onward": "forbidden", "purpose": "trial",
        "to": "office-2", "transfer": "ab" * 16, "waybill": "W-1",
    }  # fmt: skip
    world.act("transfer.dispatched", CASE, PHONE, sent, actor="examiner-1")
    paper = receipt.transfer_receipt(read(world, names=((CASE, PHONE),)), "ab" * 16, BASIS)
    assert row(paper, "Purpose") == "trial"
    assert row(paper, "Legal basis of the case") == "order of 2 March"
    assert row(paper, "Consent") == (
        "ministry-1 (name of ministry-1); on paper; No. 7; "
        "issued 2026-11-20 00:00:00 UTC; until 2027-11-20 00:00:00 UTC"
    )
    assert "return by 2027-03-01 00:00:00 UTC; use-limited, before it leaves: for case 7 only" in everything(paper)
    (table,) = [item for item in paper.tables if item.title.en == "How it travelled"]
    assert table.rows == (
        (f"{CASE}/{PHONE}", "original", "courier 9", "W-1", "too large", "Room 4", "B-1", "not recorded"),
    )
    assert paper.tables[0].rows[0][7].startswith("examiner-1")


def test_a_record_that_a_system_made_has_a_certificate_of_its_own() -> None:
    """Row A1: FRE 902(13) is about the process that made the record, 902(14) about a copy."""
    world = World()
    world.init()
    world.enrol("examiner-1")
    world.open_case(CASE)
    source = {"account": "account 7", "channel": "provider", "provider": "a provider", "type": "access-log"}
    taken = {"method": "provider", "tool": "log export", "version": "9"}
    world.register(
        CASE,
        PHONE,
        actor="examiner-1",
        files={"log.csv": b"a"},
        source=source,
        acquisition=taken,
        obtained="production",
    )
    verified = read(world, names=((CASE, PHONE),))
    paper = fre_generated.fre_902_13(verified, [(CASE, PHONE)], BASIS)
    assert row(paper, "System or process that made it") == "a provider; log export; 9"
    assert row(paper, "Kind of record") == "access-log"
    assert row(paper, "Check value").startswith("SHA-256 ")
    assert any("accurate result" in item.en for item in paper.statements)
    for made in (paper, fre.fre_902_14(verified, [(CASE, PHONE)], BASIS)):
        assert any("written notice" in item.en for item in made.statements)
        assert row(made, "Legal basis of the case") == "order 7"
        assert format_paper(made).decode().isascii()


def test_an_article_29_request_leaves_nothing_out_that_was_stated() -> None:
    """Row B1: what fits no letter of the article is on the page all the same, with the papers that go along."""
    world = seized("XA")
    world.enrol("office-2", roles=(), kind="organisation", country="XB", ledger="b.example/x")
    stated = ("authority", "confidentiality", "legal-basis")
    fields = tuple({"name": name, "value": f"the {name}"} for name in stated)
    asked = {"documents": (SIGNED,), "fields": fields, "kind": "preservation", "request": "p-1", "to": "office-2"}
    world.append(world.sign(world.event("request.drafted", asked, actor="registrar-1")))
    paper = exchange.art29_request(read(world, "p-1", names=()), "p-1", BASIS)
    assert row(paper, "Further statements") == "confidentiality: the confidentiality; legal-basis: the legal-basis"
    assert row(paper, "Documents that go along (SHA-256)") == SIGNED
