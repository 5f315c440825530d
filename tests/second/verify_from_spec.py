#!/usr/bin/env python3
"""A second verifier of custody bundles, written from the specification alone.

WHAT IT IS.  Somebody handed you a bundle: one zip file with pieces of evidence, the story of who had them, and the
proofs that the story is whole. This program says whether the bundle holds: PASSED, FAILED, or INDETERMINATE (nothing
is wrong as far as can be seen, but something could not be decided). It shares no code with the program that made the
bundle. It needs Python 3.11 or newer and nothing else. If the packages PyNaCl and blake3 are there, signatures and
digests are checked faster, by the same rule. It opens no network connection and changes no file. You can read it from
top to bottom; each part names the page of the specification (``docs/spec``) that it follows.

HOW TO RUN IT.

    python3 verify_from_spec.py BUNDLE.zip [--trust trust.json] [--files DIR]... [--proof FILE]... [--at TIME] [--json]

    BUNDLE.zip      the bundle, exactly as it was sent: never pack it again
    --trust FILE    what you believe beforehand: which ledgers, by which fingerprint and keys (trust.md). Get it from
                    the authority over a channel of its own, never together with the bundle. Without it the best
                    verdict is INDETERMINATE, since anybody can make a ledger of his own
    --files DIR     a folder with evidence that travelled apart from the bundle; may be given several times
    --proof FILE    a consistency proof that came apart from the bundle (tree.md); may be given several times
    --at TIME       the time at which you read, such as 2026-11-21T12:00:00Z; it changes no verdict, but tells whether
                    something was recorded later. Without it, the clock's
    --json          print the report as one canonical JSON record (report.md) instead of text

    python3 verify_from_spec.py --vectors DIR      check this program against all published test vectors of a folder

WHAT IT PRINTS.  The thirteen steps with their verdicts, then all findings (code and words), then where each exhibit
stood at the end, and in the last line the verdict.

    step 0, 1    the zip has the one allowed form, and every byte in it is listed with its digest
    step 2       the checkpoint is signed by a log key that you believe, cosigners included, and continues what you saw
    step 4       every entry is well formed and stands in the ledger's hash tree; the last one commits to the payload
    step 5, 6    every signature holds, by an enrolled key that was valid; what a stolen key signed is found
    step 7       the rules of custody: who may act, who holds an exhibit, in which state it is
    step 8       nothing was left out: the index of the ledger says how many entries each subject has
    step 9, 10   evidence and disclosed texts are those that were registered
    step 12      defects of procedure, which a court may cure and which change no verdict
    step 11      what left for another country had the consent that it needs, which its letter bears if it came by one,
                 and the bundle was made for this reader
    (step 3 is reserved)

WHERE TO FIND WHAT.  The parts stand in the order in which each needs those before it:

    spelling, forms and records       canonical-json.md, private-values.md, event.md, entry.md, and the tables of fields
    signatures, digests, trees        envelope.md, content.md, tree.md, trust.md
    the file                          bundle.md
    the rules of custody              events.md, requests.md, transfers.md, in one reducer, ``State``
    the gate, and disputed entries    lawfulness.md in ``Gate``, entry.md in ``Disputes``
    what steps need                   completeness.md, content.md, assets.md, inherited.md, letters.md
    the steps, 0 to 12                verification.md, and report.md, in ``Verification``

WHAT IT LEAVES OUT.  It decrypts nothing, so that what is encrypted stays undecided until the plain file is given; it
takes no profile of procedure, and makes none of the checks that one asks for, which can't fail a bundle; of proofs
about assets it checks nothing where chains_from_spec.py doesn't lie beside it, and says so; it computes SM3 only where
the machine can. Rules that only a whole ledger can show (``whole`` in the specification) are for an auditor.

EXIT CODE.  0 PASSED, 3 FAILED, 4 INDETERMINATE; 2 wrong usage (also an unreadable file or a malformed trust file),
1 a fault of this program, which says nothing about the bundle.

WHAT A VERDICT MEANS.  PASSED: unaltered since registration, in an unbroken and complete story according to this ledger
at this size, signed by keys that the ledger let sign. It does not show that what was registered was true, that
everything was registered, that a key was in its owner's hand, or that the ledger showed the same history to others.
"""

from __future__ import annotations

import argparse
import base64
import bisect
import datetime
import functools
import hashlib
import importlib.util
import itertools
import json
import mmap
import re
import struct
import sys
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Two packages are used for speed where they are there; what is computed stays what this file says.
_fast_open: Callable[[bytes, bytes], bytes] | None = None
_fast_errors: tuple[type[Exception], ...] = ()
_fast_blake3: Callable[[], Any] | None = None
try:
    from nacl import bindings, exceptions

    _fast_open, _fast_errors = bindings.crypto_sign_open, (exceptions.CryptoError,)
except ImportError:
    pass
try:
    from blake3 import blake3

    _fast_blake3 = blake3
except ImportError:
    pass

# What proofs about assets on public chains show is checked by a second file, where it lies beside this one.
chains: Any = None
_beside = Path(__file__).with_name("chains_from_spec.py")
if _beside.is_file():
    _spec = importlib.util.spec_from_file_location("chains_from_spec", _beside)
    assert _spec is not None
    assert _spec.loader is not None
    chains = importlib.util.module_from_spec(_spec)
    sys.modules[_spec.name] = chains  # where dataclasses look for it
    _spec.loader.exec_module(chains)

# Limits (limits.md)
MAX_INTEGER = 2**53 - 1
MAX_NESTING = 16
EVENT_BYTES, ENTRY_BYTES = 36_000, 65_535
JSON_BYTES, TRUST_BYTES, DENSE_BYTES = 64 * 2**20, 4 * 2**20, 2**20
NOTE_BYTES, NOTE_SIGNATURES = 1_000_000, 100
MANIFEST_LINE, FORMER_WALLETS = 65_536, 8
ENTRIES, MEMBERS = 1_000_000, 2_000_000
AFFIRMATION_ROUNDS, UNIT_MEMBERS, AGENT_KEYS, LOG_KEYS = 16, 4096, 1024, 1024
CONSENTS_ASKED, MADE_OF, BOUND_TO, FINDINGS_OF_A_KIND = 256, 32, 128, 1000
PIECE_BYTES, CIPHERTEXT_HEADER, INHERITED_DEPTH, CLOCK_SKEW, A_DAY = 16_777_216, 65_536, 8, 300, 86_400
DISCLOSURE_BYTES, PATH_BYTES, POLICY_BYTES = 65_536, 32_768, 65_536

FAILED, INDETERMINATE, DEFECT, NOTE = "failed", "indeterminate", "defect", "note"
ZERO_HASH = "0" * 64
EMPTY_SHA256 = hashlib.sha256(b"").digest()


class Bad(Exception):
    """Bytes that break a rule of the specification: a stable code, and words for people."""

    def __init__(self, code: str, text: str, severity: str = FAILED) -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.severity = code, text, severity


def sha256(*parts: bytes) -> bytes:
    """The SHA-256 of the joined parts."""
    return hashlib.sha256(b"".join(parts)).digest()


# ---------------------------------------------------------------------------------------------------------------------
# Canonical JSON (canonical-json.md)
# ---------------------------------------------------------------------------------------------------------------------


_NO_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}:,'))


def encode(value: Any) -> bytes:
    """The one spelling of a value. Keys are ASCII in every record, so order of texts is order of bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _refuse_number(text: str) -> Any:
    raise Bad("record.subset", f"a number that isn't an integer: {text[:20]}")


def _check_subset(value: Any, level: int = 0) -> None:
    """Refuse whatever is outside of the subset: null, fractions, large numbers, odd keys, deep nesting."""
    if isinstance(value, (dict, list)):
        if level == MAX_NESTING:
            raise Bad("record.nesting", f"more than {MAX_NESTING} levels")
        for item in value.values() if isinstance(value, dict) else value:
            _check_subset(item, level + 1)
        if isinstance(value, dict) and not all(re.fullmatch("[A-Za-z0-9_-]+", key) for key in value):
            raise Bad("record.subset", "a key with characters that aren't allowed")
    elif isinstance(value, int):  # bool is an int here
        if abs(value) > MAX_INTEGER:
            raise Bad("record.subset", "an integer above 2^53-1")
    elif not isinstance(value, str):
        raise Bad("record.subset", "null or a fraction")


def _check_density(raw: bytes) -> None:
    """Refuse many values in few bytes before they are made, each of which takes up a hundred: no record has such.

    The densest that a record may hold are a proof's subjects: 123 bytes for three arrays and objects and four keys.
    """
    bare = raw.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NO_STRUCTURE)
    is_dense = bare.count(b'"') * 4 > len(raw)
    if not is_dense:
        # No text stands right after another, so two quotes are a text in which nothing else was left.
        bare = re.sub(b'"[^"]*"', b"", bare.replace(b'""', b""))
        counts = bare.count(b"[") + bare.count(b"{"), bare.count(b":"), bare.count(b",")
        is_dense = any(count * least > len(raw) for count, least in zip(counts, (32, 24, 12), strict=True))
    if is_dense:
        raise Bad("record.malformed", "more values than a record of this size has")


def decode(raw: bytes, limit: int) -> Any:
    """Read canonical JSON. Encoding again what was read ends duplicate keys, white space and odd escapes at once."""
    if len(raw) > limit:
        raise Bad("record.size", f"more than {limit} bytes")
    if len(raw) > DENSE_BYTES:
        _check_density(raw)
    try:
        value = json.loads(raw.decode(), parse_float=_refuse_number, parse_constant=_refuse_number)
    except RecursionError:
        raise Bad("record.nesting", f"more than {MAX_NESTING} levels") from None
    except ValueError as error:
        raise Bad("record.malformed", f"not JSON: {error}") from None
    _check_subset(value)
    try:
        same = encode(value) == raw
    except UnicodeEncodeError:
        same = False  # half of a surrogate pair
    if not same:
        raise Bad("record.not-canonical", "not the canonical spelling")
    return value


# ---------------------------------------------------------------------------------------------------------------------
# Small forms (canonical-json.md). Each ``is_*`` says whether a text has the form.
# ---------------------------------------------------------------------------------------------------------------------


def is_time(text: str) -> bool:
    """``YYYY-MM-DDTHH:MM:SSZ``, a date that exists, from 1970 on."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", text):
        return False
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").year >= 1970
    except ValueError:
        return False


def seconds(text: str) -> float:
    """Seconds since 1970 of a time."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp()


def is_offset(text: str) -> bool:
    """``+hh:mm`` or ``-hh:mm``, never ``-00:00``."""
    return text != "-00:00" and bool(re.fullmatch("[+-]([01][0-9]|2[0-3]):[0-5][0-9]", text))


def is_number(text: str) -> bool:
    """A case or exhibit number: 1 to 128 bytes without control characters."""
    return 1 <= len(text.encode()) <= 128 and not re.search("[\x00-\x1f\x7f-\x9f]", text)


# Signs that nobody sees, or that read like others (verification.md, step 12)
_HIDDEN = (
    "A0 AD 34F 61C 115F 1160 1680 17B4 17B5 180B-180F 2000-200B 200E 200F 2028-202F 205F-206F 2800 3000 3164 FE00-FE0F"
    " FEFF FFA0 FFF9-FFFB E0000-E0FFF"
)
HIDDEN = re.compile("[" + re.sub("[0-9A-F]+", lambda found: chr(int(found[0], 16)), _HIDDEN).replace(" ", "") + "]")
LONE_JOINER = re.compile("(^|[\0-\x7f])[\u200c\u200d]|[\u200c\u200d]([\0-\x7f]|$)")
MIXED = re.compile("[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")


def is_unclear(number: str) -> bool:
    """Whether a number could be taken for another."""
    is_spaced = number != number.strip(" ") or "  " in number
    signs = (HIDDEN, LONE_JOINER, MIXED)
    return is_spaced or any(sign.search(number) for sign in signs) or unicodedata.normalize("NFC", number) != number


def is_origin(text: str) -> bool:
    """A ledger's name."""
    return len(text) <= 255 and bool(re.fullmatch("[a-z0-9.-]+(/[a-z0-9._-]+)*", text))


def decimal(text: str) -> int:
    """A plain decimal number up to 2^53-1."""
    if not re.fullmatch("0|[1-9][0-9]{0,15}", text) or int(text) > MAX_INTEGER:
        raise Bad("text.decimal", f"not a decimal number: {text[:30]!r}")
    return int(text)


def unbase64(text: str) -> bytes:
    """RFC 4648 section 4, in its one spelling."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Bad("text.base64", "not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Bad("text.base64", "base64 spelled otherwise than it should be")
    return raw


def unbase64url(text: str) -> bytes:
    """RFC 4648 section 5 without padding, in its one spelling."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise Bad("text.base64url", "not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise Bad("text.base64url", "base64url spelled otherwise than it should be")
    return raw


def is_base64(text: str) -> bool:
    """Whether ``unbase64`` takes it."""
    try:
        unbase64(text)
    except Bad:
        return False
    return True


def check_path(raw: bytes) -> None:
    """The path of a file of evidence, relative to the exhibit's root (content.md)."""
    if len(raw) > PATH_BYTES or b"\0" in raw or any(part in (b"", b".", b"..") for part in raw.split(b"/")):
        raise Bad("content.path", "a path of a form that isn't allowed")


def raw_path(value: Any) -> bytes:
    """The raw name that a disclosed path or target stands for: a text, or base64 of what isn't UTF-8."""
    if isinstance(value, str):
        return value.encode()
    if not isinstance(value, dict) or value.keys() != {"base64"} or not isinstance(value["base64"], str):
        raise Bad("content.path", "neither a text nor base64")
    raw = unbase64(value["base64"])
    try:
        raw.decode()
    except UnicodeDecodeError:
        return raw
    raise Bad("content.path", "base64 of what is UTF-8")


# ---------------------------------------------------------------------------------------------------------------------
# Records (the tables of fields of all pages). A *form* is a function that raises ``Bad`` unless a value has the form.
# ---------------------------------------------------------------------------------------------------------------------

Form = Callable[[Any], None]
OFFICES = ("actor", "to", "second", "witness", "registrar")
ABOUT_KINDS = ("agent", "case", "exhibit", "ledger", "request")
ROLES = "auditor authority court custodian examiner provider registrar system viewer"
GRANTING = ("granted", "granted-in-part")
PAYLOAD_TYPE = "application/vnd.custody.event.v1+json"
ENROL_TYPE = "application/vnd.custody.enrol.v1+json"
CERTIFICATE_TYPE = "application/vnd.custody.certificate.v1+json"


def malformed(text: str) -> Bad:
    """A record that isn't of its type."""
    return Bad("record.malformed", text)


def must(text: str, is_right: Callable[[Any], Any]) -> Form:
    """Whatever ``is_right`` holds of."""

    def check(value: Any) -> None:
        if not is_right(value):
            raise malformed(f"not {text}: {str(value)[:60]!r}")

    return check


def text_form(name: str, is_right: Callable[[str], Any]) -> Form:
    """A text of which ``is_right`` holds."""
    return must(name, lambda value: isinstance(value, str) and is_right(value))


def matching(pattern: str) -> Form:
    """A text that matches a pattern as a whole."""
    return text_form(f"of the form {pattern}", re.compile(pattern).fullmatch)


def one_of(words: str) -> Form:
    """One of some words."""
    return text_form(f"one of {words}", frozenset(words.split()).__contains__)


def text(least: int, most: int) -> Form:
    """A text of so many characters."""
    return text_form(f"a text of {least} to {most}", lambda value: least <= len(value) <= most)


def integer(least: int, most: int) -> Form:
    """An integer, and not a truth value."""
    return must(f"an integer from {least} to {most}", lambda value: type(value) is int and least <= value <= most)


def hex_of(most: int, _: int) -> Form:
    """Some bytes in hex, so many at the most."""
    return text_form("bytes in hex", lambda value: len(value) <= 2 * most and re.fullmatch("([0-9a-f]{2})+", value))


def base64_of(size: int, _: int) -> Form:
    """Base64 of so many bytes."""
    return text_form(f"{size} bytes in base64", lambda value: is_base64(value) and len(unbase64(value)) == size)


def array(least: int, most: int, item: Form) -> Form:
    """An array of so many items of one form."""

    def check(value: Any) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise malformed(f"not an array of {least} to {most} items")
        for each in value:
            item(each)

    return check


def all_of(checks: Sequence[Form]) -> Form:
    """Several checks of one value."""

    def check(value: Any) -> None:
        for each in checks:
            each(value)

    return check


def record(forms: dict[str, Form], needed: set[str], checks: Sequence[Form]) -> Form:
    """An object of these fields, of which some must stand; ``checks`` look at it as a whole."""

    def check(value: Any) -> None:
        if not isinstance(value, dict):
            raise malformed("not an object")
        if missing := needed - value.keys():
            raise malformed(f"without {sorted(missing)}")
        if unknown := value.keys() - forms.keys():
            raise malformed(f"unknown fields {sorted(unknown)}")
        for name, item in value.items():
            forms[name](item)
        all_of(checks)(value)

    return check


def ascending(values: Sequence[Any], what: str) -> None:
    """Each once, in order."""
    if any(not before < after for before, after in itertools.pairwise(values)):
        raise malformed(f"{what} out of order, or one of them twice")


def is_zone(text: str) -> bool:
    """``+08:00``, of a time zone, where ``-00:00`` is one too; or a name of the form of the IANA list."""
    offset, name = "[+-]([01][0-9]|2[0-3]):[0-5][0-9]", "[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,3}"
    return len(text) <= 64 and bool(re.fullmatch(f"{offset}|{name}", text))


FORMS: dict[str, Form] = {
    "address": matching("[0-9a-f]{40}"),
    "age_key": matching("age1[02-9ac-hj-np-z]{58}"),
    "agent": matching("[a-z0-9][a-z0-9._-]{0,63}"),
    "anything": lambda value: None,
    "base64": text_form("base64", lambda value: 4 <= len(value) <= 8192 and is_base64(value)),
    "boolean": must("true or false", lambda value: isinstance(value, bool)),
    "chain": matching("[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}"),
    "country": matching("[A-Z]{2}"),
    "currency": matching("[A-Z]{3}"),
    "disclosure": matching("[A-Za-z0-9_-]{1,65536}"),
    "hash": matching("[0-9a-f]{64}"),
    "iccs": matching("[0-9]{2,6}"),
    "integer": integer(0, MAX_INTEGER),
    "key_id": matching("[a-z0-9-]{1,32}:[0-9a-f]{32}"),
    "long_hex": matching("[0-9a-f]{32,128}"),
    "nonce": matching("[0-9a-f]{32}"),
    "number": text_form("a number", is_number),
    "office": one_of(" ".join(OFFICES)),
    "offset": text_form("an offset", is_offset),
    "origin": text_form("an origin", is_origin),
    "role": one_of(ROLES),
    "text": text(0, JSON_BYTES),
    "time": text_form("a time", is_time),
    "time_zone": text_form("a time zone", is_zone),
    "token": matching("[a-z0-9][a-z0-9._-]{0,63}"),
    "true": must("true, which is left out otherwise", lambda value: value is True),
    "version": matching("[0-9A-Za-z.+-]{1,32}"),
    "vkey": text(10, 512),
}
SIZED = {"text": text, "integer": integer, "hex": hex_of, "base64": base64_of}

# One record, or one form, a line; its name is that of the pages. A field is told as ``name form``, or as ``name`` alone
# where its form is called like it; with ``?`` it may be absent. ``(a b)`` is one of some words, ``hash[1-16]`` an array
# of so many, ``<`` behind it one in order with each item once; ``*Name`` are all fields of another record, and what
# holds there. After ``;`` stands what holds between fields: ``a iff b`` (a stands exactly where b does), ``a only b``
# (nowhere else), ``a if b`` (there at least), where ``b`` may also be ``field=word|word``; ``1-2 of a b`` (so many of
# them stand); ``order a`` (each once, in order; ``a.b``: by a field of the items); ``a <= b``; or just a condition.
RECORDS = """
# private-values.md, content.md
private: commitment hash
Digests: blake3? hash, md5? long_hex, sha1? long_hex, sha256 hash, sha3_256? hash, sha512? long_hex, sm3? hash
Pieces: count integer, root hash, size integer(1-)
FileRecord: digests? Digests, error? private, modified? time, path private, pieces? Pieces, size? integer,
  target? private, type (directory file symlink); target iff type=symlink; pieces only digests; digests iff size
Content: bytes integer, count integer, files? FileRecord[1-16], root hash
ManifestRecord: disclosures? text[1-3], record FileRecord

# envelope.md, entry.md, event.md
PublicKey: algorithm (ed25519), key base64(32), nonce, proof base64(64)
Signature: keyid key_id, sig text(4-8192)
Envelope: payload text(4-48004), payloadType text, signatures Signature[1-16]; order signatures.keyid
custody-entry: envelope Envelope, index integer, index_root? hash, ledger origin, previous hash, recorded_at time,
  schema (custody-entry/v1)
Link: previous? hash, sequence integer
Seen: root hash, size integer
Signer: agent, as office, on_behalf_of? agent
About: agent?, case? number, event? hash, exhibit? hash, ledger? origin, request? token;
  1 of agent case exhibit ledger request
custody-event: about? About[1-256], actor agent, case? number, details anything, exhibit? number, ledger origin,
  link? Link, nonce, not_after? time, occurred_at time, schema (custody-event/v1), seen? Seen, signers Signer[1-16],
  type token, utc_offset offset

# Words and parts of details (events.md)
basis = (flag loss nationality offender other provider server territory victim)
documents = hash[1-256]
photos = documents
photos_after = documents
photos_before = documents
members = agent[1-256]<
roles = role[0-9]<
revocation_reason = (compromised ended left lost superseded)
AgentEnrolled: age_key?, agent, certificate? hash, contact? private, country?, keys PublicKey[0-16],
  kind (organisation person system unit), ledger? origin, members?, name? private, organisation? agent, roles
Offence: country, iccs?, text private
offences = Offence[0-256]
JurisdictionClaim: authority? private, country, basis
jurisdiction_claims = JurisdictionClaim[0-256]
Acquisition: arguments? private, device? private, ended_at? time, serial? private, started_at? time,
  method (file-system live logical manual physical provider remote), tool private, version private,
  write_blocker? private
Alteration: what private, why private
DeviceState: isolation? (airplane-mode faraday network-unplugged none radio-off sim-removed)[1-5]<,
  left? (off on standby unknown), locked? boolean, note? private, power (off on standby unknown)
Identity: contact? private, number private,
  type (driving-licence identity-card other passport residence-permit service-card)
LegalPaper: authority? private, country?, document hash, issued_at? time, number? private, of? hash,
  role (apostille certified-copy consular-authentication ministry-authentication notarisation translation
  treaty-channel)
legal_papers = LegalPaper[1-16]
Attestation: agent?, document? hash, eligible? boolean, identity? Identity,
  manner (absent key paper recording refused stylus), person private, reason? private,
  role (courier expert interpreter lawyer occupant other owner provider receiver suspect victim witness);
  agent only manner=key
attestations = Attestation[1-256]
ExhibitName: case number, exhibit number
Foreign: case number, exhibit number, head hash, ledger origin, manifest hash, root hash, size integer
Extent: offset integer, size integer(1-)
Mismatch: damaged? Extent[1-64], expected hash, found? hash, size? integer
LostRange: file hash, offset integer, size integer(1-)
Lost: bytes integer, document? hash, ranges? LostRange[1-64]; 1 of document ranges
Parent: case number, event hash, exhibit number
Rehash: match boolean, root hash
SealSeen: intact boolean, seal private

# Images, lists of digests, records, captures (events.md)
Span: length integer(1-), start integer
Spans: count integer(1-), document? hash, first Span[1-32], total integer
ImageHeader: acquired? private, case_number? private, description? private, device_model? private,
  device_serial? private, evidence_number? private, examiner? private, notes? private, operating_system? private,
  other? private, software? private, system_date? private
Medium: digests Digests, sector_size? integer(1-1048576), size integer
StoredHash: algorithm (md5 sha1 sha256 sha512), match? boolean, value long_hex
Segments: count integer(1-), document? hash, missing? Spans, order? hash[1-32]
Reader: name (custody libewf libqcow libvhdi libvmdk), version
Image: compression? (bzip2 deflate none other),
  container (aff4 ewf-e01 ewf-ex01 ewf-l01 ewf-s01 qcow2 raw split-raw vhd vhdx vmdk),
  damage? (container-checksum container-structure medium-short pointer-file segment-missing segment-order stored-hash
  truncated zero-bytes)[1-16]<, damaged? Spans, header? ImageHeader, medium? Medium,
  not_read? (damaged encrypted library-absent library-failed needs-parent not-asked too-large unsupported),
  readers? Reader[1-4], segments Segments, stored? StoredHash[1-8], unreadable? Spans; 1 of medium not_read
ListDifference: expected? long_hex, expected_size? integer, file? hash, found? long_hex, found_size? integer
HashList: absent integer, differences? ListDifference[1-32], differing integer, document hash,
  faults? (duplicate length line-ends map)[1-8]<,
  kind (dc3dd dcfldd ddrescue ftk-imager guymager hashdeep md5deep sums), matching integer, unchecked integer,
  unknown_lines integer, unlisted integer
Capture: captured_at? time, html? hash, image? hash, url? private
Records: assumed? integer, count integer, files integer, first_at? time, format (access-log csv eml json-lines mbox
  sqlite-messages syslog-3164 syslog-5424 syslog-iso telegram-json whatsapp-text), last_at? time, undated? integer,
  unread? integer; first_at iff last_at; first_at <= last_at
Source: account? private, capture? Capture, channel? (account-download api browser device other portal provider),
  period_from? time, period_to? time, provider? private, records? Records[1-16], request? token, time_zone?,
  type (access-log call-records chat content database email location log other subscriber traffic transactions
  web-capture), uncounted? integer; order records.format; period_from <= period_to

# Assets (assets.md)
AssetState: balance? private, block? private, height? integer, nonce? integer, observed_at time, photos?,
  source? private
Valuation: amount private, at time, currency, rate_source private
AssetTransfer: confirmations? integer, shared? true, test_transaction? private, transaction? private, wallet private
Token: approvals? integer, content_id? private, gateway? private, media? hash, metadata? hash, uri? private
PlatformItem: certificate? hash, certificate_hash? private, collection private, holder? private, number private,
  platform private
Freeze: approved_by? private, document? hash, ends_at? time, frozen_at? time, order? private, provider private;
  frozen_at <= ends_at
SealedSecret: apart boolean, envelope private, place? private, seal? private
Presence: lawyer boolean, suspect boolean, video boolean, witnesses integer
AssetProofDocument: document hash
Asset: account? private, amount? private, asset? private, characterisation? (data property)[1-2],
  custody (contract custodial platform self-hosted unknown), freeze? Freeze, platform? PlatformItem,
  presence? Presence, proofs? AssetProofDocument[1-16], secret? SealedSecret, state? AssetState, token? Token,
  transfer? AssetTransfer, valuation? Valuation; 1-3 of asset account platform
StorageProof: key hash, layout? (erc1155-balance erc20-balance erc721-owner erc721a-owner), nodes hex(1048576)[0-132],
  slot? hash; layout iff slot
AccountProof: address, nodes hex(1048576)[0-132], storage? StorageProof[1-16]
ReceiptProof: index integer, log integer, nodes hex(1048576)[0-132]
TransactionProof: branch hash[0-32], index integer, raw hex(1000000)
custody-asset-proof: account? AccountProof, chain, headers hex(4096)[1-8192], height integer, place integer,
  receipt? ReceiptProof, schema (custody-asset-proof/v1), transaction? TransactionProof;
  1 of account receipt transaction

# Parts of requests, consents and transfers (requests.md, transfers.md)
condition_code = (confidentiality data-protection destroy-after no-death-penalty other reciprocity return speciality
  use-limited)
field_name = (accounts applicable-law asset authority cause characteristics confidentiality connection contact custodian
  danger data deadline facts form holder language legal-basis legal-documents location measure mla-intent nature
  necessity offence ownership period persons place purpose quantity reciprocity third-party-rights translation urgency)
ground = (already-decided already-pending competence discrimination fundamental-rights incomplete military no-connection
  no-treaty not-an-offence other political privilege proportionality public-order security sovereignty
  time-barred)
onward = (allowed forbidden with-consent)
outcome = (already-deleted clarification-wanted conflict-of-law granted granted-in-part no-such-account nothing-found
  partial postponed preserved refused rolling)
request_kind = (emergency mla preservation production voluntary)
yes_no = (no not-stated yes)
RequestField: name field_name, value private
fields = RequestField[0-64]
Period: first time, last time; first <= last
DualCriminality: met yes_no, needed yes_no, stated_by? agent, statement? private
Lead: country?, provider? private; 1-2 of country provider
LetterOrigin: document? hash, event hash, ledger origin, manifest hash, request token, root hash, size integer,
  verdict? (INDETERMINATE)
Condition: before boolean, code condition_code, due? time, text? private
conditions = Condition[1-16]
Grant: conditions?, exhibits? ExhibitName[1-16], onward, to_country country, to_ledger? origin, valid_until? time;
  order conditions.code; order exhibits.case+exhibit
ForeignName: case number, exhibit number, head hash
ReceiptOrigin: event hash, index integer, ledger origin, root hash, size integer
Received: entry text(4-131070), proof text(1-1000000)
custody-receipt: entries Received[1-256], schema (custody-receipt/v1)
CertifiedRequest: ledger? origin, manifest? hash, request? token, sha256 hash
CertifiedFile: digests Digests, name text(1-4096), size integer
CertifiedContent: bytes integer, count integer, files? CertifiedFile[1-16], root hash
custody-certificate: answers CertifiedRequest, content? CertifiedContent, issued_at time,
  kind (preservation production), method? text(1-4096), nonce, provider agent, schema (custody-certificate/v1),
  seal? text(1-4096), until? time; content iff kind=production; method iff kind=production; until iff kind=preservation

# Details of events by type (events.md, requests.md, transfers.md)
asset.observed: balance_of? (account wallet), proofs? AssetProofDocument[1-16], state? AssetState,
  transfer? AssetTransfer, valuation? Valuation; 1-4 of proofs state transfer valuation
asset.freeze-changed: approved_by? private, change (lifted placed prolonged), decided_at time, document? hash,
  ends_at? time, notified_at? time, order? private, origin? ReceiptOrigin, provider? private, reason? private;
  ends_at if change=prolonged;
  ends_at only change=placed|prolonged; notified_at only change=lifted; decided_at <= ends_at
ledger.opened: agents AgentEnrolled[2-16], authority private, country, gate? (v1 v2), log_keys vkey[1-16]
ledger.key-added: key vkey, reason? private
ledger.key-revoked: key vkey, last_valid_index? integer, note? private, reason revocation_reason
agent.enrolled: *AgentEnrolled
agent.changed: age_key?, agent, contact? private, country?, ledger? origin, left? (yes), members_added? members,
  members_removed? members, name? private, organisation? agent, reason? private, roles?
agent.key-added: agent, key PublicKey, recovery boolean
agent.key-revoked: agent, key_id, last_valid_index? integer, note? private, reason revocation_reason
case.opened: authority private, documents?, jurisdiction_claims?, legal_basis private, offences, title? private
case.changed: authority? private, documents?, jurisdiction_claims?, legal_basis? private, offences?, reason private,
  title? private
case.closed: documents?, note? private, outcome (discontinued judgment merged other transferred)
exhibit.registered: acquisition? Acquisition, asset? Asset, attestations?, certificate? hash, certified_by? agent,
  content? Content,
  data_country? country, derived_from? Parent[1-16], description private, device_state? DeviceState, documents?,
  foreign? Foreign, further_images? Image[1-7], handling? (csam malware personal privileged secret)[1-5]<,
  hash_lists? HashList[1-16], identifiers? private, image? Image, kind (account audio chat collectible computer copy
  database derived device directory document drive email file image log media other phone photo sim token video wallet
  web-capture),
  legal_authority? private, legal_papers?, lost? Lost, nature (asset data object),
  obtained (derived foreign-assistance found online-capture production seizure voluntary), place? private,
  public? boolean, same_object_as? ExhibitName[1-16], seized_from? private, source? Source, unreadable? integer;
  content iff nature=asset|data; asset only nature=asset; image only content; hash_lists only content;
  further_images only image; certified_by only certificate; device_state only nature=object;
  order legal_papers.role+document
exhibit.voided: reason private, replaced_by? ExhibitName
custody.handed-over: attestations?, condition? private, documents?, place? private, purpose private,
  rehash_after? Rehash, rehash_before? Rehash, seal? SealSeen, to_country? country
custody.taken-over: document? hash, note? private, order? private, place? private,
  reason (absent dead dismissed key-lost order other), to_country? country
custody.moved: carrier? private, place private, reason? private, to_agent? agent, to_country? country, waybill? private
exhibit.sealed: package? private, photos?, photos_before?, reason? private, seal private
exhibit.unsealed: intact boolean, photos?, photos_after?, reason private, seal private
exhibit.examined: alteration? Alteration, arguments? private, competence? private,
  digital_signature? (invalid not-found unverified valid), documents?, purpose private, results? private,
  tool? private, version? private
exhibit.copied: alteration? Alteration, arguments? private, copy (derived evidentiary working), purpose private,
  tool? private, version? private
exhibit.incident: description private, discovered_at time, documents?,
  kind (contaminated damaged found lost other seal-broken stolen), reported_to? private
exhibit.released: attestations?, authority? private, condition? private, due? time, reason private,
  terms (for-good lent), to private, to_agent? agent, to_country? country
exhibit.returned: attestations?, condition? private, place? private, returned_by? private
exhibit.disposed: attestations?, authority private, documents?,
  manner (archived destroyed forfeited other returned-to-owner wiped), to_agent? agent, to_country? country
exhibit.linked: case number, reason? private
exhibit.checked: bytes integer, checked integer, document? hash, matching integer, mismatches? Mismatch[1-64], root hash
record.affirmed: statement? private
record.corrected: field (account acquisition captured_at condition description identifiers legal_authority occurred_at
  period_from period_to place provider purpose results seal seized_from serial time_zone tool url), reason private,
  value private
record.explained: cures? token[1-256]<, documents?, legal_papers?, statement private; order legal_papers.role+document
bundle.exported: manifest hash, purpose? private, recipient private, request? token, to? agent, transfer? nonce;
  transfer only to
access.logged: action (exported unpacked verified viewed), agent?, person? private
disclosure.erased: authority private, commitments hash[0-256], contents? hash[1-256]<, document? hash,
  files? hash[1-256]<, names? hash[1-256]<, order private
event.attached: document hash, event hash, note? private, reason (late other signer-gone superseded)
consent.conditions-met: conditions condition_code[1-16]<, document? hash, origin? LetterOrigin, statement? private;
  1-2 of document origin
consent.recorded: authority agent, conditions?, documents?, issued_at time, manner (key letter paper), number? private,
  onward, origin? LetterOrigin, purpose private, recipient agent, request? token, valid_from time, valid_until? time;
  order conditions.code; origin iff manner=letter; documents if manner=paper; number if manner=paper;
  valid_from <= valid_until
consent.revoked: document? hash, manner (key paper), reason private; document if manner=paper
jurisdiction.claimed: authority private, basis, claim token, country, document? hash, note? private
jurisdiction.resolved: agreement? hash, claims token[1-64]<, manner (agreed declined withdrawn), note? private,
  to? country
offence.mapped: documents?, dual_criminality? DualCriminality, note? private, offences Offence[1-256]
release.refused: breaches token[1-16]<, purpose? private, to agent, tried (bundle dispatch export prove), tried_by agent
request.drafted: case? number, deadlines? token[1-16], documents?, dual_criminality? DualCriminality, fields,
  follows? token, kind request_kind, offences?, period? Period, renewal_of? token, request token, respond_by? time,
  to agent, until? time; order fields.name
request.received: case? number, deadlines? token[1-16], documents?, dual_criminality? DualCriminality, fields,
  follows? token, from agent, kind request_kind, offences?, origin? LetterOrigin, paper? hash, period? Period,
  received_at time, reference? private, renewal_of? token, request token, respond_by? time, until? time;
  order fields.name; 1 of origin paper
request.sent: channel (24-7 central-authority consular direct e-codex interpol other paper platform), document? hash,
  request token, sent_at time
request.answered: answered_at time, decided_by? agent, documents?, forwarded_by? agent, grant? Grant, ground?,
  leads_to? Lead[1-64], outcome, reasons? private, request token, until? time, wanted? field_name[1-64];
  ground iff outcome=refused; reasons if outcome=conflict-of-law|postponed|refused;
  wanted only outcome=clarification-wanted; grant only outcome=granted|granted-in-part
request.answer-received: answered_at time, certificate? hash, decided_by? agent, documents?, from agent, ground?,
  leads_to? Lead[1-64], origin? LetterOrigin, outcome, paper? hash, reasons? private, received_at time,
  reference? private, request token, until? time, wanted? field_name[1-64]; ground iff outcome=refused;
  reasons if outcome=conflict-of-law|postponed|refused; wanted only outcome=clarification-wanted;
  1 of certificate origin paper
request.completed: accepts? condition_code[1-16]<, documents?, fields, origin? LetterOrigin, paper? hash, request token;
  order fields.name; 0-1 of origin paper
request.extended: document? hash, origin? LetterOrigin, reason? private, request token, until time;
  0-1 of document origin
request.withdrawn: document? hash, origin? LetterOrigin, reason private, request token; 0-1 of document origin
request.closed: document? hash, note? private, origin? LetterOrigin, outcome (executed executed-in-part expired
  not-executed withdrawn), request token; 0-1 of document origin
transfer.accepted: *exhibit.registered, accepted_at time, conditions?, from agent, item? (copy original), onward,
  rehash? Rehash, request? token, reservation_note? private, reservations? (checkpoint-unknown conditions-disputed
  content-incomplete encrypted entries-disputed other procedure-defects seal-broken timestamps-absent
  version-unknown)[1-16]<, seal? SealSeen, sent_at time, transfer nonce;
  order conditions.code; foreign; obtained=foreign-assistance
transfer.contested: document hash, note? private,
  reason (after-recall other other-exhibit other-transfer twice unknown-key), transfer? nonce
transfer.dispatched: backup? private, carrier? private, conditions?, consent? hash, documents?, item (copy original),
  medium_place? private, not_sealed? private, onward, purpose private, request? token, seal? private, to agent,
  transfer nonce, waybill? private; order conditions.code
transfer.lost: discovered_at time, document? hash, reason private, reported_to? private, transfer nonce
transfer.recalled: document? hash, reason private, transfer nonce
transfer.receipt: decided_at time, document hash, manner (paper proof), note? private, origin? ReceiptOrigin,
  outcome (accepted accepted-with-reservations refused), reference? private, transfer nonce; origin iff manner=proof
transfer.refused: documents?, exhibits? ForeignName[1-16], from agent, ledger origin, note? private, parcel? hash,
  reasons (conditions-unacceptable content-incomplete damaged does-not-verify not-asked-for not-competent other
  seal-broken wrong-exhibit)[1-16]<, refused_at time, sent_at? time, transfer nonce,
  verdict (FAILED INDETERMINATE PASSED); 1 of exhibits parcel; order exhibits.case+exhibit; parcel only verdict=FAILED
transfer.returned: condition? private, document? hash, foreign? Foreign, from agent, place? private, rehash? Rehash,
  seal? SealSeen, sent? nonce, transfer nonce; 1-2 of foreign document

# bundle.md, completeness.md, tree.md, trust.md
Ciphertext: sha256 hash, size integer
Bundled: sha256 hash, size integer, encrypted? Ciphertext
custody-bundle: documents Bundled[0-2000000], exhibits ExhibitName[0-256], files Bundled[0-2000000], ledger origin,
  nonce, requests? token[1-256]<, schema (custody-bundle/v1);
  order documents.sha256; order files.sha256; order exhibits.case+exhibit
Withheld: absent? hash[1-]<, hand? hash[1-]<, rule? hash[1-]<
custody-disclosures: disclosures disclosure[0-1500000]<, schema (custody-disclosures/v1), withheld? Withheld
ConsistencyFrom: from integer(1-), nodes hash[0-128]
SubjectProof: count integer(1-), nodes? hash[1-128], root hash, siblings hash[0-256], subject text[1-3]
custody-proof: consistency ConsistencyFrom[0-], nodes hash[0-], schema (custody-proof/v1), subjects SubjectProof[0-];
  order consistency.from
custody-consistency: from integer(1-), nodes hash[0-128], origin, schema (custody-consistency/v1), to integer(1-);
  from <= to
CertificateRoot: certificate base64, country
ChainPin: chain, hash, height integer
LogKey: first integer, key vkey, last? integer
SeenCheckpoint: note base64, root hash, size integer
TrustedLedger: authority text(1-4096), country, genesis hash, log_keys LogKey[1-64], origin,
  seen SeenCheckpoint[0-4096]; order seen.size
Recipient: age_key? text(1-4096), country?, ledger? origin, name text(1-4096)
Correspondent: age_key, name text(1-4096)
custody-trust: certificates? CertificateRoot[1-256], chain_pins? ChainPin[1-4096], ledgers TrustedLedger[0-4096],
  policy? text(1-65536), recipient? Recipient, recipients? Correspondent[1-4096], schema (custody-trust/v1),
  timestamp_authorities? base64[1-256]; order ledgers.origin; order chain_pins.chain+height; order recipients.name
"""


