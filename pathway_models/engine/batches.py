"""The baseline of a batch of members, laid out as the engine steps through it: year after year, members side by side.

A member is a column: neighbours in memory are members of one year, so that every operation on a (year, member) block
is one pass over memory that the processor's cache holds.  What is the same for all members stands in `Frame`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from pathway_models.baseline.paths import OWN_FUEL, balance_shares, fuel_shares
from pathway_models.baseline.plans import baseline_paths
from pathway_models.core.errors import PathwayError
from pathway_models.kernels.emissions import ramp
from pathway_models.kernels.quantiles import triangular
from pathway_models.levers.action import Values
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Park

#: Members computed at a time: memory is bounded at any size of the ensemble, and the numbers do not depend on it.
BATCH = 1000


@dataclass(frozen=True, eq=False)
class Frame:
    """Inputs that all members of a projection share.

    Parameters
    ----------
    park : Park
    years : (Y,) int
        Observed years first.
    carriers, groups : (C,) str
        The park's carriers, then those that levers bring in.
    factors : (sector, carrier, year), tCO2/TJ
        With what carbon balances leave; the decline of the grid is not in it.
    grid_factors : (sector, year), tCO2/TJ
        Of purchased electricity, without balances.
    process_factors : (process, year), tCO2 per unit of output
    is_technical : (process,) bool
        False for book-keeping balances, which no measure can touch.
    sinks : (Y,), tCO2/yr
    assumptions : Assumptions
    """

    park: Park
    years: np.ndarray
    carriers: tuple[str, ...]
    groups: tuple[str, ...]
    factors: np.ndarray
    grid_factors: np.ndarray
    process_factors: np.ndarray
    is_technical: np.ndarray
    sinks: np.ndarray
    assumptions: Assumptions

    @property
    def known(self) -> int:
        """Number of observed years."""
        return self.park.years.size


def carrier_factors(
    park: Park, scenarios: Iterable[Scenario], assumptions: Assumptions
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """List a park's carriers and those its levers bring in: names, groups, factors (sector, carrier, year), tCO2/TJ.

    The factors of the park's own fuels carry what is captured and what is sold beyond the purchases
    (`baseline.paths.fuel_shares`).

    Raises
    ------
    PathwayError
        The factor set has no factor of a carrier that a lever brings in.
    """
    library = assumptions.carriers
    given = {name for scenario in scenarios for measure in scenario.measures for name in measure.lever.gives_to}
    # In the order of the library, so that no sum depends on the order of the scenarios.
    new = tuple(name for name in library if name in given and name not in park.carriers)
    factors = np.zeros((len(park.sectors), len(park.carriers) + len(new), park.years.size))
    is_fuel = np.isin(park.groups, OWN_FUEL)
    factors[:, : len(park.carriers)] = np.where(is_fuel[:, None], fuel_shares(park)[:, None], 1.0) * park.factors
    for at, name in enumerate(new, start=len(park.carriers)):
        factor = assumptions.default_factor(park.factor_set, name)
        if factor is None:
            raise PathwayError(f"{park.park_id}: a lever gives {name!r}, of which {park.factor_set} has no factor")
        factors[:, at] = factor
    return (*park.carriers, *new), (*park.groups, *(library[name].group for name in new)), factors


def factor_errors(park: Park, draws: Draws, members: slice, sizes: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Draw constant errors by group, median one: group -> (member, 1).

    The error of a group's factor (from the confidence of the factors behind it) and that of its activity data
    (from quality grades) multiply; both are log-normal and independent, so that their variances add.

    Parameters
    ----------
    sizes : mapping group -> float
        Standard deviations of the log that hold where the park states none.
    """
    errors = {**sizes, **park.factor_errors}
    spread = {name: np.hypot(sd, park.activity_errors.get(name, 0.0)) for name, sd in errors.items()}
    return {name: np.exp(sd * draws.normals[f"factor:{name}"][members])[:, None] for name, sd in spread.items()}


