"""The first yardstick: what a pooled regression, the simplest honest forecaster, reaches on each panel.

The log change over ``h`` years is regressed on the straight slope of the record, over all records of two thirds of the
regions; its errors there are the band for the other third.  Every third is held out once.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.forecasting.laws.benchmarks import ERROR_QUANTILES
from pathway_models.forecasting.windows import Subject
from pathway_models.intake.panels import read_panel
from pathway_models.kernels.benchmark_forecasts import straight_log_trend
from pathway_models.kernels.scores import crps_ensemble

Floats = NDArray[np.float64]

#: Parts into which the regions are dealt; each is held out once.
PARTS = 3


def yardstick(panel: str, horizons: tuple[int, ...] = (1, 3, 5, 10), record: int = 5, *, seed: int) -> pd.DataFrame:
    """Coverage and skill of the pooled regression on one panel.

    Parameters
    ----------
    panel : str
        A shipped panel.
    horizons : tuple of int
        Years ahead.
    record : int
        Years of record.
    seed : int
        Deals the regions.

    Returns
    -------
    DataFrame
        Columns ``panel``, ``horizon``, ``coverage_90``, ``skill_log_trend``, ``skill_persistence``; the rivals carry
        their own errors of the training regions, as everywhere.
    """
    subject = Subject(read_panel(panel))
    windows = subject.windows(record, max(horizons))
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
    """Outcomes inside the 90 % band, and CRPS of regression, log-trend and persistence; sums over what is tested."""
    design = np.stack([np.ones_like(slope), slope], axis=1)
    fit = np.linalg.lstsq(design[~tested], outcome[~tested], rcond=None)[0]
    wrong = outcome - design @ fit
    low, high = np.quantile(wrong[~tested], [0.05, 0.95])
    found = [float(((wrong[tested] >= low) & (wrong[tested] <= high)).sum())]
    for error in (wrong, outcome - slope * horizon, outcome):
        members = np.quantile(error[~tested], ERROR_QUANTILES)
        found.append(float(crps_ensemble(error[tested], members).sum()))
    return found
