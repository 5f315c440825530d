"""What the bytes are: types, limits and encodings of every record; no I/O, no keys, no clock."""
