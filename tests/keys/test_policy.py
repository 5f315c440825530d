"""Whose cosignatures make a checkpoint count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import keys.policy
from keys.note import VerifiedSignature
from keys.policy import Policy, check_quorum, parse_policy
from keys.verifier_key import VerifierKey, format_verifier_key
from schemas.errors import RecordError, VerificationError
from schemas.text import format_base64
from tests.keys.people import cosigner_key, log_key

LOG = log_key(1)
X = tuple(cosigner_key(number, f"x{number}.example") for number in (11, 12, 13))
Y = tuple(cosigner_key(number, f"y{number}.example") for number in (21, 22))
LATER = f"later.example+00000000+{format_base64(bytes([6]) + bytes(1312))}"


def _witness(name: str, key: VerifierKey) -> str:
    return f"witness {name} {format_verifier_key(key)}"


TWO_LEVELS = "\n".join(
    [
        "# agencies of two countries",
        f"log {format_verifier_key(LOG)} https://log.example/",
        "",
        *(_witness(f"X{number}", key) for number, key in enumerate(X)),
        "group X 2 X0 X1 X2",
        f"\t{_witness('Y0', Y[0])}  https://y.example/prefix ",
        _witness("Y1", Y[1]),
        "group Y any Y0 Y1",
        "group both all X Y",
        "quorum both",
        "",
    ]
)


def _parse(text: str) -> Policy:
    return parse_policy(text.encode())


def _is_reached(policy: Policy, *signers: VerifierKey) -> bool:
    try:
        check_quorum(policy, [VerifiedSignature(key, 1) for key in signers])
    except VerificationError as error:
        if error.code != "policy.quorum":
            raise
        return False
    return True


def test_a_policy_of_two_levels_is_read() -> None:
    """Comments, empty lines, tabs and URLs change nothing."""
    policy = _parse(TWO_LEVELS)
    assert policy.logs == (LOG,)
    assert tuple(key for _, key in policy.cosigners) == X + Y
    assert policy.quorum == b"both"


@given(st.sets(st.sampled_from(X + Y)))
def test_the_quorum_is_reached_exactly_as_written(signers: set[VerifierKey]) -> None:
    """Two of X and any of Y, in words and in code."""
    expected = len(signers & set(X)) >= 2 and bool(signers & set(Y))
    assert _is_reached(_parse(TWO_LEVELS), *signers) is expected


def test_the_documented_forms_are_all_there_are() -> None:
    """The docstring shows each form of line once."""
    for word in ("log <vkey>", "witness X1 <vkey>", "group X all|any|<k> X1 X2", "quorum X|none"):
        assert word in (keys.policy.__doc__ or "")


def test_no_quorum_must_be_said() -> None:
    """'None' is a decision; a forgotten line is a mistake."""
    assert _is_reached(_parse("quorum none\n"))
    with pytest.raises(RecordError, match="expected a quorum line"):
        _parse(_witness("X0", X[0]) + "\n")


def test_strangers_and_logs_never_count() -> None:
    """A log would otherwise vouch for itself."""
    policy = _parse(f"log {format_verifier_key(LOG)}\n{_witness('X0', X[0])}\nquorum X0\n")
    assert not _is_reached(policy, LOG, X[1], cosigner_key(11, "another.example"))
    assert _is_reached(policy, X[0])


def test_one_cosigner_counts_once_however_often_he_signs() -> None:
    """A threshold of two is two keys."""
    policy = _parse("\n".join([_witness("a", X[0]), _witness("b", X[1]), "group g 2 a b", "quorum g", ""]))
    assert not _is_reached(policy, X[0], X[0])
    assert _is_reached(policy, X[0], X[1])


def test_a_cosigner_of_a_later_kind_is_named_and_does_not_count() -> None:
    """The policy stays readable, and the quorum is missed rather than guessed."""
    policy = _parse(f"witness pq {LATER}\n{_witness('X0', X[0])}\ngroup g all pq X0\nquorum g\n")
    assert not _is_reached(policy, X[0])


def test_a_long_chain_of_groups_is_evaluated() -> None:
    """A hostile policy costs its own length and no stack."""
    chain = [f"group g{number} 1 {f'g{number - 1}' if number else 'X0'}" for number in range(2500)]
    assert _is_reached(_parse("\n".join([_witness("X0", X[0]), *chain, "quorum g2499", ""])), X[0])


def test_names_are_opaque_octets() -> None:
    """A Kelvin sign is no K, and Latin-1 is no UTF-8; no table of Unicode decides a quorum."""
    raw = b"\n".join([b"witness \xe9 %s" % format_verifier_key(X[0]).encode(), b"quorum \xe9", b""])
    assert parse_policy(raw).quorum == b"\xe9"
    with pytest.raises(RecordError, match=r"policy\.malformed"):
        _parse(_witness("\u212a", X[0]) + "\nquorum K\n")


_A, _B = _witness("a", X[0]), _witness("b", X[1])


@pytest.mark.parametrize(
    "lines",
    [
        [_A, "quorum b"],
        ["quorum a", _A],
        [_A, "quorum a", "quorum a"],
        [_A, "quorum none", "quorum a"],
        [_A, "quorum"],
        [_A, "quorum a a"],
        [_A, _A, "quorum a"],
        [_A, _witness("b", X[0]), "quorum a"],
        [_A, _witness("b", cosigner_key(11, "other.example")), "quorum a"],
        [_A, f"log {format_verifier_key(log_key(11))}", "quorum a"],
        [f"log {format_verifier_key(LOG)}", f"log {format_verifier_key(log_key(1, 'other'))}", "quorum none"],
        [f"log {format_verifier_key(X[0])}", "quorum none"],
        [f"witness a {format_verifier_key(LOG)}", "quorum a"],
        [_witness("none", X[0]), "quorum none"],
        [_A, "group none any a", "quorum none"],
        [_A, "group g any", "quorum g"],
        [_A, "group g 0 a", "quorum g"],
        [_A, "group g 2 a", "quorum g"],
        [_A, "group g 01 a", "quorum g"],
        [_A, "group g +1 a", "quorum g"],
        [_A, "group g most a", "quorum g"],
        [_A, "group g \u0661 a", "quorum g"],
        [_A, "group g any a a", "quorum g"],
        [_A, "group g any none", "quorum g"],
        [_A, "group g any g", "quorum g"],
        [_A, "group g any b", _B, "quorum g"],
        [_A, _B, "group g any a", "group h any a b", "quorum h"],
        [_A, "group a any a", "quorum a"],
        [_A, _B, "group g any a", "group g any b", "quorum g"],
        ["witness a", "quorum none"],
        ["witness a nokey", "quorum none"],
        ["witness a \u00e9+00000000+AQ==", "quorum none"],
        [_A + " https://a.example/ more", "quorum a"],
        ["log", "quorum none"],
        ["trust a", "quorum none"],
        ["QUORUM none"],
        ["quorum none\r"],
        ["quorum none\x0b"],
        ["quorum\u00a0none"],
        ["quorum none # comment"],
    ],
)
def test_a_policy_that_says_something_else_is_refused(lines: list[str]) -> None:
    """A quorum that is read otherwise than it was meant protects nobody."""
    with pytest.raises(RecordError, match=r"policy\.malformed"):
        _parse("\n".join([*lines, ""]))


def test_a_cut_policy_is_refused() -> None:
    """Every line must be ended, the quorum's too."""
    raw = TWO_LEVELS.encode()
    for length in range(len(raw)):
        with pytest.raises(RecordError, match=r"policy\.malformed"):
            parse_policy(raw[:length])


def test_a_huge_policy_is_refused() -> None:
    """Before it's split into lines."""
    with pytest.raises(RecordError, match=r"policy\.malformed"):
        parse_policy(b"#" * 65_536 + b"\nquorum none\n")


@given(st.binary(max_size=120))
def test_noise_is_refused_in_our_own_words(noise: bytes) -> None:
    """No bytes make the reader fail in any other way."""
    for raw in (noise, noise + b"\n", b"witness a " + noise + b"\nquorum a\n", b"quorum " + noise + b"\n"):
        try:
            parse_policy(raw)
        except RecordError as error:
            if error.code != "policy.malformed":
                raise
