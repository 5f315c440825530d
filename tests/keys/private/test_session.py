"""A working session signs until its time is over, for its owner alone, and leaves nothing behind."""

import contextlib
import os
import signal
import socket
import stat
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import keys.private.session
from keys.ed25519 import check_signature
from keys.private.session import SessionSigner, end_sessions, open_sessions, session_folder, start_session
from keys.private.session_server import Session, serve, take_name
from keys.private.session_wire import Question, send
from keys.private.signer import Ed25519Signer
from keys.private.signing import sign_event
from schemas.envelope import pae
from schemas.errors import SigningKeyError
from schemas.event import PAYLOAD_TYPE
from tests.keys.private.secrets import event, signer

EVENT = event("examiner-1")
MESSAGE = pae(PAYLOAD_TYPE, EVENT.raw)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name, as sockets want it; sessions in it are ended."""
    with tempfile.TemporaryDirectory(prefix="s-") as name:
        path = Path(name) / "sessions"
        yield path
        if path.is_dir():
            path.chmod(0o700)
            end_sessions(path)


def _server_process(path: Path) -> int:
    """Ask the kernel which process listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int(struct.unpack("3i", raw)[0])


@contextlib.contextmanager
def _serving(folder: Path, *, clock: Callable[[], float], seconds: float = 60) -> Iterator[None]:
    """Serve within this process, with a clock that a test can turn."""
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        leave = take_name(listener, folder / "0000000000000000.sock")
        session = Session((signer(1),), clock() + seconds, clock, os.getuid(), leave)
        thread = threading.Thread(target=serve, args=(listener, session))
        thread.start()
        try:
            yield
        finally:
            end_sessions(folder)
            thread.join(10)
            assert not thread.is_alive()


def test_a_session_signs_what_its_owner_signs(folder: Path) -> None:
    """An event signed through it is no different from one signed with the key file."""
    start_session(folder, [signer(1), signer(2)], seconds=600)
    first, second = open_sessions(folder)
    assert {first.key_id, second.key_id} == {signer(1).key_id, signer(2).key_id}
    assert 0 < first.seconds_left <= 600
    assert sign_event(EVENT, [first]) == sign_event(EVENT, [signer(1)])
    check_signature(key=second.public_key, message=MESSAGE, signature=second.sign(MESSAGE))


