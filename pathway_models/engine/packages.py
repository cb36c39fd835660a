"""Many packages of levers at once: the numbers of `project` and of the peak rule, with shared work done once.

Work is shared along a tree: mix, structure, intensity, process, capture (`pathway_models.engine.package_tree`).
What is left for a single package is a handful of operations on arrays that stay in the processor's cache; of each
package only counts and means over members are kept, so that memory does not grow with members or years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.batches import batches, horizon, lay_out
from pathway_models.engine.package_costs import PackageCosts, PackageStatistics, Rates, Tally
from pathway_models.engine.package_tree import BatchEvaluator, grid_tree, package_tree
from pathway_models.engine.projecting import assumed_by
from pathway_models.levers.action import SINKS
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Grid, Limits, Scenario
from pathway_models.records.park import Park

#: Members worked out at a time: the few arrays that a single package needs stay in the processor's nearest cache.
BATCH = 250
#: The package without any lever.
NOTHING = Scenario("off", "no lever", "无措施")
#: Share of the members that means of tonnes and money are taken over.
CENTRAL = 0.9


class PackageEngine:
    """Evaluates packages of one park in one ensemble.

    Parameters
    ----------
    park : Park
    everything : Scenario or list of Scenario
        With every lever that any package uses.
    draws : Draws
        Made by `sample` with ``everything``.
    until : int, optional
        Last year; as far as the draws reach by default.
    rates : Rates, optional
        Money per unit of each lever and carrier; without them nothing costs anything and no cost is given.
    assumptions : Assumptions, optional
        In place of those the draws were made under.

    Raises
    ------
    PathwayError
        The draws are another park's, or do not reach ``until``.
    """

    def __init__(
        self,
        park: Park,
        everything: Scenario | list[Scenario],
        draws: Draws,
        *,
        until: int | None = None,
        rates: Rates | None = None,
        assumptions: Assumptions | None = None,
    ) -> None:
        self.park, self.draws, self.rates = park, draws, rates
        self.assumptions = assumed_by(draws, assumptions)
        self.everything = [everything] if isinstance(everything, Scenario) else list(everything)
        self.until = horizon(park, draws, until)
        self.years = np.arange(park.last_observed_year, self.until + 1)
        self._weights: np.ndarray | None = None

    def central(self) -> np.ndarray:
        """Weigh each member in means of tonnes and money: (member,), adding up to one.

        ASSUME: means are over the members whose emissions without levers lie, summed over years, in the central
        90 %.  Growth errors are Student-t on logarithms, of which the exponential has no finite mean: a mean over
        all members would be made by the wildest one.  The same members serve every package, so that differences and
        shares add up; probabilities and years are over all members.
        """
        if self._weights is None:
            without = self.totals([NOTHING])[0].sum(axis=-1)
            low, high = np.quantile(without, [(1.0 - CENTRAL) / 2.0, (1.0 + CENTRAL) / 2.0])
            inside = (without >= low) & (without <= high)
            self._weights = inside / inside.sum()
        return self._weights

    def batches(self) -> Iterator[BatchEvaluator]:
        """Yield the ensemble, batch by batch."""
        frame = lay_out(self.park, self.everything, self.until, self.assumptions)
        for batch in batches(frame, self.draws, BATCH):
            yield BatchEvaluator(batch)

    def totals(self, packages: Sequence[Scenario]) -> np.ndarray:
        """Return totals of packages, as `Pathways.total`: (package, member, year) with observed years, tCO2/yr."""
        tree = package_tree(packages)
        known = self.park.years.size
        by_case = np.empty((tree.cases.shape[0], self.draws.members, known + self.years.size - 1))
        for batch in self.batches():
            by_case[:, batch.members, :known] = batch.observed.T
            for case in batch.cases(tree):
                by_case[case.index, batch.members, known:] = case.total.T
        return by_case[tree.case_of]

    def by_member(self, packages: Sequence[Scenario]) -> tuple[np.ndarray, np.ndarray]:
        """Return known present value (million CNY) and discounted emissions (tCO2): (package, member) each.

        Raises
        ------
        PathwayError
            The engine was made without rates.
        """
        if self.rates is None:
            raise PathwayError("no costs: make the engine with rates")
        tree = package_tree(packages)
        cost, tonnes = np.empty((2, tree.cases.shape[0], self.draws.members))
        sinks = np.empty((len(tree.parts[SINKS]), self.draws.members))
        for batch in self.batches():
            members, equal = batch.members, np.ones(batch.size)
            costs = PackageCosts(batch, self.rates.of(members, equal), tree, by_member=True)
            for case in batch.cases(tree):
                cost[case.index, members] = costs.case(case)
                tonnes[case.index, members] = self.rates.discount @ case.total
            for at, measures in enumerate(tree.parts[SINKS]):
                sinks[at, members] = costs.sinks(measures)
        return cost[tree.case_of] + sinks[tree.sinks_of], tonnes[tree.case_of]

    def survey(
        self,
        packages: Grid | Sequence[Scenario],
        codes: np.ndarray | None = None,
        limits: Limits | None = None,
        *,
        by_year: bool = False,
    ) -> PackageStatistics:
        """Count and average over members what each package does.

        Parameters
        ----------
        packages : Grid or sequence of Scenario
        codes : (package, block) int, optional
            Only these packages of a grid; all by default.
        limits : Limits, optional
        by_year : bool
            Keep mean totals by year.
        """
        if isinstance(packages, Grid):
            tree = grid_tree(packages, packages.codes() if codes is None else codes)
        else:
            tree = package_tree(packages)
        tally = Tally(tree, self.years, self.rates, self.central(), limits or Limits(), by_year)
        for batch in self.batches():
            tally.begin(batch)
            for case in batch.cases(tree):
                tally.add(case)
        return tally.found()
