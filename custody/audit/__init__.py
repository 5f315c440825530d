"""Replay of a whole ledger at full speed."""
