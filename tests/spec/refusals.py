"""What a record's own reader refuses beside its table: read out of the code that refuses it, sentence by sentence.

Each ``ValueError`` of a record's ``__post_init__``, and of the checks that it calls, says in its text what holds of
every record that is read. A form that this reader doesn't know stops the generator, so no rule is missing from a page.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

from schemas.types import Record

_PLAIN = frozenset(
    {"__post_init__", "append", "check_digits", "check_form", "check_number", "check_time", "check_times"}
)
"""Calls that refuse nothing which the type in the table doesn't say, or what a record extends."""
_ALIASES = {"first": "from"}
"""Fields whose name in a record is a word of Python's."""
_READERS = {
    "parse_base64": "`{name}` is canonical base64{size}",
    "check_path": "`{name}` is a path ([content.md](content.md))",
    "parse_subject": "`{name}` is a subject",
}


def refusals(kind: type) -> tuple[str, ...]:
    """Return what holds of every record of a kind, one sentence a rule, in the order of the code."""
    found: list[str] = []
    for cls in kind.__mro__:
        check = vars(cls).get("__post_init__")
        if cls is Record or not isinstance(check, FunctionType):
            continue
        found += _of_function(check, {})
        if "super()" not in inspect.getsource(check):
            break
    return tuple(dict.fromkeys(found))


def _of_function(function: FunctionType, known: Mapping[str, str]) -> Iterator[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    yield from _of_nodes(tree.body, function, dict(known))


def _of_nodes(nodes: list[ast.stmt], function: FunctionType, known: dict[str, str]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.For(target=ast.Name(id=name), iter=ast.Tuple(elts=items), body=body):
                for item in items:
                    if isinstance(item, ast.Constant):
                        yield from _of_nodes(body, function, {**known, name: str(item.value)})
            case ast.Try(body=body):
                yield from _of_nodes(body, function, known)
            case ast.For(body=body) | ast.If(body=body):
                yield from _of_nodes(body, function, known)
            case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError"), args=[said])):
                yield _said(said, function, known)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) as call):
                yield from _of_call(name, call, function, known)
            case _:
                continue


def _of_call(name: str, call: ast.Call, function: FunctionType, known: dict[str, str]) -> Iterator[str]:
    if name in _PLAIN:
        return
    if name in _READERS:
        size = next((f" of {ast.unparse(item.value)} bytes" for item in call.keywords if item.arg == "size"), "")
        yield _READERS[name].format(name=_field(call.args[0]), size=size)
        return
    called = inspect.unwrap(function.__globals__[name])
    if isinstance(called, FunctionType):
        values = {
            parameter: _text(argument, known)
            for parameter, argument in zip(inspect.signature(called).parameters, call.args, strict=False)
        }
        keys = _keys(call.args[1]) if len(call.args) > 1 else ""
        for rule in _of_function(called, values):
            yield rule.replace(" in order, ", f" in order{keys}, ")
        return
    raise AssertionError(f"{function.__qualname__}: no words for a call of {name}")


def _said(node: ast.expr, function: FunctionType, known: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.JoinedStr(values=parts):
            return "".join(_part(part, function, known) for part in parts)
        case _:
            raise AssertionError(f"{function.__qualname__}: no words for {ast.unparse(node)}")


def _part(node: ast.expr, function: FunctionType, known: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(value=ast.Name(id=name)) if name in known:
            return known[name]
        case ast.FormattedValue(value=ast.Attribute(value=ast.Name(id="limits"), attr=name)):
            limits: Any = sys.modules["schemas.limits"]
            return f"{getattr(limits, name)}"
        case _:
            raise AssertionError(f"{function.__qualname__}: no words for {ast.unparse(node)}")


def _text(node: ast.expr, known: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return f"`{text}`" if text.isidentifier() else text
        case ast.Name(id=name) if name in known:
            return f"`{known[name]}`"
        case _:
            return ast.unparse(node)


def _field(node: ast.expr) -> str:
    """Return the field of ``self`` in an expression."""
    names = [
        item.attr for item in ast.walk(node) if isinstance(item, ast.Attribute) and ast.unparse(item.value) == "self"
    ]
    return names[0] if names else ast.unparse(node)


def _keys(node: ast.expr) -> str:
    """Say by which fields of its items a list is ordered, where it isn't by the items themselves."""
    makers = [item for item in ast.walk(node) if isinstance(item, ast.GeneratorExp | ast.ListComp)]
    if not makers:
        return ""
    parts = [_ALIASES.get(item.attr, item.attr) for item in ast.walk(makers[0].elt) if isinstance(item, ast.Attribute)]
    return f" of {' and '.join(f'`{part}`' for part in parts)}" if parts else ""
