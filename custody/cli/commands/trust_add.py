"""`custody trust add`: believe a ledger, by an exported file or by a bundle and its fingerprint from a letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from msgspec.structs import replace

from custody.bundle.source import verify_bundle
from custody.cli.checking.opening import check_is_bundle, check_steps
from custody.cli.checking.own_ledger import log_keys_of
from custody.cli.checking.trust_file import open_for_change, with_ledger, write_trust
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.files import given_file, read_file
from custody.cli.options import FILE
from custody.cli.output import can_ask, emit, note
from custody.cli.parameters import DIGEST
from custody.cli.questions import ask
from custody.cli.results import Result
from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from custody.report.words import format_value
from custody.verify.record.trusting import parse_trust
from custody.verify.verify import Trusted, Verified
from schemas import limits
from schemas.details.ledger import LedgerOpened
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.report import Verdict
from schemas.trust import LogKey, TrustedLedger

_UNTOLD = "not told in the bundle"
WANTED_STEPS = (0, 1, 4, 5, 6, 7, 8, 9, 10)
"""Without these a bundle's own words about its ledger mean nothing; 2 asks for the trust that is about to be given."""


class TrustChanged(Result, frozen=True, kw_only=True, tag="custody-trust-changed/v1"):
    """The trust file, and the ledgers that were added to it or renewed in it."""

    ledgers: tuple[str, ...]
    path: str


@command(
    example="""
    custody trust add police-example.trust.json
    custody trust add police-example.trust.json \\
        --fingerprint 5b41f1e0bd54ab0f6b1a7c4aa1e0c1c0b9e2d94c3b02b7dbe9a3b2f3a7b1a0c4
    custody trust add --from-bundle bundle.zip \\
        --fingerprint 5b41f1e0bd54ab0f6b1a7c4aa1e0c1c0b9e2d94c3b02b7dbe9a3b2f3a7b1a0c4
    """,
    result=TrustChanged,
)
@click.argument("file", required=False, type=FILE)
@click.option("--from-bundle", "bundle", type=FILE, help="A bundle of theirs.")
@click.option(
    "--fingerprint", "fingerprints", type=DIGEST, multiple=True, help="All 64 digits, from an official letter."
)
@click.option("--trust", "trust_path", type=FILE, help="The trust file to change.")
@click.option("--yes", "-y", "assume_yes", is_flag=True, help="Don't ask: fingerprints and changes were compared.")
@pass_custody
def trust_add(
    context: Context,
    file: Path | None,
    bundle: Path | None,
    fingerprints: tuple[str, ...],
    trust_path: Path | None,
    assume_yes: bool,
) -> None:
    """Believe the ledgers of FILE, which another authority exported; or of a bundle whose fingerprint a letter told.

    Whoever can change what is believed can make anything pass: compare the fingerprint with what the authority told
    over a channel that you trust. On a terminal you are asked whether it is the same. In a script say it beforehand:
    --fingerprint for each ledger, and anything else is refused; or --yes, if you have compared it.

    The fingerprint covers the beginning of a ledger only. Where its country, its authority or its verifier keys aren't
    those that are believed, that is shown, and asked about too; in a script --yes says that it is right.
    """
    if (file is None) == (bundle is None):
        raise UsageError("usage.trust", "expected either FILE or --from-bundle, found both or neither")
    if bundle is not None and len(fingerprints) != 1:
        raise UsageError("usage.trust", "expected one --fingerprint from an official letter beside --from-bundle")
    ledgers = read_exported(file) if file is not None else (_from_bundle(context, bundle or Path(), fingerprints[0]),)
    target = open_for_change(context, trust_path)
    _check_fingerprints(ledgers, fingerprints)
    trust = target.trust
    for ledger in ledgers:
        trust = with_ledger(trust, _with_authority(ledger, trust.ledger(ledger.origin)))
    changes = tuple(
        line for ledger in trust.ledgers for line in change_lines(target.trust.ledger(ledger.origin), ledger)
    )
    if changes or not fingerprints:
        _make_sure(context, ledgers, changes, assume_yes=assume_yes)
    with given_file(file or bundle or Path()):
        write_trust(target, trust)
    origins = tuple(ledger.origin for ledger in ledgers)
    lines = [f"believed from now on: {origin}" for origin in origins]
    if fingerprints:
        lines += trust_lines(ledgers)
    emit(
        context.settings,
        TrustChanged(ledgers=origins, path=str(target.path)),
        [*lines, f"  trust file: {show_path(target.path)}"],
    )


def read_exported(path: Path) -> tuple[TrustedLedger, ...]:
    """Return the ledgers of a trust file that somebody exported.

    Raises:
        UsageError: it is no trust file, or holds no ledger.
    """
    raw = read_file(path, maximum=limits.TRUST_BYTES)
    with given_file(path):
        ledgers = parse_trust(raw).ledgers
    if not ledgers:
        raise UsageError("usage.trust", f"expected a ledger in {path}, found none")
    return ledgers


