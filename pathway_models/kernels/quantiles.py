"""Quantiles that keep censored mass, and the triangular distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


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
