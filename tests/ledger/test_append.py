"""The one write path: what it takes, in which order, and what it leaves behind."""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

import pytest

from custody.ledger import signature_cores
from custody.ledger.append import append
from custody.ledger.compose import Anchor, Composed, link_after
from custody.ledger.submission import Submission
from custody.verify.fold.fold import Fold
from keys.note import open_note
from keys.private.signer import Ed25519Signer
from keys.verifier_key import parse_verifier_key
from schemas.checkpoint import parse_checkpoint
from schemas.entry import parse_entry
from schemas.errors import CustodyError, UsageError
from schemas.event import About, Link, Seen, parse_event
from schemas.merkle import hash_leaf, root_of
from schemas.private import make_disclosure
from schemas.report import Findings
from schemas.subject import SubjectValue, leaf_of, subject_key
from tests.world import World

CASE = "2026-0417"


def fold(entries: list[bytes]) -> Fold:
    """Fold entries as a verifier does, signatures and all; assert that nothing is found."""
    findings = Findings()
    folded = Fold(findings, is_whole=True)
    for raw in entries:
        _, jobs = folded.add(parse_entry(raw))
        for job in jobs:
            job.check()
    folded.finish()
    assert findings.items == []
    return folded


def refusal(world: World, *submissions: Submission, clock_is_right: bool = False) -> str:
    """Return the code with which a batch is refused, and assert that nothing of it was written."""
    before, checkpoint = world.entries(), world.checkpoint()
    with pytest.raises(CustodyError) as caught:
        world.append(*submissions, clock_is_right=clock_is_right)
    assert world.entries() == before
    assert world.checkpoint() == checkpoint
    return caught.value.code


def test_what_append_writes_a_verifier_accepts(world: World) -> None:
    """The two ask the same rules; were they to differ, an honest ledger would fail in court."""
    world.register(CASE, "EX-1", actor="examiner-1", files={"a": b"1"}, second="examiner-2")
    world.act("custody.handed-over", CASE, "EX-1", {"purpose": "keeping"}, actor="examiner-1", to="custodian-1")
    world.annotate(
        "record.corrected", world.about(CASE, "EX-1", world.exhibit(CASE, "EX-1").registration),  # type: ignore[union-attr]
        {"field": "place", "reason": "typo", "value": "room 5"}, actor="examiner-1",
    )  # fmt: skip
    folded = fold(world.entries())
    assert folded.state.exhibit(CASE, "EX-1") == world.exhibit(CASE, "EX-1")


def test_entries_chain_and_the_checkpoint_covers_them(world: World) -> None:
    """One hash serves chain and tree."""
    world.register(CASE, "EX-1", actor="examiner-1")
    entries = world.entries()
    leaves = [hash_leaf(raw) for raw in entries]
    parsed = [parse_entry(raw).entry for raw in entries]
    assert [entry.index for entry in parsed] == list(range(len(entries)))
    assert [entry.previous for entry in parsed] == ["0" * 64, *(leaf.hex() for leaf in leaves[:-1])]
    note = open_note(world.checkpoint(), [parse_verifier_key(world.log_key)])
    checkpoint = parse_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (world.origin, len(entries), root_of(leaves))


def test_a_receipt_names_the_entry(world: World) -> None:
    """What is handed to the examiner must lead to his act for ever."""
    composed = world.registration(CASE, "EX-1", actor="examiner-1")
    receipt = world.append(world.sign(composed))
    raw = world.entries()[receipt.index]
    assert (receipt.leaf, receipt.event_hash) == (hash_leaf(raw), composed.event.hash)
    assert (receipt.size, receipt.recorded_at) == (receipt.index + 1, parse_entry(raw).entry.recorded_at)


def test_a_batch_stands_as_one_with_one_checkpoint(world: World) -> None:
    """Forty exhibits of one search are one act of the examiner."""
    size = len(world.entries())
    batch = [world.sign(world.registration(CASE, f"EX-{n}", actor="examiner-1")) for n in range(40)]
    receipts = world.append_all(batch)
    assert [receipt.index for receipt in receipts] == list(range(size, size + 40))
    assert {receipt.size for receipt in receipts} == {size + 40}
    fold(world.entries())


