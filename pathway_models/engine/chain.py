"""The chain of docs/methods.md for one package of levers, one line a relation.

    drivers     activity V, energy V I, shares mu, grid, output A    `baseline.plans.baseline_paths`
    plans       overrides, then committed projects                   (the same)
    structure   sigma, share left of the economic sectors            `left`
    intensity   iota, share left of all energy                       `left`
    mix         energy and emissions by group after substitution     `mixed`
    process     A pi sigma, its technical part times the share left  `processes`
    undivided   sigma (iota mu U_fuel + U), if carriers are unknown  `undivided`
    capture     share captured, emissions of its energy              `plants`
    accounts    iota sigma E f + process - captured + its energy     `total`, `PackageCase`

`follow` is that order.  Packages that agree in the parts a relation depends on share its result (`Kept`): it is
computed once along the tree of packages.  Sums are over the sectors of a class and the carriers of a group
(`batches.Accounts`), on which all measures act alike.  Arrays are (year, member).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from pathway_models.engine import batches
from pathway_models.kernels.emissions import mean_factor
from pathway_models.levers.action import Values
from pathway_models.records.levers import Measure
from pathway_models.records.park import FUELS

Measures = tuple[Measure, ...]


def follow(
    sums: batches.Accounts,
    index: int,
    at: dict[str, int],
    of: dict[str, Measures],
    keep: "Kept",
    out: np.ndarray,
    room: np.ndarray,
) -> "PackageCase":
    """Follow one package through the chain, on the drivers and plans of a batch.

    Parameters
    ----------
    sums : Accounts, of the projected years
    index, at : as in `PackageCase` (``parts``)
    of : part -> measures
    keep : Kept, results shared with earlier packages
    out, room : (year, member)
        The total, tCO2/yr, and working space; written over.
    """
    keep.begin(at)
    structure = keep(("structure",), left, sums, of["structure"])
    intensity = keep(("intensity",), left, sums, of["intensity"])
    mix = keep(("mix",), mixed, sums, of["mix"])
    case = keep(("mix", "structure"), StructureCase, mix, structure)
    kept = keep(("process",), left_by_process, sums, of["process"])
    technical, process = keep(("structure", "process"), processes, sums, structure, kept)
    whole = keep(("mix", "structure", "intensity"), undivided, sums, mix, structure, intensity)
    equipped = keep(("mix", "structure", "capture"), plants, case, of["capture"])
    parts = (technical, process) if whole is sums.zero else (technical + whole, process + whole)
    captures = total(case, intensity, *parts, equipped, sums.batch.ceiling, out, room)
    return PackageCase(index, at, case, intensity, process, captures, out, whole)


# structure, intensity, process ---------------------------------------------------------------------------------------


def left(sums: batches.Accounts, measures: Measures) -> batches.Left:
    """Multiply the shares left by the measures of one part: (year, member), or 1 without measures."""
    product: batches.Left = 1.0
    for measure, at in sums.batch.drawn(measures):
        product = product * measure.lever.acts.left(at)
    return product


def left_by_process(sums: batches.Accounts, measures: Measures) -> dict[tuple[str, str], batches.Left]:
    """Multiply the shares left by process measures, by kind of sectors and use, to which measures may be limited."""
    product: dict[tuple[str, str], batches.Left] = dict.fromkeys(sums.made_by, 1.0)
    for measure, at in sums.batch.drawn(measures):
        here = measure.lever.acts.left(at)
        product |= {made_by: one * here for made_by, one in product.items() if measure.lever.reaches(*made_by)}
    return product


# mix -----------------------------------------------------------------------------------------------------------------


def mixed(sums: batches.Accounts, measures: Measures) -> "MixCase":
    """Replace energy by other carriers, one measure after the other."""
    mix = batches.Mix()
    for measure, at in sums.batch.drawn(measures):
        acts = measure.lever.acts
        mix = sums.substitute(mix, measure.lever, acts.share(at), acts.ratio(at))
    return MixCase(sums, mix)


@dataclass(frozen=True, eq=False)
class MixCase:
    """Energy and emissions of one mix, before structure and intensity: (class, group) -> (year, member)."""

    sums: batches.Accounts
    mix: batches.Mix

    @cached_property
    def energy(self) -> batches.Parts:
        """TJ."""
        return {key: self.sums.use_of(self.mix, *key) for key in self.sums.energy}

    @cached_property
    def emissions(self) -> batches.Parts:
        """Of the groups that emit, tCO2/yr."""
        groups = [group for group in self.sums.groups if group in batches.EMITTING]
        return {(k, g): self.sums.emissions_of(self.mix, k, g) for k in self.sums.classes for g in groups}


# process, capture ----------------------------------------------------------------------------------------------------


def processes(
    sums: batches.Accounts, structure: batches.Left, kept: Mapping[tuple[str, str], batches.Left]
) -> tuple[np.ndarray, np.ndarray]:
    """Scale process emissions: those that can be captured, and all, tCO2/yr."""
    balance = batches.times(structure, sums.process[batches.ECONOMIC, False]) + sums.process[batches.RESIDENT, False]
    technical = sums.sum(
        [
            batches.times(
                kept[one],
                batches.times(structure, sums.technical[batches.ECONOMIC, one]) + sums.technical[batches.RESIDENT, one],
            )
            for k, one in sums.technical
            if k == batches.ECONOMIC
        ]
    )
    return technical, technical + balance


def undivided(sums: batches.Accounts, mix: MixCase, structure: batches.Left, intensity: batches.Left) -> np.ndarray:
    """Scale emissions not known by carrier: (year, member), tCO2/yr (docs/methods.md, section 7).

    Structure scales all of them.  Intensity, and substitutions that replace all main fuels, scale those from fuel
    alone; they leave a sum of fuel and processes unchanged, since its part of fuel is not known.
    """
    if not sums.has_undivided:
        return sums.zero
    _, mixed_up = sums.undivided.values()
    return batches.times(structure, batches.times(intensity, sums.fuel_of(mix.mix)) + mixed_up)


@dataclass(frozen=True, eq=False)
class StructureCase:
    """Results shared by all packages of one mix and structure; ``structure`` is the share left of economic sectors."""

    of_mix: MixCase
    structure: batches.Left
    _eligible: dict[tuple[str, ...], np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def emissions(self) -> np.ndarray:
        """tCO2/yr before intensity, without processes."""
        return self.of_mix.sums.both(self.of_mix.emissions, batches.EMITTING, self.structure)

    def eligible(self, groups: tuple[str, ...]) -> np.ndarray:
        """Sum the fuel emissions that capture may take, tCO2/yr before intensity; residents have no plant."""
        if groups not in self._eligible:
            held = self.of_mix.sums.sum_of(self.of_mix.emissions, batches.ECONOMIC, groups)
            self._eligible[groups] = batches.times(self.structure, held)
        return self._eligible[groups]

    @cached_property
    def electricity_factor(self) -> np.ndarray:
        """tCO2/TJ of the electricity for capture: the mean of purchased electricity."""
        sums, at = self.of_mix.sums, self.of_mix
        billed = sums.both(at.emissions, ("electricity",), self.structure)
        return mean_factor(billed, sums.both(at.energy, batches.POWER, self.structure), sums.grid_factor())

    @cached_property
    def heat_factor(self) -> np.ndarray:
        """tCO2/TJ of the heat for capture: the mean of the fuels.

        ASSUME: a scenario that burns nothing heats its capture plant with electricity.
        """
        sums, at = self.of_mix.sums, self.of_mix
        direct = sums.both(at.emissions, FUELS, self.structure)
        other = sums.fuel_factor()
        otherwise = self.electricity_factor if other is None else np.full(sums.zero.shape, other)
        return mean_factor(direct, sums.both(at.energy, batches.BURNT, self.structure), otherwise)


class Plant(NamedTuple):
    """A capture measure: share of the capturable CO2 that it takes, and net saving of a tonne taken."""

    measure: Measure
    at: Values
    gross: np.ndarray
    net: np.ndarray


def plants(case: StructureCase, measures: Measures) -> list[Plant]:
    """Compute the capture measures of a package per tonne that can be captured."""
    sums, found = case.of_mix.sums, []
    for measure, at in sums.batch.drawn(measures):
        acts, tonne = measure.lever.acts, np.ones(sums.zero.shape)
        heat = acts.heat(tonne, at) * case.heat_factor
        electricity = acts.electricity(tonne, at) * case.electricity_factor
        found.append(Plant(measure, at, acts.captured(tonne, at), tonne - heat - electricity))
    return found


# accounts ------------------------------------------------------------------------------------------------------------


class Captured(NamedTuple):
    """A capture measure with the CO2 it takes, tCO2/yr."""

    measure: Measure
    at: Values
    taken: np.ndarray


@dataclass(frozen=True, eq=False)
class PackageCase:
    """One package of one batch; arrays (year, member).

    Parameters
    ----------
    index : row of ``PackageTree.cases``
    parts : part -> position in ``PackageTree.parts``
    of_structure : StructureCase
    intensity : share of all energy that intensity leaves
    process : tCO2/yr of processes
    captures : tuple of Captured
    total : tCO2/yr; written over by the next case
    undivided : tCO2/yr not known by carrier
    """

    index: int
    parts: dict[str, int]
    of_structure: StructureCase
    intensity: batches.Left
    process: np.ndarray
    captures: tuple[Captured, ...]
    total: np.ndarray
    undivided: np.ndarray

    def emissions(self, group: str, out: np.ndarray | None = None) -> np.ndarray:
        """Return the emissions of a group, the energy of capture left out: tCO2/yr."""
        above = self.of_structure
        held = above.of_mix.sums.both(above.of_mix.emissions, (group,), above.structure)
        return np.multiply(held, self.intensity, out=out)

    def energy(self, groups: Iterable[str], out: np.ndarray | None = None) -> np.ndarray:
        """Return the energy of some groups, that of capture left out: TJ."""
        above = self.of_structure
        held = above.of_mix.sums.both(above.of_mix.energy, groups, above.structure)
        return np.multiply(held, self.intensity, out=out)

    def location_based(self, out: np.ndarray | None = None) -> np.ndarray:
        """Return the purchased electricity at the grid's factor, that of capture left out: tCO2/yr."""
        above = self.of_structure
        return np.multiply(above.of_mix.sums.location_based(above.of_mix.mix, above.structure), self.intensity, out=out)


