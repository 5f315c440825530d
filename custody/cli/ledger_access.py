"""The ledger of the home, as commands use it: read a moment of it, compose an event for it, append to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from custody.bundle.behind import past_of
from custody.cli.acting.secrets_typed import places_like_keys, refuse_in_details
from custody.cli.checking.behind import look_behind, open_behind, reader_events, reader_requests
from custody.cli.checking.letter_breaches import letter_breaches
from custody.cli.checking.seen import verify_newest
from custody.cli.files import given_values
from custody.cli.options import When
from custody.cli.output import note
from custody.cli.surroundings import Surroundings
from custody.evidence.manifest import Manifests
from custody.ledger.admission import Numbers
from custody.ledger.append import append
from custody.ledger.appending import Receipt
from custody.ledger.compose import NOWHERE, Anchor, Composed, compose
from custody.ledger.entries import entry_with
from custody.ledger.store import INDEX_HINT, LedgerReader
from custody.ledger.submission import Submission, check_times
from custody.ledger.working import WorkingState, try_out
from custody.report.safe_text import show
from custody.report.values import Disclosures
from custody.report.words import hash_name
from custody.storage.home import Home, open_home
from custody.verify.evidence.places import places_of
from custody.verify.gate.faults import Breach
from custody.verify.rules.view import Exhibit, Ledger, View
from custody.verify.verify import Trusted, Verified
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import ParsedEntry
from schemas.errors import CustodyError, StorageError
from schemas.event import About, ParsedEvent, Seen, Signer
from schemas.text import check_number, format_time

SEVERAL_SIGN_WITHIN = timedelta(days=7)
"""How long a draft may wait where several sign."""


@dataclass(slots=True)
class LedgerAccess:
    """An open ledger. Mutable: belongs to one run of a command and is closed with it."""

    surroundings: Surroundings
    home: Home
    trusted: Trusted | None = None
    """Whom a command was told to believe about other ledgers; the user's own trust file, if nothing was said."""
    known: dict[str, Verified] = field(default_factory=dict)
    """Letters and bundles of other ledgers that a command verified, by digest or payload manifest."""
    _seen: Seen | None = None
    _warned: set[str] = field(default_factory=set)

    def close(self) -> None:
        """Let go of the database."""
        self.home.close()

    def read(self) -> AbstractContextManager[LedgerReader]:
        """Open one moment of the ledger.

        Raises:
            StorageError: as the store does.
        """
        return self.home.store.read()

    def ledger(self) -> Ledger:
        """Return what entry 0 and its successors say of the ledger itself.

        Raises:
            StorageError: ``ledger.empty`` where entry 0 is not there.
        """
        with self.read() as reader:
            found = reader.view().ledger()
        if found is None:
            text = f"expected an opened ledger in {self.home.path}, found none"
            raise StorageError("ledger.empty", text, hint=INDEX_HINT)
        return found

    def compose(
        self,
        type: str,
        *,
        signers: Sequence[Signer],
        details: Mapping[str, Any],
        when: When,
        anchor: Anchor = NOWHERE,
    ) -> Composed:
        """Return an event for this ledger from plain values.

        Raises:
            UsageError: a value that doesn't fit its field, or a time that is none; ``secret.refused``.
        """
        refuse_in_details(details)
        now = self.surroundings.now()
        occurred_at, utc_offset = when.moment(now)
        with given_values():
            for number in (anchor.case, anchor.exhibit):
                if number is not None:
                    check_number(number)
            composed = compose(
                type,
                ledger=self.ledger().origin,
                signers=signers,
                details=details,
                occurred_at=occurred_at,
                utc_offset=utc_offset,
                random=self.surroundings.random,
                anchor=anchor,
                seen=self.seen(),
                not_after=now + SEVERAL_SIGN_WITHIN if len(signers) > 1 else None,
            )
        self._warn(composed)
        return composed

    def _warn(self, composed: Composed) -> None:
        """Warn once of each place that holds what could be a private key; the text itself is never shown."""
        for place in places_like_keys(composed.disclosures):
            if place not in self._warned:
                self._warned.add(place)
                text = f"warning: {place} holds 64 hex digits; if that is a private key, stop and seal it instead"
                note(self.surroundings.settings, text)

    def seen(self) -> Seen | None:
        """Return the newest checkpoint, verified against the one that this user saw before; once a command.

        Raises:
            VerificationError: as `verify_newest`: somebody rewrote the ledger.
        """
        if self._seen is None:
            with self.read() as reader:
                self._seen = verify_newest(self.surroundings, reader)
        return self._seen

    def rehearse(self, events: Sequence[ParsedEvent]) -> None:
        """Ask the rules about a batch before anybody signs it; `append` asks them again under its lock.

        Raises:
            RuleViolation: as the reducer does.
            RefusedError: ``number.*``, ``event.future``, ``event.expired``.
        """
        now = self.surroundings.now()
        with self.read() as reader:
            state, size, numbers = WorkingState(reader.view()), reader.head().size, Numbers(reader)
            numbers.expect(events)
            for event in try_out(state, size, events):
                check_times(event, recorded_at=now)
                numbers.check(event)

    def check_timely(self, events: Sequence[ParsedEvent]) -> None:
        """Ask of a batch that the rules have taken whether it can be recorded now, before anybody signs it.

        Raises:
            RefusedError: ``event.future``, ``event.expired``.
        """
        now = self.surroundings.now()
        for event in events:
            check_times(event, recorded_at=now)

    def append(self, submissions: Iterable[Submission], *, clock_is_right: bool = False) -> tuple[Receipt, ...]:
        """Record a batch as one.

        Raises:
            CustodyError: as `custody.ledger.append.append`; nothing is written then.
        """
        receipts = append(
            self.home.store,
            submissions,
            at=self.surroundings.now(),
            log_signers=self.home.log_signers(),
            clock_is_right=clock_is_right,
            # The program's own main module is made to be imported again, by a worker that checks signatures.
            may_spawn=True,
            behind=look_behind(self.surroundings, self.home, trusted=self.trusted, known=self.known),
            lists=Manifests(self.home.manifests),
        )
        self.surroundings.settings.has_recorded = True
        # What it is now is remembered too: an old copy put back after this very act is found at the next one. Whatever
        # may speak against the ledger meanwhile is told then as well; this batch is recorded.
        self._seen = None
        with suppress(CustodyError):
            self.seen()
        return receipts

    def letter_breaches(self, reader: LedgerReader, view: View, event: ParsedEvent) -> Iterator[Breach]:
        """Yield what speaks against the letters under which an event lets something out, ``view`` being the state
        before it, by whom the user believes.
        """
        behind = partial(open_behind, self.surroundings, self.home, trusted=self.trusted, known=self.known)
        past, now = past_of(view, reader_events(reader), reader_requests(reader)), format_time(self.surroundings.now())
        return letter_breaches(reader, past, event, now, behind=cache(behind))

    def alive_keys(self) -> frozenset[str]:
        """Return the ids of the agents' keys that are enrolled and not revoked."""
        with self.read() as reader:
            return frozenset(key.id for key in reader.keys().values() if key.revoked_at is None)

    def disclosures_of(self, events: Iterable[ParsedEvent]) -> Disclosures:
        """Return the private values of events that this home holds, by commitment."""
        wanted = [commitment for event in events for commitment in places_of(event)]
        return self.home.store.disclosures.get(wanted)

    def registration_of(self, exhibit: Exhibit) -> ParsedEntry:
        """Return the entry that registered an exhibit.

        Raises:
            StorageError: ``ledger.unreadable`` where the rows beside the entries don't fit them.
        """
        with self.read() as reader:
            entry = entry_with(reader, exhibit.registration)
        if entry is None or not isinstance(entry.event.details, ExhibitRegistered):
            text = f"expected the registration of {exhibit.name}, found another entry"
            raise StorageError("ledger.unreadable", text, hint=INDEX_HINT)
        return entry

    def name_of(self, about: About) -> str:
        """Name the subject of an annotation for people: an exhibit by case and number."""
        if about.kind == "exhibit":
            with self.read() as reader:
                found = reader.view().registered(str(about.exhibit))
            if found is not None:
                return f"exhibit {show(found.name)}"
        return hash_name(about)

    def drafts_folder(self) -> Path:
        """Return the folder in which drafts wait."""
        return self.home.drafts


def open_access(surroundings: Surroundings) -> LedgerAccess:
    """Open the ledger of the home.

    Raises:
        UsageError: ``usage.no-home``.
        StorageError: as `open_home`.
    """
    return LedgerAccess(surroundings, open_home(surroundings.home(), random=surroundings.random))
