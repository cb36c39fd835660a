"""Grids too large to look at every package: exact costs for all of them, probabilities in order of cost.

Packages are ranked by what is known of their cost, and looked at from the cheapest on until one reaches the target:
it is then the optimum of the whole grid, since all cheaper ones were looked at.  Where the allowed number of packages
runs out before, the best found by walking down from the strongest package is shown with its *gap*: the cheapest package
not looked at says how much less an unseen one could cost at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.levers.action import SINKS
from pathway_models.projection.cost_tables import cost_table
from pathway_models.projection.package_costs import PackageCosts
from pathway_models.projection.package_statistics import PackageStatistics
from pathway_models.projection.package_tree import grid_tree
from pathway_models.projection.packages import PackageEngine
from pathway_models.records.grids import Grid

#: Packages that can be ranked at all: more do not fit in memory.
MOST_RANKED = 4_000_000
#: Packages looked at together.
TOGETHER = 4000


@dataclass(frozen=True)
class Ranking:
    """Packages worth surveying.

    Parameters
    ----------
    codes : (package, block) int
        The first is all off.
    proven : bool
        Whether every package that ranks before the first that reaches the target is among them.
    next_steps, next_cost : int, float
        Rank of the cheapest package not among them.
    """

    codes: np.ndarray
    proven: bool
    next_steps: int
    next_cost: float


def rank_packages(
    engine: PackageEngine,
    grid: Grid,
    steps: Callable[[np.ndarray], np.ndarray],
    reaches: Callable[[PackageStatistics], np.ndarray],
    survey: Callable[[np.ndarray], PackageStatistics],
    most: int,
    margin: float,
) -> Ranking:
    """Choose the packages to survey.

    Parameters
    ----------
    engine : PackageEngine
        With rates.
    grid : Grid
    steps : callable
        Setting steps of unknown cost of some codes: (package,).
    reaches : callable
        Which packages of a survey reach the target: (package,) bool.
    survey : callable
        Surveys some codes.
    most : int
        Packages to look at.
    margin : float
        Packages so much dearer than the best are wanted too, as a share of its cost.

    Raises
    ------
    PathwayError
        The grid has too many packages even for ranking.
    """
    if grid.size > MOST_RANKED:
        raise PathwayError(
            f"the grid has {grid.size:,} packages, at most {MOST_RANKED:,} can be ranked: set levers together,"
            " or leave levers, settings or start years out"
        )
    codes = grid.codes()
    cost, of = _costs(engine, grid, codes), steps(codes)
    order = np.lexsort((cost, of))
    looked, best, limit = 0, None, np.inf
    while looked < min(most, len(order)):
        batch = order[looked : min(looked + TOGETHER, most)]
        if best is not None and (of[batch[0]] > of[best] or cost[batch[0]] > limit):
            break
        looked += len(batch)
        if best is None:
            fine = reaches(survey(codes[batch]))
            if fine.any():
                best = batch[int(fine.argmax())]
                limit = cost[best] + margin * abs(cost[best])
    chosen = [codes[:1], codes[order[:looked]]]
    if best is None:
        chosen.append(_descent(codes[-1], steps, reaches, survey))
    unseen = order[min(looked, len(order) - 1)]
    distinct = np.unique(np.concatenate(chosen), axis=0)
    return Ranking(distinct, best is not None or looked >= len(order), int(of[unseen]), float(cost[unseen] - cost[0]))


def _costs(engine: PackageEngine, grid: Grid, codes: np.ndarray) -> np.ndarray:
    """Mean known cost of every package: (package,)."""
    tree = grid_tree(grid, codes)
    sinks = np.zeros(len(tree.parts[SINKS]))
    for batch in engine.batches():
        costs = PackageCosts(batch, engine.rates.of(batch.members, engine.central()[batch.members]), tree)
        sinks += [costs.sinks(measures) for measures in tree.parts[SINKS]]
    return cost_table(engine, tree)[tree.case_of] + sinks[tree.sinks_of]


def _descent(
    strongest: np.ndarray,
    steps: Callable[[np.ndarray], np.ndarray],
    reaches: Callable[[PackageStatistics], np.ndarray],
    survey: Callable[[np.ndarray], PackageStatistics],
) -> np.ndarray:
    """Packages met when walking down from the strongest, weakening the block that saves most: (package, block).

    Only packages that reach the target are left again; the walk ends when none weaker does.
    """
    here, met = strongest, [strongest[None]]
    while True:
        weaker = np.repeat(here[None], len(here), axis=0) - np.eye(len(here), dtype=here.dtype)
        weaker = weaker[(weaker >= 0).all(axis=1)]
        if not len(weaker):
            return np.concatenate(met)
        found = survey(weaker)
        met.append(weaker)
        fine = np.flatnonzero(reaches(found))
        if not fine.size:
            return np.concatenate(met)
        rank = np.lexsort((found.package_cost()[fine], steps(weaker)[fine]))
        here = weaker[fine[rank[0]]]