def total(
    case: StructureCase,
    intensity: batches.Left,
    technical: np.ndarray,
    process: np.ndarray,
    equipped: Sequence[Plant],
    ceiling: np.ndarray | None,
    out: np.ndarray,
    room: np.ndarray,
) -> tuple[Captured, ...]:
    """Compute the total of a package in place: iota sigma E f + process - captured, net of the energy of capture.

    Parameters
    ----------
    technical, process : (year, member)
        Process emissions that can be captured, and all, each with the undivided ones.
    ceiling : (year, member) or None
        Upper limit of all plants together; None without a limit.
    out, room : (year, member)
        The total, and working space; written over.
    """
    np.multiply(intensity, case.emissions, out=out)
    np.add(out, process, out=out)
    captures: list[Captured] = []
    for plant in equipped:
        np.multiply(intensity, case.eligible(plant.measure.lever.takes_from), out=room)
        np.add(room, technical, out=room)
        for earlier in captures:  # a second plant captures from what the first has left
            np.subtract(room, earlier.taken, out=room)
        np.maximum(room, 0.0, out=room)
        taken = room * plant.gross
        if ceiling is not None:
            np.minimum(taken, ceiling - sum(earlier.taken for earlier in captures), out=taken)
        captures.append(Captured(plant.measure, plant.at, taken))
        np.subtract(out, np.multiply(taken, plant.net, out=room), out=out)
    return tuple(captures)


