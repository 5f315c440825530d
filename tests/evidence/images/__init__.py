"""Tests of forensic images, forged here so that every kind of damage can be planted."""
