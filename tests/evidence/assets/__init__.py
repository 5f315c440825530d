"""Answers of nodes made into proofs, and secrets kept out."""
