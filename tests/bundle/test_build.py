"""Building bundles: what is in them, what stays here, and what a failure leaves behind."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from custody.bundle.build import Built, Export, Order, build_bundle
from custody.bundle.disclose import Choice, parse_choice
from custody.bundle.source import verify_bundle
from custody.cli.demo.forgery import take_apart
from custody.ledger.append import append
from custody.ledger.compose import Anchor
from custody.ledger.submission import Submission
from custody.verify.verify import Trusted, Verified
from schemas import canonical, layout, limits, text
from schemas.content import FileRecord, ManifestLine, content_of
from schemas.errors import RuleViolation, StorageError, UsageError, VerificationError
from schemas.merkle import hash_leaf, root_of
from schemas.private import Disclosure, make_disclosure, parse_disclosure
from schemas.report import Verdict
from schemas.trust import LogKey, SeenCheckpoint, Trust, TrustedLedger
from tests.vectors.forge import NONCE, Vault
from tests.world import World, settled

CASE = "2026-0417"
FILES = {"chat.txt": b"hello\n", "notes.txt": b"room 4\n"}


class Office:
    """A settled world with one exhibit of two files, and a place to build bundles in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = settled(World())
        self.world.register(CASE, "EX-1", actor="examiner-1", files=FILES, seized_from="suspect-1")
        self.between: Any = None

    def clock(self) -> datetime:
        """Return the world's time."""
        return self.world.at

    def sign(self, export: Export) -> Submission:
        """Sign an export; before it, whatever ``between`` does happens in the ledger."""
        if self.between is not None:
            self.between()
        details = {"manifest": export.manifest, "recipient": "court", "to": "registrar-1"}
        composed = self.world.event("bundle.exported", details, actor="examiner-1", anchor=Anchor(about=export.about))
        return self.world.sign(composed)

    def build(self, name: str = "b.zip", *exhibits: str, vault: Vault | None = None, **order: Any) -> Built:
        """Build a bundle of exhibits, EX-1 if none is named."""
        names = tuple((CASE, number) for number in exhibits or ("EX-1",))
        wanted = Order(names, NONCE, **{"choice": Choice(), **order})
        return build_bundle(
            self.world.store,
            vault or Vault(self.folder, self.world.contents),
            wanted,
            target=self.folder / name,
            sign=self.sign,
            clock=self.clock,
            record=lambda items: append(self.world.store, items, at=self.clock(), log_signers=[self.world.log_signer]),
        )

    def trusted(self, *seen: int) -> Trusted:
        """Return a reader who has seen the ledger at the sizes given."""
        raws = self.world.entries()
        ledger = TrustedLedger(
            authority="police",
            country="XA",
            genesis=hash_leaf(raws[0]).hex(),
            log_keys=(LogKey(first=0, key=self.world.log_key),),
            origin=self.world.origin,
            seen=tuple(
                SeenCheckpoint(
                    note=text.format_base64(b"note"), root=root_of(map(hash_leaf, raws[:size])).hex(), size=size
                )
                for size in seen
            ),
        )
        return Trusted(Trust(ledgers=(ledger,), schema="custody-trust/v1"))

    def verify(self, built: Built, *seen: int) -> Verified:
        """Return what its recipient finds."""
        verified = verify_bundle(built.path, trusted=self.trusted(*seen), at=self.world.at).verified
        assert verified is not None
        return verified


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new office."""
    return Office(tmp_path)


def shown(built: Built) -> set[Any]:
    """Return the values that a bundle discloses in its own list."""
    raw = take_apart(built.path)[layout.DISCLOSURES]
    texts = msgspec.json.decode(raw)["disclosures"]
    return {str(parse_disclosure(line).value) for line in texts}


def test_a_bundle_of_the_ledger_passes_abroad(office: Office) -> None:
    """The main job."""
    built = office.build()
    assert office.verify(built).report.verdict is Verdict.PASSED
    assert built.receipt.size == built.receipt.index + 1


def test_names_of_others_stay_here_unless_they_are_disclosed(office: Office) -> None:
    """From whom it was seized is nobody's business by default."""
    assert "suspect-1" not in shown(office.build("rule.zip"))
    choice = parse_choice(withhold=(), disclose=("exhibit.registered:/details/seized_from",))
    assert "suspect-1" in shown(office.build("told.zip", choice=choice))


