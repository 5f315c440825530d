"""Proofs of public chains: readers, tries, headers, and what a proof may not show."""
