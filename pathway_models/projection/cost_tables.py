"""Mean costs of very many packages without their emissions: all structures and intensities of a mix at once.

Costs are linear in what structure and intensity leave of energy, so that one matrix product a mix gives the cost under
all of them; what depends on fewer parts is worked out once a batch.  That holds as long as nothing that is captured is
negative, which is checked.
"""

from __future__ import annotations

import numpy as np

from pathway_models.foundations.errors import PathwayError
from pathway_models.kernels import levers as act
from pathway_models.projection.accounts import ECONOMIC, RESIDENT, Mix
from pathway_models.projection.ledgers import Ledger
from pathway_models.projection.packages import PackageEngine
from pathway_models.projection.plans import PARTS, Plan
from pathway_models.projection.stages import Stage


def cost_table(engine: PackageEngine, plan: Plan) -> np.ndarray:
    """Mean known present value of every leaf of a plan, sinks left out: (leaf,), million CNY; as `Survey.cost`.

    Raises
    ------
    PathwayError
        The engine was made without rates, or something that could be captured is negative.
    """
    if engine.rates is None:
        raise PathwayError("no costs: make the engine with rates")
    mixes, structures, intensities, processes, captures = (plan.leaves[:, at] for at in range(len(PARTS)))
    costs = np.zeros(plan.leaves.shape[0])
    for members, stage in engine.stages():
        ledger = Ledger(stage, engine.rates.of(members, engine.central()[members]), plan)
        batch = _Batch(stage, ledger, plan)
        costs += batch.fixed[structures, intensities] + batch.process[structures, processes]
        costs += batch.captured_process[captures, structures, processes]
        ends = np.searchsorted(mixes, np.arange(mixes[-1] + 2))
        for at in range(mixes[-1] + 1):
            here = slice(ends[at], ends[at + 1])
            energy, captured = batch.of_mix(stage.mixed(plan.parts["mix"][at]))
            costs[here] += energy[structures[here], intensities[here]]
            costs[here] += captured[captures[here], structures[here], intensities[here]]
    return costs


class _Batch:
    """What is worked out once for all mixes of a batch; money is weighted and discounted."""

    def __init__(self, stage: Stage, ledger: Ledger, plan: Plan) -> None:
        self.stage, self.ledger, self.plan = stage, ledger, plan
        shape = stage.sinks.shape
        lefts = {
            part: [np.broadcast_to(stage.left(measures), shape) for measures in plan.parts[part]]
            for part in ("structure", "intensity", "process")
        }
        self.sizes = (len(lefts["structure"]), len(lefts["intensity"]))
        self.economic = np.stack([(a * b).ravel() for a in lefts["structure"] for b in lefts["intensity"]])
        self.resident = np.stack([b.ravel() for b in lefts["intensity"]])
        self.fixed = np.array(
            [
                [
                    ledger.of_structure(s) - ledger.baseline + ledger.of_part("intensity", i, a)
                    for i in range(self.sizes[1])
                ]
                for s, a in enumerate(lefts["structure"])
            ]
        )
        self.process = np.array(
            [[ledger.of_part("process", p, a) for p in range(len(lefts["process"]))] for a in lefts["structure"]]
        )
        if any(len(measures) > 1 for measures in plan.parts["capture"]):
            raise PathwayError("packages with two capture levers can only be listed: take a smaller grid")
        technical = [[stage.processes(a, p)[0] for p in lefts["process"]] for a in lefts["structure"]]
        if any((one < 0).any() for row in technical for one in row):
            raise PathwayError("a process that could be captured is negative: take a grid small enough to list")
        self.captures = [self._gross(measures) for measures in plan.parts["capture"]]
        self.captured_process = np.array(
            [
                [[sum(float(np.vdot(one, rate)) for _, rate in capture) for one in row] for row in technical]
                for capture in self.captures
            ]
        )

    def _gross(self, measures: tuple) -> list[tuple[tuple[str, ...], np.ndarray]]:
        """Carrier groups and money per capturable tonne of each capture of known cost."""
        found = []
        for measure in measures:
            rate = self.ledger.rates.levers.get(measure.lever.lever_id)
            if rate is not None:
                drawn, phase = self.stage.values(measure)
                drawn["equipped_share"] = drawn["equipped_share"] * phase
                one = act.capture(np.ones(rate.shape), heat_factor=0.0, electricity_factor=0.0, **drawn)
                found.append((measure.lever.takes_from, one.captured * rate))
        return found

    def of_mix(self, mix: Mix) -> tuple[np.ndarray, np.ndarray]:
        """Money of a mix: energy and substitutions (structure, intensity); capture (capture, structure, intensity)."""
        books, rates = self.stage.accounts, self.ledger.rates
        money = {k: np.zeros(self.stage.sinks.shape) for k in (ECONOMIC, RESIDENT)}
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
    """Product of each row with some values; not by BLAS, whose threads wait for one another on a busy machine."""
    return np.einsum("pe,e->p", rows, values.ravel())
