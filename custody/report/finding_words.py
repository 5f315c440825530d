"""Findings in plain words: what each code means for somebody who has to decide, and what can be done about it.

A code is looked up whole, then by its family (the part before the dot). A test holds every code of the verifier
against these tables, so that no finding reaches a judge without a sentence.
"""

from __future__ import annotations

import re
from typing import Final

from custody.report.safe_text import show
from schemas.report import Finding

MEANINGS: Final = {
    "asset": "The proof about the asset does not hold: its bytes are not what a chain's blocks commit to.",
    "asset.balance": "The account held another balance in that block than was recorded.",
    "asset.balance-dropped": "An account of the asset held less than before, while the asset was in custody.",
    "asset.balance-unread": "A recorded balance could not be compared with the others: it is no number, or is "
    "withheld. Whether the account held less later can't be said.",
    "asset.left": "A later proof shows that the asset went to somebody who is not on record, while it was in custody.",
    "asset.none": "Somebody recorded something of an asset, but the exhibit was not registered as one.",
    "asset.observed-ahead": "By its own dates an asset was recorded before it was looked at.",
    "asset.freeze-state": "A freeze was lifted or prolonged that is not on record, or placed where one was already.",
    "asset.not-held": "In that block neither the recorded account nor the custody wallet held the asset.",
    "asset.not-paid": "The recorded transaction did not pay the custody wallet.",
    "asset.not-pinned": "Your trust file pins no block of this chain, so nothing vouches for the block of the proof.",
    "asset.other-chain": "The proof is about another chain than the recorded asset.",
    "asset.other-sender": "The custody wallet received the asset from another account than the recorded one.",
    "asset.other-transfer": "The asset went to somebody who is not on record.",
    "asset.pin-contradicted": "The proof rests on a block that is not the one that your trust file pins there.",
    "asset.pin-not-reached": "The proof holds in itself, but nothing leads from its block to one that you pinned.",
    "asset.proof-absent": "A proof about the asset was withheld or is missing, so it was not checked.",
    "asset.proven": "A proof about the asset holds, for the block that it names and for no later one.",
    "asset.shallow": "Too few blocks follow that of the proof to rest on the work in them.",
    "asset.stated": "A proof about the asset holds in itself.",
    "asset.unbound": "The proof is about something else than the recorded asset.",
    "asset.withheld": "What the proof must be about was withheld from you, so the two were not compared.",
    "bag": "The bundle's own lists of its contents are not as they must be.",
    "bag.absent": "Something that the bundle lists as its content is missing from it.",
    "bag.digest": "A file in the bundle is not the one that the bundle's own list names: it was changed or damaged.",
    "bag.unlisted": "The bundle holds something that its own lists don't name: it was put in, or a list was damaged.",
    "certificate": "A provider's certificate is not written as it must be: it was changed or damaged.",
    "certificate.absent": "The provider's certificate was withheld or is missing, so it was not checked.",
    "certificate.content": "What the provider certified is not what the exhibit consists of.",
    "certificate.disputed": "The provider's key was later revoked with effect from before the certificate came.",
    "certificate.kind": "The provider certified something else than that it handed files over.",
    "certificate.list-absent": "The certificate or the record has too many files to name them all, so only the sum of "
    "their sizes was compared.",
    "certificate.provider-absent": "Nothing in the bundle says whose key the provider's is, so its signature was not "
    "checked.",
    "certificate.request": "The provider's certificate answers another request than the one on record.",
    "certificate.signatures": "The provider's certificate has not exactly one signature.",
    "certificate.signer": "The provider's certificate is signed with a key that was not the provider's at that time.",
    "checkpoint": "The signed state of the ledger is not written as it must be: it was changed or damaged.",
    "checkpoint.first-contact": "No earlier state of this ledger was known to you, so this one could not be compared.",
    "checkpoint.fork": "This ledger shows two different pasts: you have seen it with the same number of entries and "
    "other contents, or bundles that travel together tell of it differently. Together they are the proof; keep both.",
    "checkpoint.genesis": "The ledger does not begin with the entry that your trust file names: it is another ledger.",
    "checkpoint.no-trust": "No trust file was given, so nothing says whose ledger this is.",
    "checkpoint.not-linked": "Nothing shows that this state of the ledger continues an earlier one, which you saw "
    "before or which another bundle in it shows.",
    "checkpoint.quorum": "Fewer cosigners have countersigned this state of the ledger than your trust file wants.",
    "checkpoint.unknown-origin": "Your trust file does not know this ledger, so nothing says whose it is.",
    "completeness": "The bundle does not hold exactly what the ledger holds about its exhibits: something was left "
    "out, added or exchanged.",
    "completeness.contradicted": "The ledger signed that nothing more belongs to this, and another bundle of the same "
    "ledger shows an entry that does: it keeps something back here that it told before.",
    "completeness.count": "Entries were left out: the ledger holds another number of them about this subject.",
    "completeness.goes-on": "The ledger says more about this exhibit than this bundle, which is about another, tells: "
    "perhaps only that it was shown to somebody. What became of it stands in a bundle of its own.",
    "completeness.root": "Entries were exchanged: the ledger holds others about this subject.",
    "completeness.stray": "An entry is in the bundle that its exhibits don't call for.",
    "completeness.unproven": "The proof that nothing was left out is missing.",
    "container": "The file is not packed as a bundle must be: it was damaged, cut or changed.",
    "container.crc": "Bytes in the file were damaged after it was packed.",
    "container.member-missing": "A part without which nothing is a bundle is missing.",
    "container.not-a-zip": "The file is no bundle at all, or its end is missing.",
    "container.repacked": "The bundle was packed again, or into another zip, by another program. What is in "
    "it may be whole, but it can't be accounted for byte by byte.",
    "container.trailing-bytes": "Something was added behind the end of the bundle.",
    "container.truncated": "The end of the file is missing.",
    "content": "The evidence does not agree with what was registered.",
    "content.absent": "A file of the evidence was not given, so it could not be compared with what was registered.",
    "content.damaged": "A file of the evidence is damaged: its bytes in the bundle don't read back.",
    "content.ciphertext": "An encrypted file can't be decrypted to its end: its sender supplied wrong bytes.",
    "content.documents": "The lists in the bundle don't agree on which files and documents belong to it: one was "
    "damaged or changed. What the files hold is another question, and is answered for each of them.",
    "content.digest-unchecked": "A further digest of the files could not be computed here; SHA-256 was compared.",
    "content.erased": "A file was destroyed by order, as an entry records. Its bytes can't be compared any more.",
    "content.erased-shown": "A file that was ordered to be destroyed is in this bundle.",
    "content.identity": "A file is encrypted, and not for the identity that was given.",
    "content.names-erased": "Names of files were erased by order. The files themselves are still proven.",
    "content.plaintext": "An encrypted file decrypts to bytes that are not the ones that were registered.",
    "content.encrypted": "A file of the evidence is encrypted for you and could not be compared until it is decrypted.",
    "content.pieces": "A list of pieces is not that of its file, so it can't say where the file is damaged.",
    "content.pieces-absent": "A list of pieces is missing: if its file were damaged, nobody could say where.",
    "content.mismatch": "A file of the evidence is not the one that was registered: it was changed or damaged.",
    "content.recorded-mismatch": "A check that is on record found files of this exhibit changed or missing.",
    "content.unreadable": "A file could not be read when the exhibit was registered; its content was never recorded.",
    "defect": "A step of the procedure was not kept.",
    "defect.grant-country": "An answer lets something go to another country than who asked, without saying what.",
    "defect.not-sealed": "An original left unsealed, and nobody said why.",
    "defect.seal-broken": "A seal was seen, and it was not intact: somebody may have been at the exhibit.",
    "defect.seal-other": "The seal that was seen has another number than the one that was put on.",
    "defect.seal-unsaid": "It left sealed and came back, and nobody said whether its seal was there, and intact.",
    "defect.receipt-contested": "A receipt came that fits nothing on its way; it changed nothing.",
    "defect.recorded-backward": "The time at which this was recorded lies before that of an earlier entry: a clock "
    "was wrong or was set back.",
    "defect.recorded-ahead": "This was recorded later than it was read: the ledger's clock is wrong, or the reader's, "
    "unless he asked for an earlier time (--at).",
    "defect.receipt-early": "The receipt is dated before what it is for was sent: it may be of something else.",
    "defect.recorded-late": "This was recorded later than its signers had agreed.",
    "defect.single-registrar": "A registrar changed alone what two should: nobody else looked at it.",
    "defect.shared-wallet": "The custody wallet served another target wallet or case too, so coins may be mixed.",
    "defect.consent-key": "An authority abroad is said to have consented by a key that was enrolled here.",
    "defect.taken-over": "Custody was taken over without the signature of the one who held it.",
    "defect.time-ahead": "The event, or what it is about, is said to have happened after it was recorded.",
    "defect.time-backward": "The act says that it happened before the act that it follows.",
    "defect.sovereignty": "Data that lie in another country were taken online without being public.",
    "defect.number-unclear": "A number has signs that can't be seen or told from others, so that one exhibit could be "
    "taken for another.",
    "defect.paper-alone": "A receipt, a return or a consent rests on paper alone, though the other side keeps a "
    "ledger: what that ledger says of it was not seen.",
    "defect.returned-by-another": "It came back on paper alone from somebody to whom it was never sent, and nothing "
    "shows how it got there.",
    "defect.returned-after-recall": "What was recalled or refused, or back on paper alone, came back from the ledger "
    "that had accepted it.",
    "defect.transfer-lost": "What was sent did not arrive.",
    "defect.web-capture": "A capture of a web page lacks something that a court wants to see of one at the least.",
    "disclosures": "A name or text that the bundle shows does not belong to the entry that it claims to explain.",
    "disclosures.list": "The sender's list of what he withholds names values that he shows, or that are not there.",
    "disclosures.erased": "Names or texts were erased by order. The entries themselves still hold.",
    "disclosures.erased-shown": "A name or text that was ordered to be erased is shown in this bundle.",
    "disclosures.withheld": "Names or texts are withheld from this bundle. The entries themselves still hold.",
    "enrolment": "Whoever brought in a key did not prove to hold it.",
    "entries": "An entry does not stand where it must in the ledger.",
    "entries.chain": "An entry does not continue the entry before it: one of the two was changed or exchanged.",
    "entries.export": "The ledger's newest entry is not the one that exported this bundle.",
    "entries.manifest": "The contents of the bundle are not the ones that its sender signed for: parts of two bundles "
    "were mixed, or its list of contents was changed.",
    "hash-list": "A list of digests, or a log of the acquisition, was held against the evidence at registration.",
    "hash-list.absent": "A list names files that the exhibit does not hold.",
    "hash-list.fault": "A list of digests is not written as such lists are; what it says was taken as it stands.",
    "hash-list.mismatch": "The evidence was not what the list or log that came with it says, already when it was "
    "registered.",
    "hash-list.unknown-lines": "Lines of a list were not understood; the list itself is kept.",
    "image.container-checksum": "The image file was damaged already when it was registered: parts of the disk in it "
    "can't be trusted. Which parts is recorded.",
    "image.container-structure": "The image file contradicted itself, or could not be followed, already when it was "
    "registered.",
    "image.medium-short": "The image holds less of the disk than it says.",
    "image.not-read": "The disk inside the image was not read when it was registered; the image file itself is "
    "compared all the same.",
    "image.pointer-file": "Only a note of where the image is kept was registered, not the image.",
    "image.segment-missing": "Parts of the image were missing already when it was registered.",
    "image.segment-order": "The parts of the image were named in another order than the one they belong in.",
    "image.stored-hash": "The hash that was stored in the image when the disk was copied is not that of the disk in it "
    "now: image or hash was changed or damaged before it was registered.",
    "image.truncated": "The end of the image was missing already when it was registered.",
    "image.unreadable": "Parts of the disk could not be read when it was copied. Which parts is recorded.",
    "image.zero-bytes": "The image was an empty file already when it was registered.",
    "inherited": "What the bundle says of the exhibit's history in another ledger does not hold.",
    "inherited.absent": "The bundle with which the exhibit came from another ledger is missing.",
    "inherited.away": "That the exhibit came back from another authority says here only who had sent it: what that "
    "authority itself recorded is not in the bundle.",
    "inherited.condition-unseen": "Whether a condition was passed on word for word can't be told; a text is withheld.",
    "inherited.conditions": "The exhibit was taken in under other conditions than it was sent under.",
    "inherited.content": "The exhibit isn't what was sent: another thing, asset or content than was first registered.",
    "inherited.depth": "The exhibit went through more ledgers than can be followed.",
    "inherited.not-asked": "Files that the earlier bundle listed are not asked for here.",
    "inherited.recipient": "The exhibit was taken in by somebody to whom it was not sent.",
    "inherited.reservations": "The exhibit was taken in without the reservation for which its bundle calls.",
    "inherited.names": "What was taken in has another number on it than what was sent, or a name more or less; "
    "whether it is the same thing is to be asked.",
    "inherited.corrected": "What was taken in had another number, name or seal than what was sent; one of the two "
    "sides corrected it later.",
    "inherited.unseen": "A number, name or seal is withheld, so nobody here could compare what was sent and taken in.",
    "inherited.kind": "What was taken in is called another kind of thing than what was sent; whether it is the same "
    "thing is to be asked.",
    "inherited.seal": "The seal that was seen on arrival is not the one under which the exhibit was sent.",
    "inherited.sent-at": "The record of the acceptance names another time of sending than the sender signed.",
    "inherited.times": "The acceptance is dated before the exhibit was sent, or after the acceptance was recorded.",
    "inherited.twice": "Two ledgers signed that they took in the same thing, which was sent once: only one of them can "
    "have it.",
    "letter": "What was recorded from another authority's letter is not what that letter says.",
    "letter.absent": "The letter on which this rests was withheld or is missing, so nobody but who recorded it has "
    "seen it.",
    "letter.erased": "The letter on which this rests was destroyed by order: what it said, says who recorded it.",
    "letter.grant": "The letter on which this rests grants or accepts nothing, or took it back.",
    "letter.origin": "The letter that is kept is another one than the record names.",
    "letter.recipient": "The letter was written to somebody else.",
    "letter.request": "The letter is about another request than the one on record.",
    "letter.said": "The record says something else than the letter.",
    "letter.sender": "The letter was not written by the authority that the record names.",
    "letter.terms": "This goes beyond what the letter grants or accepts: other exhibits, another recipient, easier "
    "terms or other conditions.",
    "letter.unspecific": "The letter doesn't say which exhibits may go to whom, or which conditions are accepted: for "
    "that, only who recorded it stands.",
    "receipt.absent": "The proof that the other side took the exhibit was withheld or is missing.",
    "receipt.erased": "The proof that they took the exhibit was destroyed by order; the sender alone says so.",
    "receipt.other": "The proof is of another decision than the one on record.",
    "receipt.other-ledger": "Another ledger decided than the one to which the exhibit was sent.",
    "receipt.quorum": "Too few of the cosigners that your trust file asks for have signed the proof of the receipt.",
    "receipt.unknown-ledger": "Your trust file does not know the ledger that decided, so nothing says whose it is.",
    "keys": "A key signed where it was not allowed to.",
    "keys.barred": "Signed with standing that was in dispute by then: it came from a key that was reported as stolen.",
    "keys.certificates-unsupported": "Your trust file asks for certificates, which this version does not check.",
    "keys.disputed": "Signed with a key that was later revoked with effect from before this entry, and nobody has "
    "affirmed the entry since.",
    "keys.not-yet": "Signed with a key that was not enrolled yet.",
    "keys.revoked": "Signed with a key that had been revoked.",
    "keys.unknown": "Signed with a key that the ledger does not know.",
    "note": "The signature under the ledger's state does not hold, or is not by a key that counts.",
    "pieces": "A list of pieces is not written as it must be.",
    "private": "A name or text that the bundle shows is not written as it must be.",
    "defect.accepted-and-registered": "One thing from abroad stands here under two numbers, each with a holder: it was "
    "accepted or came back, and was registered as well.",
    "defect.agent-apart": "Somebody is not on record as abroad, and the organisation to which he belongs is; "
    "whether what he gets has left rests on that one word.",
    "defect.agent-moved": "The country or ledger of somebody was changed on record; whether a border is crossed rests "
    "on it.",
    "inherited.country": "The exhibit was sent to another country than that of the ledger which took it in.",
    "lawfulness.country": "A recipient or authority is on record in another country than the one its ledger is trusted "
    "to be in.",
    "lawfulness.undecided": "Whether it left with leave can't be said: its story can't be followed, since something of "
    "it is missing or wrong.",
    "lawfulness.recipient": "The bundle was made for somebody else than you.",
    "procedure": "The record lacks what the procedure of this country asks for. A court may have it put right.",
    "procedure.backup-copy": "An original was sent away, and no backup copy with it.",
    "procedure.competence": "Somebody altered the original, and the record doesn't say by what competence.",
    "procedure.conditions-due": "The exhibit was accepted on a term with a date that has passed, and it is still here.",
    "procedure.decision": "An answer to a request doesn't say who forwarded the request and who decided on it.",
    "procedure.device-state": "The record doesn't say whether a device was on when it was seized, or nothing kept it "
    "from being reached from afar.",
    "procedure.digests": "A check value that this country asks for was not computed.",
    "procedure.explained": "What was missing here was corrected or explained later. Whether that is enough is for the "
    "court.",
    "procedure.foreign-origin": "The record doesn't say all that is asked about where evidence from abroad comes from.",
    "procedure.freeze": "The freeze of an asset has ended, has no end on record, or was lifted without a notice to who "
    "holds the asset.",
    "procedure.holder-or-witness": "Neither the person that it was taken from nor an onlooker confirmed the "
    "collection as is asked for.",
    "procedure.integrity": "One of the five ways in which a court checks that nothing was changed is not open: the "
    "record lacks what it needs.",
    "procedure.legalisation": "Evidence that a party brought from abroad has no papers that legalise it.",
    "procedure.online-capture": "What was captured online lacks what a court wants to see of it.",
    "procedure.preservation": "Data were to be preserved until a date that has passed, and nobody renewed it.",
    "procedure.protected": "Some files could not be read at registration, so no check value protects them.",
    "procedure.purpose": "The record doesn't say why this was done.",
    "procedure.reproducible": "The record doesn't say by which tool, so that nobody else can repeat it.",
    "procedure.request-fields": "A request lacks something that it has to state.",
    "procedure.seal-photos": "No photo shows the seal, or none shows the thing before it was sealed.",
    "procedure.seal-travels": "An original was sent unsealed, and the record doesn't explain it in full.",
    "procedure.translation": "No paper with evidence from abroad is said to be its translation.",
    "procedure.two-investigators": "Only one investigator signed for the collection.",
    "procedure.witness-eligible": "Who looked on at the collection belongs to the police or its staff, or was "
    "found not fit for it.",
    "procedure.witness-identity": "Who looked on at the collection is not known by an identity document and a contact.",
    "procedure.write-blocker": "The record doesn't say how the medium was kept from being written to.",
    "receipt": "A receipt is not written as it must be.",
    "record": "A record is not written in the one way in which records are written: it was changed or damaged.",
    "record.version": "A record is of a newer version than this program knows.",
    "release": "Evidence left for another country without a consent that covered it.",
    "release.enclosed": "A document of an exhibit that went abroad is a file of another exhibit, and nothing says that "
    "this one went there too.",
    "release.bound-content": "Files that another country let come here on a condition stand in the ledger again as an "
    "exhibit that is not bound by it; how it came to have them must be explained.",
    "release.condition-unseen": "The words of a condition are withheld, so nobody here could compare them.",
    "release.consent-conditions": "Evidence left before the conditions of the consent were met.",
    "release.consent-terms": "Evidence left on easier terms than the consent allowed.",
    "release.consent-early": "Evidence left before the consent counted.",
    "release.consent-expired": "Evidence left when the consent had ended.",
    "release.consent-recipient": "Evidence left for somebody whom the consent does not name, "
    "or whose country or ledger is another than when it was given.",
    "release.consent-request": "Evidence left for another request than the one on which the consent rests.",
    "release.consent-key": "What came from abroad went on, and its country consented by no letter and no paper.",
    "release.consent-revoked": "Evidence left when the consent had been revoked.",
    "release.destination-unnamed": "Evidence went somewhere, and the record doesn't say to whom or to which country.",
    "release.holder-abroad": "Somebody abroad became the holder of what was here, by an act that tells no way there, "
    "or who has it was entered as abroad.",
    "release.recipient-unknown": "Evidence left for somebody of whom no country is on record.",
    "release.recipient-unnamed": "An export names no recipient on record, so no consent could be looked for.",
    "release.registered-abroad": "Somebody abroad registered as a find of his own all files of an exhibit that was "
    "here; how he came to have them must be explained.",
    "release.request-peer": "Something left under a request that another country made, or tells of one.",
    "release.request-ended": "Evidence left under a request that had been withdrawn or refused.",
    "release.not-granted": "Evidence left under a request that was granted for other exhibits.",
    "release.terms-untold": "Evidence left under conditions, by an act that puts none to whoever got it; that he took "
    "them upon himself, no record shows.",
    "rule": "An act breaks the rules of custody and has no effect.",
    "rule.commitment-twice": "A hidden value is used in two places, so that one of the two could be passed off.",
    "rule.holder": "Somebody acted who did not hold the exhibit.",
    "rule.link": "The act does not follow the act before it: one is missing, or the order was changed.",
    "rule.role": "Somebody acted whose role does not allow it.",
    "rule.same-party": "The exhibit was handed over to the one who held it already.",
    "rule.seal": "The act does not fit the seal: it was broken or set without a record of it.",
    "rule.signers": "A signature that the act needs is not among those that it names.",
    "rule.state": "The act is not possible in the state in which the exhibit was.",
    "rule.unknown-agent": "Somebody signed who is not enrolled in the ledger.",
    "signature": "A signature does not hold: the entry was changed after it was signed, or another key signed it.",
    "signatures": "The signatures are not exactly those of the people named in the entry.",
    "signatures.extra": "A signature is there of somebody whom the entry does not name.",
    "signatures.missing": "A signature is missing of somebody whom the entry names: it was never made or was removed.",
    "timestamps": "Your trust file asks for a time that a third party vouches for, which this version does not check.",
    "timestamps.unread": "Timestamps lie beside the checkpoint. Anybody can add one, and this version checks none: "
    "they say nothing.",
    "tree.consistency": "The ledger's past was changed: this state does not continue the earlier one.",
    "tree.multiproof": "The entries don't add up to the signed state of the ledger: at least one of them was changed, "
    "left out, added or taken from another state.",
    "tree": "A proof that an entry belongs to the ledger does not hold.",
    "trie": "The proof of what the ledger holds about a subject does not hold.",
    "verify.newer-version": "Could not be decided, because a record is of a newer version than this program knows.",
    "verify.not-reached": "Could not be looked at, because the file could not be opened as a bundle.",
}
"""What a finding means, by code or family."""

