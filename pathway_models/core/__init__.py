"""Errors, units, arrays and files: what every room above leans on."""

__version__ = "0.2.0"
