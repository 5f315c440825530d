"""An event in words, made from its bytes and the disclosures at hand: what a person reads before signing, and after.

One headline says what happened to what and who acted; facts say the rest, one line each. Everything passes through
`show`, so no name of evidence can forge a line. Words are for people: entry number, seized from, content digest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from custody.report import marks
from custody.report.counts import counted, listed
from custody.report.field_labels import CODES, LABELS
from custody.report.finding_words import explain
from custody.report.phrases import HEADLINES, OFFICES, READ_HEADLINES, WORDS
from custody.report.safe_text import show, show_path
from custody.report.values import Disclosures, commitment_of, plain_of, pointer_of
from schemas import limits
from schemas.content import path_bytes
from schemas.errors import RecordError
from schemas.event import About, Link, ParsedEvent, Seen
from schemas.text import TIME_PATTERN
from schemas.types import UNSET, is_set

WITHHELD = f"{marks.WITHHELD})"
NameOf = Callable[[About], str]
"""Names the subject of an annotation for people; exhibits are named there by a hash only."""
Absent = Callable[[str], str]
"""Says for a commitment why its value is not shown."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of an event's details: its place below the event, such as ``("details", "seal")``, label and value."""

    place: tuple[str, ...]
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words. ``when`` is in UTC with the local offset that was recorded."""

    headline: str
    when: str
    signers: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]

    def lines(self, *, indent: str = "  ") -> tuple[str, ...]:
        """Return headline, time, signers and facts, one line each."""
        told = [f"{indent}{label}: {value}" for label, value in self.facts]
        return (self.headline, f"{indent}when: {self.when}", f"{indent}signers: {', '.join(self.signers)}", *told)


def hash_name(about: About) -> str:
    """Name what an annotation is about where nothing is known but its own words."""
    value = getattr(about, about.kind)
    return f"the exhibit registered by event {value}" if about.kind == "exhibit" else f"{about.kind} {show(str(value))}"


def tell(event: ParsedEvent, disclosures: Disclosures, *, name_of: NameOf = hash_name) -> Told:
    """Return the event in words; a value whose disclosure is not at hand is shown as withheld."""
    facts = ((fact.label, fact.value) for fact in facts_of(plain_of(event)["details"], disclosures))
    return Told(headline_of(event, name_of), format_when(event), signers_of(event), (*_frame(event), *facts))


def signers_of(event: ParsedEvent) -> tuple[str, ...]:
    """Return who signs an event, for whom and as what."""
    return tuple(_signer(signer) for signer in plain_of(event)["signers"])


def facts_of(
    details: Mapping[str, Any], disclosures: Disclosures, *, absent: Absent = lambda _: WITHHELD
) -> tuple[Fact, ...]:
    """Return one fact for each value of plain ``details``, in the order of the bytes; all of them are safe to show."""
    return tuple(_facts(details, ("details",), disclosures, absent))


def format_when(event: ParsedEvent) -> str:
    """Return the time of the act, such as ``2026-11-21 20:23:00 UTC (local +08:00)``."""
    return f"{format_utc(event.event.occurred_at)} (local {event.event.utc_offset})"


def format_utc(time: str) -> str:
    """Return a recorded time as people read it: ``2026-11-21 20:23:00 UTC``."""
    return f"{time[:10]} {time[11:19]} UTC"


def subject_of(event: ParsedEvent, name_of: NameOf = hash_name, most: int = limits.ABOUT) -> str:
    """Return what an event is about, such as ``exhibit 2026-0417/EX-1``; of many subjects the first ``most``."""
    inner = event.event
    if is_set(inner.exhibit):
        return f"exhibit {show(f'{inner.case}/{inner.exhibit}')}"
    if is_set(inner.case):
        return f"case {show(str(inner.case))}"
    if isinstance(inner.about, tuple):
        return listed([name_of(about) for about in inner.about[:most]], len(inner.about))
    details = plain_of(event)["details"]
    # Of events without an anchor the details say what they are about; all three are ids without free text.
    kind = next((kind for kind in ("request", "transfer", "agent") if kind in details), None)
    return f"ledger {inner.ledger}" if kind is None else f"{kind} {details[kind]}"


def headline_of(event: ParsedEvent, name_of: NameOf = hash_name, most: int = limits.ABOUT) -> str:
    """Return in one sentence what happened to what, and who acted; as `subject_of`."""
    parts = {"subject": subject_of(event, name_of, most), "actor": _party(event, "actor"), "to": _party(event, "to")}
    # Whoever signs for what came in a letter did not do what it tells.
    sources = (getattr(event.details, name, UNSET) for name in ("origin", "paper"))
    is_read = event.type in READ_HEADLINES and any(map(is_set, sources))
    told = (READ_HEADLINES if is_read else HEADLINES)[event.type].format(**parts)
    is_undecided = is_set(getattr(getattr(event.details, "origin", UNSET), "verdict", UNSET))
    return f"{told}, from a letter that is INDETERMINATE" if is_undecided else told


def _party(event: ParsedEvent, office: str) -> str:
    signer = next((signer for signer in event.event.signers if signer.as_ == office), None)
    if signer is None:
        return "somebody who does not sign"
    return f"{signer.agent} for {signer.party}" if is_set(signer.on_behalf_of) else signer.agent


def _signer(signer: Mapping[str, str]) -> str:
    unit = f" for {signer['on_behalf_of']}" if "on_behalf_of" in signer else ""
    return f"{signer['agent']}{unit} ({OFFICES[signer['as']]})"


def _frame(event: ParsedEvent) -> Iterator[tuple[str, str]]:
    """Yield what the event says outside its details, as far as a signer answers for it."""
    inner = event.event
    yield "ledger", inner.ledger
    link = inner.link
    if isinstance(link, Link):
        after = f", after event {link.previous}" if is_set(link.previous) else ""
        yield "act", f"number {link.sequence} of this exhibit{after}"
    if isinstance(inner.about, tuple):
        for about in inner.about:
            if is_set(about.event):
                yield "about event", str(about.event)
    if isinstance(inner.not_after, str):
        yield "to be recorded by", format_utc(inner.not_after)
    if isinstance(inner.seen, Seen):
        yield "checkpoint seen", f"of {counted(inner.seen.size, 'entry', 'entries')}, {inner.seen.root}"


def _facts(value: object, place: tuple[str, ...], disclosures: Disclosures, absent: Absent) -> Iterator[Fact]:
    """Yield one fact for each value below ``place``, in the order of the bytes."""
    commitment = commitment_of(value)
    if commitment is not None:
        yield Fact(place, _label(place), _disclosed(commitment, place, disclosures, absent))
    elif isinstance(value, dict) and value.keys() == {"name", "value"}:
        # A statement of a request stands under its own name.
        yield from (
            Fact(fact.place, show(str(value["name"])), fact.value)
            for fact in _facts(value["value"], (*place, "value"), disclosures, absent)
        )
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _facts(item, (*place, name), disclosures, absent)
    elif isinstance(value, list) and value and all(_is_span(item) for item in value):
        yield Fact(place, _label(place), "; ".join(map(_run, value)))
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        yield Fact(place, _label(place), ", ".join(_code(place, item) for item in value) or "none")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _facts(item, (*place, str(number)), disclosures, absent)
    else:
        yield Fact(place, _label(place), _code(place, value))


def _is_span(value: object) -> bool:
    """Tell whether a value is a run of numbered things; many of them read better on one line."""
    return isinstance(value, dict) and value.keys() == {"length", "start"}


def _run(span: Mapping[str, int]) -> str:
    first, last = span["start"], span["start"] + span["length"] - 1
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def _disclosed(commitment: str, place: tuple[str, ...], disclosures: Disclosures, absent: Absent) -> str:
    found = disclosures.get(commitment)
    # A disclosure for another place says nothing about this one.
    if found is None or found.path != pointer_of(place):
        return absent(commitment)
    return format_value(found.value)


def format_value(value: Any) -> str:
    """Return a disclosed value on one line, safe to show: bytes of a name as a name, a list joined by semicolons."""
    match value:
        case dict():
            with suppress(RecordError):
                return show_path(path_bytes(value))
            # It is no name: anybody may disclose anything, and each value is shown as it stands.
            return "; ".join(f"{show(f'{name}:')} {format_value(item)}" for name, item in value.items())
        case list() | tuple():
            return "; ".join(format_value(item) for item in value)
        case _:
            return _word(value)


def _code(place: tuple[str, ...], value: object) -> str:
    """Return a value that a record holds in clear: what a code means in its field, a time as people read it."""
    path, text = _path(place), str(value)
    if path == "breaches":
        return f"{explain(text)} [{show(text)}]"
    if found := CODES.get(path, {}).get(text):
        return found
    return format_utc(text) if re.fullmatch(TIME_PATTERN, text, re.ASCII) else _word(value)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return WORDS.get(text) or show(text)


def _path(place: tuple[str, ...]) -> str:
    """Return where a value stands below the details, without the numbers of what is in a list."""
    return "/".join(part for part in place[1:] if not part.isdigit())


def _label(place: tuple[str, ...]) -> str:
    """Return the name of a field for people: ``acquisition tool``, ``file 2 name``."""
    if place[1:2] == ("further_images",) and len(place) > 3:
        return f"image {int(place[2]) + 2}: {_label((place[0], 'image', *place[3:]))}"
    known = LABELS.get(_path(place))
    number = next((f" {int(part) + 1}" for part in place if part.isdigit()), "")
    if known is not None:
        return known.format(number=number)
    words = [part.replace("_", " ") for part in place[1:] if not part.isdigit()]
    return " ".join(words) + number
