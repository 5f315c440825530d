"""`custody seal`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from custody.cli.acting.act_options import FILE, photo_option
from custody.cli.acting.acts import Act, Target, record_act
from custody.cli.acting.exhibit_selection import Selection, selecting
from custody.cli.acting.seals import seal_for
from custody.cli.command import command
from custody.cli.context import Context, pass_custody
from custody.cli.options import Signing, When, signed, timed
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
@signed
@timed
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

        act = Act(type="exhibit.sealed", details=details)
        record_act(context, act, selection, who=who, when=when, keep=staged.keep)
