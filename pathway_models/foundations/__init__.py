"""What everything rests on: errors, units and the names of the axes."""
