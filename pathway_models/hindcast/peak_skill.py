"""Skill of the probability of peaking before a year: hindcasts of peaks that are known by now.

For an origin ``T`` the record and the ``judged`` years after it are held against the written peak
rule, once with the outcome and once with every member of the ensemble.  The event is "peaked by
``T + ahead``": a peak, not censored, no later than that year.  Both sides are judged on the same years,
so that what the rule cannot see yet it cannot see on either side.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.hindcast.evaluation import Hindcast
from pathway_models.kernels.scores import brier, reliability
from pathway_models.kernels.turning_points import CENSORED, PeakRule, turning_points
from pathway_models.records.growth_laws import FreshNormals, Windows

#: Edges of the reliability table.
EDGES = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
#: Windows simulated at a time, to bound memory.
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
    known_rate : (window, ahead) float
        How often it had happened on this panel in cases decided by the origin year; NaN before the first.
    ahead : tuple of int
        Years after the origin.
    """

    entity: NDArray[np.int_]
    origin: NDArray[np.int_]
    probability: NDArray[np.float64]
    happened: NDArray[np.bool_]
    known_rate: NDArray[np.float64]
    ahead: tuple[int, ...]


def simulate(
    cast: Hindcast, kept: NDArray[np.int_], steps: int, members: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Simulate log changes of the windows named, by the law that had not seen them; (window, member, step)."""
    paths = np.empty((kept.size, members, steps))
    for fit in np.unique(cast.fit[kept]):
        place = np.flatnonzero(cast.fit[kept] == fit)
        normals = FreshNormals(rng, (place.size, members), steps)
        paths[place] = cast.laws[fit].simulate(cast.windows.take(kept[place]).history, steps, normals)
    return paths


def forecast_peaks(
    cast: Hindcast,
    every: Windows,
    ahead: tuple[int, ...] = (2, 4),
    judged: int = 6,
    members: int = 400,
    *,
    seed: int,
) -> PeakForecasts:
    """Forecast for every window with ``judged`` known years whether it has peaked.

    Parameters
    ----------
    cast : Hindcast
    every : Windows
        All windows of the panel, tested or not: the base rate known at an origin comes from them.
    ahead : tuple of int
        Years after the origin by which the peak should have come; below ``judged``.
    judged : int
        Years after the origin on which the rule is applied.
    members : int
        Ensemble size of every forecast.
    seed : int
    """
    rng = np.random.default_rng(seed)
    windows = cast.windows
    limits = windows.record - 1 + np.asarray(ahead)
    complete = np.flatnonzero(np.isfinite(windows.change[:, :judged]).all(axis=1))
    probability = np.empty((complete.size, limits.size))
    for start in range(0, complete.size, CHUNK):
        kept = complete[start : start + CHUNK]
        record = windows.log_history[kept] - windows.log_history[kept, -1:]
        paths = simulate(cast, kept, judged, members, rng)
        past = np.broadcast_to(record[:, None], (*paths.shape[:2], record.shape[1]))
        peaked = _peaked_by(np.concatenate([past, paths], axis=2), limits)
        probability[start : start + CHUNK] = peaked.mean(axis=1)
    tested = windows.take(complete)
    happened = _outcome(tested, limits, judged)
    known = _known_rates(every, tested.origin, limits, judged)
    return PeakForecasts(tested.entity, tested.origin, probability, happened, known, ahead)


def _outcome(windows: Windows, limits: NDArray[np.int_], judged: int) -> NDArray[np.bool_]:
    """Tell whether the outcome had peaked no later than each index; (window, limit)."""
    record = windows.log_history - windows.log_history[:, -1:]
    return _peaked_by(np.concatenate([record, windows.change[:, :judged]], axis=1), limits)


def _known_rates(
    every: Windows, origins: NDArray[np.int_], limits: NDArray[np.int_], judged: int
) -> NDArray[np.float64]:
    """Count the frequency of the event among cases decided by each origin year; (origin, limit)."""
    decided = every.take(np.isfinite(every.change[:, :judged]).all(axis=1))
    happened = _outcome(decided, limits, judged)
    rates = np.full((origins.size, limits.size), np.nan)
    for year in np.unique(origins):
        past = decided.origin + judged <= year
        if past.any():
            rates[origins == year] = happened[past].mean(axis=0)
    return rates


def _peaked_by(logs: NDArray[np.float64], limits: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Tell whether paths have peaked no later than each index; (..., year) -> (..., limit)."""
    points = turning_points(np.exp(logs), rule=PeakRule(follow=1))
    return ~np.isin(points.status, CENSORED)[..., None] & (points.index[..., None] <= limits)


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


def pooled_with_rate(
    probability: NDArray[np.float64], happened: NDArray[np.bool_], fold: NDArray[np.int_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the frequency in the other regions, and the pool of forecast and frequency with the best score there.

    ``pool = w forecast + (1 - w) frequency``; ``w`` in 0-1 has the least Brier score over the other folds, whose
    own forecasts are out of fold.

    Parameters
    ----------
    probability, happened : (window,)
    fold : (window,) int
        Regions of one fold are held out together.

    Returns
    -------
    rate, pooled : (window,) float
    """
    rate, pooled = np.full(probability.size, np.nan), np.full(probability.size, np.nan)
    for held in np.unique(fold):
        tested = fold == held
        others = happened[~tested].astype(float)
        if not others.size:
            continue
        mean = others.mean()
        beyond = probability[~tested] - mean
        weight = np.clip(beyond @ (others - mean) / max(beyond @ beyond, 1e-12), 0.0, 1.0)
        rate[tested] = mean
        pooled[tested] = weight * probability[tested] + (1.0 - weight) * mean
    return rate, pooled


def brier_table(forecasts: PeakForecasts, fold: NDArray[np.int_] | None = None) -> pd.DataFrame:
    """Score the probabilities against base rates by the Brier score.

    Parameters
    ----------
    forecasts : PeakForecasts
    fold : (window,) int, optional
        Fold of regions each forecast was held out with.

    Returns
    -------
    DataFrame
        ``skill`` is against the base rate of the very forecasts that are scored: a rival that knows how often
        peaks came, which no forecaster did.  ``skill_known_rate`` is against the frequency in the cases that had
        been decided by the origin year, where there were any; ``skill_other_regions`` against the frequency in the
        regions of the other folds, and ``skill_pooled`` that of the pool with it (`pooled_with_rate`), where folds
        are given.  Other columns: ``ahead``, ``forecasts``, ``events``, ``base_rate``, ``mean_forecast``, ``brier``.
    """
    rows = []
    for at, ahead in enumerate(forecasts.ahead):
        probability, happened = forecasts.probability[:, at], forecasts.happened[:, at]
        if not happened.size:
            continue
        rate = happened.mean()
        known = np.isfinite(forecasts.known_rate[:, at])
        own = brier(probability, happened)
        row = {
            "ahead": ahead,
            "forecasts": happened.size,
            "events": int(happened.sum()),
            "base_rate": rate,
            "mean_forecast": probability.mean(),
            "brier": own,
            "skill": 1.0 - own / brier(np.full(happened.size, rate), happened) if 0 < rate < 1 else np.nan,
            "skill_known_rate": np.nan,
            "skill_other_regions": np.nan,
            "skill_pooled": np.nan,
        }
        if known.any():
            rival = brier(forecasts.known_rate[known, at], happened[known])
            row["skill_known_rate"] = 1.0 - brier(probability[known], happened[known]) / rival if rival > 0 else np.nan
        if fold is not None:
            rate, pooled = pooled_with_rate(probability, happened, fold)
            rival = brier(rate, happened)
            for column, forecast in (("skill_other_regions", probability), ("skill_pooled", pooled)):
                row[column] = 1.0 - brier(forecast, happened) / rival if rival > 0 else np.nan
        rows.append(row)
    return pd.DataFrame(rows)
