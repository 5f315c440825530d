"""Opening a bundle of another ledger: verified first, under what the reader believes, and only then read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from custody.bundle.container import Container, open_container
from custody.bundle.decrypt import BundleDecryption
from custody.bundle.exhibit_files import content_opener
from custody.bundle.region import FileRegion
from custody.bundle.source import Folders, verify_container
from custody.bundle.unpack import OpenContent
from custody.bundle.zip_check import has_zip
from custody.cli.checking.verification import Beliefs, watched_reading
from custody.cli.context import Context
from custody.cli.files import CERTIFICATE, PRODUCTION, kind_of_file
from custody.report.safe_text import show_path
from custody.report.shell_words import shell_word
from custody.verify.verify import Verified
from schemas.errors import RefusedError, UsageError, VerificationError
from schemas.report import Report, Verdict

_TAKEN_BY: Final = {
    CERTIFICATE: "custody request receive --certificate takes it in",
    PRODUCTION: "custody register --certificate takes it in",
}


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


def check_is_bundle(path: Path, *, otherwise: str = "") -> None:
    """Raise where a file can't ever have been a bundle: it gets no verdict, because there is nothing to judge.

    ``otherwise`` is what to do where it is the right file all the same.

    Raises:
        UsageError: ``usage.file``.
        StorageError: this machine's disk.
    """
    if not path.is_file():
        return
    with contextlib.closing(FileRegion(path)) as region:
        found = kind_of_file(path)
        if has_zip(region) and found != PRODUCTION:
            return
    text = f"expected a bundle or a letter at {path}, found {found or 'no zip file at all'}"
    raise UsageError("usage.file", text, hint=_TAKEN_BY.get(found, f"check the path{otherwise}"))


@contextmanager
def open_bundle(context: Context, bundle: Path, beliefs: Beliefs, *, is_parcel: bool = False) -> Iterator[OpenBundle]:
    """Give the bundle in a file, verified under ``beliefs``, while it is open; progress is drawn on a terminal.

    ``is_parcel`` says that whatever lies there was sent, so that it is judged, and not the path to it.

    Raises:
        VerificationError: ``container.*``; it is no bundle at all.
        UsageError: ``bundle.absent``, ``bundle.not-a-file``, ``files.absent``, ``usage.file``.
        StorageError: this machine's disk; nothing is said about the bundle.
    """
    if not is_parcel:
        check_is_bundle(bundle)
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
    hint = f"custody verify {shell_word(bundle)} says why"
    text = f"expected the verdict PASSED on {show_path(bundle)}, found {report.verdict.value}"
    if report.verdict is Verdict.FAILED:
        raise VerificationError(code, text, hint=hint)
    if report.verdict is not Verdict.PASSED and not accept_indeterminate:
        raise RefusedError(code, text, hint=f"{hint}; --accept-indeterminate {otherwise}")


def check_steps(report: Report, wanted: tuple[int, ...], path: Path) -> None:
    """Raise unless these steps of a verification passed.

    Raises:
        VerificationError: ``trust.bundle`` where one FAILED.
        RefusedError: ``trust.bundle`` where one could not be decided.
    """
    for step in report.steps:
        if step.number in wanted and step.verdict is not Verdict.PASSED:
            kind = VerificationError if step.verdict is Verdict.FAILED else RefusedError
            raise kind(
                "trust.bundle",
                f"expected step {step.number} ({step.name}) of {path} to have PASSED, found {step.verdict.value}",
                hint=f"custody verify {shell_word(path)} says more; nothing was changed",
            )
