"""When do an industrial park's CO2 emissions peak, how sure are we, what brings the peak before 2030?

The names below are the package's public face; each is imported when it is first used, so that
``import pathway_models`` and the command line start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "read_park": "intake.parks",
    "read_register": "intake.register",
    "read_levers": "intake.library",
    "read_scenarios": "intake.library",
    "examine_workbook": "intake.examination",
    "write_template": "intake.template",
    "take_inventory": "accounting.inventory",
    "indicators": "accounting.indicators",
    "ledger_rows": "accounting.ledger",
    "sample": "projection.sampling",
    "project": "projection.projecting",
    "find_peaks": "findings.peaks",
    "decompose_past": "findings.decomposition",
    "decoupling": "findings.decomposition",
    "judge": "findings.judging",
    "observed_peaks": "findings.judging",
    "write_results": "running.results",
    "reproduce": "findings.reproduction",
    "reproduce_all": "findings.reproduction",
    "compare_with_published": "findings.reproduction",
    "read_study": "intake.published",
    "attribute": "findings.attribution",
    "cheapest_package": "findings.packages",
    "abatement_costs": "findings.macc",
    "package_cost": "findings.package_costs",
    "carbon_exposure": "findings.package_costs",
    "sobol": "findings.sensitivity",
    "given_data": "findings.sensitivity",
    "discover": "findings.sensitivity",
    "worth_knowing": "findings.information",
    "problem": "findings.adapters",
    "to_ema": "findings.adapters",
    "respect": "findings.assets",
    "read_costs": "intake.costs",
    "read_assets": "intake.assets",
    "read_correlations": "intake.correlations",
    "read_panel": "intake.panels",
    "read_series": "intake.series",
    "lever_grid": "records.grids",
    "correlate": "projection.correlating",
    "plotting": "presenting.plotting",
    "tables": "presenting.tables",
    "sentences": "presenting.sentences",
}
__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"pathway_models has no {name!r}; there are {', '.join(_HOME)}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return module if _HOME[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
