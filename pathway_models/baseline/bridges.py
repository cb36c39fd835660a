"""Years between the last inventory and today, by member: regions by their nowcast, parks by that of their region.

Errors of a region are drawn from their measured quantiles, correlated over the years by a Gaussian copula.  In each
member the regions are shifted so that their sum grows as the national account does, up to its own error.
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
    """Correlate independent standard normals, year last, over the years."""
    return normals @ np.linalg.cholesky(correlation).T


def errors(normals: Floats, probabilities: Floats, quantiles: Floats) -> Floats:
    """Transform standard normals, year last, to errors by the quantiles of each year, within the outermost ones."""
    below = special.ndtr(normals)
    drawn = np.empty(normals.shape)
    for step, values in enumerate(quantiles):
        drawn[..., step] = np.interp(below[..., step], probabilities, values)
    return drawn


def walk_correlation(steps: int) -> Floats:
    """Compute the correlation matrix of a random walk: (step, step)."""
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
        Standard normals, independent between regions.
    nation_normals : (member, step)

    Returns
    -------
    (region, member, step)
        In each member, the sum over regions grows as in `nation_paths`.
    """
    own = errors(tied(normals, nowcast.correlation), nowcast.probabilities, nowcast.quantiles)
    deviation = raked(nowcast.centre[:, None] + own, nowcast.weights[:, None, None], axis=0)
    return deviation + nation_paths(nowcast, nation_normals)


def park_departures(spread: ParkSpread, normals: Floats) -> Floats:
    """Simulate the departure of a park from nation and region: (member, year), from standard normals of that shape."""
    steps = normals.shape[-1]
    correlated = tied(normals, spread.correlation[:steps, :steps])
    return errors(correlated, spread.probabilities, spread.quantiles[:steps])


def sector_shares(park: Park, errors: Mapping[str, Floats] | None = None) -> Floats:
    """Compute the share of each sector in the last observed emissions, in energy where there are none: (sector,).

    Parameters
    ----------
    park : Park
    errors : mapping group -> (member, 1), optional
        Errors of the factors as `factor_errors` draws them; then the shares are those of each member: (member, sector).
    """
    emitted = park.energy[..., -1] * park.factors[..., -1]
    made = np.zeros((2, len(park.sectors)))
    for process, output, factor in zip(park.processes, park.outputs, park.process_factors, strict=True):
        # Emissions not known by carrier were verified as a whole and have no error.
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
    """Compute the log change of a sum from log changes (sector, year) and shares (..., sector) of its parts."""
    # Sector by sector: the rounding of a matrix product would depend on the number of members.
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
        Of the draws.
    sizes : mapping group -> float
        Standard deviations of the log for groups of which the park states none.
    """
    errors = {**sizes, **park.factor_errors}
    spread = {name: np.hypot(sd, park.activity_errors.get(name, 0.0)) for name, sd in errors.items()}
    return {name: np.exp(sd * normals[f"factor:{name}"][members])[:, None] for name, sd in spread.items()}
