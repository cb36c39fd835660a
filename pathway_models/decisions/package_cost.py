"""Cost of one package by lever and carrier: annualised, as present value, as a cash flow, and under a carbon price.

Energy bought or saved is counted by the change of the whole energy bill, so that interactions are exact.  Unit costs of
levers and carriers are drawn member by member.  A lever's own cost is annuity + upkeep + running cost, times its
quantity in the package (:mod:`pathway_models.engine.package_costs`).  A lever is *never* counted as free where its own
cost, or the price of the energy it buys, is not known: it is listed, and only a part of the package's cost is known.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.decisions.records import CarbonExposure, PackageEconomics
from pathway_models.engine import package_costs, packages, projecting, sampling
from pathway_models.engine.package_tree import package_tree
from pathway_models.intake.costs import uncounted_savings, unknown_costs
from pathway_models.kernels.costs import annuity, capital_per_energy, discount_factors, levelised, purchases
from pathway_models.levers import SINKS
from pathway_models.records import NO_MEASURES, Costs, Draws, Lever, Park, Scenario


@dataclass(frozen=True)
class UnitCost:
    """Drawn cost of one unit of a lever's yearly quantity: million CNY, (member, year) each.

    Parameters
    ----------
    capital : (member, year)
        Investment; 0 for a lever without investment.
    lifetime : (member,)
        Years; 1 where there is no investment.
    upkeep, running : (member, year)
        Upkeep and other running cost a year, without energy.
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
    """Draw the cost per unit of each lever of known cost, with investment and running cost apart.

    Parameters
    ----------
    costs, levers, draws, until
        As in `draw_rates`.
    """
    years = draws.years if until is None else draws.years[draws.years <= until]
    unknown, found = unknown_costs(costs, levers), {}
    for lever_id, own in costs.levers.items():
        if lever_id in levers and lever_id not in unknown and own.amounts:
            streams = {
                name: sampling.stream(draws.seed, draws.park_id, f"cost:{lever_id}:{name}") for name in own.amounts
            }
            drawn = {
                name: amount.draw(streams[name].random(draws.members), years) for name, amount in own.amounts.items()
            }
            found[lever_id] = _unit_cost(drawn, (draws.members, years.size))
    return found