_MALFORMED: Final = frozenset({"content.path", "entry", "event", "key", "layout", "policy", "subject", "text", "vkey"})
ADVICE: Final = {
    "asset.balance-dropped": "Ask who held the keys between the two times, and for the transactions of the account.",
    "asset.left": "Ask who held the keys until that block, and follow the transaction.",
    "asset.not-pinned": "Ask several sources for the hash of that block or a later one, and pin it: custody trust pin "
    "CHAIN HEIGHT HASH.",
    "asset.pin-not-reached": "Pin the block itself or a later one (custody trust pin), or ask the sender for a proof "
    "that leads to a block that you pinned.",
    "checkpoint.no-trust": "Have the sending authority read the ledger's fingerprint to you on a number that you "
    "looked up yourself, and enter it: custody trust add --from-bundle BUNDLE --fingerprint F.",
    "checkpoint.not-linked": "Ask the sender for a proof between the two sizes (custody prove --from S --to N) and "
    "give it with --proof.",
    "checkpoint.quorum": "Ask the sender for a bundle whose state of the ledger has been countersigned.",
    "checkpoint.unknown-origin": "Check the ledger's name, letter by letter, with the authority that you expected; "
    "then add it: custody trust add --from-bundle BUNDLE --fingerprint F.",
    "container": "Ask the sender for the file once more, as it was made.",
    "container.repacked": "Ask the sender for the file once more, as it was made. If this one does nothing but hold "
    "another zip, take that out and check it.",
    "content.absent": "Give the folder with the files that came apart, each named by its SHA-256: --files FOLDER.",
    "content.encrypted": "Give the key to which it was encrypted: --identity FILE.",
    "content.identity": "Ask the sender for whom he encrypted it, and give that key: --identity FILE.",
    "defect.paper-alone": "Ask the other side for its own record: a receipt of its ledger, a bundle with which the "
    "exhibit comes back, or a letter with its consent.",
    "keys.disputed": "Ask the authority whether the act took place; it may affirm the entry and send a new bundle.",
    "record.version": "Use a newer version of the program.",
}
"""What can be done about a finding, by code or family."""

