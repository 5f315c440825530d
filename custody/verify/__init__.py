"""Does it all hold together: bytes, trust and a time in, a report out; no files, network or clock."""
