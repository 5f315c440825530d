"""The process that holds an agent's unlocked keys: it signs what `purpose` allows until its time is over.

It is started by `session.start_session` with the seeds on its standard input, and answers on a Unix socket in a folder
that its owner alone can enter; on Linux it also asks the kernel who is calling. It leaves no core file behind. What
runs under the owner's own account can reach it, as it could reach his terminal: that is what locking is for.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from keys.private.purpose import check_purpose
from keys.private.session_wire import PATIENCE, Answer, Problem, Question, SessionKey, receive, send
from keys.private.signer import Ed25519Signer
from schemas import canonical
from schemas.errors import CustodyError, SigningKeyError
from schemas.text import format_base64, parse_base64
from schemas.types import AgentId, Base64, Record

Clock = Callable[[], float]

# The time that a machine sleeps must count, and waiting doesn't notice it: so no single wait is long.
_NAP = 20.0


class Orders(Record, frozen=True, kw_only=True):
    """What the starter hands over: seeds in base64, seconds to live, and the socket's place."""

    agent: AgentId
    folder: str
    name: str
    seconds: int
    seeds: tuple[Base64, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """Keys of one agent until ``deadline`` of ``clock``, for processes of user ``owner``; ``leave`` undoes its name."""

    signers: tuple[Ed25519Signer, ...]
    deadline: float
    clock: Clock
    owner: int
    leave: Callable[[], None]

    def seconds_left(self) -> float:
        """Return the seconds until the keys are forgotten, negative after it."""
        return self.deadline - self.clock()


def serve(listener: socket.socket, session: Session) -> None:
    """Answer until the session's time is over or a client says lock; then forget the keys."""
    try:
        while (left := session.seconds_left()) > 0:
            listener.settimeout(min(left, _NAP))
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, contextlib.suppress(OSError):
                connection.settimeout(PATIENCE)
                if not _converse(connection, session):
                    return
    finally:
        session.leave()
        # Who is still waiting in the queue hears at once that nobody answers.
        listener.close()
        for signer in session.signers:
            signer.forget()


def _converse(connection: socket.socket, session: Session) -> bool:
    """Answer one question; return False where it was to lock."""
    try:
        # Read first: a connection closed over unread bytes would lose the answer with them.
        question = receive(connection, Question)
        _check_caller(connection, session.owner)
        if question.op == "lock":
            # The name goes before the answer, so that whoever locked can start anew at once.
            session.leave()
            send(connection, Answer())
            return False
        send(connection, _answer(question, session))
    except CustodyError as error:
        send(connection, Answer(error=Problem(code=error.code, text=error.text)))
    return True


def _answer(question: Question, session: Session) -> Answer:
    left = session.seconds_left()
    if left <= 0:
        raise SigningKeyError("session.absent", "expected an unlocked key, found its time over")
    if question.op == "keys":
        keys = tuple(SessionKey(key=format_base64(each.public_key), key_id=each.key_id) for each in session.signers)
        return Answer(agent=session.signers[0].agent, keys=keys, seconds_left=int(left))
    for signer in session.signers:
        if signer.key_id == question.key_id and isinstance(question.message, str):
            message = parse_base64(question.message)
            check_purpose(message, signer)
            return Answer(signature=format_base64(signer.sign(message)))
    raise SigningKeyError("session.key", f"expected a key of this session, found {question.key_id}")


def _check_caller(connection: socket.socket, owner: int) -> None:
    if not hasattr(socket, "SO_PEERCRED"):
        return
    _, caller, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if caller != owner:
        raise SigningKeyError("session.stranger", f"expected user {owner}, found user {caller}")


def main() -> NoReturn:
    """Read orders from standard input, go into the background, say so on standard output, and serve."""
    if os.fork():
        # The starter waits for this process, which ends at once: the one that stays is nobody's zombie.
        os._exit(0)
    os.setsid()
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders = canonical.decode(sys.stdin.buffer.read(), Orders, maximum=65_536)
    signers = tuple(Ed25519Signer(agent=orders.agent, seed=parse_base64(seed, size=32)) for seed in orders.seeds)
    os.chdir(orders.folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        leave = take_name(listener, Path(orders.name))
        _detach()
        deadline = awake_or_not() + orders.seconds
        serve(listener, Session(signers, deadline, awake_or_not, os.getuid(), leave))
    sys.exit(0)


def awake_or_not() -> float:
    """Return seconds that also pass while the machine sleeps, where the system counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def take_name(listener: socket.socket, path: Path) -> Callable[[], None]:
    """Listen under a name from the first moment on, in the place of whatever had it; return how to give it up.

    The name is left alone when another session has taken it meanwhile.
    """
    temporary = path.with_name(f"{os.getpid()}.new")
    listener.bind(str(temporary))
    listener.listen(16)
    identity = temporary.stat().st_ino
    temporary.replace(path)

    def leave() -> None:
        nonlocal identity
        with contextlib.suppress(OSError):
            if path.stat().st_ino == identity:
                path.unlink()
        # Once only: a number that is free again may be the next session's.
        identity = -1

    return leave


def _detach() -> None:
    """Say that the session is there, then let go of the starter's terminal and pipes."""
    os.write(1, b"ready\n")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
