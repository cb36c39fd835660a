"""Emission factors, energy contents, their spread, and fitted parameters."""
