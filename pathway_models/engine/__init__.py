"""From draws to pathways: sampling, projection, packages of levers."""
