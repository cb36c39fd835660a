"""A park's plans on the paths of its growth law: overrides in place of a driver, committed projects on top.

Sections 9 (projects) and 10 (overrides) of ``docs/baseline.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pathway_models.baseline.grid import grid_paths, heat_paths
from pathway_models.baseline.paths import AS_PLANS_TURN_OUT, BaselinePaths, Reading, free_paths, process_output
from pathway_models.core import PathwayError
from pathway_models.kernels.quantiles import triangular
from pathway_models.records import Assumptions, Draws, DriverTarget, Park, plans

#: Drivers of one value a year, whose paths are joined in logs.
PLAIN = ("activity", "intensity")


def baseline_paths(
    park: Park, draws: Draws, members: slice, assumptions: Assumptions, reading: Reading = AS_PLANS_TURN_OUT
) -> BaselinePaths:
    """Project the drivers of a park without levers, its plans included.

    Parameters
    ----------
    park : Park
    draws : Draws
        With shocks for `paths.DRIVERS` and ``mix:<carrier>`` of `paths.mixed_carriers`, and the draws of its plans.
    members : slice
        Which members to compute.
    assumptions : Assumptions
        Growth law, futures of power and heat.
    reading : Reading
        Uncertain parts of the drivers; where growth holds, the spread of given paths is left out too.

    Returns
    -------
    BaselinePaths

    Raises
    ------
    PathwayError
        The park has fewer than three observed years, or the draws were made without its plans or for another law.
    """
    lacking = [name for name in park.plans.uniforms() if name not in draws.uniforms]
    lacking += [name for name in park.plans.normals() if name not in draws.normals]
    if lacking:
        raise PathwayError(f"{park.park_id}: {', '.join(lacking)} were not drawn; sample the park as it is now")
    if not reading.growth:
        draws = _without_spread(park, draws)
    bought = tuple(of(park, draws, members, assumptions) for of in (grid_paths, heat_paths))
    paths = overridden(park, free_paths(park, draws, members, assumptions, bought, reading), draws, members)
    paths = with_followers(park, paths)
    output = process_output(park, paths.activity, paths.activity * paths.intensity)
    paths = replace(paths, output=overridden_output(park, output, draws, members))
    return with_projects(park, paths, draws, members)


def with_followers(park: Park, paths: BaselinePaths) -> BaselinePaths:
    """Let sectors follow the activity of others, at the energy per activity of the last observed year.

    ASSUME: an own power plant, or a coking plant, makes what its works needs and no more.  A path given for the sector
    itself takes precedence; committed projects are added to their own sector.
    """
    if not park.follows:
        return paths
    given = {target.sector for target in park.plans.targets if target.driver == "activity"}
    activity, intensity, known = paths.activity.copy(), paths.intensity.copy(), park.years.size
    for name, leader in park.follows.items():
        s, first = park.sectors.index(name), park.sectors.index(leader)
        if name not in given:
            now = activity[:, first, known - 1 : known]
            activity[:, s, known:] = park.activity[s, -1] * activity[:, first, known:] / now
            intensity[:, s, known:] = intensity[:, s, known - 1 : known]
    return replace(paths, activity=activity, intensity=intensity)


def _without_spread(park: Park, draws: Draws) -> Draws:
    """Return the draws with those of given paths at their median."""
    streams = {target.stream for targets in park.plans.by_driver().values() for target in targets}
    still = {name: np.zeros(draws.members) for name in streams if name in draws.normals}
    return replace(draws, normals={**draws.normals, **still}) if still else draws


def overridden(park: Park, paths: BaselinePaths, draws: Draws, members: slice) -> BaselinePaths:
    """Override activity, intensity, shares and factors of purchased carriers; not process output."""
    if not park.plans.targets:
        return paths
    arrays = {"activity": paths.activity.copy(), "intensity": paths.intensity.copy()}
    shares, factors = paths.shares.copy(), {"grid_factor": paths.grid, "heat_factor": paths.heat}
    mixes: dict[int, dict[int, tuple[DriverTarget, ...]]] = {}
    for (driver, sector, item), targets in park.plans.by_driver().items():
        moved = _moved(targets, draws, members)
        if driver in PLAIN:
            plain, others = _plainly(park, driver, sector)
            for s in plain:
                arrays[driver][:, s] = followed(park, arrays[driver][:, s], targets, moved)
            if others:
                # By as much as growth departs from that of the law, so that their difference from it is kept.
                moved_by = arrays[driver][:, plain[0]] / paths.activity[:, plain[0]]
                arrays[driver][:, others] *= moved_by[:, None]
        elif driver in plans.FACTORS:
            known = factor_history(park, plans.FACTORS[driver])
            factors[driver] = followed(park, factors[driver] * known[-1], targets, moved, known) / known[-1]
            factors[driver][:, : park.years.size] = 1.0
        elif driver == plans.CARBON:
            flat = np.ones((len(paths.grid), park.years.size + draws.years.size))
            paths = replace(paths, carbon=followed(park, flat, targets, moved))
            # The given CO2 per energy covers all carriers: declines of power and heat would count twice.
            held = [one if one.kind == plans.FREE else replace(one, value=0.0, spread=0.0) for one in targets]
            factors = {name: followed(park, path, held, np.zeros_like(moved)) for name, path in factors.items()}
        elif driver == "share":
            mixes.setdefault(park.sectors.index(sector), {})[park.carriers.index(item)] = targets
    for s, given in mixes.items():
        shares[:, s] = _mixed(park, shares[:, s], given, draws, members)
    return replace(paths, **arrays, shares=shares, grid=factors["grid_factor"], heat=factors["heat_factor"])


def _plainly(park: Park, driver: str, sector: str) -> tuple[list[int], list[int]]:
    """Split the sectors of a target into those that follow it, and those that move by the same departure from the law.

    ASSUME: growth given for all sectors is growth of the economy.  Sectors measured by output, energy or emissions
    do not grow as the economy does; unless the scenario gives their intensity as well, they depart from the law's path
    as much as the economy departs from the law's economy.  In a park without a sector in money all sectors follow.
    """
    chosen = sectors_of(park, sector)
    money = [s for s in chosen if park.activity_kinds[s] in ("value_added", "gdp")]
    is_whole = any(target.key == ("intensity", plans.ALL_SECTORS, "") for target in park.plans.targets)
    if driver != "activity" or sector != plans.ALL_SECTORS or is_whole or not money:
        return chosen, []
    return money, [s for s in chosen if s not in money]


def overridden_output(park: Park, output: np.ndarray, draws: Draws, members: slice) -> np.ndarray:
    """Override process output (member, process, year)."""
    output = output.copy() if park.plans.targets else output
    for (driver, sector, item), targets in park.plans.by_driver().items():
        if driver == "output":
            j = process_index(park, sector, item)
            output[:, j] = followed(park, output[:, j], targets, _moved(targets, draws, members))
    return output


def sectors_of(park: Park, sector: str) -> list[int]:
    """List the sectors of a target: one, or all whose activity is economic."""
    if sector == plans.ALL_SECTORS:
        return [s for s, kind in enumerate(park.activity_kinds) if kind != "population"]
    return [park.sectors.index(sector)]


def process_index(park: Park, sector: str, name: str) -> int:
    """Find the position of a process of a sector."""
    s = park.sectors.index(sector)
    return next(j for j, one in enumerate(park.processes) if one.name == name and one.sector == s)


def factor_history(park: Park, carrier: str = "electricity") -> np.ndarray:
    """Compute the mean factor of a purchased carrier by observed year, tCO2/TJ: weighted by use, plain without use."""
    at = park.carriers.index(carrier)
    use, factor = park.energy[:, at], park.factors[:, at]
    total = use.sum(axis=0)
    return np.where(total > 0, (use * factor).sum(axis=0) / np.where(total > 0, total, 1.0), factor.mean(axis=0))


def _moved(targets: Sequence[DriverTarget], draws: Draws, members: slice) -> np.ndarray:
    """Return the draw that shifts the targets of a driver, in standard deviations: (member,)."""
    if any(target.spread > 0 for target in targets):
        return draws.normals[targets[0].stream][members]
    return np.zeros(len(range(*members.indices(draws.members))))


def followed(
    park: Park, base: np.ndarray, targets: Sequence[DriverTarget], moved: np.ndarray, history: np.ndarray | None = None
) -> np.ndarray:
    """Replace a path by one through its targets; after the last it grows as the baseline.

    Parameters
    ----------
    park : Park
    base : (member, year)
        Baseline, observed years first.
    targets : sequence of DriverTarget
        By year.
    moved : (member,)
        Shift of the targets, in standard deviations.
    history : (H,), optional
        Observed values, where ``base`` does not hold them.

    Returns
    -------
    (member, year)
    """
    history = base[0, : park.years.size] if history is None else history
    levels = dict(zip(park.years.tolist(), history, strict=True))
    last = park.last_observed_year
    marks = [(last, np.full(base.shape[0], levels[last]))]
    for target in targets:
        free = base[:, target.year - int(park.years[0])] if target.kind == plans.FREE else None
        marks.append((target.year, _level(target, levels, marks[-1], moved, last) if free is None else free))
        levels[target.year] = marks[-1][1]
    path = base.copy()
    years = park.years[0] + np.arange(base.shape[1])
    stays = {target.year for target in targets if target.kind == plans.FREE}
    for (before, low), (after, high) in pairwise(marks):
        if after not in stays:
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
    target: DriverTarget,
    levels: dict[int, np.ndarray | float],
    before: tuple[int, np.ndarray],
    moved: np.ndarray,
    last: int,
) -> np.ndarray:
    """Compute the level of a target by member: log-normal around its value where it has a spread."""
    # A growth or change of -100 % and a level of zero have no logarithm: they are kept as they are.
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
    """Interpolate between two levels, (member,) each, in logs, or in values where one is zero: (member, year)."""
    low, high = low[:, None], high[:, None]
    both = (low > 0) & (high > 0)
    ratio = np.where(both, high, 1.0) / np.where(both, low, 1.0)
    path = np.where(both, low * ratio**weight, low + (high - low) * weight)
    # The target itself, to the last bit.
    return np.where(weight == 1.0, high, path)


def _mixed(
    park: Park, base: np.ndarray, given: dict[int, tuple[DriverTarget, ...]], draws: Draws, members: slice
) -> np.ndarray:
    """Rescale the shares of one sector, (member, carrier, year), to the given shares of some carriers."""
    years = park.years[0] + np.arange(base.shape[-1])
    last = max(targets[-1].year for targets in given.values())
    inside = (years > park.last_observed_year) & (years <= last)
    fixed = np.stack([_share(park, base[:, c], targets, years, draws, members) for c, targets in given.items()], axis=1)
    total = fixed.sum(axis=1, keepdims=True)
    fixed = fixed / np.maximum(total, 1.0)
    free = np.delete(base, list(given), axis=1)
    rest = free.sum(axis=1, keepdims=True)
    # Where no other carrier is in use the given ones make up the whole.
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
    park: Park, base: np.ndarray, targets: Sequence[DriverTarget], years: np.ndarray, draws: Draws, members: slice
) -> np.ndarray:
    """Interpolate the given share of one carrier, (member, year); constant after the last target."""
    moved = _moved(targets, draws, members)
    knots = [base[:, park.years.size - 1]]
    for target in targets:
        if target.kind == plans.FREE:
            knots.append(base[:, target.year - int(park.years[0])])
            continue
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


# ASSUME: closures leave at least a millionth of a sector's activity, so that intensity stays finite.
LEAST_LEFT = 1e-6


def phase_of(project: plans.Project, years: np.ndarray, draws: Draws, members: slice) -> np.ndarray:
    """Compute the share of a project's full load: (member, year); zero in members where it is not realised."""
    size = len(range(*members.indices(draws.members)))
    late = np.zeros(size)
    if project.delay_longest > 0:
        uniform = draws.uniforms[project.delay_stream][members]
        late = triangular(uniform, 0.0, project.delay_likely, project.delay_longest)
    phase = np.clip((years - project.start - late[:, None] + 1.0) / project.ramp_years, 0.0, 1.0)
    if project.probability < 1:
        phase = phase * (draws.uniforms[project.chance_stream][members] < project.probability)[:, None]
    return phase