def test_one_bad_event_of_a_batch_stops_all_and_is_named(world: World) -> None:
    """Half a search in the ledger would be worse than none."""
    batch = [world.sign(world.registration(CASE, f"EX-{n}", actor="examiner-1")) for n in range(30)]
    batch.insert(17, world.sign(world.registration(CASE, "EX-3", actor="examiner-1")))
    with pytest.raises(CustodyError, match="event 18 of the batch") as caught:
        world.append_all(batch)
    assert caught.value.code == "rule.exhibit-exists"
    assert refusal(world, *batch) == "rule.exhibit-exists"


def test_a_bad_signature_in_a_large_batch_is_found_and_named(world: World) -> None:
    """Signatures are checked on several cores; none may slip through between them."""
    batch = [world.sign(world.registration(CASE, f"EX-{n}", actor="examiner-1")) for n in range(40)]
    other = world.registration(CASE, "EX-33", actor="examiner-1")
    forged = world.sign(other).envelope.signatures
    good = batch[33].envelope
    batch[33] = Submission(type(good)(payload=good.payload, payloadType=good.payloadType, signatures=forged))
    with pytest.raises(CustodyError, match="event 34 of the batch") as caught:
        world.append_all(batch)
    assert caught.value.code == "signature.invalid"
    assert refusal(world, *batch) == "signature.invalid"


def test_acts_within_a_batch_build_on_each_other(world: World) -> None:
    """Register, seal and hand over at the scene, appended in the evening."""
    first = world.registration(CASE, "EX-1", actor="examiner-1")
    link = Link(sequence=1, previous=first.event.hash)
    second = world.custody_act("exhibit.sealed", CASE, "EX-1", {"seal": "A"}, actor="examiner-1", link=link)
    world.append(world.sign(first), world.sign(second))
    exhibit = world.exhibit(CASE, "EX-1")
    assert exhibit is not None
    assert (exhibit.sequence, exhibit.is_sealed) == (1, True)
    fold(world.entries())


def test_wrong_signers_are_refused(world: World) -> None:
    """Nobody strips a colleague's signature, adds one, or signs with a stranger's key."""
    composed = world.registration(CASE, "EX-1", actor="examiner-1", second="examiner-2")
    good = world.sign(composed)
    one = good.envelope.signatures[:1]
    stripped = Submission(type(good.envelope)(payload=good.envelope.payload, payloadType=good.envelope.payloadType,
                                              signatures=one))  # fmt: skip
    assert refusal(world, stripped) == "signatures.missing"
    alone = world.registration(CASE, "EX-1", actor="examiner-1")
    stranger = world.sign(alone, keys={"examiner-1": world.signers["examiner-2"][0]})
    assert refusal(world, stranger) == "signatures.extra"
    unknown = world.sign(alone, keys={"examiner-1": world.new_key("nobody")})
    assert refusal(world, unknown) == "keys.unknown"


def test_a_key_without_proof_is_not_enrolled(world: World) -> None:
    """A registrar must not put somebody else's public key under his own agent."""
    key = world.new_key("examiner-9")
    stolen = world.public_key(key, agent="somebody-else")
    details = {"agent": "examiner-9", "keys": (stolen,), "kind": "person", "roles": ("examiner",)}
    assert refusal(world, world.sign(world.event("agent.enrolled", details, actor="registrar-1"))) == "enrolment.proof"


def test_an_event_and_a_commitment_stand_once(world: World) -> None:
    """A replayed event would move custody twice; a second use of a salt would let one value stand for two."""
    submission = world.sign(world.registration(CASE, "EX-1", actor="examiner-1"))
    world.append(submission)
    assert refusal(world, submission) in {"rule.event-twice", "rule.commitment-twice"}
    composed = world.registration(CASE, "EX-2", actor="examiner-1")
    twice = world.registration(CASE, "EX-3", actor="examiner-1", place=None)
    stolen = twice.event.raw.replace(
        twice.disclosures[0].commitment.encode(), submission.disclosures[0].commitment.encode()
    )
    assert refusal(world, world.sign(Composed(parse_event(stolen), ()))) == "rule.commitment-twice"
    inside = composed.event.raw.replace(b'"kind":"phone"', b'"kind":"phone","place":{"commitment":"%s"}' %
                                        composed.disclosures[0].commitment.encode())  # fmt: skip
    doubled = Composed(parse_event(_sorted(inside)), ())
    assert refusal(world, world.sign(doubled)) == "disclosure.twice"


