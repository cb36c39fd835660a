"""Every park by one command: jobs, workers, results, summary."""
