"""Which costs are known, and what a unit of each lever and carrier costs, drawn member by member.

A lever's own cost is annuity + upkeep + running cost, times what it does in the package it stands in
(:mod:`pathway_models.projection.package_costs`).  A lever whose own cost, or the price of what it buys, is not known is
*never* counted as free: it is listed, and the cost of a package with it is only the known part.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pathway_models.intake.factors import read_carriers
from pathway_models.kernels.costs import annuity, capital_per_energy, discount_factors
from pathway_models.levers.action import ACTIVITY
from pathway_models.projection.package_costs import Rates
from pathway_models.projection.sampling import SHARED, stream
from pathway_models.records.costs import Costs, LeverCost
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Lever
from pathway_models.records.park import Park


def unknown_costs(costs: Costs, levers: Mapping[str, Lever], park: Park | None = None) -> dict[str, str]:
    """Levers whose cost is not known, and why.

    Parameters
    ----------
    costs : Costs
    levers : mapping of Lever
    park : Park, optional
        A park whose activity is not money has no cost per value added.

    Returns
    -------
    dict lever -> reason
    """
    groups = {name: carrier.group for name, carrier in read_carriers().items()}
    found = {}
    for lever_id, lever in levers.items():
        own = costs.levers.get(lever_id, LeverCost())
        unpriced = [name for name in lever.gives_to if not costs.has_price(groups[name])]
        if not own.known:
            found[lever_id] = own.note or "no entry"
        elif unpriced:
            found[lever_id] = f"price of {', '.join(unpriced)} not known"
        elif lever.acts.counted_unit == ACTIVITY and park is not None and "energy_index" in park.activity_kinds:
            found[lever_id] = "cost per value added, but the park's activity is not in money"
    return found


def uncounted_savings(costs: Costs, park: Park) -> tuple[str, ...]:
    """Carrier groups the park uses that have no price: savings of them are not counted, and costs look too high."""
    used = {group for c, group in enumerate(park.groups) if park.energy[:, c, -1].any()}
    return tuple(sorted(group for group in used if not costs.has_price(group)))


def draw_rates(
    costs: Costs, levers: Mapping[str, Lever], draws: Draws, *, until: int | None = None, rate: float | None = None
) -> Rates:
    """Draw what a unit of each lever and carrier costs, member by member.

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
    """Cost of one unit of a lever's quantity in a year: (member, year)."""
    total = sum(amount for name, amount in drawn.items() if name.startswith("running"))
    if "capital" in drawn:
        capital = drawn["capital"]
        if "full_load_hours" in drawn:
            capital = 1e3 * capital_per_energy(capital, drawn["full_load_hours"])  # per GJ to per TJ
        total = total + capital * (annuity(rate, drawn["lifetime"]) + drawn.get("upkeep", 0.0))
    return np.asarray(total)
