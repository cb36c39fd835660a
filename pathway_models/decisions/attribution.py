"""Contributions of levers in tonnes and years by Shapley shares; first steps; marginal abatement costs; grades of data.

Shares are of means, so that they add up exactly; medians would not.  Means of tonnes are over the central members
(`PackageEngine.central`), those of years and of the probability over all.  Positive is good: tonnes avoided,
years gained, probability won.  For years, a peak in the record counts as the last observed year (no lever moves it) and
a member without a peak counts as the year after the last one that a peak can be seen in: years gained are then a lower
bound, and the share of such members is given too.

Marginal abatement costs have three readings, each with its uncertainty in width, height and order.  Stand-alone (each
lever against nothing) counts interactions of levers twice; retrospective (each lever on top of the cheaper ones)
depends on the order; Shapley shares do neither.  Width is the level yearly abatement with the same discounted tonnes,
height the discounted cost over discounted tonnes: the area of a block is its annualised cost.  A lever of unknown cost
has a width and no height.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.core import PathwayError, ScenarioError
from pathway_models.decisions import package_cost, records
from pathway_models.engine import package_tree, projecting, sampling
from pathway_models.engine.packages import PackageEngine
from pathway_models.engine.ramps import acting_ramp
from pathway_models.intake.costs import read_costs, unknown_costs
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.kernels import event_split, sensitivity
from pathway_models.kernels.costs import levelised
from pathway_models.records import Assumptions, Costs, Draws, DriverPath, Park, Peaks, Step
from pathway_models.records.levers import FAMILIES, NO_MEASURES, Lever, Measure, Scenario

#: Most players for which every coalition is evaluated.
EXACT_UP_TO = 10
#: Relative change of a park's emissions below which a measure has no effect but rounding.
IDLE = 1e-9
#: Members over which tonnes and costs of single measures are averaged: all 1,000 would take a second for a province
#: with its power stations, a third of its run.
FEW = 200


def players_of(scenario: Scenario, by: str) -> dict[str, tuple[Measure, ...]]:
    """Group the measures of a scenario by family or by lever.

    Raises
    ------
    ScenarioError
        ``by`` is neither, or the scenario has no measures.
    """
    if by not in ("family", "lever"):
        raise ScenarioError(f"by = {by!r}: expected 'family' or 'lever'")
    if not scenario.measures:
        raise ScenarioError(f"scenario {scenario.scenario_id!r} has no measures: there is nothing to share out")
    # All seven families are players, so that one without a measure is listed with zero.
    found: dict[str, list[Measure]] = {family: [] for family in FAMILIES} if by == "family" else {}
    for measure in scenario.measures:
        player = measure.lever.family if by == "family" else measure.lever.lever_id
        found.setdefault(player, []).append(measure)
    return {player: tuple(measures) for player, measures in found.items()}


def names_of(players: Mapping[str, tuple[Measure, ...]], by: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name players in English and Chinese; a family keeps its code, which tables and figures put into words."""
    if by == "family":
        return tuple(players), tuple(players)
    levers = [measures[0].lever for measures in players.values()]
    return tuple(lever.name_en for lever in levers), tuple(lever.name_zh for lever in levers)


def families_of(players: Mapping[str, tuple[Measure, ...]], by: str) -> tuple[str, ...]:
    """Return the family of each player."""
    return tuple(players) if by == "family" else tuple(group[0].lever.family for group in players.values())


def coalition(measures: Sequence[tuple[Measure, ...]], inside: Sequence[bool]) -> Scenario:
    """Build the scenario of the players inside a coalition."""
    chosen = tuple(m for group, joins in zip(measures, inside, strict=True) if joins for m in group)
    return Scenario("coalition", "coalition", "coalition", measures=chosen)


def drawn_orders(draws: Draws, players: int, orders: int, purpose: str = "shapley:orders") -> np.ndarray:
    """Draw orders of the players for sampled shares: (order, player), the same for the same draws and purpose."""
    rng = sampling.stream(draws.seed, draws.park_id, purpose)
    return np.stack([rng.permutation(players) for _ in range(orders)])


