"""Attacks on a whole bundle, exhaustively: nothing but the original ever passes, and nothing crashes.

A bundle is made small, so that every byte of it can be changed and every length cut. Changes are made to the zip as it
lies on the disk, and to each member with every manifest made anew around it, so that the inner checks are met as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from custody.bundle.container import read_container
from custody.bundle.source import BundleSource
from custody.verify.record.source import Nowhere
from custody.verify.verify import Trusted, failed_container, verify
from schemas import layout
from schemas.errors import VerificationError
from schemas.report import Report, Verdict
from schemas.text import parse_time
from tests.vectors.forge import Members, pack, remanifest, retag
from tests.vectors.setting import Setting, make_setting, plain_bundle

AT = parse_time("2026-12-01T00:00:00Z")


class Bytes:
    """A region in memory."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.size = len(raw)

    def read_at(self, offset: int, length: int) -> bytes:
        """Return bytes."""
        return self._raw[offset : offset + length]


def judge(raw: bytes, trusted: Trusted) -> Report:
    """Return the report on a bundle's bytes, as the command would."""
    try:
        container = read_container(Bytes(raw))
    except VerificationError as error:
        return failed_container(error, trusted=trusted, at=AT)
    return verify(BundleSource(container), trusted=trusted, at=AT, elsewhere=Nowhere()).report


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    """The small story."""
    return make_setting(tmp_path_factory.mktemp("forge"))


@pytest.fixture(scope="module")
def members(setting: Setting) -> Members:
    """A bundle without fault."""
    return plain_bundle(setting)


@pytest.fixture(scope="module")
def trusted(setting: Setting, members: Members) -> Trusted:
    """A reader who believes the ledger; ``members`` comes first because the export is part of the ledger."""
    assert members
    return Trusted(setting.trust())


def test_the_original_passes(members: Members, trusted: Trusted) -> None:
    """Without this, every attack below would be 'found'."""
    assert judge(pack(members), trusted).verdict is Verdict.PASSED


def test_a_bundle_with_any_byte_changed_never_passes(members: Members, trusted: Trusted) -> None:
    """No byte of the file is free: not in a header, not in a text that no check is about."""
    raw = pack(members)
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << (place % 8)
        report = judge(bytes(changed), trusted)
        assert report.verdict is Verdict.FAILED, f"byte {place}: {report.verdict}"


def test_a_cut_bundle_never_passes(members: Members, trusted: Trusted) -> None:
    """A copy that stopped half-way is no bundle, at whatever length."""
    raw = pack(members)
    for length in range(0, len(raw), 7):
        assert judge(raw[:length], trusted).verdict is Verdict.FAILED, f"cut to {length}"


def test_a_bundle_with_bytes_after_it_never_passes(members: Members, trusted: Trusted) -> None:
    """Bytes that nobody looks at could hold anything."""
    raw = pack(members)
    for tail in (b"\x00", b"\n", b"PK\x05\x06" + bytes(18), raw):
        assert judge(raw + tail, trusted).verdict is Verdict.FAILED


def _resealed(members: Members) -> Iterator[tuple[str, int, Members]]:
    """Yield bundles in which one byte of one member is changed and all manifests are made to fit."""
    for name in members:
        if name in {layout.MANIFEST, layout.TAG_MANIFEST, layout.BAG_INFO}:
            continue
        raw = members[name]
        step = max(1, len(raw) // 120)
        for place in range(0, len(raw), step):
            changed = bytearray(raw)
            changed[place] ^= 1 << (place % 7)
            fitted = {**members, name: bytes(changed)}
            yield name, place, retag(remanifest(fitted) if name.startswith("data/") else fitted)


def test_a_change_behind_fitting_manifests_never_passes(members: Members, trusted: Trusted) -> None:
    """Whoever makes the manifests anew meets the checks behind them: chain, tree, signatures, commitments."""
    seen = 0
    for name, place, changed in _resealed(members):
        report = judge(pack(changed), trusted)
        assert report.verdict is not Verdict.PASSED, f"{name} byte {place}"
        seen += 1
    assert seen > 1000


def test_any_member_left_out_is_failed(members: Members, trusted: Trusted) -> None:
    """Only evidence may travel apart; all else that is missing is the sender's fault, and no doubt about it."""
    for name in members:
        left = {other: raw for other, raw in members.items() if other != name}
        report = judge(pack(retag(left) if name != layout.TAG_MANIFEST else left), trusted)
        wanted = Verdict.INDETERMINATE if layout.is_detachable(name) else Verdict.FAILED
        assert report.verdict is wanted, f"{name}: {report.verdict}"


def test_an_entry_left_out_is_failed_with_fitting_proofs(setting: Setting, trusted: Trusted) -> None:
    """An operator can make the tree proof for any choice of entries; completeness has to notice each one missing."""
    carried = [layout.parse_entry_name(name) for name in plain_bundle(setting) if name.startswith(layout.ENTRIES)]
    for index in sorted(carried)[:-1]:
        report = judge(pack(plain_bundle(setting, omit=[index])), trusted)
        assert report.verdict is Verdict.FAILED, f"entry {index} left out: {report.verdict}"


def test_two_members_swapped_are_failed(members: Members, trusted: Trusted) -> None:
    """Each entry's bytes belong to its index."""
    names = [name for name in members if name.startswith(layout.ENTRIES)]
    for first, second in pairwise(names):
        swapped = {**members, first: members[second], second: members[first]}
        assert judge(pack(retag(swapped)), trusted).verdict is Verdict.FAILED


def test_reports_on_failures_say_where(members: Members, trusted: Trusted) -> None:
    """'Something is wrong' helps nobody: a damaged file is named with its exhibit."""
    raw = pack(members).replace(b"room 4\n", b"room 5\n")
    report = judge(raw, trusted)
    assert any("EX-1" in finding.subject and "notes.txt" in finding.subject for finding in report.findings)
