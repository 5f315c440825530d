"""The list of what was seized, which everybody needs."""

from __future__ import annotations

from collections.abc import Sequence

from custody.report.papers.exhibit_records import (
    Name,
    acts_on,
    balance_tables,
    check_value,
    name_of,
    proofs_of,
    registrations,
)
from custody.report.papers.paper import Label, Paper, Reader, Row, Table
from custody.verify.verify import Verified
from schemas.details.exhibit import (
    ExhibitSealed,
)
from schemas.entry import ParsedEntry
from schemas.types import UNSET


def seizure_list(verified: Verified, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    """Return the list of what was seized, with check values and seals."""
    read, found = Reader(verified, "en"), registrations(verified, exhibits)
    heads = ("Exhibit", "Description", "Kind", "Taken from", "Place", "Time", "Seal", "Check value (SHA-256)")
    rows = tuple(
        (
            name_of(entry),
            read.value(details.description),
            details.kind,
            read.value(details.seized_from),
            read.value(details.place),
            read.when(entry),
            _seal(verified, read, entry),
            check_value(details),
        )
        for entry, details in found
    )
    authority = tuple(dict.fromkeys(read.value(details.legal_authority) for _, details in found))
    return Paper(
        "seizure-list", Label("List of seized exhibits"), "en", basis, (),
        (Row(Label("Legal authority"), "; ".join(authority)), Row(Label("Exhibits"), str(len(rows)))),
        (Table(Label("Exhibits"), tuple(map(Label, heads)), rows), *balance_tables(read, found)),
        (Label("Officer"), Label("Person from whom it was taken"), Label("Onlooker who signs")),
        proofs_of(verified, found),
    )  # fmt: skip


def _seal(verified: Verified, read: Reader, entry: ParsedEntry) -> str:
    seals = [act.event.details.seal for act in acts_on(verified, entry) if isinstance(act.event.details, ExhibitSealed)]
    return read.value(seals[-1]) if seals else read.value(UNSET)
