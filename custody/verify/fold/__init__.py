"""Entries, in order, become a state: who signed, with which standing, and what the rules made of it (steps 5 to 7)."""