def draw_rates(
    costs: Costs, levers: Mapping[str, Lever], draws: Draws, *, until: int | None = None, rate: float | None = None
) -> package_costs.Rates:
    """Draw the cost per unit of each lever and carrier, member by member.

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
        return sampling.stream(draws.seed, sampling.SHARED, f"cost:{group}").random(draws.members)

    prices = {group: amount.draw(uniform(group), years) for group, amount in costs.prices.items()}
    for group, (base, above) in costs.premiums.items():
        if base in prices:
            prices[group] = prices[base] + above.draw(uniform(group), years)
    own = draw_unit_costs(costs, levers, draws, until=until)
    by_lever = {lever_id: one.yearly(used) for lever_id, one in own.items()}
    return package_costs.Rates(by_lever, prices, discount_factors(years, used, costs.price_year))


def _unit_cost(drawn: dict[str, np.ndarray], shape: tuple[int, int]) -> UnitCost:
    """Combine the amounts of a lever, (member, year)."""
    output = drawn.get("output", np.ones(shape))
    running = sum((one for name, one in drawn.items() if name.startswith("running")), np.zeros(shape))
    if "capital" not in drawn:
        return UnitCost(np.zeros(shape), np.ones(shape[0]), np.zeros(shape), running * output)
    capital = drawn["capital"]
    if "full_load_hours" in drawn:
        capital = 1e3 * capital_per_energy(capital, drawn["full_load_hours"])  # per GJ to per TJ
    capital = capital * output
    # A lifetime is constant over the years.
    return UnitCost(capital, drawn["lifetime"][:, 0], capital * drawn.get("upkeep", 0.0), running * output)


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
        Quantity of each lever, in the unit its cost is counted on.
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
        Carrier groups without a price, whose savings are not counted.
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
        """Add up the known cost by year: (member, year)."""
        return sum((*self.levers.values(), *self.energy.values()), np.zeros(self.avoided.shape))

    def present_value(self) -> np.ndarray:
        """Discount the known cost over all years to the price year: (member,)."""
        return self.yearly() @ self.discount

    def annualised(self) -> np.ndarray:
        """Compute the level yearly payment with the same present value: (member,)."""
        return self.present_value() / self.discount.sum()

    def mean_quantity(self, lever_id: str) -> np.ndarray:
        """Average the quantity of a lever over the central members: (year,)."""
        return self.weights @ self.quantities[lever_id]

    def mean(self) -> float:
        """Average the known present value over the central members, as in a search for packages."""
        return float(self.present_value() @ self.weights)

    def per_tonne(self) -> np.ndarray:
        """Divide discounted cost by discounted tonnes avoided, CNY/tCO2: (member,); NaN where nothing is avoided."""
        return 1e6 * levelised(self.present_value(), self.avoided @ self.discount)


def package_economics(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    costs: Costs,
    *,
    idle: Collection[str] = (),
    until: int | None = None,
    rate: float | None = None,
) -> PackageEconomics | None:
    """Compute the cash flow of a package; of its priced levers alone where some have no price.

    ASSUME: equipment is bought in the year before it works, replaced at the end of its life while it is needed, and
    worth the annuities it would still have borne when the projection ends.

    Parameters
    ----------
    park, scenario, draws, costs, until, rate
        As in `package_cost`.
    idle : collection of str
        Levers that cannot act in this park, whose price is not needed.

    Returns
    -------
    PackageEconomics or None
        None where no lever of the package has a price.
    """
    levers = {measure.lever.lever_id: measure.lever for measure in scenario.measures}
    left_out = tuple(name for name in unknown_costs(costs, levers, park) if name not in idle)
    kept = tuple(m for m in scenario.measures if m.lever.lever_id not in (*left_out, *idle))
    scenario = replace(scenario, measures=kept)
    if not scenario.measures:
        return None
    found = package_cost(park, scenario, draws, costs, until=until, rate=rate)
    unit = draw_unit_costs(costs, levers, draws, until=until)
    factors = np.append(found.discount[0] * (1.0 + found.rate), found.discount)
    shape = found.avoided.shape[0], found.years.size + 1
    investment, operation, left, by_lever = np.zeros(shape), np.zeros(shape), 0.0, {}
    for name, quantity in found.quantities.items():
        if name in unit:
            bought, remaining = purchases(quantity, unit[name].capital, unit[name].lifetime, found.rate)
            run = np.pad(quantity * (unit[name].upkeep + unit[name].running), ((0, 0), (1, 0)))
            investment, operation, left = investment + bought, operation + run, left + remaining
            by_lever[name] = tuple(float(found.weights @ one @ factors) for one in (bought, run))
    means = {group: np.append(0.0, found.weights @ change) for group, change in found.energy.items()}
    changes = np.array([np.zeros(shape[1]), *means.values()])
    return PackageEconomics(
        years=np.append(found.years[0] - 1, found.years),
        investment=found.weights @ investment,
        operation=found.weights @ operation,
        energy_bought=np.maximum(changes, 0.0).sum(axis=0),
        energy_saved=np.maximum(-changes, 0.0).sum(axis=0),
        left=float(np.dot(found.weights, np.broadcast_to(left, shape[:1]))),
        by_lever=by_lever,
        discount=factors,
        rate=found.rate,
        annuity=found.mean() / float(found.discount.sum()),
        priced=tuple(m.lever.lever_id for m in kept),
        left_out=left_out,
    )


def package_cost(
    park: Park, scenario: Scenario, draws: Draws, costs: Costs, *, until: int | None = None, rate: float | None = None
) -> PackageCost:
    """Compute the cost of one package by lever, carrier, member and year.

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
    engine = packages.PackageEngine(park, scenario, draws, until=until, rates=rates)
    quantities, energy, avoided = _replay(engine, scenario)
    return PackageCost(
        years=engine.years[1:],
        levers={name: q * rates.levers[name] for name, q in quantities.items() if name in rates.levers},
        quantities=quantities,
        energy={group: change * rates.prices[group] for group, change in energy.items() if group in rates.prices},
        avoided=avoided,
        discount=rates.discount,
        weights=engine.central(),
        rate=costs.discount_rate.mode if rate is None else rate,
        unknown=unknown_costs(costs, levers, park),
        uncounted=uncounted_savings(costs, park),
    )


def _replay(
    engine: packages.PackageEngine, scenario: Scenario
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Compute quantities by lever, change of energy by group, and tonnes avoided: (member, year) each."""
    tree = package_tree([NO_MEASURES, scenario])
    shape = (engine.draws.members, engine.years.size - 1)
    quantities: dict[str, np.ndarray] = {}
    energy: dict[str, np.ndarray] = {}
    avoided = np.zeros(shape)
    for batch in engine.batches():
        members = batch.members
        costs = package_costs.PackageCosts(batch, engine.rates.of(members, engine.central()[members]), tree)
        for case in batch.cases(tree):
            for package in np.flatnonzero(tree.case_of == case.index):
                sign = 1.0 if package else -1.0
                avoided[members] -= sign * case.total.T
                for group, used in costs.energy(case).items():
                    energy.setdefault(group, np.zeros(shape))[members] += sign * used.T
                done = costs.quantities(case) | costs.grown(tree.parts[SINKS][tree.sinks_of[package]])
                for name, amount in done.items():
                    quantities.setdefault(name, np.zeros(shape))[members] = amount.T
    return quantities, energy, avoided


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
    """Compute the cost of allowances for the direct emissions (scope 1) of the park's enterprises.

    Parameters
    ----------
    covered_share : float
        Share of the park's direct emissions under the trading system.
    free_share : float
        Share of the covered emissions that is allocated free. Neither has a default: both depend on the park.

    Raises
    ------
    PathwayError
        A share is not between 0 and 1.
    """
    for name, share in (("covered_share", covered_share), ("free_share", free_share)):
        if not 0 <= share <= 1:
            raise PathwayError(f"{name} = {share}: expected a share from 0 to 1")
    pathways = projecting.project(park, [NO_MEASURES, scenario], draws, until=until)
    projected = pathways.years > park.last_observed_year
    bought = np.maximum(pathways.scope(1)[..., projected], 0.0) * covered_share * (1.0 - free_share)
    years = pathways.years[projected]
    price = costs.carbon_price.draw(
        sampling.stream(draws.seed, sampling.SHARED, "cost:carbon_price").random(draws.members), years
    )
    return CarbonExposure(years, bought[0] * price, bought[1] * price, price)
