"""A second verifier, written from the specification alone, and its agreement with the first."""
