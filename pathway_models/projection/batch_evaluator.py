"""A batch of members on which packages are worked out: the chain with its prefixes kept along a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from pathway_models.kernels.quantiles import triangular
from pathway_models.kernels.ramps import ramp
from pathway_models.levers.action import PARTS, Values
from pathway_models.projection.accounts import EMITTING, Accounts, Left
from pathway_models.projection.batches import Batch
from pathway_models.projection.chain import (
    Drawn,
    MixCase,
    PackageCase,
    Plant,
    StructureCase,
    left,
    mixed,
    plants,
    processes,
    sinks,
    total,
)
from pathway_models.projection.package_tree import Measures, PackageTree
from pathway_models.records.levers import Measure
from pathway_models.records.park import ACTIVITY_KINDS


class BatchEvaluator:
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
        self._drawn: dict[tuple, Values] = {}

    @cached_property
    def observed(self) -> np.ndarray:
        """Totals of the observed years, which no measure changes: (year, member), tCO2/yr."""
        books = self.past
        whole = books.both(books.emissions, EMITTING, 1.0) + sum(books.process.values())
        return np.broadcast_to(whole, (books.zero.shape[0], self.size))

    def values(self, measure: Measure) -> Values:
        """Parameters of a measure, each (1, member), and its ``phase``, (year, 1)."""
        key = (id(measure.lever), measure.setting, measure.ramp)
        if key not in self._drawn:
            given = measure.ramp
            drawn = {}
            for name, corners in measure.lever.triangles(measure.setting).items():
                uniform = self.draws.uniforms[f"{measure.lever.lever_id}:{name}"][self.members]
                drawn[name] = triangular(uniform, corners.low, corners.mode, corners.high)[None]
            drawn["phase"] = ramp(self.years, given.shape, given.start, given.complete, given.delay_years)[:, None]
            self._drawn[key] = drawn
        return self._drawn[key]

    def drawn(self, measures: Iterable[Measure]) -> list[Drawn]:
        """Some measures, each with its `values`."""
        return [(measure, self.values(measure)) for measure in measures]

    def left(self, measures: Measures) -> Left:
        """What the measures of structure, intensity or process leave: (year, member), or 1 without measures."""
        return left(self.drawn(measures))

    def mixed(self, measures: Measures) -> MixCase:
        """Energy and emissions after some substitutions, in their order."""
        return MixCase(self.accounts, mixed(self.accounts, self.drawn(measures)))

    def processes(self, structure: Left, kept: Left) -> tuple[np.ndarray, np.ndarray]:
        """Process emissions that can be captured, and all: (year, member), tCO2/yr."""
        return processes(self.accounts, structure, kept)

    def grown(self, measures: Measures) -> np.ndarray:
        """Sinks with some measures: (year, member), tCO2/yr."""
        return sinks(self.sinks, self.drawn(measures))

    def cases(self, tree: PackageTree) -> Iterator[PackageCase]:
        """Every case of a tree, in its order; each part is worked out once for all cases that have it."""
        intensities = [self.left(measures) for measures in tree.parts["intensity"]]
        kept = [self.left(measures) for measures in tree.parts["process"]]
        whole, room = np.empty(self.sinks.shape), np.empty(self.sinks.shape)
        for above, rows in self._structures(tree):
            emitted: dict[int, tuple[np.ndarray, np.ndarray]] = {}
            equipped: dict[int, list[Plant]] = {}
            eligible: dict[tuple[str, ...], np.ndarray] = {}
            for row in rows:
                parts = dict(zip(PARTS, tree.cases[row].tolist(), strict=True))
                at, by = parts["process"], parts["capture"]
                if at not in emitted:
                    emitted[at] = self.processes(above.structure, kept[at])
                if by not in equipped:
                    equipped[by] = plants(above, self.drawn(tree.parts["capture"][by]))
                intensity, (technical, process) = intensities[parts["intensity"]], emitted[at]
                captures = total(above, intensity, technical, process, equipped[by], eligible, whole, room)
                yield PackageCase(row, parts, above, intensity, process, captures, whole)

    def _structures(self, tree: PackageTree) -> Iterator[tuple[StructureCase, np.ndarray]]:
        """Mixes with their structures, and the rows of the cases that stand on them."""
        structures = [self.left(measures) for measures in tree.parts["structure"]]
        first = np.flatnonzero(np.append(True, (np.diff(tree.cases[:, :2], axis=0) != 0).any(axis=1)))
        ends = np.append(first[1:], tree.cases.shape[0])
        starts = tree.cases[first, 0]
        for mix_at in np.unique(starts):
            here = starts == mix_at
            of_mix = self.mixed(tree.parts["mix"][mix_at])
            for start, end in zip(first[here], ends[here], strict=True):
                yield StructureCase(of_mix, structures[tree.cases[start, 1]]), np.arange(start, end)
