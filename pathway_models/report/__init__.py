"""Delivery: the special report a park hands in and its audit workbook, from one content in four formats."""
