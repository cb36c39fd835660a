"""Air pollutants beside CO2."""
