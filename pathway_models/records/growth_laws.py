"""Protocols of growth laws with their inputs: records with outcomes, standard normals, parameters of the law in levels.

A law forecasts the log change of a quantity from the last year of its record.  The same object is fitted to a panel,
scored in hindcasts and drawn from for a park; laws are found by name in ``baseline.laws``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.kernels import Floats, growth


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
    covariates : mapping column -> (window, record) float
        Logs of other quantities of the same entities in the years of the record, as a law asks for them
        (`GrowthLaw.covariates`); NaN where not known.
    """

    entity: NDArray[np.int_]
    origin: NDArray[np.int_]
    log_history: Floats
    change: Floats
    covariates: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.origin.size

    @property
    def record(self) -> int:
        """Years of the records."""
        return self.log_history.shape[1]

    @property
    def history(self) -> History:
        """The records as known at the origins."""
        return History(self.log_history, self.origin, covariates=self.covariates)

    def take(self, kept: NDArray) -> Windows:
        """Take some of the windows, by mask or index."""
        covariates = {name: values[kept] for name, values in self.covariates.items()}
        return Windows(self.entity[kept], self.origin[kept], self.log_history[kept], self.change[kept], covariates)

    @classmethod
    def joined(cls, parts: Sequence[Windows]) -> Windows:
        """Stack records of one length."""
        names = ("entity", "origin", "log_history", "change")
        covariates = {name: np.concatenate([part.covariates[name] for part in parts]) for name in parts[0].covariates}
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names), covariates)

    def known_by(self, year: int) -> Windows:
        """Cut to what was known at the end of a year: later outcomes become NaN, later records are dropped."""
        horizon = np.arange(1, self.change.shape[1] + 1)
        change = np.where(self.origin[:, None] + horizon <= year, self.change, np.nan)
        masked = Windows(self.entity, self.origin, self.log_history, change, self.covariates)
        return masked.take(np.isfinite(change).any(axis=1))

    def sample(self, count: int, seed: int) -> Windows:
        """Draw at most ``count`` windows without replacement, by a seeded generator."""
        if len(self) <= count:
            return self
        return self.take(np.sort(np.random.default_rng(seed).choice(len(self), count, replace=False)))


@dataclass(frozen=True, eq=False)
class History:
    """Records as they stand at their last year, without what came after.

    Parameters
    ----------
    log_history : (..., record) float
        Logs of consecutive years; -inf where a year set aside has a value of zero.
    origin : (...) int
        Last year of each record.
    kept : (record,) bool, optional
        False for years set aside; all count where not given.
    province : str
        Province of a park; empty for a panel.
    covariates : mapping column -> (..., record) float
        As in `Windows`; for a park its own emissions.
    kind : str
        ``park`` or ``region``; empty for a panel.
    country : str
        ISO 3166 code of the country of a park.
    """

    log_history: Floats
    origin: ArrayLike
    kept: NDArray[np.bool_] | None = None
    province: str = ""
    covariates: Mapping[str, Floats] = field(default_factory=dict)
    kind: str = ""
    country: str = ""

    def years(self, steps: int) -> NDArray[np.int_]:
        """Return the years after each origin: (..., step)."""
        return np.asarray(self.origin)[..., None] + np.arange(1, steps + 1)


#: Level of a stream that gives a region the draws of all provinces, with which it adds up to the nation.
EVERY_PROVINCE = "every province"


class Stream(NamedTuple):
    """Stream of standard normals that a law needs beside ``slope``, ``scale`` and ``shock`` of every ensemble.

    Parameters
    ----------
    name : str
    level : {"shared", "continent", "province", "park", "every province"}
        Owner of a draw: shared ones are drawn once for all parks of a country, those of a continent once for all its
        countries, so that they do not average out in totals over parks.
        ``every province``: regions get one a province, under ``<name>:<province>``.
    yearly : bool
        Whether a draw is made each year, or once for all years.
    """

    name: str
    level: str
    yearly: bool


class Normals(Protocol):
    """Standard normals by name, for given members and years."""

    def once(self, name: str) -> Floats:
        """Return one draw a member: (..., member)."""

    def yearly(self, name: str) -> Floats:
        """Return one draw a member and year: (..., member, step)."""


