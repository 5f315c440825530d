"""The reference of commands and the schema of their results, made from the commands themselves.

`python -m custody.cli.reference` writes both into ``docs``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from custody.cli.command import Command
from custody.cli.program import program
from custody.cli.results import ErrorResult
from custody.cli.settings import GLOBAL_NAMES
from custody.cli.table import GROUPS, PLACES, THEMES

PAGE: Final = "docs/cli.md"
RESULTS: Final = "docs/results.schema.json"
_WIDTH = 100

_HEAD = """# Commands

Written by `python -m custody.cli.reference` from the commands' own help; a test compares.

`--home`, `--keys`, `--json` and `--quiet` may stand before a command or behind it. With `--json` stdout is one JSON
object whose type is named below and described in [results.schema.json](results.schema.json); its field `schema` says
which it is. Where a text is not UTF-8, as a file's name may be, `<field>_b64` beside it holds its bytes.

Exit codes and errors: [errors.md](errors.md). The environment, and how a ledger is run: [operations.md](operations.md).
"""


def format_reference() -> str:
    """Return the page: every command by theme, with its help as the program prints it."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for theme in THEMES:
        yield f"## {theme}\n"
        for name, place in PLACES.items():
            if place.theme == theme:
                yield from _entry(name)


def _entry(name: str) -> Iterator[str]:
    found, context = _load(name)
    # What stands on top of the page isn't repeated sixty times.
    short = copy(found)
    short.params = [parameter for parameter in found.params if parameter.name not in GLOBAL_NAMES]
    yield f"### custody {name}\n"
    yield f"```text\n{short.get_help(context).rstrip()}\n```\n"
    if isinstance(found, Command) and found.result is not None:
        yield f"Result: `{result_name(found.result)}`\n"


def result_name(kind: type) -> str:
    """Return what stands in ``schema`` of a result: the tag of its record."""
    info = msgspec.inspect.type_info(kind)
    tag = getattr(info, "tag", None)
    return str(tag or getattr(kind, "SCHEMA", kind.__name__))


def _load(name: str) -> tuple[click.Command, click.Context]:
    context = click.Context(
        program, info_name="custody", terminal_width=_WIDTH, max_content_width=_WIDTH, **program.context_settings
    )
    found: click.Command = program
    for word in name.split():
        assert isinstance(found, click.Group), "every word but the last is a group"
        inner = found.get_command(context, word)
        assert inner is not None, f"the table names {name}"
        context = click.Context(inner, parent=context, info_name=word, terminal_width=_WIDTH, max_content_width=_WIDTH)
        found = inner
    return found, context


def format_results() -> bytes:
    """Return the JSON Schema of everything that --json prints, one definition a record."""
    kinds: dict[str, type] = {"ErrorResult": ErrorResult}
    for name in PLACES:
        found, _ = _load(name)
        if isinstance(found, Command) and found.result is not None:
            kinds[found.result.__name__] = found.result
    ordered = [kinds[name] for name in sorted(kinds)]
    _, components = msgspec.json.schema_components(ordered, ref_template="#/$defs/{name}")
    for component in components.values():
        # Python 3.13 takes the indentation out of docstrings, the versions before it don't.
        if "description" in component:
            component["description"] = inspect.cleandoc(component["description"])
    schema: dict[str, Any] = {
        "$defs": components,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in sorted(kinds)],
        "title": "What custody prints with --json",
    }
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=1) + b"\n"


def main(root: Path) -> None:
    """Write page and schema below ``root``."""
    (root / PAGE).write_text(format_reference(), "utf-8")
    (root / RESULTS).write_bytes(format_results())


assert set(GROUPS) == {name.split()[0] for name in PLACES if " " in name}, "a group without commands"

if __name__ == "__main__":
    main(Path(__file__).resolve().parents[2])
