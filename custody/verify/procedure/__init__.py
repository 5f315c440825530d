"""Procedural defects: what a profile asks for and the record lacks, and what explains it (step 12)."""
