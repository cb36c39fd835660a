"""When a package with measures that have no price is the cheaper one: the cost below which it is.

A measure without a price is neither taken last nor for free.  Its package is cheaper than the one shown as long as
what it adds costs less than the known cost that it saves:

    cost(package) = known(package) + own cost of its unpriced measures
    package is cheaper  <=>  own cost of what it adds - of what it does without  <  known(shown) - known(package)

Of packages with the same unpriced measures only the one of the lowest known cost can be the cheapest.  A package can
never be the cheapest where another asks no more of any unpriced measure and has no higher known cost.
ASSUME: a stronger setting of an unpriced measure costs no less than a weaker one, and no measure less than nothing; the
fuel it saves is in the known cost.
"""

from collections.abc import Collection

import numpy as np

from pathway_models.levers.action import ACTIVITY, CO2, ENERGY
from pathway_models.records.levers import Block, Grid, Lever, Scenario

#: What a million CNY per unit of a lever's quantity is in the unit that thresholds are told in.
PER_UNIT = {ENERGY: (1e3, "CNY/GJ"), CO2: (1e6, "CNY/tCO2"), ACTIVITY: (1.0, "CNY/CNY")}


def unpriced_blocks(grid: Grid, unknown: Collection[str]) -> np.ndarray:
    """Mark the blocks with a measure that has no price: (block,) bool."""
    return np.array([any(lever_id in unknown for lever_id in block.lever_ids) for block in grid.blocks])


def contenders(codes: np.ndarray, cost: np.ndarray, fine: np.ndarray, unpriced: np.ndarray) -> np.ndarray:
    """Find the packages that some cost of the unpriced measures makes the cheapest of those that reach the target.

    Parameters
    ----------
    codes : (package, block) int
        Later options of a block ask no less than earlier ones.
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
        # Those before have no higher known cost; one that asks no more of anything beats it for every price.
        if not any((asked[one] <= asked[at]).all() for one in kept):
            kept.append(int(at))
    return reaching[kept]


def changes(grid: Grid, unpriced: np.ndarray, shown: np.ndarray, other: np.ndarray) -> tuple[dict, dict]:
    """Name what another package asks more, and less, of the unpriced blocks than the one shown: block -> option."""
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
    """Find the one unpriced lever that another package has beside those of the package shown; None for several."""
    here, there = ({m.lever.lever_id: m for m in one.measures if m.lever.lever_id in unknown} for one in (other, shown))
    if len(here) != len(there) + 1 or any(here.get(name) != measure for name, measure in there.items()):
        return None
    (lever_id,) = here.keys() - there.keys()
    return here[lever_id].lever


def a_unit(below: float, lever: Lever, discounted: float) -> tuple[float | None, str]:
    """Divide a threshold, million CNY, by what a lever does, discounted like money; None where it does nothing.

    A lever that costs so much a unit in every year makes both packages cost the same.
    """
    scale, unit = PER_UNIT[lever.acts.counted_unit]
    return (below * scale / discounted, unit) if discounted > 0 else (None, "")
