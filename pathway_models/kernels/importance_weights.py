"""Importance weights of an ensemble, and what is read from weighted members (``docs/tracking.md``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def log_weights(foreseen: np.ndarray, happened: np.ndarray, error: float) -> np.ndarray:
    """Logarithms of unnormalised weights: a Gaussian error of each observed change.

    Parameters
    ----------
    foreseen : (..., member, change)
        What each member had foreseen, in logarithms.
    happened : (..., change)
        What was reported.
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
    """Weights that sum to one over the last axis, from their logarithms; safe where all are tiny."""
    shifted = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def log_mean(logs: np.ndarray) -> np.ndarray:
    """Logarithm of the mean weight over the last axis: how likely what happened was to the ensemble."""
    top = logs.max(axis=-1)
    return top + np.log(np.exp(logs - top[..., None]).mean(axis=-1))


def effective_size(weights: np.ndarray) -> np.ndarray:
    """Members that equal weights would need for the same variance: (sum w)^2 / sum w^2, over the last axis.

    Kong, Liu and Wong (1994), Journal of the American Statistical Association 89 (from background knowledge).
    """
    return weights.sum(axis=-1) ** 2 / np.sum(weights**2, axis=-1)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, probabilities: Sequence[float]) -> np.ndarray:
    """Smallest value reached by at least that share of the weight: (P,).

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
    """The largest value such that members at or below it succeed with a probability; NaN where there is none.

    Parameters
    ----------
    values : (member,)
    succeeds : (member,) bool
    weights : (member,)
    probability : float
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum((weights * succeeds)[order]) / np.maximum(np.cumsum(weights[order]), 1e-300)
    # The first few members say nothing: a twentieth of the weight must stand behind the answer.
    enough = (share >= probability - 1e-9) & (np.cumsum(weights[order]) >= 0.05 - 1e-9)
    return float(values[order][np.flatnonzero(enough)[-1]]) if enough.any() else float("nan")
