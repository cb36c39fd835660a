"""Counts and means over members of each package: memory does not grow with the ensemble.

Counts are over all members, means of tonnes and money over the central ones (`PackageEngine.central`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.chain import PackageCase
from pathway_models.engine.package_costs import PackageCosts, Rates
from pathway_models.engine.package_tree import BatchEvaluator, PackageTree
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.levers.action import SINKS
from pathway_models.records.levers import Limits


@dataclass(frozen=True)
class PackageStatistics:
    """Effects of packages on an ensemble.

    Parameters
    ----------
    tree : PackageTree
        Ties packages to cases; the arrays below are by case.
    years : (Y,) int
        Last observed year and the projected ones.
    members : int
    peaked : (case, year) int
        Members whose peak year is that year or earlier.
    peak : (case,), tCO2/yr
        Mean peak level.
    cumulative : (case,), tCO2
        Mean sum over the projected years.
    by_year : (case, year) or None, tCO2/yr
        Mean totals of the projected years, where asked for.
    tonnes : (case,), tCO2
        The same, discounted like money; equal to ``cumulative`` without rates.
    cost : (case,) or None, million CNY
        Mean present value, sinks left out; None without rates.
    sinks_cost : (sinks part,)
    held : mapping condition -> (case, sinks part) int
        Members that meet the condition.
    """

    tree: PackageTree
    years: np.ndarray
    members: int
    peaked: np.ndarray
    peak: np.ndarray
    cumulative: np.ndarray
    by_year: np.ndarray | None
    tonnes: np.ndarray
    cost: np.ndarray | None
    sinks_cost: np.ndarray
    held: dict[str, np.ndarray]

    def p_peaked_by(self, year: int) -> np.ndarray:
        """Share of all members whose peak year is ``year`` or earlier: (package,).

        Raises
        ------
        PathwayError
            The year is before the last observed one or after the last projected one.
        """
        if not self.years[0] <= year <= self.years[-1]:
            raise PathwayError(f"year {year}: packages are known from {self.years[0]} to {self.years[-1]}")
        return self.peaked[self.tree.case_of, year - self.years[0]] / self.members

    def counted_year(self) -> np.ndarray:
        """Mean peak year: (package,).

        A peak in the record counts as the last observed year, since no lever moves it; a member without a peak counts
        as the year after the horizon, since its peak is later than that by an unknown time.
        """
        later = self.members - self.peaked
        return self.years[0] + later.sum(axis=1)[self.tree.case_of] / self.members

    def p_held(self, condition: str) -> np.ndarray:
        """Share of members that meet a condition: (package,)."""
        return self.held[condition][self.tree.case_of, self.tree.sinks_of] / self.members

    def package_cost(self) -> np.ndarray:
        """Mean present value, million CNY: (package,)."""
        if self.cost is None:
            raise PathwayError("no costs: survey with rates")
        return self.cost[self.tree.case_of] + self.sinks_cost[self.tree.sinks_of]


class Tally:
    """Running counts and sums over members, case by case."""

    def __init__(
        self,
        tree: PackageTree,
        years: np.ndarray,
        rates: Rates | None,
        weights: np.ndarray,
        limits: Limits,
        by_year: bool,
    ) -> None:
        cases, sinks = tree.cases.shape[0], len(tree.parts[SINKS])
        self.tree, self.years, self.rates, self.limits, self.rule = tree, years, rates, limits, PeakRule()
        self.weights = weights
        self.members = 0
        self.peaked = np.zeros((cases, years.size), dtype=np.int32)
        self.sums = np.zeros((4, cases))
        self.sinks_cost = np.zeros(sinks)
        self.by_year = np.zeros((cases, years.size - 1)) if by_year else None
        names = [*(["peak"] if limits.peak is not None else []), *(f"total_{year}" for year in limits.totals)]
        names += ["neutral"] if limits.neutral is not None else []
        self.held = {name: np.zeros((cases, sinks), dtype=np.int32) for name in names}

    def begin(self, batch: BatchEvaluator) -> None:
        """Begin with a batch."""
        rates, members = self.rates, batch.members
        self.members += members.stop - members.start
        self.observed = batch.observed.max(axis=0)
        self.weight = self.weights[members]
        self.discount = rates.discount if rates else np.ones(batch.years.size)
        self.costs = PackageCosts(batch, rates.of(members, self.weight), self.tree) if rates else None
        self.sinks = [batch.grown(measures) for measures in self.tree.parts[SINKS]]
        self.row = {int(year): at for at, year in enumerate(batch.years)}
        if self.costs:
            self.sinks_cost += [self.costs.sinks(measures) for measures in self.tree.parts[SINKS]]

    def add(self, case: PackageCase) -> None:
        """Count one case of the batch."""
        total, rule = case.total, self.rule
        top = np.maximum(total.max(axis=0), self.observed)
        size = np.abs(top)
        # The rule of turning_points on the last total and the largest one: a member counts only when it ends below
        # the plateau, and its peak year is the first that reaches the largest total up to a tie.
        shown = total[-1] < top - (rule.plateau + rule.tie) * size
        least = top - rule.tie * size
        first = np.where(self.observed >= least, 0, 1 + (total >= least).argmax(axis=0))
        self.peaked[case.index] += np.bincount(first[shown], minlength=self.peaked.shape[1])
        by_year = total @ self.weight
        cost = self.costs.case(case) if self.costs else 0.0
        self.sums[:, case.index] += (top @ self.weight, by_year.sum(), by_year @ self.discount, cost)
        if self.by_year is not None:
            self.by_year[case.index] += by_year
        self._limits(case.index, total, top)

    def _limits(self, index: int, total: np.ndarray, top: np.ndarray) -> None:
        limits = self.limits
        if limits.peak is not None:
            self.held["peak"][index] += np.count_nonzero(top <= limits.peak)
        for year, cap in limits.totals.items():
            self.held[f"total_{year}"][index] += np.count_nonzero(total[self.row[year]] <= cap)
        if limits.neutral is not None:
            at = self.row[limits.neutral]
            self.held["neutral"][index] += [np.count_nonzero(total[at] <= sinks[at]) for sinks in self.sinks]

    def found(self) -> PackageStatistics:
        """Return the finished counts and means."""
        peak, cumulative, tonnes, cost = self.sums
        return PackageStatistics(
            tree=self.tree,
            years=self.years,
            members=self.members,
            peaked=self.peaked.cumsum(axis=1),
            peak=peak,
            cumulative=cumulative,
            by_year=self.by_year,
            tonnes=tonnes,
            cost=cost if self.rates else None,
            sinks_cost=self.sinks_cost,
            held=self.held,
        )
