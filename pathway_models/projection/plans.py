"""Which parts some packages are made of, so that each part is worked out once.

The measures of a package fall into five parts: *structure* scales the economic sectors, *intensity* scales all
energy, the *mix* moves energy between carriers, *process* lowers process factors, *capture* takes from what is left.
Scaling a sector and replacing shares of its carriers commute, so that the order of the families is kept within each
part.  Sinks stand beside the total and change no peak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.records.grids import Grid
from pathway_models.records.levers import Measure, Scenario

#: Part of a package that each action belongs to.
PART_OF = {
    "substitute": "mix",
    "replace_activity": "structure",
    "retire_activity": "structure",
    "reduce_intensity": "intensity",
    "reduce_process": "process",
    "capture": "capture",
    "grow_sinks": "sinks",
}
#: Parts that move the total, from the one that takes most work to the one that takes least.
PARTS = ("mix", "structure", "intensity", "process", "capture")
Measures = tuple[Measure, ...]


@dataclass(frozen=True)
class Plan:
    """Some packages by their distinct parts.

    Parameters
    ----------
    parts : part -> list of measures
        Distinct sets of measures, of `PARTS` and ``sinks``.
    leaves : (leaf, part) int
        Distinct combinations of `PARTS`, sorted: all leaves of a mix stand together.
    leaf_of, sinks_of : (package,) int
        Leaf, and set of ``sinks``, of each package.
    """

    parts: dict[str, list[Measures]]
    leaves: np.ndarray
    leaf_of: np.ndarray
    sinks_of: np.ndarray


def measures_of(package: Scenario, part: str) -> Measures:
    """The measures of a package that belong to one part, in their order."""
    return tuple(measure for measure in package.measures if PART_OF[measure.lever.action] == part)


def plan_packages(packages: Sequence[Scenario]) -> Plan:
    """Sort scenarios into their distinct parts."""
    names = (*PARTS, "sinks")
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
    return _plan(parts, rows)


def plan_grid(grid: Grid, codes: np.ndarray) -> Plan:
    """Sort packages of a grid, given by their codes (package, block), into their distinct parts."""
    names = (*PARTS, "sinks")
    rows = np.zeros((codes.shape[0], len(names)), dtype=int)
    parts: dict[str, list[Measures]] = {}
    for column, name in enumerate(names):
        moves = [any(PART_OF[m.lever.action] == name for o in b.options for m in o.measures) for b in grid.blocks]
        if not any(moves):
            parts[name] = [()]
            continue
        _, first, which = np.unique(codes[:, moves], axis=0, return_index=True, return_inverse=True)
        parts[name] = [measures_of(grid.scenario(codes[at]), name) for at in first]
        rows[:, column] = which.ravel()
    return _plan(parts, rows)


def _plan(parts: dict[str, list[Measures]], rows: np.ndarray) -> Plan:
    leaves, leaf_of = np.unique(rows[:, : len(PARTS)], axis=0, return_inverse=True)
    return Plan(parts, leaves, leaf_of.ravel(), rows[:, len(PARTS)])
