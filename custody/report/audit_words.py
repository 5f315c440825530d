"""An audit in plain words: what each of its steps asks, what its findings mean, and what it can't show."""

from __future__ import annotations

from typing import Final

from custody.report.step_words import LIMITS as OF_BUNDLES
from custody.report.step_words import StepWords

STEP_WORDS: Final = {
    0: StepWords("The database", "Do the tables say what the entries say, in every column?"),
    2: StepWords("Signed states", "Is every state that the ledger ever signed one with the entries as they are now?"),
    4: StepWords("Unaltered", "Is every entry unchanged, in its place, and linked to the one before?"),
    5: StepWords("Keys", "Was every key that signed enrolled, valid at that place and not revoked?"),
    6: StepWords("Signatures", "Does every signature hold, of exactly the people whom each entry names?"),
    7: StepWords("Unbroken", "Was custody kept by the rules: one holder at a time, every act by somebody entitled?"),
    8: StepWords("Complete", "Did every bundle that left say truly what the ledger held about its exhibits?"),
    9: StepWords("The evidence", "Are the stored files and documents the ones that entries name?"),
    10: StepWords("Names and texts", "Do the names and texts that are kept belong to the entries?"),
    11: StepWords("Lawfulness", "Did everything that left for another country have a consent that covered it?"),
    12: StepWords("Procedure", "Was the procedure kept? What is listed here never changes the verdict."),
}
"""By number of the step, as in a verification."""

MEANINGS: Final = {
    "audit.agents-alike": "The ids of two agents are easily taken for each other: look closely who acted.",
    "audit.checkpoint-key": "A state of the ledger was signed with a key that did not count any more.",
    "audit.checkpoint-missing": "A signed state of the ledger that must be there is gone.",
    "audit.checkpoint-root": "The entries are not the ones over which the ledger once signed: some were changed since.",
    "audit.checkpoint-size": "A signed state of the ledger does not stand where it belongs.",
    "audit.column": "A column of the database does not say what the entry says. The entry itself is judged apart.",
    "audit.commitment-row": "The table of hidden values does not say what the entries say.",
    "audit.damaged": "The database file is damaged, or was edited by hand.",
    "audit.database": "The database could not be read to its end: it is damaged.",
    "audit.document": "A document of the home is not the one that an entry names: it was changed or exchanged.",
    "audit.document-absent": "Documents that entries name are not here: they were named by their digests alone, or "
    "taken away since without an order.",
    "audit.empty": "There is no entry at all.",
    "audit.file": "A stored file is not the one that was registered: it was changed or damaged.",
    "audit.file-altered": "A link or a folder of the evidence is not what was registered.",
    "audit.file-erased": "Files of the evidence were destroyed by order, as entries record; they are not missing.",
    "audit.file-not-erased": "Files of the evidence that were ordered to be destroyed are still there.",
    "audit.file-missing": "A file of the evidence is not where it should be.",
    "audit.fork": "You hold a state of this ledger of the same size and with other contents: it has two pasts.",
    "audit.foreign": "The database holds something that runs by itself and isn't part of a ledger.",
    "audit.guards": "What keeps the database from being changed by mistake is missing or was changed.",
    "audit.index-root": "A bundle left with a wrong account of what the ledger held.",
    "audit.missing": "An entry was deleted.",
    "audit.no-anchor": "Nothing from before was given to compare with.",
    "audit.rewritten": "Entries below the state that you hold were replaced: the ledger's past was written anew.",
    "audit.schema": "The tables of the database are not those of a ledger.",
    "audit.seen": "A signer had seen another past of this ledger than the one it has now.",
    "audit.since-signature": "The state that you hold is not signed by a key of this ledger: one of the two is not"
    " what it claims to be.",
    "audit.state-row": "The database does not say of an agent, a case or an exhibit what the entries say.",
    "audit.stray-row": "There is a row of an entry that no ledger can have.",
    "audit.subject-row": "The list of entries by subject is not what the entries give.",
    "audit.tile": "The stored tree of hashes is not the one over the entries.",
    "audit.truncated": "The newest entries are gone: the ledger was longer once.",
    "audit.unreadable": "An entry lies on a damaged part of the disk or of the file.",
    "defect.confusable": "Two numbers look alike, or two exhibits are called the same with their cases, so that one "
    "could be taken for the other.",
    "disclosures.digest": "A hidden value in the store is not the one that was committed to: it was changed.",
    "disclosures.absent": "Hidden values are not kept here: they were never handed over, or taken away without a word.",
    "disclosures.gone": "A hidden value was erased without an order.",
    "disclosures.uncommitted": "Hidden values are kept that no entry speaks of.",
}
"""What a finding means, where an audit has words of its own for it."""

_REBUILD: Final = (
    "Ask others for the newest checkpoint that they hold. Where the entries hold, custody rebuild makes the index anew"
    " from them, and keeps what is there now."
)
_OF_INDEX: Final = (
    *("column", "commitment-row", "damaged", "database", "foreign", "guards"),
    *("schema", "state-row", "stray-row", "subject-row", "tile"),
)
ADVICE: Final = {f"audit.{kind}": _REBUILD for kind in _OF_INDEX}
"""What can be done about a finding, where an audit has words of its own for it."""

MEANING: Final = {
    "PASSED": "Every entry was read again, and all that follows from the entries was computed again and compared.",
    "INDETERMINATE": "Nothing was found to be wrong, but not everything could be decided:",
    "FAILED": "The ledger is not what it must be. Keep its files as they are, take a copy, and compare it with a "
    "backup and with the states that others hold before anything is written to it. What is wrong:",
}
"""What the verdict means."""

NO_FILES: Final = "Evidence: stored files and documents were not hashed again (--files)."
SOME_FILES: Final = "The rest of the evidence: of the files of exhibits {percent} % were drawn and hashed (--sample)."
NO_ANCHOR: Final = (
    "The past: no trust file and no checkpoint from before was given (--trust, --since), so a ledger that was written "
    "anew as a whole would not be noticed."
)
NOTHING_SEEN: Final = (
    "The past: the trust file has seen no state of this ledger (custody trust seen), and no checkpoint from before was "
    "given (--since), so what was written anew with the ledger's own keys would not be noticed."
)
NO_TIME: Final = "Time: no third party was asked to vouch for when the records existed."
OLD_SIGNATURES: Final = "Signatures below entry {since}: they were checked when the checkpoint that you hold was made."
LIMITS: Final = (*OF_BUNDLES[:2], "What was never recorded is not in any ledger.")
"""What no proof can show."""
