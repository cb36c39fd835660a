"""Delivery: the special report that a park submits and its audit workbook, one content in four formats."""
