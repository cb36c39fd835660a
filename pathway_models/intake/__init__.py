"""Data files in, checked records out; the only room that opens them."""