def _sorted(raw: bytes) -> bytes:
    """Put the fields of hand-made JSON in canonical order."""
    return json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_value_that_its_event_does_not_commit_to_is_refused(world: World) -> None:
    """It would prove nothing, and nobody would ever find it to erase it."""
    composed = world.registration(CASE, "EX-1", actor="examiner-1")
    stray = make_disclosure(salt=b"1" * 16, path="/details/place", value="room 4")
    good = world.sign(composed)
    assert refusal(world, Submission(good.envelope, (*good.disclosures, stray))) == "disclosure.unmatched"


def test_values_may_stay_with_their_sender(world: World) -> None:
    """What the ledger never had, it can't leak."""
    good = world.sign(world.registration(CASE, "EX-1", actor="examiner-1"))
    world.append(Submission(good.envelope))
    assert world.store.disclosures.get([item.commitment for item in good.disclosures]) == {}


def test_values_are_kept_with_their_entry(world: World) -> None:
    """An acknowledged entry whose private values are lost would be an empty form."""
    good = world.sign(world.registration(CASE, "EX-1", actor="examiner-1", place="room 4"))
    world.append(good)
    kept = world.store.disclosures.get([item.commitment for item in good.disclosures])
    assert tuple(kept.values()) == good.disclosures


def test_seen_must_be_this_ledgers_own_past(world: World) -> None:
    """Every signer is a cosigner: a fork shows as soon as somebody signs on the other branch."""
    entries = world.entries()
    root = ""
    for size in (0, 1, 3, len(entries)):
        root = root_of(hash_leaf(raw) for raw in entries[:size]).hex()
        number = f"EX-{size}"
        seen = Seen(root=root, size=size)
        composed = world.event(
            "exhibit.registered", {"description": "d", "kind": "phone", "nature": "object", "obtained": "seizure"},
            actor="examiner-1", anchor=_anchor(number), seen=seen,
        )  # fmt: skip
        world.append(world.sign(composed))
    for seen in (Seen(root="ab" * 32, size=2), Seen(root=root, size=len(world.entries()) + 1)):
        composed = world.event(
            "exhibit.registered", {"description": "d", "kind": "phone", "nature": "object", "obtained": "seizure"},
            actor="examiner-1", anchor=_anchor("EX-9"), seen=seen,
        )  # fmt: skip
        assert refusal(world, world.sign(composed)) in {"append.seen", "rule.seen"}


def _anchor(number: str) -> Anchor:
    return Anchor(case=CASE, exhibit=number, link=link_after(None))


def test_clocks_are_held_to_each_other(world: World) -> None:
    """A wrong time stays in the ledger for ever, so it is refused while somebody can still set the clock."""
    start = world.at
    late = world.registration(CASE, "EX-1", actor="examiner-1")
    future = world.event(
        "case.closed", {"outcome": "other"}, actor="registrar-1", anchor=_case(),
        occurred_at=world.at + timedelta(seconds=301),
    )  # fmt: skip
    assert refusal(world, world.sign(future)) == "event.future"
    world.at = start - timedelta(minutes=7)
    assert refusal(world, world.sign(late)) == "append.clock-backward"
    world.at = start + timedelta(hours=25)
    assert refusal(world, world.sign(late)) == "append.clock-jump"
    world.append(world.sign(late), clock_is_right=True)
    # A little behind the newest entry, as another machine may be: recorded under the newest entry's time.
    world.at -= timedelta(seconds=200)
    receipt = world.register(CASE, "EX-2", actor="examiner-1")
    times = [parse_entry(raw).entry.recorded_at for raw in world.entries()]
    assert times == sorted(times)
    assert receipt.recorded_at == times[-2]


def _case() -> Anchor:
    return Anchor(case=CASE)


def test_an_event_out_of_time_is_refused(world: World) -> None:
    """A draft that lay in a drawer for a year is signed again, or never."""
    composed = world.event(
        "case.closed", {"outcome": "other"}, actor="registrar-1", anchor=_case(), not_after=world.at
    )  # fmt: skip
    world.tick(1)
    assert refusal(world, world.sign(composed)) == "event.expired"


def test_a_long_list_is_refused(world: World) -> None:
    """What is too long for an event is a document named by its digest."""
    documents = tuple(f"{number:064x}" for number in range(200))
    submission = world.sign(world.registration(CASE, "EX-1", actor="examiner-1", documents=documents))
    assert refusal(world, submission) == "event.list"


