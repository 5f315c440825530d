"""Vectors that others made, read from the folder that CUSTODY_VECTORS names."""

import os
from pathlib import Path

import pytest


def vector(name: str) -> Path:
    """Return a file among the third-party vectors, or skip the test where there is none."""
    folder = os.environ.get("CUSTODY_VECTORS")
    if not folder:
        pytest.skip("CUSTODY_VECTORS absent")
    return Path(folder) / name
