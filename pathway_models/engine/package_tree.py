"""Packages by their distinct parts, and a batch of members that evaluates each part once; levers that cannot act.

A package's measures fall into the parts of the account that their actions work on (`pathway_models.levers.action`).
Scaling a sector and replacing shares of its carriers commute, so that the order of the families is kept within each
part.  Sinks are reported beside the total and change no peak.

Levers that cannot act on a park whose emissions are known by sector only, each with the reason in both languages.

The forms that levers have there, and where they have none: docs/methods.md, section 7.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from pathway_models.engine import batches, chain
from pathway_models.intake.assumptions import read_sectors
from pathway_models.levers.action import PARTS, SINKS, Label
from pathway_models.records import Carrier, Draws, Grid, Lever, Park, Scenario
from pathway_models.records.park import ACTIVITY_KINDS, UNDIVIDED


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

    parts: dict[str, list[chain.Measures]]
    cases: np.ndarray
    case_of: np.ndarray
    sinks_of: np.ndarray


def measures_of(package: Scenario, part: str) -> chain.Measures:
    """Pick the measures of a package that work on one part, in their order."""
    return tuple(measure for measure in package.measures if measure.lever.acts.part == part)


def package_tree(packages: Sequence[Scenario]) -> PackageTree:
    """Sort scenarios into their distinct parts."""
    names = (*PARTS, SINKS)
    rows = np.zeros((len(packages), len(names)), dtype=int)
    parts: dict[str, list[chain.Measures]] = {name: [] for name in names}
    known: dict[tuple, int] = {}
    for at, package in enumerate(packages):
        for column, name in enumerate(names):
            measures = measures_of(package, name)
            # By the lever object: two variants of a lever may have the same id.
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
    parts: dict[str, list[chain.Measures]] = {}
    for column, name in enumerate(names):
        moves = [any(m.lever.acts.part == name for o in b.options for m in o.measures) for b in grid.blocks]
        if not any(moves):
            parts[name] = [()]
            continue
        _, first, which = np.unique(codes[:, moves], axis=0, return_index=True, return_inverse=True)
        parts[name] = [measures_of(grid.scenario(codes[at]), name) for at in first]
        rows[:, column] = which.ravel()
    return _tree(parts, rows)


def _tree(parts: dict[str, list[chain.Measures]], rows: np.ndarray) -> PackageTree:
    cases, case_of = np.unique(rows[:, : len(PARTS)], axis=0, return_inverse=True)
    return PackageTree(parts, cases, case_of.ravel(), rows[:, len(PARTS)])


class BatchEvaluator:
    """A batch of members, ready for packages.

    Parameters
    ----------
    batch : Batch
        Made with every lever that any package uses.
    """

    def __init__(self, batch: batches.Batch) -> None:
        frame, known = batch.frame, batch.frame.known
        self.batch, self.draws, self.members, self.drawn = batch, batch.draws, batch.members, batch.drawn
        self.years = frame.years[known:]
        self.accounts = batches.Accounts(batch, slice(known, None))
        # The record differs between members by factor errors only.
        self.past = batches.Accounts(batch, slice(0, known), slice(0, 1))
        self.size = batch.grid.shape[1]
        self.sinks = np.broadcast_to(frame.sinks[known:, None], (self.years.size, self.size))
        self.activity = self.accounts.activity([kind for kind in ACTIVITY_KINDS if kind != "population"])

    def redrawn(self, levers: Draws) -> Self:
        """Return the same baseline with other draws of the levers.

        Parameters
        ----------
        levers : Draws
            Equal to those of the baseline but for the levers.
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
        whole = (
            books.both(books.emissions, batches.EMITTING, 1.0)
            + sum(books.process.values())
            + sum(books.undivided.values())
        )
        return np.broadcast_to(whole, (self.past.zero.shape[0], self.size))

    def grown(self, measures: chain.Measures) -> np.ndarray:
        """Grow the sinks by some measures: (year, member), tCO2/yr."""
        return chain.sinks(self.accounts, measures, self.sinks)

    def cases(self, tree: PackageTree) -> Iterator[chain.PackageCase]:
        """Evaluate every case of a tree, in its order; the total of one is written over by the next."""
        keep, out, room = chain.Kept(), np.empty(self.sinks.shape), np.empty(self.sinks.shape)
        for index, positions in enumerate(tree.cases.tolist()):
            at = dict(zip(PARTS, positions, strict=True))
            measures = {part: tree.parts[part][position] for part, position in at.items()}
            yield chain.follow(self.accounts, index, at, measures, keep, out, room)


