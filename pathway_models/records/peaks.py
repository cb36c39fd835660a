"""Peak year, value, status and plateau of every member; the summary of an ensemble adds sums and quantiles by year.

Quantiles keep the censored mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pathway_models.core.arrays import fixed, frozen_array, rising_years
from pathway_models.core.errors import RecordError
from pathway_models.kernels.quantiles import censored_quantiles
from pathway_models.kernels.turning_points import STATUS
from pathway_models.records.park import Identified, ParkIdentity

#: Statuses without a peak year: still rising, or not yet below the plateau, at the horizon.
CENSORED = ("at_horizon", "plateau")


@dataclass(frozen=True, eq=False)
class Peaks(Identified):
    """Peaks of an ensemble under the rule of ``docs/peak_rules.md``.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : (N,) str
    years : (Y,) int
    last_observed_year : int
    year : (scenario, member) int
        Year of the first maximum; only a *peak* year where the status is not censored.
    status : (scenario, member) int
        Index into ``kernels.turning_points.STATUS``.
    value : (scenario, member), tCO2/yr
    plateau_first, plateau_last : (scenario, member) int
    seed : int
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    years: np.ndarray
    last_observed_year: int
    year: np.ndarray
    status: np.ndarray
    value: np.ndarray
    plateau_first: np.ndarray
    plateau_last: np.ndarray
    seed: int

    def __post_init__(self) -> None:
        super().__post_init__()
        put = object.__setattr__
        put(self, "years", rising_years("years", self.years))
        shape = (len(self.scenarios), np.shape(self.year)[1])
        for name in ("year", "status", "plateau_first", "plateau_last"):
            put(self, name, frozen_array(name, getattr(self, name), shape, int))
        put(self, "value", frozen_array("value", self.value, shape))
        if self.status.min() < 0 or self.status.max() >= len(STATUS):
            raise RecordError(f"status codes must be indices into {STATUS}")

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.year.shape[1]

    def censored(self) -> np.ndarray:
        """Mark members without a peak year inside the horizon: (scenario, member) bool."""
        return self._censored

    @cached_property
    def _censored(self) -> np.ndarray:
        return fixed(np.isin(self.status, [STATUS.index(name) for name in CENSORED]))

    @cached_property
    def _quantiles(self) -> dict[tuple[float, ...], np.ndarray]:
        """Quantiles asked for before: tables, sentences and figures ask for the same ones."""
        return {}

    def p_peaked_by(self, year: int) -> np.ndarray:
        """Share of *all* members whose peak year is ``year`` or earlier: (scenario,)."""
        return ((self.year <= year) & ~self.censored()).mean(axis=1)

    def quantiles(self, probabilities: tuple[float, ...] = (0.05, 0.5, 0.95)) -> np.ndarray:
        """Return the quantiles of the peak year over all members: (scenario, probability).

        ``inf`` where the quantile falls in the censored mass, to be shown as ``>horizon``.
        """
        asked = tuple(probabilities)
        if asked not in self._quantiles:
            self._quantiles[asked] = fixed(censored_quantiles(self.year, self.censored(), asked))
        return self._quantiles[asked]

    def status_shares(self) -> np.ndarray:
        """Share of members by status: (scenario, status), columns as in ``STATUS``."""
        codes = np.arange(len(STATUS))
        return (self.status[..., None] == codes).mean(axis=1)

    def year_text(self, year: float) -> str:
        """Format a quantile of the peak year: ``"2031"`` or ``">2060"``."""
        return f">{self.years[-1]}" if np.isinf(year) else str(int(year))

    def summary(self, before: int = 2030) -> list[dict[str, object]]:
        """Return one row a scenario, ready for a table.

        ``p_peak_before_<before>`` counts peak years up to ``before - 1``; the other reading,
        ``p_peak_by_<before>``, stands beside it.
        """
        early, late = self.p_peaked_by(before - 1), self.p_peaked_by(before)
        years, shares = self.quantiles(), self.status_shares()
        censored = self.censored().mean(axis=1)
        return [
            {
                "scenario": name,
                "peak_status": STATUS[int(shares[at].argmax())],
                "peak_year_p05": self.year_text(years[at, 0]),
                "peak_year_p50": self.year_text(years[at, 1]),
                "peak_year_p95": self.year_text(years[at, 2]),
                "share_censored": float(censored[at]),
                f"p_peak_before_{before}": float(early[at]),
                f"p_peak_by_{before}": float(late[at]),
                "peak_value_p50_tco2": float(np.median(self.value[at])),
            }
            for at, name in enumerate(self.scenarios)
        ]

    def __repr__(self) -> str:
        lines = [f"<Peaks {self.park_id}: {self.members} members, seed {self.seed}; peak year p05 / p50 / p95"]
        for row in self.summary():
            lines.append(
                f"  {row['scenario']:<14} {row['peak_year_p05']:>5} / {row['peak_year_p50']:>5} /"
                f" {row['peak_year_p95']:>5}   P(before 2030) {row['p_peak_before_2030']:.2f}"
                f"   {row['peak_status']}"
            )
        return "\n".join(lines) + ">"


@dataclass(frozen=True, eq=False)
class EnsembleSummary:
    """An ensemble without its members' paths.

    Parameters
    ----------
    peaks : Peaks
        Of every member.
    cumulative : (scenario, member), tCO2
        Sum of the total over the projected years.
    probabilities : (P,) float
    quantiles : (scenario, probability, year), tCO2/yr
        Quantiles over members of the total.
    mean : (scenario, year), tCO2/yr
    """

    peaks: Peaks
    cumulative: np.ndarray
    probabilities: tuple[float, ...]
    quantiles: np.ndarray
    mean: np.ndarray

    def __post_init__(self) -> None:
        put, peaks = object.__setattr__, self.peaks
        scenarios, years = len(peaks.scenarios), rising_years("years", peaks.years).size
        if not all(0 <= probability <= 1 for probability in self.probabilities):
            raise RecordError(f"probabilities {self.probabilities}: expected shares between 0 and 1")
        for name, shape in {
            "cumulative": (scenarios, peaks.members),
            "quantiles": (scenarios, len(self.probabilities), years),
            "mean": (scenarios, years),
        }.items():
            put(self, name, frozen_array(name, getattr(self, name), shape))

    @property
    def park_id(self) -> str:
        """The park."""
        return self.peaks.park_id

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios, in the order of the arrays."""
        return self.peaks.scenarios

    @property
    def years(self) -> np.ndarray:
        """Observed and projected years: (Y,)."""
        return self.peaks.years

    @property
    def last_observed_year(self) -> int:
        """Last year with data."""
        return self.peaks.last_observed_year

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.peaks.members

    @property
    def seed(self) -> int:
        """Seed of the draws."""
        return self.peaks.seed

    def __repr__(self) -> str:
        shown = ", ".join(f"p{100 * probability:02.0f}" for probability in self.probabilities)
        return f"<Outlook: {shown} of the total by year; cumulative by member; {self.peaks!r}>"
