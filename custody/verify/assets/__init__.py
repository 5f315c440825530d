"""Assets on public chains: what was seen of them, and what became of a freeze (within step 9)."""
