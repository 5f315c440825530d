"""Verifying, auditing and re-hashing, and the trust they start from."""