def _check_fingerprints(ledgers: tuple[TrustedLedger, ...], fingerprints: tuple[str, ...]) -> None:
    """Compare with the fingerprints that were typed, if some were.

    Raises:
        VerificationError: ``trust.fingerprint`` where the ledgers have others.
    """
    if fingerprints and {ledger.genesis for ledger in ledgers} != set(fingerprints):
        wanted, found = ", ".join(fingerprints), ", ".join(ledger.genesis for ledger in ledgers)
        hint = "compare all 64 digits with the letter; nothing was changed"
        raise VerificationError("trust.fingerprint", f"expected the fingerprint {wanted}, found {found}", hint=hint)


def _make_sure(
    context: Context, ledgers: tuple[TrustedLedger, ...], changes: tuple[str, ...], *, assume_yes: bool
) -> None:
    """Show what is about to be believed, with what ``changes`` of what is believed already, and ask a person.

    Raises:
        RefusedError: ``trust.unconfirmed``, or ``trust.changed`` where something changes; there is nobody to ask.
        Declined: the answer was no.
    """
    for line in (*trust_lines(ledgers), *changes):
        note(context.settings, line, is_asked=not assume_yes and can_ask())
    if assume_yes:
        return
    if not can_ask():
        if changes:
            text = f"expected somebody at a terminal to say that this is right, found none: {changes[0]}"
            hint = "ask the authority, over another channel; --yes says that it is right; nothing was changed"
            raise RefusedError("trust.changed", text, hint=hint)
        text = "expected somebody at a terminal to compare the fingerprint, found none; nothing was changed"
        hint = "--fingerprint DIGITS of the official letter compares it here; --yes says that it was compared"
        raise RefusedError("trust.unconfirmed", text, hint=hint)
    ask("Is this what the authority told you?", otherwise="it is not believed, and the trust file is as it was")


def change_lines(before: TrustedLedger | None, ledger: TrustedLedger) -> Iterator[str]:
    """Yield what a ledger that was believed ``before`` would change of that; a checkpoint goes with its key only."""
    if before is None:
        return
    for name in ("country", "authority"):
        known, told = getattr(before, name), getattr(ledger, name)
        if known != told:
            yield f"CHANGES the {name} of {ledger.origin}: it was {show(known)}, it would be {show(told)}"
    for key in before.log_keys:
        if key not in ledger.log_keys:
            yield f"CHANGES the keys of {ledger.origin}: no more {_key_words(key)}"
    for key in ledger.log_keys:
        if key not in before.log_keys:
            yield f"CHANGES the keys of {ledger.origin}: new is {_key_words(key)}"
    for seen in before.seen:
        if seen not in ledger.seen:
            what = f"its checkpoint of {counted(seen.size, 'entry', 'entries')}, {seen.root}"
            yield f"CHANGES what was seen of {ledger.origin}: no more seen is {what}, which no key vouches for now"


def _key_words(key: LogKey) -> str:
    until = f" to entry {key.last}" if isinstance(key.last, int) else " on"
    return f"verifier key, from entry {key.first}{until}: {show(key.key)}"


def _with_authority(ledger: TrustedLedger, known: TrustedLedger | None) -> TrustedLedger:
    """A bundle that doesn't tell the authority takes nothing of what is known of it."""
    if known is None or ledger.authority != _UNTOLD:
        return ledger
    return replace(ledger, authority=known.authority)


def trust_lines(ledgers: tuple[TrustedLedger, ...]) -> Iterator[str]:
    """Yield who is believed, in words."""
    for ledger in ledgers:
        yield f"{ledger.origin}: {show(ledger.authority)}, {ledger.country}"
        yield f"  fingerprint: {ledger.genesis}"
        for key in ledger.log_keys:
            yield f"  {_key_words(key)}"
        newest = f", the newest of {ledger.seen[-1].size} entries" if ledger.seen else ""
        yield f"  checkpoints accepted: {len(ledger.seen)}{newest}"


def _from_bundle(context: Context, path: Path, fingerprint: str) -> TrustedLedger:
    check_is_bundle(path)
    outcome = verify_bundle(path, trusted=Trusted(), at=context.now())
    # Step 2 can't have passed, but a checkpoint that none of the ledger's own keys signed is no word of it.
    is_signed = outcome.report.steps[2].verdict is not Verdict.FAILED
    check_steps(outcome.report, WANTED_STEPS if is_signed else (2,), path)
    verified = outcome.verified
    assert verified is not None, "step 0 passed, so there is a container"
    genesis = verified.entries[0].leaf.hex() if 0 in verified.entries else "nothing"
    if genesis != fingerprint:
        hint = "compare all 64 digits with the letter; nothing was changed"
        raise VerificationError("trust.fingerprint", f"expected {fingerprint}, found {genesis}", hint=hint)
    return _believed(verified, genesis)


def _believed(verified: Verified, genesis: str) -> TrustedLedger:
    ledger = verified.state.ledger()
    opened = verified.entries[0].event.details
    assert ledger is not None, "step 7 passed, so entry 0 opened the ledger"
    assert isinstance(opened, LedgerOpened), "entry 0 opens the ledger"
    known = verified.values.disclosed.get(opened.authority.commitment)
    return TrustedLedger(
        authority=_UNTOLD if known is None else format_value(known.value),
        country=ledger.country,
        genesis=genesis,
        log_keys=log_keys_of(ledger),
        origin=ledger.origin,
        seen=(),
    )
