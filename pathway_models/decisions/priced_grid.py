"""Packages of a grid with their known costs, without blocks that have no effect.

**Measures without a price** are neither excluded nor free.  A package with one is cheaper than the one shown as long as
the measure costs less than the known cost that it saves:

    cost(package) = known(package) + own cost of its unpriced measures
    package is cheaper  <=>  own cost of added measures - of omitted ones  <  known(shown) - known(package)

Of packages with the same unpriced measures only the one of the lowest known cost can be the cheapest.  A package can
never be the cheapest where another asks no more of any unpriced measure and has no higher known cost.
ASSUME: a stronger setting of an unpriced measure costs no less than a weaker one, and no measure has a negative cost;
the fuel it saves is in the known cost.
"""

from collections.abc import Collection, Mapping

import numpy as np

from pathway_models.decisions.package_cost import draw_rates
from pathway_models.engine import package_costs, package_tree, packages
from pathway_models.intake import assumptions, library
from pathway_models.intake.costs import unknown_costs
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.levers.action import ACTIVITY, CO2, ENERGY, SINKS
from pathway_models.records import Block, Costs, Draws, Grid, Lever, Park, Scenario, lever_grid

#: Most packages that can be ranked: more do not fit in memory.
MOST_RANKED = 4_000_000
#: Packages evaluated together.
TOGETHER = 4000
#: Rounding tolerance of probabilities, which are shares of members.
ROUNDING = 1e-9
#: Multiplier from million CNY per unit of a lever's quantity to the unit of a threshold, and that unit.
PER_UNIT = {ENERGY: (1e3, "CNY/GJ"), CO2: (1e6, "CNY/tCO2"), ACTIVITY: (1.0, "CNY/CNY")}


def measure_blocks(levers: Mapping[str, Lever]) -> dict[str, tuple[str, ...]]:
    """Group levers into blocks of a decision: that which a lever names, else each substitution, other families."""
    blocks: dict[str, tuple[str, ...]] = {}
    for lever_id, lever in levers.items():
        name = lever.block or (lever_id if lever.family == "substitution" else lever.family)
        blocks[name] = (*blocks.get(name, ()), lever_id)
    return blocks


def default_grid() -> Grid:
    """Build the grid of the shipped levers by their blocks (`measure_blocks`), each off or at one setting."""
    levers = library.read_levers()
    return lever_grid(levers, measure_blocks(levers))


def useless_blocks(park: Park, grid: Grid, neutral: bool = False) -> dict[str, str]:
    """List the blocks that cannot change this park's peak, with the reason.

    Parameters
    ----------
    park : Park
    grid : Grid
    neutral : bool
        Whether neutrality, which sinks change, is part of the target.
    """
    reasons, found = useless_levers(park, grid, neutral), {}
    for block in grid.blocks:
        if all(reasons[lever_id] for lever_id in block.lever_ids):
            found[block.block_id] = "; ".join(dict.fromkeys(reasons[lever_id] for lever_id in block.lever_ids))
    return found


def useless_levers(park: Park, grid: Grid, neutral: bool = False) -> dict[str, str]:
    """Return the reason for every lever of a grid why it cannot change this park's peak; empty where it can."""
    groups = {name: carrier.group for name, carrier in read_carriers().items()}
    levers = {m.lever.lever_id: m.lever for block in grid.blocks for option in block.options for m in option.measures}
    present = {group for c, group in enumerate(park.groups) if park.energy[:, c, -1].any()}
    # Carriers that one lever gives may be replaced by another; less of a group by itself (better kilns) gives none.
    present |= {
        groups[name] for lever in levers.values() for name in lever.gives_to if {groups[name]} != set(lever.takes_from)
    }
    sectors = assumptions.read_sectors()
    kinds = sectors.of(park)
    made_by = zip(park.processes, sectors.processes_of(park), strict=True)
    technical = {where for process, where in made_by if not process.is_balance}
    used = {
        (kinds[s], group, use)
        for s, energy in enumerate(park.energy[..., -1])
        for carrier, group, amount in zip(park.carriers, park.groups, energy, strict=True) if amount
        for use in sectors.uses_in(park, s, carrier, group)
    }  # fmt: skip
    idle = package_tree.cannot_act(park, levers.values(), read_carriers())
    return {
        name: idle[name].en if name in idle
        else "" if park.is_undivided and lever.acts.part != SINKS
        else _useless(lever, present, technical, neutral) or _out_of_reach(lever, used)
        for name, lever in levers.items()
    }  # fmt: skip


def _out_of_reach(lever: Lever, used: set[tuple[str, str, str]]) -> str:
    """Return a reason where none of the sectors or uses of a limited lever is in the park."""
    is_limited = lever.acts.part == "mix" and lever.is_limited
    if not is_limited or any(group in lever.takes_from and lever.reaches(kind, use) for kind, group, use in used):
        return ""
    where = [f"in {', '.join(lever.sectors)}"] * bool(lever.sectors) + [f"for {', '.join(lever.uses)}"] * bool(
        lever.uses
    )
    return f"the park uses no {', '.join(lever.takes_from)} {' '.join(where)}"


def _useless(lever: Lever, present: set[str], technical: set[tuple[str, str]], neutral: bool) -> str:
    nothing, part = not present & set(lever.takes_from), lever.acts.part
    if part == SINKS and not neutral:
        return "sinks stand beside the total and change no peak"
    if part == "process" and not any(lever.reaches(*where) for where in technical):
        return "the park has no process emissions it could lower"
    if part == "mix" and nothing:
        return f"the park uses no {', '.join(lever.takes_from)}"
    if part == "capture" and nothing and not technical:
        return "nothing to capture from"
    return ""


