"""Settings of all tests: what hypothesis tries is the same in every run, so a failure is found again."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("custody", derandomize=True, deadline=None, database=None)
settings.load_profile("custody")
