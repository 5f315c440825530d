"""`custody handover`: custody passes from one to another, and both sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import attest_option, document_option, parse_attestations, to_country
from custody.cli.acting.acts import Target, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.acting.seals import compare_seal, seal_as_seen, seal_for
from custody.cli.border.destinations import stays
from custody.cli.checking.rehashing import content_of_exhibit, rehash
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.keyring import default_agent
from custody.cli.option_groups import several
from custody.cli.options import Signing, When, acting
from custody.cli.output import note
from custody.cli.parameters import AGENT
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from custody.cli.typed_again import typed_again
from custody.report.safe_text import show
from custody.report.shell_words import shell_word
from custody.verify.rules.view import Exhibit
from schemas.errors import UsageError

_parties = several(
    click.option("--from", "giver", type=AGENT, help="Who gives (the same as --as)."),
    click.option("--to", "receiver", required=True, type=AGENT, help="Who receives, and signs too."),
    click.option("--to-unit", type=AGENT, help="The unit for which he receives."),
    to_country,
)
_seen = several(
    click.option("--seal", "seals", multiple=True, help="The seal's number as both see it; one for all, or for each."),
    click.option("--seal-intact/--seal-broken", "intact", default=None, help="As both see it."),
    click.option("--rehash", "before", is_flag=True, help="Hash the files again, as the giver, before."),
    click.option("--rehash-after", "after", is_flag=True, help="Hash the files again, as the receiver, after."),
)


@command(
    example="""
    custody handover 2026-0417/EX-1 --from exam-07 --to cust-02 --purpose "safe keeping"
    custody handover --case 2026-0417 --all --from exam-07 --to cust-02 --purpose "end of shift" --place "Room 4"
    custody handover EX-1 --from exam-07 --to lab-3 --purpose examination --seal S-0001 --seal-intact --rehash
    """,
    result=ActResult,
)
@selecting
@_parties
@click.option("--purpose", required=True, help="What for (kept private).")
@click.option("--place", help="Where (kept private).")
@click.option("--condition", help="In which condition the exhibit is (kept private).")
@_seen
@document_option
@attest_option
@acting
@pass_custody
def handover(
    context: Context,
    *,
    selection: Selection,
    giver: str | None,
    receiver: str,
    to_unit: str | None,
    seals: tuple[str, ...],
    intact: bool | None,
    before: bool,
    after: bool,
    documents: tuple[Path, ...],
    attestations: tuple[str, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Hand exhibits over from the holder to another; both sign.

    Where the receiver's key is not on this machine, a draft waits for it: custody pending lists it, and the receiver
    signs it with custody sign. Nothing has passed until it is recorded. Where no country is on record of the receiver,
    both sign that it stays in the ledger's (or in --to-country); abroad it needs a consent, as a bundle does.
    """
    seal_as_seen(seals[0] if seals else None, intact)
    with staging(context) as staged:
        common = {
            **given,
            "attestations": parse_attestations(attestations),
            "documents": staged.documents(documents),
        }

        signing = given_by(who, giver)
        party = signing.on_behalf_of or default_agent(context, signing.actor)

        def details(target: Target) -> Mapping[str, Any]:
            # What somebody else holds is about to be refused or left out: no reason to read a terabyte of it.
            is_held = target.exhibit.holder == party
            return {
                **stays(context, common, target.exhibit, to_unit or receiver),
                "rehash_before": rehash_found(context, target.exhibit) if before and is_held else None,
                "rehash_after": rehash_found(context, target.exhibit) if after and is_held else None,
                "seal": seal_seen(context, seals, intact, target),
            }

        record_act(
            context, "custody.handed-over", details, selection, who=signing, when=when, to=receiver, to_unit=to_unit,
            keep=staged.keep,
        )  # fmt: skip


def given_by(who: Signing, giver: str | None) -> Signing:
    """Return who signs, the giver as the actor.

    Raises:
        UsageError: ``usage.who`` where --from and --as name two.
    """
    if giver is not None and who.actor not in {None, giver}:
        raise UsageError("usage.who", f"expected the same agent in --from and --as, found {giver} and {who.actor}")
    return who if giver is None else replace(who, actor=giver)


def seal_seen(
    context: Context, seals: tuple[str, ...], intact: bool | None, target: Target
) -> Mapping[str, Any] | None:
    """Return the seal as it was seen on one exhibit; nothing where none was named."""
    if not seals:
        return None
    seen = seal_for(seals, target)
    compare_seal(context, target.exhibit, seen)
    return seal_as_seen(seen, intact)


def rehash_found(context: Context, exhibit: Exhibit) -> Mapping[str, Any] | None:
    """Return what hashing an exhibit again found, with a warning where it is not what was registered.

    An object has nothing to hash, nor has what an order destroyed.

    Raises:
        CustodyError: as `rehash`.
    """
    name = show(exhibit.name)
    if content_of_exhibit(context, exhibit) is None:
        note(context.settings, f"note: {name} is an object, which has nothing to hash")
        return None
    found = rehash(context, exhibit)
    if found.result.has_nothing_left:
        note(context.settings, f"note: {name} has nothing left to hash: its files were erased by order")
        return None
    if not found.is_unaltered:
        again = typed_again(context.settings, f"custody check {shell_word(exhibit.name)}")
        note(context.settings, f"warning: {name} is not what was registered; {again} says more")
    return {"match": found.is_unaltered, "root": found.root}
