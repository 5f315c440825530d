"""Lists of digests and logs of acquisitions, as other tools write them, held against what was read."""
