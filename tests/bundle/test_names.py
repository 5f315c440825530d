"""Names that suspects gave: shown as they are, written so that no system trips over them."""

import re
import unicodedata
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.bundle.names import LONG, WHOLE_BYTES, NamePlan, clean_part, collision_key, show_text

WINDOWS = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")}


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (b"report.txt", "report.txt"),
        ("Übersicht 第3巻　最終.pdf".encode(), "Übersicht 第3巻　最終.pdf"),
        ("נוהל حيازة.txt".encode(), "נוהל حيازة.txt"),
        (b"reports: draft?.txt", "reports%3A draft%3F.txt"),
        (b"file.txt:stream", "file.txt%3Astream"),
        (b"..\\..\\x", "..%5C..%5Cx"),
        (b"CON", "_CON"),
        (b"nul.tar.gz", "_nul.tar.gz"),
        (b"Com1 .txt", "_Com1 .txt"),
        ("LPT²".encode(), "_LPT²"),
        (b"CONIN$", "_CONIN$"),
        (b"console", "console"),
        (b"x.", "x%2E"),
        (b"x. .", "x%2E%20%2E"),
        (b" x", "%20x"),
        (b".", "%2E"),
        (b"..", "%2E%2E"),
        (b"...", "%2E%2E%2E"),
        (b"", "_empty"),
        (b" ", "%20"),
        (b"a\nb\rc\x00d\x7f", "a%0Ab%0Dc%00d%7F"),
        (b"photo\xff.jpg", "photo%FF.jpg"),
        (b"\xed\xa0\x80", "%ED%A0%80"),
        ("invoice\u202efdp.exe".encode(), "invoice%E2%80%AEfdp.exe"),
        ("a\u200bb\u00adc\ufeffd\u2066e".encode(), "a%E2%80%8Bb%C2%ADc%EF%BB%BFd%E2%81%A6e"),
        ("a\u3164b\ufe0fc\u00a0d\u2028e\x85".encode(), "a%E3%85%A4b%EF%B8%8Fc%C2%A0d%E2%80%A8e%C2%85"),
        ("tag\U000e0041".encode(), "tag%F3%A0%81%81"),
        (b"100%.txt", "100%.txt"),
        (b"100%41.txt", "100%2541.txt"),
        (b"~/.ssh", "~%2F.ssh"),
    ],
)
def test_a_part_is_written_as_expected(raw: bytes, written: str) -> None:
    """Readable names stay as they are; what lies or leads elsewhere becomes visible."""
    assert clean_part(raw) == written


_PARTS = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(sorted(RESERVED)).map(str.encode),
    st.text(alphabet=". CONaux123:%/\\\u202e\u0301é", max_size=12).map(str.encode),
)


@given(raw=_PARTS)
@example(raw=b"a" * 239 + b".")
@example(raw=("\u00e9" * 200 + " .txt").encode())
@example(raw=b"x" * 100 + b"." + b" " * 200)
def test_a_clean_part_is_safe_on_every_system(raw: bytes) -> None:
    """One rule for all systems: nothing illegal, reserved, hidden at the end, or too long."""
    name = clean_part(raw)
    assert name not in ("", ".", "..")
    assert not WINDOWS.search(name)
    assert name[-1] not in " ."
    assert name[0] != " "
    assert name.split(".")[0].rstrip(" ").lower() not in RESERVED
    assert len(name.encode("utf-8")) <= 239
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)


@given(raw=_PARTS)
def test_what_is_shown_leads_back_to_the_bytes(raw: bytes) -> None:
    """An expert can recover the true name from the list, whatever it was."""
    shown = show_text(raw)
    assert unquote_to_bytes(shown) == raw
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") for c in shown)


def test_long_names_stay_two_and_keep_their_extension() -> None:
    """A cut alone would make one name of two."""
    first, second = clean_part(b"x" * 300 + b"1.docx"), clean_part(b"x" * 300 + b"2.docx")
    assert first != second
    assert first.endswith(".docx")
    assert clean_part(b"." + b"x" * 300).startswith(".xxx")


