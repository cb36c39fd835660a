"""What is known of a record at its last year: growth, noise, size, income and its growth.

One list serves every level.  What a panel does not tell (income of a site, sites of a country) is NaN and says nothing.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pathway_models.kernels.growth import bridge_gaps
from pathway_models.records.growth_laws import History

Floats = NDArray[np.float64]

#: Columns of panels that are features beside the record itself.
GDP, POPULATION, SITES = "gdp_million_usd_2015", "population", "sites"
COVARIATES = (GDP, POPULATION, SITES)
#: Features of the centre and of the scale, in the order of their arrays.
CENTRE = (
    "recent growth", "mean growth", "last change", "gap below maximum", "income", "income squared",
    "recent growth x income", "GDP growth", "GDP growth x income", "population growth", "CO2 per head", "no GDP",
    "size",
)  # fmt: skip
SCALE = (
    "log median change", "log sd of changes", "largest change", "size", "log length", "income", "income squared",
    "population growth", "log sites",
)  # fmt: skip
#: Weight of a yearly change relative to the next younger one.
RECENCY = 0.7
#: Change a year below which a record counts as still: it keeps logs of noise finite.
STILL = 0.002


def features(history: History) -> tuple[Floats, Floats]:
    """Compute the features of centre and scale: (window, `CENTRE`) and (window, `SCALE`).

    Years set aside lend no growth; noise, level and maximum are those of all years.
    """
    logs, steady = _records(history)
    growth = np.diff(steady, axis=-1)
    weights = RECENCY ** np.arange(growth.shape[-1] - 1.0, -1.0, -1.0)
    recent = growth @ (weights / weights.sum())
    changes = np.diff(logs, axis=-1)
    size, level = _size(history), logs[:, -1]
    gdp, population = (_column(history.covariates, name, logs.shape) for name in (GDP, POPULATION))
    income = last_of(gdp - population)
    economy, people = growth_of(gdp), growth_of(population)
    centre = np.stack([
        recent, growth.mean(axis=-1), growth[:, -1], logs.max(axis=-1) - level, income, income**2,
        recent * income, economy, economy * income, people, size - last_of(population),
        np.where(np.isfinite(income), 0.0, 1.0), size,
    ], axis=-1)  # fmt: skip
    about = np.abs(changes - np.median(changes, axis=-1, keepdims=True))
    scale = np.stack([
        np.log(np.median(np.abs(changes), axis=-1) + STILL), np.log(changes.std(axis=-1) + STILL),
        np.log(about.max(axis=-1) + STILL), size, np.full(len(logs), np.log(logs.shape[-1])), income, income**2,
        people, last_of(_column(history.covariates, SITES, logs.shape)),
    ], axis=-1)  # fmt: skip
    return centre, scale


def _records(history: History) -> tuple[Floats, Floats]:
    """Return the logs of all years, and those of the years that lend growth: gaps bridged, ends cut off."""
    logs, kept = np.asarray(history.log_history, dtype=float), history.kept
    if kept is None or kept.all():
        return logs, logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    steady = bridge_gaps(np.where(kept, logs, np.nan)[:, first : last + 1])
    filled = np.concatenate([
        steady[:, :1].repeat(first, -1), steady, steady[:, -1:].repeat(logs.shape[-1] - 1 - last, -1)
    ], axis=-1)  # fmt: skip
    return np.where(np.isfinite(logs), logs, filled), steady


#: Column that says the log of emissions where the record itself is a deviation.
SIZE = "emissions_tco2"


def _size(history: History) -> Floats:
    """Log of emissions in the last year; of the record itself where it is no deviation."""
    logs = history.covariates.get(SIZE, history.log_history)
    return np.asarray(logs, dtype=float)[:, -1]


def _column(covariates: Mapping[str, Floats], name: str, shape: tuple[int, ...]) -> Floats:
    found = covariates.get(name)
    return np.full(shape, np.nan) if found is None else np.asarray(found, dtype=float)


def last_of(logs: Floats) -> Floats:
    """Last known value of every record: (window,); NaN where none is known."""
    known = np.isfinite(logs)
    place = logs.shape[-1] - 1 - np.argmax(known[:, ::-1], axis=-1)
    return np.where(known.any(axis=-1), logs[np.arange(len(logs)), place], np.nan)


def growth_of(logs: Floats) -> Floats:
    """Mean change between years that are both known: (window,); NaN where there are none."""
    changes = np.diff(logs, axis=-1)
    known = np.isfinite(changes)
    count = known.sum(axis=-1)
    return np.where(count > 0, np.where(known, changes, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)
