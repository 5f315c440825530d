"""Tests of custody.evidence.collected."""
