"""`custody agent enrol` and `custody agent change`: who may act, as a registrar records it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.acts import record_event
from custody.cli.acting.signing import Outcome, complete, named_signers
from custody.cli.border.receipts import emit_outcome
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import given_file, read_file
from custody.cli.options import Signing, When, acting
from custody.cli.output import note
from custody.cli.parameters import AGE_KEY, AGENT, COUNTRY, ORIGIN
from custody.cli.results import ActResult
from custody.ledger.compose import Composed
from custody.ledger.numbers import fold_agent
from custody.report.safe_text import show
from keys.dsse import ProvenKey, open_enrolment
from schemas.details.ledger import AgentEnrolled
from schemas.enrol import REQUEST_BYTES
from schemas.errors import CustodyError, UsageError, VerificationError
from schemas.event import Signer
from schemas.text import AGENT_PATTERN
from schemas.types import ROLES

ROLE = click.Choice([role for role in ROLES if role != "system"])
_AS_TYPED = ("age_key", "contact", "country", "ledger", "name", "organisation")


@command(
    example="""
    custody agent enrol exam-07.enrol --role examiner --organisation lab-1 --as reg-1
    custody agent enrol lab-1 --kind organisation --country DE --as reg-1
    custody agent enrol justice-cn --kind organisation --country CN --ledger justice.cn.example/main --as reg-1
    custody agent enrol night-shift --kind unit --member exam-07 --member exam-11 --organisation lab-1 --as reg-1
    """,
    result=ActResult,
)
@click.argument("who_or_file", metavar="FILE|ID", nargs=-1, required=True)
@click.option("--role", "roles", type=ROLE, multiple=True, help="What the agent may do; several are possible.")
@click.option("--kind", type=click.Choice(["person", "unit", "organisation"]), help="Person, if there is a request.")
@click.option("--organisation", type=AGENT, help="Where the agent belongs; it is enrolled before.")
@click.option("--country", type=COUNTRY, help="Two letters.")
@click.option("--ledger", type=ORIGIN, metavar="ORIGIN", help="The organisation's own ledger, where it has one.")
@click.option("--age-key", type=AGE_KEY, metavar="AGE1...", help="The key to which evidence for it is encrypted.")
@click.option("--contact", help="How to reach its contact point, day and night (kept private).")
@click.option("--member", "members", type=AGENT, multiple=True, help="A member of the unit.")
@click.option("--name", help="The real name (kept private).")
@acting
@pass_custody
def agent_enrol(context: Context, *, who_or_file: tuple[str, ...], who: Signing, when: When, **given: Any) -> None:
    """Enrol persons by their request FILE, or a unit or organisation by its ID; a registrar signs.

    A FILE is what `custody key new` made. It proves that its sender holds the key; that it is the right person's is for
    the registrar to make sure of, face to face or by comparing the key's id. An authority abroad is an organisation
    with its --country; where it has a ledger of its own, --ledger names it, and letters of that ledger count as its.
    """
    if len(who_or_file) > 1 and given["name"]:
        raise UsageError("usage.enrol", "expected one agent where a name is given, found several")
    signers = named_signers(context, who)
    events = [_compose(context, item, signers, when, given) for item in who_or_file]
    outcome = complete(context, who, events)
    emit_outcome(context, outcome)
    if "provider" in given["roles"] and given["country"] is None:
        _note_no_country(context, outcome)


def _note_no_country(context: Context, outcome: Outcome) -> None:
    for event in outcome.events:
        assert isinstance(event.details, AgentEnrolled), "that is what was composed"
        name = show(event.details.agent)
        hint = f"custody agent change {name} --country CC"
        note(context.settings, f"note: no country of {name} is on record, which requests to it want: {hint}")


def _compose(context: Context, item: str, signers: tuple[Signer, ...], when: When, given: dict[str, Any]) -> Composed:
    kind = given["kind"] or "person"
    keys = []
    if kind == "person":
        proven = read_request(Path(item))
        agent, keys = proven.agent, [proven.key]
        if not given["roles"]:
            raise UsageError("usage.role", f"expected a --role for {agent}, found none")
    else:
        agent = item
        if not re.match(AGENT_PATTERN, agent, re.ASCII):
            text = f"expected an id such as justice-fr for the {kind} (a-z, 0-9, '.', '_', '-'), found {item!r}"
            raise UsageError("usage.enrol", text, hint="its own name stands in --name")
        _check_no_request(item, kind)
    _note_alike(context, agent)
    details = {
        **{name: given[name] for name in _AS_TYPED},
        "agent": agent,
        "keys": keys,
        "kind": kind,
        "members": sorted(set(given["members"])) or None,
        "roles": sorted(set(given["roles"])),
    }
    return context.ledger().compose("agent.enrolled", signers=signers, details=details, when=when)


def _note_alike(context: Context, agent: str) -> None:
    """Warn, before anybody signs, of an id that will be read as another one: who enrols chose it himself."""
    with context.ledger().home.store.read() as reader:
        alike = [item.id for item in reader.agents() if item.id != agent and fold_agent(item.id) == fold_agent(agent)]
    if alike:
        text = f"{show(agent)} is easily read as {show(alike[0])}, who is enrolled"
        note(context.settings, f"warning: {text}; if they are two people, ask for another id: custody key new")


def _check_no_request(item: str, kind: str) -> None:
    """Raise where an id is that of a file which asks to enrol a person: an enrolment can't be taken back.

    Raises:
        UsageError: ``usage.enrol``.
    """
    if not Path(item).is_file():
        return
    try:
        agent = read_request(Path(item)).agent
    except CustodyError:
        return
    text = f"expected the id of the {kind}, found a file with a key of {show(agent)}"
    raise UsageError("usage.enrol", text, hint="without --kind the person is enrolled; a key belongs to a person")


def read_request(path: Path) -> ProvenKey:
    """Return the key that a ``.enrol`` file asks to enrol, its proof of possession checked.

    Raises:
        UsageError: the file is no request.
        VerificationError: ``enrolment.proof``.
    """
    if not path.exists():
        hint = "for a unit or an organisation say --kind"
        raise UsageError(
            "usage.file", f"expected a request made by custody key new at {path}, found nothing", hint=hint
        )
    raw = read_file(path, maximum=REQUEST_BYTES)
    with given_file(path):
        try:
            return open_enrolment(raw)
        except VerificationError as error:
            raise VerificationError(error.code, f"{path}: {error.text}", hint="ask for a new request") from None


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
@acting
@pass_custody
def agent_change(context: Context, *, agent: str, who: Signing, when: When, **given: Any) -> None:
    """Change what the ledger knows of AGENT; a registrar signs. Only what is given changes."""
    details = {
        **{name: given[name] for name in _AS_TYPED},
        "left": "yes" if given["left"] else None,
        "members_added": sorted(set(given["added"])) or None,
        "members_removed": sorted(set(given["removed"])) or None,
        "roles": sorted(set(given["roles"])) or None,
    }
    if all(value is None for value in details.values()):
        raise UsageError("usage.change", f"expected something to change of {agent}, found nothing")
    record_event(context, "agent.changed", {"agent": agent, "reason": given["reason"], **details}, who=who, when=when)
