"""Certificates of a record kept abroad, for courts of the United States (18 U.S.C. 3505, 28 U.S.C. 1746; rows A2, A3).

The four statements are for the person who keeps the record: nothing in a ledger shows how a business makes its
records. The page says what was handed over, so that whoever signs knows to what.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from custody.report.papers.exhibit_records import (
    Name,
    amount_of,
    check_value,
    file_table,
    name_of,
    proofs_of,
    registrations,
)
from custody.report.papers.paper import Label, Paper, Reader, Row
from custody.report.papers.seizure_facts import case_rows
from custody.report.words import format_utc
from custody.verify.verify import Verified
from schemas.content import Content
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.source import Source
from schemas.entry import ParsedEntry
from schemas.errors import UsageError
from schemas.types import UNSET, is_set

_HOME: Final = "US"
_MADE: Final = Label("I keep the records described below, or I am otherwise qualified to speak for how they are kept.")
_FOUR: Final = (
    Label("(1) Each record was made at or near the time of what it tells, by a person with knowledge of it, or from "
          "what such a person passed on."),
    Label("(2) Each record was kept in the course of a regularly conducted activity."),
    Label("(3) Making such records is a regular practice of that activity."),
    Label("(4) What is handed over is the original, or a duplicate of the original."),
)  # fmt: skip
_PENALTY: Final = Label(
    "I make and sign this in the country named below. I know that a false statement here would subject me to criminal "
    "penalty under the laws of that country."
)
_PERJURY: Final = Label(
    "Executed outside the United States. I declare under penalty of perjury under the laws of the United States of "
    "America that the foregoing is true and correct."
)
_UNSIGNED: Final = Label(
    "This page repeats what records say; it becomes a certificate only by the signature of a qualified person."
)


def usc_3505(verified: Verified, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    """Return the certification of a foreign record of regularly conducted activity (18 U.S.C. 3505, law row A2).

    Raises:
        UsageError: ``print.subject`` for an exhibit without data.
    """
    title = Label("Certification of a foreign record of regularly conducted activity (18 U.S.C. 3505)")
    return _paper("usc-3505", title, (_MADE, *_FOUR, _PENALTY, _UNSIGNED), verified, exhibits, basis)


def usc_1746(verified: Verified, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    """Return the same statements as an unsworn declaration made abroad (28 U.S.C. 1746(1), law row A3).

    Raises:
        UsageError: ``print.subject`` for an exhibit without data.
    """
    title = Label("Declaration of a keeper of records, made outside the United States (28 U.S.C. 1746(1))")
    return _paper("usc-1746", title, (_MADE, *_FOUR, _PERJURY, _UNSIGNED), verified, exhibits, basis)


def _paper(
    name: str,
    title: Label,
    statements: tuple[Label, ...],
    verified: Verified,
    exhibits: Sequence[Name],
    basis: tuple[Row, ...],
) -> Paper:
    read, found = Reader(verified, "en"), registrations(verified, exhibits)
    entry, details = found[0]
    if not isinstance(details.content, Content):
        raise UsageError("print.subject", f"expected a record that is data, found {name_of(entry)} without content")
    signing = (
        "Name and position of the person who signs", "Organisation that keeps the record", "Country and place",
        "Date and signature",
    )  # fmt: skip
    return Paper(
        name, title, "en", basis, statements, _rows(verified, read, entry, details), (file_table(read, details),),
        tuple(map(Label, signing)), proofs_of(verified, found), tuple(map(Label, _warnings(verified, details))),
    )  # fmt: skip


def _rows(verified: Verified, read: Reader, entry: ParsedEntry, details: ExhibitRegistered) -> tuple[Row, ...]:
    source = details.source if isinstance(details.source, Source) else None
    ledger = verified.state.ledger()
    provider = (details.seized_from,) if source is None else (source.provider, details.seized_from)
    ends = () if source is None else tuple(end for end in (source.period_from, source.period_to) if is_set(end))
    period = " to ".join(format_utc(str(end)) for end in ends) or read.value(UNSET)
    return (
        *case_rows(read, [str(entry.event.event.case)]),
        Row(Label("Record"), f"exhibit {name_of(entry)}: {read.value(details.description)}"),
        Row(Label("Amount"), amount_of(details)),
        Row(Label("Kept by"), read.several(*provider)),
        Row(Label("Kind of record"), read.value(UNSET if source is None else source.type)),
        Row(Label("Period that it covers"), period),
        Row(Label("Country where it was kept"), read.value(details.data_country)),
        Row(Label("Country of the authority that took it in"), read.value(UNSET if ledger is None else ledger.country)),
        Row(Label("Taken in"), read.when(entry)),
        Row(Label("Provider's own certificate (SHA-256)"), read.value(details.certificate)),
        Row(Label("Copy of another exhibit"), "yes" if is_set(details.derived_from) else "no"),
        Row(Label("Check value"), check_value(details)),
    )


def _warnings(verified: Verified, details: ExhibitRegistered) -> tuple[str, ...]:
    """Both forms are for what was kept and is signed for outside of the United States."""
    ledger = verified.state.ledger()
    kept = str(details.data_country) if is_set(details.data_country) else ledger.country if ledger is not None else ""
    if kept != _HOME:
        return ()
    return ("By its record this was kept in the United States; this form is for records kept abroad.",)
