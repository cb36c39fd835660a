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
Normals come from outside; this file holds no randomness and no default that hides an assumption.

Sources: Gardner and McKenzie (1985), Management Science 31, 1237-1246 (damped trend); Efron and
Morris (1975), JASA 70, 311-319 (shrinkage); Kotz and Nadarajah (2004), Multivariate t
Distributions, ch. 1 (one chi-square for all components).  Cited from background knowledge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.kernels import Floats

#: Yearly changes behind a five-year record, the reference of ``slope_noise``.
REFERENCE_CHANGES = 4.0
# ASSUME: no series is calmer than a tenth of the panel's noise; smoother records are interpolated ones.
CALMEST = 0.1
# ASSUME: of a thousand members the six stormiest are drawn as the seventh, so that one member out of
# thousands cannot carry a mean; quantiles up to 99 % do not notice.
STORMIEST = 2.5
#: Most members whose scales are remembered.
REMEMBERED = 4096


@dataclass(frozen=True)
class TrendParameters:
    """Parameters of the damped log-trend, estimated on a panel.

    Parameters
    ----------
    damping : float
        Share of the record's excess growth left after one more year, from 0 to below 1.
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
        Degrees of freedom the panel's noise counts for against the record's own; >= 0.
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
    """Interpolate growth given at some years, log per year; level before the first and after the last of them."""
    given = sorted(knots.items())
    return np.interp(years, [year for year, _ in given], [growth for _, growth in given])


def bridge_gaps(log_history: ArrayLike) -> Floats:
    """Join the years around missing ones by a straight line in logs; shape unchanged.

    Used to set one-off years aside: a masked 2020 lends nothing, 2019 and 2021 share their change.

    Raises
    ------
    ValueError
        The first or the last year of a record is missing: there is nothing to join.
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
    """Summarise a record: its recent growth, its shrunk noise, and the changes it counts for.

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
    """Scale of the Student-t error of the log change by step, (...) -> (..., step)."""
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
    # Every driver of a batch of members asks for the same scales, whose incomplete gamma functions take longer than
    # the path itself.
    if draws.size <= REMEMBERED:
        return _known_scale(draws.tobytes(), tail).reshape(draws.shape)
    return _scale(draws, tail)


@lru_cache(maxsize=16)
def _known_scale(draws: bytes, tail: float) -> Floats:
    scale = _scale(np.frombuffer(draws), tail)
    scale.setflags(write=False)
    return scale


def _scale(draws: Floats, tail: float) -> Floats:
    from scipy import special  # deferred: whoever checks a workbook should not wait for it

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
    # Year upon year instead of a cumulative sum along members: neighbours in memory are independent of one another.
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
