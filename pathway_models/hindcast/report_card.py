"""Report card of the baseline: every measured figure of ``docs/baseline.md``, as tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from pathway_models.baseline.calibration import predictive
from pathway_models.baseline.laws.damped_trend import FITTED_PRIOR
from pathway_models.baseline.laws.register import law_named, laws_of
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast.driver_chain import DriverLaw, fit_drivers, make_synthetic_parks, total_pit
from pathway_models.hindcast.evaluation import RIVALS, Hindcast, hindcast_windows
from pathway_models.hindcast.park_laws import (
    ACTIVITY,
    HORIZON,
    RECORD,
    activity_panel,
    driver_samples,
    emission_subjects,
    match_width,
    with_law,
)
from pathway_models.hindcast.peak_skill import brier_table, forecast_peaks, reliability_table
from pathway_models.intake.panels import PANELS, Panel, read_panel
from pathway_models.kernels.growth import TrendParameters
from pathway_models.kernels.scores import coverage, pit_student_t
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.growth_laws import GrowthLaw

LEVELS = (0.5, 0.8, 0.9)
#: Equal parts into which forecast probabilities are counted.
DECILES = 10


def hindcast(
    subject: Subject | Panel,
    record_lengths: Sequence[int] = (5, 8, 12),
    horizons: Iterable[int] = range(1, 16),
    holdout: str = "region",
    *,
    seed: int,
    folds: int = 10,
    teachers: Sequence[Subject] = (),
    taught_records: Sequence[int] | None = None,
    law: GrowthLaw | str = FITTED_PRIOR,
) -> pd.DataFrame:
    """Measure the baseline on a panel's own past.

    Parameters
    ----------
    subject : Subject or Panel
        A panel alone stands for its emissions.
    record_lengths : sequence of int
        Years of record.
    horizons : iterable of int
        Years ahead to report.
    holdout, seed, folds, teachers, taught_records, law
        As in `hindcast_windows`.

    Returns
    -------
    DataFrame
        A row a record length and horizon; ``panel``, ``holdout`` and the columns of `summarise`.
    """
    subject = Subject(subject) if isinstance(subject, Panel) else subject
    horizons = list(horizons)
    tables = []
    for record in record_lengths:
        cast = hindcast_windows(
            subject, record, max(horizons), holdout,
            seed=seed, folds=folds, teachers=teachers, taught_records=taught_records, law=law,
        )  # fmt: skip
        tables.append(summarise(cast, horizons))
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "panel", subject.panel.name)
    table.insert(1, "holdout", holdout)
    return table


def deciles(cast: Hindcast, horizons: Sequence[int]) -> pd.DataFrame:
    """Count the share of outcomes by decile of their forecast, a row a horizon: a tenth each when calibrated.

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
        row |= {f"coverage_{100 * level:.0f}": float(coverage(pit[:, at], level)) for level in LEVELS}
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


#: Years ahead that are reported.
HORIZONS = tuple(range(1, 16))
#: Years ahead that only countries can test.
FAR = (20, 30, 40)
#: Limits of classes of emissions, Mt CO2 a year, and the fewest forecasts that make a row.
SIZES, FEWEST = (0.0, 1.0, 5.0, 20.0, 100.0, np.inf), 100
#: Folds of regions.
FOLDS = 10
#: The drivers' law before and after it is made as wide as emissions.
LAWS = ("fitted", "widened")


