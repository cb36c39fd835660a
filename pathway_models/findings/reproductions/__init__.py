"""Published studies computed again, one file a study; registered in :mod:`pathway_models.findings.reproduction`."""
