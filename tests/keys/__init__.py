"""Signatures, notes, policies, and keeping private keys."""
