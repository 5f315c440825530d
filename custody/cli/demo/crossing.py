"""The way across the borders: request, answer, consent, bundle, dispatch, receipt, and on to a third country.

The ledgers share nothing but the files that are carried from one to the other.
"""

from __future__ import annotations

from custody.cli.demo.story import CASE, ORIGIN, Chapter, Step, people, step

ABROAD, REQUEST = "B-77", "req-77"
OTHER, OTHER_KEYS, OTHER_TRUST = "ledger-b", "keys-b", "trust-b.json"
OTHER_ORIGIN = "evidence.court-b.example/main"
THIRD_TRUST, THIRD_KEYS = "trust-c.json", "keys-c"
COURT, MINISTRY = "court-b", "ministry-a"
"""The court abroad, and whoever consents at home, as the first ledger knows them."""


def _there(*arguments: str, **more: object) -> Step:
    """Return a command in the second country."""
    return step(*arguments, **{"home": OTHER, "keys": OTHER_KEYS, "trust": OTHER_TRUST, **more})


def crossing() -> tuple[Chapter, ...]:
    """Return the chapters from the request to the third country."""
    return _request(), _consent(), _bundle(), _dispatch(), _onward()


def _request() -> Chapter:
    """The second country opens a ledger, both exchange whom to believe, and a request is carried over."""
    return Chapter(
        "A court in country B asks for help: a letter that country A verifies before it is on record",
        (
            _there(
                "init", OTHER, "--origin", OTHER_ORIGIN, "--authority", "District Court of Country B",
                "--country", "JP", "--registrar", "reg-b1", home=None,
            ),
            *people(
                [("judge-b1", "court"), ("off-b1", "authority")], registrar="reg-b1", home=OTHER, keys=OTHER_KEYS,
                trust=OTHER_TRUST,
            ),
            _there(
                "agent", "enrol", "police-a", "--kind", "organisation", "--country", "NL", "--ledger", ORIGIN,
                "--as", "reg-b1",
            ),
            _there("case", "open", ABROAD, "--authority", "District Court", "--legal-basis", "s. 1", "--as", "reg-b1"),
            step(
                "agent", "enrol", COURT, "--kind", "organisation", "--country", "JP", "--ledger", OTHER_ORIGIN,
                "--as", "reg-a1",
            ),
            step("trust", "export", "-o", "trust.json"),
            _there("trust", "export", "-o", "of-b.json"),
            _there("trust", "add", "trust.json", "--yes"),
            step("trust", "add", "of-b.json", "--yes"),
            _there(
                "request", "draft", REQUEST, "--kind", "mla", "--to", "police-a", "--case", ABROAD,
                "--field", "facts=accounts of a shop were emptied", "--field", "data=disk and access logs",
                "--field", "purpose=trial of suspect-1", "--as", "judge-b1",
            ),
            _there(
                "request", "send", REQUEST, "--incomplete", "-o", "request.zip", "--channel", "central-authority",
                "--as", "judge-b1",
            ),
            step("request", "receive", "request.zip", "--id", REQUEST, "--as", "off-a1"),
            step("request", "show", REQUEST),
        ),
    )  # fmt: skip


def _consent() -> Chapter:
    """Nothing leaves without consent; the answer goes back."""
    named = ("EX-1", "EX-1-1", "EX-1-2", "EX-2", "EX-3")
    return Chapter(
        "Nothing leaves country A before its ministry consents",
        (
            step(
                "correct", "EX-1", "--field", "place", "--value", "Room 5", "--reason", "misread door number",
                "--as", "exam-a1",
            ),
            step("key", "rotate", "cust-a1"),
            step("bundle", "--case", CASE, "--all", "--to", COURT, "-o", "early.zip", "--as", "exam-a2", expected=(5,)),
            step("agent", "enrol", MINISTRY, "--kind", "organisation", "--country", "NL", "--as", "reg-a1"),
            step("agent", "change", MINISTRY, "--add", "off-a1", "--as", "reg-a1"),
            step(
                "consent", "record", *named, "--authority", MINISTRY, "--recipient", COURT, "--request", REQUEST,
                "--purpose", "trial of suspect-1", "--condition", "use-limited:only for this trial",
                "--condition", "confidentiality", "--onward", "with-consent", "--as", "off-a1",
            ),
            step(
                "request", "answer", REQUEST, "--outcome", "granted", "--decided-by", MINISTRY, "--to-country", "JP",
                "--condition", "use-limited:only for this trial", "--condition", "confidentiality", "-o", "answer.zip",
                "--as", "off-a1",
            ),
            _there("request", "receive", "answer.zip", "--as", "judge-b1"),
        ),
    )  # fmt: skip


