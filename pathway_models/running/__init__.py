"""Running parks in batch and from the command line."""
