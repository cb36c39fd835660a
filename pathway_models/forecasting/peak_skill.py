"""Is "the probability of peaking before Y" honest? Hindcasts of the peak year where it is known by now.

For an origin ``T`` the record and the ``judged`` years after it are held against the written peak
rule, once with what happened and once with every member of the ensemble.  The event is "peaked by
``T + ahead``": a peak, not censored, no later than that year.  Both sides are judged on the same years,
so that what the rule cannot see yet it cannot see on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.forecasting.hindcast import Hindcast
from pathway_models.kernels.growth import damped_log_trend
from pathway_models.kernels.scores import brier, reliability
from pathway_models.kernels.turning_points import AT_HORIZON, PeakRule, turning_points

#: Edges of the reliability table.
EDGES = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
#: Windows simulated at once, to keep memory small.
CHUNK = 500


@dataclass(frozen=True, eq=False)
class PeakForecasts:
    """Probabilities of having peaked, and whether it happened.

    Parameters
    ----------
    entity, origin : (window,) int
    probability : (window, ahead) float
        Share of members that peaked by ``origin + ahead``.
    happened : (window, ahead) bool
    ahead : tuple of int
        Years after the origin.
    """

    entity: NDArray[np.int_]
    origin: NDArray[np.int_]
    probability: NDArray[np.float64]
    happened: NDArray[np.bool_]
    ahead: tuple[int, ...]


def simulate(
    cast: Hindcast, kept: NDArray[np.int_], steps: int, members: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Log changes of the windows named, by the parameters that had not seen them; (window, member, step)."""
    paths = np.empty((kept.size, members, steps))
    for fit in np.unique(cast.fit[kept]):
        place = np.flatnonzero(cast.fit[kept] == fit)
        shape = (place.size, members)
        paths[place] = damped_log_trend(
            cast.windows.log_history[kept[place]],
            steps,
            cast.parameters[fit],
            rng.standard_normal(shape),
            rng.standard_normal((*shape, steps)),
            rng.standard_normal(shape),
        )
    return paths


def forecast_peaks(
    cast: Hindcast, ahead: tuple[int, ...] = (2, 5), judged: int = 10, members: int = 400, *, seed: int
) -> PeakForecasts:
    """Forecast for every window with ``judged`` known years whether it has peaked.

    Parameters
    ----------
    cast : Hindcast
    ahead : tuple of int
        Years after the origin by which the peak should have come; below ``judged``.
    judged : int
        Years after the origin on which the rule is applied.
    members : int
        Ensemble size of every forecast.
    seed : int

    Returns
    -------
    PeakForecasts
    """
    rng = np.random.default_rng(seed)
    windows = cast.windows
    complete = np.flatnonzero(np.isfinite(windows.change[:, :judged]).all(axis=1))
    limits = windows.record - 1 + np.asarray(ahead)
    probability = np.empty((complete.size, limits.size))
    happened = np.empty((complete.size, limits.size), dtype=bool)
    for start in range(0, complete.size, CHUNK):
        kept = complete[start : start + CHUNK]
        record = windows.log_history[kept] - windows.log_history[kept, -1:]
        truth = np.concatenate([record, windows.change[kept, :judged]], axis=1)
        happened[start : start + CHUNK] = _peaked_by(truth, limits)
        paths = simulate(cast, kept, judged, members, rng)
        past = np.broadcast_to(record[:, None], (*paths.shape[:2], record.shape[1]))
        peaked = _peaked_by(np.concatenate([past, paths], axis=2), limits)
        probability[start : start + CHUNK] = peaked.mean(axis=1)
    return PeakForecasts(windows.entity[complete], windows.origin[complete], probability, happened, ahead)


def _peaked_by(logs: NDArray[np.float64], limits: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Whether paths have peaked no later than each index; (..., year) -> (..., limit)."""
    points = turning_points(np.exp(logs), rule=PeakRule())
    return (points.status < AT_HORIZON)[..., None] & (points.index[..., None] <= limits)


def reliability_table(forecasts: PeakForecasts) -> pd.DataFrame:
    """Forecast against frequency by bin.

    Columns: ``ahead`` (years), ``from``, ``to`` (bin edges), ``forecasts`` (count), ``forecast`` and
    ``frequency`` (means within the bin).
    """
    rows = []
    for at, ahead in enumerate(forecasts.ahead):
        table = reliability(forecasts.probability[:, at], forecasts.happened[:, at], EDGES)
        for b, count in enumerate(table.count):
            if count:
                rows.append((ahead, EDGES[b], EDGES[b + 1], int(count), table.forecast[b], table.frequency[b]))
    return pd.DataFrame(rows, columns=["ahead", "from", "to", "forecasts", "forecast", "frequency"])


def brier_table(forecasts: PeakForecasts) -> pd.DataFrame:
    """Brier score of the probabilities against the base rate.

    The base rate is that of the very forecasts that are scored: a rival that knows how often peaks
    came, which no forecaster did.  Columns: ``ahead``, ``forecasts``, ``events``, ``base_rate``,
    ``mean_forecast``, ``brier``, ``brier_base_rate``, ``skill``.
    """
    rows = []
    for at, ahead in enumerate(forecasts.ahead):
        probability, happened = forecasts.probability[:, at], forecasts.happened[:, at]
        rate = happened.mean()
        own, rival = brier(probability, happened), brier(np.full(happened.size, rate), happened)
        skill = 1.0 - own / rival if rival > 0 else np.nan
        rows.append((ahead, happened.size, int(happened.sum()), rate, probability.mean(), own, rival, skill))
    columns = [
        "ahead", "forecasts", "events", "base_rate", "mean_forecast", "brier", "brier_base_rate", "skill",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