def _check_image(image: dict[str, Any]) -> None:
    stored, digests = image.get("stored", []), image.get("medium", {"digests": {}})["digests"]
    for item in stored:
        known = digests.get(item["algorithm"])
        if item.get("match") != (None if known is None else known == item["value"]):
            raise malformed("match says whether a stored digest is that of the medium, where that is known")
    if any(item.get("match") is False for item in stored) != ("stored-hash" in image.get("damage", ())):
        raise malformed("stored-hash stands in damage exactly where a stored digest is another")


def _check_event(event: dict[str, Any]) -> None:
    signers, about = event["signers"], event.get("about", [])
    offices = [OFFICES.index(signer["as"]) for signer in signers]
    if offices != sorted(offices) or offices.count(0) != 1 or signers[0]["agent"] != event["actor"]:
        raise malformed("signers out of order, or the first one, and no other, isn't the actor")
    if len({signer["agent"] for signer in signers}) < len(signers):
        raise malformed("an agent signs twice")
    if len({about_kind(item) for item in about}) > 1 or len({encode(item) for item in about}) < len(about):
        raise malformed("elements of about are of several kinds, or equal")


def about_kind(item: dict[str, str]) -> str:
    """Which of the five things an element of ``about`` names."""
    return next(kind for kind in ABOUT_KINDS if kind in item)


def _check_bundle(bundle: dict[str, Any]) -> None:
    if not bundle["exhibits"] and "requests" not in bundle:
        raise malformed("a bundle is about exhibits or requests")
    holders = (*bundle["files"], *bundle["documents"])
    ciphertexts = [item["encrypted"]["sha256"] for item in holders if "encrypted" in item]
    if len(set(ciphertexts)) < len(ciphertexts):
        raise malformed("a ciphertext stands for two files")


def _check_proof(proof: dict[str, Any]) -> None:
    parts = {"ledger": 1, "agent": 2, "case": 2, "case-exhibits": 2, "dispatch": 2, "exhibit": 3, "request": 2,
             "transfer": 2}  # fmt: skip
    for kind, *names in [item["subject"] for item in proof["subjects"]]:
        if parts.get(kind) != 1 + len(names):
            raise malformed("a subject of no such kind, or with another number of parts")
        for name in names:
            forms = {"agent": "agent", "dispatch": "hash", "request": "token", "transfer": "nonce"}
            FORMS[forms.get(kind, "number")](name)
    ascending([encode(item["subject"]) for item in proof["subjects"]], "subjects")


def _check_trusted_keys(ledger: dict[str, Any]) -> None:
    for item in ledger["log_keys"]:
        key = parse_vkey(item["key"])
        if key.type != LOG_KEY or key.name != ledger["origin"]:
            raise Bad("trust.log-key", "a log key of another type or name")


def _check_certified_name(file: dict[str, Any]) -> None:
    try:
        check_path(file["name"].encode())
    except Bad:
        raise malformed("not a relative path") from None


ALSO: dict[str, Form] = {
    "CertifiedFile": _check_certified_name,
    "DeviceState": must(
        "isolation in which none stands alone",
        lambda value: "none" not in value.get("isolation", ()) or len(value["isolation"]) == 1,
    ),
    "FileRecord": must(
        "a record with digests and size exactly for a file without error",
        lambda value: ("digests" in value) == (value["type"] == "file" and "error" not in value),
    ),
    "Image": _check_image,
    "Link": must(
        "a link with previous exactly where sequence is above 0",
        lambda value: ("previous" in value) == (value["sequence"] > 0),
    ),
    "LegalPaper": must("a paper about another document", lambda value: value.get("of") != value["document"]),
    "TrustedLedger": _check_trusted_keys,
    "Withheld": must(
        "withheld for one reason each",
        lambda value: sum(map(len, value.values())) == len({*itertools.chain(*value.values())}),
    ),
    "asset.observed": must(
        "a state whose balance is said to be of somebody",
        lambda value: ("balance_of" in value) == ("balance" in value.get("state", {})),
    ),
    "custody-asset-proof": must("a place among the headers", lambda value: value["place"] < len(value["headers"])),
    "custody-bundle": _check_bundle,
    "custody-event": _check_event,
    "custody-proof": _check_proof,
    "disclosure.erased": must(
        "an order that erases something",
        lambda value: value["commitments"] or {"contents", "files", "names"} & value.keys(),
    ),
}
"""What a line of the table can't say."""


def parse_form(told: str) -> Form:
    """Return the form that stands behind a field's name."""
    if told.startswith("(") and told.endswith(")"):
        return one_of(told[1:-1])
    found = re.fullmatch(r"(.+)\[(\d+)-(\d*)\](<?)", told)
    if found:
        plain = array(int(found[2]), int(found[3] or MAX_INTEGER), parse_form(found[1]))
        return all_of([plain, lambda value: ascending(value, told)]) if found[4] else plain
    found = re.fullmatch(r"(\w+)\((\d+)-?(\d*)\)", told)
    return SIZED[found[1]](int(found[2]), int(found[3] or MAX_INTEGER)) if found else FORMS[told]


def parse_condition(told: str) -> Callable[[dict[str, Any]], bool]:
    """``field``: it stands; ``field=a|b``: it has one of these values."""
    name, _, words = told.partition("=")
    return lambda value: value.get(name) in words.split("|") if words else name in value


def parse_check(told: str) -> Form:
    """Return what holds between fields."""
    words = told.split()
    if words[0] == "order":
        name, _, by = words[1].partition(".")
        keys = by.split("+")
        return lambda value: ascending([[item[key] for key in keys] for item in value.get(name, ())], name)
    if words[1:2] == ["of"]:
        least, _, most = words[0].partition("-")
        return must(told, lambda value: int(least) <= sum(name in value for name in words[2:]) <= int(most or least))
    if words[1:2] == ["<="]:
        return must(told, lambda value: not {words[0], words[2]} <= value.keys() or value[words[0]] <= value[words[2]])
    if len(words) == 1:
        return must(told, parse_condition(told))
    stands, how, is_so = parse_condition(words[0]), words[1], parse_condition(words[2])
    return must(told, lambda value: (stands(value), is_so(value)) in TRUTH[how])


TRUTH = {
    "iff": {(True, True), (False, False)},
    "only": {(True, True), (False, False), (False, True)},
    "if": {(True, True), (False, False), (True, False)},
}


def parse_records(table: str) -> None:
    """Put the forms and records of a table into ``FORMS``."""
    told: dict[str, tuple[dict[str, Form], set[str], list[Form]]] = {}
    for line in re.sub("\n  +", " ", table).split("\n"):
        name, sign, rest = line.partition(" = ") if " = " in line else line.partition(": ")
        if not sign or name.startswith("#"):
            continue
        if sign == " = ":
            FORMS[name] = parse_form(rest)
            continue
        fields, *rules = rest.split(";")
        forms, needed, checks = told[name] = {}, set(), []
        for field_ in fields.split(", "):
            if field_.startswith("*"):
                others = told[field_[1:]]
                forms |= others[0]
                needed |= others[1]
                checks += others[2]
                continue
            field_name, _, form = field_.partition(" ")
            bare = field_name.rstrip("?")
            forms[bare] = parse_form(form or bare)
            needed |= set() if field_name.endswith("?") else {bare}
        checks += [parse_check(rule.strip()) for rule in rules]
        checks += [ALSO[name]] if name in ALSO else []
        FORMS[name] = record(forms, needed, checks)


parse_records(RECORDS)
DETAILS = {name: form for name, form in FORMS.items() if "." in name}
ANCHORS = {"link": {"case", "exhibit", "link"}, "case": {"case"}, "about": {"about"}, "none": set()}
ASSET_PROOF_BYTES = 8 * 2**20


def read_record(raw: bytes, limit: int, name: str) -> Any:
    """Read a record whose ``schema`` is ``name``/v1; another version of it is nothing that this program can judge."""
    value = decode(raw, limit)
    schema = value.get("schema") if isinstance(value, dict) else None
    newer = isinstance(schema, str) and re.fullmatch(re.escape(name) + "/v[1-9][0-9]{0,5}", schema)
    if newer and schema != f"{name}/v1":
        raise Bad("record.version", f"{schema}: use a newer verifier", INDETERMINATE)
    FORMS[name](value)
    return value


# ---------------------------------------------------------------------------------------------------------------------
# Events, entries and disclosures (event.md, entry.md, private-values.md)
# ---------------------------------------------------------------------------------------------------------------------

Subject = tuple[str, ...]
ExhibitKey = tuple[str, str]
Side = tuple[str, str | None]  # of which country, or of which ledger, an authority is
Voice = tuple[str, bytes, bytes]  # an origin; of a ledger that nobody vouches for with the id and bytes of its key


@dataclass
class Past:
    """What is signed of the pasts of ledgers: facts, which entries belong to a subject, and which ones are all."""

    facts: dict[tuple[Voice, str, Any], Any] = field(default_factory=dict)
    carried: dict[tuple[Voice, Subject], set[int]] = field(default_factory=dict)
    complete: dict[tuple[Voice, Subject], tuple[int, set[int]]] = field(default_factory=dict)


@dataclass
class Entry:
    """An entry that was read, with its event. The fields after ``event`` are filled in when it is folded."""

    raw: bytes
    record: dict[str, Any]
    event_raw: bytes
    event: dict[str, Any]
    subjects: tuple[Subject, ...] = ()
    matched_keys: list[str] = field(default_factory=list)
    relies_on: set[int] = field(default_factory=set)
    affirms: int | None = None

    def __post_init__(self) -> None:
        """Name what is asked for often: its place in the ledger, how findings call it, and parts of the event."""
        self.index: int = self.record["index"]
        self.name = f"entry {self.index}"
        self.type: str = self.event["type"]
        self.details: dict[str, Any] = self.event["details"]
        self.signers: list[dict[str, str]] = self.event["signers"]
        self.about: list[dict[str, str]] = self.event.get("about", [])
        self.event_hash = sha256(self.event_raw).hex()

    @property
    def exhibit(self) -> ExhibitKey:
        """Of a custody act: whose."""
        return self.event["case"], self.event["exhibit"]

    @property
    def is_custody_act(self) -> bool:
        """Whether it takes a place in an exhibit's chain."""
        return RULES[self.type].anchor == "link"

    def count(self, office: str) -> int:
        """How many sign in an office."""
        return sum(signer["as"] == office for signer in self.signers)

    def party(self, office: str) -> str:
        """On whose behalf the first signer of an office acts."""
        return parties_of(next(signer for signer in self.signers if signer["as"] == office))[0]


def parties_of(signer: dict[str, str]) -> list[str]:
    """On whose behalf somebody signs, which may be his own, and himself."""
    return [signer.get("on_behalf_of", signer["agent"]), signer["agent"]]


def name_of(item: dict[str, str]) -> ExhibitKey:
    """Case and number of an exhibit that a record names."""
    return item["case"], item["exhibit"]


def conditions_of(details: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The conditions of a consent, a grant, a dispatch or an acceptance, by code, in order."""
    return {item["code"]: item for item in details.get("conditions", ())}


def read_event(raw: bytes) -> dict[str, Any]:
    """Read an event; its type decides its details and its anchor."""
    event: dict[str, Any] = read_record(raw, EVENT_BYTES, "custody-event")
    if event["type"] not in DETAILS:
        raise Bad("event.type", f"no such type: {event['type']}")
    DETAILS[event["type"]](event["details"])
    if {"case", "exhibit", "link", "about"} & event.keys() != ANCHORS[RULES[event["type"]].anchor]:
        raise Bad("event.anchor", f"{event['type']} with another anchor")
    return event


def read_entry(raw: bytes) -> Entry:
    """Read an entry and its event."""
    entry = read_record(raw, ENTRY_BYTES, "custody-entry")
    if entry["envelope"]["payloadType"] != PAYLOAD_TYPE:
        raise Bad("entry.payload-type", "the envelope holds something else than an event")
    event_raw = unbase64(entry["envelope"]["payload"])
    event = read_event(event_raw)
    if entry["ledger"] != event["ledger"]:
        raise Bad("entry.ledger", "the event is for another ledger")
    if ("index_root" in entry) != (event["type"] == "bundle.exported"):
        raise Bad("entry.index-root", "index_root stands exactly in an export")
    return Entry(raw, entry, event_raw, event)


def find_private(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Each commitment below a value, with its JSON Pointer. A file record is a root of its own (content.md)."""
    if isinstance(value, dict):
        if value.keys() == {"commitment"}:
            yield value["commitment"], place
            return
        for name, item in value.items():
            yield from find_private(item, f"{place}/{name}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            below = "" if place == "/details/content/files" else f"{place}/{number}"
            yield from find_private(item, below)


def find_documents(value: Any) -> Iterator[str]:
    """The digests of all documents that an event's details name."""
    for name, item in value.items() if isinstance(value, dict) else ():
        if name in ("certificate", "document", "of"):
            yield item
        elif name in ("documents", "photos", "photos_after", "photos_before"):
            yield from item
        else:
            yield from find_documents(item)
    for item in value if isinstance(value, list) else ():
        yield from find_documents(item)


@dataclass(frozen=True)
class Disclosure:
    """A private value that was disclosed (private-values.md)."""

    commitment: str
    path: str
    value: Any


def read_disclosure(text: str) -> Disclosure:
    """Read one; its commitment is the digest of the text as it stands."""
    if len(text) > DISCLOSURE_BYTES:
        raise Bad("private.size", "a disclosure that is too long")
    parts = decode(unbase64url(text), DISCLOSURE_BYTES)
    if not isinstance(parts, list) or len(parts) != 3 or not isinstance(parts[1], str) or parts[1][:1] not in ("", "/"):
        raise Bad("private.disclosure", "not an array of salt, path and value")
    if not isinstance(parts[0], str):
        raise Bad("private.disclosure", "a salt that isn't a text")
    if len(unbase64url(parts[0])) != 16:
        raise Bad("private.salt", "a salt that isn't 16 bytes")
    return Disclosure(sha256(text.encode()).hex(), parts[1], parts[2])


def open_disclosure(text: str, places: dict[str, str]) -> Disclosure:
    """Read a disclosure that must open one of some commitments, at its place."""
    shown = read_disclosure(text)
    if shown.commitment not in places:
        raise Bad("disclosures.stray", f"opens no commitment, and says {shown.path}")
    if places[shown.commitment] != shown.path:
        raise Bad("disclosures.path", f"is the value of {places[shown.commitment]} and says {shown.path}")
    return shown


# ---------------------------------------------------------------------------------------------------------------------
# Strict Ed25519 (envelope.md), with points in extended coordinates (RFC 8032 section 5.1.4)
# ---------------------------------------------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def add(left: Point, right: Point) -> Point:
    """The sum of two points; the formula holds for every two, equal ones too."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % P
    b = (left[1] + left[0]) * (right[1] + right[0]) % P
    c = 2 * left[3] * right[3] * D % P
    d = 2 * left[2] * right[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def to_point(raw: bytes) -> Point | None:
    """The point that 32 bytes encode canonically, if there is one."""
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * SQRT_MINUS_1 % P
    if x * x % P != square or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def from_point(point: Point) -> bytes:
    """The canonical encoding."""
    inverse = pow(point[2], P - 2, P)
    return (point[1] * inverse % P | (point[0] * inverse % P & 1) << 255).to_bytes(32, "little")


def is_small(point: Point) -> bool:
    """Whether its order divides 8."""
    for _ in range(3):
        point = add(point, point)
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


_BASE = to_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
assert _BASE is not None
BASE: Point = _BASE
_good_keys: dict[bytes, Point | None] = {}


def good_key(raw: bytes) -> Point | None:
    """The point of a public key, unless it is no good one."""
    if raw not in _good_keys:
        point = to_point(raw) if len(raw) == 32 else None
        _good_keys[raw] = None if point is None or is_small(point) else point
    return _good_keys[raw]


def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message holds under a key: the five rules of envelope.md."""
    a = good_key(key)
    if a is None or len(signature) != 64:
        return False
    r, s = to_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if s >= L or r is None or is_small(r):
        return False
    if _fast_open is not None:
        try:
            _fast_open(signature + message, key)
        except _fast_errors:
            return False
        return True
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], 1, P - a[3])
    both, total = add(BASE, minus_a), NEUTRAL
    for bit in range(max(s.bit_length(), h.bit_length()) - 1, -1, -1):  # [S]B - [h]A, bit by bit
        total = add(total, total)
        pair = s >> bit & 1, h >> bit & 1
        if pair != (0, 0):
            total = add(total, both if pair == (1, 1) else BASE if pair == (1, 0) else minus_a)
    return from_point(total) == signature[:32]


def pae(payload_type: str, payload: bytes) -> bytes:
    """What a DSSE signature is over."""
    return b"DSSEv1 %d %s %d %s" % (len(payload_type.encode()), payload_type.encode(), len(payload), payload)


def key_id(raw: bytes) -> str:
    """The id of an Ed25519 key."""
    return "ed25519:" + sha256(b"ed25519\n", raw).hex()[:32]


# ---------------------------------------------------------------------------------------------------------------------
# BLAKE3 (content.md), which the standard library lacks: slow here, so the package of that name is used if it is there
# ---------------------------------------------------------------------------------------------------------------------

BLAKE3_IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
BLAKE3_ORDER = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
BLAKE3_MIXES = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))  # fmt: skip
CHUNK_START, CHUNK_END, PARENT_NODE, ROOT_NODE = 1, 2, 4, 8
Words = tuple[int, ...]


def _compress(chain: Words, block: bytes, counter: int, flags: int) -> Words:
    """The compression function: the first eight words of its result."""
    m = struct.unpack("<16I", block.ljust(64, b"\0"))
    v = [*chain, *BLAKE3_IV[:4], counter & 0xFFFFFFFF, counter >> 32, len(block), flags]
    for _ in range(7):
        for number, (a, b, c, d) in enumerate(BLAKE3_MIXES):
            for word, first, second in ((m[2 * number], 16, 12), (m[2 * number + 1], 8, 7)):
                v[a] = v[a] + v[b] + word & 0xFFFFFFFF
                x = v[d] ^ v[a]
                v[d] = (x >> first | x << 32 - first) & 0xFFFFFFFF
                v[c] = v[c] + v[d] & 0xFFFFFFFF
                x = v[b] ^ v[c]
                v[b] = (x >> second | x << 32 - second) & 0xFFFFFFFF
        m = tuple(m[place] for place in BLAKE3_ORDER)
    return tuple(v[place] ^ v[place + 8] for place in range(8))


class Blake3:
    """BLAKE3 with a digest of 32 bytes, in the manner of ``hashlib``."""

    def __init__(self) -> None:
        """Nothing was hashed so far."""
        self._rest = b""
        self._count = 0  # of whole chunks
        self._stack: list[Words] = []

    def update(self, piece: bytes | memoryview) -> None:
        """Hash more bytes; the last chunk waits until it is known whether it is the last."""
        raw, place = self._rest + piece, 0
        while len(raw) - place > 1024:
            node = self._chunk(raw[place : place + 1024], 0)
            self._count, place, total = self._count + 1, place + 1024, self._count + 1
            while total % 2 == 0:
                node, total = self._parent(self._stack.pop(), node, 0), total // 2
            self._stack.append(node)
        self._rest = raw[place:]

    def hexdigest(self) -> str:
        """The digest in hex."""
        node = self._chunk(self._rest, 0 if self._stack else ROOT_NODE)
        for number, left in enumerate(reversed(self._stack)):
            node = self._parent(left, node, ROOT_NODE if number == len(self._stack) - 1 else 0)
        return struct.pack("<8I", *node).hex()

    def _chunk(self, chunk: bytes, flags: int) -> Words:
        chain: Words = BLAKE3_IV
        blocks = [chunk[place : place + 64] for place in range(0, len(chunk), 64)] or [b""]
        for number, block in enumerate(blocks):
            start = CHUNK_START if number == 0 else 0
            end = CHUNK_END | flags if number == len(blocks) - 1 else 0
            chain = _compress(chain, block, self._count, start | end)
        return chain

    @staticmethod
    def _parent(left: Words, right: Words, flags: int) -> Words:
        return _compress(BLAKE3_IV, struct.pack("<16I", *left, *right), 0, PARENT_NODE | flags)


def new_blake3() -> Any:
    """Return something that hashes."""
    return Blake3() if _fast_blake3 is None else _fast_blake3()


# ---------------------------------------------------------------------------------------------------------------------
# Tree (tree.md)
# ---------------------------------------------------------------------------------------------------------------------


def leaf_hash(raw: bytes) -> bytes:
    """The leaf hash of an entry."""
    return sha256(b"\0", raw)


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\1", left, right)


def largest_power_below(n: int) -> int:
    """The largest power of two below n > 1."""
    return 1 << (n - 1).bit_length() - 1


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The RFC 6962 root over leaf hashes, with perfect subtrees joined as soon as two of one size stand together."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        stack.append((1, leaf))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            (size, right), (_, left) = stack.pop(), stack.pop()
            stack.append((2 * size, node_hash(left, right)))
    if not stack:
        return EMPTY_SHA256
    _, root = stack.pop()
    while stack:
        root = node_hash(stack.pop()[1], root)
    return root


def check_multiproof(leaves: dict[int, bytes], nodes: Sequence[bytes], size: int, root: bytes) -> None:
    """All known leaves lead to the root, with the other hashes read from the front."""
    indexes, rest = sorted(leaves), iter(nodes)
    if not indexes or indexes[-1] >= size:
        raise Bad("tree.multiproof", "an entry that isn't below the checkpoint's size, or none at all")

    def subtree(low: int, high: int) -> bytes:
        place = bisect.bisect_left(indexes, low)
        if place == len(indexes) or indexes[place] >= high:
            given = next(rest, None)
            if given is None:
                raise Bad("tree.multiproof", "too few hashes")
            return given
        if high - low == 1:
            return leaves[low]
        middle = low + largest_power_below(high - low)
        return node_hash(subtree(low, middle), subtree(middle, high))

    if subtree(0, size) != root:
        raise Bad("tree.multiproof", "the entries don't lead to the checkpoint's root")
    if next(rest, None) is not None:
        raise Bad("tree.multiproof", "too many hashes")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, nodes: Sequence[bytes]) -> None:
    """The first ``old`` of ``new`` leaves give ``old_root`` (RFC 9162 section 2.1.4.2)."""
    wrong = Bad("tree.consistency", f"the proof from {old} to {new} doesn't hold")
    if not 0 < old < new:
        raise wrong
    path = list(nodes)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise wrong
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for node in path[1:]:
        if sn == 0:
            raise wrong
        if fn & 1 or fn == sn:
            fr, sr = node_hash(node, fr), node_hash(node, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, node)
        fn, sn = fn >> 1, sn >> 1
    if sn or (fr, sr) != (old_root, new_root):
        raise wrong


def check_inclusion(index: int, size: int, leaf: bytes, nodes: Sequence[bytes], root: bytes) -> None:
    """A leaf stands at an index of a tree (RFC 9162 section 2.1.3.2)."""
    fn, sn, found = index, size - 1, leaf
    for node in nodes:
        if sn == 0:
            raise Bad("tree.inclusion", "more hashes than the tree has levels")
        if fn & 1 or fn == sn:
            found = node_hash(node, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, node)
        fn, sn = fn >> 1, sn >> 1
    if sn or found != root:
        raise Bad("tree.inclusion", "the entry doesn't stand there")


def hashes(values: Iterable[str]) -> list[bytes]:
    """Hashes out of their hex."""
    return [bytes.fromhex(value) for value in values]


