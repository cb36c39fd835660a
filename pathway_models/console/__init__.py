"""Toolkit for the terminal: language, options, tables."""
