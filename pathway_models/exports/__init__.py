"""Results for other programs: IAMC tables, a tidy table, a Data Package."""
