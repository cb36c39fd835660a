"""Packages of levers for a whole fleet, and a budget of one year shared out (``docs/fleet.md``, sections 3 and 4).

Each park takes its cheapest package and all are added up; or a budget of whole tonnes is shared by several rules, each
of which adds up to the budget exactly.

The rules are those of the literature on sharing efforts between countries (Höhne, den Elzen and Escalante 2014, Climate
Policy 14; from background knowledge), in quantities that parks report.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.decisions import decision, package_cost, priced_grid
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.engine import packages, projecting, sampling
from pathway_models.fleet import benchmarking, fleet_results, totals
from pathway_models.intake.costs import read_costs, unknown_costs
from pathway_models.intake.library import read_levers
from pathway_models.records import NO_MEASURES, Assumptions, Costs, Grid, Lever, Park, Pathways, lever_grid


def whole_shares(budget: int, weights: np.ndarray) -> np.ndarray:
    """Split whole tonnes in proportion to weights by the method of largest remainders.

    Parameters
    ----------
    budget : int
        tCO2, 0 or more.
    weights : (park,)
        0 or more, not all zero.

    Returns
    -------
    (park,) int
        tCO2; adds up to ``budget`` exactly, and lies within one tonne of the proportional share.

    Raises
    ------
    ValueError
        The budget is negative, or the weights are negative, not finite or all zero.
    """
    weights = np.asarray(weights, dtype=float)
    if budget < 0:
        raise ValueError(f"a budget of {budget} t cannot be shared out")
    if not np.isfinite(weights).all() or (weights < 0).any() or not (weights > 0).any():
        raise ValueError("weights must be finite, 0 or more, and not all zero")
    # Scaled first: the sum of very large weights must not overflow.
    fractions = weights / weights.max()
    exact = budget * (fractions / fractions.sum())
    shares = np.floor(exact).astype(np.int64)
    # A park of weight zero gets nothing, not even a rounding remainder.
    order = np.lexsort((np.arange(weights.size), shares - exact, weights == 0))
    missing = int(budget - shares.sum())
    if missing < 0:
        # Rounding of very large budgets is corrected at the largest share.
        shares[shares.argmax()] += missing
        return shares
    users = order[: int((weights > 0).sum())]
    shares[users] += missing // users.size
    shares[users[: missing % users.size]] += 1
    return shares


def capability_shares(budget: int, emissions: np.ndarray, value_added: np.ndarray) -> np.ndarray:
    """Cut emissions in proportion to value added, no park below zero.

    A park that would fall below zero stops there, and the others share what it could not cut, again by value
    added.  Where the budget exceeds the emissions, what is over is shared in the same proportion.

    Parameters
    ----------
    budget : int, tCO2
    emissions : (park,), tCO2/yr, 0 or more
    value_added : (park,), 0 or more

    Returns
    -------
    (park,) int
    """
    emissions, value_added = np.asarray(emissions, dtype=float), np.asarray(value_added, dtype=float)
    left = emissions.astype(float)
    to_cut = float(emissions.sum() - budget)
    if to_cut <= 0:
        earning = value_added if value_added.any() else np.ones_like(emissions)
        return whole_shares(budget, _some(emissions - to_cut * (earning / earning.sum())))
    able = (left > 0) & (value_added > 0)
    while to_cut > 0 and able.any():
        wish = to_cut * value_added[able] / value_added[able].sum()
        cut = np.minimum(wish, left[able])
        left[able] -= cut
        to_cut -= float(cut.sum())
        emptied = able & (left <= 0)
        if not emptied.any():
            break
        able &= ~emptied
    # Parks without value added cut only what the others cannot, in proportion to their remaining emissions.
    if to_cut > 1e-9 * float(emissions.sum()):
        left *= budget / left.sum()
    return whole_shares(budget, _some(left))


def _some(weights: np.ndarray) -> np.ndarray:
    """Return the weights, or equal ones where all are zero."""
    return weights if weights.any() else np.ones_like(weights)


def marginal_cost_shares(budget: int, curves: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, float]:
    """Cut where a tonne costs least, across all parks: equal marginal cost.

    Parameters
    ----------
    budget : int, tCO2
    curves : sequence of (emissions, cost)
        One a park: remaining emissions (tCO2/yr) and cost (million CNY/yr) of its packages in any order; the first is
        the park without a package.

    Returns
    -------
    shares : (park,) int, tCO2
    price : float
        CNY/tCO2 of the last tonne cut; NaN where nothing is cut, infinity where all possible cuts are not enough: the
        budget is then shared in proportion to the remaining emissions.

    Notes
    -----
    Only packages on the lower convex hull of cost over tonnes cut are used; between two of them a park takes a part
    of the dearer one.
    """
    start = np.array([float(emissions[0]) for emissions, _ in curves])
    to_cut = float(start.sum() - budget)
    if to_cut <= 0:
        return whole_shares(budget, _some(start)), float("nan")
    steps = [(*step, park) for park, curve in enumerate(curves) for step in hull_steps(*curve)]
    left, price = start.copy(), float("inf")
    for cost, tonnes, park in sorted(steps):
        cut = min(tonnes, to_cut)
        left[park] -= cut
        to_cut -= cut
        if to_cut <= 1e-9 * start.sum():
            price = 1e6 * cost
            break
    return whole_shares(budget, _some(np.maximum(left, 0.0))), price


def hull_steps(emissions: np.ndarray, cost: np.ndarray) -> list[tuple[float, float]]:
    """Compute the lower convex hull of cost over tonnes cut: (million CNY per tonne, tonnes), cheapest first."""
    cut, extra = float(emissions[0]) - np.asarray(emissions, float), np.asarray(cost, float) - float(cost[0])
    order = np.lexsort((extra, cut))
    hull: list[tuple[float, float]] = [(0.0, 0.0)]
    for x, y in zip(cut[order], extra[order], strict=True):
        if x <= hull[-1][0]:
            if x < hull[-1][0] or y >= hull[-1][1] or len(hull) == 1:
                continue
            hull.pop()
        while len(hull) > 1 and _slope(hull[-1], (x, y)) <= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append((float(x), float(y)))
    return [(_slope(a, b), b[0] - a[0]) for a, b in pairwise(hull)]


def _slope(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (b[1] - a[1]) / (b[0] - a[0])


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
) -> fleet_results.FleetPackages:
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
    fleet_results.check_fleet(parks)
    _check(parks, before, probability, until)
    costs = read_costs() if costs is None else costs
    # ASSUME: where no grid is given a park moves whole families of levers: some hundred packages instead of tens of
    # thousands, so that a fleet takes seconds; a finer grid can only find cheaper packages.
    grid = lever_grid(read_levers(), by="family") if grid is None else grid
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    decisions: dict[str, decision.Decision] = {}
    unchanged: list[str] = []

    def one_by_one() -> Iterator[Pathways]:
        for park in parks:
            report(park.park_id)
            package = NO_MEASURES
            if len(priced_grid.useless_blocks(park, grid)) == len(grid.blocks):
                unchanged.append(park.park_id)
            else:
                found = cheapest_package(park, before, probability, grid=grid, costs=costs, fresh=0, **drawn)
                decisions[park.park_id] = found
                package = found.scenario()
            chosen = {
                fleet_results.OFF: NO_MEASURES,
                fleet_results.PACKAGE: replace(package, scenario_id=fleet_results.PACKAGE),
            }
            yield projecting.project(park, chosen, sampling.sample(park, chosen, **drawn))

    results = totals.add_up(parks, one_by_one())
    return fleet_results.FleetPackages(results, decisions, tuple(unchanged), before, probability, costs.price_year)


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
) -> fleet_results.Shares:
    """Share a budget by every rule.

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
    known = benchmarking.benchmark(parks)
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
    return fleet_results.Shares(budget, year, tuple(known["park_id"]), emissions, by_rule, left_out, price)


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
    grid = lever_grid(levers, priced_grid.measure_blocks(levers))
    grid = grid.without({block: range(1, 99) for block in priced_grid.useless_blocks(park, grid)})
    unknown = unknown_costs(costs, levers, park)
    dear = [block for block in grid.blocks if any(lever_id in unknown for lever_id in block.lever_ids)]
    grid = grid.without({block.block_id: range(1, len(block.options)) for block in dear})
    if not grid.blocks:
        raise PathwayError(f"{park.park_id}: no lever of known cost changes its emissions")
    everything = grid.everything()
    until = max(year, park.last_observed_year + 1)
    draws = sampling.sample(park, [everything], members=members, seed=seed, until=until, assumptions=assumptions)
    rates = package_cost.draw_rates(costs, {m.lever.lever_id: m.lever for m in everything.measures}, draws)
    survey = packages.PackageEngine(park, everything, draws, rates=rates).survey(grid, by_year=True)
    emissions = survey.by_year[survey.tree.case_of, year - park.last_observed_year - 1]
    return emissions, survey.package_cost() / rates.discount.sum()
