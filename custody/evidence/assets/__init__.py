"""Digital assets: answers of nodes made into proofs, and secrets kept out of every record."""
