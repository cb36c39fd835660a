"""Quantiles over members, quantiles that keep censored mass, and the triangular distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def sorted_quantiles(ordered: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Quantiles of values that stand in order, linear between neighbours: (P, ...).

    The same numbers as ``numpy.quantile`` (type 7 of Hyndman and Fan 1996, The American Statistician 50, 361-365, DOI
    from background knowledge: 10.1080/00031305.1996.10473566), which selects instead of sorting and takes longer where
    several probabilities are asked for.

    Parameters
    ----------
    ordered : (..., member)
        Sorted along the last axis.
    probabilities : (P,)
        On [0, 1].

    Examples
    --------
    >>> sorted_quantiles(np.array([1.0, 2.0, 4.0]), (0.25, 0.5)).tolist()
    [1.5, 2.0]
    """
    last = ordered.shape[-1] - 1
    found = np.empty((len(probabilities), *ordered.shape[:-1]))
    for at, probability in enumerate(probabilities):
        place = probability * last
        below = int(place)
        low, high, part = ordered[..., below], ordered[..., min(below + 1, last)], place - below
        # From the nearer neighbour, as numpy does: monotone in the probability to the last bit.
        found[at] = low + (high - low) * part if part < 0.5 else high - (high - low) * (1.0 - part)
    return found


def censored_quantiles(year: np.ndarray, censored: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Quantiles over members of a year that some members do not reach.

    Parameters
    ----------
    year : (..., member) int
    censored : (..., member) bool
        Members whose year lies beyond the horizon.
    probabilities : (P,)

    Returns
    -------
    (..., P) float
        The smallest year reached by at least that share of *all* members (the inverse of the
        empirical distribution); ``inf`` where it lies in the censored mass.  Never an average of two
        years, and never taken over the members that peaked only.
    """
    ordered = np.sort(np.where(censored, np.inf, year), axis=-1)
    members = ordered.shape[-1]
    # The tiny shift keeps 0.07 * 100 = 7.000000000000001 from rounding up to the next member.
    at = np.ceil(np.asarray(probabilities) * members - 1e-9).astype(int) - 1
    return ordered[..., np.clip(at, 0, members - 1)]


def triangular(uniform: np.ndarray, low: float, mode: float, high: float) -> np.ndarray:
    """Inverse of the triangular distribution.

    Monotone in each of ``low``, ``mode`` and ``high`` at a fixed ``uniform``: the same draw of a
    stronger setting is never weaker.

    Parameters
    ----------
    uniform : (...,)
        On [0, 1].
    low, mode, high : float
        ``low <= mode <= high``; all equal gives a constant.

    Returns
    -------
    (...,) float
    """
    width = high - low
    if width == 0:
        return np.full(np.shape(uniform), float(mode))
    knee = (mode - low) / width
    below = low + np.sqrt(uniform * width * (mode - low))
    above = high - np.sqrt((1 - uniform) * width * (high - mode))
    return np.where(uniform < knee, below, above)
