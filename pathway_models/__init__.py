"""When do an industrial park's CO2 emissions peak, how sure are we, what brings the peak before 2030?

The names below are the package's public face; each is imported when it is first used, so that
``import pathway_models`` and the command line start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

_HOME = {
    "read_park": "intake.parks",
    "read_register": "intake.register",
    "read_assumptions": "intake.assumptions",
    "with_law": "forecasting.park_laws",
    "read_levers": "intake.library",
    "read_scenarios": "intake.library",
    "examine_workbook": "intake.examination",
    "examine_park": "intake.parks",
    "write_template": "intake.template",
    "take_inventory": "accounting.inventory",
    "indicators": "accounting.indicators",
    "ledger_rows": "accounting.ledger",
    "sample": "projection.sampling",
    "project": "projection.projecting",
    "survey": "findings.outlook",
    "find_peaks": "findings.peaks",
    "gaps": "findings.gap_analysis",
    "decompose_past": "findings.decomposition",
    "decoupling": "findings.decomposition",
    "closure": "findings.closing",
    "told_coarsely": "findings.detail",
    "judge": "findings.judging",
    "observed_peaks": "findings.judging",
    "write_results": "running.results",
    "run_tables": "running.tables",
    "open_run": "running.store",
    "reproduce": "findings.reproduction",
    "reproduce_all": "findings.reproduction",
    "compare_with_published": "findings.reproduction",
    "read_study": "intake.published",
    "attribute": "findings.attribution",
    "cheapest_package": "findings.packages",
    "abatement_costs": "findings.macc",
    "package_fleet": "findings.fleet_packages",
    "project_fleet": "findings.together",
    "read_fleet": "findings.fleet_members",
    "read_fleets": "findings.fleet_members",
    "given_parks": "running.fleet_store",
    "stored_fleet": "running.fleet_store",
    "stored_fleets": "running.fleet_store",
    "package_cost": "findings.package_costs",
    "carbon_exposure": "findings.package_costs",
    "cobenefits": "findings.cobenefit_scenarios",
    "lever_cobenefits": "findings.cobenefit_levers",
    "guard": "findings.guarding",
    "guard_results": "findings.guarding",
    "compare": "findings.comparing",
    "sobol": "findings.sensitivity",
    "given_data": "findings.sensitivity",
    "discover": "findings.sensitivity",
    "worth_knowing": "findings.information",
    "problem": "findings.adapters",
    "to_ema": "findings.adapters",
    "plan_assets": "findings.assets",
    "respect": "findings.assets",
    "track": "findings.tracking",
    "fleet_total": "findings.fleets",
    "share_budget": "findings.budgets",
    "read_costs": "intake.costs",
    "read_pollutants": "intake.pollutants",
    "read_assets": "intake.assets",
    "read_correlations": "intake.correlations",
    "read_plans": "intake.plans",
    "with_plans": "intake.plans",
    "without_plans": "intake.plans",
    "set_aside": "records.park",
    "plan_effects": "findings.planning",
    "read_panel": "intake.panels",
    "read_hindcasts": "intake.hindcasts",
    "read_targets": "intake.targets",
    "Budget": "records.gaps",
    "Target": "records.gaps",
    "read_series": "intake.series",
    "lever_grid": "records.grids",
    "correlate": "projection.correlating",
    "to_iamc": "presenting.exports",
    "to_pyam": "presenting.exports",
    "to_tidy": "presenting.exports",
    "plotting": "presenting.plotting",
    "tables": "presenting.tables",
    "sentences": "presenting.sentences",
}
__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"pathway_models has no {name!r}; there are {', '.join(_HOME)}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    # A home that ends in the name is the thing itself where it holds nothing of that name (``pw.plotting``).
    return getattr(module, name, module) if _HOME[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
