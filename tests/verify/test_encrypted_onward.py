"""Evidence that goes on encrypted proves its history through both ledgers, for whoever has the key."""

from pathlib import Path

from custody.bundle.decrypt import BundleDecryption
from custody.bundle.source import verify_bundle
from keys.private.age import AgeIdentity
from tests.border import FILES, codes, trust
from tests.verify.test_inherited import Road

MINE = AgeIdentity.generate()


def test_the_inner_bundle_finds_its_files_decrypted_in_the_outer_one(tmp_path: Path) -> None:
    """The first ledger's bundle travels without files; they are the outer one's, which only the recipient reads."""
    road = Road(tmp_path)
    road.arrive()
    plain = road.codes(road.onward("plain.zip"))
    sent = road.b.build("sealed.zip", "EX-1", to="c-police", recipients=(MINE.recipient,)).path
    assert not any(content in sent.read_bytes() for content in FILES.values())

    def verify(*identities: AgeIdentity) -> set[str]:
        outcome = verify_bundle(
            sent,
            trusted=trust(road.a, road.b),
            at=road.b.world.at,
            decrypting=(lambda container: BundleDecryption(container, identities)) if identities else None,
        )
        assert outcome.verified is not None
        return codes(outcome.verified)

    assert verify(MINE) == plain
    assert "content.encrypted" in verify()
