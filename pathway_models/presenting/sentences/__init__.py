"""Findings in words, each computed from the numbers it speaks of, in English and Chinese."""

from pathway_models.presenting.sentences.fleet import all_parks, describe_all_parks, waiting
from pathway_models.presenting.sentences.gaps import gap, late
from pathway_models.presenting.sentences.levers import capture, most_helpful
from pathway_models.presenting.sentences.peaks import (
    median_path,
    order_of_peaks,
    peak,
    probability,
    spread,
)
from pathway_models.presenting.sentences.pictures import (
    describe_fan,
    describe_inventory,
    describe_peak_years,
    describe_sources,
)
from pathway_models.presenting.sentences.plans import plans
from pathway_models.presenting.sentences.record import (
    decomposition,
    decoupled,
    detail,
    heading,
    inventory,
    notes,
    sectors,
    sources,
)
from pathway_models.presenting.sentences.report_card import report_card

__all__ = [
    "all_parks",
    "capture",
    "decomposition",
    "decoupled",
    "describe_all_parks",
    "describe_fan",
    "describe_inventory",
    "describe_peak_years",
    "describe_sources",
    "detail",
    "gap",
    "heading",
    "inventory",
    "late",
    "median_path",
    "most_helpful",
    "notes",
    "order_of_peaks",
    "peak",
    "plans",
    "probability",
    "report_card",
    "sectors",
    "sources",
    "spread",
    "waiting",
]
