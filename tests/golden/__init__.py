"""Bundles of version 1 as they were when version 1 was fixed. They are never made anew: they must verify for ever."""
