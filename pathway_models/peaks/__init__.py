"""Peak years of members and of observed series."""
