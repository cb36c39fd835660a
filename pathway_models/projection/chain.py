"""The model on one screen: the relations of docs/methods.md in their order, each written once.

    drivers     activity V, energy V I, shares mu, grid, output A     forecasting.baseline.baseline_paths
    plans       overrides and committed projects, in the drivers      forecasting.baseline.baseline_paths
    structure   sigma = product of what its measures leave            left
    intensity   iota  = product of what its measures leave            left
    mix         energy of a group, and its emissions E f              mixed, MixCase
    process     sigma A pi, technical part times what is left         processes
    capture     share of what can be captured, its energy's CO2       StructureCase, plants
    accounts    total = iota sigma E f + process - captured + energy  total, PackageCase

Energy and emissions are summed over the sectors of a class and the carriers of a group (`accounts.Accounts`), on which
all measures act alike.  A package is worked out from its mix down; packages that share a mix, or a mix and a structure,
share a case (`batch_evaluator.BatchEvaluator`).  Arrays are (year, member), each worked out when first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pathway_models.kernels.emissions import mean_factor
from pathway_models.levers.action import Values
from pathway_models.projection.accounts import (
    BURNT,
    ECONOMIC,
    EMITTING,
    FOSSIL,
    POWER,
    RESIDENT,
    Accounts,
    Left,
    Mix,
    Parts,
    times,
)
from pathway_models.records.levers import Measure

#: A measure with its drawn parameters and its phase.
Drawn = tuple[Measure, Values]


# structure, intensity, process ---------------------------------------------------------------------------------------


def left(drawn: Iterable[Drawn]) -> Left:
    """Multiply what the measures of one part leave: (year, member), or 1 without measures."""
    product: Left = 1.0
    for measure, at in drawn:
        product = product * measure.lever.acts.left(at)
    return product


# mix -----------------------------------------------------------------------------------------------------------------


def mixed(sums: Accounts, drawn: Iterable[Drawn]) -> Mix:
    """Replace energy by other carriers, one measure after the other."""
    mix = Mix()
    for measure, at in drawn:
        acts = measure.lever.acts
        mix = sums.substitute(mix, measure.lever, acts.share(at), acts.ratio(at))
    return mix


@dataclass(frozen=True, eq=False)
class MixCase:
    """Energy and emissions of one mix, before structure and intensity: (class, group) -> (year, member)."""

    sums: Accounts
    mix: Mix

    @cached_property
    def energy(self) -> Parts:
        """TJ."""
        return {key: self.sums.use_of(self.mix, *key) for key in self.sums.energy}

    @cached_property
    def emissions(self) -> Parts:
        """Of the groups that emit, tCO2/yr."""
        groups = [group for group in self.sums.groups if group in EMITTING]
        return {(k, g): self.sums.emissions_of(self.mix, k, g) for k in self.sums.classes for g in groups}


# process -------------------------------------------------------------------------------------------------------------


def processes(sums: Accounts, structure: Left, kept: Left) -> tuple[np.ndarray, np.ndarray]:
    """Scale process emissions: those that can be captured, and all, tCO2/yr."""
    technical, balance = (
        times(structure, sums.process[ECONOMIC, kind]) + sums.process[RESIDENT, kind] for kind in (True, False)
    )
    technical = times(kept, technical)
    return technical, technical + balance


# capture -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class StructureCase:
    """What all packages of one mix and structure share; ``structure`` is what is left of the economic sectors."""

    of_mix: MixCase
    structure: Left

    @cached_property
    def emissions(self) -> np.ndarray:
        """tCO2/yr before intensity, without processes."""
        return self.of_mix.sums.both(self.of_mix.emissions, EMITTING, self.structure)

    def eligible(self, groups: tuple[str, ...]) -> np.ndarray:
        """What capture may take from fuels, tCO2/yr before intensity; residents have no plant."""
        return times(self.structure, self.of_mix.sums.sum_of(self.of_mix.emissions, ECONOMIC, groups))

    @cached_property
    def electricity_factor(self) -> np.ndarray:
        """tCO2/TJ of the electricity that capture needs: the mean of what is bought."""
        sums, at = self.of_mix.sums, self.of_mix
        billed = sums.both(at.emissions, ("electricity",), self.structure)
        return mean_factor(billed, sums.both(at.energy, POWER, self.structure), sums.grid_factor())

    @cached_property
    def heat_factor(self) -> np.ndarray:
        """tCO2/TJ of the heat that capture needs: the mean of the fuels.

        ASSUME: a scenario that burns nothing heats its capture plant with electricity.
        """
        sums, at = self.of_mix.sums, self.of_mix
        direct = sums.both(at.emissions, FOSSIL, self.structure)
        return mean_factor(direct, sums.both(at.energy, BURNT, self.structure), self.electricity_factor)


class Plant(NamedTuple):
    """A capture measure: share of the capturable CO2 that it takes, and takes net of what its energy emits."""

    measure: Measure
    at: Values
    gross: np.ndarray
    net: np.ndarray


def plants(case: StructureCase, drawn: Iterable[Drawn]) -> list[Plant]:
    """Work out the capture measures of a package for one tonne that can be captured."""
    found = []
    for measure, at in drawn:
        acts = measure.lever.acts
        gross = acts.captured(np.ones(case.of_mix.sums.zero.shape), at)
        heat = acts.heat(gross, at) * case.heat_factor
        electricity = acts.electricity(gross, at) * case.electricity_factor
        found.append(Plant(measure, at, gross, gross - heat - electricity))
    return found


# accounts ------------------------------------------------------------------------------------------------------------


class Captured(NamedTuple):
    """A capture measure with what it takes, tCO2/yr."""

    measure: Measure
    at: Values
    taken: np.ndarray


@dataclass(frozen=True, eq=False)
class PackageCase:
    """One package of one batch; arrays (year, member).

    Parameters
    ----------
    index : int
        Row of ``PackageTree.cases``.
    parts : part -> position in ``PackageTree.parts``
    of_structure : StructureCase
    intensity : share of all energy that intensity leaves
    process : tCO2/yr of processes
    captures : tuple of Captured
    total : tCO2/yr; written over by the next case
    """

    index: int
    parts: dict[str, int]
    of_structure: StructureCase
    intensity: Left
    process: np.ndarray
    captures: tuple[Captured, ...]
    total: np.ndarray

    def emissions(self, group: str, out: np.ndarray | None = None) -> np.ndarray:
        """Emissions of a group, the energy of capture left out: tCO2/yr."""
        above = self.of_structure
        held = above.of_mix.sums.both(above.of_mix.emissions, (group,), above.structure)
        return np.multiply(held, self.intensity, out=out)

    def energy(self, groups: Iterable[str], out: np.ndarray | None = None) -> np.ndarray:
        """Energy of some groups, that of capture left out: TJ."""
        above = self.of_structure
        held = above.of_mix.sums.both(above.of_mix.energy, groups, above.structure)
        return np.multiply(held, self.intensity, out=out)

    def location_based(self, out: np.ndarray | None = None) -> np.ndarray:
        """Purchased electricity at the grid's factor, that of capture left out: tCO2/yr."""
        above = self.of_structure
        return np.multiply(above.of_mix.sums.location_based(above.of_mix.mix, above.structure), self.intensity, out=out)


