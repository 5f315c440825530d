"""What a provider hands over: every digest of it counts, and no byte of it can write outside of its folder."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.transfer.certificates import METHOD, check_files, check_times, open_certificate, sign_certificate
from custody.transfer.productions import CERTIFICATE, LINES, find_files, hash_files, open_production, write_production
from keys.private.signer import Ed25519Signer
from schemas import canonical
from schemas.certificate import (
    CERTIFICATE_PAYLOAD_TYPE,
    Certificate,
    CertifiedFile,
    CertifiedRequest,
    certified_content,
    parse_certificate,
)  # fmt: skip
from schemas.content import Digests
from schemas.envelope import Envelope
from schemas.errors import CustodyError, RecordError, RefusedError, UsageError, VerificationError
from schemas.text import format_base64
from schemas.types import UNSET
from tests.world import World, settled

PROVIDER = "provider-1"


@pytest.fixture
def world() -> World:
    """A ledger that knows a provider, and somebody who is none."""
    made = settled(World())
    made.enrol(PROVIDER, ("provider",), country="XB")
    made.enrol("courier-1", ("viewer",))
    return made


def _signer(world: World, agent: str = PROVIDER) -> Ed25519Signer:
    return world.signers[agent][-1]


def _certificate(records: tuple[CertifiedFile, ...], provider: str = PROVIDER) -> Certificate:
    return Certificate(
        answers=CertifiedRequest(sha256="cd" * 32), content=certified_content(records),
        issued_at="2026-11-21T12:00:00Z", kind="production", method=METHOD, nonce="00" * 16, provider=provider,
        schema="custody-certificate/v1",
    )  # fmt: skip


def _produce(world: World, folder: Path, files: dict[str, bytes]) -> Path:
    source = folder / "source"
    for name, raw in files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    named = find_files(sorted(source.iterdir()))
    records = hash_files(named)
    target = folder / "out.zip"
    write_production(target, sign_certificate(_certificate(records), _signer(world)), named, records)
    return target


def _take(world: World, path: Path, folder: Path) -> dict[str, bytes]:
    """Take a production in as the command does, and return the files under their names."""
    folder.mkdir()
    with path.open("rb") as file, open_production(file) as production, world.store.read() as reader:
        certified = open_certificate(production.envelope, reader.view())
        check_files(certified.certificate, production.lay_out(folder))
    return {item.relative_to(folder).as_posix(): item.read_bytes() for item in folder.rglob("*") if item.is_file()}


FEW = {"a.txt": b"hello", "logs/b.csv": b"1,2\n", "logs/same.csv": b"1,2\n", "empty": b""}
MANY = {f"m/{number:02}.txt": b"%d" % number for number in range(20)}


@pytest.mark.parametrize("files", [FEW, MANY], ids=["in the certificate", "in a list"])
def test_what_was_handed_over_arrives(world: World, tmp_path: Path, files: dict[str, bytes]) -> None:
    """Names, bytes and equal files survive; more than 16 records stand in a list."""
    path = _produce(world, tmp_path, files)
    assert _take(world, path, tmp_path / "in") == files
    with zipfile.ZipFile(path) as archive:
        assert (LINES in archive.namelist()) == (len(files) > 16)


@pytest.mark.parametrize("files", [{"a.txt": b"hello"}, MANY], ids=["in the certificate", "in a list"])
def test_no_byte_can_be_changed_unnoticed(world: World, tmp_path: Path, files: dict[str, bytes]) -> None:
    """Every changed byte is refused, or is one of the zip's own that says nothing about what was handed over."""
    path = _produce(world, tmp_path, files)
    raw = path.read_bytes()
    step = max(1, len(raw) // 400)
    refused = 0
    for place in range(0, len(raw), step):
        changed = tmp_path / "changed.zip"
        changed.write_bytes(raw[:place] + bytes([raw[place] ^ 0x41]) + raw[place + 1 :])
        try:
            found = _take(world, changed, tmp_path / f"in-{place}")
        except (CustodyError, OSError):
            refused += 1
        else:
            assert found == files, f"byte {place}"
    assert refused > 100


@pytest.mark.parametrize("length", [0, 1, 21, 22, 100, 400])
def test_a_cut_file_is_none(world: World, tmp_path: Path, length: int) -> None:
    """A download that broke off is no production."""
    path = _produce(world, tmp_path, FEW)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(VerificationError, match=r"certificate\.container"):
        _take(world, path, tmp_path / "in")


def _rewrite(path: Path, change: Callable[[dict[str, bytes]], None], *, kind: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    path.write_bytes(made.getvalue())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../evil", "certificate.container"),
        ("/etc/evil", "certificate.container"),
        ("files/evil", "certificate.container"),
        (f"files/{'ab' * 32}/x", "certificate.container"),
        ("README.txt", "certificate.container"),
    ],
)
def test_a_member_that_does_not_belong_is_refused(world: World, tmp_path: Path, name: str, code: str) -> None:
    """A name in the zip never reaches the file system."""
    path = _produce(world, tmp_path, FEW)
    _rewrite(path, lambda members: members.update({name: b"x"}))
    with pytest.raises(VerificationError) as caught:
        _take(world, path, tmp_path / "in")
    assert caught.value.code == code
    assert list((tmp_path / "in").rglob("*")) == []


