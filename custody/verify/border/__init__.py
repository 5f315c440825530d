"""What other ledgers say: letters, receipts, bundles within, and what binds the reader (steps 9 and 11)."""
