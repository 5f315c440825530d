"""`custody profile`: what a procedure profile asks for, by which law, and how well that law is known."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import click
import msgspec

from custody.cli.assistance.profiles import choose_profile
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.output import emit
from custody.cli.parameters import COUNTRY
from custody.cli.results import Result
from custody.report.safe_text import show
from custody.transfer.forum import forums_of, laws_of, members_under, shared_by
from custody.transfer.law_files import deadlines
from schemas import canonical
from schemas.errors import UsageError
from schemas.law import Deadline, LawSource, Span, cite
from schemas.profile import Profile
from schemas.types import UNSET, Unset, is_set


class ProfileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a profile asks for: ``kind`` is check, deadline, digest, field or gate."""

    kind: str
    mark: str
    name: str
    row: str
    source: str


class SharedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A law between two countries: ``applied`` where its profile counts, else it is named only."""

    applied: bool
    name: str
    text: str


class Between(msgspec.Struct, frozen=True, kw_only=True):
    """By which law the first country deals with a request of the second; ``fallback`` where none is known."""

    asked: str
    asking: str
    fallback: bool
    laws: tuple[SharedLine, ...]


class ProfileResult(Result, frozen=True, kw_only=True, tag="custody-profile-shown/v1"):
    """A profile: its name, countries and papers, the SHA-256 of its canonical spelling, and its rows.

    ``between`` stands where two countries were named; the profile is then that of the first law that is applied.
    ``laws`` stands for a ledger's own, each law that holds for its country: the profile is then all of them in one.
    """

    between: Between | Unset = UNSET
    countries: tuple[str, ...]
    laws: tuple[str, ...] | Unset = UNSET
    name: str
    papers: tuple[str, ...]
    rows: tuple[ProfileRow, ...]
    sha256: str
    title: str
    unconfirmed: int


@command(
    example="""
    custody profile
    custody profile cn
    custody profile mine.json
    custody profile --between GB FR
    """,
    result=ProfileResult,
)
@click.argument("profile", metavar="[NAME|FILE]", required=False)
@click.option(
    "--between",
    metavar="ASKED ASKING",
    type=COUNTRY,
    nargs=2,
    help="Say by which law the first country deals with a request of the second.",
)
@pass_custody
def profile(context: Context, profile: str | None, between: tuple[str, str] | None) -> None:
    """Show what a procedure profile asks for, with its sources: that of this ledger's country, NAME, or a FILE.

    Several laws may hold for a country at once; they are named, and what they want stands here once. A file of one's
    own is read as strictly as by verify and audit, so this is how to try one. Which law a request falls under, and so
    which fields it must have, follows from both countries: --between says which, and why.
    """
    if between is not None:
        if profile is not None:
            raise UsageError("usage.profile", "expected a profile or --between, found both")
        chosen, told = _between(*between)
        emit(context.settings, _result(chosen, told), _between_lines(told))
        return
    laws: tuple[str, ...] | Unset = UNSET
    if profile is None:
        laws = tuple(law.text for law in laws_of(context.ledger().ledger().country))
    result = _result(_choose(context, profile), laws=laws)
    emit(context.settings, result, _lines(result))


def _result(chosen: Profile, between: Between | Unset = UNSET, laws: tuple[str, ...] | Unset = UNSET) -> ProfileResult:
    rows = tuple(_rows(chosen))
    return ProfileResult(
        between=between,
        countries=chosen.countries or members_under(chosen.name),
        laws=laws,
        name=chosen.name,
        papers=chosen.papers,
        rows=rows,
        sha256=sha256(canonical.encode(chosen)).hexdigest(),
        title=chosen.title,
        unconfirmed=sum(row.mark == "M" for row in rows),
    )


def _between(asked: str, asking: str) -> tuple[Profile, Between]:
    forums = forums_of(asked, asking)
    laws = [SharedLine(applied=True, name=item.profile.name, text=item.text) for item in forums]
    names = {item.profile.name for item in forums}
    for instrument, source in shared_by(asked, asking):
        if instrument.in_force and instrument.profile in names:
            continue
        state = "a closer one is applied" if is_set(instrument.profile) else "it says nothing of requests"
        state = state if instrument.in_force else "not in force, so it is not applied"
        told = cite(source if instrument.in_force else instrument.source)
        text = f"{instrument.key}: {instrument.title}, which both are members of: {state}; {told}"
        laws.append(SharedLine(applied=False, name=instrument.key, text=text))
    fallback = any(item.is_fallback for item in forums)
    return forums[0].profile, Between(asked=asked, asking=asking, fallback=fallback, laws=tuple(laws))


def _between_lines(found: Between) -> Iterator[str]:
    yield f"a request of {found.asking} to {found.asked} falls under"
    for law in found.laws:
        yield f"  {show(law.text)}" if law.applied else f"  (named only) {show(law.text)}"
    yield "none of this is legal advice"


def _choose(context: Context, named: str | None) -> Profile:
    profiles = choose_profile(named)
    found = None
    if profiles is not None:
        found = profiles(context.ledger().ledger().country if named is None else "")
    if found is None:
        raise UsageError("usage.profile", "expected a profile to show, found none")
    return found


def _rows(chosen: Profile) -> Iterator[ProfileRow]:
    for check in chosen.checks:
        yield _row("check", check.rule, check.source)
    for wanted in chosen.digests:
        yield _row("digest", wanted.digest, wanted.source)
    for item in chosen.requests:
        side = f", {item.direction}" if is_set(item.direction) else ""
        for field in item.fields:
            yield _row("field", f"{item.kind}{side}: {field.name}", field.source)
    for applied in chosen.deadlines:
        rule = deadlines().find(applied.deadline)
        if rule is not None:
            yield _row("deadline", f"{applied.kind}: {rule.key}, {_length(rule)}", rule.source)
    for gate in chosen.gates:
        yield _row("gate", gate.gate, gate.source)


def _row(kind: str, name: str, source: LawSource) -> ProfileRow:
    return ProfileRow(kind=kind, mark=source.mark, name=name, row=source.row, source=cite(source))


def _length(rule: Deadline) -> str:
    if not isinstance(rule.span, Span):
        return f"as its {rule.named_end} says"
    least = "at least " if rule.bound == "minimum" else ""
    return f"{least}{rule.span.length} {rule.span.unit.replace('-', ' ')}"


def _lines(result: ProfileResult) -> Iterator[str]:
    yield f"profile {result.name}: {show(result.title)}"
    for law in result.laws or ():
        yield f"law {show(law)}"
    if not result.laws:
        yield f"countries: {', '.join(result.countries) or 'those of which no law is known here, or where it is named'}"
    yield f"papers: {', '.join(result.papers)}"
    yield f"digest: {result.sha256}"
    for row in result.rows:
        yield f"{row.kind} {row.name}"
        yield f"  {show(row.source)}"
    yield f"{result.unconfirmed} of {len(result.rows)} rows are unconfirmed; none of this is legal advice"
