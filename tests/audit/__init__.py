"""The auditor's replay: honest ledgers pass, and every attack is found at its place."""
