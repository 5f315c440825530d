"""Tests of lists of digests and logs of acquisitions."""
