"""Park tables as CSV."""
