"""Figures: one style, English or Chinese, every one with the mark of an invented park in its title."""

from typing import Any

from pathway_models.core.lazy import look_up

_HOME = {
    "all_parks": "fleet.figures",
    "compare": "pathways.driver_figures",
    "decomposition": "pathways.driver_figures",
    "describe_all_parks": "fleet.sentences",
    "describe_fan": "pathways.sentences",
    "describe_inventory": "pathways.sentences",
    "describe_peak_years": "pathways.sentences",
    "describe_sources": "pathways.sentences",
    "doubt": "pathways.driver_figures",
    "fan": "pathways.figures",
    "fans": "pathways.figures",
    "gaps": "gaps.figures",
    "inventory": "pathways.figures",
    "nowcast": "nowcast.figures",
    "overrides": "pathways.driver_figures",
    "peak_years": "peaks.figures",
    "save": "figures.canvas",
    "sources": "pathways.figures",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    return look_up(__name__, _HOME, name)


def __dir__() -> list[str]:
    return __all__
