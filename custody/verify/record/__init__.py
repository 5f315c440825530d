"""The record as a bundle carries it: bag, entries, checkpoint, tree, nothing left out (steps 1, 2, 4, 8)."""
