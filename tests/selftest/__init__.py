"""The self test: what it notices, and what it says it can't."""
