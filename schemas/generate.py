"""Write the JSON Schemas (2020-12) of every record kind from the types: ``python -m schemas.generate``.

One file a kind in ``schemas/json``. A schema is necessary and not sufficient: order, canonical spelling, byte counts,
hashes and signatures are beyond JSON Schema, and docs/spec says them in words. A test writes the files again and
compares. Nothing imports this module: it's a tool beside the verifier core, not a part of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from schemas.asset_proof import AssetProof
from schemas.bundle import Bundle, Disclosures
from schemas.certificate import CERTIFICATE_PAYLOAD_TYPE, Certificate, CertifiedFile
from schemas.content import ManifestLine
from schemas.draft import Draft
from schemas.enrol import Enrolment, EnrolmentRequest
from schemas.entry import Entry
from schemas.envelope import ENROL_PAYLOAD_TYPE, Envelope
from schemas.event import PAYLOAD_TYPE, Event
from schemas.law import Deadlines, Holidays, Memberships, Offences, RequestFields, Retention
from schemas.profile import Profile
from schemas.proof import Consistency, Proof
from schemas.registry import DETAILS
from schemas.report import Report
from schemas.trust import Trust
from schemas.types import Record

FOLDER = Path(__file__).parent / "json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS: dict[str, type[Record]] = {
    "custody-asset-proof-v1": AssetProof,
    "custody-bundle-v1": Bundle,
    "custody-certificate-v1": Certificate,
    "custody-certified-file-v1": CertifiedFile,
    "custody-consistency-v1": Consistency,
    "custody-deadlines-v1": Deadlines,
    "custody-disclosures-v1": Disclosures,
    "custody-draft-v1": Draft,
    "custody-enrol-request-v1": EnrolmentRequest,
    "custody-enrol-v1": Enrolment,
    "custody-entry-v1": Entry,
    "custody-event-v1": Event,
    "custody-holidays-v1": Holidays,
    "custody-manifest-line-v1": ManifestLine,
    "custody-memberships-v1": Memberships,
    "custody-offences-v1": Offences,
    "custody-profile-v1": Profile,
    "custody-proof-v1": Proof,
    "custody-report-v1": Report,
    "custody-request-fields-v1": RequestFields,
    "custody-retention-v1": Retention,
    "custody-trust-v1": Trust,
    "dsse-envelope": Envelope,
}
"""Name of the file, without its ending, and the record whose schema it holds."""
ANCHORS: dict[str, tuple[str, ...]] = {
    "about": ("about",),
    "case": ("case",),
    "link": ("case", "exhibit", "link"),
    "none": (),
}
"""Which of the anchoring fields an event of each anchor carries; it carries none of the others."""

Schema = dict[str, Any]


def schema_of(kind: type[Record]) -> Schema:
    """Return the JSON Schema of one record, with every type that it uses below ``$defs``."""
    extra = [event_type.details for event_type in DETAILS.values()] if kind is Event else []
    (root, *_), types = msgspec.json.schema_components([kind, *extra], ref_template="#/$defs/{name}")
    schema: Schema = {"$schema": DIALECT, **_translate(root), "$defs": _translate(types)}
    if kind is Event:
        schema["allOf"] = [_details_rule(name) for name in sorted(DETAILS)]
        schema["$defs"]["Event"]["properties"]["type"] = {"enum": sorted(DETAILS)}
    if kind in {Entry, Envelope}:
        types_known = [PAYLOAD_TYPE] if kind is Entry else [CERTIFICATE_PAYLOAD_TYPE, ENROL_PAYLOAD_TYPE, PAYLOAD_TYPE]
        schema["$defs"]["Envelope"]["properties"]["payloadType"] = {"enum": types_known}
    if hasattr(kind, "SCHEMA"):
        # A default in the type is for the writer's comfort; in the bytes the version always stands.
        record = schema["$defs"][kind.__name__]
        record["required"] = sorted({*record["required"], "schema"})
        record["properties"]["schema"].pop("default", None)
    return schema


def _details_rule(name: str) -> Schema:
    """Say for one event type which details it has and which anchoring fields stand beside them."""
    event_type = DETAILS[name]
    carried = ANCHORS[event_type.anchor]
    absent = sorted({"about", "case", "exhibit", "link"} - set(carried))
    then: Schema = {
        "properties": {"details": {"$ref": f"#/$defs/{event_type.details.__name__}"}, **dict.fromkeys(absent, False)},
        "required": list(carried),
    }
    return {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": then}


def _translate(value: Any) -> Any:
    r"""Return a schema with its texts on one line and its patterns as ECMA-262 has them, which knows no ``\Z``."""
    match value:
        case dict():
            return {key: _translate_text(key, item) for key, item in value.items()}
        case list() | tuple():
            return [_translate(item) for item in value]
        case _:
            return value


def _translate_text(key: str, item: Any) -> Any:
    if key == "pattern" and isinstance(item, str):
        return item.replace(r"\Z", "$")
    if key == "description" and isinstance(item, str):
        return " ".join(item.split())
    return _translate(item)


def generate() -> dict[str, bytes]:
    """Return every schema file by its name: sorted keys, two spaces, one final newline."""
    files = {}
    for name, kind in KINDS.items():
        schema = {"$id": f"{name}.schema.json", **schema_of(kind)}
        files[f"{name}.schema.json"] = f"{json.dumps(schema, indent=2, sort_keys=True)}\n".encode()
    return files


def main() -> None:
    """Write the files and delete those of kinds that are gone."""
    FOLDER.mkdir(exist_ok=True)
    files = generate()
    for path in FOLDER.glob("*.schema.json"):
        if path.name not in files:
            path.unlink()
    for name, raw in files.items():
        (FOLDER / name).write_bytes(raw)
    sys.stdout.write(f"{len(files)} schemas in {FOLDER}\n")


if __name__ == "__main__":
    main()
