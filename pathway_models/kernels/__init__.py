"""Arithmetic on arrays: NumPy only, no tables, no files."""
