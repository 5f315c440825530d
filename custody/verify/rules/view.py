"""What the reducer sees of a ledger: its records of agents, keys, cases, exhibits, requests, and the `View` it asks.

`custody.verify.fold.state` holds them in memory, for a bundle or a replay; the ledger's storage answers the same
questions from its rows when it appends. Records are frozen: the reducer returns new ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

import msgspec

from schemas.subject import Subject
from schemas.types import UNSET, Role, Status, Unset


class Agent(msgspec.Struct, frozen=True):
    """One who may act. Roles and members carry the index of the entry that brought them in."""

    id: str
    kind: str
    introduced: int
    roles: tuple[tuple[Role, int], ...]
    members: tuple[tuple[str, int], ...]
    keys: tuple[str, ...]
    has_left: bool = False
    country: str | None = None
    ledger: str | None = None
    """Origin of an organisation's own ledger."""
    is_above: bool | Unset = UNSET
    """Whether, under gate v2, another agent named it as his organisation."""

    def role_since(self, allowed: frozenset[Role]) -> int | None:
        """Return the index that brought in the oldest of his roles among ``allowed``, or nothing."""
        found = [since for role, since in self.roles if role in allowed]
        return min(found) if found else None

    def member_since(self, agent: str) -> int | None:
        """Return the index that made ``agent`` a member of this unit, or nothing."""
        return next((since for member, since in self.members if member == agent), None)


class Key(msgspec.Struct, frozen=True):
    """A public key. ``revoked_at`` is the index of its first revocation, ``last_valid`` the smallest index named."""

    id: str
    agent: str
    raw: bytes
    introduced: int
    revoked_at: int | None = None
    last_valid: int | None = None

    def is_enrolled_before(self, index: int) -> bool:
        """Tell whether an entry at ``index`` may be signed with it; entry 0 enrols its own signers' keys."""
        return self.introduced < index or index == 0

    def is_ended_at(self, index: int) -> bool:
        """Tell whether the revocation stood already when ``index`` was written."""
        return (
            self.revoked_at is not None
            and self.last_valid is not None
            and index >= self.revoked_at
            and index > self.last_valid
        )


class LogKey(msgspec.Struct, frozen=True):
    """A key that signs checkpoints, as the ledger's own entries declare it: for entries [first, last]."""

    key: str
    first: int
    last: int | None = None


