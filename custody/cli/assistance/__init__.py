"""Requests, answers and consents: as letters, and from paper."""
