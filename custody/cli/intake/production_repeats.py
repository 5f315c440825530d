"""Which exhibits hold a provider's production already: what comes twice is one exhibit, not two."""

from __future__ import annotations

from collections.abc import Iterator

from custody.cli.acting.exhibit_selection import format_exhibit
from custody.cli.context import Context
from custody.report.safe_text import show
from custody.storage.registrations import alignments, find_registrations
from custody.verify.view import Exhibit
from schemas.details.exhibit import ExhibitRegistered
from schemas.entry import parse_entry
from schemas.errors import RefusedError


def check_new(context: Context, certificate: str) -> None:
    """Raise where a production is registered already, however its file was packed; what was voided doesn't count.

    ``certificate`` is the SHA-256 of the certificate in it, which no other production shares: each has a nonce.

    Raises:
        RefusedError: ``certificate.twice``.
    """
    names = ", ".join(show(format_exhibit(item)) for item in _registered_with(context, certificate))
    if names:
        text = f"expected a production that is not registered yet, found it as {names}"
        raise RefusedError("certificate.twice", text, hint="--again registers it as one more exhibit all the same")


def _registered_with(context: Context, certificate: str) -> Iterator[Exhibit]:
    with context.ledger().home.store.read() as reader:
        for raw in find_registrations(reader.connection, holding=alignments(certificate.encode("ascii"))):
            event = parse_entry(raw).event
            if isinstance(event.details, ExhibitRegistered) and event.details.certificate == certificate:
                found = reader.view().registered(event.hash)
                if found is not None and found.status != "voided":
                    yield found
