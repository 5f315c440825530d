"""The database, the home, backups, and what a crash leaves of them."""
