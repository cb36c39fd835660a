"""Drivers without levers: growth laws, plans, bridges and the future of the grid."""
