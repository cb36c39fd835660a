"""Findings in words, each computed from the numbers it speaks of, in English and Chinese."""

from typing import Any

from pathway_models.core import look_up

_HOME = {
    "account_totals": "pathways.sentences",
    "all_parks": "fleet.sentences",
    "balance_checks": "inventory.sentences",
    "cannot_act_here": "pathways.sentences",
    "capture": "pathways.sentences",
    "cobenefits": "cobenefits.tables:describe",
    "data_detail": "inventory.sentences",
    "decision": "decisions.sentences:describe",
    "decomposition": "pathways.sentences",
    "decoupled": "pathways.sentences",
    "describe_all_parks": "fleet.sentences",
    "describe_assets": "decisions.sentences",
    "describe_bands": "fleet.sentences",
    "describe_basis": "cobenefits.tables",
    "describe_benchmark": "fleet.sentences",
    "describe_contributions": "decisions.sentences",
    "describe_costs": "cobenefits.tables",
    "describe_coverage": "fleet.sentences",
    "describe_curve": "decisions.sentences",
    "describe_drivers": "decisions.sentences",
    "describe_economics": "decisions.tables",
    "describe_exposure": "decisions.sentences",
    "describe_fan": "pathways.sentences",
    "describe_front": "decisions.sentences",
    "describe_groups": "fleet.sentences",
    "describe_inventory": "pathways.sentences",
    "describe_largest": "fleet.sentences",
    "describe_levers": "cobenefits.tables",
    "describe_packages": "fleet.sentences",
    "describe_peak_years": "pathways.sentences",
    "describe_rule": "decisions.sentences",
    "describe_shares": "fleet.sentences",
    "describe_sources": "pathways.sentences",
    "describe_standards": "fleet.sentences",
    "describe_total": "fleet.sentences",
    "describe_worth": "decisions.sentences",
    "describe_years": "decisions.sentences",
    "detail": "pathways.sentences",
    "doubt": "pathways.sentences",
    "dual_reporting": "inventory.sentences",
    "factor_choices": "inventory.sentences",
    "fleet_headline": "fleet.sentences:headline",
    "first_steps": "fleet.answers:first_sentence",
    "forecast_calibration": "hindcast.sentences:calibration",
    "forecast_combination": "hindcast.sentences:combination",
    "forecast_coverage": "hindcast.sentences:coverage",
    "forecast_inside": "hindcast.sentences:inside",
    "forecast_peaks": "hindcast.sentences:peaks",
    "forecast_skill": "hindcast.sentences:skill",
    "forecast_turn": "hindcast.sentences:turn",
    "gap": "gaps.sentences",
    "heading": "pathways.sentences",
    "indicator_note": "inventory.sentences",
    "inventory": "pathways.sentences",
    "late": "gaps.sentences",
    "median_path": "peaks.sentences",
    "missing_data": "inventory.sentences",
    "most_helpful": "pathways.sentences",
    "notes": "pathways.sentences",
    "observed_peaks": "hindcast.sentences:observed",
    "order_of_peaks": "peaks.sentences",
    "peak": "peaks.sentences",
    "plans": "pathways.sentences",
    "probability": "peaks.sentences",
    "quality": "inventory.sentences",
    "replay_sentence": "tracking.annual_report",
    "report_card": "hindcast.sentences",
    "sectors": "pathways.sentences",
    "sources": "pathways.sentences",
    "spread": "peaks.sentences",
    "waiting": "fleet.sentences",
    "year_against_plan": "tracking.annual_report:answer",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    return look_up(__name__, _HOME, name)


def __dir__() -> list[str]:
    return __all__
