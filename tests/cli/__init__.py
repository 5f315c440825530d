"""Tests of the command line: scripts as data, and the promises that hold for every command."""
