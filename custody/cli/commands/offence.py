"""`custody offence map` and `custody offence codes`: what each law calls an act, under a common code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
import msgspec

from custody.cli.acting.act_options import document_option
from custody.cli.acting.acts import record_event
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.assistance.case_words import parse_offence
from custody.cli.assistance.dual_criminality import check_stated_by
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import ActResult, Result
from custody.cli.showing.holdings import Staged, staging
from custody.ledger.compose import Anchor
from custody.transfer.law_files import offences
from custody.verify.rules.view import View
from schemas.errors import UsageError
from schemas.event import About
from schemas.law import CommonOffence, cite

_THREE = click.Choice(("yes", "no", "not-stated"))


class OffenceCode(msgspec.Struct, frozen=True, kw_only=True):
    """A common code: ``mark`` says how well it is known (T, S, M), ``national`` what laws call the act."""

    code: str
    key: str
    mark: str
    national: tuple[str, ...]
    source: str
    title: str


class OffenceCodes(Result, frozen=True, kw_only=True, tag="custody-offence-codes/v1"):
    """The common codes that are shipped."""

    offences: tuple[OffenceCode, ...]


@command(
    example="""
    custody offence map 2026-0417/EX-1 --offence "CN:Criminal Law art. 266, fraud" --common telecom-fraud --as auth-1
    custody offence map --of-request r-7 --offence "DE:s. 263 StGB" --needed yes --met yes --stated-by auth-1
    custody offence map --of-case 2026-0417 --offence "CN:art. 264" --offence "DE:s. 242" --common theft-virtual
    """,
    result=ActResult,
)
@click.argument("exhibits", metavar="[EXHIBIT]...", nargs=-1)
@click.option("--of-case", metavar="CASE", help="About a whole case.")
@click.option("--of-request", metavar="REQUEST", help="About a request.")
@click.option("--offence", "typed", multiple=True, required=True, metavar="CC:TEXT[:ICCS]", help="In one law's words.")
@click.option("--common", metavar="KEY", help="A common code for all that have none (custody offence codes).")
@click.option("--needed", type=_THREE, help="Whether dual criminality is needed for this measure.")
@click.option("--met", type=_THREE, help="Whether it is met.")
@click.option("--stated-by", type=AGENT, help="The authority that says so.")
@click.option("--statement", help="What it says (kept private).")
@click.option("--note", help="More about it (kept private).")
@document_option
@acting
@pass_custody
def offence_map(context: Context, *, exhibits: tuple[str, ...], who: Signing, when: When, **given: Any) -> None:
    """Record what each law calls the act, for exhibits, a case or a request, and whether it must be one in both.

    The words are those of each law and are kept private; the common code (UNODC ICCS) stands in clear. Nothing is
    decided here: it is recorded who says what.
    """
    with context.ledger().read() as reader:
        view = reader.view()
    with staging(context) as staged:
        details = _details(view, staged, given)
        anchor = Anchor(about=_about(context, exhibits, given["of_case"], given["of_request"]))
        record_event(context, "offence.mapped", details, who=who, when=when, anchor=anchor, keep=staged.keep)


@command(
    example="""
    custody offence codes
    custody offence codes fraud
    """,
    result=OffenceCodes,
)
@click.argument("word", required=False)
@pass_custody
def offence_codes(context: Context, word: str | None) -> None:
    """List the common codes, with what national laws call the act; WORD narrows it down."""
    found = tuple(item for item in offences().offences if word is None or _mentions(item, word.casefold()))
    result = OffenceCodes(offences=tuple(_code(item) for item in found))
    emit(context.settings, result, _lines(found))


def _about(context: Context, exhibits: tuple[str, ...], case: str | None, request: str | None) -> tuple[About, ...]:
    if [bool(exhibits), case is not None, request is not None].count(True) != 1:
        raise UsageError(
            "usage.subject", "expected either EXHIBIT..., --of-case or --of-request, found none or several"
        )
    if case is not None:
        return (About(case=case),)
    if request is not None:
        return (About(request=request),)
    with context.ledger().read() as reader:
        return tuple(About(exhibit=find_exhibit(reader, name).registration) for name in exhibits)


def _details(view: View, staged: Staged, given: dict[str, Any]) -> dict[str, Any]:
    mapped = [parse_offence(item) for item in dict.fromkeys(given["typed"])]
    if given["common"] is not None:
        code = _find(given["common"]).code
        mapped = [{"iccs": code, **item} for item in mapped]
    documents = staged.documents(given["documents"])
    details: dict[str, Any] = {"offences": mapped, "note": given["note"], "documents": documents}
    stated = {name: given[name] for name in ("statement", "stated_by") if given[name] is not None}
    if given["needed"] or given["met"] or stated:
        if given["stated_by"] is not None:
            check_stated_by(view, given["stated_by"])
        elif given["met"] in ("no", "yes"):
            raise UsageError("usage.dual-criminality", "expected --stated-by, the authority that says so, found none")
        words = {"needed": given["needed"] or "not-stated", "met": given["met"] or "not-stated"}
        details["dual_criminality"] = {**words, **stated}
    return details


def _find(key: str) -> CommonOffence:
    found = next((item for item in offences().offences if item.key == key), None)
    if found is None:
        text = f"expected a common code's key, found {key!r}"
        raise UsageError("usage.offence", text, hint="custody offence codes lists them")
    return found


def _mentions(item: CommonOffence, word: str) -> bool:
    words = (item.key, item.code, item.title, *(f"{law.article} {law.title}" for law in item.national))
    return any(word in text.casefold() for text in words)


def _code(item: CommonOffence) -> OffenceCode:
    national = tuple(f"{law.country}: {law.article}, {law.title}; {cite(law.source)}" for law in item.national)
    source = cite(item.source)
    return OffenceCode(
        code=item.code, key=item.key, mark=item.source.mark, national=national, source=source, title=item.title
    )


def _lines(found: tuple[CommonOffence, ...]) -> Iterator[str]:
    for item in found:
        yield f"{item.key}: {item.code} {item.title}"
        yield f"  {cite(item.source)}"
        for law in item.national:
            sure = "" if law.source.mark == "T" else ", unconfirmed" if law.source.mark == "M" else ", second hand"
            yield f"  {law.country}: {law.article}: {law.title}{sure}"
    yield f"{len(found)} common codes; what an act is called is for the authority that maps it"