@dataclass(frozen=True, eq=False)
class Shared:
    """Shapley shares of ``n`` players in the values of coalitions; all arrays have the trailing axes of the values.

    Parameters
    ----------
    without, reached : (...)
        Values of the empty coalition, and of all players together.
    shares : (n, ...)
        Shapley shares; they add up to ``reached - without``.
    alone, lost : (n, ...)
        One at a time, and leave-one-out; they do not add up.
    standard_error : (n, ...) or None
        Of sampled shares; None where every coalition was evaluated.
    """

    without: np.ndarray
    reached: np.ndarray
    shares: np.ndarray
    alone: np.ndarray
    lost: np.ndarray
    standard_error: np.ndarray | None


def share_out(
    reach: Callable[[np.ndarray], np.ndarray], orders: np.ndarray, *, exact_up_to: int = EXACT_UP_TO
) -> Shared:
    """Compute the shares of all players in their joint value.

    Parameters
    ----------
    reach : callable
        Values of coalitions: (coalition, n) bool to (coalition, ...).
    orders : (order, n)
        Orders of players, each taken both ways, used where there are more players than ``exact_up_to``.
    """
    n = orders.shape[1]
    if n <= exact_up_to:
        values = reach(sensitivity.coalitions(n))
        alone, lost = sensitivity.one_at_a_time(values), sensitivity.leave_one_out(values)
        return Shared(values[0], values[-1], sensitivity.shapley_values(values), alone, lost, None)
    sampled, single = sensitivity.sampled_shapley(reach, orders), np.eye(n, dtype=bool)
    without, reached = reach(np.array([[False] * n, [True] * n]))
    alone, lost = reach(single) - without, reached - reach(~single)
    return Shared(without, reached, sampled.shares, alone, lost, sampled.standard_error)


def attribute(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    *,
    by: str = "family",
    before: int = 2030,
    until: int | None = None,
    orders: int = 100,
) -> records.Attribution:
    """Attribute the effect of a scenario to its families or levers.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    draws : Draws
        Made by `sample` with this scenario.
    by : {"family", "lever"}
    before : int
        Probability of peaking before this year.
    until : int, optional
        Last year; as far as the draws reach by default.
    orders : int
        Sampled orders, each taken both ways, where there are more than ten players.

    Returns
    -------
    Attribution
        Exact up to ten players, else sampled with standard errors.

    Raises
    ------
    ScenarioError
        The scenario has no measures, or ``by`` is unknown.
    """
    players = players_of(scenario, by)
    engine = PackageEngine(park, scenario, draws, until=until)
    measure_of, n = list(players.values()), len(players)

    def reach(members: np.ndarray) -> np.ndarray:
        return _reached(engine, [coalition(measure_of, inside) for inside in members], before)

    shared = share_out(reach, drawn_orders(draws, n, orders))
    years = engine.years[1:]
    peaked = engine.survey([NO_MEASURES, scenario]).p_peaked_by(int(years[-1]))
    # Positive for fewer tonnes, earlier years and more probability; adding zero removes the sign of a negative zero.
    good = np.append(-np.ones(years.size + 3), 1.0)
    names_en, names_zh = names_of(players, by)
    return records.Attribution(
        identity=park.identity,
        scenario=scenario.scenario_id,
        players=tuple(players),
        names_en=names_en,
        names_zh=names_zh,
        families=families_of(players, by),
        years=years,
        before=before,
        shares=good * shared.shares + 0.0,
        without=shared.without,
        reached=shared.reached,
        standard_error=shared.standard_error,
        alone=good * shared.alone + 0.0,
        lost=good * shared.lost + 0.0,
        censored=(1.0 - float(peaked[0]), 1.0 - float(peaked[1])),
    )


def _reached(engine: PackageEngine, packages: list[Scenario], before: int) -> np.ndarray:
    """Average totals by year, cumulative, peak level, counted peak year and probability: (package, Y + 4)."""
    survey = engine.survey(packages, by_year=True)
    case = survey.tree.case_of
    single = (survey.cumulative[case], survey.peak[case], survey.counted_year(), survey.p_before(before))
    return np.hstack([survey.by_year[case], np.stack(single, axis=1)])


# what to do first ----------------------------------------------------------------------------------------------


