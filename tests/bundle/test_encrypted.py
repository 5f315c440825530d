"""Evidence that travels encrypted: what its recipient can tell, what others can't, and who is at fault for what."""

from __future__ import annotations

import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.bundle.container import open_container
from custody.bundle.decrypt import BundleDecryption
from custody.bundle.exhibit_files import content_opener, exhibit_files
from custody.bundle.source import Folders, verify_bundle, verify_container
from custody.bundle.unpack import unpack
from custody.cli.demo.forgery import Members, pack, take_apart
from custody.verify.verify import Trusted, Verified
from keys.private.age import AgeIdentity, encrypt_stream
from schemas import canonical, layout
from schemas.errors import StorageError, VerificationError
from schemas.report import Severity, Verdict
from tests.bundle.test_build import CASE, FILES, Office
from tests.vectors.forge import Forge, Vault
from tests.world import World, settled

MINE, OTHER = AgeIdentity.generate(), AgeIdentity.generate()
LARGE = bytes(range(256)) * 20_000


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new office."""
    return Office(tmp_path)


def check(path: Path, *identities: AgeIdentity, files: tuple[Path, ...] = (), **trusted: Any) -> Verified:
    """Verify a bundle with identities."""
    outcome = verify_bundle(
        path,
        trusted=trusted.get("trusted", Trusted()),
        at=trusted["at"],
        elsewhere=Folders(files),
        decrypting=(lambda container: BundleDecryption(container, identities)) if identities else None,
    )
    assert outcome.verified is not None
    return outcome.verified


def codes(verified: Verified) -> set[str]:
    """Return the codes of what step 9 found."""
    return {item.code for item in verified.report.findings if item.step == 9}


def test_only_the_recipients_read_the_evidence(office: Office) -> None:
    """Whoever carries the file sees the proofs, and none of the evidence."""
    built = office.build(recipients=(MINE.recipient, OTHER.recipient))
    raw = built.path.read_bytes()
    assert not any(content in raw for content in FILES.values())
    for identity in (MINE, OTHER):
        verified = check(built.path, identity, trusted=office.trusted(), at=office.world.at)
        assert verified.report.verdict is Verdict.PASSED
    assert codes(check(built.path, trusted=office.trusted(), at=office.world.at)) == {"content.encrypted"}
    assert codes(check(built.path, AgeIdentity.generate(), at=office.world.at)) == {"content.identity"}
    assert sorted(path.name for path in built.path.parent.iterdir() if path.name.startswith(".")) == []


def test_a_document_with_the_bytes_of_a_file_has_a_ciphertext_of_its_own(office: Office) -> None:
    """A report may be evidence and a document at once; one ciphertext stands for one of them."""
    digest = sha256(FILES["chat.txt"]).hexdigest()
    details = {"documents": [digest], "purpose": "reading"}
    act = office.world.custody_act("exhibit.examined", CASE, "EX-1", details, actor="examiner-1")
    office.world.append(office.world.sign(act))
    vault = Vault(office.folder, office.world.contents)
    object.__setattr__(vault, "document", vault.file)
    built = office.build(recipients=(MINE.recipient,), vault=vault)
    verified = check(built.path, MINE, trusted=office.trusted(), at=office.world.at)
    assert verified.report.verdict is Verdict.PASSED


def test_the_plain_file_given_apart_will_do(office: Office) -> None:
    """An expert may have been given the decrypted files and not the authority's key."""
    built = office.build(recipients=(OTHER.recipient,))
    folder = office.folder / "plain"
    folder.mkdir()
    for content in FILES.values():
        (folder / sha256(content).hexdigest()).write_bytes(content)
    for identities in ((), (MINE,)):
        verified = check(built.path, *identities, files=(folder,), trusted=office.trusted(), at=office.world.at)
        assert verified.report.verdict is Verdict.PASSED


def test_a_large_file_is_encrypted_and_unpacked_as_a_stream(office: Office, tmp_path: Path) -> None:
    """A disk image never stands in memory as a whole: several pieces are under way, and all arrive."""
    office.world.register(CASE, "EX-2", actor="examiner-1", files={"image.dd": LARGE})
    built = office.build("large.zip", "EX-2", recipients=(MINE.recipient,))
    with open_container(built.path) as container:
        decryption = BundleDecryption(container, [MINE])
        verified = verify_container(
            container, trusted=office.trusted(), at=office.world.at, decryption=decryption
        )  # fmt: skip
        opener = content_opener(container, Folders(()), decryption)
        done = unpack(exhibit_files(container, verified), open_content=opener, target=tmp_path / "out")
    assert (verified.report.verdict, done.files, done.bytes) == (Verdict.PASSED, 1, len(LARGE))
    assert (tmp_path / "out" / CASE / "EX-2" / "image.dd").read_bytes() == LARGE


