"""What is kept of each package: counts and means over members, so that memory does not grow with the ensemble.

Counts are over all members, means of tonnes and money over the central ones (`PackageEngine.central`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.projection.ledgers import Ledger, Rates
from pathway_models.projection.plans import Plan
from pathway_models.projection.stages import Leaf, Stage


@dataclass(frozen=True)
class Limits:
    """Conditions a package may have to meet beside its peak year; each is counted over members.

    Parameters
    ----------
    peak : float, optional
        Cap on the peak level, tCO2/yr.
    totals : mapping year -> float
        Caps on the total of single years, e.g. the ends of five-year plans, tCO2/yr.
    neutral : int, optional
        Year in which the total less sinks must be zero or below.
    """

    peak: float | None = None
    totals: Mapping[int, float] = field(default_factory=dict)
    neutral: int | None = None


@dataclass(frozen=True)
class Survey:
    """What some packages do to an ensemble.

    Parameters
    ----------
    plan : Plan
        Ties packages to leaves; the arrays below are by leaf.
    years : (Y,) int
        Last observed year and the projected ones.
    members : int
    peaked : (leaf, year) int
        Members whose peak year is that year or earlier.
    peak : (leaf,), tCO2/yr
        Mean peak level.
    cumulative : (leaf,), tCO2
        Mean sum over the projected years.
    by_year : (leaf, year) or None, tCO2/yr
        Mean totals of the projected years, where asked for.
    tonnes : (leaf,), tCO2
        The same, discounted like money; equal to ``cumulative`` without rates.
    cost : (leaf,) or None, million CNY
        Mean present value, sinks left out; None without rates.
    sinks_cost : (sinks part,)
    held : mapping condition -> (leaf, sinks part) int
        Members that meet the condition.
    """

    plan: Plan
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
        return self.peaked[self.plan.leaf_of, year - self.years[0]] / self.members

    def counted_year(self) -> np.ndarray:
        """Mean peak year: (package,).

        A peak in the record counts as the last observed year, since no lever moves it; a member without a peak counts
        as the year after the horizon, since its peak is later than that by an unknown time.
        """
        later = self.members - self.peaked
        return self.years[0] + later.sum(axis=1)[self.plan.leaf_of] / self.members

    def p_held(self, condition: str) -> np.ndarray:
        """Share of members that meet a condition: (package,)."""
        return self.held[condition][self.plan.leaf_of, self.plan.sinks_of] / self.members

    def package_cost(self) -> np.ndarray:
        """Mean present value, million CNY: (package,)."""
        if self.cost is None:
            raise PathwayError("no costs: survey with rates")
        return self.cost[self.plan.leaf_of] + self.sinks_cost[self.plan.sinks_of]


class Tally:
    """Running counts and sums over members, leaf by leaf."""

    def __init__(
        self, plan: Plan, years: np.ndarray, rates: Rates | None, weights: np.ndarray, limits: Limits, by_year: bool
    ) -> None:
        leaves, sinks = plan.leaves.shape[0], len(plan.parts["sinks"])
        self.plan, self.years, self.rates, self.limits, self.rule = plan, years, rates, limits, PeakRule()
        self.weights = weights
        self.members = 0
        self.peaked = np.zeros((leaves, years.size), dtype=np.int32)
        self.sums = np.zeros((4, leaves))
        self.sinks_cost = np.zeros(sinks)
        self.by_year = np.zeros((leaves, years.size - 1)) if by_year else None
        names = [*(["peak"] if limits.peak is not None else []), *(f"total_{year}" for year in limits.totals)]
        names += ["neutral"] if limits.neutral is not None else []
        self.held = {name: np.zeros((leaves, sinks), dtype=np.int32) for name in names}

    def begin(self, stage: Stage, members: slice) -> None:
        """Begin with a batch."""
        rates = self.rates
        self.members += members.stop - members.start
        self.observed = stage.observed.max(axis=0)
        self.weight = self.weights[members]
        self.discount = rates.discount if rates else np.ones(stage.years.size)
        self.ledger = Ledger(stage, rates.of(members, self.weight), self.plan) if rates else None
        self.sinks = [stage.grown(measures) for measures in self.plan.parts["sinks"]]
        self.row = {int(year): at for at, year in enumerate(stage.years)}
        if self.ledger:
            self.sinks_cost += [self.ledger.sinks(measures) for measures in self.plan.parts["sinks"]]

    def add(self, leaf: Leaf) -> None:
        """Count one leaf of the batch."""
        total, rule = leaf.total, self.rule
        top = np.maximum(total.max(axis=0), self.observed)
        size = np.abs(top)
        # The rule of turning_points on the last total and the largest one: a member counts only when it ends below
        # the plateau, and its peak year is the first that reaches the largest total up to a tie.
        shown = total[-1] < top - (rule.plateau + rule.tie) * size
        least = top - rule.tie * size
        first = np.where(self.observed >= least, 0, 1 + (total >= least).argmax(axis=0))
        self.peaked[leaf.index] += np.bincount(first[shown], minlength=self.peaked.shape[1])
        by_year = total @ self.weight
        cost = self.ledger.leaf(leaf) if self.ledger else 0.0
        self.sums[:, leaf.index] += (top @ self.weight, by_year.sum(), by_year @ self.discount, cost)
        if self.by_year is not None:
            self.by_year[leaf.index] += by_year
        self._limits(leaf.index, total, top)

    def _limits(self, index: int, total: np.ndarray, top: np.ndarray) -> None:
        limits = self.limits
        if limits.peak is not None:
            self.held["peak"][index] += np.count_nonzero(top <= limits.peak)
        for year, cap in limits.totals.items():
            self.held[f"total_{year}"][index] += np.count_nonzero(total[self.row[year]] <= cap)
        if limits.neutral is not None:
            at = self.row[limits.neutral]
            self.held["neutral"][index] += [np.count_nonzero(total[at] <= sinks[at]) for sinks in self.sinks]

    def survey(self) -> Survey:
        """The finished counts and means."""
        peak, cumulative, tonnes, cost = self.sums
        return Survey(
            plan=self.plan,
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
