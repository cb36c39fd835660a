"""Mean costs of very many packages without their emissions: all structures and intensities of a mix at once.

Costs are linear in what structure and intensity leave of energy, so that one matrix product a mix gives the cost under
all of them; what depends on fewer parts is worked out once a batch.  That holds as long as nothing that is captured is
negative, which is checked.
"""

from __future__ import annotations

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.accounts import ECONOMIC, RESIDENT, Mix
from pathway_models.engine.chain import left, mixed, processes
from pathway_models.engine.package_costs import PackageCosts
from pathway_models.engine.package_tree import BatchEvaluator, PackageTree
from pathway_models.engine.packages import PackageEngine
from pathway_models.levers.action import PARTS


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
            energy, captured = batch.of_mix(mixed(evaluator.accounts, tree.parts["mix"][at]).mix)
            costs[here] += energy[structures[here], intensities[here]]
            costs[here] += captured[captures[here], structures[here], intensities[here]]
    return costs


class _Batch:
    """Results common to all mixes of a batch; money is weighted and discounted."""

    def __init__(self, evaluator: BatchEvaluator, costs: PackageCosts, tree: PackageTree) -> None:
        self.evaluator, self.costs = evaluator, costs
        books, shape = evaluator.accounts, evaluator.sinks.shape
        lefts = {
            part: [np.broadcast_to(left(books, measures), shape) for measures in tree.parts[part]]
            for part in ("structure", "intensity", "process")
        }
        self.sizes = (len(lefts["structure"]), len(lefts["intensity"]))
        self.economic = np.stack([(a * b).ravel() for a in lefts["structure"] for b in lefts["intensity"]])
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
            [[costs.of_part("process", p, a) for p in range(len(lefts["process"]))] for a in lefts["structure"]]
        )
        if any(len(measures) > 1 for measures in tree.parts["capture"]):
            raise PathwayError("packages with two capture levers can only be listed: take a smaller grid")
        technical = [[processes(books, a, p)[0] for p in lefts["process"]] for a in lefts["structure"]]
        if any((one < 0).any() for row in technical for one in row):
            raise PathwayError("a process that could be captured is negative: take a grid small enough to list")
        self.captures = [self._gross(measures) for measures in tree.parts["capture"]]
        self.captured_process = np.array(
            [
                [[sum(float(np.vdot(one, rate)) for _, rate in capture) for one in row] for row in technical]
                for capture in self.captures
            ]
        )

    def _gross(self, measures: tuple) -> list[tuple[tuple[str, ...], np.ndarray]]:
        """List carrier groups and money per capturable tonne of each capture of known cost."""
        found = []
        for measure, at in self.evaluator.drawn(measures):
            rate = self.costs.rates.levers.get(measure.lever.lever_id)
            if rate is not None:
                gross = measure.lever.acts.captured(np.ones(rate.shape), at)
                found.append((measure.lever.takes_from, gross * rate))
        return found

    def of_mix(self, mix: Mix) -> tuple[np.ndarray, np.ndarray]:
        """Price a mix: energy and substitutions (structure, intensity); capture (capture, structure, intensity)."""
        books, rates = self.evaluator.accounts, self.costs.rates
        money = {k: np.zeros(self.evaluator.sinks.shape) for k in (ECONOMIC, RESIDENT)}
        for k in books.classes:
            for group, price in rates.prices.items():
                if (k, group) in books.energy:
                    money[k] += books.use_of(mix, k, group) * price
            for lever_id, taken in mix.taken.items():
                if lever_id in rates.levers:
                    replaced = sum(books.energy[k, group] * share for group, share in taken.items())
                    money[k] += replaced * rates.levers[lever_id]
        energy = _products(self.economic, money[ECONOMIC]).reshape(self.sizes)
        energy = energy + _products(self.resident, money[RESIDENT])
        captured = np.zeros((len(self.captures), *self.sizes))
        for at, capture in enumerate(self.captures):
            for groups, rate in capture:
                eligible = sum(
                    (books.emissions_of(mix, ECONOMIC, g) for g in groups if (ECONOMIC, g) in books.emissions),
                    np.zeros(rate.shape),
                )
                captured[at] += _products(self.economic, eligible * rate).reshape(self.sizes)
        return energy, captured


def _products(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Multiply each row with some values; not by BLAS, whose threads wait for one another on a busy machine."""
    return np.einsum("pe,e->p", rows, values.ravel())
