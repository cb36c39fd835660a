"""The damped log-trend (``kernels.growth``) as a law, with the long-run growth assumed for parks or fitted to a panel.

It is fitted by maximum likelihood of the Student-t errors at all horizons.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import scipy
from numpy.typing import NDArray

from pathway_models.baseline.laws.register import StudentForecast, register
from pathway_models.core import PathwayError
from pathway_models.kernels import Floats, growth
from pathway_models.kernels.scores import student_t_loss
from pathway_models.records import Assumptions, History, Windows, growth_laws

#: Start of the search, and centre of the ridge penalty.
START = growth.TrendParameters(
    damping=0.8,
    prior_growth=0.03,
    prior_growth_sd=0.01,
    slope_error_sd=0.03,
    recency=0.75,
    slope_noise=1.0,
    noise=0.07,
    noise_weight=3.0,
    tail=6.0,
)
#: Weight of the squared distance from the start, in the units of the search: it decides only between parameters that
#: the panel cannot distinguish.
RIDGE = 1e-4
#: Most windows of one set in the likelihood; more change the fit by less than its own error.
MOST_WINDOWS = 1500
#: Relative change of the score at which the search stops.
TOLERANCE = 1e-7


def _to_search(parameters: growth.TrendParameters) -> Floats:
    p = parameters
    logs = np.log([p.prior_growth_sd, p.slope_error_sd, p.slope_noise, p.noise, p.noise_weight, p.tail - 2.0])
    return np.array([scipy.special.logit(p.damping), 10.0 * p.prior_growth, scipy.special.logit(p.recency), *logs])


def _from_search(point: Floats) -> growth.TrendParameters:
    positive = np.exp(np.clip(point[3:], -12.0, 8.0))
    return growth.TrendParameters(
        damping=float(np.clip(scipy.special.expit(point[0]), 0.0, 0.999)),
        prior_growth=float(point[1] / 10.0),
        prior_growth_sd=float(positive[0]),
        slope_error_sd=float(positive[1]),
        recency=float(np.clip(scipy.special.expit(point[2]), 1e-6, 1.0)),
        slope_noise=float(positive[2]),
        noise=float(positive[3]),
        noise_weight=float(positive[4]),
        tail=float(2.0 + positive[5]),
    )


def predictive(windows: Windows, parameters: growth.TrendParameters) -> tuple[Floats, Floats]:
    """Forecast centre and scale of the Student-t for every window and horizon; (window, horizon) each."""
    steps = windows.change.shape[1]
    _, noise, _ = growth.record_growth(windows.log_history, parameters)
    return growth.expected_change(windows.log_history, steps, parameters), growth.error_scale(noise, steps, parameters)


def horizon_weights(windows: Windows) -> Floats:
    """Compute the weight of each horizon, the number of origins with an outcome, scaled to sum to one.

    Regions share the shocks of a year, so that the evidence grows with origins and not with windows.
    """
    known = np.isfinite(windows.change)
    origins = [np.unique(windows.origin[known[:, at]]).size for at in range(known.shape[1])]
    return np.array(origins) / np.sum(origins)


def estimate(samples: Sequence[Windows], start: growth.TrendParameters = START) -> growth.TrendParameters:
    """Fit the parameters to sets of windows of equal weight.

    Parameters
    ----------
    samples : sequence of Windows
        E.g. the records of 5, 8 and 12 years of a panel, or one set a panel.
    start : TrendParameters
        Where the search begins; a fit to nearly the same windows saves time.

    Returns
    -------
    TrendParameters

    Raises
    ------
    ValueError
        No window has an outcome.
    """
    samples = [windows.sample(MOST_WINDOWS, seed=0) for windows in samples if len(windows)]
    if not samples:
        raise ValueError("no record with a known outcome: nothing to fit to")
    weights = [horizon_weights(windows) for windows in samples]
    centre = _to_search(START)

    def loss(point: Floats) -> float:
        parameters = _from_search(point)
        scores = [
            student_t_loss(windows.change, *predictive(windows, parameters), parameters.tail, weight)
            for windows, weight in zip(samples, weights, strict=True)
        ]
        return float(np.mean(scores) + RIDGE * np.sum((point - centre) ** 2))

    found = scipy.optimize.minimize(loss, _to_search(start), method="L-BFGS-B", options={"ftol": TOLERANCE})
    return _from_search(found.x)


#: The law of the hindcasts: its long-run growth is fitted.
FITTED_PRIOR = "damped_trend_fitted_prior"
#: The law of parks of version 0.2: its long-run growth is assumed.
ASSUMED_PATH = "damped_trend"
#: Name of that law among the rivals.
RIVAL = "parks_0_2"
# ASSUME: population growth fades to zero.
NO_GROWTH = {0: 0.0}


@dataclass(frozen=True)
class DampedTrend:
    """A damped log-trend shrunk to a panel, with Student-t errors.

    Parameters
    ----------
    name : str
    parameters : TrendParameters, optional
        None before a fit.
    long_run : mapping year -> float, optional
        Growth the record returns to, log per year; ``parameters.prior_growth`` in every year when not given.
    """

    name: str = FITTED_PRIOR
    parameters: growth.TrendParameters | None = None
    long_run: Mapping[int, float] | None = None

    covariates: ClassVar[tuple[str, ...]] = ()
    streams: ClassVar[tuple[growth_laws.Stream, ...]] = ()

    @property
    def is_fitted(self) -> bool:
        """True once it has parameters."""
        return self.parameters is not None

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit the parameters by maximum likelihood; the search begins at ``start`` where one is given."""
        begin = START if start is None or start.parameters is None else start.parameters
        return replace(self, parameters=estimate(samples, start=begin))

    def forecast(self, history: History, steps: int) -> StudentForecast:
        """Forecast the log change by Student-t distributions: (window, horizon)."""
        record, parameters = self._record(history), self.parameters
        centre = growth.expected_change(record, steps, parameters, self._prior(history, steps))
        scale = growth.error_scale(growth.record_growth(record, parameters)[1], steps, parameters)
        return StudentForecast(centre, scale, np.full(len(centre), parameters.tail))

    def simulate(self, history: History, steps: int, normals: growth_laws.Normals) -> Floats:
        """Draw paths of the log change: (..., member, step)."""
        slope, shock, scale = normals.once("slope"), normals.yearly("shock"), normals.once("scale")
        prior = self._prior(history, steps)
        return growth.damped_log_trend(self._record(history), steps, self.parameters, slope, shock, scale, prior)

    def _record(self, history: History) -> Floats:
        kept = history.kept
        return history.log_history if kept is None else tilted(history.log_history, kept, self.parameters)

    def _prior(self, history: History, steps: int) -> Floats | None:
        return None if self.long_run is None else growth.long_run_growth(self.long_run, history.years(steps))


