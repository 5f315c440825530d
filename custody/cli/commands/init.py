"""`custody init`: a new ledger, its keys, and entry 0."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.signing import show_events
from custody.cli.checking.seen import forget
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.keyring.keyring import key_directory, signer_for, stored_keys
from custody.cli.keyring.passphrase import key_cost, new_passphrase
from custody.cli.keyring.session_access import has_session
from custody.cli.ledger_access import LedgerAccess
from custody.cli.options import format_utc_offset, passphrase_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT, COUNTRY, ORIGIN
from custody.cli.results import Result
from custody.ledger.compose import Composed, compose
from custody.ledger.log_key import log_verifier_key
from custody.ledger.submission import Submission
from custody.report.safe_text import show_path
from custody.report.shell_words import shell_word
from custody.report.words import tell
from custody.storage.home import Home, create_home
from keys.private.paper import format_paper_key
from keys.private.signer import Ed25519Signer
from keys.private.signer import Signer as KeySigner
from keys.private.signing import make_enrolment, sign_event
from keys.verifier_key import format_verifier_key
from schemas.details.ledger import NEWEST_GATE
from schemas.errors import StorageError, UsageError
from schemas.event import Signer
from schemas.types import UNSET, Unset, is_set


class Opened(Result, frozen=True, kw_only=True, tag="custody-opened/v1"):
    """A new ledger; ``genesis`` is its fingerprint, ``paper_keys`` by registrar, shown this once."""

    genesis: str
    home: str
    origin: str
    verifier_keys: tuple[str, ...]
    paper_keys: dict[str, str] | Unset = UNSET


@command(
    example="""
    custody init ledger --origin evidence.police.example/main --authority "Police, District 4" --country DE \\
        --registrar reg-1
    custody init ledger --origin evidence.police.example/main --authority "Police, District 4" --country DE \\
        --registrar reg-1 --registrar reg-2
    """,
    result=Opened,
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--origin", required=True, type=ORIGIN, help="The ledger's name for all time: a domain and a path.")
@click.option("--authority", required=True, help="Whose ledger it is (kept private; goes out with bundles).")
@click.option("--country", required=True, type=COUNTRY, help="Two letters.")
@click.option("--registrar", "registrars", required=True, multiple=True, type=AGENT, help="Who enrols; two are better.")
@click.option("--no-paper-key", is_flag=True, help="Print no recovery keys.")
@passphrase_option
@pass_custody
def init(
    context: Context,
    folder: Path,
    origin: str,
    authority: str,
    country: str,
    registrars: tuple[str, ...],
    no_paper_key: bool,
    passphrase_file: Path | None,
) -> None:
    """Start a ledger in DIR: its own keys, its database, and entry 0, which the registrars sign.

    A registrar who has no key here gets one. Each registrar also gets a recovery key to print or copy by hand: it is
    shown once, kept nowhere, and signs a new key in if all others are lost.
    """
    if len(set(registrars)) != len(registrars) or "system" in registrars:
        raise UsageError("usage.registrar", "expected each registrar once, and none named system")
    papers = (
        [] if no_paper_key else [Ed25519Signer.generate(agent=agent, random=context.random) for agent in registrars]
    )
    with create_home(folder, origin=origin, random=context.random) as home:
        # Not before: where no ledger can be made, no registrar of it is left with a key.
        signers = [_signer(context, agent, passphrase_file) for agent in registrars]
        composed = _compose(context, home, signers, papers, origin=origin, authority=authority, country=country)
        values = {found.commitment: found for found in composed.disclosures}
        show_events(context, [tell(composed.event, values)], registrars)
        envelope = sign_event(composed.event, signers)
        receipts = LedgerAccess(context, home).append([Submission(envelope, composed.disclosures)])
        result = Opened(
            genesis=receipts[0].leaf.hex(),
            home=str(folder),
            origin=origin,
            verifier_keys=tuple(format_verifier_key(log_verifier_key(origin, key)) for key in home.log_signers()),
            paper_keys={paper.agent: format_paper_key(paper.reveal_seed()) for paper in papers} or UNSET,
        )
    _print(context, result, registrars, folder)
    forget(context, origin)


def _print(context: Context, result: Opened, registrars: tuple[str, ...], folder: Path) -> None:
    """Print what is to be handed out, and the recovery keys: a ledger whose keys nobody has seen is taken back.

    Raises:
        StorageError: ``storage.output``.
    """
    try:
        emit(context.settings, result, _lines(result, registrars), is_only_here=is_set(result.paper_keys))
    except BaseException as error:
        shutil.rmtree(folder)
        if not isinstance(error, StorageError):
            raise
        hint = "no ledger was made; throw away what was printed of it, make room there and begin again"
        raise StorageError(error.code, error.text, hint=hint) from None


def _signer(context: Context, agent: str, passphrase_file: Path | None) -> KeySigner:
    """Return the registrar's key, making one where he has none here."""
    if has_session(context, agent) or stored_keys(context, agent):
        return signer_for(context, agent, passphrase_file=passphrase_file, alive=None)
    phrase = new_passphrase(context, passphrase_file, agent=agent)
    return key_directory(context).create(agent, passphrase=phrase, cost=key_cost(context))