def test_compressed_members_are_refused(world: World, tmp_path: Path) -> None:
    """A small file must not become a large one."""
    path = _produce(world, tmp_path, {"zeros": bytes(1 << 20)})
    _rewrite(path, lambda _: None, kind=zipfile.ZIP_DEFLATED)
    with pytest.raises(VerificationError, match="compressed"):
        _take(world, path, tmp_path / "in")


def test_a_file_that_was_left_out_or_swapped_is_missed(world: World, tmp_path: Path) -> None:
    """The certificate names each file; another one under its digest is found by hashing."""
    path = _produce(world, tmp_path, FEW)
    digest = f"files/{sha256(b'hello').hexdigest()}"
    raw = path.read_bytes()
    _rewrite(path, lambda members: members.__delitem__(digest))
    with pytest.raises(VerificationError, match=r"found no such file with it \[certificate\.file\]"):
        _take(world, path, tmp_path / "in")
    path.write_bytes(raw)
    _rewrite(path, lambda members: members.update({digest: b"HELLO"}))
    with pytest.raises(VerificationError, match=r"certificate\.file"):
        _take(world, path, tmp_path / "in2")


def test_a_list_that_tells_of_other_files_is_not_the_certified_one(world: World, tmp_path: Path) -> None:
    """Lines left out, swapped or renamed: the root says so, or their order."""
    path = _produce(world, tmp_path, MANY)
    raw = path.read_bytes()
    changes: list[tuple[Callable[[list[bytes]], list[bytes]], str]] = [
        (lambda lines: lines[:-1], "certificate.root"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "certificate.order"),
        (lambda lines: [lines[0].replace(b"m/00", b"m/0"), *lines[1:]], "certificate.root"),
        (lambda lines: [lines[0], *lines], "certificate.order"),
    ]
    for number, (change, code) in enumerate(changes):
        path.write_bytes(raw)

        def cut(members: dict[str, bytes], change: Callable[[list[bytes]], list[bytes]] = change) -> None:
            members[LINES] = b"\n".join(change(members[LINES].rstrip(b"\n").split(b"\n"))) + b"\n"

        _rewrite(path, cut)
        with pytest.raises(CustodyError) as caught:
            _take(world, path, tmp_path / f"in-{number}")
        assert caught.value.code == code


def test_names_that_cannot_stand_beside_each_other_are_refused(world: World, tmp_path: Path) -> None:
    """A file and a folder of one name: whoever signs that hands over less than he says."""
    path = _produce(world, tmp_path, {"a": b"1", "b": b"2"})
    one, two = hash_files(find_files([tmp_path / "source/a", tmp_path / "source/b"]))
    records = (one, CertifiedFile(digests=two.digests, name="a/b", size=two.size))
    envelope = sign_certificate(_certificate(records), _signer(world))
    _rewrite(path, lambda members: members.update({CERTIFICATE: envelope}))
    with pytest.raises(VerificationError, match=r"certificate\.file"):
        _take(world, path, tmp_path / "in")


