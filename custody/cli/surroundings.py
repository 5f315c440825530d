"""What a command asks of the world: folders, the clock, randomness. The only place that has the last two."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from custody.cli.settings import Settings
from schemas.errors import UsageError

Clock = Callable[[], datetime]


def local_now() -> datetime:
    """Return the time of this machine, aware, in its local zone."""
    return datetime.now().astimezone()


@dataclass(slots=True)
class Surroundings:
    """What surrounds one run of one command. ``clock`` gives aware local time, ``random`` so many fresh bytes."""

    settings: Settings
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = local_now
    random: Callable[[int], bytes] = os.urandom

    def now(self) -> datetime:
        """Return the time now, aware, in the local zone, with whole seconds."""
        return self.clock().replace(microsecond=0)

    def home(self) -> Path:
        """Return the home of the ledger: --home, CUSTODY_HOME, or upwards from here.

        Raises:
            UsageError: ``usage.no-home``.
        """
        found = self.find_home()
        if found is None:
            named = self._named_home()
            where = "here or in a folder above" if named is None else f"in {named}"
            hint = "custody init DIR starts one; --home DIR or CUSTODY_HOME names one"
            raise UsageError("usage.no-home", f"expected a ledger {where}, found none", hint=hint)
        return found

    def find_home(self) -> Path | None:
        """Return the home of the ledger, or nothing."""
        from custody.storage.home_layout import find_home, is_home

        named = self._named_home()
        if named is not None:
            return named if is_home(named) else None
        return find_home(Path.cwd())

    def _named_home(self) -> Path | None:
        named = self.settings.home or self.environment.get("CUSTODY_HOME")
        return Path(named).absolute() if named else None

    def keys_folder(self) -> Path:
        """Return the folder of private keys: --keys, CUSTODY_KEYS, or below the user's config folder."""
        named = self.settings.keys or self.environment.get("CUSTODY_KEYS")
        return Path(named) if named else config_folder(self.environment) / "keys"

    def check_keys_folder(self) -> None:
        """Raise where --keys names a folder that is not there; one of the environment may lie on a stick that is away.

        Raises:
            UsageError: ``usage.keys``.
        """
        named = self.settings.keys
        if named is not None and not named.is_dir():
            hint = "plug in the stick, or name another folder; without --keys a draft waits for who is missing"
            raise UsageError("usage.keys", f"expected a folder of private keys at {named}, found none", hint=hint)

    def trust_file(self, named: Path | None = None) -> Path:
        """Return the trust file: the one named, CUSTODY_TRUST, or the user's own, which need not be there."""
        told = named or self.environment.get("CUSTODY_TRUST")
        return Path(told) if told else config_folder(self.environment) / "trust.json"


def config_folder(environment: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Return the user's own folder for custody: %APPDATA% on Windows, XDG_CONFIG_HOME or ~/.config elsewhere."""
    if platform == "win32":
        base = environment.get("APPDATA")
        return Path(base) / "custody" if base else Path.home() / "AppData" / "Roaming" / "custody"
    base = environment.get("XDG_CONFIG_HOME")
    # The XDG specification wants a relative value to be ignored.
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".config") / "custody"