UNKNOWN_CARRIERS = Label(
    "it takes from some fuels only, and which fuels burn here is not in the table",
    "该措施只替代部分燃料，而表中没有分品种数据",
)
UNKNOWN_ENERGY = Label(
    "it gives another fuel, whose emissions need the energy, and no energy is in the table",
    "该措施换用其他燃料，其排放须按能耗计算，而表中没有能耗",
)
NO_SUCH_USE = Label(
    "no sector of the table burns fuel for what it acts on",
    "表中没有行业将燃料用于该措施所针对的用途",
)
NOT_BOUGHT = Label("purchased electricity and heat are not in the table", "表中没有外购电力和热力")
UNKNOWN_PROCESS = Label(
    "which part of the emissions comes from processes is not in the table",
    "表中没有区分过程排放所占部分",
)
UNKNOWN_FUEL = Label(
    "which part of the emissions comes from burnt fuel is not in the table",
    "表中没有区分燃料燃烧所占部分",
)
NO_SINKS = Label("green areas are not in the table", "表中没有绿地")


def cannot_act(park: Park, levers: Iterable[Lever], carriers: Mapping[str, Carrier]) -> dict[str, Label]:
    """Name the levers that cannot act on a park, with the reason.

    Parameters
    ----------
    park : Park
    levers : iterable of Lever
    carriers : mapping carrier id -> Carrier

    Returns
    -------
    dict lever id -> Label
        Empty where all emissions of the park are known by carrier.
    """
    if not park.is_undivided:
        return {}
    reasons = {lever.lever_id: _obstacle(park, lever, carriers) for lever in levers}
    return {lever_id: reason for lever_id, reason in reasons.items() if reason is not None}


def _obstacle(park: Park, lever: Lever, carriers: Mapping[str, Carrier]) -> Label | None:
    part = lever.acts.part
    groups = {group for at, group in enumerate(park.groups) if park.energy[:, at, -1].any()}
    fired = [process.sector for process in park.processes if process.name == UNDIVIDED[0]]
    has_fuel = bool(fired)
    if part == SINKS:
        return None if park.sinks.any() else NO_SINKS
    if part == "process":
        told = any(not process.is_balance and not process.is_undivided for process in park.processes)
        return None if told else UNKNOWN_PROCESS
    if part == "intensity":
        return None if park.has_energy or has_fuel else UNKNOWN_FUEL
    if part == "mix" and not groups & set(lever.takes_from):
        if has_fuel and batches.replaces_all_fuel(lever, carriers):
            return None if _finds_its_use(park, lever, fired) else NO_SUCH_USE
        return _no_substitution(lever, has_fuel)
    return None


def _finds_its_use(park: Park, lever: Lever, fired: Iterable[int]) -> bool:
    """Tell whether a sector with fuel not known by carrier has a use on which a lever acts."""
    sectors = read_sectors()
    kinds = sectors.of(park)
    return any(
        lever.reaches(kinds[s], use) for s in fired for use in sectors.uses_in(park, s, UNDIVIDED[0], UNDIVIDED[0])
    )


def _no_substitution(lever: Lever, has_fuel: bool) -> Label:
    """Return the reason why a substitution cannot act where none of the carriers it replaces is in the table."""
    if not set(lever.takes_from) & set(batches.MAIN_FUELS):
        return NOT_BOUGHT
    if not has_fuel:
        return UNKNOWN_FUEL
    return UNKNOWN_ENERGY if set(batches.MAIN_FUELS) <= set(lever.takes_from) else UNKNOWN_CARRIERS
