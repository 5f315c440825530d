"""The folder in which an owner's keys lie: one file a key, several keys an agent while one replaces another.

    exam-07.1f0c5e2a.key        <agent>.<first 8 digits of the key id's hash>.key
    exam-07.88d0a1b3.retired    a key that was replaced: kept, never loaded by itself

What a file is, its content says; the name is for people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from keys.private.disk import create_secret_folder, has_modes, read_secret, sync_folder, write_secret
from keys.private.key_file import (
    KEY_FILE_BYTES,
    FileMode,
    KeyFile,
    format_key_file,
    open_key_file,
    parse_key_file,
)  # fmt: skip
from keys.private.locked import Cost
from keys.private.signer import ALGORITHM, Ed25519Signer, Random
from schemas.envelope import key_id
from schemas.errors import SigningKeyError
from schemas.text import parse_base64

_NAME = re.compile(r"([a-z0-9][a-z0-9._-]{0,63})\.[0-9a-f]{8}\.key")


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it lies in the folder, without its secret."""

    path: Path
    agent: str
    key_id: str
    public_key: bytes
    has_passphrase: bool


@dataclass(frozen=True, slots=True)
class UnusableKey:
    """A file that should be a key and isn't one that can be used, with the reason."""

    path: Path
    error: SigningKeyError


@dataclass(frozen=True, slots=True)
class KeyDirectory:
    """Keys in the folder ``path``, which need not exist until one is created. ``random`` names temporary files too."""

    path: Path
    random: Random

    def list_keys(self) -> tuple[StoredKey | UnusableKey, ...]:
        """Return what there is, by file name; a file that can't be used is named with its reason, not left out."""
        return tuple(self._describe(path) for path in self._paths())

    def find(self, agent: str) -> tuple[StoredKey, ...]:
        """Return the usable keys of an agent.

        Raises:
            SigningKeyError: where none is usable, what is wrong with the first; ``key.absent`` where there is none.
        """
        own = [self._describe(path) for path in self._paths() if _agent_in(path) == agent]
        keys = tuple(found for found in own if isinstance(found, StoredKey) and found.agent == agent)
        if keys:
            return keys
        for found in own:
            if isinstance(found, UnusableKey):
                raise found.error
        hint = f"--keys FOLDER where it lies elsewhere; custody key new {agent} makes one, which is then to be enrolled"
        raise SigningKeyError("key.absent", f"expected a key of {agent} in {self.path}, found none", hint=hint)

    def load(self, agent: str, *, passphrase: bytes | None, key: str | None = None) -> Ed25519Signer:
        """Return the signer of an agent's key: the one with key id ``key``, or his only one.

        Raises:
            SigningKeyError: as `find` and `key_file.open_key_file`; ``key.ambiguous`` where he has several and
                ``key`` says nothing.
        """
        keys = [found for found in self.find(agent) if key in (None, found.key_id)]
        if not keys:
            raise SigningKeyError("key.absent", f"expected key {key} of {agent} in {self.path}, found others")
        if len(keys) > 1:
            ids = ", ".join(found.key_id for found in keys)
            raise SigningKeyError("key.ambiguous", f"expected one key of {agent}, found {ids}", hint="name the key id")
        return open_key_file(self._read(keys[0].path), passphrase=passphrase)

    def create(self, agent: str, *, passphrase: bytes | None, cost: Cost | None = None) -> Ed25519Signer:
        """Make a new key for an agent, beside those he has, and return its signer once its file is durable.

        Raises:
            SigningKeyError: as `add`.
        """
        signer = Ed25519Signer.generate(agent=agent, random=self.random)
        self.add(signer, passphrase=passphrase, cost=cost)
        return signer

    def add(self, signer: Ed25519Signer, *, passphrase: bytes | None, cost: Cost | None = None) -> Path:
        """Write the key file of a signer, such as one typed from paper, and return where it lies.

        Raises:
            SigningKeyError: ``key.exists``, ``key.folder``, ``key.write``, ``key.memory``.
        """
        path = self.path / f"{signer.agent}.{signer.key_id.partition(':')[2][:8]}.key"
        assert _agent_in(path) == signer.agent, "an agent id is checked before a key is made for it"
        create_secret_folder(self.path)
        content = format_key_file(signer, passphrase=passphrase, random=self.random, cost=cost)
        write_secret(path, content, random=self.random)
        return path

    def retire(self, key: StoredKey) -> Path:
        """Put a replaced key aside under another ending and return where it lies; it still opens what it opened.

        Raises:
            SigningKeyError: ``key.exists``, ``key.write``.
        """
        target = key.path.with_suffix(".retired")
        if target.exists():
            raise SigningKeyError("key.exists", f"expected no file at {target}, found one")
        try:
            key.path.rename(target)
            sync_folder(self.path)
        except OSError as error:
            raise SigningKeyError("key.write", f"expected to rename {key.path}, found: {error.strerror}") from None
        return target

    def _paths(self) -> list[Path]:
        if not self.path.is_dir():
            return []
        return sorted(path for path in self.path.iterdir() if _agent_in(path))

    def _read(self, path: Path) -> KeyFile:
        """Read a key file whose permissions keep others out, or that lies where files have none and is encrypted."""
        raw, is_closed = read_secret(path, maximum=KEY_FILE_BYTES)
        file = parse_key_file(raw)
        if not is_closed and (isinstance(file.protection, FileMode) or has_modes(path.parent, random=self.random)):
            text = f"expected a key file that its owner alone can read, found {path} open to others"
            hint = f"chmod 600 {path}, or give the key a passphrase where files have no modes"
            raise SigningKeyError("key.too-open", text, hint=hint)
        return file

    def _describe(self, path: Path) -> StoredKey | UnusableKey:
        try:
            file = self._read(path)
        except SigningKeyError as error:
            return UnusableKey(path, error)
        public = parse_base64(file.key, size=32)
        return StoredKey(path, file.agent, key_id(ALGORITHM, public), public, not isinstance(file.protection, FileMode))


def _agent_in(path: Path) -> str | None:
    match = _NAME.fullmatch(path.name)
    return match[1] if match else None