def first_steps(
    park: Park, scenarios: Mapping[str, Scenario], draws: Draws, peaks: Peaks, costs: Costs | None = None
) -> tuple[Step, ...]:
    """Evaluate each measure of a run's best scenario alone, and order them by their gain.

    The best scenario is the one under which most members peak before the year in question.  The first measure acts on a
    park without measures: hence measures are ordered by their gain alone and not by a share in a joint gain
    (`attribute`).  Each measure is evaluated once, in the run's own members.  Tonnes and costs are means over the first
    `FEW` of them, the gain is over all.

    Parameters
    ----------
    park : Park
    scenarios : mapping of Scenario
    draws : Draws
        Made by `sample` with these scenarios.
    peaks : Peaks
        Of these scenarios in these draws, with ``before`` the year in question.
    costs : Costs, optional
        The shipped ones by default.

    Returns
    -------
    tuple of Step
        Highest gain first, then most tonnes; empty where no scenario is better than no measures.  Measures without
        effect in this park are left out.
    """
    shares = dict(zip(peaks.scenarios, peaks.p_before(peaks.before).tolist(), strict=True))
    best = max(scenarios, key=lambda name: (shares[name], -len(scenarios[name].measures)))
    idle = package_tree.cannot_act(park, [measure.lever for measure in scenarios[best].measures], read_carriers())
    measures = tuple(measure for measure in scenarios[best].measures if measure.lever.lever_id not in idle)
    if not measures:
        return ()
    levers = {measure.lever.lever_id: measure.lever for measure in measures}
    prices = costs or read_costs(levers=levers)
    # Each alone under the park's own growth, also where the scenario gives another one.
    everything = Scenario(best, best, best, measures=measures)
    alone = [NO_MEASURES, *(Scenario(m.lever.lever_id, "", "", measures=(m,)) for m in measures)]
    decided = PackageEngine(
        park, everything, draws, until=min(peaks.before + event_split.WINDOW - 1, int(draws.years[-1]))
    )
    gain = decided.survey(alone, before=[peaks.before]).p_before(peaks.before)
    wishes = {"seed": draws.seed, "until": int(draws.years[-1]), "assumptions": draws.assumptions}
    few = sampling.sample(park, [everything], members=min(FEW, draws.members), **wishes)
    rates = package_cost.draw_rates(prices, levers, few)
    engine = PackageEngine(park, everything, few, rates=rates)
    found, level = engine.survey(alone, before=[peaks.before]), float(rates.discount.sum())
    case, sinks = found.tree.case_of, found.tree.sinks_of
    money = (found.cost[case] + found.sinks_cost[sinks]) / level
    tonnes = found.cumulative[case] / (engine.years.size - 1)
    unknown = unknown_costs(prices, levers, park)
    ramps = [acting_ramp(measure, park, decided.assumptions.issue_year) for measure in measures]
    steps = [
        Step(
            measure.lever.lever_id, measure.lever.name_en, measure.lever.name_zh, measure.lever.family, measure.setting,
            ramps[at - 1].start, ramps[at - 1].complete, float(gain[at] - gain[0]), float(tonnes[0] - tonnes[at]),
            float(money[at] - money[0]), measure.lever.lever_id not in unknown,
        )
        for at, measure in enumerate(measures, start=1)
        if case[at] != case[0] and abs(tonnes[at] - tonnes[0]) > IDLE * tonnes[0]
    ]  # fmt: skip
    return tuple(sorted(steps, key=lambda step: (-step.gain, -step.avoided)))


# grades of numbers ---------------------------------------------------------------------------------------------

#: Marks of `grade`.
ASSUMED, DERIVED, BACKGROUND, DEFINED, SEEN = "assumed", "derived", "background", "definition", "seen"
#: Drivers whose fall is abatement.
ABATING = ("intensity", "energy_per_gdp", "co2_per_energy", "grid_factor")
#: Years over which a mean decline is measured.
HELD = 10


