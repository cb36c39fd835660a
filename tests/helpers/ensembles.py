"""Small ensembles with known answers, for the tests of figures, tables and sentences."""

import numpy as np

from pathway_models.peaks.finding import find_peaks
from pathway_models.records.pathways import SOURCES, Pathways

YEARS = np.arange(2016, 2061)
OBSERVED = 2020


def pathways_of(totals, park_id="region-d", until=2060, **sources):
    """Pathways whose coal is ``totals[scenario]`` of (member, year) or (year,); other sources by name, likewise."""
    years = np.arange(YEARS[0], until + 1)
    coal = {name: np.atleast_2d(np.asarray(values, float))[:, : years.size] for name, values in totals.items()}
    members = next(iter(coal.values())).shape[0]
    emissions = np.zeros((len(coal), members, len(SOURCES), years.size))
    for at, (name, values) in enumerate(coal.items()):
        emissions[at, :, list(SOURCES).index("coal")] = values
        for source, by_scenario in sources.items():
            emissions[at, :, list(SOURCES).index(source)] = by_scenario.get(name, 0.0)
    memo_items = {"sinks": np.zeros((len(coal), members, years.size))}
    without = emissions[list(coal).index("bau")].sum(axis=1) if "bau" in coal else None
    about = (park_id, tuple(coal), tuple(SOURCES), years, OBSERVED, emissions, memo_items, 1)
    return Pathways(*about, without_measures=without)


def hill(peak_year, height=1e7, slope=0.02):
    """A path that rises to its peak year and falls after it, tCO2/yr."""
    return height * (1 - slope * np.abs(YEARS - peak_year))


def rising(height=1e7):
    """A path that still rises at the horizon."""
    return height * (1 + 0.02 * (YEARS - YEARS[0]))


def mixture(*parts):
    """Members of several kinds: pairs of how many and the path."""
    return np.concatenate([np.tile(path, (count, 1)) for count, path in parts])


def peaks_of(totals, **more):
    """Peaks of such pathways."""
    return find_peaks(pathways_of(totals, **more))
