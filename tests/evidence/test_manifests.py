"""Lists of files: what lies beside them is none of them."""

from pathlib import Path

from custody.evidence.manifest import Manifests


def test_what_somebody_put_beside_the_lists_is_no_list(tmp_path: Path) -> None:
    """A copy made in a file browser must not bar everything that leaves."""
    root = "ab" * 32
    beside = (f"{root} (copy)", f"._{root}", "spool-7-x", root.upper())
    for name in (f"{name}.jsonl" for name in (root, *beside)):
        (tmp_path / name).write_bytes(b"")
    assert list(Manifests(tmp_path).roots()) == [root]
