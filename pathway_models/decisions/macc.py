"""Marginal abatement costs in three readings, each with its uncertainty in width, height and order.

Stand-alone (each lever against nothing) counts interactions of levers twice; retrospective (each lever on top
of the cheaper ones) depends on the order; Shapley shares do neither.  Width is the level yearly abatement with the
same discounted tonnes, height the discounted cost over discounted tonnes: the area of a block is its annualised cost.
A lever whose cost is not known has a width and no height.
"""

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.attribution import coalition, drawn_orders, share_out
from pathway_models.decisions.costs import draw_rates
from pathway_models.decisions.records import Macc, Reading
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.intake.costs import unknown_costs
from pathway_models.kernels.costs import levelised
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Park

#: Levers up to which every coalition is worked out.
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
) -> Macc:
    """Work out the abatement cost curve of a scenario's levers in three readings.

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
    rates, unknown = draw_rates(costs, levers, draws, until=until, rate=rate), unknown_costs(costs, levers, park)
    engine = PackageEngine(park, scenario, draws, until=until, rates=rates)
    known = np.array([name not in unknown for name in levers])
    return Macc(
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
) -> dict[str, Reading]:
    level, groups = engine.rates.discount.sum(), [(measure,) for measure in measures]

    def reach(members: np.ndarray) -> np.ndarray:
        """Work out level yearly cost and tonnes avoided of some coalitions: (coalition, 2, member)."""
        cost, tonnes = engine.by_member([NOTHING, *(coalition(groups, inside) for inside in members)])
        return np.stack([cost[1:] - cost[0], tonnes[0] - tonnes[1:]], axis=1) / level

    shared = share_out(reach, drawn_orders(engine.draws, len(groups), orders, "macc:orders"), exact_up_to=EXACT_GROUPS)
    alone, shares = shared.alone, shared.shares
    order = _order(alone, known, engine.central())
    steps = np.tri(len(groups) + 1, len(groups), -1, dtype=bool)[:, np.argsort(order)]
    marginal = np.empty_like(alone)
    marginal[order] = np.diff(reach(steps), axis=0)
    return {
        "stand_alone": Reading(alone[:, 1], alone[:, 0], order),
        "retrospective": Reading(marginal[:, 1], marginal[:, 0], order),
        "shapley": Reading(shares[:, 1], shares[:, 0], _order(shares, known, engine.central())),
    }


def _order(values: np.ndarray, known: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Order levers by height of the mean, then those that avoid nothing, then those of unknown cost."""
    cost, tonnes = (values @ weights).T
    heights = np.where(known, np.nan_to_num(levelised(cost, tonnes), nan=np.inf), np.inf)
    return np.lexsort((heights, ~known))
