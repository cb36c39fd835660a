"""What packages cost, as a weighted sum over a batch of members: money on the same tree as the emissions.

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
from pathway_models.projection.stages import Leaf, Left, Stage, Trunk

Money = float | np.ndarray


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

    def of(self, members: slice, weights: np.ndarray) -> Rates:
        """The rates of some members as (year, member), discounted and weighted: sums over them are means."""
        weight = self.discount[:, None] * weights
        levers = {name: np.ascontiguousarray(rate[members].T) * weight for name, rate in self.levers.items()}
        prices = {name: np.ascontiguousarray(price[members].T) * weight for name, price in self.prices.items()}
        return Rates(levers, prices, self.discount)


def _by_member(quantity: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Sum over years of what each member pays: (member,)."""
    return np.einsum("ym,ym->m", quantity, rate)


class Ledger:
    """Quantities and costs of a batch; what several packages share is worked out once.

    Parameters
    ----------
    stage : Stage
    rates : Rates
        Of the batch's members, from `Rates.of`.
    plan : Plan
    by_member : bool
        Give costs member by member, (member,), instead of their sum.
    """

    def __init__(self, stage: Stage, rates: Rates, plan: Plan, *, by_member: bool = False) -> None:
        self.stage, self.rates, self.plan = stage, rates, plan
        self._dot = _by_member if by_member else np.vdot
        self.steps = {part: [self._steps(m) for m in plan.parts[part]] for part in ("intensity", "process")}
        books = stage.accounts
        self.baseline = sum(self._dot(books.both(books.energy, [g], 1.0), price) for g, price in rates.prices.items())
        self._trunk: Trunk | None = None
        self._ones = np.ones(stage.sinks.shape)

    def _steps(self, measures: Measures) -> list[tuple[str, np.ndarray | float]]:
        """Each measure with the share that it takes of what its part acts on, after the measures before it."""
        before: np.ndarray | float = 1.0
        steps = []
        for measure in measures:
            left = self.stage.left_by(measure)
            steps.append((measure.lever.lever_id, before * (1.0 - left)))
            before = before * left
        return steps

    def leaf(self, leaf: Leaf) -> Money:
        """Weighted cost of a leaf over the batch, sinks left out, million CNY."""
        if leaf.trunk is not self._trunk:
            self._open(leaf.trunk, leaf.parts["structure"])
        cost = self._of_structure - self.baseline + self._dot(self._energy * leaf.intensity, self._ones)
        for key in (("intensity", leaf.parts["intensity"]), ("process", leaf.parts["process"])):
            if key not in self._known:
                self._known[key] = self.of_part(*key, leaf.trunk.structure)
            cost += self._known[key]
        return cost + self._worth({measure.lever.lever_id: captured for measure, captured in leaf.captures})

    def _open(self, trunk: Trunk, structure: int) -> None:
        """Begin with a trunk: energy and substitutions by member and year, structure as a sum."""
        self._trunk, self._known = trunk, {}
        self._energy = np.zeros(self.stage.sinks.shape)
        for group, price in self.rates.prices.items():
            self._energy += self.stage.accounts.both(trunk.energy, [group], trunk.structure) * price
        for lever_id, replaced in self._replaced(trunk).items():
            self._energy += replaced * self.rates.levers.get(lever_id, 0.0)
        self._of_structure = self.of_structure(structure)

    def of_structure(self, at: int) -> Money:
        """Cost of a set of structure measures."""
        return self._worth(self._moved(self.plan.parts["structure"][at]))

    def of_part(self, name: str, at: int, structure: Left) -> Money:
        """Cost of a set of intensity or process measures, on what structure leaves."""
        return self._worth(self._shared(name, at, structure))

    def _worth(self, quantities: Mapping[str, np.ndarray]) -> Money:
        """Discounted and weighted cost of some quantities, as far as it is known."""
        rates = self.rates.levers
        return sum((self._dot(amount, rates[name]) for name, amount in quantities.items() if name in rates), 0.0)

    def quantities(self, leaf: Leaf) -> dict[str, np.ndarray]:
        """Quantity of each lever of a leaf, sinks left out: lever -> (year, member)."""
        found = self._moved(self.plan.parts["structure"][leaf.parts["structure"]])
        for part in ("intensity", "process"):
            found |= self._shared(part, leaf.parts[part], leaf.trunk.structure)
        found |= {name: replaced * leaf.intensity for name, replaced in self._replaced(leaf.trunk).items()}
        return found | {measure.lever.lever_id: captured for measure, captured in leaf.captures}

    def energy(self, leaf: Leaf) -> dict[str, np.ndarray]:
        """Energy of each carrier group of a leaf, the energy of capture left out: group -> (year, member), TJ."""
        books, trunk = self.stage.accounts, leaf.trunk
        return {g: books.both(trunk.energy, [g], trunk.structure) * leaf.intensity for g in books.groups}

    def _moved(self, measures: Measures) -> dict[str, np.ndarray]:
        """Activity that structure moves or closes."""
        moved, activity = {}, self.stage.activity
        for measure in measures:
            drawn, phase = self.stage.values(measure)
            moved[measure.lever.lever_id] = activity * (drawn["share"] * phase)
            if measure.lever.action == "retire_activity":
                activity = activity - moved[measure.lever.lever_id]
        return moved

    def _replaced(self, trunk: Trunk) -> dict[str, np.ndarray]:
        """Energy that substitutions replace, before intensity, TJ."""
        books, found = self.stage.accounts, {}
        for lever_id, taken in trunk.mix.taken.items():
            parts = {(k, g): books.energy[k, g] * share for g, share in taken.items() for k in books.classes}
            found[lever_id] = books.both(parts, taken, trunk.structure)
        return found

    def _shared(self, part: str, at: int, left: Left) -> dict[str, np.ndarray]:
        """What intensity measures save (TJ) or process measures avoid (tCO2/yr), after structure."""
        steps = self.steps[part][at]
        if not steps:
            return {}
        books = self.stage.accounts
        if part == "intensity":
            base = books.both(books.energy, books.groups, left)
        else:
            base = left * books.process[ECONOMIC, True] + books.process[RESIDENT, True]
        return {lever_id: base * share for lever_id, share in steps}

    def grown(self, measures: Measures) -> dict[str, np.ndarray]:
        """Sequestration that the sinks part adds: lever -> (year, member), tCO2/yr."""
        found, sinks = {}, self.stage.sinks
        for measure in measures:
            drawn, phase = self.stage.values(measure)
            found[measure.lever.lever_id] = sinks * (drawn["area_growth"] * phase)
            sinks = sinks + found[measure.lever.lever_id]
        return found

    def sinks(self, measures: Measures) -> Money:
        """Weighted cost of the sinks part over the batch."""
        return self._worth(self.grown(measures))
