"""Cost of allowances and of border adjustment over an ensemble, P05 to P95 (docs/accounts.md, 7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.intake.rules.carbon_costs import CarbonCostRules, read_carbon_costs

PROBABILITIES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class CarbonCost:
    """A yearly cost by member.

    Parameters
    ----------
    years : (Y,) int
    cost : (scenario, member, Y)
        Money of ``unit``; below zero where allowances are left to sell.
    unit : str
    """

    years: np.ndarray
    cost: np.ndarray
    unit: str

    def quantiles(self) -> np.ndarray:
        """Compute P05, median and P95 by scenario and year: (scenario, Y, 3)."""
        return np.moveaxis(np.quantile(self.cost, PROBABILITIES, axis=1), 0, -1)


def allowance_cost(
    years: np.ndarray,
    emissions: np.ndarray,
    output: np.ndarray,
    price: np.ndarray,
    benchmark: Mapping[int, float],
    rules: CarbonCostRules | None = None,
) -> CarbonCost:
    """Price what covered emissions exceed their free allocation by.

    Parameters
    ----------
    years : (Y,) int
    emissions : (scenario, member, Y), tCO2/yr
        Direct, of the covered enterprises.
    output : (member, Y) or (scenario, member, Y), t/yr
    price : (member, Y) or (Y,), CNY/tCO2
    benchmark : mapping year -> float
        tCO2 per tonne of output; a year without one takes that of the year before.  No shipped default: the published
        plans were not read.
    rules : CarbonCostRules, optional

    Returns
    -------
    CarbonCost
        CNY/yr.

    Raises
    ------
    PathwayError
        A year lies before all rules, or needs a benchmark that is not given.
    """
    rules = rules or read_carbon_costs()
    free = np.empty(emissions.shape)
    for at, year in enumerate(map(int, years)):
        rule = rules.ets.of(year)
        if rule is None:
            raise PathwayError(f"{year}: no allocation rule before {min(one.first for one in rules.ets.allocation)}")
        if rule.rule == "equals_emissions":
            free[..., at] = emissions[..., at]
            continue
        earlier = [known for known in benchmark if known <= year]
        if not earlier:
            raise PathwayError(
                f"{year}: allocation by intensity needs a benchmark in tCO2 per tonne; give one for {year}"
            )
        free[..., at] = benchmark[max(earlier)] * output[..., at]
    return CarbonCost(years, (emissions - free) * price, "CNY/yr")


def border_cost(
    years: np.ndarray,
    embedded: np.ndarray,
    exported: np.ndarray,
    *,
    free_benchmark: float = 0.0,
    paid_at_home: float = 0.0,
    default_values: bool = False,
    rules: CarbonCostRules | None = None,
) -> CarbonCost:
    """Price the emissions embedded in goods sold to the European Union.

    Parameters
    ----------
    years : (Y,) int
    embedded : (scenario, member, Y), tCO2 per tonne of product
        From the account ``product``.
    exported : (Y,), t/yr
        Sold to the Union.
    free_benchmark : float
        tCO2 per tonne that European makers still get free.
    paid_at_home : float
        EUR/tCO2 already paid.
    default_values : bool
        Whether default values are declared, with their mark-up, and not verified ones.
    rules : CarbonCostRules, optional

    Returns
    -------
    CarbonCost
        EUR/yr at the price last seen, constant.  # ASSUME: no path of the certificate price is known.

    Raises
    ------
    PathwayError
        A number is negative.
    """
    rules = rules or read_carbon_costs()
    if min(free_benchmark, paid_at_home, float(np.min(exported))) < 0:
        raise PathwayError("free_benchmark, paid_at_home and exported: expected 0 or more")
    border = rules.cbam
    mark_up = np.array([border.marked_up(int(year)) if default_values else 0.0 for year in years])
    counted = np.maximum(embedded * (1.0 + mark_up) - free_benchmark, 0.0)
    price = np.where(years >= border.certificates_sold_from - 1, max(border.price.value - paid_at_home, 0.0), 0.0)
    return CarbonCost(years, counted * exported * price, "EUR/yr")
