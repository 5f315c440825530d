"""Packing evidence, records and proofs for the road, and unpacking them safely."""
