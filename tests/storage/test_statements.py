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


def test_what_is_typed_most_often_waits_for_no_builder_of_statements(tmp_path: Path) -> None:
    """One import at the end of a chain of five would cost every command half a second."""
    modules = ("register", "show", "seal", "handover", "move", "check", "verify", "bundle", "receive", "audit")
    names = ", ".join(f"custody.cli.commands.{name}" for name in modules)
    code = f"import sys, {names}; print(*{{'sqlmodel', 'sqlalchemy', 'pydantic'}} & set(sys.modules))"
    done = run_python("-c", code, cwd=tmp_path)
    assert done.stdout.split() == []