@pytest.mark.parametrize(
    ("first", "second", "written"),
    [
        (b"a.txt", b"A.TXT", "A (2).TXT"),
        ("é".encode(), "e\u0301".encode(), "e\u0301 (2)"),
        ("straße".encode(), b"STRASSE", "STRASSE (2)"),
        ("ﬁle".encode(), b"file", "file (2)"),
        (b"a:b", b"a%3Ab", "a%253Ab"),
        (b"a\x00", b"a%00", "a%2500"),
        (b"_CON", b"CON", "_CON (2)"),
        (b".x", b".X", ".X (2)"),
        (b"_LONG", b"b", "b"),
    ],
)
def test_names_that_some_system_takes_for_one_are_numbered(first: bytes, second: bytes, written: str) -> None:
    """On a case-blind disk the second file would silently replace the first."""
    plan = NamePlan()
    plan.place_file((first,))
    assert plan.place_file((second,)) == (written,)


def test_directories_that_collide_stay_two() -> None:
    """`a/x` and `A/x` are two files in two folders, also where folders don't differ by case."""
    plan = NamePlan()
    assert plan.place_file((b"a", b"x")) == ("a", "x")
    assert plan.place_file((b"A", b"x")) == ("A (2)", "x")
    assert plan.place_file((b"a", b"y")) == ("a", "y")
    assert plan.place_directory((b"A",)) == ("A (2)",)
    assert plan.place_file((b"a",)) == ("a (3)",)


def test_names_of_ours_are_never_given_away() -> None:
    """A suspect's `_NAMES.csv` must not replace the list that would expose it."""
    plan = NamePlan(taken=("_names.csv",))
    assert plan.place_file((b"_NAMES.csv",)) == ("_NAMES (2).csv",)
    assert plan.place_file((LONG.encode(), b"x")) == (f"{LONG} (2)", "x")


def test_paths_too_deep_or_too_long_get_a_place_that_any_tool_opens() -> None:
    """Sixteen thousand nested folders are a trap for whoever deletes them."""
    plan = NamePlan()
    deep = (b"a",) * 16_000 + (b"file.txt",)
    assert plan.place_file(deep)[0] == LONG
    assert plan.place_file(deep)[-1] == "file (2).txt"
    wide = (*(b"b" * 200,) * 5, b"file.txt")
    assert plan.place_file(wide)[0] == LONG
    assert plan.place_directory(deep) == plan.place_directory(wide[:-1]) == ()
    assert plan.place_file((*(b"b" * 200,) * 4, b"file.txt"))[:-1] == ("b" * 200,) * 4


_SMALL = st.lists(
    st.sampled_from([b"a", b"A", b"a (2)", b"A (2)", b"", b"..", b"\xff", "é".encode(), "e\u0301".encode(), b"%"]),
    min_size=1,
    max_size=3,
)


@given(paths=st.lists(st.lists(_PARTS, min_size=1, max_size=4), max_size=20) | st.lists(_SMALL, max_size=30))
def test_every_file_has_a_place_of_its_own_on_any_disk(paths: list[list[bytes]]) -> None:
    """No two files may meet, neither where case counts nor where it doesn't, nor a file and a folder."""
    plan = NamePlan()
    places = [plan.place_file(tuple(parts)) for parts in paths]
    for fold in (str.casefold, str.lower, str.upper, collision_key):
        for form in ("NFC", "NFD"):
            keys = {tuple(fold(unicodedata.normalize(form, part)) for part in place) for place in places}
            assert len(keys) == len(places)
            folders = {key[:depth] for key in keys for depth in range(1, len(key))}
            assert not keys & folders
    assert all(len("/".join(place).encode()) <= WHOLE_BYTES for place in places)
    again = NamePlan()
    assert [again.place_file(tuple(parts)) for parts in paths] == places


def test_many_colliding_names_cost_no_more_than_others() -> None:
    """A hundred thousand spellings of one name must not hang the program."""
    plan = NamePlan()
    places = {plan.place_file((b"name.txt",)) for _ in range(20_000)}
    assert len(places) == 20_000
    assert ("name (20000).txt",) in places
