"""`custody agent change`: new roles, other members, a leaving."""

from __future__ import annotations

from typing import Any

import click

from custody.cli.acting.signing import complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.commands.agent_enrol import ROLE
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
from custody.cli.parameters import AGE_KEY, AGENT, COUNTRY, ORIGIN
from custody.cli.results import ActResult
from schemas.errors import UsageError


@command(
    example="""
    custody agent change exam-07 --role examiner --role custodian --as reg-1
    custody agent change night-shift --add exam-19 --remove exam-11 --as reg-1
    custody agent change justice-cn --ledger justice.cn.example/main --as reg-1
    custody agent change exam-07 --left --reason "retired" --as reg-1
    """,
    result=ActResult,
)
@click.argument("agent", type=AGENT)
@click.option("--role", "roles", type=ROLE, multiple=True, help="The whole new set of roles.")
@click.option("--add", "added", type=AGENT, multiple=True, help="A new member of the unit.")
@click.option("--remove", "removed", type=AGENT, multiple=True, help="A member who is none any more.")
@click.option("--organisation", type=AGENT, help="The new organisation.")
@click.option("--country", type=COUNTRY, help="The new country.")
@click.option("--ledger", type=ORIGIN, metavar="ORIGIN", help="The organisation's own ledger.")
@click.option("--age-key", type=AGE_KEY, metavar="AGE1...", help="The new key for what is encrypted to the agent.")
@click.option("--contact", help="How to reach its contact point now (kept private).")
@click.option("--name", help="The new name (kept private).")
@click.option("--left", is_flag=True, help="The agent has left and signs no more.")
@click.option("--reason", help="Why (kept private).")
@signed
@timed
@pass_custody
def agent_change(context: Context, *, agent: str, who: Signing, when: When, **given: Any) -> None:
    """Change what the ledger knows of AGENT; a registrar signs. Only what is given changes."""
    details = {
        "age_key": given["age_key"],
        "contact": given["contact"],
        "country": given["country"],
        "ledger": given["ledger"],
        "left": "yes" if given["left"] else None,
        "members_added": sorted(set(given["added"])) or None,
        "members_removed": sorted(set(given["removed"])) or None,
        "name": given["name"],
        "organisation": given["organisation"],
        "roles": sorted(set(given["roles"])) or None,
    }
    if all(value is None for value in details.values()):
        raise UsageError("usage.change", f"expected something to change of {agent}, found nothing")
    event = context.ledger().compose(
        "agent.changed",
        signers=named_signers(context, who),
        details={"agent": agent, "reason": given["reason"], **details},
        when=when,
    )
    emit_outcome(context, complete(context, who, [event]))
