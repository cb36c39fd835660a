"""Costs of packages as a weighted sum over a batch of members, on the same tree of packages as the emissions.

The cost of a lever is per unit of a quantity that depends on the package: ``counted`` of its action
(`pathway_models.levers`), such as energy saved, activity closed or CO2 captured.

The cost of a package is the sum of rate x quantity over levers, and of price x energy over carrier groups, less the
energy bill without levers.  Interactions are exact: the quantity of a lever is its effect after the levers before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.engine.batches import ECONOMIC, RESIDENT, Left, times
from pathway_models.engine.chain import Measures, PackageCase, StructureCase
from pathway_models.engine.package_tree import BatchEvaluator, PackageTree
from pathway_models.kernels.event_split import TIE, WINDOW
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.levers import SINKS
from pathway_models.records.levers import Limits

Money = float | np.ndarray


@dataclass(frozen=True)
class Rates:
    """Money per unit, by member.

    Parameters
    ----------
    levers : mapping lever -> (member, year), million CNY per unit of the lever's quantity
        Only levers of known cost.
    prices : mapping carrier group -> (member, year), million CNY/TJ
        Only groups of known price.
    discount : (year,)
        Present value of one unit of money in each projected year.
    """

    levers: Mapping[str, np.ndarray]
    prices: Mapping[str, np.ndarray]
    discount: np.ndarray

    def of(self, members: slice, weights: np.ndarray) -> Rates:
        """Return the rates of some members as (year, member), discounted and weighted, so that sums are means."""
        weight = self.discount[:, None] * weights
        levers = {name: np.ascontiguousarray(rate[members].T) * weight for name, rate in self.levers.items()}
        prices = {name: np.ascontiguousarray(price[members].T) * weight for name, price in self.prices.items()}
        return Rates(levers, prices, self.discount)


def _by_member(quantity: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Sum the payments of each member over years: (member,)."""
    return np.einsum("ym,ym->m", quantity, rate)


