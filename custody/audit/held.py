"""Checkpoints that somebody holds from before: the only thing that shows a ledger rewritten with its own keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from custody.verify.verify import Verified
from keys.note import open_note, parse_note
from keys.verifier_key import VerifierKey
from schemas.checkpoint import parse_checkpoint
from schemas.errors import CustodyError, UsageError, VerificationError
from schemas.report import Findings, Severity, Verdict
from schemas.trust import TrustedLedger

_UNKNOWN: Final = frozenset({"checkpoint.no-trust", "checkpoint.unknown-origin", "verify.newer-version"})
"""What a bundle is called of whose checkpoints some weren't checked: anybody may have written them."""


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint held from before: ``source`` says where from; ``note`` is None where it was verified before."""

    size: int
    root: bytes
    source: str
    note: bytes | None = None


def parse_held(raw: bytes, *, origin: str, source: str) -> Held:
    """Return the checkpoint of a signed note, not verified yet.

    Raises:
        RecordError: ``note.*``, ``checkpoint.*``.
        UsageError: ``audit.since-origin`` for a checkpoint of another ledger.
    """
    checkpoint = parse_checkpoint(parse_note(raw).text)
    if checkpoint.origin != origin:
        raise UsageError("audit.since-origin", f"expected a checkpoint of {origin}, found one of {checkpoint.origin}")
    return Held(checkpoint.size, checkpoint.root, source, raw)


def held_by(believed: TrustedLedger) -> tuple[Held, ...]:
    """Return the checkpoints that a trust file has seen; each was verified before it got there."""
    return tuple(Held(seen.size, bytes.fromhex(seen.root), "the trust file") for seen in believed.seen)


def vouched(kept: Iterable[object]) -> tuple[Verified, ...]:
    """Return those bundles and letters, of all that were ``kept`` of others, that hold under a trust file that knows
    all their ledgers: others may have been written by anybody.
    """
    found = (item for item in kept if isinstance(item, Verified) and item.report.verdict is not Verdict.FAILED)
    return tuple(item for item in found if not item.codes & _UNKNOWN)


def held_abroad(kept: Iterable[Verified], origin: str) -> Iterator[Held]:
    """Yield the checkpoints of the ledger ``origin`` in bundles and letters: what left it came back as it was."""
    for item in kept:
        for size, root in item.told.roots(origin).items():
            yield Held(size, bytes.fromhex(root), "a bundle or letter that came in")


def is_signed(held: Held, keys: Sequence[VerifierKey], findings: Findings) -> bool:
    """Tell whether the note is signed by one of the log's keys. What is not can accuse nobody, whoever brought it: it
    may be forged as well as the ledger.

    Findings: ``audit.since-signature`` (indeterminate).
    """
    if held.note is None:
        return True
    try:
        open_note(held.note, keys)
    except CustodyError as error:
        text = (
            f"expected the checkpoint held from before to be signed by a key of this ledger: {error.text}; so it was"
            f" not compared, and the signatures of entries below {held.size} were not checked"
        )
        findings.add(2, Severity.INDETERMINATE, "audit.since-signature", _subject(held), text)
        return False
    return True


def check_held(held: Iterable[Held], *, size: int, roots: dict[int, bytes], findings: Findings) -> None:
    """Compare the ledger of ``size`` entries with checkpoints held from before; ``roots`` has its roots at their sizes.

    All bytes were hashed again, so an equal root is as good as a consistency proof: the ledger begins with what it was.

    Findings: ``audit.truncated``, ``audit.fork`` at the ledger's own size, ``audit.rewritten`` at a smaller one.
    """
    equal_below = 0
    for item in sorted(held, key=lambda item: item.size):
        if item.size > size:
            text = f"expected at least {item.size} entries, as in the checkpoint from {item.source}, found {size}"
            findings.add(2, Severity.FAILED, "audit.truncated", f"entry {size}", text)
        elif roots[item.size] == item.root:
            equal_below = item.size
        else:
            code = "audit.fork" if item.size == size else "audit.rewritten"
            text = (
                f"expected the root {item.root.hex()} at size {item.size}, as in the checkpoint from {item.source},"
                f" found {roots[item.size].hex()}: some of the entries {equal_below} to {item.size - 1} were replaced"
            )
            findings.add(2, Severity.FAILED, code, f"entries {equal_below} to {item.size - 1}", text)


def check_genesis(believed: TrustedLedger, found: bytes | None, findings: Findings) -> None:
    """Compare entry 0 with the fingerprint that is believed.

    Findings: ``checkpoint.genesis``.
    """
    if found is None or found.hex() != believed.genesis:
        text = f"expected entry 0 to hash to {believed.genesis}, found {found.hex() if found else 'none'}"
        error = VerificationError("checkpoint.genesis", text)
        findings.add(2, Severity.FAILED, error.code, "entry 0", error.text)


def _subject(held: Held) -> str:
    return f"checkpoint {held.size}"
