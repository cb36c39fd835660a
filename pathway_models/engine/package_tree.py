"""Packages sorted into their distinct parts, and a batch of members that evaluates each part once.

A package's measures fall into the parts of the account that their actions work on (`pathway_models.levers.action`).
Scaling a sector and replacing shares of its carriers commute, so that the order of the families is kept within each
part.  Sinks stand beside the total and change no peak.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from pathway_models.engine.batches import EMITTING, Accounts, Batch
from pathway_models.engine.chain import Kept, Measures, PackageCase, follow, sinks
from pathway_models.levers.action import PARTS, SINKS
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Grid, Scenario
from pathway_models.records.park import ACTIVITY_KINDS


@dataclass(frozen=True)
class PackageTree:
    """Packages by their distinct parts.

    Parameters
    ----------
    parts : part -> list of measures
        Distinct sets of measures, of `PARTS` and `SINKS`.
    cases : (case, part) int
        Distinct combinations of `PARTS`, sorted: all cases of a mix stand together.
    case_of, sinks_of : (package,) int
        Case, and set of sinks, of each package.
    """

    parts: dict[str, list[Measures]]
    cases: np.ndarray
    case_of: np.ndarray
    sinks_of: np.ndarray


def measures_of(package: Scenario, part: str) -> Measures:
    """Pick the measures of a package that work on one part, in their order."""
    return tuple(measure for measure in package.measures if measure.lever.acts.part == part)


def package_tree(packages: Sequence[Scenario]) -> PackageTree:
    """Sort scenarios into their distinct parts."""
    names = (*PARTS, SINKS)
    rows = np.zeros((len(packages), len(names)), dtype=int)
    parts: dict[str, list[Measures]] = {name: [] for name in names}
    known: dict[tuple, int] = {}
    for at, package in enumerate(packages):
        for column, name in enumerate(names):
            measures = measures_of(package, name)
            # By the lever itself: two variants of one lever may carry the same id.
            key = (name, *((id(m.lever), m.setting, m.ramp) for m in measures))
            if key not in known:
                known[key] = len(parts[name])
                parts[name].append(measures)
            rows[at, column] = known[key]
    return _tree(parts, rows)


def grid_tree(grid: Grid, codes: np.ndarray) -> PackageTree:
    """Sort packages of a grid, given by their codes (package, block), into their distinct parts."""
    names = (*PARTS, SINKS)
    rows = np.zeros((codes.shape[0], len(names)), dtype=int)
    parts: dict[str, list[Measures]] = {}
    for column, name in enumerate(names):
        moves = [any(m.lever.acts.part == name for o in b.options for m in o.measures) for b in grid.blocks]
        if not any(moves):
            parts[name] = [()]
            continue
        _, first, which = np.unique(codes[:, moves], axis=0, return_index=True, return_inverse=True)
        parts[name] = [measures_of(grid.scenario(codes[at]), name) for at in first]
        rows[:, column] = which.ravel()
    return _tree(parts, rows)


def _tree(parts: dict[str, list[Measures]], rows: np.ndarray) -> PackageTree:
    cases, case_of = np.unique(rows[:, : len(PARTS)], axis=0, return_inverse=True)
    return PackageTree(parts, cases, case_of.ravel(), rows[:, len(PARTS)])


class BatchEvaluator:
    """A batch of members, ready for packages.

    Parameters
    ----------
    batch : Batch
        Made with every lever that any package uses.
    """

    def __init__(self, batch: Batch) -> None:
        frame, known = batch.frame, batch.frame.known
        self.batch, self.draws, self.members, self.drawn = batch, batch.draws, batch.members, batch.drawn
        self.years = frame.years[known:]
        self.accounts = Accounts(batch, slice(known, None))
        # The record is the same for all members but for their factor errors.
        self.past = Accounts(batch, slice(0, known), slice(0, 1))
        self.size = batch.grid.shape[1]
        self.sinks = np.broadcast_to(frame.sinks[known:, None], (self.years.size, self.size))
        self.activity = self.accounts.activity([kind for kind in ACTIVITY_KINDS if kind != "population"])

    def redrawn(self, levers: Draws) -> Self:
        """Return the same baseline under other draws of the levers.

        Parameters
        ----------
        levers : Draws
            They agree in all else with those of the baseline.
        """
        if levers is self.draws:
            return self
        other = copy(self)
        other.batch = self.batch.redrawn(levers)
        other.draws, other.drawn = other.batch.draws, other.batch.drawn
        other.accounts = copy(self.accounts)
        other.accounts.batch = other.batch
        return other

    @cached_property
    def observed(self) -> np.ndarray:
        """Totals of the observed years, which no measure changes: (year, member), tCO2/yr."""
        books = self.past
        whole = books.both(books.emissions, EMITTING, 1.0) + sum(books.process.values()) + sum(books.undivided.values())
        return np.broadcast_to(whole, (self.past.zero.shape[0], self.size))

    def grown(self, measures: Measures) -> np.ndarray:
        """Grow the sinks by some measures: (year, member), tCO2/yr."""
        return sinks(self.accounts, measures, self.sinks)

    def cases(self, tree: PackageTree) -> Iterator[PackageCase]:
        """Evaluate every case of a tree, in its order; the total of one is written over by the next."""
        keep, out, room = Kept(), np.empty(self.sinks.shape), np.empty(self.sinks.shape)
        for index, positions in enumerate(tree.cases.tolist()):
            at = dict(zip(PARTS, positions, strict=True))
            measures = {part: tree.parts[part][position] for part, position in at.items()}
            yield follow(self.accounts, index, at, measures, keep, out, room)
