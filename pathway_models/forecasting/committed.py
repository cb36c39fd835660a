"""Committed projects on top of the baseline (docs/baseline.md, section 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pathway_models.forecasting.overriding import process_index
from pathway_models.forecasting.paths import BaselinePaths
from pathway_models.kernels.quantiles import triangular
from pathway_models.records.draws import Draws
from pathway_models.records.park import Park
from pathway_models.records.plans import Project

# ASSUME: closures leave at least a millionth of a sector's activity, so that intensity stays finite.
LEAST_LEFT = 1e-6


def phase_of(project: Project, years: np.ndarray, draws: Draws, members: slice) -> np.ndarray:
    """Share of a project's full load: (member, year); zero in members where it does not go ahead."""
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
    """The baseline with the loads of the park's projects in energy, output and activity.

    Sectors without a project keep their arrays to the last bit, as does the whole park where nothing is loaded.
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
        # Closures take what is there and no more.
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
    """Energy of a sector by carrier before its projects: (member, carrier, year)."""
    return (paths.activity[:, s] * paths.intensity[:, s])[:, None] * paths.shares[:, s]


def _added(park: Park, s: int, projects: list[Project], paths: BaselinePaths, draws: Draws, members: slice) -> _Added:
    """What the projects of one sector load together."""
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
    """Which processes stand in a sector and can be moved: (process, 1)."""
    inside = [process.sector == s and not process.is_balance for process in park.processes]
    return np.array(inside, dtype=float).reshape(-1, 1)
