"""When do an industrial park's CO2 emissions peak, how sure are we, what brings the peak before 2030?

The names below are the package's public face; each is imported when it is first used, so that
``import pathway_models`` and the command line start at once.
"""

import sys
from types import ModuleType
from typing import Any

from pathway_models.core import __version__, look_up

_HOME = {
    "read_park": "intake.parks",
    "read_register": "intake.register",
    "read_assumptions": "intake.assumptions",
    "with_law": "hindcast.park_laws",
    "read_levers": "intake.library",
    "read_scenarios": "intake.library",
    "examine_workbook": "intake.examination",
    "examine_park": "intake.parks",
    "write_template": "intake.workbook.template",
    "take_inventory": "inventory.accounts",
    "indicators": "inventory.indicators",
    "ledger_rows": "inventory.accounts",
    "doubt": "pathways.plan_effects",
    "doubts": "pathways.plan_effects",
    "headline": "peaks.finding",
    "sample": "engine.sampling",
    "project": "engine.projecting",
    "survey": "engine.ensemble_summary",
    "find_peaks": "peaks.finding",
    "gaps": "gaps.analysis",
    "decompose_past": "inventory.decomposition",
    "decoupling": "inventory.decomposition",
    "check_balances": "inventory.tables",
    "closure": "inventory.tables",
    "detail_loss": "inventory.decomposition",
    "told_coarsely": "inventory.decomposition",
    "judge": "peaks.judging",
    "nowcast": "nowcast.site_changes",
    "growth": "peaks.judging",
    "decouple": "peaks.judging",
    "decompose": "peaks.judging",
    "observed_peaks": "peaks.judging",
    "write_results": "batch.results",
    "run_tables": "batch.running",
    "open_run": "runs.store",
    "reproduce": "reproduction.register",
    "reproduce_all": "reproduction.register",
    "compare_with_published": "reproduction.register",
    "read_study": "intake.published",
    "stirpat_drivers": "baseline.scenario_drivers",
    "attribute": "decisions.attribution",
    "first_steps": "decisions.attribution",
    "answer": "batch.answer_card",
    "cheapest_package": "decisions.cheapest_package",
    "abatement_costs": "decisions.attribution",
    "package_fleet": "fleet.packages",
    "project_fleet": "fleet.totals",
    "read_fleet": "fleet.totals",
    "read_fleets": "fleet.totals",
    "given_parks": "fleet.totals",
    "stored_fleet": "fleet.totals",
    "stored_fleets": "fleet.totals",
    "package_cost": "decisions.package_cost",
    "carbon_exposure": "decisions.package_cost",
    "comply": "compliance.judging",
    "carbon_budget": "compliance.carbon_costs",
    "value_investments": "decisions.investments",
    "read_investments": "intake.plans.investments",
    "read_account": "intake.rules",
    "read_profile": "intake.rules",
    "take_account": "inventory.accounts",
    "bridge_accounts": "inventory.accounts",
    "cobenefits": "cobenefits.scenarios",
    "lever_cobenefits": "cobenefits.scenarios",
    "guard": "guard.result_checks",
    "guard_results": "guard.result_checks",
    "compare": "guard.comparing",
    "sobol": "decisions.sensitivity",
    "given_data": "decisions.sensitivity",
    "discover": "decisions.sensitivity",
    "worth_knowing": "decisions.sensitivity",
    "problem": "decisions.sensitivity",
    "to_ema": "decisions.sensitivity",
    "plan_assets": "decisions.investments",
    "respect": "decisions.investments",
    "track": "tracking.updating",
    "fleet_total": "fleet.totals",
    "share_budget": "fleet.packages",
    "read_costs": "intake.costs",
    "read_pollutants": "intake.pollutants",
    "read_assets": "intake.parks",
    "read_correlations": "intake.assumptions",
    "read_plans": "intake.plans.reading",
    "with_plans": "intake.plans.reading",
    "without_plans": "intake.plans.reading",
    "set_aside": "records.park",
    "plan_effects": "pathways.plan_effects",
    "read_panel": "intake.panels",
    "read_hindcasts": "intake.panels",
    "read_targets": "intake.rules",
    "Budget": "records.gaps",
    "Target": "records.plans",
    "read_series": "intake.panels",
    "lever_grid": "records.levers",
    "correlate": "engine.sampling",
    "to_iamc": "exports.iamc",
    "to_pyam": "exports.iamc",
    "to_tidy": "exports.tidy",
    "Markdown": "documents.markup",
    "plotting": "plotting",
    "tables": "tables",
    "sentences": "sentences",
    "band_coverage": "fleet.band_coverage",
    "benchmark": "fleet.benchmarking",
    "compare_with_standards": "fleet.benchmarking",
    "groups": "fleet.benchmarking",
    "measure_blocks": "decisions.priced_grid",
    "Ensemble": "decisions.sensitivity",
    "evaluate": "decisions.sensitivity:study",
    "single_levers": "cobenefits.scenarios",
    "unit_costs": "cobenefits.scenarios",
    "explore": "explorer.panel",
    "law_named": "baseline.laws.register",
    "Subject": "baseline.windows",
    "latest_runs": "baseline.windows",
    "hindcast_windows": "hindcast.evaluation",
    "answer_scenarios": "reproduction.comparison",
    "drive": "reproduction.comparison",
    "tabled_scenarios": "reproduction.comparison",
    "up_to": "tracking.records",
    "replay": "tracking.replay",
    "plausibility": "reproduction.plausibility",
    "read_templates": "intake.published",
    "required_rates": "reproduction.studies.gilligan2024",
    "pace": "reproduction.studies.gilligan2024",
}
__all__ = [*_HOME, "__version__"]


class _Face(ModuleType):
    """The package as a module whose functions keep their names although three rooms are called the same."""

    def __getattr__(self, name: str) -> Any:
        return look_up(__name__, _HOME, name)

    def __dir__(self) -> list[str]:
        return sorted(__all__)


def _function(name: str) -> property:
    """Keep a public function where importing the room of its name would put the room in its place.

    ``import pathway_models.gaps.analysis`` binds ``gaps`` to the room; the setter drops that, and rooms are still
    imported by their full paths.
    """
    return property(lambda face: look_up(__name__, _HOME, name), lambda face, room: None)


for _name in ("cobenefits", "gaps", "guard", "nowcast"):
    setattr(_Face, _name, _function(_name))
sys.modules[__name__].__class__ = _Face
