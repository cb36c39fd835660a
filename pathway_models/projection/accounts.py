"""What a batch of members uses and emits, summed over sectors, so that many packages can be worked out from it.

Every measure treats all economic sectors of a park alike, and residents alike among themselves.  Two classes of
sectors are therefore enough, and within each the sums by carrier group: structure multiplies the economic class,
efficiency both, and a substitution leaves the same share of each group everywhere while it gives so many TJ of its
target carriers for one TJ of a group.  Energy *and* emissions are kept, because the target's factor may differ by
sector.  Arrays are (year, member) over projected years: one row of the processor's cache a year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from pathway_models.projection.chain import Chain
from pathway_models.projection.projecting import _Batch
from pathway_models.records.levers import Lever

#: Classes of sectors: economic ones, which structure and capture reach, and residents.
ECONOMIC, RESIDENT = 0, 1
#: Groups whose emissions are counted, and those that are burnt in the park.
FOSSIL = ("coal", "oil", "gas", "other_fuel")
EMITTING = (*FOSSIL, "electricity", "heat")
BURNT = (*FOSSIL, "biomass", "hydrogen")
POWER = ("electricity", "green_electricity")


@dataclass
class Mix:
    """What substitutions leave of each group and add in each target carrier, for one TJ of a group.

    Parameters
    ----------
    left : dict group -> (year, member)
        Share left; a group that no measure took from is not listed.
    added : dict (carrier, group) -> (year, member)
        TJ of the carrier for one TJ that the group had at first.
    taken : dict lever -> dict group -> (year, member)
        TJ a lever replaced, for one TJ that the group had at first.
    """

    left: dict[str, np.ndarray] = field(default_factory=dict)
    added: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    taken: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)


@dataclass
class Accounts:
    """Sums over sectors of a batch's baseline.

    Parameters
    ----------
    start : Chain
        The batch before any measure: energy and process output by sector, all years.
    batch
        Factors, factor errors and which processes are technical.
    projected : slice
        The years after the last observed one.
    """

    start: Chain
    batch: _Batch
    projected: slice
    _given: dict[tuple[int, str, str], np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        start = self.start
        self.groups = tuple(dict.fromkeys(start.groups))
        self.group_of = dict(zip(start.carriers, start.groups, strict=True))
        self.sectors = (np.flatnonzero(start.movable), np.flatnonzero(~start.movable))
        self.classes = tuple(at for at in (ECONOMIC, RESIDENT) if self.sectors[at].size)
        self.energy = {(k, g): self._sum(start.energy, k, g) for k in self.classes for g in self.groups}
        weighted = start.energy * self.batch.factors
        self.emissions = {
            (k, g): self._sum(weighted, k, g) * self.error(g)
            for k in self.classes
            for g in self.groups
            if g in EMITTING
        }
        self.process = {(k, t): self._process(k, t) for k in (ECONOMIC, RESIDENT) for t in (True, False)}
        self.grid = self._shaped(self.batch.grid[:, 0]) * self.error("electricity")

    def error(self, group: str) -> np.ndarray:
        """Constant factor error of a group: (1, member)."""
        return self.batch.errors[group].T

    def _shaped(self, values: np.ndarray) -> np.ndarray:
        """(member, year) of all years to (year, member) of the projected ones."""
        return np.ascontiguousarray(values[:, self.projected].T)

    def _sum(self, values: np.ndarray, k: int, group: str) -> np.ndarray:
        picked = [c for c, name in enumerate(self.start.groups) if name == group]
        return self._shaped(values[:, self.sectors[k]][:, :, picked].sum(axis=(1, 2)))

    def _process(self, k: int, technical: bool) -> np.ndarray:
        start = self.start
        inside = np.isin(start.process_sectors, self.sectors[k]) & (self.batch.is_technical == technical)
        emitted = (start.output[:, inside] * self.batch.process_factors[inside]).sum(axis=1)
        return self._shaped(emitted) * self.error("process")

    def observed(self) -> np.ndarray:
        """Totals of the observed years, which no measure changes: (year, member), tCO2/yr."""
        start, batch, years = self.start, self.batch, slice(0, self.projected.start)
        total = (start.output * batch.process_factors)[..., years].sum(axis=1) * batch.errors["process"]
        for group in EMITTING:
            picked = [c for c, name in enumerate(start.groups) if name == group]
            part = start.energy[:, :, picked, years] * batch.factors[:, :, picked, years]
            total = total + part.sum(axis=(1, 2)) * batch.errors[group]
        return total.T

    def given(self, k: int, carrier: str, group: str) -> np.ndarray:
        """Emissions of a target carrier if every TJ of a group in a class became one TJ of it: (year, member)."""
        key = (k, carrier, group)
        if key not in self._given:
            start, sectors = self.start, self.sectors[k]
            picked = [c for c, name in enumerate(start.groups) if name == group]
            energy = start.energy[:, sectors][:, :, picked].sum(axis=2)
            factor = self.batch.factors[:, sectors, start.carriers.index(carrier)]
            self._given[key] = self._shaped((energy * factor).sum(axis=1)) * self.error(self.group_of[carrier])
        return self._given[key]

    def use_of(self, mix: Mix, k: int, group: str) -> np.ndarray:
        """Energy of a group in a class after the substitutions: (year, member), TJ before structure and intensity."""
        total = self.energy[k, group] * mix.left.get(group, 1.0)
        for (carrier, origin), share in mix.added.items():
            if self.group_of[carrier] == group:
                total = total + share * self.energy[k, origin]
        return total

    def emissions_of(self, mix: Mix, k: int, group: str) -> np.ndarray:
        """Emissions of a group in a class after the substitutions: (year, member), tCO2/yr."""
        total = self.emissions[k, group] * mix.left.get(group, 1.0)
        for (carrier, origin), share in mix.added.items():
            if self.group_of[carrier] == group:
                total = total + share * self.given(k, carrier, origin)
        return total

    def sum_of(self, parts: dict[tuple[int, str], np.ndarray], k: int, groups: Iterable[str]) -> np.ndarray:
        """Sum of what ``parts`` holds for some groups of a class: (year, member)."""
        total = np.zeros(self.grid.shape)
        for group in groups:
            if (k, group) in parts:
                total += parts[k, group]
        return total

    def both(
        self, parts: dict[tuple[int, str], np.ndarray], groups: Iterable[str], left: np.ndarray | float
    ) -> np.ndarray:
        """Sum over both classes, the economic one multiplied by what structure leaves of it: (year, member)."""
        economic = left * self.sum_of(parts, ECONOMIC, groups)
        return economic + self.sum_of(parts, RESIDENT, groups) if RESIDENT in self.classes else economic

    def substitute(self, mix: Mix, lever: Lever, share: np.ndarray, ratio: np.ndarray) -> Mix:
        """One more substitution, on what the ones before left.

        Parameters
        ----------
        mix : Mix
            Left alone.
        lever : Lever
            Says which groups are replaced by which carriers.
        share : (year, member)
            Share replaced.
        ratio : (1, member)
            TJ of the new carriers for one TJ of the old.
        """
        takes = [group for group in lever.takes_from if group in self.groups]
        kept = 1.0 - share
        # The lever's own taking is written down before anything is given: it takes nothing of what it gives.
        taken = {group: share * mix.left.get(group, 1.0) for group in takes}
        left = mix.left | {group: mix.left.get(group, 1.0) * kept for group in takes}
        added = {}
        for (carrier, origin), there in mix.added.items():
            of_taken = self.group_of[carrier] in takes
            if of_taken:
                taken[origin] = taken.get(origin, 0.0) + share * there
            added[carrier, origin] = there * kept if of_taken else there
        for carrier, part in lever.gives_to.items():
            for origin, amount in taken.items():
                added[carrier, origin] = added.get((carrier, origin), 0.0) + part * ratio * amount
        return Mix(left, added, mix.taken | {lever.lever_id: taken})
