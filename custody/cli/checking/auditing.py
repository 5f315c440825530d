"""What `custody audit` is asked for, read from the command line and the disk."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import click

from custody.audit.evidence_files import FilesWanted, Places
from custody.audit.held import Held, parse_held
from custody.audit.wanted import Wanted
from custody.cli.checking.behind import open_behind
from custody.cli.checking.trust_file import TrustFile, read_trust_file
from custody.cli.context import Context
from custody.cli.files import given_file, read_file
from custody.cli.option_groups import gathered
from custody.cli.options import FILE, TRUST_HELP, parse_moment
from custody.cli.showing.holdings import Holdings
from custody.ledger.signature_cores import cores_at_hand
from custody.report.audit_document import AuditBasis
from custody.report.safe_text import show_path
from custody.storage.home import Home
from custody.verify.verify import Trusted
from schemas import limits
from schemas.errors import UsageError


class Percent(click.ParamType[Fraction]):
    """A share such as ``5%`` or ``0.5``, above 0 and up to 100."""

    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Return the share in percent."""
        if isinstance(value, Fraction):
            return value
        try:
            share = Fraction(str(value).strip().removesuffix("%"))
        except (ValueError, ZeroDivisionError):
            share = Fraction(0)
        if not 0 < share <= 100:
            self.fail(f"expected a share such as 5%, found {value!r}", param, ctx)
        return share


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the options say."""

    trust: Path | None
    since: Path | None
    files: bool
    sample: Fraction | None
    seed: str | None
    as_of: str | None

    def open(self, context: Context, home: Home) -> tuple[Wanted, AuditBasis]:
        """Return what to audit against, and how the report names it.

        Raises:
            UsageError: a file that is none of ours, options that don't go together.
        """
        if (self.sample is not None or self.seed is not None) and not self.files:
            raise UsageError("usage.sample", "expected --files beside --sample and --seed, found none")
        trust = self._trust(context, home.origin)
        wanted = Wanted(
            trust=None if trust is None else trust.trust,
            trust_sha256=None if trust is None else trust.trusted.sha256,
            since=None if self.since is None else _read_held(self.since, home.origin),
            files=self._files(context, home) if self.files else None,
            as_of=None if self.as_of is None else parse_moment(self.as_of, context.now().tzinfo),
            cores=cores_at_hand(),
            behind=open_behind(context, home, trusted=self._believed(context), known={}),
            lists=Holdings(home).manifests,
            documents=Holdings(home).documents,
        )
        return wanted, AuditBasis(
            home=show_path(home.path),
            trust="" if trust is None else show_path(trust.path),
            since="" if self.since is None else show_path(self.since),
        )

    def _trust(self, context: Context, origin: str) -> TrustFile | None:
        """Return the trust file; one that was not named here is about other people's ledgers for the most part, and
        counts only where it knows this one.
        """
        if self.trust is not None:
            return read_trust_file(context, self.trust)
        if not context.trust_file().exists():
            return None
        found = read_trust_file(context)
        return None if found.trust.ledger(origin) is None else found

    def _believed(self, context: Context) -> Trusted:
        """Return what is believed about other ledgers."""
        if self.trust is None and not context.trust_file().exists():
            return Trusted()
        return read_trust_file(context, self.trust).trusted

    def _files(self, context: Context, home: Home) -> FilesWanted:
        held = Holdings(home)
        return FilesWanted(
            places=Places(held.evidence, held.manifests, held.locations, held.documents),
            percent=self.sample or Fraction(100),
            seed=self.seed or context.random(8).hex(),
        )


def _read_held(path: Path, origin: str) -> Held:
    raw = read_file(path, maximum=limits.NOTE_BYTES)
    with given_file(path):
        return parse_held(raw, origin=origin, source=show_path(path))


wishing = gathered(
    "wishes",
    Wishes,
    click.option("--trust", type=FILE, help=TRUST_HELP),
    click.option("--since", type=FILE, help="A checkpoint held from before; signatures below aren't checked again."),
    click.option("--files", is_flag=True, help="Hash stored evidence and documents again."),
    click.option("--sample", type=Percent(), metavar="5%", help="Hash only this share of the files of exhibits."),
    click.option("--seed", help="Draw the same sample as an audit before."),
    click.option("--as-of", metavar="TIME", help="Say who held what at that time, as it is known now."),
)
"""For the audit: what is to be looked at."""
