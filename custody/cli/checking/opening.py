"""Opening a bundle of another ledger: verified first, under what the reader believes, and only then read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from custody.bundle.container import Container, open_container
from custody.bundle.decrypt import BundleDecryption
from custody.bundle.exhibit_files import content_opener
from custody.bundle.source import Folders, verify_container
from custody.bundle.unpack import OpenContent
from custody.cli.checking.verification import Beliefs, watched_reading
from custody.cli.context import Context
from custody.report.safe_text import show_path
from custody.verify.verify import Verified
from schemas.errors import RefusedError, VerificationError
from schemas.report import Report, Verdict


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle that was verified, whatever the verdict, open to be read."""

    container: Container
    verified: Verified
    elsewhere: Folders
    decryption: BundleDecryption | None

    @property
    def open_content(self) -> OpenContent:
        """What gives the bytes of its files and documents by SHA-256, wherever they are."""
        return content_opener(self.container, self.elsewhere, self.decryption)


@contextmanager
def open_bundle(context: Context, bundle: Path, beliefs: Beliefs) -> Iterator[OpenBundle]:
    """Give the bundle in a file, verified under ``beliefs``, while it is open; progress is drawn on a terminal.

    Raises:
        VerificationError: ``container.*``; it is no bundle at all.
        UsageError: ``bundle.absent``, ``bundle.not-a-file``, ``files.absent``.
        StorageError: this machine's disk; nothing is said about the bundle.
    """
    size = bundle.stat().st_size if bundle.is_file() else 0
    with open_container(bundle) as container, watched_reading(context, "verifying", size) as on_bytes:
        elsewhere, decryption = beliefs.elsewhere(on_bytes), beliefs.decryption(container)
        verified = verify_container(
            container, trusted=beliefs.trusted, at=beliefs.at, elsewhere=elsewhere, decryption=decryption,
            on_bytes=on_bytes,
        )  # fmt: skip
        yield OpenBundle(container, verified, elsewhere, decryption)


def require_verdict(report: Report, bundle: Path, code: str, *, accept_indeterminate: bool, otherwise: str) -> None:
    """Raise unless the verdict on ``bundle`` is PASSED, or INDETERMINATE where a person accepts that.

    ``otherwise`` tells what --accept-indeterminate does.

    Raises:
        VerificationError: ``code`` where the verdict is FAILED.
        RefusedError: ``code`` where it is INDETERMINATE and that was not accepted.
    """
    hint = f"custody verify {show_path(bundle)} says why"
    text = f"expected the verdict PASSED on {show_path(bundle)}, found {report.verdict.value}"
    if report.verdict is Verdict.FAILED:
        raise VerificationError(code, text, hint=hint)
    if report.verdict is not Verdict.PASSED and not accept_indeterminate:
        raise RefusedError(code, text, hint=f"{hint}; --accept-indeterminate {otherwise}")
