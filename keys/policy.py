"""C2SP trust policies: whose cosignatures make a checkpoint count (c2sp.org/tlog-policy).

    log <vkey> [<url>]
    witness X1 <vkey> [<url>]
    group X all|any|<k> X1 X2
    quorum X|none

A name is defined before it is used and is a member of one group at most, so nobody counts twice; there is one quorum
line. Names are opaque octets. No key stands in a policy twice, under whatever name or type, and no log's key counts
as its own cosigner's. URLs are read over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from keys.note import VerifiedSignature
from keys.verifier_key import KeyType, VerifierKey, parse_verifier_key
from schemas.errors import RecordError, VerificationError
from schemas.text import parse_decimal

POLICY_BYTES = 65_536
"""Longest policy: some 500 cosigners. The specification recommends room for 32 logs, witnesses and groups each."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


class Group(msgspec.Struct, frozen=True):
    """Counts as a cosigner where at least ``threshold`` of ``members`` do; all of them were defined before it."""

    name: bytes
    threshold: int
    members: tuple[bytes, ...]


class Policy(msgspec.Struct, frozen=True):
    """Logs, named cosigners, groups in order of definition, and the name that must count; None is ``quorum none``."""

    logs: tuple[VerifierKey, ...]
    cosigners: tuple[tuple[bytes, VerifierKey], ...]
    groups: tuple[Group, ...]
    quorum: bytes | None


@dataclass(slots=True)
class _Lines:
    """What the lines read so far define; ``free`` are the names that belong to no group yet."""

    logs: list[VerifierKey] = field(default_factory=list)
    cosigners: dict[bytes, VerifierKey] = field(default_factory=dict)
    groups: dict[bytes, Group] = field(default_factory=dict)
    quorum: list[bytes] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)
    free: set[bytes] = field(default_factory=set)


def parse_policy(raw: bytes) -> Policy:
    """Return the policy in ``raw``. Keys of a type not known here may be named and never count.

    Raises:
        RecordError: ``policy.malformed``, with the number of the line.
    """
    if len(raw) > POLICY_BYTES or not raw.endswith(b"\n") or _CONTROL.search(raw):
        raise RecordError("policy.malformed", f"expected lines ended by LF, at most {POLICY_BYTES} bytes in all")
    read = _Lines()
    for number, line in enumerate(raw.split(b"\n"), start=1):
        words = line.split()
        try:
            if words and not words[0].startswith(b"#"):
                _read_line(read, words)
        except (RecordError, UnicodeDecodeError) as error:
            text = error.text if isinstance(error, RecordError) else "expected ASCII"
            raise RecordError("policy.malformed", f"line {number}: {text}") from None
    if not read.quorum:
        raise RecordError("policy.malformed", "expected a quorum line, found none")
    quorum = None if read.quorum == [b"none"] else read.quorum[0]
    return Policy(tuple(read.logs), tuple(read.cosigners.items()), tuple(read.groups.values()), quorum)


def _read_line(read: _Lines, words: list[bytes]) -> None:
    match words:
        case [b"log", vkey] | [b"log", vkey, _]:
            read.logs.append(_read_key(read, vkey, wrong=KeyType.COSIGNER))
        case [b"witness", name, vkey] | [b"witness", name, vkey, _]:
            _define(read, name)
            read.cosigners[name] = _read_key(read, vkey, wrong=KeyType.LOG)
        case [b"group", name, threshold, first, *more]:
            for member in (first, *more):
                if member not in read.free:
                    raise RecordError("policy.member", f"expected a member defined and not used, found {member!r}")
                read.free.remove(member)
            _define(read, name)
            read.groups[name] = Group(name, _threshold(threshold, of=1 + len(more)), (first, *more))
        case [b"quorum", name]:
            if read.quorum or name not in {b"none", *read.cosigners, *read.groups}:
                raise RecordError("policy.quorum", f"expected one quorum of a name defined before, found {name!r}")
            read.quorum.append(name)
        case _:
            raise RecordError("policy.line", f"expected log, witness, group or quorum, found {b' '.join(words)[:80]!r}")


def _define(read: _Lines, name: bytes) -> None:
    if name == b"none" or name in read.cosigners or name in read.groups:
        raise RecordError("policy.name", f"expected a new name, found {name!r}")
    read.free.add(name)


def _threshold(word: bytes, *, of: int) -> int:
    value = {b"all": of, b"any": 1}.get(word) or parse_decimal(word.decode("ascii"), maximum=of)
    if value < 1:
        raise RecordError("policy.threshold", f"expected all, any or 1 to {of}, found {word!r}")
    return value


def _read_key(read: _Lines, word: bytes, *, wrong: KeyType) -> VerifierKey:
    key = parse_verifier_key(word.decode("utf-8"))
    if key.type is wrong or key.key in read.keys:
        raise RecordError("policy.key", f"expected a key of this office that is new, found {key.name}")
    read.keys.add(key.key)
    return key


def check_quorum(policy: Policy, signatures: Iterable[VerifiedSignature]) -> None:
    """Raise unless the cosigners among ``signatures`` (of one `Note`) reach the quorum; ``quorum none`` always does.

    Raises:
        VerificationError: ``policy.quorum``.
    """
    signed = {signature.key for signature in signatures}
    counted = {name for name, key in policy.cosigners if key in signed}
    # Definition order, not recursion: members come first, and a long chain of groups costs no stack.
    for group in policy.groups:
        if len(counted.intersection(group.members)) >= group.threshold:
            counted.add(group.name)
    if policy.quorum is not None and policy.quorum not in counted:
        names = ", ".join(sorted(name.decode("utf-8", "replace") for name in counted)) or "nobody"
        raise VerificationError("policy.quorum", f"expected the quorum {policy.quorum!r}, found cosigned: {names}")
