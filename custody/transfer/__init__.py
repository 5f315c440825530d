"""Across the border: requests, letters, consents, certificates and deadlines, between authorities."""
