"""Every entry of an exhibit's story as an investigative action, with provenance records in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custody.report.case_export_content import shown
from custody.report.case_export_people import put_stranger
from custody.report.case_graph import Graph, date_time, external, refer, refer_all
from custody.report.ledger_story import Told
from custody.report.phrases import OFFICES
from custody.report.values import plain_of
from custody.report.words import WITHHELD, facts_of
from schemas.details.exhibit import ExhibitRegistered
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.types import UNSET

_APART: Final = frozenset({"content", "manifest"})
"""Parts of details that stand elsewhere in the graph, or are machinery."""
EVENT: Final = "event of a custody ledger, by its SHA-256"


@dataclass(frozen=True, slots=True)
class Acts:
    """The ids of all actions and provenance records, and how many values are not shown."""

    ids: tuple[str, ...]
    withheld: int


def put_acts(
    graph: Graph, ledger: str, told: Sequence[Told], disclosed: Mapping[str, Disclosure], *, exhibit: str
) -> Acts:
    """Add an action for each entry, and a provenance record for each custody act; ``exhibit`` is the exhibit's id."""
    ids: list[str] = []
    withheld = 0
    before, record = "", ""
    for item in told:
        event = item.entry.event
        lines, hidden = _lines(item, disclosed)
        withheld += hidden
        taken = [record] if record else [*_parents(graph, event), exhibit]
        is_custody = event.event.link is not UNSET
        if is_custody:
            record = _put_record(graph, item, exhibit)
            ids.append(record)
        action = graph.put(
            "act", (event.hash,), "investigation:InvestigativeAction",
            core_name=event.event.type,
            core_description=lines,
            core_externalReference=external(EVENT, event.hash),
            action_startTime=date_time(event.event.occurred_at),
            action_endTime=date_time(event.event.occurred_at),
            action_object=refer_all(taken),
            action_result=[refer(record)] if is_custody else None,
            investigation_wasInformedBy=refer(before) if before else None,
            **_people(graph, ledger, event),
            **_means(graph, event, disclosed),
        )  # fmt: skip
        ids.append(action)
        before = action
    return Acts(tuple(ids), withheld)


def _put_record(graph: Graph, item: Told, exhibit: str) -> str:
    event = item.entry.event
    parents = event.details.derived_from if isinstance(event.details, ExhibitRegistered) else UNSET
    roots = [parent.exhibit for parent in parents] if isinstance(parents, tuple) else None
    return graph.put(
        "provenance", (event.hash,), "investigation:ProvenanceRecord",
        core_description=f"as it stood after entry {item.entry.entry.index}: {item.act.after}",
        core_object=[refer(exhibit)],
        core_objectCreatedTime=date_time(event.event.occurred_at),
        investigation_exhibitNumber=str(event.event.exhibit),
        investigation_rootExhibitNumber=roots,
    )  # fmt: skip


def _parents(graph: Graph, event: ParsedEvent) -> Iterator[str]:
    """Add what an exhibit was made from: the provenance record of the parent after the act by which it was made."""
    details = event.details
    parents = details.derived_from if isinstance(details, ExhibitRegistered) else UNSET
    for parent in parents or ():
        yield graph.put(
            "provenance", (parent.event,), "investigation:ProvenanceRecord",
            core_description=f"exhibit {parent.case}/{parent.exhibit}, from which it was made",
            investigation_exhibitNumber=parent.exhibit,
        )  # fmt: skip


def _people(graph: Graph, ledger: str, event: ParsedEvent) -> dict[str, Any]:
    signers = event.event.signers
    parties = [put_stranger(graph, ledger, signer.agent) for signer in signers]
    parties += [put_stranger(graph, ledger, str(s.on_behalf_of)) for s in signers if s.on_behalf_of is not UNSET]
    return {"action_performer": refer(parties[0]), "action_participant": refer_all(parties[1:])}


def _means(graph: Graph, event: ParsedEvent, disclosed: Mapping[str, Disclosure]) -> dict[str, Any]:
    """Return where it was done and with which tool, as far as that may be shown."""
    details, found = event.details, dict[str, Any]()
    place = shown(getattr(details, "place", None), ("details", "place"), disclosed)
    if place is not None:
        found["action_location"] = [refer(graph.put("place", (event.hash,), "location:Location", core_name=place))]
    acquisition = getattr(details, "acquisition", None)
    where = ("details",) if acquisition in (None, UNSET) else ("details", "acquisition")
    holder = details if len(where) == 1 else acquisition
    tool = shown(getattr(holder, "tool", None), (*where, "tool"), disclosed)
    if tool is not None:
        version = shown(getattr(holder, "version", None), (*where, "version"), disclosed)
        node = graph.put("tool", (event.hash,), "tool:Tool", core_name=tool, tool_version=version)
        found["action_instrument"] = [refer(node)]
    return found


def _lines(item: Told, disclosed: Mapping[str, Disclosure]) -> tuple[list[str], int]:
    """Return the act in words, with its values that may be shown, and how many may not."""
    event = item.entry.event
    details = {name: value for name, value in plain_of(event)["details"].items() if name not in _APART}
    facts = facts_of(details, disclosed)
    signers = (f"{signer.agent} ({OFFICES[signer.as_]})" for signer in event.event.signers)
    lines = [
        item.act.headline,
        f"entry {item.entry.entry.index}, recorded at {item.entry.entry.recorded_at}; local time "
        f"{event.event.utc_offset}",
        f"signed by {', '.join(signers)}; {item.act.signed.rpartition('; ')[2]}",
        *(f"{mark.severity.value.upper()}: {mark.text}" for mark in item.act.marks),
        *(f"{fact.label}: {fact.value}" for fact in facts if fact.value != WITHHELD),
    ]
    return lines, sum(fact.value == WITHHELD for fact in facts)
