"""A ledger with people in it, for tests: fixed clock, counted randomness, keys made from names.

    world = World()
    world.init()
    world.enrol("examiner-1")
    world.enrol("custodian-1", roles=("custodian",))
    world.open_case("2026-0417")
    world.register("2026-0417", "EX-1", actor="examiner-1", files={"a.txt": b"hello"})
    world.act("custody.handed-over", "2026-0417", "EX-1", {"purpose": "keeping"}, actor="examiner-1", to="custodian-1")

Every method that appends returns the receipt. `event` and `annotation` return what would be signed, `sign` the
submission, so that a test can do each step wrongly by itself. Two worlds of one seed make the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from blake3 import blake3

from custody.ledger.append import append
from custody.ledger.appending import Receipt
from custody.ledger.compose import Anchor, Composed, compose, fill_record, link_after
from custody.ledger.log_key import log_verifier_key
from custody.ledger.store import LedgerReader, LedgerStore
from custody.ledger.submission import Submission
from custody.verify.rules.view import Exhibit
from keys.private.signer import Ed25519Signer
from keys.private.signing import join_signatures
from keys.verifier_key import format_verifier_key
from schemas.content import FileRecord, content_of, path_value
from schemas.details.ledger import PublicKey
from schemas.enrol import enrolment_payload
from schemas.envelope import ENROL_PAYLOAD_TYPE, Signature, pae
from schemas.event import PAYLOAD_TYPE, About, Link, Seen, Signer
from schemas.private import Disclosure
from schemas.text import format_base64
from tests.memory_store import MemoryStore

ORIGIN = "evidence.police.example/main"
START = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
REGISTRARS = ("registrar-1", "registrar-2")


class World:
    """A ledger, its people with their keys, a clock that only `tick` moves, and randomness that counts."""

    def __init__(
        self, store: LedgerStore | None = None, *, origin: str = ORIGIN, seed: str = "world", country: str = "XA"
    ) -> None:
        self.store: Any = MemoryStore() if store is None else store
        self.origin = origin
        self.country = country
        self.at = START
        self.signers: dict[str, list[Ed25519Signer]] = {}
        self.log_signer = Ed25519Signer(agent="log", seed=self._seed(f"{seed} log of {origin}"))
        self.disclosed: list[Disclosure] = []
        self.contents: dict[str, bytes] = {}
        self._seed_word, self._count = seed, 0

    def random(self, size: int) -> bytes:
        """Return bytes that no other call returns, and that are the same in every run."""
        self._count += 1
        return sha256(f"{self._seed_word} {self.origin} {self._count}".encode()).digest()[:size]

    def tick(self, seconds: int = 60) -> datetime:
        """Move the clock, and return the time it shows."""
        self.at += timedelta(seconds=seconds)
        return self.at

    def new_key(self, agent: str) -> Ed25519Signer:
        """Give an agent a further key, which signs for him from now on; the ledger does not know it yet."""
        held = self.signers.setdefault(agent, [])
        held.append(Ed25519Signer(agent=agent, seed=self._seed(f"{agent} {len(held)} of {self.origin}")))
        return held[-1]

    def public_key(self, signer: Ed25519Signer, agent: str | None = None) -> PublicKey:
        """Return a key as it enters the ledger, with its proof."""
        bare = PublicKey(
            algorithm="ed25519",
            key=format_base64(signer.public_key),
            nonce=self.random(16).hex(),
            proof=format_base64(bytes(64)),
        )
        message = pae(ENROL_PAYLOAD_TYPE, enrolment_payload(agent=agent or signer.agent, key=bare))
        return PublicKey(algorithm="ed25519", key=bare.key, nonce=bare.nonce, proof=format_base64(signer.sign(message)))

    @property
    def log_key(self) -> str:
        """The verifier key of the ledger."""
        return self.log_key_of(self.origin, self.log_signer)

    @staticmethod
    def log_key_of(origin: str, signer: Ed25519Signer) -> str:
        """The verifier key of a log of that name."""
        return format_verifier_key(log_verifier_key(origin, signer))

    def init(self, registrars: Sequence[str] = REGISTRARS, *, gate: str | None = None) -> Receipt:
        """Write entry 0, signed by all its registrars; ``gate`` is the version of the consent gate that it is under."""
        roles = {**dict.fromkeys(registrars, ("registrar",)), "system": ("system",)}
        agents = [
            {
                "agent": agent,
                "country": self.country,
                "keys": (self.public_key(self.new_key(agent)),),
                "kind": "system" if agent == "system" else "person",
                "name": f"name of {agent}",
                "roles": role,
            }
            for agent, role in roles.items()
        ]
        details = {
            "agents": agents,
            "authority": "police of Example",
            "country": self.country,
            "gate": gate,
            "log_keys": (self.log_key,),
        }
        signers = [Signer(agent=agent, as_="registrar" if place else "actor") for place, agent in enumerate(registrars)]
        return self.append(self.sign(self.event("ledger.opened", details, signers=signers)))

    def enrol(
        self,
        agent: str,
        roles: Sequence[str] = ("examiner",),
        *,
        kind: str = "person",
        keys: int = 1,
        members: Sequence[str] | None = None,
        country: str | None = None,
        ledger: str | None = None,
        organisation: str | None = None,
        by: str = REGISTRARS[0],
    ) -> Receipt:
        """Enrol an agent; a unit or organisation (``kind``) has no key."""
        count = keys if kind in ("person", "system") else 0
        details = {
            "agent": agent,
            "country": country,
            "ledger": ledger,
            "keys": tuple(self.public_key(self.new_key(agent)) for _ in range(count)),
            "kind": kind,
            "members": None if members is None else tuple(sorted(members)),
            "name": f"name of {agent}",
            "organisation": organisation,
            "roles": tuple(sorted(roles)),
        }
        return self.append(self.sign(self.event("agent.enrolled", details, actor=by)))

    def open_case(self, case: str, by: str = REGISTRARS[0]) -> Receipt:
        """Open a case."""
        details = {"authority": "prosecutor of Example", "legal_basis": "order 7", "offences": ()}
        return self.append(self.sign(self.event("case.opened", details, actor=by, anchor=Anchor(case=case))))

    def register(
        self, case: str, exhibit: str, *, actor: str, files: Mapping[str, bytes] | None = None, **details: Any
    ) -> Receipt:
        """Register an exhibit: data with the given files, or an object without."""
        return self.append(self.sign(self.registration(case, exhibit, actor=actor, files=files, **details)))

    def registration(
        self, case: str, exhibit: str, *, actor: str, files: Mapping[str, bytes] | None = None, **details: Any
    ) -> Composed:
        """Return the event by which an exhibit would be registered."""
        offices = {
            name: details.pop(name)
            for name in ("second", "witness", "registrar", "on_behalf_of", "signers")
            if name in details
        }
        values: dict[str, Any] = {
            "description": f"description of {exhibit}", "kind": "phone", "nature": "object", "obtained": "seizure"
        }  # fmt: skip
        made: list[Disclosure] = []
        if files is not None:
            records = [self._file_record(name, content, made) for name, content in sorted(files.items())]
            values |= {"content": content_of(records), "kind": "directory", "nature": "data"}
        anchor = Anchor(case=case, exhibit=exhibit, link=link_after(None))
        composed = self.event("exhibit.registered", {**values, **details}, actor=actor, anchor=anchor, **offices)
        inside = made if files is not None and len(files) <= 16 else []
        return Composed(composed.event, (*composed.disclosures, *inside))

    def act(
        self, type: str, case: str, exhibit: str, details: Mapping[str, Any], *, actor: str, **offices: Any
    ) -> Receipt:
        """Append the next custody act of an exhibit; ``offices`` as in `event`."""
        return self.append(self.sign(self.custody_act(type, case, exhibit, details, actor=actor, **offices)))

    def custody_act(
        self,
        type: str,
        case: str,
        exhibit: str,
        details: Mapping[str, Any],
        *,
        actor: str,
        link: Link | None = None,
        **offices: Any,
    ) -> Composed:
        """Return the next custody act of an exhibit, unsigned."""
        if link is None:
            link = link_after(self.exhibit(case, exhibit))
        return self.event(type, details, actor=actor, anchor=Anchor(case=case, exhibit=exhibit, link=link), **offices)

    def annotate(
        self, type: str, about: About | Sequence[About], details: Mapping[str, Any], *, actor: str, **offices: Any
    ) -> Receipt:
        """Append an annotation."""
        return self.append(self.sign(self.annotation(type, about, details, actor=actor, **offices)))

    def annotation(
        self, type: str, about: About | Sequence[About], details: Mapping[str, Any], *, actor: str, **offices: Any
    ) -> Composed:
        """Return an annotation, unsigned."""
        items = (about,) if isinstance(about, About) else tuple(about)
        return self.event(type, details, actor=actor, anchor=Anchor(about=items), **offices)

    def export(
        self,
        *exhibits: tuple[str, str],
        actor: str,
        manifest: str = "ab" * 32,
        recipient: str = "court",
        to: str = REGISTRARS[0],
    ) -> Receipt:
        """Append the export of a bundle about exhibits, given as (case, number)."""
        about = [self.about(case, number) for case, number in exhibits]
        details = {"manifest": manifest, "recipient": recipient, "to": to}
        return self.annotate("bundle.exported", about, details, actor=actor)

    def about(self, case: str, exhibit: str, event: str | None = None) -> About:
        """Return what an annotation of an exhibit carries."""
        known = self.exhibit(case, exhibit)
        assert known is not None, f"{case}/{exhibit} is not registered"
        return About(exhibit=known.registration) if event is None else About(exhibit=known.registration, event=event)

    def event(
        self,
        type: str,
        details: Mapping[str, Any],
        *,
        actor: str = "",
        anchor: Anchor | None = None,
        to: str | None = None,
        second: str | None = None,
        witness: str | None = None,
        registrar: str | None = None,
        on_behalf_of: Mapping[str, str] | None = None,
        signers: Sequence[Signer] | None = None,
        occurred_at: datetime | None = None,
        not_after: datetime | None = None,
        seen: Seen | None = None,
    ) -> Composed:
        """Return an event, unsigned. ``on_behalf_of`` maps an agent to the unit for which he signs."""
        named = {"actor": actor, "to": to, "second": second, "witness": witness, "registrar": registrar}
        units = on_behalf_of or {}
        people = [
            Signer(agent=agent, as_=office, **({"on_behalf_of": units[agent]} if agent in units else {}))  # type: ignore[arg-type]
            for office, agent in named.items()
            if agent
        ]
        return compose(
            type,
            ledger=self.origin,
            signers=people if signers is None else signers,
            details=details,
            occurred_at=occurred_at or self.at,
            utc_offset="+08:00",
            random=self.random,
            anchor=anchor or Anchor(),
            seen=seen,
            not_after=not_after,
        )

    def sign(self, composed: Composed, keys: Mapping[str, Ed25519Signer] | None = None) -> Submission:
        """Sign with the newest key of each named signer, or with those that ``keys`` names instead."""
        message = pae(PAYLOAD_TYPE, composed.event.raw)
        chosen = [
            (keys or {}).get(signer.agent) or self.signers[signer.agent][-1] for signer in composed.event.event.signers
        ]
        signatures = [Signature(keyid=key.key_id, sig=format_base64(key.sign(message))) for key in chosen]
        return Submission(join_signatures(composed.event, signatures), composed.disclosures)

    def append(self, *submissions: Submission, clock_is_right: bool = False) -> Receipt:
        """Append one batch, move the clock by a minute, and return the receipt of the last event."""
        return self.append_all(submissions, clock_is_right=clock_is_right)[-1]

    def append_all(self, submissions: Iterable[Submission], *, clock_is_right: bool = False) -> tuple[Receipt, ...]:
        """Append one batch, and return all its receipts."""
        batch = tuple(submissions)
        receipts = append(self.store, batch, at=self.at, log_signers=(self.log_signer,), clock_is_right=clock_is_right)
        self.disclosed.extend(item for submission in batch for item in submission.disclosures)
        self.tick()
        return receipts

    def reader(self) -> LedgerReader:
        """Return the ledger as it is now; only for stores whose moments outlive their context, as in memory."""
        with self.store.read() as reader:
            assert isinstance(self.store, MemoryStore), "use the store's own read()"
            found: LedgerReader = reader
        return found

    def exhibit(self, case: str, exhibit: str) -> Exhibit | None:
        """Return an exhibit's state."""
        with self.store.read() as reader:
            found: Exhibit | None = reader.view().exhibit(case, exhibit)
        return found

    def entries(self) -> list[bytes]:
        """Return the bytes of all entries."""
        with self.store.read() as reader:
            return list(reader.entries(0, reader.head().size))

    def checkpoint(self) -> bytes:
        """Return the newest signed checkpoint."""
        with self.store.read() as reader:
            note: bytes = reader.checkpoint()
        return note

    def _file_record(self, name: str, content: bytes, made: list[Disclosure]) -> FileRecord:
        digest = sha256(content).hexdigest()
        self.contents[digest] = content
        values = {
            "digests": {"blake3": blake3(content).hexdigest(), "sha256": digest},
            "path": path_value(name.encode("utf-8", "surrogateescape")),
            "size": len(content),
            "type": "file",
        }
        record, disclosures = fill_record(FileRecord, values, random=self.random)
        made.extend(disclosures)
        assert isinstance(record, FileRecord)
        return record

    def _seed(self, word: str) -> bytes:
        return sha256(word.encode()).digest()


def settled(world: World, *, gate: str | None = None) -> World:
    """Return the world with two registrars, an examiner, a custodian, a viewer, and one case: 2026-0417."""
    world.init(gate=gate)
    world.enrol("examiner-1")
    world.enrol("examiner-2")
    world.enrol("custodian-1", roles=("custodian",))
    world.enrol("viewer-1", roles=("viewer",))
    world.open_case("2026-0417")
    return world
