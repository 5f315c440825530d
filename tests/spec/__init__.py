"""What the specification says is what the code does: its examples, tables and lists of codes."""
