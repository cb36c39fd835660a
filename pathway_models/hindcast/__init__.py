"""Hindcasts: forecasts of the past with the outcome hidden, and their scores."""
