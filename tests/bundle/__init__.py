"""Zip, bag and names: what a bundle looks like on the disk, and what a hostile one may not do."""
