"""Small parts of the command line, each by its promise."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from custody.cli.assistance.case_words import parse_claim, parse_offence
from custody.cli.commands.key_new import KeyMade
from custody.cli.commands.session import parse_duration
from custody.cli.exits import from_click
from custody.cli.files import write_file
from custody.cli.options import When, format_utc_offset
from custody.cli.output import encode_result
from custody.cli.surroundings import config_folder
from custody.report.safe_text import show, show_path
from schemas.errors import UsageError
from tests.cli.script import Stage

INDIA = timezone(timedelta(hours=5, minutes=30))
NOW = datetime(2026, 11, 21, 20, 23, tzinfo=INDIA)


@pytest.mark.parametrize(
    ("at", "utc_offset", "clock_offset", "utc", "recorded"),
    [
        (None, None, 0, "14:53:00", "+05:30"),
        (None, "-03:00", 0, "14:53:00", "-03:00"),
        (None, None, 90, "14:51:30", "+05:30"),
        ("2026-11-21T10:00:00Z", None, 0, "10:00:00", "+05:30"),
        ("2026-11-21T10:00:00z", "+08:00", 0, "10:00:00", "+08:00"),
        ("2026-11-21T10:00:00+02:00", None, 0, "08:00:00", "+02:00"),
        ("2026-11-21T10:00:00+02:00", "+08:00", 0, "08:00:00", "+08:00"),
        ("2026-11-21 10:00", None, 0, "04:30:00", "+05:30"),
        ("2026-11-21 10:00:30", "+00:00", -30, "10:01:00", "+00:00"),
    ],
)
def test_a_typed_time_means_what_its_zone_says(
    at: str | None, utc_offset: str | None, clock_offset: int, utc: str, recorded: str
) -> None:
    """An hour lost to a zone is an alibi."""
    moment, offset = When(at=at, utc_offset=utc_offset, clock_offset=clock_offset).moment(NOW)
    assert moment == datetime.fromisoformat(f"2026-11-21T{utc}+00:00")
    assert moment.utcoffset() == timedelta(0)
    assert offset == recorded


@pytest.mark.parametrize("typed", ["yesterday", "21.11.2026", "2026-13-01 10:00", "2026-11-21T25:00:00Z", "", "10:00"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    """A guess would stand in the record for ever."""
    with pytest.raises(UsageError) as caught:
        When(at=typed).moment(NOW)
    assert caught.value.code == "usage.time"


@pytest.mark.parametrize(
    ("minutes", "expected"), [(480, "+08:00"), (-210, "-03:30"), (0, "+00:00"), (-0.5, "+00:00"), (345, "+05:45")]
)
def test_an_offset_has_one_spelling(minutes: float, expected: str) -> None:
    """`-00:00` means something else in other formats, and is refused in ours."""
    assert format_utc_offset(NOW.astimezone(timezone(timedelta(minutes=minutes)))) == expected


@pytest.mark.parametrize("typed", ["5", "+5:00", "-00:00", "+24:00", "+05:60"])
def test_an_offset_that_is_none_is_refused(typed: str) -> None:
    """Only what the records can hold is taken."""
    with pytest.raises(UsageError) as caught:
        When(utc_offset=typed).moment(NOW)
    assert caught.value.code == "usage.offset"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("证据 дело שלום", "证据 дело שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200cb", "a\u200cb"),
        ("\u200cab", "\\u200cab"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb", "a\\x0ab"),
        ("invoice\u202efdp.exe", "invoice\\u202efdp.exe"),
        ("a\u2028b", "a\\u2028b"),
        ("a\u3164b", "a\\u3164b"),
        ("a\U000e0041", "a\\U000e0041"),
        ("C:\\x", "C:\\x"),
        ("C:\\x\n", "C:\\\\x\\x0a"),
    ],
)
def test_nothing_invisible_is_shown_as_it_is(text: str, shown: str) -> None:
    """What a judge sees must be what was signed."""
    assert show(text) == shown


def test_bytes_of_a_path_are_shown_by_their_number() -> None:
    """A name that is not UTF-8 has a spelling too."""
    assert show_path(b"caf\xe9") == "caf\\xe9"


def test_two_texts_are_never_shown_alike() -> None:
    """An escape that could be typed would let one name pass for another."""
    texts = ["a\n", "a\\x0a", "a\\\n", "a\\\\x0a", "\\\n", "\\\\\n", "\\x0a\n", "\n\\x0a"]
    assert len({show(text) for text in texts}) == len(texts)


@pytest.mark.parametrize(("typed", "seconds"), [("3h", 10800), ("45m", 2700), ("1h30m", 5400), ("20s", 20)])
def test_a_duration_is_read(typed: str, seconds: int) -> None:
    """As people write it."""
    assert parse_duration(typed) == seconds


@pytest.mark.parametrize("typed", ["3", "h", "0h", "25h", "-1h", "1d", "1h 30m", ""])
def test_a_duration_that_is_none_is_refused(typed: str) -> None:
    """An open key that nobody meant to leave open is a stolen one."""
    with pytest.raises(UsageError):
        parse_duration(typed)


def test_offences_and_claims_are_read() -> None:
    """Words of a law may hold colons; only digits at the end are a code."""
    assert parse_offence("DE:s. 303a: data") == {"country": "DE", "text": "s. 303a: data"}
    assert parse_offence("DE:s. 303a: data:0903") == {"country": "DE", "text": "s. 303a: data", "iccs": "0903"}
    assert parse_offence("DE:0903") == {"country": "DE", "text": "0903"}
    assert parse_claim("FR:victim:Parquet") == {"country": "FR", "basis": "victim", "authority": "Parquet"}
    assert parse_claim("FR:victim") == {"country": "FR", "basis": "victim", "authority": None}
    for wrong in ("fraud", "XX:fraud", "de:fraud", "DE:", "FR:art. 313-1:9999"):
        with pytest.raises(UsageError):
            parse_offence(wrong)
    for wrong in ("FR", "FR:revenge", "fr:victim"):
        with pytest.raises(UsageError):
            parse_claim(wrong)


def test_the_config_folder_is_where_the_system_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in a surprising place are keys without a backup."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_folder({}, platform="linux") == tmp_path / ".config" / "custody"
    assert config_folder({"XDG_CONFIG_HOME": "/x"}, platform="linux") == Path("/x/custody")
    assert config_folder({"XDG_CONFIG_HOME": "relative"}, platform="linux") == tmp_path / ".config" / "custody"
    assert config_folder({"APPDATA": "/roaming"}, platform="win32") == Path("/roaming/custody")


def test_a_file_is_never_overwritten_unasked(tmp_path: Path) -> None:
    """What lies there may be the only copy."""
    path = tmp_path / "out"
    write_file(path, b"one", force=False)
    with pytest.raises(UsageError) as caught:
        write_file(path, b"two", force=False)
    assert caught.value.code == "usage.exists"
    assert path.read_bytes() == b"one"
    write_file(path, b"two", force=True)
    assert path.read_bytes() == b"two"
    assert [found.name for found in tmp_path.iterdir()] == ["out"]


def test_a_dangling_link_is_something_too(tmp_path: Path) -> None:
    """A link that leads nowhere would make us write somewhere else."""
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        write_file(tmp_path / "out", b"x", force=False)
    assert not (tmp_path / "elsewhere").exists()


def test_errors_of_click_read_like_ours() -> None:
    """Lower case, no full stop, a code, a hint."""
    import click

    error = from_click(click.UsageError("No such option: --frob."))
    assert (error.code, error.text, error.hint) == ("usage.command", "no such option: --frob", "custody --help")


def test_a_ledger_named_by_the_environment_is_the_one_used(stage: Stage) -> None:
    """A typing mistake in CUSTODY_HOME must not fall back to the ledger that happens to be here."""
    assert stage.custody("init here --origin a.example/x --authority A --country FR --registrar reg-1").exit == 0
    stage.patch.chdir(stage.folder / "here")
    assert stage.custody("agent list").exit == 0
    stage.patch.setenv("CUSTODY_HOME", str(stage.folder / "nowhere"))
    assert stage.custody("agent list").exit == 2


def test_a_moment_has_whole_seconds(stage: Stage) -> None:
    """The records have no others."""
    stage.now = datetime(2026, 11, 21, 20, 23, 0, 999_999, tzinfo=UTC)
    assert stage.custody("init here --origin a.example/x --authority A --country FR --registrar reg-1").exit == 0


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("case open 'bad\udcff' --authority P --legal-basis L --as reg-1", "usage.encoding"),
        ("case open A --authority 'bad\udcff' --legal-basis L --as reg-1", "usage.encoding"),
        ("case open A --authority '' --legal-basis L --as reg-1", "usage.empty"),
        ("case open ' ' --authority P --legal-basis L --as reg-1", "usage.empty"),
        ("case open 'a\nb' --authority P --legal-basis L --as reg-1", "text.number"),
        ("case open " + "x" * 200 + " --authority P --legal-basis L --as reg-1", "text.number"),
        ("case open A --authority " + "x" * 70_000 + " --legal-basis L --as reg-1", "private.size"),
        ("case open A --authority P --legal-basis L --as reg-1 --second reg-1", "usage.signers"),
        ("case open A --authority P --legal-basis L --as REG", "usage.command"),
        ("case open A --authority P --legal-basis L --as reg-1 --document sha256:abc", "usage.command"),
    ],
)
def test_what_no_record_can_hold_is_a_mistake_in_typing(typed: str, code: str, stage: Stage) -> None:
    """Neither a crash nor a verdict: the person corrects the line and types it again."""
    assert stage.custody("init l --origin a.example/x --authority A --country FR --registrar reg-1").exit == 0
    stage.patch.setenv("CUSTODY_HOME", "l")
    ran = stage.custody(typed)
    assert (ran.exit, ran.stdout) == (2, "")
    assert f"[{code}]" in ran.stderr
    assert stage.custody("case list").stdout.startswith("no case yet")


def test_json_holds_the_bytes_of_a_name_that_is_no_text() -> None:
    """A program that reads only the shown form could not open the file."""
    made = KeyMade(agent="a", enrolment="caf\udce9.enrol", key_id="k", key_file="x")
    found = msgspec.json.decode(encode_result(made))
    assert found["enrolment"] == "caf\\xe9.enrol"
    assert b64decode(found["enrolment_b64"]) == b"caf\xe9.enrol"
    assert found["key_file"] == "x"
    assert "key_file_b64" not in found


def test_utf_8_is_understood_where_the_locale_does_not(stage: Stage) -> None:
    """Under LC_ALL=C Python hands over the bytes of a name as lone surrogates; they are UTF-8 all the same."""
    assert stage.custody("init l --origin a.example/x --authority A --country FR --registrar reg-1").exit == 0
    stage.patch.setenv("CUSTODY_HOME", "l")
    typed = "案件-1".encode().decode("ascii", "surrogateescape")
    assert stage.custody(f"case open {typed} --authority P --legal-basis L --as reg-1").exit == 0
    assert stage.custody("case show 案件-1").exit == 0
