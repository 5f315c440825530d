"""What to do where the ledger said no: rules and pure code know nothing of commands, so their errors have no hint."""

from __future__ import annotations

import re
from typing import Final

from schemas.errors import CustodyError, RuleViolation

_SECOND_REGISTRAR: Final = "--registrar AGENT names a registrar who signs too"
HINTS: Final = {
    "answer.ledger": "custody request show says whom it was sent to",
    "home.exists": "a new folder for each ledger and each backup; custody --home DIR status says what is there",
    "number.confusable": "another number; for an exhibit --exhibit next takes the next free one",
    "receipt.known": "custody show tells what it did",
    "receipt.not-ours": "a receipt goes to the ledger that sent the exhibit",
    "receipt.not-sent": "custody transfer list shows what is on its way",
    "rule.affirmed": _SECOND_REGISTRAR,
    "rule.agent-left": "custody agent list shows who may act",
    "rule.case-exists": "custody case list",
    "rule.case-open": "custody case list shows the cases and which of them are open",
    "rule.consent-authority": "an organisation, unit or court consents: custody agent list says who is one",
    "rule.consent-condition": "custody consent list shows the conditions that still bar it",
    "rule.consent-revoked": "custody consent list shows how it stands; a new one is recorded anew",
    "rule.consent-signer": "an official who is a member of it signs; or record its paper: --document and --number",
    "rule.enrolment": "custody agent list shows who is enrolled; custody agent change, custody key rotate",
    "rule.exhibit-exists": "--exhibit next takes the next free number",
    "rule.holder": "the holder acts, or hands it over first; where he can't sign: custody takeover",
    "rule.link": "something was recorded about it meanwhile and nothing of this was: look at it, and type it again",
    "rule.recovery": _SECOND_REGISTRAR,
    "rule.request-exists": "custody request list shows the ids that are taken",
    "rule.request-peer": "custody request show says whom it was sent to",
    "rule.request-side": "ours are sent, others' are answered: custody request list",
    "rule.request-state": "custody request show says how far it has come",
    "rule.request-unknown": "custody request list shows the requests",
    "rule.revocation": _SECOND_REGISTRAR,
    "rule.role": "custody agent list shows who has which role",
    "rule.seal": "custody show says how it is sealed; custody unseal opens a seal, custody seal sets the next one",
    "rule.signers": "custody COMMAND --help names the options for who else signs, such as --registrar AGENT",
    "rule.state": "custody show says how it stands",
    "rule.transfer-item": "--original sends the thing itself; a copy is registered with --derived-from first",
    "rule.transfer-sender": "who sent it acts, or a registrar",
    "rule.unknown-agent": "custody agent list shows who is enrolled",
    "rule.unknown-exhibit": "custody list shows the exhibits",
    "transfer.mixed": "custody verify says what is wrong with the bundle; ask the sender for it once more",
    "transfer.not-away": "custody show says who has it; what was recalled or came back by hand: custody move",
    "transfer.other-recipient": "give it to whom it was sent, and tell the sender",
}
"""By the code of an error."""
_ACT: Final = re.compile(r"\b[a-z]+\.[a-z]+(?:-[a-z]+)*\b")
"""The type of an act, or anything that is spelled like one."""


def with_rule_hint(error: CustodyError) -> CustodyError:
    """Return an error with what to do about it where it has no hint of its own, and with acts named in words."""
    hint = error.hint or HINTS.get(error.code, "")
    text = _ACT.sub(_in_words, error.text) if isinstance(error, RuleViolation) else error.text
    return error if (text, hint) == (error.text, error.hint) else type(error)(error.code, text, hint=hint)


def _in_words(found: re.Match[str]) -> str:
    """Return what people call an act, such as ``'it was sealed'``: rules know only its type."""
    from custody.report.phrases import HEADLINES

    headline = HEADLINES.get(found[0])
    if headline is None:
        return found[0]
    told = re.split(r"(?: by| from|,) \{", headline, maxsplit=1)[0]
    return f"'{told.format(subject='it', actor='somebody', to='another')}'"
