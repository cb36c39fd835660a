"""Packages of a whole fleet: each park takes its cheapest one, and all are added up (``docs/fleet.md``, section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.cheapest_package import cheapest_package, useless_blocks
from pathway_models.decisions.decision import Decision
from pathway_models.engine.packages import NOTHING
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.fleet.fleet_results import OFF, PACKAGE, FleetPackages, check_fleet
from pathway_models.fleet.totals import add_up
from pathway_models.intake.costs import read_costs
from pathway_models.intake.library import read_levers
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Grid, lever_grid
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways


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

    Parks are searched one by one; only the decision of each stays in memory.

    Parameters
    ----------
    parks : sequence of Park
    before, probability
        The target of every park, as `cheapest_package` has it.
    grid : Grid, optional
        The same for all parks; by default the families of the shipped levers, each off or at one of its settings.
    costs, assumptions : Costs, Assumptions, optional
        The shipped ones by default.
    members, seed, until : int
    report : callable
        Called with a park's id before its search.

    Raises
    ------
    PathwayError
        The parks cannot be one fleet, or the target fits no park or not all: all parks at once.
    """
    check_fleet(parks)
    _check(parks, before, probability, until)
    costs = read_costs() if costs is None else costs
    # ASSUME: where no grid is given a park moves whole families of levers: some hundred packages instead of tens of
    # thousands, so that a fleet takes seconds; a finer grid can only find cheaper packages.
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

    results = add_up(parks, one_by_one())
    return FleetPackages(results, decisions, tuple(unchanged), before, probability, costs.price_year)


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
