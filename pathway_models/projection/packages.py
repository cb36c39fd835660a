"""Many packages of levers at once: the numbers of `project` and of the peak rule, with shared work done once.

Work is shared along a tree: mix, structure, intensity, process, capture (:mod:`pathway_models.projection.plans`).
What is left for a single package is a handful of operations on arrays that stay in the processor's cache; of each
package only counts and means over members are kept, so that memory does not grow with members or years.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.projection.ledgers import Ledger, Rates
from pathway_models.projection.plans import Plan, plan_grid, plan_packages
from pathway_models.projection.projecting import BATCH
from pathway_models.projection.stages import Leaf, Stage
from pathway_models.records.draws import Draws
from pathway_models.records.grids import Grid
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park


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

    def p_held(self, condition: str) -> np.ndarray:
        """Share of members that meet a condition: (package,)."""
        return self.held[condition][self.plan.leaf_of, self.plan.sinks_of] / self.members

    def package_cost(self) -> np.ndarray:
        """Mean present value, million CNY: (package,)."""
        if self.cost is None:
            raise PathwayError("no costs: survey with rates")
        return self.cost[self.plan.leaf_of] + self.sinks_cost[self.plan.sinks_of]


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
    ) -> None:
        self.park, self.draws, self.rates = park, draws, rates
        self.everything = [everything] if isinstance(everything, Scenario) else list(everything)
        self.until = int(draws.years[-1]) if until is None else until
        if draws.park_id != park.park_id:
            raise PathwayError(f"the draws were made for {draws.park_id!r}, not for {park.park_id!r}; sample this park")
        if not park.last_observed_year < self.until <= draws.years[-1]:
            raise PathwayError(f"until = {self.until}: the draws reach from {draws.years[0]} to {draws.years[-1]}")
        self.years = np.arange(park.last_observed_year, self.until + 1)

    def stages(self) -> Iterator[tuple[slice, Stage]]:
        """The ensemble, batch by batch."""
        for start in range(0, self.draws.members, BATCH):
            members = slice(start, min(start + BATCH, self.draws.members))
            yield members, Stage(self.park, self.everything, self.draws, members, self.until)

    def totals(self, packages: Sequence[Scenario]) -> np.ndarray:
        """Totals of some packages, as `Pathways.total`: (package, member, year) with observed years, tCO2/yr."""
        plan = plan_packages(packages)
        known = self.park.years.size
        by_leaf = np.empty((plan.leaves.shape[0], self.draws.members, known + self.years.size - 1))
        for members, stage in self.stages():
            by_leaf[:, members, :known] = stage.observed.T
            for leaf in stage.leaves(plan):
                by_leaf[leaf.index, members, known:] = leaf.total.T
        return by_leaf[plan.leaf_of]

    def survey(
        self, packages: Grid | Sequence[Scenario], codes: np.ndarray | None = None, limits: Limits | None = None
    ) -> Survey:
        """Count and average over members what each package does.

        Parameters
        ----------
        packages : Grid or sequence of Scenario
        codes : (package, block) int, optional
            Only these packages of a grid; all by default.
        limits : Limits, optional
        """
        if isinstance(packages, Grid):
            plan = plan_grid(packages, packages.codes() if codes is None else codes)
        else:
            plan = plan_packages(packages)
        tally = _Tally(plan, self, limits or Limits())
        for members, stage in self.stages():
            tally.open(stage, members)
            for leaf in stage.leaves(plan):
                tally.add(leaf)
        return tally.survey()


class _Tally:
    """Running counts and sums over members, leaf by leaf."""

    def __init__(self, plan: Plan, engine: PackageEngine, limits: Limits) -> None:
        leaves, sinks = plan.leaves.shape[0], len(plan.parts["sinks"])
        self.plan, self.engine, self.limits, self.rule = plan, engine, limits, PeakRule()
        self.peaked = np.zeros((leaves, engine.years.size), dtype=np.int32)
        self.sums = np.zeros((4, leaves))
        self.sinks_cost = np.zeros(sinks)
        names = [*(["peak"] if limits.peak is not None else []), *(f"total_{year}" for year in limits.totals)]
        names += ["neutral"] if limits.neutral is not None else []
        self.held = {name: np.zeros((leaves, sinks), dtype=np.int32) for name in names}

    def open(self, stage: Stage, members: slice) -> None:
        """Begin with a batch."""
        rates = self.engine.rates
        self.observed = stage.observed.max(axis=0)
        self.weights = rates.discount if rates else np.ones(stage.years.size)
        self.ledger = Ledger(stage, rates.of(members), self.plan) if rates else None
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
        by_year = total.sum(axis=1)
        cost = self.ledger.leaf(leaf) if self.ledger else 0.0
        self.sums[:, leaf.index] += (top.sum(), by_year.sum(), by_year @ self.weights, cost)
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
        members, engine = self.engine.draws.members, self.engine
        peak, cumulative, tonnes, cost = self.sums / members
        return Survey(
            plan=self.plan,
            years=engine.years,
            members=members,
            peaked=self.peaked.cumsum(axis=1),
            peak=peak,
            cumulative=cumulative,
            tonnes=tonnes,
            cost=cost if engine.rates else None,
            sinks_cost=self.sinks_cost / members,
            held=self.held,
        )
