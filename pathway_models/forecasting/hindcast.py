"""Hindcasts: forecasts of the past from short records, by a model that had not seen the outcome.

Two ways of hiding the outcome:

``region``
    The entities are dealt into folds by a seeded shuffle; those of a fold are forecast with
    parameters fitted to the others, over all years.
``future``
    Every origin is forecast with parameters fitted to what was known at the end of that year.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathway_models.forecasting.calibration import START, estimate, predictive
from pathway_models.forecasting.windows import Windows, rolling_origins
from pathway_models.intake.panels import Panel
from pathway_models.kernels.growth import TrendParameters, persistence, straight_log_trend
from pathway_models.kernels.scores import crps_ensemble, crps_student_t, pit_student_t

Floats = NDArray[np.float64]

HOLDOUTS = ("region", "future")
#: Yearly origins that must lie behind the first one tested when the future is held out.
FIRST_ORIGINS = 5
#: Quantiles by which a rival's errors are kept.
RIVAL_QUANTILES = (np.arange(100) + 0.5) / 100.0
RIVALS = {"persistence": persistence, "log_trend": straight_log_trend}


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Forecasts of one record length with what happened.

    Parameters
    ----------
    windows : Windows
        Records and outcomes.
    centre, scale : (window, horizon) float
        Student-t forecast of the log change.
    tail : (window,) float
        Its degrees of freedom.
    rivals : mapping rival -> (window, horizon) float
        CRPS of each rival carrying its own errors in the training panel; NaN where it had none.
    """

    windows: Windows
    centre: Floats
    scale: Floats
    tail: Floats
    rivals: dict[str, Floats]

    @property
    def pit(self) -> Floats:
        """Probability the forecast gave to less than the outcome; (window, horizon)."""
        return pit_student_t(self.windows.change, self.centre, self.scale, self.tail[:, None])

    @property
    def crps(self) -> Floats:
        """Continuous ranked probability score, log units; (window, horizon)."""
        return crps_student_t(self.windows.change, self.centre, self.scale, self.tail[:, None])


def hindcast_windows(
    panel: Panel,
    records: Sequence[int] = (5, 8, 12),
    horizon: int = 15,
    holdout: str = "region",
    *,
    seed: int,
    folds: int = 10,
    quantity: str = "emissions_tco2",
    per: str | None = None,
    teachers: Sequence[Panel] = (),
) -> dict[int, Hindcast]:
    """Forecast every record of a panel with the outcome hidden.

    Parameters
    ----------
    panel : Panel
    records : sequence of int
        Lengths of record, years; one set of parameters serves them all.
    horizon : int
        Furthest year ahead.
    holdout : {"region", "future"}
        What is hidden; see the module.
    seed : int
        Deals the entities into folds.
    folds : int
        Number of folds of entities.
    quantity, per : str
        Column of the panel, and the one it is divided by.
    teachers : sequence of Panel
        Further panels that train with the same weight as this one; their future is hidden too.

    Returns
    -------
    dict of Hindcast
        By record length.

    Raises
    ------
    ValueError
        Unknown holdout.
    """
    if holdout not in HOLDOUTS:
        raise ValueError(f"holdout = {holdout!r}: expected one of {', '.join(HOLDOUTS)}")
    logs = panel.logs(quantity, per)
    own = {record: rolling_origins(logs, panel.years, record, horizon) for record in records}
    others = [
        rolling_origins(teacher.logs(quantity, per), teacher.years, record, horizon)
        for teacher in teachers
        for record in records
    ]
    split = _by_region(own, others, len(panel.entities), folds, seed) if holdout == "region" else _by_year(own, others)
    collected: dict[int, list[tuple[NDArray, Hindcast]]] = {record: [] for record in records}
    parameters = START
    for training, training_others, tested in split:
        parameters = estimate([*training.values(), *training_others], start=parameters)
        for record, place in tested.items():
            if place.size:
                cast = _forecast(own[record].take(place), training[record], parameters)
                collected[record].append((place, cast))
    return {record: _joined(parts) for record, parts in collected.items() if parts}


Split = Iterator[tuple[dict[int, Windows], list[Windows], dict[int, NDArray]]]


def _by_region(own: dict[int, Windows], others: list[Windows], entities: int, folds: int, seed: int) -> Split:
    fold = np.random.default_rng(seed).permutation(entities) % folds
    for held in range(folds):
        training = {record: windows.take(fold[windows.entity] != held) for record, windows in own.items()}
        tested = {record: np.flatnonzero(fold[windows.entity] == held) for record, windows in own.items()}
        yield training, others, tested


def _by_year(own: dict[int, Windows], others: list[Windows]) -> Split:
    origins = np.unique(np.concatenate([windows.origin for windows in own.values()]))
    for year in origins[FIRST_ORIGINS:]:
        training = {record: windows.known_by(year) for record, windows in own.items()}
        tested = {record: np.flatnonzero(windows.origin == year) for record, windows in own.items()}
        yield training, [windows.known_by(year) for windows in others], tested


def _forecast(tested: Windows, training: Windows, parameters: TrendParameters) -> Hindcast:
    centre, scale = predictive(tested, parameters)
    rivals = {name: _rival_crps(tested, training, rule) for name, rule in RIVALS.items()}
    return Hindcast(tested, centre, scale, np.full(len(tested), parameters.tail), rivals)


def _rival_crps(tested: Windows, training: Windows, rule) -> Floats:  # noqa: ANN001
    """CRPS of a point rule that carries the quantiles of its own training errors, bias included."""
    steps = tested.change.shape[1]
    errors = training.change - rule(training.log_history, steps)
    point = rule(tested.log_history, steps)
    score = np.full(tested.change.shape, np.nan)
    for at in range(steps):
        known = errors[np.isfinite(errors[:, at]), at]
        if known.size:
            members = np.quantile(known, RIVAL_QUANTILES)
            score[:, at] = crps_ensemble(tested.change[:, at] - point[:, at], members)
    return score


def _joined(parts: Iterable[tuple[NDArray, Hindcast]]) -> Hindcast:
    parts = list(parts)
    order = np.argsort(np.concatenate([place for place, _ in parts]), kind="stable")
    casts = [cast for _, cast in parts]

    def stack(pick) -> NDArray:  # noqa: ANN001
        return np.concatenate([pick(cast) for cast in casts])[order]

    windows = Windows(*(stack(lambda c, f=f: getattr(c.windows, f)) for f in Windows.__dataclass_fields__))
    rivals = {name: stack(lambda c, n=name: c.rivals[n]) for name in RIVALS}
    return Hindcast(windows, stack(lambda c: c.centre), stack(lambda c: c.scale), stack(lambda c: c.tail), rivals)
