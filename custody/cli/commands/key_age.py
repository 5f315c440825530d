"""`custody key age-new`, `age-show`, `age-export`: the key to which others encrypt what only this authority reads."""

from __future__ import annotations

from pathlib import Path

import click

from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import check_folder, write_file
from custody.cli.keyring.age_keys import age_path, open_identity
from custody.cli.keyring.passphrase import key_cost, new_passphrase, read_passphrase
from custody.cli.options import FILE, force_option, passphrase_option
from custody.cli.output import emit
from custody.cli.parameters import AGENT
from custody.cli.results import Result
from custody.report.safe_text import show_path
from keys.private.age import AgeIdentity
from keys.private.age_file import FILE_BYTES, add_age_file, format_age_file, parse_age_file
from keys.private.disk import read_secret
from schemas.errors import RefusedError


class AgeKeyShown(Result, frozen=True, kw_only=True, tag="custody-age-key-shown/v1"):
    """An age identity by its public half, ``recipient``, which others are given."""

    name: str
    path: str
    recipient: str


@command(
    example="""
    custody key age-new court-3
    custody key age-new court-3 -o /media/stick/court-3.age
    """,
    result=AgeKeyShown,
)
@click.argument("name", type=AGENT)
@click.option("-o", "--out", type=FILE, help="The file, if not NAME.age among your private keys.")
@passphrase_option
@pass_custody
def key_age_new(context: Context, name: str, out: Path | None, passphrase_file: Path | None) -> None:
    """Make the age identity of the authority NAME, to which others encrypt evidence for it.

    The file stays here, encrypted under a passphrase: keep a copy of it, because what was encrypted to it opens with
    nothing else. What is printed goes to the others, over a channel on which nobody can exchange it.
    """
    path = out or age_path(context, name)
    if out is not None:
        check_folder(out)
    if path.exists():
        text = f"expected no identity at {path}, found one"
        raise RefusedError("key.exists", text, hint="choose another name, or -o FILE; nothing is overwritten")
    phrase = new_passphrase(context, passphrase_file, agent=name)
    identity = AgeIdentity.generate()
    raw = format_age_file(
        identity, name=name, passphrase=phrase, random=context.random, cost=key_cost(context)
    )  # fmt: skip
    add_age_file(path, raw, random=context.random)
    _emit(context, AgeKeyShown(name=name, path=str(path), recipient=identity.recipient), is_new=True)


@command(example="custody key age-show court-3", result=AgeKeyShown)
@click.argument("name", type=AGENT)
@pass_custody
def key_age_show(context: Context, name: str) -> None:
    """Show the public half of the age identity NAME, for those who send evidence; no passphrase is needed."""
    path = age_path(context, name)
    raw, _ = read_secret(path, maximum=FILE_BYTES)
    file = parse_age_file(raw)
    _emit(context, AgeKeyShown(name=file.name, path=str(path), recipient=file.recipient), is_new=False)


@command(example="custody key age-export court-3 -o court-3.identity", result=AgeKeyShown)
@click.argument("name", type=AGENT)
@click.option("-o", "--out", type=FILE, required=True, help="The file to write.")
@passphrase_option
@force_option
@pass_custody
def key_age_export(context: Context, name: str, out: Path, passphrase_file: Path | None, force: bool) -> None:
    """Write the age identity NAME for the tools of age, under the same passphrase.

    With it `age --decrypt` opens single files of a bundle, without this program.
    """
    import pyrage  # type: ignore[import-untyped]

    identity = open_identity(context, age_path(context, name), passphrase_file)
    phrase = read_passphrase(context, passphrase_file, agent=name).decode("utf-8")
    text = f"# public key: {identity.recipient}\n{identity.reveal()}\n"
    write_file(out, bytes(pyrage.passphrase.encrypt(text.encode("ascii"), phrase)), force=force, mode=0o600)
    _emit(context, AgeKeyShown(name=name, path=str(out), recipient=identity.recipient), is_new=False)


def _emit(context: Context, result: AgeKeyShown, *, is_new: bool) -> None:
    lines = [f"age key of {result.name}: {result.recipient}", f"  file: {show_path(result.path)}"]
    if is_new:
        lines.append("next: tell the key to those who send you evidence, and compare it over another channel")
    emit(context.settings, result, lines)
