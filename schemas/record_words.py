"""What people call the records, for messages: nobody who gives the wrong file knows it by the name of its schema."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "AgeKeyFile": "an age key file",
    "CertifiedFile": "a line of a certified list",
    "Envelope": "a signed envelope",
    "KeyFile": "a private key file",
    "ManifestLine": "a line of a list of files",
    "custody-age-key/v1": "an age key file",
    "custody-asset-proof/v1": "a proof about an asset",
    "custody-bundle/v1": "the contents page of a bundle",
    "custody-certificate/v1": "a provider's certificate",
    "custody-consistency/v1": "a consistency proof",
    "custody-deadlines/v1": "a list of deadlines",
    "custody-disclosures/v1": "a list of disclosed values",
    "custody-draft/v1": "a draft",
    "custody-enrol-request/v1": "an enrolment request",
    "custody-enrol/v1": "a signed enrolment",
    "custody-entry/v1": "an entry of a ledger",
    "custody-event/v1": "an event",
    "custody-home/v1": "the description of a ledger's home",
    "custody-holidays/v1": "a list of holidays",
    "custody-key/v1": "a private key file",
    "custody-profile/v1": "a procedure profile",
    "custody-proof/v1": "a completeness proof",
    "custody-receipt/v1": "a receipt for a transfer",
    "custody-report/v1": "a report of a verification",
    "custody-trust/v1": "a trust file",
}
"""With their article, by the name in ``schema`` or by type where a record has none."""


def name_record(schema: str) -> str:
    """Return what people call a record, with the name of its schema in brackets where it has one."""
    words = WORDS.get(schema)
    if words is None:
        return f"a {schema}"
    return f"{words} ({schema})" if "/" in schema else words
