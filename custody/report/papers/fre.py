"""The certificate of a copy by digital identification (Federal Rules of Evidence 902(14), law row A1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from custody.report.papers.exhibit_records import (
    Name,
    acts_on,
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
from schemas.details.exhibit import Acquisition, ExhibitChecked, ExhibitCopied, ExhibitExamined, ExhibitRegistered
from schemas.details.image import Image, Medium
from schemas.entry import ParsedEntry
from schemas.errors import UsageError
from schemas.types import UNSET, is_set

NOTICE: Final = Label(
    "Before the trial or hearing whoever offers it gives the other side reasonable written notice, and makes the "
    "record and this certification available for inspection (Federal Rules of Evidence 902(11))."
)


_AT_HOME: Final = Label(
    "I declare under penalty of perjury that the foregoing is true and correct (28 U.S.C. 1746(2))."
)
_ABROAD: Final = Label(
    "I declare under penalty of perjury under the laws of the United States of America that the foregoing is true and "
    "correct (28 U.S.C. 1746(1))."
)


def declaration(verified: Verified) -> Label:
    """Return by which words a certification is declared true, which follows from where it is signed (law row A3)."""
    ledger = verified.state.ledger()
    return _AT_HOME if ledger is not None and ledger.country == "US" else _ABROAD


def fre_902_14(verified: Verified, exhibits: Sequence[Name], basis: tuple[Row, ...]) -> Paper:
    """Return the certificate of a copy by digital identification (Federal Rules of Evidence 902(14), law row A1)."""
    read, found = Reader(verified, "en"), registrations(verified, exhibits)
    entry, details = found[0]
    if not isinstance(details.content, Content):
        text = f"expected data, whose digest can be certified, found {name_of(entry)} without content"
        raise UsageError("print.subject", text)
    original, work = _original(verified, details)
    taken = details.acquisition if isinstance(details.acquisition, Acquisition) else None
    tool = (taken.tool, taken.version, taken.arguments) if taken else (work.tool, work.version) if work else ()
    rows = (
        *case_rows(read, [str(entry.event.event.case)]),
        Row(Label("Person who made the copy"), read.signers(entry, "actor")),
        Row(Label("Qualification"), competence_of(verified, read)),
        Row(Label("Device or file copied"), _original_name(original, read, details)),
        Row(Label("Copy"), f"exhibit {name_of(entry)}; {amount_of(details)}"),
        Row(Label("When"), read.when(entry)),
        Row(Label("Process"), read.several(*tool)),
        Row(Label("Algorithm"), "SHA-256 (FIPS 180-4)"),
        Row(
            Label("Digest of the original"),
            check_value(original[1]) if original else "not recorded apart from the copy",
        ),
        Row(Label("Digest of the copy"), check_value(details)),
        *_stored(details),
        Row(Label("Result"), _match(original, details)),
        Row(Label("Compared since"), compared_since(verified, entry)),
    )
    statements = (
        Label("I certify that the data described below were copied from the device, medium or file described below, "
              "and that a process of digital identification, a comparison of digests, shows the result stated below."),
        Label("The records named at the end were signed when they were made. This page repeats them; it becomes a "
              "certificate only by the signature of a qualified person."),
        declaration(verified),
        NOTICE,
    )  # fmt: skip
    title = Label("Certification of data copied from an electronic device (Federal Rules of Evidence 902(14))")
    return Paper(
        "fre-902-14", title, "en", basis, statements, rows, (file_table(read, details),),
        (Label("Name, qualification, date and signature"),),
        proofs_of(verified, [*([original] if original else []), *found]),
    )  # fmt: skip


def _original(
    verified: Verified, details: ExhibitRegistered
) -> tuple[tuple[ParsedEntry, ExhibitRegistered] | None, ExhibitCopied | None]:
    """Return what a copy was made of, and the act that made it, where both are among the records."""
    for parent in details.derived_from or ():
        acts = [entry for entry in verified.entries.values() if entry.event.hash == parent.event]
        work = acts[0].event.details if acts else None
        found = [
            (entry, entry.event.details)
            for entry in verified.entries.values()
            if isinstance(entry.event.details, ExhibitRegistered)
            and (entry.event.event.case, entry.event.event.exhibit) == (parent.case, parent.exhibit)
        ]
        return (found[0] if found else None), (work if isinstance(work, ExhibitCopied) else None)
    return None, None


def _original_name(
    original: tuple[ParsedEntry, ExhibitRegistered] | None, read: Reader, details: ExhibitRegistered
) -> str:
    if original is not None:
        return f"exhibit {name_of(original[0])}: {read.value(original[1].description)}"
    taken = details.acquisition
    device = (taken.device, taken.serial) if isinstance(taken, Acquisition) else ()
    return read.several(details.description, *device)


def _stored(details: ExhibitRegistered) -> tuple[Row, ...]:
    """Return what was read out of a forensic image, and whether it is what the acquisition wrote into the image."""
    image = details.image if isinstance(details.image, Image) else None
    medium = image.medium if image is not None else None
    stored = image.stored if image is not None and isinstance(image.stored, tuple) else ()
    words = {True: "identical to what was read", False: "NOT what was read", UNSET: "the medium was not read"}
    told = [f"{item.algorithm.upper()} {item.value}: {words[item.match]}" for item in stored]
    read = f"SHA-256 {medium.digests.sha256}" if isinstance(medium, Medium) else ""
    rows = (("Digest of the medium in the image", read), ("Digests that the acquisition stored", "; ".join(told)))
    return tuple(Row(Label(title), value) for title, value in rows if value)


def _match(original: tuple[ParsedEntry, ExhibitRegistered] | None, details: ExhibitRegistered) -> str:
    if original is None or not isinstance(original[1].content, Content):
        return "no digest of the original apart from that of the copy is on record"
    # One file under another name is the same data; of several, names are part of the digest.
    ours, theirs = check_value(details), check_value(original[1])
    return "identical" if ours == theirs else "NOT identical"


def compared_since(verified: Verified, entry: ParsedEntry) -> str:
    """Return when the files were compared with their digests, and what was found."""
    checks = [
        (format_utc(act.event.event.occurred_at), act.event.details.matching == act.event.details.checked)
        for act in acts_on(verified, entry)
        if isinstance(act.event.details, ExhibitChecked)
    ]
    told = [f"{at}: {'identical' if same else 'NOT identical'}" for at, same in checks]
    return "; ".join(told) or "no comparison on record"


def competence_of(verified: Verified, read: Reader) -> str:
    """Return the qualification that examiners stated, or that it is for who signs."""
    told = [
        read.value(entry.event.details.competence)
        for entry in verified.entries.values()
        if isinstance(entry.event.details, ExhibitExamined) and is_set(entry.event.details.competence)
    ]
    return "; ".join(dict.fromkeys(told)) or "to be stated by the person who signs"