# Texts of these hold numbers and digests only, so words in them can be exchanged without touching what somebody wrote.
_REWORDED: Final = frozenset(
    {
        "content.recorded-mismatch",
        "checkpoint.fork",
        "checkpoint.root",
        "completeness.root",
        "content.pieces",
        "content.root",
        "entry.index-root",
    }
)
_REWORDED_FAMILIES: Final = frozenset({"asset", "inherited", "pieces", "tree", "trie"})
_WORDS: Final = {
    "Merkle root": "digest over all transactions",
    "index root": "digest of the index",
    "index_root": "digest of the index",
    "leaf": "entry",
    "leaves": "entries",
    "root": "digest",
    "sibling": "hash",
    "siblings": "hashes",
    "trie proof": "proof",
}
_WORD: Final = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b")


def explain(code: str) -> str:
    """Return what a finding of this code means, in one or two sentences."""
    if code in _MALFORMED or _family(code) in _MALFORMED:
        return MEANINGS["record"]
    return MEANINGS.get(code) or MEANINGS.get(_family(code)) or "Something is not as it must be."


def advise(code: str) -> str:
    """Return what can be done about a finding of this code, or nothing."""
    return ADVICE.get(code) or ADVICE.get(_family(code), "")


def reword(finding: Finding) -> str:
    """Return the finding's own text, safe to show, without words of the machinery."""
    if finding.code in _REWORDED or _family(finding.code) in _REWORDED_FAMILIES:
        return show(_WORD.sub(lambda found: _WORDS[found[0]], finding.text))
    return show(finding.text)


def _family(code: str) -> str:
    return code.partition(".")[0]
