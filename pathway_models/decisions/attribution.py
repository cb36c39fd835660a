"""Contribution of each lever in tonnes and in years: Shapley shares, which add up whatever the order.

Shares are of means, so that they add up exactly; medians would not.  Means of tonnes are over the central members
(`PackageEngine.central`), those of years and of the probability over all.  Positive is good: tonnes avoided,
years gained, probability won.  For years, a peak in the record counts as the last observed year (no lever moves it) and
a member without a peak counts as the year after the horizon: years gained are then a lower bound, and the share of
such members stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import ScenarioError
from pathway_models.decisions.records import Attribution
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.sampling import stream
from pathway_models.kernels.shapley import coalitions, leave_one_out, one_at_a_time, sampled_shapley, shapley_values
from pathway_models.records.draws import Draws
from pathway_models.records.levers import FAMILIES, Measure, Scenario
from pathway_models.records.park import Park

#: Players up to which every coalition is worked out.
EXACT_UP_TO = 10


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
    # All seven families are players, so that one without a measure shows as zero.
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


def coalition(measures: Sequence[tuple[Measure, ...]], inside: Sequence[bool]) -> Scenario:
    """Build the scenario of the players inside a coalition."""
    chosen = tuple(m for group, joins in zip(measures, inside, strict=True) if joins for m in group)
    return Scenario("coalition", "coalition", "coalition", measures=chosen)


def drawn_orders(draws: Draws, players: int, orders: int, purpose: str = "shapley:orders") -> np.ndarray:
    """Draw orders of the players for sampled shares: (order, player), the same for the same draws and purpose."""
    rng = stream(draws.seed, draws.park_id, purpose)
    return np.stack([rng.permutation(players) for _ in range(orders)])


@dataclass(frozen=True, eq=False)
class Shared:
    """Values of coalitions shared out among ``n`` players; all arrays have the trailing axes of the values.

    Parameters
    ----------
    without, reached : (...)
        Of nobody, and of all together.
    shares : (n, ...)
        Shapley shares; they add up to ``reached - without``.
    alone, lost : (n, ...)
        One at a time, and leave-one-out; they do not add up.
    standard_error : (n, ...) or None
        Of sampled shares; None where every coalition was worked out.
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
    """Share out the value that all players reach together.

    Parameters
    ----------
    reach : callable
        Values of coalitions: (coalition, n) bool to (coalition, ...).
    orders : (order, n)
        Used, each both ways, where there are more players than ``exact_up_to``.
    """
    n = orders.shape[1]
    if n <= exact_up_to:
        values = reach(coalitions(n))
        alone, lost = one_at_a_time(values), leave_one_out(values)
        return Shared(values[0], values[-1], shapley_values(values), alone, lost, None)
    sampled, single = sampled_shapley(reach, orders), np.eye(n, dtype=bool)
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
) -> Attribution:
    """Share out the effect of a scenario among its families or levers.

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
    peaked = engine.survey([NOTHING, scenario]).p_peaked_by(int(years[-1]))
    # Fewer tonnes and earlier years are good, more probability is; adding zero leaves no minus before a zero.
    good = np.append(-np.ones(years.size + 3), 1.0)
    names_en, names_zh = names_of(players, by)
    return Attribution(
        identity=park.identity,
        scenario=scenario.scenario_id,
        players=tuple(players),
        names_en=names_en,
        names_zh=names_zh,
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
