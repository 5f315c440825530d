"""`custody key new`: a private key under a passphrase, and the request to enrol it."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_free, write_file
from custody.cli.keyring.keyring import key_directory, stored_keys
from custody.cli.keyring.passphrase import key_cost, new_passphrase
from custody.cli.options import FILE, force_option, passphrase_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.report.safe_text import show_path
from custody.report.shell_words import shell_word
from keys.private.signer import Signer
from keys.private.signing import make_enrolment
from schemas.enrol import format_enrolment
from schemas.errors import RefusedError, UsageError

_OWN = frozenset({"log", "system"})
"""Names under which a ledger keeps keys of its own, in its home."""


class KeyMade(Result, frozen=True, kw_only=True, tag="custody-key-made/v1"):
    """A new key; ``enrolment`` is the file for the registrar."""

    agent: str
    enrolment: str
    key_id: str
    key_file: str


@command(
    example="""
    custody key new exam-07
    custody key new exam-07 -o /media/stick/exam-07.enrol
    """,
    result=KeyMade,
)
@click.argument("agent", type=AGENT)
@click.option("-o", "--out", type=FILE, help="The request (AGENT.enrol).")
@click.option("--another", is_flag=True, help="Although the agent has a key here already.")
@passphrase_option
@force_option
@pass_custody
def key_new(
    context: Context, agent: str, out: Path | None, another: bool, passphrase_file: Path | None, force: bool
) -> None:
    """Make a private key for AGENT and its enrolment request.

    The key stays here, encrypted under a passphrase. The request goes to a registrar, who enrols it with `custody agent
    enrol`; it proves that its sender holds the key and contains nothing secret.
    """
    if agent in _OWN:
        hint = "after a restore, copy the ledger's folder keys; custody ledger key-add makes a further one"
        text = f"expected somebody's name, found {agent}, a key of the ledger itself"
        raise UsageError("usage.agent", text, hint=hint)
    if stored_keys(context, agent) and not another:
        raise RefusedError(
            "key.exists",
            f"expected no key of {agent} in {context.keys_folder()}, found one",
            hint=f"custody key show {agent} --enrolment FILE writes its request once more, custody key rotate {agent} "
            "replaces it, --another makes a further one",
        )
    request = out or Path(f"{agent}.enrol")
    # Before the key is made: a request that can't be written would leave a key that nobody knows.
    check_free(request, force=force)
    phrase = new_passphrase(context, passphrase_file, agent=agent)
    signer = key_directory(context).create(agent, passphrase=phrase, cost=key_cost(context))
    write_request(context, signer, request, force=force)
    folder = context.keys_folder()
    result = KeyMade(agent=agent, enrolment=str(request), key_id=signer.key_id, key_file=str(folder))
    enrol = f"custody agent enrol {shell_word(request)}"
    emit(
        context.settings,
        result,
        (
            f"key of {agent}: {signer.key_id}",
            f"  kept in: {show_path(folder)}",
            f"  request: {show_path(request)}",
            f"next: a registrar runs  {enrol} --role ROLE --organisation ORGANISATION",
        ),
    )


def write_request(context: Context, signer: Signer, path: Path, *, force: bool) -> None:
    """Write the ``.enrol`` file of a key.

    Raises:
        UsageError: ``usage.exists``.
    """
    key = make_enrolment(signer, nonce=context.random(16).hex())
    write_file(path, format_enrolment(agent=signer.agent, key=key), force=force)
