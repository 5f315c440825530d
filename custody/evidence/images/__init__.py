"""Forensic images: which files make one up, what is wrong with them, and the medium inside."""
