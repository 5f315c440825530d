"""What `verify` and `unpack` share: the options that say what is believed, and a verification of a file with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.bundle.decrypt import BundleDecryption
from custody.bundle.source import Folders, OnBytes
from custody.cli.checking.trust_file import TrustFile, read_trust_file
from custody.cli.context import Context
from custody.cli.files import given_file, read_file
from custody.cli.option_groups import gathered
from custody.cli.options import FILE, FILES_HELP, TRUST_HELP, parse_moment, passphrase_option
from custody.cli.output import progress
from custody.report.basis import Basis
from custody.verify.verify import Trusted
from schemas import limits
from schemas.errors import UsageError
from schemas.proof import Consistency, parse_consistency

if TYPE_CHECKING:
    from custody.bundle.container import Container
    from keys.private.age import AgeIdentity


@dataclass(frozen=True, slots=True)
class Believed:
    """The options --trust, --files, --proof, --at and --identity as they were typed."""

    trust: Path | None
    folders: tuple[Path, ...] = ()
    proofs: tuple[Path, ...] = ()
    at: str | None = None
    identities: tuple[Path, ...] = ()
    passphrase_file: Path | None = None

    def open(self, context: Context, *, at_home: bool = False) -> Beliefs:
        """Return what the options name; ``at_home`` for what is recorded in the ledger at hand, which is believed then.

        Who only verifies believes that too, unless he says by which file alone: see `custody.cli.checking.own_ledger`.

        Raises:
            UsageError: a file or folder that is not there, or is not what it should be; a time that is none.
            SigningKeyError: an identity that can't be opened.
        """
        now = context.now()
        moment = now if self.at is None else parse_moment(self.at, now.tzinfo)
        file = read_trust_file(context, self.trust)
        given = Trusted(file.trusted.trust, file.trusted.sha256, tuple(map(_read_proof, self.proofs)))
        trusted = self._trusting_here(context, given, at_home=at_home)
        opened = tuple(_open_identity(context, path, self.passphrase_file) for path in self.identities)
        return Beliefs(trusted, moment.astimezone(UTC), file, self.folders, opened)

    def _trusting_here(self, context: Context, given: Trusted, *, at_home: bool) -> Trusted:
        if not at_home and (self.trust is not None or context.find_home() is None):
            return given
        # Only who stands in a home needs what opens one.
        from custody.cli.checking.home_at_hand import trusting_if_seen
        from custody.cli.checking.own_ledger import trusting_own

        return trusting_own(given, context.ledger().home) if at_home else trusting_if_seen(context, given)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What a verification takes beside the bundle: trust, a time (aware, UTC), and folders with files given apart."""

    trusted: Trusted
    at: datetime
    trust_file: TrustFile
    folders: tuple[Path, ...]
    identities: tuple[AgeIdentity, ...] = ()

    @property
    def own(self) -> str:
        """The ledger of the home, where that is believed beside what the trust file says; else empty."""
        ledgers = () if self.trusted.trust is None else self.trusted.trust.ledgers
        return next((item.origin for item in ledgers if self.trust_file.trust.ledger(item.origin) is None), "")

    def decryption(self, container: Container) -> BundleDecryption | None:
        """Return what the identities open of a bundle; nothing where none was given."""
        return BundleDecryption(container, self.identities) if self.identities else None

    def elsewhere(self, on_bytes: OnBytes | None = None) -> Folders:
        """Return the folders as the verifier asks them.

        Raises:
            UsageError: ``files.absent``.
        """
        return Folders(self.folders, on_bytes=on_bytes)

    def basis(self, bundle: Path, *, program: str = "") -> Basis:
        """Return what a report says about all this; ``program`` is named where the report is kept."""
        return Basis(
            bundle=str(bundle),
            trust_file=str(self.trust_file.path),
            trust=self.trusted.trust,
            own=self.own,
            files=tuple(map(str, self.folders)),
            program=program,
        )


def _read_proof(path: Path) -> Consistency:
    raw = read_file(path, maximum=limits.NOTE_BYTES)
    with given_file(path):
        return parse_consistency(raw)


def _open_identity(context: Context, path: Path, passphrase_file: Path | None) -> AgeIdentity:
    # The library loads in the time of a small verification; few bundles are encrypted.
    from custody.cli.keyring.age_keys import open_identity

    if not path.exists():
        hint = "check the path; custody key age-new makes one"
        raise UsageError("usage.file", f"expected an identity at {path}, found nothing", hint=hint)
    return open_identity(context, path, passphrase_file)


_FILES = click.option(
    "--files", "folders", type=click.Path(file_okay=False, path_type=Path), multiple=True, help=FILES_HELP
)
_TRUST = click.option("--trust", type=FILE, help=TRUST_HELP)
_PROOF = click.option(
    "--proof",
    "proofs",
    type=FILE,
    multiple=True,
    help="A proof that leads from a checkpoint seen before to this one; of any ledger within the bundle.",
)
_AT = click.option("--at", metavar="TIME", help="Verify as of this time, not now.")
_IDENTITY = click.option(
    "--identity", "identities", type=FILE, multiple=True, help="Your key for what is encrypted to you."
)

believing = gathered("believed", Believed, _TRUST, _FILES, _PROOF, _AT, _IDENTITY, passphrase_option)
"""For commands that verify a bundle: by what."""


def _believed_now(
    trust: Path | None, folders: tuple[Path, ...], proofs: tuple[Path, ...], identities: tuple[Path, ...]
) -> Believed:
    return Believed(trust, folders, proofs, identities=identities)


believing_now = gathered("believed", _believed_now, _TRUST, _FILES, _PROOF, _IDENTITY)
"""The same, where it is verified as of now; ``--at`` and the passphrase are those of who signs."""


@contextmanager
def watched_reading(context: Context, title: str, total: int) -> Iterator[OnBytes]:
    """Give the body a function to call with the bytes read, of about ``total``; progress is drawn on a terminal."""
    done = 0
    with progress(context.settings, title, is_bytes=True) as step:

        def count(read: int) -> None:
            nonlocal done
            done += read
            step(done, max(total, done))

        yield count
