"""Published estimates computed again, with verdicts."""
