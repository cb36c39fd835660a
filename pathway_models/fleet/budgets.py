"""Share a budget of one year out to parks by stated rules, side by side (``docs/fleet.md``, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.cheapest_package import measure_blocks, useless_blocks
from pathway_models.decisions.costs import draw_rates, unknown_costs
from pathway_models.engine.packages import PackageEngine
from pathway_models.engine.sampling import sample
from pathway_models.fleet.benchmarking import benchmark
from pathway_models.fleet.fleet_results import Shares
from pathway_models.intake.library import read_levers
from pathway_models.kernels.effort_sharing import capability_shares, marginal_cost_shares, whole_shares
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Lever, lever_grid
from pathway_models.records.park import Park


def share_budget(
    parks: Sequence[Park],
    budget: int,
    year: int,
    *,
    costs: Costs | None = None,
    members: int = 200,
    seed: int = 20240401,
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
    needs_value = f"no value added: {', '.join(lacking)}" if lacking else ""
    left_out = {name: needs_value for name in ("value_added", "capability") if needs_value}
    price = float("nan")
    rules: dict[str, Callable[[], np.ndarray]] = {
        "grandfathering": lambda: whole_shares(budget, emissions),
        "value_added": lambda: whole_shares(budget, value),
        "capability": lambda: capability_shares(budget, emissions, value),
    }
    by_rule = {name: rule() for name, rule in rules.items() if name not in left_out}
    if costs is None:
        left_out["marginal_cost"] = "no costs given"
    else:
        curves = [cost_curve(park, year, costs, members=members, seed=seed) for park in parks]
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
