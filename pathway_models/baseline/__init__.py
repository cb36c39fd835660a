"""Drivers without levers: growth laws and their fits."""
