"""Regression of what comes next on what is known, horizon by horizon: centre, scale and the shape of the errors.

For each horizon ``h`` of a few knots, with ``x`` and ``v`` standardised::

    y = m_h(x) + s_h(v) Q_h,      m_h and ln s_h linear

``m_h`` is a ridge regression with Huber's weights, ``ln s_h`` a ridge regression of ``ln(|r| + .1 median|r|)`` on the
residuals ``r`` of cases that the centre had not seen (folds of whole entities), and ``Q_h`` the quantiles of those
residuals over their scale.  So a forecast carries the errors that such forecasts made of entities left out.

Sources: Hoerl and Kennard (1970), Technometrics 12, 55-67 (ridge); Huber (1964), Annals of Mathematical Statistics 35,
73-101; Koenker and Zhao (1994), J. Nonparametric Statistics 3, 223-235 (location and scale).  Cited from background
knowledge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels import Floats

#: Probabilities at which the shape of the errors is kept.
SHAPE = (np.arange(100) + 0.5) / 100.0
#: Folds of entities whose errors are taken without having been fitted to.
FOLDS = 5
#: Ridge, as a share of the cases: decides where features say nearly the same.
RIDGE = 0.03
#: Residuals beyond so many robust standard deviations weigh less; how often the weights are renewed.
HUBER, ROUNDS = 1.0, 3
#: Standard deviations from the mean beyond which a feature is taken as standing at the bound.
FARTHEST = 3.0
#: Share of the median residual that keeps the log of a small one finite.
FLOOR = 0.1
#: Median of the absolute value of a standard normal.
MAD = 0.6745


@dataclass(frozen=True, eq=False)
class HorizonFit:
    """Fitted coefficients of centre and scale, and quantiles of the errors, by knot.

    Parameters
    ----------
    knots : (knot,) int
        Horizons that were fitted, rising from 1.
    x_mean, x_sd : (feature,) float
        Of the features of the centre; zero spread where a feature is to say nothing.
    centre : (knot, 1 + feature) float
        Constant first.
    v_mean, v_sd : (scale feature,) float
    scale : (knot, 1 + scale feature) float
        Of the log of the scale.
    shape : (knot, quantile) float
        Errors over their scale at `SHAPE`.
    """

    knots: NDArray[np.int_]
    x_mean: Floats
    x_sd: Floats
    centre: Floats
    v_mean: Floats
    v_sd: Floats
    scale: Floats
    shape: Floats


@dataclass(frozen=True, eq=False)
class KnotForecast:
    """Centre and scale by horizon: (case, step) each; shape (step, quantile)."""

    centre: Floats
    scale: Floats
    shape: Floats


def fit_horizons(
    x: Floats, v: Floats, outcome: Floats, knots: NDArray[np.int_], fold: NDArray[np.int_], weight: Floats
) -> HorizonFit:
    """Fit centre, scale and shape at every knot.

    Parameters
    ----------
    x, v : (case, feature)
        Known at the origin; NaN where not known, which counts as the mean.
    outcome : (case, knot)
        NaN where not known.
    knots : (knot,) int
    fold : (case,) int
        From 0 to `FOLDS` - 1; cases of one entity share a fold.
    weight : (case,)
        Weights of the cases.

    Returns
    -------
    HorizonFit
        With the knots up to the last one that has enough outcomes to be fitted.

    Raises
    ------
    ValueError
        No knot has outcomes in two folds.
    """
    x_mean, x_sd = _moments(x, weight)
    v_mean, v_sd = _moments(v, weight)
    design, spread = _standardised(x, x_mean, x_sd), _standardised(v, v_mean, v_sd)
    centres, scales, shapes = [], [], []
    for at in range(knots.size):
        known = np.isfinite(outcome[:, at])
        if known.sum() < 2 * design.shape[1] or np.unique(fold[known]).size < 2:
            break
        y, w, own = outcome[known, at], weight[known], fold[known]
        centre, residual = _robust(design[known], y, w, own)
        size = np.log(np.abs(residual) + FLOOR * np.median(np.abs(residual)))
        own_spread = spread[known]
        scale = _solved(*_normal(own_spread, size, w))
        shapes.append(weighted_quantiles(residual / np.exp(own_spread @ scale), SHAPE, w))
        centres.append(centre)
        scales.append(scale)
    if not centres:
        raise ValueError("too few records with a known outcome: nothing to fit to")
    arrays = np.array(centres), np.array(scales), np.array(shapes)
    return HorizonFit(knots[: len(centres)], x_mean, x_sd, arrays[0], v_mean, v_sd, arrays[1], arrays[2])


def forecast_horizons(fit: HorizonFit, x: Floats, v: Floats, steps: int, widening: float = 0.5) -> KnotForecast:
    """Forecast centre and scale of cases at every horizon, between the knots by interpolation.

    Parameters
    ----------
    fit : HorizonFit
    x, v : (case, feature)
    steps : int
    widening : float
        Power of the horizon with which errors grow beyond the last knot.
    """
    horizon = np.arange(1.0, steps + 1.0)
    reached = np.minimum(horizon, fit.knots[-1])
    near, log_near = _between(reached, fit.knots), _between(np.log(reached), np.log(fit.knots))
    centre = _standardised(x, fit.x_mean, fit.x_sd) @ fit.centre.T @ near.T
    log_scale = _standardised(v, fit.v_mean, fit.v_sd) @ fit.scale.T @ log_near.T
    return KnotForecast(centre, np.exp(log_scale + widening * np.log(horizon / reached)), near @ fit.shape)


def weighted_quantiles(values: ArrayLike, probabilities: ArrayLike, weight: ArrayLike) -> Floats:
    """Interpolate quantiles of weighted values at their middle ranks."""
    values, weight = np.asarray(values, float), np.asarray(weight, float)
    order = np.argsort(values)
    ranks = np.cumsum(weight[order]) - 0.5 * weight[order]
    return np.interp(probabilities, ranks / weight.sum(), values[order])


def _robust(design: Floats, y: Floats, weight: Floats, fold: NDArray[np.int_]) -> tuple[Floats, Floats]:
    """Fit a centre with Huber's weights: its coefficients, and the residuals of folds left out."""
    parts = [np.flatnonzero(fold == held) for held in np.unique(fold)]
    designs, robust, residual = [design[own] for own in parts], weight, y
    for _ in range(ROUNDS):
        sums = [_normal(rows, y[own], robust[own]) for rows, own in zip(designs, parts, strict=True)]
        total = [sum(terms) for terms in zip(*sums, strict=True)]
        residual = np.empty(y.size)
        for rows, own, terms in zip(designs, parts, sums, strict=True):
            others = [every - one for every, one in zip(total, terms, strict=True)]
            residual[own] = y[own] - rows @ _solved(*others)
        bound = HUBER * np.median(np.abs(residual)) / MAD
        robust = weight * np.minimum(1.0, bound / np.maximum(np.abs(residual), 1e-12))
    return _solved(*_normal(design, y, robust)), residual


