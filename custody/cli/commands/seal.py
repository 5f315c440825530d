"""`custody seal` and `custody unseal`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import FILE, photo_option
from custody.cli.acting.acts import Target, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.acting.seals import compare_seal, seal_for
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, acting
from custody.cli.results import ActResult
from custody.cli.showing.holdings import staging
from schemas.errors import UsageError


@command(
    example="""
    custody seal 2026-0417/EX-1 --seal S-0001 --photo seal.jpg --as exam-07
    custody seal EX-1 --seal S-0001 --photo-before front.jpg --photo-before back.jpg --photo sealed.jpg --as exam-07
    custody seal EX-1 EX-2 --seal S-0001 --seal S-0002 --package "bag 12" --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option("--seal", "seals", required=True, multiple=True, help="Number of the seal; one for all, or one for each.")
@click.option("--package", help="In what it is packed (kept private).")
@click.option("--reason", help="Why (kept private).")
@photo_option
@click.option("--photo-before", "photos_before", multiple=True, type=FILE, help="A photo from before it was sealed.")
@acting
@pass_custody
def seal(
    context: Context,
    *,
    selection: Selection,
    seals: tuple[str, ...],
    photos: tuple[Path, ...],
    photos_before: tuple[Path, ...],
    who: Signing,
    when: When,
    **given: str | None,
) -> None:
    """Seal exhibits; a sealed one can't be examined or copied until the seal is opened."""
    if selection.is_all and len(seals) > 1:
        raise UsageError("usage.seal", f"expected one --seal beside --all, found {len(seals)}")
    with staging(context) as staged:
        digests = {"photos": staged.documents(photos), "photos_before": staged.documents(photos_before)}

        def details(target: Target) -> Mapping[str, Any]:
            return {**given, **digests, "seal": seal_for(seals, target)}

        record_act(context, "exhibit.sealed", details, selection, who=who, when=when, keep=staged.keep)


@command(
    example="""
    custody unseal 2026-0417/EX-1 --seal S-0001 --seal-intact --reason "examination" --as exam-07
    custody unseal EX-1 --seal S-0001 --seal-broken --reason "arrived torn" --photo torn.jpg --as exam-07
    """,
    result=ActResult,
)
@selecting
@click.option("--seal", "seals", required=True, multiple=True, help="The number as it was seen; one for all, or each.")
@click.option("--seal-intact/--seal-broken", "intact", default=None, help="As it was seen before it was opened.")
@click.option("--reason", required=True, help="Why it is opened (kept private).")
@photo_option
@click.option("--photo-after", "photos_after", multiple=True, type=FILE, help="A photo of what was found inside.")
@acting
@pass_custody
def unseal(
    context: Context,
    *,
    selection: Selection,
    seals: tuple[str, ...],
    intact: bool | None,
    reason: str,
    photos: tuple[Path, ...],
    photos_after: tuple[Path, ...],
    who: Signing,
    when: When,
) -> None:
    """Open the seal of exhibits, and say whether it was intact.

    A number other than the one on record is recorded as it was seen, with a warning.
    """
    if intact is None:
        raise UsageError("usage.seal", "expected --seal-intact or --seal-broken, found neither")
    with staging(context) as staged:
        digests = {"photos": staged.documents(photos), "photos_after": staged.documents(photos_after)}

        def details(target: Target) -> Mapping[str, Any]:
            seen = seal_for(seals, target)
            compare_seal(context, target.exhibit, seen)
            return {**digests, "intact": intact, "reason": reason, "seal": seen}

        record_act(context, "exhibit.unsealed", details, selection, who=who, when=when, keep=staged.keep)
