"""Toolkit for drawing: style, canvas, marks."""
