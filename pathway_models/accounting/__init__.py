"""From a park to its inventory."""
