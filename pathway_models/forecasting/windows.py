"""Rolling origins: every record of a panel with what came after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathway_models.intake.panels import Panel

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Windows:
    """Records of one length and their outcomes.

    Parameters
    ----------
    entity : (window,) int
        Row of the panel.
    origin : (window,) int
        Last year of the record.
    log_history : (window, record) float
        Logs of the record's years, all known.
    change : (window, horizon) float
        Log change from the origin to 1, 2, ... years later; NaN where not known.
    """

    entity: NDArray[np.int_]
    origin: NDArray[np.int_]
    log_history: Floats
    change: Floats

    def __len__(self) -> int:
        return self.origin.size

    @property
    def record(self) -> int:
        """Years of the records."""
        return self.log_history.shape[1]

    def take(self, kept: NDArray) -> Windows:
        """Some of the windows, by mask or index."""
        return Windows(self.entity[kept], self.origin[kept], self.log_history[kept], self.change[kept])

    def known_by(self, year: int) -> Windows:
        """What was known at the end of a year: later outcomes are missing, later records are gone."""
        horizon = np.arange(1, self.change.shape[1] + 1)
        change = np.where(self.origin[:, None] + horizon <= year, self.change, np.nan)
        masked = Windows(self.entity, self.origin, self.log_history, change)
        return masked.take(np.isfinite(change).any(axis=1))

    def sample(self, count: int, seed: int) -> Windows:
        """At most so many windows, drawn without replacement by a seeded generator."""
        if len(self) <= count:
            return self
        return self.take(np.sort(np.random.default_rng(seed).choice(len(self), count, replace=False)))


def rolling_origins(logs: Floats, years: NDArray[np.int_], record: int, horizon: int) -> Windows:
    """Cut every complete record out of a panel, with at least one later year known.

    Parameters
    ----------
    logs : (entity, year) float
        NaN where missing.
    years : (year,) int
        Consecutive years.
    record : int
        Years of a record, at least 3.
    horizon : int
        Years after it.

    Returns
    -------
    Windows
        Ordered by origin, then entity.
    """
    ahead = np.full((logs.shape[0], logs.shape[1] + horizon), np.nan)
    ahead[:, : logs.shape[1]] = logs
    views = np.lib.stride_tricks.sliding_window_view(ahead, record + horizon, axis=1)
    views = views.transpose(1, 0, 2)
    history, later = views[..., :record], views[..., record:]
    usable = np.isfinite(history).all(axis=-1) & np.isfinite(later).any(axis=-1)
    start, entity = np.nonzero(usable)
    history = history[usable]
    return Windows(entity, years[start + record - 1], history, later[usable] - history[:, -1:])


def latest_runs(panel: Panel, quantity: str = "emissions_tco2") -> dict[str, dict[int, float]]:
    """Last unbroken run of years of every entity, as `findings.judging` takes series.

    Parameters
    ----------
    panel : Panel
    quantity : str
        Column of the panel.

    Returns
    -------
    dict
        entity -> {year: value}; entities without a value are left out.
    """
    found = {}
    for entity, values in zip(panel.entities, panel.values[quantity], strict=True):
        known = np.flatnonzero(np.isfinite(values))
        if known.size:
            run = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)[-1]
            found[entity] = {int(panel.years[at]): float(values[at]) for at in run}
    return found
