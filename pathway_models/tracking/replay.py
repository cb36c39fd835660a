"""Replay history one year at a time, to score whether updating a forecast helps (``docs/tracking.md``, section 5).

Forecasts follow the law of total emissions that preceded the law in levels, which starts from the nation's record up
to today and so would use data that a replay has to predict.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from pathway_models.baseline.laws import damped_trend, register
from pathway_models.core import PathwayError
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.kernels.quantiles import effective_size, log_weights, normalised
from pathway_models.records import Assumptions, GrowthLaw, History, growth_laws
from pathway_models.tracking.updating import REPORT_ERROR, collapsed

#: Number of equally probable bins of the first forecast.
PARTS = 10


def replay(
    logs: np.ndarray,
    years: np.ndarray,
    names: tuple[str, ...],
    *,
    first: int = 2010,
    origin: int = 2014,
    target: int | None = None,
    members: int = 2000,
    error: float = REPORT_ERROR,
    seed: int = 1,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Forecast from a record, update by the following years one at a time, and score the forecast of the last year.

    Parameters
    ----------
    logs : (region, year)
        Logs of yearly emissions, without gaps from ``first`` to ``target``.
    years : (year,) int
    names : (region,) str
    first, origin : int
        First and last year of the record the first forecast rests on.
    target : int, optional
        The year that is forecast; the last one by default.
    members, seed : int
    error : float
        Of a reported yearly change, log.
    assumptions : Assumptions, optional
        With a growth law that uses the record alone; the shipped ones under the law of version 0.2 by default.

    Returns
    -------
    DataFrame
        region, known (last year fed), state (made, re-weighted, re-fitted), probability of the bin of the first
        forecast that holds the outcome, log_score, effective members.

    Raises
    ------
    PathwayError
        The law starts from records of nations, which reach beyond the origin.
    """
    if assumptions is None:
        assumptions = replace(read_assumptions(), law=damped_trend.RIVAL, fits={})
    last = int(years[-1]) if target is None else target
    growth = register.laws_of(assumptions)["emissions"]
    if getattr(growth, "leads", False):
        raise PathwayError(
            f"growth law {assumptions.law!r} knows the nation's years after {origin}, which a replay must not;"
            f" replay by pw.with_law(assumptions, {damped_trend.RIVAL!r})"
        )
    law = _Law(growth, logs, years, first, last, members, seed)
    path = law.forecast(origin)
    edges = np.quantile(path[:, :, -1], np.arange(1, PARTS) / PARTS, axis=1)
    outcome = law.since(origin)[:, -1]
    part = (edges <= outcome).sum(axis=0)
    state = _UpdatedForecasts(law, path, origin, error)
    rows = []
    for known in range(origin, last):
        for region in range(len(names)):
            state.feed(region, known)
        inside = (edges[:, :, None] <= state.ends()[None]).sum(axis=0) == part[:, None]
        probability = (state.weights * inside).sum(axis=1)
        rows.append(_rows(names, known, state.states, probability, effective_size(state.weights)))
    return pd.concat(rows, ignore_index=True)


def _rows(
    names: tuple[str, ...], known: int, state: list[str], probability: np.ndarray, size: np.ndarray
) -> pd.DataFrame:
    # A bin without members counts half a member, so that the score stays finite.
    floor = 0.5 / size
    return pd.DataFrame(
        {
            "region": names,
            "known": known,
            "state": list(state),
            "probability": probability,
            "log_score": np.log(np.maximum(probability, floor)),
            "effective": size,
        }
    )


class _UpdatedForecasts:
    """Forecast of each region with the year it was made in, its members and their weights."""

    def __init__(self, law: "_Law", path: np.ndarray, origin: int, error: float) -> None:
        regions, self.members, _ = path.shape
        self.law, self.origin, self.error = law, origin, error
        self.path = path.copy()
        self.base = np.full(regions, origin)
        self.weights = np.full((regions, self.members), 1.0 / self.members)
        self.states = ["made"] * regions

    def feed(self, region: int, known: int) -> None:
        """Re-weight the members of a region by the data up to a year; forecast again where too few are left."""
        fed = known - self.base[region]
        if not fed:
            return
        foreseen = np.diff(self.path[region, :, :fed], axis=-1, prepend=0.0)
        happened = self.law.changes(self.base[region], known)[region]
        self.weights[region] = normalised(log_weights(foreseen, happened, self.error))
        self.states[region] = "re-weighted"
        if collapsed(self.weights[region]):
            # The steps of the longer record overwrite the first columns; the rest is not read again.
            self.path[region, :, : self.law.last - known] = self.law.forecast(known)[region]
            self.base[region], self.states[region] = known, "re-fitted"
            self.weights[region] = 1.0 / self.members

    def ends(self) -> np.ndarray:
        """Return the log change from the origin to the last year: (region, member)."""
        rows = np.arange(self.base.size)
        return self.path[rows, :, self.law.last - self.base - 1] + self.law.level(self.base, self.origin)[:, None]


class _Law:
    """Forecasts of every region from any last year, aligned to one last year: (region, member, step)."""

    def __init__(
        self, law: GrowthLaw, logs: np.ndarray, years: np.ndarray, first: int, last: int, members: int, seed: int
    ) -> None:
        kept = (years >= first) & (years <= last)
        self.logs, self.first, self.last, self.members = logs[:, kept], first, last, members
        self.law, self.seed = law, seed
        self._made: dict[int, np.ndarray] = {}

    def forecast(self, origin: int) -> np.ndarray:
        """Forecast the log change from a last known year to every later one: (region, member, step)."""
        if origin not in self._made:
            self._made[origin] = self._forecast(origin)
        return self._made[origin]

    def _forecast(self, origin: int) -> np.ndarray:
        rng = np.random.Generator(np.random.Philox(key=[self.seed, origin]))
        record, steps = self.logs[:, : origin - self.first + 1], self.last - origin
        history = History(record, np.full(len(record), origin))
        return self.law.simulate(history, steps, growth_laws.FreshNormals(rng, (len(record), self.members), steps))

    def since(self, origin: int) -> np.ndarray:
        """Return the observed log change from a year to every later one: (region, step)."""
        return self.logs[:, origin - self.first + 1 :] - self.logs[:, [origin - self.first]]

    def changes(self, base: int, known: int) -> np.ndarray:
        """Return yearly changes from one year to another: (region, change)."""
        return np.diff(self.logs[:, base - self.first : known - self.first + 1], axis=1)

    def level(self, base: np.ndarray, origin: int) -> np.ndarray:
        """Return the level of each region's base year above that of the origin: (region,), log."""
        rows = np.arange(self.logs.shape[0])
        return self.logs[rows, base - self.first] - self.logs[:, origin - self.first]