def _compose(
    context: Context,
    home: Home,
    signers: Sequence[KeySigner],
    papers: Sequence[Ed25519Signer],
    *,
    origin: str,
    authority: str,
    country: str,
) -> Composed:
    def enrolment(signer: KeySigner) -> Any:
        return make_enrolment(signer, nonce=context.random(16).hex())

    agents: list[dict[str, Any]] = []
    for signer in signers:
        keys = [signer, *(paper for paper in papers if paper.agent == signer.agent)]
        row = {"agent": signer.agent, "kind": "person", "roles": ["registrar"], "country": country}
        agents.append({**row, "keys": [enrolment(key) for key in keys]})
    system = home.system_signer()
    agents.append({"agent": "system", "kind": "system", "roles": ["system"], "keys": [enrolment(system)]})
    now = context.now()
    named = [Signer(agent=signers[0].agent, as_="actor")]
    named += [Signer(agent=signer.agent, as_="registrar") for signer in signers[1:]]
    return compose(
        "ledger.opened",
        ledger=origin,
        signers=named,
        details={
            "agents": agents,
            "authority": authority,
            "country": country,
            "gate": NEWEST_GATE,
            "log_keys": [format_verifier_key(log_verifier_key(origin, key)) for key in home.log_signers()],
        },
        occurred_at=now,
        utc_offset=format_utc_offset(now),
        random=context.random,
    )


def _lines(result: Opened, registrars: tuple[str, ...]) -> Iterator[str]:
    home = shell_word(Path(result.home))
    custody = f"custody --home {home}"
    yield f"ledger {result.origin} opened in {show_path(result.home)}"
    yield ""
    yield "Hand these out, on paper with a letterhead or over a channel that the other side trusts:"
    for key in result.verifier_keys:
        yield f"  verifier key: {key}"
    yield f"  fingerprint:  {result.genesis}"
    if isinstance(result.paper_keys, dict):
        yield ""
        yield "Recovery keys, shown this once. Write each on paper and lock it away; whoever has it can act as him:"
        for agent, groups in result.paper_keys.items():
            yield f"  {agent}:"
            yield from (f"    {line}" for line in groups.splitlines())
    yield ""
    if len(registrars) == 1:
        yield "One registrar: if his keys are lost or stolen, nobody can recover the ledger but by the paper key."
        yield f"  Enrol a second one soon: {custody} agent enrol FILE --role registrar"
    yield f"next: {custody} agent enrol FILE --role ROLE, with the FILE that custody key new wrote"
    yield f"  or CUSTODY_HOME={home}, and leave out --home"
