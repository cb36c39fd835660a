"""A park with and without its plans on the same draws: given drivers side by side, and what becomes of the peak."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.baseline.paths import BaselinePaths
from pathway_models.baseline.plans import baseline_paths, factor_history, process_index, sectors_of
from pathway_models.core.errors import PathwayError
from pathway_models.core.units import TJ_PER_MWH
from pathway_models.engine.projecting import assumed_by, project
from pathway_models.engine.sampling import sample
from pathway_models.intake.plans.reading import with_plans, without_plans
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import ACTIVITY_UNITS, Park
from pathway_models.records.plans import ALL_SECTORS, FACTORS, DriverTarget, Plans

#: Quantiles of a band.
MEDIAN_BAND = (0.05, 0.5, 0.95)
#: Members whose drivers are computed at a time.
BATCH = 250


@dataclass(frozen=True, eq=False)
class DriverBands:
    """A driver as the baseline has it and as it is given.

    Parameters
    ----------
    driver, sector, item : str
        As in the table of overrides, ``all`` taken apart into sectors.
    unit : str
    targets : tuple of DriverTarget
    without, given : (3, year)
        5 %, 50 % and 95 % of members, observed years first.
    """

    driver: str
    sector: str
    item: str
    unit: str
    targets: tuple[DriverTarget, ...]
    without: np.ndarray
    given: np.ndarray


@dataclass(frozen=True, eq=False)
class PlanEffects:
    """Effects of a park's plans: given drivers, and the peak without and with each kind of plan.

    Parameters
    ----------
    park : Park
        With its plans.
    years : (year,) int
    drivers : tuple of DriverBands
        Of the overrides, projects left out.
    scenarios : tuple of str
    totals_without, totals_with : (scenario, 3, year), tCO2/yr
        Bands of total emissions, without plans and with all of them.
    before : int
    p_without, p_overrides, p_projects, p_with : (scenario,)
        Probability of peaking before that year: as the baseline is, with the overrides alone, with the projects alone,
        with both.
    members, seed : int
    """

    park: Park
    years: np.ndarray
    drivers: tuple[DriverBands, ...]
    scenarios: tuple[str, ...]
    totals_without: np.ndarray
    totals_with: np.ndarray
    before: int
    p_without: np.ndarray
    p_overrides: np.ndarray
    p_projects: np.ndarray
    p_with: np.ndarray
    members: int
    seed: int


def plan_effects(
    park: Park,
    scenarios: Mapping[str, Scenario] | Iterable[Scenario],
    *,
    members: int = 1000,
    seed: int,
    until: int = 2060,
    before: int = 2030,
    assumptions: Assumptions | None = None,
) -> PlanEffects:
    """Run a park without its plans, with each kind alone, and with both.

    Parameters
    ----------
    park : Park
        With plans.
    scenarios : mapping or iterable of Scenario
    members, seed, until
        As in `sample`; all runs share their draws.
    before : int
        Peaks are counted before this year.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Raises
    ------
    PathwayError
        The park has no plans.
    """
    if not park.plans:
        raise PathwayError(f"{park.park_id}: no plans to compare; put some on the park by with_plans")
    chosen = list(scenarios.values()) if isinstance(scenarios, Mapping) else list(scenarios)
    draws = sample(park, chosen, members=members, seed=seed, until=until, assumptions=assumptions)
    plans, bare = park.plans, without_plans(park)
    only_targets = with_plans(bare, Plans(targets=plans.targets))
    only_projects = with_plans(bare, Plans(projects=plans.projects, factors=plans.factors))
    bands, chances = [], []
    for one in (bare, only_targets, only_projects, park):
        pathways = project(one, chosen, draws)
        bands.append(np.quantile(pathways.total(), MEDIAN_BAND, axis=1).transpose(1, 0, 2))
        chances.append(find_peaks(pathways).p_before(before))
    return PlanEffects(
        park=park,
        years=np.arange(park.years[0], until + 1),
        drivers=_drivers(bare, only_targets, draws),
        scenarios=tuple(scenario.scenario_id for scenario in chosen),
        totals_without=bands[0],
        totals_with=bands[3],
        before=before,
        p_without=chances[0],
        p_overrides=chances[1],
        p_projects=chances[2],
        p_with=chances[3],
        members=members,
        seed=seed,
    )


def _drivers(bare: Park, given: Park, draws: Draws) -> tuple[DriverBands, ...]:
    """Compute the bands of every driver that is given."""
    found = []
    for (driver, sector, item), targets in given.plans.by_driver().items():
        for name in _names(given, sector):
            found.append((driver, name, item, targets))
    if not found:
        return ()
    values = [[_values(park, draws, one) for one in found] for park in (bare, given)]
    return tuple(
        DriverBands(
            *one[:3], _unit(given, *one[:3]), one[3], *(np.quantile(part[at], MEDIAN_BAND, axis=0) for part in values)
        )
        for at, one in enumerate(found)
    )


def _names(park: Park, sector: str) -> tuple[str, ...]:
    if sector == ALL_SECTORS:
        return tuple(park.sectors[s] for s in sectors_of(park, sector))
    return (sector,)


def _unit(park: Park, driver: str, sector: str, item: str) -> str:
    if driver in FACTORS:
        return "tCO2/MWh" if driver == "grid_factor" else "tCO2/GJ"
    if driver == "share":
        return "share"
    if driver == "output":
        return park.processes[process_index(park, sector, item)].unit
    unit = ACTIVITY_UNITS[park.activity_kinds[park.sectors.index(sector)]]
    return unit if driver == "activity" else f"TJ/{unit}"


def _values(park: Park, draws: Draws, which: tuple) -> np.ndarray:
    """Return one driver by member: (member, year)."""
    parts = []
    for start in range(0, draws.members, BATCH):
        members = slice(start, min(start + BATCH, draws.members))
        paths = baseline_paths(park, draws, members, assumed_by(draws, None))
        parts.append(_picked(park, paths, *which[:3]))
    return np.concatenate(parts)


def _picked(park: Park, paths: BaselinePaths, driver: str, sector: str, item: str) -> np.ndarray:
    if driver in FACTORS:
        known = factor_history(park, FACTORS[driver])
        values = (paths.grid if driver == "grid_factor" else paths.heat) * known[-1]
        values[:, : park.years.size] = known
        return values * (TJ_PER_MWH if driver == "grid_factor" else 1e-3)
    if driver == "output":
        return paths.output[:, process_index(park, sector, item)]
    s = park.sectors.index(sector)
    if driver == "share":
        return paths.shares[:, s, park.carriers.index(item)]
    return getattr(paths, driver)[:, s]
