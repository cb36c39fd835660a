"""Effects of a park's plans on the same draws: given drivers beside the baseline's, and the change of the peak.

`doubt` attributes the doubt of the headline to growth, levers, factors and the park's own noise.

The *margin* of a member says how clearly it peaks before Y: the highest total of the confirmation window against the
highest before it, less one; the event holds where it is zero or below.  Its doubt is the squared width of its 90 % band
(squared, as the squares of independent parts add up).  It is attributed by Shapley values over the four groups: a
coalition is an ensemble in which only its groups are drawn and all others stand at their median, in the same draws.
The shares add up to the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.baseline.grid import NATION, PLACE
from pathway_models.baseline.paths import BaselinePaths, Reading
from pathway_models.baseline.plans import baseline_paths, factor_history, process_index, sectors_of
from pathway_models.core import PathwayError, RecordError, arrays, units
from pathway_models.engine import projecting, sampling
from pathway_models.intake.plans.reading import with_plans, without_plans
from pathway_models.kernels import event_split, sensitivity
from pathway_models.peaks.finding import find_peaks
from pathway_models.records import Assumptions, Draws, DriverTarget, Identified, Park, ParkIdentity, Scenario
from pathway_models.records.park import ACTIVITY_UNITS
from pathway_models.records.plans import ALL_SECTORS, FACTORS, Plans

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
        As in the table of overrides, ``all`` split into sectors.
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
    draws = sampling.sample(park, chosen, members=members, seed=seed, until=until, assumptions=assumptions)
    plans, bare = park.plans, without_plans(park)
    only_targets = with_plans(bare, Plans(targets=plans.targets))
    only_projects = with_plans(bare, Plans(projects=plans.projects, factors=plans.factors))
    bands, chances = [], []
    for one in (bare, only_targets, only_projects, park):
        pathways = projecting.project(one, chosen, draws)
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
        paths = baseline_paths(park, draws, members, projecting.assumed_by(draws, None))
        parts.append(_picked(park, paths, *which[:3]))
    return np.concatenate(parts)


def _picked(park: Park, paths: BaselinePaths, driver: str, sector: str, item: str) -> np.ndarray:
    if driver in FACTORS:
        known = factor_history(park, FACTORS[driver])
        values = (paths.grid if driver == "grid_factor" else paths.heat) * known[-1]
        values[:, : park.years.size] = known
        return values * (units.TJ_PER_MWH if driver == "grid_factor" else 1e-3)
    if driver == "output":
        return paths.output[:, process_index(park, sector, item)]
    s = park.sectors.index(sector)
    if driver == "share":
        return paths.shares[:, s, park.carriers.index(item)]
    return getattr(paths, driver)[:, s]


#: Groups of uncertain inputs, in the order they are drawn in the bar.
GROUPS = ("growth", "levers", "factors", "noise")
#: Ends of the band whose width is the doubt.
BAND = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Doubt(Identified):
    """Doubt of the headline by group.

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    before : int
    shares : (4,)
        Parts of the doubt, by `GROUPS`; they add up to ``whole``.
    whole : float
        Squared width of the 90 % band of the margin.
    members : int
    """

    identity: ParkIdentity
    scenario: str
    before: int
    shares: np.ndarray
    whole: float
    members: int

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "shares", arrays.frozen_array("shares", self.shares, (len(GROUPS),)))
        if abs(self.shares.sum() - self.whole) > 1e-9 * max(1.0, self.whole):
            raise RecordError("the shares do not add up to the whole")

    def parts(self) -> dict[str, float]:
        """Return each group's part of the whole doubt, adding up to one; empty where there is no doubt."""
        if self.whole <= 0:
            return {}
        return dict(zip(GROUPS, (self.shares / self.whole).tolist(), strict=True))

    def shown(self) -> dict[str, float]:
        """Return the parts as bar and sentence show them: a group that reduces the doubt counts as zero.

        The others are scaled so that they still add up to one.
        """
        parts = {group: max(part, 0.0) for group, part in self.parts().items()}
        return {group: part / sum(parts.values()) for group, part in parts.items()}


