"""Opening a letter: verified against the trust file first, as every bundle is, and only then read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from custody.bundle.container import Container, open_container
from custody.bundle.source import verify_container
from custody.cli.checking.opening import check_is_bundle, require_verdict
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.files import sha256_of
from custody.cli.output import note
from custody.cli.showing.holdings import Staged
from custody.report.safe_text import show_path
from custody.transfer.letters import Letter, check_addressed, read_letter
from custody.verify.verify import Verified
from schemas import layout, limits
from schemas.errors import RefusedError
from schemas.report import Verdict


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A letter that was verified, and its container, from which documents can be taken while it is open."""

    letter: Letter
    container: Container
    path: Path

    def stage(self, staged: Staged) -> None:
        """Stage the letter itself: who reads the record of it can read it again.

        Raises:
            RefusedError: ``letter.changed``.
            StorageError: it can't be kept.
        """
        if staged.document(self.path) != self.letter.document:
            raise RefusedError("letter.changed", f"expected {show_path(self.path)} as it was verified, found another")

    def stage_documents(self, context: Context, staged: Staged, digests: Iterable[str]) -> None:
        """Stage the documents of these digests that came along; what did not is named in a note.

        Raises:
            VerificationError: ``container.member-size``, ``container.crc``.
            StorageError: the documents can't be kept.
        """
        for digest in dict.fromkeys(digests):
            name = layout.DOCUMENTS + digest
            if name not in self.container.members:
                note(context.settings, f"note: document {digest} is named in the letter and did not come with it")
                continue
            found = staged.document_bytes(self.container.read(name, maximum=limits.JSON_BYTES))
            assert found == digest, "the letter was verified"


def open_letter(context: Context, path: Path, believed: Believed, *, accept_indeterminate: bool) -> OpenLetter:
    """Return the letter in the file at ``path``; the caller closes its container.

    Raises:
        UsageError: ``usage.file`` where it never was a letter.
        VerificationError: ``letter.verdict`` where it FAILED.
        RefusedError: ``letter.verdict`` where it is INDETERMINATE and that was not accepted, ``letter.exhibits``,
            ``letter.empty``, ``letter.recipient``, ``letter.own``.
        StorageError: this machine's disk.
    """
    check_is_bundle(path)
    container = open_container(path)
    try:
        verified = verify_letter(context, container, believed, at_home=True)
        require_verdict(
            verified.report, path, "letter.verdict", accept_indeterminate=accept_indeterminate,
            otherwise="takes it all the same",
        )  # fmt: skip
        is_believed = verified.report.verdict is Verdict.PASSED
        letter = replace(read_letter(verified), document=sha256_of(path), is_believed=is_believed)
        own = context.ledger().ledger().origin
        if letter.ledger.origin == own:
            raise RefusedError("letter.own", f"expected a letter of another ledger, found one of {own} itself")
        check_addressed(letter, own)
        context.ledger().known[letter.document] = verified
    except BaseException:
        container.close()
        raise
    return OpenLetter(letter, container, path)


def verify_letter(context: Context, container: Container, believed: Believed, *, at_home: bool) -> Verified:
    """Return what holds of an open container, by the trust file that is believed; ``at_home`` as with `Believed.open`.

    Raises:
        UsageError: the trust file is absent, or is none.
        StorageError: this machine's disk.
    """
    beliefs = believed.open(context, at_home=at_home)
    # A provider reads a request without having a ledger.
    if context.find_home() is not None:
        context.ledger().trusted = beliefs.trusted
    return verify_container(container, trusted=beliefs.trusted, at=beliefs.at, elsewhere=beliefs.elsewhere())
