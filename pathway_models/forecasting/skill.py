"""What hindcasts say: coverage and skill by horizon, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from pathway_models.forecasting.hindcast import RIVALS, Hindcast, hindcast_windows
from pathway_models.forecasting.laws.damped_trend import FITTED_PRIOR
from pathway_models.forecasting.windows import Subject
from pathway_models.intake.panels import Panel
from pathway_models.kernels.scores import coverage
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
    """Share of outcomes by decile of their forecast, a row a horizon: a tenth each when calibrated.

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
    """Coverage, scores and skill of hindcasts of one record length by horizon.

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
