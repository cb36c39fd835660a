"""Words and rounding in both languages."""