def test_a_reader_who_stops_halfway_leaves_no_thread_behind(office: Office) -> None:
    """Unpacking may end at a full disk; what was decrypting must end too."""
    office.world.register(CASE, "EX-2", actor="examiner-1", files={"image.dd": LARGE * 4})
    built = office.build("large.zip", "EX-2", recipients=(MINE.recipient,))
    with open_container(built.path) as container:
        (name,) = container.names(layout.ENCRYPTED)
        stream = BundleDecryption(container, [MINE]).open(name)
        assert stream is not None
        assert stream.read(10) == LARGE[:10]
        stream.close()
        assert stream.closed


def test_nothing_is_packed_of_a_file_that_is_not_the_registered_one(office: Office) -> None:
    """Encrypted, a swapped file would be noticed only by its recipient."""
    contents = {name: b"x" * len(raw) for name, raw in office.world.contents.items()}
    size = office.world.store.read
    with size() as reader:
        before = reader.head().size
    with pytest.raises(VerificationError, match=r"bundle\.source-changed"):
        office.build(recipients=(MINE.recipient,), vault=Vault(office.folder, contents))
    with size() as reader:
        assert reader.head().size == before
    assert not list(office.folder.glob("*.zip"))


def encrypted(plain: bytes, recipient: str = MINE.recipient) -> bytes:
    """Return a ciphertext."""
    out = io.BytesIO()
    encrypt_stream(io.BytesIO(plain).read, out.write, [recipient])
    return out.getvalue()


def forged(folder: Path, change: Callable[[bytes], bytes]) -> tuple[Path, Any]:
    """Return a bundle whose one file stands there as the ciphertext that ``change`` makes of its plain bytes; all
    digests fit, so only who decrypts it can tell.
    """
    world = settled(World())
    world.register(CASE, "EX-1", actor="examiner-1", files={"chat.txt": LARGE})
    name = layout.FILES + sha256(LARGE).hexdigest()

    def edit(members: Members) -> None:
        raw = change(members.pop(name))
        digest = sha256(raw).hexdigest()
        members[f"{layout.ENCRYPTED}{digest}.age"] = raw
        record = msgspec.json.decode(members[layout.BUNDLE])
        record["files"][0]["encrypted"] = {"sha256": digest, "size": len(raw)}
        members[layout.BUNDLE] = canonical.encode(record)

    path = folder / "forged.zip"
    path.write_bytes(pack(Forge.of(world, folder).bundle([(CASE, "EX-1")], edit_payload=edit)))
    return path, world.at


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda plain: encrypted(b"something else"), "content.plaintext"),
        (lambda plain: encrypted(plain + b"x"), "content.plaintext"),
        (lambda plain: encrypted(plain)[:-1], "content.ciphertext"),
        (lambda plain: encrypted(plain)[:-70_000], "content.ciphertext"),
        (lambda plain: plain, "content.ciphertext"),
        (lambda plain: b"", "content.ciphertext"),
    ],
    ids=["other", "longer", "cut", "cut-early", "plain", "empty"],
)
def test_wrong_bytes_under_encryption_fail_once_they_are_decrypted(
    tmp_path: Path, change: Callable[[bytes], bytes], code: str
) -> None:
    """Encryption must not be a place to hide what would be found in clear."""
    path, at = forged(tmp_path, change)
    verified = check(path, MINE, at=at)
    failed = {item.code for item in verified.report.findings if item.severity is Severity.FAILED}
    assert failed == {code}
    assert codes(check(path, at=at)) == {"content.encrypted"}
    (tmp_path / sha256(LARGE).hexdigest()).write_bytes(LARGE)
    still = check(path, MINE, files=(tmp_path,), at=at)
    assert code in codes(still)


def test_a_good_ciphertext_of_a_forger_is_no_failure(tmp_path: Path) -> None:
    """Else the cases above would prove nothing."""
    path, at = forged(tmp_path, encrypted)
    assert codes(check(path, MINE, at=at)) == set()


def test_a_changed_ciphertext_fails_without_any_key(office: Office) -> None:
    """Its digest is committed to like any other."""
    built = office.build(recipients=(MINE.recipient,))
    members = take_apart(built.path)
    name = next(name for name in members if name.startswith(layout.ENCRYPTED))
    members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])
    built.path.write_bytes(pack(members))
    verified = check(built.path, at=office.world.at)
    assert verified.report.verdict is Verdict.FAILED
    assert "bag.digest" in {item.code for item in verified.report.findings}
    assert "content.ciphertext" in codes(check(built.path, MINE, at=office.world.at))


def test_a_broken_disk_is_no_damaged_ciphertext(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine can't read says nothing about the sender."""
    built = office.build(recipients=(MINE.recipient,))
    with open_container(built.path) as container:
        decryption = BundleDecryption(container, [MINE])

        def broken(*_: Any) -> Any:
            raise StorageError("storage.io", "reading: input/output error")

        name = container.names(layout.ENCRYPTED)[0]
        monkeypatch.setattr("custody.bundle.region.FileRegion.read_at", broken)
        with pytest.raises(StorageError, match=r"storage\.io"):
            decryption.open(name)