def total(
    case: StructureCase,
    intensity: Left,
    technical: np.ndarray,
    process: np.ndarray,
    equipped: Sequence[Plant],
    eligible: dict[tuple[str, ...], np.ndarray],
    out: np.ndarray,
    room: np.ndarray,
) -> tuple[Captured, ...]:
    """Add a package up, in place: total = iota sigma E f + process - captured, net of what its energy emits.

    Parameters
    ----------
    technical, process : (year, member)
        Process emissions that can be captured, and all.
    eligible : dict groups -> (year, member)
        `StructureCase.eligible` of what was asked before; filled in.
    out, room : (year, member)
        The total, and working space; written over.
    """
    np.multiply(intensity, case.emissions, out=out)
    np.add(out, process, out=out)
    captures: list[Captured] = []
    for plant in equipped:
        takes = plant.measure.lever.takes_from
        if takes not in eligible:
            eligible[takes] = case.eligible(takes)
        np.multiply(intensity, eligible[takes], out=room)
        np.add(room, technical, out=room)
        for earlier in captures:  # a second plant finds only what the first has left
            np.subtract(room, earlier.taken, out=room)
        np.maximum(room, 0.0, out=room)
        captures.append(Captured(plant.measure, plant.at, room * plant.gross))
        np.subtract(out, np.multiply(room, plant.net, out=room), out=out)
    return tuple(captures)


def sinks(start: np.ndarray, drawn: Iterable[Drawn]) -> np.ndarray:
    """Grow the sinks, which stand beside the total: (year, member), tCO2/yr."""
    grown = start
    for measure, at in drawn:
        grown = grown * (measure.lever.acts.added(at) + 1.0)
    return grown
