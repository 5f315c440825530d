"""The working sessions of the user's keys."""

from __future__ import annotations

from pathlib import Path

from custody.cli.context import Context
from keys.private.session import SessionSigner, open_sessions, session_folder


def sessions_folder(context: Context) -> Path:
    """Return where the sessions of this key folder lie."""
    runtime = context.environment.get("XDG_RUNTIME_DIR")
    return session_folder(keys=context.keys_folder(), runtime=Path(runtime) if runtime else None)


def session_signer(context: Context, agent: str, *, alive: frozenset[str] | None) -> SessionSigner | None:
    """Return the unlocked signer of an agent, one whose key the ledger takes if that is known; or nothing.

    Raises:
        SigningKeyError: ``session.folder`` where others could have put a session there.
    """
    found = open_sessions(sessions_folder(context), agent=agent)
    usable = [signer for signer in found if alive is None or signer.key_id in alive]
    return next(iter(usable), None)


def has_session(context: Context, agent: str) -> bool:
    """Tell whether a key of an agent is unlocked.

    Raises:
        SigningKeyError: ``session.folder``.
    """
    return bool(open_sessions(sessions_folder(context), agent=agent))