def _bundle() -> Chapter:
    """The bundle, and what the court does with a trust file alone."""
    return Chapter(
        "The bundle leaves; the court verifies it with a trust file alone, and remembers what it saw",
        (
            step("show", f"{CASE}/EX-1"),
            step(
                "bundle", "--case", CASE, "--all", "--to", COURT, "--request", REQUEST, "-o", "bundle.zip",
                "--as", "exam-a2",
            ),
            step("audit"),
            _there("verify", "bundle.zip", "--trust", "trust.json", "--report", "report.html", home=None),
            _there("trust", "seen", "bundle.zip", "--trust", "trust.json", home=None),
            _there("unpack", "bundle.zip", "--to", "unpacked", "--yes", home=None),
        ),
    )  # fmt: skip


def _dispatch() -> Chapter:
    """Two copies are sent, one is taken; custody moves once."""
    return Chapter(
        "Two copies are dispatched; the court takes one and refuses the other, and its receipt comes home",
        (
            step(
                "dispatch", f"{CASE}/EX-1-1", f"{CASE}/EX-1-2", "--to", COURT, "--request", REQUEST,
                "--purpose", "trial of suspect-1", "-o", "parcel.zip", "--as", "exam-a2",
            ),
            _there(
                "receive", "parcel.zip", "--case", ABROAD, "--accept", "EX-1-1", "--refuse", "EX-1-2=not-asked-for",
                "--receipt", "receipt.json", "--as", "judge-b1",
            ),
            step("receipt", "import", "receipt.json", "--as", "exam-a2"),
            step("transfer", "list"),
            _there("show", f"{ABROAD}/EX-1-1"),
        ),
    )  # fmt: skip


def _onward() -> Chapter:
    """A third country gets the copy with its history through both ledgers."""
    third = {"home": None, "keys": THIRD_KEYS, "trust": THIRD_TRUST}
    return Chapter(
        "Country C gets it from country B, with the consent of both, and sees its history through both ledgers",
        (
            _there("agent", "enrol", "court-c", "--kind", "organisation", "--country", "CA", "--as", "reg-b1"),
            _there("agent", "enrol", "ministry-b", "--kind", "organisation", "--country", "JP", "--as", "reg-b1"),
            _there("agent", "change", "ministry-b", "--add", "off-b1", "--as", "reg-b1"),
            _there(
                "consent", "record", "EX-1-1", "--authority", "ministry-b", "--recipient", "court-c",
                "--purpose", "trial in C", "--as", "off-b1",
            ),
            _there("bundle", "EX-1-1", "--to", "court-c", "-o", "onward.zip", "--as", "judge-b1", expected=(5,)),
            _there(
                "consent", "record", "EX-1-1", "--authority", "police-a", "--recipient", "court-c",
                "--purpose", "trial in C", "--document", "consent-of-a.txt", "--number", "A-2026-9", "--as", "off-b1",
            ),
            _there("bundle", "EX-1-1", "--to", "court-c", "-o", "onward.zip", "--as", "judge-b1"),
            step("trust", "add", "trust.json", "--yes", **third),
            step("trust", "add", "of-b.json", "--yes", **third),
            step("verify", "onward.zip", "--report", "report-c.html", **third),
        ),
    )  # fmt: skip
