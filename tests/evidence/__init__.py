"""Intake of evidence: reading, storing, checking, lists."""
