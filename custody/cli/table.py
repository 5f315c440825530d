"""Every command: where it is, and its one line of help. `custody --help` reads this table and imports nothing else."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """The file of a command below ``custody/cli/commands``, the name in it, one line of help, and its theme."""

    module: str
    attribute: str
    help: str
    theme: str


_START, _PEOPLE, _EVIDENCE, _ACTS = "Start", "People and keys", "Evidence", "Acts"
_BOOKS, _EXCHANGE, _TRUST = "What the ledger says", "Exchange", "Trust and health"
THEMES = (_START, _PEOPLE, _EVIDENCE, _ACTS, _BOOKS, _EXCHANGE, _TRUST)

GROUPS = {
    "key": "Make, show, change and revoke private keys.",
    "agent": "Who may act: enrol, change, list.",
    "case": "Open, change, close, list and show cases.",
    "request": "Requests for assistance: draft, send, receive, answer, list.",
    "ledger": "The keys that sign checkpoints.",
    "receipt": "What the receiver of a transfer decided.",
    "transfer": "What is on its way to other authorities.",
    "trust": "Whose ledgers we believe.",
}
PLACES = {
    "init": Place("init", "init", "Start a ledger.", _START),
    "demo": Place("demo", "demo", "The whole story in a folder, on real input.", _START),
    "selftest": Place("selftest", "selftest", "Check that this installation is what was released.", _START),
    "key new": Place("key_new", "key_new", "Make a private key and its enrolment request.", _PEOPLE),
    "key list": Place("key_show", "key_list", "List the private keys at hand.", _PEOPLE),
    "key show": Place("key_show", "key_show", "Show a key's public half.", _PEOPLE),
    "key rotate": Place("key_rotate", "key_rotate", "Replace a key by a new one, signed in by the old.", _PEOPLE),
    "key revoke": Place("key_revoke", "key_revoke", "End a key.", _PEOPLE),
    "key recover": Place("key_recover", "key_recover", "Bring in a new key where none is left.", _PEOPLE),
    "key age-new": Place("key_age", "key_age_new", "Make the key to which others encrypt evidence.", _PEOPLE),
    "key age-show": Place("key_age", "key_age_show", "Show the public half of that key.", _PEOPLE),
    "key age-export": Place("key_age", "key_age_export", "Write that key for the tools of age.", _PEOPLE),
    "unlock": Place("session", "unlock", "Open a key for a working session.", _PEOPLE),
    "lock": Place("session", "lock", "End the working session.", _PEOPLE),
    "agent enrol": Place("agent_enrol", "agent_enrol", "Enrol a person, a unit or an organisation.", _PEOPLE),
    "agent change": Place("agent_change", "agent_change", "Change roles or members, or record a leaving.", _PEOPLE),
    "agent list": Place("agent_list", "agent_list", "List who may act.", _PEOPLE),
    "case open": Place("case_open", "case_open", "Open a case.", _EVIDENCE),
    "case change": Place("case_change", "case_change", "Change what stands in a case.", _EVIDENCE),
    "case close": Place("case_change", "case_close", "Close a case; custody goes on.", _EVIDENCE),
    "case list": Place("case_show", "case_list", "List the cases.", _EVIDENCE),
    "case show": Place("case_show", "case_show", "Show a case and its exhibits.", _EVIDENCE),
    "register": Place("register", "register", "Register evidence as an exhibit.", _EVIDENCE),
    "register-asset": Place("register_asset", "register_asset", "Register a digital asset with its proofs.", _EVIDENCE),
    "check": Place("check", "check", "Hash stored evidence again and record the result.", _EVIDENCE),
    "label": Place("label", "label", "Make labels with QR codes for exhibits.", _EVIDENCE),
    "handover": Place("handover", "handover", "Hand exhibits over; both sides sign.", _ACTS),
    "pending": Place("pending", "pending", "List the drafts that wait for a signature.", _ACTS),
    "sign": Place("sign", "sign", "Show a draft in words, and sign it.", _ACTS),
    "submit": Place("submit", "submit", "Record signed events that were made elsewhere.", _ACTS),
    "attach": Place("attach", "attach", "Keep a signed event that could not be recorded.", _ACTS),
    "takeover": Place("takeover", "takeover", "Take custody over where the holder can't sign.", _ACTS),
    "move": Place("move", "move", "Record where exhibits are kept, or that they travel.", _ACTS),
    "seal": Place("seal", "seal", "Seal exhibits.", _ACTS),
    "unseal": Place("unseal", "unseal", "Open the seal of exhibits.", _ACTS),
    "examine": Place("examine", "examine", "Record an examination.", _ACTS),
    "copy": Place("copy", "copy", "Record that a copy was made.", _ACTS),
    "link": Place("link", "link", "Note that a further case needs exhibits.", _ACTS),
    "incident": Place("incident", "incident", "Record a loss, a theft, a damage, a broken seal.", _ACTS),
    "release": Place("release", "release", "Lend exhibits or give them away.", _ACTS),
    "return": Place("return_", "return_", "Take a lent exhibit back.", _ACTS),
    "dispose": Place("dispose", "dispose", "End an exhibit; final.", _ACTS),
    "void": Place("void", "void", "Void a wrong exhibit number.", _ACTS),
    "correct": Place("correct", "correct", "Record the right value of a field.", _ACTS),
    "affirm": Place("affirm", "affirm", "Vouch for an entry in dispute.", _ACTS),
    "erase": Place("erase", "erase", "Destroy private values by order.", _ACTS),
    "show": Place("show", "show", "Tell the story of an exhibit.", _BOOKS),
    "list": Place("list_", "list_", "List exhibits.", _BOOKS),
    "scan": Place("scan", "scan", "Say which exhibit a label belongs to, and who has it.", _BOOKS),
    "log": Place("log", "log", "Show what was recorded, in order.", _BOOKS),
    "request draft": Place("request_draft", "request_draft", "Draft a request to an authority abroad.", _EXCHANGE),
    "request preserve": Place("request_preserve", "request_preserve", "Ask that data be kept.", _EXCHANGE),
    "request send": Place("request_send", "request_send", "Send a request, as a letter or on paper.", _EXCHANGE),
    "request letter": Place("request_send", "request_letter", "Write the letter of a request once more.", _EXCHANGE),
    "request receive": Place("request_receive", "request_receive", "Receive a request or an answer.", _EXCHANGE),
    "request answer": Place("request_answer", "request_answer", "Answer a request.", _EXCHANGE),
    "request complete": Place("request_change", "request_complete", "Add what a request lacked.", _EXCHANGE),
    "request extend": Place("request_change", "request_extend", "Prolong a preservation or a term.", _EXCHANGE),
    "request withdraw": Place("request_change", "request_withdraw", "Withdraw a request.", _EXCHANGE),
    "request close": Place("request_change", "request_close", "Close a request.", _EXCHANGE),
    "request list": Place("request_list", "request_list", "List requests, and what is due on them.", _EXCHANGE),
    "request show": Place("request_show", "request_show", "Tell the story of a request.", _EXCHANGE),
    "bundle": Place("bundle", "bundle", "Pack exhibits for the road.", _EXCHANGE),
    "export-case": Place("export_case", "export_case", "Write an exhibit's story as CASE/UCO.", _EXCHANGE),
    "dispatch": Place("dispatch", "dispatch", "Send exhibits to another authority.", _EXCHANGE),
    "receive": Place("receive", "receive", "Accept or refuse what another ledger sent.", _EXCHANGE),
    "receipt make": Place("receipt", "receipt_make", "Write the receipt for a sender.", _EXCHANGE),
    "receipt import": Place("receipt", "receipt_import", "Take in the receiver's decision.", _EXCHANGE),
    "receipt record": Place("receipt", "receipt_record", "Record a receipt that came on paper.", _EXCHANGE),
    "recall": Place("recall", "recall", "Take back what is on its way.", _EXCHANGE),
    "transfer list": Place("recall", "transfer_list", "List what was sent to other authorities.", _EXCHANGE),
    "transfer lost": Place("recall", "transfer_lost", "Record that something was lost on the way.", _EXCHANGE),
    "verify": Place("verify", "verify", "Verify a bundle, offline.", _EXCHANGE),
    "unpack": Place("unpack", "unpack", "Give evidence its own names back.", _EXCHANGE),
    "checkpoint": Place("checkpoint", "checkpoint", "Print the ledger's signed checkpoint.", _EXCHANGE),
    "prove": Place("prove", "prove", "Prove that an entry is in the ledger, or that it only grew.", _EXCHANGE),
    "trust add": Place("trust_add", "trust_add", "Believe a ledger.", _TRUST),
    "trust seen": Place("trust_seen", "trust_seen", "Remember a bundle's checkpoint.", _TRUST),
    "trust pin": Place("trust_pin", "trust_pin", "Pin a block of a public chain.", _TRUST),
    "trust list": Place("trust_list", "trust_list", "List whom we believe.", _TRUST),
    "trust recipient": Place("trust_recipient", "trust_recipient", "Note somebody's key for encryption.", _TRUST),
    "trust export": Place("trust_list", "trust_export", "Write what others need to believe this ledger.", _TRUST),
    "ledger key-add": Place("ledger_keys", "key_add", "Make a further key that signs checkpoints.", _TRUST),
    "ledger key-revoke": Place("ledger_keys", "key_revoke", "End a key that signs checkpoints.", _TRUST),
    "audit": Place("audit", "audit", "Replay the ledger.", _TRUST),
    "status": Place("status", "status", "Say how the ledger is doing.", _TRUST),
    "backup": Place("backup", "backup", "Write a consistent copy of the ledger.", _TRUST),
    "restore": Place("backup", "restore", "Bring a copy back without forking the ledger.", _TRUST),
}  # fmt: skip
