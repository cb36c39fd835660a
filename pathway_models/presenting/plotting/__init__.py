"""Figures: one style, English or Chinese, every one with the mark of an invented park in its title."""

from pathway_models.presenting.plotting.drivers import compare, decomposition
from pathway_models.presenting.plotting.fan import fan, fans
from pathway_models.presenting.plotting.fleet import all_parks
from pathway_models.presenting.plotting.gaps import gaps
from pathway_models.presenting.plotting.overrides import overrides
from pathway_models.presenting.plotting.peak_years import peak_years
from pathway_models.presenting.plotting.saving import save
from pathway_models.presenting.plotting.stacks import inventory, sources
from pathway_models.presenting.sentences import (
    describe_all_parks,
    describe_fan,
    describe_inventory,
    describe_peak_years,
    describe_sources,
)

__all__ = [
    "all_parks",
    "compare",
    "decomposition",
    "describe_all_parks",
    "describe_fan",
    "describe_inventory",
    "describe_peak_years",
    "describe_sources",
    "fan",
    "fans",
    "gaps",
    "inventory",
    "overrides",
    "peak_years",
    "save",
    "sources",
]