class PackageCosts:
    """Quantities and costs of a batch; parts shared by several packages are computed once.

    Parameters
    ----------
    batch : BatchEvaluator
    rates : Rates
        Of the batch's members, from `Rates.of`.
    tree : PackageTree
    by_member : bool
        Give costs member by member, (member,), instead of their sum.
    """

    def __init__(self, batch: BatchEvaluator, rates: Rates, tree: PackageTree, *, by_member: bool = False) -> None:
        self.batch, self.rates, self.tree = batch, rates, tree
        self._dot = _by_member if by_member else np.vdot
        # Intensity measures act everywhere alike.
        where = {"intensity": [("", "")], "process": batch.accounts.made_by}
        self.steps = {part: [self._steps(m, there) for m in tree.parts[part]] for part, there in where.items()}
        books = batch.accounts
        self.baseline = sum(self._dot(books.both(books.energy, [g], 1.0), price) for g, price in rates.prices.items())
        self._open_on: StructureCase | None = None
        self._ones = np.ones(batch.sinks.shape)

    def _steps(
        self, measures: Measures, where: Iterable[tuple[str, str]]
    ) -> list[tuple[str, dict[tuple[str, str], Left]]]:
        """List each measure with the share to which its cost applies, by kind of sectors and use.

        The share is of its part as left by the measures before it.
        """
        before: dict[tuple[str, str], Left] = dict.fromkeys(where, 1.0)
        steps = []
        for measure, at in self.batch.drawn(measures):
            acts = measure.lever.acts
            reached = {here: one for here, one in before.items() if measure.lever.reaches(*here)}
            steps.append(
                (measure.lever.lever_id, {here: one * acts.counted_share(at) for here, one in reached.items()})
            )
            before |= {here: one * acts.left(at) for here, one in reached.items()}
        return steps

    def case(self, case: PackageCase) -> Money:
        """Compute the weighted cost of a case over the batch, sinks left out, million CNY."""
        if case.of_structure is not self._open_on:
            self._open(case.of_structure, case.parts["structure"])
        left = self._ones if isinstance(case.intensity, float) else case.intensity
        cost = self._of_structure - self.baseline + self._dot(self._energy, left)
        for key in (("intensity", case.parts["intensity"]), ("process", case.parts["process"])):
            if key not in self._known:
                self._known[key] = self.of_part(*key, case.of_structure.structure)
            cost += self._known[key]
        return cost + self._worth({measure.lever.lever_id: taken for measure, _, taken in case.captures})

    def _open(self, above: StructureCase, structure: int) -> None:
        """Begin with a structure: energy and substitutions by member and year, structure as a sum."""
        self._open_on, self._known = above, {}
        self._energy = np.zeros(self.batch.sinks.shape)
        for group, price in self.rates.prices.items():
            self._energy += self.batch.accounts.both(above.of_mix.energy, [group], above.structure) * price
        for lever_id, replaced in self._replaced(above).items():
            self._energy += replaced * self.rates.levers.get(lever_id, 0.0)
        self._of_structure = self.of_structure(structure)

    def of_structure(self, at: int) -> Money:
        """Compute the cost of a set of structure measures."""
        return self._worth(self._moved(self.tree.parts["structure"][at]))

    def of_part(self, name: str, at: int, structure: Left) -> Money:
        """Compute the cost of a set of intensity or process measures, after structure."""
        return self._worth(self._shared(name, at, structure))

    def _worth(self, quantities: Mapping[str, np.ndarray]) -> Money:
        """Compute the known part of the discounted and weighted cost of some quantities."""
        rates = self.rates.levers
        return sum((self._dot(amount, rates[name]) for name, amount in quantities.items() if name in rates), 0.0)

    def quantities(self, case: PackageCase) -> dict[str, np.ndarray]:
        """Compute the quantity of each lever of a case, sinks left out: lever -> (year, member)."""
        found = self._moved(self.tree.parts["structure"][case.parts["structure"]])
        for part in ("intensity", "process"):
            found |= self._shared(part, case.parts[part], case.of_structure.structure)
        found |= {name: replaced * case.intensity for name, replaced in self._replaced(case.of_structure).items()}
        return found | {measure.lever.lever_id: taken for measure, _, taken in case.captures}

    def energy(self, case: PackageCase) -> dict[str, np.ndarray]:
        """Compute energy by carrier group of a case, that of capture left out: group -> (year, member), TJ."""
        return {group: case.energy([group]) for group in self.batch.accounts.groups}

    def _moved(self, measures: Measures) -> dict[str, np.ndarray]:
        """Compute the activity that structure measures move or close."""
        moved, activity = {}, self.batch.activity
        for measure, at in self.batch.drawn(measures):
            acts = measure.lever.acts
            moved[measure.lever.lever_id] = activity * acts.counted_share(at)
            if acts.closes:
                activity = activity - moved[measure.lever.lever_id]
        return moved

    def _replaced(self, above: StructureCase) -> dict[str, np.ndarray]:
        """Compute the energy that substitutions replace, before intensity, TJ."""
        books, found = self.batch.accounts, {}
        for lever_id, taken in above.of_mix.mix.taken.items():
            economic = times(above.structure, books.replaced(taken, ECONOMIC))
            found[lever_id] = economic + books.replaced(taken, RESIDENT) if RESIDENT in books.classes else economic
        return found

    def _shared(self, part: str, at: int, left: Left) -> dict[str, np.ndarray]:
        """Compute the energy that intensity measures save (TJ), or the CO2 that process measures avoid (tCO2/yr)."""
        steps = self.steps[part][at]
        if not steps:
            return {}
        books = self.batch.accounts
        if part == "intensity":  # alike in all kinds of sectors
            base = books.both(books.energy, books.groups, left)
            return {lever_id: base * next(iter(shares.values())) for lever_id, shares in steps}
        bases = {
            one: left * books.technical[ECONOMIC, one] + books.technical[RESIDENT, one]
            for k, one in books.technical
            if k == ECONOMIC
        }
        return {
            lever_id: books.sum(bases[one] * share for one, share in shares.items() if one in bases)
            for lever_id, shares in steps
        }

    def grown(self, measures: Measures) -> dict[str, np.ndarray]:
        """Compute the sequestration that the sinks part adds: lever -> (year, member), tCO2/yr."""
        found, sinks = {}, self.batch.sinks
        for measure, at in self.batch.drawn(measures):
            found[measure.lever.lever_id] = sinks * measure.lever.acts.added(at)
            sinks = sinks + found[measure.lever.lever_id]
        return found

    def sinks(self, measures: Measures) -> Money:
        """Compute the weighted cost of the sinks part over the batch."""
        return self._worth(self.grown(measures))


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
    early : (case, year) int
        Members that peak before that year (``docs/headline.md``), of the years whose windows are complete.
    past : (case, year) int
        Those of them whose peak is past.
    peak : (case,), tCO2/yr
        Mean peak level.
    cumulative : (case,), tCO2
        Mean sum over the projected years.
    by_year : (case, year) or None, tCO2/yr
        Mean totals of the projected years; None unless requested.
    tonnes : (case,), tCO2
        Discounted like money; equal to ``cumulative`` without rates.
    cost : (case,) or None, million CNY
        Mean present value, sinks left out; None without rates.
    sinks_cost : (sinks part,)
    held : mapping condition -> (case, sinks part) int
        Members that meet the condition.
    counted : tuple of int, optional
        Years for which the event was counted, without peak years; None where all years and peak years were.
    """

    tree: PackageTree
    years: np.ndarray
    members: int
    peaked: np.ndarray
    early: np.ndarray
    past: np.ndarray
    peak: np.ndarray
    cumulative: np.ndarray
    by_year: np.ndarray | None
    tonnes: np.ndarray
    cost: np.ndarray | None
    sinks_cost: np.ndarray
    held: dict[str, np.ndarray]
    counted: tuple[int, ...] | None = None

    def p_peaked_by(self, year: int) -> np.ndarray:
        """Share of all members whose peak year is ``year`` or earlier: (package,).

        Raises
        ------
        PathwayError
            The year is before the last observed one or after the last projected one.
        """
        self._refuse_peak_years()
        if not self.years[0] <= year <= self.years[-1]:
            raise PathwayError(f"year {year}: packages are known from {self.years[0]} to {self.years[-1]}")
        return self.peaked[self.tree.case_of, year - self.years[0]] / self.members

    def p_before(self, year: int) -> np.ndarray:
        """Share of all members that peak before a year: (package,).

        Raises
        ------
        PathwayError
            The year is not projected, or its window ends beyond the horizon.
        """
        first, last = int(self.years[1]), int(self.years[-1]) - WINDOW + 1
        if not first <= year <= last:
            raise PathwayError(
                f"before {year}: expected a year from {first} to {last},"
                f" since {WINDOW} years to {year + WINDOW - 1} confirm the peak and packages end in {self.years[-1]}"
            )
        self._refuse_uncounted(year)
        return self.early[self.tree.case_of, year - self.years[0]] / self.members

    def p_past(self, year: int) -> np.ndarray:
        """Share of all members that peak before a year and are past: (package,)."""
        self._refuse_uncounted(year)
        return self.past[self.tree.case_of, year - self.years[0]] / self.members

    def _refuse_uncounted(self, year: int) -> None:
        if self.counted is not None and year not in self.counted:
            raise PathwayError(f"before {year}: only {', '.join(map(str, self.counted))} were counted")

    def _refuse_peak_years(self) -> None:
        if self.counted is not None:
            raise PathwayError("peak years were not counted: survey without naming years")

    def counted_year(self) -> np.ndarray:
        """Mean peak year: (package,).

        A peak in the record counts as the last observed year, since no lever moves it; a member without a peak counts
        as the year after the last possible peak year, although its peak may be later.
        """
        self._refuse_peak_years()
        later = (self.members - self.peaked)[:, : -PeakRule().follow]
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
        settled: np.ndarray,
        limits: Limits,
        by_year: bool,
        counted: tuple[int, ...] | None,
    ) -> None:
        cases, sinks = tree.cases.shape[0], len(tree.parts[SINKS])
        self.tree, self.years, self.rates, self.limits, self.rule = tree, years, rates, limits, PeakRule()
        self.weights, self.all_settled = weights, settled
        self.members, self.counted = 0, counted
        self.peaked, self.early, self.past = np.zeros((3, cases, years.size), dtype=np.int32)
        self.sums = np.zeros((4, cases))
        self.sinks_cost = np.zeros(sinks)
        self.by_year = np.zeros((cases, years.size - 1)) if by_year else None
        names = [*(["peak"] if limits.peak is not None else []), *(f"total_{year}" for year in limits.totals)]
        names += ["neutral"] if limits.neutral is not None else []
        self.held = {name: np.zeros((cases, sinks), dtype=np.int32) for name in names}

    def begin(self, batch: BatchEvaluator) -> None:
        """Start a batch."""
        rates, members = self.rates, batch.members
        self.members += members.stop - members.start
        self.observed = batch.observed.max(axis=0)
        self.weight, self.settled = self.weights[members], self.all_settled[members].T
        self.discount = rates.discount if rates else np.ones(batch.years.size)
        self.costs = PackageCosts(batch, rates.of(members, self.weight), self.tree) if rates else None
        self.sinks = [batch.grown(measures) for measures in self.tree.parts[SINKS]]
        self.row = {int(year): at for at, year in enumerate(batch.years)}
        last = len(batch.years) - WINDOW
        self.wanted = [self.row[year] for year in self.counted or () if self.row.get(year, last + 1) <= last]
        if self.costs:
            self.sinks_cost += [self.costs.sinks(measures) for measures in self.tree.parts[SINKS]]

    def add(self, case: PackageCase) -> None:
        """Count one case of the batch."""
        total = case.total
        top = np.maximum(np.maximum.reduce(total), self.observed)
        if self.counted is None:
            self._peak_years(case.index, total, top)
            self._events(case.index, total)
        else:
            self._events_before(case.index, total)
        by_year = total @ self.weight
        cost = self.costs.case(case) if self.costs else 0.0
        self.sums[:, case.index] += (top @ self.weight, by_year.sum(), by_year @ self.discount, cost)
        if self.by_year is not None:
            self.by_year[case.index] += by_year
        self._limits(case.index, total, top)

    def _peak_years(self, index: int, total: np.ndarray, top: np.ndarray) -> None:
        """Count members by peak year."""
        rule, size = self.rule, np.abs(top)
        # The rule of turning_points by the last and the largest total: a member counts only when it ends below the
        # plateau, its peak year is the first that reaches the largest total up to a tie, and enough years follow it.
        shown = total[-1] < top - (rule.plateau + rule.tie) * size
        least = top - rule.tie * size
        first = np.where(self.observed >= least, 0, 1 + (total >= least).argmax(axis=0))
        shown &= first < self.years.size - rule.follow
        self.peaked[index] += np.bincount(first[shown], minlength=self.peaked.shape[1])

    def _events(self, index: int, total: np.ndarray) -> None:
        """Count members that peak before each year, by the rule of `kernels.event_split.peaks_before`."""
        known = len(total) - WINDOW + 1
        if known < 1:
            return
        # The maximum over the window by doubling: over 2, then 4, then all of its years.
        two = np.maximum(total[:-1], total[1:])
        four = np.maximum(two[:-2], two[2:])
        later = np.maximum(four[:known], total[WINDOW - 1 :])
        high = np.maximum(total[: known - 1], self.observed)
        np.maximum.accumulate(high, axis=0, out=high)
        high = np.concatenate([self.observed[None], high])
        event = later <= high + TIE * np.abs(high)
        self.early[index, 1 : known + 1] += np.count_nonzero(event, axis=1)
        event &= self.settled[1 : known + 1]
        self.past[index, 1 : known + 1] += np.count_nonzero(event, axis=1)

    def _events_before(self, index: int, total: np.ndarray) -> None:
        """Count members that peak before selected years, by comparison of their windows alone."""
        high, seen = self.observed, 0
        for at in self.wanted:
            if at > seen:
                high, seen = np.maximum(high, np.maximum.reduce(total[seen:at])), at
            event = np.maximum.reduce(total[at : at + WINDOW]) <= high + TIE * np.abs(high)
            self.early[index, at + 1] += np.count_nonzero(event)
            self.past[index, at + 1] += np.count_nonzero(event & self.settled[at + 1])

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
            early=self.early,
            past=self.past,
            peak=peak,
            cumulative=cumulative,
            by_year=self.by_year,
            tonnes=tonnes,
            cost=cost if self.rates else None,
            sinks_cost=self.sinks_cost,
            held=self.held,
            counted=self.counted,
        )
