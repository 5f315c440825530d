"""Key files, paper keys, sessions and making signatures."""
