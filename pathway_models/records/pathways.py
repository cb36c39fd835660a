"""Pathways, an ensemble of emissions (scenario, member, source, year), and the random draws behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from pathway_models.core import PathwayError, RecordError, ScenarioError, Shown
from pathway_models.core.arrays import SOURCE, fixed, frozen_array, rising_years
from pathway_models.records import nowcast, park
from pathway_models.records.assumptions import Assumptions

#: Owners of the streams shared by all parks of a country, and by all countries of a continent.
SHARED, CONTINENT = "shared", "continent"
#: Levels above the park whose draws a growth law may use.
ABOVE = (SHARED, CONTINENT, "province")


@dataclass(frozen=True, eq=False)
class Draws(park.Identified):
    """Standard random draws by name, the same for every scenario.

    Parameters
    ----------
    identity : ParkIdentity
    seed : int
        Any integer from 0 on; 0 is a seed like any other.
    members : int
    years : (Y,) int
        Projected years of the shocks.
    uniforms : mapping name -> (member,)
        On (0, 1), to be transformed to the distribution of a parameter.
    normals : mapping name -> (member,)
        Standard normal, for initial slopes and factor errors.
    shocks : mapping driver -> (member, year)
        Standard normal, one a driver, member and projected year.
    bridge : Bridge, optional
        Estimated first years, which replace those of the growth law; None where there are none.
    assumptions : Assumptions, optional
        Assumptions of the draws, which `project` uses by default.

    Notes
    -----
    Streams are keyed by (seed, park or "shared", name) and by year, so that a draw depends neither
    on which other parks run, nor on the order or number of workers, nor on the number of members or
    years: the first 1,000 of 2,000 members are the 1,000 members.
    """

    identity: park.ParkIdentity
    seed: int
    members: int
    years: np.ndarray
    uniforms: Mapping[str, np.ndarray]
    normals: Mapping[str, np.ndarray]
    shocks: Mapping[str, np.ndarray]
    assumptions: Assumptions | None = None
    bridge: nowcast.Bridge | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.members < 1:
            raise RecordError(f"members must be at least 1, got {self.members}")
        years = rising_years("years", self.years)
        object.__setattr__(self, "years", years)
        for name, shape in {
            "uniforms": (self.members,),
            "normals": (self.members,),
            "shocks": (self.members, years.size),
        }.items():
            arrays = {key: frozen_array(f"{name}[{key}]", a, shape) for key, a in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(arrays))
        if self.bridge is not None and not np.array_equal(self.bridge.years, years[: len(self.bridge)]):
            raise RecordError(f"a bridge {self.bridge.years} does not begin the years {years[0]}-{years[-1]}")

    @property
    def bridged(self) -> int:
        """Number of first years that are given by a bridge."""
        return 0 if self.bridge is None else len(self.bridge)

    def __repr__(self) -> str:
        return (
            f"<Draws {self.park_id}: {self.members} members, seed {self.seed},"
            f" {len(self.uniforms)} parameters, {len(self.normals)} slopes and factor errors,"
            f" {len(self.shocks)} drivers to {self.years[-1]}{self._bridged()}{self._assumed()}>"
        )

    def _bridged(self) -> str:
        return (
            f"\n  {self.bridge.years[0]}-{self.bridge.years[-1]} bridged: {self.bridge.source}" if self.bridge else ""
        )

    def _assumed(self) -> str:
        return f"\n  assumptions: {self.assumptions.label}" if self.assumptions else ""


@dataclass(frozen=True, eq=False)
class DriverNormals:
    """Standard normals of one driver, by the protocol `records.growth_laws.Normals`.

    Parameters
    ----------
    draws : Draws
    members : slice
        Members that are returned.
    driver : str
    slope : (member,), optional
        In place of the driver's own, where it is correlated with other drivers.
    shock : (member, year), optional
        Yearly shocks, likewise.
    skip : int
        Number of first years, given by a bridge, that are left out of the yearly draws.
    """

    draws: Draws
    members: slice
    driver: str
    slope: np.ndarray | None = None
    shock: np.ndarray | None = None
    skip: int = 0

    def once(self, name: str) -> np.ndarray:
        """Return one draw a member: (member,)."""
        if name == "scale":
            return self.draws.normals["scale"][self.members]
        return self._drawn(self.draws.normals, name) if name != "slope" or self.slope is None else self.slope

    def yearly(self, name: str) -> np.ndarray:
        """Return one draw a member and projected year: (member, year)."""
        if name != "shock":
            return self._drawn(self.draws.shocks, name)[:, self.skip :]
        drawn = self.draws.shocks[self.driver][self.members] if self.shock is None else self.shock
        return drawn[:, self.skip :]

    def is_own(self, name: str) -> bool:
        """Tell whether a yearly stream belongs to the park and not to a level above it."""
        return name == "shock" or f"{name}:{self.driver}" in self.draws.shocks

    def _drawn(self, drawn: Mapping[str, np.ndarray], name: str) -> np.ndarray:
        return drawn[self._key(drawn, name)][self.members]

    def yearly_key(self, name: str) -> str:
        """Return the name under which a yearly stream stands among the draws."""
        return self.driver if name == "shock" else self._key(self.draws.shocks, name)

    def _key(self, drawn: Mapping[str, np.ndarray], name: str) -> str:
        """Find a stream of the park's driver, or one of a level above the park under its own name."""
        keys = (f"{name}:{self.driver}", *(f"{level}:{name}" for level in ABOVE))
        found = next((key for key in keys if key in drawn), None)
        if found is None:
            raise PathwayError(f"{self.draws.park_id}: {name} was not drawn; sample with these assumptions")
        return found


