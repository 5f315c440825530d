"""What a session and its clients say to each other: one question and one answer a connection, over a Unix socket.

Each is canonical JSON after its length in four bytes, most significant first:

    {"op":"keys"}                                        {"agent":"exam-07","keys":[...],"seconds_left":10800}
    {"key_id":"ed25519:...","message":"...","op":"sign"}   {"signature":"..."}
    {"op":"lock"}                                        {}
    anything else                                        {"error":{"code":"session.purpose","text":"..."}}
"""

from __future__ import annotations

import socket
from typing import Annotated, ClassVar, Literal, TypeVar

from msgspec import Meta

from schemas import canonical
from schemas.errors import RecordError, SigningKeyError
from schemas.types import UNSET, AgentId, Base64, KeyId, Record, Unset

FRAME_BYTES = 131_072
"""Longest question or answer: an event of 36,000 bytes in base64, with room to spare."""
PATIENCE = 5.0
"""Seconds that either side waits for the other; both are on one machine."""

T = TypeVar("T", bound=Record)


class Question(Record, frozen=True, kw_only=True):
    """What a client asks; ``key_id`` and ``message`` go with ``sign`` alone."""

    SCHEMA: ClassVar[str] = "session question"

    key_id: KeyId | Unset = UNSET
    message: Annotated[str, Meta(max_length=FRAME_BYTES)] | Unset = UNSET
    op: Literal["keys", "lock", "sign"]


class SessionKey(Record, frozen=True, kw_only=True):
    """A key that the session holds."""

    key: Base64
    key_id: KeyId


class Problem(Record, frozen=True, kw_only=True):
    """Why there is no answer."""

    code: str
    text: str


class Answer(Record, frozen=True, kw_only=True):
    """What a session answers: exactly what was asked for, or ``error``."""

    SCHEMA: ClassVar[str] = "session answer"

    agent: AgentId | Unset = UNSET
    error: Problem | Unset = UNSET
    keys: tuple[SessionKey, ...] | Unset = UNSET
    seconds_left: Annotated[int, Meta(ge=0)] | Unset = UNSET
    signature: Base64 | Unset = UNSET


def send(connection: socket.socket, record: Record) -> None:
    """Send one question or answer.

    Raises:
        OSError: where the other side is gone.
    """
    raw = canonical.encode(record)
    connection.sendall(len(raw).to_bytes(4, "big") + raw)


def receive(connection: socket.socket, kind: type[T]) -> T:
    """Return the one question or answer of a connection.

    Raises:
        OSError: where the other side is silent for too long.
        SigningKeyError: ``session.malformed`` where it breaks off or says something else.
    """
    size = int.from_bytes(_exactly(connection, 4), "big")
    if size > FRAME_BYTES:
        raise SigningKeyError("session.malformed", f"expected at most {FRAME_BYTES} bytes, found {size}")
    try:
        return canonical.decode(_exactly(connection, size), kind, maximum=FRAME_BYTES)
    except RecordError as error:
        raise SigningKeyError("session.malformed", error.text) from None


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise SigningKeyError("session.malformed", f"expected {size} bytes, found {len(received)}")
        received += part
    return bytes(received)
