"""Which parts some packages are made of, so that each part is worked out once.

A package's measures fall into the parts of the account that their actions work on (`pathway_models.levers.action`).
Scaling a sector and replacing shares of its carriers commute, so that the order of the families is kept within each
part.  Sinks stand beside the total and change no peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.levers.action import PARTS, SINKS
from pathway_models.records.levers import Grid, Measure, Scenario

Measures = tuple[Measure, ...]


@dataclass(frozen=True)
class PackageTree:
    """Some packages by their distinct parts.

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
    """The measures of a package that work on one part, in their order."""
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
