"""What setting years aside does to forecasts: one law scored on the same records, as they are and with years masked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathway_models.forecasting.laws.damped_trend import DampedTrend
from pathway_models.forecasting.windows import rolling_origins
from pathway_models.intake.panels import Panel
from pathway_models.kernels.growth import TrendParameters
from pathway_models.kernels.scores import crps_student_t, pit_student_t
from pathway_models.records.growth_laws import History, Windows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OneOffScore:
    """Scores of one horizon; skill is 1 - CRPS set aside / CRPS as observed.

    Parameters
    ----------
    horizon, forecasts : int
    skill : float
        Above zero where setting aside helps.
    covered, covered_aside : float
        Share of outcomes in the 90 % band, as observed and set aside.
    bias, bias_aside : float
        Mean of outcome less centre, log.
    """

    horizon: int
    forecasts: int
    skill: float
    covered: float
    covered_aside: float
    bias: float
    bias_aside: float


def one_off_scores(
    panel: Panel,
    parameters: TrendParameters,
    one_off: Collection[int],
    origins: Collection[int],
    *,
    quantity: str = "emissions_tco2",
    record: int = 6,
    horizons: Collection[int] = (1, 3, 5, 10),
) -> list[OneOffScore]:
    """Score the law on records that end in some years, with years set aside and without.

    Parameters
    ----------
    panel : Panel
    parameters : TrendParameters
    one_off : collection of int
        Years set aside.
    origins : collection of int
        Last years of the records.
    quantity : str
        Column of the panel.
    record : int
        Years of a record, those set aside included.
    horizons : collection of int
    """
    windows = rolling_origins(panel.logs(quantity), panel.years, record, max(horizons))
    windows = windows.take(np.isin(windows.origin, list(origins)))
    plain = _forecast(windows, parameters, ())
    aside = _forecast(windows, parameters, one_off)
    found = []
    for horizon in horizons:
        outcome = windows.change[:, horizon - 1]
        known = np.isfinite(outcome)
        if known.any():
            pairs = [(centre[known, horizon - 1], scale[known, horizon - 1]) for centre, scale in (plain, aside)]
            found.append(_score(horizon, outcome[known], pairs, parameters.tail))
    return found


def _forecast(windows: Windows, parameters: TrendParameters, one_off: Collection[int]) -> tuple[Floats, Floats]:
    """Centre and scale of the log change from the last year of each record: (window, horizon)."""
    steps = windows.change.shape[1]
    centre, scale = np.empty((2, len(windows), steps))
    for origin in np.unique(windows.origin):
        at = np.flatnonzero(windows.origin == origin)
        years = np.arange(origin - windows.record + 1, origin + 1)
        kept = ~np.isin(years, list(one_off))
        history = History(windows.log_history[at], windows.origin[at], kept)
        found = DampedTrend(parameters=parameters).forecast(history, steps)
        centre[at], scale[at] = found.centre, found.scale
    return centre, scale


def _score(horizon: int, outcome: Floats, pairs: list[tuple[Floats, Floats]], tail: float) -> OneOffScore:
    crps = [float(crps_student_t(outcome, centre, scale, tail).mean()) for centre, scale in pairs]
    pits = [pit_student_t(outcome, centre, scale, tail) for centre, scale in pairs]
    covered = [float((np.abs(pit - 0.5) < 0.45).mean()) for pit in pits]
    bias = [float((outcome - centre).mean()) for centre, _ in pairs]
    return OneOffScore(horizon, outcome.size, 1.0 - crps[1] / crps[0], *covered, *bias)
