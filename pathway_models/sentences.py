"""Findings in words, each computed from the numbers it speaks of, in English and Chinese."""

from typing import Any

from pathway_models.core.lazy import look_up

_HOME = {
    "account_totals": "pathways.sentences",
    "all_parks": "fleet.sentences",
    "cannot_act_here": "pathways.sentences",
    "capture": "pathways.sentences",
    "decomposition": "pathways.sentences",
    "decoupled": "pathways.sentences",
    "describe_all_parks": "fleet.sentences",
    "describe_fan": "pathways.sentences",
    "describe_inventory": "pathways.sentences",
    "describe_peak_years": "pathways.sentences",
    "describe_sources": "pathways.sentences",
    "detail": "pathways.sentences",
    "doubt": "pathways.sentences",
    "gap": "gaps.sentences",
    "heading": "pathways.sentences",
    "inventory": "pathways.sentences",
    "late": "gaps.sentences",
    "median_path": "peaks.sentences",
    "most_helpful": "pathways.sentences",
    "notes": "pathways.sentences",
    "order_of_peaks": "peaks.sentences",
    "peak": "peaks.sentences",
    "plans": "pathways.sentences",
    "probability": "peaks.sentences",
    "report_card": "hindcast.sentences",
    "sectors": "pathways.sentences",
    "sources": "pathways.sentences",
    "spread": "peaks.sentences",
    "waiting": "fleet.sentences",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    return look_up(__name__, _HOME, name)


def __dir__() -> list[str]:
    return __all__
