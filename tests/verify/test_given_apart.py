"""A file that was given apart counts by its digest: one that nobody read is never taken for the registered one."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.bundle.container import read_container
from custody.bundle.region import Held
from custody.bundle.source import BundleSource
from custody.verify.record.source import FoundFile
from custody.verify.verify import Trusted, verify
from schemas.report import Severity
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in


class Unread:
    """Files that are longer than they may be by so many bytes, or as long, of which none was read."""

    def __init__(self, longer: int) -> None:
        self._longer = longer

    def find(self, sha256: str, /, *, size: int | None = None) -> FoundFile:
        """Tell how long it is."""
        return FoundFile("", (size or 0) + self._longer)


@pytest.mark.parametrize("longer", [0, 1])
def test_what_was_not_read_is_not_the_file(tmp_path: Path, longer: int) -> None:
    """Whoever gives files may be told another length by a bundle around this one; equal lengths prove nothing."""
    post = Post(tmp_path, "a", {})
    source = BundleSource(read_container(Held(pack(post.bundle("EX-1", to="ministry", is_detached=True)))))
    trusted = Trusted(trust_in(post), "00" * 32)
    report = verify(source, trusted=trusted, at=post.world.at, elsewhere=Unread(longer)).report
    assert {item.severity for item in report.findings if item.code == "content.mismatch"} == {Severity.FAILED}
