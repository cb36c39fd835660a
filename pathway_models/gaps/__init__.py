"""Distance of every member from every target."""
