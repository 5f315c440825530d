"""What an auditor asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from custody.audit.evidence_files import FilesWanted
from custody.audit.held import Held
from custody.bundle.behind import Behind
from custody.evidence.store import EvidenceStore
from custody.ledger.bound_content import NO_LISTS, FileLists
from custody.verify.procedure.procedure import ProfileFor
from schemas.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An auditor's anchors and wishes.

    ``trust`` is what he believes, ``since`` the checkpoint that he holds: signatures below it were checked then and are
    not checked again. ``as_of`` (aware) asks for the state of custody at that time. ``cores`` is how many to use.
    ``profile_for`` gives the procedure profile of the ledger's country, by which step 12 looks at it.
    """

    trust: Trust | None = None
    trust_sha256: str | None = None
    since: Held | None = None
    files: FilesWanted | None = None
    as_of: datetime | None = None
    cores: int = 1
    profile_for: ProfileFor | None = None
    behind: Behind | None = None
    """What the home keeps behind its records: letters, proofs and bundles of other ledgers, read again."""
    lists: FileLists = NO_LISTS
    """The lists of files of large exhibits, as far as the home has them."""
    documents: EvidenceStore | None = None
    """The documents of the home, among which it keeps the lists of what each bundle carried."""