def _claim(world: World, folder: Path, content: bytes, *names: str) -> Path:
    """Make a production that says of one file that it was there under many names."""
    path = _produce(world, folder, {"a": content})
    (one,) = hash_files(find_files([folder / "source/a"]))
    records = tuple(CertifiedFile(digests=one.digests, name=name, size=one.size) for name in sorted(names))
    envelope = sign_certificate(_certificate(records), _signer(world))
    lines = b"".join(canonical.encode(item) + b"\n" for item in records)
    _rewrite(path, lambda members: members.update({CERTIFICATE: envelope, LINES: lines}))
    return path


def test_equal_files_take_their_room_once(world: World, tmp_path: Path) -> None:
    """A production of 20 MB must not fill a disk, whatever its list says."""
    path = _claim(world, tmp_path, b"x" * 100_000, *(f"d/{number:03}" for number in range(300)))
    taken = _take(world, path, tmp_path / "in")
    assert len(taken) == 300
    assert set(taken.values()) == {b"x" * 100_000}
    assert len({item.stat().st_ino for item in (tmp_path / "in/d").iterdir()}) == 1


@pytest.mark.parametrize("name", ["n" * 300, "d/" * 1_900 + "x", "n" * 300 + "/x"], ids=["long", "deep", "long folder"])
def test_a_name_that_cannot_be_laid_out_is_refused(world: World, tmp_path: Path, name: str) -> None:
    """It is the provider's name that is at fault, and nothing of this machine."""
    path = _claim(world, tmp_path, b"x", name)
    _rewrite(path, lambda members: members.pop(LINES, None))  # type: ignore[arg-type]
    with pytest.raises(VerificationError) as caught:
        _take(world, path, tmp_path / "in")
    assert caught.value.code == "certificate.file"


