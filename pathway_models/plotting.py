"""Figures: one style, English or Chinese, every one with the mark of an invented park in its title."""

from typing import Any

from pathway_models.core import look_up

_HOME = {
    "abatement_curve": "decisions.figures",
    "agreement": "reproduction.figures",
    "all_parks": "fleet.figures",
    "cobenefit_coordinates": "cobenefits.figures:coordinates",
    "cobenefits": "cobenefits.figures:over_years",
    "compare": "pathways.driver_figures",
    "cost_front": "decisions.figures",
    "data_detail": "inventory.figures",
    "decomposition": "pathways.driver_figures",
    "describe_all_parks": "fleet.sentences",
    "describe_fan": "pathways.sentences",
    "describe_inventory": "pathways.sentences",
    "describe_peak_years": "pathways.sentences",
    "describe_sources": "pathways.sentences",
    "dots": "reproduction.figures",
    "doubt": "pathways.driver_figures",
    "drivers": "decisions.figures",
    "effect_bars": "reproduction.figures",
    "error_rates": "hindcast.figures",
    "fan": "pathways.figures",
    "fans": "pathways.figures",
    "fleet_coverage": "fleet.figures:coverage",
    "fleet_distances": "fleet.figures:distances",
    "fleet_packages": "fleet.figures:with_packages",
    "fleet_shares": "fleet.figures:shares",
    "fleet_total": "fleet.figures:total",
    "forecast_calibration": "hindcast.figures:calibration",
    "forecast_coverage": "hindcast.figures:coverage",
    "forecast_origins": "hindcast.figures:origins",
    "forecast_skill": "hindcast.figures:skill",
    "gaps": "gaps.figures",
    "intensity_beside": "reproduction.figures",
    "inventory": "pathways.figures",
    "known_then": "reproduction.figures",
    "measure_first": "decisions.figures",
    "nowcast": "nowcast.figures",
    "overrides": "pathways.driver_figures",
    "peak_reliability": "hindcast.figures",
    "peak_years": "peaks.figures",
    "peak_years_beside": "reproduction.figures",
    "plan_comparison": "tracking.figures",
    "replayed": "tracking.figures",
    "save": "figures.canvas",
    "scenario_paths": "reproduction.figures",
    "settings_scatter": "reproduction.figures",
    "sources": "pathways.figures",
    "verdict_grid": "reproduction.figures",
    "wedges": "decisions.figures",
    "year_by_year": "reproduction.figures",
    "years_gained": "decisions.figures",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    return look_up(__name__, _HOME, name)


def __dir__() -> list[str]:
    return __all__
