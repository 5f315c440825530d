"""Does the library under this installation keep every rule of strict Ed25519 (docs/spec/envelope.md)?

One signature that must be taken, and for each rule one that breaks it alone. Verifiers that are lax about any of them
take some of these: then two courts could disagree about one signature. The first key, message and signature are test 2
of RFC 8032 section 7.1; the others were made from that key with plain arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custody.selftest.checked import Checked, Disagreement
from keys.ed25519 import check_signature
from schemas.errors import VerificationError

_KEY: Final = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
_MESSAGE: Final = b"\x72"
_R: Final = bytes.fromhex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")
_S: Final = bytes.fromhex("085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
_S_PLUS_L: Final = bytes.fromhex("f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10")
_ONE: Final = (1).to_bytes(32, "little")
_ZERO: Final = bytes(32)
_ORDER_8: Final = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"


@dataclass(frozen=True, slots=True)
class Case:
    """A key, a signature of `_MESSAGE` unless another is given, and what is the matter with it."""

    what: str
    key: bytes
    signature: bytes
    message: bytes = _MESSAGE


GENUINE: Final = Case("a genuine signature", _KEY, _R + _S)
FORGED: Final = (
    Case("another message", _KEY, _R + _S, b"\x73"),
    Case("one bit of R changed", _KEY, bytes([_R[0] ^ 1]) + _R[1:] + _S),
    Case("one bit of S changed", _KEY, _R + bytes([_S[0] ^ 1]) + _S[1:]),
    Case("S not below the order of the group", _KEY, _R + _S_PLUS_L),
    Case("a key of small order", _ONE, _ONE + _ZERO),
    Case("a key that is no canonical point", bytes.fromhex("ee" + "ff" * 30 + "7f"), _ONE + _ZERO),
    Case("a key that is not on the curve", bytes.fromhex("02" + "00" * 31), _R + _S),
    Case(
        "R of order 1",
        _KEY,
        _ONE + bytes.fromhex("675d054595fa17cb6a44e3ada6ca385e55667e41a63fdab0ac22d10000354002"),
    ),
    Case(
        "R of order 8",
        _KEY,
        bytes.fromhex(_ORDER_8 + "cca5c0159b890822aa8f6ad74990de9393e3036603fe9591d9850310e8abb105"),
    ),
    Case(
        "a key with a part of small order, where only a cofactored equation holds",
        bytes.fromhex("0169d3c02f3edd121cafbe1dfd45c4cf4aac216a79e36e6326419f2a654d2d46"),
        bytes.fromhex(
            "7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572"
            "6ec67b8a23a84b13b4f53f824cadb2b2b1cc8cafbd3573b8cf7a4d103ce18709"
        ),
    ),
    Case(
        "an R with a part of small order, where only a cofactored equation holds",
        _KEY,
        bytes.fromhex(
            "6a84d583f06569edb3f5ed77df65544b27d6948b4f0b2cb76f33dd8413b20719"
            "97b7e78ea3171fc11f70a31d131421e41f4c3312daebc40f8ed3d596a45eba01"
        ),
    ),
    Case("a signature cut short", _KEY, (_R + _S)[:63]),
    Case("a key cut short", _KEY[:31], _R + _S),
)
"""Signatures that must be refused, each for one reason."""


def is_taken(case: Case) -> bool:
    """Tell whether this installation takes a signature."""
    try:
        check_signature(key=case.key, message=case.message, signature=case.signature)
    except VerificationError:
        return False
    return True


def check_signatures() -> Checked:
    """Hold this installation against the genuine signature and every forged one."""
    wrong = [] if is_taken(GENUINE) else [Disagreement(GENUINE.what, "taken", "refused")]
    wrong += [Disagreement(case.what, "refused", "taken") for case in FORGED if is_taken(case)]
    return Checked("signatures, good and forged", 1 + len(FORGED), tuple(wrong))
