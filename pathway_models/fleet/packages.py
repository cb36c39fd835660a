"""What if every park took its cheapest package: the total with and without, who reaches the target, at what cost.

``docs/fleet.md``, section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.cheapest_package import cheapest_package, useless_blocks
from pathway_models.decisions.decision import Candidate, Decision
from pathway_models.engine.packages import NOTHING
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.fleet.fleet_results import Together, add_up, check_fleet
from pathway_models.intake.costs import read_costs
from pathway_models.intake.library import read_levers
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Grid, lever_grid
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways

#: Scenarios of the totals: no lever, and each park's own package.
OFF, PACKAGE = NOTHING.scenario_id, "package"


@dataclass(frozen=True, eq=False)
class FleetPackages:
    """A fleet whose parks each take their cheapest package.

    Parameters
    ----------
    together : Together
        Under `OFF` and `PACKAGE`.
    decisions : mapping park -> Decision
        Of parks that some lever of the grid can change.
    unchanged : tuple of str
        Parks whose peak no lever of the grid can change: they stay without a package.
    before : int
    probability : float
    price_year : int
    """

    together: Together
    decisions: dict[str, Decision]
    unchanged: tuple[str, ...]
    before: int
    probability: float
    price_year: int

    @property
    def reached(self) -> tuple[str, ...]:
        """Parks that reach the target with the package taken; one that no lever changes may do so without."""
        met = {name: decision.reached for name, decision in self.decisions.items()}
        alone = self.together.chances(OFF, self.before)
        met |= {name: bool(alone[name] >= self.probability) for name in self.unchanged}
        return tuple(name for name in self.together.fleet.parks if met[name])

    @property
    def missed(self) -> tuple[str, ...]:
        """Parks that do not reach the target with any package of the grid: they take what comes closest."""
        return tuple(name for name in self.together.fleet.parks if name not in self.reached)

    @property
    def cost_not_known(self) -> tuple[str, ...]:
        """Parks whose packages use a lever of unknown cost: of theirs only a part is in the known cost."""
        return tuple(name for name, decision in self.decisions.items() if decision.closest.unknown)

    def taken(self, park_id: str) -> Candidate | None:
        """The package a park takes; None where no lever changes its peak."""
        return self.decisions[park_id].closest if park_id in self.decisions else None

    def known_cost(self) -> tuple[float, float]:
        """Known cost of all packages: present value, million CNY, and the sum of level yearly payments, a year."""
        packages = [decision.closest for decision in self.decisions.values()]
        return sum(one.cost for one in packages), sum(one.annualised for one in packages)

    def table(self) -> pd.DataFrame:
        """One row a park: what it takes, with which probability, at what known cost; in canonical units."""
        alone, with_package = (self.together.chances(name, self.before) for name in (OFF, PACKAGE))
        rows = []
        for name in self.together.fleet.parks:
            one = self.taken(name)
            rows.append(
                {
                    "park_id": name,
                    "invented": name in self.together.invented,
                    "before": self.before,
                    "probability_asked": self.probability,
                    "reached": name in self.reached,
                    "package": OFF if one is None else one.label,
                    "p_without": alone[name],
                    "p_with": with_package[name],
                    "known_cost_million_cny": 0.0 if one is None else one.cost,
                    "known_cost_million_cny_per_year": 0.0 if one is None else one.annualised,
                    "cost_known": one is None or not one.unknown,
                    "levers_of_unknown_cost": "" if one is None else " ".join(one.unknown),
                    "price_year": self.price_year,
                }
            )
        return pd.DataFrame(rows)


def package_fleet(
    parks: Sequence[Park],
    before: int = 2030,
    probability: float = 0.9,
    *,
    grid: Grid | None = None,
    costs: Costs | None = None,
    members: int = 200,
    seed: int = 20240401,
    until: int = 2060,
    report: Callable[[str], None] = lambda park_id: None,
    assumptions: Assumptions | None = None,
) -> FleetPackages:
    """Find each park's cheapest package, project all under theirs with the same draws, and add them up.

    One park is looked at after the other; of each only its decision stays in memory.

    Parameters
    ----------
    parks : sequence of Park
    before, probability
        The target of every park, as `cheapest_package` has it.
    grid : Grid, optional
        The same for all parks; by default the families of the shipped levers, each off or at one of its settings.
    costs : Costs, optional
    members, seed, until : int
    report : callable
        Called with a park's id before it is looked at.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    FleetPackages

    Raises
    ------
    PathwayError
        The parks cannot be one fleet, or the target fits no park or not all: all parks at once.
    """
    check_fleet(parks)
    _check(parks, before, probability, until)
    costs = read_costs() if costs is None else costs
    # ASSUME: where no grid is given a park moves whole families of levers: some hundred packages instead of tens of
    # thousands, so that a fleet is looked through in seconds; a finer grid can only find cheaper packages.
    grid = lever_grid(read_levers(), by="family") if grid is None else grid
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    decisions: dict[str, Decision] = {}
    unchanged: list[str] = []

    def one_by_one() -> Iterator[Pathways]:
        for park in parks:
            report(park.park_id)
            package = NOTHING
            if len(useless_blocks(park, grid)) == len(grid.blocks):
                unchanged.append(park.park_id)
            else:
                found = cheapest_package(park, before, probability, grid=grid, costs=costs, fresh=0, **drawn)
                decisions[park.park_id] = found
                package = found.scenario()
            chosen = {OFF: NOTHING, PACKAGE: replace(package, scenario_id=PACKAGE)}
            yield project(park, chosen, sample(park, chosen, **drawn))

    together = add_up(parks, one_by_one())
    return FleetPackages(together, decisions, tuple(unchanged), before, probability, costs.price_year)


def _check(parks: Sequence[Park], before: int, probability: float, until: int) -> None:
    """Refuse a target that does not fit, for all parks at once."""
    wrong = [] if 0 < probability <= 1 else [f"probability = {probability}: expected above 0 and at most 1"]
    wrong += [
        f"{park.park_id}: before = {before}: expected a year from {park.last_observed_year + 2} to {until}"
        for park in parks
        if not park.last_observed_year + 2 <= before <= until
    ]
    if wrong:
        raise PathwayError("; ".join(wrong))