#: The sources of a pathway, their scope and sign: captured CO2 is negative.  The last one, emissions not known by
#: carrier, is present only where the park has any.
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
#: The only source of pathways that keep totals alone.
TOTAL = "total"
#: Accounts of the total, by what the table of the park covers.
SCOPE_1, SCOPES_1_2 = "scope 1", "scope 1 + 2, market-based"


@dataclass(frozen=True, eq=False)
class Pathways(park.Identified, Shown):
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
        Total of the same members without any measure; needed to classify a peak as past.
    issue_year : int, optional
        Year in which the answer is given; the last observed one by default.
    account : str
        Account of the total: `SCOPES_1_2`, or `SCOPE_1` for tables without purchased electricity or heat.
    bridged_until : int, optional
        Last year of the nowcast (`records.nowcast.Bridge`); the last observed year where there is none.
    """

    identity: park.ParkIdentity
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
        """Return the status of years.

        Returns
        -------
        tuple of str
            ``observed``; ``nowcast``, estimated from activity; ``bridged_by_law``, a year up to the issue year without
            activity data; ``projected``.
        """
        ends = (self.last_observed_year, self.bridged_until, self.issue_year)
        names, past = (
            (nowcast.OBSERVED, nowcast.NOWCAST, nowcast.BY_LAW, nowcast.PROJECTED),
            np.maximum.accumulate(ends),
        )
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
        """Sum scope 1 and market-based scope 2 after capture: (scenario, member, year), tCO2/yr; read-only, cached."""
        return self._total

    @cached_property
    def _total(self) -> np.ndarray:
        return fixed(self.emissions.sum(axis=SOURCE))

    def scope(self, scope: int) -> np.ndarray:
        """Sum one scope: (scenario, member, year), tCO2/yr."""
        return self._some([SOURCES[name] == scope for name in self._by_source("scope")])

    def gross(self) -> np.ndarray:
        """Sum emissions before capture, those of its energy included: (scenario, member, year), tCO2/yr."""
        return self._some([name != "captured" for name in self._by_source("gross")])

    def net(self) -> np.ndarray:
        """Compute the total less sinks, for the neutrality target only: (scenario, member, year), tCO2/yr."""
        return self.total() - self.memo_items["sinks"]

    def _some(self, picked: list[bool]) -> np.ndarray:
        return self.emissions[:, :, picked].sum(axis=SOURCE)

    def _by_source(self, asked: str) -> tuple[str, ...]:
        """Return the sources of pathways that keep them.

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
