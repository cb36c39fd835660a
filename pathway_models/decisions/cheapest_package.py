"""The cheapest package of lever settings that peaks before a year with the probability asked for.

Every combination of the settings is worked out with exact interactions (:mod:`pathway_models.engine.packages`),
so that the best is the best of the grid and not of an approximation.  Packages are ranked first by how many setting
steps they take of levers whose cost is *not known*, then by known cost: what is not known is never taken for free.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.decision import Decision, DecisionTarget
from pathway_models.decisions.search import Search
from pathway_models.engine.package_statistics import Limits
from pathway_models.engine.sampling import sample
from pathway_models.intake.costs import read_costs
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.library import read_levers
from pathway_models.levers.action import SINKS
from pathway_models.records.assumptions import Assumptions, Correlation
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Grid, Lever, lever_grid
from pathway_models.records.park import Park


def measure_blocks(levers: Mapping[str, Lever]) -> dict[str, tuple[str, ...]]:
    """Blocks a manager decides on: each substitution by itself, the levers of any other family together."""
    blocks: dict[str, tuple[str, ...]] = {}
    for lever_id, lever in levers.items():
        name = lever_id if lever.acts.part == "mix" else lever.family
        blocks[name] = (*blocks.get(name, ()), lever_id)
    return blocks


def useless_blocks(park: Park, grid: Grid, neutral: bool = False) -> dict[str, str]:
    """Blocks that cannot change this park's peak, and why; they are left out of the search.

    Parameters
    ----------
    park : Park
    grid : Grid
    neutral : bool
        Whether neutrality is asked for, which sinks do change.
    """
    groups = {name: carrier.group for name, carrier in read_carriers().items()}
    levers = {m.lever.lever_id: m.lever for block in grid.blocks for option in block.options for m in option.measures}
    present = {group for c, group in enumerate(park.groups) if park.energy[:, c, -1].any()}
    # What any lever gives may be taken by another.
    present |= {groups[name] for lever in levers.values() for name in lever.gives_to}
    technical = any(not process.is_balance for process in park.processes)
    found = {}
    for block in grid.blocks:
        reasons = [_useless(levers[lever_id], present, technical, neutral) for lever_id in block.lever_ids]
        if all(reasons):
            found[block.block_id] = reasons[0]
    return found


def _useless(lever: Lever, present: set[str], technical: bool, neutral: bool) -> str:
    nothing, part = not present & set(lever.takes_from), lever.acts.part
    if part == SINKS and not neutral:
        return "sinks stand beside the total and change no peak"
    if part == "process" and not technical:
        return "the park has no process emissions it could lower"
    if part == "mix" and nothing:
        return f"the park uses no {', '.join(lever.takes_from)}"
    if part == "capture" and nothing and not technical:
        return "nothing to capture from"
    return ""


def cheapest_package(
    park: Park,
    before: int = 2030,
    probability: float = 0.9,
    *,
    grid: Grid | None = None,
    costs: Costs | None = None,
    limits: Limits | None = None,
    budget: float | None = None,
    members: int = 500,
    seed: int = 20240401,
    until: int = 2060,
    margin: float = 0.1,
    fresh: int = 2000,
    rate: float | None = None,
    correlations: Sequence[Correlation] | bool | None = True,
    most: int = 250_000,
    assumptions: Assumptions | None = None,
) -> Decision:
    """Find the cheapest package that peaks before a year with a probability.

    Parameters
    ----------
    park : Park
    before : int
        The peak year shall be ``before - 1`` or earlier.
    probability : float
        Over all members, those without a peak included.
    grid : Grid, optional
        Packages to choose from; by default every substitution by itself and every other family of the shipped
        library, each off or at one of its settings. `lever_grid` makes others, with start years.
    costs : Costs, optional
        The shipped ones by default.
    limits : Limits, optional
        Cap on the peak level, on single years, neutrality; each must hold with the same probability.
    budget : float, optional
        Largest known present value, million CNY.
    members, seed, until
        The ensemble.
    margin : float
        Alternatives may cost so much more, as a share of the best's cost.
    fresh : int
        Members of the out-of-sample check; 0 leaves it out.
    rate : float, optional
        Real discount rate; that of the costs by default.
    correlations : sequence of Correlation, bool or None
        Rank correlations of the inputs, as `sample` takes them: the shipped ones by default.
    most : int
        Packages up to which every one is looked at. Of a larger grid so many are looked at in order of cost; the
        decision then says whether its best is proven, and how large the gap can be.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Returns
    -------
    Decision

    Raises
    ------
    PathwayError
        The probability is not above 0 and at most 1, a year is outside the projection, a cap, budget, rate or margin
        is no number it can be, or no lever of the grid can change the park's peak.
    """
    costs = read_costs() if costs is None else costs
    if grid is None:
        levers = read_levers()
        grid = lever_grid(levers, measure_blocks(levers))
    target = DecisionTarget(before, probability, limits or Limits(), budget)
    _check(park, target, until, {"rate": rate, "margin": margin})
    dropped = useless_blocks(park, grid, target.limits.neutral is not None)
    grid = grid.without({name: range(1, 99) for name in dropped})
    if not grid.blocks:
        raise PathwayError(f"{park.park_id}: no lever of the grid can change the peak of this park")
    everything = [grid.everything()]
    drawn = {"until": until, "correlations": correlations, "assumptions": assumptions}
    draws = sample(park, everything, members=members, seed=seed, **drawn)
    search = Search(park, grid, target, costs, draws, until, rate, margin, most)
    check = None
    if fresh:
        check = sample(park, everything, members=fresh, seed=seed + 1, **drawn)
    return search.decision(dropped, check)


def _check(park: Park, target: DecisionTarget, until: int, shares: Mapping[str, float | None]) -> None:
    if not 0 < target.probability <= 1:
        raise PathwayError(f"probability = {target.probability}: expected above 0 and at most 1")
    if not park.last_observed_year + 2 <= target.before <= until:
        raise PathwayError(f"before = {target.before}: expected a year from {park.last_observed_year + 2} to {until}")
    limits, first = target.limits, park.last_observed_year + 1
    for name, year in [("neutral", limits.neutral), *(("totals", year) for year in limits.totals)]:
        if year is not None and not first <= year <= until:
            raise PathwayError(f"{name} = {year}: expected a year from {first} to {until}")
    for name, tonnes in [("peak", limits.peak), *((f"totals of {year}", cap) for year, cap in limits.totals.items())]:
        if tonnes is not None and not (isfinite(tonnes) and tonnes > 0):
            raise PathwayError(f"{name} = {tonnes}: expected tCO2 a year, above 0")
    if target.budget is not None and not isfinite(target.budget):
        raise PathwayError(f"budget = {target.budget}: expected million CNY")
    for name, share in shares.items():
        if share is not None and not (isfinite(share) and share >= 0):
            raise PathwayError(f"{name} = {share}: expected a share of 0 or more, such as 0.05")
