"""The one write path: rules asked, entries linked, tiles, proofs and the subject index."""