def sinks(sums: batches.Accounts, measures: Measures, start: np.ndarray) -> np.ndarray:
    """Grow the sinks, which stand beside the total: (year, member), tCO2/yr."""
    grown = start
    for measure, at in sums.batch.drawn(measures):
        grown = grown * (measure.lever.acts.added(at) + 1.0)
    return grown


class Kept:
    """Cache of the results of relations, by the parts they depend on.

    Cases are ordered by mix, then by structure: results that depend on one of these and other parts are dropped when
    the next begins, so that memory holds one mix and one structure at a time.
    """

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self._found: dict[tuple[str, ...], dict[tuple[int, ...], Any]] = {}

    def begin(self, at: dict[str, int]) -> None:
        """Start a package, given by its positions in ``PackageTree.parts``."""
        moved = {part for part in ("mix", "structure") if self._at.get(part) != at[part]}
        if moved:
            for on, found in self._found.items():
                if moved & set(on) and on != ("structure",):
                    found.clear()
        self._at = at

    def __call__(self, on: tuple[str, ...], relation: Callable[..., Any], *given: Any) -> Any:
        """Return the result of a relation, computed unless an earlier package had the same parts."""
        found, key = self._found.setdefault(on, {}), tuple(map(self._at.__getitem__, on))
        if key not in found:
            found[key] = relation(*given)
        return found[key]