def test_an_export_ends_its_batch_and_holds_the_index_root(world: World) -> None:
    """A bundle is complete as of one checkpoint: index, entry and checkpoint are made under one lock."""
    world.register(CASE, "EX-1", actor="examiner-1")
    export = world.annotation(
        "bundle.exported",
        world.about(CASE, "EX-1"),
        {"manifest": "ab" * 32, "recipient": "court", "to": "registrar-1"},
        actor="examiner-1",
    )
    after = world.registration(CASE, "EX-3", actor="examiner-1")
    assert refusal(world, world.sign(export), world.sign(after)) == "append.export-last"
    with world.store.read() as reader:
        before = {tally.subject: tally.value for tally in reader.tallies()}
    size = len(world.entries())
    receipt = world.append(world.sign(export))
    assert (receipt.index, receipt.size) == (size, size + 1)
    found = parse_entry(world.entries()[-1]).entry.index_root
    assert found == _root({subject_key(subject): value for subject, value in before.items()})


def _root(values: Mapping[bytes, SubjectValue]) -> str:
    """Compute the trie's root as the definition says, without any code of the ledger."""

    def root(keys: list[bytes], bit: int) -> bytes:
        if len(keys) < 2:
            return leaf_of(keys[0], values[keys[0]]) if keys else bytes(32)
        ones = [key for key in keys if key[bit // 8] >> (7 - bit % 8) & 1]
        zeros = [key for key in keys if key not in ones]
        return sha256(b"\x03" + root(zeros, bit + 1) + root(ones, bit + 1)).digest()

    return root(sorted(values), 0).hex()


def test_an_export_counts_what_came_in_the_same_batch(world: World) -> None:
    """The index root is over all entries before the export, however they came."""
    first = world.registration(CASE, "EX-1", actor="examiner-1")
    details = {"manifest": "ab" * 32, "recipient": "court", "to": "registrar-1"}
    export = world.annotation("bundle.exported", About(exhibit=first.event.hash), details, actor="examiner-1")
    world.append(world.sign(first), world.sign(export))
    folded, trie = fold(world.entries()), dict[bytes, SubjectValue]()
    leaves: dict[tuple[str, ...], list[bytes]] = {}
    for raw in world.entries()[:-1]:
        parsed = parse_entry(raw)
        place = folded.state.event(parsed.event.hash)
        assert place is not None
        for subject in place.subjects:
            leaves.setdefault(subject, []).append(parsed.leaf)
    for subject, items in leaves.items():
        trie[subject_key(subject)] = SubjectValue(len(items), root_of(items))
    assert parse_entry(world.entries()[-1]).entry.index_root == _root(trie)


def test_an_undeclared_log_key_signs_nothing(world: World) -> None:
    """Who verifies believes only the keys that the ledger declares."""
    world.log_signer = Ed25519Signer(agent="log", seed=b"2" * 32)
    assert refusal(world, world.sign(world.registration(CASE, "EX-1", actor="examiner-1"))) == "append.log-key"


def test_nothing_to_append_is_refused(world: World) -> None:
    """A checkpoint without a new entry is not made in passing."""
    with pytest.raises(UsageError, match="event to append"):
        append(world.store, (), at=world.at, log_signers=(world.log_signer,))
    with pytest.raises(UsageError, match="log key"):
        append(world.store, (), at=world.at, log_signers=())


def test_a_batch_for_other_processes_is_checked_to_its_last_signature(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that is handed out must come back before anything is written."""
    monkeypatch.setattr(signature_cores, "_WORTH_IT", 256)
    monkeypatch.setattr(signature_cores, "cores_at_hand", lambda: 2)
    batch = [world.sign(world.registration(CASE, f"EX-{n}", actor="examiner-1")) for n in range(700)]
    other = world.sign(world.registration(CASE, "EX-699", actor="examiner-1"))
    good = batch[-1].envelope
    forged = type(good)(
        payload=good.payload, payloadType=good.payloadType, signatures=other.envelope.signatures
    )  # fmt: skip
    before = world.entries()
    with pytest.raises(CustodyError, match="event 700 of the batch") as caught:
        append(
            world.store, [*batch[:-1], Submission(forged)], at=world.at, log_signers=(world.log_signer,), may_spawn=True
        )
    assert caught.value.code == "signature.invalid"
    assert world.entries() == before
    receipts = append(world.store, batch, at=world.at, log_signers=(world.log_signer,), may_spawn=True)
    assert len(receipts) == 700
