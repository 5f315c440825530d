"""Lawful erasure: what it reaches, and the proof that nothing is left."""