class PricedGrid:
    """Packages of a grid with their known costs, and the setting steps of levers whose cost is not known."""

    def __init__(self, park: Park, grid: Grid, costs: Costs, draws: Draws, until: int, rate: float | None) -> None:
        self.park, self.grid, self.costs, self.draws = park, grid, costs, draws
        self.until, self.rate = until, rate
        levers = {m.lever.lever_id: m.lever for m in grid.everything().measures}
        reasons = useless_levers(park, grid)
        # The price of a lever that cannot act does not matter.
        self.idle = tuple(name for name, why in reasons.items() if why)
        unknown = unknown_costs(costs, levers, park)
        self.unknown = {name: why for name, why in unknown.items() if name not in self.idle}
        self.rates = draw_rates(costs, levers, draws, until=until, rate=rate)
        self.engine = packages.PackageEngine(park, grid.everything(), draws, until=until, rates=self.rates)

    def costs_of(self, codes: np.ndarray) -> np.ndarray:
        """Compute the mean known cost of some packages: (package,), million CNY."""
        engine, tree = self.engine, package_tree.grid_tree(self.grid, codes)
        sinks = np.zeros(len(tree.parts[SINKS]))
        for batch in engine.batches():
            costs = package_costs.PackageCosts(
                batch, engine.rates.of(batch.members, engine.central()[batch.members]), tree
            )
            sinks += [costs.sinks(measures) for measures in tree.parts[SINKS]]
        return packages.cost_table(engine, tree)[tree.case_of] + sinks[tree.sinks_of]

    def steps_of(self, codes: np.ndarray) -> np.ndarray:
        """Count the setting steps of unknown cost of some packages: (package,)."""
        steps = np.zeros(len(codes), dtype=int)
        for column, block in enumerate(self.grid.blocks):
            by_option = [
                sum(1 + list(m.lever.settings).index(m.setting) for m in o.measures if m.lever.lever_id in self.unknown)
                for o in block.options
            ]
            steps += np.array(by_option)[codes[:, column]]
        return steps


# measures without a price ---------------------------------------------------------------------------------------------


def unpriced_blocks(grid: Grid, unknown: Collection[str]) -> np.ndarray:
    """Mark the blocks with an unpriced measure: (block,) bool."""
    return np.array([any(lever_id in unknown for lever_id in block.lever_ids) for block in grid.blocks])


def contenders(codes: np.ndarray, cost: np.ndarray, fine: np.ndarray, unpriced: np.ndarray) -> np.ndarray:
    """Find the packages that are the cheapest to reach the target for some cost of the unpriced measures.

    Parameters
    ----------
    codes : (package, block) int
        Later options of a block are no less demanding than earlier ones.
    cost : (package,)
        Known cost.
    fine : (package,) bool
        Whether a package reaches the target.
    unpriced : (block,) bool

    Returns
    -------
    (k,) int
        Positions, by rising known cost.

    Examples
    --------
    >>> codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> contenders(codes, np.array([0.0, 9.0, 4.0, 5.0]), np.array([False, True, True, True]), np.array([True, False]))
    array([2, 1])
    """
    reaching = np.flatnonzero(fine)
    reaching = reaching[np.argsort(cost[reaching], kind="stable")]
    asked = codes[reaching][:, unpriced]
    _, first = np.unique(asked, axis=0, return_index=True)
    first = np.sort(first)  # the cheapest of each set of unpriced settings, by rising known cost
    kept: list[int] = []
    for at in first:
        # Those before have no higher known cost; one that is nowhere more demanding is cheaper at every price.
        if not any((asked[one] <= asked[at]).all() for one in kept):
            kept.append(int(at))
    return reaching[kept]


def changes(grid: Grid, unpriced: np.ndarray, shown: np.ndarray, other: np.ndarray) -> tuple[dict, dict]:
    """List the unpriced blocks that another package sets higher, and lower, than the one shown: block -> option."""
    more: dict[str, str] = {}
    less: dict[str, str] = {}
    for at in np.flatnonzero(unpriced):
        block: Block = grid.blocks[at]
        if other[at] > shown[at]:
            more[block.block_id] = block.options[other[at]].label
        elif other[at] < shown[at]:
            less[block.block_id] = block.options[other[at]].label
    return more, less


def lever_added(shown: Scenario, other: Scenario, unknown: Collection[str]) -> Lever | None:
    """Find the only unpriced lever by which another package differs from the one shown; None for several."""
    here, there = ({m.lever.lever_id: m for m in one.measures if m.lever.lever_id in unknown} for one in (other, shown))
    if len(here) != len(there) + 1 or any(here.get(name) != measure for name, measure in there.items()):
        return None
    (lever_id,) = here.keys() - there.keys()
    return here[lever_id].lever


def a_unit(below: float, lever: Lever, discounted: float) -> tuple[float | None, str]:
    """Divide a threshold, million CNY, by the discounted quantity of a lever; None where that is not above zero.

    At this cost per unit in every year both packages cost the same.
    """
    scale, unit = PER_UNIT[lever.acts.counted_unit]
    return (below * scale / discounted, unit) if discounted > 0 else (None, "")
