"""``data/README.txt``: how to check a bundle without our software, for somebody who has never heard of it.

It says nothing about entries, indexes or verdicts, because the exporting entry commits to it and comes after it; and
no fingerprint, because a bundle can't vouch for itself. The same arguments give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from custody.bundle.names import show_text
from schemas import layout
from schemas.content import Content, Digests

LISTED: Final = 100
"""Files that the page lists by digest; the payload manifest lists all."""

_WHAT = """\
CHAIN OF CUSTODY: WHAT THIS IS AND HOW TO CHECK IT
==================================================

This file is part of a bundle from the ledger
{origin}
A bundle is one zip file. It holds digital evidence, the signed records of who held it and when, and what is needed
to check both without asking the sender. It follows BagIt 1.0 (RFC 8493), an open standard of libraries and archives.

Keep the zip file exactly as it reached you. Work on copies. Never pack it again: a bundle that was packed again no
longer verifies, because every byte of it counts.

There is no page in here that says PASSED, and there must not be one: a sender's own verdict proves nothing. If you
find one, somebody added it.
"""

_LEVELS = """\
LEVEL 1: WITH WHAT EVERY COMPUTER HAS (finds damage)
----------------------------------------------------
Unpack a copy of the zip file into an empty folder and open a terminal in that folder.

    Linux      sha256sum -c manifest-sha256.txt
               sha256sum -c tagmanifest-sha256.txt
    macOS      shasum -a 256 -c manifest-sha256.txt
               shasum -a 256 -c tagmanifest-sha256.txt
    Windows    certutil -hashfile NAME SHA256
               for each NAME, and compare with its line in the two lists

Every line must end in OK. A file below data/files that is listed and missing may travel apart, on a disk of its own.
This level finds damage. It doesn't find forgery: whoever can change a file can change the list beside it.

LEVEL 2: WITH PYTHON AND NOTHING ELSE (finds forgery)
-----------------------------------------------------
verify_from_spec.py is one file in plain Python that was written from the published specification alone. Get it and
the trust file of the sending authority from that authority or from your own, never from whoever brought the bundle.

    python3 verify_from_spec.py BUNDLE.zip --trust trust.json

LEVEL 3: WITH THE PROGRAM (finds forgery, and tells the story)
--------------------------------------------------------------
    custody verify BUNDLE.zip --trust trust.json --report report.html

It needs no network, no account and no database. It writes a report for people: who held each exhibit and when, what
is missing, what was not asked, and what no proof can show. The exit code is 0 for PASSED, 3 for FAILED, 4 where
something could not be decided.

WHOM TO ASK
-----------
Levels 2 and 3 rest on the fingerprint of the ledger: 64 digits. Have the sending authority read it to you, on a number
that you looked up yourself, or take it from an official letter. A fingerprint that comes with a bundle proves nothing.
"""

_ENCRYPTED = """\
WHAT IS ENCRYPTED
-----------------
Files of evidence and documents are encrypted with age (age-encryption.org/v1) to the recipient's own key. Digests and
sizes of the plain bytes are in data/bundle.json; names, places and texts that you may see are not encrypted. Whoever
has the key gives it to the program, or decrypts one file with the tools of age and compares its SHA-256:

    custody verify BUNDLE.zip --trust trust.json --identity KEY
    age --decrypt -i KEY data/encrypted/NAME.age | sha256sum
"""


def format_readme(
    *,
    origin: str,
    exhibits: Sequence[tuple[str, str, Content | None]],
    files: Mapping[str, int],
    encrypted: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return the page for a bundle of the ledger ``origin``.

    ``exhibits`` are case, number and content (None for a physical object); ``files`` are sizes in bytes by SHA-256;
    ``encrypted`` are names of members by the SHA-256 of the plain file or document.
    """
    parts = (
        _WHAT.format(origin=f"\n    {origin}\n"),
        "\n".join(_heading("WHAT IS IN IT")) + "\n" + "\n".join(_exhibits(exhibits)) + "\n",
        _LEVELS,
        *([_ENCRYPTED] if encrypted else []),
        "\n".join(_heading("WHERE WHAT IS")) + "\n" + "\n".join(_places(exhibits, files, encrypted)) + "\n",
    )
    return "\n".join(parts).encode("utf-8")


def _heading(text: str) -> tuple[str, str]:
    return text, "-" * len(text)


def _exhibits(exhibits: Sequence[tuple[str, str, Content | None]]) -> Iterator[str]:
    for case, number, content in sorted(exhibits, key=lambda item: item[:2]):
        yield f"Case {_shown(case)}, exhibit {_shown(number)}"
        if content is None:
            yield "    a physical object; no files belong to it"
            continue
        yield f"    files and other names: {content.count}, {content.bytes} bytes in all"
        if isinstance(content.files, tuple):
            digests = (record.digests for record in content.files)
            yield from (f"    SHA-256 {item.sha256}" for item in digests if isinstance(item, Digests))
        elif content.count:
            yield f"    their digests, one a line: {layout.MANIFESTS}{content.root}.jsonl"


def _places(
    exhibits: Sequence[tuple[str, str, Content | None]], files: Mapping[str, int], encrypted: Mapping[str, str]
) -> Iterator[str]:
    rows = [
        (layout.MANIFEST, "digests of everything below data/"),
        (layout.TAG_MANIFEST, "digests of everything else"),
        (layout.BUNDLE, "exhibits, files and documents, as JSON"),
        (layout.DISCLOSURES, "names, places and texts that you may see"),
        (f"{layout.FILES}<SHA-256>", "evidence, each file named by its digest"),
        (f"{layout.DOCUMENTS}<SHA-256>", "warrants, photos, certificates"),
    ]
    if any(content is not None and content.count and not isinstance(content.files, tuple) for *_, content in exhibits):
        rows.append((f"{layout.MANIFESTS}<digest>.jsonl", "the files of an exhibit, one a line"))
    rows += [(layout.CHECKPOINT, "the signed state of the ledger"), (f"{layout.ENTRIES}*", "the signed records")]
    rows.append((layout.PROOF, "why they belong to the ledger, and that none is missing"))
    width = max(len(name) for name, _ in rows)
    yield from (f"{name:{width}}  {what}" for name, what in rows)
    yield ""
    yield f"Files of evidence: {len(files)}, {sum(files.values())} bytes in all."
    for digest in sorted(files)[:LISTED]:
        yield f"{layout.FILES}{digest}  {files[digest]} bytes"
        if digest in encrypted:
            yield f"    encrypted in {encrypted[digest]}"
    if len(files) > LISTED:
        yield f"and {len(files) - LISTED} more, all of them in {layout.MANIFEST}."


def _shown(number: str) -> str:
    """Case and exhibit numbers are what somebody typed; what can't be seen in them is shown by its code."""
    return show_text(number.encode("utf-8", "surrogatepass"))
