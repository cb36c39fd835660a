"""Unit costs of levers and carriers, drawn member by member.

A lever's own cost is annuity + upkeep + running cost, times its quantity in the package it stands in
(:mod:`pathway_models.engine.package_costs`).  A lever is *never* counted as free where its own cost, or
the price of the energy it buys, is not known: it is listed, and a package with it has only a known part of its cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.engine.package_costs import Rates
from pathway_models.engine.sampling import SHARED, stream
from pathway_models.intake.costs import unknown_costs
from pathway_models.kernels.costs import annuity, capital_per_energy, discount_factors
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Lever


@dataclass(frozen=True)
class UnitCost:
    """What one unit of a lever's yearly quantity costs, drawn: million CNY, (member, year) each.

    Parameters
    ----------
    capital : (member, year)
        Investment; 0 where the lever needs none of its own.
    lifetime : (member,)
        Years; 1 where there is no investment.
    upkeep, running : (member, year)
        Upkeep a year, and what else it costs to run, energy left out.
    """

    capital: np.ndarray
    lifetime: np.ndarray
    upkeep: np.ndarray
    running: np.ndarray

    def yearly(self, rate: float) -> np.ndarray:
        """Add up annuity, upkeep and running cost: (member, year)."""
        return self.capital * annuity(rate, self.lifetime)[:, None] + self.upkeep + self.running


def draw_unit_costs(
    costs: Costs, levers: Mapping[str, Lever], draws: Draws, *, until: int | None = None
) -> dict[str, UnitCost]:
    """Draw the cost of a unit of each lever with a known one, investment apart from what runs.

    Parameters
    ----------
    costs, levers, draws, until
        As in `draw_rates`.
    """
    years = draws.years if until is None else draws.years[draws.years <= until]
    unknown, found = unknown_costs(costs, levers), {}
    for lever_id, own in costs.levers.items():
        if lever_id in levers and lever_id not in unknown and own.amounts:
            streams = {name: stream(draws.seed, draws.park_id, f"cost:{lever_id}:{name}") for name in own.amounts}
            drawn = {
                name: amount.draw(streams[name].random(draws.members), years) for name, amount in own.amounts.items()
            }
            found[lever_id] = _unit_cost(drawn, (draws.members, years.size))
    return found


def draw_rates(
    costs: Costs, levers: Mapping[str, Lever], draws: Draws, *, until: int | None = None, rate: float | None = None
) -> Rates:
    """Draw the cost of a unit of each lever and carrier, member by member.

    Parameters
    ----------
    costs : Costs
    levers : mapping of Lever
    draws : Draws
        Gives seed, members and years. Prices of carriers are drawn once for all parks, levers for each.
    until : int, optional
        Last year; as far as the draws reach by default.
    rate : float, optional
        Real discount rate; the mode of ``costs.discount_rate`` by default.

    Returns
    -------
    Rates
        Present values refer to ``costs.price_year``.
    """
    years = draws.years if until is None else draws.years[draws.years <= until]
    used = costs.discount_rate.mode if rate is None else rate

    def uniform(group: str) -> np.ndarray:
        return stream(draws.seed, SHARED, f"cost:{group}").random(draws.members)

    prices = {group: amount.draw(uniform(group), years) for group, amount in costs.prices.items()}
    for group, (base, above) in costs.premiums.items():
        if base in prices:
            prices[group] = prices[base] + above.draw(uniform(group), years)
    own = draw_unit_costs(costs, levers, draws, until=until)
    by_lever = {lever_id: one.yearly(used) for lever_id, one in own.items()}
    return Rates(by_lever, prices, discount_factors(years, used, costs.price_year))


def _unit_cost(drawn: dict[str, np.ndarray], shape: tuple[int, int]) -> UnitCost:
    """Put the amounts of a lever together, (member, year)."""
    output = drawn.get("output", np.ones(shape))
    running = sum((one for name, one in drawn.items() if name.startswith("running")), np.zeros(shape))
    if "capital" not in drawn:
        return UnitCost(np.zeros(shape), np.ones(shape[0]), np.zeros(shape), running * output)
    capital = drawn["capital"]
    if "full_load_hours" in drawn:
        capital = 1e3 * capital_per_energy(capital, drawn["full_load_hours"])  # per GJ to per TJ
    capital = capital * output
    # A lifetime does not change over the years.
    return UnitCost(capital, drawn["lifetime"][:, 0], capital * drawn.get("upkeep", 0.0), running * output)
