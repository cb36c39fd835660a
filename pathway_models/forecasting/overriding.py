"""Overrides: given paths of drivers in place of the baseline's (docs/baseline.md, section 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from pathway_models.forecasting.paths import BaselinePaths
from pathway_models.records.draws import Draws
from pathway_models.records.park import Park
from pathway_models.records.plans import ALL_SECTORS, Target

#: Drivers of one value a year, whose paths are joined in logs.
PLAIN = ("activity", "intensity")


def overridden(park: Park, paths: BaselinePaths, draws: Draws, members: slice) -> BaselinePaths:
    """Activity, intensity, shares and grid factor with their overrides; process output is left alone."""
    if not park.plans.targets:
        return paths
    arrays = {"activity": paths.activity.copy(), "intensity": paths.intensity.copy()}
    shares, grid = paths.shares.copy(), paths.grid
    mixes: dict[int, dict[int, tuple[Target, ...]]] = {}
    for (driver, sector, item), targets in park.plans.by_driver().items():
        moved = _moved(targets, draws, members)
        if driver in PLAIN:
            for s in sectors_of(park, sector):
                arrays[driver][:, s] = followed(park, arrays[driver][:, s], targets, moved)
        elif driver == "grid_factor":
            grid = followed(park, grid * grid_now(park), targets, moved, grid_history(park)) / grid_now(park)
            grid[:, : park.years.size] = 1.0
        elif driver == "share":
            mixes.setdefault(park.sectors.index(sector), {})[park.carriers.index(item)] = targets
    for s, given in mixes.items():
        shares[:, s] = _mixed(park, shares[:, s], given, draws, members)
    return replace(paths, **arrays, shares=shares, grid=grid)


def overridden_output(park: Park, output: np.ndarray, draws: Draws, members: slice) -> np.ndarray:
    """Process output (member, process, year) with its overrides."""
    output = output.copy() if park.plans.targets else output
    for (driver, sector, item), targets in park.plans.by_driver().items():
        if driver == "output":
            j = process_index(park, sector, item)
            output[:, j] = followed(park, output[:, j], targets, _moved(targets, draws, members))
    return output


def sectors_of(park: Park, sector: str) -> list[int]:
    """Sectors that a target speaks of: one, or every one whose activity is economic."""
    if sector == ALL_SECTORS:
        return [s for s, kind in enumerate(park.activity_kinds) if kind != "population"]
    return [park.sectors.index(sector)]


def process_index(park: Park, sector: str, name: str) -> int:
    """Position of a process of a sector."""
    s = park.sectors.index(sector)
    return next(j for j, one in enumerate(park.processes) if one.name == name and one.sector == s)


def grid_history(park: Park) -> np.ndarray:
    """Mean factor of purchased electricity by observed year, tCO2/TJ: weighted by use, plain where none is used."""
    at = park.carriers.index("electricity")
    use, factor = park.energy[:, at], park.factors[:, at]
    total = use.sum(axis=0)
    return np.where(total > 0, (use * factor).sum(axis=0) / np.where(total > 0, total, 1.0), factor.mean(axis=0))


def grid_now(park: Park) -> float:
    """Mean factor of purchased electricity in the last observed year, tCO2/TJ."""
    return float(grid_history(park)[-1])


def _moved(targets: Sequence[Target], draws: Draws, members: slice) -> np.ndarray:
    """The draw that moves the targets of a driver, in standard deviations: (member,)."""
    if any(target.spread > 0 for target in targets):
        return draws.normals[targets[0].stream][members]
    return np.zeros(len(range(*members.indices(draws.members))))


def followed(
    park: Park, base: np.ndarray, targets: Sequence[Target], moved: np.ndarray, history: np.ndarray | None = None
) -> np.ndarray:
    """A path through its targets that goes on as the baseline does.

    Parameters
    ----------
    park : Park
    base : (member, year)
        Baseline, observed years first.
    targets : sequence of Target
        By year.
    moved : (member,)
        Standard deviations by which the targets are moved.
    history : (H,), optional
        Observed values where ``base`` has them not.

    Returns
    -------
    (member, year)
    """
    history = base[0, : park.years.size] if history is None else history
    levels = dict(zip(park.years.tolist(), history, strict=True))
    last = park.last_observed_year
    marks = [(last, np.full(base.shape[0], levels[last]))]
    for target in targets:
        marks.append((target.year, _level(target, levels, marks[-1], moved, last)))
        levels[target.year] = marks[-1][1]
    path = base.copy()
    years = park.years[0] + np.arange(base.shape[1])
    for (before, low), (after, high) in pairwise(marks):
        inside = (years > before) & (years <= after)
        path[:, inside] = _joined(low, high, (years[inside] - before) / (after - before))
    end = marks[-1][0] - int(years[0])
    if end < base.shape[1] - 1:
        there = base[:, end : end + 1]
        path[:, end + 1 :] = marks[-1][1][:, None] * np.divide(
            base[:, end + 1 :], there, out=np.ones_like(base[:, end + 1 :]), where=there > 0
        )
    return path


def _level(
    target: Target,
    levels: dict[int, np.ndarray | float],
    before: tuple[int, np.ndarray],
    moved: np.ndarray,
    last: int,
) -> np.ndarray:
    """Level of a target by member: log-normal around its value where it has a spread."""
    # A growth or change of -100 % and a level of zero have no logarithm: they stand as they are.
    middle = target.value if target.kind == "level" else 1.0 + target.value
    drawn = np.full(moved.shape, middle)
    if target.spread > 0 and middle > 0:
        drawn = middle * np.exp(target.spread / middle * moved)
    if target.kind == "level":
        return drawn
    if target.kind == "growth":
        return before[1] * drawn ** (target.year - before[0])
    return levels[last if target.base_year is None else target.base_year] * drawn


def _joined(low: np.ndarray, high: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Values between two levels, (member,) each: straight in logs, straight where one is zero: (member, year)."""
    low, high = low[:, None], high[:, None]
    both = (low > 0) & (high > 0)
    ratio = np.where(both, high, 1.0) / np.where(both, low, 1.0)
    path = np.where(both, low * ratio**weight, low + (high - low) * weight)
    # The target itself, to the last bit.
    return np.where(weight == 1.0, high, path)