def grade(source: str, corner: str = "mode") -> str:
    """Grade a number by the text of its source.

    A source that begins with ``derived`` and continues with ``ASSUME`` is derived at its mode and assumed at its ends.

    Examples
    --------
    >>> grade("derived: 1 / 2 (key); ASSUME: the ends"), grade("derived: 1 / 2 (key); ASSUME: the ends", "low")
    ('derived', 'assumed')
    """
    if source.startswith("derived"):
        return ASSUMED if corner != "mode" and "ASSUME" in source else DERIVED
    for mark in (BACKGROUND, DEFINED):
        if source.startswith(mark):
            return mark
    return ASSUMED if "ASSUME" in source or not source else SEEN


def lever_numbers(levers: Iterable[Lever]) -> list[dict[str, object]]:
    """List every number of some levers, a row a parameter and setting, with unit, grade and source.

    Returns
    -------
    list of dict
        ``lever, parameter, setting, low, mode, high, unit, grade, grade_of_ends, source``; ``setting`` is empty where
        all settings have the same values.
    """
    rows = []
    for lever in levers:
        given = [("", lever.parameters), *lever.settings.items()]
        for setting, values in given:
            for name, corners in values.items():
                source = lever.source_of(name, setting)
                row = {"lever": lever.lever_id, "parameter": name, "setting": setting}
                row |= {
                    "low": corners.low,
                    "mode": corners.mode,
                    "high": corners.high,
                    "unit": lever.units.get(name, ""),
                }
                rows.append(row | {"grade": grade(source), "grade_of_ends": grade(source, "low"), "source": source})
    return rows


def assumed_numbers(rows: Iterable[Mapping[str, object]]) -> tuple[int, int]:
    """Count the numbers that are assumed, and all; a corner equal to another is one number."""
    assumed = whole = 0
    for row in rows:
        ends = {row["low"], row["high"]} - {row["mode"]}
        whole += 1 + len(ends)
        assumed += (row["grade"] == ASSUMED) + (row["grade_of_ends"] == ASSUMED) * len(ends)
    return assumed, whole


def weighed_drivers(drivers: Iterable[DriverPath], until: int) -> list[tuple[str, float, str]]:
    """List the drivers of a scenario that lower emissions up to a year: label, log change, grade."""
    found = []
    for path in drivers:
        years, span = min(path.last, until) - path.first + 1, path.last - path.first + 1
        if path.driver in ABATING and path.kind in ("growth", "change") and years > 0:
            yearly = np.log1p(path.value / 100.0) / (1 if path.kind == "growth" else span)
            found.append(
                (f"{path.driver} {path.first}-{min(path.last, until)}", float(-yearly * years), grade(path.source))
            )
    return found


def weighed_levers(
    park: Park, scenario: Scenario, year: int, members: int, seed: int, assumptions: Assumptions
) -> list[tuple[str, float, float]]:
    """List the levers of a scenario by avoided emissions in a year: lever, share of them, share of assumed numbers."""
    draws = sampling.sample(park, [scenario], members=members, seed=seed, assumptions=assumptions)
    shared = attribute(park, scenario, draws, by="lever", orders=20)
    tonnes = shared.shares[:, shared.column(year)]
    levers = {measure.lever.lever_id: measure for measure in scenario.measures}
    found = []
    for name, avoided in zip(shared.players, tonnes, strict=True):
        lever, setting = levers[name].lever, levers[name].setting
        rows = lever_numbers([lever])
        assumed, whole = assumed_numbers([row for row in rows if row["setting"] in ("", setting)])
        found.append((name, float(avoided / tonnes.sum()), assumed / whole))
    return found


def held_decline(values: np.ndarray) -> float:
    """Find the fastest mean yearly decline of a path over ten years, as a share a year.

    Parameters
    ----------
    values : (Y,)
        Above zero; NaN where not known.

    Returns
    -------
    float
        NaN where no two values ten years apart are known.

    Examples
    --------
    >>> round(held_decline(0.97 ** np.arange(12.0)), 3)
    0.03
    """
    change = np.log(values[HELD:] / values[:-HELD]) / HELD
    known = change[np.isfinite(change)]
    return float(-np.expm1(known.min())) if known.size else float("nan")


def best_tenth(paths: Iterable[np.ndarray]) -> float:
    """Find the ten-year decline that the best tenth of some regions ever reached, as a share a year."""
    held = np.array([held_decline(path) for path in paths])
    return float(np.quantile(held[np.isfinite(held)], 0.9))