def test_a_value_withheld_by_hand_stays_here_and_every_proof_holds(office: Office) -> None:
    """What must not travel can be kept back for one recipient."""
    choice = parse_choice(withhold=("exhibit.registered:/details/description",), disclose=())
    built = office.build(choice=choice)
    assert "description of EX-1" not in shown(built)
    assert office.verify(built).report.verdict is Verdict.PASSED


@pytest.mark.parametrize("pattern", ["place", "exhibit.teleported:/details/place", "*:details", "*:/a b"])
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str) -> None:
    """A typing error here would send out what should have stayed."""
    with pytest.raises(UsageError, match=r"bundle\.pattern"):
        parse_choice(withhold=(pattern,), disclose=())


def test_acts_recorded_while_it_was_packed_are_carried(office: Office) -> None:
    """Packing takes an hour; the bundle tells the story up to its own export, without the newest names."""
    office.between = lambda: office.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "A-77"}, actor="examiner-1")
    built = office.build()
    verified = office.verify(built)
    assert verified.report.verdict is Verdict.PASSED
    assert verified.report.exhibits[0].sealed is True
    assert "A-77" not in shown(built)


def test_the_newest_entry_before_it_puts_nothing_into_it(office: Office) -> None:
    """Who acted last in the ledger, in another matter, goes along neither by name nor by mistake."""
    office.world.enrol("examiner-9")
    office.world.register(CASE, "EX-9", actor="examiner-9")
    built = office.build()
    assert "name of examiner-9" not in shown(built)
    assert office.verify(built).report.verdict is Verdict.PASSED


def test_entries_after_the_export_change_nothing(office: Office) -> None:
    """Other people go on working; the proofs are as of the export."""
    built = office.build("first.zip")
    office.world.act("exhibit.sealed", CASE, "EX-1", {"seal": "A-1"}, actor="examiner-1")
    again = office.build("second.zip")
    assert office.verify(built).report.verdict is Verdict.PASSED
    assert office.verify(again).report.verdict is Verdict.PASSED


def test_a_second_bundle_is_linked_with_the_first(office: Office) -> None:
    """Who remembered the first checkpoint learns that the ledger only grew."""
    first = office.build("first.zip")
    second = office.build("second.zip")
    assert office.verify(second, first.receipt.size).report.verdict is Verdict.PASSED


def test_a_bundle_about_other_exhibits_is_linked_where_the_size_is_known(office: Office) -> None:
    """The recipient's earlier bundle was about something else; its size is given by whoever remembers it."""
    office.world.register(CASE, "EX-2", actor="examiner-1")
    first = office.build("first.zip", "EX-2")
    alone = office.build("alone.zip")
    linked = office.build("linked.zip", earlier=(first.receipt.size,))
    assert office.verify(alone, first.receipt.size).report.verdict is Verdict.INDETERMINATE
    assert office.verify(linked, first.receipt.size).report.verdict is Verdict.PASSED


def test_detached_evidence_is_listed_and_not_inside(office: Office) -> None:
    """A terabyte travels on a disk; its digests travel in the bundle."""
    built = office.build(is_detached=True)
    assert not any(name.startswith(layout.FILES) for name in take_apart(built.path))
    assert office.verify(built).report.verdict is Verdict.INDETERMINATE


def register_many(office: Office, *, links: int = 0) -> tuple[str, Vault]:
    """Register EX-9, 30 files and some links to a named place; return its root, and a store with its manifest."""
    files = {f"{number:03d}.txt": b"%d" % number for number in range(30)}
    composed = office.world.registration(CASE, "EX-9", actor="examiner-1", files=files)
    made: list[list[Disclosure]] = []
    records: list[FileRecord] = []
    for name, raw in sorted(files.items()):
        made.append([])
        records.append(office.world._file_record(name, raw, made[-1]))
    for number in range(links):
        places = {"/path": f"link-{number}", "/target": "home/suspect-1"}
        made.append([make_disclosure(salt=bytes([number]) * 16, path=at, value=value) for at, value in places.items()])
        path, target = made[-1]
        records.append(FileRecord(path=path.private, target=target.private, type="symlink"))
    content = content_of(records)
    lines = b"".join(
        canonical.encode(ManifestLine(disclosures=tuple(item.text for item in values), record=record)) + b"\n"
        for values, record in zip(made, records, strict=True)
    )
    details = {"content": content, "description": "d", "kind": "directory", "nature": "data", "obtained": "seizure"}
    anchor = Anchor(case=CASE, exhibit="EX-9", link=composed.event.event.link)  # type: ignore[arg-type]
    office.world.append(
        office.world.sign(office.world.event("exhibit.registered", details, actor="examiner-1", anchor=anchor))
    )
    return content.root, Vault(office.folder, office.world.contents, {content.root: lines})


