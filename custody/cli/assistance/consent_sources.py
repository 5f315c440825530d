"""On what a consent rests: the official's own signature, paper, or a verified letter of another ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from custody.cli.assistance.letter_reading import OpenLetter, open_letter
from custody.cli.border.terms import plain_condition
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.showing.holdings import Staged
from custody.report.values import Disclosures
from custody.transfer.letters import LetterRequest, peer_of
from schemas.details.consent import Grant
from schemas.details.request import RequestAnswered
from schemas.errors import RefusedError, UsageError
from schemas.event import ParsedEvent

_GRANTING: Final = ("granted", "granted-in-part")
_WHICH: Final = "--number N records what the paper decides; --by-key that an official decides by signing here"


@dataclass(frozen=True, slots=True)
class ConsentSource:
    """Details that say on what a consent rests, ``told`` in words; when, on which request, and with which texts of
    conditions, by code, a letter says.
    """

    details: dict[str, Any]
    told: str
    issued_at: str | None = None
    request: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def worded(self, conditions: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        """Return conditions with the letter's own text where none was typed."""
        return [{**item, "text": item["text"] or self.texts.get(item["code"])} for item in conditions or ()] or None


def read_source(context: Context, staged: Staged, given: dict[str, Any], believed: Believed) -> ConsentSource:
    """Return on what a consent rests, by the options that are given.

    Raises:
        UsageError: ``usage.consent`` for options that don't go together, ``consent.event``.
        RefusedError: ``consent.not-granted``, or as `open_letter` and `peer_of`.
        VerificationError: ``letter.verdict``.
        StorageError: the documents can't be kept.
    """
    letter: Path | None = given["letter"]
    documents: tuple[Path, ...] = given["documents"]
    number: str | None = given["number"]
    if letter is not None:
        if number is not None or given["by_key"]:
            raise UsageError(
                "usage.consent", "expected --letter alone, found --number of a paper or --by-key beside it"
            )
        return _of_letter(context, staged, letter, documents, given, believed)
    if given["event"] is not None:
        raise UsageError("usage.consent", "expected --letter beside --event, found none")
    if number is None:
        if documents and not given["by_key"]:
            raise UsageError(
                "usage.consent", "expected --number or --by-key beside --document, found neither", hint=_WHICH
            )
        by_key = {"documents": staged.documents(documents), "manner": "key"}
        return ConsentSource(by_key, "recorded as: consent by the official's own signature, by key")
    if given["by_key"]:
        raise UsageError("usage.consent", "expected --number of a paper or --by-key, found both", hint=_WHICH)
    if not documents:
        raise UsageError("usage.consent", "expected --document beside --number, found none")
    on_paper = {"documents": staged.documents(documents), "manner": "paper", "number": number}
    return ConsentSource(on_paper, "recorded as: consent on paper, which who signs here has seen")


def _of_letter(
    context: Context,
    staged: Staged,
    path: Path,
    documents: tuple[Path, ...],
    given: dict[str, Any],
    believed: Believed,
) -> ConsentSource:
    opened = open_letter(context, path, believed, accept_indeterminate=False)
    with opened.container:
        with context.ledger().read() as reader:
            peer_of(opened.letter, reader.agents(), given["authority"])
            ledger = reader.view().ledger()
        of, event = find_granting(opened, given["event"])
        details = event.details
        assert isinstance(details, RequestAnswered), "that is what grants"
        named = list(details.documents) if isinstance(details.documents, tuple) else []
        opened.stage(staged)
        opened.stage_documents(context, staged, named)
        told = of.answers_to
        is_ours = told is not None and ledger is not None and told.ledger == ledger.origin
        kept = [*named, *(staged.documents(documents) or [])]
        return ConsentSource(
            {"documents": kept or None, "manner": "letter", "origin": opened.letter.origin(of, event)},
            "recorded as: consent in a verified letter of another ledger",
            issued_at=details.answered_at,
            request=told.request if told is not None and is_ours else None,
            texts=_texts(details, opened.letter.disclosed),
        )


def _texts(answer: RequestAnswered, disclosed: Disclosures) -> dict[str, str]:
    """Return the texts of the conditions that an answer sets, by code."""
    granted = answer.grant.conditions if isinstance(answer.grant, Grant) else ()
    plain = [plain_condition(item, disclosed) for item in granted or ()]
    return {item["code"]: item["text"] for item in plain if item["text"] is not None}


def find_granting(opened: OpenLetter, named: str | None) -> tuple[LetterRequest, ParsedEvent]:
    """Return the answer of a letter that grants: the one whose event hash is ``named``, else the newest.

    Raises:
        UsageError: ``consent.event`` where the letter holds no such event.
        RefusedError: ``consent.not-granted`` where it grants nothing, or what came after it took that back.
    """
    answers = [
        (of, entry.event)
        for of in opened.letter.requests
        for entry in of.entries
        if isinstance(entry.event.details, RequestAnswered)
    ]
    if named is not None:
        found = opened.letter.find(named)
        if found is None:
            raise UsageError("consent.event", f"expected an event of the letter, found none with the hash {named}")
        answers = [found]
    granting = [item for item in answers if getattr(item[1].details, "outcome", None) in _GRANTING]
    if not granting:
        outcomes = ", ".join(str(getattr(event.details, "outcome", event.type)) for _, event in answers) or "none"
        raise RefusedError("consent.not-granted", f"expected an answer that grants, found {outcomes}")
    of, event = granting[-1]
    if of.state.outcome not in _GRANTING and not (of.state.parts and of.state.outcome == "refused"):
        text = f"expected a request that stands granted, found it {of.state.outcome}"
        raise RefusedError("consent.not-granted", text)
    return of, event
