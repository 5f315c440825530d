"""The demonstration: two ledgers, one story, and eight ways to cheat that are found."""
