"""Rival baselines: point forecasts a damped, shrunk trend has to beat.

All return the log change from the last observed year, like `pathway_models.kernels.growth`.  They
carry no error of their own; hindcasts give each the errors it made on the training panel.

Sources: Holt (1957), reprinted in Int. J. Forecasting 20, 5-10 (2004); Gardner and McKenzie (1985),
Management Science 31, 1237-1246.  Cited from background knowledge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def straight_log_trend(log_history: ArrayLike, steps: int) -> Floats:
    """Rival: the least-squares line through the logs, continued from the last value; (..., step)."""
    history = np.asarray(log_history, dtype=float)
    time = np.arange(history.shape[-1]) - 0.5 * (history.shape[-1] - 1)
    slope = np.sum(history * time, axis=-1) / np.sum(time**2)
    return slope[..., None] * np.arange(1.0, steps + 1.0)


def persistence(log_history: ArrayLike, steps: int) -> Floats:
    """Rival: no change; zeros of shape (..., step)."""
    return np.zeros((*np.asarray(log_history).shape[:-1], steps))


def damped_holt(log_history: ArrayLike, steps: int) -> Floats:
    """Rival: Holt's damped exponential smoothing with fixed weights; (..., step).

    Starts from the first value and the first change; five points cannot choose the weights.
    """
    # ASSUME: level 0.8, trend 0.2, damping 0.9, usual for yearly series.
    level_weight, trend_weight, damping = 0.8, 0.2, 0.9
    history = np.asarray(log_history, dtype=float)
    level, trend = history[..., 1], history[..., 1] - history[..., 0]
    for value in np.moveaxis(history[..., 2:], -1, 0):
        expected = level + damping * trend
        level, before = expected + level_weight * (value - expected), level
        trend = trend_weight * (level - before) + (1.0 - trend_weight) * damping * trend
    left = np.cumsum(damping ** np.arange(1.0, steps + 1.0))
    return (level - history[..., -1])[..., None] + trend[..., None] * left
