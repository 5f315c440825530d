"""Requests on which something in a bundle rests, and which it doesn't carry: what one country asks is told to no third
one, so a reader there can't see whether a request still stood (docs/adr/0026).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custody.report.counts import listed
from custody.report.safe_text import show
from custody.verify.verify import Verified
from schemas.details.consent import ConsentRecorded
from schemas.details.record import BundleExported
from schemas.details.transfer import TransferDispatched
from schemas.types import is_set

_SHOWN: Final = 8
_RESTING: Final = (BundleExported, ConsentRecorded, TransferDispatched)


def not_asked(verified: Verified) -> Iterator[str]:
    """Yield what was not asked of requests, if there are any such."""
    resting: dict[str, int] = {}
    for index, entry in sorted(verified.entries.items()):
        details = entry.event.details
        if isinstance(details, _RESTING) and is_set(details.request):
            resting.setdefault(str(details.request), index)
    resting = {name: index for name, index in resting.items() if verified.state.request(name) is None}
    if resting:
        told = [f"{show(name)} (entry {index})" for name, index in list(resting.items())[:_SHOWN]]
        yield (
            "Requests: something here rests on requests that this bundle does not carry, so whether they still stood "
            f"was not asked: {listed(told, len(resting))}."
        )
