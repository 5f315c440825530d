"""Whatever is wrong with a bundle, its report is written: whole, in safe characters, ending with the verdict."""

import random
from collections.abc import Iterator

import pytest

from custody.bundle.container import read_container
from custody.bundle.source import verify_container
from custody.report.basis import Basis
from custody.report.document import make_document
from custody.report.html_report import format_html
from custody.report.text_report import text_lines
from custody.verify.verify import Trusted
from schemas.errors import VerificationError
from schemas.report import Verdict
from tests.bundle.making import Memory
from tests.report.stories import AT, full_story
from tests.vectors.forge import Members, pack, remanifest, retag

ROUNDS = 150
LIKELY = b'0123456789abcdef"{}[],:EX-'


@pytest.fixture(scope="module")
def members() -> Members:
    """The members of the story's bundle."""
    container = read_container(Memory(full_story().bundle))
    return {name: container.read(name, maximum=1 << 20) for name in container.members}


def _spoiled(members: Members) -> Iterator[Members]:
    """Yield bundles with members dropped, exchanged or overwritten in places, under lists that fit again."""
    dice = random.Random(1)
    names = [name for name in members if name.startswith(("custody/", "data/bundle", "data/disclosures"))]
    for _ in range(ROUNDS):
        spoiled, name = dict(members), dice.choice(names)
        match dice.randrange(4):
            case 0:
                del spoiled[name]
            case 1:
                spoiled[name] = members[dice.choice(names)]
            case _:
                raw = bytearray(members[name])
                for _ in range(dice.choice((1, 1, 3))):
                    raw[dice.randrange(len(raw))] = dice.choice(LIKELY)
                spoiled[name] = bytes(raw)
        yield retag(remanifest(spoiled))


def test_a_spoiled_bundle_gets_a_whole_report(members: Members) -> None:
    """A program that crashes over a forged bundle leaves its reader with nothing to put before the court."""
    trust, reports = full_story().trust, 0
    for spoiled in _spoiled(members):
        try:
            container = read_container(Memory(pack(spoiled)))
        except VerificationError:
            continue
        found = verify_container(container, trusted=Trusted(trust), at=AT)
        document = make_document(found.report, found, Basis("bundle.zip", "trust.json", trust))
        lines = list(text_lines(document))
        assert lines[-1].startswith(f"VERDICT: {found.report.verdict.value}")
        assert all(line.isprintable() for line in lines)
        if found.report.verdict is not Verdict.PASSED and reports % 30 == 0:
            assert format_html(document).rstrip().endswith(b"</html>")
        reports += 1
    assert reports > ROUNDS / 2
