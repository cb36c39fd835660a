"""Growth kernels: from a short record of logs to an ensemble of future paths.

The law of the forecast, for a record that ends at year ``T`` and steps ``j = 1, 2, ...``::

    growth of the record   b    = sum_i w_i g_i,  w_i ~ recency ** age_i       (g: yearly log changes)
    noise of the record    s    = noise * (s_record / noise) ** (f / (f + noise_weight)),  f = changes - 1
    weight of the record   w    = 1 / (1 + slope_noise * (s / noise)^2 * 4 / effective changes)
    starting growth        m    = prior_1 + w (b - prior_1)
    expected growth        mu_j = damping^j m + (1 - damping^j) prior_j
    slope error            t_j  = damping^j slope_error_sd s / noise + (1 - damping^j) prior_growth_sd
    log change             x_j  = x_{j-1} + mu_j + r (t_j z + s e_j),   z, e_j ~ N(0, 1)
    calm or stormy member  r    = sqrt(tail / chi-square(tail)), one a member

A damped trend shrunk to a panel, around it a random walk and a tilted line.  Because ``r`` is drawn
once a member, the error at *every* horizon is Student-t with the same degrees of freedom, and its
scale is known in closed form (`error_scale`): that is what is fitted and what is simulated.
Normals are arguments: this file holds no randomness and no default that hides an assumption.

Sources: Gardner and McKenzie (1985), Management Science 31, 1237-1246 (damped trend); Efron and
Morris (1975), JASA 70, 311-319 (shrinkage); Kotz and Nadarajah (2004), Multivariate t
Distributions, ch. 1 (one chi-square for all components).  Cited from background knowledge.

Regression of outcomes on features, horizon by horizon: centre, scale and shape of the errors.  For each horizon ``h``
of a few knots, with ``x`` and ``v`` standardised::

    y = m_h(x) + s_h(v) Q_h,      m_h and ln s_h linear

``m_h`` is a ridge regression with Huber's weights, ``ln s_h`` a ridge regression of ``ln(|r| + .1 median|r|)`` on the
residuals ``r`` of cases that the centre had not seen (folds of whole entities), and ``Q_h`` the quantiles of those
residuals over their scale, so that a forecast carries the errors made on entities left out.

Sources: Hoerl and Kennard (1970), Technometrics 12, 55-67 (ridge); Huber (1964), Annals of Mathematical Statistics 35,
73-101; Koenker and Zhao (1994), J. Nonparametric Statistics 3, 223-235 (location and scale).  Cited from background
knowledge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels import Floats

#: Yearly changes behind a five-year record, the reference of ``slope_noise``.
REFERENCE_CHANGES = 4.0
# ASSUME: no series is calmer than a tenth of the panel's noise; smoother records are interpolated ones.
CALMEST = 0.1
# ASSUME: of a thousand members the six stormiest are drawn as the seventh, so that one member out of
# thousands cannot carry a mean; quantiles up to 99 % do not notice.
STORMIEST = 2.5
#: Most members whose scales are cached.
REMEMBERED = 4096


@dataclass(frozen=True)
class TrendParameters:
    """Parameters of the damped log-trend, estimated on a panel.

    Parameters
    ----------
    damping : float
        Share of the record's excess growth that remains after one more year, from 0 to below 1.
    prior_growth : float
        Growth every record returns to, log per year.
    prior_growth_sd : float
        Standard deviation of that growth between entities, log per year.
    slope_error_sd : float
        Standard deviation of the starting growth of a record of ordinary noise, log per year.
    recency : float
        Weight of a yearly change relative to the next younger one, in (0, 1].
    slope_noise : float
        Noise over signal in the growth of a five-year record of ordinary noise; >= 0.
    noise : float
        Standard deviation of a year's innovation of an ordinary entity, log; > 0.
    noise_weight : float
        Weight of the panel's noise against the record's own, in degrees of freedom; >= 0.
    tail : float
        Degrees of freedom of the Student-t errors, > 2; ``inf`` is normal.
    """

    damping: float
    prior_growth: float
    prior_growth_sd: float
    slope_error_sd: float
    recency: float
    slope_noise: float
    noise: float
    noise_weight: float
    tail: float

    def __post_init__(self) -> None:
        """Refuse values outside their range."""
        holds = {
            "damping": 0.0 <= self.damping < 1.0,
            "prior_growth": np.isfinite(self.prior_growth),
            "recency": 0.0 < self.recency <= 1.0,
            "noise": self.noise > 0.0,
            "tail": self.tail > 2.0,
        }
        for name in ("prior_growth_sd", "slope_error_sd", "slope_noise", "noise_weight"):
            holds[name] = getattr(self, name) >= 0.0
        wrong = [f"{name} = {getattr(self, name)}" for name, fine in holds.items() if not fine]
        if wrong:
            raise ValueError("out of range: " + ", ".join(wrong))


def long_run_growth(knots: Mapping[int, float], years: ArrayLike) -> Floats:
    """Interpolate growth given at some years, log per year; constant before the first and after the last of them."""
    given = sorted(knots.items())
    return np.interp(years, [year for year, _ in given], [growth for _, growth in given])


def bridge_gaps(log_history: ArrayLike) -> Floats:
    """Join the years around missing ones by a straight line in logs; shape unchanged.

    Used to set one-off years aside: with 2020 masked, 2020 and 2021 each take half of the change from 2019 to 2021.

    Raises
    ------
    ValueError
        The first or the last year of a record is missing.
    """
    history = np.array(log_history, dtype=float)
    if np.isnan(history[..., [0, -1]]).any():
        raise ValueError("the first or the last year of a record is missing")
    years = np.arange(history.shape[-1])
    for record in history.reshape(-1, years.size):
        known = ~np.isnan(record)
        record[:] = np.interp(years, years[known], record[known])
    return history


def record_growth(log_history: ArrayLike, parameters: TrendParameters) -> tuple[Floats, Floats, float]:
    """Summarise a record by its recent growth, its shrunk noise and its effective number of changes.

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
    history = np.asarray(log_history, dtype=float)
    changes = history[..., 1:] - history[..., :-1]
    count = changes.shape[-1]
    if count < 2:
        raise ValueError(f"a record needs at least 3 years, got {count + 1}")
    weights = parameters.recency ** np.arange(count - 1, -1, -1.0)
    weights /= weights.sum()
    freedom = count - 1
    own = np.hypot(changes.std(axis=-1, ddof=1), CALMEST * parameters.noise)
    # Geometric, not arithmetic, shrinkage: one wild year must not set the band of a calm entity.
    noise = parameters.noise * (own / parameters.noise) ** (freedom / (freedom + parameters.noise_weight))
    return np.sum(changes * weights, axis=-1), noise, float(1.0 / np.sum(weights**2))


