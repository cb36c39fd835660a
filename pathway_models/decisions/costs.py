"""Unit costs of levers and carriers, drawn member by member.

A lever's own cost is annuity + upkeep + running cost, times its quantity in the package it stands in
(:mod:`pathway_models.engine.package_costs`).  A lever is *never* counted as free where its own cost, or
the price of the energy it buys, is not known: it is listed, and a package with it has only a known part of its cost.
"""

from collections.abc import Mapping

import numpy as np

from pathway_models.engine.package_costs import Rates
from pathway_models.engine.sampling import SHARED, stream
from pathway_models.intake.costs import unknown_costs
from pathway_models.kernels.costs import annuity, capital_per_energy, discount_factors
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Lever


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
    unknown = unknown_costs(costs, levers)

    def uniform(owner: str, name: str) -> np.ndarray:
        return stream(draws.seed, owner, f"cost:{name}").random(draws.members)

    prices = {group: amount.draw(uniform(SHARED, group), years) for group, amount in costs.prices.items()}
    for group, (base, above) in costs.premiums.items():
        if base in prices:
            prices[group] = prices[base] + above.draw(uniform(SHARED, group), years)
    by_lever = {}
    for lever_id, own in costs.levers.items():
        if lever_id in levers and lever_id not in unknown and own.amounts:
            drawn = {
                name: amount.draw(uniform(draws.park_id, f"{lever_id}:{name}"), years)
                for name, amount in own.amounts.items()
            }
            by_lever[lever_id] = _yearly(drawn, used)
    return Rates(by_lever, prices, discount_factors(years, used, costs.price_year))


def _yearly(drawn: dict[str, np.ndarray], rate: float) -> np.ndarray:
    """Add up the cost of one unit of a lever's quantity in a year: (member, year)."""
    total = sum(amount for name, amount in drawn.items() if name.startswith("running"))
    if "capital" in drawn:
        capital = drawn["capital"]
        if "full_load_hours" in drawn:
            capital = 1e3 * capital_per_energy(capital, drawn["full_load_hours"])  # per GJ to per TJ
        total = total + capital * (annuity(rate, drawn["lifetime"]) + drawn.get("upkeep", 0.0))
    return np.asarray(total)
