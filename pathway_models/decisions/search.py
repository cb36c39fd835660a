"""Looking through all packages of a grid for those that reach a target, in order of what is known of their cost.

Grids too large to look at every package: exact costs for all of them, probabilities in order of cost.

Packages are ranked by what is known of their cost, and looked at from the cheapest on until one reaches the target:
it is then the optimum of the whole grid, since all cheaper ones were looked at.  Where the allowed number of packages
runs out before, the best found by walking down from the strongest package is shown with its *gap*: the cheapest package
not looked at says how much less an unseen one could cost at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.costs import draw_rates, uncounted_savings, unknown_costs
from pathway_models.decisions.decision import Candidate, Decision, DecisionTarget, Price
from pathway_models.engine.cost_tables import cost_table
from pathway_models.engine.package_costs import PackageCosts
from pathway_models.engine.package_statistics import PackageStatistics
from pathway_models.engine.package_tree import grid_tree
from pathway_models.engine.packages import PackageEngine
from pathway_models.kernels.costs import levelised
from pathway_models.levers.action import SINKS
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Grid
from pathway_models.records.park import Park

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


#: Probabilities are shares of members; this much less than asked for is a matter of rounding.
ROUNDING = 1e-9
#: Alternatives listed at most.
MOST_ALTERNATIVES = 50


def reached(survey: PackageStatistics, before: int, probability: float) -> np.ndarray:
    """Which packages peak before a year and meet every condition with a probability: (package,) bool."""
    fine = survey.p_peaked_by(before - 1) >= probability - ROUNDING
    for name in survey.held:
        fine &= survey.p_held(name) >= probability - ROUNDING
    return fine


class Search:
    """All packages of a grid, surveyed; of a very large grid those that rank first.

    Parameters
    ----------
    park, grid, target, costs, draws, until, rate
        As `cheapest_package` has them.
    margin : float
    most : int
        Packages up to which every one is surveyed, and that are looked at in a larger grid.
    """

    def __init__(
        self,
        park: Park,
        grid: Grid,
        target: DecisionTarget,
        costs: Costs,
        draws: Draws,
        until: int,
        rate: float | None,
        margin: float,
        most: int,
    ) -> None:
        self.park, self.grid, self.target, self.costs, self.draws, self.until = park, grid, target, costs, draws, until
        self.levers = {m.lever.lever_id: m.lever for m in grid.everything().measures}
        self.unknown = unknown_costs(costs, self.levers, park)
        self.rates = draw_rates(costs, self.levers, draws, until=until, rate=rate)
        self.engine = PackageEngine(park, grid.everything(), draws, until=until, rates=self.rates)
        self.margin = margin
        self.ranking = self._ranked(most)
        self.codes = grid.codes() if self.ranking is None else self.ranking.codes
        self.survey: PackageStatistics = self._surveyed(self.codes)
        self.cost = self.survey.package_cost()
        # Nothing costs nothing: without this the first package costs what sums are rounded by.
        self.cost = self.cost - self.cost[0]
        self.steps = self._steps(self.codes)
        # Lexicographic: steps of unknown cost first, then known cost, then the number that stands first.
        self.order = np.lexsort((self.cost, self.steps))

    def _surveyed(self, codes: np.ndarray) -> PackageStatistics:
        return self.engine.survey(self.grid, codes, self.target.limits)

    def _ranked(self, most: int) -> Ranking | None:
        """The packages of a grid too large to survey whole; None for others."""
        if self.grid.size <= most:
            return None
        target = self.target

        def reaches(survey: PackageStatistics) -> np.ndarray:
            return reached(survey, target.before, target.probability) & self._affordable(survey.package_cost())

        return rank_packages(self.engine, self.grid, self._steps, reaches, self._surveyed, most, self.margin)

    def _affordable(self, cost: np.ndarray) -> np.ndarray:
        return np.ones(len(cost), dtype=bool) if self.target.budget is None else cost <= self.target.budget

    def _steps(self, codes: np.ndarray) -> np.ndarray:
        """Setting steps of unknown cost of some packages."""
        steps = np.zeros(len(codes), dtype=int)
        for column, block in enumerate(self.grid.blocks):
            by_option = [
                sum(1 + list(m.lever.settings).index(m.setting) for m in o.measures if m.lever.lever_id in self.unknown)
                for o in block.options
            ]
            steps += np.array(by_option)[codes[:, column]]
        return steps

    def feasible(self, before: int, probability: float) -> np.ndarray:
        """Which packages reach a target: (package,) bool."""
        return reached(self.survey, before, probability) & self._affordable(self.cost)

    def first(self, fine: np.ndarray) -> int | None:
        """The cheapest of some packages."""
        ranked = self.order[fine[self.order]]
        return int(ranked[0]) if ranked.size else None

    def candidate(self, at: int) -> Candidate:
        """One package with what it does."""
        survey, case = self.survey, self.survey.tree.case_of
        options = self.grid.options_of(self.codes[at])
        used = [m.lever.lever_id for option in options for m in option.measures]
        saved = survey.tonnes[case[0]] - survey.tonnes[case[at]]
        return Candidate(
            code=tuple(int(number) for number in self.codes[at]),
            label=self.grid.label(self.codes[at]),
            unknown=tuple(name for name in used if name in self.unknown),
            steps=int(self.steps[at]),
            cost=float(self.cost[at]),
            annualised=float(self.cost[at] / self.rates.discount.sum()),
            per_tonne=float(1e6 * levelised(self.cost[at], saved)),
            p_before=float(survey.p_peaked_by(self.target.before - 1)[at]),
            p_by=float(survey.p_peaked_by(self.target.before)[at]),
            peak=float(survey.peak[case[at]]),
            held={name: float(survey.p_held(name)[at]) for name in survey.held},
        )

    def closest(self) -> int:
        """The package that comes nearest to the target: its least probable condition is most probable."""
        least = np.minimum(self.survey.p_peaked_by(self.target.before - 1), self.target.probability)
        for name in self.survey.held:
            least = np.minimum(least, self.survey.p_held(name))
        if self.target.budget is not None and (self.cost <= self.target.budget).any():
            least = np.where(self.cost <= self.target.budget, least, -1.0)
        return int(self.order[least[self.order].argmax()])

    def front(self) -> tuple[Candidate, ...]:
        """The cheapest package for every probability: each dearer one is more probable than all before."""
        reached = self.survey.p_peaked_by(self.target.before - 1)[self.order]
        so_far = np.maximum.accumulate(reached)
        better = np.append(True, so_far[1:] > so_far[:-1])
        return tuple(self.candidate(int(at)) for at in self.order[better])

    def price(self, best: int, before: int, probability: float) -> Price | None:
        """What a tighter target costs on top of the best; None where it is out of reach."""
        if before - 1 < self.survey.years[0] or probability > 1:
            return None
        tighter = self.first(self.feasible(before, probability))
        if tighter is None:
            return None
        steps, cost = self.steps[tighter] - self.steps[best], self.cost[tighter] - self.cost[best]
        return Price(int(steps), float(cost), self.grid.label(self.codes[tighter]))

    def without(self, best: int, fine: np.ndarray) -> dict[str, Candidate | None]:
        """For each block the best uses, the cheapest package that reaches the target without it."""
        found: dict[str, Candidate | None] = {}
        for column, block in enumerate(self.grid.blocks):
            if self.codes[best, column]:
                other = self.first(fine & (self.codes[:, column] == 0))
                found[block.block_id] = None if other is None else self.candidate(other)
        return found

    def gap(self, best: int | None) -> Price | None:
        """How much less, at most, a package not looked at could ask for; None where the best is proven."""
        if best is None or self.ranking is None or self.ranking.proven:
            return None
        steps, cost = self.steps[best] - self.ranking.next_steps, self.cost[best] - self.ranking.next_cost
        return Price(int(steps), float(cost), "")

    def alternatives(self, best: int, fine: np.ndarray) -> np.ndarray:
        """All other packages that reach the target with as many steps of unknown cost, and nearly its known cost."""
        most = self.cost[best] + self.margin * abs(self.cost[best])
        near = fine & (self.steps == self.steps[best]) & (self.cost <= most)
        near[best] = False
        return self.order[near[self.order]]

    def fresh(self, candidates: list[Candidate], check: Draws | None) -> list[Candidate]:
        """Candidates with their probability on fresh draws."""
        if check is None:
            return candidates
        engine = PackageEngine(self.park, self.grid.everything(), check, until=self.until)
        codes = np.array([candidate.code for candidate in candidates], dtype=np.int8)
        reached = engine.survey(self.grid, codes).p_peaked_by(self.target.before - 1)
        return [replace(one, p_fresh=float(p)) for one, p in zip(candidates, reached, strict=True)]

    def decision(self, dropped: Mapping[str, str], check: Draws | None) -> Decision:
        """Everything a manager needs to choose."""
        target = self.target
        fine = self.feasible(target.before, target.probability)
        best = self.first(fine)
        near = self.order[:0] if best is None else self.alternatives(best, fine)
        shown = self.closest() if best is None else best
        found = self.fresh([self.candidate(at) for at in (shown, *near[:MOST_ALTERNATIVES])], check)
        # What lies beyond the packages looked at can be neither priced nor excluded.
        whole = best if self.ranking is None else None
        return Decision(
            identity=self.park.identity,
            target=target,
            grid=self.grid,
            dropped=dict(dropped),
            costs=self.costs,
            unknown=self.unknown,
            uncounted=uncounted_savings(self.costs, self.park),
            best=None if best is None else found[0],
            closest=found[0],
            alternatives=tuple(found[1:]),
            near=self.codes[near],
            margin=self.margin,
            without_block={} if whole is None else self.without(whole, fine),
            front=self.front(),
            one_year_earlier=None if whole is None else self.price(whole, target.before - 1, target.probability),
            one_percent_more=None if whole is None else self.price(whole, target.before, target.probability + 0.01),
            off=self.candidate(0),
            packages=self.grid.size,
            evaluated=self.survey.tree.cases.shape[0],
            complete=self.ranking is None,
            gap=self.gap(best),
            members=self.draws.members,
            fresh_members=0 if check is None else check.members,
            seed=self.draws.seed,
        )