def doubt(park: Park, scenario: Scenario, draws: Draws, *, before: int = 2030) -> Doubt:
    """Attribute the doubt whether a park peaks before a year to groups of inputs.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    draws : Draws
        Made by `sample` with this scenario.
    before : int

    Raises
    ------
    ValueError
        The confirmation window ends behind the horizon.
    """
    return doubts(park, [scenario], draws, before=before)[0]


def doubts(park: Park, scenarios: Sequence[Scenario], draws: Draws, *, before: int = 2030) -> list[Doubt]:
    """Attribute the doubt under several scenarios, in the order given, projected on the same baselines.

    Parameters
    ----------
    park : Park
    scenarios : sequence of Scenario
    draws : Draws
        Made by `sample` with these scenarios.
    before : int

    Raises
    ------
    ValueError
        The confirmation window ends behind the horizon.
    """
    widths = np.empty((2,) * len(GROUPS) + (len(scenarios),))
    for at in np.ndindex(widths.shape[: len(GROUPS)]):
        drawn = dict(zip(GROUPS, map(bool, at), strict=True))
        if not drawn.pop("levers"):
            widths[_with_levers(at)] = _squared_widths(park, scenarios, draws, before, **drawn)
    values = np.stack([widths[tuple(map(int, drawn))] for drawn in sensitivity.coalitions(len(GROUPS))])
    shares = [sensitivity.shapley_values(of_scenario) + 0.0 for of_scenario in values.T]
    return [
        Doubt(park.identity, scenario.scenario_id, before, own, float(of[-1] - of[0]), draws.members)
        for scenario, own, of in zip(scenarios, shares, values.T, strict=True)
    ]


def _with_levers(at: tuple[int, ...]) -> tuple[int | slice, ...]:
    """Index a coalition with its levers at the median and, behind it, drawn."""
    return tuple(slice(None) if name == "levers" else one for name, one in zip(GROUPS, at, strict=True))


def _squared_widths(
    park: Park, scenarios: Sequence[Scenario], draws: Draws, before: int, *, growth: bool, factors: bool, noise: bool
) -> np.ndarray:
    """Square the width of the margin's 90 % band where only some groups are drawn.

    First with levers at their median, then drawn, the same without levers: (2, scenario).
    """
    ways = [median_draws(draws, levers=still, factors=not factors) for still in (True, False)]
    # Years after the confirmation window do not count.
    until = max(min(before + event_split.WINDOW - 1, int(draws.years[-1])), int(draws.years[0]))
    total = projecting.totals(park, list(scenarios), ways[1], ways, until, Reading(growth=growth, noise=noise))
    low, high = np.quantile(event_split.margin(total, before - int(park.years[0])), BAND, axis=-1)
    return (high - low) ** 2


def median_draws(draws: Draws, *, levers: bool, factors: bool) -> Draws:
    """Set the draws of levers, or of factors and the grid, to their median; those of drivers stay."""
    half, zero = np.full(draws.members, 0.5), np.zeros(draws.members)
    grid = NATION
    # Streams other than the grid's belong to levers; those of plans, which go with growth, begin with their names.
    uniforms = {
        name: half if (factors and name == grid) or (levers and name != grid and not _is_plan(name)) else values
        for name, values in draws.uniforms.items()
    }
    normals = {
        name: zero if factors and name.startswith("factor:") else values for name, values in draws.normals.items()
    }
    shocks = {
        name: np.zeros_like(values) if factors and name == PLACE else values for name, values in draws.shocks.items()
    }
    return replace(draws, uniforms=uniforms, normals=normals, shocks=shocks)


def _is_plan(name: str) -> bool:
    return name.startswith(("project", "override"))
