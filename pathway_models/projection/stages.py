"""One batch of members on which packages are worked out, mix by mix, structure by structure, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pathway_models.kernels import levers as act
from pathway_models.kernels.quantiles import triangular
from pathway_models.kernels.ramps import ramp
from pathway_models.projection.accounts import (
    BURNT,
    ECONOMIC,
    EMITTING,
    FOSSIL,
    POWER,
    RESIDENT,
    Accounts,
    Mix,
    Parts,
    times,
)
from pathway_models.projection.batches import Batch
from pathway_models.projection.plans import PARTS, Measures, Plan
from pathway_models.records.levers import Measure
from pathway_models.records.park import ACTIVITY_KINDS

Left = np.ndarray | float


@dataclass(frozen=True, eq=False)
class Blend:
    """Energy and emissions of one mix before structure and intensity, each worked out when first asked for."""

    books: Accounts
    mix: Mix

    @cached_property
    def energy(self) -> Parts:
        """(class, group) -> (year, member), TJ."""
        return {key: self.books.use_of(self.mix, *key) for key in self.books.energy}

    @cached_property
    def emissions(self) -> Parts:
        """(class, group) -> (year, member), tCO2/yr, of the groups that emit."""
        books = self.books
        groups = [group for group in books.groups if group in EMITTING]
        return {(k, group): books.emissions_of(self.mix, k, group) for k in books.classes for group in groups}


@dataclass(frozen=True, eq=False)
class Trunk:
    """What all packages of one mix and structure share; arrays (year, member), each worked out when first asked for.

    Parameters
    ----------
    blend : Blend
    structure
        Share of the economic sectors' energy and output that structure leaves.
    """

    blend: Blend
    structure: Left

    @property
    def mix(self) -> Mix:
        """The mix it stands on."""
        return self.blend.mix

    @property
    def energy(self) -> Parts:
        """(class, group) -> TJ before structure and intensity."""
        return self.blend.energy

    @cached_property
    def emissions(self) -> np.ndarray:
        """tCO2/yr before intensity, without processes."""
        return self.blend.books.both(self.blend.emissions, EMITTING, self.structure)

    def eligible(self, groups: tuple[str, ...]) -> np.ndarray:
        """What capture may take from, tCO2/yr before intensity."""
        return times(self.structure, self.blend.books.sum_of(self.blend.emissions, ECONOMIC, groups))

    @cached_property
    def electricity_factor(self) -> np.ndarray:
        """tCO2/TJ of the electricity that capture needs: the mean of what is bought."""
        books = self.blend.books
        billed = books.both(self.blend.emissions, ("electricity",), self.structure)
        return act.mean_factor(billed, books.both(self.energy, POWER, self.structure), books.grid_factor())

    @cached_property
    def heat_factor(self) -> np.ndarray:
        """tCO2/TJ of the heat that capture needs: the mean of the fuels.

        ASSUME: a scenario that burns nothing heats its capture plant with electricity.
        """
        books = self.blend.books
        direct = books.both(self.blend.emissions, FOSSIL, self.structure)
        return act.mean_factor(direct, books.both(self.energy, BURNT, self.structure), self.electricity_factor)


@dataclass(frozen=True, eq=False)
class Leaf:
    """One package of one batch; arrays (year, member).

    Parameters
    ----------
    index : int
        Row of ``Plan.leaves``.
    parts : part -> position in ``Plan.parts``
    trunk : Trunk
    intensity : share of all energy that intensity leaves
    process : tCO2/yr of processes
    captures : tuple of (measure, tCO2/yr captured)
    total : tCO2/yr; written over by the next leaf
    """

    index: int
    parts: dict[str, int]
    trunk: Trunk
    intensity: Left
    process: np.ndarray
    captures: tuple[tuple[Measure, np.ndarray], ...]
    total: np.ndarray


class Stage:
    """A batch of members, ready for packages.

    Parameters
    ----------
    batch : Batch
        Made with every lever that any package uses.
    """

    def __init__(self, batch: Batch) -> None:
        frame, known = batch.frame, batch.frame.known
        self.batch, self.draws, self.members = batch, batch.draws, batch.members
        self.years = frame.years[known:]
        self.accounts = Accounts(batch, slice(known, None))
        # The record is the same for all members but for their factor errors.
        self.past = Accounts(batch, slice(0, known), slice(0, 1))
        self.size = batch.grid.shape[1]
        self.sinks = np.broadcast_to(frame.sinks[known:, None], (self.years.size, self.size))
        self.activity = self.accounts.activity(kind for kind in ACTIVITY_KINDS if kind != "population")
        self._drawn: dict[tuple, tuple[dict[str, np.ndarray], np.ndarray]] = {}

    @cached_property
    def observed(self) -> np.ndarray:
        """Totals of the observed years, which no measure changes: (year, member), tCO2/yr."""
        books = self.past
        total = books.both(books.emissions, EMITTING, 1.0) + sum(books.process.values())
        return np.broadcast_to(total, (books.zero.shape[0], self.size))

    def values(self, measure: Measure) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Parameters of a measure, each (1, member), and its phase, (year, 1)."""
        key = (id(measure.lever), measure.setting, measure.ramp)
        if key not in self._drawn:
            given = measure.ramp
            phase = ramp(self.years, given.shape, given.start, given.complete, given.delay_years)[:, None]
            drawn = {}
            for name, corners in measure.lever.triangles(measure.setting).items():
                uniform = self.draws.uniforms[f"{measure.lever.lever_id}:{name}"][self.members]
                drawn[name] = triangular(uniform, corners.low, corners.mode, corners.high)[None]
            self._drawn[key] = drawn, phase
        drawn, phase = self._drawn[key]
        return dict(drawn), phase

    def left_by(self, measure: Measure) -> np.ndarray:
        """What a measure of structure, intensity or process leaves of what it acts on: (year, member)."""
        drawn, phase = self.values(measure)
        if measure.lever.action == "replace_activity":
            return act.replace_activity(drawn["share"] * phase, drawn["intensity_ratio"])
        if measure.lever.action == "retire_activity":
            return act.retire_activity(drawn["share"] * phase)
        return act.reduce_intensity(drawn["reduction"] * phase)

    def left(self, measures: Measures) -> Left:
        """What the measures of one part leave together: (year, member), or 1 without measures."""
        product: Left = 1.0
        for measure in measures:
            product = product * self.left_by(measure)
        return product

    def grown(self, measures: Measures) -> np.ndarray:
        """Sinks with some measures: (year, member), tCO2/yr."""
        sinks = self.sinks
        for measure in measures:
            drawn, phase = self.values(measure)
            sinks = act.grow_sinks(sinks, drawn["area_growth"] * phase)
        return sinks

    def mixed(self, measures: Measures) -> Mix:
        """The mix after some substitutions, in their order."""
        mix = Mix()
        for measure in measures:
            drawn, phase = self.values(measure)
            mix = self.accounts.substitute(mix, measure.lever, drawn["share"] * phase, drawn["energy_ratio"])
        return mix

    def capture_shares(self, trunk: Trunk, measures: Measures) -> list[tuple[Measure, np.ndarray, np.ndarray]]:
        """Share of the capturable CO2 that each measure takes, and takes net of what its energy emits."""
        shares = []
        for measure in measures:
            drawn, phase = self.values(measure)
            drawn["equipped_share"] = drawn["equipped_share"] * phase
            one = act.capture(
                np.ones(self.sinks.shape),
                heat_factor=trunk.heat_factor,
                electricity_factor=trunk.electricity_factor,
                **drawn,
            )
            shares.append((measure, one.captured, one.captured - one.heat_emissions - one.electricity_emissions))
        return shares

    def processes(self, structure: Left, left: Left) -> tuple[np.ndarray, np.ndarray]:
        """Process emissions that can be captured, and all: (year, member), tCO2/yr."""
        books = self.accounts
        technical, balance = (
            times(structure, books.process[ECONOMIC, kind]) + books.process[RESIDENT, kind] for kind in (True, False)
        )
        technical = times(left, technical)
        return technical, technical + balance

    def leaves(self, plan: Plan) -> Iterator[Leaf]:
        """Every leaf of a plan, in its order."""
        intensities = [self.left(measures) for measures in plan.parts["intensity"]]
        lefts = [self.left(measures) for measures in plan.parts["process"]]
        total, taken = np.empty(self.sinks.shape), np.empty(self.sinks.shape)
        for trunk, rows in self.visits(plan):
            process: dict[int, tuple[np.ndarray, np.ndarray]] = {}
            shares: dict[int, list] = {}
            eligible: dict[tuple[str, ...], np.ndarray] = {}
            for row in rows:
                parts = dict(zip(PARTS, plan.leaves[row].tolist(), strict=True))
                at, by = parts["process"], parts["capture"]
                if at not in process:
                    process[at] = self.processes(trunk.structure, lefts[at])
                if by not in shares:
                    shares[by] = self.capture_shares(trunk, plan.parts["capture"][by])
                intensity, (technical, emitted) = intensities[parts["intensity"]], process[at]
                np.multiply(intensity, trunk.emissions, out=total)
                np.add(total, emitted, out=total)
                captures = []
                for measure, gross, net in shares[by]:
                    takes = measure.lever.takes_from
                    if takes not in eligible:
                        eligible[takes] = trunk.eligible(takes)
                    np.multiply(intensity, eligible[takes], out=taken)
                    np.add(taken, technical, out=taken)
                    for _, earlier in captures:  # a second plant finds only what the first has left
                        np.subtract(taken, earlier, out=taken)
                    np.maximum(taken, 0.0, out=taken)
                    captures.append((measure, taken * gross))
                    np.subtract(total, np.multiply(taken, net, out=taken), out=total)
                yield Leaf(row, parts, trunk, intensity, emitted, tuple(captures), total)

    def visits(self, plan: Plan) -> Iterator[tuple[Trunk, np.ndarray]]:
        """Trunks of a plan with the rows of their leaves."""
        structures = [self.left(measures) for measures in plan.parts["structure"]]
        first = np.flatnonzero(np.append(True, (np.diff(plan.leaves[:, :2], axis=0) != 0).any(axis=1)))
        ends = np.append(first[1:], plan.leaves.shape[0])
        starts = plan.leaves[first, 0]
        for mix_at in np.unique(starts):
            here = starts == mix_at
            blend = Blend(self.accounts, self.mixed(plan.parts["mix"][mix_at]))
            for start, end in zip(first[here], ends[here], strict=True):
                yield Trunk(blend, structures[plan.leaves[start, 1]]), np.arange(start, end)
