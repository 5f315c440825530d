"""Assets: secrets that are refused, and proofs as nodes answer them."""
