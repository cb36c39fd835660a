"""Forecasts of the past: how often the baseline was right."""
