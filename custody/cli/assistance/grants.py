"""What an answer lets go, as it is typed: to which country, on which terms, and which exhibits of this ledger."""

from __future__ import annotations

from typing import Any

import click

from custody.cli.acting.act_options import words_of
from custody.cli.assistance.consents import parse_conditions
from custody.cli.context import Context
from custody.cli.option_groups import several
from custody.cli.output import note
from custody.cli.parameters import COUNTRY, ORIGIN
from custody.cli.periods import end_of
from custody.report.safe_text import show
from custody.verify.rules.view import Request, View
from schemas.details.consent import Grant
from schemas.details.request import GRANTING
from schemas.errors import UsageError

grant_options = several(
    click.option(
        "--covers", multiple=True, metavar="CASE/EXHIBIT",
        help="What is sent to who asked: this exhibit, by its number here.",
    ),
    click.option(
        "--sent-before", multiple=True, metavar="CASE/EXHIBIT",
        help="What was sent from here and may go on to --to-country: this exhibit, by its number here.",
    ),
    click.option("--to-country", type=COUNTRY, help="Where it may go."),
    click.option("--to-ledger", type=ORIGIN, metavar="ORIGIN", help="To whose ledger alone."),
    click.option(
        "--onward", type=click.Choice(words_of(Grant, "onward")), help="May it go further (with-consent, if not said)."
    ),
    click.option(
        "--condition", "conditions", multiple=True, metavar="CODE[,before][,due=TIME][:TEXT]",
        help="A term of the grant (text kept private).",
    ),
    click.option("--granted-until", metavar="TIME", help="Until when it may go."),
)  # fmt: skip


def take_grant(context: Context, given: dict[str, Any], country: str | None) -> dict[str, Any] | None:
    """Take the options of a grant out of ``given``, and return its details; nothing where nothing is let go.
    ``country`` is that of who asked.

    Raises:
        UsageError: ``usage.grant`` for terms without a country, an exhibit that this ledger doesn't have, or is sent
            elsewhere than to who asked, or an answer that grants nothing; ``usage.condition``, ``usage.time``.
    """
    names = ("covers", "sent_before", "to_country", "to_ledger", "onward", "conditions", "granted_until")
    typed = {name: given.pop(name) for name in names}
    if not any(typed.values()):
        return None
    if typed["to_country"] is None:
        raise UsageError("usage.grant", "expected --to-country beside what is granted, found none")
    if given["outcome"] not in GRANTING:
        text = f"expected an outcome that grants beside --to-country, found {given['outcome']}"
        raise UsageError("usage.grant", text)
    if typed["covers"] and typed["sent_before"]:
        raise UsageError("usage.grant", "expected --covers or --sent-before, found both", hint="one answer for each")
    if typed["covers"] and country not in {None, typed["to_country"]}:
        text = f"expected what --covers names to go to {country}, which asked, found {typed['to_country']}"
        raise UsageError(
            "usage.grant", text, hint=f"--sent-before {typed['covers'][0]} where that may go on from there"
        )
    chosen = (name.rpartition("/") for name in (*typed["covers"], *typed["sent_before"]))
    pairs = sorted({(case, number) for case, _, number in chosen})
    with context.ledger().read() as reader:
        unknown = [f"{case}/{number}" for case, number in pairs if reader.view().exhibit(case, number) is None]
    if unknown:
        text = f"expected exhibits of this ledger as CASE/EXHIBIT, found {', '.join(unknown)}"
        raise UsageError("usage.grant", text, hint="custody list shows them")
    return {
        "conditions": parse_conditions(context, typed["conditions"]),
        "exhibits": [{"case": case, "exhibit": number} for case, number in pairs] or None,
        "onward": typed["onward"] or "with-consent",
        "to_country": typed["to_country"],
        "to_ledger": typed["to_ledger"],
        "valid_until": end_of(context, typed["granted_until"]),
    }


def tell_country(context: Context, view: View, request: Request, grant: dict[str, Any] | None) -> None:
    """Warn where something is granted to another country than the one that asked, and no exhibit is named: that is
    how a grant to the wrong country looks, and whoever has the letter may rely on it.
    """
    peer = view.agent(request.peer)
    country = None if peer is None else peer.country
    if grant is None or grant["exhibits"] or country in {None, grant["to_country"]}:
        return
    text = f"{show(request.peer)} of {country} asked, and this grants that what is sent goes to {grant['to_country']}"
    hint = f"--to-country {country} if that is a slip; --sent-before CASE/EXHIBIT if something may go on from there"
    note(context.settings, f"warning: {text}; {hint} [defect.grant-country]")


def tell_refusal(context: Context, request: Request, outcome: str) -> None:
    """Warn where a refusal takes back all that was granted, though the rest alone may be meant."""
    if outcome == "refused" and request.outcome in GRANTING and not request.parts:
        text = f"this takes back what was granted of {request.id}: nothing more goes under it"
        hint = "--outcome granted-in-part --covers CASE/EXHIBIT says what may still go"
        note(context.settings, f"warning: {text}; {hint}")
