"""The names that a bundle may hold, and their order (docs/spec/bundle.md).

    bagit.txt  bag-info.txt  data/...  manifest-sha256.txt  custody/...  tagmanifest-sha256.txt

Below ``data/`` and ``custody/`` members stand in order of name bytes. Every name is fixed, or a fixed folder with a
digest or an index: no name of evidence, and nothing that a file system could read in two ways.
"""

from __future__ import annotations

import re
from typing import Final

from schemas import limits
from schemas.errors import RecordError

BAGIT: Final = "bagit.txt"
BAG_INFO: Final = "bag-info.txt"
BUNDLE: Final = "data/bundle.json"
README: Final = "data/README.txt"
DISCLOSURES: Final = "data/disclosures.json"
MANIFEST: Final = "manifest-sha256.txt"
CHECKPOINT: Final = "custody/checkpoint"
PROOF: Final = "custody/proof.json"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"

DOCUMENTS: Final = "data/documents/"
ENCRYPTED: Final = "data/encrypted/"
FILES: Final = "data/files/"
INHERITED: Final = "data/inherited/"
MANIFESTS: Final = "data/manifests/"
PIECES: Final = "data/pieces/"
ENTRIES: Final = "custody/entries/"
TIMESTAMPS: Final = "custody/timestamps/"

REQUIRED: Final = (BAGIT, BAG_INFO, README, BUNDLE, DISCLOSURES, MANIFEST, CHECKPOINT, PROOF, TAG_MANIFEST)
"""Members without which nothing is a bundle, in their order."""
NAME_BYTES: Final = 87
"""Longest name of the layout: ``custody/timestamps/`` with a digest and ``.tsr``."""

_HASH = "[0-9a-f]{64}"
_PAYLOAD = re.compile(
    rf"data/(?:README\.txt|bundle\.json|disclosures\.json|(?:documents|files)/{_HASH}"
    rf"|encrypted/{_HASH}\.age|inherited/{_HASH}\.zip|manifests/{_HASH}\.jsonl|pieces/{_HASH}\.txt)\Z",
    re.ASCII,
)
_RECORDS = re.compile(
    rf"custody/(?:checkpoint|proof\.json|entries/(?:0|[1-9][0-9]{{0,15}})\.json|timestamps/{_HASH}\.tsr)\Z", re.ASCII
)
_RANKS = {BAGIT: 0, BAG_INFO: 1, MANIFEST: 3, TAG_MANIFEST: 5}


def place_of(name: str) -> tuple[int, str]:
    """Return the sort key of a member: members of a bundle stand in ascending order of it.

    Raises:
        RecordError: ``layout.name`` for a name that the layout doesn't know.
    """
    if _RECORDS.match(name):
        if name.startswith(ENTRIES):
            parse_entry_name(name)  # no tree has an index of 2^53
        return 4, name
    if _PAYLOAD.match(name):
        return 2, name
    rank = _RANKS.get(name)
    if rank is None:
        raise RecordError("layout.name", f"expected a name of the layout, found {name[:120]!r}")
    return rank, name


def is_payload(name: str) -> bool:
    """Tell whether the payload manifest may list ``name``."""
    return _PAYLOAD.match(name) is not None


def is_detachable(name: str) -> bool:
    """Tell whether ``name`` may be listed and yet travel apart: evidence, in plain or encrypted."""
    return is_payload(name) and name.startswith((FILES, ENCRYPTED))


def digest_in(name: str) -> str | None:
    """Return the SHA-256 that ``name`` says its content has, or nothing where the name says none."""
    if not name.startswith((DOCUMENTS, ENCRYPTED, FILES, INHERITED, TIMESTAMPS)):
        return None
    return name.rpartition("/")[2].partition(".")[0]


def pieces_name(root: str) -> str:
    """Return the name of the member that holds the list of pieces of this root."""
    return f"{PIECES}{root}.txt"


def entry_name(index: int) -> str:
    """Return the name of the member that holds the entry at ``index``."""
    return f"{ENTRIES}{index}.json"


def parse_entry_name(name: str) -> int:
    """Return the index that the name of an entry's member spells, below 2^53.

    Raises:
        RecordError: ``layout.name``.
    """
    digits = name.removeprefix(ENTRIES).removesuffix(".json")
    if not name.startswith(ENTRIES) or not _RECORDS.match(name) or int(digits) >= limits.TREE_SIZE:
        raise RecordError("layout.name", f"expected the name of an entry, found {name[:120]!r}")
    return int(digits)
