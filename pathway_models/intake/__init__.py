"""The door: the only room that opens data files.  Everything is checked here, all faults together."""
