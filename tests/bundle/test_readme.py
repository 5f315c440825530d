"""The page in each bundle that says how to check it without our software."""

from custody.bundle.readme import LISTED, format_readme
from schemas.content import Content, Digests, FileRecord
from schemas.types import Private

ORIGIN = "evidence.police.example/main"
DIGEST = "5c" * 32
RECORD = FileRecord(digests=Digests(sha256=DIGEST), path=Private(commitment="0a" * 32), size=5, type="file")
INSIDE = Content(bytes=5, count=1, files=(RECORD,), root="1b" * 32)
APART = Content(bytes=90, count=17, root="2d" * 32)


def _page(number: str = "EX-1", content: Content | None = INSIDE, files: int = 1) -> str:
    made = {f"{index:064x}": 5 for index in range(files - 1)} | {DIGEST: 5}
    return format_readme(origin=ORIGIN, exhibits=[("2026-0417", number, content)], files=made).decode("utf-8")


def test_the_page_names_origin_exhibits_digests_and_three_levels() -> None:
    """Who has nothing but the zip file must learn from it what it is and how to check it."""
    page = _page()
    for words in (ORIGIN, "Case 2026-0417, exhibit EX-1", f"SHA-256 {DIGEST}", "sha256sum -c", "verify_from_spec.py"):
        assert words in page
    assert [f"LEVEL {level}" in page for level in (1, 2, 3)] == [True] * 3


def test_an_exhibit_of_many_files_points_to_its_manifest() -> None:
    """Digests of more than 16 files stand in a member of their own, which the reader must find."""
    assert f"data/manifests/{APART.root}.jsonl" in _page(content=APART)
    assert "physical object" in _page(content=None)


def test_the_same_bundle_has_the_same_page() -> None:
    """The exporting entry commits to the page, so it can't depend on anything but its arguments."""
    exhibits = [("c", "2", None), ("c", "1", None)]
    one = format_readme(origin=ORIGIN, exhibits=exhibits, files={"a": 1, "b": 2})
    assert one == format_readme(origin=ORIGIN, exhibits=exhibits[::-1], files={"b": 2, "a": 1})


def test_a_number_cannot_forge_a_line_of_the_page() -> None:
    """A case number is what somebody typed; a mark of direction in it would show another one."""
    page = _page("EX\u202e1\u2028LEVEL 4")
    assert "\u202e" not in page
    assert "\u2028" not in page
    assert "EX%E2%80%AE1" in page


def test_the_page_stays_short_for_a_bundle_of_many_files() -> None:
    """A page of a million lines would be read by nobody."""
    assert len(_page(files=10_000).splitlines()) < LISTED + 100
    assert "and 9900 more" in _page(files=10_000)


def test_the_page_holds_no_word_of_the_machinery() -> None:
    """It's written for people."""
    words = set(_page().lower().replace("/", " ").split())
    assert words.isdisjoint({"leaf", "trie", "root", "dsse", "merkle"})
