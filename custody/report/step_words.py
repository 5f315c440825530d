"""The thirteen steps in plain words: what each asks, and what is lost where it was not asked."""

from __future__ import annotations

from typing import Final, NamedTuple


class StepWords(NamedTuple):
    """A short title, and the question that the step answers."""

    title: str
    question: str


STEP_WORDS: Final = (
    StepWords("The file", "Is it a bundle, whole and packed as it was made?"),
    StepWords("Its lists", "Is every file in it the one that its own lists name, and is none missing or added?"),
    StepWords("Whose ledger", "Is it the ledger that you trust, signed by its key, and in line with what you saw?"),
    StepWords("Time", "Does a third party vouch for when it existed?"),
    StepWords("Unaltered", "Is every entry unchanged and in its place in the ledger?"),
    StepWords("Keys", "Was every key that signed enrolled, valid at that place and not revoked?"),
    StepWords("Signatures", "Did exactly the people whom each entry names sign it?"),
    StepWords("Unbroken", "Was custody kept by the rules: one holder at a time, every act by somebody entitled to it?"),
    StepWords("Complete", "Is everything here that the ledger holds about these exhibits?"),
    StepWords("The evidence", "Are the files the ones that were registered?"),
    StepWords("Names and texts", "Do the names and texts shown belong to the entries? Which are withheld?"),
    StepWords("Lawfulness", "Are the request, the consent and the conditions there that the law demands?"),
    StepWords("Procedure", "Was the procedure kept? What is listed here can be cured and never changes the verdict."),
)
"""By number of the step."""

NOT_ASKED: Final = {
    3: "Time: no third party was asked to vouch for when the records existed. The times shown are the signers' own.",
    11: "Lawfulness: request, consent, conditions and recipient were not examined.",
}
"""What it means that a step was not asked."""
CERTIFICATES: Final = "Certificates: that the people are who the ledger says was not checked against any certificate."
COSIGNERS: Final = "Cosigners: nobody besides the ledger itself was asked to have countersigned its state."
FIRST_CONTACT: Final = "History: no earlier state of this ledger was known to you, so none could be compared."
CHAINS: Final = "Chains: no block of a public chain was pinned, so nothing vouches for the blocks that proofs rest on."
NO_PROFILE: Final = "Procedure: no procedure profile was applied, so what a law asks of the record was not looked at."
ANCESTORS: Final = "Originals: what an exhibit was made from is shown with its story; its own files were not compared."

LIMITS: Final = (
    "Registration is not truth before registration. The records show that nothing changed since an exhibit was "
    "registered; they can't show that it was genuine, complete or lawfully obtained before.",
    "A signature is not a fact. It shows that the holder of a key said something; whether it is so remains for the "
    "court.",
    "Verified is not everything. {complete}",
    "What is withheld was not judged. A withheld value stands in the records unchanged, but nobody who reads this has "
    "seen it.",
    "A wallet's balance, or the owner of a token, in a past block is not today's.",
    "This report was written by the program of whoever ran it. A report that came with the bundle, or from somebody "
    "else, proves nothing: run the check yourself.",
)
"""What no proof can show; printed in every report."""
COMPLETE: Final = (
    "The bundle is complete according to the ledger, up to and including entry number {last}. What was recorded later, "
    "or never recorded at all, is not in it."
)
INCOMPLETE: Final = (
    "That the bundle is complete was not established; and even then, what was recorded later, or never recorded at "
    "all, would not be in it."
)
