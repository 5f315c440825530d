"""`custody demo`: three countries, one story, bundles that verify, and eight that don't."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from custody.bundle.container import open_container
from custody.bundle.source import verify_bundle
from custody.cli.checking.trust_file import read_trust_file
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.demo.attacks import ATTACKS, Attack, Stage
from custody.cli.demo.crossing import crossing
from custody.cli.demo.disk_image import make_disk_image, make_logs
from custody.cli.demo.story import FORKED, FORKED_KEYS, HOME, KEYS, NEXT_COMMANDS, Chapter, Step, fork, quoted, seizure
from custody.cli.exits import Exit
from custody.cli.output import emit, put
from custody.cli.results import Result
from custody.report.finding_words import explain
from custody.report.safe_text import show, show_path
from custody.storage.home import open_home
from schemas import layout
from schemas.errors import UsageError
from schemas.report import Finding, Report, Severity, Verdict

_PASSPHRASE = b"a passphrase for the demonstration only\n"


class AttackResult(Result, frozen=True, kw_only=True, tag="custody-demo-attack/v1"):
    """A damaged bundle, the verdict on it, and the finding that tells why."""

    bundle: str
    code: str
    step: int
    verdict: Verdict
    words: str


class DemoResult(Result, frozen=True, kw_only=True, tag="custody-demo/v1"):
    """The folder, how many commands ran, and every attack with its verdict."""

    attacks: tuple[AttackResult, ...]
    commands: int
    path: str


@command(
    example="""
    custody demo demo-out
    custody demo demo-out --evidence /media/stick/disk.dd
    """,
    result=DemoResult,
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--evidence", type=click.Path(exists=True, path_type=Path), help="Your own file or folder as EX-1.")
@click.option("--force", is_flag=True, help="Remove what an earlier demonstration left in FOLDER.")
@pass_custody
def demo(context: Context, *, folder: Path, evidence: Path | None, force: bool) -> Exit:
    """Play the whole story in FOLDER, with the commands that people would type.

    Evidence is seized in one country, handed over, examined and copied. A court in another asks for it; nothing leaves
    before a consent is on record. The court verifies the bundle with a trust file alone, accepts a copy in part, and
    hands it on to a third country. Then copies of the bundle are damaged in eight ways, and each is caught.
    """
    if evidence is not None and evidence.resolve().is_relative_to(folder.resolve()):
        text = f"expected evidence outside of the folder {folder}, which is emptied first, found {evidence}"
        raise UsageError("usage.exists", text)
    _prepare(folder, force=force)
    source = evidence.absolute() if evidence else Path("disk.img")
    with _inside(folder):
        _write_evidence(is_image_wanted=evidence is None)
        player = _Player(context)
        chapters = seizure(source)
        player.play(chapters)
        # The forger has the ledger's keys and the people's, as they are now; what they remember would warn them.
        shutil.copytree(HOME, FORKED)
        shutil.copytree(KEYS, FORKED_KEYS)
        player.play(crossing())
        player.run_all(fork(_missing(context)), is_shown=False)
        results = tuple(_cheat(context, player))
        player.tell("", "Go on by yourself:", f"  cd {quoted(show_path(Path.cwd()))}")
        if shutil.which("custody") is None:
            player.tell(f"  . {quoted(show_path(Path(sys.executable).with_name('activate')))}")
        player.tell(*(f"  {step.line()}" for step in NEXT_COMMANDS))
        player.tell(f"  passphrase of every key: CUSTODY_PASSPHRASE_FILE={show_path(Path('passphrase').absolute())}")
    result = DemoResult(attacks=results, commands=player.count, path=str(folder))
    emit(context.settings, result, [f"demonstration finished: {show_path(folder)}"])
    return Exit.DONE


def _missing(context: Context) -> int:
    """Return how many acts the forked ledger needs to be as long as the true one was when the bundle left."""
    with open_container(Path("bundle.zip")) as container:
        size = 1 + max(map(layout.parse_entry_name, container.names(layout.ENTRIES)))
    with open_home(Path(FORKED), random=context.random) as home, home.store.read() as reader:
        return size - 1 - reader.head().size


def _prepare(folder: Path, *, force: bool) -> None:
    marker = folder / "passphrase"
    if folder.exists() and any(folder.iterdir()):
        if not force or not marker.is_file() or marker.read_bytes() != _PASSPHRASE:
            hint = "--force removes an earlier demonstration, and nothing else"
            raise UsageError("usage.exists", f"expected an empty or absent folder, found {folder}", hint=hint)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in the folder, with its keys, its passphrase and its configuration, and nobody else's."""
    before, environment, stdin = Path.cwd(), dict(os.environ), sys.stdin
    os.chdir(folder)
    here = Path.cwd()
    try:
        (here / "passphrase").write_bytes(_PASSPHRASE)
        (here / "passphrase").chmod(0o600)
        for name in [name for name in os.environ if name.startswith("CUSTODY_")]:
            del os.environ[name]
        os.environ.update(
            CUSTODY_ARGON2="interactive",
            CUSTODY_NO_PROGRESS="1",
            CUSTODY_PASSPHRASE_FILE=str(here / "passphrase"),
            XDG_CONFIG_HOME=str(here / "config"),
        )
        # At a terminal every one of the commands would ask.
        with open(os.devnull, encoding="utf-8") as sys.stdin:
            yield
    finally:
        sys.stdin = stdin
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)


