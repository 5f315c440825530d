"""Working sessions: one passphrase in the morning, then signing until the time is over or the owner locks.

A session is a process of its own (`session_server`) with one agent's keys, reached by a socket in a folder that its
owner alone can enter. Starting it again replaces it.
"""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from keys.ed25519 import check_signature
from keys.private.disk import create_secret_folder
from keys.private.session_wire import PATIENCE, Answer, Problem, Question, receive, send
from keys.private.signer import Ed25519Signer
from schemas import canonical
from schemas.errors import SigningKeyError, VerificationError
from schemas.text import format_base64, parse_base64

LONGEST = 24 * 3600
"""Seconds for which keys can be unlocked at most: what is open for longer is not a session."""
_PATH_BYTES = 103
_START_SECONDS = 30.0
_CODE = "import sys; sys.path.append(sys.argv[1]); from keys.private.session_server import main; main()"


@dataclass(frozen=True, slots=True)
class SessionSigner:
    """A signer whose key lies in a session; ``seconds_left`` is as of when it was opened."""

    path: Path
    agent: str
    key_id: str
    public_key: bytes
    seconds_left: int

    def sign(self, message: bytes) -> bytes:
        """Return the session's signature over ``message``, an event's or enrolment's PAE, checked.

        Raises:
            SigningKeyError: ``session.purpose`` for any other message, ``session.absent`` where it has ended meanwhile,
                ``session.malformed`` where it answers something else.
        """
        asked = Question(op="sign", key_id=self.key_id, message=format_base64(message))
        signature = _ask(self.path, asked).signature
        try:
            raw = parse_base64(signature, size=64) if isinstance(signature, str) else b""
            check_signature(key=self.public_key, message=message, signature=raw)
        except VerificationError:
            raise SigningKeyError("session.malformed", "expected the session's signature, found another") from None
        return raw


def session_folder(*, keys: Path, runtime: Path | None) -> Path:
    """Return where the sessions of a key directory lie: below the user's runtime folder, else within ``keys``.

    ``runtime`` is ``XDG_RUNTIME_DIR``, where the system sets one: it lies in memory and ends with the login.
    """
    if runtime is None:
        return keys / "session"
    return runtime / f"custody-{sha256(os.fsencode(keys.resolve())).hexdigest()[:16]}"


def start_session(folder: Path, signers: Sequence[Ed25519Signer], *, seconds: int) -> None:
    """Hold one agent's keys unlocked for ``seconds`` (1 to 86,400); a session that he has is replaced.

    Returns when the session answers. It outlives this process, and is no child of it.

    Raises:
        SigningKeyError: ``session.unsupported`` on a system without Unix sockets, ``session.folder`` where others
            can enter it, ``session.path`` where its name is too long, ``session.start`` where it doesn't come up.
    """
    _check_system()
    assert signers, "a session holds a key"
    assert len({signer.agent for signer in signers}) == 1, "a session is one agent's"
    assert 0 < seconds <= LONGEST, "a session lasts a day at most"
    path = _socket_path(folder, signers[0].agent)
    create_secret_folder(folder)
    _check_folder(folder)
    end_sessions(folder, agent=signers[0].agent)
    orders = canonical.encode(
        {
            "agent": signers[0].agent,
            "folder": str(folder.resolve()),
            "name": path.name,
            "seconds": seconds,
            "seeds": [format_base64(signer.reveal_seed()) for signer in signers],
        }
    )
    _spawn(orders)


def open_sessions(folder: Path, *, agent: str | None = None) -> tuple[SessionSigner, ...]:
    """Return the signers of the sessions in ``folder`` that answer, of one agent or of all; none is no error.

    Raises:
        SigningKeyError: ``session.folder`` where others can enter the folder: who answers there may be anybody.
    """
    found: list[SessionSigner] = []
    for path in _sockets(folder, agent):
        try:
            answer = _ask(path, Question(op="keys"))
        except SigningKeyError as error:
            if error.code != "session.absent":
                raise
            continue
        if isinstance(answer.agent, str) and isinstance(answer.keys, tuple) and isinstance(answer.seconds_left, int):
            left = answer.seconds_left
            found += [SessionSigner(path, answer.agent, key.key_id, parse_base64(key.key), left) for key in answer.keys]
    return tuple(found)


def end_sessions(folder: Path, *, agent: str | None = None) -> int:
    """Lock the sessions in ``folder``, of one agent or all, and return how many there were.

    Raises:
        SigningKeyError: ``session.folder``, ``session.malformed``.
    """
    ended = 0
    for path in _sockets(folder, agent):
        try:
            _ask(path, Question(op="lock"))
            ended += 1
        except SigningKeyError as error:
            if error.code != "session.absent":
                raise
            path.unlink(missing_ok=True)
    return ended


def _check_system() -> None:
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "fork"):
        hint = "give the passphrase with each command, or in a file that CUSTODY_PASSPHRASE_FILE names"
        raise SigningKeyError("session.unsupported", "expected a system with Unix sockets, found none", hint=hint)


def _check_folder(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        text = f"expected a folder that its owner alone can enter, found {folder} open to others"
        raise SigningKeyError("session.folder", text, hint=f"chmod 700 {folder}")


def _socket_path(folder: Path, agent: str) -> Path:
    """Name an agent's socket by a digest: ids have up to 64 letters, and the system allows a short path only."""
    path = folder / f"{sha256(agent.encode('ascii')).hexdigest()[:16]}.sock"
    if len(os.fsencode(path)) > _PATH_BYTES:
        text = f"expected a session folder with a path up to {_PATH_BYTES - 22} bytes, found {folder}"
        raise SigningKeyError("session.path", text, hint="set XDG_RUNTIME_DIR to a folder with a short name")
    return path


def _sockets(folder: Path, agent: str | None) -> list[Path]:
    if not hasattr(socket, "AF_UNIX") or not folder.is_dir():
        return []
    _check_folder(folder)
    return sorted(folder.glob("*.sock")) if agent is None else [_socket_path(folder, agent)]


def _ask(path: Path, question: Question) -> Answer:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            send(connection, question)
            answer = receive(connection, Answer)
    except OSError as error:
        text = f"expected an unlocked session, found: {error.strerror or 'no answer'}"
        raise SigningKeyError("session.absent", text, hint="custody unlock AGENT") from None
    if isinstance(answer.error, Problem):
        raise SigningKeyError(answer.error.code, answer.error.text)
    return answer


def _spawn(orders: bytes) -> None:
    """Start the process that stays, by way of one that ends: then nobody has to wait for it later."""
    root = str(Path(__file__).resolve().parents[2])
    try:
        command = [sys.executable, "-P", "-c", _CODE, root]
        done = subprocess.run(command, input=orders, capture_output=True, timeout=_START_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SigningKeyError("session.start", f"expected a session to start, found: {error}") from None
    if done.stdout != b"ready\n":
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise SigningKeyError("session.start", f"expected a session to start, found: {last or 'no answer'}")
