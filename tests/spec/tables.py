"""The tables of docs/spec that are made from the code: ``python -m tests.spec.tables`` writes them anew.

A page holds a marker, what was made, and an end marker; only what stands between them is replaced:

    <!-- generated: fields schemas.entry.Entry -->
    <!-- end -->
"""

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from custody.verify.rules.table import ANYBODY, ASKING, CHECKING, HANDLING, RULES, SYSTEM, Rule
from schemas import limits
from schemas import text as forms
from schemas.registry import DETAILS
from schemas.types import SIGNS_AS, Private, Record
from tests.spec.examples import fenced
from tests.spec.order import found_table, order_table
from tests.spec.refusals import refusals

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "docs" / "spec"
_BLOCK = re.compile(r"(<!-- generated: ([^\n]*?) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS = {
    forms.HASH_PATTERN: "hash",
    forms.NONCE_PATTERN: "nonce",
    forms.TIME_PATTERN: "time",
    forms.OFFSET_PATTERN: "offset",
    forms.AGENT_PATTERN: "agent id",
    forms.COUNTRY_PATTERN: "country",
    forms.ORIGIN_PATTERN: "origin",
    forms.KEY_ID_PATTERN: "key id",
    forms.NUMBER_PATTERN: "number",
}
_ROLES: dict[frozenset[str], str] = {
    frozenset(HANDLING): "handling",
    frozenset(ASKING): "asking",
    frozenset(CHECKING): "checking",
    frozenset(ANYBODY | SYSTEM): "any",
}


def describe(kind: msgspec.inspect.Type) -> str:
    """Say a field's type in the words of event.md."""
    match kind:
        case msgspec.inspect.Metadata(type=inner, extra_json_schema=extra):
            stated = (extra or {}).get("pattern")
            said = _WORDS[stated] if stated in _WORDS else describe(inner)
            more = str((extra or {}).get("description", ""))
            # An agent id and a word of a vocabulary have one form; only the description tells them apart.
            return "token" if more.startswith("a word") else more if more and said.startswith("text") else said
        case msgspec.inspect.StrType(pattern=pattern) if pattern in _WORDS:
            return _WORDS[pattern]
        case msgspec.inspect.StrType(pattern=str(pattern), max_length=most):
            size = "" if most is None else f", at most {most} characters"
            return f"text `{pattern.replace(chr(92) + 'Z', '$')}`{size}".replace("|", "\\|")
        case msgspec.inspect.StrType(min_length=least, max_length=most):
            return "text" if most is None else f"text, {least or 0} to {most} characters"
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"integer {_bound(least)} to {_bound(most)}" if most is not None else "integer"
        case msgspec.inspect.BoolType():
            return "`true` or `false`"
        case msgspec.inspect.LiteralType(values=values):
            return ", ".join(f"`{value}`" for value in values) if len(values) == 1 else _one_of(values)
        case msgspec.inspect.EnumType(cls=cls):
            return _one_of(tuple(member.value for member in cls))
        case msgspec.inspect.StructType(cls=cls):
            return "private" if cls is Private else f"object [{cls.__name__}]({_home(cls)})"
        case msgspec.inspect.VarTupleType(item_type=item, min_length=least, max_length=most):
            return f"array{_range(least, most)} of: {describe(item)}"
        case msgspec.inspect.RawType():
            return "object, by `type` ([events.md](events.md))"
        case _:
            raise AssertionError(f"no words for {kind}")


def _bound(value: int | None) -> str:
    return "2^53-1" if value == limits.MAX_SAFE_INTEGER else str(value)


def _one_of(values: tuple[object, ...]) -> str:
    return f"one of {', '.join(f'`{value}`' for value in values)}"


def _range(least: int | None, most: int | None) -> str:
    return f" ({least or 0} to {most})" if most is not None else f" ({least} or more)" if least else ""


@cache
def _home(cls: type) -> str:
    """Return the page on which a record's fields stand, at its own heading if it has one."""
    detail = next((name for name, event_type in DETAILS.items() if event_type.details is cls), "")
    marker = f"<!-- generated: {f'details {detail}' if detail else f'fields {cls.__module__}.{cls.__qualname__}'} -->"
    for path in SPEC.glob("*.md"):
        text = path.read_text("utf-8")
        if marker in text:
            has_heading = re.search(rf"^#+ {re.escape(detail or cls.__name__)}$", text, re.MULTILINE)
            return f"{path.name}#{(detail or cls.__name__).replace('.', '').lower()}" if has_heading else path.name
    raise AssertionError(f"no page says what {cls.__name__} holds")


