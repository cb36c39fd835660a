"""Who shares in what a scenario reaches: its players, their coalitions, and Shapley shares over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.foundations.errors import ScenarioError
from pathway_models.kernels.shapley import coalitions, leave_one_out, one_at_a_time, sampled_shapley, shapley_values
from pathway_models.projection.sampling import stream
from pathway_models.records.draws import Draws
from pathway_models.records.levers import FAMILIES, Measure, Scenario

#: Players up to which every coalition is worked out.
EXACT_UP_TO = 10


def players_of(scenario: Scenario, by: str) -> dict[str, tuple[Measure, ...]]:
    """Families or levers of a scenario with their measures.

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
    """English and Chinese names of players; a family goes by its code, which what shows it puts into words."""
    if by == "family":
        return tuple(players), tuple(players)
    levers = [measures[0].lever for measures in players.values()]
    return tuple(lever.name_en for lever in levers), tuple(lever.name_zh for lever in levers)


def coalition(measures: Sequence[tuple[Measure, ...]], inside: Sequence[bool]) -> Scenario:
    """The scenario of those players that are inside."""
    chosen = tuple(m for group, joins in zip(measures, inside, strict=True) if joins for m in group)
    return Scenario("coalition", "coalition", "coalition", measures=chosen)


def drawn_orders(draws: Draws, players: int, orders: int, purpose: str = "shapley:orders") -> np.ndarray:
    """Orders of the players for sampled shares: (order, player), the same for the same draws and purpose."""
    rng = stream(draws.seed, draws.park_id, purpose)
    return np.stack([rng.permutation(players) for _ in range(orders)])


@dataclass(frozen=True, eq=False)
class Shared:
    """What coalitions reach, shared out among ``n`` players; all arrays have the trailing axes of the values.

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
    """Share out what all players reach.

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
        return Shared(
            values[0], values[-1], shapley_values(values), one_at_a_time(values), leave_one_out(values), None
        )  # fmt: skip
    sampled, single = sampled_shapley(reach, orders), np.eye(n, dtype=bool)
    without, reached = reach(np.array([[False] * n, [True] * n]))
    return Shared(
        without, reached, sampled.shares, reach(single) - without, reached - reach(~single), sampled.standard_error
    )
