"""The evidence and the private values that belong to the record: bytes against digests (steps 9 and 10)."""
