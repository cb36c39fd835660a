"""What one package costs: by lever and carrier, annualised, as present value, per tonne, and under a carbon price.

Energy bought or saved is counted by the change of the whole energy bill, so that interactions are exact.

Which costs are known, and what a unit of each lever and carrier costs, drawn member by member.

A lever's own cost is annuity + upkeep + running cost, times what it does in the package it stands in
(:mod:`pathway_models.engine.package_costs`).  A lever whose own cost, or the price of what it buys, is not known is
*never* counted as free: it is listed, and the cost of a package with it is only the known part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.package_costs import PackageCosts, Rates
from pathway_models.engine.package_tree import package_tree
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import SHARED, stream
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.kernels.costs import annuity, capital_per_energy, discount_factors, levelised
from pathway_models.levers.action import ACTIVITY, SINKS
from pathway_models.records.costs import Costs, LeverCost
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Lever, Scenario
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


@dataclass(frozen=True, eq=False)
class PackageCost:
    """Cost of one package, member by member; million CNY of the price year.

    Parameters
    ----------
    years : (Y,) int
        Projected years.
    levers : mapping lever -> (member, year)
        Own cost of each lever with a known one.
    quantities : mapping lever -> (member, year)
        What each lever does, in the unit its cost is counted on.
    energy : mapping carrier group -> (member, year)
        Change of the energy bill against no levers, where the group has a price.
    avoided : (member, year), tCO2/yr
        Total without levers less total with the package.
    discount : (year,)
    weights : (member,)
        Of the members in means.
    rate : float
    unknown : mapping lever -> reason
        Levers of this package whose cost is not known.
    uncounted : tuple of str
        Carrier groups whose savings are not counted.
    """

    years: np.ndarray
    levers: Mapping[str, np.ndarray]
    quantities: Mapping[str, np.ndarray]
    energy: Mapping[str, np.ndarray]
    avoided: np.ndarray
    discount: np.ndarray
    weights: np.ndarray
    rate: float
    unknown: Mapping[str, str]
    uncounted: tuple[str, ...]

    def yearly(self) -> np.ndarray:
        """Known cost by year: (member, year)."""
        return sum((*self.levers.values(), *self.energy.values()), np.zeros(self.avoided.shape))

    def present_value(self) -> np.ndarray:
        """Known cost over all years, discounted to the price year: (member,)."""
        return self.yearly() @ self.discount

    def annualised(self) -> np.ndarray:
        """The level yearly payment over the projected years that has the same present value: (member,)."""
        return self.present_value() / self.discount.sum()

    def mean(self) -> float:
        """Mean known present value over the central members, as in a search for packages."""
        return float(self.present_value() @ self.weights)

    def per_tonne(self) -> np.ndarray:
        """Discounted known cost over discounted tonnes avoided, CNY/tCO2: (member,); NaN where nothing is avoided."""
        return 1e6 * levelised(self.present_value(), self.avoided @ self.discount)


def package_cost(
    park: Park, scenario: Scenario, draws: Draws, costs: Costs, *, until: int | None = None, rate: float | None = None
) -> PackageCost:
    """Work out the cost of one package by lever, carrier, member and year.

    Raises
    ------
    PathwayError
        The draws are another park's, or the scenario's levers were not drawn.
    """
    levers = {measure.lever.lever_id: measure.lever for measure in scenario.measures}
    missing = [name for name in levers if not any(key.startswith(f"{name}:") for key in draws.uniforms)]
    if missing:
        raise PathwayError(f"no draws for {', '.join(missing)}: sample with this scenario")
    rates = draw_rates(costs, levers, draws, until=until, rate=rate)
    engine = PackageEngine(park, scenario, draws, until=until, rates=rates)
    replay = _replay(engine, scenario)
    return PackageCost(
        years=replay.years,
        levers={name: q * rates.levers[name] for name, q in replay.quantities.items() if name in rates.levers},
        quantities=replay.quantities,
        energy={
            group: change * rates.prices[group] for group, change in replay.energy.items() if group in rates.prices
        },
        avoided=replay.avoided,
        discount=rates.discount,
        weights=engine.central(),
        rate=costs.discount_rate.mode if rate is None else rate,
        unknown=unknown_costs(costs, levers, park),
        uncounted=uncounted_savings(costs, park),
    )


@dataclass(frozen=True)
class _Replay:
    """What one package does, by member and year."""

    years: np.ndarray
    quantities: dict[str, np.ndarray]
    energy: dict[str, np.ndarray]
    avoided: np.ndarray


def _replay(engine: PackageEngine, scenario: Scenario) -> _Replay:
    tree = package_tree([NOTHING, scenario])
    shape = (engine.draws.members, engine.years.size - 1)
    quantities: dict[str, np.ndarray] = {}
    energy: dict[str, np.ndarray] = {}
    avoided = np.zeros(shape)
    for batch in engine.batches():
        members = batch.members
        costs = PackageCosts(batch, engine.rates.of(members, engine.central()[members]), tree)
        for case in batch.cases(tree):
            for package in np.flatnonzero(tree.case_of == case.index):
                sign = 1.0 if package else -1.0
                avoided[members] -= sign * case.total.T
                for group, used in costs.energy(case).items():
                    energy.setdefault(group, np.zeros(shape))[members] += sign * used.T
                done = costs.quantities(case) | costs.grown(tree.parts[SINKS][tree.sinks_of[package]])
                for name, amount in done.items():
                    quantities.setdefault(name, np.zeros(shape))[members] = amount.T
    return _Replay(engine.years[1:], quantities, energy, avoided)


@dataclass(frozen=True)
class CarbonExposure:
    """What a carbon price costs the park, million CNY of the price year: (member, year).

    Parameters
    ----------
    years : (Y,) int
    without, with_package : (member, year)
        Direct emissions that must be paid for, times the price; without and with the package.
    price : (member, year), million CNY/tCO2
    """

    years: np.ndarray
    without: np.ndarray
    with_package: np.ndarray
    price: np.ndarray


def carbon_exposure(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    costs: Costs,
    *,
    covered_share: float,
    free_share: float,
    until: int | None = None,
) -> CarbonExposure:
    """Price the direct emissions (scope 1) that the park's enterprises must buy allowances for.

    Parameters
    ----------
    covered_share : float
        Share of the park's direct emissions that falls under the trading system.
    free_share : float
        Share of the covered emissions that is allocated free. Neither has a default: both are the park's own facts.

    Raises
    ------
    PathwayError
        A share is not between 0 and 1.
    """
    for name, share in (("covered_share", covered_share), ("free_share", free_share)):
        if not 0 <= share <= 1:
            raise PathwayError(f"{name} = {share}: expected a share from 0 to 1")
    pathways = project(park, [NOTHING, scenario], draws, until=until)
    projected = pathways.years > park.last_observed_year
    bought = np.maximum(pathways.scope(1)[..., projected], 0.0) * covered_share * (1.0 - free_share)
    years = pathways.years[projected]
    price = costs.carbon_price.draw(stream(draws.seed, SHARED, "cost:carbon_price").random(draws.members), years)
    return CarbonExposure(years, bought[0] * price, bought[1] * price, price)
