"""Growth kernels: from a short record of logs to an ensemble of future paths.

The law of the forecast, for a record that ends at year ``T`` and steps ``j = 1, 2, ...``::

    growth of the record  b   = sum_i w_i g_i,   w_i ~ recency ** age_i   (g = yearly log changes)
    noise of the record   s^2 = (weight * noise^2 + (n - 2) s_record^2) / (weight + n - 2)
    its weight            w   = 1 / (1 + slope_noise * (s / noise)^2 * 4 / n_effective)
    starting growth       m   = prior + w (b - prior)
    expected growth       mu_j = damping^j m + (1 - damping^j) prior_j
    log change            x_j = x_{j-1} + mu_j + scale * (slope error_j + l_j + e_j)
    wandering growth      l_j = damping * l_{j-1} + persistence * e_{j-1}

that is, damped-trend exponential smoothing in its innovations form, shrunk towards a
panel.  ``scale`` is drawn once a member (square root of ``tail`` over a chi-square with
``tail`` degrees of freedom), so that a member is calm or stormy throughout and the error
at *every* horizon is Student-t with the same degrees of freedom.  Normals come from
outside; this file holds no randomness and no defaults.

Sources: Gardner and McKenzie (1985), Management Science 31, 1237-1246 (damped trend);
Hyndman et al. (2008), Forecasting with Exponential Smoothing, ch. 6 (innovations form and
its variance); Efron and Morris (1975), JASA 70, 311-319 (shrinkage).  DOIs not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrendParameters:
    """Parameters of the damped log-trend, estimated on a panel.

    Parameters
    ----------
    damping : float
        Share of the record's excess growth left after one more year, 0-1.
    prior_growth : float
        Growth every record returns to, log per year.
    prior_growth_sd : float
        Standard deviation of that growth between entities, log per year.
    slope_error_sd : float
        Standard deviation of the starting growth of a record of ordinary noise, log per year.
    recency : float
        Weight of a yearly change relative to the next younger one, in (0, 1].
    slope_noise : float
        Noise-to-signal ratio of the growth of a five-year record of ordinary noise; >= 0.
    noise : float
        Standard deviation of a year's innovation of an ordinary entity, log.
    noise_weight : float
        Years of record the panel's noise counts for against the record's own; >= 0.
    persistence : float
        Part of an innovation that goes on into growth; >= 0.
    tail : float
        Degrees of freedom of the Student-t errors; > 2.
    """

    damping: float
    prior_growth: float
    prior_growth_sd: float
    slope_error_sd: float
    recency: float
    slope_noise: float
    noise: float
    noise_weight: float
    persistence: float
    tail: float

    def __post_init__(self) -> None:
        """Refuse values outside their range."""
        ranges = {
            "damping": 0.0 <= self.damping < 1.0,
            "recency": 0.0 < self.recency <= 1.0,
            "noise": self.noise > 0.0,
            "tail": self.tail > 2.0,
        }
        for name in ("prior_growth_sd", "slope_error_sd", "slope_noise", "noise_weight", "persistence"):
            ranges[name] = getattr(self, name) >= 0.0
        wrong = [name for name, holds in ranges.items() if not holds]
        if wrong:
            raise ValueError("out of range: " + ", ".join(f"{n}={getattr(self, n)}" for n in wrong))


def record_growth(log_history: ArrayLike, parameters: TrendParameters) -> tuple[Floats, Floats, float]:
    """Summarise a record: its recent growth, its shrunk noise, and the years it counts for.

    Parameters
    ----------
    log_history : array_like, shape (..., history_year)
        Logs of at least three consecutive years.
    parameters : TrendParameters
        Recency and noise of the panel.

    Returns
    -------
    growth : ndarray, shape (...)
        Recency-weighted mean of the yearly log changes.
    noise : ndarray, shape (...)
        Standard deviation of a year's innovation, shrunk to the panel's.
    effective : float
        Effective number of yearly changes behind `growth`.

    Raises
    ------
    ValueError
        Fewer than three years.
    """
    changes = np.diff(np.asarray(log_history, dtype=float), axis=-1)
    count = changes.shape[-1]
    if count < 2:
        raise ValueError(f"a record needs at least 3 years, got {count + 1}")
    weights = parameters.recency ** np.arange(count - 1, -1, -1.0)
    weights /= weights.sum()
    own = changes.var(axis=-1, ddof=1)
    freedom = count - 1
    pooled = (parameters.noise_weight * parameters.noise**2 + freedom * own) / (
        parameters.noise_weight + freedom
    )
    return np.sum(changes * weights, axis=-1), np.sqrt(pooled), float(1.0 / np.sum(weights**2))


def starting_growth(
    growth: Floats, noise: Floats, effective: float, prior: ArrayLike, parameters: TrendParameters
) -> Floats:
    """Shrink a record's growth to the prior by its length and noise; shapes (...) -> (...)."""
    ratio = (noise / parameters.noise) ** 2 * 4.0 / effective
    weight = 1.0 / (1.0 + parameters.slope_noise * ratio)
    return np.asarray(prior) + weight * (growth - np.asarray(prior))


