"""Many parks as one: totals, benchmarking, budgets."""
