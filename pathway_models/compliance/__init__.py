"""Held against indicator systems: met, not met, or cannot say."""
