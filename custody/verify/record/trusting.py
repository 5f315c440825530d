"""A trust file read as strictly as anything else: its keys and its policy must parse before anything rests on them."""

from __future__ import annotations

from collections.abc import Iterable

from custody.verify.rules import view
from keys.note import open_note
from keys.policy import check_quorum, parse_policy
from keys.verifier_key import KeyType, VerifierKey, parse_verifier_key
from schemas import canonical, limits
from schemas.checkpoint import parse_checkpoint
from schemas.errors import RecordError, UndecidedError, VerificationError
from schemas.text import parse_base64
from schemas.trust import LogKey, SeenCheckpoint, Trust, TrustedLedger


def parse_trust(raw: bytes) -> Trust:
    """Return the trust file of which ``raw`` is the canonical spelling.

    Raises:
        RecordError: ``trust.log-key`` for a log key of another name or kind, ``trust.seen`` for a note that isn't of
            the checkpoint that was seen, ``policy.*``, ``vkey.*``, ``record.*``.
        UnknownVersionError: ``record.version``.
    """
    trust = canonical.decode(raw, Trust, maximum=limits.TRUST_BYTES)
    for ledger in trust.ledgers:
        for log_key in ledger.log_keys:
            key = parse_verifier_key(log_key.key)
            if key.type is not KeyType.LOG or key.name != ledger.origin:
                raise RecordError("trust.log-key", f"expected a log key named {ledger.origin}, found {key.name}")
        for seen in ledger.seen:
            check_seen(ledger, seen)
    if isinstance(trust.policy, str):
        parse_policy(trust.policy.encode("utf-8"))
    return trust


def check_seen(ledger: TrustedLedger, seen: SeenCheckpoint) -> None:
    """What was seen makes a ledger FAILED that says otherwise, so it must be the ledger's own signed word.

    Raises:
        RecordError: ``trust.seen``.
    """
    wanted = f"expected a signed checkpoint of {ledger.origin} of size {seen.size} and root {seen.root}"
    try:
        note = open_note(parse_base64(seen.note), keys_at(seen.size, ledger.log_keys))
        found = parse_checkpoint(note.text)
    except (RecordError, VerificationError) as error:
        raise RecordError("trust.seen", f"{wanted}, found a note of which is said: {error.text}") from None
    if (found.origin, found.size, found.root.hex()) != (ledger.origin, seen.size, seen.root):
        text = f"{wanted}, found one of {found.origin} of size {found.size} and root {found.root.hex()}"
        raise RecordError("trust.seen", text)


def keys_at(size: int, log_keys: Iterable[LogKey | view.LogKey]) -> list[VerifierKey]:
    """Return the keys that count for a checkpoint of ``size``: entries [first, last] are sizes [first+1, last+1].

    Raises:
        RecordError: ``vkey.*``; a trust file that was parsed, and a ledger that was folded, have none such.
    """
    return [
        parse_verifier_key(item.key)
        for item in log_keys
        if item.first < size and (not isinstance(item.last, int) or size <= item.last + 1)
    ]


def check_cosigned(raw: bytes, log_keys: Iterable[VerifierKey], trust: Trust, *, code: str) -> None:
    """Raise unless as many cosigners as the trust file's policy wants, if it has one, signed a checkpoint's note.

    Raises:
        RecordError: ``note.*``, ``policy.*``.
        VerificationError: ``note.*``.
        UndecidedError: ``code`` where too few signed.
    """
    if not isinstance(trust.policy, str):
        return
    policy = parse_policy(trust.policy.encode("utf-8"))
    note = open_note(raw, (*log_keys, *(key for _, key in policy.cosigners)))
    try:
        check_quorum(policy, note.verified)
    except VerificationError as error:
        raise UndecidedError(code, error.text) from None
