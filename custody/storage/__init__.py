"""Where entries and files lie: tables behind one contract, and the content-addressed store."""
