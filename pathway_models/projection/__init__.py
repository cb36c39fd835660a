"""Sampling and projecting: records and draws in, pathways out."""
