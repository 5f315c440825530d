"""Tests of what crosses borders: requests, letters, consents, certificates, deadlines."""
