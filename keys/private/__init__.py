"""Keeping private keys: key files under a passphrase, unlocked sessions, making signatures."""
