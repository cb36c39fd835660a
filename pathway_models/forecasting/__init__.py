"""The baseline: how drivers go on without levers, with errors measured on real history."""
