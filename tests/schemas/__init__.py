"""Records: one spelling each."""