def fields_table(kind: type) -> str:
    """Return the table of a record's fields."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    if not info.fields:
        return "No fields: `{}`.\n"
    lines = ["| field | | what |", "|---|---|---|"]
    for field in sorted(info.fields, key=lambda field: field.encode_name):
        must = field.required or field.encode_name == "schema"
        lines.append(f"| `{field.encode_name}` | {'MUST' if must else 'optional'} | {describe(field.type)} |")
    rules = [f"- {rule}" for rule in refusals(kind)]
    return "\n".join([*lines, *(["", "Malformed (`record.malformed`), unless:", "", *rules] if rules else [])]) + "\n"


def rules_table() -> str:
    """Return the table of all event types: anchor, roles, signers, states, holder, new state."""
    lines = [
        "| type | anchor | actor's role | signs beside the actor | status before | seal before | actor is holder "
        "| status after | about |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, event_type in sorted(DETAILS.items()):
        rule = RULES[name]
        custody = event_type.anchor == "link"
        cells = (
            f"`{name}`", event_type.anchor, _set(rule.roles), _wants(rule), _set(rule.states) if custody else "",
            "" if rule.sealed is None else "sealed" if rule.sealed else "unsealed",
            ("yes" if rule.holder else "no") if custody else "", (rule.leads_to or "unchanged") if custody else "",
            _about(rule),
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _set(items: frozenset[str]) -> str:
    return _ROLES.get(items) or ", ".join(sorted(items)) or "none"


def _wants(rule: Rule) -> str:
    parts = (f"{office} {_times(*rule.wants[office])}" for office in SIGNS_AS if office in rule.wants)
    return ", ".join(parts) or "nobody"


def _times(least: int, most: int) -> str:
    return f"{least}" if least == most else f"{least}-{most}"


def _about(rule: Rule) -> str:
    if not rule.about:
        return ""
    return f"{_set(rule.about)}{'; names an event' if rule.names_event else ''}"


def limits_table() -> str:
    """Return the table of all caps: name, value, and the reason that stands beside it in the code."""
    lines = ["| name | value | what and why |", "|---|---|---|"]
    for name, reason in _reasons():
        value = getattr(limits, name)
        lines.append(f"| `{name}` | {'2^53-1' if value == limits.MAX_SAFE_INTEGER else f'{value:,}'} | {reason} |")
    return "\n".join(lines) + "\n"


def _reasons() -> Iterator[tuple[str, str]]:
    body = ast.parse((ROOT / "schemas" / "limits.py").read_text("utf-8")).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            assert isinstance(after, ast.Expr), f"{node.target.id} has no reason"
            assert isinstance(after.value, ast.Constant), f"{node.target.id} has no reason"
            yield node.target.id, " ".join(str(after.value.value).split())


def make(what: str) -> str:
    """Return what belongs between the markers that say ``what``."""
    match what.split():
        case ["rules"]:
            return rules_table()
        case ["order"]:
            return order_table({name: _home(event_type.details) for name, event_type in DETAILS.items()})
        case ["found"]:
            return found_table()
        case ["limits"]:
            return limits_table()
        case ["example", name]:
            return fenced(name)
        case ["details", name]:
            return fields_table(DETAILS[name].details)
        case ["fields", path]:
            module, _, name = path.rpartition(".")
            kind = getattr(importlib.import_module(module), name)
            assert issubclass(kind, Record)
            return fields_table(kind)
        case _:
            raise AssertionError(f"no generator for {what}")


def rewrite(page: str) -> str:
    """Return the page with every generated part made anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}{make(found[2])}{found[3]}", page)


def generated_parts(page: str) -> list[str]:
    """Name every generated part of the page."""
    return [found[2] for found in _BLOCK.finditer(page)]


def main() -> None:
    """Write all pages anew."""
    for path in sorted(SPEC.glob("*.md")):
        before = path.read_text("utf-8")
        after = rewrite(before)
        if after != before:
            path.write_text(after, "utf-8")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