def _normal(design: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats, float]:
    """Compute the sums of a weighted regression: products of features, products with the outcome, weight."""
    weighted = design * weight[:, None]
    return weighted.T @ design, weighted.T @ y, float(weight.sum())


def _solved(gram: Floats, product: Floats, weight: float) -> Floats:
    """Solve a ridge regression whose constant is free: (1 + feature,)."""
    penalty = np.full(len(gram), RIDGE * weight)
    penalty[0] = 0.0
    return np.linalg.solve(gram + np.diag(penalty), product)


def _moments(features: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Compute mean and standard deviation of what is known of each feature: (feature,) each."""
    known = np.isfinite(features)
    shares = known * weight[:, None]
    total = np.maximum(shares.sum(axis=0), 1e-12)
    filled = np.where(known, features, 0.0)
    mean = (shares * filled).sum(axis=0) / total
    return mean, np.sqrt((shares * np.where(known, features - mean, 0.0) ** 2).sum(axis=0) / total)


def _standardised(features: Floats, mean: Floats, sd: Floats) -> Floats:
    """Standardise features behind a constant one: (case, 1 + feature); what is not known stands at the mean."""
    moved = np.divide(features - mean, sd, out=np.zeros(features.shape), where=sd > 1e-9)
    moved = np.clip(np.where(np.isfinite(moved), moved, 0.0), -FARTHEST, FARTHEST)
    return np.concatenate([np.ones((len(features), 1)), moved], axis=1)


def _between(places: Floats, knots: ArrayLike) -> Floats:
    """Weights of knots for linear interpolation at rising places within them: (place, knot)."""
    knots = np.asarray(knots, dtype=float)
    return np.stack([np.interp(places, knots, unit) for unit in np.eye(knots.size)], axis=1)