def lay_out(park: Park, scenarios: Iterable[Scenario], until: int, assumptions: Assumptions) -> Frame:
    """Extend factors, processes and sinks of a park to the last year.

    ASSUME: factors stay at their last observed value; only the grid goes on declining.
    ASSUME: sinks stay at their last observed value without a lever.
    """
    years = np.arange(park.years[0], until + 1)
    carriers, groups, factors = carrier_factors(park, scenarios, assumptions)
    last = np.minimum(np.arange(years.size), park.years.size - 1)
    balanced = factors[..., last]
    grid_factors = balanced[:, carriers.index("electricity")].copy()
    balanced[:, : len(park.carriers)] *= balance_shares(park)[:, None, last]
    return Frame(
        park=park,
        years=years,
        carriers=carriers,
        groups=groups,
        factors=balanced,
        grid_factors=grid_factors,
        process_factors=park.process_factors[:, last],
        is_technical=np.array([not process.is_balance for process in park.processes], dtype=bool),
        sinks=park.sinks[last],
        assumptions=assumptions,
    )


@dataclass(frozen=True, eq=False)
class Batch:
    """The baseline of some members; arrays end in (year, member).

    Parameters
    ----------
    frame : Frame
    draws : Draws
    members : slice
    activity : (sector, year, member)
    use : (sector, year, member), TJ
        Energy of all carriers.
    shares : (sector, carrier, year, member)
        Of the park's own carriers.
    grid : (year, member)
        Grid factor relative to the last observed year.
    output : (process, year, member)
    errors : mapping group -> (1, member)
        Constant factor errors.
    """

    frame: Frame
    draws: Draws
    members: slice
    activity: np.ndarray
    use: np.ndarray
    shares: np.ndarray
    grid: np.ndarray
    output: np.ndarray
    errors: Mapping[str, np.ndarray]
    _values: dict[tuple, Values] = field(default_factory=dict, repr=False)

    def values(self, measure: Measure) -> Values:
        """Draw the parameters of a measure, each (1, member), and its ``phase`` in projected years, (year, 1)."""
        key = (id(measure.lever), measure.setting, measure.ramp)
        if key not in self._values:
            given, years = measure.ramp, self.frame.years[self.frame.known :]
            drawn = {}
            for name, corners in measure.lever.triangles(measure.setting).items():
                uniform = self.draws.uniforms[f"{measure.lever.lever_id}:{name}"][self.members]
                drawn[name] = triangular(uniform, corners.low, corners.mode, corners.high)[None]
            drawn["phase"] = ramp(years, given.shape, given.start, given.complete, given.delay_years)[:, None]
            self._values[key] = drawn
        return self._values[key]

    def drawn(self, measures: Iterable[Measure]) -> list[tuple[Measure, Values]]:
        """Pair measures with their `values`."""
        return [(measure, self.values(measure)) for measure in measures]


def batches(frame: Frame, draws: Draws, size: int | None = None) -> Iterator[Batch]:
    """Yield the ensemble, ``size`` members at a time, `BATCH` by default."""
    size = BATCH if size is None else size
    sizes = frame.assumptions.uncertainties.factor_errors
    for start in range(0, draws.members, size):
        members = slice(start, min(start + size, draws.members))
        paths = baseline_paths(frame.park, draws, members, frame.assumptions)
        activity, intensity, shares, grid, output = (
            np.moveaxis(values, 0, -1)[..., : frame.years.size, :]
            for values in (paths.activity, paths.intensity, paths.shares, paths.grid, paths.output)
        )
        errors = factor_errors(frame.park, draws, members, sizes)
        by_group = {group: values.T for group, values in errors.items()}
        yield Batch(frame, draws, members, activity, activity * intensity, shares, grid, output, by_group)


def horizon(park: Park, draws: Draws, until: int | None) -> int:
    """Find the last year of a projection.

    Parameters
    ----------
    until : int or None
        As far as the draws reach where not given.

    Raises
    ------
    PathwayError
        The draws are another park's, or do not reach ``until``.
    """
    last = int(draws.years[-1]) if until is None else until
    if draws.park_id != park.park_id:
        raise PathwayError(f"the draws were made for {draws.park_id!r}, not for {park.park_id!r}; sample this park")
    if not park.last_observed_year < last <= draws.years[-1]:
        raise PathwayError(f"until = {last}: the draws reach from {draws.years[0]} to {draws.years[-1]}")
    return last
