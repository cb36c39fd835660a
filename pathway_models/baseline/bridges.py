"""Years between the last inventory and today, by member: regions by their nowcast, parks by their region's.

Errors of a region are drawn from their measured quantiles, tied over the years by a Gaussian copula.  Member by member
the regions are shifted so that their sum grows as the national account says, give or take its own error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pathway_models.records.nowcast import Nowcast, ParkSpread
from pathway_models.records.park import Park

Floats = NDArray[np.float64]


def raked(change: Floats, weights: Floats, axis: int = -1) -> Floats:
    """Shift log changes of regions so that the weighted sum of their exponentials is one.

    Parameters
    ----------
    change : (..., region, ...)
    weights : broadcasts against it
        Summing to one over regions.
    axis : int
        Axis of the regions.
    """
    return change - np.log(np.sum(weights * np.exp(change), axis=axis, keepdims=True))


def tied(normals: Floats, correlation: Floats) -> Floats:
    """Give independent standard normals, year last, the correlation of the years."""
    return normals @ np.linalg.cholesky(correlation).T


def errors(normals: Floats, probabilities: Floats, quantiles: Floats) -> Floats:
    """Turn standard normals, year last, into errors by the quantiles of each year; none lies beyond the outermost."""
    below = special.ndtr(normals)
    drawn = np.empty(normals.shape)
    for step, values in enumerate(quantiles):
        drawn[..., step] = np.interp(below[..., step], probabilities, values)
    return drawn


def walk_correlation(steps: int) -> Floats:
    """Correlation of a random walk at its steps: (step, step)."""
    at = np.arange(1.0, steps + 1.0)
    return np.sqrt(np.minimum.outer(at, at) / np.maximum.outer(at, at))


def nation_paths(nowcast: Nowcast, normals: Floats) -> Floats:
    """Simulate the log change of the sum of all regions since the last inventory: (member, step).

    Parameters
    ----------
    nowcast : Nowcast
    normals : (member, step)
        Standard normals, the same for all parks.
    """
    # ASSUME: the gap between the sum of the provinces and the national account wanders like a random walk; ten
    # overlapping windows do not tell its correlation.
    drift = tied(normals, walk_correlation(nowcast.years.size))
    return nowcast.nation_change + nowcast.nation_error * drift


def region_paths(nowcast: Nowcast, normals: Floats, nation_normals: Floats) -> Floats:
    """Simulate the log change of every region since the last inventory.

    Parameters
    ----------
    nowcast : Nowcast
    normals : (region, member, step)
        Standard normals, each region its own.
    nation_normals : (member, step)

    Returns
    -------
    (region, member, step)
        Summed over regions, each member's emissions grow as `nation_paths`.
    """
    own = errors(tied(normals, nowcast.correlation), nowcast.probabilities, nowcast.quantiles)
    deviation = raked(nowcast.centre[:, None] + own, nowcast.weights[:, None, None], axis=0)
    return deviation + nation_paths(nowcast, nation_normals)


def park_departures(spread: ParkSpread, normals: Floats) -> Floats:
    """Simulate what a park departs by from nation and region: (member, year), from standard normals of that shape."""
    steps = normals.shape[-1]
    correlated = tied(normals, spread.correlation[:steps, :steps])
    return errors(correlated, spread.probabilities, spread.quantiles[:steps])


def sector_shares(park: Park) -> Floats:
    """Share of each sector in the emissions of the last observed year, of energy where there are none: (sector,)."""
    burnt = (park.energy[..., -1] * park.factors[..., -1]).sum(axis=1)
    for process, output, factor in zip(park.processes, park.outputs, park.process_factors, strict=True):
        burnt[process.sector] += output[-1] * factor[-1]
    found = burnt if (burnt >= 0).all() and burnt.sum() > 0 else park.energy[..., -1].sum(axis=1)
    return found / found.sum() if found.sum() > 0 else np.full(found.size, 1.0 / found.size)


def tilted_sum(tilts: Floats, shares: Floats) -> Floats:
    """Log change of a sum of sectors by their own log changes, (sector, year): (year,)."""
    return np.log(shares @ np.exp(tilts))