def tilted(logs: Floats, kept: NDArray[np.bool_], parameters: growth.TrendParameters) -> Floats:
    """Tilt a record to the growth of the years kept, with the noise of all years (docs/baseline.md, section 8).

    Parameters
    ----------
    logs : (..., H)
        Logs of the observed years; -inf where a year set aside has a value of zero.
    kept : (H,) bool
    parameters : TrendParameters
        Their recency gives the weights of the years.

    Returns
    -------
    (..., H)
        ``logs`` themselves where all years are kept; else with a straight line added to them, so that their growth
        is that of the kept years with the gaps bridged, and their scatter around it that of the whole record.
    """
    if kept.all():
        return logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    bridged = growth.bridge_gaps(np.where(kept, logs, np.nan)[..., first : last + 1])
    ends = (logs.shape[-1] - 1 - last, first)
    filled = np.concatenate([bridged[..., :1].repeat(ends[1], -1), bridged, bridged[..., -1:].repeat(ends[0], -1)], -1)
    full = np.where(np.isfinite(logs), logs, filled)
    tilt = growth.record_growth(bridged, parameters)[0] - growth.record_growth(full, parameters)[0]
    return full + np.asarray(tilt)[..., None] * np.arange(logs.shape[-1])


def _shipped(use: str, assumptions: Assumptions) -> growth.TrendParameters:
    if use != "population":
        return assumptions.baselines.trends[use]
    population = assumptions.uncertainties.population
    return replace(
        assumptions.baselines.trends["activity"],
        noise=population["noise"],
        slope_error_sd=population["slope_error_sd"],
        prior_growth_sd=population["slope_error_sd"],
    )


@register(FITTED_PRIOR)
def fitted_prior(use: str, assumptions: Assumptions | None) -> DampedTrend:
    """Make the law that returns to the growth of its panel, with the shipped parameters where assumptions are given."""
    if assumptions is None:
        return DampedTrend()
    return DampedTrend(FITTED_PRIOR, _shipped(use, assumptions), NO_GROWTH if use == "population" else None)


@register(ASSUMED_PATH)
def assumed_path(use: str, assumptions: Assumptions | None) -> DampedTrend:
    """Make the version 0.2 law of parks, which returns to the long-run growth assumed for a use."""
    if assumptions is None:
        raise PathwayError(f"{ASSUMED_PATH}: its long-run growth is an assumption; give assumptions")
    long_run = NO_GROWTH if use == "population" else assumptions.baselines.knots[use]
    return DampedTrend(ASSUMED_PATH, _shipped(use, assumptions), long_run)


@register(RIVAL)
def parks_0_2(use: str, assumptions: Assumptions | None) -> DampedTrend:
    """Make the law that parks had before the law in levels, as a rival."""
    return replace(assumed_path(use, assumptions), name=RIVAL)
