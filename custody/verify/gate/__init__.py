"""The consent gate: what may leave for another country, and what that rests on (step 11)."""
