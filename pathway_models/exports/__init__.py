"""Results for other programs: IAMC tables, a tidy table, a Data Package."""

from __future__ import annotations

from pathway_models.exports.codelists import write_project
from pathway_models.exports.datapackage import write_datapackage
from pathway_models.exports.iamc import Found, to_iamc, to_pyam, write_iamc
from pathway_models.exports.tidy import member_table, to_tidy

__all__ = ["Found", "member_table", "to_iamc", "to_pyam", "to_tidy", "write_datapackage", "write_iamc", "write_project"]
