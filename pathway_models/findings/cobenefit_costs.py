"""What a unit of the combined reduction costs: per tonne of CO2, per pollution equivalent, per both together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.findings.cobenefit_scenarios import Cobenefits
from pathway_models.findings.package_costs import package_cost
from pathway_models.foundations.errors import PathwayError
from pathway_models.kernels.costs import levelised
from pathway_models.kernels.pollutants import KG_PER_T, carbon_weight
from pathway_models.projection.sampling import SHARED, stream
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.park import Park


@dataclass(frozen=True, eq=False)
class UnitCost:
    """Unit abatement costs of one scenario, member by member; each carries the whole known cost.

    Parameters
    ----------
    scenario, name_en, name_zh : str
    unknown : tuple of str
        Levers whose cost is not known; where there is one, the scenario's cost is not known and the figures
        below are only its known part.
    per_carbon : (member,), CNY/tCO2
    per_equivalent : (member,), CNY per pollution equivalent
    per_combined : (member,), CNY per equivalent, CO2 counted at its worth in equivalents
        NaN where a member cuts nothing.
    """

    scenario: str
    name_en: str
    name_zh: str
    unknown: tuple[str, ...]
    per_carbon: np.ndarray
    per_equivalent: np.ndarray
    per_combined: np.ndarray

    @property
    def known(self) -> bool:
        """Whether the whole cost is known."""
        return not self.unknown

    def ranges(self) -> dict[str, tuple[float, float, float] | None]:
        """Median and 5-95 % of each unit cost; None where the cost is not known or nothing is cut."""
        found: dict[str, tuple[float, float, float] | None] = {}
        for name in ("per_carbon", "per_equivalent", "per_combined"):
            values = getattr(self, name)
            usable = values[~np.isnan(values)]
            # A scenario that raises pollution in some members has no price per equivalent cut.
            told = self.known and usable.size == values.size
            found[name] = tuple(np.quantile(usable, (0.5, 0.05, 0.95)).tolist()) if told else None
        return found


def unit_costs(
    park: Park,
    found: Cobenefits,
    draws: Draws,
    costs: Costs,
    *,
    tax_rate: float | None = None,
    rate: float | None = None,
) -> list[UnitCost]:
    """Unit abatement costs of all scenarios with levers of some co-benefits.

    Parameters
    ----------
    park : Park
    found : Cobenefits
        Worked out with ``draws``.
    draws : Draws
    costs : Costs
    tax_rate : float, optional
        CNY per equivalent, the province's; without one the statutory range is drawn evenly.
    rate : float, optional
        Real discount rate; that of the costs by default.

    Raises
    ------
    PathwayError
        The tax rate is not above zero.
    """
    if tax_rate is not None and tax_rate <= 0:
        raise PathwayError(f"tax_rate = {tax_rate}: expected CNY per equivalent above zero")
    projected = found.years > found.last_observed_year
    years = found.years[projected]
    corners = found.basis.used.tax_rate.corners
    # ASSUME: without the province's rate every rate that the law allows is as likely as any other.
    uniform = stream(draws.seed, SHARED, "pollutant:tax_rate").random(draws.members)
    taxes = np.full(draws.members, tax_rate) if tax_rate else corners.low + uniform * (corners.high - corners.low)
    price = costs.carbon_price.draw(stream(draws.seed, SHARED, "cost:carbon_price").random(draws.members), years)
    weight = carbon_weight(1e6 * price, taxes[:, None])
    done = []
    for scenario in found.scenarios:
        if not scenario.measures:
            continue
        money = package_cost(park, scenario, draws, costs, until=int(years[-1]), rate=rate)
        value = 1e6 * money.present_value()
        carbon, pollution = (cut[:, projected] for cut in found.cut(scenario.scenario_id))
        units = (carbon, KG_PER_T * pollution, KG_PER_T * (pollution + weight * carbon))
        per = (levelised(value, cut @ money.discount) for cut in units)
        done.append(UnitCost(scenario.scenario_id, scenario.name_en, scenario.name_zh, tuple(money.unknown), *per))
    return done
