"""Exhibits that name one list of files, each under orders of its own: the list is read once, each is told its own."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from custody.bundle.container import read_container
from custody.bundle.region import Held
from custody.bundle.source import BundleSource
from custody.verify.verify import Trusted, verify
from schemas.report import Report
from schemas.types import UNSET
from tests.vectors.content_cases import make_list
from tests.vectors.forge import pack
from tests.vectors.posts import Post, trust_in
from tests.vectors.setting import CASE

RAW = [b"one", b"two", b"three"]
FILES = [sha256(raw).hexdigest() for raw in RAW]


def post_of(folder: Path, count: int, raws: list[bytes]) -> tuple[Post, list[str], str]:
    """Return a ledger with so many exhibits of one list of files, their numbers, and the content root."""
    post = Post(folder, "a", {})
    records = (
        {"digests": {"sha256": sha256(raw).hexdigest()}, "path": f"{at:04}", "size": len(raw), "type": "file"}
        for at, raw in enumerate(raws)
    )
    post.world.contents.update({sha256(raw).hexdigest(): raw for raw in raws})
    content, raw, _ = make_list(post, *records)
    post.forge.manifests[content.root] = raw
    told: dict[str, Any] = {"content": replace(content, files=UNSET), "kind": "directory", "nature": "data"}
    names = [f"N-{number:04}" for number in range(count)]
    for name in names:
        post.forge.add(post.world.sign(post.world.registration(CASE, name, actor="examiner-1", **told)))
    return post, names, content.root


def report_on(post: Post, names: list[str], **parts: Any) -> Report:
    """Return what a reader is told."""
    raw = pack(post.bundle(*names, to="ministry", **parts))
    source = BundleSource(read_container(Held(raw)))
    return verify(source, trusted=Trusted(trust_in(post), "00" * 32), at=post.world.at).report


def told(report: Report, name: str) -> Counter[str]:
    """Return what was found of the content of one exhibit, and how often."""
    mine = (item for item in report.findings if item.step == 9 and item.subject.partition(":")[0] == f"{CASE}/{name}")
    return Counter(item.code for item in mine)


@pytest.mark.parametrize("is_first_ordered", [False, True])
def test_each_exhibit_is_told_what_its_own_orders_destroyed(tmp_path: Path, is_first_ordered: bool) -> None:
    """What one order excuses is missing in every other exhibit of the same list."""
    post, names, root = post_of(tmp_path, 5, RAW)
    if is_first_ordered:
        post.erase(names[0], files=[FILES[0]])
    post.erase(names[1], files=[FILES[1]])
    post.erase(names[2], files=sorted(FILES[1:]))
    post.erase(names[3], files=sorted(FILES))
    post.erase(names[4], contents=[root])
    report = report_on(post, names, is_detached=True)
    first = {"content.absent": 2, "content.erased": 1} if is_first_ordered else {"content.absent": 3}
    assert told(report, names[0]) == first
    assert told(report, names[1]) == {"content.absent": 1, "content.erased": 1}
    assert told(report, names[2]) == {"content.absent": 1, "content.erased": 2}
    assert told(report, names[3]) == {"content.erased": 3}
    assert told(report, names[4]) == {"content.erased": 3}


def test_what_is_shown_against_an_order_is_told_of_that_exhibit(tmp_path: Path) -> None:
    """The others may have it."""
    post, names, _ = post_of(tmp_path, 3, RAW)
    post.erase(names[1], files=[FILES[1]])
    report = report_on(post, names)
    assert [told(report, name) for name in names] == [{}, {"content.erased-shown": 1}, {}]


def test_a_list_is_read_once_whatever_orders_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of 256 orders about an exhibit of its own would else cost a reader one more reading of a million files."""
    raws = [f"file {number}".encode() for number in range(12)]
    post, names, _ = post_of(tmp_path, 12, raws)
    for name, raw in zip(names, raws, strict=True):
        post.erase(name, files=[sha256(raw).hexdigest()])
    made, read = pack(post.bundle(*names, to="ministry")), Counter[str]()
    lines = BundleSource.lines

    def counted(self: BundleSource, name: str, maximum: int) -> Any:
        read[name] += 1
        return lines(self, name, maximum)

    monkeypatch.setattr(BundleSource, "lines", counted)
    verify(BundleSource(read_container(Held(made))), trusted=Trusted(trust_in(post), "00" * 32), at=post.world.at)
    assert max(read.values()) == 1