def test_a_session_is_nobodys_child_and_ends_when_it_is_told(folder: Path) -> None:
    """No zombie, no process that the starter waits for, no socket left behind."""
    start_session(folder, [signer(1)], seconds=600)
    (opened,) = open_sessions(folder)
    process = _server_process(opened.path)
    with pytest.raises(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    assert end_sessions(folder) == 1
    assert open_sessions(folder) == ()
    assert list(folder.iterdir()) == []
    with pytest.raises(SigningKeyError, match=r"session\.absent"):
        opened.sign(MESSAGE)
    assert end_sessions(folder) == 0


def test_a_second_session_of_an_agent_replaces_the_first(folder: Path) -> None:
    """A new key or a longer time; never two of them with different ends."""
    start_session(folder, [signer(1)], seconds=600)
    start_session(folder, [signer(2)], seconds=60)
    (opened,) = open_sessions(folder)
    assert opened.key_id == signer(2).key_id
    assert len(list(folder.iterdir())) == 1


def test_two_agents_are_unlocked_and_locked_by_themselves(folder: Path) -> None:
    """At one desk two people hand over, and one goes home."""
    start_session(folder, [signer(1, "examiner-1")], seconds=600)
    start_session(folder, [signer(2, "examiner-2")], seconds=600)
    assert len(open_sessions(folder)) == 2
    assert [opened.agent for opened in open_sessions(folder, agent="examiner-2")] == ["examiner-2"]
    assert end_sessions(folder, agent="examiner-1") == 1
    assert [opened.agent for opened in open_sessions(folder)] == ["examiner-2"]


def test_a_killed_session_leaves_no_obstacle(folder: Path) -> None:
    """After a crash the socket is still there and nobody answers."""
    start_session(folder, [signer(1)], seconds=600)
    (opened,) = open_sessions(folder)
    os.kill(_server_process(opened.path), signal.SIGKILL)
    for _ in range(500):
        if not open_sessions(folder):
            break
    assert open_sessions(folder) == ()
    assert opened.path.exists()
    start_session(folder, [signer(1)], seconds=600)
    assert len(open_sessions(folder)) == 1


def test_a_session_is_closed_to_others(folder: Path) -> None:
    """Folder and socket both."""
    start_session(folder, [signer(1)], seconds=600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_folder_open_to_others_is_refused_by_all(folder: Path) -> None:
    """Whoever can enter it can put his own session there and read what is to be signed."""
    folder.mkdir(mode=0o700)
    folder.chmod(0o755)
    for act in (
        lambda: start_session(folder, [signer(1)], seconds=60),
        lambda: open_sessions(folder),
        lambda: end_sessions(folder),
    ):
        with pytest.raises(SigningKeyError, match=r"session\.folder"):
            act()


def test_a_link_in_the_place_of_the_folder_is_refused(folder: Path) -> None:
    """It leads wherever its maker wants."""
    target = folder.with_name("target")
    target.mkdir(mode=0o700)
    folder.symlink_to(target)
    with pytest.raises(SigningKeyError, match=r"session\.folder"):
        start_session(folder, [signer(1)], seconds=60)
    folder.unlink()


def test_a_session_ends_when_its_time_is_over(folder: Path) -> None:
    """Also while a client holds on: the time is looked at before each signature."""
    now = [0.0]
    with _serving(folder, clock=lambda: now[0], seconds=60):
        (opened,) = open_sessions(folder)
        assert opened.seconds_left == 60
        now[0] = 59.0
        assert opened.sign(MESSAGE)
        now[0] = 61.0
        with pytest.raises(SigningKeyError, match=r"session\.absent"):
            opened.sign(MESSAGE)
    assert list(folder.iterdir()) == []


def test_another_users_process_is_turned_away(folder: Path) -> None:
    """The kernel says who calls, whatever the folder's mode was at the time."""
    if not hasattr(socket, "SO_PEERCRED"):
        return
    folder.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        leave = take_name(listener, folder / "0000000000000000.sock")
        now = [0.0]
        session = Session((signer(1),), 60, lambda: now[0], os.getuid() + 1, leave)
        thread = threading.Thread(target=serve, args=(listener, session))
        thread.start()
        with pytest.raises(SigningKeyError, match=r"session\.stranger"):
            open_sessions(folder)
        with pytest.raises(SigningKeyError, match=r"session\.stranger"):
            end_sessions(folder)
        now[0] = 61.0
        # Whether it still waits for a caller or has ended by itself: after this one it has.
        with contextlib.suppress(SigningKeyError):
            open_sessions(folder)
        thread.join(10)
        assert not thread.is_alive()


def test_the_keys_are_forgotten_at_the_end(folder: Path) -> None:
    """However it ends."""
    held = signer(1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        folder.mkdir(mode=0o700)
        leave = take_name(listener, folder / "a.sock")
        serve(listener, Session((held,), 0, lambda: 0.0, os.getuid(), leave))
    with pytest.raises(AssertionError):
        held.sign(MESSAGE)


def test_a_session_refuses_what_is_no_event(folder: Path) -> None:
    """It is asked over a socket, so the rule is held on its side."""
    with _serving(folder, clock=lambda: 0.0):
        (opened,) = open_sessions(folder)
        for message in (b"hello", pae(PAYLOAD_TYPE, event("examiner-2").raw), pae("text/plain", EVENT.raw)):
            with pytest.raises(SigningKeyError, match=r"session\.purpose"):
                opened.sign(message)
        stranger = SessionSigner(opened.path, "examiner-1", signer(9).key_id, signer(9).public_key, 1)
        with pytest.raises(SigningKeyError, match=r"session\.key"):
            stranger.sign(MESSAGE)


@pytest.mark.parametrize(
    "sent", [b"", b"\0", b"\0\0\0\x05ab", b"\xff\xff\xff\xff", b"\0\0\0\x02{}", b"GET / HTTP/1.1\r\n"]
)
def test_a_caller_who_talks_nonsense_disturbs_nobody(folder: Path, sent: bytes) -> None:
    """Port scanners, crashed clients, curious colleagues."""
    with _serving(folder, clock=lambda: 0.0):
        (path,) = folder.iterdir()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(path))
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            assert b"session.malformed" in connection.recv(1000)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(path))
            send(connection, Question(op="sign"))
        assert len(open_sessions(folder)) == 1


def test_a_session_that_signs_with_another_key_is_found(folder: Path) -> None:
    """The signature is checked before anybody relies on it."""
    with _serving(folder, clock=lambda: 0.0):
        (opened,) = open_sessions(folder)
        other = SessionSigner(opened.path, opened.agent, opened.key_id, signer(9).public_key, 1)
        with pytest.raises(SigningKeyError, match=r"session\.malformed"):
            other.sign(MESSAGE)


def test_no_folder_means_no_session(folder: Path) -> None:
    """Most commands look for one and go on without."""
    assert open_sessions(folder) == ()
    assert end_sessions(folder) == 0


def test_a_path_too_long_is_said_before_anything_is_made(folder: Path) -> None:
    """The system's own message doesn't name the limit."""
    deep = folder / ("d" * 100)
    with pytest.raises(SigningKeyError, match=r"session\.path"):
        start_session(deep, [signer(1)], seconds=60)
    assert not folder.exists()


def test_a_session_that_cannot_start_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not silence, and not a session that isn't there."""
    monkeypatch.setattr(keys.private.session, "_CODE", "raise SystemExit('no room')")
    with pytest.raises(SigningKeyError, match="no room") as caught:
        start_session(folder, [signer(1)], seconds=60)
    assert caught.value.code == "session.start"


def test_a_system_without_unix_sockets_gets_a_clear_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a way to work all the same."""
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(SigningKeyError) as caught:
        start_session(folder, [signer(1)], seconds=60)
    assert caught.value.code == "session.unsupported"
    assert "CUSTODY_PASSPHRASE_FILE" in caught.value.hint
    assert open_sessions(folder) == ()


def test_each_key_directory_has_sessions_of_its_own(tmp_path: Path) -> None:
    """One person's pseudonym in two ledgers may be the same."""
    runtime = tmp_path / "run"
    first = session_folder(keys=tmp_path / "a", runtime=runtime)
    assert first.parent == runtime
    assert first != session_folder(keys=tmp_path / "b", runtime=runtime)
    assert first == session_folder(keys=tmp_path / "b" / ".." / "a", runtime=runtime)
    assert session_folder(keys=tmp_path / "a", runtime=None) == tmp_path / "a" / "session"


def test_a_session_lasts_a_day_at_most(folder: Path) -> None:
    """The caller checks what a person types; here it's a bug."""
    held: list[Ed25519Signer] = [signer(1)]
    for seconds in (0, -1, 86_401):
        with pytest.raises(AssertionError):
            start_session(folder, held, seconds=seconds)
    with pytest.raises(AssertionError):
        start_session(folder, [], seconds=60)
    with pytest.raises(AssertionError):
        start_session(folder, [signer(1, "examiner-1"), signer(2, "examiner-2")], seconds=60)
