"""Yardsticks beside the report card: pooled regression, far horizons, classes of size, long-run growth.

The first yardstick is a pooled regression, the simplest honest forecaster: the log change over ``h`` years is
regressed on the straight slope of the record, over all records of two thirds of the regions; its errors there are
the band for the other third.  Every third is held out once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from pathway_models.baseline.laws.benchmarks import ERROR_QUANTILES
from pathway_models.baseline.laws.damped_trend import predictive
from pathway_models.baseline.windows import Subject
from pathway_models.hindcast.park_laws import TAUGHT_RECORD
from pathway_models.hindcast.report import coverage_table
from pathway_models.intake.panels import REGIONS, read_panel
from pathway_models.kernels.growth import TrendParameters, damped_log_trend
from pathway_models.kernels.quantiles import censored_quantiles
from pathway_models.kernels.scores import crps_ensemble, pit_student_t
from pathway_models.kernels.trends import straight_log_trend
from pathway_models.kernels.turning_points import CENSORED, turning_points

Floats = NDArray[np.float64]

#: Parts into which the regions are dealt; each is held out once.
PARTS = 3
#: Years ahead that only countries can test.
FAR = (20, 30, 40)
#: Limits of classes of emissions, Mt CO2 a year, and the fewest forecasts that make a row.
SIZES, FEWEST = (0.0, 1.0, 5.0, 20.0, 100.0, np.inf), 100
#: Last observed and last projected year, and changes of the long-run growth, log a year, of `prior_sensitivity`.
ORIGIN, HORIZON, SHIFTS = 2020, 2060, (-0.01, 0.0, 0.01)


def yardstick(panel: str, horizons: tuple[int, ...] = (1, 3, 5, 10), *, seed: int) -> pd.DataFrame:
    """Measure coverage and skill of the pooled regression on records of five years of one panel.

    Parameters
    ----------
    panel : str
        A shipped panel.
    horizons : tuple of int
        Years ahead.
    seed : int
        Deals the regions.

    Returns
    -------
    DataFrame
        Columns ``panel``, ``horizon``, ``coverage_90``, ``skill_log_trend``, ``skill_persistence``; the rivals carry
        their own errors of the training regions, as everywhere.
    """
    subject = Subject(read_panel(panel))
    windows = subject.windows(5, max(horizons))
    names, place = np.unique(subject.groups_of(windows), return_inverse=True)
    part = (np.random.default_rng(seed).permutation(names.size) % PARTS)[place]
    slope = straight_log_trend(windows.log_history, 1)[:, 0]
    rows = []
    for horizon in horizons:
        outcome = windows.change[:, horizon - 1]
        known = np.isfinite(outcome)
        scores = np.array(
            [_scores(slope[known], outcome[known], part[known] == held, horizon) for held in range(PARTS)]
        )
        inside, own, trend, persistence = scores.sum(axis=0) / known.sum()
        rows.append((panel, horizon, inside, 1.0 - own / trend, 1.0 - own / persistence))
    return pd.DataFrame(rows, columns=["panel", "horizon", "coverage_90", "skill_log_trend", "skill_persistence"])


def _scores(slope: Floats, outcome: Floats, tested: NDArray[np.bool_], horizon: int) -> list[float]:
    """Sum outcomes inside the 90 % band, and the CRPS of regression, log-trend and persistence, over what is tested."""
    design = np.stack([np.ones_like(slope), slope], axis=1)
    fit = np.linalg.lstsq(design[~tested], outcome[~tested], rcond=None)[0]
    wrong = outcome - design @ fit
    low, high = np.quantile(wrong[~tested], [0.05, 0.95])
    found = [float(((wrong[tested] >= low) & (wrong[tested] <= high)).sum())]
    for error in (wrong, outcome - slope * horizon, outcome):
        members = np.quantile(error[~tested], ERROR_QUANTILES)
        found.append(float(crps_ensemble(error[tested], members).sum()))
    return found


def far_table(emissions: TrendParameters) -> pd.DataFrame:
    """Table coverage and half-width of the law for parks far beyond the horizons it was fitted to, on countries.

    Columns ``horizon``, ``forecasts``, ``coverage_50/80/90`` and ``factor_90`` (median upper edge of the
    90 % band over its centre).
    """
    windows = Subject(read_panel("countries")).windows(TAUGHT_RECORD, max(FAR))
    centre, scale = predictive(windows, emissions)
    table = coverage_table(pit_student_t(windows.change, centre, scale, emissions.tail), FAR)
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
    for panel in REGIONS:
        windows = Subject(read_panel(panel)).windows(TAUGHT_RECORD, max(horizons))
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


def prior_sensitivity(
    law: TrendParameters,
    prior_path: Callable[[NDArray[np.int_]], NDArray[np.float64]],
    *,
    growths: tuple[float, ...] = (0.0, 0.02, 0.04, 0.06),
    members: int = 4000,
    seed: int,
) -> pd.DataFrame:
    """Vary the assumed long-run growth and peak a smooth five-year record.

    Parameters
    ----------
    law : TrendParameters
        Law of total emissions.
    prior_path : callable
        Years to long-run growth, log a year.
    growths : tuple of float
        Growth of the record, log a year; its noise is set to that of the panel by a zigzag.
    members, seed : int

    Returns
    -------
    DataFrame
        Columns ``growth``, ``shift`` (of `SHIFTS`), ``before_2030`` (probability of a peak up to 2029),
        ``p50_year`` (median peak year; infinite when more than half do not peak by the horizon).
    """
    rng = np.random.default_rng(seed)
    steps = HORIZON - ORIGIN
    draws = rng.standard_normal(members), rng.standard_normal((members, steps)), rng.standard_normal(members)
    zigzag = law.noise * np.array([0.0, 0.5, -0.5, 0.5, 0.0])
    years = np.arange(ORIGIN - 4, HORIZON + 1)
    rows = []
    for growth in growths:
        record = growth * np.arange(-4.0, 1.0) + zigzag
        for shift in SHIFTS:
            paths = damped_log_trend(record, steps, law, *draws, prior_path(years[5:]) + shift)
            logs = np.concatenate([np.broadcast_to(record, (members, 5)), paths], axis=1)
            points = turning_points(np.exp(logs))
            censored = np.isin(points.status, CENSORED)
            median = censored_quantiles(years[points.index], censored, [0.5])[0]
            before = (~censored & (years[points.index] < 2030)).mean()
            rows.append({"growth": growth, "shift": shift, "before_2030": before, "p50_year": median})
    return pd.DataFrame(rows)
