"""Years between the last inventory and today, by member: regions by their nowcast, parks by their region's.

Errors of a region are drawn from their measured quantiles, tied over the years by a Gaussian copula.  Member by member
the regions are shifted so that their sum grows as the national account says, give or take its own error.
"""

from collections.abc import Mapping

import numpy as np
from scipy import special

from pathway_models.kernels import Floats
from pathway_models.records import Nowcast, Park
from pathway_models.records.nowcast import ParkSpread


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


def sector_shares(park: Park, errors: Mapping[str, Floats] | None = None) -> Floats:
    """Share of each sector in the emissions of the last observed year, of energy where there are none: (sector,).

    Parameters
    ----------
    park : Park
    errors : mapping group -> (member, 1), optional
        Errors of the factors as `factor_errors` draws them; then the shares are those of each member: (member, sector).
    """
    emitted = park.energy[..., -1] * park.factors[..., -1]
    made = np.zeros((2, len(park.sectors)))
    for process, output, factor in zip(park.processes, park.outputs, park.process_factors, strict=True):
        # What is not told apart was verified as a whole and has no error.
        made[int(process.is_undivided), process.sector] += output[-1] * factor[-1]
    if errors is None:
        burnt = emitted.sum(axis=1) + made.sum(axis=0)
    else:
        burnt = made[0] * errors["process"] + made[1]
        for group in dict.fromkeys(park.groups):
            burnt = burnt + emitted[:, np.array(park.groups) == group].sum(axis=1) * errors.get(group, 1.0)
    energy = np.broadcast_to(park.energy[..., -1].sum(axis=1), burnt.shape)
    sound = (burnt >= 0).all(axis=-1, keepdims=True) & (burnt.sum(axis=-1, keepdims=True) > 0)
    found = np.where(sound, burnt, energy)
    whole = found.sum(axis=-1, keepdims=True)
    return np.divide(found, whole, out=np.full(found.shape, 1.0 / found.shape[-1]), where=whole > 0)


def tilted_sum(tilts: Floats, shares: Floats) -> Floats:
    """Log change of a sum of sectors by their log changes, (sector, year), and shares, (..., sector): (..., year)."""
    # Sector by sector: a matrix product would round by how many members stand in it.
    return np.log(sum(shares[..., s, None] * np.exp(tilt) for s, tilt in enumerate(tilts)))


def factor_errors(
    park: Park, normals: Mapping[str, Floats], members: slice, sizes: Mapping[str, float]
) -> dict[str, Floats]:
    """Draw constant errors by group, median one: group -> (member, 1).

    The error of a group's factor (from the confidence of the factors behind it) and that of its activity data
    (from quality grades) multiply; both are log-normal and independent, so that their variances add.

    Parameters
    ----------
    normals : mapping stream -> (member,)
        Those of the draws.
    sizes : mapping group -> float
        Standard deviations of the log that hold where the park states none.
    """
    errors = {**sizes, **park.factor_errors}
    spread = {name: np.hypot(sd, park.activity_errors.get(name, 0.0)) for name, sd in errors.items()}
    return {name: np.exp(sd * normals[f"factor:{name}"][members])[:, None] for name, sd in spread.items()}
