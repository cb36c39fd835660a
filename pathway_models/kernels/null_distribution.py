"""What level series with autocorrelated noise look like, and how unusual a series is among them.

The null distribution of the observed-peak test.  A level path with AR(1) noise is simulated once for
each length and autocorrelation and shared by all series of that length; it is free of scale, so the
size of the noise does not enter.  Every simulated path is searched for its own best tent, as the
observed series was: the p-values allow for having looked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels.tents import Tents, ar1_paths, fit_tents

#: False-alarm rate that the test is built to keep.
LEVEL = 0.05
# ASSUME: lag-1 autocorrelation of yearly emissions noise lies between 0 and 0.65; critical values hold
# for every one of these, the last a little above the promised 0.6 so that simulation error is covered.
MEMORIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65)
NULL_PATHS = 8_000
_SEED = 20_240_401

Floats = NDArray[np.float64]


class NullDistribution(NamedTuple):
    """What level series of one length look like, by autocorrelation."""

    raw_memory: Floats  # (memory,) median raw autocorrelation
    noise_ratio: Floats  # (memory,) median estimated noise per unit of true noise
    fall: Floats  # (memory, path) sorted adjusted statistics
    rise: Floats  # (memory, path)


@lru_cache(maxsize=128)
def null_distribution(length: int, paths: int = NULL_PATHS) -> NullDistribution:
    """Simulate level series of one length once; every series of that length shares them."""
    rng = np.random.default_rng([_SEED, length])
    fits = [fit_tents(ar1_paths(length, memory, paths, rng)) for memory in MEMORIES]
    raw = np.array([np.median(fit.memory) for fit in fits])
    fall, rise = zip(*(adjusted(fit, raw) for fit in fits), strict=True)
    ratio = np.array([np.median(fit.noise) for fit in fits])
    return NullDistribution(raw, ratio, np.sort(fall, axis=1), np.sort(rise, axis=1))


def unbiased_memory(raw: ArrayLike, raw_by_memory: Floats) -> Floats:
    """Autocorrelation whose median raw estimate is the one found (Andrews 1993, by simulation)."""
    return np.interp(raw, raw_by_memory, MEMORIES)


def adjusted(fit: Tents, raw_by_memory: Floats) -> tuple[Floats, Floats]:
    """Fall and rise less what autocorrelation adds to the error of a slope, so that one bound serves all."""
    memory = unbiased_memory(fit.memory, raw_by_memory)
    deflation = np.sqrt((1.0 - memory) / (1.0 + memory))
    return fit.fall * deflation, fit.rise * deflation


def _largest_p(statistic: Floats, null: Floats) -> Floats:
    """Largest share, over autocorrelations, of level series with at least this statistic."""
    paths = null.shape[1]
    above = paths - np.stack([np.searchsorted(row, statistic, side="left") for row in null])
    return (above.max(axis=0) + 1.0) / (paths + 1.0)


def critical_value(null: Floats) -> float:
    """Bound that a statistic must exceed for its p-value to be at most :data:`LEVEL`."""
    most_above = int(np.floor(LEVEL * (null.shape[1] + 1.0))) - 1
    return float(null[:, -most_above - 1].max())


def p_values(values: Floats, autocorrelation: float | None = None) -> tuple[Floats, Floats]:
    """Probability, under a level series, of as much fall (and of as much rise) as each series shows.

    Parameters
    ----------
    values : (series, year) float
        Positive emissions of at least :data:`SHORTEST_RECORD` consecutive years.
    autocorrelation : float, optional
        As in :func:`observed_peak`.

    Returns
    -------
    p_peaked, p_rising : (series,) float
        Largest probability over the allowed autocorrelations; never below 1 / (simulated paths + 1).
    """
    null = null_distribution(values.shape[1])
    allowed = allowed_memories(autocorrelation)
    fall, rise = adjusted(fit_tents(np.log(values)), null.raw_memory)
    return _largest_p(fall, null.fall[:allowed]), _largest_p(rise, null.rise[:allowed])


def allowed_memories(autocorrelation: float | None) -> int:
    """Number of leading entries of MEMORIES that must be guarded against."""
    if autocorrelation is None:
        return len(MEMORIES)
    if not 0 <= autocorrelation <= MEMORIES[-1]:
        raise ValueError(f"autocorrelation = {autocorrelation!r}: expected 0 to {MEMORIES[-1]}")
    return int(np.searchsorted(MEMORIES, autocorrelation)) + 1
