"""Compliance with indicator systems: met, not met, or cannot say."""
