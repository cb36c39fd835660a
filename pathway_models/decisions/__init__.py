"""Cheapest packages, costs, attribution and sensitivity."""
