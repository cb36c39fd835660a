"""Committed projects, given paths of drivers and energy assets beside a park's table."""
