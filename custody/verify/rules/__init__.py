"""The custody rules: one pure reducer, the table that it follows, and what it sees of a ledger (step 7)."""