def _write_evidence(*, is_image_wanted: bool) -> None:
    if is_image_wanted:
        Path("disk.img").write_bytes(make_disk_image())
    Path("consent-of-a.txt").write_text("Consent A-2026-9, as scanned from paper.\n", encoding="utf-8")
    for name, raw in make_logs().items():
        path = Path("logs", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


class _Player:
    """Runs commands as a terminal would, and shows them. Mutable: counts them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.count = 0

    def tell(self, *lines: str) -> None:
        """Show lines, unless only the JSON object is wanted."""
        if not self._context.settings.json:
            for line in lines:
                put(self._context.settings, line)

    def play(self, chapters: Iterable[Chapter]) -> None:
        """Play some chapters."""
        for chapter in chapters:
            self.tell("", f"== {chapter.title} ==")
            self.run_all(chapter.steps)

    def run_all(self, steps: Iterable[Step], *, is_shown: bool = True) -> None:
        """Run commands one after another; one that ends otherwise than expected ends the demonstration."""
        for step in steps:
            if is_shown:
                self.tell("", f"$ {step.line()}")
            code = self._run(step, is_shown=is_shown)
            if code not in step.expected:
                raise AssertionError(f"{step.line()} ended with {code}")

    def _run(self, step: Step, *, is_shown: bool) -> int:
        from custody.cli.program import run

        home = ("--home", step.home) if step.home else ()
        quiet = ("--quiet",)
        self.count += 1
        arguments = [*quiet, *home, "--keys", step.keys, *step.arguments]
        os.environ["CUSTODY_TRUST"] = step.trust
        if is_shown and not self._context.settings.json:
            return int(run(arguments))
        with open(os.devnull, "w", encoding="utf-8") as nowhere, _stdout_to(nowhere):
            return int(run(arguments))


@contextmanager
def _stdout_to(stream: object) -> Iterator[None]:
    from contextlib import redirect_stdout

    with redirect_stdout(stream):  # type: ignore[type-var]
        yield


def _cheat(context: Context, player: _Player) -> Iterator[AttackResult]:
    """Damage copies of the bundle, verify each as the court would, and show what was found."""
    player.tell("", "== Eight ways to cheat, and what the court is told ==", "")
    folder = Path("damaged")
    folder.mkdir()
    trusted = read_trust_file(context, Path("trust.json")).trusted
    with open_home(Path(HOME), random=context.random) as home:
        stage = Stage(Path("bundle.zip"), Path("older.zip"), Path("forked.zip"), home.store)
        for number, attack in enumerate(ATTACKS, start=1):
            target = folder / f"{number}-{attack.name}.zip"
            target.write_bytes(attack.make(stage))
            report = verify_bundle(target, trusted=trusted, at=context.now()).report
            result = _result(target, attack, report)
            player.tell(
                f"{number}. {attack.words}",
                f"   {result.verdict.value} at step {result.step}: {explain(result.code)} [{result.code}]",
                *(f"   which file: {show(finding.subject)}" for finding in report.findings if _is_of_a_file(finding)),
            )
            if report.verdict is not Verdict.FAILED:
                raise AssertionError(f"{target} was not caught")
            yield result


def _is_of_a_file(finding: Finding) -> bool:
    return finding.code in {"content.damaged", "content.mismatch"}


def _result(target: Path, attack: Attack, report: Report) -> AttackResult:
    failed = next(finding for finding in report.findings if finding.severity is Severity.FAILED)
    return AttackResult(
        bundle=str(target), code=failed.code, step=failed.step, verdict=report.verdict, words=attack.words
    )
