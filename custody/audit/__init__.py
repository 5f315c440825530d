"""The auditor's replay: every entry read again, everything that follows from it computed again and compared."""
