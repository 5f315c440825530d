"""What a paper consists of: labels in the language of its form and in English, values, tables, and record hashes."""

from __future__ import annotations

import os
from dataclasses import dataclass

from custody.report.papers.chinese import TERMS
from custody.report.people import NO_NAME, people_of
from custody.report.safe_text import show
from custody.report.words import format_utc
from custody.verify.verify import Verified
from schemas.entry import ParsedEntry
from schemas.event import Signer
from schemas.text import parse_offset, parse_time
from schemas.types import Private, is_set


@dataclass(frozen=True, slots=True)
class Label:
    """A text of the form in English, and in the form's own language where that is another."""

    en: str
    own: str = ""


NOT_RECORDED = Label("not recorded", "未记录")
WITHHELD = Label("withheld from the reader of these records", "未向阅读者披露")
ERASED = Label("erased by order", "已依命令删除")


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a form; ``own`` is the value in the form's own language, where that differs."""

    label: Label
    value: str
    own: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A list on a form."""

    title: Label
    heads: tuple[Label, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A record that the paper was made from: its entry number, what it is, and its two hashes."""

    entry: int
    type: str
    event: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper, ready to be laid out. ``language`` is that of its values, such as ``zh``; texts are safe to show.

    ``english`` is the same paper with English values, where the form's own language is another: both are complete, and
    no line mixes them.
    """

    name: str
    title: Label
    language: str
    basis: tuple[Row, ...]
    statements: tuple[Label, ...]
    rows: tuple[Row, ...]
    tables: tuple[Table, ...]
    signatures: tuple[Label, ...]
    proofs: tuple[Proof, ...]
    warnings: tuple[Label, ...] = ()
    english: Paper | None = None


class Reader:
    """Reads values of records for one edition of a paper, in ``language``."""

    def __init__(self, verified: Verified, language: str) -> None:
        self.verified = verified
        self.language = language
        self._people = {person.agent: person.name for person in people_of(verified, self._absent)}

    def word(self, label: Label) -> str:
        """Return a word in the language of this edition."""
        return label.own if label.own and self.language != "en" else label.en

    def term(self, word: str) -> str:
        """Return a word of a closed vocabulary of records in the language of this edition, as far as it is known."""
        return TERMS.get(word, word) if self.language == "zh" else word

    def value(self, value: object) -> str:
        """Return a value of a record as people read it; one that is not there or not shown says so."""
        if isinstance(value, Private):
            found = self.verified.values.disclosed.get(value.commitment)
            return self._absent(value.commitment) if found is None else _told(_flat(found.value))
        if not is_set(value) or value is None or value == ():
            return self.word(NOT_RECORDED)
        if isinstance(value, tuple):
            return ", ".join(self.value(item) for item in value)
        return _told(str(value))

    def path(self, raw: bytes | None, hidden: Private) -> str:
        """Return the name of a file from a list, or why it is not shown."""
        return self._absent(hidden.commitment) if raw is None else _told(os.fsdecode(raw))

    def several(self, *values: object) -> str:
        """Return all of ``values`` that are there, or that none is."""
        told = [self.value(value) for value in values if is_set(value) and value not in (None, ())]
        return "; ".join(told) or self.word(NOT_RECORDED)

    def person(self, agent: str) -> str:
        """Return the short name of an agent, with the name where it is shown."""
        name = self._people.get(agent, "")
        return f"{show(agent)} ({name})" if name not in {"", NO_NAME} else show(agent)

    def signers(self, entry: ParsedEntry, *offices: str) -> str:
        """Return who signed an entry as one of ``offices``."""
        signing = [signer for signer in entry.event.event.signers if signer.as_ in offices]
        return "; ".join(self._signer(signer) for signer in signing) or self.word(NOT_RECORDED)

    def _signer(self, signer: Signer) -> str:
        unit = f", {self.person(signer.party)}" if signer.party != signer.agent else ""
        return f"{self.person(signer.agent)}{unit}"

    def when(self, entry: ParsedEntry) -> str:
        """Return when an entry's act happened, by the clocks of its place if they differ, and in UTC."""
        event = entry.event.event
        utc, offset = format_utc(event.occurred_at), parse_offset(event.utc_offset)
        local = (parse_time(event.occurred_at) + offset).strftime("%Y-%m-%d %H:%M:%S")
        return f"{local} ({event.utc_offset}); {utc}" if offset else f"{utc} ({event.utc_offset})"

    def _absent(self, commitment: str) -> str:
        return self.word(ERASED if commitment in self.verified.values.erased else WITHHELD)


def proof_of(entry: ParsedEntry) -> Proof:
    """Return what identifies a record on paper."""
    return Proof(entry.entry.index, entry.event.type, entry.event.hash, entry.leaf.hex())


def _told(text: str) -> str:
    """Return a recorded text; in quotes where it says what the paper says itself of a value that it does not show."""
    own = (word for label in (ERASED, NOT_RECORDED, WITHHELD) for word in (label.en, label.own))
    return show(text, is_quoted=any(word in text.casefold() for word in own))


def _flat(value: object) -> str:
    return ", ".join(_flat(item) for item in value) if isinstance(value, list) else str(value)