def with_projects(park: Park, paths: BaselinePaths, draws: Draws, members: slice) -> BaselinePaths:
    """Add the loads of the park's projects to energy, output and activity.

    Sectors without a project keep their arrays to the last bit, as does the whole park without loads.
    """
    projects = [project for project in park.plans.projects if project.has_load]
    if not projects:
        return paths
    activity, intensity, shares, output = (
        array.copy("K") for array in (paths.activity, paths.intensity, paths.shares, paths.output)
    )
    known = park.years.size
    for s in sorted({park.sectors.index(project.sector) for project in projects}):
        own = [project for project in projects if project.sector == park.sectors[s]]
        added = _added(park, s, own, paths, draws, members)
        # Closures take at most what there is.
        energy = np.maximum(_energy(paths, s) + added.energy, 0.0)
        output = np.where(added.output != 0, np.maximum(output + added.output, 0.0), output)
        total, level = energy.sum(axis=1), paths.activity[:, s]
        is_index = park.activity_kinds[s] == "energy_index"
        raised = np.maximum(total if is_index else level + added.activity, LEAST_LEFT * level)
        used = total[:, None] > 0
        mixed = np.where(used, energy / np.where(used, total[:, None], 1.0), paths.shares[:, s])
        activity[:, s, known:] = raised[:, known:]
        intensity[:, s, known:] = (total / raised)[:, known:]
        shares[:, s, :, known:] = mixed[..., known:]
    return replace(paths, activity=activity, intensity=intensity, shares=shares, output=output)


