"""A new year of data against the forecast made without it."""
