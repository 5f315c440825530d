"""What the verifier core must accept, and all that it must refuse."""
