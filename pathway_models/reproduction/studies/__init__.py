"""Published studies computed again, one file a study."""
