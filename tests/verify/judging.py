"""What a reader finds in the members of a forged bundle."""

from __future__ import annotations

from datetime import UTC, datetime

from custody.bundle.container import read_container
from custody.bundle.region import Held
from custody.bundle.source import BundleSource
from custody.verify.verify import Trusted, Verified, verify
from schemas.trust import Trust
from tests.vectors.forge import Members, pack
from tests.vectors.posts import Post, trust_in

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read_members(members: Members, *posts: Post, trust: Trust | None = None) -> Verified:
    """Verify a bundle as somebody does who knows these ledgers."""
    source = BundleSource(read_container(Held(pack(members))))
    return verify(source, trusted=Trusted(trust or trust_in(*posts), "00" * 32), at=AT)


def found_in(members: Members, *posts: Post, trust: Trust | None = None) -> set[tuple[str, str]]:
    """Return code and severity of what such a reader is told."""
    found = read_members(members, *posts, trust=trust).report.findings
    return {(item.code, item.severity.value) for item in found}
