"""Checks that every result must pass, and results that change between runs."""