# What is the default is left out of its row, so that the rows of older homes stay what an audit expects.
class Ledger(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ledger itself. ``registrars`` are the agents that hold this role now; ``is_gated`` says that it was opened
    under the consent gate, ``is_strict`` that it was so under version 2 of it.
    """

    origin: str
    country: str
    log_keys: tuple[LogKey, ...]
    registrars: tuple[str, ...]
    is_gated: bool = False
    is_strict: bool = False


class Case(msgspec.Struct, frozen=True):
    """A case; closed ones take no further exhibits."""

    number: str
    is_open: bool


class Dispatch(msgspec.Struct, frozen=True):
    """An exhibit's way out: id of the transfer, the party that sent it, the agent it goes to, what it is. Under gate v2
    ``from_abroad`` stands where its sender was abroad, and ``sent_at`` for when it left.
    """

    transfer: str
    sender: str
    to: str
    is_original: bool
    from_abroad: bool | Unset = UNSET
    sent_at: str | Unset = UNSET


# Two of these are made for every entry of a replay; a Struct is made ten times as fast as a dataclass.
class Exhibit(msgspec.Struct, frozen=True):
    """An exhibit. ``holder`` is a party (agent or unit); it stays the responsible one while lent or released.

    ``bound_to`` are the ledgers without whose authorities' consent it may not be handed on: it, or what it derives
    from, came from them under that condition. ``dispatch`` stands from the dispatch until a refusal, a recall or a
    return; ``recalled`` are the transfers that were recalled or refused and did not come back since. ``lodged`` stands
    under gate v2 for the agent to whom the newest act that moved or released it says that it went, and ``made_of``
    there for the case and number of each exhibit that it derives from.
    """

    case: str
    number: str
    registration: str
    head: str
    sequence: int
    holder: str
    status: Status
    is_sealed: bool
    occurred_at: str
    is_derived: bool = False
    bound_to: tuple[str, ...] = ()
    dispatch: Dispatch | None = None
    # Unset where there is none: rows of earlier releases read the same.
    recalled: tuple[str, ...] | Unset = UNSET
    lodged: str | Unset = UNSET
    made_of: tuple[tuple[str, str], ...] | Unset = UNSET

    @property
    def name(self) -> str:
        """``CASE/EXHIBIT``, as people call it."""
        return f"{self.case}/{self.number}"

    @property
    def keepers(self) -> tuple[str, ...]:
        """Who holds it, or has it for who does; nobody has what is out of custody."""
        is_out = self.status in {"disposed", "released", "transferred", "voided"}
        return () if is_out else tuple(filter(None, (self.holder, str(self.lodged or ""))))


class Request(msgspec.Struct, frozen=True):
    """An assistance request; ``peer`` is the agent on the other side, ``outcome`` of the newest answer. ``ended``
    stands under gate v2 while nothing may rest on it: it was refused and not granted since, or it is over for good,
    withdrawn or closed without being executed. ``parts`` stands there while what was granted is a part, so that a
    refusal is one of the rest: the exhibits that it names, or none of what another ledger granted, whose letter says.
    """

    id: str
    kind: str
    direction: Literal["incoming", "outgoing"]
    peer: str
    status: Literal["answered", "closed", "drafted", "received", "sent", "withdrawn"]
    outcome: str | None = None
    until: str | None = None
    ended: Literal["over", "refused"] | Unset = UNSET
    parts: tuple[tuple[str, str], ...] | Unset = UNSET


class Consent(msgspec.Struct, frozen=True):
    """A consent by the event hash that recorded it. ``conditions`` are the codes of all its terms, ``unmet`` those that
    still bar a release. ``is_by_letter`` stands where it does: then ``request`` is one of our own, which was granted.
    ``is_by_key`` stands under gate v2 where an official consented by a key of this ledger; ``to_country``, and
    ``to_ledger`` if he had one, are the recipient's on record then: a consent to him there is none to him elsewhere.
    """

    id: str
    authority: str
    recipient: str
    exhibits: tuple[str, ...]
    valid_from: str
    valid_until: str | None
    unmet: tuple[str, ...]
    request: str | None
    onward: str
    conditions: tuple[str, ...] = ()
    is_revoked: bool = False
    is_by_letter: bool | Unset = UNSET
    is_by_key: bool | Unset = UNSET
    to_country: str | Unset = UNSET
    to_ledger: str | Unset = UNSET


class Transfer(msgspec.Struct, frozen=True):
    """A dispatch of another ledger, by its event hash, that this one accepted or refused, and the transfer it named."""

    id: str
    transfer: str


class EventPlace(msgspec.Struct, frozen=True):
    """Where an event stands: its entry's index, type, subjects, and the agents that signed."""

    index: int
    type: str
    subjects: tuple[Subject, ...]
    signers: tuple[str, ...]


StateRecord = Agent | Key | Ledger | Case | Exhibit | Request | Consent | Transfer


class View(Protocol):
    """What the reducer asks. ``is_whole`` is false for a bundle, which carries some subjects only."""

    is_whole: bool

    def ledger(self) -> Ledger | None:
        """Return the ledger, or nothing before entry 0."""

    def agent(self, agent: str) -> Agent | None:
        """Return the agent of that id."""

    def key(self, key_id: str) -> Key | None:
        """Return the key of that id."""

    def case(self, number: str) -> Case | None:
        """Return the case of that number."""

    def exhibit(self, case: str, number: str) -> Exhibit | None:
        """Return the exhibit of that number in the case of its registration."""

    def registered(self, event_hash: str) -> Exhibit | None:
        """Return the exhibit whose registration has that event hash."""

    def follows(self, exhibit: Exhibit) -> bool:
        """Tell whether all is known of an exhibit up to now: of an ancestor a bundle carries its first acts only."""

    def held_by(self, agent: str) -> Iterator[Exhibit]:
        """Yield the exhibits that an agent holds, or has for who does, of those that are followed."""

    def request(self, request: str) -> Request | None:
        """Return the assistance request of that id."""

    def consent(self, event_hash: str) -> Consent | None:
        """Return the consent that the event of that hash recorded."""

    def consents(self, registration: str, recipient: str | None = None) -> Iterator[Consent]:
        """Yield the consents about the exhibit whose registration has that event hash, all or those for a recipient,
        the newest first.
        """

    def transfer(self, dispatch: str) -> Transfer | None:
        """Return what was decided about the dispatch of that event hash."""

    def event(self, event_hash: str) -> EventPlace | None:
        """Return where the event of that hash stands."""

    def holders(self, digests: tuple[str, ...]) -> dict[str, tuple[Exhibit, ...]]:
        """Return the exhibits that hold each of some digests (`custody.verify.gate.contents`); whole ledgers only."""

    def documents(self, request: str) -> tuple[str, ...]:
        """Return the documents that this side put to a request; whole ledgers only."""


def is_strict(view: View) -> bool:
    """Tell whether the ledger was opened under version 2 of the gate."""
    ledger = view.ledger()
    return ledger is not None and ledger.is_strict
