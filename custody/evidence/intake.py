"""Taking in an exhibit: every file read once, hashed, copied where wished, and turned into records.

What can't be read doesn't block a seizure: it is refused at first, with a list, and recorded by path and error when
the caller accepts that. What changes or vanishes while it is read is always refused: nobody could say what was taken.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from custody.evidence.hashing import Hasher
from custody.evidence.medium import FileMedium, OpenMedium
from custody.evidence.partial import Partials
from custody.evidence.reading import Keeping, Manner, open_node, read_node
from custody.evidence.records import Found, Recorder
from custody.evidence.refusals import changed, check_resources, vanished
from custody.evidence.sources import READ, Kind, Source, find_sources
from custody.evidence.staging import Batch
from custody.evidence.walk import Node, walk
from custody.evidence.wording import reason_of, shown
from schemas.content import Content, Extent
from schemas.errors import RefusedError, UsageError
from schemas.private import Disclosure

LISTED = 10
"""Unreadable files that a refusal names; the search for more ends there."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an intake or a check is: names done, bytes ``read``, and the raw path at which it is."""

    files: int
    read: int
    path: bytes


@dataclass(frozen=True, slots=True)
class Intake:
    """What was taken in.

    ``disclosures`` belong to the event (at most 16 records); ``spool`` is the manifest of more, a temporary file that
    the caller hands to `Manifests.adopt` or removes. ``sources`` is what `Locations.record` wants for files that were
    left in place. ``unreadable`` counts the records of what could not be read,
    ``special`` those of pipes, sockets and devices. ``pieces`` are the digests of the pieces of each
    large file, which `PieceLists.put` wants; ``unread`` are the ranges that media didn't give, by SHA-256 of the file.
    """

    content: Content
    disclosures: tuple[Disclosure, ...]
    spool: Path | None
    sources: tuple[Source, ...]
    unreadable: int
    pieces: tuple[bytes, ...] = ()
    unread: tuple[tuple[str, tuple[Extent, ...]], ...] = ()
    special: int = 0


def take_in(
    paths: Sequence[Path],
    *,
    salts: Callable[[], bytes],
    spool: Path,
    batch: Batch | None = None,
    accept_unreadable: bool = False,
    accept_special: bool = False,
    names: Sequence[str] = (),
    partials: Partials | None = None,
    open_medium: OpenMedium = FileMedium,
    progress: Callable[[Progress], None] | None = None,
) -> Intake:
    """Read everything below ``paths``, which make up one exhibit, and return its content.

    Pipes, sockets and devices among files are refused, or recorded by path and kind with ``accept_special``.
    ``salts`` gives 16 fresh random bytes at each call. A manifest is written into the directory ``spool``. With a
    ``batch`` the files are staged for the store, and are in it once the caller commits; without one they stay where
    they are. ``names`` are digests by choice beside the two that are always computed. With ``partials`` large files
    can be gone on with after an interruption. ``open_medium`` makes what their bytes come from. ``progress`` is called
    after every chunk of every file, which may be ten thousand times a second.

    Raises:
        UsageError: ``evidence.absent``, ``evidence.symlink``, ``evidence.duplicate``; ``evidence.holds-ledger`` where
            the ledger's own files would be taken in.
        RefusedError: ``evidence.special-file``, ``evidence.changed``, ``evidence.vanished``, ``evidence.path-length``,
            ``evidence.unreadable``; ``evidence.interrupted`` and ``evidence.busy`` with ``partials``.
        RecordError: ``content.path``, ``private.size`` for names that no record can hold.
        StorageError: ``evidence.resources``, ``store.full``, ``store.failed``.
    """
    sources = find_sources(paths)
    _check_apart(sources, [spool] if batch is None else [spool, batch.base])
    recorder = Recorder(salts=salts, directory=spool)
    with Hasher() as hasher:
        manner = Manner(names=tuple(names), salvage=accept_unreadable, open_medium=open_medium)
        keeping = Keeping(batch, partials, sources)
        intake = _Intake(recorder, hasher=hasher, keeping=keeping, manner=manner, progress=progress)
        try:
            intake.run(sources, accept_special=accept_special)
            records = recorder.finish()
        except BaseException:
            recorder.discard()
            raise
    return Intake(
        content=records.content,
        disclosures=records.disclosures,
        spool=records.spool,
        sources=sources,
        unreadable=intake.unreadable,
        special=intake.special,
        pieces=tuple(intake.pieces),
        unread=tuple(intake.unread.items()),
    )


