"""Papers say what the records say and what is withheld, and carry their hashes; nothing in them runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, get_args, get_type_hints

import pytest

from custody.report.papers import assistance, china, exchange, foreign_record, fre, fre_generated, seizure
from custody.report.papers.chinese import TERMS
from custody.report.papers.page import format_paper
from custody.report.papers.paper import Label, Paper, Reader, Row
from custody.report.papers.reading import check_sound, read_ledger
from custody.verify.verify import Verified
from schemas.details.exhibit import Attestation, Kind, Nature, Obtained
from schemas.entry import parse_entry
from schemas.errors import RefusedError, UsageError
from schemas.profile import PAPERS
from schemas.report import Finding, Severity
from tests.report.test_html_report import Page
from tests.world import World

CASE, DISK = "2026-0417", "EX-1"
DOCUMENT = "cd" * 32
BASIS = (Row(Label("Ledger"), "evidence.police.example/main"),)
TAKEN = {"arguments": "-x", "method": "physical", "tool": "imager", "version": "2.1", "write_blocker": "bridge"}
Maker = Callable[[Verified, Sequence[tuple[str, str]], tuple[Row, ...]], Paper]
OF_EXHIBITS: tuple[Maker, ...] = (
    china.cn_record, china.cn_list, fre.fre_902_14, fre_generated.fre_902_13, seizure.seizure_list,
    foreign_record.usc_1746, foreign_record.usc_3505,
)  # fmt: skip


@pytest.fixture
def world() -> World:
    made = World()
    made.init()
    for agent in ("examiner-1", "examiner-2"):
        made.enrol(agent)
    made.enrol("witness-1", roles=("viewer",))
    made.enrol("office-2", roles=(), kind="organisation", country="XA", ledger="b.example/x")
    made.open_case(CASE)
    made.register(
        CASE,
        DISK,
        actor="examiner-1",
        second="examiner-2",
        witness="witness-1",
        files={"disk.img": b"bytes of a disk"},
        seized_from="suspect-1",
        place="Room 4",
        legal_authority="order 12",
        acquisition=TAKEN,
        attestations=(
            {"manner": "refused", "person": "suspect-1", "reason": "would not sign", "role": "suspect"},
            {"document": DOCUMENT, "manner": "recording", "person": "camera 2", "role": "other"},
        ),
    )
    return made


def read(world: World, *requests: str, names: Any = ((CASE, DISK),), extra: Any = ()) -> Verified:
    with world.store.read() as reader:
        return read_ledger(reader, world.store.disclosures, names, requests, extra, at="2026-12-01T00:00:00Z")


def page(paper: Paper) -> Page:
    return Page(format_paper(paper))


def row(paper: Paper, label: str) -> str:
    return next(item.value for item in paper.rows if item.label.en == label)


def test_the_chinese_record_has_all_that_article_14_names(world: World) -> None:
    """Row C2: cause, object, content, time, place, method, process; investigators, holder or witness, check value."""
    paper = china.cn_record(read(world), [(CASE, DISK)], BASIS)
    assert [item.label.own for item in paper.rows][:7] == ["案由", "对象", "内容", "时间", "地点", "方法", "过程"]
    assert "Room 4" in row(paper, "Place")
    assert "examiner-1 (name of examiner-1); examiner-2 (name of examiner-2)" in row(paper, "Investigators")
    assert paper.english is not None
    assert "suspect-1: suspect, refused, would not sign" in row(paper.english, "Holder or provider")
    assert "suspect-1: 犯罪嫌疑人, 拒绝签名, would not sign" in row(paper, "Holder or provider")
    assert "witness-1" in row(paper, "Witnesses")
    assert DOCUMENT in row(paper, "Recordings and documents (SHA-256)")
    assert "imager" in row(paper, "Method")
    (table,) = paper.tables
    assert table.rows[0][1:4] == ("disk.img", "文件, img", "15")
    assert paper.english.tables[0].rows[0][1:4] == ("disk.img", "file, img", "15")
    assert table.rows[0][4].startswith("SHA-256 ")
    assert page(paper).text.index("电子数据提取笔录") < page(paper).text.index(
        "Record of the collection of electronic data"
    )


def test_the_chinese_record_says_whether_the_data_have_a_signature_of_their_own(world: World) -> None:
    """Row C7: a court asks after it; what an examination found last counts, and with which tool it was found."""
    label = "Digital signature or certificate of the data"
    assert row(china.cn_record(read(world), [(CASE, DISK)], BASIS), label) == "未记录"
    for found in ("not-found", "valid"):
        details = {"digital_signature": found, "purpose": "p", "tool": "verifier", "version": "3.0"}
        world.act("exhibit.examined", CASE, DISK, details, actor="examiner-1")
    paper = china.cn_record(read(world), [(CASE, DISK)], BASIS)
    assert row(paper, label).startswith("验证通过; verifier; 3.0; ")
    assert paper.english is not None
    assert row(paper.english, label).startswith("valid; verifier; 3.0; ")


def test_the_chinese_list_has_a_row_for_each_file(world: World) -> None:
    """Name, category, format and check value: row C2."""
    world.register(CASE, "EX-2", actor="examiner-1", files={"a.csv": b"a", "b": b"b"})
    paper = china.cn_list(read(world, names=((CASE, DISK), (CASE, "EX-2"))), [(CASE, DISK), (CASE, "EX-2")], BASIS)
    kinds = [["file, img"], ["file, csv", "file, -"]]
    assert paper.english is not None
    listed = [table for table in paper.english.tables if table.title.en.startswith("Files")]
    assert [[cells[2] for cells in table.rows] for table in listed] == kinds


def test_the_certificate_compares_copy_and_original(world: World) -> None:
    """Row A1: person, process, algorithm, digest of original and of copy, result."""
    made = world.act(
        "exhibit.copied", CASE, DISK, {"copy": "evidentiary", "purpose": "court", "tool": "imager", "version": "2.1"},
        actor="examiner-1",
    )  # fmt: skip
    parent = ({"case": CASE, "event": made.event_hash, "exhibit": DISK},)
    for number, content in (("EX-2", b"bytes of a disk"), ("EX-3", b"other bytes")):
        world.register(
            CASE, number, actor="examiner-1", files={"copy.img": content}, derived_from=parent, obtained="derived"
        )
    paper = fre.fre_902_14(read(world, names=((CASE, "EX-2"),)), [(CASE, "EX-2")], BASIS)
    assert row(paper, "Result") == "identical"
    assert row(paper, "Digest of the original") == row(paper, "Digest of the copy")
    assert row(paper, "Algorithm").startswith("SHA-256")
    assert row(paper, "Process") == "imager; 2.1"
    assert row(paper, "Qualification") == "to be stated by the person who signs"
    other = fre.fre_902_14(read(world, names=((CASE, "EX-3"),)), [(CASE, "EX-3")], BASIS)
    assert row(other, "Result") == "NOT identical"


def test_a_thing_has_no_digest_to_certify(world: World) -> None:
    """A certificate about nothing would be the worst of papers."""
    world.register(CASE, "EX-2", actor="examiner-1")
    with pytest.raises(UsageError, match=r"print\.subject"):
        fre.fre_902_14(read(world, names=((CASE, "EX-2"),)), [(CASE, "EX-2")], BASIS)


def logs(world: World, **details: Any) -> Verified:
    source = {
        "period_from": "2026-06-01T00:00:00Z", "period_to": "2026-06-30T00:00:00Z", "provider": "provider-1",
        "type": "log",
    }  # fmt: skip
    world.register(CASE, "EX-2", actor="examiner-1", files={"a.log": b"a"}, source=source, **details)
    return read(world, names=((CASE, "EX-2"),))


def test_a_foreign_record_is_certified_by_four_statements_and_a_penalty(world: World) -> None:
    """Row A2: near the time and by knowledge, kept in regular course, regular practice, duplicate; penalty there."""
    paper = foreign_record.usc_3505(logs(world, data_country="XB"), [(CASE, "EX-2")], BASIS)
    told = [item.en for item in paper.statements]
    assert [item[:3] for item in told if item.startswith("(")] == ["(1)", "(2)", "(3)", "(4)"]
    wanted = ("at or near the time", "regularly conducted", "regular practice", "duplicate")
    assert all(words in item for item, words in zip(told[1:5], wanted, strict=True))
    assert "penalty under the laws of that country" in told[5]
    assert "United States of America" not in " ".join(told)
    assert row(paper, "Kept by") == "provider-1"
    assert row(paper, "Period that it covers") == "2026-06-01 00:00:00 UTC to 2026-06-30 00:00:00 UTC"
    assert row(paper, "Country where it was kept") == "XB"
    assert paper.warnings == ()


def test_a_declaration_made_abroad_names_the_perjury_of_the_united_states(world: World) -> None:
    """Row A3: the variant for a person who signs abroad; the four statements are the same."""
    verified = logs(world, data_country="XB")
    one, other = (make(verified, [(CASE, "EX-2")], BASIS) for make in OF_EXHIBITS[-2:])
    assert one.statements[:5] == other.statements[:5]
    assert "under penalty of perjury under the laws of the United States of America" in one.statements[5].en
    assert "outside the United States" in one.statements[5].en


def test_a_form_for_records_kept_abroad_says_so_where_they_were_not(world: World) -> None:
    """A domestic record on a foreign form would be thrown out, and somebody should notice before the hearing."""
    (told,) = foreign_record.usc_3505(logs(world, data_country="US"), [(CASE, "EX-2")], BASIS).warnings
    warning = told.en
    assert "kept in the United States" in warning
    world.register(CASE, "EX-3", actor="examiner-1")
    with pytest.raises(UsageError, match=r"print\.subject"):
        foreign_record.usc_1746(read(world, names=((CASE, "EX-3"),)), [(CASE, "EX-3")], BASIS)


def test_the_seizure_list_shows_seal_and_check_value(world: World) -> None:
    """The paper that everybody needs."""
    world.register(CASE, "EX-2", actor="examiner-1", seized_from="suspect-1")
    world.act("exhibit.sealed", CASE, "EX-2", {"seal": "S-9"}, actor="examiner-1")
    names = [(CASE, DISK), (CASE, "EX-2")]
    paper = seizure.seizure_list(read(world, names=names), names, BASIS)
    table, *_ = paper.tables
    assert [cells[0] for cells in table.rows] == [f"{CASE}/{DISK}", f"{CASE}/EX-2"]
    assert table.rows[1][8:] == ("S-9", "not recorded", "none: a thing has no check value")
    assert row(paper, "Legal authority") == "order 12; not recorded"


def ask(world: World, **details: Any) -> None:
    fields = tuple({"name": name, "value": f"the {name}"} for name in sorted(details.pop("stated")))
    base = {"fields": fields, "kind": "preservation", "request": "p-1", "to": "office-2"}
    world.append(world.sign(world.event("request.drafted", {**base, **details}, actor="registrar-1")))


def test_the_article_29_request_follows_its_letters(world: World) -> None:
    """Row B1: (a) to (f), in this order, and what is missing says so."""
    ask(world, stated=("authority", "facts", "data", "mla-intent"), offences=({"country": "XA", "text": "fraud"},))
    paper = exchange.art29_request(read(world, "p-1", names=()), "p-1", BASIS)
    letters = [item for item in paper.rows if item.label.en.startswith("(")]
    assert [item.label.en[:3] for item in letters] == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)"]
    assert letters[1].value == "facts: the facts; XA: fraud"
    assert letters[3].value == "not recorded"
    assert row(paper, "Sent").startswith("not sent")
    with pytest.raises(UsageError, match=r"print\.subject"):
        exchange.art29_request(read(world, "p-1", names=()), "p-9", BASIS)


def test_a_preservation_is_asked_for_until_the_date_to_which_it_was_prolonged(world: World) -> None:
    """The paper goes to those who are to keep the data: a date that was named after the draft counts as well."""
    ask(world, stated=("authority",))
    wanted = "Preservation asked for until"
    assert row(exchange.art29_request(read(world, "p-1", names=()), "p-1", BASIS), wanted) == "not recorded"
    sent = {"channel": "24-7", "request": "p-1", "sent_at": "2026-11-21T20:23:00Z"}
    world.append(world.sign(world.event("request.sent", sent, actor="registrar-1")))
    longer = {"request": "p-1", "until": "2027-05-01T23:59:59Z"}
    world.append(world.sign(world.event("request.extended", longer, actor="registrar-1")))
    made = read(world, "p-1", names=())
    assert row(exchange.art29_request(made, "p-1", BASIS), wanted) == "2027-05-01 23:59:59 UTC"
    assert row(assistance.assistance_request(made, "p-1", BASIS), wanted) == "2027-05-01 23:59:59 UTC"


def test_only_a_preservation_makes_an_article_29_request(world: World) -> None:
    """Article 31 is another form."""
    ask(world, stated=("authority",), kind="mla")
    with pytest.raises(UsageError, match="expected a preservation"):
        exchange.art29_request(read(world, "p-1", names=()), "p-1", BASIS)


@pytest.mark.parametrize("own", ["erased by order", "Withheld from the reader of these records", "已依命令删除"])
def test_a_recorded_text_that_says_it_was_erased_stands_in_quotes(world: World, own: str) -> None:
    """Whoever reads the paper would take what an examiner typed for what a court ordered."""
    reader = Reader(read(world), "en")
    assert reader.value(own) == f'"{own}"'
    assert reader.value("order 12") == "order 12"


@pytest.mark.parametrize("make", OF_EXHIBITS)
def test_what_is_withheld_is_said_to_be_withheld(world: World, make: Maker) -> None:
    """A blank would look as if nothing had been recorded."""
    verified = read(world)
    hidden = replace(verified, values=replace(verified.values, disclosed={}))
    text = page(make(hidden, [(CASE, DISK)], BASIS)).text
    assert "withheld from the reader of these records" in text
    assert "Room 4" not in text
    assert "suspect-1" not in text


@pytest.mark.parametrize("make", OF_EXHIBITS)
def test_the_record_hashes_are_on_the_page(world: World, make: Maker) -> None:
    """A paper is found again in the ledger by its records, and in no other way."""
    found = page(make(read(world), [(CASE, DISK)], BASIS))
    last = parse_entry(world.entries()[-1])
    assert last.event.hash in found.text
    assert last.leaf.hex() in found.text
    assert found.open == []


@pytest.mark.parametrize("make", OF_EXHIBITS)
def test_nothing_on_a_page_runs_or_is_fetched(world: World, make: Maker) -> None:
    """Names of evidence attack whoever reads them."""
    world.register(
        CASE, "EX-2", actor="examiner-1", files={"<script>x</script>.js": b"x"}, place='"><img src=//evil>',
        description="a\u202eb <b>bold</b>",
    )  # fmt: skip
    found = page(make(read(world, names=((CASE, "EX-2"),)), [(CASE, "EX-2")], BASIS))
    assert {"script", "img", "b", "a", "link", "iframe"}.isdisjoint(name for name, _ in found.elements)
    assert not [value for _, attrs in found.elements for value in attrs.values() if value.startswith(("http", "//"))]
    assert "\u202e" not in found.text


def test_what_is_provably_wrong_makes_no_paper(world: World) -> None:
    """A well-printed page about a forged record would be a forgery of its own."""
    verified = read(world)
    check_sound(verified)
    finding = Finding(code="rule.holder", severity=Severity.FAILED, step=7, subject="entry 9", text="x")
    from msgspec.structs import replace as with_

    wrong = replace(verified, report=with_(verified.report, findings=(finding,)))
    with pytest.raises(RefusedError, match=r"print\.failed"):
        check_sound(wrong)
    unlawful = replace(verified, report=with_(verified.report, findings=(with_(finding, step=11),)))
    check_sound(unlawful)


def test_every_paper_that_a_profile_may_name_is_made() -> None:
    """A profile must not promise a paper that nobody prints."""
    made = {"cn-list", "cn-record", "fre-902-13", "fre-902-14", "seizure-list", "art29-request", "transfer-receipt"}
    assert set(PAPERS) == made | {"assistance-request", "usc-1746", "usc-3505"}


def test_an_exhibit_that_is_not_there_makes_no_paper(world: World) -> None:
    """Nothing is printed about nothing."""
    for make in OF_EXHIBITS:
        with pytest.raises(UsageError, match=r"print\.subject"):
            make(read(world), [(CASE, "EX-9")], BASIS)


def test_a_form_speaks_its_own_language_and_english_and_no_third(world: World) -> None:
    """An American court that finds Chinese headings on its form asks who made it; a missing name is no name."""
    certificate = format_paper(fre.fre_902_14(read(world), [(CASE, DISK)], BASIS)).decode()
    assert "Category and format" in certificate
    assert certificate.isascii()
    assert "(not recorded)" not in certificate
    assert "文件清单" in format_paper(china.cn_record(read(world), [(CASE, DISK)], BASIS)).decode()


def test_both_languages_of_a_form_are_complete_and_no_line_mixes_them(world: World) -> None:
    """A Chinese clerk and a foreign judge each read a whole form; what somebody typed stays as it was typed."""
    paper = china.cn_record(read(world), [(CASE, DISK)], BASIS)
    assert paper.english is not None
    assert [item.label for item in paper.rows] == [item.label for item in paper.english.rows]
    labels = (*(item.label for item in paper.rows), *paper.signatures, paper.title)
    assert all(label.own for label in labels)
    html = format_paper(paper).decode()
    own, english = html.split('<section lang="en">')
    assert re.search(r"[\u4e00-\u9fff]", english) is None
    for words in ("Signatures", "Records that this page was made from", "Investigators", "not recorded", "seizure"):
        assert words not in own
    assert own.count("<tr>") == english.count("<tr>")


def test_every_closed_word_of_the_chinese_form_has_a_chinese_one() -> None:
    """A kind that is added later would stand there in English."""
    of_attestations = {get_args(get_type_hints(Attestation)[name]) for name in ("manner", "role")}
    words = {
        word for group in (*of_attestations, get_args(Kind), get_args(Nature), get_args(Obtained)) for word in group
    }
    assert words - TERMS.keys() == set()
    assert len(set(TERMS.values())) == len(TERMS), "two words of records that read alike can't be told apart"


def test_the_chinese_form_names_who_signs_as_the_provisions_do(world: World) -> None:
    """Law row C2, art. 14: a clerk looks for these very words, and for what the record and the list state."""
    record = format_paper(china.cn_record(read(world), [(CASE, DISK)], BASIS)).decode()
    listed = format_paper(china.cn_list(read(world), [(CASE, DISK)], BASIS)).decode()
    for words in ("侦查人员", "电子数据持有人（提供人）", "见证人", "类别、文件格式", "完整性校验值"):
        assert words in record
        assert words in listed
    for words in ("案由", "对象", "内容", "时间", "地点", "方法", "过程"):
        assert words in record
    assert "电子数据清单" in listed