def test_a_full_disk_is_no_fault_of_the_provider(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told that the certificate is wrong asks for another one, which doesn't help."""
    path = _claim(world, tmp_path, b"x", "d/x")
    genuine = Path.mkdir

    def fill(folder: Path, *args: Any, **kwargs: Any) -> None:
        if folder.name == "d":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        genuine(folder, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", fill)
    with pytest.raises(OSError, match="No space left"):
        _take(world, path, tmp_path / "in")


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", ".", "a/../b", "", "a/."])
def test_a_certified_name_stays_below_its_folder(name: str) -> None:
    """Whoever signs such a name is refused before anything is written."""
    with pytest.raises((ValueError, RecordError)):
        canonical.decode(
            canonical.encode({"digests": {"sha256": "ab" * 32}, "name": name, "size": 1}), CertifiedFile, maximum=4096
        )


def test_only_a_provider_that_is_enrolled_certifies(world: World, tmp_path: Path) -> None:
    """A stranger's key, another's name, somebody without the role, a key that was revoked."""
    records = (CertifiedFile(digests=Digests(sha256="ab" * 32), name="x", size=1),)
    stranger = Ed25519Signer.generate(agent=PROVIDER, random=lambda size: b"\x07" * size)
    cases = [
        (stranger, PROVIDER),
        (_signer(world, "courier-1"), PROVIDER),
        (_signer(world, "courier-1"), "courier-1"),
    ]
    for signer, provider in cases:
        raw = sign_certificate(_certificate(records, provider), signer)
        with world.store.read() as reader, pytest.raises(RefusedError, match=r"certificate\.signer"):
            open_certificate(raw, reader.view())


def test_a_certificate_with_another_signature_does_not_hold(world: World) -> None:
    """The payload of one with the signature of another."""
    records = (CertifiedFile(digests=Digests(sha256="ab" * 32), name="x", size=1),)
    first = canonical.decode(sign_certificate(_certificate(records), _signer(world)), Envelope, maximum=65_535)
    other = canonical.decode(sign_certificate(_certificate(()), _signer(world)), Envelope, maximum=65_535)
    mixed = Envelope(payload=first.payload, payloadType=first.payloadType, signatures=other.signatures)
    with world.store.read() as reader, pytest.raises(VerificationError, match=r"signature\.invalid"):
        open_certificate(canonical.encode(mixed), reader.view())


def test_an_envelope_of_another_kind_is_no_certificate(world: World) -> None:
    """A signature on an event must not count for a certificate, nor the other way round."""
    envelope = canonical.decode(sign_certificate(_certificate(()), _signer(world)), Envelope, maximum=65_535)
    event = Envelope(
        payload=envelope.payload, payloadType="application/vnd.custody.event.v1+json", signatures=envelope.signatures
    )  # fmt: skip
    with pytest.raises(RecordError, match=r"certificate\.type"):
        parse_certificate(event)
    strange = Envelope(
        payload=format_base64(b'{"x":1}'), payloadType=CERTIFICATE_PAYLOAD_TYPE, signatures=envelope.signatures
    )  # fmt: skip
    with pytest.raises(RecordError, match=r"record\.malformed"):
        parse_certificate(strange)


@pytest.mark.parametrize(
    "changes",
    [{"until": "2027-01-01T00:00:00Z"}, {"content": UNSET}, {"method": UNSET}, {"kind": "preservation"}],
)
def test_a_certificate_says_what_its_kind_says(changes: dict[str, object]) -> None:
    """Content and method for a production, an end for a preservation, never both."""
    plain = {name: getattr(_certificate(()), name) for name in Certificate.__struct_fields__}
    with pytest.raises(ValueError, match="stand"):
        Certificate(**{**plain, **changes})


def test_links_and_doubles_are_not_handed_over(tmp_path: Path) -> None:
    """A link could lead to what nobody asked for; two files of one name would hide one."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "a/x")
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x").write_bytes(b"2")
    for paths in ([tmp_path / "link"], [tmp_path / "a/x", tmp_path / "b/x"], [tmp_path / "none"]):
        with pytest.raises(UsageError, match=r"produce\.file"):
            find_files(paths)
    (tmp_path / "void").mkdir()
    with pytest.raises(UsageError, match=r"produce\.empty"):
        find_files([tmp_path / "void"])


def test_the_container_names_its_certificate() -> None:
    """A name that others rely on."""
    assert CERTIFICATE == "certificate.json"


NOW = datetime(2026, 11, 21, 13, tzinfo=UTC)
ASKED = "2026-11-20T00:00:00Z"


def _preserving(issued_at: str, until: str) -> Certificate:
    return Certificate(
        answers=CertifiedRequest(sha256="cd" * 32), issued_at=issued_at, kind="preservation", nonce="00" * 16,
        provider=PROVIDER, schema="custody-certificate/v1", until=until,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("issued_at", "until"),
    [
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("2026-11-22T13:00:01Z", "2027-11-22T13:00:01Z"),
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"),
        ("1972-01-01T00:00:00Z", "1971-01-01T00:00:00Z"),
    ],
)
def test_times_that_nobody_can_mean_are_refused(issued_at: str, until: str) -> None:
    """A confirmation from the future, or of data that are gone already, would silence the watch over them."""
    with pytest.raises(RefusedError) as caught:
        check_times(_preserving(issued_at, until), asked_at=ASKED, now=NOW)
    assert caught.value.code == "certificate.time"


@pytest.mark.parametrize(
    ("issued_at", "is_warned"), [("2026-11-19T00:00:00Z", True), (ASKED, False), ("2026-11-22T12:00:00Z", False)]
)
def test_an_answer_older_than_its_request_is_told(issued_at: str, is_warned: bool) -> None:
    """A clock may be wrong, so it is taken; a zone may be, so a day ahead says nothing."""
    warning = check_times(_preserving(issued_at, "2027-11-21T00:00:00Z"), asked_at=ASKED, now=NOW)
    assert (warning is not None) == is_warned
