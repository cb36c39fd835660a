"""Validates a Data Package, descriptor and every cell of its tables: <datapackage.json>."""

import sys

import frictionless

report = frictionless.validate(sys.argv[1])
print("valid" if report.valid else report.flatten(["type", "rowNumber", "fieldName", "note"])[:10])
