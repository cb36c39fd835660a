"""Packages of levers for a whole fleet, and a budget of one year shared out (``docs/fleet.md``, sections 3 and 4).

Either each park takes its cheapest package and all are added up, or a budget is shared by stated rules side by side.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.decisions.costs import draw_rates
from pathway_models.decisions.decision import Decision
from pathway_models.decisions.priced_grid import measure_blocks, useless_blocks
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.fleet.benchmarking import benchmark
from pathway_models.fleet.fleet_results import OFF, PACKAGE, FleetPackages, Shares, check_fleet
from pathway_models.fleet.totals import add_up
from pathway_models.intake.costs import read_costs, unknown_costs
from pathway_models.intake.library import read_levers
from pathway_models.kernels.effort_sharing import capability_shares, marginal_cost_shares, whole_shares
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Grid, Lever, lever_grid
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


def share_budget(
    parks: Sequence[Park],
    budget: int,
    year: int,
    *,
    costs: Costs | None = None,
    members: int = 200,
    seed: int = 20240401,
    assumptions: Assumptions | None = None,
) -> Shares:
    """Share a budget out by every rule.

    Parameters
    ----------
    parks : sequence of Park
    budget : int
        tCO2 in ``year``.
    year : int
        After every park's record.
    costs : Costs, optional
        For equal marginal cost; without them that rule is left out.
    members, seed : int
        Ensemble of equal marginal cost.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Raises
    ------
    PathwayError
        No parks, a negative budget, or a year that some park has on record: all together.
    """
    wrong = [] if parks else ["no park to share with"]
    if budget < 0:
        wrong.append(f"budget = {budget}: expected 0 or more")
    wrong += [
        f"{park.park_id} is on record until {park.last_observed_year}: expected a later year than {year}"
        for park in parks
        if park.last_observed_year >= year
    ]
    if wrong:
        raise PathwayError("; ".join(wrong))
    known = benchmark(parks)
    emissions, value = known["emissions"].to_numpy(float), known["value_added"].to_numpy(float)
    lacking = known["park_id"][~np.isfinite(value)].tolist()
    by_rule, left_out, price = {"grandfathering": whole_shares(budget, emissions)}, {}, float("nan")
    if lacking:
        left_out = dict.fromkeys(("value_added", "capability"), f"no value added: {', '.join(lacking)}")
    else:
        by_rule["value_added"] = whole_shares(budget, value)
        by_rule["capability"] = capability_shares(budget, emissions, value)
    if costs is None:
        left_out["marginal_cost"] = "no costs given"
    else:
        drawn = {"members": members, "seed": seed, "assumptions": assumptions}
        try:
            curves = [cost_curve(park, year, costs, **drawn) for park in parks]
        except PathwayError as error:
            # One park without a priced lever leaves the rule without its market; the other rules need none.
            left_out["marginal_cost"] = str(error)
        else:
            by_rule["marginal_cost"], price = marginal_cost_shares(budget, curves)
    return Shares(budget, year, tuple(known["park_id"]), emissions, by_rule, left_out, price)


def cost_curve(
    park: Park,
    year: int,
    costs: Costs,
    *,
    levers: Mapping[str, Lever] | None = None,
    members: int = 200,
    seed: int = 20240401,
    assumptions: Assumptions | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute emissions in a year and cost of every package of levers of known cost, no package first.

    Returns
    -------
    emissions : (package,), tCO2/yr
        Mean over the central members.
    cost : (package,), million CNY/yr
        Annualised.
    """
    levers = dict(levers or read_levers())
    grid = lever_grid(levers, measure_blocks(levers))
    grid = grid.without({block: range(1, 99) for block in useless_blocks(park, grid)})
    unknown = unknown_costs(costs, levers, park)
    dear = [block for block in grid.blocks if any(lever_id in unknown for lever_id in block.lever_ids)]
    grid = grid.without({block.block_id: range(1, len(block.options)) for block in dear})
    if not grid.blocks:
        raise PathwayError(f"{park.park_id}: no lever of known cost changes its emissions")
    everything = grid.everything()
    until = max(year, park.last_observed_year + 1)
    draws = sample(park, [everything], members=members, seed=seed, until=until, assumptions=assumptions)
    rates = draw_rates(costs, {m.lever.lever_id: m.lever for m in everything.measures}, draws)
    survey = PackageEngine(park, everything, draws, rates=rates).survey(grid, by_year=True)
    emissions = survey.by_year[survey.tree.case_of, year - park.last_observed_year - 1]
    return emissions, survey.package_cost() / rates.discount.sum()
