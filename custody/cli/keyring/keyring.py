"""The private keys of the people at this machine: an unlocked session first, then their key files."""

from __future__ import annotations

from pathlib import Path

from custody.cli.context import Context
from custody.cli.keyring.passphrase import with_passphrase
from custody.cli.keyring.session_access import session_signer
from keys.private.directory import KeyDirectory, StoredKey
from keys.private.signer import Signer
from schemas.errors import SigningKeyError, UsageError


def key_directory(context: Context) -> KeyDirectory:
    """Return the folder of the user's private keys."""
    return KeyDirectory(context.keys_folder(), context.random)


def stored_keys(context: Context, agent: str) -> tuple[StoredKey, ...]:
    """Return the key files of an agent; none is no error, a file that can't be used is.

    Raises:
        SigningKeyError: ``key.damaged``, ``key.too-open`` and the like.
    """
    try:
        return key_directory(context).find(agent)
    except SigningKeyError as error:
        if error.code == "key.absent":
            return ()
        raise


def default_agent(context: Context, named: str | None) -> str:
    """Return who acts: --as, CUSTODY_AS, or the one agent that has a key here.

    Raises:
        UsageError: ``usage.who``.
    """
    told = named or context.environment.get("CUSTODY_AS")
    if told:
        return told
    agents = sorted({found.agent for found in key_directory(context).list_keys() if isinstance(found, StoredKey)})
    if len(agents) == 1:
        return agents[0]
    found = ", ".join(agents) or f"no key in {context.keys_folder()}"
    raise UsageError("usage.who", f"expected --as AGENT, found {found}", hint="say who acts with --as")


def signer_for(context: Context, agent: str, *, passphrase_file: Path | None, alive: frozenset[str] | None) -> Signer:
    """Return a signer for ``agent``; ``alive`` are the key ids that the ledger would take, if it is at hand.

    Raises:
        SigningKeyError: ``key.absent``, ``key.wrong-passphrase``, ``key.ambiguous`` and the like.
    """
    found = session_signer(context, agent, alive=alive)
    if found is not None:
        return found
    directory = key_directory(context)
    keys = directory.find(agent)
    usable = [key for key in keys if alive is None or key.key_id in alive]
    if not usable:
        known = ", ".join(key.key_id for key in keys)
        hint = "a key must be enrolled and not revoked: custody key list"
        raise SigningKeyError(
            "key.not-valid", f"expected a key of {agent} that is valid here, found {known}", hint=hint
        )
    # Several may lie here while one replaces another: any that the ledger takes will do, the first by name.
    chosen = usable[0]
    if not chosen.has_passphrase:
        return directory.load(agent, passphrase=None, key=chosen.key_id)

    def load(phrase: bytes) -> Signer:
        return directory.load(agent, passphrase=phrase, key=chosen.key_id)

    return with_passphrase(context, passphrase_file, agent=agent, use=load)
