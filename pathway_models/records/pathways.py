"""The ensemble of emission pathways: (scenario, member, source, year)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.core.arrays import SOURCE, fixed, frozen_array, rising_years
from pathway_models.core.errors import RecordError, ScenarioError
from pathway_models.core.lazy import Shown
from pathway_models.records.nowcast import BY_LAW, NOWCAST, OBSERVED, PROJECTED
from pathway_models.records.park import Identified, ParkIdentity

#: The sources of a pathway, their scope and sign: captured CO2 is negative.  The last one, emissions that are not told
#: apart by carrier, is there only where the park has any.
SOURCES = MappingProxyType(
    {
        "coal": 1,
        "oil": 1,
        "gas": 1,
        "other_fuel": 1,
        "process": 1,
        "capture_heat": 1,
        "captured": 1,
        "electricity": 2,
        "heat": 2,
        "capture_electricity": 2,
        "undivided": 1,
    }
)
#: The one source of pathways of which only totals were kept.
TOTAL = "total"
#: Accounts that the total may be: what a table counts.
SCOPE_1, SCOPES_1_2 = "scope 1", "scope 1 + 2, market-based"


@dataclass(frozen=True, eq=False)
class Pathways(Identified, Shown):
    """Emissions of a park over observed and projected years.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : (N,) str
    sources : (R,) str
        A subset of `SOURCES`, in its order; `TOTAL` alone where only totals were kept.
    years : (Y,) int
    last_observed_year : int
    emissions : (scenario, member, source, year), tCO2/yr
    memo_items : mapping name -> (scenario, member, year)
        ``sinks``, ``stored`` (the part of the captured CO2 that is stored; the rest is used) and
        ``location_based`` (tCO2/yr), ``energy`` (TJ) and ``activity``: reported beside the emissions,
        never inside them.  ``economy``, value added or GDP, where other sectors have another activity.  Where only
        totals were kept, ``sinks`` alone.
    seed : int
    assumptions : str
        Label of the assumptions (`Assumptions.label`); empty where they are not known.
    without_measures : (member, year), tCO2/yr, optional
        Total of the same members without any measure; without it nothing can be told apart as past.
    issue_year : int, optional
        Year in which the answer is given; the last observed one by default.
    account : str
        What the total counts: `SCOPES_1_2`, or `SCOPE_1` of tables without purchased electricity or heat.
    bridged_until : int, optional
        Last year that a nowcast gives (`records.nowcast.Bridge`); the last observed one where there is none.
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    sources: tuple[str, ...]
    years: np.ndarray
    last_observed_year: int
    emissions: np.ndarray
    memo_items: Mapping[str, np.ndarray]
    seed: int
    assumptions: str = ""
    without_measures: np.ndarray | None = None
    issue_year: int | None = None
    account: str = SCOPES_1_2
    bridged_until: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        years = rising_years("years", self.years)
        put = object.__setattr__
        put(self, "years", years)
        if self.last_observed_year not in years:
            raise RecordError(f"last observed year {self.last_observed_year} is outside {years[0]}-{years[-1]}")
        put(self, "bridged_until", max(int(self.bridged_until), int(self.last_observed_year)))
        unknown = [name for name in self.sources if name not in SOURCES]
        if unknown and self.sources != (TOTAL,):
            raise RecordError(f"unknown sources {unknown}; there are {tuple(SOURCES)}")
        n, m = len(self.scenarios), np.shape(self.emissions)[1]
        shape = (n, m, len(self.sources), years.size)
        put(self, "emissions", frozen_array("emissions", self.emissions, shape))
        memo_items = {k: frozen_array(k, a, (n, m, years.size)) for k, a in self.memo_items.items()}
        put(self, "memo_items", MappingProxyType(memo_items))
        if self.without_measures is not None:
            put(self, "without_measures", frozen_array("without_measures", self.without_measures, (m, years.size)))
        if self.issue_year is None:
            put(self, "issue_year", int(self.last_observed_year))

    @property
    def beside(self) -> Mapping:
        """`memo_items` under its name of 0.2.0; goes with the next release."""
        return self.memo_items

    @property
    def status(self) -> tuple[str, ...]:
        """``observed``, ``nowcast``, ``bridged_by_law`` or ``projected``, by year."""
        return self.status_of(self.years)

    def status_of(self, years: ArrayLike) -> tuple[str, ...]:
        """Tell what each year given is.

        Returns
        -------
        tuple of str
            ``observed``; ``nowcast``, estimated from activity; ``bridged_by_law``, a year to the issue year that no
            activity reaches; ``projected``.
        """
        ends = (self.last_observed_year, self.bridged_until, self.issue_year)
        names, past = (OBSERVED, NOWCAST, BY_LAW, PROJECTED), np.maximum.accumulate(ends)
        return tuple(names[at] for at in np.searchsorted(past, np.asarray(years)).tolist())

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.emissions.shape[1]

    def index(self, scenario: str) -> int:
        """Return the position of a scenario on the first axis.

        Raises
        ------
        ScenarioError
            The scenario was not projected.
        """
        if scenario not in self.scenarios:
            raise ScenarioError(f"no scenario {scenario!r} in these pathways; there are {', '.join(self.scenarios)}")
        return self.scenarios.index(scenario)

    def total(self) -> np.ndarray:
        """Sum scope 1 and market-based scope 2 after capture: (scenario, member, year), tCO2/yr; read-only, kept."""
        return self._total

    @cached_property
    def _total(self) -> np.ndarray:
        return fixed(self.emissions.sum(axis=SOURCE))

    def scope(self, scope: int) -> np.ndarray:
        """Sum one scope: (scenario, member, year), tCO2/yr."""
        return self._some([SOURCES[name] == scope for name in self._by_source("scope")])

    def gross(self) -> np.ndarray:
        """Sum emissions before capture is taken off, its energy included: (scenario, member, year), tCO2/yr."""
        return self._some([name != "captured" for name in self._by_source("gross")])

    def net(self) -> np.ndarray:
        """Subtract sinks from the total, for the neutrality target only: (scenario, member, year), tCO2/yr."""
        return self.total() - self.memo_items["sinks"]

    def _some(self, picked: list[bool]) -> np.ndarray:
        return self.emissions[:, :, picked].sum(axis=SOURCE)

    def _by_source(self, asked: str) -> tuple[str, ...]:
        """Return the sources, where they were kept.

        Raises
        ------
        RecordError
            Only totals were kept.
        """
        if self.sources == (TOTAL,):
            raise RecordError(f"{asked}: only totals were kept; project with keep='sources'")
        return self.sources

    def _bridged(self) -> str:
        return f", nowcast to {self.bridged_until}" if self.bridged_until > self.last_observed_year else ""

    def _issued(self) -> str:
        begins = self.bridged_until + 1
        return f"{self.issue_year}{f' (by the law from {begins} on)' if self.issue_year >= begins else ''}"

    def __repr__(self) -> str:
        n, m, r, y = self.emissions.shape
        lines = [
            f"<Pathways {self.park_id}: tCO2/yr, {self.years[0]}-{self.years[-1]}"
            f" (observed to {self.last_observed_year}{self._bridged()}), seed {self.seed}"
        ]
        for axis in (
            f"scenario {n}: {', '.join(self.scenarios)}",
            f"member {m}",
            f"source {r}: {', '.join(self.sources)}",
            f"year {y}",
            f"issue year {self._issued()}, {self.account}",
            *([f"assumptions: {self.assumptions}"] if self.assumptions else []),
        ):
            lines += wrap(axis, 80, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
        return "\n".join(lines) + ">"
