"""Options that say what a request asks and what an answer says; drafting, receiving from paper and completing share
them.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import Any, Final, get_args

import click
import msgspec

from custody.cli.acting.act_options import document_option, words_of
from custody.cli.assistance.case_words import parse_offence
from custody.cli.assistance.dual_criminality import check_stated_by
from custody.cli.context import Context
from custody.cli.countries import COUNTRIES
from custody.cli.files import read_file
from custody.cli.option_groups import several
from custody.cli.options import FILE
from custody.cli.parameters import AGENT, TOKEN
from custody.cli.periods import end_of, start_of
from custody.cli.showing.holdings import Staged
from custody.transfer.law_files import deadlines
from schemas import limits
from schemas.details.request import Answer, DualCriminality, FieldName, RequestKind
from schemas.errors import UsageError

FIELD_NAMES: tuple[str, ...] = get_args(FieldName)
KINDS: tuple[str, ...] = get_args(RequestKind)

field_options = several(
    click.option("--field", "typed_fields", multiple=True, metavar="NAME=VALUE", help="A statement (kept private)."),
    click.option("--fields", "field_files", type=FILE, multiple=True, help="A JSON object with statements by name."),
)
body_options = several(
    field_options,
    click.option("--case", metavar="CASE", help="The case of this ledger that it belongs to."),
    click.option("--period-from", metavar="TIME", help="Data from this time on are asked for."),
    click.option("--period-to", metavar="TIME", help="Data up to this time are asked for."),
    click.option("--until", metavar="TIME", help="Until when data are to be preserved."),
    click.option("--respond-by", metavar="TIME", help="By when an answer is wished."),
    click.option("--offence", "offences", multiple=True, metavar="CC:TEXT[:ICCS]", help="Country, words, ICCS code."),
    click.option(
        "--dual-criminality",
        metavar="NEEDED:MET[:STATEMENT]",
        help="Whether the act must be an offence in both countries, and is: yes, no or not-stated.",
    ),
    click.option("--dual-by", type=AGENT, help="Whose statement that is."),
    click.option("--deadline", "deadlines", type=TOKEN, multiple=True, help="A deadline by its key, such as eu.epoc."),
    click.option("--renewal-of", type=TOKEN, metavar="REQUEST", help="The request that it renews."),
    click.option("--follows", type=TOKEN, metavar="REQUEST", help="The request whose answer led to this one."),
    document_option,
)
answer_options = several(
    click.option("--outcome", type=click.Choice(words_of(Answer, "outcome")), help="What the answer is."),
    click.option("--ground", type=click.Choice(words_of(Answer, "ground")), help="On which ground it is refused."),
    click.option("--reasons", help="Why it is refused or postponed (kept private)."),
    click.option("--wanted", type=click.Choice(FIELD_NAMES), multiple=True, help="What is to be clarified."),
    click.option("--decided-by", type=AGENT, help="The authority that decided."),
    click.option(
        "--leads-to",
        multiple=True,
        metavar="CC[:PROVIDER]",
        help="Where the data lead: a country, perhaps with the provider there (kept private).",
    ),
)


def typed_fields(given: dict[str, Any]) -> list[dict[str, str]]:
    """Return the statements of --field and --fields in order of name, and take them out of ``given``.

    Raises:
        UsageError: ``usage.field`` for an unknown name, one that is given twice, or a file that is no such object.
    """
    pairs = [_parse_field(item) for item in given.pop("typed_fields")]
    files: tuple[Path, ...] = given.pop("field_files")
    for path in files:
        pairs += _read_fields(path)
    names = [name for name, _ in pairs]
    for name in names:
        if name not in FIELD_NAMES:
            text = f"expected a field of requests, found {name!r}"
            raise UsageError("usage.field", text, hint=", ".join(FIELD_NAMES))
        if names.count(name) > 1:
            raise UsageError("usage.field", f"expected each field once, found {name} twice")
    return [{"name": name, "value": value} for name, value in sorted(pairs)]


def _parse_field(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not equals or not value.strip():
        raise UsageError("usage.field", f"expected NAME=VALUE, found {typed!r}", hint=", ".join(FIELD_NAMES))
    return name.strip(), value.strip()


def _read_fields(path: Path) -> list[tuple[str, str]]:
    raw = read_file(path, maximum=limits.EVENT_BYTES)
    try:
        # Some editors begin a file with a byte order mark.
        found = msgspec.json.decode(raw.removeprefix(BOM_UTF8), type=dict[str, str])
    except msgspec.MsgspecError as error:
        text = f'expected a JSON object of texts such as {{"facts":"..."}} in {path}, found another: {error}'
        raise UsageError("usage.field", text) from None
    return [(name, value.strip()) for name, value in found.items()]


def body_details(context: Context, staged: Staged, given: dict[str, Any]) -> dict[str, Any]:
    """Return the plain details that every request has, and take their options out of ``given``.

    Raises:
        UsageError: ``usage.field``, ``usage.period``, ``usage.offence``, ``usage.dual-criminality``, ``usage.time``,
            ``usage.deadline``.
        StorageError: the documents can't be kept.
    """
    take = given.pop
    details: dict[str, Any] = {"fields": typed_fields(given)}
    first, last = start_of(context, take("period_from")), end_of(context, take("period_to"))
    if (first is None) != (last is None):
        raise UsageError("usage.period", "expected --period-from and --period-to together, found one alone")
    if first is not None and last is not None:
        if last < first:
            raise UsageError("usage.period", f"expected --period-to after --period-from ({first}), found {last}")
        details["period"] = {"first": first, "last": last}
    stated_by = take("dual_by")
    details["dual_criminality"] = _dual(take("dual_criminality"), stated_by)
    if stated_by is not None:
        with context.ledger().read() as reader:
            check_stated_by(reader.view(), stated_by)
    details["offences"] = [parse_offence(item) for item in take("offences")] or None
    details["deadlines"] = known_deadlines(take("deadlines"))
    details["documents"] = staged.documents(take("documents"))
    details.update((name, take(name)) for name in ("case", "follows", "renewal_of"))
    details.update((name, end_of(context, take(name))) for name in ("respond_by", "until"))
    return details


def known_deadlines(typed: tuple[str, ...]) -> list[str] | None:
    """Return the keys of deadlines that were typed, in order, or nothing where none was.

    Raises:
        UsageError: ``usage.deadline`` for one that no law here has.
    """
    known = [rule.key for rule in deadlines().deadlines]
    for key in typed:
        if key not in known:
            raise UsageError("usage.deadline", f"expected a known deadline, found {key}", hint=", ".join(known))
    return sorted(set(typed)) or None


def _dual(typed: str | None, stated_by: str | None) -> dict[str, Any] | None:
    if typed is None:
        if stated_by is not None:
            raise UsageError("usage.dual-criminality", "expected --dual-criminality beside --dual-by, found none")
        return None
    needed, _, rest = typed.partition(":")
    met, _, statement = rest.partition(":")
    words = words_of(DualCriminality, "met")
    if needed not in words or met not in words:
        text = f"expected NEEDED:MET[:STATEMENT], both one of {', '.join(words)}, found {typed!r}"
        raise UsageError("usage.dual-criminality", text)
    return {"met": met, "needed": needed, "statement": statement.strip() or None, "stated_by": stated_by}


_WANTS_REASONS: Final = frozenset({"conflict-of-law", "postponed", "refused"})


def answer_details(given: dict[str, Any]) -> dict[str, Any]:
    """Return the plain details of an answer, and take their options out of ``given``; ``until`` is the caller's.

    Raises:
        UsageError: ``usage.answer`` where ground or reasons don't fit the outcome, ``usage.lead``.
    """
    details = {name: given.pop(name) for name in ("outcome", "ground", "reasons", "decided_by")}
    details["wanted"] = sorted(set(given.pop("wanted"))) or None
    details["leads_to"] = [_parse_lead(item) for item in dict.fromkeys(given.pop("leads_to"))] or None
    if details["outcome"] is None:
        raise UsageError("usage.answer", "expected --outcome, found none", hint=", ".join(words_of(Answer, "outcome")))
    outcome, hint = details["outcome"], f"--ground is one of {', '.join(words_of(Answer, 'ground'))}"
    if outcome == "refused" and details["ground"] is None:
        raise UsageError("usage.answer", "expected --ground for a refusal, found none", hint=hint)
    if outcome != "refused" and details["ground"] is not None:
        raise UsageError("usage.answer", f"expected --ground with a refusal only, found it with {outcome!r}")
    if outcome in _WANTS_REASONS and not details["reasons"]:
        raise UsageError("usage.answer", f"expected --reasons for {outcome!r}, found none")
    if outcome == "clarification-wanted" and not (details["wanted"] or details["reasons"]):
        raise UsageError("usage.answer", f"expected --wanted or --reasons for {outcome!r}, found neither")
    return details


def _parse_lead(typed: str) -> dict[str, str | None]:
    """Return what CC, CC:PROVIDER or :PROVIDER means."""
    country, _, provider = (part.strip() for part in typed.partition(":"))
    if country not in COUNTRIES and (country or not provider):
        text = f"expected a country's two letters, a colon and a provider, or one of the two, found {typed!r}"
        raise UsageError("usage.lead", text, hint='--leads-to "DE:Example Hosting"')
    return {"country": country or None, "provider": provider or None}
