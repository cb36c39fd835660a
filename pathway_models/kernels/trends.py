"""Trends of a series (Mann-Kendall, Spearman, least squares, log-linear) and benchmark forecasts made of them.

All tests assume independent years.  Emissions are autocorrelated, so that these p-values are too small:
:mod:`pathway_models.kernels.observed_peak` has a test that allows for it.  Published rules use these tests as they are,
and so does this package where it states those rules.

Benchmark forecasts are point forecasts that a damped, shrunk trend is compared with: log changes from the last observed
year, as in `pathway_models.kernels.growth`.  They carry no error of their own; hindcasts give each the errors it made
on the training panel.  Sources: Holt (1957), reprinted in Int. J. Forecasting 20, 5-10 (2004); Gardner and McKenzie
(1985), Management Science 31, 1237-1246.  Cited from background knowledge.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from pathway_models.kernels import Floats

#: Year lengths behind the leap-year adjustment of growth rates.
DAYS_COMMON, DAYS_LEAP = 365.0, 366.0


class MannKendall(NamedTuple):
    """Mann-Kendall statistic ``s``, its variance, normal score ``z`` and two-sided ``p``."""

    s: Floats
    variance: Floats
    z: Floats
    p: Floats


class Slope(NamedTuple):
    """Slope a year, its two-sided p-value (NaN when two points or an exact line leave no error)."""

    slope: float
    p: float


def mann_kendall(values: ArrayLike) -> MannKendall:
    r"""Test every series for a monotonic trend, ties corrected.

    .. math::
        S = \sum_{i<j} \operatorname{sign}(x_j - x_i), \qquad
        \operatorname{Var} S = \frac{n(n-1)(2n+5) - \sum_g t_g(t_g-1)(2t_g+5)}{18}, \qquad
        z = \frac{S - \operatorname{sign} S}{\sqrt{\operatorname{Var} S}}

    Parameters
    ----------
    values : array_like, shape (..., year)
        Finite values, in order of time; years need not be evenly spaced.

    Returns
    -------
    MannKendall
        Arrays of shape ``(...,)``; a series of equal values has z = 0 and p = 1.

    Notes
    -----
    Mann (1945), Econometrica 13, doi 10.2307/1907187; Kendall (1975), Rank Correlation Methods
    (DOI from background knowledge).  The normal score is meant for n >= 8; below, p is rough, and
    below n = 5 no order of the values can reach p < 0.05.
    """
    x = np.asarray(values, dtype=float)
    n = x.shape[-1]
    later_minus_earlier = np.sign(x[..., None, :] - x[..., :, None])
    s = np.triu(later_minus_earlier, 1).sum(axis=(-2, -1))
    # A value that occurs t times contributes (t-1)(2t+5) from each of its t places.
    times = (x[..., None, :] == x[..., :, None]).sum(axis=-1)
    variance = (n * (n - 1) * (2 * n + 5) - ((times - 1) * (2 * times + 5)).sum(axis=-1)) / 18.0
    z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(np.maximum(variance, 1.0)), 0.0)
    return MannKendall(s, variance, z, 2.0 * special.ndtr(-np.abs(z)))


def spearman(values: ArrayLike) -> Slope:
    """Compute the rank correlation of a series with time, and its two-sided p-value by Student t.

    Parameters
    ----------
    values : array_like, shape (year,)
        At least three values, in order of time.

    Returns
    -------
    Slope
        ``slope`` holds the rank correlation, -1 to 1; 0 with p = 1 for equal values.

    Notes
    -----
    Spearman (1904).  The t approximation is meant for about n >= 10.
    """
    x = np.asarray(values, dtype=float)
    # Mean ranks by counting: SciPy's statistics take a second to load, and four times as long for a short series.
    ranks = (x[:, None] > x).sum(axis=1) + ((x[:, None] == x).sum(axis=1) + 1) / 2
    n = len(ranks)
    time = np.arange(n) - (n - 1) / 2
    centred = ranks - ranks.mean()
    spread = np.sqrt((centred @ centred) * (time @ time))
    if spread == 0:
        return Slope(0.0, 1.0)
    rho = float(np.clip(centred @ time / spread, -1.0, 1.0))
    if abs(rho) == 1.0:
        return Slope(rho, 0.0)
    t = rho * np.sqrt((n - 2) / (1.0 - rho**2))
    return Slope(rho, float(2.0 * special.stdtr(n - 2, -abs(t))))


def ols_slope(years: ArrayLike, values: ArrayLike) -> Slope:
    """Compute the least-squares slope of values on years with the two-sided p-value of independent errors.

    Parameters
    ----------
    years, values : array_like, shape (year,)
        At least two different years.

    Returns
    -------
    Slope
        In units of ``values`` a year.
    """
    time = np.asarray(years, dtype=float)
    time = time - time.mean()
    y = np.asarray(values, dtype=float)
    y = y - y.mean()
    slope = float(time @ y / (time @ time))
    degrees = len(y) - 2
    residual = float(((y - slope * time) ** 2).sum())
    # Below this share of the variance the residual is rounding: an exact line has no error to test with.
    if degrees < 1 or residual <= 1e-24 * float(y @ y):
        return Slope(slope, 0.0 if degrees >= 1 and slope != 0 else float("nan"))
    t = slope / np.sqrt(residual / degrees / (time @ time))
    return Slope(slope, float(2.0 * special.stdtr(degrees, -abs(t))))


def log_linear_rate(years: ArrayLike, values: ArrayLike, leap_adjusted: bool = False) -> Slope:
    """Compute the growth rate a year as the least-squares slope of the logarithm.

    Parameters
    ----------
    years : array_like of int, shape (year,)
        Calendar years.
    values : array_like, shape (year,)
        Positive values.
    leap_adjusted : bool
        Scale leap years by 365/366 first, as Global Carbon Budget growth rates do.

    Returns
    -------
    Slope
        ``slope`` of ln(value) a year: -0.02 is a decline of about 2 % a year.
    """
    calendar = np.asarray(years, dtype=int)
    y = np.asarray(values, dtype=float)
    if leap_adjusted:
        is_leap = (calendar % 4 == 0) & ((calendar % 100 != 0) | (calendar % 400 == 0))
        y = np.where(is_leap, y * DAYS_COMMON / DAYS_LEAP, y)
    return ols_slope(calendar, np.log(y))


def straight_log_trend(log_history: ArrayLike, steps: int) -> Floats:
    """Continue the least-squares line through the logs from the last value; (..., step)."""
    history = np.asarray(log_history, dtype=float)
    time = np.arange(history.shape[-1]) - 0.5 * (history.shape[-1] - 1)
    slope = np.sum(history * time, axis=-1) / np.sum(time**2)
    return slope[..., None] * np.arange(1.0, steps + 1.0)


def persistence(log_history: ArrayLike, steps: int) -> Floats:
    """Forecast no change: zeros of shape (..., step)."""
    return np.zeros((*np.asarray(log_history).shape[:-1], steps))


def damped_holt(log_history: ArrayLike, steps: int) -> Floats:
    """Forecast by Holt's damped exponential smoothing with fixed weights; (..., step).

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
