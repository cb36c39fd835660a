"""Toolkit for typesetting: Word, PDF, HTML, tables of text."""