def expected_change(
    log_history: ArrayLike, steps: int, parameters: TrendParameters, prior_path: ArrayLike | None = None
) -> Floats:
    """Compute the expected log change from the last observed year; shape (..., step).

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

    Raises
    ------
    ValueError
        Fewer than three years of record, or a prior path of another length.
    """
    return _expected(record_growth(log_history, parameters), steps, parameters, prior_path)


def _expected(
    record: tuple[Floats, Floats, float], steps: int, parameters: TrendParameters, prior_path: ArrayLike | None
) -> Floats:
    """Compute `expected_change` of a record that `record_growth` has summarised."""
    growth, noise, effective = record
    path = np.full(steps, parameters.prior_growth) if prior_path is None else np.asarray(prior_path, float)
    if path.shape[-1] != steps:
        raise ValueError(f"prior_path has {path.shape[-1]} years, expected {steps}")
    noisiness = (noise / parameters.noise) ** 2 * REFERENCE_CHANGES / effective
    weight = 1.0 / (1.0 + parameters.slope_noise * noisiness)
    start = path[..., 0] + weight * (growth - path[..., 0])
    left = parameters.damping ** np.arange(1.0, steps + 1.0)
    return np.cumsum(left * start[..., None] + (1.0 - left) * path, axis=-1)


def slope_loading(noise: ArrayLike, steps: int, parameters: TrendParameters) -> Floats:
    """Compute the log change by step of one standard deviation of slope error; (...) -> (..., step)."""
    left = parameters.damping ** np.arange(1.0, steps + 1.0)
    relative = np.asarray(noise, dtype=float)[..., None] / parameters.noise
    yearly = relative * parameters.slope_error_sd * left + parameters.prior_growth_sd * (1.0 - left)
    return np.cumsum(yearly, axis=-1)


