"""Levers as sliders in a browser."""
