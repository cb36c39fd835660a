"""Many packages of levers at once: the numbers of `project` and of the peak rule, with shared work done once.

Work is shared along a tree: mix, structure, intensity, process, capture (`pathway_models.engine.package_tree`).
A single package then takes a few operations on arrays that stay in the processor's cache; only counts and means over
members are kept of it, so that memory does not grow with members or years.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.engine.batches import ECONOMIC, RESIDENT, Mix
from pathway_models.engine.chain import Plant, StructureCase, left, left_by_process, mixed, plants, processes, undivided
from pathway_models.engine.package_costs import PackageCosts, PackageStatistics, Rates, Tally
from pathway_models.engine.package_tree import BatchEvaluator, PackageTree, grid_tree, package_tree
from pathway_models.engine.projecting import assumed_by, batches, horizon, lay_out
from pathway_models.kernels.event_split import TIE, WINDOW, settled_by
from pathway_models.levers.action import PARTS, SINKS
from pathway_models.records import NO_MEASURES, Assumptions, Draws, Grid, Park, Scenario, levers

#: Members per batch, so that the arrays of a single package stay in the processor's fastest cache.
BATCH = 250
#: For events, whose projections are short: members per batch, and intensities of one mix and structure per evaluation.
BATCH_OF_EVENTS, TOGETHER = 500, 9
#: Largest number of shares of carriers, by sector, year and member, of an ensemble that is kept laid out; region-d with
#: 1,700 members, just below it, takes 62 MB more.
KEPT_CELLS = 5 * 10**6
#: Share of the members over which means of tonnes and money are taken.
CENTRAL = 0.9


@dataclass(frozen=True)
class EventCounts:
    """Members that peak before some years, by package.

    Parameters
    ----------
    tree : PackageTree
    years : tuple of int
    members : int
    early, past : (case, year) int
        Members that peak before the year, and those of them whose peak is past.
    """

    tree: PackageTree
    years: tuple[int, ...]
    members: int
    early: np.ndarray
    past: np.ndarray

    def p_before(self, year: int) -> np.ndarray:
        """Share of all members that peak before a year: (package,)."""
        return self.early[self.tree.case_of, self.years.index(year)] / self.members

    def p_past(self, year: int) -> np.ndarray:
        """Share of all members that peak before a year and are past: (package,)."""
        return self.past[self.tree.case_of, self.years.index(year)] / self.members


class PackageEngine:
    """Evaluation of packages of one park in one ensemble.

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
        self._without: np.ndarray | None = None
        self._laid: list[BatchEvaluator] | None = None

    def without(self) -> np.ndarray:
        """Return totals without any measure, observed years first: (member, year), tCO2/yr; cached."""
        if self._without is None:
            self._without = self.totals([NO_MEASURES])[0]
        return self._without

    def settled(self) -> np.ndarray:
        """Mark members that peak before a year without measures, by the issue year: (member, year of `years`)."""
        first = int(self.park.years[0])
        settled = settled_by(self.without(), self.assumptions.issue_year - first)
        return settled[:, self.years[0] - first :]

    def central(self) -> np.ndarray:
        """Weigh each member in means of tonnes and money: (member,), adding up to one.

        ASSUME: means are over the members whose emissions without levers lie, summed over years, in the central
        90 %.  Errors of growth are skewed in tonnes: the twentieth of members that emit most carries 8-17 % of the sum
        of all members (six parks and regions, 1,000 members).  The same members serve every package, so that
        differences and shares add up; probabilities and years are over all members.
        """
        if self._weights is None:
            without = self.without().sum(axis=-1)
            low, high = np.quantile(without, [(1.0 - CENTRAL) / 2.0, (1.0 + CENTRAL) / 2.0])
            inside = (without >= low) & (without <= high)
            self._weights = inside / inside.sum()
        return self._weights

    def batches(self) -> Iterator[BatchEvaluator]:
        """Yield the ensemble, batch by batch; a small one is laid out once."""
        if self._laid is None:
            frame = lay_out(self.park, self.everything, self.until, self.assumptions)
            laid = map(BatchEvaluator, batches(frame, self.draws, BATCH))
            cells = len(self.park.sectors) * len(frame.carriers) * self.years.size * self.draws.members
            self._laid = list(laid) if cells <= KEPT_CELLS else None
            yield from self._laid or laid
        else:
            yield from self._laid

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
        limits: levers.Limits | None = None,
        *,
        by_year: bool = False,
        before: Iterable[int] | None = None,
    ) -> PackageStatistics:
        """Compute the effects of each package as counts and means over members.

        Parameters
        ----------
        packages : Grid or sequence of Scenario
        codes : (package, block) int, optional
            Only these packages of a grid; all by default.
        limits : Limits, optional
        by_year : bool
            Keep mean totals by year.
        before : iterable of int, optional
            Count the event of these years alone, and no peak years: half the work of all years.
        """
        if isinstance(packages, Grid):
            tree = grid_tree(packages, packages.codes() if codes is None else codes)
        else:
            tree = package_tree(packages)
        counted = None if before is None else tuple(sorted(set(before)))
        kept = limits or levers.Limits(), by_year, counted
        tally = Tally(tree, self.years, self.rates, self.central(), self.settled(), *kept)
        for batch in self.batches():
            tally.begin(batch)
            for case in batch.cases(tree):
                tally.add(case)
        return tally.found()

    def count_events(self, grid: Grid, codes: np.ndarray, before: Iterable[int]) -> EventCounts:
        """Count the event of some years alone, on projections that end where the event is decided.

        Packages of one mix and structure are evaluated together, a row an intensity: the numbers are those of `survey`
        up to rounding, at a fraction of its work.

        Parameters
        ----------
        grid : Grid
        codes : (package, block) int
        before : iterable of int
            Projected years whose windows end in ``until`` or before.

        Raises
        ------
        PathwayError
            The window of a year is not projected.
        """
        tree, years = grid_tree(grid, codes), tuple(sorted(set(before)))
        if years[0] <= self.years[0] or years[-1] + WINDOW - 1 > self.until:
            raise PathwayError(f"before {years}: packages are known from {self.years[0] + 1} to {self.until}")
        early, past = np.zeros((2, tree.cases.shape[0], len(years)), dtype=np.int32)
        rows, settled = [year - int(self.years[1]) for year in years], self.settled()
        frame = lay_out(self.park, self.everything, years[-1] + WINDOW - 1, self.assumptions)
        for batch in batches(frame, self.draws, BATCH_OF_EVENTS):
            _Events(BatchEvaluator(batch), tree, rows, settled[batch.members]).count(early, past)
        return EventCounts(tree, years, self.draws.members, early, past)