def intensity_declines(
    park: Park, scenarios: Iterable[Scenario], members: int, seed: int, assumptions: Assumptions
) -> dict[str, float]:
    """Find the fastest ten-year decline of energy per activity on each scenario's median path."""
    chosen = list(scenarios)
    draws = sampling.sample(park, chosen, members=members, seed=seed, assumptions=assumptions)
    found = projecting.project(park, chosen, draws)
    money = found.memo_items.get("economy", found.memo_items["activity"])
    ahead = found.years >= found.last_observed_year
    intensity = np.median(found.memo_items["energy"] / money, axis=1)[:, ahead]
    return dict(zip(found.scenarios, map(held_decline, intensity), strict=True))


#: Most levers for which every coalition is evaluated.
EXACT_GROUPS = 8


def abatement_costs(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    costs: Costs,
    *,
    until: int | None = None,
    rate: float | None = None,
    orders: int = 60,
) -> records.Macc:
    """Compute the abatement cost curve of a scenario's levers in three readings.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    draws : Draws
        Made by `sample` with this scenario.
    costs : Costs
    until : int, optional
    rate : float, optional
        Real discount rate; that of the costs by default.
    orders : int
        Sampled orders of the Shapley reading, each taken both ways, where there are more than eight levers.

    Raises
    ------
    PathwayError
        The scenario has no measures that change emissions.
    """
    measures = tuple(m for m in scenario.measures if m.lever.acts.moves_total)
    if not measures:
        raise PathwayError(f"scenario {scenario.scenario_id!r} has no lever that avoids emissions")
    levers = {m.lever.lever_id: m.lever for m in measures}
    rates, unknown = (
        package_cost.draw_rates(costs, levers, draws, until=until, rate=rate),
        unknown_costs(costs, levers, park),
    )
    engine = PackageEngine(park, scenario, draws, until=until, rates=rates)
    known = np.array([name not in unknown for name in levers])
    return records.Macc(
        identity=park.identity,
        scenario=scenario.scenario_id,
        levers=tuple(levers),
        names_en=tuple(lever.name_en for lever in levers.values()),
        names_zh=tuple(lever.name_zh for lever in levers.values()),
        families=tuple(lever.family for lever in levers.values()),
        known=known,
        assumed=np.array([name in costs.levers and costs.levers[name].assumed for name in levers]),
        readings=_readings(engine, measures, known, orders),
        weights=engine.central(),
        price_year=costs.price_year,
    )


def _readings(
    engine: PackageEngine, measures: tuple[Measure, ...], known: np.ndarray, orders: int
) -> dict[str, records.Reading]:
    level, groups = engine.rates.discount.sum(), [(measure,) for measure in measures]

    def reach(members: np.ndarray) -> np.ndarray:
        """Compute level yearly cost and tonnes avoided of some coalitions: (coalition, 2, member)."""
        cost, tonnes = engine.by_member([NO_MEASURES, *(coalition(groups, inside) for inside in members)])
        return np.stack([cost[1:] - cost[0], tonnes[0] - tonnes[1:]], axis=1) / level

    shared = share_out(reach, drawn_orders(engine.draws, len(groups), orders, "macc:orders"), exact_up_to=EXACT_GROUPS)
    alone, shares = shared.alone, shared.shares
    order = _order(alone, known, engine.central())
    steps = np.tri(len(groups) + 1, len(groups), -1, dtype=bool)[:, np.argsort(order)]
    marginal = np.empty_like(alone)
    marginal[order] = np.diff(reach(steps), axis=0)
    return {
        "stand_alone": records.Reading(alone[:, 1], alone[:, 0], order),
        "retrospective": records.Reading(marginal[:, 1], marginal[:, 0], order),
        "shapley": records.Reading(shares[:, 1], shares[:, 0], _order(shares, known, engine.central())),
    }


def _order(values: np.ndarray, known: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Order levers by mean height, then those that avoid nothing, then those of unknown cost."""
    cost, tonnes = (values @ weights).T
    heights = np.where(known, np.nan_to_num(levelised(cost, tonnes), nan=np.inf), np.inf)
    return np.lexsort((heights, ~known))
