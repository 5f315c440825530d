"""Tests of every layer; `python -m pytest` from the top of the repository."""
