"""Emission pathways: figures, tables and sentences of an ensemble."""
