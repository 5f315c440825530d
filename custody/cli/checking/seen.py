"""The newest checkpoint that this user has verified, per ledger: every act that he signs names it.

So whoever rewrites a ledger, or puts an old copy of it back, contradicts what its own users have signed; and it is
found the next time that one of them signs. The notes lie beside the private keys, one file a ledger, and beside
each what the ledger said of itself then: its entry 0 and its log keys.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from custody.cli.files import write_file
from custody.cli.surroundings import Surroundings
from custody.ledger.prove import TileNodes, prove_consistency, tree_root
from custody.ledger.store import LedgerReader
from custody.verify.record.tree import check_consistency
from custody.verify.rules.view import Ledger
from keys.note import open_note, parse_note
from keys.verifier_key import VerifierKey, parse_verifier_key
from schemas.checkpoint import Checkpoint, parse_checkpoint
from schemas.errors import RecordError, StorageError, VerificationError
from schemas.event import Seen
from schemas.merkle import hash_leaf

FOLDER = "seen"


def verify_newest(surroundings: Surroundings, reader: LedgerReader) -> Seen | None:
    """Return the newest checkpoint, having verified it and that it continues the one seen before; None without any.

    Raises:
        VerificationError: ``note.*``; ``seen.tree`` where it isn't about the entries that are there; ``seen.shorter``
            or ``seen.fork`` where the ledger isn't the one that this user has seen.
    """
    ledger, head = reader.view().ledger(), reader.head()
    if ledger is None:
        return None
    keys = [parse_verifier_key(key.key) for key in ledger.log_keys]
    raw = reader.checkpoint()
    newest = parse_checkpoint(open_note(raw, keys).text)
    nodes = TileNodes(reader.tiles(), head.size)
    if (newest.size, newest.root) != (head.size, tree_root(nodes, head.size)):
        raise VerificationError(
            "seen.tree",
            f"expected a checkpoint of the {head.size} entries that are there, found one of {newest.size}",
            hint="custody audit says what is wrong; sign nothing",
        )
    path = _path(surroundings, ledger.origin)
    before = _read(path, keys)
    if before is not None:
        _check_continues(before, newest, nodes)
    is_new = before is None or before.size < newest.size
    for file, content in ((path, raw), (_opened_path(path), _opened(reader, ledger))):
        _remember(file, content, is_new=is_new or not file.is_file())
    return Seen(root=newest.root.hex(), size=newest.size)


def has_seen(surroundings: Surroundings, origin: str) -> bool:
    """Tell whether this user has signed in a ledger of that name; which one it was, `continues_seen` tells."""
    return _path(surroundings, origin).is_file()


def continues_seen(surroundings: Surroundings, reader: LedgerReader) -> bool:
    """Tell whether a ledger is the one in which this user has signed, and still holds all that was there then.

    Its entry 0 and its log keys have to be those of then: they stand in rows that anybody can change in a copy. Where
    keys came or went since, its user signs once more before it counts.
    """
    ledger, head = reader.view().ledger(), reader.head()
    if ledger is None:
        return False
    nodes, path = TileNodes(reader.tiles(), head.size), _path(surroundings, ledger.origin)
    try:
        before = _read(path, [parse_verifier_key(key.key) for key in ledger.log_keys])
        if before is None or _opened(reader, ledger) != _opened_path(path).read_bytes():
            return False
        newest = Checkpoint(origin=ledger.origin, root=tree_root(nodes, head.size), size=head.size)
        _check_continues(before, newest, nodes)
    except (OSError, VerificationError):
        return False
    return True


def _opened(reader: LedgerReader, ledger: Ledger) -> bytes:
    """Spell what has to stay for a ledger to be believed unasked: a line of entry 0, and one of each log key."""
    keys = (f"{key.first} {'-' if key.last is None else key.last} {key.key}" for key in ledger.log_keys)
    return "".join(f"{line}\n" for line in (hash_leaf(reader.entry(0)).hex(), *keys)).encode()


def _check_continues(before: Checkpoint, newest: Checkpoint, nodes: TileNodes) -> None:
    hint = "somebody rewrote the ledger or put an old copy back: sign nothing, keep everything, call the auditor"
    if newest.size < before.size:
        text = f"expected the {before.size} entries that were there before, found {newest.size}"
        raise VerificationError("seen.shorter", text, hint=hint)
    proof = prove_consistency(nodes, before.size, newest.size)
    try:
        check_consistency(
            first=before.size, second=newest.size, nodes=proof, first_root=before.root, second_root=newest.root
        )
    except VerificationError:
        text = f"expected the first {before.size} entries as they were, found others"
        raise VerificationError("seen.fork", text, hint=hint) from None


def _path(surroundings: Surroundings, origin: str) -> Path:
    name = sha256(origin.encode("utf-8")).hexdigest()[:16]
    return surroundings.keys_folder() / FOLDER / f"{name}.checkpoint"


def _opened_path(path: Path) -> Path:
    return path.with_suffix(".ledger")


def _read(path: Path, keys: list[VerifierKey]) -> Checkpoint | None:
    """Return the checkpoint seen before; a file that is gone or spoilt says nothing.

    Raises:
        VerificationError: ``seen.fork`` where it is another ledger's of the same name.
    """
    try:
        raw = path.read_bytes()
        found = parse_checkpoint(parse_note(raw).text)
    except (OSError, RecordError):
        return None
    try:
        open_note(raw, keys)
    except VerificationError:
        hint = f"another ledger has this name; if you know why, remove {path}"
        text = f"expected the ledger whose checkpoint of {found.size} entries was seen before, found another"
        raise VerificationError("seen.fork", text, hint=hint) from None
    return found


def forget(surroundings: Surroundings, origin: str) -> None:
    """Forget what was seen under ``origin``: its user has just started a new ledger of that name."""
    path = _path(surroundings, origin)
    for file in (path, _opened_path(path)):
        file.unlink(missing_ok=True)


def _remember(path: Path, raw: bytes, *, is_new: bool) -> None:
    """Keep the note, where there is a folder for keys and it takes files: a stick may be locked."""
    if not is_new or not path.parent.parent.is_dir():
        return
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_file(path, raw, force=True, mode=0o600)
    except (OSError, StorageError):
        return
