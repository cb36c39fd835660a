"""Broken sticks: least-squares fits of two straight lines that meet in a knot, over all knots; simulated AR(1) noise.

The fall (or rise) of the best broken stick is measured against the best shape that never falls, or has stopped rising;
noise around it and its autocorrelation are those of the residuals.  Used by the test of an observed peak
(`pathway_models.kernels.observed_peak`).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pathway_models.kernels import Floats

#: Fewest years on each side of a knot, the knot counted on both.
# ASSUME: three points are the fewest that tell a trend from a jump.
SHORTEST_SIDE = 3


#: Years without change after which a rise is over.
# ASSUME: five years, the gap that most published rules ask for between maximum and last year.
PLATEAU_YEARS = 5


#: Share of a series' variance, and of its values, below which a residual is rounding, not noise.
ROUNDING = 1e-12


class BrokenSticks(NamedTuple):
    """Best broken stick of every series; arrays of shape ``(series,)`` but for ``fitted``.

    ``fall`` and ``rise`` are relative drops of the residual sum of squares from the best shape
    *without* a fall (or without a rise in the last years) to the best broken stick; 0 when that
    does not end falling (rising).  ``noise`` is the residual standard deviation and ``memory`` the
    raw lag-1 autocorrelation of the residuals, both biased low; ``before`` is the slope up to the
    knot; ``fitted`` has shape ``(series, year)``.
    """

    fall: Floats
    rise: Floats
    noise: Floats
    memory: Floats
    before: Floats
    fitted: Floats


class Shapes(NamedTuple):
    """Orthonormal bases and slope weights of every knot, for series of one length."""

    broken: Floats  # (knot, year, 3)
    flat_after: Floats  # (knot, year, 2)
    slope_before: Floats  # (knot, year), of the broken stick
    slope_after: Floats  # (knot, year), of the broken stick
    slope_rise: Floats  # (knot, year), of the shape that is flat after its knot
    early: NDArray[np.bool_]  # (knot,) knots that leave PLATEAU_YEARS after them


@lru_cache(maxsize=64)
def shapes_of(length: int) -> Shapes:
    """Make the shapes of every knot for series of one length."""
    time = np.arange(length, dtype=float)
    knots = np.arange(SHORTEST_SIDE - 1, length - SHORTEST_SIDE + 1)
    level = np.ones(length)
    before = [np.minimum(time - knot, 0.0) for knot in knots]
    after = [np.maximum(time - knot, 0.0) for knot in knots]
    broken = [np.column_stack([level, b, a]) for b, a in zip(before, after, strict=True)]
    flats = [np.column_stack([level, b]) for b in before]
    inverses = [np.linalg.pinv(design) for design in broken]
    return Shapes(
        broken=np.array([np.linalg.qr(design)[0] for design in broken]),
        flat_after=np.array([np.linalg.qr(design)[0] for design in flats]),
        slope_before=np.array([inverse[1] for inverse in inverses]),
        slope_after=np.array([inverse[2] for inverse in inverses]),
        slope_rise=np.array([np.linalg.pinv(design)[1] for design in flats]),
        early=knots <= length - 1 - PLATEAU_YEARS,
    )


def explained(series: Floats, bases: Floats) -> Floats:
    """Compute the sum of squares that each basis explains: (series, knot)."""
    knots, years, columns = bases.shape
    scores = series @ bases.transpose(2, 1, 0).reshape(columns, years, knots)
    return (scores**2).sum(axis=0)


def fit_broken_sticks(series: Floats) -> BrokenSticks:
    """Fit every knot to every series; compare the best broken stick with shapes that never fall, or stop rising.

    Parameters
    ----------
    series : (series, year) float
        Logarithms of emissions, at least ``2 * SHORTEST_SIDE`` consecutive years.

    Returns
    -------
    BrokenSticks
    """
    shapes = shapes_of(series.shape[1])
    centred = series - series.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    floor = np.maximum(ROUNDING * total, series.shape[1] * ROUNDING**2)
    errors = total[:, None] - explained(centred, shapes.broken)
    knot = errors.argmin(axis=1)
    best = np.maximum(errors.min(axis=1), floor)

    # Flat after the knot and never falling before it; a falling first side is replaced by all flat.
    stopped = total[:, None] - explained(centred, shapes.flat_after)
    stopped = np.where(centred @ shapes.slope_rise.T > 0, stopped, total[:, None])
    never_falling = np.minimum(stopped.min(axis=1), total)
    no_recent_rise = np.minimum(stopped[:, shapes.early].min(axis=1, initial=np.inf), total)

    last_slope = np.einsum("sy,sy->s", centred, shapes.slope_after[knot])
    fitted = _project(centred, shapes.broken, knot)
    residual = centred - fitted
    spread = np.maximum((residual**2).sum(axis=1), floor)
    return BrokenSticks(
        fall=np.where(last_slope < 0, np.maximum(never_falling - best, 0.0) / best, 0.0),
        rise=np.where(last_slope > 0, np.maximum(no_recent_rise - best, 0.0) / best, 0.0),
        noise=np.sqrt(best / (series.shape[1] - 3)),
        memory=(residual[:, 1:] * residual[:, :-1]).sum(axis=1) / spread,
        before=np.einsum("sy,sy->s", centred, shapes.slope_before[knot]),
        fitted=fitted + series.mean(axis=1, keepdims=True),
    )


#: Series fitted together, so that their arrays stay in the processor's cache.
BLOCK = 200


def fit_long_noise(series: Floats) -> BrokenSticks:
    """Fit as `fit_broken_sticks` does, to rounding, in time linear in the length instead of quadratic.

    The products of a series with the hinges of all knots are sums of its running sums.  They lose digits where a
    series is fitted exactly: use it for noise only.

    Parameters
    ----------
    series : (series, year) float

    Returns
    -------
    BrokenSticks
        ``fitted`` is empty.
    """
    count, length = series.shape
    if count > BLOCK:
        parts = [fit_long_noise(series[at : at + BLOCK]) for at in range(0, count, BLOCK)]
        return BrokenSticks(*(np.concatenate(of) for of in zip(*parts, strict=True)))
    time = np.arange(length, dtype=float)
    knots = np.arange(SHORTEST_SIDE - 1, length - SHORTEST_SIDE + 1)
    before, after = (of(time - knots[:, None], 0.0) for of in (np.minimum, np.maximum))
    before, after = (hinge - hinge.mean(axis=1, keepdims=True) for hinge in (before, after))
    bb, ba, aa = (before**2).sum(axis=1), (before * after).sum(axis=1), (after**2).sum(axis=1)
    size = bb * aa - ba**2
    centred = series - series.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    floor = np.maximum(ROUNDING * total, length * ROUNDING**2)
    with_before = -np.cumsum(np.cumsum(centred, axis=1), axis=1)[:, knots - 1]
    with_after = (centred @ time)[:, None] - with_before

    slope_before = (with_before * aa - with_after * ba) / size
    slope_after = (with_after * bb - with_before * ba) / size
    errors = total[:, None] - with_before * slope_before - with_after * slope_after
    knot, rows = errors.argmin(axis=1), np.arange(count)
    best = np.maximum(errors[rows, knot], floor)
    stopped = np.where(with_before > 0, total[:, None] - with_before**2 / bb, total[:, None])
    early = knots <= length - 1 - PLATEAU_YEARS
    no_recent_rise = stopped[:, early].min(axis=1, initial=np.inf)
    rising, falling = slope_before[rows, knot], slope_after[rows, knot]
    residual = centred - rising[:, None] * before[knot] - falling[:, None] * after[knot]
    return BrokenSticks(
        fall=np.where(falling < 0, np.maximum(stopped.min(axis=1) - best, 0.0) / best, 0.0),
        rise=np.where(falling > 0, np.maximum(no_recent_rise - best, 0.0) / best, 0.0),
        noise=np.sqrt(best / (length - 3)),
        memory=(residual[:, 1:] * residual[:, :-1]).sum(axis=1) / np.maximum((residual**2).sum(axis=1), floor),
        before=rising,
        fitted=np.empty((0, length)),
    )


def _project(centred: Floats, bases: Floats, knot: NDArray[np.intp]) -> Floats:
    """Fit every series by least squares on the basis of its own knot: (series, year)."""
    fitted = np.empty_like(centred)
    for index in np.unique(knot):
        chosen = knot == index
        fitted[chosen] = (centred[chosen] @ bases[index]) @ bases[index].T
    return fitted


def ar1_paths(length: int, memory: float, paths: int, rng: np.random.Generator) -> Floats:
    """Simulate stationary AR(1) noise of unit standard deviation: (path, year).

    Parameters
    ----------
    length : int
        Years.
    memory : float
        Lag-1 autocorrelation, below 1 in size.
    paths : int
        Number of paths.
    rng : numpy.random.Generator
        Source of the normal draws.
    """
    noise = rng.standard_normal((paths, length))
    step = np.sqrt(1.0 - memory**2)
    for year in range(1, length):
        noise[:, year] = memory * noise[:, year - 1] + step * noise[:, year]
    return noise