def hindcasts(
    panel: str | Panel,
    law: str,
    holdout: str,
    record: int,
    seed: int,
    horizon: int = max(HORIZONS),
    *,
    growth_law: str = FITTED_PRIOR,
    assumptions: Assumptions,
) -> Hindcast:
    """Hindcast the emissions of a panel.

    Parameters
    ----------
    panel : str or Panel
        Name of a shipped panel, or a panel of one's own.
    law : {"own", "parks"}
        Taught by the panel alone at this record length, or by all panels as the law for parks is.  To a panel of
        one's own the law for parks is applied as it is shipped: nothing of that panel is in it.
    holdout : {"region", "future"}
    record : int
        Years.
    seed : int
    horizon : int
        Furthest year ahead of the panel's own law.
    growth_law : str
        Name of a registered law.
    assumptions : Assumptions
        Parameters of the law for parks as shipped, and long-run growth where the law assumes it.

    Returns
    -------
    Hindcast
    """
    subject = Subject(read_panel(panel) if isinstance(panel, str) else panel)
    tested = law_named(growth_law, assumptions=assumptions)
    if law == "own":
        return hindcast_windows(subject, record, horizon, holdout, seed=seed, folds=FOLDS, law=tested)
    if not isinstance(panel, str):
        shipped = laws_of(with_law(assumptions, growth_law))["emissions"]
        return hindcast_windows(subject, record, horizon, holdout, seed=seed, folds=FOLDS, law=shipped, is_fixed=True)
    return hindcast_windows(
        subject,
        record,
        HORIZON,
        holdout,
        seed=seed,
        folds=FOLDS,
        teachers=emission_subjects(without=panel),
        taught_records=(RECORD,),
        law=tested,
    )


