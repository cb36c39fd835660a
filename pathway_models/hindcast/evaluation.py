"""Hindcasts: forecasts of the past from short records, by a model fitted without the outcome.

Two ways of hiding the outcome:

``region``
    The groups of a panel (regions; each entity its own where none are named) are dealt into folds by
    a seeded shuffle; those of a fold are forecast with parameters fitted to the others, over all years.
``future``
    Every origin is forecast with parameters fitted to what was known at the end of that year.

Hindcasts of peaks give the skill of the probability of having peaked.  For an origin ``T`` the peak rule is applied to
the record and the ``judged`` years after it, once with the outcome and once with every member of the ensemble.  The
event is "peaked by ``T + ahead``": a peak, not censored, no later than that year.  Both are judged on the same years,
so that the rule has the same information.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.baseline.laws import damped_trend, register
from pathway_models.baseline.windows import Subject
from pathway_models.core import Fault, InputError
from pathway_models.kernels import Floats
from pathway_models.kernels.scores import brier, coverage, reliability
from pathway_models.kernels.turning_points import CENSORED, PeakRule, turning_points
from pathway_models.records.growth_laws import Forecast, FreshNormals, GrowthLaw, Windows

HOLDOUTS = ("region", "future")
#: Fewest origins before the first one tested when the future is held out.
FIRST_ORIGINS = 5
#: Benchmark laws of every hindcast.
RIVALS = ("persistence", "log_trend", "damped_holt")
WIDTHS = (0.5, 0.8, 0.9)
#: Number of bins of equal width for the probability integral transform.
DECILES = 10


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Forecasts from records of one length, with their outcomes.

    Parameters
    ----------
    windows : Windows
        Records and outcomes.
    forecast : Forecast
        Of the log change.
    rivals : mapping rival -> (window, horizon) float
        CRPS of each rival with its own errors on the training panel; NaN where it had none.
    laws : tuple of GrowthLaw
        As fitted for every fold or origin year.
    fit : (window,) int
        Index of the law that forecast the window.
    """

    windows: Windows
    forecast: Forecast
    rivals: dict[str, Floats]
    laws: tuple[GrowthLaw, ...]
    fit: NDArray[np.int_]

    @property
    def pit(self) -> Floats:
        """Probability integral transform of the outcomes: (window, horizon)."""
        return self.forecast.pit(self.windows.change)

    @property
    def crps(self) -> Floats:
        """Continuous ranked probability score, log units; (window, horizon)."""
        return self.forecast.crps(self.windows.change)


def hindcast_windows(
    subject: Subject,
    record: int = 5,
    horizon: int = 15,
    holdout: str = "region",
    *,
    seed: int,
    folds: int = 10,
    teachers: Sequence[Subject] = (),
    taught_records: Sequence[int] | None = None,
    law: GrowthLaw | str = damped_trend.FITTED_PRIOR,
    is_fixed: bool = False,
) -> Hindcast:
    """Forecast every record of a panel with the outcome hidden.

    Parameters
    ----------
    subject : Subject
    record : int
        Length of the records that are forecast, years.
    horizon : int
        Furthest year ahead.
    holdout : {"region", "future"}
        What is hidden; see the docstring of the module.
    seed : int
        Deals the regions into folds.
    folds : int
        Number of folds of regions.
    teachers : sequence of Subject
        Further training panels, each with the weight of this one; the same is hidden there.
    taught_records : sequence of int, optional
        Lengths of training records; only ``record`` when not given.
    law : GrowthLaw or str
        The law, or the name it is registered by.
    is_fixed : bool
        Whether to use the law as fitted elsewhere; rivals still learn their errors from what is not hidden.

    Raises
    ------
    ValueError
        Unknown holdout.
    InputError
        The panel is too short for records of that length, or no training data are left.
    """
    if holdout not in HOLDOUTS:
        raise ValueError(f"holdout = {holdout!r}: expected one of {', '.join(HOLDOUTS)}")
    law = register.law_named(law) if isinstance(law, str) else law
    own = subject.windows(record, horizon, law.covariates)
    lengths = (record,) if taught_records is None else tuple(taught_records)
    members = (subject, *teachers)
    taught = [(member, member.windows(length, horizon, law.covariates)) for member in members for length in lengths]
    _check_origins(subject.panel.name, np.unique(own.origin).size, record, holdout)
    split = _by_region(subject, own, taught, folds, seed) if holdout == "region" else _by_year(own, taught)
    parts: list[Hindcast] = []
    places: list[NDArray[np.int_]] = []
    fitted: GrowthLaw | None = None
    for rivals_train, every, tested in split:
        # A panel that begins later has no training data yet.
        training = [windows for windows in every if len(windows)]
        if tested.size:
            if not is_fixed and not training:
                remedy = "add regions; these leave nothing to learn from when one is held out"
                raise _refused(subject.panel.name, "group", "", "records in at least 2 regions", remedy)
            # A fit to other regions must not be used even as a starting point.
            start = fitted if holdout == "future" else None
            fitted = law if is_fixed else law.fit(training, start=start)
            parts.append(_forecast(own.take(tested), rivals_train, fitted))
            places.append(tested)
    return _joined(parts, np.argsort(np.concatenate(places), kind="stable"))


def _check_origins(name: str, origins: int, record: int, holdout: str) -> None:
    """Refuse a panel without a record to test."""
    remedy = "add years or give shorter records"
    if not origins:
        raise _refused(name, "year", "", f"a record of {record} years in a row with a later year known", remedy)
    if holdout == "future" and origins <= FIRST_ORIGINS:
        expected = f"records of {record} years that end in at least {FIRST_ORIGINS + 1} different years"
        raise _refused(name, "year", str(origins), expected, remedy)