def error_scale(noise: ArrayLike, steps: int, parameters: TrendParameters) -> Floats:
    """Compute the scale of the Student-t error of the log change by step, (...) -> (..., step)."""
    noise = np.asarray(noise, dtype=float)[..., None]
    walk = noise**2 * np.arange(1.0, steps + 1.0)
    return np.sqrt(walk + slope_loading(noise[..., 0], steps, parameters) ** 2)


def member_scale(scale_draws: ArrayLike, tail: float) -> Floats:
    """Turn standard normals into error scales of members, sqrt(tail / chi-square(tail)).

    A large draw is a stormy member; ``tail = inf`` makes all members equal.
    """
    draws = np.minimum(np.asarray(scale_draws, dtype=float), STORMIEST)
    if np.isinf(tail):
        return np.ones_like(draws)
    # All drivers of a batch need the same scales, whose incomplete gamma functions take longer than the path itself.
    if draws.size <= REMEMBERED:
        return _known_scale(draws.tobytes(), tail).reshape(draws.shape)
    return _scale(draws, tail)


@lru_cache(maxsize=16)
def _known_scale(draws: bytes, tail: float) -> Floats:
    scale = _scale(np.frombuffer(draws), tail)
    scale.setflags(write=False)
    return scale


def _scale(draws: Floats, tail: float) -> Floats:
    from scipy import special  # deferred: checking a workbook does not need it

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
        ``log(value in T + j) - log(value in T)``; in memory year after year, as ensembles are stored.
    """
    record = record_growth(log_history, parameters)
    noise = np.asarray(record[1])
    mean = _year_first(_expected(record, steps, parameters, prior_path))
    loading = _year_first(slope_loading(noise, steps, parameters))
    shocks = _year_first(np.asarray(innovation_draws, dtype=float))
    slope, scale = np.asarray(slope_draws, float), member_scale(scale_draws, parameters.tail)
    path = np.empty((steps, *np.broadcast_shapes(shocks.shape[1:], slope.shape, scale.shape, (*noise.shape, 1))))
    path[0] = shocks[0]
    # Year by year instead of a cumulative sum along members: neighbours in memory are independent of one another.
    for year in range(1, steps):
        np.add(path[year - 1], shocks[year], out=path[year])
    path *= noise[..., None]
    path += slope * loading[..., None]
    path *= scale
    path += mean[..., None]
    return path.transpose(*range(1, path.ndim), 0)


def _year_first(values: Floats) -> Floats:
    """Move the last axis to the front; a view."""
    return values.transpose(-1, *range(values.ndim - 1))


#: Probabilities at which the shape of the errors is kept.
SHAPE = (np.arange(100) + 0.5) / 100.0
#: Folds of entities for out-of-fold errors.
FOLDS = 5
#: Ridge penalty, as a share of the cases: decides between nearly collinear features.
RIDGE = 0.03
#: Bound of Huber's weights in robust standard deviations, and iterations of the weights.
HUBER, ROUNDS = 1.0, 3
#: Standard deviations from the mean at which features are clipped.
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
        Of the features of the centre; zero spread for a feature without effect.
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
        Features known at the origin; NaN, where not known, counts as the mean.
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
    """Fit a centre with Huber's weights; return its coefficients and the out-of-fold residuals."""
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
    """Compute mean and standard deviation of the known values of each feature: (feature,) each."""
    known = np.isfinite(features)
    shares = known * weight[:, None]
    total = np.maximum(shares.sum(axis=0), 1e-12)
    filled = np.where(known, features, 0.0)
    mean = (shares * filled).sum(axis=0) / total
    return mean, np.sqrt((shares * np.where(known, features - mean, 0.0) ** 2).sum(axis=0) / total)


def _standardised(features: Floats, mean: Floats, sd: Floats) -> Floats:
    """Standardise features, a constant first: (case, 1 + feature); values not known become the mean."""
    moved = np.divide(features - mean, sd, out=np.zeros(features.shape), where=sd > 1e-9)
    moved = np.clip(np.where(np.isfinite(moved), moved, 0.0), -FARTHEST, FARTHEST)
    return np.concatenate([np.ones((len(features), 1)), moved], axis=1)


def _between(places: Floats, knots: ArrayLike) -> Floats:
    """Compute the weights of knots for linear interpolation at rising places within them: (place, knot)."""
    knots = np.asarray(knots, dtype=float)
    return np.stack([np.interp(places, knots, unit) for unit in np.eye(knots.size)], axis=1)
