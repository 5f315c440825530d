"""Measures: custody side by side with its peers and with the limits of the machine."""