class _Intake:
    """The state of one run: counters and the list of what can't be read."""

    def __init__(
        self,
        recorder: Recorder,
        *,
        hasher: Hasher,
        keeping: Keeping,
        manner: Manner,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._recorder = recorder
        self._hasher = hasher
        self._keeping = keeping
        self._manner = manner
        self._accept = manner.salvage
        self._progress = progress
        self._files = 0
        self._bytes = 0
        self._at = b""
        self._refused: list[str] = []
        self.unreadable = 0
        self.special = 0
        self.pieces: dict[bytes, None] = {}
        self.unread: dict[str, tuple[Extent, ...]] = {}

    def run(self, sources: Sequence[Source], *, accept_special: bool) -> None:
        with closing(walk(sources, with_special=accept_special)) as nodes:
            for node in nodes:
                self._at = node.path
                if self._refused:
                    self._only_open(node)
                else:
                    self._take(node)
                if len(self._refused) == LISTED:
                    break
        if self._refused:
            more = " and perhaps more" if len(self._refused) == LISTED else ""
            raise RefusedError(
                "evidence.unreadable",
                f"expected files that can be read, found {len(self._refused)}{more} that can't: "
                + ", ".join(self._refused),
                hint="--accept-unreadable records them by path and error",
            )

    def _take(self, node: Node) -> None:
        try:
            found = self._read(node)
        except OSError as error:
            if node.kind == "special":
                self.special += 1
            else:
                self._note_unreadable(node, error)
                if not self._accept:
                    return
            # What kind of name this is stays the listing's word, as a link without target can't be recorded as one.
            kind: Kind = "directory" if node.kind == "directory" else "file"
            found = Found(path=node.path, kind=kind, error=reason_of(error))
        self._recorder.add(found)
        self._files += 1
        self._tick(0)

    def _read(self, node: Node) -> Found:
        if node.error is not None:
            raise node.error
        if node.kind == "directory":
            return Found(path=node.path, kind="directory", modified_ns=node.modified_ns)
        if node.kind == "symlink":
            return _read_link(node)
        reading = read_node(node, hasher=self._hasher, tick=self._tick, manner=self._manner, keeping=self._keeping)
        digests = reading.digests
        if digests.pieces:
            self.pieces[digests.pieces] = None
        if digests.unread:
            self.unread[digests.sha256] = digests.unread
        return Found(path=node.path, kind=node.kind, digests=digests, modified_ns=reading.modified_ns)

    def _only_open(self, node: Node) -> None:
        """The exhibit is refused already: look for more files that can't be read, but spend no time on the others."""
        try:
            if node.error is not None and node.kind != "special":
                raise node.error
            if node.kind in READ:
                os.close(open_node(node))
        except OSError as error:
            self._note_unreadable(node, error)

    def _note_unreadable(self, node: Node, error: OSError) -> None:
        check_resources(error)
        self.unreadable += 1
        if not self._accept:
            self._refused.append(f"{shown(node.path)} ({reason_of(error)})")

    def _tick(self, count: int) -> None:
        self._bytes += count
        if self._progress is not None:
            self._progress(Progress(files=self._files, read=self._bytes, path=self._at))


def _read_link(node: Node) -> Found:
    try:
        target = os.readlink(node.name, dir_fd=node.dir_fd)
        modified = os.stat(node.name, dir_fd=node.dir_fd, follow_symlinks=False).st_mtime_ns
    except FileNotFoundError:
        raise vanished(node.path) from None
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise changed(node.path, "it ceased to be a symbolic link") from None
        raise
    return Found(path=node.path, kind="symlink", target=target, modified_ns=modified)


def _check_apart(sources: Sequence[Source], own: Sequence[Path]) -> None:
    """Raise if the ledger's own directories lie below a source: the intake would read what it writes."""
    for source in sources:
        for directory in own:
            raw = os.path.realpath(os.fsencode(directory))
            if source.kind == "directory" and os.path.commonpath([raw, source.path]) == source.path:
                text = f"expected evidence apart from the ledger, found {shown(raw)} below {shown(source.path)}"
                raise UsageError("evidence.holds-ledger", text, hint="keep the ledger outside of what is registered")
