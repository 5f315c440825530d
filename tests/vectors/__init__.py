"""The vectors of the format: a generator, and the cases that it writes to ``schemas/vectors``."""
