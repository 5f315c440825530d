"""What courts look for on a paper: the hour of the place, orders of freezing, a declaration, the receiver's case."""

from __future__ import annotations

import re
from typing import Any

import pytest

from custody.report.papers import china, exchange, fre, fre_generated, receipt, seizure
from custody.report.papers.page import format_paper
from custody.report.papers.paper import Paper, Reader, Table
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import parse_entry
from tests.report.papers.test_papers import BASIS, CASE, DISK, read, row
from tests.report.papers.test_receipt import TRANSFER, accept
from tests.world import World

FREEZE = {
    "approved_by": "chief 1", "ends_at": "2027-01-31T00:00:00Z", "frozen_at": "2026-11-01T00:00:00Z",
    "order": "order 7", "provider": "an exchange",
}  # fmt: skip
ASSET = {
    "account": "bip122:000000000019d6689c085ae165831e93:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "amount": "0.5",
    "custody": "custodial", "freeze": FREEZE,
}  # fmt: skip


def ledger_of(country: str = "CN") -> World:
    made = World(country=country)
    made.init()
    made.enrol("examiner-1")
    made.enrol("office-2", roles=(), kind="organisation", country="XB", ledger="b.example/x")
    made.open_case(CASE)
    return made


def table(paper: Paper, title: str) -> Table:
    return next(item for item in (paper.english or paper).tables if item.title.en == title)


def with_asset() -> World:
    made = ledger_of()
    made.register(CASE, DISK, actor="examiner-1", nature="asset", kind="account", asset=ASSET, files={"a": b"a"})
    later: tuple[dict[str, Any], ...] = (
        {"approved_by": "court 2", "change": "prolonged", "ends_at": "2027-06-30T00:00:00Z", "order": "order 9"},
        {"change": "lifted", "notified_at": "2026-11-23T00:00:00Z"},
    )
    for told in later:
        details = {"decided_at": "2026-11-21T00:00:00Z", **told}
        made.annotate("asset.freeze-changed", made.about(CASE, DISK), details, actor="examiner-1")
    return made


@pytest.mark.parametrize("make", [seizure.seizure_list, china.cn_list, china.cn_record])
def test_every_freeze_of_an_asset_stands_with_its_order_and_who_approved_it(make: Any) -> None:
    """Rows C17 and C18: placed, prolonged, lifted, and when the provider was told."""
    paper = make(read(with_asset()), [(CASE, DISK)], BASIS)
    placed, prolonged, lifted = (line[1:] for line in table(paper, "Freezing").rows)
    assert placed == (
        "frozen", "an exchange", "2026-11-01 00:00:00 UTC", "2027-01-31 00:00:00 UTC", "order 7", "chief 1", "-",
    )  # fmt: skip
    assert prolonged[:1] + prolonged[2:6] == (
        "prolonged", "2026-11-21 00:00:00 UTC", "2027-06-30 00:00:00 UTC", "order 9", "court 2",
    )  # fmt: skip
    assert (lifted[0], lifted[3], lifted[6]) == ("lifted", "-", "2026-11-23 00:00:00 UTC")
    (asset,) = table(paper, "Digital assets").rows
    assert asset[1:4] == (ASSET["account"], "0.5", "custodial")


def test_what_is_no_asset_has_no_table_of_assets() -> None:
    """An empty table asks for an answer that nobody owes."""
    made = ledger_of()
    made.register(CASE, DISK, actor="examiner-1", files={"a": b"a"})
    titles = [item.title.en for item in seizure.seizure_list(read(made), [(CASE, DISK)], BASIS).tables]
    assert not {"Digital assets", "Freezing"} & set(titles)


def test_a_time_is_that_of_the_place_and_utc_beside_it() -> None:
    """A search at four in the morning in Shanghai reads as one of the day before in UTC."""
    made = ledger_of()
    made.register(CASE, DISK, actor="examiner-1", files={"a": b"a"})
    entry = parse_entry(made.entries()[-1])
    assert (entry.event.event.utc_offset, entry.event.event.occurred_at) == ("+08:00", "2026-11-21T08:04:00Z")
    assert Reader(read(made), "en").when(entry) == "2026-11-21 16:04:00 (+08:00); 2026-11-21 08:04:00 UTC"


@pytest.mark.parametrize(("country", "words"), [("US", "1746(2)"), ("CN", "1746(1)")])
def test_a_certification_is_declared_under_penalty_of_perjury(country: str, words: str) -> None:
    """Row A3: rule 902(11) wants a certification that a statute knows; which words follows from where it is signed."""
    made = ledger_of(country)
    made.register(CASE, DISK, actor="examiner-1", files={"a.log": b"a"})
    for paper in (make(read(made), [(CASE, DISK)], BASIS) for make in (fre.fre_902_14, fre_generated.fre_902_13)):
        (told,) = [item.en for item in paper.statements if "penalty of perjury" in item.en]
        assert words in told
        assert ("laws of the United States" in told) is (country != "US")


