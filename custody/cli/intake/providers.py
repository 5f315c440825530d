"""What a provider's commands share: the request that it received, read as far as that goes without a ledger."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from custody.bundle.container import open_container
from custody.cli.assistance.letter_reading import verify_letter
from custody.cli.checking.verification import Believed
from custody.cli.context import Context
from custody.cli.files import open_given
from custody.cli.keyring.keyring import default_agent, signer_for
from custody.cli.output import note
from custody.report.safe_text import show_path
from custody.report.shell_words import shell_word
from custody.transfer.letters import Letter, read_letter
from keys.private.signer import Signer
from schemas.certificate import CertifiedRequest
from schemas.errors import RefusedError, VerificationError
from schemas.report import Verdict

_ZIP = b"PK\x03\x04"


def read_request(context: Context, path: Path, believed: Believed) -> tuple[CertifiedRequest, Letter | None]:
    """Return the request in the file at ``path`` as a certificate names it: a letter, or a scan of one on paper.

    A letter is verified. A provider need believe nobody: where it has no trust file, that is said and no more.

    Raises:
        VerificationError: ``letter.verdict`` where the letter FAILED.
        RefusedError: ``letter.exhibits``, ``letter.empty``, ``letter.several``.
        UsageError: as `open_given`.
        OSError: the file can't be read.
    """
    with open_given(path) as file:
        is_zip = file.read(4) == _ZIP
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
    if not is_zip:
        note(context.settings, f"note: {show_path(path)} is no letter; the certificate names it by its digest")
        return CertifiedRequest(sha256=digest), None
    with open_container(path) as container:
        verified = verify_letter(context, container, believed, at_home=False)
    if verified.report.verdict is Verdict.FAILED:
        text = f"expected a letter that verifies at {show_path(path)}, found FAILED"
        raise VerificationError("letter.verdict", text, hint=f"custody verify {shell_word(path)} says why")
    if verified.report.verdict is not Verdict.PASSED:
        note(context.settings, "note: whether its ledger is to be believed was not decided: custody trust add")
    letter = read_letter(verified)
    if len(letter.requests) != 1:
        names = ", ".join(item.state.id for item in letter.requests)
        raise RefusedError("letter.several", f"expected a letter about one request, found one about {names}")
    found = CertifiedRequest(
        ledger=letter.ledger.origin, manifest=letter.manifest, request=letter.requests[0].state.id, sha256=digest
    )  # fmt: skip
    return found, letter


def open_signer(context: Context, actor: str | None, passphrase_file: Path | None) -> Signer:
    """Return the signer of the provider's key, which lies in its own folder of keys.

    Raises:
        UsageError: ``usage.who``.
        SigningKeyError: the key can't be used.
    """
    return signer_for(context, default_agent(context, actor), passphrase_file=passphrase_file, alive=None)
