"""Who signed: signatures, signed notes and key identities; private keys live in `keys.private`."""
