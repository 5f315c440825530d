"""What arrives and can't be read as a delivery: damaged, no zip at all, or something else. It is refused on record.

Nothing in it is proven, so what it or its covering letter claims is recorded as a claim: from whom, and under which
number. No dispatch is decided on with it, and an intact copy of the same parcel can still be accepted.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from custody.bundle.container import open_container
from custody.bundle.source import BundleSource
from custody.cli.acting.acts import compose_event
from custody.cli.checking.verification import Beliefs
from custody.cli.context import Context
from custody.cli.files import given_values, sha256_of
from custody.cli.options import Signing, When
from custody.cli.output import note
from custody.ledger.compose import Composed
from custody.ledger.entries import entries_about
from custody.verify.record.source import FoundFile
from custody.verify.verify import verify
from schemas import canonical, layout, limits
from schemas.bundle import Bundle
from schemas.details.record import BundleExported
from schemas.details.transfer import TransferDispatched, TransferRefused
from schemas.errors import CustodyError, RefusedError, UsageError, VerificationError
from schemas.report import LedgerReport
from schemas.text import format_time
from schemas.types import is_set

_UNREADABLE: Final = ("container.", "transfer.mixed", "transfer.none", "transfer.unread")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file as it arrived, what its receiver believes, and from which agent he was told that it is."""

    path: Path
    beliefs: Beliefs
    sender: str | None


def is_unreadable(error: CustodyError) -> bool:
    """Tell whether an error says that a parcel is no delivery, whatever else is wrong with it."""
    return error.code.startswith(_UNREADABLE)


class _Records(BundleSource):
    """A bundle of which only the records are read; its files of evidence are taken for what they are named."""

    def measure(self, name: str) -> FoundFile:
        """Return the digest that a file of evidence is named by; nothing is said about it."""
        if not layout.is_detachable(name):
            return super().measure(name)
        digest = name.rpartition("/")[2].partition(".")[0]
        return FoundFile(digest, self._container.members[name].size)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a parcel says of itself, as far as it can be read: the ledger that it is from, the numbers of transfers."""

    ledger: str | None = None
    transfers: tuple[str, ...] = ()


def read_claims(parcel: Parcel) -> Claims:
    """Return what can be read of a parcel that is no delivery; whatever is wrong with its bytes, nothing is raised.

    Raises:
        UsageError, StorageError: it isn't there; this machine's disk.
    """
    try:
        with open_container(parcel.path) as container:
            verified = verify(_Records(container), trusted=parcel.beliefs.trusted, at=parcel.beliefs.at)
            raw = container.read(layout.BUNDLE, maximum=limits.JSON_BYTES)
    except VerificationError:
        return Claims()
    found = [
        str(entry.event.details.transfer)
        for entry in verified.entries.values()
        if isinstance(entry.event.details, BundleExported | TransferDispatched) and is_set(entry.event.details.transfer)
    ]
    ledger = verified.report.ledger
    origin = ledger.origin if isinstance(ledger, LedgerReport) else None
    with contextlib.suppress(CustodyError):
        origin = canonical.decode(raw, Bundle, maximum=limits.JSON_BYTES).ledger
    return Claims(origin, tuple(dict.fromkeys(found)))


def compose_refusal(
    context: Context,
    parcel: Parcel,
    *,
    transfer: str | None,
    reason: str,
    remark: str | None,
    who: Signing,
    when: When,
) -> tuple[Composed, str]:
    """Return the refusal of a parcel of which no exhibit is known, and the number of the transfer.

    Raises:
        RefusedError: ``transfer.decided`` for exactly this file.
        UsageError: ``receive.transfer`` where neither the parcel nor the user says its number, ``transfer.sender``.
        OSError: the file can't be read.
    """
    claims = read_claims(parcel)
    claimed = transfer or (claims.transfers[0] if len(claims.transfers) == 1 else None)
    if claimed is None:
        text = f"expected the number of one transfer in the parcel, found {len(claims.transfers)}"
        hint = "--transfer NUMBER, as the sender's letter has it: 32 hex digits"
        raise UsageError("receive.transfer", text, hint=hint)
    agent, ledger = _find_sender(context, claims.ledger, parcel.sender)
    digest = sha256_of(parcel.path)
    _check_new(context, claimed, digest)
    details: dict[str, Any] = {
        "from": agent, "ledger": ledger, "note": remark, "parcel": digest, "reasons": [reason],
        "refused_at": format_time(when.moment(context.now())[0]), "transfer": claimed, "verdict": "FAILED",
    }  # fmt: skip
    with given_values():
        return compose_event(context, "transfer.refused", details, who=who, when=when), claimed


def _check_new(context: Context, transfer: str, digest: str) -> None:
    with context.ledger().read() as reader:
        entries = entries_about(reader, ("transfer", transfer))
    if any(isinstance(item.event.details, TransferRefused) and item.event.details.parcel == digest for item in entries):
        text = f"expected a parcel that was not refused yet, found {digest} refused in transfer {transfer}"
        hint = f"custody receipt make {transfer} -o FILE writes the receipt again"
        raise RefusedError("transfer.decided", text, hint=hint)


def check_refused_before(context: Context, transfer: str, *, is_known: bool) -> None:
    """Raise where a parcel of a transfer was refused unread: with that receipt its sender has custody again. Whoever
    takes it in all the same (``is_known``) is warned.

    Raises:
        RefusedError: ``receive.refused-before``.
    """
    with context.ledger().read() as reader:
        entries = entries_about(reader, ("transfer", transfer))
    # What was refused by name is decided on; of a parcel that couldn't be read, only its number is known.
    refused = [
        item.entry.index
        for item in entries
        if isinstance(item.event.details, TransferRefused) and is_set(item.event.details.parcel)
    ]
    if not refused:
        return
    if not is_known:
        text = f"expected a transfer of which nothing was refused here, found entry {refused[-1]}, which refused it"
        hint = "its sender may have it back: ask, and let it be dispatched anew; or --after-refusal"
        raise RefusedError("receive.refused-before", text, hint=hint)
    text = f"warning: transfer {transfer} was refused here before (entry {refused[-1]}): its sender may have it back"
    note(context.settings, text)


def _find_sender(context: Context, claimed: str | None, named: str | None) -> tuple[str, str]:
    """Return who sent it, as enrolled here, and his ledger; the user's word goes before the parcel's."""
    with context.ledger().read() as reader:
        known = [(agent.id, agent.ledger) for agent in reader.agents() if agent.ledger is not None]
    fits = [item for item in known if (item[0] == named if named is not None else item[1] == claimed)]
    if len(fits) != 1:
        text = f"expected one organisation on record with its ledger as the sender, found {len(fits)}"
        hint = "--from AGENT; custody agent enrol ID --kind organisation --country CC --ledger ORIGIN enrols one"
        raise UsageError("transfer.sender", text, hint=hint)
    return fits[0]
