"""The actions of levers: one file each, found by name in `register`."""