def check_subject_value(subject: Subject, count: int, root: str, siblings: Sequence[str], index_root: str) -> None:
    """The value of a subject stands in the index (completeness.md, "Proof of a value")."""
    if len(siblings) > 256 or (siblings and siblings[-1] == ZERO_HASH):
        raise Bad("trie.siblings", "too many siblings, or an empty last one")
    key = sha256(encode(list(subject)))
    found = sha256(b"\2", key, sha256(encode({"count": count, "root": root})))
    for depth in range(len(siblings) - 1, -1, -1):
        sibling = bytes.fromhex(siblings[depth])
        bit = key[depth // 8] >> 7 - depth % 8 & 1
        found = sha256(b"\3", sibling, found) if bit else sha256(b"\3", found, sibling)
    if found.hex() != index_root:
        raise Bad("trie.root", "the subject's value isn't that of the index")


# ---------------------------------------------------------------------------------------------------------------------
# Verifier keys, signed notes, checkpoints (tree.md), policies (trust.md)
# ---------------------------------------------------------------------------------------------------------------------

LOG_KEY, COSIGNER_KEY = 1, 4
_NAME = r"[^\s+\x00-\x20]{1,255}"


@dataclass(frozen=True)
class VKey:
    """A verifier key."""

    name: str
    id: bytes
    type: int
    raw: bytes


def parse_vkey(text: str) -> VKey:
    """Read ``name+id+key``; keys of an unknown type are read and verify nothing."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise Bad("vkey.malformed", "not a verifier key")
    if not re.fullmatch(_NAME, parts[0]):
        raise Bad("vkey.name", "a verifier key with a name that isn't allowed")
    raw = unbase64(parts[2])
    if not raw:
        raise Bad("vkey.malformed", "not a verifier key")
    key = VKey(parts[0], bytes.fromhex(parts[1]), raw[0], raw[1:])
    if key.type in (LOG_KEY, COSIGNER_KEY):
        if good_key(key.raw) is None:
            raise Bad("vkey.malformed", "no good key")
        if key.id != sha256(key.name.encode(), b"\n", raw)[:4]:
            raise Bad("vkey.id", "the id isn't that of name and key")
    return key


@dataclass(frozen=True)
class SignedNote:
    """A signed note: its text, and of each signature line name, key id and signature."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]


def parse_note(raw: bytes) -> SignedNote:
    """Read a note; nothing is verified by that."""
    if len(raw) > NOTE_BYTES:
        raise Bad("note.size", "a note that is too long")
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        raise Bad("note.malformed", "not UTF-8") from None
    end = whole.rfind("\n\n")
    if end < 0 or not whole.endswith("\n") or re.search("[\x00-\x09\x0b-\x1f]", whole):
        raise Bad("note.malformed", "not a signed note")
    lines = whole[end + 2 : -1].split("\n")
    if len(lines) > NOTE_SIGNATURES:
        raise Bad("note.signatures", "too many signatures")
    return SignedNote(whole[: end + 1], tuple(_parse_signature_line(line) for line in lines))


def _parse_signature_line(line: str) -> tuple[str, bytes, bytes]:
    found = re.fullmatch(f"\u2014 ({_NAME}) ([A-Za-z0-9+/=]+)", line)
    raw = unbase64(found[2]) if found else b""
    if not found or len(raw) < 5:
        raise Bad("note.malformed", "not a signature line")
    return found[1], raw[:4], raw[4:]


def _line_holds(key: VKey, text: str, body: bytes) -> bool:
    if key.type == LOG_KEY:
        return holds(key.raw, text.encode(), body)
    if len(body) != 72 or body[0] & 0x80:
        return False
    stamp = int.from_bytes(body[:8], "big")
    return holds(key.raw, f"cosignature/v1\ntime {stamp}\n{text}".encode(), body[8:])


def open_note(note: SignedNote, keys: Iterable[VKey]) -> set[VKey]:
    """Return the keys that signed. A known key's signature that doesn't hold makes the whole note wrong."""
    known: dict[tuple[str, bytes], VKey] = {}
    for key in dict.fromkeys(keys):
        if known.setdefault((key.name, key.id), key) != key:
            raise Bad("note.ambiguous", f"two keys of one name and id: {key.name}")
    signed: set[VKey] = set()
    for name, id_, body in note.lines:
        found = known.get((name, id_))
        if found is None or found.type not in (LOG_KEY, COSIGNER_KEY):
            continue
        if found in signed:
            raise Bad("note.duplicate", f"two signatures of one key: {name}")
        if not _line_holds(found, note.text, body):
            raise Bad("note.signature", f"the signature of {name} doesn't hold")
        signed.add(found)
    if not signed:
        raise Bad("note.unsigned", "no believed key signed the checkpoint")
    return signed


@dataclass(frozen=True)
class Checkpoint:
    """A ledger's statement of size and root, with the note that says it."""

    origin: str
    size: int
    root: bytes
    note: SignedNote


def parse_checkpoint(raw: bytes) -> Checkpoint:
    """Read a checkpoint: exactly three lines, no extensions."""
    note = parse_note(raw)
    lines = note.text.split("\n")
    if len(lines) != 4:
        raise Bad("checkpoint.malformed", "not exactly three lines")
    if len(lines[0].encode()) > 255 or not re.fullmatch(r"[^\s+\x00-\x1f\x7f-\x9f]+", lines[0]):
        raise Bad("checkpoint.origin", "no origin")
    try:
        size = decimal(lines[1])
    except Bad:
        raise Bad("checkpoint.size", "a size that isn't spelled as it should be") from None
    try:
        root = unbase64(lines[2])
    except Bad:
        root = b""
    if len(root) != 32 or (size == 0 and root != EMPTY_SHA256):
        raise Bad("checkpoint.root", "no root")
    return Checkpoint(lines[0], size, root, note)


def _behind(word: str, line: str) -> str:
    return line.removeprefix(word) if line.startswith(word) else ""


def parse_tlog_proof(raw: bytes) -> tuple[int, list[bytes], Checkpoint]:
    """Read the proof of a single record: its index, hashes, and the checkpoint that it is under."""
    head, gap, note = raw.partition(b"\n\n")
    if len(raw) > NOTE_BYTES or not gap or not head.isascii():
        raise Bad("tlog-proof.malformed", "not a proof, an empty line and a note")
    lines = head.decode().split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Bad("tlog-proof.header", "not the proof of a record")
    code = "tlog-proof.extra"
    try:
        if lines and lines[0].startswith("extra"):
            unbase64(_behind("extra ", lines.pop(0)) or "-")
        code = "tlog-proof.index"
        index = decimal(_behind("index ", lines.pop(0) if lines else ""))
        code = "tlog-proof.nodes"
        nodes = [unbase64(line) for line in lines]
    except Bad as bad:
        raise Bad(code, bad.text) from None
    if len(nodes) > 64 or any(len(node) != 32 for node in nodes):
        raise Bad("tlog-proof.nodes", "too many hashes, or one of another length")
    try:
        signatures = parse_note(note).lines
    except Bad as bad:
        raise Bad("tlog-proof.note", bad.text) from None
    if len(set(signatures)) < len(signatures):
        raise Bad("tlog-proof.note", "a signature line that stands twice")
    point = parse_checkpoint(note)
    if index >= point.size:
        raise Bad("tlog-proof.index", "an index beyond the tree")
    return index, nodes, point


@dataclass(frozen=True)
class Policy:
    """A C2SP tlog-policy: who has to have countersigned."""

    witnesses: dict[str, VKey]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str

    def is_reached(self, signed: set[VKey], name: str | None = None) -> bool:
        """Whether a name counts, the quorum's at first."""
        name = self.quorum if name is None else name
        if name == "none":
            return True
        if name in self.witnesses:
            return self.witnesses[name] in signed
        least, members = self.groups[name]
        return sum(self.is_reached(signed, member) for member in members) >= least


def parse_policy(text: str) -> Policy:
    """Read a policy; what isn't one is a mistake in the trust file."""
    wrong = Bad("policy.malformed", "not a policy")
    if len(text.encode()) > POLICY_BYTES or not text.endswith("\n") or re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
        raise wrong
    witnesses: dict[str, VKey] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    grouped: set[str] = set()
    raw_keys: set[bytes] = set()
    quorum: list[str] = []
    for line in text.split("\n"):
        words = re.findall("[^ \t]+", line)
        if not words or words[0].startswith("#"):
            continue
        key: VKey | None = None
        if words[0] == "log" and len(words) in (2, 3):
            key = parse_vkey(words[1])
            if key.type == COSIGNER_KEY:
                raise wrong
        elif words[0] == "witness" and len(words) in (3, 4):
            key = parse_vkey(words[2])
            if key.type == LOG_KEY or words[1] in {"none", *witnesses, *groups}:
                raise wrong
            witnesses[words[1]] = key
        elif words[0] == "group" and len(words) > 3:
            name, members = words[1], tuple(words[3:])
            least = {"all": len(members), "any": 1}.get(words[2]) or decimal(words[2])
            if name in {"none", *witnesses, *groups} or not 1 <= least <= len(members):
                raise wrong
            if len(set(members)) < len(members) or grouped & {*members} or {*members} - {*witnesses, *groups}:
                raise wrong
            grouped |= {*members}
            groups[name] = least, members
        elif words[0] == "quorum" and len(words) == 2 and words[1] in {"none", *witnesses, *groups}:
            quorum.append(words[1])
        else:
            raise wrong
        if key is not None:
            if key.raw in raw_keys:
                raise wrong
            raw_keys.add(key.raw)
    if len(quorum) != 1:
        raise wrong
    return Policy(witnesses, groups, quorum[0])


def read_trust(raw: bytes) -> dict[str, Any]:
    """Read a trust file, its policy and its notes too."""
    trust: dict[str, Any] = read_record(raw, TRUST_BYTES, "custody-trust")
    if "policy" in trust:
        parse_policy(trust["policy"])
    for ledger in trust["ledgers"]:
        for seen in ledger["seen"]:
            try:
                point = parse_checkpoint(unbase64(seen["note"]))
                open_note(point.note, keys_at(ledger, seen["size"]))
            except Bad as bad:
                raise Bad("trust.seen", f"a note of a checkpoint that isn't one: {bad.text}") from None
            if (point.origin, point.size, point.root.hex()) != (ledger["origin"], seen["size"], seen["root"]):
                raise Bad("trust.seen", "the note of another checkpoint")
    return trust


def keys_at(ledger: dict[str, Any], size: int) -> list[VKey]:
    """The log keys that a trust file believes at a size."""
    return [
        parse_vkey(item["key"])
        for item in ledger["log_keys"]
        if item["first"] < size <= item.get("last", MAX_INTEGER) + 1
    ]


# ---------------------------------------------------------------------------------------------------------------------
# The zip (bundle.md, "Zip"): one form, in which every byte follows from name, size and CRC of the members
# ---------------------------------------------------------------------------------------------------------------------

FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF


@dataclass(frozen=True)
class Member:
    """A member of the zip; its content begins at ``start``."""

    name: bytes
    crc: int
    size: int
    start: int = 0


def _local_header(member: Member) -> bytes:
    size, extra = member.size, b""
    if member.size >= FULL32:
        size, extra = FULL32, struct.pack("<HHQQ", 1, 16, member.size, member.size)
    head = struct.pack("<4s5HIIIHH", b"PK\3\4", 45 if extra else 20, 0, 0, 0, 0x21, member.crc, size, size,
                       len(member.name), len(extra))  # fmt: skip
    return head + member.name + extra


def _central_header(member: Member, offset: int) -> bytes:
    moved = [member.size] * 2 if member.size >= FULL32 else []
    moved += [offset] if offset >= FULL32 else []
    extra = struct.pack(f"<HH{len(moved)}Q", 1, 8 * len(moved), *moved) if moved else b""
    size = min(member.size, FULL32)
    head = struct.pack("<4s6HIIIHHHHHII", b"PK\1\2", 20, 45 if extra else 20, 0, 0, 0, 0x21, member.crc, size, size,
                       len(member.name), len(extra), 0, 0, 0, 0, min(offset, FULL32))  # fmt: skip
    return head + member.name + extra


def _end_records(count: int, size: int, offset: int) -> bytes:
    wide = b""
    if count >= FULL16 or size >= FULL32 or offset >= FULL32:
        wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 20, 45, 0, 0, count, count, size, offset)
        wide += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
    short = min(count, FULL16)
    return wide + struct.pack("<4s4HIIH", b"PK\5\6", 0, 0, short, short, min(size, FULL32), min(offset, FULL32), 0)


def _read_directory(data: Any, end: int) -> tuple[list[Member], int, int]:
    """Take name, CRC and size of each member from the directory; everything else is compared afterwards."""
    wrong = Bad("container.malformed", "no directory where one belongs")
    if end < 22 or data[end - 22 : end - 18] != b"PK\5\6":
        raise wrong
    count, size, offset = struct.unpack("<HII", data[end - 12 : end - 2])
    if count == FULL16 or FULL32 in (size, offset):
        if end < 98 or data[end - 98 : end - 94] != b"PK\6\6":
            raise wrong
        count, size, offset = struct.unpack("<QQQ", data[end - 66 : end - 42])
    if count > MEMBERS:
        raise Bad("container.too-many", f"more than {MEMBERS} members")
    members, place = [], offset
    for _ in range(count):
        head = data[place : place + 46]
        if len(head) < 46 or head[:4] != b"PK\1\2" or place >= end:
            raise wrong
        crc, length, name_length, extra_length = struct.unpack("<I4xIHH", head[16:32])
        name = data[place + 46 : place + 46 + name_length]
        extra = data[place + 46 + name_length : place + 46 + name_length + extra_length]
        if length == FULL32:
            if len(extra) < 12:
                raise wrong
            length = struct.unpack("<Q", extra[4:12])[0]
        members.append(Member(bytes(name), crc, length))
        place += 46 + name_length + extra_length
    return members, size, offset


def read_container(data: Any, end: int) -> list[Member]:
    """Return the members of the zip that ends at ``end``, if every byte is what a writer of bundles puts there."""
    found, size, offset = _read_directory(data, end)
    wrong = Bad("container.malformed", "bytes that no writer of bundles puts there")
    members, place, directory = [], 0, []
    for member in found:
        header = _local_header(member)
        if data[place : place + len(header)] != header:
            raise wrong
        directory.append(_central_header(member, place))
        members.append(Member(member.name, member.crc, member.size, place + len(header)))
        place += len(header) + member.size
    tail = b"".join(directory)
    if (place, len(tail)) != (offset, size) or data[place:end] != tail + _end_records(len(found), size, offset):
        raise wrong
    return members


def open_container(data: Any) -> list[Member]:
    """Read the container; where it isn't one, say as well as can be what it is."""
    try:
        return read_container(data, len(data))
    except Bad as bad:
        if bad.code == "container.too-many":
            raise
    last_end = data.rfind(b"PK\5\6", max(0, len(data) - 22 - FULL16))  # as far as a comment reaches (APPNOTE 4.3.16)
    if last_end < 0:
        if data[:4] == b"PK\3\4":
            raise Bad("container.truncated", "the beginning of a bundle; the rest is missing")
        raise Bad("container.not-a-zip", "not a zip file")
    if last_end + 22 < len(data):
        try:
            read_container(data, last_end + 22)
        except Bad:
            pass
        else:
            raise Bad("container.trailing-bytes", "a whole bundle, and bytes behind it")
    raise Bad("container.repacked", "a zip, but not as it was written: ask the sender for the original file")


# ---------------------------------------------------------------------------------------------------------------------
# Layout and bag (bundle.md)
# ---------------------------------------------------------------------------------------------------------------------

BAGIT, BAG_INFO, MANIFEST, TAG_MANIFEST = "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"
README, BUNDLE_JSON, DISCLOSURES_JSON = "data/README.txt", "data/bundle.json", "data/disclosures.json"
CHECKPOINT, PROOF_JSON = "custody/checkpoint", "custody/proof.json"
REQUIRED = (BAGIT, BAG_INFO, README, BUNDLE_JSON, DISCLOSURES_JSON, MANIFEST, CHECKPOINT, PROOF_JSON, TAG_MANIFEST)
NAMED_BY_DIGEST = re.compile(
    r"data/documents/([0-9a-f]{64})|data/files/([0-9a-f]{64})|data/encrypted/([0-9a-f]{64})\.age"
    r"|data/inherited/([0-9a-f]{64})\.zip|custody/timestamps/([0-9a-f]{64})\.tsr"
)
DIGEST_FOLDERS = ("data/documents/", "data/files/", "data/encrypted/", "data/inherited/", "custody/timestamps/")
OTHER_NAMES = re.compile(
    r"data/manifests/[0-9a-f]{64}\.jsonl|data/pieces/[0-9a-f]{64}\.txt|custody/entries/(0|[1-9][0-9]{0,15})\.json"
)
CAPS = {BAGIT: 4096, BAG_INFO: 4096, MANIFEST: 4 * JSON_BYTES, TAG_MANIFEST: 4 * JSON_BYTES, BUNDLE_JSON: JSON_BYTES,
        DISCLOSURES_JSON: JSON_BYTES, PROOF_JSON: JSON_BYTES, CHECKPOINT: NOTE_BYTES}  # fmt: skip
OWNERS = {BAGIT: 1, BAG_INFO: 1, MANIFEST: 1, TAG_MANIFEST: 1, BUNDLE_JSON: 9, DISCLOSURES_JSON: 10, PROOF_JSON: 4,
          CHECKPOINT: 2}  # fmt: skip


def entry_index(name: str) -> int | None:
    """The index of an entry's member, if it is one."""
    found = re.fullmatch(r"custody/entries/(0|[1-9][0-9]{0,15})\.json", name)
    return int(found[1]) if found and int(found[1]) < MAX_INTEGER else None


def is_of_layout(name: str) -> bool:
    """Whether the layout knows a name."""
    if name.startswith("custody/entries/"):
        return entry_index(name) is not None
    return name in REQUIRED or bool(NAMED_BY_DIGEST.fullmatch(name) or OTHER_NAMES.fullmatch(name))


def place_of(name: str) -> tuple[int, str]:
    """Where a member stands."""
    fixed = {BAGIT: 0, BAG_INFO: 1, MANIFEST: 3, TAG_MANIFEST: 5}
    return fixed.get(name, 2 if name.startswith("data/") else 4), name


def read_lines(raw: bytes) -> list[bytes]:
    """The lines of a manifest, without their LF; a long one is refused, and a last one that doesn't end."""
    lines = raw.split(b"\n")
    if lines.pop():
        raise Bad("container.line", "a last line without LF")
    if any(len(line) >= MANIFEST_LINE for line in lines):
        raise Bad("container.line", "a line that is too long")
    return lines


def read_manifest(raw: bytes) -> dict[str, str]:
    """Return the digests of a payload or tag manifest by path."""
    listed: dict[str, str] = {}
    before = ""
    try:
        lines = read_lines(raw)
    except Bad as bad:
        raise Bad("bag.manifest", bad.text) from None
    for number, line in enumerate(lines):
        if number == MEMBERS:
            raise Bad("bag.too-many", "too many lines")
        text = line.decode("latin-1")
        found = re.fullmatch("([0-9a-f]{64})  ([A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)", text)
        if not found:
            raise Bad("bag.manifest", f"line {number + 1} of another form")
        if found[2] in listed:
            raise Bad("bag.twice", f"line {number + 1}: a path that stands twice")
        if found[2] < before:
            raise Bad("bag.order", f"line {number + 1} out of order")
        listed[found[2]] = found[1]
        before = found[2]
    return listed


def _check_declaration(raw: bytes) -> None:
    if raw != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        raise Bad("bag.declaration", "another declaration")


def _parse_bag_info(raw: bytes) -> tuple[int, int]:
    found = re.fullmatch(r"Payload-Oxum: ([0-9]+)\.([0-9]+)\n", raw.decode("latin-1"))
    if not found:
        raise Bad("bag.info", "not a single Payload-Oxum")
    return decimal(found[1]), decimal(found[2])


def member_of(item: dict[str, Any], folder: str) -> str:
    """The member that holds a file or document of ``bundle.json``."""
    if "encrypted" in item:
        return f"data/encrypted/{item['encrypted']['sha256']}.age"
    return folder + str(item["sha256"])


# ---------------------------------------------------------------------------------------------------------------------
# The rules of custody (events.md, requests.md, transfers.md). The table is that of the page, word for word.
# ---------------------------------------------------------------------------------------------------------------------

RULES_TABLE = """
| `access.logged` | about | system | nobody |  |  |  |  | case, exhibit |
| `agent.changed` | none | registrar | second 0-15, witness 0-15 |  |  |  |  |  |
| `agent.enrolled` | none | registrar | second 0-15, witness 0-15 |  |  |  |  |  |
| `agent.key-added` | none | any | second 0-15, witness 0-15, registrar 0-1 |  |  |  |  |  |
| `agent.key-revoked` | none | any | second 0-15, witness 0-15, registrar 0-1 |  |  |  |  |  |
| `asset.freeze-changed` | about | handling | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `asset.observed` | about | checking | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `bundle.exported` | about | handling | second 0-15, witness 0-15 |  |  |  |  | exhibit, request |
| `case.changed` | case | registrar | second 0-15, witness 0-15 |  |  |  |  |  |
| `case.closed` | case | registrar | second 0-15, witness 0-15 |  |  |  |  |  |
| `case.opened` | case | registrar | second 0-15, witness 0-15 |  |  |  |  |  |
| `consent.conditions-met` | about | asking | second 0-15, witness 0-15 |  |  |  |  | exhibit; names an event |
| `consent.recorded` | about | asking | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `consent.revoked` | about | asking | second 0-15, witness 0-15 |  |  |  |  | exhibit; names an event |
| `custody.handed-over` | link | handling | to 1, second 0-15, witness 0-15 | held, in-transit |  | yes | held |  |
| `custody.moved` | link | handling | second 0-15, witness 0-15 | held, in-transit |  | yes | unchanged |  |
| `custody.taken-over` | link | registrar | to 1, second 0-15, witness 0-15 | held, in-transit, lent |  | no | held |  |
| `disclosure.erased` | about | handling | second 0-15, witness 0-15, registrar 1 |  |  |  |  | agent, case, exhibit, ledger, request |
| `event.attached` | about | handling | second 0-15, witness 0-15 |  |  |  |  | agent, case, exhibit |
| `exhibit.checked` | about | checking | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `exhibit.copied` | link | handling | second 0-15, witness 0-15 | held | unsealed | yes | unchanged |  |
| `exhibit.disposed` | link | handling | second 0-15, witness 0-15, registrar 1 | held |  | yes | disposed |  |
| `exhibit.examined` | link | handling | second 0-15, witness 0-15 | held | unsealed | yes | unchanged |  |
| `exhibit.incident` | link | handling | second 0-15, witness 0-15 | held, in-transit, lent, released |  | yes | unchanged |  |
| `exhibit.linked` | about | handling | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `exhibit.registered` | link | handling | second 0-15, witness 0-15 | none |  | no | held |  |
| `exhibit.released` | link | handling | to 0-1, second 0-15, witness 0-15 | held |  | yes | unchanged |  |
| `exhibit.returned` | link | handling | second 0-15, witness 0-15 | lent, released |  | yes | held |  |
| `exhibit.sealed` | link | handling | second 0-15, witness 0-15 | held | unsealed | yes | unchanged |  |
| `exhibit.unsealed` | link | handling | second 0-15, witness 0-15 | held | sealed | yes | unchanged |  |
| `exhibit.voided` | link | handling | second 0-15, witness 0-15, registrar 1 | held |  | yes | voided |  |
| `jurisdiction.claimed` | about | asking | second 0-15, witness 0-15 |  |  |  |  | case |
| `jurisdiction.resolved` | about | asking | second 0-15, witness 0-15 |  |  |  |  | case |
| `ledger.key-added` | none | registrar | second 0-15, witness 0-15, registrar 0-1 |  |  |  |  |  |
| `ledger.key-revoked` | none | registrar | second 0-15, witness 0-15, registrar 0-1 |  |  |  |  |  |
| `ledger.opened` | none | registrar | registrar 0-15 |  |  |  |  |  |
| `offence.mapped` | about | asking | second 0-15, witness 0-15 |  |  |  |  | case, exhibit, request |
| `record.affirmed` | about | any | second 0-15, witness 0-15, registrar 0-1 |  |  |  |  | agent, case, exhibit, ledger, request; names an event |
| `record.corrected` | about | handling | second 0-15, witness 0-15 |  |  |  |  | agent, case, exhibit, request; names an event |
| `record.explained` | about | handling | second 0-15, witness 0-15 |  |  |  |  | agent, case, exhibit, request; names an event |
| `release.refused` | about | authority, court, custodian, examiner, provider, registrar, system | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `request.answer-received` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.answered` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.closed` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.completed` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.drafted` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.extended` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.received` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.sent` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `request.withdrawn` | none | asking | second 0-15, witness 0-15 |  |  |  |  |  |
| `transfer.accepted` | link | handling | second 0-15, witness 0-15 | none |  | no | held |  |
| `transfer.contested` | about | handling | second 0-15, witness 0-15 |  |  |  |  | exhibit |
| `transfer.dispatched` | link | handling | second 0-15, witness 0-15 | held |  | yes | dispatched |  |
| `transfer.lost` | link | handling | second 0-15, witness 0-15 | dispatched |  | no | unchanged |  |
| `transfer.recalled` | link | handling | second 0-15, witness 0-15 | dispatched |  | no | unchanged |  |
| `transfer.receipt` | link | handling | second 0-15, witness 0-15 | dispatched |  | no | unchanged |  |
| `transfer.refused` | none | handling | second 0-15, witness 0-15 |  |  |  |  |  |
| `transfer.returned` | link | handling | second 0-15, witness 0-15 | dispatched, held, in-transit, transferred |  | no | held |  |
"""  # noqa: E501

HANDLING = frozenset({"authority", "court", "custodian", "examiner", "provider", "registrar"})
ROLE_SETS = {
    "asking": HANDLING - {"provider"},
    "handling": HANDLING,
    "checking": HANDLING | {"auditor", "system"},
    "any": frozenset(ROLES.split()),
    "registrar": frozenset({"registrar"}),
    "system": frozenset({"system"}),
}
FIRST_ACTS = ("exhibit.registered", "transfer.accepted")
ONE_SUBJECT = {"asset.observed", "event.attached", "exhibit.checked", "exhibit.linked", "record.corrected"}


@dataclass(frozen=True)
class Rule:
    """A row of the table."""

    anchor: str
    roles: frozenset[str]
    offices: dict[str, tuple[int, int]]
    before: frozenset[str]
    seal: str
    by_holder: bool
    after: str
    about: frozenset[str]
    names_event: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _parse_rule(row: str) -> tuple[str, Rule]:
    type_, anchor, role, beside, before, seal, holder, after, about = (cell.strip() for cell in row.split("|")[1:-1])
    offices: dict[str, tuple[int, int]] = {}
    for office, least, most in re.findall(r"(\w+) (\d+)(?:-(\d+))?", beside):
        offices[office] = int(least), int(most or least)
    kinds, _, event = about.partition(";")
    roles = ROLE_SETS.get(role) or _words(role)
    return type_.strip("`"), Rule(
        anchor, roles, offices, _words(before), seal, holder == "yes", after, _words(kinds), bool(event)
    )


RULES = dict(_parse_rule(row) for row in RULES_TABLE.split("\n") if row)


@dataclass
class Key:
    """A signing key in the state."""

    agent: str
    raw: bytes
    enrolled: int
    revoked: int | None = None
    last: int | None = None


@dataclass
class Agent:
    """Who may act; each role and member with the index that brought it in."""

    kind: str
    enrolled: int
    roles: dict[str, int]
    members: dict[str, int]
    keys: list[str]
    has_left: bool = False
    country: str | None = None
    ledger: str | None = None
    has_units: bool = False  # another named it as his organisation since it was enrolled


@dataclass
class Dispatch:
    """The way of an exhibit to another ledger (transfers.md)."""

    transfer: str
    sender: str
    to: str
    is_original: bool
    is_from_abroad: bool = False  # under v2: where its sender was then
    at: str = ""


@dataclass
class Exhibit:
    """Where an exhibit stands."""

    registration: str
    head: str
    sequence: int
    holder: str
    occurred_at: str
    is_derived: bool
    bound_to: frozenset[str]
    status: str = "held"
    is_sealed: bool = False
    lodged: str | None = None  # to whom the newest act that moved it says that it went
    dispatch: Dispatch | None = None
    recalled: set[str] = field(default_factory=set)
    name: ExhibitKey = ("", "")
    made_of: list[ExhibitKey] = field(default_factory=list)

    @property
    def keepers(self) -> set[str | None]:
        """With whom it is (lawfulness.md); with nobody once it is out of custody."""
        return set() if self.status in ("disposed", "released", "transferred", "voided") else {self.holder, self.lodged}


@dataclass
class Request:
    """A request for assistance, and how it stands (requests.md)."""

    kind: str
    direction: str
    peer: str
    status: str
    outcome: str | None = None
    until: str | None = None
    has_ended: bool = False  # under v2: withdrawn, or closed without having been executed, whatever came after
    is_refused: bool = False  # under v2: refused, and not granted since
    part: dict[ExhibitKey, None] | None = None  # under v2: what was granted of it, so that a refusal is one of the rest

    @property
    def is_over(self) -> bool:
        """Whether no consent may rest on it any more."""
        is_refused = self.is_refused or (self.outcome == "refused" and self.part is None)
        return self.has_ended or is_refused or self.status == "withdrawn"


@dataclass
class Consent:
    """A consent, by the event hash of its record (requests.md)."""

    id: str
    index: int
    details: dict[str, Any]
    exhibits: list[str]
    unmet: set[str]
    to_country: str | None = None  # of the recipient then, under v2; an empty text for none
    to_ledger: str | None = None  # the same, where he had one
    revoked: int | None = None


@dataclass
class LogKey:
    """A log key of the ledger: entries ``first`` to ``last``."""

    first: int
    last: int = MAX_INTEGER


# requests.md, "Rules for request.*": status before, direction, status after
REQUEST_STEPS: dict[str, tuple[str, str, str]] = {
    "request.sent": ("drafted sent answered", "outgoing", "sent"),
    "request.answer-received": ("sent answered withdrawn", "outgoing", "answered"),
    "request.answered": ("received answered", "incoming", "answered"),
    "request.completed": ("drafted sent received answered", "", ""),
    "request.extended": ("sent received answered", "", ""),
    "request.withdrawn": ("drafted sent received answered", "", "withdrawn"),
    "request.closed": ("drafted sent received answered withdrawn", "", "closed"),
}


PLACING = ("custody.handed-over", "custody.moved", "custody.taken-over", "exhibit.released", "exhibit.returned",
           "transfer.dispatched")  # fmt: skip


def public_keys(entry: Entry) -> list[tuple[str, dict[str, str]]]:
    """The keys that an event brings in, each with its agent."""
    if entry.type == "ledger.opened":
        return [(agent["agent"], key) for agent in entry.details["agents"] for key in agent["keys"]]
    if entry.type == "agent.enrolled":
        return [(entry.details["agent"], key) for key in entry.details["keys"]]
    return [(entry.details["agent"], entry.details["key"])] if entry.type == "agent.key-added" else []


