"""The JSON Schemas are those of the types; real records satisfy them and wrong ones do not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas import layout
from schemas.generate import FOLDER, KINDS, generate
from tests.spec.examples import examples
from tests.spec.story import bundled

EXAMPLES = {
    "custody-asset-proof-v1": "asset-proof",
    "custody-bundle-v1": "bundle-json",
    "custody-certificate-v1": "certificate",
    "custody-certified-file-v1": "certified-file",
    "custody-consistency-v1": "consistency",
    "custody-disclosures-v1": "disclosures-json",
    "custody-draft-v1": "draft",
    "custody-enrol-request-v1": "enrol-file",
    "custody-entry-v1": "entry",
    "custody-event-v1": "event",
    "custody-manifest-line-v1": "manifest-line",
    "custody-proof-v1": "proof-json",
    "custody-report-v1": "report",
    "custody-trust-v1": "trust",
    "dsse-envelope": "envelope",
}

LAW = {
    "custody-deadlines-v1": "law/deadlines.json",
    "custody-memberships-v1": "law/memberships.json",
    "custody-offences-v1": "law/offences.json",
    "custody-profile-v1": "profiles/cn.json",
    "custody-request-fields-v1": "law/request-fields.json",
    "custody-retention-v1": "law/retention.json",
}
"""Files that are shipped, below ``schemas``."""


def _validator(kind: str) -> Any:
    return Draft202012Validator(json.loads((FOLDER / f"{kind}.schema.json").read_bytes()))


def _example(kind: str) -> Any:
    if kind == "custody-enrol-v1":
        return json.loads(examples()["key"][1]().split("\n")[0])
    if kind == "custody-holidays-v1":  # a user's own file holds the rows that another one is shipped with
        rows = json.loads((FOLDER.parent / LAW["custody-deadlines-v1"]).read_bytes())["rest_days"]
        return {"rest_days": rows, "schema": "custody-holidays/v1"}
    if kind in LAW:
        return json.loads((FOLDER.parent / LAW[kind]).read_bytes())
    return json.loads(examples()[EXAMPLES[kind]][1]())


def test_the_files_are_what_the_types_say() -> None:
    """A schema that lags behind its type refuses good records or takes bad ones."""
    assert {path.name: path.read_bytes() for path in FOLDER.glob("*.json")} == generate()


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema_of_the_dialect_that_it_names(kind: str) -> None:
    """Patterns of Python that ECMA-262 doesn't know would be refused by other validators."""
    raw = (FOLDER / f"{kind}.schema.json").read_text("utf-8")
    Draft202012Validator.check_schema(json.loads(raw))
    assert r"\Z" not in json.dumps(json.loads(raw)).replace("\\\\", "\\")


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_record_satisfies_its_schema(kind: str) -> None:
    """The examples of the pages are real records."""
    _validator(kind).validate(_example(kind))


def test_every_event_and_entry_of_the_example_satisfies_its_schema() -> None:
    """Details are checked by type."""
    events, entries = _validator("custody-event-v1"), _validator("custody-entry-v1")
    for entry in bundled().story.entries:
        events.validate(json.loads(entry.event.raw))
        entries.validate(json.loads(bundled().members[layout.entry_name(entry.entry.index)]))


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_field_is_refused(kind: str) -> None:
    """A field that nobody knows is a place to hide something."""
    assert not _validator(kind).is_valid({**_example(kind), "more": "x"})


@pytest.mark.parametrize(
    "change",
    [
        lambda event: event.pop("nonce"),
        lambda event: event.pop("link"),
        lambda event: event.update(about=[{"exhibit": "0" * 64}]),
        lambda event: event.update(type="exhibit.sealed"),
        lambda event: event.update(type="exhibit.invented"),
        lambda event: event.update(occurred_at="2026-11-21 12:00:00"),
        lambda event: event["details"].update(description="in clear"),
        lambda event: event["details"].update(kind="spaceship"),
    ],
)
def test_a_wrong_event_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    """One fault each: anchor, type, details, form."""
    event = _example("custody-event-v1")
    change(event)
    assert not _validator("custody-event-v1").is_valid(event)
