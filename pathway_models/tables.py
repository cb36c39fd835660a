"""Tables for people (`display`) and the summary for scripts (`summary`)."""

from typing import Any

from pathway_models.core import look_up

_HOME = {
    "abatement": "decisions.tables",
    "balance_checks": "inventory.tables",
    "chances": "pathways.tables",
    "cheaper_if": "decisions.tables",
    "cobenefit_basis": "cobenefits.tables:basis",
    "cobenefit_coordinates": "cobenefits.tables:coordinates",
    "cobenefits": "cobenefits.tables:scenarios",
    "compare": "pathways.tables",
    "comparison": "decisions.tables",
    "CONTRACT": "runs.tables",
    "contributions": "decisions.tables",
    "costs": "decisions.tables",
    "data_detail": "inventory.tables",
    "decomposition": "pathways.tables",
    "deviations": "tracking.annual_report",
    "dual_reporting": "inventory.tables",
    "equipment": "cobenefits.tables",
    "factor_choices": "inventory.tables",
    "factors": "pathways.tables",
    "first_steps": "decisions.tables",
    "fleet_bands": "fleet.tables:bands",
    "fleet_packages": "fleet.tables:packages",
    "fleet_ranking": "fleet.tables:ranking",
    "fleet_shares": "fleet.tables:shares",
    "fleet_standards": "fleet.tables:standards",
    "fleet_totals": "fleet.tables:totals",
    "forecasts": "tracking.annual_report",
    "gap_rows": "gaps.sentences",
    "gaps": "gaps.sentences",
    "indicator_table": "inventory.tables",
    "indispensable": "decisions.tables",
    "inventory": "pathways.tables",
    "levers": "pathways.tables",
    "measure_first": "decisions.tables",
    "missing_data": "inventory.tables",
    "overrides": "pathways.tables",
    "own_plant": "compliance.tables",
    "package_economics": "decisions.tables",
    "packages": "decisions.tables",
    "parks": "fleet.totals",
    "peaks": "pathways.tables",
    "projects": "pathways.tables",
    "quality": "inventory.tables",
    "read_summary": "runs.tables",
    "readings": "pathways.tables",
    "report_card": "hindcast.matching",
    "statuses": "pathways.tables",
    "summarise_parks": "fleet.totals",
    "summary_rows": "fleet.totals",
    "targets": "tracking.annual_report",
    "typed": "runs.tables",
    "unit_costs": "cobenefits.tables",
    "year_number": "fleet.totals",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    return look_up(__name__, _HOME, name)


def __dir__() -> list[str]:
    return __all__
