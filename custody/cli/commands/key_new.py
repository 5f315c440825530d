"""`custody key new`, `key list` and `key show`: private keys under passphrases, and the requests to enrol them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_free, write_file
from custody.cli.keyring.keyring import key_directory, signer_for, stored_keys
from custody.cli.keyring.passphrase import key_cost, new_passphrase
from custody.cli.keyring.session_access import sessions_folder
from custody.cli.options import FILE, force_option, passphrase_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.report.safe_text import show, show_path
from custody.report.shell_words import shell_word
from keys.private.directory import StoredKey, UnusableKey
from keys.private.session import open_sessions
from keys.private.signer import Signer
from keys.private.signing import make_enrolment
from schemas.enrol import format_enrolment
from schemas.errors import RefusedError, UsageError
from schemas.text import format_base64
from schemas.types import UNSET, Unset

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


class KeyLine(Result, frozen=True, kw_only=True, tag="custody-key/v1"):
    """A key file. ``in_ledger`` is what the ledger at hand says of it; ``problem`` why it can't be used."""

    path: str
    agent: str | Unset = UNSET
    has_passphrase: bool | Unset = UNSET
    in_ledger: str | Unset = UNSET
    is_unlocked: bool | Unset = UNSET
    key: str | Unset = UNSET
    key_id: str | Unset = UNSET
    problem: str | Unset = UNSET


class KeyList(Result, frozen=True, kw_only=True, tag="custody-keys/v1"):
    """The keys in the folder."""

    folder: str
    keys: tuple[KeyLine, ...]


@command(example="custody key list", result=KeyList)
@pass_custody
def key_list(context: Context) -> None:
    """List the private keys at hand, and what the ledger here says of each."""
    lines = tuple(_line(context, found) for found in key_directory(context).list_keys())
    folder = context.keys_folder()
    none = (f"no key in {show_path(folder)}", "next: custody key new AGENT makes one")
    emit(context.settings, KeyList(folder=str(folder), keys=lines), _texts(lines) if lines else none)


@command(
    example="""
    custody key show exam-07
    custody key show exam-07 --enrolment exam-07.enrol
    """,
    result=KeyList,
)
@click.argument("agent", type=AGENT)
@click.option("--enrolment", type=FILE, help="Write the request once more.")
@passphrase_option
@force_option
@pass_custody
def key_show(context: Context, agent: str, enrolment: Path | None, passphrase_file: Path | None, force: bool) -> None:
    """Show the public half of AGENT's keys; read the key id out to the registrar who enrols it."""
    lines = tuple(_line(context, found) for found in key_directory(context).find(agent))
    if enrolment is not None:
        signer = signer_for(context, agent, passphrase_file=passphrase_file, alive=None)
        write_request(context, signer, enrolment, force=force)
    emit(context.settings, KeyList(folder=str(context.keys_folder()), keys=lines), _texts(lines))


def _line(context: Context, found: StoredKey | UnusableKey) -> KeyLine:
    if isinstance(found, UnusableKey):
        return KeyLine(path=str(found.path), problem=f"{found.error.text} [{found.error.code}]")
    unlocked = {signer.key_id for signer in open_sessions(sessions_folder(context), agent=found.agent)}
    return KeyLine(
        path=str(found.path),
        agent=found.agent,
        has_passphrase=found.has_passphrase,
        in_ledger=_standing(context, found.key_id),
        is_unlocked=found.key_id in unlocked,
        key=format_base64(found.public_key),
        key_id=found.key_id,
    )


def _standing(context: Context, key_id: str) -> str | Unset:
    """Say what the ledger says of a key, if there is a ledger here."""
    if context.find_home() is None:
        return UNSET
    with context.ledger().read() as reader:
        known = reader.view().key(key_id)
    if known is None:
        return "not enrolled"
    if known.revoked_at is not None:
        return f"revoked by entry {known.revoked_at}"
    return f"enrolled by entry {known.introduced}"


def _texts(lines: tuple[KeyLine, ...]) -> Iterator[str]:
    for line in lines:
        if isinstance(line.problem, str):
            yield f"{show_path(line.path)}: {show(line.problem)}"
            continue
        yield f"{line.agent}: {line.key_id}"
        yield f"  public key: {line.key}"
        yield f"  file:       {show_path(line.path)}"
        yield f"  state:      {'unlocked' if line.is_unlocked is True else 'locked'}"
        if isinstance(line.in_ledger, str):
            yield f"  ledger:     {line.in_ledger}"
