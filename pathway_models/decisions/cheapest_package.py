"""Cheapest package of lever settings that peaks before a year with a given probability.

Every combination of the settings is evaluated with exact interactions (:mod:`pathway_models.engine.packages`), so that
the best is the optimum of the grid and not of an approximation.  Packages are ranked first by the number of setting
steps of levers whose cost is *not known*, then by known cost: an unknown cost is never taken for zero.

A grid too large to evaluate every package is searched best first: exact costs for all packages, probabilities in order
of cost, from the cheapest on until one reaches the target; it is the optimum of the whole grid, since all cheaper ones
were evaluated.  Where the allowed number of packages runs out before, the best found by a descent from the strongest
package is given with its *gap*: the cost of the cheapest package not evaluated bounds the possible saving.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.decisions import priced_grid
from pathway_models.decisions.decision import Candidate, Decision, DecisionTarget, Price, Threshold
from pathway_models.decisions.package_cost import draw_rates, package_cost, package_economics
from pathway_models.engine import package_costs, package_tree, packages, sampling
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.costs import read_costs, uncounted_savings
from pathway_models.kernels.costs import levelised
from pathway_models.kernels.event_split import WINDOW
from pathway_models.records import NO_MEASURES, Assumptions, Correlation, Costs, Draws, Grid, Park, levers, peaks

#: Alternatives listed at most.
MOST_ALTERNATIVES = 50
#: Runs a function that returns arrays by name, or returns its cached result.
Keep = Callable[[Callable[[], dict[str, np.ndarray]]], Mapping[str, np.ndarray]]


@dataclass(frozen=True)
class Ranking:
    """Packages evaluated by a best-first search.

    Parameters
    ----------
    codes : (package, block) int
        The first is all off.
    proven : bool
        True where every package that ranks before the first that reaches the target is among them.
    next_steps, next_cost : int, float
        Rank of the cheapest package not among them.
    """

    codes: np.ndarray
    proven: bool
    next_steps: int
    next_cost: float


@dataclass(frozen=True)
class Looked:
    """Evaluation of some packages for the target: cost, probability of the event, probabilities of further conditions.

    Parameters
    ----------
    cost : (package,), million CNY
    counts : EventCounts or PackageStatistics
        Probabilities of the event; all statistics where there are further conditions.
    """

    cost: np.ndarray
    counts: packages.EventCounts | package_costs.PackageStatistics

    def held(self) -> dict[str, np.ndarray]:
        """Give the share of members that meet each further condition: condition -> (package,)."""
        names = () if isinstance(self.counts, packages.EventCounts) else self.counts.held
        return {name: self.counts.p_held(name) for name in names}


class Search(priced_grid.PricedGrid):
    """Evaluated packages of a grid: all, or those that rank first in a grid of more than ``most`` packages."""

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
        keep: Keep | None = None,
    ) -> None:
        super().__init__(park, grid, costs, draws, until, rate)
        self.target, self.margin = target, margin
        self.ranking = self.best_first_search(most) if grid.size > most else None
        self.codes = grid.codes() if self.ranking is None else self.ranking.codes
        # Nothing is cached for further conditions, or where not all packages are evaluated.
        is_kept = keep is not None and self.ranking is None and target.limits == levers.Limits()
        self.looked = self._kept(keep) if is_kept else self._look(self.codes)
        # The empty package costs nothing, not the rounding of its sums.
        self.cost = self.looked.cost - self.looked.cost[0]
        self.steps = self.steps_of(self.codes)
        # Lexicographic: steps of unknown cost first, then known cost, then the number that stands first.
        self.order = np.lexsort((self.cost, self.steps))

    def best_first_search(self, most: int) -> Ranking:
        """Evaluate packages from the cheapest on until one reaches the target and its alternatives are known.

        Raises
        ------
        PathwayError
            The grid has too many packages even for ranking.
        """
        if self.grid.size > priced_grid.MOST_RANKED:
            raise PathwayError(
                f"the grid has {self.grid.size:,} packages, at most {priced_grid.MOST_RANKED:,} can be ranked:"
                " set levers together, or leave levers, settings or start years out"
            )
        codes = self.grid.codes()
        cost, steps = self.costs_of(codes), self.steps_of(codes)
        order = np.lexsort((cost, steps))
        looked, best, limit = 0, None, np.inf
        while looked < min(most, len(order)):
            batch = order[looked : min(looked + priced_grid.TOGETHER, most)]
            if best is not None and (steps[batch[0]] > steps[best] or cost[batch[0]] > limit):
                break
            looked += len(batch)
            if best is None:
                fine = self._reaching(Looked(cost[batch], self._counted(codes[batch])))
                if fine.any():
                    best = batch[int(fine.argmax())]
                    limit = cost[best] + self.margin * abs(cost[best])
        chosen = [codes[:1], codes[order[:looked]]]
        if best is None:
            chosen.append(self._descent(codes[-1]))
        unseen, proven = order[min(looked, len(order) - 1)], best is not None or looked >= len(order)
        distinct = np.unique(np.concatenate(chosen), axis=0)
        return Ranking(distinct, proven, int(steps[unseen]), float(cost[unseen] - cost[0]))

    def _descent(self, strongest: np.ndarray) -> np.ndarray:
        """Descend from the strongest package, weakening the block that saves most: (package evaluated, block).

        The descent goes on only from packages that reach the target, and ends when no weaker one does.
        """
        here, met = strongest, [strongest[None]]
        while True:
            weaker = np.repeat(here[None], len(here), axis=0) - np.eye(len(here), dtype=here.dtype)
            weaker = weaker[(weaker >= 0).all(axis=1)]
            if not len(weaker):
                return np.concatenate(met)
            found = self._look(weaker)
            met.append(weaker)
            fine = np.flatnonzero(self._reaching(found))
            if not fine.size:
                return np.concatenate(met)
            rank = np.lexsort((found.cost[fine], self.steps_of(weaker)[fine]))
            here = weaker[fine[rank[0]]]

    def _counted(self, codes: np.ndarray) -> packages.EventCounts | package_costs.PackageStatistics:
        """Count the event of the target year and of its neighbours."""
        years = self._years()
        if self.target.limits == levers.Limits():
            return self.engine.count_events(self.grid, codes, years)
        return self.engine.survey(self.grid, codes, self.target.limits, before=years)

    def _look(self, codes: np.ndarray) -> Looked:
        counts = self._counted(codes)
        if isinstance(counts, package_costs.PackageStatistics):
            return Looked(counts.package_cost(), counts)
        try:
            return Looked(self.costs_of(codes), counts)
        except PathwayError:  # costs that do not separate by parts are computed package by package
            return Looked(self.engine.survey(self.grid, codes, before=()).package_cost(), counts)

    def _kept(self, keep: Keep) -> Looked:
        """Evaluate the packages, or return the cached evaluation."""

        def work() -> dict[str, np.ndarray]:
            looked = self._look(self.codes)
            return {"cost": looked.cost, "early": looked.counts.early, "past": looked.counts.past}

        found, tree = keep(work), package_tree.grid_tree(self.grid, self.codes)
        return Looked(
            found["cost"], packages.EventCounts(tree, self._years(), self.draws.members, found["early"], found["past"])
        )

    def _years(self) -> tuple[int, ...]:
        """List the target year, the one before (its price) and the one after (the other reading)."""
        return tuple(range(self.target.before - 1, self.target.before + 2))

    def _reaching(self, looked: Looked) -> np.ndarray:
        """Mark the packages that reach the target: (package,) bool."""
        return self._feasible(looked, looked.cost, self.target.before, self.target.probability)

    def feasible(self, before: int, probability: float) -> np.ndarray:
        """Mark the packages that peak before a year and meet every condition with a probability: (package,) bool."""
        return self._feasible(self.looked, self.cost, before, probability)

    def _feasible(self, looked: Looked, cost: np.ndarray, before: int, probability: float) -> np.ndarray:
        fine = looked.counts.p_before(before) >= probability - priced_grid.ROUNDING
        for share in looked.held().values():
            fine &= share >= probability - priced_grid.ROUNDING
        return fine if self.target.budget is None else fine & (cost <= self.target.budget)

    def first(self, fine: np.ndarray) -> int | None:
        """Find the cheapest of some packages; None where there are none."""
        ranked = self.order[fine[self.order]]
        return int(ranked[0]) if ranked.size else None

    def candidates(self, wanted: Iterable[int]) -> dict[int, Candidate]:
        """Describe some packages by their costs, probabilities and peak levels, which only they are projected for."""
        ats = sorted({0, *map(int, wanted)})
        whole = self.engine.survey(self.grid, self.codes[ats], before=[self.target.before])
        saved = (whole.tonnes[whole.tree.case_of[0]] - whole.tonnes)[whole.tree.case_of]
        return {
            at: self._candidate(at, float(saved[row]), float(whole.peak[whole.tree.case_of[row]]))
            for row, at in enumerate(ats)
        }

    def _candidate(self, at: int, saved: float, peak: float) -> Candidate:
        before, counts = self.target.before, self.looked.counts
        used = [m.lever.lever_id for option in self.grid.options_of(self.codes[at]) for m in option.measures]
        return Candidate(
            code=tuple(int(number) for number in self.codes[at]),
            label=self.grid.label(self.codes[at]),
            unknown=tuple(name for name in used if name in self.unknown),
            steps=int(self.steps[at]),
            cost=float(self.cost[at]),
            annualised=float(self.cost[at] / self.rates.discount.sum()),
            per_tonne=float(1e6 * levelised(self.cost[at], saved)),
            p_before=float(counts.p_before(before)[at]),
            p_by=float(counts.p_before(before + 1)[at]),
            p_past=float(counts.p_past(before)[at]),
            peak=peak,
            held={name: float(share[at]) for name, share in self.looked.held().items()},
        )

    def closest(self) -> int:
        """Find the package nearest to the target, whose least probable condition is most probable."""
        least = np.minimum(self.looked.counts.p_before(self.target.before), self.target.probability)
        for share in self.looked.held().values():
            least = np.minimum(least, share)
        if self.target.budget is not None and (self.cost <= self.target.budget).any():
            least = np.where(self.cost <= self.target.budget, least, -1.0)
        return int(self.order[least[self.order].argmax()])

    def front(self) -> np.ndarray:
        """List the front of cost and probability: each dearer package is more probable than all cheaper ones."""
        reached = self.looked.counts.p_before(self.target.before)[self.order]
        so_far = np.maximum.accumulate(reached)
        return self.order[np.append(True, so_far[1:] > so_far[:-1])]

    def price(self, best: int, before: int, probability: float) -> Price | None:
        """Compute the extra cost of a tighter target over the best; None where it is out of reach."""
        if before - 1 < self.park.last_observed_year or probability > 1:
            return None
        tighter = self.first(self.feasible(before, probability))
        if tighter is None:
            return None
        steps, cost = self.steps[tighter] - self.steps[best], self.cost[tighter] - self.cost[best]
        return Price(int(steps), float(cost), self.grid.label(self.codes[tighter]))

    def without(self, best: int, fine: np.ndarray) -> dict[str, int | None]:
        """Find, for each block the best uses, the cheapest package that reaches the target without it."""
        return {
            block.block_id: self.first(fine & (self.codes[:, column] == 0))
            for column, block in enumerate(self.grid.blocks)
            if self.codes[best, column]
        }

    def gap(self, best: int | None) -> Price | None:
        """Bound the saving of a package that was not evaluated; None where the best is proven."""
        if best is None or self.ranking is None or self.ranking.proven:
            return None
        steps, cost = self.steps[best] - self.ranking.next_steps, self.cost[best] - self.ranking.next_cost
        return Price(int(steps), float(cost), "")

    def alternatives(self, best: int, fine: np.ndarray) -> np.ndarray:
        """List other packages that reach the target with as many steps of unknown cost, and nearly its known cost."""
        most = self.cost[best] + self.margin * abs(self.cost[best])
        near = fine & (self.steps == self.steps[best]) & (self.cost <= most)
        near[best] = False
        return self.order[near[self.order]]

    def thresholds(self, shown: int, fine: np.ndarray) -> list[int]:
        """List packages that are cheaper than the one shown if their unpriced measures cost little enough."""
        blocks = priced_grid.unpriced_blocks(self.grid, self.unknown)
        if not blocks.any():
            return []
        found = [int(at) for at in priced_grid.contenders(self.codes, self.cost, fine, blocks) if at != shown]
        # One with the settings of the package shown is that package, or has its known cost.
        asked = self.codes[:, blocks]
        return [at for at in found if (asked[at] != asked[shown]).any()]

    def threshold(self, shown: int, at: int, candidate: Candidate) -> Threshold:
        """Compute the cost below which a package is cheaper than the one shown."""
        below = float(self.cost[shown] - self.cost[at])
        here, there = (self.grid.scenario(self.codes[one]) for one in (at, shown))
        lever = priced_grid.lever_added(there, here, self.unknown)
        per_unit, unit = None, ""
        if lever is not None:
            done = package_cost(self.park, here, self.draws, self.costs, until=self.until)
            per_unit, unit = priced_grid.a_unit(
                below, lever, float(done.mean_quantity(lever.lever_id) @ self.rates.discount)
            )
        changed = priced_grid.changes(
            self.grid, priced_grid.unpriced_blocks(self.grid, self.unknown), self.codes[shown], self.codes[at]
        )
        return Threshold(candidate, *changed, below, below / float(self.rates.discount.sum()), per_unit, unit)

    def fresh(self, candidates: list[Candidate], check: Draws | None) -> list[Candidate]:
        """Add to candidates their probability on fresh draws."""
        if check is None:
            return candidates
        engine = packages.PackageEngine(self.park, self.grid.everything(), check, until=self.until)
        codes = np.array([candidate.code for candidate in candidates], dtype=np.int8)
        reached = engine.count_events(self.grid, codes, [self.target.before]).p_before(self.target.before)
        return [replace(one, p_fresh=float(p)) for one, p in zip(candidates, reached, strict=True)]

    def decision(self, dropped: Mapping[str, str], check: Draws | None) -> Decision:
        """Collect the best package, its alternatives and prices."""
        target = self.target
        fine = self.feasible(target.before, target.probability)
        best = self.first(fine)
        near = self.order[:0] if best is None else self.alternatives(best, fine)
        shown, front = self.closest() if best is None else best, self.front()
        # Packages that were not evaluated can be neither priced nor excluded.
        whole = best if self.ranking is None else None
        without = {} if whole is None else self.without(whole, fine)
        others = [at for at in without.values() if at is not None]
        cheaper = [] if whole is None else self.thresholds(whole, fine)
        others += cheaper
        described = self.candidates([shown, *near[:MOST_ALTERNATIVES], *front, *others])
        cheaper_if = [self.threshold(shown, at, described[at]) for at in cheaper]
        package, used = self.grid.scenario(self.codes[shown]), {"until": self.until, "rate": self.rate}
        economics = package_economics(self.park, package, self.draws, self.costs, idle=self.idle, **used)
        found = self.fresh([described[int(at)] for at in (shown, *near[:MOST_ALTERNATIVES])], check)
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
            without_block={block: None if at is None else described[at] for block, at in without.items()},
            front=tuple(described[int(at)] for at in front),
            one_year_earlier=None if whole is None else self.price(whole, target.before - 1, target.probability),
            one_percent_more=None if whole is None else self.price(whole, target.before, target.probability + 0.01),
            off=described[0],
            packages=self.grid.size,
            evaluated=self.looked.counts.tree.cases.shape[0],
            complete=self.ranking is None,
            gap=self.gap(best),
            members=self.draws.members,
            fresh_members=0 if check is None else check.members,
            seed=self.draws.seed,
            issue_year=self.engine.assumptions.issue_year,
            cheaper_if=tuple(sorted(cheaper_if, key=Threshold.asks)),
            economics=economics,
        )


def cheapest_package(
    park: Park,
    before: int = 2030,
    probability: float = 0.9,
    *,
    grid: Grid | None = None,
    costs: Costs | None = None,
    limits: levers.Limits | None = None,
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
    keep: Keep | None = None,
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
        Largest extra cost of alternatives, as a share of the cost of the best.
    fresh : int
        Members of the out-of-sample check; 0 omits it.
    rate : float, optional
        Real discount rate; that of the costs by default.
    correlations : sequence of Correlation, bool or None
        Rank correlations of the inputs, as `sample` takes them: the shipped ones by default.
    most : int
        Most packages that are evaluated. Those of a larger grid are evaluated in order of cost; the decision then
        tells whether its best is proven, and how large the gap can be.
    assumptions : Assumptions, optional
        The shipped ones by default.
    keep : callable, optional
        Cache of the evaluation of all packages, such as `runs.store.kept_arrays`: takes a function that returns arrays
        by name, and returns its result or the cached one.

    Returns
    -------
    Decision

    Raises
    ------
    PathwayError
        The probability is not above 0 and at most 1, a year is outside the projection, a cap, budget, rate or margin
        is out of range, or no lever of the grid can change the park's peak.
    """
    costs = read_costs() if costs is None else costs
    grid = priced_grid.default_grid() if grid is None else grid
    target = DecisionTarget(before, probability, limits or levers.Limits(), budget)
    assumed = read_assumptions() if assumptions is None else assumptions
    _check(park, target, until, assumed.issue_year, {"rate": rate, "margin": margin})
    dropped = priced_grid.useless_blocks(park, grid, target.limits.neutral is not None)
    grid = grid.without({name: range(1, 99) for name in dropped})
    if not grid.blocks:
        raise PathwayError(f"{park.park_id}: no lever of the grid can change the peak of this park")
    everything = [grid.everything()]
    drawn = {"until": until, "correlations": correlations, "assumptions": assumed}
    draws = sampling.sample(park, everything, members=members, seed=seed, **drawn)
    search = Search(park, grid, target, costs, draws, until, rate, margin, most, keep)
    check = sampling.sample(park, everything, members=fresh, seed=seed + 1, **drawn) if fresh else None
    return search.decision(dropped, check)


