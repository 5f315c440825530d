"""What a verification rested on: the file, the ledger, the trust file with its pins, and the time used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from custody.report.counts import counted
from custody.report.safe_text import show, show_path
from custody.report.words import WITHHELD, format_utc, format_value
from custody.verify.verify import Verified
from schemas.details.ledger import LedgerOpened
from schemas.details.record import BundleExported
from schemas.report import Report
from schemas.trust import Trust, TrustedLedger
from schemas.types import UNSET


@dataclass(frozen=True, slots=True)
class Basis:
    """What the reader gave: names of the bundle and of the trust file as he typed them, and what the latter holds.

    ``own`` names the ledger of the home, where that is believed though the file doesn't say so; ``program`` names the
    program and its version, where that is to be shown; ``profile`` the procedure profile, None where the reader wanted
    none applied.
    """

    bundle: str
    trust_file: str = ""
    trust: Trust | None = None
    own: str = ""
    files: tuple[str, ...] = ()
    program: str = ""
    profile: str | None = ""


def rows_of(basis: Basis, report: Report, verified: Verified | None) -> tuple[tuple[str, str], ...]:
    """Return labels and values, safe to show; ``verified`` is missing where the file could not be opened."""
    return (
        ("bundle", show_path(basis.bundle)),
        *_exported(report, verified),
        *_ledger(report),
        *_authority(verified),
        *_trust(basis, report),
        ("files given apart", ", ".join(map(show_path, basis.files)) or "none"),
        *profile_rows(basis.profile),
        ("time used", format_utc(report.at)),
        *((("checked by", show(basis.program)),) if basis.program else ()),
    )


def profile_rows(profile: str | None) -> Iterator[tuple[str, str]]:
    """Yield by which procedure profile step 12 was asked, where one was to be told."""
    if profile != "":
        yield "procedure profile", "none" if profile is None else profile


def _exported(report: Report, verified: Verified | None) -> Iterator[tuple[str, str]]:
    if verified is None or report.ledger is UNSET:
        return
    export = verified.entries.get(report.ledger.size - 1)
    if export is not None and isinstance(export.event.details, BundleExported):
        yield "made for the road", f"{format_utc(export.entry.recorded_at)}, entry {export.entry.index}"
        yield "SHA-256 of its list of contents", export.event.details.manifest


def _authority(verified: Verified | None) -> Iterator[tuple[str, str]]:
    """What the bundle says of its own authority proves nothing, but tells whom to look up and ask."""
    opened = None if verified is None else verified.entries.get(0)
    if verified is None or opened is None or not isinstance(opened.event.details, LedgerOpened):
        return
    details = opened.event.details
    found = verified.values.disclosed.get(details.authority.commitment)
    name = WITHHELD if found is None else format_value(found.value)
    yield "authority, as the bundle says", f"{name} ({details.country})"


def _ledger(report: Report) -> Iterator[tuple[str, str]]:
    ledger = report.ledger
    if ledger is UNSET:
        yield "ledger", "could not be read"
        return
    yield "ledger", show(ledger.origin)
    yield "fingerprint shown by the bundle", "none" if ledger.genesis is UNSET else str(ledger.genesis)
    yield "state of the ledger", f"{counted(ledger.size, 'entry', 'entries')}, digest {ledger.root}"


def _trust(basis: Basis, report: Report) -> Iterator[tuple[str, str]]:
    if basis.trust is None:
        yield "trust file", "none"
        return
    own = f", and the ledger of this home, {show(basis.own)}" if basis.own else ""
    yield "trust file", f"{show_path(basis.trust_file)}{own}"
    yield "SHA-256 of the trust file", str(report.trust_sha256)
    for pin in basis.trust.chain_pins or ():
        yield "block, as pinned", f"{pin.height} of {show(pin.chain)}: {pin.hash}"
    believed = None if report.ledger is UNSET else basis.trust.ledger(report.ledger.origin)
    if believed is None:
        yield "what it says about this ledger", "nothing"
        return
    yield from _pins(believed)
    yield "cosigners asked for", "yes" if isinstance(basis.trust.policy, str) else "none"


def _pins(believed: TrustedLedger) -> Iterator[tuple[str, str]]:
    yield "authority, as trusted", f"{show(believed.authority)} ({believed.country})"
    yield "fingerprint, as trusted", believed.genesis
    for key in believed.log_keys:
        last = f"to {key.last}" if isinstance(key.last, int) else "on"
        yield "ledger key, as trusted", f"{show(key.key)} for entries from {key.first} {last}"
    sizes = ", ".join(f"{seen.size:,}" for seen in believed.seen[-8:])
    entries = "entry" if sizes == "1" else "entries"
    yield "states seen before", f"{len(believed.seen)}, the newest with {sizes} {entries}" if sizes else "none"
