"""Costs of packages as a weighted sum over a batch of members: money on the same tree as the emissions.

Every lever has a quantity that its cost is counted on, in the package it stands in: ``counted`` of its action
(`pathway_models.levers`), such as energy saved, activity closed or CO2 captured.

The cost of a package is the sum of rate x quantity over levers, and of price x energy over carrier groups, less the
energy bill without levers.  Interactions are exact: a lever is paid for what it does after the ones before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.engine.accounts import ECONOMIC, RESIDENT, Left
from pathway_models.engine.chain import Measures, PackageCase, StructureCase
from pathway_models.engine.package_tree import BatchEvaluator, PackageTree

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
        """Take the rates of some members as (year, member), discounted and weighted: sums over them are means."""
        weight = self.discount[:, None] * weights
        levers = {name: np.ascontiguousarray(rate[members].T) * weight for name, rate in self.levers.items()}
        prices = {name: np.ascontiguousarray(price[members].T) * weight for name, price in self.prices.items()}
        return Rates(levers, prices, self.discount)


def _by_member(quantity: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Sum over years of what each member pays: (member,)."""
    return np.einsum("ym,ym->m", quantity, rate)


class PackageCosts:
    """Quantities and costs of a batch; what several packages share is worked out once.

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
        self.steps = {part: [self._steps(m) for m in tree.parts[part]] for part in ("intensity", "process")}
        books = batch.accounts
        self.baseline = sum(self._dot(books.both(books.energy, [g], 1.0), price) for g, price in rates.prices.items())
        self._open_on: StructureCase | None = None
        self._ones = np.ones(batch.sinks.shape)

    def _steps(self, measures: Measures) -> list[tuple[str, Left]]:
        """List each measure with the share its cost is counted on, of what the ones before leave of its part."""
        before: Left = 1.0
        steps = []
        for measure, at in self.batch.drawn(measures):
            acts = measure.lever.acts
            steps.append((measure.lever.lever_id, before * acts.counted_share(at)))
            before = before * acts.left(at)
        return steps

    def case(self, case: PackageCase) -> Money:
        """Compute the weighted cost of a case over the batch, sinks left out, million CNY."""
        if case.of_structure is not self._open_on:
            self._open(case.of_structure, case.parts["structure"])
        cost = self._of_structure - self.baseline + self._dot(self._energy * case.intensity, self._ones)
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
        """Compute the cost of a set of intensity or process measures, on what structure leaves."""
        return self._worth(self._shared(name, at, structure))

    def _worth(self, quantities: Mapping[str, np.ndarray]) -> Money:
        """Compute the discounted and weighted cost of some quantities, as far as it is known."""
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
        """Compute the activity that structure moves or closes."""
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
            parts = {(k, g): books.energy[k, g] * share for g, share in taken.items() for k in books.classes}
            found[lever_id] = books.both(parts, taken, above.structure)
        return found

    def _shared(self, part: str, at: int, left: Left) -> dict[str, np.ndarray]:
        """Compute what intensity measures save (TJ) or process measures avoid (tCO2/yr), after structure."""
        steps = self.steps[part][at]
        if not steps:
            return {}
        books = self.batch.accounts
        if part == "intensity":
            base = books.both(books.energy, books.groups, left)
        else:
            base = left * books.process[ECONOMIC, True] + books.process[RESIDENT, True]
        return {lever_id: base * share for lever_id, share in steps}

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
