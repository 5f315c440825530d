"""Which exhibits hold a provider's production already: what comes twice is one exhibit, not two."""

from __future__ import annotations

from custody.cli.acting.exhibit_selection import format_exhibit
from custody.cli.context import Context
from custody.cli.intake.registered_before import standing_registrations
from custody.report.safe_text import show
from schemas.errors import RefusedError


def check_new(context: Context, certificate: str) -> None:
    """Raise where a production is registered already, however its file was packed; what was voided doesn't count.

    ``certificate`` is the SHA-256 of the certificate in it, which no other production shares: each has a nonce.

    Raises:
        RefusedError: ``certificate.twice``.
    """
    with context.ledger().home.store.read() as reader:
        found = standing_registrations(reader, [certificate], lambda details: details.certificate == certificate)
        names = ", ".join(show(format_exhibit(item)) for item, _ in found)
    if names:
        text = f"expected a production that is not registered yet, found it as {names}"
        raise RefusedError("certificate.twice", text, hint="--again registers it as one more exhibit all the same")
