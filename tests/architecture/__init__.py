"""The rules of the house, held by machine: packaging, imports, size, hygiene."""