def _check_year(park: Park, before: int, until: int, issue_year: int) -> None:
    """Refuse a year outside the projection."""
    earliest, latest = park.last_observed_year + 2, until - WINDOW  # the next year is evaluated too
    if not earliest <= before <= latest:
        raise PathwayError(f"before = {before}: expected a year from {earliest} to {latest}")
    if wrong := peaks.refusal(before, issue_year, park.last_observed_year, until):
        raise PathwayError(f"{park.park_id}: {wrong}")


def _check(park: Park, target: DecisionTarget, until: int, issue_year: int, shares: Mapping[str, float | None]) -> None:
    if not 0 < target.probability <= 1:
        raise PathwayError(f"probability = {target.probability}: expected above 0 and at most 1")
    _check_year(park, target.before, until, issue_year)
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


def cost_range(found: Decision, park: Park, draws: Draws) -> tuple[float, float]:
    """Compute the 5 % and 95 % quantiles over members of the known yearly cost of a decision's package, million CNY.

    Parameters
    ----------
    found : Decision
    park : Park
    draws : Draws
        Of this park, made with the package.
    """
    package = found.scenario()
    rates = draw_rates(found.costs, {measure.lever.lever_id: measure.lever for measure in package.measures}, draws)
    cost, _ = packages.PackageEngine(park, package, draws, rates=rates).by_member([NO_MEASURES, package])
    low, high = np.quantile((cost[1] - cost[0]) / rates.discount.sum(), (0.05, 0.95))
    return float(low), float(high)
