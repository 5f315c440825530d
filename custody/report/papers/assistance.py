"""A request for assistance of any kind, with its answers: as it goes to the other side, or to a judge here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from custody.report.papers.exchange import story_of
from custody.report.papers.paper import Label, Paper, Reader, Row, Table, proof_of
from custody.report.papers.receipt import terms_text
from custody.report.papers.request_words import GROUNDS, KINDS, ORDER, OUTCOMES, THREE
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.transfer.forum import forums_now
from custody.transfer.law_files import request_fields
from custody.transfer.requests import RequestStory
from custody.verify.verify import Verified
from schemas.details.consent import Grant
from schemas.details.request import Answer, DualCriminality, Period, RequestAnswered, RequestBody, RequestReceived
from schemas.entry import ParsedEntry
from schemas.types import UNSET, is_set

_CHINESE = "CN"


def assistance_request(verified: Verified, subject: str, basis: tuple[Row, ...]) -> Paper:
    """Return what a request states, field by field (law rows C13, C16, C17, B1, U3), and each answer to it (C14, C24).

    It is in Chinese and English where one of the two sides is Chinese.

    Raises:
        UsageError: ``print.subject`` for what is no request on record.
    """
    story, ledger = story_of(verified, subject), verified.state.ledger()
    peer = verified.state.agent(story.state.peer)
    english = _paper(Reader(verified, "en"), story, basis)
    if _CHINESE not in {ledger.country if ledger is not None else None, peer.country if peer is not None else None}:
        return english
    return replace(_paper(Reader(verified, "zh"), story, basis), english=english)


def _paper(read: Reader, story: RequestStory, basis: tuple[Row, ...]) -> Paper:
    title = Label("Request for assistance in a criminal matter", "刑事司法协助请求书")
    signing = Label("For the authority that asks: name, office, date and signature", "请求机关：姓名、职务、日期、签名")
    return Paper(
        "assistance-request", title, read.language, basis, (), (*_head(read, story), *_stated(read, story)),
        _answers(read, story), (signing,), tuple(proof_of(entry) for entry in story.entries),
    )  # fmt: skip


def _head(read: Reader, story: RequestStory) -> Iterator[Row]:
    body, view = story.body, read.verified.state
    peer = view.agent(story.state.peer)
    country = f", {peer.country}" if peer is not None and peer.country is not None else ""
    yield Row(Label("Request", "请求编号"), show(story.state.id))
    yield Row(Label("Kind", "种类"), read.word(KINDS[body.kind]))
    other = f"{read.person(story.state.peer)}{country}"
    if isinstance(body, RequestReceived):
        yield Row(Label("From", "请求方"), other)
        yield Row(Label("Received", "收到时间"), format_utc(body.received_at))
        yield Row(Label("Number there", "对方编号"), read.value(body.reference))
    else:
        sent = read.word(Label("not sent, as far as these records show", "记录中未见发出"))
        yield Row(Label("To", "被请求方"), other)
        yield Row(Label("Sent", "发出时间"), format_utc(story.sent_at) if story.sent_at else sent)
    yield Row(Label("Case", "案件编号"), read.value(body.case))
    for name, label in (
        ("renewal_of", Label("Renews the request", "续期所涉请求")),
        ("follows", Label("Follows from the answer to", "依据对下列请求的答复")),
    ):
        if is_set(getattr(body, name)):
            yield Row(label, read.value(getattr(body, name)))
    forums = forums_now(view, story)
    # Why it is that law is told in English alone: the words are those of the sources.
    laws = "; ".join(show(forum.text if read.language == "en" else forum.profile.name) for forum in forums)
    yield Row(Label("Law by which it is dealt with, as far as known here", "所依据的程序规范（就本程序所知）"), laws)


def _stated(read: Reader, story: RequestStory) -> Iterator[Row]:
    titles = {item.name: Label(item.title, item.title_zh) for item in request_fields().fields}
    fields, body = story.fields, story.body
    for name in ORDER:
        told = [read.value(fields[name])] if name in fields else []
        told += _apart(read, name, body)
        if told:
            yield Row(titles[name], "; ".join(told))
    dual = body.dual_criminality
    if isinstance(dual, DualCriminality):
        needed, met = (read.word(THREE[word]) for word in (dual.needed, dual.met))
        by = f"; {read.person(str(dual.stated_by))}" if is_set(dual.stated_by) else ""
        more = f"; {read.value(dual.statement)}" if is_set(dual.statement) else ""
        words = [read.word(Label("needed", "是否需要")), read.word(Label("met", "是否符合"))]
        told_dual = f"{words[0]}: {needed}; {words[1]}: {met}{by}{more}"
        yield Row(Label("Offence in both countries", "双重犯罪"), told_dual)
    if story.asked_until:
        yield Row(Label("Preservation asked for until", "请求保全至"), format_utc(story.asked_until))


def _apart(read: Reader, name: str, body: RequestBody) -> list[str]:
    """What a request states as data in a place of its own (`schemas.profile.STATED_APART`)."""
    match name:
        case "offence":
            offences = body.offences or ()
            codes = [f" (ICCS {item.iccs})" if is_set(item.iccs) else "" for item in offences]
            return [
                f"{item.country}: {read.value(item.text)}{code}" for item, code in zip(offences, codes, strict=True)
            ]
        case "period":
            times = body.period
            return [f"{format_utc(times.first)} - {format_utc(times.last)}"] if isinstance(times, Period) else []
        case "deadline":
            return [format_utc(str(body.respond_by))] if is_set(body.respond_by) else []
        case "legal-documents":
            return [f"SHA-256 {item}" for item in body.documents or ()]
        case _:
            return []


def _answers(read: Reader, story: RequestStory) -> tuple[Table, ...]:
    heads = (
        Label("Answered", "答复时间"), Label("Answer", "答复"), Label("Ground and reasons", "理由"),
        Label("Decided by", "决定机关"), Label("Forwarded by", "转递机关"), Label("Until", "期限"),
        Label("Terms", "条件"), Label("Documents (SHA-256)", "文书（SHA-256）"),
    )  # fmt: skip
    rows = tuple(_answer(read, entry) for entry in story.answers)
    return (Table(Label("Answers", "答复情况"), heads, rows),) if rows else ()


def _answer(read: Reader, entry: ParsedEntry) -> tuple[str, ...]:
    details = entry.event.details
    assert isinstance(details, Answer), "answers alone are listed"
    ground = [read.word(GROUNDS[str(details.ground)])] if is_set(details.ground) else []
    reasons = [read.value(details.reasons)] if is_set(details.reasons) else []
    forwarded = details.forwarded_by if isinstance(details, RequestAnswered) else UNSET
    grant = details.grant if isinstance(details, RequestAnswered) and isinstance(details.grant, Grant) else None
    return (
        format_utc(details.answered_at), read.word(OUTCOMES[details.outcome]), "; ".join(ground + reasons) or "-",
        *(read.person(str(who)) if is_set(who) else read.value(UNSET) for who in (details.decided_by, forwarded)),
        format_utc(str(details.until)) if is_set(details.until) else "-",
        "-" if grant is None else f"{grant.to_country}; {terms_text(read, grant.conditions, grant.onward)}",
        read.value(details.documents),
    )  # fmt: skip
