"""The law behind defects that the rules find whatever the profile: for whoever shows them; nothing is checked by it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal

from schemas import canonical, limits
from schemas.law import LawSource, Words
from schemas.types import Record


class RuleSource(Record, frozen=True, kw_only=True):
    """By which law a finding of this code is a defect, and what can be done about it."""

    code: str
    cure: Words
    source: LawSource


class RuleSources(Record, frozen=True, kw_only=True):
    """Such sources; the first row of a code counts."""

    SCHEMA: ClassVar[str] = "custody-rule-sources/v1"

    rules: tuple[RuleSource, ...]
    schema: Literal["custody-rule-sources/v1"]


def rule_source(code: str) -> RuleSource | None:
    """Return the law behind a defect that the rules themselves find, or nothing where no row of law asks for it."""
    return next((item for item in rule_sources().rules if item.code == code), None)


@cache
def rule_sources() -> RuleSources:
    """Return the rows that are shipped."""
    raw = (files("schemas") / "law" / "rule-sources.json").read_bytes()
    return canonical.decode(raw, RuleSources, maximum=limits.PROFILE_BYTES)
