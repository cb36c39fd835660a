"""Provincial CO2 after the last inventory: estimated from activity, scored, given to the baseline as a bridge."""