def _refused(name: str, place: str, value: str, expected: str, remedy: str) -> InputError:
    return InputError([Fault(name, place, value, expected, remedy, code="hindcast_short")])


Split = Iterator[tuple[Windows, list[Windows], NDArray[np.int_]]]


def _by_region(subject: Subject, own: Windows, taught: list[tuple[Subject, Windows]], folds: int, seed: int) -> Split:
    names = np.unique(np.array(subject.panel.groups))
    fold = dict(zip(names, np.random.default_rng(seed).permutation(names.size) % folds, strict=True))

    def fold_of(member: Subject, windows: Windows) -> NDArray[np.int_]:
        return np.array([fold.get(name, -1) for name in member.groups_of(windows)], dtype=int)

    own_fold = fold_of(subject, own)
    taught_folds = [fold_of(member, windows) for member, windows in taught]
    for held in range(min(folds, names.size)):
        training = [windows.take(at != held) for (_, windows), at in zip(taught, taught_folds, strict=True)]
        yield own.take(own_fold != held), training, np.flatnonzero(own_fold == held)


def _by_year(own: Windows, taught: list[tuple[Subject, Windows]]) -> Split:
    for year in np.unique(own.origin)[FIRST_ORIGINS:]:
        training = [windows.known_by(year) for _, windows in taught]
        yield own.known_by(year), training, np.flatnonzero(own.origin == year)


def _forecast(tested: Windows, training: Windows, law: GrowthLaw) -> Hindcast:
    steps = tested.change.shape[1]
    rivals = {}
    for name in RIVALS:
        forecast = register.law_named(name).fit([training]).forecast(tested.history, steps)
        rivals[name] = forecast.crps(tested.change)
    first = np.zeros(len(tested), dtype=int)
    return Hindcast(tested, law.forecast(tested.history, steps), rivals, (law,), first)


def _joined(parts: Sequence[Hindcast], order: NDArray[np.int_]) -> Hindcast:
    forecast = type(parts[0].forecast).joined([part.forecast for part in parts]).take(order)
    rivals = {name: np.concatenate([part.rivals[name] for part in parts])[order] for name in RIVALS}
    fit = np.concatenate([part.fit + at for at, part in enumerate(parts)])[order]
    windows = Windows.joined([part.windows for part in parts]).take(order)
    return Hindcast(windows, forecast, rivals, sum((part.laws for part in parts), ()), fit)


def summarise(cast: Hindcast, horizons: Sequence[int]) -> pd.DataFrame:
    """Summarise coverage, scores and skill of hindcasts of one record length by horizon.

    Columns: ``record``, ``horizon`` (years); ``forecasts`` and ``origins`` (counts); ``coverage_50/80/90``
    (shares); ``bias`` (mean of outcome minus centre, log); ``half_width_90`` (median, log); ``crps``
    (log); ``skill_<rival>`` (1 - CRPS / CRPS of the rival, over forecasts for which both exist).
    """
    pit, crps, half_width = cast.pit, cast.crps, cast.forecast.half_width(0.9)
    error = cast.windows.change - cast.forecast.centre
    rows = []
    for horizon in horizons:
        at = horizon - 1
        known = np.isfinite(crps[:, at])
        if not known.any():
            continue
        row = {
            "record": cast.windows.record,
            "horizon": horizon,
            "forecasts": int(known.sum()),
            "origins": int(np.unique(cast.windows.origin[known]).size),
        }
        row |= {f"coverage_{100 * level:.0f}": float(coverage(pit[:, at], level)) for level in WIDTHS}
        row["bias"] = float(error[known, at].mean())
        row["half_width_90"] = float(np.median(half_width[known, at]))
        row["crps"] = float(crps[known, at].mean())
        for name in RIVALS:
            rival = cast.rivals[name][:, at]
            both = known & np.isfinite(rival)
            skill = 1.0 - crps[both, at].sum() / rival[both].sum() if both.any() else np.nan
            row[f"skill_{name}"] = float(skill)
        rows.append(row)
    return pd.DataFrame(rows)


def deciles(cast: Hindcast, horizons: Sequence[int]) -> pd.DataFrame:
    """Compute the share of outcomes by decile of their forecast, a row a horizon: a tenth each when calibrated.

    Columns: ``record``, ``horizon`` (years), ``forecasts`` (count), ``decile_1`` ... ``decile_10`` (shares).
    """
    rows = []
    for horizon in horizons:
        pit = cast.pit[:, horizon - 1]
        pit = pit[np.isfinite(pit)]
        if pit.size:
            counts = np.bincount(np.minimum((pit * DECILES).astype(int), DECILES - 1), minlength=DECILES)
            shares = {f"decile_{at + 1}": float(count / pit.size) for at, count in enumerate(counts)}
            rows.append({"record": cast.windows.record, "horizon": horizon, "forecasts": pit.size} | shares)
    return pd.DataFrame(rows)


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
        Frequency on this panel of cases decided by the origin year; NaN before the first.
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
    """Simulate log changes of some windows by the law fitted without them: (window, member, step)."""
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
        Years after the origin by which the peak is to have occurred; below ``judged``.
    judged : int
        Years after the origin to which the rule is applied.
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
    """Tabulate forecast against frequency by bin.

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
        ``skill`` is against the base rate of the scored forecasts themselves, which no forecaster could know.
        ``skill_known_rate`` is against the frequency of the cases decided by the origin year, where there were any;
        ``skill_other_regions`` against the frequency in the regions of the other folds, and ``skill_pooled`` that of
        the pool with it (`pooled_with_rate`), where folds are given.  Other columns: ``ahead``, ``forecasts``,
        ``events``, ``base_rate``, ``mean_forecast``, ``brier``.
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