class Forecast(Protocol):
    """Distributions of the log change by record and horizon, in closed form or by members."""

    @property
    def centre(self) -> Floats:
        """Points from which errors are measured: (window, horizon)."""

    def quantiles(self, probabilities: ArrayLike) -> Floats:
        """Compute quantiles: (window, horizon, probability)."""

    def pit(self, outcome: Floats) -> Floats:
        """Return the probability integral transform of the outcome: (window, horizon)."""

    def crps(self, outcome: Floats) -> Floats:
        """Return the continuous ranked probability score, log units: (window, horizon)."""

    def half_width(self, level: float) -> Floats:
        """Return half the width of the central band of a level, log units: (window, horizon)."""

    def take(self, kept: NDArray) -> Self:
        """Take some of the windows, by mask or index."""

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Stack forecasts."""


class GrowthLaw(Protocol):
    """A law of growth: fitted to panels, scored in hindcasts, drawn from for parks.

    One that leads emissions by yearly draws also names its streams, ``growth_streams(kind, country, province)``: the
    study of uncertainty then has their sums as inputs (`baseline.paths.growth_streams`).

    Attributes
    ----------
    name : str
        As registered.
    is_fitted : bool
        Whether it can forecast.
    covariates : tuple of str
        Columns of a panel that it uses beside the quantity.
    streams : tuple of Stream
        Normals it needs beside the usual ones.
    """

    name: str
    is_fitted: bool
    covariates: tuple[str, ...]
    streams: tuple[Stream, ...]

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit to non-empty sets of windows of equal weight; ``start`` is a fit to nearly the same windows."""

    def forecast(self, history: History, steps: int) -> Forecast:
        """Forecast the log change of every record, 1 to ``steps`` years ahead."""

    def simulate(self, history: History, steps: int, normals: Normals) -> Floats:
        """Simulate paths of the log change, (..., member, step); their spread by step is that of `forecast`."""


@dataclass(frozen=True)
class FreshNormals:
    """Normals from a seeded generator, drawn in the order of the calls.

    Parameters
    ----------
    rng : Generator
    shape : tuple of int
        Leading axes, members last.
    steps : int
    """

    rng: np.random.Generator
    shape: tuple[int, ...]
    steps: int

    def once(self, name: str) -> Floats:
        """Return one draw a member: (..., member)."""
        del name
        return self.rng.standard_normal(self.shape)

    def yearly(self, name: str) -> Floats:
        """Return one draw a member and year: (..., member, step)."""
        del name
        return self.rng.standard_normal((*self.shape, self.steps))


@dataclass(frozen=True, eq=False)
class LevelRecord:
    """Record of the last years of a nation or province, from which its own forecast starts.

    Parameters
    ----------
    years : (year,) int
        Consecutive.
    emissions : (year,) float
        Logs of t CO2 a year.
    covariates : mapping column -> (year,) float
        Logs of GDP, of population; NaN where not known.
    """

    years: NDArray[np.int_]
    emissions: Floats
    covariates: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def origin(self) -> int:
        """Last year that is known."""
        return int(self.years[-1])


@dataclass(frozen=True, eq=False)
class LevelParameters:
    """Parameters of the law in levels.

    Parameters
    ----------
    version : str
    fits : mapping level -> HorizonFit
        ``nation``, ``economy`` (real GDP of nations), ``region``, ``park``.
    numbers : mapping name -> float
        ``park_follows_nation``, ``park_in_region``, ``economy_with_nation``, ``activity_follows``, ``activity_noise``,
        ``park_widening``: explained in docs/law_in_levels.md.
    nations : mapping country code -> LevelRecord
        Nations whose emissions parks and regions follow.
    regions : mapping province -> LevelRecord
        Provinces that add up to the nation; their last years give their weights.
    drifts : mapping country code -> float
        Mean yearly log change of a continent's industry, in place of a nation's median path.
    """

    version: str
    fits: Mapping[str, growth.HorizonFit]
    numbers: Mapping[str, float]
    nations: Mapping[str, LevelRecord]
    regions: Mapping[str, LevelRecord]
    drifts: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("fits", "numbers", "nations", "regions", "drifts"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
