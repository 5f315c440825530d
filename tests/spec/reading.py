"""The story's bundle, as the verifier sees it: members in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

from custody.verify.record.source import FoundFile, Source
from custody.verify.record.trusting import parse_trust
from custody.verify.verify import Trusted, Verified, verify
from schemas.errors import VerificationError
from tests.spec.story import bundled

AT = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Members:
    """A `custody.verify.record.source.Source` of members whose container is not the question."""

    members: Mapping[str, bytes]

    def names(self) -> Sequence[str]:
        """Return the names."""
        return tuple(self.members)

    def read(self, name: str, maximum: int) -> bytes:
        """Return a member."""
        assert len(self.members[name]) <= maximum
        return self.members[name]

    def lines(self, name: str, maximum: int) -> Iterator[bytes]:
        """Yield the lines of a member without their LF."""
        for line in self.members[name].split(b"\n")[:-1]:
            if len(line) >= maximum:
                raise VerificationError("container.line", f"{name}: expected LF within {maximum} bytes")
            yield line

    def inherited(self, name: str) -> Source:
        """Refuse: the pages show no bundle within a bundle."""
        raise VerificationError("container.not-a-zip", f"expected no bundle in {name}")

    def within(self, raw: bytes) -> Source:
        """Refuse: the pages show no letter that is a document."""
        raise VerificationError("container.not-a-zip", f"expected no letter, found {len(raw)} bytes")

    def measure(self, name: str) -> FoundFile:
        """Return digest and size of a member."""
        raw = self.members[name]
        return FoundFile(sha256(raw).hexdigest(), len(raw))

    def pieces(self, name: str) -> bytes:
        """Return nothing: no file of the story is larger than one piece."""
        return b""


@cache
def verified() -> Verified:
    """Return what the verifier finds of the story's bundle, with the story's trust file."""
    made = bundled()
    trusted = Trusted(parse_trust(made.trust), sha256(made.trust).hexdigest())
    return verify(Members(made.members), trusted=trusted, at=AT)