def summary(cast: Hindcast, law: str, panel: str, holdout: str, horizons: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """Table coverage and skill of one set of hindcasts, with its case in front."""
    return _fronted(summarise(cast, horizons), law=law, panel=panel, holdout=holdout)


def decile_table(
    cast: Hindcast, law: str, panel: str, holdout: str, horizons: Sequence[int] = HORIZONS
) -> pd.DataFrame:
    """Table the outcomes by decile of their forecasts, with the case in front."""
    return _fronted(deciles(cast, horizons), law=law, panel=panel, holdout=holdout)


def _fronted(table: pd.DataFrame, **front: object) -> pd.DataFrame:
    for at, (name, value) in enumerate(front.items()):
        table.insert(at, name, value)
    return table


def peak_tables(
    cast: Hindcast, panel: str | Panel, holdout: str, seed: int, front: Mapping[str, object] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table Brier scores and reliability of the probability of having peaked; see `peak_skill`.

    Parameters
    ----------
    cast : Hindcast
    panel : str or Panel
        Shipped or one's own.
    holdout : {"region", "future"}
        With regions held out, base rates and weights of the other regions are scored as well.
    seed : int
    front : mapping, optional
        Columns put in front of both tables.

    Returns
    -------
    brier, reliability : DataFrame
    """
    subject = Subject(read_panel(panel) if isinstance(panel, str) else panel)
    every = subject.windows(cast.windows.record, cast.windows.change.shape[1])
    forecasts = forecast_peaks(cast, every, seed=seed)
    fold = None
    if holdout == "region":
        of_entity = dict(zip(cast.windows.entity.tolist(), cast.fit.tolist(), strict=True))
        fold = np.array([of_entity[entity] for entity in forecasts.entity.tolist()])
    front = front or {}
    return _fronted(brier_table(forecasts, fold), **front), _fronted(reliability_table(forecasts), **front)


def driver_table(emissions: TrendParameters, seed: int, folds: int = 5) -> pd.DataFrame:
    """Table the coverage of totals forecast as activity times intensity, regions held out.

    Parameters
    ----------
    emissions : TrendParameters
        The law to whose width the drivers are widened.
    seed : int
        Deals the regions into folds.
    folds : int

    Returns
    -------
    DataFrame
        Columns ``law`` (``fitted`` or ``widened``), ``panel``, ``horizon``, ``forecasts``,
        ``coverage_50/80/90``.
    """
    samples = dict(zip(ACTIVITY, driver_samples(), strict=True))
    rng = np.random.default_rng(seed)
    fold = {
        name: (rng.permutation(len(activity_panel(name)[0].entities)) % folds)[part.total.entity]
        for name, part in samples.items()
    }
    pits = {(law, name): np.full(part.total.change.shape, np.nan) for law in LAWS for name, part in samples.items()}
    for held in range(folds):
        training = [part.take(fold[name] != held) for name, part in samples.items()]
        fitted = fit_drivers(training)
        for label, law in zip(LAWS, (fitted, match_width(fitted, emissions, training)[0]), strict=True):
            for name, part in samples.items():
                tested = fold[name] == held
                pits[label, name][tested] = total_pit(part.take(tested), law)
    tables = [_coverage_table(pit, (*HORIZONS, HORIZON), law=law, panel=name) for (law, name), pit in pits.items()]
    return pd.concat(tables, ignore_index=True)


def synthetic_table(emissions: TrendParameters, drivers: DriverLaw, seed: int, count: int = 2000) -> pd.DataFrame:
    """Table the coverage on synthetic parks, whose truth is known and drawn from another law.

    Columns ``law`` (``emissions`` or ``drivers``), ``record``, ``horizon``, ``forecasts``,
    ``coverage_50/80/90``.
    """
    tables = []
    for record in (5, 8, 12):
        windows = make_synthetic_parks(count, record, max(HORIZONS), seed=seed).windows()
        direct = pit_student_t(windows.total.change, *predictive(windows.total, emissions), emissions.tail)
        for law, pit in (("emissions", direct), ("drivers", total_pit(windows, drivers))):
            tables.append(_coverage_table(pit, HORIZONS, law=law, record=record))
    return pd.concat(tables, ignore_index=True)


def far_table(emissions: TrendParameters) -> pd.DataFrame:
    """Table coverage and half-width of the law for parks far beyond the horizons it was fitted to, on countries.

    Columns ``horizon``, ``forecasts``, ``coverage_50/80/90`` and ``factor_90`` (median upper edge of the
    90 % band over its centre).
    """
    windows = Subject(read_panel("countries")).windows(RECORD, max(FAR))
    centre, scale = predictive(windows, emissions)
    table = _coverage_table(pit_student_t(windows.change, centre, scale, emissions.tail), FAR)
    half_width = special.stdtrit(emissions.tail, 0.95) * np.median(scale, axis=0)
    table["factor_90"] = np.exp(half_width[[horizon - 1 for horizon in FAR]])
    return table


def size_table(emissions: TrendParameters, horizons: Sequence[int] = (1, 5, 10, 20, 40)) -> pd.DataFrame:
    """Table the outcomes in the law for parks by emissions of the last year of the record (in-sample).

    Columns ``panel``, ``from_mt`` and ``below_mt`` (Mt CO2 a year), ``horizon``, ``forecasts``, the shares of
    outcomes beyond quantiles of the law, ``above_95``, ``above_99`` and ``below_05``, and ``shift``: mean error in
    units of the scale. Classes with fewer than `FEWEST` forecasts are left out.
    """
    rows = []
    for panel in PANELS:
        windows = Subject(read_panel(panel)).windows(RECORD, max(horizons))
        centre, scale = predictive(windows, emissions)
        pit = pit_student_t(windows.change, centre, scale, emissions.tail)
        error = (windows.change - centre) / scale
        size = np.exp(windows.log_history[:, -1]) / 1e6
        for low, high in itertools.pairwise(SIZES):
            for horizon in horizons:
                inside = (size >= low) & (size < high) & np.isfinite(pit[:, horizon - 1])
                found = pit[inside, horizon - 1]
                if found.size >= FEWEST:
                    beyond = [float(part.mean()) for part in (found > 0.95, found > 0.99, found < 0.05)]
                    shift = float(error[inside, horizon - 1].mean())
                    rows.append((panel, low, high, horizon, found.size, *beyond, shift))
    head = ["panel", "from_mt", "below_mt", "horizon", "forecasts", "above_95", "above_99", "below_05", "shift"]
    return pd.DataFrame(rows, columns=head)


def _coverage_table(pit: NDArray[np.float64], horizons: Sequence[int], **front: object) -> pd.DataFrame:
    rows = []
    for horizon in horizons:
        column = pit[:, horizon - 1]
        if np.isfinite(column).any():
            row = {**front, "horizon": horizon, "forecasts": int(np.isfinite(column).sum())}
            rows.append(row | {f"coverage_{100 * level:.0f}": float(coverage(column, level)) for level in LEVELS})
    return pd.DataFrame(rows)