class State:
    """The carried state of a ledger, and the reducer that changes it."""

    def __init__(self) -> None:
        """A ledger without entries."""
        self.origin: str | None = None
        self.country = ""
        self.gate = ""  # the version under which the ledger was opened
        self.log_keys: dict[str, LogKey] = {}
        self.agents: dict[str, Agent] = {}
        self.keys: dict[str, Key] = {}
        self.cases: dict[str, bool] = {}  # whether it is open
        self.exhibits: dict[ExhibitKey, Exhibit] = {}
        self.registrations: dict[str, ExhibitKey] = {}
        self.requests: dict[str, Request] = {}
        self.consents: dict[str, Consent] = {}
        self.consents_of: dict[Any, list[Consent]] = defaultdict(list)  # by registration, without and with recipient
        self.decided: set[str] = set()  # dispatches of other ledgers that were accepted or refused
        self.events: dict[str, Entry] = {}  # those that broke no rule
        self.ended: set[ExhibitKey] = set()
        self.ends: dict[ExhibitKey, str] = {}  # of what is carried in part, the event up to which it is
        self._judged: dict[tuple[str, bool, str], int] = {}  # the faults of consents, as one release sees them

    # Subjects (completeness.md)

    def subject_of(self, item: dict[str, str]) -> Subject | None:
        """The subject of an element of ``about``, if it is known by now."""
        kind = about_kind(item)
        known: dict[str, Any] = {"agent": self.agents, "case": self.cases, "exhibit": self.registrations,
                                 "ledger": [self.origin], "request": self.requests}  # fmt: skip
        if item[kind] not in known[kind]:
            return None
        if kind == "exhibit":
            return ("exhibit", *self.registrations[item[kind]])
        return ("ledger",) if kind == "ledger" else (kind, item[kind])

    def subjects_of(self, entry: Entry) -> tuple[Subject, ...]:
        """All subjects to which an entry belongs."""
        found: list[Subject | None] = []
        group = entry.type.partition(".")[0]
        if group == "ledger":
            found.append(("ledger",))
            found += [("agent", agent["agent"]) for agent in entry.details.get("agents", ())]
        elif group == "agent":
            found.append(("agent", entry.details["agent"]))
        elif group == "case":
            found.append(("case", entry.event["case"]))
        elif group == "request":
            found.append(("request", entry.details["request"]))
        elif entry.is_custody_act:
            found.append(("exhibit", *entry.exhibit))
            if entry.type in FIRST_ACTS:
                found.append(("case-exhibits", entry.event["case"]))
        found += [self.subject_of(item) for item in entry.about]
        if group == "transfer" and not entry.about:
            found.append(("transfer", entry.details["transfer"]))
        if self.gate == "v2" and entry.type in DECIDING:
            found += [("dispatch", head) for head in heads_decided(entry) if head]
        return tuple(dict.fromkeys(subject for subject in found if subject))

    def follows(self, name: ExhibitKey) -> bool:
        """Whether all is known of an exhibit so far (completeness.md)."""
        return self.ends.get(name) not in self.events

    def followed(self, entry: Entry) -> list[ExhibitKey]:
        """The exhibits that an act or an annotation is about, as far as all is known of them."""
        if entry.is_custody_act:
            return [entry.exhibit]
        about = [item["exhibit"] for item in entry.about if "exhibit" in item]
        names = [self.registrations[item] for item in about if item in self.registrations]
        return [name for name in names if self.follows(name)]

    # Every event

    def apply(self, entry: Entry) -> list[str]:
        """Change the state by an event and return the defects of it, or raise for the first rule that it breaks."""
        if entry.is_custody_act and entry.exhibit in self.ended:
            return []
        try:
            self._check_every(entry)
            defects = getattr(self, "_apply_" + re.sub("[.-]", "_", entry.type), self._apply_by_anchor)(entry) or []
        except Bad:
            if entry.is_custody_act:
                self.ended.add(entry.exhibit)
            raise
        self.events[entry.event_hash] = entry
        return list(defects)

    def _check_every(self, entry: Entry) -> None:
        opening = entry.type == "ledger.opened"
        if opening != (entry.index == 0) or (self.origin is None and not opening):
            raise Bad("rule.opened", "ledger.opened stands at index 0 and nowhere else")
        if self.origin not in (None, entry.event["ledger"]):
            raise Bad("rule.ledger", "an event for another ledger")
        if entry.event.get("seen", {"size": 0})["size"] > entry.index:
            raise Bad("rule.seen", "a signer saw a larger ledger than there was")
        if entry.event_hash in self.events:
            raise Bad("rule.event-twice", "the same event stands in the ledger already")
        if opening:
            return
        for signer in entry.signers:
            self._check_signer(signer)
        rule = RULES[entry.type]
        for office in OFFICES[1:]:
            least, most = rule.offices.get(office, (0, 0))
            if not least <= entry.count(office) <= most:
                raise Bad("rule.signers", f"{entry.count(office)} sign as {office}, not {least} to {most}")
        if not rule.roles & self.agents[entry.event["actor"]].roles.keys():
            raise Bad("rule.role", f"{entry.event['actor']} has no role that lets him do this")

    def _check_signer(self, signer: dict[str, str]) -> None:
        agent = self._agent(signer["agent"])
        if agent.has_left:
            raise Bad("rule.agent-left", f"{signer['agent']} has left")
        if "on_behalf_of" in signer:
            unit = self._agent(signer["on_behalf_of"])
            if unit.has_left:
                raise Bad("rule.agent-left", f"{signer['on_behalf_of']} has left")
            if signer["agent"] not in unit.members:
                raise Bad("rule.not-a-member", f"{signer['agent']} is no member of {signer['on_behalf_of']}")
        needed = {"to": HANDLING, "registrar": ROLE_SETS["registrar"]}.get(signer["as"])
        if needed and not needed & agent.roles.keys():
            raise Bad("rule.role", f"{signer['agent']} may not sign as {signer['as']}")

    def _agent(self, name: str) -> Agent:
        if name not in self.agents:
            raise Bad("rule.unknown-agent", f"{name} isn't enrolled")
        return self.agents[name]

    def _apply_by_anchor(self, entry: Entry) -> list[str]:
        if entry.type.startswith("request."):
            return self._change_request(entry)
        if entry.is_custody_act:
            return self._apply_custody_act(entry)
        self._check_annotation(entry)
        if entry.type == "bundle.exported" and "transfer" in entry.details:
            told = entry.details["transfer"], entry.details["to"]
            known = [self.exhibits[name] for name in self.followed(entry) if name in self.exhibits]
            sent = [(item.dispatch.transfer, item.dispatch.to) if item.dispatch else None for item in known]
            if any(pair != told for pair in sent):
                raise Bad("rule.transfer-export", "an exhibit that isn't under way so")
        if entry.type == "access.logged" and entry.details["action"] == "exported":
            is_told = about_kind(entry.about[0]) == "exhibit" and "agent" in entry.details
            if not is_told:
                raise Bad("rule.access", "exported is what went to somebody on record, of exhibits")
        return ["defect.receipt-contested"] if entry.type == "transfer.contested" else []

    # Ledger, agents and keys

    def _apply_ledger_opened(self, entry: Entry) -> None:
        draft = State()
        for agent in entry.details["agents"]:
            draft.enrol(agent, 0)
        if "system" not in draft.agents or draft.agents["system"].kind != "system":
            raise Bad("rule.opened", "no agent called system")
        registrars = {name for name, agent in draft.agents.items() if "registrar" in agent.roles}
        if {signer["agent"] for signer in entry.signers} != registrars:
            raise Bad("rule.opened", "not exactly the registrars sign")
        for key in entry.details["log_keys"]:
            _check_log_key(key, entry.event["ledger"])
        self.origin, self.agents, self.keys = entry.event["ledger"], draft.agents, draft.keys
        self.country, self.gate = entry.details["country"], entry.details.get("gate", "")
        self.log_keys = {key: LogKey(0) for key in entry.details["log_keys"]}

    def enrol(self, details: dict[str, Any], index: int) -> None:
        """Put in an agent and his keys."""
        kind, roles = details["kind"], details["roles"]
        if details["agent"] in self.agents:
            raise Bad("rule.enrolment", "enrolled already")
        _check_system_role(kind, roles)
        if "members" in details and kind not in ("unit", "organisation"):
            raise Bad("rule.enrolment", "members of something that has none")
        if kind in ("person", "system") and not details["keys"]:
            raise Bad("rule.enrolment", "nobody without a key")
        keys = self._new_keys(details["agent"], details["keys"], index)
        members = dict.fromkeys(details.get("members", ()), index)
        self.agents[details["agent"]] = Agent(
            kind, index, dict.fromkeys(roles, index), members, list(keys),
            country=self._country_told(details), ledger=details.get("ledger"),
        )  # fmt: skip
        self.keys |= keys

    def _country_told(self, details: dict[str, Any], before: str | None = None) -> str | None:
        """The country that an agent has on record after an event: a unit is where its organisation is."""
        above = self.agents.get(details.get("organisation", "")) if self.gate == "v2" else None
        told: str | None = details.get("country", before)
        return above.country if told is None and above else told

    def _new_keys(self, agent: str, records: Iterable[dict[str, str]], index: int) -> dict[str, Key]:
        keys: dict[str, Key] = {}
        for item in records:
            raw = unbase64(item["key"])
            if key_id(raw) in self.keys or key_id(raw) in keys:
                raise Bad("rule.enrolment", "a key that was enrolled before")
            keys[key_id(raw)] = Key(agent, raw, index)
        return keys

    def _apply_agent_enrolled(self, entry: Entry) -> list[str]:
        before = self.registrars()
        self.enrol(entry.details, entry.index)
        return [*self._find_lone_registrar(entry, before), *self._find_apart(entry)]

    def _find_apart(self, entry: Entry, *, was_abroad: bool = False) -> list[str]:
        """Who is here and belongs to somebody abroad, once for each such pair."""
        details, name = entry.details, entry.details["agent"]
        above = details.get("organisation", "")
        joining = details.get("members_added", ()) if was_abroad else self.agents[name].members
        pairs = [(name, above), *((member, name) for member in joining)]
        if above in self.agents:
            self.agents[above].has_units |= above != name
        known = [pair for pair in pairs if self.gate == "v2" and self.agents.keys() >= {*pair}]
        return ["defect.agent-apart" for one, other in known if self.is_abroad(other) and not self.is_abroad(one)]

    def registrars(self) -> set[str]:
        """The agents that are registrars now."""
        return {name for name, agent in self.agents.items() if "registrar" in agent.roles and not agent.has_left}

    def _find_lone_registrar(self, entry: Entry, before: set[str]) -> list[str]:
        """One registrar alone changed who the registrars are."""
        two = {entry.event["actor"], entry.details["agent"]}
        others = {signer["agent"] for signer in entry.signers} & before - two
        return ["defect.single-registrar"] if self.registrars() != before and len(two) == 2 and not others else []

    def _apply_agent_changed(self, entry: Entry) -> list[str]:
        before = self.registrars()
        details = entry.details
        agent = self._agent(details["agent"])
        if agent.has_left:
            raise Bad("rule.agent-left", f"{details['agent']} has left")
        if "roles" in details:
            _check_system_role(agent.kind, details["roles"])
        has_held = bool(agent.keys or agent.members or agent.has_units)
        added, removed = set(details.get("members_added", ())), set(details.get("members_removed", ()))
        if (added or removed) and agent.kind not in ("unit", "organisation"):
            raise Bad("rule.enrolment", "members of something that has none")
        if added & agent.members.keys() or removed - agent.members.keys():
            raise Bad("rule.enrolment", "a member already, or none")
        if len(agent.members) + len(added) - len(removed) > UNIT_MEMBERS:
            raise Bad("rule.enrolment", "too many members")
        if "roles" in details:
            agent.roles = {role: agent.roles.get(role, entry.index) for role in details["roles"]}
        for name in removed:
            del agent.members[name]
        agent.members |= dict.fromkeys(added, entry.index)
        agent.has_left = "left" in details
        # who may hold something is taken for one of this ledger as long as nothing is on record
        own = (self.country, self.origin) if self.gate == "v2" and has_held else (None, None)
        country, ledger = self._country_told(details, agent.country), details.get("ledger", agent.ledger)
        told = (agent.country or own[0], country), (agent.ledger or own[1], ledger)
        moved = ["defect.agent-moved" for old, new in told if None not in (old, new) and old != new]
        was_abroad = self.is_abroad(details["agent"])
        agent.country, agent.ledger = country, ledger
        apart = self._find_apart(entry, was_abroad=was_abroad)
        return [*self._find_lone_registrar(entry, before), *moved, *apart]

    def _apply_agent_key_added(self, entry: Entry) -> None:
        details = entry.details
        agent = self._agent(details["agent"])
        if entry.event["actor"] == details["agent"]:
            if details["recovery"]:
                raise Bad("rule.recovery", "nobody recovers by himself")
        elif (
            not details["recovery"]
            or "registrar" not in self.agents[entry.event["actor"]].roles
            or not entry.count("registrar")
            or any(self.keys[key].revoked is None for key in agent.keys)
        ):
            raise Bad("rule.recovery", "a recovery is by two registrars, and where every key was revoked")
        keys = self._new_keys(details["agent"], [details["key"]], entry.index)
        if len(agent.keys) == AGENT_KEYS:
            raise Bad("rule.enrolment", "too many keys")
        agent.keys += keys
        self.keys |= keys

    def _apply_agent_key_revoked(self, entry: Entry) -> None:
        details, actor = entry.details, entry.event["actor"]
        key = self.keys.get(details["key_id"])
        last = details.get("last_valid_index", entry.index)
        if key is None or key.agent != details["agent"]:
            raise Bad("rule.revocation", "not a key of this agent")
        if last > entry.index:
            raise Bad("rule.revocation", "valid beyond the revocation")
        if actor != details["agent"] and "registrar" not in self.agents[actor].roles:
            raise Bad("rule.revocation", "neither the agent nor a registrar")
        if last < entry.index:
            signed_by = {item["keyid"] for item in entry.record["envelope"]["signatures"]}
            if not entry.count("registrar") or details["key_id"] in signed_by:
                raise Bad("rule.revocation", "to reach back, a registrar signs too, and not the key itself")
        key.revoked = entry.index if key.revoked is None else key.revoked
        key.last = last if key.last is None else min(key.last, last)

    def _apply_ledger_key_added(self, entry: Entry) -> list[str]:
        text = entry.details["key"]
        _check_log_key(text, str(self.origin))
        if text in self.log_keys or len(self.log_keys) == LOG_KEYS:
            raise Bad("rule.enrolment", "a log key that the ledger had before, or one too many")
        defects = self._check_second_registrar(entry)
        self.log_keys[text] = LogKey(entry.index)
        return defects

    def _apply_ledger_key_revoked(self, entry: Entry) -> list[str]:
        key = self.log_keys.get(entry.details["key"])
        last = entry.details.get("last_valid_index", entry.index)
        if key is None or last > entry.index:
            raise Bad("rule.revocation", "no log key of this ledger, or valid beyond the revocation")
        defects = self._check_second_registrar(entry)
        key.last = min(key.last, last)
        return defects

    def _check_second_registrar(self, entry: Entry) -> list[str]:
        if entry.count("registrar"):
            return []
        if len(self.registrars()) > 1:
            raise Bad("rule.signers", "no second registrar signs")
        return ["defect.single-registrar"]

    # Cases

    def _apply_case_opened(self, entry: Entry) -> None:
        if entry.event["case"] in self.cases:
            raise Bad("rule.case-exists", "a case of this number is there already")
        self.cases[entry.event["case"]] = True

    def _apply_case_changed(self, entry: Entry) -> None:
        self._check_open(entry)

    def _apply_case_closed(self, entry: Entry) -> None:
        self._check_open(entry)
        self.cases[entry.event["case"]] = False

    def _check_open(self, entry: Entry) -> None:
        if not self.cases.get(entry.event["case"]):
            raise Bad("rule.case-open", "the case isn't open")

    # Exhibits

    def _apply_exhibit_registered(self, entry: Entry) -> list[str]:
        self._register(entry)
        details = entry.details
        capture = details.get("source", {}).get("capture")
        defects = []
        if (details["kind"] == "web-capture" or capture is not None) and (
            {"url", "html", "image", "captured_at"} - (capture or {}).keys()
        ):
            defects.append("defect.web-capture")
        online = details["obtained"] == "online-capture" or details.get("acquisition", {}).get("method") == "remote"
        abroad = details.get("data_country", self.country) != self.country
        if online and abroad and not details.get("public"):
            defects.append("defect.sovereignty")
        return defects

    def _apply_transfer_accepted(self, entry: Entry) -> None:
        details = entry.details
        exhibit = self._register(entry, is_put=False)
        self._check_origin(details)
        if not self.decided & {details["foreign"]["head"]}:
            _check_bound(exhibit)
        self._decide([details["foreign"]["head"]])
        self._put(entry, exhibit)

    def _check_origin(self, details: dict[str, Any]) -> None:
        foreign, sender = details["foreign"], self.agents.get(details["from"])
        if (sender and sender.ledger != foreign["ledger"]) or foreign["ledger"] == self.origin:
            raise Bad("rule.transfer-origin", f"{details['from']} keeps another ledger than {foreign['ledger']}")

    def _apply_transfer_refused(self, entry: Entry) -> None:
        self._decide([item["head"] for item in entry.details.get("exhibits", ())])

    def _decide(self, heads: Sequence[str]) -> None:
        if self.decided & {*heads} or len({*heads}) < len(heads):
            raise Bad("rule.transfer-twice", "a dispatch that was decided on already")
        self.decided |= {*heads}

    def _register(self, entry: Entry, *, is_put: bool = True) -> Exhibit:
        """Check a first act, and make its exhibit."""
        if entry.exhibit in self.exhibits:
            raise Bad("rule.exhibit-exists", "an exhibit of this number is there already")
        self._check_open(entry)
        if entry.event["link"]["sequence"] != 0:
            raise Bad("rule.link", "a registration that isn't the first act")
        bound: set[str] = set()
        parents = entry.details.get("derived_from", ())
        for parent in parents:
            name, placed = name_of(parent), self.events.get(parent["event"])
            if name in self.exhibits:
                bound |= self.exhibits[name].bound_to
            if placed is None and name not in self.exhibits:
                continue  # not carried; that it should be is for step 8
            if placed is None or ("exhibit", *name) not in placed.subjects:
                raise Bad("rule.parent", "derived from an act that isn't the parent's")
        for item in entry.details.get("same_object_as", ()) if self.gate == "v2" else ():
            same = self.exhibits.get(name_of(item))
            bound |= same.bound_to if same else set()
        if "foreign" in entry.details and entry.details.get("onward") != "allowed":
            bound |= {entry.details["foreign"]["ledger"]}
        exhibit = Exhibit(
            entry.event_hash, entry.event_hash, 0, entry.party("actor"), entry.event["occurred_at"],
            bool(parents) or entry.details.get("item") == "copy",
            frozenset(bound), is_sealed=self._is_seal_seen(entry), name=entry.exhibit, made_of=[*map(name_of, parents)],
        )  # fmt: skip
        if is_put:
            _check_bound(exhibit)
            self._put(entry, exhibit)
        return exhibit

    def _is_seal_seen(self, entry: Entry) -> bool:
        """Whether something came under a seal that was intact: it is sealed."""
        return self.gate == "v2" and entry.details.get("seal", {}).get("intact") is True

    def _put(self, entry: Entry, exhibit: Exhibit) -> None:
        self.exhibits[entry.exhibit] = exhibit
        self.registrations[entry.event_hash] = entry.exhibit

    def _apply_custody_act(self, entry: Entry) -> list[str]:
        rule, details = RULES[entry.type], entry.details
        exhibit = self.exhibits.get(entry.exhibit)
        if exhibit is None:
            raise Bad("rule.unknown-exhibit", "the exhibit isn't registered")
        if entry.event["link"] != {"sequence": exhibit.sequence + 1, "previous": exhibit.head}:
            raise Bad("rule.link", f"not the act after sequence {exhibit.sequence}")
        if exhibit.status not in rule.before:
            raise Bad("rule.state", f"the exhibit is {exhibit.status}")
        if rule.seal and exhibit.is_sealed != (rule.seal == "sealed"):
            raise Bad("rule.seal", "sealed" if exhibit.is_sealed else "not sealed")
        if rule.by_holder and entry.party("actor") != exhibit.holder:
            raise Bad("rule.holder", f"the holder is {exhibit.holder}")
        if entry.type in ("custody.handed-over", "custody.taken-over"):
            if entry.party("to") == exhibit.holder:
                raise Bad("rule.same-party", "it goes to whoever has it")
            exhibit.holder = entry.party("to")
        self._check_replaced(exhibit, details.get("replaced_by"))
        defects = ["defect.taken-over"] if entry.type == "custody.taken-over" else []
        if entry.type.startswith("transfer."):
            self._check_transfer(entry, exhibit)
        if entry.event["occurred_at"] < exhibit.occurred_at:
            defects.append("defect.time-backward")
        exhibit.status = rule.after if rule.after != "unchanged" else exhibit.status
        if entry.type == "custody.moved":
            exhibit.status = "in-transit" if "carrier" in details else "held"
        elif entry.type == "exhibit.released":
            exhibit.status = "lent" if details["terms"] == "lent" else "released"
        elif entry.type == "exhibit.sealed":
            exhibit.is_sealed = True
        elif entry.type == "exhibit.unsealed" or details.get("kind") == "seal-broken":
            exhibit.is_sealed = False
        elif entry.type.startswith("transfer."):
            defects += self._transfer(entry, exhibit)
        seal = details.get("seal")
        if self.gate == "v2" and entry.type == "transfer.returned" and exhibit.is_sealed and not seal:
            defects.append("defect.seal-unsaid")
        if self.gate == "v2" and seal and seal.get("intact") is False:
            exhibit.is_sealed = False
        exhibit.is_sealed |= entry.type == "transfer.returned" and self._is_seal_seen(entry)
        if entry.type in PLACING:
            exhibit.lodged = details.get("to_agent")
        exhibit.head, exhibit.sequence = entry.event_hash, exhibit.sequence + 1
        exhibit.occurred_at = entry.event["occurred_at"]
        return defects

    def _check_replaced(self, exhibit: Exhibit, name: dict[str, str] | None) -> None:
        other = self.exhibits.get(name_of(name)) if name else None
        if other is not None and self.gate == "v2" and exhibit.bound_to - other.bound_to:
            raise Bad("rule.bound", "what takes its place is free of what binds it")

    # Annotations (events.md)

    def _check_annotation(self, entry: Entry) -> None:
        rule, about = RULES[entry.type], entry.about
        if about_kind(about[0]) not in rule.about:
            raise Bad("rule.about", f"{entry.type} about such a thing")
        if entry.type in ONE_SUBJECT and len(about) > 1:
            raise Bad("rule.about", f"{entry.type} about more than one thing")
        for item in about:
            if ("event" not in item and rule.names_event) or ("event" in item and entry.type == "bundle.exported"):
                raise Bad("rule.about-event", "an event has to be named, or none")
            subject = self.subject_of(item)
            if "event" in item and subject:
                placed = self.events.get(item["event"])
                if placed is None and not rule.names_event:
                    continue  # it may be a later act of an ancestor
                if placed is None or subject not in placed.subjects:
                    raise Bad("rule.about-event", "names an event that isn't of this subject")
        if entry.type == "record.affirmed":
            self._check_affirmation(entry)

    def _check_affirmation(self, entry: Entry) -> None:
        about = entry.about
        if len({item["event"] for item in about}) > 1:
            raise Bad("rule.affirmed", "affirms several events")
        placed = self.events.get(about[0]["event"])
        if placed is None:
            return
        known = {self.subject_of(item) for item in about} - {None}  # what isn't carried is passed over
        if known != {item for item in placed.subjects if item[0] not in ("case-exhibits", "dispatch", "transfer")}:
            raise Bad("rule.affirmed", "not about exactly the subjects of the event")
        actor = entry.event["actor"]
        two_registrars = "registrar" in self.agents[actor].roles and entry.count("registrar")
        if all(signer["agent"] != actor for signer in placed.signers) and not two_registrars:
            raise Bad("rule.affirmed", "neither by a signer of the event nor by two registrars")

    # Requests and consents (requests.md)

    def _change_request(self, entry: Entry) -> list[str]:
        details = entry.details
        known = self.requests.get(details["request"])
        if entry.type in ("request.drafted", "request.received"):
            if known is not None:
                raise Bad("rule.request-exists", f"{details['request']} is there already")
            way = ("outgoing", details["to"]) if entry.type == "request.drafted" else ("incoming", details["from"])
            begun = Request(details["kind"], *way, entry.type.partition(".")[2], until=details.get("until"))
            self.requests[details["request"]] = begun
            return []
        if known is None:
            raise Bad("rule.request-unknown", f"there is no request {details['request']}")
        grant, peer = details.get("grant", {"exhibits": []}), self.agents.get(known.peer)
        is_elsewhere = "exhibits" not in grant and peer is not None and peer.country not in (None, grant["to_country"])
        before, side, after = REQUEST_STEPS[entry.type]
        if known.status not in before.split():
            raise Bad("rule.request-state", f"{details['request']} is {known.status}")
        if side and known.direction != side:
            raise Bad("rule.request-side", f"{details['request']} isn't {side}")
        if entry.type == "request.answer-received" and details["from"] != known.peer:
            raise Bad("rule.request-peer", f"{details['request']} went to {known.peer}")
        if after == "answered":
            known.outcome = details["outcome"]
        if after == "answered" or entry.type == "request.extended":
            known.until = details.get("until", known.until)
        is_executed = after != "closed" or details["outcome"] in ("executed", "executed-in-part")
        known.has_ended |= self.gate == "v2" and (after == "withdrawn" or not is_executed)
        if after == "answered" and details["outcome"] in GRANTING:
            known.is_refused, is_part = False, details["outcome"] == "granted-in-part"
            named = [name_of(item) for item in details.get("grant", {}).get("exhibits", ())]
            part = [*dict.fromkeys([*named, *(known.part or ())])][:CONSENTS_ASKED]
            is_known = self.gate == "v2" and is_part and (part or known.direction == "outgoing")
            known.part = dict.fromkeys(part) if is_known else None
        elif after == "answered" and details["outcome"] == "refused" and known.part is None:
            known.is_refused = self.gate == "v2"
        # request.closed of a letter is the other side's
        known.status = known.status if after == "closed" and "origin" in details else after or known.status
        return ["defect.grant-country"] if is_elsewhere else []

    def _apply_consent_recorded(self, entry: Entry) -> list[str]:
        self._check_annotation(entry)
        details = entry.details
        self._agent(details["authority"])
        self._agent(details["recipient"])
        authority = self.agents[details["authority"]]
        if authority.kind not in ("organisation", "unit") and not {"authority", "court"} & authority.roles.keys():
            raise Bad("rule.consent-authority", f"{details['authority']} is neither an authority nor an official")
        if authority.has_left and self.gate == "v2":
            raise Bad("rule.agent-left", f"{details['authority']} has left")
        if details["manner"] == "key":
            self._check_official(entry, details["authority"])
        unmet = {code for code, item in conditions_of(details).items() if item["before"]}
        to = self.agents[details["recipient"]]
        then = (to.country or "", to.ledger) if self.gate == "v2" else (None, None)
        consent = Consent(entry.event_hash, entry.index, details, _exhibits_of(entry), unmet, *then)
        self.consents[entry.event_hash] = consent
        for registration in {*consent.exhibits}:
            self.consents_of[registration].append(consent)
            self.consents_of[registration, details["recipient"]].append(consent)
        is_elsewhere = authority.ledger not in (None, self.origin)
        if authority.country is not None:
            is_elsewhere = authority.country != self.country
        defects = {"key": "defect.consent-key", "paper": "defect.paper-alone" if authority.ledger else ""}
        return [defects[details["manner"]]] if is_elsewhere and defects.get(details["manner"]) else []

    def _apply_consent_conditions_met(self, entry: Entry) -> None:
        consent = self._consent_of(entry)
        if consent is None:
            return
        met = set(entry.details["conditions"])
        if met - consent.unmet:
            raise Bad("rule.consent-condition", "a condition that doesn't bar the release")
        consent.unmet -= met

    def _apply_consent_revoked(self, entry: Entry) -> None:
        consent = self._consent_of(entry)
        if consent is None:
            return
        if entry.details["manner"] == "key":
            self._check_official(entry, consent.details["authority"])
        consent.revoked = entry.index

    def _consent_of(self, entry: Entry) -> Consent | None:
        """The consent that an event about one names, if it is carried."""
        self._check_annotation(entry)
        about = entry.about
        consent = self.consents.get(about[0]["event"])
        if consent is None:
            return None
        if any(item["event"] != about[0]["event"] for item in about) or _exhibits_of(entry) != consent.exhibits:
            raise Bad("rule.consent-exhibits", "not one consent and all of its exhibits")
        if consent.revoked is not None:
            raise Bad("rule.consent-revoked", "a consent that was revoked")
        return consent

    def _check_official(self, entry: Entry, authority: str) -> None:
        actor = entry.event["actor"]
        unit = self.agents.get(authority)
        stands_for_it = authority in (actor, entry.party("actor")) or (unit is not None and actor in unit.members)
        if not {"authority", "court"} & self.agents[actor].roles.keys() or not stands_for_it:
            raise Bad("rule.consent-signer", f"{actor} is no official of {authority}")

    # Transfers (transfers.md)

    def _check_transfer(self, entry: Entry, exhibit: Exhibit) -> None:
        details, sent = entry.details, exhibit.dispatch
        if entry.type == "transfer.dispatched":
            if details["to"] == exhibit.holder:
                raise Bad("rule.transfer-to", "sent to whoever has it")
            if details["item"] == "copy" and not exhibit.is_derived:
                raise Bad("rule.transfer-item", "an original, sent as a copy")
            return
        if entry.type == "transfer.returned":
            self._check_return(entry, exhibit)
        elif sent is None or sent.transfer != details["transfer"]:
            raise Bad("rule.transfer-other", "another transfer than the one under way")
        is_registrar = "registrar" in self.agents[entry.event["actor"]].roles
        if not is_registrar and entry.party("actor") != (sent.sender if sent else exhibit.holder):
            raise Bad("rule.transfer-sender", "neither the sender nor a registrar")
        if entry.type == "transfer.returned" and "foreign" in details:
            self._check_origin(details)
            self._decide([details["foreign"]["head"]])

    def _check_return(self, entry: Entry, exhibit: Exhibit) -> None:
        sent, named = exhibit.dispatch, entry.details.get("sent")
        if sent is None and not exhibit.recalled:
            raise Bad("rule.state", "nothing is away, nor was recalled")
        if named is None and exhibit.status == "transferred":
            return
        if named not in ({sent.transfer} if sent else exhibit.recalled):
            raise Bad("rule.transfer-other", "another transfer than it left under")

    def _transfer(self, entry: Entry, exhibit: Exhibit) -> list[str]:
        details, sent = entry.details, exhibit.dispatch
        if entry.type == "transfer.dispatched":
            is_original = details["item"] == "original"
            is_from_abroad = self.gate == "v2" and self.is_abroad(exhibit.holder)
            at = entry.event["occurred_at"]
            exhibit.dispatch = Dispatch(
                details["transfer"], exhibit.holder, details["to"], is_original, is_from_abroad, at
            )
            exhibit.holder = details["to"]
            is_open = is_original and not exhibit.is_sealed and "not_sealed" not in details
            return ["defect.not-sealed"] if is_open else []
        if entry.type == "transfer.lost":
            return ["defect.transfer-lost"]
        alone = list[str]()
        is_paper = details.get("manner") == "paper" or (entry.type == "transfer.returned" and "foreign" not in details)
        others = [sent.to if sent else "", details.get("from", "")] if is_paper else []
        if any(name in self.agents and self.agents[name].ledger for name in others):
            alone = ["defect.paper-alone"]
        if self.gate == "v2" and sent and seconds(details.get("decided_at", sent.at)) < seconds(sent.at) - CLOCK_SKEW:
            alone.append("defect.receipt-early")
        if entry.type == "transfer.receipt" and details["outcome"] != "refused":
            exhibit.status = "transferred"
            return alone
        exhibit.dispatch = None
        if entry.type == "transfer.returned":
            exhibit.holder = entry.party("actor")
            exhibit.recalled.discard(details.get("sent"))
            if alone and self.gate == "v2":  # the other ledger goes on holding it
                exhibit.recalled.add(sent.transfer if sent else details["sent"])
            if not sent:
                return [*alone, "defect.returned-after-recall"]
            is_by_another = "foreign" not in details and not self._is_same_side(sent.to, details["from"])
            return [*alone, "defect.returned-by-another"] if is_by_another else alone
        if sent is not None:
            exhibit.holder, exhibit.status = sent.sender, "in-transit" if sent.is_original else "held"
            if self._came_abroad(sent):
                exhibit.holder = entry.party("actor")
        exhibit.recalled.add(details["transfer"])  # recalled, or refused
        return alone

    def _came_abroad(self, sent: Dispatch | None) -> bool:
        """Whether who sent something is abroad by now, and wasn't then (v2)."""
        return self.gate == "v2" and sent is not None and not sent.is_from_abroad and self.is_abroad(sent.sender)

    def is_abroad(self, name: str) -> bool:
        """Whether an agent is on record as elsewhere (lawfulness.md, "Releases")."""
        agent = self.agents.get(name)
        return agent is not None and self._is_away(agent.country, agent.ledger)

    def _is_away(self, country: str | None, ledger: str | None) -> bool:
        if country is not None:
            return country != self.country
        return self.gate == "v2" and ledger not in (None, self.origin)

    def _is_same_side(self, *names: str) -> bool:
        """Whether two agents are one, or of one ledger or country."""
        one, other = map(self.agents.get, names)
        if one is None or other is None:
            return one is other
        return one is other or bool(one.ledger and one.ledger == other.ledger) or (
            bool(one.country) and one.country == other.country
        )  # fmt: skip

    # What an entry relies on (entry.md, "Disputed entries"), in the state before it

    def relies_on(self, entry: Entry) -> set[int]:
        """The indexes of the entries that brought in the standing with which this one is signed."""
        found = {self.keys[key].enrolled for key in entry.matched_keys if key in self.keys}
        for signer in entry.signers:
            agent = self.agents.get(signer["agent"])
            if agent is None:
                continue
            found.add(agent.enrolled)
            allowed = {"actor": RULES[entry.type].roles, "to": HANDLING, "registrar": ROLE_SETS["registrar"]}
            held = [agent.roles[role] for role in allowed.get(signer["as"], frozenset()) if role in agent.roles]
            found |= {min(held)} if held else set()
            unit = self.agents.get(signer.get("on_behalf_of", ""))
            if unit is not None:
                found.add(unit.enrolled)
                found |= {unit.members[name] for name in (signer["agent"],) if name in unit.members}
        return found - {entry.index}


def _exhibits_of(entry: Entry) -> list[str]:
    return sorted(item["exhibit"] for item in entry.about if "exhibit" in item)


def _check_bound(exhibit: Exhibit) -> None:
    if len(exhibit.bound_to) > BOUND_TO:
        raise Bad("rule.bound", f"{len(exhibit.bound_to)} ledgers bind it")


def _check_system_role(kind: str, roles: Sequence[str]) -> None:
    if (list(roles) == ["system"]) != (kind == "system") or (kind != "system" and "system" in roles):
        raise Bad("rule.enrolment", "the kind system has the role system alone, and no other kind has it")


def _check_log_key(text: str, origin: str) -> None:
    try:
        key = parse_vkey(text)
    except Bad as bad:
        raise Bad("rule.log-key", bad.text) from None
    if key.type != LOG_KEY or key.name != origin:
        raise Bad("rule.log-key", "a log key of another type or name")


# ---------------------------------------------------------------------------------------------------------------------
# Lawfulness: the consent gate (lawfulness.md), asked before an event is applied
# ---------------------------------------------------------------------------------------------------------------------

STRICTER = ("allowed", "with-consent", "forbidden")
FAULTS = ("release.consent-missing", "release.consent-recipient", "release.consent-key", "release.consent-revoked",
          "release.request-ended", "release.not-granted", "release.consent-request",
          "release.consent-early", "release.consent-expired", "release.consent-conditions",
          "release.consent-terms")  # fmt: skip


def _binds_as(sent: dict[str, Any], consent: dict[str, Any]) -> bool:
    """Whether a dispatch binds its receiver to all that a consent wants, or to more."""
    is_as_strict = STRICTER.index(sent["onward"]) >= STRICTER.index(consent["onward"])
    return is_as_strict and conditions_of(sent).keys() >= conditions_of(consent).keys()


