"""What the law of a seizure asks for, as it is typed: the state of a device, who attested, which paper does what."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import click

from custody.cli.acting.act_options import words_of
from custody.cli.context import Context
from custody.cli.option_groups import several
from custody.cli.output import note_to_signer
from custody.cli.parameters import COUNTRY
from custody.cli.periods import start_of
from custody.cli.showing.holdings import Staged
from custody.transfer.forum import apostille_between
from schemas.details.seizure import Identity, Isolation, LegalPaper, Power
from schemas.errors import UsageError
from schemas.event import Signer
from schemas.law import cite

device_options = several(
    click.option("--power", type=click.Choice(get_args(Power)), help="Whether a device was on as it was found."),
    click.option("--left", type=click.Choice(get_args(Power)), help="Whether it is on as it is taken away."),
    click.option("--isolation", multiple=True, type=click.Choice(get_args(Isolation)), help="How it was isolated."),
    click.option("--locked/--unlocked", default=None, help="Whether its screen was locked."),
    click.option("--device-note", help="What else was seen of it: clock, screen, cables (kept private)."),
)
"""Options of one device (law row R9)."""
legal_paper_option = click.option(
    "--legal-paper",
    "legal_papers",
    multiple=True,
    metavar="ROLE[,country=CC][,issued=DATE][,of=FILE][,by=AUTHORITY][,number=NUMBER]:FILE",
    help="A document and what it is in law, such as apostille or translation (by and number kept private).",
)
identity_options = several(
    click.option(
        "--identity", "identities", multiple=True, metavar="PERSON:TYPE:NUMBER[:CONTACT]",
        help="By what somebody named in --attest showed who he is (number and contact kept private).",
    ),
    click.option("--eligible", multiple=True, metavar="PERSON", help="A witness found of age, able, not interested."),
    click.option("--not-eligible", multiple=True, metavar="PERSON", help="A witness found not to be."),
    click.option(
        "--attest-document", "attest_documents", multiple=True, metavar="PERSON:FILE",
        help="What somebody named in --attest signed, or the recording, kept in the home.",
    ),
)  # fmt: skip
"""Options that say more of those who attested (law rows C2, C3)."""

Given = Mapping[str, Any]


def device_of(given: Given) -> dict[str, Any] | None:
    """Return the state of a device, or nothing where none is described.

    Raises:
        UsageError: ``usage.device``.
    """
    isolation = sorted(set(given["isolation"]))
    told = {
        "isolation": isolation or None,
        "left": given["left"],
        "locked": given["locked"],
        "note": given["device_note"],
    }
    if given["power"] is None:
        said = next((name for name, value in told.items() if value is not None), None)
        if said is not None:
            raise UsageError("usage.device", f"expected --power where a device is described, found {said} alone")
        return None
    if "none" in isolation and len(isolation) > 1:
        raise UsageError("usage.device", f"expected --isolation none alone, found {', '.join(isolation)}")
    return {"power": given["power"], **{name: value for name, value in told.items() if value is not None}}


def describe_attested(
    staged: Staged, attested: list[dict[str, Any]] | None, given: Given
) -> list[dict[str, Any]] | None:
    """Return attestations with what else was said of the people in them; documents are staged.

    Raises:
        UsageError: ``usage.attest`` for somebody who is in none of them, or in several.
        StorageError: as the store does.
    """
    people = attested or []
    for typed in given["identities"]:
        person, rest = _person(people, typed, "PERSON:TYPE:NUMBER[:CONTACT]")
        _say(person, "identity", _identity(rest, typed))
    found_eligible = [(name, True) for name in given["eligible"]] + [(name, False) for name in given["not_eligible"]]
    for name, found in found_eligible:
        person = _find(people, name)
        if person["role"] != "witness":
            text = f"expected a witness, who alone is found eligible or not, found {name!r}, the {person['role']}"
            raise UsageError("usage.attest", text)
        _say(person, "eligible", found)
    for typed in given["attest_documents"]:
        person, rest = _person(people, typed, "PERSON:FILE")
        _say(person, "document", staged.document(Path(rest)))
    return attested


def check_signing(details: Mapping[str, Any], signers: Iterable[Signer]) -> None:
    """Raise unless everybody who attested with a key of his own signs what is registered.

    Raises:
        UsageError: ``usage.attest``.
    """
    signing = {signer.agent for signer in signers}
    for item in details.get("attestations") or ():
        agent = item.get("agent")
        if agent is not None and agent not in signing:
            text = f"expected {agent} among those who sign, as {item['person']!r} attests with a key, found "
            hint = "--witness AGENT, if he signs too; else another manner"
            raise UsageError("usage.attest", text + ", ".join(sorted(signing)), hint=hint)


def _say(person: dict[str, Any], name: str, value: object) -> None:
    if name in person:
        raise UsageError("usage.attest", f"expected one {name} of {person['person']!r}, found several")
    person[name] = value


def _person(people: list[dict[str, Any]], typed: str, form: str) -> tuple[dict[str, Any], str]:
    name, colon, rest = typed.partition(":")
    if not colon or not rest.strip():
        raise UsageError("usage.attest", f"expected {form}, found {typed!r}")
    return _find(people, name), rest.strip()


def _find(people: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = [item for item in people if item["person"] == name.strip()]
    if len(found) != 1:
        text = f"expected one --attest of {name.strip()!r}, found {len(found)}"
        raise UsageError("usage.attest", text, hint="the person is named there as here")
    return found[0]


def _identity(rest: str, typed: str) -> dict[str, str]:
    kind, _, rest = rest.partition(":")
    number, _, contact = rest.partition(":")
    kinds = words_of(Identity, "type")
    if kind not in kinds or not number.strip():
        text = f"expected PERSON:TYPE:NUMBER[:CONTACT] with a type of {', '.join(kinds)}, found {typed!r}"
        raise UsageError("usage.attest", text)
    found = {"contact": contact.strip(), "number": number.strip(), "type": kind}
    return {name: value for name, value in found.items() if value}


def legal_papers_of(context: Context, staged: Staged, typed: Iterable[str]) -> list[dict[str, Any]] | None:
    """Return the details of legal papers, in their order; documents are staged.

    Raises:
        UsageError: ``usage.legal-paper``, ``usage.time``, ``usage.country``.
        StorageError: as the store does.
    """
    found = [_legal_paper(context, staged, item) for item in typed]
    ordered = sorted(found, key=lambda item: (item["role"], item["document"]))
    for first, second in itertools.pairwise(ordered):
        if (first["role"], first["document"]) == (second["role"], second["document"]):
            raise UsageError("usage.legal-paper", f"expected each paper once, found a {first['role']} twice")
    return ordered or None


_PARTS = ("by", "country", "issued", "number", "of")


def _legal_paper(context: Context, staged: Staged, typed: str) -> dict[str, Any]:
    head, colon, path = typed.partition(":")
    # sha256:DIGITS of another document has a colon of its own.
    while colon and head.endswith("of=sha256"):
        digits, colon, path = path.partition(":")
        head = f"{head}:{digits}"
    role, *rest = head.split(",")
    parts = dict(item.split("=", 1) for item in rest if "=" in item)
    roles = words_of(LegalPaper, "role")
    if role not in roles or not path or len(parts) != len(rest) or not set(parts) <= set(_PARTS):
        text = (
            f"expected ROLE[,country=CC][,issued=DATE][,of=FILE][,by=AUTHORITY][,number=NUMBER]:FILE, found {typed!r}"
        )
        raise UsageError("usage.legal-paper", text, hint=f"ROLE is one of {', '.join(roles)}")
    document = staged.document(Path(path))
    of = staged.document(Path(parts["of"])) if "of" in parts else None
    if of == document:
        raise UsageError("usage.legal-paper", f"expected of= to name another document, found the {role} itself")
    told = {
        "authority": parts.get("by"),
        "country": None if "country" not in parts else COUNTRY(parts["country"]),
        "document": document,
        "issued_at": start_of(context, parts.get("issued")),
        "number": parts.get("number"),
        "of": of,
        "role": role,
    }
    if role == "apostille" and "country" in parts:
        _note_apostille(context, parts["country"])
    return {name: value for name, value in told.items() if value is not None}


def _note_apostille(context: Context, country: str) -> None:
    """Say whether an apostille of ``country`` counts here, as far as the list of parties tells (law row C9)."""
    own = context.ledger().ledger().country
    source = apostille_between(country, own)
    text = f"nothing here says that an apostille of {country} counts in {own}: where it doesn't, notarisation, "
    text += "ministry-authentication and consular-authentication stand for it"
    if source is not None:
        text = f"{country} and {own} are both on the list of parties to the Convention by which an apostille counts; "
        text += f"whether one objected to the other isn't compared; {cite(source)}"
    if country != own:
        note_to_signer(context.settings, f"note: {text}")