def expected_change(
    log_history: ArrayLike, steps: int, parameters: TrendParameters, prior_path: ArrayLike | None = None
) -> Floats:
    """Expected log change from the last observed year; shape (..., step).

    Parameters
    ----------
    log_history : array_like, shape (..., history_year)
        Logs of consecutive years.
    steps : int
        Years ahead.
    parameters : TrendParameters
        Fitted on a panel.
    prior_path : array_like, shape (..., step), optional
        Yearly growth the record returns to, log per year; ``parameters.prior_growth`` in
        every year when not given.
    """
    growth, noise, effective = record_growth(log_history, parameters)
    path = np.full(steps, parameters.prior_growth) if prior_path is None else np.asarray(prior_path, float)
    if path.shape[-1] != steps:
        raise ValueError(f"prior_path has {path.shape[-1]} years, expected {steps}")
    start = starting_growth(growth, noise, effective, path[..., 0], parameters)
    left = parameters.damping ** np.arange(1.0, steps + 1.0)
    return np.cumsum(left * start[..., None] + (1.0 - left) * path, axis=-1)


def slope_loading(noise: ArrayLike, steps: int, parameters: TrendParameters) -> Floats:
    """Log change by step of one standard deviation of slope error; (...) -> (..., step)."""
    left = np.cumsum(parameters.damping ** np.arange(1.0, steps + 1.0))
    years = np.arange(1.0, steps + 1.0)
    relative = np.asarray(noise, dtype=float)[..., None] / parameters.noise
    return relative * parameters.slope_error_sd * left + parameters.prior_growth_sd * (years - left)


def innovation_loading(steps: int, parameters: TrendParameters) -> Floats:
    """Level reached ``0, 1, ...`` years after a unit innovation; shape (step,)."""
    later = np.cumsum(parameters.damping ** np.arange(steps - 1.0))
    return 1.0 + parameters.persistence * np.concatenate([[0.0], later])


def error_scale(noise: ArrayLike, steps: int, parameters: TrendParameters) -> Floats:
    """Scale of the Student-t error by step, (...) -> (..., step); log."""
    spread = np.cumsum(innovation_loading(steps, parameters) ** 2)
    noise = np.asarray(noise, dtype=float)
    return np.sqrt(noise[..., None] ** 2 * spread + slope_loading(noise, steps, parameters) ** 2)


def member_scale(scale_draws: ArrayLike, tail: float) -> Floats:
    """Turn standard normals into the member's error scale, sqrt(tail / chi-square(tail)).

    A large draw is a stormy member; ``tail = inf`` makes all members equal.
    """
    draws = np.asarray(scale_draws, dtype=float)
    if np.isinf(tail):
        return np.ones_like(draws)
    chi_square = 2.0 * special.gammaincinv(0.5 * tail, special.ndtr(-draws))
    return np.sqrt(tail / chi_square)


def damped_log_trend(
    log_history: ArrayLike,
    steps: int,
    parameters: TrendParameters,
    slope_draws: ArrayLike,
    innovation_draws: ArrayLike,
    scale_draws: ArrayLike,
    prior_path: ArrayLike | None = None,
) -> Floats:
    """Draw paths of the log change from the last observed year.

    Parameters
    ----------
    log_history : array_like, shape (..., history_year)
        Logs of consecutive years.
    steps : int
        Years ahead.
    parameters : TrendParameters
        Fitted on a panel.
    slope_draws : array_like, shape (..., member)
        Standard normals: error of the growth rate.
    innovation_draws : array_like, shape (..., member, step)
        Standard normals: each year's innovation.
    scale_draws : array_like, shape (..., member)
        Standard normals: calm (negative) or stormy (positive) member.
    prior_path : array_like, shape (..., step), optional
        Yearly growth the record returns to; see `expected_change`.

    Returns
    -------
    ndarray, shape (..., member, step)
        ``log(value in T + j) - log(value in T)``.
    """
    _, noise, _ = record_growth(log_history, parameters)
    mean = expected_change(log_history, steps, parameters, prior_path)
    wander = noise[..., None, None] * _accumulate(np.asarray(innovation_draws, dtype=float), parameters)
    tilt = np.asarray(slope_draws, float)[..., None] * slope_loading(noise, steps, parameters)[..., None, :]
    return mean[..., None, :] + member_scale(scale_draws, parameters.tail)[..., None] * (wander + tilt)


def _accumulate(innovations: Floats, parameters: TrendParameters) -> Floats:
    """Carry unit innovations into the levels of later years; (..., step) -> (..., step)."""
    levels = np.empty_like(innovations)
    level = np.zeros(innovations.shape[:-1])
    growth = np.zeros(innovations.shape[:-1])
    # Year by year, not as a matrix product: the same member gives the same bits in any batch.
    for step in range(innovations.shape[-1]):
        level = level + growth + innovations[..., step]
        growth = parameters.damping * growth + parameters.persistence * innovations[..., step]
        levels[..., step] = level
    return levels


def straight_log_trend(log_history: ArrayLike, steps: int) -> Floats:
    """Least-squares line through the logs, continued from the last value; (..., step)."""
    history = np.asarray(log_history, dtype=float)
    time = np.arange(history.shape[-1]) - 0.5 * (history.shape[-1] - 1)
    slope = np.sum(history * time, axis=-1) / np.sum(time**2)
    return slope[..., None] * np.arange(1.0, steps + 1.0)


def persistence(log_history: ArrayLike, steps: int) -> Floats:
    """No change: zeros of shape (..., step)."""
    return np.zeros((*np.asarray(log_history).shape[:-1], steps))