@pytest.mark.parametrize(("match", "words"), [(True, "identical to what was read"), (False, "NOT what was read")])
def test_digests_that_an_image_holds_are_compared_on_the_certificate(match: bool, words: str) -> None:
    """Row A1: what the acquisition wrote into the image is the digest of the original that there is."""
    medium = {"digests": {"blake3": "22" * 32, "md5": "11" * 16, "sha256": "33" * 32}, "size": 9}
    stored = {"algorithm": "md5", "match": match, "value": ("11" if match else "44") * 16}
    image = {
        "container": "ewf-e01", "medium": medium, "readers": ({"name": "libewf", "version": "1"},),
        "segments": {"count": 1, "order": ("55" * 32,)}, "stored": (stored,), "damage": ("stored-hash",),
    }  # fmt: skip
    if match:
        del image["damage"]
    made = ledger_of("US")
    made.register(CASE, DISK, actor="examiner-1", files={"a.E01": b"a"}, kind="image", image=image)
    paper = fre.fre_902_14(read(made), [(CASE, DISK)], BASIS)
    assert row(paper, "Digest of the medium in the image") == f"SHA-256 {'33' * 32}"
    assert row(paper, "Digests that the acquisition stored") == f"MD5 {stored['value']}: {words}"


def test_who_received_it_finds_his_own_case_on_the_receipt() -> None:
    """Row R3: the receipt that is signed is the receiver's, and it says whose evidence it was and what it is for."""
    made = ledger_of("DE")
    accept(made, item="original")
    assert isinstance(parse_entry(made.entries()[-1]).event.details, ExhibitRegistered)
    paper = receipt.transfer_receipt(read(made, names=((CASE, "EX-9"),)), TRANSFER, BASIS)
    assert row(paper, "Case") == CASE
    assert row(paper, "Legal basis of the case") == "order 7"
    assert row(paper, "Ledger that sent it") == "b.example/x"
    assert row(paper, "Item") == "original"
    assert row(paper, "Request that it answers") == "not recorded"


def test_a_letter_of_article_29_says_its_value_once() -> None:
    """Row B1: the name of the field is the name of the letter already; what stands beside it is named."""
    made = ledger_of()
    fields = tuple({"name": name, "value": f"the {name}"} for name in ("authority", "contact"))
    asked = {"fields": fields, "kind": "preservation", "request": "p-1", "to": "office-2"}
    made.append(made.sign(made.event("request.drafted", asked, actor="registrar-1")))
    paper = exchange.art29_request(read(made, "p-1", names=()), "p-1", BASIS)
    assert row(paper, "(a) Authority that asks for preservation") == "the authority; contact: the contact"


def test_a_wide_list_lies_across_the_page_and_each_language_begins_on_its_own() -> None:
    """Eleven columns upright break every number into letters."""
    made = ledger_of()
    made.register(CASE, DISK, actor="examiner-1", files={"a": b"a"})
    verified = read(made)
    wide = format_paper(seizure.seizure_list(verified, [(CASE, DISK)], BASIS)).decode()
    upright = format_paper(china.cn_record(verified, [(CASE, DISK)], BASIS)).decode()
    assert '<body class="wide">' in wide
    assert "<body>" in upright
    for page in (wide, upright):
        assert re.search(r"section\[lang\] \+ section\[lang\] \{ break-before: page; \}", page)


def test_the_same_records_make_the_same_bytes() -> None:
    """Whoever prints it twice can compare the pages."""
    made = with_asset()
    first, second = (format_paper(china.cn_list(read(made), [(CASE, DISK)], BASIS)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("make", [seizure.seizure_list, china.cn_record, fre.fre_902_14])
def test_long_and_foreign_values_are_whole_and_cannot_leave_their_cell(make: Any) -> None:
    """Markup, text from right to left, and values of thousands of characters are on the page as what they are."""
    made = ledger_of()
    long, arabic = "九" * 4000, "مكتب \u202e</td><td>x"
    made.register(CASE, DISK, actor="examiner-1", files={"a": b"a"}, description=long, place=arabic, seized_from=arabic)
    page = format_paper(make(read(made), [(CASE, DISK)], BASIS)).decode()
    assert long in page
    assert "\u202e" not in page
    assert "</td><td>x" not in page
    assert page.count("<bdi>") == page.count("</bdi>")
