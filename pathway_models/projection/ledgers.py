"""What packages cost, summed over a batch of members: money on the same tree as the emissions.

Every lever has a quantity that its cost is counted on, in the package it stands in:

    replace_activity, retire_activity   activity moved or closed, in the park's activity unit a year
    reduce_intensity                    energy saved, TJ a year
    substitute                          energy replaced, TJ a year
    reduce_process                      process emissions avoided, tCO2 a year
    capture                             CO2 captured, tCO2 a year
    grow_sinks                          sequestration added, tCO2 a year

The cost of a package is the sum of rate x quantity over levers, and of price x energy over carrier groups, less the
energy bill without levers.  Interactions are exact: a lever is paid for what it does after the ones before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.projection.accounts import ECONOMIC, RESIDENT
from pathway_models.projection.plans import Measures, Plan
from pathway_models.projection.stages import Leaf, Stage, Trunk
from pathway_models.records.levers import Measure


@dataclass(frozen=True)
class Rates:
    """Money per unit, by member.

    Parameters
    ----------
    levers : mapping lever -> (member, year), million CNY per unit of the lever's quantity
        A lever whose cost is not known is not listed; it is counted nowhere, never as zero.
    prices : mapping carrier group -> (member, year), million CNY/TJ
        A group whose price is not known is not listed.
    discount : (year,)
        Present value of one unit of money in each projected year.
    """

    levers: Mapping[str, np.ndarray]
    prices: Mapping[str, np.ndarray]
    discount: np.ndarray

    def of(self, members: slice) -> Rates:
        """The rates of some members, discounted, as (year, member)."""
        weight = self.discount[:, None]
        levers = {name: np.ascontiguousarray(rate[members].T) * weight for name, rate in self.levers.items()}
        prices = {name: np.ascontiguousarray(price[members].T) * weight for name, price in self.prices.items()}
        return Rates(levers, prices, self.discount)


class Ledger:
    """Costs of a batch; what a part costs is worked out once.

    Parameters
    ----------
    stage : Stage
    rates : Rates
        Of the batch's members, from `Rates.of`.
    plan : Plan
    """

    def __init__(self, stage: Stage, rates: Rates, plan: Plan) -> None:
        self.stage, self.rates, self.plan = stage, rates, plan
        self.steps = {
            part: [self._steps(m) for m in plan.parts[part]] for part in ("structure", "intensity", "process")
        }
        books = stage.accounts
        self.baseline = float(sum((books.both(books.energy, [g], 1.0) * p).sum() for g, p in rates.prices.items()))
        self._trunk: Trunk | None = None

    def _steps(self, measures: Measures) -> list[tuple[Measure, np.ndarray | float, np.ndarray]]:
        """Each measure with what the ones before it left, and what it leaves itself."""
        before: np.ndarray | float = 1.0
        steps = []
        for measure in measures:
            left = self.stage.left_by(measure)
            steps.append((measure, before, left))
            before = before * left
        return steps

    def leaf(self, leaf: Leaf) -> float:
        """Cost of a leaf summed over the batch, sinks left out, million CNY."""
        if leaf.trunk is not self._trunk:
            self._open(leaf.trunk, leaf.parts["structure"])
        cost = self._of_structure - self.baseline + float(np.sum(self._energy * leaf.intensity))
        cost += self._once("intensity", leaf.parts["intensity"]) + self._once("process", leaf.parts["process"])
        for measure, captured in leaf.captures:
            rate = self.rates.levers.get(measure.lever.lever_id)
            cost += 0.0 if rate is None else float(np.vdot(captured, rate))
        return cost

    def _open(self, trunk: Trunk, structure: int) -> None:
        """Energy bill and cost of substitutions of a trunk by member and year; cost of its structure."""
        books = self.stage.accounts
        self._trunk, self._known = trunk, {}
        energy = np.zeros(self.stage.sinks.shape)
        for group, price in self.rates.prices.items():
            energy += books.both(trunk.energy, [group], trunk.structure) * price
        for lever_id, taken in trunk.mix.taken.items():
            if lever_id in self.rates.levers:
                replaced = {(k, g): books.energy[k, g] * share for g, share in taken.items() for k in books.classes}
                energy += books.both(replaced, taken, trunk.structure) * self.rates.levers[lever_id]
        self._energy = energy
        self._of_structure = self._structure(structure)

    def _structure(self, at: int) -> float:
        cost, activity = 0.0, self.stage.activity
        for measure, _, left in self.steps["structure"][at]:
            closes = measure.lever.action == "retire_activity"
            if measure.lever.lever_id in self.rates.levers:
                drawn, phase = self.stage.values(measure)
                moved = activity * drawn["share"] * phase
                cost += float(np.vdot(moved, self.rates.levers[measure.lever.lever_id]))
            activity = activity * left if closes else activity
        return cost

    def _once(self, part: str, at: int) -> float:
        """Cost of the intensity or process measures of the present trunk."""
        if (part, at) not in self._known:
            base: np.ndarray | None = None
            cost = 0.0
            for measure, before, left in self.steps[part][at]:
                rate = self.rates.levers.get(measure.lever.lever_id)
                if rate is not None:
                    base = self._base(part) if base is None else base
                    cost += float(np.vdot(base * before * (1.0 - left), rate))
            self._known[part, at] = cost
        return self._known[part, at]

    def _base(self, part: str) -> np.ndarray:
        """What intensity (TJ) or process measures (tCO2/yr) act on, after structure."""
        books, left = self.stage.accounts, self._trunk.structure
        if part == "intensity":
            return books.both(books.energy, books.groups, left)
        return left * books.process[ECONOMIC, True] + books.process[RESIDENT, True]

    def sinks(self, measures: Measures) -> float:
        """Cost of the sinks part, summed over the batch."""
        cost, sinks = 0.0, self.stage.sinks
        for measure in measures:
            drawn, phase = self.stage.values(measure)
            added = sinks * drawn["area_growth"] * phase
            rate = self.rates.levers.get(measure.lever.lever_id)
            cost += 0.0 if rate is None else float(np.vdot(added, rate))
            sinks = sinks + added
        return cost
