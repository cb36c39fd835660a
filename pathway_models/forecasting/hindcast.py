"""Hindcasts: forecasts of the past from short records, by a model that had not seen the outcome.

Two ways of hiding the outcome:

``region``
    The groups of a panel (regions; each entity its own where none are named) are dealt into folds by
    a seeded shuffle; those of a fold are forecast with parameters fitted to the others, over all years.
``future``
    Every origin is forecast with parameters fitted to what was known at the end of that year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pathway_models.forecasting.calibration import START, estimate, predictive
from pathway_models.forecasting.windows import Windows, rolling_origins
from pathway_models.intake.panels import Panel
from pathway_models.kernels.growth import TrendParameters
from pathway_models.kernels.rival_trends import damped_holt, persistence, straight_log_trend
from pathway_models.kernels.scores import crps_ensemble, crps_student_t, pit_student_t

Floats = NDArray[np.float64]

HOLDOUTS = ("region", "future")
#: Origins that must lie behind the first one tested when the future is held out.
FIRST_ORIGINS = 5
#: Quantiles by which a rival's errors are kept.
RIVAL_QUANTILES = (np.arange(100) + 0.5) / 100.0
RIVALS: dict[str, Callable[[Floats, int], Floats]] = {
    "persistence": persistence,
    "log_trend": straight_log_trend,
    "damped_holt": damped_holt,
}


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Forecasts from records of one length, with what happened.

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
    parameters : tuple of TrendParameters
        Of every fold or origin year.
    fit : (window,) int
        Which of them forecast the window.
    """

    windows: Windows
    centre: Floats
    scale: Floats
    tail: Floats
    rivals: dict[str, Floats]
    parameters: tuple[TrendParameters, ...]
    fit: NDArray[np.int_]

    @property
    def pit(self) -> Floats:
        """Probability the forecast gave to less than the outcome; (window, horizon)."""
        return pit_student_t(self.windows.change, self.centre, self.scale, self.tail[:, None])

    @property
    def crps(self) -> Floats:
        """Continuous ranked probability score, log units; (window, horizon)."""
        return crps_student_t(self.windows.change, self.centre, self.scale, self.tail[:, None])


@dataclass(frozen=True)
class Subject:
    """What is forecast: a quantity of a panel, or its ratio to another one.

    Parameters
    ----------
    panel : Panel
    quantity : str
    per : str, optional
        Column the quantity is divided by (an intensity).
    """

    panel: Panel
    quantity: str = "emissions_tco2"
    per: str | None = None

    def windows(self, record: int, horizon: int) -> Windows:
        """Every record of a length, with its outcomes."""
        return rolling_origins(self.panel.logs(self.quantity, self.per), self.panel.years, record, horizon)

    def groups_of(self, windows: Windows) -> NDArray[np.str_]:
        """Region of every window."""
        return np.array(self.panel.groups)[windows.entity]


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
    law: TrendParameters | None = None,
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
        What is hidden; see the module.
    seed : int
        Deals the regions into folds.
    folds : int
        Number of folds of regions.
    teachers : sequence of Subject
        Further panels that train, each with the weight of this one; what is hidden is hidden there too.
    taught_records : sequence of int, optional
        Lengths of record that train; only ``record`` when not given.
    law : TrendParameters, optional
        A law fitted elsewhere, instead of one fitted here; rivals still learn their errors from what is not hidden.

    Returns
    -------
    Hindcast

    Raises
    ------
    ValueError
        Unknown holdout, or a panel too short for it.
    """
    if holdout not in HOLDOUTS:
        raise ValueError(f"holdout = {holdout!r}: expected one of {', '.join(HOLDOUTS)}")
    own = subject.windows(record, horizon)
    lengths = (record,) if taught_records is None else tuple(taught_records)
    taught = [(member, member.windows(length, horizon)) for member in (subject, *teachers) for length in lengths]
    split = _by_region(subject, own, taught, folds, seed) if holdout == "region" else _by_year(own, taught)
    parts: list[Hindcast] = []
    places: list[NDArray[np.int_]] = []
    parameters = START
    for rivals_train, training, tested in split:
        if tested.size:
            # A fit to other regions may not even lend its result as a place to start from.
            start = parameters if holdout == "future" else START
            parameters = estimate(training, start=start) if law is None else law
            parts.append(_forecast(own.take(tested), rivals_train, parameters))
            places.append(tested)
    if not parts:
        raise ValueError(f"{subject.panel.name}: too few years for records of {record} years")
    return _joined(parts, np.argsort(np.concatenate(places), kind="stable"))


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


def _forecast(tested: Windows, training: Windows, parameters: TrendParameters) -> Hindcast:
    centre, scale = predictive(tested, parameters)
    rivals = {name: _rival_crps(tested, training, rule) for name, rule in RIVALS.items()}
    tail, first = np.full(len(tested), parameters.tail), np.zeros(len(tested), dtype=int)
    return Hindcast(tested, centre, scale, tail, rivals, (parameters,), first)


def _rival_crps(tested: Windows, training: Windows, rule: Callable[[Floats, int], Floats]) -> Floats:
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


def _joined(parts: Sequence[Hindcast], order: NDArray[np.int_]) -> Hindcast:
    def stack(arrays: Sequence[NDArray]) -> NDArray:
        return np.concatenate(arrays)[order]

    windows = Windows(*(stack([getattr(part.windows, field.name) for part in parts]) for field in fields(Windows)))
    rivals = {name: stack([part.rivals[name] for part in parts]) for name in RIVALS}
    centre, scale, tail = (stack([getattr(part, name) for part in parts]) for name in ("centre", "scale", "tail"))
    fit = stack([part.fit + at for at, part in enumerate(parts)])
    return Hindcast(windows, centre, scale, tail, rivals, sum((part.parameters for part in parts), ()), fit)
