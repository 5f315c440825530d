"""The whole story of one exhibit as CASE/UCO 1.4: for other programs of the field, from the ledger or from a bundle.

    registration ──object──> exhibit            handover ──object──> record before
         └──result──> provenance record              └──result──> provenance record after

Every act is an `investigation:InvestigativeAction` that was informed by the act before it; every custody act takes the
provenance record of the exhibit as it stood, and gives the next one. Only values that are shown to whom the export is
for stand in it; how many do not is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from custody.evidence.members import Member
from custody.report.case_export_acts import put_acts
from custody.report.case_export_content import file_nodes, put_exhibit
from custody.report.case_export_people import put_people
from custody.report.case_graph import Graph, refer_all
from custody.report.counts import counted
from custody.report.ledger_story import Told
from custody.report.people import Person
from schemas.details.exhibit import ExhibitRegistered
from schemas.private import Disclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStory:
    """What is exported.

    ``told`` are all entries about the exhibit, its registration first; ``disclosed`` the values that may be shown, by
    commitment; ``members`` its files with the names that may be shown; ``basis`` says in words what the export rests
    on.
    """

    ledger: str
    case: str
    exhibit: str
    told: tuple[Told, ...]
    people: tuple[Person, ...]
    members: Iterable[Member]
    disclosed: Mapping[str, Disclosure]
    basis: str


def encode_case(story: CaseStory) -> Iterator[bytes]:
    """Yield the story as JSON-LD, piece by piece; equal stories give equal bytes.

    Raises:
        RecordError, VerificationError, StorageError: the list of files can't be read.
    """
    registered = story.told[0].entry.event
    details = registered.details
    assert isinstance(details, ExhibitRegistered), "a story begins with the registration"
    graph = Graph()
    put_people(graph, story.ledger, story.people)
    exhibit = put_exhibit(graph, registered, details, story.disclosed, number=story.exhibit)
    acts = put_acts(graph, story.ledger, story.told, story.disclosed, exhibit=exhibit)
    case = graph.put(
        "investigation", (story.ledger, story.case), "investigation:Investigation",
        core_name=story.case, core_object=refer_all(acts.ids),
    )  # fmt: skip
    last = story.told[-1].entry.event.hash
    withheld = (
        f"{counted(acts.withheld, 'value of its entries is', 'values of its entries are')} not shown."
        if acts.withheld
        else "No value is withheld."
    )
    graph.put(
        "bundle", (registered.hash, last), "core:Bundle",
        core_name=f"Exhibit {story.case}/{story.exhibit} of the ledger {story.ledger}",
        core_description=[story.basis, withheld],
        core_specVersion="1.4.0",
        core_object=refer_all([case, *acts.ids, exhibit, *(item for item in graph.ids() if item != case)]),
    )  # fmt: skip
    yield from graph.encode(file_nodes(registered.hash, story.members, exhibit))
