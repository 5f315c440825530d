"""`custody trust recipient`: to whose key evidence is encrypted that goes to somebody without a record here, and who
the reader himself is, so that a bundle for somebody else is noticed.
"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from custody.cli.checking.trust_file import open_for_change, write_trust
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import FILE
from custody.cli.output import emit
from custody.cli.parameters import AGE_KEY, COUNTRY, ORIGIN
from custody.cli.results import Result
from custody.report.safe_text import show, show_path
from schemas.errors import UsageError
from schemas.trust import Correspondent, Recipient
from schemas.types import UNSET


class RecipientNoted(Result, frozen=True, kw_only=True, tag="custody-trust-recipient/v1"):
    """The trust file, and the name and key that it has now; without a key the name is gone from it.

    ``country`` and ``ledger`` are those of the reader himself.
    """

    name: str
    path: str
    age_key: str | None = None
    country: str | None = None
    ledger: str | None = None


@command(
    example="""
    custody trust recipient justice-cn --age-key age1f5rtlauqsyyt9arnlq792jp0qhhufpmz6cnh477u5aavyg6cz9gsnze35f
    custody trust recipient justice-cn --remove
    custody trust recipient court-7 --self --ledger evidence.court.example/main --country DE
    """,
    result=RecipientNoted,
)
@click.argument("name")
@click.option("--age-key", type=AGE_KEY, metavar="AGE1...", help="The key, compared over another channel.")
@click.option("--self", "is_self", is_flag=True, help="The name and what is told of it are your own.")
@click.option("--ledger", type=ORIGIN, help="Your own ledger: a bundle for another one is not for you (with --self).")
@click.option("--country", type=COUNTRY, help="Your own country, two letters (with --self).")
@click.option("--remove", is_flag=True, help="Forget the key; with --self all that is told of you.")
@click.option("--trust", "trust_path", type=FILE, help="The trust file to change.")
@pass_custody
def trust_recipient(
    context: Context,
    name: str,
    age_key: str | None,
    is_self: bool,
    ledger: str | None,
    country: str | None,
    remove: bool,
    trust_path: Path | None,
) -> None:
    """Note in the trust file to which key evidence for NAME is encrypted (custody bundle --to NAME --encrypt).

    A key on record in the ledger goes before it. Compare the key with its owner: whoever can exchange it reads along.

    With --self it notes who you are. custody verify then says of a bundle that was made for another ledger, or for
    somebody in another country, that it isn't for you.
    """
    own = {"age_key": age_key, "country": country, "ledger": ledger}
    if not is_self and (ledger or country):
        raise UsageError("usage.recipient", "expected --ledger and --country with --self only, found them without")
    if any(own.values()) == remove:
        what = "--age-key, --ledger or --country" if is_self else "--age-key"
        raise UsageError("usage.recipient", f"expected either {what} or --remove, found both or neither")
    target = open_for_change(context, trust_path)
    trust = target.trust
    if is_self:
        before = trust.recipient if isinstance(trust.recipient, Recipient) else Recipient(name=name)
        told = {field: value for field, value in own.items() if value is not None}
        if remove:
            before, told = Recipient(name=name), {}
        noted = msgspec.structs.replace(before, name=name, **told)
        trust = msgspec.structs.replace(trust, recipient=noted)
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
    what = ", ".join(value for value in own.values() if value) or "forgotten"
    lines = (f"{show(name)}: {what}", f"  trust file: {show_path(target.path)}")
    emit(context.settings, RecipientNoted(name=name, path=str(target.path), **own), lines)
