"""The law that is shipped with the program, read as strictly as any other record; and a user's own profile."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from custody.transfer.clock import find_zone
from schemas import canonical, limits
from schemas.errors import RecordError, UsageError
from schemas.law import Deadlines, Holidays, Memberships, Offences, RequestFields, RestDays, Retention
from schemas.profile import Profile, parse_profile
from schemas.types import Record, is_set

PROFILES = ("cn", "coe", "coe-p2", "eu", "generic", "us")
"""Names of the profiles that are shipped."""

T = TypeVar("T", bound=Record)


@cache
def deadlines() -> Deadlines:
    """Return the deadlines of all forums."""
    return _read("deadlines", Deadlines)


@cache
def memberships() -> Memberships:
    """Return which countries share which treaty or regulation."""
    return _read("memberships", Memberships)


@cache
def retention() -> Retention:
    """Return the catalogue of how long data are kept."""
    return _read("retention", Retention)


@cache
def offences() -> Offences:
    """Return the common codes of offences."""
    return _read("offences", Offences)


@cache
def request_fields() -> RequestFields:
    """Return the fields of requests in the words of a form."""
    return _read("request-fields", RequestFields)


@cache
def shipped_profile(name: str) -> Profile:
    """Return a profile by its name, one of `PROFILES`."""
    return parse_profile((files("schemas") / "profiles" / f"{name}.json").read_bytes())


def national_profile(country: str) -> Profile | None:
    """Return the profile that holds the law of this one country, or nothing where none is shipped."""
    return next((one for one in map(shipped_profile, PROFILES) if one.countries == (country,)), None)


def load_profile(named: str) -> Profile:
    """Return the profile of that name, or the one in the file of that path.

    Raises:
        UsageError: ``profile.absent`` where it is neither.
        RecordError: ``profile.deadline``, ``profile.digests``, ``profile.zone``, and as `parse_profile`.
    """
    if named in PROFILES:
        return shipped_profile(named)
    path = Path(named)
    if not path.is_file():
        text = f"expected a profile's name ({', '.join(PROFILES)}) or a file, found {named!r}"
        raise UsageError("profile.absent", text)
    with path.open("rb") as stream:
        profile = parse_profile(stream.read(limits.PROFILE_BYTES + 1))
    check_parts(profile)
    return profile


def parse_holidays(raw: bytes) -> tuple[RestDays, ...]:
    """Return the days of rest in what a user's file holds (``custody-holidays/v1``).

    A person writes it, so that spaces, line ends and the order of names don't matter; all else is read strictly.

    Raises:
        RecordError: ``record.*``, as `canonical.decode`.
        UnknownVersionError: ``record.version``.
    """
    return canonical.decode(_canonical(raw), Holidays, maximum=limits.PROFILE_BYTES).rest_days


def _canonical(raw: bytes) -> bytes:
    """Return JSON in its canonical spelling; what is no JSON, or says something twice, as it is: reading it tells."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    try:
        return canonical.encode(json.loads(raw.decode("utf-8-sig"), object_pairs_hook=once))
    except (ValueError, RecursionError, TypeError, RecordError):
        return raw


def check_parts(profile: Profile) -> None:
    """Raise unless everything that a profile names is there to be applied: what is asked for and doesn't run misleads.

    Raises:
        RecordError: ``profile.deadline`` for one that is not known or stands twice, ``profile.zone``,
            ``profile.digests`` where digests and the check for them don't stand together.
    """
    for applied in profile.deadlines:
        if deadlines().find(applied.deadline) is None:
            raise RecordError("profile.deadline", f"expected a known deadline, found {applied.deadline!r}")
    for applied, times in Counter(profile.deadlines).items():
        if times > 1:
            text = (
                f"expected each deadline once for a kind of request, found {applied.deadline} for {applied.kind} twice"
            )
            raise RecordError("profile.deadline", text)
    if bool(profile.digests) != (profile.source_of("digests") is not None):
        wanted, found = ("the check digests", "none") if profile.digests else ("digests beside their check", "none")
        raise RecordError("profile.digests", f"expected {wanted}, found {found}")
    try:
        find_zone(str(profile.zone) if is_set(profile.zone) else "UTC")
    except UsageError as error:
        raise RecordError("profile.zone", error.text, hint=error.hint) from None


def _read(name: str, kind: type[T]) -> T:
    raw = (files("schemas") / "law" / f"{name}.json").read_bytes()
    return canonical.decode(raw, kind, maximum=limits.PROFILE_BYTES)
