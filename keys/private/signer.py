"""Who can sign: one small interface, and the signer that holds its key in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from keys.ed25519 import SIGNATURE_BYTES
from schemas.envelope import key_id

Random = Callable[[int], bytes]
"""Returns as many unpredictable bytes as asked for; `os.urandom` in real life."""

ALGORITHM: Final = "ed25519"
SEED_BYTES = 32


class Signer(Protocol):
    """Signs in the name of one agent with one key, wherever that key lies (memory, a session, a card)."""

    @property
    def agent(self) -> str:
        """The agent in whose name the key signs."""
        ...

    @property
    def key_id(self) -> str:
        """The key's id, ``<algorithm>:<32 hex digits>``."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw public key; 32 bytes for Ed25519."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature over ``message``, the bytes as they are.

        Raises:
            SigningKeyError: where the key cannot be used any more.
        """
        ...


class Ed25519Signer:
    """A signer whose key is in this process's memory.

    Python can't overwrite a bytes object, so nothing here promises that a secret is gone before the process ends:
    `forget` drops the only reference, and whoever holds keys for long does it in a process of its own (`session`).
    """

    __slots__ = ("_secret", "agent", "key_id", "public_key")

    def __init__(self, *, agent: str, seed: bytes) -> None:
        assert len(seed) == SEED_BYTES, "a seed has 32 bytes"
        self.public_key, self._secret = crypto_sign_seed_keypair(seed)
        self.agent = agent
        self.key_id = key_id(ALGORITHM, self.public_key)

    @classmethod
    def generate(cls, *, agent: str, random: Random) -> Ed25519Signer:
        """Make a new key out of 32 bytes of ``random``."""
        return cls(agent=agent, seed=random(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the Ed25519 signature (RFC 8032 section 5.1.6)."""
        assert self._secret, "a forgotten key was asked to sign"
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def reveal_seed(self) -> bytes:
        """Return the 32 secret bytes, for writing a key file, printing on paper or handing to a session."""
        assert self._secret, "a forgotten key was asked for its seed"
        return self._secret[:SEED_BYTES]

    def forget(self) -> None:
        """Drop the secret; the signer can't sign any more."""
        self._secret = b""

    def __repr__(self) -> str:
        """Name the key and never show the secret."""
        return f"Ed25519Signer(agent={self.agent!r}, key_id={self.key_id!r})"
