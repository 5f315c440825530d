"""The trust file on disk: read strictly, changed by explicit acts only, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from custody.cli.files import given_file, read_file, write_file
from custody.cli.surroundings import Surroundings
from custody.verify.record.trusting import check_seen, parse_trust
from custody.verify.verify import Trusted
from schemas import canonical, limits
from schemas.errors import RecordError, RefusedError, UsageError
from schemas.trust import SeenCheckpoint, Trust, TrustedLedger

EMPTY = Trust(ledgers=(), schema="custody-trust/v1")


@dataclass(frozen=True, slots=True)
class TrustFile:
    """A trust file as it lies on disk; ``raw`` is None where there is none yet."""

    path: Path
    trust: Trust
    raw: bytes | None

    @property
    def trusted(self) -> Trusted:
        """What a verification takes: nothing is believed where there is no file."""
        if self.raw is None:
            return Trusted()
        return Trusted(self.trust, sha256(self.raw).hexdigest())


def read_trust_file(surroundings: Surroundings, named: Path | None = None) -> TrustFile:
    """Return the trust file: the one named, CUSTODY_TRUST, or the user's own, which need not be there.

    Raises:
        UsageError: the named file is absent, or is no trust file.
    """
    path = surroundings.trust_file(named)
    is_named = named is not None or bool(surroundings.environment.get("CUSTODY_TRUST"))
    if not path.exists():
        if is_named:
            hint = "custody trust add makes one; or leave out --trust and CUSTODY_TRUST"
            raise UsageError("usage.file", f"expected a trust file at {path}, found nothing", hint=hint)
        return TrustFile(path, EMPTY, None)
    raw = read_file(path, maximum=limits.TRUST_BYTES)
    with given_file(path):
        return TrustFile(path, parse_trust(raw), raw)


def open_for_change(surroundings: Surroundings, named: Path | None) -> TrustFile:
    """Return the trust file to be changed, which may be a new one under a name that was given.

    Raises:
        UsageError: it is no trust file.
    """
    path = surroundings.trust_file(named)
    return read_trust_file(surroundings, named) if path.exists() else TrustFile(path, EMPTY, None)


def write_trust(file: TrustFile, trust: Trust) -> None:
    """Put ``trust`` in place of what the file holds.

    Raises:
        OSError: the folder can't be written.
    """
    raw = format_trust(trust)
    file.path.parent.mkdir(parents=True, exist_ok=True)
    write_file(file.path, raw, force=True)


def format_trust(trust: Trust) -> bytes:
    """Return the canonical bytes, read as strictly as a stranger would read them.

    Raises:
        RecordError: as `parse_trust`.
    """
    raw = canonical.encode(trust)
    parse_trust(raw)
    return raw


def with_ledger(trust: Trust, ledger: TrustedLedger) -> Trust:
    """Return ``trust`` with a ledger added, or its log keys renewed where it is known; what was seen stays, but what
    none of these keys vouches for: one that was stolen is revoked for the past, and took readers in until then.

    Raises:
        RefusedError: ``trust.genesis`` where another ledger is believed under that name.
    """
    known = trust.ledger(ledger.origin)
    if known is not None and known.genesis != ledger.genesis:
        raise RefusedError(
            "trust.genesis",
            f"expected the fingerprint {known.genesis} that is believed for {ledger.origin}, found {ledger.genesis}",
            hint="two ledgers of one name: ask the authority; nothing was changed",
        )
    if known is not None:
        kept = tuple(seen for seen in known.seen if _is_signed(ledger, seen))
        ledger = msgspec.structs.replace(ledger, seen=_merge(kept, ledger.seen, ledger.origin))
    return replace_ledger(trust, ledger.origin, lambda _: ledger)


def _is_signed(ledger: TrustedLedger, seen: SeenCheckpoint) -> bool:
    try:
        check_seen(ledger, seen)
    except RecordError:
        return False
    return True


def replace_ledger(trust: Trust, origin: str, change: Callable[[TrustedLedger | None], TrustedLedger]) -> Trust:
    """Return ``trust`` with the ledger of ``origin`` changed."""
    others = [ledger for ledger in trust.ledgers if ledger.origin != origin]
    ledgers = sorted([*others, change(trust.ledger(origin))], key=lambda ledger: ledger.origin)
    return msgspec.structs.replace(trust, ledgers=tuple(ledgers))


def with_seen(ledger: TrustedLedger, seen: SeenCheckpoint) -> TrustedLedger:
    """Return ``ledger`` with one more checkpoint that was accepted.

    Raises:
        RefusedError: ``trust.fork`` where another root of that size was accepted before.
    """
    return msgspec.structs.replace(ledger, seen=_merge(ledger.seen, (seen,), ledger.origin))


def _merge(
    known: tuple[SeenCheckpoint, ...], added: tuple[SeenCheckpoint, ...], origin: str
) -> tuple[SeenCheckpoint, ...]:
    by_size = {seen.size: seen for seen in known}
    for seen in added:
        before = by_size.setdefault(seen.size, seen)
        if before.root != seen.root:
            raise RefusedError(
                "trust.fork",
                f"expected {before.root} at {seen.size} entries of {origin}, found {seen.root}",
                hint="the ledger shows two histories; keep both notes, they are the proof",
            )
    return tuple(by_size[size] for size in sorted(by_size))
