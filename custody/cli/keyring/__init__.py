"""Keys on this machine: found, unlocked, made, renewed."""
