"""The statements that are written down are those that the tables give."""

from pathlib import Path

from custody.storage import declared, statements
from tests.architecture.tree import run_python


def test_the_statements_are_those_of_the_tables() -> None:
    """A column that was renamed in one place only would be asked for in vain: `python -m custody.storage.declared`."""
    assert Path(statements.__file__).read_text(encoding="utf-8") == declared.write()


def test_a_ledger_is_opened_without_the_builder_of_statements(tmp_path: Path) -> None:
    """It takes half a second to import, for which every command would wait."""
    code = "import sys, custody.storage.ledger_store; print(*{'sqlmodel', 'sqlalchemy', 'pydantic'} & set(sys.modules))"
    done = run_python("-c", code, cwd=tmp_path)
    assert done.stdout.split() == []
