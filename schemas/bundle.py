"""What a bundle says about itself: ``data/bundle.json`` and ``data/disclosures.json`` (docs/spec/bundle.md).

Neither says anything about entries, indexes or proofs: their digests are committed to by the exporting entry, which
comes after them. Every list is sorted and without repetition, so that one bundle has one spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from schemas import limits
from schemas.types import UNSET, Count, Hash, Nonce, Number, Origin, Record, Token, Unset

DisclosureText = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+\Z", max_length=limits.DISCLOSURE_BYTES)]
Commitments = Annotated[tuple[Hash, ...], Meta(min_length=1, max_length=limits.JSON_BYTES)]


class BundledDocument(Record, frozen=True, kw_only=True):
    """A warrant, photo, certificate or translation; ``sha256`` and ``size`` in bytes are those of the plain bytes."""

    encrypted: Ciphertext | Unset = UNSET
    sha256: Hash
    size: Count


class BundledExhibit(Record, frozen=True, kw_only=True):
    """An exhibit that the bundle is about, by the case of its registration and its number."""

    case: Number
    exhibit: Number

    def __post_init__(self) -> None:
        """Count bytes, where the type counts characters; ValueError becomes ``record.malformed``."""
        if max(len(self.case.encode("utf-8")), len(self.exhibit.encode("utf-8"))) > limits.NUMBER_BYTES:
            raise ValueError(f"a number has at most {limits.NUMBER_BYTES} bytes")


class Ciphertext(Record, frozen=True, kw_only=True):
    """The age file in ``data/encrypted`` that stands for a file; ``size`` in bytes."""

    sha256: Hash
    size: Count


class BundledFile(Record, frozen=True, kw_only=True):
    """A file of evidence by content; ``sha256`` and ``size`` are those of the plain bytes."""

    encrypted: Ciphertext | Unset = UNSET
    sha256: Hash
    size: Count


class Bundle(Record, frozen=True, kw_only=True):
    """``data/bundle.json``: documents and files by digest, exhibits by case and number, requests by id.

    A bundle without exhibits is a *letter*: it is about requests alone.
    """

    SCHEMA: ClassVar[str] = "custody-bundle/v1"

    documents: Annotated[tuple[BundledDocument, ...], Meta(max_length=limits.MEMBERS)]
    exhibits: Annotated[tuple[BundledExhibit, ...], Meta(max_length=limits.ABOUT)]
    files: Annotated[tuple[BundledFile, ...], Meta(max_length=limits.MEMBERS)]
    ledger: Origin
    nonce: Nonce
    requests: Annotated[tuple[Token, ...], Meta(min_length=1, max_length=limits.ABOUT)] | Unset = UNSET
    schema: Literal["custody-bundle/v1"]

    def __post_init__(self) -> None:
        """Want every list in order and without repetition; ValueError becomes ``record.malformed``."""
        if not self.exhibits and not isinstance(self.requests, tuple):
            raise ValueError("a bundle is about exhibits or requests")
        _check_sorted("requests", self.requests if isinstance(self.requests, tuple) else ())
        _check_sorted("documents", [item.sha256 for item in self.documents])
        _check_sorted("exhibits", [(item.case, item.exhibit) for item in self.exhibits])
        _check_sorted("files", [item.sha256 for item in self.files])
        holders: tuple[BundledFile | BundledDocument, ...] = (*self.files, *self.documents)
        ciphertexts = [item.encrypted.sha256 for item in holders if isinstance(item.encrypted, Ciphertext)]
        if len(set(ciphertexts)) != len(ciphertexts):
            raise ValueError("one ciphertext stands for one file")


class Withheld(Record, frozen=True, kw_only=True):
    """Values that this recipient doesn't get, by commitment: the sender has none, kept them by hand, or by rule."""

    absent: Commitments | Unset = UNSET
    hand: Commitments | Unset = UNSET
    rule: Commitments | Unset = UNSET

    def __post_init__(self) -> None:
        """Want each list in order, and each commitment once; ValueError becomes ``record.malformed``."""
        for name in ("absent", "hand", "rule"):
            _check_sorted(name, self.of(name))
        named = [item for name in ("absent", "hand", "rule") for item in self.of(name)]
        if len(set(named)) != len(named):
            raise ValueError("a value is withheld for one reason")

    def of(self, reason: str) -> tuple[str, ...]:
        """Return the commitments that stand under ``reason``, a field's name."""
        return getattr(self, reason) or ()


class Disclosures(Record, frozen=True, kw_only=True):
    """``data/disclosures.json``: the texts of all private values that this recipient may see, and why not others."""

    SCHEMA: ClassVar[str] = "custody-disclosures/v1"

    disclosures: Annotated[tuple[DisclosureText, ...], Meta(max_length=limits.DISCLOSURES)]
    schema: Literal["custody-disclosures/v1"]
    withheld: Withheld | Unset = UNSET

    def __post_init__(self) -> None:
        """Want the texts in order and without repetition; ValueError becomes ``record.malformed``."""
        _check_sorted("disclosures", self.disclosures)


def _check_sorted(name: str, keys: Sequence[Any]) -> None:
    """Code points sort as their UTF-8 bytes do, so comparing texts is comparing bytes."""
    if any(first >= second for first, second in pairwise(keys)):
        raise ValueError(f"{name} stand in order, each once")
