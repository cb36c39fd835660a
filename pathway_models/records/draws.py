"""The random numbers of an ensemble: drawn once, the same for every scenario."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from pathway_models.core.arrays import frozen_array, rising_years
from pathway_models.core.errors import PathwayError, RecordError
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.nowcast import Bridge
from pathway_models.records.park import Identified, ParkIdentity

#: Owner of the streams that all parks have in common.
SHARED = "shared"
#: Levels above the park whose draws a growth law may use.
ABOVE = (SHARED, "province")


@dataclass(frozen=True, eq=False)
class Draws(Identified):
    """Standard draws by name; what they mean is decided where they are used.

    Parameters
    ----------
    identity : ParkIdentity
    seed : int
        Any integer from 0 on; 0 is a seed like any other.
    members : int
    years : (Y,) int
        Projected years the shocks reach.
    uniforms : mapping name -> (member,)
        On (0, 1), for parameters with a distribution of their own.
    normals : mapping name -> (member,)
        Standard normal, for initial slopes and factor errors.
    shocks : mapping driver -> (member, year)
        Standard normal, one a driver, member and projected year.
    bridge : Bridge, optional
        Estimated first years, which the growth law follows instead of making them; None where there are none.
    assumptions : Assumptions, optional
        What they were drawn under, and what `project` uses unless it is given others.

    Notes
    -----
    Streams are keyed by (seed, park or "shared", name) and by year, so that a draw depends neither
    on which other parks run, nor on the order or number of workers, nor on how many members or years
    are asked for: the first 1,000 of 2,000 members are the 1,000 members.
    """

    identity: ParkIdentity
    seed: int
    members: int
    years: np.ndarray
    uniforms: Mapping[str, np.ndarray]
    normals: Mapping[str, np.ndarray]
    shocks: Mapping[str, np.ndarray]
    assumptions: Assumptions | None = None
    bridge: Bridge | None = None

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
        """Number of first years that a bridge gives."""
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
    """Standard normals of one driver, as growth laws ask for them (`records.growth_laws.Normals`).

    Parameters
    ----------
    draws : Draws
    members : slice
        Members to give them of.
    driver : str
    slope : (member,), optional
        In place of the driver's own, where it is correlated with other drivers.
    shock : (member, year), optional
        The same of the yearly shocks.
    skip : int
        First years that are left out of the yearly draws: a bridge gives them.
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
        """Tell whether a yearly stream is the park's own, not one of a level above it."""
        return name == "shock" or f"{name}:{self.driver}" in self.draws.shocks

    def _drawn(self, drawn: Mapping[str, np.ndarray], name: str) -> np.ndarray:
        """Find a stream of the park's driver, or one that stands above the park under its own name."""
        keys = (f"{name}:{self.driver}", *(f"{level}:{name}" for level in ABOVE))
        found = next((key for key in keys if key in drawn), None)
        if found is None:
            raise PathwayError(f"{self.draws.park_id}: {name} was not drawn; sample with these assumptions")
        return drawn[found][self.members]
