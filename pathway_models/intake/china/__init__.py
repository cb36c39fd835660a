"""Reading what is known of China by province and year, and the nowcast fitted to it."""
