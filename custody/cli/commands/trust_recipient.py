"""`custody trust recipient`: to whose key evidence is encrypted that goes to somebody without a record here."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from custody.cli.checking.trust_file import open_for_change, write_trust
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE
from custody.cli.output import emit
from custody.cli.parameters import AGE_KEY
from custody.cli.results import Result
from custody.report.safe_text import show, show_path
from schemas.errors import UsageError
from schemas.trust import Correspondent, Recipient
from schemas.types import UNSET


class RecipientNoted(Result, frozen=True, kw_only=True, tag="custody-trust-recipient/v1"):
    """The trust file, and the name and key that it has now; without a key the name is gone from it."""

    name: str
    path: str
    age_key: str | None = None


@command(
    example="""
    custody trust recipient justice-cn --age-key age1f5rtlauqsyyt9arnlq792jp0qhhufpmz6cnh477u5aavyg6cz9gsnze35f
    custody trust recipient justice-cn --remove
    """,
    result=RecipientNoted,
)
@click.argument("name")
@click.option("--age-key", type=AGE_KEY, metavar="AGE1...", help="The key, compared over another channel.")
@click.option("--self", "is_self", is_flag=True, help="The name and key are your own.")
@click.option("--remove", is_flag=True, help="Forget the key.")
@click.option("--trust", "trust_path", type=FILE, help="The trust file to change.")
@pass_custody
def trust_recipient(
    context: Context, name: str, age_key: str | None, is_self: bool, remove: bool, trust_path: Path | None
) -> None:
    """Note in the trust file to which key evidence for NAME is encrypted (custody bundle --to NAME --encrypt).

    A key on record in the ledger goes before it. Compare the key with its owner: whoever can exchange it reads along.
    """
    if (age_key is None) != remove:
        raise UsageError("usage.recipient", "expected either --age-key or --remove, found both or neither")
    target = open_for_change(context, trust_path)
    trust = target.trust
    if is_self:
        before = trust.recipient if isinstance(trust.recipient, Recipient) else Recipient(name=name)
        own = msgspec.structs.replace(before, age_key=UNSET if age_key is None else age_key, name=name)
        trust = msgspec.structs.replace(trust, recipient=own)
    else:
        known = {item.name: item for item in trust.recipients} if isinstance(trust.recipients, tuple) else {}
        if remove and name not in known:
            raise UsageError("usage.recipient", f"expected a name with a key, found {show(name)} without one")
        known.pop(name, None)
        if age_key is not None:
            known[name] = Correspondent(age_key=age_key, name=name)
        ordered = tuple(known[item] for item in sorted(known))
        trust = msgspec.structs.replace(trust, recipients=ordered or UNSET)
    write_trust(target, trust)
    what = "forgotten" if age_key is None else age_key
    lines = (f"{show(name)}: {what}", f"  trust file: {show_path(target.path)}")
    emit(context.settings, RecipientNoted(name=name, path=str(target.path), age_key=age_key), lines)
