"""The write path: tiles, proofs, the index."""
