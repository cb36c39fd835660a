"""Toolkit for run folders: members, provenance, stored results."""