def test_an_exhibit_of_many_files_travels_with_its_list(office: Office) -> None:
    """More than sixteen files stand in a manifest, whose root the people signed."""
    root, vault = register_many(office)
    built = office.build("many.zip", "EX-9", vault=vault)
    verified = office.verify(built)
    assert verified.report.verdict is Verdict.PASSED
    hidden = parse_choice(withhold=("exhibit.registered:/path",), disclose=())
    assert (
        office.verify(office.build("hidden.zip", "EX-9", vault=vault, choice=hidden)).report.verdict is Verdict.PASSED
    )
    manifest = take_apart(office.folder / "hidden.zip")[f"{layout.MANIFESTS}{root}.jsonl"]
    assert b"disclosures" not in manifest


def test_a_list_of_many_files_keeps_back_what_is_withheld_by_hand(office: Office) -> None:
    """A link's target names a person as well as a path does; in an event of few files it is kept back likewise."""
    root, vault = register_many(office, links=2)
    hidden = parse_choice(withhold=("exhibit.registered:/target",), disclose=())
    built = office.build("targets.zip", "EX-9", vault=vault, choice=hidden)
    assert office.verify(built).report.verdict is Verdict.PASSED
    raw = take_apart(built.path)[f"{layout.MANIFESTS}{root}.jsonl"]
    lines = [canonical.decode(line, ManifestLine, maximum=limits.MANIFEST_LINE) for line in raw.splitlines()]
    shown_places = [[parse_disclosure(item).path for item in line.disclosures or ()] for line in lines]
    assert shown_places == [["/path"]] * 32


def test_missing_evidence_is_said_before_anything_is_recorded(office: Office) -> None:
    """An export on record without a bundle would have to be explained for ever."""
    size = len(office.world.entries())
    with pytest.raises(StorageError, match=r"bundle\.file-missing"):
        office.build(vault=Vault(office.folder, {}))
    assert len(office.world.entries()) == size
    assert not (office.folder / "b.zip").exists()


def test_evidence_that_changed_in_the_store_is_not_sent(office: Office) -> None:
    """A bundle with other bytes than the registered ones must not come into being."""
    size = len(office.world.entries())
    changed = {sha256(raw).hexdigest(): raw.replace(b"4", b"5") for raw in FILES.values()}
    with pytest.raises(VerificationError, match=r"bundle\.source-changed"):
        office.build(vault=Vault(office.folder, changed))
    assert len(office.world.entries()) == size
    assert list(office.folder.glob("*.zip")) == []


def test_a_refused_export_leaves_no_file(office: Office) -> None:
    """What the ledger does not know about does not leave the house."""

    def refuse(export: Export) -> Submission:
        details = {"manifest": export.manifest, "recipient": "court"}
        anchor = Anchor(about=export.about)
        return office.world.sign(office.world.event("bundle.exported", details, actor="viewer-1", anchor=anchor))

    office.sign = refuse  # type: ignore[method-assign]
    with pytest.raises(RuleViolation, match=r"rule\.role"):
        office.build()
    assert list(office.folder.glob("*.zip")) == []


def test_an_unknown_exhibit_is_named(office: Office) -> None:
    """A typing error is answered with what was typed."""
    with pytest.raises(UsageError, match="EX-7"):
        office.build("b.zip", "EX-7")


def test_an_existing_file_is_never_replaced(office: Office) -> None:
    """The older bundle may be the only proof of what was sent."""
    office.build()
    size = len(office.world.entries())
    with pytest.raises(UsageError, match=r"bundle\.exists"):
        office.build()
    assert len(office.world.entries()) == size
