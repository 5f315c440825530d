"""Whatever leaves this house in one file goes through here: bundles, dispatches, and letters about requests.

The gate is asked and all of it is told in words before anybody types a passphrase; the gate is asked again under the
ledger's lock. Who is refused finds that on record: somebody tried to send this out, and it did not leave (law row C10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from custody.bundle.build import Built, Export, Order, build_bundle
from custody.bundle.disclose import Choice
from custody.cli.acting.signing import (
    agents_of,
    confirm,
    is_asked,
    is_at_hand,
    load_signers,
    named_signers,
    show_events,
)
from custody.cli.border.enclosures import check_enclosures, record_enclosures
from custody.cli.border.release_gate import check_gate, check_recipient
from custody.cli.border.sent_records import note_export, told_absent
from custody.cli.context import Context
from custody.cli.files import check_new
from custody.cli.keyring.vault import open_vault
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.ledger.compose import Anchor, Composed
from custody.ledger.entries import entries_about
from custody.ledger.submission import Submission
from custody.report.counts import counted
from custody.report.words import tell
from custody.verify.rules.view import Exhibit
from keys.private.signer import Signer as KeySigner
from keys.private.signing import join_signatures, sign_for
from schemas.details.ledger import AgentChanged, AgentEnrolled
from schemas.details.record import BundleExported
from schemas.errors import CustodyError, SigningKeyError
from schemas.event import About, Signer
from schemas.private import Disclosure
from schemas.types import Private

_NO_MANIFEST = "00" * 32
"""Stands for the digest of a payload that isn't made yet, while the rules are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is to leave and to whom: ``to`` is an agent on record. Without exhibits it is a letter about ``requests``.

    ``request`` is the one that exhibits answer, ``transfer`` the dispatch they belong to; ``acts`` are recorded in the
    same transaction, just before the export.
    """

    to: str
    target: Path
    exhibits: tuple[Exhibit, ...] = ()
    requests: tuple[str, ...] = ()
    request: str | None = None
    transfer: str | None = None
    purpose: str | None = None
    choice: Choice = field(default_factory=Choice)
    is_detached: bool = False
    recipients: tuple[str, ...] = ()
    """Age keys to which files and documents are encrypted; none: they travel in clear."""
    acts: tuple[Composed, ...] = ()
    tried: Literal["bundle", "dispatch"] = "bundle"


def export(context: Context, outgoing: Outgoing, *, who: Signing, when: When) -> Built:
    """Record the export and write its file, which its recipient can verify.

    Raises:
        RefusedError: ``release.*`` where it may not leave; the refusal is on record then.
        SigningKeyError: ``key.absent``, or a key can't be used.
        UsageError: ``usage.file`` where the folder of the file is not there, ``bundle.exists`` where it is.
        UsageError, StorageError, RuleViolation: as `custody.bundle.build.build_bundle`; where the file could not be
            written although all is on record, the error says so and names the command that writes it again.
    """
    check_new(outgoing.target)
    check_recipient(context, outgoing.to)
    access = context.ledger()
    signers = named_signers(context, who)
    draft = _compose(context, outgoing, signers, when, about=_about(outgoing), manifest=_NO_MANIFEST)
    events = [item.event for item in (*outgoing.acts, draft)]
    check_gate(context, events, to=outgoing.to, tried=outgoing.tried, by=signers[0].agent)
    requests = tuple(sorted({*outgoing.requests, *([outgoing.request] if outgoing.request else [])}))
    enclosed = check_enclosures(
        context, outgoing.exhibits, requests, [item.event for item in outgoing.acts], choice=outgoing.choice,
        to=outgoing.to, by=signers[0].agent,
    )  # fmt: skip
    access.check_timely(events)  # the gate has asked the rules on its way
    keys = _open_keys(context, who, (*outgoing.acts, draft))
    record_enclosures(context, enclosed, to=outgoing.to)
    acts = tuple(_sign(item, keys) for item in outgoing.acts)

    exported = ""

    def sign(made: Export) -> Submission:
        nonlocal exported
        composed = _compose(context, outgoing, signers, when, about=made.about, manifest=made.manifest, like=draft)
        _show_manifest(context, made.manifest)
        exported = composed.event.hash
        signed = _sign(composed, keys)
        # Before it is on record: after a crash, a note of what never left does no harm, and the other way round would.
        note_export(
            context, made, event=composed.event.hash, to=outgoing.to, exhibits=outgoing.exhibits,
            choice=outgoing.choice, is_detached=outgoing.is_detached, encrypted_to=outgoing.recipients,
        )  # fmt: skip
        return signed

    order = _order(context, outgoing, requests, acts, draft)
    store = access.home.store
    try:
        built = build_bundle(
            store, open_vault(context, outgoing.exhibits), order, target=outgoing.target, sign=sign, clock=context.now,
            record=access.append,
        )  # fmt: skip
    except CustodyError as error:
        told = _after_recording(context, error, outgoing, exported)
        if told is None:
            raise
        raise told from error
    context.settings.has_recorded = True
    if built.absent:
        known = told_absent(access, before=exported)
        _warn_absent(context, [digest for digest in built.absent if digest not in known])
    return built


def _warn_absent(context: Context, absent: Sequence[str]) -> None:
    """Warn of documents that are not here, and of which no earlier export was told."""
    if absent:
        count = counted(len(absent), "document that entries name is", "documents that entries name are")
        named = ", ".join(absent[:8]) + (", ..." if len(absent) > 8 else "")
        note(context.settings, f"warning: {count} not here, and did not go along: {named}")


def _after_recording(context: Context, error: CustodyError, outgoing: Outgoing, exported: str) -> CustodyError | None:
    """Return the error of a file that was not written with what is on record all the same, or nothing where nothing is:
    who is told that nothing was written would answer, or send, a second time.
    """
    with context.ledger().read() as reader:
        last = reader.event_indexes([exported]).get(exported) if exported else None
    if last is None:
        return None
    context.settings.has_recorded = True
    first = last - len(outgoing.acts)
    entries = f"entry {last} is" if first == last else f"entries {first} to {last} are"
    if outgoing.transfer is not None:
        again = f"custody transfer again {outgoing.transfer}"
    elif outgoing.exhibits:
        again = "custody bundle, which records an export of its own,"
    else:
        again = f"custody request letter {outgoing.requests[0]}"
    hint = f"don't record it again: {again} -o FILE writes what is on record"
    text = f"{error.text}; {entries} on record all the same, and no file was written"
    return type(error)(error.code, text, hint="; ".join(filter(None, (error.hint, hint))))


def _order(
    context: Context, outgoing: Outgoing, requests: tuple[str, ...], acts: tuple[Submission, ...], draft: Composed
) -> Order:
    """Return what is to be packed: the ``acts`` that are recorded with it are signed, the export is a ``draft``."""
    return Order(
        exhibits=tuple((item.case, item.number) for item in outgoing.exhibits),
        nonce=context.random(16).hex(),
        choice=replace(outgoing.choice, to=outgoing.to),
        requests=requests,
        acts=acts,
        stated=draft.disclosures,
        is_detached=outgoing.is_detached,
        recipients=outgoing.recipients,
        earlier=_earlier(context, outgoing.to),
    )


def _about(outgoing: Outgoing) -> tuple[About, ...]:
    if outgoing.exhibits:
        return tuple(About(exhibit=item.registration) for item in outgoing.exhibits)
    return tuple(About(request=request) for request in outgoing.requests)


def _compose(
    context: Context,
    outgoing: Outgoing,
    signers: tuple[Signer, ...],
    when: When,
    *,
    about: tuple[About, ...],
    manifest: str,
    like: Composed | None = None,
) -> Composed:
    """Return the exporting event; ``like`` an earlier one, its private values under the commitments that they have.

    The payload shows the recipient who he is and what it is for, so these values are made before the payload.
    """
    details: dict[str, Any] = {
        "manifest": manifest, "request": outgoing.request, "to": outgoing.to, "transfer": outgoing.transfer
    }  # fmt: skip
    if like is None:
        details |= {"purpose": outgoing.purpose, "recipient": _name_of(context, outgoing.to)}
    else:
        made = like.event.details
        assert isinstance(made, BundleExported), "that is what was composed"
        # Packing takes its time; what is signed is the moment that the signer was shown.
        when = When(at=like.event.event.occurred_at, utc_offset=like.event.event.utc_offset)
        details |= {"purpose": made.purpose, "recipient": made.recipient}
    composed = context.ledger().compose(
        "bundle.exported", signers=signers, details=details, when=when, anchor=Anchor(about=about)
    )
    return composed if like is None else Composed(composed.event, like.disclosures)


def _name_of(context: Context, agent: str) -> str:
    """Return the name under which an agent is enrolled, as far as this home knows it."""
    access = context.ledger()
    with access.read() as reader:
        entries = entries_about(reader, ("agent", agent))
    name = agent
    for entry in entries:
        details = entry.event.details
        if isinstance(details, AgentEnrolled | AgentChanged) and isinstance(details.name, Private):
            known = access.disclosures_of([entry.event]).get(details.name.commitment)
            name = str(known.value) if known is not None else name
    return name


def _open_keys(context: Context, who: Signing, composed: Sequence[Composed]) -> Mapping[str, KeySigner]:
    """Show what is to be signed, ask, and open every key before any work: an export can't wait for a signature, because
    its proofs are made with it.

    Raises:
        SigningKeyError: ``key.absent``.
        click.Abort: the person said no.
    """
    agents = agents_of([item.event for item in composed])
    for agent in agents:
        if not is_at_hand(context, agent):
            text = f"expected a key of {agent} here, found none"
            raise SigningKeyError("key.absent", text, hint="an export needs all its signers at one place")
    _show(context, composed, agents, is_asked=is_asked(who))
    confirm(context, who, agents)
    alive = context.ledger().alive_keys()
    return load_signers(context, agents, who.passphrase_file, alive=alive)


def _sign(composed: Composed, keys: Mapping[str, KeySigner]) -> Submission:
    agents = [signer.agent for signer in composed.event.event.signers]
    signatures = [sign_for(composed.event, keys[agent]) for agent in agents]
    return Submission(join_signatures(composed.event, signatures), composed.disclosures)


def _show(context: Context, composed: Sequence[Composed], agents: Sequence[str], *, is_asked: bool) -> None:
    """Show the acts and the export; what is packed, and so the digest of it, is made only then."""
    values: dict[str, Disclosure] = {value.commitment: value for item in composed for value in item.disclosures}
    told = [tell(item.event, values, name_of=context.ledger().name_of) for item in composed]
    facts = tuple((label, value) for label, value in told[-1].facts if value != _NO_MANIFEST)
    show_events(context, (*told[:-1], replace(told[-1], facts=facts)), agents, is_asked=is_asked)


def _show_manifest(context: Context, manifest: str) -> None:
    if not (context.settings.quiet or context.settings.json):
        note(context.settings, f"  packed: the export signs the list of its contents, SHA-256 {manifest}")


def _earlier(context: Context, recipient: str) -> tuple[int, ...]:
    """Return the checkpoint sizes that the recipient has from earlier exports, so that he can link this one."""
    access = context.ledger()
    events = access.home.store.disclosures.exports_to(recipient)
    with access.read() as reader:
        return tuple(index + 1 for index in reader.event_indexes(events).values())
