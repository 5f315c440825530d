"""What a public chain proves, offline: bytes in, verdict out. It opens nothing and asks nobody."""
