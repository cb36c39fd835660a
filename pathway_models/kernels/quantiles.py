"""Quantiles over members, with censored mass or importance weights (``docs/tracking.md``); triangular draws."""

from collections.abc import Sequence

import numpy as np


def sorted_quantiles(ordered: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Compute the quantiles of sorted values, linear between neighbours: (P, ...).

    The same numbers as ``numpy.quantile`` (type 7 of Hyndman and Fan 1996, The American Statistician 50, 361-365, DOI
    from background knowledge: 10.1080/00031305.1996.10473566), which selects instead of sorting and takes longer where
    several probabilities are given.

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
    """Compute the quantiles over members of a year that is censored in some members.

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
    """Invert the triangular distribution.

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


def log_weights(foreseen: np.ndarray, happened: np.ndarray, error: float) -> np.ndarray:
    """Compute the logarithms of unnormalised weights under a Gaussian error of each observed change.

    Parameters
    ----------
    foreseen : (..., member, change)
        Log changes that each member had forecast.
    happened : (..., change)
        Log changes that were reported.
    error : float
        Standard deviation of a reported change, above 0.

    Returns
    -------
    (..., member)
    """
    if error <= 0:
        raise ValueError(f"error = {error}: expected more than 0")
    distance = (foreseen - np.asarray(happened)[..., None, :]) / error
    return -0.5 * np.sum(distance**2, axis=-1)


def normalised(logs: np.ndarray) -> np.ndarray:
    """Normalise weights to sum to one over the last axis, from their logarithms, without underflow."""
    shifted = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def log_mean(logs: np.ndarray) -> np.ndarray:
    """Compute the log of the mean weight over the last axis: the log likelihood of the observed under the ensemble."""
    top = logs.max(axis=-1)
    return top + np.log(np.exp(logs - top[..., None]).mean(axis=-1))


def effective_size(weights: np.ndarray) -> np.ndarray:
    """Compute the effective number of members, (sum w)^2 / sum w^2, over the last axis.

    Kong, Liu and Wong (1994), Journal of the American Statistical Association 89 (from background knowledge).
    """
    return weights.sum(axis=-1) ** 2 / np.sum(weights**2, axis=-1)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Compute the smallest value reached by at least that share of the weight: (P,).

    Parameters
    ----------
    values : (member,)
        ``inf`` stands for what lies beyond the horizon.
    weights : (member,)
        Sum to one.
    probabilities : (P,)
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    # The tiny shift keeps a sum of 0.4999999 from missing the median.
    at = np.searchsorted(reached, np.asarray(probabilities) - 1e-9)
    return values[order][np.minimum(at, values.size - 1)]


def latest_on_course(values: np.ndarray, succeeds: np.ndarray, weights: np.ndarray, probability: float) -> float:
    """Find the largest value up to which members succeed with at least a probability; NaN where there is none.

    Parameters
    ----------
    values : (member,)
    succeeds : (member,) bool
    weights : (member,)
    probability : float
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum((weights * succeeds)[order]) / np.maximum(np.cumsum(weights[order]), 1e-300)
    # The first few members are too few: a twentieth of the weight must lie at or below the value.
    enough = (share >= probability - 1e-9) & (np.cumsum(weights[order]) >= 0.05 - 1e-9)
    return float(values[order][np.flatnonzero(enough)[-1]]) if enough.any() else float("nan")
