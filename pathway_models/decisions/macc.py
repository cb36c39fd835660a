"""Marginal abatement costs in three readings, each with its uncertainty in width, height and order.

Stand-alone (each lever against nothing) counts what levers do to one another twice; retrospective (each lever on top
of the cheaper ones) depends on the order; Shapley shares do neither.  Width is the level yearly abatement with the
same discounted tonnes, height the discounted cost over discounted tonnes: the area of a block is its annualised cost.
A lever whose cost is not known has a width and no height.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.decisions.attribution import coalition, drawn_orders, share_out
from pathway_models.decisions.costs import draw_rates, unknown_costs
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.kernels.costs import levelised
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Identified, Park, ParkIdentity

READINGS = ("stand_alone", "retrospective", "shapley")
#: Levers up to which every coalition is worked out.
EXACT_UP_TO = 8


@dataclass(frozen=True, eq=False)
class Reading:
    """One reading of the curve, member by member.

    Parameters
    ----------
    tonnes : (lever, member)
        tCO2/yr, level and with the same discounted sum as what is avoided.
    cost : (lever, member)
        Million CNY/yr, level likewise; the known part only where the lever's cost is not known.
    order : (lever,) int
        Levers by height of the mean, those of unknown cost last.
    """

    tonnes: np.ndarray
    cost: np.ndarray
    order: np.ndarray

    def heights(self) -> np.ndarray:
        """CNY/tCO2 by lever and member; NaN where a member avoids nothing."""
        return 1e6 * levelised(self.cost, self.tonnes)


@dataclass(frozen=True, eq=False)
class Macc(Identified):
    """Marginal abatement cost curve of a scenario's levers.

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    levers, names_en, names_zh : (n,) str
    known : (n,) bool
    assumed : (n,) bool
        Levers whose cost rests on suppositions of this project.
    readings : mapping reading -> Reading
    weights : (member,)
        Of the members in means.
    price_year : int
    """

    identity: ParkIdentity
    scenario: str
    levers: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    known: np.ndarray
    assumed: np.ndarray
    readings: dict[str, Reading]
    weights: np.ndarray
    price_year: int

    def reading(self, name: str) -> Reading:
        """One of `READINGS`.

        Raises
        ------
        PathwayError
            There is no such reading.
        """
        if name not in self.readings:
            raise PathwayError(f"no reading {name!r}; there are {', '.join(READINGS)}")
        return self.readings[name]

    def first_chance(self, name: str) -> np.ndarray:
        """Share of members in which each lever is the cheapest a tonne of those with known cost: (n,)."""
        heights = self.reading(name).heights()[self.known]
        chance = np.zeros(len(self.levers))
        if len(heights):
            usable = ~np.isnan(heights).all(axis=0)
            cheapest = np.where(np.isnan(heights), np.inf, heights)[:, usable].argmin(axis=0)
            chance[self.known] = np.bincount(cheapest, minlength=len(heights)) / max(int(usable.sum()), 1)
        return chance

    def table(self, name: str = "shapley") -> list[dict[str, object]]:
        """One row a lever in the order of the curve: width, height, their 5-95 % ranges, chance of its place.

        ``place_chance`` is the share of members in which the lever has the place in the order that it has here.
        """
        reading = self.reading(name)
        heights, rows = reading.heights(), []
        ranks = np.argsort(np.argsort(np.where(np.isnan(heights), np.inf, heights)[self.known], axis=0), axis=0)
        place = np.full(len(self.levers), np.nan)
        known_order = [i for i in reading.order if self.known[i]]
        position = {int(i): at for at, i in enumerate(np.flatnonzero(self.known))}
        for at, i in enumerate(known_order):
            place[i] = float((ranks[position[int(i)]] == at).mean())
        for i in reading.order:
            width = reading.tonnes[i]
            mean_width, mean_cost = float(width @ self.weights), float(reading.cost[i] @ self.weights)
            low, high = np.quantile(width, [0.05, 0.95])
            row = {
                "lever": self.levers[i],
                "name_en": self.names_en[i],
                "name_zh": self.names_zh[i],
                "tco2_per_year": mean_width,
                "tco2_p05": float(low),
                "tco2_p95": float(high),
                "cost_known": bool(self.known[i]),
                "assumed": bool(self.assumed[i]),
                "million_cny_per_year": mean_cost if self.known[i] else None,
            }
            rows.append(row | _height(heights[i], mean_cost, mean_width, bool(self.known[i]), float(place[i])))
        return rows


def _height(heights: np.ndarray, cost: float, tonnes: float, known: bool, place: float) -> dict[str, object]:
    """Height of one block with its range; None where the cost is not known or nothing is avoided."""
    usable = heights[~np.isnan(heights)]
    if not known or tonnes <= 0 or usable.size == 0:
        return {"cny_per_tco2": None, "cny_p05": None, "cny_p95": None, "place_chance": None}
    low, high = np.quantile(usable, [0.05, 0.95])
    return {"cny_per_tco2": 1e6 * cost / tonnes, "cny_p05": float(low), "cny_p95": float(high), "place_chance": place}


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
    """Work out the three readings for the levers of a scenario.

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
        """Level yearly cost and tonnes avoided of some coalitions: (coalition, 2, member)."""
        cost, tonnes = engine.by_member([NOTHING, *(coalition(groups, inside) for inside in members)])
        return np.stack([cost[1:] - cost[0], tonnes[0] - tonnes[1:]], axis=1) / level

    shared = share_out(reach, drawn_orders(engine.draws, len(groups), orders, "macc:orders"), exact_up_to=EXACT_UP_TO)
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
    """Levers by height of the mean, then those that avoid nothing, then those of unknown cost."""
    cost, tonnes = (values @ weights).T
    heights = np.where(known, np.nan_to_num(levelised(cost, tonnes), nan=np.inf), np.inf)
    return np.lexsort((heights, ~known))