def _mixed(
    park: Park, base: np.ndarray, given: dict[int, tuple[Target, ...]], draws: Draws, members: slice
) -> np.ndarray:
    """Shares of one sector, (member, carrier, year), with those of some carriers given."""
    years = park.years[0] + np.arange(base.shape[-1])
    last = max(targets[-1].year for targets in given.values())
    inside = (years > park.last_observed_year) & (years <= last)
    fixed = np.stack([_share(park, base[:, c], targets, years, draws, members) for c, targets in given.items()], axis=1)
    total = fixed.sum(axis=1, keepdims=True)
    fixed = fixed / np.maximum(total, 1.0)
    free = np.delete(base, list(given), axis=1)
    rest = free.sum(axis=1, keepdims=True)
    # Where no other carrier is in use the given ones are all there is.
    fixed = np.where(rest > 0, fixed, fixed / np.where(total > 0, np.minimum(total, 1.0), 1.0))
    left = 1.0 - np.minimum(total, 1.0)
    mixed = base.copy()
    others = [c for c in range(base.shape[1]) if c not in given]
    mixed[:, list(given)] = np.where(inside, fixed, mixed[:, list(given)])
    mixed[:, others] = np.where(inside, free * left / np.where(rest > 0, rest, 1.0), mixed[:, others])
    end = int(last - years[0])
    if end < years.size - 1:
        then, later = base[..., end : end + 1], base[..., end + 1 :]
        weights = mixed[..., end : end + 1] * np.divide(later, then, out=np.ones_like(later), where=then > 0)
        mixed[..., end + 1 :] = weights / weights.sum(axis=1, keepdims=True)
    return mixed


def _share(
    park: Park, base: np.ndarray, targets: Sequence[Target], years: np.ndarray, draws: Draws, members: slice
) -> np.ndarray:
    """Given share of one carrier, (member, year): straight lines between targets, level after the last."""
    moved = _moved(targets, draws, members)
    knots = [base[:, park.years.size - 1]]
    for target in targets:
        level = np.full(moved.shape, target.value)
        if target.spread > 0 and 0 < target.value < 1:
            odds = target.value / (1.0 - target.value)
            odds = odds * np.exp(target.spread / (target.value * (1.0 - target.value)) * moved)
            level = odds / (1.0 + odds)
        knots.append(level)
    at = np.array([park.last_observed_year, *(target.year for target in targets)])
    place = np.clip(np.interp(years, at, np.arange(at.size)), 0, at.size - 1)
    low = np.floor(place).astype(int)
    high, weight = np.minimum(low + 1, at.size - 1), place - low
    levels = np.stack(knots, axis=1)
    return levels[:, low] * (1.0 - weight) + levels[:, high] * weight