class Gate(State):
    """A state that is asked what may leave."""

    def find_breaches(self, entry: Entry, without: Set[str] = frozenset()) -> list[str]:
        """What speaks against letting out what an event lets out, where some consents count for nothing."""
        self._judged = {}
        if self._is_holder_abroad(entry):
            return ["release.holder-abroad"]
        country = entry.details.get("to_country")
        to = None if self.find_unnamed(entry) else self.goal_of(entry)
        released = [self.exhibits[name] for name in self.followed(entry) if name in self.exhibits]
        if to is None or self.origin is None:
            return []
        found = self._find_foreign_requests(entry, to) if self.gate == "v2" else []
        if not released:
            return found
        recipient = self.agents.get(to)
        has_left = recipient is not None and recipient.has_left and self.gate == "v2"
        if recipient is None or recipient.country is None or has_left:
            return [*found, "release.recipient-unknown"]
        times = sorted((entry.event["occurred_at"], entry.record["recorded_at"]))
        says_request = entry.type in ("bundle.exported", "transfer.dispatched")
        asked = self.requests.get(entry.details.get("request", "")) if says_request and self.gate == "v2" else None
        is_abroad = bool({recipient.country, country} - {None, self.country})
        found += ["release.request-ended"] if asked and is_abroad and (asked.has_ended or asked.is_refused) else []
        for exhibit in released:
            if asked and is_abroad and not self._covers(asked, exhibit):
                found.append("release.not-granted")
            found += self._find_named_fault(exhibit, to, times, entry, without)
            found += self._find_faults(exhibit, to, times, entry, without, country)
        return found

    def _find_named_fault(
        self, exhibit: Exhibit, to: str, times: list[str], entry: Entry, without: Set[str]
    ) -> list[str]:
        """The fault of the consent under which a dispatch says that it leaves."""
        named = entry.details.get("consent") if entry.type == "transfer.dispatched" and self.gate == "v2" else None
        consent = self.consents.get(named or "")
        if consent is None or exhibit.registration not in consent.exhibits or named in without:
            return ["release.consent-missing"] if named else []
        fault = self._fault(consent, to, times, entry, exhibit, is_bound=False)
        return [FAULTS[fault]] if fault else []

    def _covers(self, request: Request, exhibit: Exhibit) -> bool:
        """Whether what was granted is all, or a part that names an exhibit, or all that it was made of."""
        looked: set[ExhibitKey] = set()
        ahead = [exhibit.name] if request.part else []
        while ahead:
            name = ahead.pop()
            if name in looked or name in (request.part or ()):
                continue
            looked.add(name)
            known = self.exhibits.get(name)
            if known is None or not known.made_of or len(looked) > MADE_OF:
                return False
            ahead += known.made_of
        return True

    def _is_holder_abroad(self, entry: Entry) -> bool:
        """Whether somebody abroad becomes the holder of what was here, and nothing says that it goes."""
        if self.gate != "v2" or any(map(self.is_abroad, [*self._keepers(entry), *self._returners(entry)])):
            return self.gate == "v2"
        name = entry.details["agent"] if entry.type == "agent.changed" else ""
        agent = self.agents.get(name)
        if agent is None or self.is_abroad(name):
            return False
        ledger = entry.details.get("ledger", agent.ledger)
        return self._is_away(self._country_told(entry.details, agent.country), ledger) and any(
            name in exhibit.keepers and self.follows(key) for key, exhibit in self.exhibits.items()
        )

    def _keepers(self, entry: Entry) -> list[str]:
        """Who becomes the holder of what was here: the party of who registers it again or takes it back, and he."""
        is_here = entry.type == "transfer.returned"
        if entry.type in FIRST_ACTS:
            is_here = bool({"derived_from", "foreign", "same_object_as"} & entry.details.keys())
        return parties_of(entry.signers[0]) if is_here else []

    def _returners(self, entry: Entry) -> list[str]:
        """Who takes back what was given away or sent by somebody who was here then."""
        exhibit = self.exhibits.get(entry.exhibit) if entry.is_custody_act else None
        if exhibit is None:
            return []
        is_back = False
        if entry.type == "exhibit.returned":
            is_back = exhibit.status == "released" and not self.is_abroad(exhibit.lodged or "")
        elif entry.type in ("transfer.recalled", "transfer.receipt"):
            is_back = entry.details.get("outcome", "refused") == "refused" and self._came_abroad(exhibit.dispatch)
        return parties_of(entry.signers[0]) if is_back else []

    def counterparts(self, entry: Entry) -> Iterator[tuple[str, str, str]]:
        """Whose country decides what may leave, each with his ledger and that, as far as both are known."""
        details = entry.details
        names = [*self._receivers(entry), self.goal_of(entry)]
        names += [details["authority"]] if entry.type == "consent.recorded" else []
        names += [details.get("to_agent")] if entry.is_custody_act else []
        names += self._keepers(entry)
        for name in names if self.gate == "v2" else ():
            agent = self.agents.get(name or "")
            if name and agent and agent.ledger and agent.country:
                yield name, agent.ledger, agent.country

    def _find_foreign_requests(self, entry: Entry, to: str) -> list[str]:
        """Requests that are answered or told of abroad, to somebody of another country than who asked."""
        recipient = self.agents.get(to)
        country = recipient.country if recipient else None
        if entry.type not in ("bundle.exported", "transfer.dispatched") or country == self.country:
            return []
        names = [item["request"] for item in entry.about if "request" in item]
        names += [entry.details["request"]] if "request" in entry.details else []
        peers = [self.requests[name].peer for name in dict.fromkeys(names) if name in self.requests]
        countries = {peer: self.agents[peer].country for peer in peers if peer in self.agents}
        strangers = [peer for peer in peers if peer != to and (country is None or countries.get(peer) != country)]
        return ["release.request-peer" for _ in strangers]

    def goal_of(self, entry: Entry) -> str | None:
        """To whom an event lets something out, if it does; an empty name where nobody is said."""
        details = entry.details
        if entry.type in ("bundle.exported", "transfer.dispatched"):
            return details.get("to")
        if entry.type == "access.logged" and details["action"] == "exported":
            return details.get("agent")
        if entry.type in ("request.answered", "request.sent"):
            request = self.requests.get(details["request"])
            return request.peer if request else None
        received = [name for name in self._receivers(entry) if name in self.agents]
        abroad = [name for name in received if self.is_abroad(name)]
        if abroad or not entry.is_custody_act or not {"to_agent", "to_country"} & details.keys():
            return abroad[0] if abroad else None
        agent = self.agents.get(details.get("to_agent", ""))
        named = {details.get("to_country"), agent.country if agent else None} - {None}
        stays = "to_agent" not in details or (agent is not None and not self.is_abroad(details["to_agent"]))
        if named == {self.country} and stays:
            return None  # it stays
        receiver = entry.party("to") if entry.count("to") and self.gate == "v2" else ""
        return str(details.get("to_agent", receiver))

    def find_unnamed(self, entry: Entry) -> tuple[str, str] | None:
        """Code and severity, where an event doesn't say where to something goes."""
        details = entry.details
        if entry.type == "bundle.exported" and "to" not in details:
            if self.gate:
                return "release.recipient-unnamed", FAILED
            return ("release.recipient-unnamed", DEFECT) if "exhibit" in entry.about[0] else None
        if not self.gate or {"to_agent", "to_country"} & details.keys():
            return None
        if self.gate == "v1":
            leaves = entry.type == "exhibit.released" or (entry.type == "custody.moved" and "carrier" in details)
            leaves |= entry.type == "exhibit.disposed" and details["manner"] == "returned-to-owner"
            is_told = entry.count("to") > 0
        else:
            leaves = entry.type in ("custody.handed-over", "custody.moved", "custody.taken-over", "exhibit.released")
            leaves |= entry.type == "exhibit.disposed" and details["manner"] not in ("destroyed", "wiped")
            party = self.agents.get(next(iter(self._receivers(entry)), ""))
            is_told = party is not None and party.country is not None
        return ("release.destination-unnamed", FAILED) if leaves and not is_told else None

    def _receivers(self, entry: Entry) -> list[str]:
        """Who receives a thing from hand to hand: his party, and himself."""
        signers = [signer for signer in entry.signers if entry.is_custody_act and signer["as"] == "to"]
        return [name for signer in signers for name in parties_of(signer)]

    def _sides(self, exhibit: Exhibit, him: Agent, country: str | None) -> list[Side]:
        """Whose consent an exhibit needs to go to somebody: of this country, and of each ledger that binds it."""
        sides: list[Side] = [("country", self.country)] if {him.country, country} - {None, self.country} else []
        return sides + [("ledger", origin) for origin in sorted(exhibit.bound_to) if him.ledger != origin]

    def _given(self, exhibit: Exhibit, to: str | None) -> dict[Side, list[Consent]]:
        """The newest consents to an exhibit, for somebody or for all, by the side that gave them."""
        given: dict[Side, list[Consent]] = defaultdict(list)
        for consent in self.consents_of[(exhibit.registration, to) if to else exhibit.registration][-CONSENTS_ASKED:]:
            body = self.agents.get(consent.details["authority"])
            if body is None or body.kind not in ("organisation", "unit"):
                continue
            given["ledger", body.ledger].append(consent)
            # one paper doesn't stand for two authorities
            if not (self.gate == "v2" and body.ledger in exhibit.bound_to):
                given["country", body.country].append(consent)
        return given

    def _find_faults(
        self, exhibit: Exhibit, to: str, times: list[str], entry: Entry, without: Set[str], country: str | None
    ) -> list[str]:
        """The fault nearest to none among the consents of each side, each once: there may be many sides."""
        given, others = self._given(exhibit, to), self._given(exhibit, None)
        found: dict[str, None] = {}
        for side in self._sides(exhibit, self.agents[to], country):
            consents = [item for item in given.get(side, ()) if item.id not in without]
            consents = consents or [item for item in others.get(side, ()) if item.id not in without]
            is_bound = side[0] == "ledger"
            faults = [self._judge(item, to, times, entry, exhibit, is_bound=is_bound) for item in consents]
            found |= {} if 0 in faults else {FAULTS[max(faults, default=0)]: None}
        return [*found]

    def consents_under(self, entry: Entry) -> list[tuple[str, list[Consent]]]:
        """The consents without fault under which a dispatch leaves, of each side that is wanted; or the named one."""
        self._judged = {}
        exhibit = self.exhibits.get(entry.exhibit) if entry.type == "transfer.dispatched" else None
        to = entry.details.get("to", "")
        return [] if exhibit is None or self.gate != "v2" else self._consents_on(exhibit, to, entry)

    def tells_no_terms(self, entry: Entry) -> int:
        """How many exhibits an act lets out under conditions that it can't carry."""
        self._judged = {}
        if entry.type in ("bundle.exported", "transfer.dispatched"):
            return 0
        to = self.goal_of(entry) if self.gate == "v2" else ""
        if not to or self.find_unnamed(entry):
            return 0
        released = [self.exhibits[name] for name in self.followed(entry) if name in self.exhibits]
        return sum(
            any(held and all(conditions_of(item.details) for item in held) for _, held in sides)
            for sides in (self._consents_on(exhibit, to, entry) for exhibit in released)
        )

    def _consents_on(self, exhibit: Exhibit, to: str, entry: Entry) -> list[tuple[str, list[Consent]]]:
        if to not in self.agents:
            return []
        times = sorted((entry.event["occurred_at"], entry.record["recorded_at"]))
        given, found = self._given(exhibit, to), []
        for side in self._sides(exhibit, self.agents[to], entry.details.get("to_country")):
            is_bound, known = side[0] == "ledger", given.get(side, ())
            held = [item for item in known if not self._judge(item, to, times, entry, exhibit, is_bound=is_bound)]
            named = [item for item in held if item.id == entry.details.get("consent")]
            found.append((str(side[1]), named or held))
        return found

    def _judge(
        self, consent: Consent, to: str, times: list[str], entry: Entry, exhibit: Exhibit, *, is_bound: bool
    ) -> int:
        """The fault of a consent: of each exhibit apart only where what it rests on was granted in part."""
        request = self.requests.get(consent.details.get("request", ""))
        name = consent.id, is_bound, exhibit.registration if request and request.part is not None else ""
        if name not in self._judged:
            self._judged[name] = self._fault(consent, to, times, entry, exhibit, is_bound=is_bound)
        return self._judged[name]

    def _fault(
        self, consent: Consent, to: str, times: list[str], entry: Entry, exhibit: Exhibit, *, is_bound: bool
    ) -> int:
        """The number of the first fault of a consent, 0 for none; ``is_bound`` where another ledger's is wanted."""
        name = consent.details.get("request")
        request = self.requests.get(name or "")
        says_request = entry.type in ("bundle.exported", "transfer.dispatched")
        is_by_letter = consent.details["manner"] == "letter"  # it rests on a request of one's own
        him = self.agents[to]
        has_moved = consent.to_country not in (None, him.country) or consent.to_ledger not in (None, him.ledger)
        faults = (
            consent.details["recipient"] != to or has_moved,
            is_bound and self.gate == "v2" and consent.details["manner"] == "key",
            consent.revoked is not None,
            request is not None and request.is_over,
            request is not None and not self._covers(request, exhibit),
            name is not None and says_request and not is_by_letter and entry.details.get("request") != name,
            times[0] < self.valid_between(consent)[0],
            times[1] > self.valid_between(consent)[1],
            bool(consent.unmet),
            entry.type == "transfer.dispatched" and not _binds_as(entry.details, consent.details),
        )
        return next((number for number, is_so in enumerate(faults, 1) if is_so), 0)

    def valid_between(self, consent: Consent) -> tuple[str, str]:
        """From when to when a consent lets something go."""
        first = consent.details["issued_at"] if self.gate == "v2" else ""
        return max(first, consent.details["valid_from"]), consent.details.get("valid_until", "9999-12-31T23:59:59Z")


# ---------------------------------------------------------------------------------------------------------------------
# Disputed entries (entry.md, "Disputed entries")
# ---------------------------------------------------------------------------------------------------------------------


class Disputes:
    """Which entries are in dispute, after all are folded, and which are barred (entry.md, "Disputed entries")."""

    def __init__(self, entries: Sequence[Entry], keys: dict[str, Key]) -> None:
        """Find them: spread doubts, then let them be cleared, until nothing changes or the rounds are used up."""
        self.entries, self.keys = entries, keys
        self.by_index = {entry.index: entry for entry in entries}
        self.accepted: dict[int, int] = {}
        for _ in range(AFFIRMATION_ROUNDS):
            self.spread()
            before = len(self.accepted)
            self.affirm()
            if len(self.accepted) == before:
                break
        self.spread()
        self.disputed = self.first.keys() - self.accepted.keys() - self.barred

    def spread(self) -> None:
        """What a disputed key signed, and what relies on that."""
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.in_question: dict[int, set[str]] = {}
        self.barred: set[int] = set()
        for entry in self.entries:
            i, starts, agents = entry.index, set(), set()
            own = [self.keys[name] for name in entry.matched_keys if name in self.keys]
            for key in own:
                if key.revoked is not None and key.last is not None and key.last < i < key.revoked:
                    starts.add(key.revoked)
                    agents.add(key.agent)
            for source in entry.relies_on & self.first.keys():
                cleared = self.accepted.get(source)
                if cleared is not None and (i >= cleared or i <= self.first[source]):
                    continue
                starts |= {self.first[source], self.last[source]}
                agents |= {key.agent for key in own}
                if i > self.first[source]:
                    self.barred.add(i)
            if starts:
                self.first[i], self.last[i], self.in_question[i] = min(starts), max(starts), agents

    def affirm(self) -> None:
        """What is cleared by whom."""
        for entry in self.entries:
            target, i = entry.affirms, entry.index
            if target not in self.last or target in self.barred or i <= self.last[target]:
                continue
            if i in self.barred or (i in self.first and i not in self.accepted):
                continue
            signing = self._signing(entry)
            is_stranger = bool(signing) and signing[0] not in self._signing(self.by_index[target])
            if is_stranger or self.in_question[target] <= {*signing}:
                self.accepted.setdefault(target, i)

    def _signing(self, entry: Entry) -> list[str]:
        """The named signers who did sign, in their order."""
        agents = {self.keys[name].agent for name in entry.matched_keys if name in self.keys}
        return [signer["agent"] for signer in entry.signers if signer["agent"] in agents]


# ---------------------------------------------------------------------------------------------------------------------
# What a bundle carries (completeness.md, "What a bundle carries")
# ---------------------------------------------------------------------------------------------------------------------

# completeness.md, "Closure": fields in which details name an agent whose entries are carried
NAMED_AGENTS: dict[str, tuple[str, ...]] = {
    "access.logged": ("agent",),
    "bundle.exported": ("to",),
    "custody.moved": ("to_agent",),
    "exhibit.disposed": ("to_agent",),
    "exhibit.registered": ("certified_by",),
    "exhibit.released": ("to_agent",),
    "request.drafted": ("to",),
    "transfer.dispatched": ("to",),
    "consent.recorded": ("authority", "recipient"),
    "release.refused": ("to", "tried_by"),
    "request.answer-received": ("decided_by", "from"),
    "request.answered": ("decided_by", "forwarded_by"),
    "request.received": ("from",),
    "transfer.accepted": ("from",),
    "transfer.refused": ("from",),
    "transfer.returned": ("from",),
}


def _is_within(entry: Entry, closure: dict[Subject, int]) -> bool:
    return any(entry.index <= closure.get(subject, -1) for subject in entry.subjects)


# ---------------------------------------------------------------------------------------------------------------------
# Files at hand, and what orders destroyed of them (content.md; verification.md, step 9)
# ---------------------------------------------------------------------------------------------------------------------


class Orders:
    """What carried orders destroyed, gone through once for all exhibits (verification.md, step 9)."""

    def __init__(self, orders: Sequence[Entry]) -> None:
        """Gather what they say of any exhibit, and which of them are about one."""
        self.commitments = {item for entry in orders for item in entry.details["commitments"]}
        self.names = {root for entry in orders for root in entry.details.get("names", ())}
        self.about: dict[str, list[Entry]] = defaultdict(list)
        for entry in orders:
            for registration in dict.fromkeys(_exhibits_of(entry)):
                self.about[registration].append(entry)


class Erased:
    """What carried orders destroyed of one exhibit (verification.md, step 9)."""

    def __init__(self, orders: Orders, registration: str, root: str) -> None:
        """Gather what they say; one about files has to be about this exhibit."""
        own = orders.about.get(registration, ())
        self._commitments, self._has_names = orders.commitments, root in orders.names
        self._has_content = any(root in entry.details.get("contents", ()) for entry in own)
        self._files = {digest for entry in own for digest in entry.details.get("files", ())}

    def is_nameless(self, commitment: str) -> bool:
        """Whether a name in the list of files was erased."""
        return self._has_names or commitment in self._commitments

    def of_exhibit(self) -> tuple[bool, frozenset[str]]:
        """What was erased of this exhibit, and not of others that name the same list."""
        return self._has_content, frozenset(self._files)

    def has_file(self, digest: str) -> bool:
        """Whether a file was erased."""
        return self._has_content or digest in self._files


