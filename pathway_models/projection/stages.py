"""One batch of members on which packages are worked out, mix by mix, structure by structure, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.forecasting.baseline import baseline_paths
from pathway_models.intake.trend_parameters import read_baselines
from pathway_models.intake.uncertainties import read_uncertainties
from pathway_models.kernels import levers as act
from pathway_models.kernels.quantiles import triangular
from pathway_models.kernels.ramps import ramp
from pathway_models.projection.accounts import BURNT, ECONOMIC, EMITTING, FOSSIL, POWER, RESIDENT, Accounts, Mix
from pathway_models.projection.plans import PARTS, Measures, Plan
from pathway_models.projection.projecting import _Batch, _per
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Park

Left = np.ndarray | float


@dataclass(frozen=True)
class Trunk:
    """What all packages of one mix and structure share; arrays (year, member).

    Parameters
    ----------
    mix : Mix
    structure
        Share of the economic sectors' energy and output that structure leaves.
    energy : dict (class, group) -> TJ before structure and intensity
    emissions : tCO2/yr before intensity, without processes
    eligible : dict of carrier groups -> tCO2/yr before intensity
        What capture may take from.
    heat_factor, electricity_factor : tCO2/TJ of the energy that capture needs
    """

    mix: Mix
    structure: Left
    energy: dict[tuple[int, str], np.ndarray]
    emissions: np.ndarray
    eligible: dict[tuple[str, ...], np.ndarray]
    heat_factor: np.ndarray
    electricity_factor: np.ndarray


@dataclass(frozen=True)
class Leaf:
    """One package of one batch; arrays (year, member).

    Parameters
    ----------
    index : int
        Row of ``Plan.leaves``.
    parts : part -> position in ``Plan.parts``
    trunk : Trunk
    intensity : share of all energy that intensity leaves
    captures : tuple of (measure, tCO2/yr captured)
    total : tCO2/yr; written over by the next leaf
    """

    index: int
    parts: dict[str, int]
    trunk: Trunk
    intensity: Left
    captures: tuple[tuple[Measure, np.ndarray], ...]
    total: np.ndarray


class Stage:
    """A batch of members, ready for packages.

    Parameters
    ----------
    park : Park
    everything : list of Scenario
        With every lever that any package uses.
    draws : Draws
    members : slice
    until : int
        Last year.
    """

    def __init__(self, park: Park, everything: list[Scenario], draws: Draws, members: slice, until: int) -> None:
        paths = baseline_paths(park, draws, members, read_baselines(), read_uncertainties())
        years = np.arange(park.years[0], until + 1)
        batch = _Batch.start(park, everything, draws, members, paths, years)
        chain = batch.chain(park)
        known = park.years.size
        self.draws, self.members = draws, members
        self.accounts = Accounts(chain, batch, slice(known, None))
        self.years = years[known:]
        self.sinks = np.ascontiguousarray(chain.sinks[:, known:].T)
        self.activity = np.ascontiguousarray(chain.activity[:, chain.movable, known:].sum(axis=1).T)
        self.observed = self.accounts.observed()

    def values(self, measure: Measure) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Parameters of a measure, each (1, member), and its phase, (year, 1)."""
        given = measure.ramp
        phase = ramp(self.years, given.shape, given.start, given.complete, given.delay_years)[:, None]
        drawn = {}
        for name, corners in measure.lever.triangles(measure.setting).items():
            uniform = self.draws.uniforms[f"{measure.lever.lever_id}:{name}"][self.members]
            drawn[name] = triangular(uniform, corners.low, corners.mode, corners.high)[None]
        return drawn, phase

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

    def trunks(self, mix: Mix, structures: Sequence[Left], takes: set[tuple[str, ...]]) -> Iterator[Trunk]:
        """One mix under several structures."""
        books = self.accounts
        energy = {key: books.use_of(mix, *key) for key in books.energy}
        emitted = {key: books.emissions_of(mix, *key) for key in books.emissions}
        for left in structures:
            billed, bought = books.both(emitted, ("electricity",), left), books.both(energy, POWER, left)
            electricity_factor = _per(billed, bought, books.grid)
            burnt = books.both(energy, BURNT, left)
            yield Trunk(
                mix=mix,
                structure=left,
                energy=energy,
                emissions=books.both(emitted, EMITTING, left),
                eligible={groups: left * books.sum_of(emitted, ECONOMIC, groups) for groups in takes},
                heat_factor=_per(books.both(emitted, FOSSIL, left), burnt, electricity_factor),
                electricity_factor=electricity_factor,
            )

    def capture_shares(self, trunk: Trunk, measures: Measures) -> list[tuple[Measure, np.ndarray, np.ndarray]]:
        """Share of the capturable CO2 that each measure takes, and takes net of what its energy emits."""
        shares = []
        for measure in measures:
            drawn, phase = self.values(measure)
            drawn["equipped_share"] = drawn["equipped_share"] * phase
            one = act.capture(
                np.ones_like(trunk.emissions),
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
            structure * books.process[ECONOMIC, kind] + books.process[RESIDENT, kind] for kind in (True, False)
        )
        technical = left * technical
        return technical, technical + balance

    def leaves(self, plan: Plan) -> Iterator[Leaf]:
        """Every leaf of a plan, in its order."""
        intensities = [self.left(measures) for measures in plan.parts["intensity"]]
        lefts = [self.left(measures) for measures in plan.parts["process"]]
        total, taken = np.empty(self.sinks.shape), np.empty(self.sinks.shape)
        for trunk, rows in self.visits(plan):
            process: dict[int, tuple[np.ndarray, np.ndarray]] = {}
            shares: dict[int, list] = {}
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
                    np.multiply(intensity, trunk.eligible[measure.lever.takes_from], out=taken)
                    np.add(taken, technical, out=taken)
                    for _, earlier in captures:  # a second plant finds only what the first has left
                        np.subtract(taken, earlier, out=taken)
                    np.maximum(taken, 0.0, out=taken)
                    captures.append((measure, taken * gross))
                    np.subtract(total, np.multiply(taken, net, out=taken), out=total)
                yield Leaf(row, parts, trunk, intensity, tuple(captures), total)

    def visits(self, plan: Plan) -> Iterator[tuple[Trunk, np.ndarray]]:
        """Trunks of a plan with the rows of their leaves."""
        structures = [self.left(measures) for measures in plan.parts["structure"]]
        takes = {measure.lever.takes_from for measures in plan.parts["capture"] for measure in measures}
        first = np.flatnonzero(np.append(True, (np.diff(plan.leaves[:, :2], axis=0) != 0).any(axis=1)))
        ends = np.append(first[1:], plan.leaves.shape[0])
        starts = plan.leaves[first, 0]
        for mix_at in np.unique(starts):
            here = starts == mix_at
            mix = self.mixed(plan.parts["mix"][mix_at])
            used = [structures[at] for at in plan.leaves[first[here], 1]]
            for trunk, start, end in zip(self.trunks(mix, used, takes), first[here], ends[here], strict=True):
                yield trunk, np.arange(start, end)
