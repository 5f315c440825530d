"""The report as one page: nothing in it runs, nothing is fetched, everybody can read and print it."""

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from custody.report.html_report import format_html
from tests.report.stories import ATTACKS, document_of, full_story

VOID = frozenset({"br", "meta"})


class Page(HTMLParser):
    """Reads a page as a browser would: elements, attributes, text, and whether every element is closed."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.style = ""
        self.feed(raw.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All that is read, with single spaces."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def passed() -> Page:
    """The page on the story as it is."""
    told = full_story()
    return Page(format_html(document_of(told.bundle, told.trust)))


@pytest.fixture(scope="module")
def failed() -> Page:
    """The page on the story with a byte of evidence changed, and no trust file."""
    told = full_story()
    return Page(format_html(document_of(told.bundle.replace(b"room 4\n", b"room 5\n"), None)))


def test_nothing_on_the_page_runs_or_is_fetched(passed: Page) -> None:
    """The page is opened in offices that must not call home, next to evidence of people who write exploits."""
    tags = {tag for tag, _ in passed.elements}
    assert tags.isdisjoint({"script", "img", "link", "iframe", "object", "embed", "form", "base", "video", "audio"})
    for tag, attributes in passed.elements:
        assert not any(name.startswith("on") or name in {"src", "style", "srcdoc"} for name in attributes), tag
        assert attributes.get("href", "#").startswith("#")
    assert "url(" not in passed.style
    assert "@import" not in passed.style


def test_the_page_forbids_itself_everything_but_its_style(passed: Page) -> None:
    """Should an escape ever fail, the browser still refuses to run what got in."""
    policies = [item["content"] for tag, item in passed.elements if item.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(sha256(passed.style.encode()).digest()).decode()
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]


def test_every_element_is_closed_and_every_reference_has_its_target(passed: Page, failed: Page) -> None:
    """A page that a browser has to guess about reads differently in another one."""
    for page in (passed, failed):
        assert page.open == []
        targets = {item["id"] for _, item in page.elements if "id" in item}
        named = {item["href"][1:] for _, item in page.elements if "href" in item}
        named |= {item["aria-labelledby"] for _, item in page.elements if "aria-labelledby" in item}
        assert named <= targets


def test_the_page_can_be_read_by_everybody(passed: Page) -> None:
    """Courts have blind judges too: language, one main heading, headers of tables with their scope."""
    assert ("html", {"lang": "en"}) in passed.elements
    assert [tag for tag, _ in passed.elements].count("h1") == 1
    assert all("scope" in item for tag, item in passed.elements if tag == "th")


def test_hostile_names_are_text_on_the_page(passed: Page) -> None:
    """A file may be called like an element of a page, or turn the direction of what stands beside it."""
    assert "svg" not in {tag for tag, _ in passed.elements}
    assert "<svg/onload=x>.txt" in passed.text
    assert [char for name in ATTACKS for char in name if not char.isprintable() and char in passed.text] == []


@pytest.mark.parametrize("story", ["passed", "failed"])
def test_the_page_says_what_the_text_says(story: str, request: pytest.FixtureRequest) -> None:
    """Two forms of one report that differ would be two reports."""
    page: Page = request.getfixturevalue(story)
    told = full_story()
    bundle, trust = (told.bundle, told.trust)
    if story == "failed":
        bundle, trust = bundle.replace(b"room 4\n", b"room 5\n"), None  # type: ignore[assignment]
    document = document_of(bundle, trust)
    wanted = [document.headline, document.closing, *document.meaning, *document.not_asked, *document.limits]
    wanted += [value for _, value in document.basis]
    wanted += [act.headline for exhibit in document.exhibits for act in exhibit.story.acts]
    wanted += [item.meaning for step in document.steps for item in step.findings]
    squeezed = re.sub(r"\s+", " ", page.text)
    assert [words for words in wanted if " ".join(words.split()) not in squeezed] == []