def _pairs(files: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    return sorted((item.get("digests", {"sha256": ""})["sha256"], item.get("size", -1)) for item in files)


class Files:
    """Files that travelled apart: by their digest as they are named, else by the digest that they have."""

    def __init__(self, folders: Sequence[Path] = (), given: dict[str, bytes] | None = None) -> None:
        """Folders to look into, or bytes by digest."""
        self.folders, self.given = folders, dict(given or {})
        self._sized: dict[int, list[Path]] | None = None
        self._hashed: dict[int, dict[str, Path]] = {}  # by size, of those that had to be read

    def find(self, digest: str, size: int) -> Path | bytes | memoryview | None:
        """Return the file that was given under a digest, or else one of that size that has it."""
        if digest in self.given:
            return self.given[digest]
        for folder in self.folders:
            if (folder / digest).is_file():
                return folder / digest
        if self._sized is None:
            self._sized = defaultdict(list)
            for path in (path for folder in self.folders for path in sorted(folder.rglob("*")) if path.is_file()):
                self._sized[path.stat().st_size].append(path)
        if size not in self._hashed:
            self._hashed[size] = {measure(path)["sha256"]: path for path in self._sized.get(size, ())}
        return self._hashed[size].get(digest)


class InnerFiles(Files):
    """Files of a bundle within a bundle: the outer one's, and then what was given with that."""

    def __init__(self, outer: Verification) -> None:
        """Look into an outer bundle."""
        super().__init__()
        self._outer = outer

    def find(self, digest: str, size: int) -> Path | bytes | memoryview | None:
        """Return the file of a digest."""
        member = f"data/files/{digest}"
        return self._outer.view(member) if member in self._outer.members else self._outer.files.find(digest, size)


def new_hasher(name: str) -> Any:
    """Return something that computes a digest, or nothing where this machine can't."""
    if name == "blake3":
        return new_blake3()
    try:
        return hashlib.new(name)
    except ValueError:
        return None  # sm3, of which the library may know nothing


def measure(source: Path | bytes | memoryview, names: Iterable[str] = ("sha256",)) -> dict[str, Any]:
    """Return size and digests of some bytes, as far as they can be computed here."""
    hashers = {name: hasher for name in names if (hasher := new_hasher(name)) is not None}
    size = 0
    for piece in _pieces(source):
        size += len(piece)
        for hasher in hashers.values():
            hasher.update(piece)
    return {"size": size, **{name: hasher.hexdigest() for name, hasher in hashers.items()}}


def measure_pieces(source: Path | bytes | memoryview) -> list[str]:
    """Return the BLAKE3 digests of consecutive pieces of 16 MiB (content.md, "Pieces")."""
    found: list[str] = []
    hasher, room = new_blake3(), PIECE_BYTES
    for piece in _pieces(source):  # which come by 1 MiB
        hasher.update(piece)
        room -= len(piece)
        if room == 0:
            found.append(hasher.hexdigest())
            hasher, room = new_blake3(), PIECE_BYTES
    return found if room == PIECE_BYTES else [*found, hasher.hexdigest()]


def _as_ranges(pieces: Sequence[int], size: int) -> str:
    """Pieces of a file as ranges of its bytes, neighbours joined; the first ten of many."""
    starts = [number for number in pieces if number - 1 not in pieces]
    ends = [number + 1 for number in pieces if number + 1 not in pieces]
    bounds = zip(starts, ends, strict=True)
    ranges = [f"{start * PIECE_BYTES}-{min(end * PIECE_BYTES, size) - 1}" for start, end in bounds]
    return ", ".join(ranges[:10])


def _pieces(source: Path | bytes | memoryview) -> Iterator[bytes | memoryview]:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            while piece := stream.read(2**20):
                yield piece
        return
    view = memoryview(source)
    for start in range(0, len(view), 2**20):
        yield view[start : start + 2**20]


# ---------------------------------------------------------------------------------------------------------------------
# Assets that were looked at again (assets.md, "Observations"), and seals
# ---------------------------------------------------------------------------------------------------------------------

SEEN = ("custody.handed-over", "exhibit.sealed", "exhibit.unsealed", "transfer.accepted", "transfer.dispatched",
        "transfer.returned")  # fmt: skip
IN_CUSTODY = ("exhibit.registered", "exhibit.returned", "transfer.accepted", "transfer.recalled", "transfer.returned")
OUT_OF_CUSTODY = ("exhibit.disposed", "exhibit.released", "exhibit.voided", "transfer.dispatched")
LOOKS = (*FIRST_ACTS, "asset.observed")
AMOUNT = "[0-9]{1,78}"


@dataclass(frozen=True)
class Capture:
    """A look at an asset (assets.md, "Observations"): what its entry says, and the last transfers up to and with it."""

    subject: str
    index: int
    part: dict[str, Any]
    transfers: list[dict[str, Any]]
    is_later: bool

    def account(self, asset: dict[str, Any], *, is_wallet: bool) -> str:
        """The commitment of the wallet, or of the asset's account."""
        known = self.transfers[-1:] if is_wallet else []
        field = known[0]["wallet"] if known else None if is_wallet else asset.get("account")
        return str(field["commitment"]) if field else ""


def captures_of(story: Sequence[Entry], subject: str) -> list[Capture]:
    """The registration of an asset, and the observations of it."""
    captures: list[Capture] = []
    transfers: list[dict[str, Any]] = []
    for entry in story:
        is_later = entry.type == "asset.observed"
        part = entry.details if is_later else entry.details.get("asset") if entry.type in FIRST_ACTS else None
        if part is not None:
            transfers = [*transfers, *([part["transfer"]] if "transfer" in part else [])][-1 - FORMER_WALLETS :]
            captures.append(Capture(entry.name if is_later else subject, entry.index, part, transfers, is_later))
    return captures


class Custody:
    """When an exhibit was in custody: up to any time the last act in ledger order counts."""

    def __init__(self, story: Sequence[Entry]) -> None:
        """Put the acts in order of time, without those that stand before one that happened no later."""
        self._since: list[tuple[str, int, bool]] = []
        acts = [
            (entry.event["occurred_at"], entry.index, entry.type not in OUT_OF_CUSTODY)
            for entry in story
            if entry.type in (*IN_CUSTODY, *OUT_OF_CUSTODY)
            or (entry.type == "transfer.receipt" and entry.details["outcome"] == "refused")
        ]
        for act in sorted(acts):
            if not self._since or act[1] > self._since[-1][1]:
                self._since.append(act)

    def holds(self, at: str) -> bool:
        """Whether it was at a time."""
        count = bisect.bisect_right(self._since, at, key=lambda act: act[0])
        return count > 0 and self._since[count - 1][2]


# ---------------------------------------------------------------------------------------------------------------------
# What another ledger says (inherited.md, transfers.md)
# ---------------------------------------------------------------------------------------------------------------------

# inherited.md: step and severity of what an acceptance or a return says otherwise, where it isn't FAILED at 11
ARRIVALS = {
    **dict.fromkeys(("inherited.exhibit", "inherited.head", "inherited.content", "inherited.sent-at"), (9, FAILED)),
    "inherited.condition-unseen": (11, NOTE),
    **dict.fromkeys(("inherited.names", "inherited.seal", "inherited.times"), (12, DEFECT)),
    **dict.fromkeys(("inherited.corrected", "inherited.kind", "inherited.unseen"), (12, NOTE)),
}
DECIDING = ("transfer.accepted", "transfer.refused", "transfer.returned")
# inherited.md: what tells a thing from all others; the last can be written in more than one way
NAMES = ("account", "asset", "collection", "number", "platform", "identifiers")


def names_of(details: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The private values by which a thing is known."""
    asset = details.get("asset", {})
    known = {**asset.get("platform", {}), **{part: asset[part] for part in ("account", "asset") if part in asset}}
    known |= {part: details[part] for part in ("identifiers",) if part in details}
    return {name: known[name] for name in NAMES if name in known}


def newest_of(told: Iterable[tuple[int, tuple[str, str], Disclosure]]) -> dict[tuple[str, str], Disclosure]:
    """The corrections with the highest index."""
    return {key: value for _, key, value in sorted(told, key=lambda item: item[0])}


def seal_of(entry: Entry) -> dict[str, str] | None:
    """The number of the seal that an event puts on, sees or sends something under."""
    seal = entry.details.get("seal")
    return seal.get("seal") if seal and "seal" in seal else seal


def intact_seal(entry: Entry) -> bool:
    """Whether an event saw no broken seal."""
    seen = entry.details if "intact" in entry.details else entry.details.get("seal", {})
    return bool(seen.get("intact", True))


def heads_decided(entry: Entry) -> list[str | None]:
    """The dispatches on which another ledger decided by an entry; none is named for a parcel that couldn't be read."""
    if entry.type == "transfer.refused":
        return [item["head"] for item in entry.details.get("exhibits", ())] or [None]
    return [entry.details["foreign"]["head"]] if entry.type in DECIDING and "foreign" in entry.details else []


def outcome_of(entry: Entry) -> tuple[str, str]:
    """What another ledger decided, and at what time."""
    details = entry.details
    if entry.type == "transfer.refused":
        return "refused", details["refused_at"]
    if entry.type == "transfer.returned":
        return "accepted", entry.event["occurred_at"]
    return "accepted-with-reservations" if "reservations" in details else "accepted", details["accepted_at"]


def _terms_of(details: dict[str, Any]) -> tuple[Any, ...]:
    return details["onward"], [(code, item.get("due")) for code, item in conditions_of(details).items()]


# ---------------------------------------------------------------------------------------------------------------------
# Verification (verification.md)
# ---------------------------------------------------------------------------------------------------------------------

STEP_NAMES = ("container and layout", "bag", "checkpoint", "timestamps", "entries", "keys", "signatures",
              "custody rules", "completeness", "content", "disclosures", "lawfulness", "procedure")  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that was found."""

    step: int
    code: str
    severity: str
    subject: str
    text: str


class Verification:
    """One bundle, verified. ``run`` fills ``findings``; the verdicts follow from them."""

    def __init__(
        self,
        data: Any,
        *,
        at: str,
        trust: bytes | None = None,
        files: Files | None = None,
        proofs: Sequence[bytes] = (),
        depth: int = 0,
    ) -> None:
        """Take the bundle's bytes, the time, and what its reader believes and has; ``depth`` counts bundles around."""
        self.data, self.at, self.depth = data, at, depth
        self.raw_trust = trust
        self.findings: list[Finding] = []
        self.trust_sha256 = None if trust is None else sha256(trust).hex()
        self.trust: dict[str, Any] | None = None if trust is None else read_trust(trust)
        self.raw_proofs = proofs
        self.given_proofs = [read_record(raw, JSON_BYTES, "custody-consistency") for raw in proofs]
        self.files = files or Files()
        self.members: dict[str, Member] = {}
        self.measured: dict[str, str] = {}  # SHA-256 of each member that reads back
        self.damaged: set[str] = set()
        self.oversized: set[str] = set()
        self.payload: dict[str, str] | None = None  # the payload manifest
        self.entries: list[Entry] = []  # those that are folded, in order of index
        self.by_index: dict[int, Entry] = {}
        self.by_type: dict[str, list[Entry]] = defaultdict(list)
        self.by_subject: dict[Subject, list[Entry]] = defaultdict(list)  # as the fold tells their subjects
        self.told: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)  # by agent and field, with entry
        self.leaves: dict[int, bytes] = {}  # of every carried entry, by its bytes
        self.checkpoint: Checkpoint | None = None
        self.proof: dict[str, Any] | None = None
        self.bundle: dict[str, Any] | None = None
        self.disclosed: dict[str, Disclosure] = {}
        self.disclosed_values: dict[str, Any] = {}
        self.disclosures: list[str] | None = None
        self.withheld: dict[str, list[str]] = {}
        self.state = Gate()
        self.is_newer = self.has_stopped = self.asks_law = False
        self.inherited: dict[str, Verification] = {}  # by the digest of the payload manifest
        self.countries: dict[tuple[str, str, str], str] = {}  # who decides what may leave: the first entry
        self.orders: dict[tuple[str, str], int] = {}  # to destroy something, by registration and digest
        self.left: dict[tuple[str, str], list[int]] = defaultdict(list)  # releases, by registration and recipient
        self.borne: dict[tuple[str, str], int] = {}  # the newest that no consent but a destroyed one lets out
        self.resting: dict[str, set[str]] = defaultdict(set)  # consents by the document on which they rest
        self.destroyed: set[str] = set()  # documents that orders named so far
        self.gone: set[str] = set()  # the consents that rest on one of these
        self.voice: Voice | None = None  # who signed the checkpoint
        self.complete: dict[Subject, tuple[int, set[int]]] = {}  # to which index nothing lacks, and what is there
        self.said = Past()  # what it proves of its ledger
        self.past = Past()  # the same, with all bundles and letters within
        self.letters: dict[str, Verification] = {}  # those that could be opened, by the digest of the document
        self.leaving: dict[str, list[tuple[str, list[Consent]]]] = {}  # by dispatch, the consents under which it left
        self.receipts: set[str] = set()  # the digests of those that records rest on
        self._kinds: dict[tuple[int, str], int] = defaultdict(int)  # failed findings by step and code
        self._once: dict[tuple[str, ...], Any] = {}
        self._sent: dict[str, Entry | None] = {}
        self._unchecked: set[str] = set()
        self._walked: dict[Any, tuple[str, tuple[str, int, int] | None, list[tuple[str, str]]]] = {}
        self._called_pieces: set[str] = set()

    def find(self, step: int, code: str, subject: str, text: str, severity: str = FAILED) -> None:
        """Keep a finding; of those that a few bytes of a list can make, only so many."""
        if severity == FAILED and (step in (1, 8, 10) or code in ("content.documents", "content.unnamed")):
            self._kinds[step, code] += 1
            if self._kinds[step, code] > FINDINGS_OF_A_KIND:
                return
        self.findings.append(Finding(step, code, severity, subject, text))

    def found(self, step: int, subject: str, bad: Bad) -> None:
        """Keep a finding about bytes that broke a rule."""
        self.is_newer |= bad.code == "record.version"
        self.find(step, bad.code, subject, bad.text, bad.severity)

    def run(self) -> Verification:
        """Make all steps, and count what wasn't told one by one."""
        self._make_steps()
        for (step, code), count in sorted(self._kinds.items()):
            if count > FINDINGS_OF_A_KIND:
                text = f"and {count - FINDINGS_OF_A_KIND} more of the kind"
                self.findings.append(Finding(step, code, FAILED, "bundle", text))
        return self

    def _make_steps(self) -> None:
        if self.trust and "timestamp_authorities" in self.trust:
            self.find(3, "timestamps.unsupported", "trust", "timestamps can't be checked by version 1", INDETERMINATE)
        try:
            members = open_container(self.data)
        except Bad as bad:
            self.found(0, "bundle", bad)
            self.stop()
            return
        self.check_layout(members)
        if self.findings and self.step_verdict(0) == "FAILED":
            self.stop()
            return
        self.read_members()
        self.check_bag()
        self.read_records()
        self.check_entries()
        if self.is_newer:
            for step in (2, 5, 6, 7, 8, 9, 10):
                self.find(step, "verify.newer-version", "bundle", "a record of a newer version", INDETERMINATE)
            return
        self.fold()
        self.check_checkpoint()
        self.check_completeness()
        self.said = self._tell_past()
        self.check_disclosures()
        self.check_content()
        self.check_lawfulness()
        self.check_inherited()
        self.check_behind()
        self.check_pasts()
        self.check_continued()
        self.check_defects()
        self.explain()

    def stop(self) -> None:
        """There is no container, or one of another layout: nothing else can be looked into."""
        for step in (1, 2, 4, 5, 6, 7, 8, 9, 10):
            self.find(step, "verify.not-reached", "bundle", "there is no bundle to look into", INDETERMINATE)
        self.has_stopped = True

    # Verdicts

    def step_verdict(self, step: int) -> str:
        """The verdict of a step."""
        severities = {finding.severity for finding in self.findings if finding.step == step}
        if FAILED in severities:
            return "FAILED"
        if INDETERMINATE in severities:
            return "INDETERMINATE"
        if step == 11 and self.asks_law:
            return "PASSED"
        return "NOT ASKED" if step in (3, 11) or (step == 12 and (self.has_stopped or self.is_newer)) else "PASSED"

    @property
    def verdict(self) -> str:
        """The verdict of the bundle."""
        verdicts = {self.step_verdict(step) for step in range(13)}
        return "FAILED" if "FAILED" in verdicts else "INDETERMINATE" if "INDETERMINATE" in verdicts else "PASSED"

    @property
    def first_open_step(self) -> int | None:
        """The first step that is neither PASSED nor NOT ASKED."""
        return next((step for step in range(13) if self.step_verdict(step) in ("FAILED", "INDETERMINATE")), None)

    # Step 0: container and layout

    def check_layout(self, members: Sequence[Member]) -> None:
        """Every name is known, in its place, and once; none is missing."""
        before: tuple[int, str] = (-1, "")
        for member in members:
            name = member.name.decode("latin-1")
            if not is_of_layout(name):
                self.find(0, "container.member-unknown", name, "the layout doesn't know this name")
                continue
            if name in self.members:
                self.find(0, "container.member-twice", name, "a member that is there twice")
                continue
            if place_of(name) < before:
                self.find(0, "container.order", name, "out of its place")
            before = place_of(name)
            self.members[name] = member
        for name in REQUIRED:
            if name not in self.members:
                self.find(0, "container.member-missing", name, "a member that must be there")
        if not any(entry_index(name) is not None for name in self.members):
            self.find(0, "container.member-missing", "custody/entries/", "no entry at all")

    def read_members(self) -> None:
        """Read every member once: its CRC and its digest. One that is damaged counts as not there from here on."""
        for name, member in list(self.members.items()):
            if member.size > CAPS.get(name, ENTRY_BYTES if entry_index(name) is not None else MAX_INTEGER):
                self.find(0, "container.member-size", name, "larger than allowed")
                self.oversized.add(name)
            crc, hasher = 0, hashlib.sha256()
            for piece in _pieces(self.view(name)):
                crc = zlib.crc32(piece, crc)
                hasher.update(piece)
            if crc != member.crc:
                self.find(0, "container.crc", name, "damaged: the content isn't that of its checksum")
                self.damaged.add(name)
                del self.members[name]
            else:
                self.measured[name] = hasher.hexdigest()

    def view(self, name: str) -> memoryview:
        """The bytes of a member, not copied."""
        member = self.members[name]
        return memoryview(self.data)[member.start : member.start + member.size]

    def read(self, step: int, name: str, reader: Callable[[bytes], Any]) -> Any:
        """Read a small member; what is wrong with it is a finding at its step."""
        if name not in self.members or name in self.oversized:
            return None  # which is a finding at step 0
        try:
            return reader(bytes(self.view(name)))
        except Bad as bad:
            self.found(step, name, bad)
            return None

    # Step 1: bag

    def check_bag(self) -> None:
        """Every member is listed with its digest, and what is listed is there."""
        self.read(1, BAGIT, _check_declaration)
        self.payload = self.read(1, MANIFEST, read_manifest)
        payload, tags = self.payload or {}, self.read(1, TAG_MANIFEST, read_manifest) or {}
        self._check_listed(payload, lambda name: name.startswith("data/") and is_of_layout(name))
        self._check_listed(tags, lambda name: not name.startswith("data/") and name != TAG_MANIFEST)
        for name in self.members:
            if name not in (payload if name.startswith("data/") else tags) and name != TAG_MANIFEST:
                self.find(1, "bag.unlisted", name, "stands in no manifest")

    def _check_listed(self, listed: dict[str, str], belongs: Callable[[str], bool]) -> None:
        for name, digest in listed.items():
            if not belongs(name):
                self.find(1, "bag.path", name, "doesn't belong into this manifest")
            named = NAMED_BY_DIGEST.fullmatch(name)
            if name.startswith(DIGEST_FOLDERS) and not (named and digest in named.groups()):
                self.find(1, "bag.name", name, "listed with another SHA-256 than its name says")
            if name not in self.members:
                if not (named and name.startswith(("data/files/", "data/encrypted/"))):
                    self.find(1, "bag.absent", name, "listed, and not there")
            elif self.measured[name] != digest:
                self.find(1, "bag.digest", name, "has another SHA-256 than listed")

    def check_oxum(self) -> None:
        """Payload-Oxum counts all payload files, also those that travel apart."""
        total = self.read(1, BAG_INFO, _parse_bag_info)
        if total is None or self.payload is None or self.bundle is None:
            return
        apart = {f"data/files/{item['sha256']}": item["size"] for item in self.bundle["files"]}
        for item in (*self.bundle["files"], *self.bundle["documents"]):
            if "encrypted" in item:
                apart[f"data/encrypted/{item['encrypted']['sha256']}.age"] = item["encrypted"]["size"]
        size = sum(self.members[name].size if name in self.members else apart.get(name, 0) for name in self.payload)
        if total != (size, len(self.payload)):
            self.find(1, "bag.oxum", BAG_INFO, f"expected {size}.{len(self.payload)}, found {total[0]}.{total[1]}")

    # Step 2: checkpoint

    def check_checkpoint(self) -> None:
        """The checkpoint is signed by believed keys and continues what was seen; timestamps beside it aren't read."""
        is_timed = any(name.startswith("custody/timestamps/") for name in (*self.members, *self.damaged))
        if is_timed and not (self.trust and "timestamp_authorities" in self.trust):
            self.find(3, "timestamps.unread", "checkpoint", "timestamps that nobody checks", NOTE)
        if self.checkpoint is None:
            return
        point = self.checkpoint
        declared = {
            parse_vkey(text) for text, key in self.state.log_keys.items() if key.first < point.size <= key.last + 1
        }
        ledger = self.believed(point.origin)
        if ledger is None:
            code = "checkpoint.no-trust" if self.trust is None else "checkpoint.unknown-origin"
            self.find(2, code, point.origin, "nothing vouches for this ledger", INDETERMINATE)
            signed = sorted((key.id, key.raw) for key in self._open(declared))
            self.voice = (point.origin, *signed[0]) if signed else None
            return
        keys = [key for key in keys_at(ledger, point.size) if key in declared]
        if self.genesis() != ledger["genesis"]:
            self.find(2, "checkpoint.genesis", point.origin, "entry 0 isn't the one that is believed")
        self.voice = (point.origin, b"", b"") if self._open(keys) else None
        if self.voice and self.trust and "policy" in self.trust:
            policy = parse_policy(self.trust["policy"])
            cosigned = self._open([*keys, *policy.witnesses.values()])
            if cosigned and not policy.is_reached(cosigned):
                self.find(2, "checkpoint.quorum", point.origin, "not enough cosigners", INDETERMINATE)
        self._check_seen(point, ledger["seen"])

    def _open(self, keys: Iterable[VKey]) -> set[VKey]:
        assert self.checkpoint is not None
        try:
            return open_note(self.checkpoint.note, keys)
        except Bad as bad:
            self.found(2, "checkpoint", bad)
            return set()

    def _check_seen(self, point: Checkpoint, seen: Sequence[dict[str, Any]]) -> None:
        roots = {item["size"]: bytes.fromhex(item["root"]) for item in seen}
        if not roots:
            self.find(2, "checkpoint.first-contact", "checkpoint", "no checkpoint of this ledger was seen before", NOTE)
            return
        if point.size in roots:
            if roots[point.size] != point.root:
                self.find(2, "checkpoint.fork", "checkpoint", "another root was seen at this size: two histories")
            return
        larger = sorted(size for size in roots if size > point.size)
        if not any(self._is_linked(point, size, roots[size]) for size in larger or [max(roots)]):
            self.find(2, "checkpoint.not-linked", "checkpoint", "no proof leads to what was seen before", INDETERMINATE)

    def _is_linked(self, point: Checkpoint, size: int, root: bytes) -> bool:
        """Whether there is a proof between the checkpoint and another; one that is wrong is a finding."""
        given = [item for item in self.given_proofs if item["origin"] == point.origin]
        proofs = [(item["from"], item["to"], item["nodes"]) for item in given]
        carried = self.proof["consistency"] if self.proof else []
        proofs += [(item["from"], point.size, item["nodes"]) for item in carried]
        (old, before), (new, after) = sorted(((size, root), (point.size, point.root)))
        nodes = next((nodes for first, last, nodes in proofs if (first, last) == (old, new)), None)
        if nodes is None:
            return False
        try:
            check_consistency(old, before, new, after, hashes(nodes))
        except Bad as bad:
            self.found(2, "checkpoint", bad)
        return True

    # Step 4: entries

    def read_records(self) -> None:
        """Read the small records; each is judged at its step."""
        self.bundle = self.read(9, BUNDLE_JSON, lambda raw: read_record(raw, JSON_BYTES, "custody-bundle"))
        self.check_oxum()
        found = self.read(10, DISCLOSURES_JSON, lambda raw: read_record(raw, JSON_BYTES, "custody-disclosures"))
        self.disclosures = found["disclosures"] if found else None
        self.withheld = found.get("withheld", {}) if found else {}
        self.checkpoint = self.read(2, CHECKPOINT, parse_checkpoint)
        self.proof = self.read(4, PROOF_JSON, lambda raw: read_record(raw, JSON_BYTES, "custody-proof"))

    def check_entries(self) -> None:
        """Every entry is well formed and stands in the tree; the last one commits to the payload."""
        indexes = sorted(index for name in self.members if (index := entry_index(name)) is not None)
        if len(indexes) > ENTRIES:
            self.find(4, "entries.too-many", "bundle", f"more than {ENTRIES} entries")
            return
        unread_versions: set[int] = set()
        for index in indexes:
            self._read_entry(index, unread_versions)
        self._check_tree(unread_versions)
        if self.checkpoint is not None:
            self._check_export(self.checkpoint.size - 1)

    def _read_entry(self, index: int, unread_versions: set[int]) -> None:
        name = f"custody/entries/{index}.json"
        if name in self.oversized:
            return
        raw = bytes(self.view(name))
        self.leaves[index] = leaf_hash(raw)
        try:
            entry = read_entry(raw)
        except Bad as bad:
            self.found(4, name, bad)
            if bad.code == "record.version":
                unread_versions.add(index)
            return
        if entry.index != index:
            self.find(4, "entries.index", name, f"says index {entry.index}")
        elif self.checkpoint is not None and entry.record["ledger"] != self.checkpoint.origin:
            self.find(4, "entries.origin", name, "of another ledger than the checkpoint")
        elif index == 0 and entry.record["previous"] != ZERO_HASH:
            self.find(4, "entries.genesis", name, "the first entry links to something")
        else:
            self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        """Keep an entry where the steps find it again without going over all."""
        self.entries.append(entry)
        self.by_index[entry.index] = entry
        self.by_type[entry.type].append(entry)

    def _check_tree(self, unread_versions: set[int]) -> None:
        known = dict(self.leaves)
        for entry in self.entries:
            if entry.index and known.setdefault(entry.index - 1, bytes.fromhex(entry.record["previous"])) != (
                bytes.fromhex(entry.record["previous"])
            ):
                self.find(4, "entries.chain", entry.name, "isn't chained to the entry before it")
        if self.checkpoint is None or self.proof is None:
            return
        try:
            check_multiproof(known, hashes(self.proof["nodes"]), self.checkpoint.size, self.checkpoint.root)
        except Bad as bad:
            gap = any(index and index - 1 not in self.leaves for index in unread_versions)
            self.find(4, bad.code, "bundle", bad.text, INDETERMINATE if gap else FAILED)

    def _check_export(self, index: int) -> None:
        export = self.exporting_entry()
        if export is None and index in self.leaves and index not in self.by_index:
            return  # it is there and malformed, which was said
        if export is None:
            self.find(4, "entries.export", f"entry {index}", "the newest entry isn't there, or isn't an export")
        elif MANIFEST in self.measured and export.details["manifest"] != self.measured[MANIFEST]:
            self.find(4, "entries.manifest", f"entry {index}", "the export commits to another payload manifest")

    def exporting_entry(self) -> Entry | None:
        """The entry of which the bundle came to be."""
        newest = self.by_index.get(self.checkpoint.size - 1) if self.checkpoint else None
        return newest if newest is not None and newest.type == "bundle.exported" else None

    # Steps 5, 6, 7 and 12: the fold

    def fold(self) -> None:
        """Go over the entries in order: signatures, keys, rules."""
        if self.trust and "certificates" in self.trust:
            self.find(5, "keys.certificates-unsupported", "trust", "certificates can't be checked", INDETERMINATE)
        self.state.ends = {name: end[1] for name, end in self.find_lineage().items() if end}
        commitments: dict[str, str | None] = {}  # each with the content root of the event in which it stands first
        latest = ""
        for entry in self.entries:
            name = entry.name
            entry.subjects = self.state.subjects_of(entry)
            for subject in {*entry.subjects}:
                self.by_subject[subject].append(entry)
            self._check_possession(entry)
            self._check_signatures(entry)
            entry.relies_on = self.state.relies_on(entry)
            self._follow_order(entry)
            under = self.state.consents_under(entry)
            self.leaving |= {entry.event_hash: under} if under else {}
            for whose in self.state.counterparts(entry):
                self.countries.setdefault(whose, entry.name)
            for code in self.state.find_breaches(entry):
                self.find(11, code, name, "evidence went out without the consent that it needs")
            for _ in range(self.state.tells_no_terms(entry)):
                text = "it went under conditions that its record puts to nobody"
                self.find(11, "release.terms-untold", name, text, DEFECT)
            unnamed = self.state.find_unnamed(entry)
            if unnamed:
                self.find(11, unnamed[0], name, "it isn't said on record to whom something goes", unnamed[1])
            try:
                for code in self.state.apply(entry):
                    self.find(12, code, name, f"{entry.type}: a court may ask why", DEFECT)
                self._remember(entry)
            except Bad as bad:
                self.found(7, name, bad)
            if entry.type == "record.affirmed":
                placed = self.state.events.get(entry.about[0].get("event", ""))
                entry.affirms = placed.index if placed else None
            if self._stands_twice(entry, commitments):
                self.find(7, "rule.commitment-twice", name, "a commitment that stands elsewhere already")
            if entry.record["recorded_at"] < latest:
                self.find(12, "defect.recorded-backward", name, "recorded before an earlier entry", DEFECT)
            if (
                seconds(max(entry.event["occurred_at"], entry.details.get("decided_at", "")))
                > seconds(entry.record["recorded_at"]) + CLOCK_SKEW
            ):
                self.find(12, "defect.time-ahead", name, "said to have occurred after it was recorded", DEFECT)
            if entry.record["recorded_at"] > entry.event.get("not_after", "9999-12-31T23:59:59Z"):
                self.find(12, "defect.recorded-late", name, "recorded later than its signers allowed", DEFECT)
            latest = max(latest, entry.record["recorded_at"])
        if self.state.gate == "v2" and self.state.origin is not None:
            self.countries[self.state.origin, self.state.origin, self.state.country] = "entry 0"
        disputes = Disputes(self.entries, self.state.keys)
        for index in sorted(disputes.disputed):
            self.find(5, "keys.disputed", f"entry {index}", "a later revocation puts it in dispute", INDETERMINATE)
        for index in sorted(disputes.barred):
            self.find(5, "keys.barred", f"entry {index}", "signed with standing that was in dispute by then")

    def _follow_order(self, entry: Entry) -> None:
        """Keep which order destroyed a document first, and what is let out, by the state before it."""
        own = [self._registration_of(entry)] if entry.is_custody_act else _exhibits_of(entry)
        if entry.type == "disclosure.erased":
            for digest in entry.details.get("files", ()):
                self.destroyed.add(digest)
                self.gone |= self.resting.pop(digest, set())
                for name in own:
                    self.orders.setdefault((name, digest), entry.index)
        elif entry.type in ("consent.recorded", "consent.conditions-met"):
            consent = entry.event_hash if entry.type == "consent.recorded" else entry.about[0].get("event", "")
            digest = entry.details.get("origin", entry.details).get("document", "")
            (self.gone if digest in self.destroyed else self.resting[digest]).add(consent)
        elif self.state.origin is not None and (to := self.state.goal_of(entry)) is not None:
            is_borne = bool(self.gone) and bool(self.state.find_breaches(entry, self.gone))
            for name in filter(None, own):
                self.left[name, to].append(entry.index)
                self.borne |= {(name, to): entry.index} if is_borne else {}

    def _stands_twice(self, entry: Entry, commitments: dict[str, str | None]) -> bool:
        """Whether an event has a commitment that stands before; but a content that comes back keeps its names."""
        content = entry.details.get("content", {})
        own = [commitment for commitment, _ in find_private(entry.event["details"], "/details")]
        root = content["root"] if entry.type in FIRST_ACTS and "files" in content else None
        names = {name for name, _ in find_private(content.get("files", []), "")} if root else set()
        again = {
            name
            for name in commitments.keys() & {*own}
            if not (entry.type == "transfer.accepted" and name in names and commitments[name] == root)
        }
        commitments |= {name: root for name in own if name not in commitments}
        return bool(again) or len({*own}) < len(own)

    def _check_possession(self, entry: Entry) -> None:
        for agent, key in public_keys(entry):
            raw, name = unbase64(key["key"]), entry.name
            if good_key(raw) is None:
                self.find(6, "key.public", name, f"a key of {agent} that is no good one")
                continue
            request = {name_: key[name_] for name_ in ("algorithm", "key", "nonce")}
            signed = encode({"agent": agent, "schema": "custody-enrol/v1", **request})
            if not holds(raw, pae(ENROL_TYPE, signed), unbase64(key["proof"])):
                self.find(6, "enrolment.proof", name, f"a key of {agent} whose possession isn't proven")

    def _check_signatures(self, entry: Entry) -> None:
        i, name = entry.index, entry.name
        keys = self.state.keys
        if i == 0:  # the keys that sign entry 0 are those that it brings in
            found = [(agent, unbase64(key["key"])) for agent, key in public_keys(entry)]
            keys = {key_id(raw): Key(agent, raw, -1) for agent, raw in found}
        open_signers = {signer["agent"] for signer in entry.signers}
        message = pae(PAYLOAD_TYPE, entry.event_raw)
        for signature in entry.record["envelope"]["signatures"]:
            key = keys.get(signature["keyid"])
            if key is None:
                self.find(5, "keys.unknown", name, f"{signature['keyid']} isn't enrolled")
                continue
            if key.agent not in open_signers:
                self.find(6, "signatures.extra", name, f"{key.agent} isn't named, or signs twice")
                continue
            open_signers.discard(key.agent)
            entry.matched_keys.append(signature["keyid"])
            if key.revoked is not None and key.last is not None and i >= key.revoked and i > key.last:
                self.find(5, "keys.revoked", name, f"{signature['keyid']} ended before")
            if not holds(key.raw, message, unbase64(signature["sig"]) if is_base64(signature["sig"]) else b""):
                self.find(6, "signature.invalid", name, f"the signature of {key.agent} doesn't hold")
        for agent in sorted(open_signers):
            self.find(6, "signatures.missing", name, f"{agent} didn't sign")

    # Step 8: completeness

    def check_completeness(self) -> None:
        """Every subject that the exhibits call for is carried whole, and nothing else."""
        export = self.exporting_entry()
        if self.bundle is None or self.proof is None or export is None:
            self.find(8, "completeness.unproven", "bundle", "bundle.json, proof.json, checkpoint or export is missing")
            return
        listed, items = {*self.listed()}, export.about
        about = {self.state.registrations.get(item["exhibit"]) for item in items if "exhibit" in item}
        requests = {item["request"] for item in items if "request" in item}
        if listed and "request" in export.details:
            requests.add(export.details["request"])
        if about != listed or requests != set(self.bundle.get("requests", ())):
            self.find(8, "completeness.about", "bundle", "the export isn't about exactly these exhibits and requests")
        closure = self.find_closure(export)
        proofs = {tuple(item["subject"]): item for item in self.proof["subjects"]}
        for subject in sorted(closure.keys() ^ proofs.keys()):
            self.find(8, "completeness.subjects", " ".join(subject), "a subject without proof, or a proof too many")
        for subject in sorted(closure.keys() & proofs.keys()):
            try:
                self._check_subject(subject, closure[subject], proofs[subject], export)
            except Bad as bad:
                self.found(8, " ".join(subject), bad)
        for entry in self.entries:
            if entry is not export and not _is_within(entry, closure):
                self.find(8, "completeness.stray", entry.name, "the exhibits don't call for it")

    def find_lineage(self) -> dict[ExhibitKey, tuple[int, str] | None]:
        """The listed exhibits, and all that they come from, each of these with the last entry that counts of it."""
        indexes = {entry.event_hash: entry.index for entry in self.entries}
        registrations = {entry.exhibit: entry for entry in self.entries if entry.type in FIRST_ACTS}
        opening = self.by_index.get(0)
        binds_same = opening is not None and opening.details.get("gate") == "v2"
        found: dict[ExhibitKey, tuple[int, str] | None] = dict.fromkeys(self.listed())
        waiting = list(found)
        while waiting:
            first = registrations.get(waiting.pop())
            details = first.details if first else {}
            named = [(name_of(item), item["event"]) for item in details.get("derived_from", ())]
            for item in details.get("same_object_as", ()) if binds_same else ():
                other = registrations.get(name_of(item))
                named.append((name_of(item), other.event_hash if other else ""))
            for origin, event in named:
                end = indexes.get(event, -1), event
                if origin not in found:
                    waiting.append(origin)
                known = found.setdefault(origin, end)
                found[origin] = known and max(known, end)
        return found

    def find_closure(self, export: Entry) -> dict[Subject, int]:
        """All subjects that must be carried, each with the last index that counts."""
        closure: dict[Subject, int] = {("ledger",): MAX_INTEGER}
        closure |= {("request", name): MAX_INTEGER for name in (self.bundle or {}).get("requests", ())}
        for name, end in self.find_lineage().items():
            closure["case", name[0]] = MAX_INTEGER
            closure["exhibit", *name] = end[0] if end else MAX_INTEGER
        subjects = dict(closure)
        for entry in (entry for entry in self.entries if _is_within(entry, subjects)):
            request = self._request_under(entry, export.details.get("to"))
            closure |= {("request", request): MAX_INTEGER} if request is not None else {}
            closure |= {subject: MAX_INTEGER for subject in entry.subjects if subject[0] == "dispatch"}
        waiting, called = list(closure), {export.index}
        self._call_agents(export, closure, waiting)
        while waiting:
            subject = waiting.pop()
            for entry in self.by_subject[subject]:
                if entry.index <= closure[subject] and entry.index not in called:
                    called.add(entry.index)
                    self._call_agents(entry, closure, waiting)
        return closure

    def _request_under(self, entry: Entry, to: str | None) -> str | None:
        """The request on which something rests that let evidence go, if whoever reads the bundle may know of it."""
        goal = {"consent.recorded": "recipient", "transfer.dispatched": "to", "bundle.exported": "to"}.get(entry.type)
        if goal is None or "request" not in entry.details or self.state.gate != "v2":
            return None
        reader, other = (self.state.agents.get(name or "") for name in (to, entry.details.get(goal)))
        countries = {self.state.country, other.country if other else None} - {None}
        is_his = to is None or entry.details.get(goal) == to or (reader is not None and reader.country in countries)
        return str(entry.details["request"]) if is_his else None

    def _call_agents(self, entry: Entry, closure: dict[Subject, int], waiting: list[Subject]) -> None:
        """Call for the agents who sign an entry, and for those whom it names."""
        names = [signer[role] for signer in entry.signers for role in ("agent", "on_behalf_of") if role in signer]
        fields = NAMED_AGENTS.get(entry.type, ())
        if entry.type in ("agent.changed", "agent.enrolled") and self.state.gate == "v2":
            fields = ("organisation",)  # an agent may be where that is
        names += [entry.details[name] for name in fields if name in entry.details]
        for subject in (("agent", name) for name in names):
            if subject not in closure:
                closure[subject] = MAX_INTEGER
                waiting.append(subject)

    def registration_of(self, name: ExhibitKey) -> Entry | None:
        """The entry that registered an exhibit and broke no rule."""
        exhibit = self.state.exhibits.get(name)
        return self.state.events[exhibit.registration] if exhibit else None

    def listed(self) -> list[ExhibitKey]:
        """The exhibits that ``bundle.json`` lists."""
        return [name_of(item) for item in (self.bundle or {"exhibits": []})["exhibits"]]

    def registered(self) -> Iterator[tuple[str, Entry]]:
        """The listed exhibits whose registration is carried and broke no rule, each with that."""
        for name in self.listed():
            entry = self.registration_of(name)
            if entry is not None:
                yield " ".join(name), entry

    def believed(self, origin: str | None) -> dict[str, Any] | None:
        """What the trust file says of a ledger."""
        ledgers = self.trust["ledgers"] if self.trust else []
        return next((item for item in ledgers if item["origin"] == origin), None)

    def _check_subject(self, subject: Subject, last: int, proof: dict[str, Any], export: Entry) -> None:
        indexes = [it.index for it in self.by_subject[subject] if it is not export and it.index <= last]
        leaves = [self.leaves[index] for index in indexes]
        count, root, index_root = proof["count"], proof["root"], export.record["index_root"]
        check_subject_value(subject, count, root, proof["siblings"], index_root)
        if last < MAX_INTEGER and 0 < len(leaves) < count:
            nodes = hashes(proof.get("nodes", ()))
            check_consistency(len(leaves), root_of(leaves), count, bytes.fromhex(root), nodes)
            self.complete[subject] = indexes[-1] + 1, set(indexes)
            more = count - sum(entry is not export for entry in self.by_subject[subject])
            if more > 0:
                text = f"{more} more were there about it when this was packed"
                self.find(8, "completeness.goes-on", "/".join(subject[1:]), text, NOTE)
            return
        if "nodes" in proof or len(leaves) != count:
            raise Bad("completeness.count", f"{len(leaves)} entries are carried, the index says {count}")
        if root_of(leaves).hex() != root:
            raise Bad("completeness.root", "other entries than the index says")
        self.complete[subject] = export.index, set(indexes)

    # Step 9: content

    def check_content(self) -> None:
        """The evidence at hand is what was registered, and the payload holds nothing else."""
        bundle = self.bundle or {"documents": [], "exhibits": [], "files": []}
        if self.checkpoint and self.bundle and bundle["ledger"] != self.checkpoint.origin:
            self.find(9, "content.ledger", BUNDLE_JSON, "names another ledger than the checkpoint")
        files = {item["sha256"]: item for item in bundle["files"]}
        named: set[str] = set()
        manifests: set[str] = set()
        for name, registration in self.registered():
            if "content" in registration.details:
                self._check_exhibit(name, registration, files, named, manifests)
            self._check_image(registration)
        self._find_recorded_mismatches()
        for digest in sorted(files.keys() - named):
            member = member_of(files[digest], "data/files/")
            self.find(9, "content.unnamed", member, "a file of which no listed exhibit consists")
        self._check_documents(bundle["documents"])
        self._check_payload(files, bundle["documents"], manifests)
        self._check_assets()
        self._check_certificates()

    def _find_recorded_mismatches(self) -> None:
        """Checks and handovers on record that found other files than were registered."""
        listed = {("exhibit", *name) for name in self.listed()}
        for entry in self.entries:
            about = listed & {*entry.subjects[:1]}
            registration = self.registration_of((entry.subjects[0][1], entry.subjects[0][2])) if about else None
            if registration is None:
                continue
            root, details = registration.details.get("content", {}).get("root"), entry.details
            found = [details[side] for side in ("rehash_before", "rehash_after", "rehash") if side in details]
            wrong = [item for item in found if not item["match"] or item["root"] != root]
            if entry.type == "exhibit.checked":
                whole = "mismatches" not in details and details["matching"] == details["checked"]
                wrong = [] if whole and details["root"] == root else [details]
            for _ in wrong:
                text = "files were found changed, and it was recorded"
                self.find(9, "content.recorded-mismatch", entry.name, text, DEFECT)

    @functools.cached_property
    def ordered(self) -> Orders:
        """What orders destroyed."""
        return Orders(self.by_type["disclosure.erased"])

    def _check_exhibit(
        self, name: str, registration: Entry, files: dict[str, Any], named: set[str], manifests: set[str]
    ) -> None:
        """The records of an exhibit give its root; a list that many exhibits name is read once for all of them."""
        content = registration.details["content"]
        erased = Erased(self.ordered, registration.event_hash, content["root"])
        known = (content["root"], *erased.of_exhibit()) if "files" not in content and content["count"] else None
        if known is None or known not in self._walked:
            start = len(self.findings)
            given = self._walk(name, content, erased, files, named, manifests)
            found = {(item.code, item.severity) for item in self.findings[start:]}
            self._walked[known] = (name, given, sorted(found - {("content.digest-unchecked", NOTE)}))
        else:
            first, given, told = self._walked[known]
            for code, severity in told:
                self.find(9, code, name, f"as with {first}, which names the same list", severity)
        if given is not None and given[0] != content["root"]:
            self.find(9, "content.root", name, "the file records give another root")
        if given is not None and given[1:] != (content["count"], content["bytes"]):
            self.find(9, "content.count", name, f"{given[1]} records of {given[2]} bytes")

    def _walk(
        self, name: str, content: dict[str, Any], erased: Erased, files: dict[str, Any], named: set[str],
        manifests: set[str],
    ) -> tuple[str, int, int] | None:  # fmt: skip
        """Each file is the one that was registered; return what the list gives: root, count and bytes."""
        nameless = 0
        leaves, total, before = [], 0, b""
        first = True
        try:
            for file_record, shown in self._file_records(content, manifests):
                leaves.append(leaf_hash(encode(file_record)))
                total += file_record.get("size", 0)
                if "target" in shown:
                    raw_path(shown["target"])
                if "path" in shown:
                    path = raw_path(shown["path"])
                    check_path(path)
                    if not first and path <= before:
                        raise Bad("content.order", "a path that is out of order, or there twice")
                    before, first = path, False
                elif erased.is_nameless(file_record["path"]["commitment"]):
                    nameless += 1
                if file_record["type"] == "file" and "error" in file_record:
                    self.find(9, "content.unreadable", name, "a file that couldn't be read at registration", NOTE)
                if "digests" in file_record:
                    named.add(file_record["digests"]["sha256"])
                    self._check_file(name, file_record, files, erased)
        except Bad as bad:
            self.found(9, name, bad)
            return None
        if nameless:
            self.find(9, "content.names-erased", name, f"{nameless} names erased by order", NOTE)
        return root_of(leaves).hex(), len(leaves), total

    def _file_records(self, content: dict[str, Any], manifests: set[str]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each file record, with those of its private values that are disclosed."""
        if "files" in content or content["count"] == 0:
            for file_record in content.get("files", ()):
                fields = {name: file_record[name]["commitment"] for name in ("path", "target") if name in file_record}
                yield (
                    file_record,
                    {name: self.disclosed[item].value for name, item in fields.items() if item in self.disclosed},
                )
            return
        manifest = f"data/manifests/{content['root']}.jsonl"
        manifests.add(manifest)
        if manifest not in self.members:
            raise Bad("content.manifest-absent", "there is no content manifest of this root")
        for raw in read_lines(bytes(self.view(manifest))):
            line = decode(raw, MANIFEST_LINE)
            FORMS["ManifestRecord"](line)
            places = dict(find_private(line["record"], ""))
            opened = [open_disclosure(text, places) for text in line.get("disclosures", ())]
            yield line["record"], {shown.path[1:]: shown.value for shown in opened}

    def _check_file(self, name: str, file_record: dict[str, Any], files: dict[str, Any], erased: Erased) -> None:
        digest = file_record["digests"]["sha256"]
        subject = f"{name}, file {digest}"
        listed = files.get(digest)
        if listed is None:
            self.find(9, "content.unlisted", subject, "bundle.json doesn't have it")
            return
        if listed["size"] != file_record["size"]:
            self.find(9, "content.size", subject, "bundle.json has it with another size")
        member = member_of(listed, "data/files/")
        sealed = listed.get("encrypted") if member in self.members else None
        if sealed and self.members[member].size != sealed["size"]:
            self.find(9, "content.size", subject, "bundle.json has its ciphertext with another size")
        pieces = self._read_pieces(subject, file_record)
        if member in self.damaged:
            self.find(9, "content.damaged", subject, "its bytes don't read back")
            return
        is_erased = erased.has_file(digest)
        if is_erased and member in self.members:
            self.find(9, "content.erased-shown", subject, "a file that was ordered to be erased", DEFECT)
        elif is_erased:
            self.find(9, "content.erased", subject, "erased by order", NOTE)
        source = self._find_bytes(listed, "data/files/")
        if source is not None:
            self._compare(subject, {**file_record["digests"], "size": file_record["size"]}, source, pieces)
        elif not is_erased:
            self._check_absent(subject, listed)

    def _find_bytes(self, listed: dict[str, Any], folder: str) -> Path | bytes | memoryview | None:
        """The plain bytes of a file or document; a ciphertext is not opened here, so it may be given apart."""
        if "encrypted" not in listed and folder + listed["sha256"] in self.members:
            return self.view(folder + listed["sha256"])
        return self.files.find(listed["sha256"], listed["size"])

    def _compare(
        self, subject: str, wanted: dict[str, Any], source: Path | bytes | memoryview, pieces: list[str] | None = None
    ) -> None:
        if (source.stat().st_size if isinstance(source, Path) else len(source)) > wanted["size"]:
            self.find(9, "content.mismatch", subject, "there are more bytes than were registered")
            return  # which nobody has to read
        found = measure(source, sorted(wanted.keys() - {"size"}))
        for what in sorted(wanted.keys() - found.keys() - self._unchecked):
            self._unchecked.add(what)
            self.find(9, "content.digest-unchecked", what, "a digest that can't be computed here", NOTE)
        differing = [what for what in found if found[what] != wanted[what]]
        if pieces is not None and (_fast_blake3 or not differing):
            differ = [place for place, pair in enumerate(itertools.zip_longest(pieces, measure_pieces(source)))
                      if pair[0] != pair[1]]  # fmt: skip
            places = _as_ranges(differ, wanted["size"])
            if differ and "sha256" not in differing:
                self.find(9, "content.pieces", subject, f"its list of pieces is another one in bytes {places}")
            elif differ:
                differing[0] += f"; damaged: bytes {places}"
        if differing:
            self.find(9, "content.mismatch", subject, f"the bytes at hand have another {differing[0]}")

    def _check_absent(self, subject: str, listed: dict[str, Any]) -> None:
        """The plain bytes aren't at hand; a ciphertext can't be compared with what was registered."""
        if "encrypted" in listed:
            self.find(9, "content.encrypted", subject, "encrypted for somebody: decrypt and give it", INDETERMINATE)
        else:
            self.find(9, "content.absent", subject, "isn't at hand", INDETERMINATE)

    def _read_pieces(self, subject: str, file_record: dict[str, Any]) -> list[str] | None:
        """The list of a file's pieces, if it has one and the bundle holds it (content.md, "Pieces")."""
        told = file_record.get("pieces")
        if told is None:
            return None
        size = file_record["size"]
        if size <= PIECE_BYTES or (told["size"], told["count"]) != (PIECE_BYTES, -(-size // PIECE_BYTES)):
            self.find(9, "content.pieces", subject, "not the pieces that a file of this size has")
            return None
        member = f"data/pieces/{told['root']}.txt"
        self._called_pieces.add(member)
        if member not in self.members and member not in self.damaged:
            self.find(9, "content.pieces-absent", member, "damage could not be told to a place", NOTE)
            return None
        lines = [] if member in self.damaged else bytes(self.view(member)).split(b"\n")
        digests = [line.decode("latin-1") for line in lines[:-1]]
        is_right = lines[-1:] == [b""] and all(re.fullmatch("[0-9a-f]{64}", line) for line in digests)
        leaves = [leaf_hash(bytes.fromhex(line)) for line in digests] if is_right else []
        if (len(leaves), root_of(leaves).hex()) != (told["count"], told["root"]):
            self.find(9, "content.pieces", member, "not the list of pieces of this root")
            return None
        return digests

    def _check_documents(self, documents: Sequence[dict[str, Any]]) -> None:
        """Documents are those that entries name; of an encrypted one the plain bytes are looked for."""
        named = {digest for entry in self.entries for digest in find_documents(entry.event["details"])}
        for item in documents:
            member = member_of(item, "data/documents/")
            size = item["encrypted"]["size"] if "encrypted" in item else item["size"]
            if item["sha256"] not in named:
                self.find(9, "content.unnamed", member, "no carried event names it")
            if member in self.members and self.members[member].size != size:
                self.find(9, "content.documents", member, "of another size")
            if "encrypted" not in item or member in self.damaged:
                continue
            source = self._find_bytes(item, "data/documents/")
            if source is None:
                self._check_absent(member, item)
            else:
                self._compare(member, {"sha256": item["sha256"], "size": item["size"]}, source)

    def _check_image(self, registration: Entry) -> None:
        """What a registration says itself of an image and of lists of digests; it fails nothing."""
        name, details = registration.name, registration.details
        for image in [*([details["image"]] if "image" in details else []), *details.get("further_images", ())]:
            for word in dict.fromkeys(image.get("damage", ())):
                self.find(9, f"image.{word}", name, "the image was registered with this damage", DEFECT)
            if "unreadable" in image:
                self.find(9, "image.unreadable", name, "sectors that could not be read at acquisition", NOTE)
            if "not_read" in image:
                self.find(9, "image.not-read", name, f"the medium was not read: {image['not_read']}", NOTE)
        for item in details.get("hash_lists", ()):
            if item["differing"]:
                self.find(9, "hash-list.mismatch", name, f"{item['differing']} values are others", DEFECT)
            for fault in item.get("faults", ()):
                self.find(9, "hash-list.fault", name, f"a list with a fault: {fault}", DEFECT)
            for what in ("absent", "unknown_lines"):
                if item[what]:
                    self.find(9, f"hash-list.{what.replace('_', '-')}", name, f"{item[what]}", NOTE)

    def _story_of(self, registration: Entry) -> list[Entry]:
        """The entries of an exhibit that broke no rule."""
        story = self.by_subject["exhibit", *registration.exhibit]
        return [entry for entry in story if self.state.events.get(entry.event_hash) is entry]

    def _check_assets(self) -> None:
        """Custody wallets that serve twice, the proofs about each asset, and what it held over time (assets.md)."""
        served: dict[str, tuple[str, str]] = {}
        for subject, registration in self.registered():
            asset = registration.details.get("asset")
            story = self._story_of(registration)
            custody = Custody(story)
            balances: list[tuple[str, int, str, int]] = []  # time, entry, account, amount
            captures = captures_of(story, subject)
            self._check_freezes(subject, story)
            self._check_dates(story)
            self._check_balances(captures if asset is not None else [])
            for capture in captures:
                if asset is None:
                    self.find(9, "asset.none", capture.subject, "an observation of what is no asset", DEFECT)
                    continue
                self._check_wallet(registration.exhibit[0], subject, asset, capture, served)
                state = capture.part.get("state", {})
                amount = self._shown(state.get("balance"))
                if re.fullmatch(AMOUNT, amount):
                    account = self._account_of(asset, capture, is_wallet=capture.part.get("balance_of") == "wallet")
                    balances.append((state["observed_at"], capture.index, account, int(amount)))
                for number, document in enumerate(capture.part.get("proofs", ()), 1):
                    where = capture.subject if capture.is_later else f"{subject}, asset proof {number}"
                    balances += self._check_asset_proof(where, asset, capture, document["document"], custody)
            if asset is not None:
                self._check_drops(custody, captures, sorted(balances, key=lambda item: item[:2]))

    def _check_dates(self, story: Sequence[Entry]) -> None:
        """What is recorded of an asset was seen before, but for what clocks differ by."""
        for entry in story:
            part = entry.details.get("asset", {}) if entry.type in FIRST_ACTS else entry.details
            at = part["state"]["observed_at"] if entry.type in LOOKS and "state" in part else ""
            if at and seconds(at) > seconds(entry.record["recorded_at"]) + CLOCK_SKEW:
                text = f"of {at}, and recorded at {entry.record['recorded_at']}"
                self.find(9, "asset.observed-ahead", entry.name, text, DEFECT)

    def _check_balances(self, captures: Sequence[Capture]) -> None:
        """What was recorded of a balance can be compared with what was before and after it."""
        states = [(capture.index, capture.part.get("state", {})) for capture in captures]
        stated = [(index, state["balance"]) for index, state in states if "balance" in state]
        for index, balance in stated:
            is_shown = balance["commitment"] in self.disclosed
            if not is_shown and len(stated) > 1:
                self.find(9, "asset.balance-unread", f"entry {index}", "the balance isn't shown", NOTE)
            elif is_shown and not re.fullmatch(AMOUNT, self._shown(balance)):
                self.find(9, "asset.balance-unread", f"entry {index}", "the balance is no number", DEFECT)

    def _check_freezes(self, subject: str, story: Sequence[Entry]) -> None:
        """A change of a freeze goes with the newest record that tells of one (assets.md, "Freeze")."""
        is_frozen, nature = False, story[0].details["nature"]
        for entry in story:
            if entry.type != "asset.freeze-changed":
                is_frozen |= entry.type in FIRST_ACTS and "freeze" in entry.details.get("asset", {})
                continue
            change = entry.details["change"]
            if nature != "asset":
                self.find(9, "asset.none", entry.name, f"{change} is a freeze of {subject}, which is {nature}", DEFECT)
            elif is_frozen == (change == "placed"):
                text = f"{change} is a freeze that {'stands' if is_frozen else 'does not'}"
                self.find(9, "asset.freeze-state", entry.name, text, DEFECT)
            is_frozen = change != "lifted"

    def _check_wallet(
        self, case: str, subject: str, asset: dict[str, Any], capture: Capture, served: dict[str, tuple[str, str]]
    ) -> None:
        if "transfer" not in capture.part:
            return
        wallet = self._shown(capture.part["transfer"]["wallet"])
        mine = (case, self._shown(asset.get("account")) or subject)
        first = served.setdefault(wallet, mine) if wallet else mine
        if "shared" in capture.part["transfer"] or first != mine:
            text = "a custody wallet that serves another too"
            self.find(12, "defect.shared-wallet", capture.subject, text, DEFECT)

    def _account_of(self, asset: dict[str, Any], capture: Capture, *, is_wallet: bool) -> str:
        """What tells an account from another: its name where that is disclosed, else its commitment."""
        commitment = capture.account(asset, is_wallet=is_wallet)
        return self._shown({"commitment": commitment}) or commitment

    def _check_drops(
        self, custody: Custody, captures: Sequence[Capture], balances: Sequence[tuple[str, int, str, int]]
    ) -> None:
        """An account that held less than before, in custody and without a transfer on record."""
        latest: dict[str, tuple[int, int]] = {}  # entry and amount by account
        unused: dict[str, list[int]] = {}  # by account the transfers to others that explained no drop yet
        for at, index, account, amount in balances:
            before = latest.get(account, (index, amount))
            latest[account] = index, amount
            if amount >= before[1] or not custody.holds(at):
                continue
            if account not in unused:
                moves = [item for item in captures if "transfer" in item.part]
                others = [item for item in moves if self._account_of({}, item, is_wallet=True) != account]
                unused[account] = [item.index for item in others]
            first, last = sorted((before[0], index))
            left = unused[account]
            between = slice(bisect.bisect_left(left, first), bisect.bisect_right(left, last))
            if not left[between]:
                self.find(9, "asset.balance-dropped", f"entry {index}", f"{amount} at {at}, after {before[1]}", DEFECT)
            del left[between]

    def _check_certificates(self) -> None:
        """The provider's certificate with which an exhibit came (requests.md, "Providers' certificates")."""
        for name, entry in self.registered():
            if entry.type != "exhibit.registered" or "certificate" not in entry.details:
                continue
            try:
                raw = self.read_document(entry.details["certificate"], ENTRY_BYTES)
                if raw is None:
                    self.find(9, "certificate.absent", name, "the certificate isn't at hand", NOTE)
                else:
                    self._check_certificate(name, raw, entry)
            except Bad as bad:
                self.find(9, bad.code, name, bad.text, bad.severity)

    def read_document(self, digest: str, most: int) -> bytes | None:
        """The bytes of a document, if it is in the bundle."""
        member = f"data/documents/{digest}"
        if member not in self.members:
            return None
        if self.members[member].size > most:
            raise Bad("container.member-size", "a document that is too large for what it is")
        return bytes(self.view(member))

    @functools.cached_property
    def newest_answers(self) -> dict[str, Entry]:
        """By request its newest answer that broke no rule and refuses no rest: many consents may rest on one letter."""
        found: dict[str, Entry] = {}
        for entry in (item for item in self.entries if item.type == "request.answered"):
            asked = self.state.requests.get(entry.details["request"])
            is_of_rest = bool(asked and asked.part) and entry.details["outcome"] == "refused"
            if self.state.events.get(entry.event_hash) is entry and not is_of_rest:
                found[entry.details["request"]] = entry
        return found

    def _check_certificate(self, name: str, raw: bytes, entry: Entry) -> None:
        envelope = decode(raw, ENTRY_BYTES)
        FORMS["Envelope"](envelope)
        if envelope["payloadType"] != CERTIFICATE_TYPE:
            raise Bad("certificate.type", "an envelope of something else")
        payload = unbase64(envelope["payload"])
        told = read_record(payload, EVENT_BYTES, "custody-certificate")
        certified, content = told.get("content"), entry.details.get("content", {"bytes": 0})
        files = (certified or {}).get("files")
        if files is not None:
            names = [item["name"].encode() for item in files]
            root = root_of(leaf_hash(encode(item)) for item in files).hex()
            sums = {"bytes": sum(item["size"] for item in files), "count": len(files), "root": root}
            if any(not first < last for first, last in itertools.pairwise(names)) or {**certified, **sums} != certified:
                raise Bad("certificate.order", "files out of order, or of another root")
        if certified is None:
            raise Bad("certificate.kind", "not of a production")
        kept = [item for item in content["files"] if item["type"] == "file"] if "files" in content else None
        if content["bytes"] != certified["bytes"] or (kept is not None and len(kept) != certified["count"]):
            raise Bad("certificate.content", "other files than were certified")
        if kept is None or files is None:
            self.find(9, "certificate.list-absent", name, "the list of files isn't in the records", NOTE)
        elif _pairs(kept) != _pairs(files):
            raise Bad("certificate.content", "other files than were certified")
        self._check_certified_request(told, entry)
        if entry.details.get("certified_by", told["provider"]) != told["provider"]:
            raise Bad("certificate.signer", "the certificate of another than the registration names")
        self._check_certifier(name, told["provider"], envelope, payload, entry.index)

    def _check_certified_request(self, told: dict[str, Any], entry: Entry) -> None:
        answers = told["answers"]
        source = entry.details.get("source")
        recorded = answers.get("request") if source is None else source.get("request")
        other = answers.get("request", recorded) != recorded and recorded is not None
        if answers.get("ledger", self.state.origin) != self.state.origin or other:
            raise Bad("certificate.request", "an answer to another request")
        known = self.state.requests.get(recorded) if recorded is not None else None
        if known is None:
            return
        about = self.by_subject["request", recorded]
        letters = {item.details["manifest"] for item in about if item.type == "bundle.exported"}
        letters |= {
            item.details["manifest"] for item in self.by_type["bundle.exported"] if {"request": recorded} in item.about
        }
        papers = {item.details.get("document") for item in about if item.type == "request.sent"}
        is_sent = answers["manifest"] in letters if "manifest" in answers else answers["sha256"] in papers
        if known.peer != told["provider"] or not is_sent:
            raise Bad("certificate.request", "an answer of another, or to another file")

    def _check_certifier(self, name: str, provider: str, envelope: Any, payload: bytes, index: int) -> None:
        if len(envelope["signatures"]) != 1:
            raise Bad("certificate.signatures", "not one signature")
        signature, agent = envelope["signatures"][0], self.state.agents.get(provider)
        if agent is None:
            severity = INDETERMINATE if self.state.gate == "v2" else NOTE
            self.find(9, "certificate.provider-absent", name, "the provider isn't carried", severity)
            return
        key = self.state.keys.get(signature["keyid"])
        if key is None or key.agent != provider or key.enrolled >= index or agent.roles.get("provider", index) >= index:
            raise Bad("certificate.signer", "not a key of a provider at that time")
        if key.revoked is not None and key.last is not None and index >= key.revoked and index > key.last:
            raise Bad("certificate.signer", "a key that had ended")
        raw = unbase64(signature["sig"]) if is_base64(signature["sig"]) else b""
        if not holds(key.raw, pae(CERTIFICATE_TYPE, payload), raw):
            raise Bad("signature.invalid", "the provider's signature doesn't hold")
        if key.last is not None and key.last < index:
            self.find(9, "certificate.disputed", name, "its key was revoked from before on", INDETERMINATE)

    def _shown(self, private: dict[str, str] | None) -> str:
        """A disclosed text, or none."""
        found = self.disclosed.get(private["commitment"]) if private else None
        return found.value if found and isinstance(found.value, str) else ""

    def _check_asset_proof(
        self, subject: str, asset: dict[str, Any], capture: Capture, digest: str, custody: Custody
    ) -> list[tuple[str, int, str, int]]:
        """Check a proof, and return the balances that it shows."""
        if f"data/documents/{digest}" in self.members and chains is None:
            text = "not checked here: chains_from_spec.py doesn't lie beside this program"
            self.find(9, "asset.not-checked", subject, text, INDETERMINATE)
            return []
        try:
            proof = self.once(("proof", digest), self._read_asset_proof, digest)
            if proof is None:
                self.find(9, "asset.proof-absent", subject, "the proof isn't at hand", NOTE)
                return []
            pins = (self.trust or {}).get("chain_pins", ())
            read = functools.partial(self.once, ("holding", digest), chains.read_proof, proof)
            proven = chains.check_proof(proof, asset, capture, self.disclosed_values, pins, read)
        except Bad as bad:
            self.find(9, bad.code, subject, bad.text, bad.severity)
            return []
        except ValueError as error:  # chains.Wrong, with code and words
            self.find(9, str(error.args[0]), subject, str(error.args[-1]))
            return []
        for severity, code, text in proven.said:
            if code != "asset.left" or custody.holds(proven.date):
                self.find(9, code, subject, text, severity)
        return [
            (proven.date, capture.index, self._account_of(asset, capture, is_wallet=held.is_wallet), held.amount)
            for held in proven.held
        ]

    def _read_asset_proof(self, digest: str) -> Any:
        raw = self.read_document(digest, ASSET_PROOF_BYTES)
        return None if raw is None else read_record(raw, ASSET_PROOF_BYTES, "custody-asset-proof")

    def _check_payload(self, files: dict[str, Any], documents: Iterable[Any], manifests: set[str]) -> None:
        """The payload manifest lists exactly what is called for; one that can't be read lists nothing."""
        payload = self.payload or {}
        wanted = set(manifests)
        wanted |= {member_of(item, "data/files/") for item in files.values()}
        wanted |= {member_of(item, "data/documents/") for item in documents}
        wanted |= self._called_pieces & payload.keys()
        for name in sorted(wanted - payload.keys()):
            self.find(9, "content.documents", name, "the payload manifest doesn't list it")
        for name in payload:
            if re.fullmatch(r"data/inherited/[0-9a-f]{64}\.zip", name):
                continue  # whether an acceptance calls for it is told with the bundle within
            if name not in wanted and name not in (README, BUNDLE_JSON, DISCLOSURES_JSON):
                self.find(9, "content.unnamed", name, "nothing calls for it")

    # Step 10: disclosures

    def check_disclosures(self) -> None:
        """Every disclosed value opens a commitment, at its place."""
        places = dict(place for entry in self.entries for place in find_private(entry.event["details"], "/details"))
        erased = {
            commitment for entry in self.by_type["disclosure.erased"] for commitment in entry.details["commitments"]
        }
        for text in self.disclosures or ():
            try:
                shown = open_disclosure(text, places)
            except Bad as bad:
                self.found(10, DISCLOSURES_JSON, bad)
                continue
            self.disclosed[shown.commitment] = shown
            self.disclosed_values[shown.commitment] = shown.value
            if shown.commitment in erased:
                self.find(10, "disclosures.erased-shown", shown.path, "a value that was ordered to be erased", DEFECT)
        hidden = places.keys() - self.disclosed.keys()
        for reason, named in self.withheld.items():
            for commitment in sorted(set(named) - hidden):
                self.find(10, "disclosures.list", DISCLOSURES_JSON, f"{reason}: {commitment} is shown, or not carried")
        for code, number in (("erased", len(hidden & erased)), ("withheld", len(hidden - erased))):
            if number:
                self.find(10, f"disclosures.{code}", "bundle", f"{number} private values aren't shown", NOTE)

    # Step 11: lawfulness (lawfulness.md). What was let out without consent is found while entries are folded.

    def check_lawfulness(self) -> None:
        """The bundle was made for its reader, as far as both say where they are."""
        export = self.exporting_entry()
        for (_, ledger, country), name in self.countries.items():
            self._check_country(name, ledger, country)
        if export is None or self.state.origin is None or "to" not in export.details:
            return
        self.asks_law = True
        for exhibit in sorted(set(self.listed()) - self.state.exhibits.keys()):
            text = "no consent can be looked for, since its story can't be followed"
            self.find(11, "lawfulness.undecided", "/".join(exhibit), text, INDETERMINATE)
        to = self.state.agents.get(export.details["to"])
        own = self.reader()
        pairs = [] if to is None else [(to.ledger, own.get("ledger")), (to.country, own.get("country"))]
        # who has no ledger, or reads what was made for somebody without one, is told by his country
        made_for, reader = next((pair for pair in pairs if None not in pair), (None, None))
        if made_for != reader:
            self.find(11, "lawfulness.recipient", export.name, f"made for {made_for}, and not for {reader}")
        if to is not None and to.ledger and to.country and self.state.gate != "v2":
            self._check_country(export.name, to.ledger, to.country, by_reader=False)

    def reader(self) -> dict[str, Any]:
        """What the trust file says of whose it is."""
        own: dict[str, Any] = (self.trust or {}).get("recipient", {})
        return own

    def _check_country(self, name: str, ledger: str, country: str, *, by_reader: bool = True) -> None:
        """A ledger is where it is trusted to be, by what the file says of it or, where it doesn't, of its reader."""
        own = self.reader()
        believed = self.believed(ledger) or (own if by_reader and own.get("ledger") == ledger else {})
        if believed.get("country", country) != country:
            self.find(11, "lawfulness.country", name, f"{ledger} is in {believed['country']}, and not in {country}")

    def report_law(self) -> dict[str, Any] | None:
        """On what terms the bundle was made."""
        export = self.exporting_entry()
        if not self.asks_law or export is None:
            return None
        name = export.details["to"]
        to = self.state.agents.get(name)
        law = {"country": self.state.country, "to": name, "terms": list(self._terms(name))}
        law |= {what: export.details[what] for what in ("request", "transfer") if what in export.details}
        if to is not None:
            known = {"to_country": to.country, "to_ledger": to.ledger}
            law |= {what: value for what, value in known.items() if value is not None}
        return law

    def _terms(self, to: str) -> Iterator[dict[str, Any]]:
        listed = self.listed()
        registrations = {self.state.exhibits[name].registration for name in listed if name in self.state.exhibits}
        for entry in self.entries:
            details = entry.details
            if entry.type == "consent.recorded" and details["recipient"] == to:
                consent = self.state.consents.get(entry.event_hash)
                if consent is None or consent.revoked is not None or not registrations & set(consent.exhibits):
                    continue
                agent, manner = details["authority"], details["manner"]
            elif entry.type == "transfer.dispatched" and details["to"] == to and entry.exhibit in listed:
                agent, manner = entry.party("actor"), "dispatch"
            elif entry.type == "transfer.accepted":
                agent, manner = details["from"], "acceptance"
            else:
                continue
            ends = {name: details[name] for name in ("valid_until",) if name in details}
            yield {"agent": agent, "conditions": [*conditions_of(details)], "entry": entry.index, "manner": manner,
                   "onward": details["onward"], **ends}  # fmt: skip
        for inner in (self.inherited[key] for key in sorted(self.inherited)):
            law, point = inner.report_law(), inner.checkpoint
            for terms in law["terms"] if law and point else ():
                if terms["manner"] != "dispatch":
                    yield {"ledger": point.origin if point else "", **terms}

    # Steps 0 to 12 of bundles within the bundle (inherited.md)

    def check_inherited(self) -> None:
        """Verify each of them, and hold every acceptance against the one with which its exhibit came."""
        names = sorted(name for name in (*self.members, *self.damaged) if name.startswith("data/inherited/"))
        if names and self.depth >= INHERITED_DEPTH:
            self.find(0, "inherited.depth", names[0], f"more than {INHERITED_DEPTH} bundles within each other")
            return
        for name in names:
            if name in self.members:
                self._open_inherited(name)
        called, came = set(), set()
        for entry in self.entries:
            if entry.type not in ("transfer.accepted", "transfer.returned") or "foreign" not in entry.details:
                continue
            foreign, where = entry.details["foreign"], entry.name
            called.add(foreign["manifest"])
            inner = self.inherited.get(foreign["manifest"])
            if inner is None:
                is_away = entry.type == "transfer.returned"
                code, severity = ("inherited.away", DEFECT) if is_away else ("inherited.absent", FAILED)
                if is_away and entry.exhibit in came:
                    severity = NOTE  # it may lie deeper than a writer sends on
                self.find(9, code, where, f"the bundle of {foreign['ledger']} isn't there", severity)
                continue
            came.add(entry.exhibit)
            if inner.is_newer:
                continue
            for code in inner.find_differences(entry, self):
                step, severity = ARRIVALS.get(code, (11, FAILED))
                self.find(step, code, where, f"otherwise than the bundle of {foreign['ledger']} says", severity)
        for key in sorted(self.inherited.keys() - called):
            self.find(9, "inherited.unnamed", key, "no carried acceptance names this bundle")

    def check_pasts(self) -> None:
        """Nobody signs two pasts: this bundle, those within it and those of its letters prove the same of each."""
        forked: set[Voice] = set()
        contradicted: set[Voice] = set()
        within = [self.inherited[key] for key in sorted(self.inherited)]
        proven = [Past({((it["origin"], b"", b""), "root", it["size"]): it["root"]}) for it in self._proven_ledgers()]
        known = self.past
        for told in (self.said, *proven, *(inner.past for inner in (*within, *self.letters.values()))):
            for name, value in told.facts.items():
                if known.facts.setdefault(name, value) == value:
                    continue
                if name[1] == "accepted":
                    self.find(9, "inherited.twice", name[0][0], f"{name[2]} was accepted by two ledgers")
                elif name[0] not in forked:
                    forked.add(name[0])
                    self.find(2, "checkpoint.fork", "checkpoint", f"two pasts of {name[0][0]}, apart at {name[1:]}")
            for of in sorted(told.carried.keys() | told.complete.keys()):
                if of[0] not in contradicted and (self._lacks(known, told, of) or self._lacks(told, known, of)):
                    contradicted.add(of[0])
                    self.find(8, "completeness.contradicted", " ".join(of[1]), f"{of[0][0]} holds more of it elsewhere")
                known.carried[of] = known.carried.get(of, set()) | told.carried.get(of, set())
                known.complete[of] = max(
                    known.complete.get(of, (0, set())), told.complete.get(of, (0, set())), key=lambda all_: all_[0]
                )

    @staticmethod
    def _lacks(told: Past, other: Past, of: tuple[Voice, Subject]) -> bool:
        end, known = told.complete.get(of, (0, set()))
        return any(index < end for index in other.carried.get(of, set()) - known)

    def check_continued(self) -> None:
        """The checkpoint continues each that its own ledger signed and that lies within."""
        point = self.checkpoint
        if point is None or self.voice is None:
            return
        roots = {name[2]: root for name, root in self.past.facts.items() if name[:2] == (self.voice, "root")}
        unlinked = [
            size
            for size in sorted(roots)
            if size != point.size and not self._is_linked(point, size, bytes.fromhex(roots[size]))
        ]
        if unlinked:
            text = f"no proof leads to the checkpoints of sizes {unlinked}, which lie within"
            self.find(2, "checkpoint.not-linked", "checkpoint", text, INDETERMINATE)

    def _tell_past(self) -> Past:
        """Its signed root by size; and, if they are proven under it, its entries, and what belongs to its subjects."""
        voice, point = self.voice, self.checkpoint
        if voice is None or point is None:
            return Past()
        told = Past({(voice, "root", point.size): point.root.hex()})
        if self.proof is None or self.step_verdict(4) != "PASSED":
            return told
        for entry in self.entries:
            told.facts[voice, "leaf", entry.index] = leaf_hash(entry.raw).hex()
            told.facts[voice, "event", entry.event_hash] = entry.index
            told.facts.setdefault((voice, "leaf", entry.index - 1), entry.record["previous"])
            if (
                voice[1] == b""
                and entry.type in ("transfer.accepted", "transfer.returned")
                and "foreign" in entry.details
            ):
                sent = entry.details["foreign"]
                told.facts[(sent["ledger"], b"", b""), "accepted", sent["head"]] = voice[0]
        told.carried = {(voice, of): {entry.index for entry in found} for of, found in self.by_subject.items()}
        told.complete = {(voice, of): found for of, found in self.complete.items()}
        return told

    def _proven_ledgers(self) -> Iterator[dict[str, Any]]:
        """The ledgers under whose checkpoints receipts stand that nothing is to be said against."""
        for digest in self.receipts:
            try:
                received = self.once(("receipt", digest), self._read_receipt, digest)
            except Bad:
                continue
            for event in received:
                try:
                    wrong = self.once(("decided", digest, event), self._decided, digest, event)[1]
                except Bad:
                    continue
                for _, _, _, point in received[event] if not wrong else ():
                    yield {"origin": point.origin, "root": point.root.hex(), "size": point.size}

    def report_ledgers(self) -> Iterator[dict[str, Any]]:
        """The ledger, and those of the bundles within, each followed by those within it."""
        own = self.report_ledger()
        if own is not None:
            yield own
        for key in sorted(self.inherited):
            yield from self.inherited[key].report_ledgers()

    def _verify_within(self, name: str) -> Verification:
        inner = Verification(
            bytes(self.view(name)), at=self.at, trust=self.raw_trust, files=InnerFiles(self), proofs=self.raw_proofs,
            depth=self.depth + 1,
        )  # fmt: skip
        if inner.trust is not None:
            inner.trust.pop("recipient", None)  # it was made for the ledger between
        return inner.run()

    def _open_inherited(self, name: str) -> None:
        inner = self._verify_within(name)
        if inner.has_stopped:
            bad = next(finding for finding in inner.findings if finding.step == 0)
            self.find(0, bad.code, name, bad.text)
            return
        where = inner.checkpoint.origin if inner.checkpoint else name
        for item in inner.findings:
            subject = f"{where}: {item.subject}"
            if item.code in ("content.absent", "content.encrypted"):
                self.find(item.step, "inherited.not-asked", subject, "the outer bundle's files count", NOTE)
            else:
                self.find(item.step, item.code, subject, item.text, item.severity)
        export = inner.exporting_entry()
        manifest = export.details["manifest"] if export else name
        if manifest in self.inherited:
            self.find(9, "inherited.unnamed", name, "a second bundle of one payload manifest")
        self.inherited[manifest] = inner

    def find_differences(self, arrival: Entry, outer: Verification) -> Iterator[str]:
        """What an arrival in another ledger says otherwise than this bundle, with which the exhibit came."""
        foreign = arrival.details["foreign"]
        name = name_of(foreign)
        exhibit, point = self.state.exhibits.get(name), self.checkpoint
        wanted = (foreign["ledger"], foreign["size"], foreign["root"])
        found = (point.origin, point.size, point.root.hex()) if point else None
        if found != wanted or exhibit is None or name not in self.listed():
            yield "inherited.exhibit"
            return
        if exhibit.head != foreign["head"]:
            yield "inherited.head"
        events = self.state.events
        here = arrival if arrival.type == "transfer.accepted" else outer.registration_of(arrival.exhibit)
        firsts = [events[exhibit.registration].details, *([here.details] if here else [])]
        if len({(item["nature"], item.get("content", {}).get("root")) for item in firsts}) > 1:
            yield "inherited.content"
        if arrival.type == "transfer.returned" and here is not None:
            began = self.began_as(name), outer.began_as(arrival.exhibit)
            if None not in began and began[0] != began[1]:
                yield "inherited.content"
        last = events[exhibit.head]
        if last.type != "transfer.dispatched" or last.details["transfer"] != arrival.details["transfer"]:
            yield "inherited.head"
            return
        if arrival.type == "transfer.accepted":
            yield from self._find_other_decision(last, arrival, outer)
        yield from self._find_other_values(arrival, last, events[exhibit.registration], outer)
        to = self.state.agents.get(last.details["to"])
        if to is not None and outer.state.origin is not None:
            if to.ledger not in (None, outer.state.origin):
                yield "inherited.recipient"
            if to.country not in (None, outer.state.country):
                yield "inherited.country"

    def began_as(self, name: ExhibitKey) -> tuple[str | None, str, str] | None:
        """What an exhibit was called where it was first registered; nothing where a bundle on the way is missing."""
        first = self.registration_of(name)
        if first is None:
            return None
        if first.type != "transfer.accepted":
            return (self.state.origin, *name)
        foreign = first.details["foreign"]
        before = self.inherited.get(foreign["manifest"])
        return None if before is None else before.began_as(name_of(foreign))

    def _shows_other(self, own: dict[str, str], theirs: dict[str, str], other: Verification) -> bool | None:
        """Whether a private value is another in this bundle and the other; nothing where one doesn't show it."""
        shown = self.disclosed.get(own["commitment"]), other.disclosed.get(theirs["commitment"])
        return None if shown[0] is None or shown[1] is None else bool(shown[0].value != shown[1].value)

    def _says_other(self, own: dict[str, Any], theirs: dict[str, Any], other: Verification) -> bool | None:
        """Whether two conditions have other texts; nothing where one of these isn't shown."""
        if "text" not in own or "text" not in theirs:
            return ("text" in own) != ("text" in theirs)
        return self._shows_other(own["text"], theirs["text"], other)

    def _find_other_values(self, arrival: Entry, last: Entry, first: Entry, outer: Verification) -> Iterator[str]:
        """Names of a thing, and the seal under which it came, that are others than were sent (inherited.md)."""
        pairs: list[tuple[str, Entry, Any, Any]] = []
        if arrival.type == "transfer.accepted":
            names = names_of(first.details), names_of(arrival.details)
            pairs = [(part, first, names[0].get(part), names[1].get(part)) for part in NAMES]
            if arrival.details["nature"] == "object" and arrival.details["kind"] != first.details["kind"]:
                yield "inherited.kind"
        if seal_of(arrival):
            pairs.append(("seal", last, seal_of(last), seal_of(arrival)))
        for part, source, there, here in pairs:
            sent = self.own_corrections.get((source.event_hash, part)) or self._opened(there)
            taken = outer._opened(here)
            before = outer.all_corrections.get((source.event_hash, part), sent)
            after = outer.all_corrections.get((arrival.event_hash, part), taken)
            if not (there or before) or not (here or after):
                is_lost = before and part != "seal"
                if is_lost or ((here or after) and part not in ("identifiers", "seal")):
                    yield "inherited.names"
            elif not before or not after:
                yield "inherited.unseen"
            elif before.value != after.value:
                codes = {"identifiers": "inherited.names", "seal": "inherited.seal"}
                yield codes.get(part, "inherited.content")
            elif sent and taken and sent.value != taken.value:
                yield "inherited.corrected"

    def _opened(self, value: dict[str, str] | None) -> Disclosure | None:
        """What a private value is, if it is shown."""
        return self.disclosed.get(value["commitment"]) if value else None

    def corrections(self) -> Iterator[tuple[int, tuple[str, str], Disclosure]]:
        """Where, of which event and field, and to what something was corrected, as far as that is shown."""
        for entry in self.entries:
            if entry.type == "record.corrected" and entry.details["value"]["commitment"] in self.disclosed:
                place = (entry.about[0].get("event", ""), entry.details["field"])
                yield entry.index, place, self.disclosed[entry.details["value"]["commitment"]]

    @functools.cached_property
    def own_corrections(self) -> dict[tuple[str, str], Disclosure]:
        """The newest of these, by event and field."""
        return newest_of(self.corrections())

    @functools.cached_property
    def all_corrections(self) -> dict[tuple[str, str], Disclosure]:
        """The same, of those that the bundles within show too."""
        return newest_of(item for one in (self, *self.inherited.values()) for item in one.corrections())

    def _find_other_decision(self, sent: Entry, accepted: Entry, outer: Verification) -> Iterator[str]:
        """In what an acceptance differs from the dispatch that it takes up."""
        details = accepted.details
        if _terms_of(sent.details) != _terms_of(details):
            yield "inherited.conditions"
        if details.get("item", sent.details["item"]) != sent.details["item"]:
            yield "inherited.content"
        there, here = conditions_of(sent.details), conditions_of(details)
        for code in there.keys() & here.keys():
            is_other = self._says_other(there[code], here[code], outer)
            if is_other is None:
                yield "inherited.condition-unseen"
            elif is_other:
                yield "inherited.conditions"
        if details["sent_at"] != sent.event["occurred_at"]:
            yield "inherited.sent-at"
        is_disputed = any(finding.code == "keys.disputed" for finding in self.findings)
        if is_disputed and "entries-disputed" not in details.get("reservations", ()):
            yield "inherited.reservations"
        before, at, after = map(seconds, (details["sent_at"], details["accepted_at"], accepted.record["recorded_at"]))
        if not before - CLOCK_SKEW <= at <= after + CLOCK_SKEW:
            yield "inherited.times"

    # Steps 9 and 11: letters (letters.md) and receipts (transfers.md) on which records rest, read again

    def check_behind(self) -> None:
        """Read again the letters of consents, and the receipts by proof."""
        for entry in self.entries if self.state.origin is not None else ():
            where, origin = entry.name, entry.details.get("origin", {})
            self._check_dispatch(entry)
            is_letter = entry.type in ("consent.recorded", "consent.conditions-met") and bool(origin)
            is_proof = entry.type == "transfer.receipt" and entry.details["manner"] == "proof"
            if not is_letter and not is_proof:
                continue
            digest = origin.get("document", "") if is_letter else entry.details["document"]
            step, member = 11 if is_letter else 9, f"data/documents/{digest}"
            if member not in self.members:
                kind, (order, severity) = "letter" if is_letter else "receipt", self._order_on(entry, digest)
                if order is not None:
                    self.find(step, f"{kind}.erased", where, f"destroyed by the order of entry {order}", severity)
                    continue
                self.find(step, f"{kind}.absent", where, "what this rests on isn't at hand", INDETERMINATE)
                continue
            try:
                if is_proof:
                    self.receipts.add(digest)
                    self._check_receipt(entry, digest, where)
                    continue
                letter = self.once(("letter", digest), self._open_letter, digest, where)
                if not letter.is_newer:
                    self._check_letter(entry, letter, where)
            except Bad as bad:
                self.find(step, bad.code, where, bad.text, bad.severity)

    def _check_dispatch(self, entry: Entry) -> None:
        """Dates and words of a dispatch's conditions are those of the consents under which it left."""
        under = self.leaving.get(entry.event_hash, [])
        exhibit = self.state.exhibits.get(entry.exhibit) if entry.type == "transfer.dispatched" else None
        if exhibit is None or self.state.gate != "v2":
            return
        sent, first = conditions_of(entry.details), self.state.events[exhibit.registration]
        came = conditions_of(first.details) if first.type == "transfer.accepted" else {}
        texts: dict[str, set[str]] = defaultdict(set)
        for told in (came, *(conditions_of(item.details) for _, consents in under for item in consents)):
            for code, item in told.items():
                texts[code].add(self._shown(item.get("text")))
        rests = {code: self._shown(item.get("text")) for code, item in sent.items()}
        for code in rests:
            for text in sorted(texts[code] - {""}, key=lambda text: (-len(text), text)):
                rests[code] = rests[code].replace(text, "")
        unseen: set[str] = set()
        for side, consents in under:
            eased = [
                any(
                    self._is_eased(sent[code], item, rests[code], unseen)
                    for code, item in conditions_of(consent.details).items()
                    if code in sent
                )
                for consent in consents
            ]
            if eased and all(eased):
                text = f"a condition has another date, or other words, than each consent of {side}"
                self.find(11, "release.consent-terms", entry.name, text)
        recipient = self.state.agents.get(entry.details["to"])
        spoken = {*(side for side, _ in under), recipient.ledger if recipient else None}
        for code, item in came.items() if first.details.get("foreign", {}).get("ledger") not in spoken else ():
            # nobody of where it came from has spoken, so what it came under goes on with it
            if code not in sent or self._is_eased(sent[code], item, rests[code], unseen):
                text = f"{code} is another than that under which it came"
                self.find(11, "release.consent-terms", entry.name, text)
        for code in sorted(unseen):
            self.find(11, "release.condition-unseen", entry.name, f"the text of {code} isn't shown", NOTE)

    def _is_eased(self, sent: dict[str, Any], wanted: dict[str, Any], rest: str, unseen: set[str]) -> bool:
        """Whether a condition was sent on with a later date, or in other words than those of the consents together."""
        if "due" in wanted and sent.get("due", "9999") > wanted["due"]:
            return True
        if "text" not in wanted or "text" not in sent:
            return "text" in wanted
        there, here = (self.disclosed.get(item["text"]["commitment"]) for item in (wanted, sent))
        if there is None or here is None:
            unseen.add(wanted["code"])
            return False
        if there.value == here.value or not isinstance(there.value, str) or not isinstance(here.value, str):
            return bool(there.value != here.value)
        return there.value not in here.value or bool(rest.strip("; "))

    def _order_on(self, entry: Entry, digest: str) -> tuple[int | None, str]:
        """The first order that destroyed what a record rests on, none where something left under it since; and whether
        custody rests on it: of a receipt always, of a letter where something had left under it.
        """
        own = _exhibits_of(entry) if entry.about else [self._registration_of(entry)]
        orders = [self.orders[name, digest] for name in own if (name, digest) in self.orders]
        if entry.type == "transfer.receipt" or not orders:
            return min(orders, default=None), DEFECT
        consent = self._consent_behind(entry)
        if consent is None:
            return min(orders), NOTE
        ways, first = [(name, consent.details["recipient"]) for name in own], min(orders)
        if any(self.borne.get(way, -1) > first for way in ways):
            return None, NOTE
        left = itertools.chain.from_iterable(self.left.get(way, ()) for way in ways)
        has_borne = entry.event_hash in self.state.events and any(entry.index < index < first for index in left)
        return first, DEFECT if has_borne else NOTE

    def _consent_behind(self, entry: Entry) -> Consent | None:
        """The consent that an entry records, or of which it records that conditions were met."""
        name = entry.event_hash if entry.type == "consent.recorded" else entry.about[0].get("event", "")
        return self.state.consents.get(name)

    def _registration_of(self, entry: Entry) -> str:
        exhibit = self.state.exhibits.get(entry.exhibit)
        return exhibit.registration if exhibit else ""

    def _open_letter(self, digest: str, where: str) -> Verification:
        """Verify a letter as a bundle within; what is only curable there is no matter here."""
        if self.depth >= INHERITED_DEPTH:
            raise Bad("inherited.depth", f"more than {INHERITED_DEPTH} bundles within each other")
        letter = self._verify_within(f"data/documents/{digest}")
        if letter.has_stopped:
            bad = next(finding for finding in letter.findings if finding.step == 0)
            raise Bad(bad.code, bad.text)
        self.letters[digest] = letter
        name = letter.checkpoint.origin if letter.checkpoint else where
        for item in letter.findings:
            if item.severity in (FAILED, INDETERMINATE) and item.code not in ("content.absent", "content.encrypted"):
                self.find(item.step, item.code, f"{name}: {item.subject}", item.text, item.severity)
        return letter

    def _remember(self, entry: Entry) -> None:
        """Keep where agents are, and which ledgers are their own, from an entry on."""
        one = [entry.details["agent"]] if entry.type in ("agent.changed", "agent.enrolled") else []
        for agent in self.state.agents if entry.type == "ledger.opened" else one:
            known = self.state.agents[agent]
            for name, told in (("country", known.country), ("ledger", known.ledger)):
                if told is not None:
                    self.told[agent, name].append((entry.index, told))

    def told_of(self, agent: str, index: int, name: str = "ledger") -> str | None:
        """What was on record of an agent before an entry."""
        told = self.told[agent, name]
        count = bisect.bisect_left(told, (index, ""))
        return told[count - 1][1] if count else None

    def _check_letter(self, entry: Entry, letter: Verification, where: str) -> None:
        details, origin, own = entry.details, entry.details["origin"], self.state.origin
        source, export, point = letter.state.events.get(origin["event"]), letter.exporting_entry(), letter.checkpoint
        told = (origin["ledger"], origin["size"], origin["root"], origin["manifest"])
        found = (point.origin, point.size, point.root.hex(), export.details["manifest"]) if point and export else None
        about = source.details.get("request") if source else None
        if export is None or source is None or letter.listed() or (told, about) != (found, origin["request"]):
            self.find(11, "letter.origin", where, "the letter is another one")
            return
        to = letter.state.agents.get(export.details.get("to", ""))
        if to is not None and to.ledger not in (None, own):
            self.find(11, "letter.recipient", where, f"a letter to {to.ledger}")
        elif to is not None and to.ledger is None and to.country not in (None, self.state.country):
            self.find(11, "letter.recipient", where, f"a letter to somebody of {to.country}")
        consent = self._consent_behind(entry)
        sender = details.get("authority", consent.details["recipient"] if consent else "")
        if self.told_of(sender, entry.index) != origin["ledger"]:
            self.find(11, "letter.sender", where, f"{sender} keeps another ledger than {origin['ledger']}")
        if entry.type != "consent.recorded":
            self._check_acceptance(entry, letter, source, where)
            return
        if not self._is_asked(entry, letter):
            self.find(11, "letter.request", where, "an answer to another request")
        if letter.newest_answers.get(origin["request"]) is not source or source.details["outcome"] not in GRANTING:
            self.find(11, "letter.grant", where, "not the newest answer, or it grants nothing")
        elif "grant" in source.details and self._is_easier(entry, source.details["grant"], letter):
            self.find(11, "letter.terms", where, "the consent is easier than what was granted")
        if "exhibits" not in source.details.get("grant", {}):
            text = "the letter doesn't say which exhibits may go to whom"
            self.find(12, "letter.unspecific", where, text, DEFECT)
        kept = conditions_of(details)
        granted = conditions_of(source.details.get("grant", {})) if self.state.gate == "v2" else {}
        for code in kept.keys() & granted.keys():
            if self._says_other(kept[code], granted[code], letter) is None:
                self.find(11, "release.condition-unseen", where, f"the text of {code} isn't shown", NOTE)

    def begun(self, request: str) -> Entry | None:
        """The entry that drafted or received a request."""
        kinds = ("request.drafted", "request.received")
        return next((item for item in self.by_subject["request", request] if item.type in kinds), None)

    def _check_acceptance(self, entry: Entry, letter: Verification, source: Entry, where: str) -> None:
        """Who asked says in a letter which conditions he accepts."""
        asked = letter.state.requests.get(source.details["request"])
        is_answer = source.type == "request.answered" and source.details["outcome"] in GRANTING
        can_accept = is_answer or source.type in ("request.drafted", "request.completed")
        if not self._is_theirs(entry, letter):
            self.find(11, "letter.request", where, "a letter about another request")
        if not can_accept or (asked is not None and asked.status == "withdrawn"):
            self.find(11, "letter.grant", where, "not an event that accepts, or of a request that was withdrawn")
        if "accepts" not in source.details:
            self.find(12, "letter.unspecific", where, "the letter doesn't say which conditions are accepted", DEFECT)
        elif set(entry.details["conditions"]) - set(source.details["accepts"]):
            self.find(11, "letter.terms", where, "more conditions than the letter accepts")

    def _is_theirs(self, entry: Entry, letter: Verification) -> bool:
        """Whether what the sender of a letter asked is the request on which a consent rests."""
        origin, consent = entry.details["origin"], self._consent_behind(entry)
        asked = letter.begun(origin["request"])
        named = consent.details.get("request") if consent and consent.details["manner"] != "letter" else None
        if named is None or (asked is not None and asked.type == "request.received"):
            return True
        here = self.begun(named)
        if here is not None and here.type == "request.drafted":
            return False
        if here is not None and "origin" in here.details:
            read = here.details["origin"]
            return bool((read["ledger"], read["request"]) == (origin["ledger"], origin["request"]))
        answers = [
            item.details["origin"]
            for item in letter.by_subject["request", origin["request"]]
            if item.type == "request.answer-received" and "origin" in item.details
        ]  # fmt: skip
        told = {answer["request"] for answer in answers if answer["ledger"] == self.state.origin}
        return not told or named in told

    def _is_asked(self, entry: Entry, letter: Verification) -> bool:
        """Whether a letter answers a request of this ledger, the one that is on record."""
        origin, named = entry.details["origin"], entry.details.get("request")
        begun = letter.begun(origin["request"])
        if begun is None or begun.type != "request.received" or named is None:
            return False
        asker, read = letter.state.agents.get(begun.details["from"]), begun.details.get("origin")
        asked_by = read["ledger"] if read else asker.ledger if asker else None
        if asked_by not in (None, self.state.origin) or (read and read["request"] != named):
            return False
        known = self.state.requests.get(named)
        if known is None:
            return True
        return known.direction == "outgoing" and self.told_of(known.peer, entry.index) == origin["ledger"]

    def _is_easier(self, entry: Entry, grant: dict[str, Any], letter: Verification) -> bool:
        """Whether a consent goes beyond what was granted."""
        ledger = entry.details["origin"]["ledger"]
        details, to = entry.details, entry.details["recipient"]
        kept = conditions_of(details)
        names = {name_of(item) for item in grant.get("exhibits", ())}
        return (
            self.told_of(to, entry.index, "country") != grant["to_country"]
            or ("to_ledger" in grant and self.told_of(to, entry.index) != grant["to_ledger"])
            or STRICTER.index(details["onward"]) < STRICTER.index(grant["onward"])
            or any(
                item["code"] not in kept
                or (item["before"] and not kept[item["code"]]["before"])
                or ("due" in item and kept[item["code"]].get("due") != item["due"])
                or (self.state.gate == "v2" and self._says_other(kept[item["code"]], item, letter))
                for item in conditions_of(grant).values()
            )
            or ("valid_until" in grant and details.get("valid_until", "9999") > grant["valid_until"])
            or any(names and not names & self._origins(name, ledger) for name in _exhibits_of(entry))
        )

    def _origins(self, registration: str, ledger: str) -> set[tuple[str, str]]:
        """The names in a ledger of an exhibit, and of all that it was made from."""
        waiting, seen, found = [registration], set(), set()
        while waiting:
            current = waiting.pop()
            entry = self.state.events.get(current)
            if current in seen or entry is None:
                continue
            seen.add(current)
            foreign = entry.details.get("foreign")
            if foreign and foreign["ledger"] == ledger:
                found.add(name_of(foreign))
            parents = [name_of(item) for item in entry.details.get("derived_from", ())]
            waiting += [self.state.exhibits[name].registration for name in parents if name in self.state.exhibits]
        return found

    def once(self, what: tuple[str, ...], read: Callable[..., Any], *arguments: Any) -> Any:
        """Return what was read before, or raise what spoke against it: many records may rest on one document."""
        if what not in self._once:
            try:
                self._once[what] = read(*arguments)
            except (Bad, ValueError) as wrong:
                self._once[what] = wrong
        if isinstance(self._once[what], Exception):
            raise self._once[what]
        return self._once[what]

    def _check_receipt(self, entry: Entry, digest: str, where: str) -> None:
        details, origin = entry.details, entry.details["origin"]
        event = origin["event"]
        decided, undecided = self.once(("decided", digest, event), self._decided, digest, event)
        for bad in undecided:
            self.found(9, where, bad)
        recorded = (origin, details["transfer"], details["outcome"], details["decided_at"])
        sent = self._dispatch_before(entry)
        is_meant = sent is not None and any(
            # of a parcel that couldn't be read the dispatch isn't known
            head in (None, sent.event_hash) and told == recorded
            for told, head in decided
        )
        if sent is None or not is_meant or (sent.exhibit, sent.details["transfer"]) != (entry.exhibit, recorded[1]):
            self.find(9, "receipt.other", where, "the proof of something else")
        elif self.told_of(sent.details["to"], entry.index) != origin["ledger"]:
            self.find(9, "receipt.other-ledger", where, f"it was sent to another ledger than {origin['ledger']}")

    def _decided(self, digest: str, event: str) -> tuple[list[tuple[Any, str | None]], list[Bad]]:
        """What a receipt file proves that an event decided, each with its dispatch, and what the reader can't tell."""
        decided: list[tuple[Any, str | None]] = []
        wrong: list[Bad] = []
        for proven, index, nodes, point in self.once(("receipt", digest), self._read_receipt, digest)[event]:
            try:
                if proven.record["ledger"] != point.origin:
                    raise Bad("receipt.origin", "an entry of another ledger than its checkpoint")
                check_inclusion(index, point.size, leaf_hash(proven.raw), nodes, point.root)
                stands = {"event": proven.event_hash, "index": index, "ledger": point.origin, "root": point.root.hex(),
                          "size": point.size}  # fmt: skip
                heads = heads_decided(proven)
                if not heads:
                    raise Bad("receipt.kind", f"{proven.type} decides on no dispatch")
                told = (stands, proven.details["transfer"], *outcome_of(proven))
                decided += [(told, head) for head in heads]
                self._check_signed(point)
            except Bad as bad:
                wrong.append(bad)
        wrong.sort(key=lambda bad: bad.severity != FAILED)
        if wrong and wrong[0].severity == FAILED:
            raise wrong[0]
        return decided, wrong[:1]

    def _check_signed(self, point: Checkpoint) -> None:
        """The checkpoint of a receipt is signed by believed keys, and is what was seen at that size."""
        believed = self.believed(point.origin)
        if believed is None:
            raise Bad("receipt.unknown-ledger", f"the trust file doesn't know {point.origin}", INDETERMINATE)
        keys = keys_at(believed, point.size)
        open_note(point.note, keys)
        if any(item["size"] == point.size and item["root"] != point.root.hex() for item in believed["seen"]):
            raise Bad("checkpoint.fork", "another root was seen at this size: two histories")
        if self.trust and "policy" in self.trust:
            policy = parse_policy(self.trust["policy"])
            if not policy.is_reached(open_note(point.note, [*keys, *policy.witnesses.values()])):
                raise Bad("receipt.quorum", "not enough cosigners", INDETERMINATE)

    def _read_receipt(self, digest: str) -> dict[str, list[tuple[Entry, int, list[bytes], Checkpoint]]]:
        """The entries of a receipt file by their events, each with its proof."""
        received: dict[str, list[tuple[Entry, int, list[bytes], Checkpoint]]] = defaultdict(list)
        raw = bytes(self.view(f"data/documents/{digest}"))
        for item in read_record(raw, JSON_BYTES, "custody-receipt")["entries"]:
            proven = read_entry(unbase64(item["entry"]))
            index, nodes, point = parse_tlog_proof(item["proof"].encode())
            if index != proven.index:
                raise Bad("receipt.index", "a proof of another entry")
            received[proven.event_hash].append((proven, index, nodes, point))
        return received

    def _dispatch_before(self, receipt: Entry) -> Entry | None:
        """The newest dispatch in the chain of acts before a receipt."""
        walked: list[str] = []
        before: Entry | None = receipt
        while before is not None and before.type != "transfer.dispatched" and before.event_hash not in self._sent:
            walked.append(before.event_hash)
            before = self.state.events.get(before.event["link"].get("previous", ""))
        found = self._sent.get(before.event_hash, before) if before is not None else None
        self._sent |= dict.fromkeys(walked, found)
        return found

    # Step 12: defects of listed exhibits beside those of single entries, and what was explained

    def check_defects(self) -> None:
        """Numbers that read like others, seals that aren't those that were put on, and a clock that is wrong."""
        last = self.entries[-1] if self.entries else None
        if last is not None and seconds(last.record["recorded_at"]) > seconds(self.at) + A_DAY:
            self.find(12, "defect.recorded-ahead", last.name, f"recorded later than it is read, {self.at}", DEFECT)
        for exhibit in self.listed():
            for _ in filter(is_unclear, exhibit):
                self.find(12, "defect.number-unclear", "/".join(exhibit), "could be taken for another", DEFECT)
        self._check_seals()

    def _check_seals(self) -> None:
        """Seals that were seen broken, and others than were put on (step 12)."""
        for _, registration in self.registered():
            story = self._story_of(registration)
            newest: Disclosure | None = None
            for entry in story:
                is_broken = entry.details.get("kind") == "seal-broken"
                if entry.type in SEEN and not intact_seal(entry):
                    self.find(12, "defect.seal-broken", entry.name, "a seal that wasn't intact", DEFECT)
                seal = seal_of(entry) if entry.type in SEEN else None
                right = self.own_corrections.get((entry.event_hash, "seal")) if seal else None
                number = right or self._opened(seal)
                is_held = entry.type in ("exhibit.unsealed", "custody.handed-over", "transfer.dispatched")
                if is_held and number and newest and number.value != newest.value:
                    self.find(12, "defect.seal-other", entry.name, "another seal than was put on", DEFECT)
                if entry.type == "exhibit.unsealed" or (entry.type == "exhibit.incident" and is_broken):
                    newest = None
                elif entry.type not in ("custody.handed-over", "transfer.dispatched"):
                    newest = number if seal else newest

    def explain(self) -> None:
        """Say beside each defect which entries explain it."""
        explained: dict[tuple[str, str], list[str]] = defaultdict(list)  # by subject, and by code or by none
        for entry in self.by_type["record.explained"]:
            if entry.event_hash in self.state.events:
                names = set().union(*(self._names_of(item) for item in entry.about))
                for place in itertools.product(names, entry.details.get("cures", ("",))):
                    explained[place].append(entry.name)
        self.findings = [self._explained(finding, explained) for finding in self.findings]

    def _explained(self, finding: Finding, explained: dict[tuple[str, str], list[str]]) -> Finding:
        if finding.severity != DEFECT:
            return finding
        codes = {finding.code, finding.code[10:], ""}
        found = dict.fromkeys(name for code in sorted(codes) for name in explained.get((finding.subject, code), ()))
        words = f"{finding.text}; explained in {', '.join(found)}" if found else finding.text
        return Finding(finding.step, finding.code, finding.severity, finding.subject, words)

    def _names_of(self, item: dict[str, str]) -> set[str]:
        """How findings call the entry that an element of ``about`` names, and the exhibit if it is a registration."""
        placed, name = self.state.events.get(item["event"]), self.state.registrations.get(item["event"])
        names = {f"entry {placed.index}"} if placed else set()
        return names | ({" ".join(name)} if name and item.get("exhibit") == item["event"] else set())

    # The report (report.md)

    def report(self) -> dict[str, Any]:
        """Everything that was found, as a record."""
        found = sorted(self.findings, key=lambda finding: finding.step)
        listed = self.bundle if self.bundle and not self.is_newer else {"exhibits": []}
        result: dict[str, Any] = {
            "at": self.at,
            "exhibits": [self._report_exhibit(item) for item in listed["exhibits"]],
            "findings": [vars(finding) for finding in found],
            "schema": "custody-report/v1",
            "steps": [
                {"name": name, "number": number, "verdict": self.step_verdict(number)}
                for number, name in enumerate(STEP_NAMES)
            ],
            "verdict": self.verdict,
        }
        requests = sorted(name[1] for name, story in self.by_subject.items() if story and name[0] == "request")
        if requests:
            result["requests"] = [self._report_request(name) for name in requests]
        law = self.report_law()
        if law is not None:
            result["law"] = law
        within = [item for key in sorted(self.inherited) for item in self.inherited[key].report_ledgers()]
        if within:
            result["inherited"] = within
        if self.trust_sha256:
            result["trust_sha256"] = self.trust_sha256
        ledger = self.report_ledger()
        if ledger is not None:
            result["ledger"] = ledger
        return result

    def report_ledger(self) -> dict[str, Any] | None:
        """The ledger, as the bundle shows it."""
        if self.checkpoint is None:
            return None
        point = self.checkpoint
        ledger: dict[str, Any] = {"origin": point.origin, "root": point.root.hex(), "size": point.size}
        genesis = self.genesis()
        return ledger | ({"genesis": genesis} if genesis else {})

    def genesis(self) -> str | None:
        """The leaf hash of entry 0, if that is one."""
        return next((self.leaves[0].hex() for entry in self.entries if entry.index == 0), None)

    def _report_exhibit(self, item: dict[str, str]) -> dict[str, Any]:
        name = name_of(item)
        story = [entry.index for entry in self.by_subject["exhibit", *name]]
        result: dict[str, Any] = {"case": name[0], "exhibit": name[1], "entries": story}
        exhibit = self.state.exhibits.get(name)
        if exhibit:
            result |= {"holder": exhibit.holder, "sealed": exhibit.is_sealed, "status": exhibit.status}
        return result

    def _report_request(self, name: str) -> dict[str, Any]:
        result: dict[str, Any] = {
            "entries": [entry.index for entry in self.by_subject["request", name]],
            "request": name,
        }
        request = self.state.requests.get(name)
        known = {} if request is None else vars(request)
        return result | {what: value for what, value in known.items() if isinstance(value, str)}


# ---------------------------------------------------------------------------------------------------------------------
# Program
# ---------------------------------------------------------------------------------------------------------------------

EXIT_CODES = {"PASSED": 0, "FAILED": 3, "INDETERMINATE": 4}


def plain(text: str) -> str:
    """A text that a terminal can't be fooled with: nothing invisible, nothing that changes direction."""
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)


def print_report(report: dict[str, Any]) -> None:
    """The report for people; its last line is the verdict."""
    ledger = report.get("ledger")
    if ledger:
        genesis = ledger.get("genesis", "not carried")
        print(plain(f"ledger {ledger['origin']}, {ledger['size']} entries, genesis {genesis}"))
    for step in report["steps"]:
        print(f"step {step['number']:2}  {step['name']:<22}{step['verdict']}")
    for finding in report["findings"]:
        code = f"[{finding['step']}] {finding['severity']} {finding['code']}"
        print(plain(f"  {code}: {finding['subject']}: {finding['text']}"))
    for item in report["exhibits"]:
        where = "its state can't be told"
        if "holder" in item:
            way = "to" if item["status"] in ("dispatched", "transferred") else "by"
            where = f"{item['status']} {way} {item['holder']}, {'sealed' if item['sealed'] else 'not sealed'}"
        print(plain(f"exhibit {item['case']} {item['exhibit']}: {where}; entries {item['entries']}"))
    for item in report.get("requests", ()):
        where = "its state can't be told"
        if "status" in item:
            outcome = f", {item['outcome']}" if "outcome" in item else ""
            where = f"{item['kind']}, {item['direction']}, with {item['peer']}: {item['status']}{outcome}"
        print(plain(f"request {item['request']}: {where}; entries {item['entries']}"))
    print(report["verdict"])


# codes of malformed bytes, and of step 0; and what this program can't compute everywhere
MALFORMED = ("bag.", "container.", "event.", "note.", "private.", "record.", "text.", "tlog-proof.",
             "asset.not-checked", "content.digest-unchecked")  # fmt: skip
TEXTS: dict[str, Callable[[bytes], Any]] = {
    "base64": lambda raw: unbase64(raw.decode()),
    "canonical": lambda raw: decode(raw, 10_000),
    "decimal": lambda raw: decimal(raw.decode()),
    "number": lambda raw: FORMS["number"](raw.decode()),
    "offset": lambda raw: FORMS["offset"](raw.decode()),
    "path": check_path,
    "time": lambda raw: FORMS["time"](raw.decode()),
}


def is_right_text(kind: str, raw: bytes) -> bool:
    """Whether some bytes are of a kind of text of ``texts.json``."""
    try:
        TEXTS[kind](raw)
    except (Bad, UnicodeDecodeError):
        return False
    return True


def run_vector(path: Path) -> list[str]:
    """Return in what a vector is judged otherwise than it says."""
    vector = json.loads(path.read_bytes())
    if vector["schema"] == "custody-texts/v1":
        return [
            f"{item['kind']} {item['comment']}"
            for item in vector["texts"]
            if is_right_text(item["kind"], base64.b64decode(item["input"])) != item["valid"]
        ]
    given = {digest: base64.b64decode(raw) for digest, raw in vector.get("files", {}).items()}
    result = Verification(
        (path.parent / vector["bundle"]).read_bytes(),
        at=vector["at"],
        trust=vector["trust"].encode() if "trust" in vector else None,
        files=Files(given=given),
        proofs=[vector["proof"].encode()] if "proof" in vector else [],
    ).run()
    codes = {finding.code for finding in result.findings}
    wanted = (vector["verdict"], vector.get("step"))
    wrong = [] if (result.verdict, result.first_open_step) == wanted else [
        f"expected {wanted}, found {(result.verdict, result.first_open_step)}, {sorted(codes)}"
    ]  # fmt: skip
    if "code" in vector and vector["code"] not in codes:
        wrong.append(f"expected {vector['code']}, found {sorted(codes)}")
    steps = [result.step_verdict(number) for number in range(len(STEP_NAMES))]
    if vector.get("steps", steps) != steps:
        wrong.append(f"expected {vector['steps']}, found {steps}")
    # of malformed bytes one fault is told, and not always the same (report.md)
    found = {
        f"{item.step} {item.severity} {item.code}"
        + (f" {item.subject}" if item.step in (5, 6, 7, 9, 11, 12) and is_entry_name(item.subject) else "")
        for item in result.findings
    }
    differing = {*vector["findings"]} ^ found if "findings" in vector else set()
    differing = {item for item in differing if not item.split()[2].startswith(MALFORMED)}
    return wrong + [f"found differently: {sorted(differing)}"] * bool(differing)


def is_entry_name(subject: str) -> bool:
    """Whether a finding is about an entry of the bundle's own ledger."""
    return re.fullmatch("entry [0-9]+", subject) is not None


def run_vectors(folder: Path) -> int:
    """Check this program against a folder of vectors."""
    paths, wrong = sorted(folder.glob("*.json")), 0
    for path in paths:
        differences = run_vector(path)
        wrong += bool(differences)
        print(f"{path.stem}: {'; '.join(differences) or 'agreed'}")
    print(f"{len(paths) - wrong} of {len(paths)} agreed")
    return 3 if wrong or not paths else 0


def open_bundle(path: Path) -> Any:
    """The bytes of a bundle, which may be larger than the machine's memory."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    parser = argparse.ArgumentParser(description="Verify a bundle from the specification alone.")
    parser.add_argument("bundle", nargs="?", type=Path)
    parser.add_argument("--trust", type=Path)
    parser.add_argument("--files", type=Path, action="append", default=[])
    parser.add_argument("--proof", type=Path, action="append", default=[])
    parser.add_argument("--at")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args(arguments)
    if options.vectors and not options.bundle:
        return run_vectors(options.vectors)
    if not options.bundle or options.vectors:
        parser.error("one bundle, or --vectors with a folder")
    at = options.at or datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if not is_time(at):
        parser.error("--at wants a time such as 2026-11-21T12:00:00Z")
    try:
        verification = Verification(
            open_bundle(options.bundle),
            at=at,
            trust=options.trust.read_bytes() if options.trust else None,
            files=Files(options.files),
            proofs=[path.read_bytes() for path in options.proof],
        )
    except OSError as error:
        parser.error(str(error))
    except Bad as bad:
        parser.error(f"the trust file or the proof is malformed: {bad}")
    report = verification.run().report()
    if options.json:
        sys.stdout.buffer.write(encode(report) + b"\n")
    else:
        print_report(report)
    return EXIT_CODES[report["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
