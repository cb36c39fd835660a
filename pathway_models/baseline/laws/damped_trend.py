"""The damped log-trend (``kernels.growth``) as a law: with the long-run growth assumed for parks, or the one fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from pathway_models.baseline.calibration import START, estimate
from pathway_models.baseline.laws.forecasts import StudentForecast
from pathway_models.baseline.laws.register import register
from pathway_models.core.errors import PathwayError
from pathway_models.kernels import Floats
from pathway_models.kernels.growth import (
    TrendParameters,
    bridge_gaps,
    damped_log_trend,
    error_scale,
    expected_change,
    long_run_growth,
    record_growth,
)
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.growth_laws import History, Normals, Stream, Windows

#: The law of the hindcasts: its long-run growth is fitted.
FITTED_PRIOR = "damped_trend_fitted_prior"
#: The law of parks of version 0.2: its long-run growth is assumed.
ASSUMED_PATH = "damped_trend"
#: The same law under the name by which it stands among the rivals.
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
    parameters: TrendParameters | None = None
    long_run: Mapping[int, float] | None = None

    covariates: ClassVar[tuple[str, ...]] = ()
    streams: ClassVar[tuple[Stream, ...]] = ()

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
        centre = expected_change(record, steps, parameters, self._prior(history, steps))
        scale = error_scale(record_growth(record, parameters)[1], steps, parameters)
        return StudentForecast(centre, scale, np.full(len(centre), parameters.tail))

    def simulate(self, history: History, steps: int, normals: Normals) -> Floats:
        """Draw paths of the log change: (..., member, step)."""
        slope, shock, scale = normals.once("slope"), normals.yearly("shock"), normals.once("scale")
        prior = self._prior(history, steps)
        return damped_log_trend(self._record(history), steps, self.parameters, slope, shock, scale, prior)

    def _record(self, history: History) -> Floats:
        kept = history.kept
        return history.log_history if kept is None else tilted(history.log_history, kept, self.parameters)

    def _prior(self, history: History, steps: int) -> Floats | None:
        return None if self.long_run is None else long_run_growth(self.long_run, history.years(steps))


def tilted(logs: Floats, kept: NDArray[np.bool_], parameters: TrendParameters) -> Floats:
    """Give a record the growth of the years kept and the noise of all years (docs/baseline.md, section 8).

    Parameters
    ----------
    logs : (..., H)
        Logs of the observed years; -inf where a year set aside has no use.
    kept : (H,) bool
    parameters : TrendParameters
        Whose recency weighs the years.

    Returns
    -------
    (..., H)
        ``logs`` themselves where all years are kept; else with a straight line added to them, so that their growth
        is that of the kept years with the gaps bridged, and their scatter around it that of the whole record.
    """
    if kept.all():
        return logs
    first, last = np.flatnonzero(kept)[[0, -1]]
    bridged = bridge_gaps(np.where(kept, logs, np.nan)[..., first : last + 1])
    ends = (logs.shape[-1] - 1 - last, first)
    filled = np.concatenate([bridged[..., :1].repeat(ends[1], -1), bridged, bridged[..., -1:].repeat(ends[0], -1)], -1)
    full = np.where(np.isfinite(logs), logs, filled)
    tilt = record_growth(bridged, parameters)[0] - record_growth(full, parameters)[0]
    return full + np.asarray(tilt)[..., None] * np.arange(logs.shape[-1])


def _shipped(use: str, assumptions: Assumptions) -> TrendParameters:
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
    """Make the law of parks, which returns to the long-run growth assumed for a use."""
    if assumptions is None:
        raise PathwayError(f"{ASSUMED_PATH}: its long-run growth is an assumption; give assumptions")
    long_run = NO_GROWTH if use == "population" else assumptions.baselines.knots[use]
    return DampedTrend(ASSUMED_PATH, _shipped(use, assumptions), long_run)


@register(RIVAL)
def parks_0_2(use: str, assumptions: Assumptions | None) -> DampedTrend:
    """Make the law that parks had before the law in levels, as a rival."""
    return replace(assumed_path(use, assumptions), name=RIVAL)
