"""What may be said of an exhibit when it is registered: options of one exhibit, and of a whole list."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import click

from custody.cli.acting.act_options import (
    FILE,
    attest_option,
    document_option,
    parse_attestations,
    photo_option,
    words_of,
)
from custody.cli.acting.exhibit_selection import find_exhibit
from custody.cli.context import Context
from custody.cli.intake.parents import parents_of
from custody.cli.intake.seizure_details import (
    describe_attested,
    device_of,
    device_options,
    identity_options,
    legal_paper_option,
    legal_papers_of,
)
from custody.cli.option_groups import several
from custody.cli.options import FILES_HELP, When
from custody.cli.parameters import COUNTRY
from custody.cli.showing.holdings import Staged
from custody.evidence.algorithms import CHOICES
from custody.report.safe_text import show_path
from schemas.details.exhibit import Acquisition, ExhibitRegistered, Handling
from schemas.errors import UsageError
from schemas.text import format_time

_OBTAINED: Final = words_of(ExhibitRegistered, "obtained")

exhibit_options = several(
    click.option("--nature", type=click.Choice(words_of(ExhibitRegistered, "nature")), help="Data if PATH is given."),
    click.option("--kind", type=click.Choice(words_of(ExhibitRegistered, "kind")), help="What it is."),
    click.option("--description", help="What a colleague would call it (kept private)."),
    click.option("--identifiers", help="Serial numbers, IMEI, accounts (kept private)."),
    click.option("--seal", help="Seal it in the same go, with this number (kept private)."),
    click.option("--derived-from", "parents", multiple=True, metavar="EXHIBIT[@EVENT]", help="From what it was made."),
    click.option("--same-object-as", "same", multiple=True, metavar="EXHIBIT", help="Registered before as another."),
    click.option("--data-country", type=COUNTRY, help="Where the data lay."),
    device_options,
)
"""Options that describe one exhibit."""

acquisition_options = several(
    click.option("--acquisition-tool", "tool", help="What the data were taken with (kept private)."),
    click.option("--acquisition-version", "version", help="Its version (kept private)."),
    click.option("--acquisition-method", "method", type=click.Choice(words_of(Acquisition, "method")), help="How."),
    click.option("--acquisition-arguments", "arguments", help="How it was called (kept private)."),
    click.option("--acquisition-device", "device", help="From which device (kept private)."),
    click.option("--acquisition-serial", "serial", help="The device's serial number (kept private)."),
    click.option("--acquisition-started", "started", metavar="TIME", help="When the acquisition began."),
    click.option("--acquisition-ended", "ended", metavar="TIME", help="When it ended."),
    click.option("--write-blocker", help="What kept the original unchanged (kept private)."),
)

seizure_options = several(
    click.option(
        "--obtained", type=click.Choice(_OBTAINED), help="How it came here (CUSTODY_OBTAINED, for one search)."
    ),
    click.option("--place", help="Where it was obtained (kept private)."),
    click.option("--seized-from", help="From whom it was taken (kept private)."),
    click.option("--legal-authority", help="What allowed it (kept private)."),
    click.option("--handling", multiple=True, type=click.Choice(get_args(Handling)), help="What to beware of."),
    document_option,
    photo_option,
    legal_paper_option,
    attest_option,
    identity_options,
)
"""Options that hold for every exhibit of a list as well."""

foreign_options = several(
    click.option("--foreign-from", "bundle", type=FILE, help="The bundle of another ledger with which it came."),
    click.option("--foreign-exhibit", metavar="EXHIBIT", help="Which exhibit of the bundle."),
    click.option("--trust", type=FILE, help="Whom to believe about the bundle (CUSTODY_TRUST; your own)."),
    click.option("--files", "folders", multiple=True, type=click.Path(file_okay=False, path_type=Path),
                 help=FILES_HELP),
    click.option("--accept-indeterminate", is_flag=True, help="Register though the bundle is INDETERMINATE."),
)  # fmt: skip

certificate_options = several(
    click.option("--certificate", type=FILE,
                 help="What a provider handed over with custody produce; its files are taken out of it."),
    click.option("--again", is_flag=True, help="Register it though it is registered already, as one more exhibit."),
)  # fmt: skip

digest_option = click.option(
    "--digest", "digests", multiple=True, type=click.Choice([name.replace("_", "-") for name in CHOICES]),
    help="A further digest of each file.",
)  # fmt: skip

Given = Mapping[str, Any]
"""Options by name, as click hands them in."""


def shared_details(context: Context, staged: Staged, given: Given) -> dict[str, Any]:
    """Return the details that hold for every exhibit of one command; documents are staged.

    Raises:
        UsageError: ``usage.attest``, ``usage.legal-paper``, ``store.source``.
        StorageError: as the store does.
    """
    return {
        "attestations": describe_attested(staged, parse_attestations(given["attestations"]), given),
        "documents": staged.documents((*given["documents"], *given["photos"])),
        "handling": sorted(set(given["handling"])) or None,
        "legal_authority": given["legal_authority"],
        "legal_papers": legal_papers_of(context, staged, given["legal_papers"]),
        "place": given["place"],
        "seized_from": given["seized_from"],
    }


def exhibit_details(context: Context, paths: Sequence[Path], given: Given, when: When) -> dict[str, Any]:
    """Return the details of one exhibit; what was not said follows from what is there.

    Raises:
        UsageError: ``usage.nature``, ``usage.device``, ``usage.acquisition``, ``usage.exhibit``, ``usage.derived``,
            ``usage.time``, ``usage.obtained``.
    """
    nature = given["nature"] or ("data" if paths else "object")
    if (nature == "object") == bool(paths):
        expected = "no PATH for an object" if paths else f"a PATH for {nature}"
        raise UsageError("usage.nature", f"expected {expected}, found {'one' if paths else 'none'}")
    device = device_of(given)
    if device is not None and nature != "object":
        raise UsageError("usage.device", f"expected an object where --power stands, found {nature}")
    kind = given["kind"] or kind_of_paths(paths)
    parents = parents_of(context, given["parents"])
    shown = "derived" if parents else "foreign-assistance" if given["bundle"] else None
    return {
        "acquisition": acquisition_of(context, given, when),
        "data_country": given["data_country"],
        "derived_from": parents,
        "description": given["description"] or (", ".join(show_path(path.name) for path in paths[:16]) or kind),
        "device_state": device,
        "identifiers": given["identifiers"],
        "kind": kind,
        "nature": nature,
        "obtained": obtained_of(context, given, shown=shown),
        "same_object_as": _same(context, given["same"]),
    }


def obtained_of(context: Context, given: Given, *, shown: str | None = None) -> str:
    """Return how an exhibit was obtained: as was said with it, or is ``shown`` by what it comes with, or was said for
    this session. Whether it was seized or handed over is a matter of law, so nothing is taken for granted.

    Raises:
        UsageError: ``usage.obtained``.
    """
    said = given["obtained"] or shown
    if said is not None:
        return str(said)
    said = context.environment.get("CUSTODY_OBTAINED") or "nothing"
    if said not in _OBTAINED:
        text = f"expected --obtained to say how it came here, one of {', '.join(_OBTAINED)}, found {said}"
        hint = "where all of a search came the same way, CUSTODY_OBTAINED=seizure says it once"
        raise UsageError("usage.obtained", text, hint=hint)
    return said


def kind_of_paths(paths: Sequence[Path]) -> str:
    """Return the kind of what was given without a word about it."""
    if not paths:
        return "other"
    if len(paths) == 1 and paths[0].is_block_device():
        return "drive"
    return "file" if len(paths) == 1 and not os.path.isdir(paths[0]) else "directory"


def acquisition_of(context: Context, given: Given, when: When) -> dict[str, Any] | None:
    """Return the details of an acquisition, or nothing where none is described.

    Raises:
        UsageError: ``usage.acquisition``, ``usage.time``.
    """
    names = ("tool", "version", "method", "arguments", "device", "serial", "write_blocker")
    told: dict[str, Any] = {name: given[name] for name in names}
    for name, field in (("started", "started_at"), ("ended", "ended_at")):
        if given[name] is not None:
            moment, _ = When(at=given[name], utc_offset=when.utc_offset).moment(context.now())
            told[field] = format_time(moment)
    told = {name: value for name, value in told.items() if value is not None}
    missing = [f"--acquisition-{name}" for name in names[:3] if name not in told]
    if told and missing:
        raise UsageError("usage.acquisition", f"expected {', '.join(missing)} where an acquisition is described")
    return told or None


def _same(context: Context, typed: tuple[str, ...]) -> list[dict[str, str]] | None:
    if not typed:
        return None
    with context.ledger().read() as reader:
        found = [find_exhibit(reader, name) for name in typed]
    return [{"case": item.case, "exhibit": item.number} for item in found]