@dataclass(frozen=True)
class _Added:
    """Sums of the loads of one sector: (member, carrier, year), (member, process, year) and (member, year)."""

    energy: np.ndarray
    output: np.ndarray
    activity: np.ndarray


def _energy(paths: BaselinePaths, s: int) -> np.ndarray:
    """Compute the energy of a sector by carrier before its projects: (member, carrier, year)."""
    return (paths.activity[:, s] * paths.intensity[:, s])[:, None] * paths.shares[:, s]


def _added(
    park: Park, s: int, projects: list[plans.Project], paths: BaselinePaths, draws: Draws, members: slice
) -> _Added:
    """Sum the loads of the projects of one sector."""
    energy, level = _energy(paths, s), paths.activity[:, s]
    years = park.years[0] + np.arange(level.shape[1])
    added = _Added(np.zeros(energy.shape), np.zeros(paths.output.shape), np.zeros(level.shape))
    for project in projects:
        phase = phase_of(project, years, draws, members)
        for load in project.loads:
            if load.quantity == "energy" and load.value:
                added.energy[:, park.carriers.index(load.item)] += load.value * phase
            elif load.quantity == "product":
                added.output[:, process_index(park, project.sector, load.item)] += load.value * phase
            elif load.quantity == "value_added":
                added.activity[:] += load.value * phase
        if project.follows_sector:
            share = sum(load.value for load in project.loads) * phase / level
            added.energy[:] += energy * share[:, None]
            added.output[:] += paths.output * (share[:, None] * _of_sector(park, s))
    return added


def _of_sector(park: Park, s: int) -> np.ndarray:
    """Mark the processes of a sector, balances excluded: (process, 1)."""
    inside = [process.sector == s and not process.is_balance for process in park.processes]
    return np.array(inside, dtype=float).reshape(-1, 1)
