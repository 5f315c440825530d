"""What is wrong with a file that the user gave: another kind of file, or one of the right kind that was damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.cli.files import given_file
from schemas.errors import UsageError
from schemas.receipt import ReceiptFile, parse_receipt


def _found(path: Path, raw: bytes) -> str:
    path.write_bytes(raw)
    with pytest.raises(UsageError) as caught, given_file(path, ReceiptFile.SCHEMA):
        parse_receipt(raw)
    return caught.value.text


def test_a_damaged_receipt_is_told_by_what_is_wrong_in_it(tmp_path: Path) -> None:
    """Who is told that he gave a receipt, where a receipt is wanted, looks for another file in vain."""
    raw = b'{"entries":[{"entry":"AAAA","proof":"x"}],"schema":"custody-receipt/v1"}'
    assert "found a receipt" not in _found(tmp_path / "r.json", raw)


def test_another_kind_of_file_is_named(tmp_path: Path) -> None:
    """The other half: a trust file is no receipt."""
    assert "found a trust file" in _found(tmp_path / "t.json", b'{"ledgers":[],"schema":"custody-trust/v1"}')
