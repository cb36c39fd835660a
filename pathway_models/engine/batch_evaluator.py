"""A batch of members on which packages are worked out along their tree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from pathway_models.engine.accounts import EMITTING, Accounts, Left
from pathway_models.engine.batches import Batch
from pathway_models.engine.chain import Kept, MixCase, PackageCase, follow, left, mixed, processes, sinks
from pathway_models.engine.package_tree import Measures, PackageTree
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
        self.activity = self.accounts.activity([kind for kind in ACTIVITY_KINDS if kind != "population"])
        self.drawn = batch.drawn

    @cached_property
    def observed(self) -> np.ndarray:
        """Totals of the observed years, which no measure changes: (year, member), tCO2/yr."""
        books = self.past
        whole = books.both(books.emissions, EMITTING, 1.0) + sum(books.process.values())
        return np.broadcast_to(whole, (books.zero.shape[0], self.size))

    def left(self, measures: Measures) -> Left:
        """What the measures of structure, intensity or process leave: (year, member), or 1 without measures."""
        return left(self.accounts, measures)

    def mixed(self, measures: Measures) -> MixCase:
        """Energy and emissions after some substitutions, in their order."""
        return mixed(self.accounts, measures)

    def processes(self, structure: Left, kept: Left) -> tuple[np.ndarray, np.ndarray]:
        """Process emissions that can be captured, and all: (year, member), tCO2/yr."""
        return processes(self.accounts, structure, kept)

    def grown(self, measures: Measures) -> np.ndarray:
        """Sinks with some measures: (year, member), tCO2/yr."""
        return sinks(self.accounts, measures, self.sinks)

    def cases(self, tree: PackageTree) -> Iterator[PackageCase]:
        """Every case of a tree, in its order; the total of one is written over by the next."""
        keep, out, room = Kept(), np.empty(self.sinks.shape), np.empty(self.sinks.shape)
        for row in range(tree.cases.shape[0]):
            yield follow(self.accounts, tree, row, keep, out, room)
