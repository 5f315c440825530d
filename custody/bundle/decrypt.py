"""Encrypted members as streams of their plain bytes, for whoever has the identity.

The library pushes what it decrypts; whoever hashes or writes files pulls. A thread stands between the two, never more
than a few pieces ahead. What was read is authenticated piece by piece; that it is *all* shows only at the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from io import BufferedReader, RawIOBase
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from custody.bundle.container import CHUNK, Container
from custody.bundle.measure import measure
from custody.bundle.source import DiskFaultError
from custody.verify.record.source import FoundFile
from schemas import layout
from schemas.errors import StorageError, VerificationError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from keys.private.age import AgeIdentity

_AHEAD: Final = 4
"""Pieces of `CHUNK` bytes that may wait to be read."""
_PATIENCE: Final = 0.1
"""Seconds after which a waiting side looks whether the other is still there."""


class BundleDecryption:
    """What a reader's identities open of one bundle: a `record.source.Decryption`, and content for `unpack`."""

    def __init__(
        self,
        container: Container,
        identities: Sequence[AgeIdentity],
        *,
        digests: Callable[[], Sequence[str]] = lambda: ("blake3",),
    ) -> None:
        self._container = container
        self._identities = tuple(identities)
        self._digests = digests

    def measure(self, name: str) -> FoundFile | None:
        """Return what the plain bytes of a member measure; nothing where it is encrypted for others.

        Raises:
            VerificationError: ``content.ciphertext``.
            DiskFaultError: this machine's disk.
        """
        try:
            stream = self.open(name)
            if stream is None:
                return None
            with stream:
                return measure(stream.read, size=self._container.members[name].size, digests=self._digests())
        except StorageError as error:
            raise DiskFaultError(error) from error

    def read(self, name: str, maximum: int) -> bytes | None:
        """Return the plain bytes of a member; nothing where it is encrypted for others.

        Raises:
            VerificationError: ``content.ciphertext``, ``content.plaintext`` above ``maximum`` bytes.
            DiskFaultError: this machine's disk.
        """
        try:
            stream = self.open(name)
            if stream is None:
                return None
            with stream:
                raw = stream.read(maximum + 1)
        except StorageError as error:
            raise DiskFaultError(error) from error
        if len(raw) > maximum:
            raise VerificationError("content.plaintext", f"expected at most {maximum} bytes in {name}, found more")
        return raw

    def open(self, name: str) -> BinaryIO | None:
        """Return the plain bytes of a member; nothing where it isn't in the bundle, or is encrypted for others.

        Raises:
            VerificationError: ``content.ciphertext``, here or from the stream.
            StorageError: ``storage.*``, here or from the stream.
        """
        if name not in self._container.members:
            return None
        assert name.startswith(layout.ENCRYPTED), "only ciphertexts are decrypted"
        source = BufferedReader(self._container.open(name), CHUNK)
        stream = _DecryptedStream(source.read, self._identities)
        if stream.is_for_others():
            stream.close()
            return None
        return cast("BinaryIO", BufferedReader(stream, CHUNK))


class _StoppedError(Exception):
    """The reader has gone; nobody sees this."""


class _DecryptedStream(RawIOBase):
    """Plain bytes in the order in which a thread of its own decrypts them."""

    def __init__(self, read: Callable[[int], bytes], identities: Sequence[AgeIdentity]) -> None:
        super().__init__()
        self._pieces: Queue[bytes] = Queue(_AHEAD)
        self._stop = threading.Event()
        self._done = threading.Event()
        self._error: BaseException | None = None
        self._is_for_others = False
        self._rest = b""
        self._gathered = bytearray()
        self._thread = threading.Thread(target=self._work, args=(read, identities), name="decrypt", daemon=True)
        self._thread.start()

    def is_for_others(self) -> bool:
        """Tell whether none of the identities opens it; waits for the first piece.

        Raises:
            VerificationError, StorageError: as `read`.
        """
        self._rest = self._next()
        return self._is_for_others

    def readable(self) -> bool:
        """Say that this is for reading."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` as far as the next piece goes; return the bytes filled, 0 at the end.

        Raises:
            VerificationError: ``content.ciphertext`` in place of the end, where the ciphertext is damaged.
        """
        view = memoryview(buffer).cast("B")
        if not self._rest:
            self._rest = self._next()
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        """Stop decrypting."""
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        super().close()

    def _next(self) -> bytes:
        while True:
            try:
                return self._pieces.get(timeout=0 if self._done.is_set() else _PATIENCE)
            except Empty:
                # What was put before the end was told is taken first.
                if self._done.is_set() and self._pieces.empty():
                    if self._error is not None:
                        raise self._error from None
                    return b""

    def _work(self, read: Callable[[int], bytes], identities: Sequence[AgeIdentity]) -> None:
        from keys.private.age import decrypt_stream

        try:
            self._is_for_others = not decrypt_stream(read, self._take, identities)
            self._put()
        except _StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001 whatever it is shows where somebody reads
            self._error = error
        finally:
            self._done.set()

    def _take(self, piece: Any) -> None:
        self._gathered += piece
        if len(self._gathered) >= CHUNK:
            self._put()

    def _put(self) -> None:
        piece, self._gathered = bytes(self._gathered), bytearray()
        while piece:
            if self._stop.is_set():
                raise _StoppedError
            try:
                self._pieces.put(piece, timeout=_PATIENCE)
            except Full:
                continue
            return
