"""An exhibit and its files as UCO observables: names that may be shown, sizes, digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from custody.evidence.members import Member
from custody.report.case_graph import Graph, Node, date_time, id_of, make_node, refer
from custody.report.values import pointer_of
from custody.verify.gate.contents import images_of
from schemas.content import Content, Digests
from schemas.details.exhibit import ExhibitRegistered
from schemas.details.image import Image, Medium
from schemas.details.source import Capture, Source
from schemas.event import ParsedEvent
from schemas.private import Disclosure
from schemas.types import UNSET, Private

METHODS: Final = {
    "md5": "MD5", "sha1": "SHA1", "sha256": "SHA256", "sha3_256": "SHA3-256", "sha512": "SHA512",
}  # fmt: skip
"""Digests that the UCO vocabulary names; others are told in words."""
_OTHERS: Final = {"blake3": "BLAKE3", "sm3": "SM3"}


def shown(value: object, place: tuple[str, ...], disclosed: Mapping[str, Disclosure]) -> str | None:
    """Return a private text where it may be shown, as it was typed; a disclosure for another place says nothing."""
    found = disclosed.get(value.commitment) if isinstance(value, Private) else None
    if found is None or found.path != pointer_of(place) or not isinstance(found.value, str):
        return None
    return found.value


def put_exhibit(
    graph: Graph,
    registered: ParsedEvent,
    details: ExhibitRegistered,
    disclosed: Mapping[str, Disclosure],
    *,
    number: str,
) -> str:
    """Add the exhibit, and return its id."""
    content = details.content
    facets: list[Node] = []
    said = [f"kind: {details.kind}", f"nature: {details.nature}", f"obtained: {details.obtained}"]
    if isinstance(content, Content):
        facets.append(_facet("exhibit", (registered.hash,), observable_sizeInBytes=content.bytes))
        said.append(f"content root: {content.root} (RFC 6962 over {content.count} file records)")
    exhibit = graph.put(
        "exhibit", (registered.hash,), "observable:ObservableObject",
        core_name=number,
        core_description=[*filter(None, [shown(details.description, ("details", "description"), disclosed)]), *said],
        core_hasFacet=facets,
    )  # fmt: skip
    for place, image in enumerate(images_of(details), start=1):
        _put_medium(graph, registered, image, place, exhibit)
    _put_page(graph, registered, details, disclosed, exhibit)
    return exhibit


def _facet(kind: str, keys: tuple[str, ...], type: str = "ContentDataFacet", **properties: Any) -> Node:
    told = {name.replace("_", ":", 1): value for name, value in properties.items() if value not in (None, [])}
    return {"@id": id_of(f"{kind}-{type}", *keys), "@type": f"observable:{type}", **told}


def file_nodes(registration: str, members: Iterable[Member], exhibit: str) -> Iterator[Node]:
    """Yield for each file record its node, and that it lies in the exhibit; a withheld name leaves the digests."""
    for place, member in enumerate(members):
        yield from _file_nodes(registration, place, member, exhibit)


def _file_nodes(registration: str, place: int, member: Member, exhibit: str) -> Iterator[Node]:
    record, keys = member.record, (registration, str(place))
    path = None if member.path is None else member.path.decode("utf-8", "backslashreplace")
    name = None if path is None else path.rpartition("/")[2]
    size = record.size if isinstance(record.size, int) else None
    file = _facet(
        "file", keys, "FileFacet",
        observable_fileName=name,
        observable_filePath=path,
        observable_isDirectory=True if record.type == "directory" else None,
        observable_modifiedTime=date_time(record.modified) if isinstance(record.modified, str) else None,
        observable_sizeInBytes=size,
    )  # fmt: skip
    data = _facet("file", keys, observable_hash=_hashes(record.digests, keys), observable_sizeInBytes=size)
    node = make_node(
        "file", keys, {"directory": "observable:Directory", "symlink": "observable:SymbolicLink"}.get(
            record.type, "observable:File"
        ),
        core_name=name or f"file record {place}, name withheld",
        core_description=_other_digests(record.digests),
        core_hasFacet=[file, data] if size is not None else [file],
    )  # fmt: skip
    yield node
    yield make_node(
        "contained", keys, "observable:ObservableRelationship",
        core_source=refer(node["@id"]), core_target=refer(exhibit), core_isDirectional=True,
        core_kindOfRelationship="Contained_Within",
    )  # fmt: skip


def _hashes(digests: object, keys: tuple[str, ...]) -> list[Node]:
    if not isinstance(digests, Digests):
        return []
    return [
        {
            "@id": id_of("hash", *keys, name),
            "@type": "types:Hash",
            "types:hashMethod": method,
            "types:hashValue": {"@type": "xsd:hexBinary", "@value": str(value)},
        }
        for name, method in METHODS.items()
        if (value := getattr(digests, name)) is not UNSET
    ]


def _other_digests(digests: object) -> list[str]:
    if not isinstance(digests, Digests):
        return []
    found = ((name, getattr(digests, field)) for field, name in _OTHERS.items())
    return [f"{name}: {value}" for name, value in found if value is not UNSET]


def _put_medium(graph: Graph, registered: ParsedEvent, image: Image, place: int, exhibit: str) -> None:
    """Add the disk inside a forensic image, if it was read: it has digests of its own."""
    medium = image.medium
    if not isinstance(medium, Medium):
        return
    keys = (registered.hash, "medium", *([] if place == 1 else [str(place)]))
    facet = _facet("medium", keys, observable_hash=_hashes(medium.digests, keys), observable_sizeInBytes=medium.size)
    node = graph.put(
        "medium", keys, "observable:ObservableObject",
        core_name="the medium inside the image",
        core_description=_other_digests(medium.digests),
        core_hasFacet=[facet],
    )  # fmt: skip
    graph.put(
        "contained", keys, "observable:ObservableRelationship",
        core_source=refer(node), core_target=refer(exhibit), core_isDirectional=True,
        core_kindOfRelationship="Contained_Within",
    )  # fmt: skip


def _put_page(
    graph: Graph, registered: ParsedEvent, details: ExhibitRegistered, disclosed: Mapping[str, Disclosure], exhibit: str
) -> None:
    """Add the page of which a web capture was made, if its address may be shown."""
    capture = details.source.capture if isinstance(details.source, Source) else UNSET
    url = capture.url if isinstance(capture, Capture) else UNSET
    address = shown(url, ("details", "source", "capture", "url"), disclosed)
    if address is None:
        return
    facet = _facet("page", (registered.hash,), "URLFacet", observable_fullValue=address)
    page = graph.put("page", (registered.hash,), "observable:URL", core_name=address, core_hasFacet=[facet])
    graph.put(
        "captured", (registered.hash,), "observable:ObservableRelationship",
        core_source=refer(exhibit), core_target=refer(page), core_isDirectional=True,
        core_kindOfRelationship="Captured_From",
    )  # fmt: skip