class _Events:
    """Counts of the event of every package of one batch; ``rows`` are its years, from the first projected one."""

    def __init__(self, evaluator: BatchEvaluator, tree: PackageTree, rows: list[int], settled: np.ndarray) -> None:
        self.evaluator, self.tree, self.rows = evaluator, tree, rows
        self.settled = [settled[:, row + 1] for row in rows]
        self.observed = evaluator.observed.max(axis=0)
        books, shape = evaluator.accounts, evaluator.sinks.shape
        self.lefts = [left(books, measures) for measures in tree.parts["structure"]]
        self.intensities = np.stack([np.broadcast_to(left(books, one), shape) for one in tree.parts["intensity"]])
        kept = [left_by_process(books, measures) for measures in tree.parts["process"]]
        self.processes = cache(lambda s, p: processes(books, self.lefts[s], kept[p]))

    def count(self, early: np.ndarray, past: np.ndarray) -> None:
        """Add the members of the batch to the counts by case."""
        books, parts, cases, mix = self.evaluator.accounts, self.tree.parts, self.tree.cases, None
        starts = np.flatnonzero(np.append(True, (np.diff(cases[:, :2], axis=0) != 0).any(axis=1)))
        for start, end in zip(starts, np.append(starts[1:], len(cases)), strict=True):
            m, s = cases[start, :2].tolist()
            if mix is None or m != cases[start - 1, 0]:
                mix = mixed(books, parts["mix"][m])
            case = StructureCase(mix, self.lefts[s])
            equipped = {k: plants(case, parts["capture"][k]) for k in np.unique(cases[start:end, 4]).tolist()}
            by_intensity = cases[start:end, 2]
            for first in range(0, len(self.intensities), TOGETHER):
                here = start + np.flatnonzero((by_intensity >= first) & (by_intensity < first + TOGETHER))
                if here.size:
                    self._of_intensities(case, s, equipped, here, early, past)

    def _of_intensities(
        self,
        case: StructureCase,
        s: int,
        equipped: dict[int, list[Plant]],
        here: np.ndarray,
        early: np.ndarray,
        past: np.ndarray,
    ) -> None:
        """Count cases of one mix and structure, ``here`` among those of the tree."""
        cases, books = self.tree.cases[here], self.evaluator.accounts
        used, at = np.unique(cases[:, 2], return_inverse=True)
        intensity = (
            self.intensities[used[0] : used[-1] + 1] if used[-1] - used[0] < used.size else self.intensities[used]
        )
        fuel, whole = intensity * case.emissions, None
        if books.has_undivided:
            whole = np.stack([undivided(books, case.of_mix, self.lefts[s], one) for one in intensity])
            fuel += whole
        eligible = {
            groups: intensity * case.eligible(groups)
            for one in equipped.values()
            for groups in {plant.measure.lever.takes_from for plant in one}
        }
        for p in np.unique(cases[:, 3]).tolist():
            technical, process = self.processes(s, p)
            total = fuel + process
            for k, of_capture in equipped.items():
                rows = np.flatnonzero((cases[:, 3] == p) & (cases[:, 4] == k))
                if rows.size:
                    there = technical if whole is None else technical + whole
                    counts = self._counts(self._captured(total, there, eligible, of_capture))
                    early[here[rows]] += counts[0][at[rows]]
                    past[here[rows]] += counts[1][at[rows]]

    def _captured(
        self, total: np.ndarray, technical: np.ndarray, eligible: dict[tuple[str, ...], np.ndarray], used: list[Plant]
    ) -> np.ndarray:
        """Subtract captured CO2 from totals, net of the emissions of its energy, as `chain.total` does."""
        ceiling, found, earlier = self.evaluator.batch.ceiling, total, None
        for plant in used:
            room = eligible[plant.measure.lever.takes_from] + technical
            if earlier is not None:  # a second plant captures from what the first has left
                room -= earlier
            np.maximum(room, 0.0, out=room)
            room *= plant.gross
            if ceiling is not None:
                np.minimum(room, ceiling if earlier is None else ceiling - earlier, out=room)
            earlier = room if earlier is None else earlier + room
            found = found - room * plant.net
        return found

    def _counts(self, totals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Count the event of totals (intensity, year, member): (intensity, year of the event), all and past ones."""
        early, past = np.empty((2, len(totals), len(self.rows)), dtype=np.int32)
        high, seen = self.observed, 0
        for column, (row, settled) in enumerate(zip(self.rows, self.settled, strict=True)):
            if row > seen:
                high, seen = np.maximum(high, np.maximum.reduce(totals[:, seen:row], axis=1)), row
            event = np.maximum.reduce(totals[:, row : row + WINDOW], axis=1) <= high + TIE * np.abs(high)
            early[:, column] = np.count_nonzero(event, axis=1)
            past[:, column] = np.count_nonzero(event & settled, axis=1)
        return early, past


def cost_table(engine: PackageEngine, tree: PackageTree) -> np.ndarray:
    """Mean known present value of every case of a tree, sinks left out: (case,), million CNY; `PackageStatistics.cost`.

    Raises
    ------
    PathwayError
        The engine was made without rates, or something that could be captured is negative.
    """
    if engine.rates is None:
        raise PathwayError("no costs: make the engine with rates")
    mixes, structures, intensities, processes, captures = (tree.cases[:, at] for at in range(len(PARTS)))
    costs = np.zeros(tree.cases.shape[0])
    for evaluator in engine.batches():
        members = evaluator.members
        priced = PackageCosts(evaluator, engine.rates.of(members, engine.central()[members]), tree)
        batch = _Batch(evaluator, priced, tree)
        costs += batch.fixed[structures, intensities] + batch.process[structures, processes]
        costs += batch.captured_process[captures, structures, processes]
        ends = np.searchsorted(mixes, np.arange(mixes[-1] + 2))
        for at in range(mixes[-1] + 1):
            here = slice(ends[at], ends[at + 1])
            mix = mixed(evaluator.accounts, tree.parts["mix"][at]).mix
            energy, captured = batch.of_mix(mix)
            costs[here] += energy[structures[here], intensities[here]]
            costs[here] += captured[captures[here], structures[here], intensities[here]]
            if batch.ceiling is not None:
                costs[here] -= batch.above_ceiling(mix, tree.cases[here])
    return costs


class _Batch:
    """Costs of a batch by parts common to all mixes; money is weighted and discounted."""

    def __init__(self, evaluator: BatchEvaluator, costs: PackageCosts, tree: PackageTree) -> None:
        self.evaluator, self.costs = evaluator, costs
        books, shape = evaluator.accounts, evaluator.sinks.shape
        lefts = {
            part: [np.broadcast_to(left(books, measures), shape) for measures in tree.parts[part]]
            for part in ("structure", "intensity")
        }
        kept = [left_by_process(books, measures) for measures in tree.parts["process"]]
        self.sizes = (len(lefts["structure"]), len(lefts["intensity"]))
        self.economic = np.stack([(a * b).ravel() for a in lefts["structure"] for b in lefts["intensity"]])
        self.structures = np.stack([a.ravel() for a in lefts["structure"]])
        self.resident = np.stack([b.ravel() for b in lefts["intensity"]])
        self.fixed = np.array(
            [
                [
                    costs.of_structure(s) - costs.baseline + costs.of_part("intensity", i, a)
                    for i in range(self.sizes[1])
                ]
                for s, a in enumerate(lefts["structure"])
            ]
        )
        self.process = np.array(
            [[costs.of_part("process", p, a) for p in range(len(kept))] for a in lefts["structure"]]
        )
        if any(len(measures) > 1 for measures in tree.parts["capture"]):
            raise PathwayError("packages with two capture levers can only be listed: take a smaller grid")
        self.ceiling = evaluator.batch.ceiling if any(tree.parts["capture"]) else None
        technical = [[processes(books, a, p)[0] for p in kept] for a in lefts["structure"]]
        if any((one < 0).any() for row in technical for one in row):
            raise PathwayError("a process that could be captured is negative: take a grid small enough to list")
        self.technical = technical
        self._paid_for: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self._unmixed_of: dict[tuple[int, int, int], np.ndarray] = {}
        self._last: tuple[np.ndarray, list] | None = None
        self._bounds_of: dict[tuple[int, int], tuple[tuple[np.ndarray, ...], ...]] = {}
        self.captures = [self._gross(measures) for measures in tree.parts["capture"]]
        self.captured_process = np.array(
            [
                [
                    [sum(float(np.vdot(one, gross * rate)) for _, gross, rate in capture) for one in row]
                    for row in technical
                ]
                for capture in self.captures
            ]
        )

    @staticmethod
    def _money(capturable: np.ndarray, capture: list[tuple[tuple[str, ...], np.ndarray, np.ndarray]]) -> float:
        """Compute the cost of capture by some plants without a ceiling."""
        return sum(float(np.vdot(capturable, gross * rate)) for _, gross, rate in capture)

    def _gross(self, measures: tuple) -> list[tuple[tuple[str, ...], np.ndarray, np.ndarray]]:
        """List carrier groups, share taken of a capturable tonne and money per tonne, of each capture of known cost."""
        found = []
        for measure, at in self.evaluator.drawn(measures):
            rate = self.costs.rates.levers.get(measure.lever.lever_id)
            if rate is not None:
                gross = measure.lever.acts.captured(np.ones(rate.shape), at)
                found.append((measure.lever.takes_from, gross, rate))
        return found

    def of_mix(self, mix: Mix) -> tuple[np.ndarray, np.ndarray]:
        """Cost a mix: energy and substitutions (structure, intensity); capture (capture, structure, intensity)."""
        books, rates = self.evaluator.accounts, self.costs.rates
        money = {k: np.zeros(self.evaluator.sinks.shape) for k in (ECONOMIC, RESIDENT)}
        for k in books.classes:
            for group, price in rates.prices.items():
                if (k, group) in books.energy:
                    money[k] += books.use_of(mix, k, group) * price
            for lever_id, taken in mix.taken.items():
                if lever_id in rates.levers:
                    money[k] += books.replaced(taken, k) * rates.levers[lever_id]
        energy = _products(self.economic, money[ECONOMIC]).reshape(self.sizes)
        energy = energy + _products(self.resident, money[RESIDENT])
        captured = np.zeros((len(self.captures), *self.sizes))
        for at, capture in enumerate(self.captures):
            for groups, gross, rate in capture:
                money_of = gross * rate
                captured[at] += _products(self.economic, self._eligible(mix, groups) * money_of).reshape(self.sizes)
                if books.has_undivided:
                    captured[at] += self._of_undivided(mix, money_of)
        return energy, captured

    def _eligible(self, mix: Mix, groups: tuple[str, ...]) -> np.ndarray:
        """Sum the fuel emissions of a mix that capture may take, before structure and intensity: (year, member)."""
        books = self.evaluator.accounts
        held = (books.emissions_of(mix, ECONOMIC, g) for g in groups if (ECONOMIC, g) in books.emissions)
        return sum(held, np.zeros(self.evaluator.sinks.shape))

    def above_ceiling(self, mix: Mix, cases: np.ndarray) -> np.ndarray:
        """Compute the cost of the CO2 beyond the ceiling that plants of some cases of a mix would take: (case,).

        Parameters
        ----------
        mix : Mix
        cases : (case, part) int
            As in ``PackageTree.cases``.
        """
        beyond, fuel = np.zeros(len(cases)), self.evaluator.accounts.fuel_of(mix)
        for s, k, at, by_process in self._grouped(cases):
            for groups, gross, _ in self.captures[k]:
                where, rate, economic = self._paid(k)
                taken = (gross * (self._eligible(mix, groups) + fuel)).ravel()[where]
                left = economic[s * self.sizes[1] : (s + 1) * self.sizes[1]]
                # In most years and members the plants of every case reach the ceiling, or none do: there the excess is
                # linear in what is left, and only the rest is computed case by case.
                least, most = self._bounds(s, k)
                binds = least[0] * taken + least[1] > 0.0
                some = np.flatnonzero(~binds & (most[0] * taken + most[1] > 0.0))
                bound_rate = rate * binds
                linear = _products(left, taken * bound_rate)
                room, rate_there = left[:, some] * taken[some], rate[some]
                for p, rows, intensities in by_process:
                    unmixed = self._unmixed(s, p, k)
                    over = linear + float(np.vdot(unmixed, bound_rate))
                    over += _products(np.maximum(room + unmixed[some], 0.0), rate_there)
                    beyond[at[rows]] += over[intensities]
        return beyond

    def _grouped(
        self, cases: np.ndarray
    ) -> list[tuple[int, int, np.ndarray, list[tuple[int, np.ndarray, np.ndarray]]]]:
        """Group cases by structure and capture, and by process; mixes of a grid have the same cases but for the mix."""
        if self._last is not None and np.array_equal(self._last[0], cases[:, 1:]):
            return self._last[1]
        found = []
        for s, k in np.unique(cases[:, [1, 4]], axis=0).tolist():
            at = np.flatnonzero((cases[:, 1] == s) & (cases[:, 4] == k))
            by_process = []
            for p in np.unique(cases[at, 3]).tolist():
                rows = np.flatnonzero(cases[at, 3] == p)
                by_process.append((p, rows, cases[at[rows], 2]))
            found.append((s, k, at, by_process))
        self._last = cases[:, 1:].copy(), found
        return found

    def _bounds(self, s: int, k: int) -> tuple[tuple[np.ndarray, ...], ...]:
        """Compute bounds, over all cases, of the energy left and of the excess over the ceiling without fuel."""
        if (s, k) not in self._bounds_of:
            economic = self._paid(k)[2][s * self.sizes[1] : (s + 1) * self.sizes[1]]
            unmixed = np.stack([self._unmixed(s, p, k) for p in range(len(self.technical[s]))])
            self._bounds_of[s, k] = tuple((pick(economic, axis=0), pick(unmixed, axis=0)) for pick in (np.min, np.max))
        return self._bounds_of[s, k]

    def _paid(self, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Select the years and members with a cost of capture: mask, rate, and shares left of economic sectors."""
        ((_, gross, rate),) = self.captures[k]
        if k not in self._paid_for:
            where = np.flatnonzero((gross * rate).ravel())
            self._paid_for[k] = where, rate.ravel()[where], self.economic[:, where]
        return self._paid_for[k]

    def _unmixed(self, s: int, p: int, k: int) -> np.ndarray:
        """Compute the excess over the ceiling without fuel, where capture has a cost."""
        if (s, p, k) not in self._unmixed_of:
            _, mixed_up = self.evaluator.accounts.undivided.values()
            ((_, gross, _),), (where, _, _) = self.captures[k], self._paid(k)
            held = self.technical[s][p] + self.structures[s].reshape(gross.shape) * mixed_up
            self._unmixed_of[s, p, k] = (held * gross - self.ceiling).ravel()[where]
        return self._unmixed_of[s, p, k]

    def _of_undivided(self, mix: Mix, rate: np.ndarray) -> np.ndarray:
        """Compute the cost of capturing emissions not known by carrier: (structure, intensity)."""
        _, mixed_up = self.evaluator.accounts.undivided.values()
        fuel = self.evaluator.accounts.fuel_of(mix)
        structures = _products(self.structures, mixed_up * rate)[:, None]
        return _products(self.economic, fuel * rate).reshape(self.sizes) + structures


def _products(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Multiply each row with some values, without BLAS, whose threads wait for one another on a busy machine."""
    return np.einsum("pe,e->p", rows, values.ravel())
