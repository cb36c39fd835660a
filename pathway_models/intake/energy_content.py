"""Energy in what a park states: tonnes and cubic metres through the calorific value of the factor set."""

from __future__ import annotations

from pathway_models.foundations.units import TJ_PER_MWH
from pathway_models.intake.factors import Fuel, factor_sets, find_fuel, grid_factor, heat_factor, read_carriers
from pathway_models.intake.statements import Statement


def fuel_of(item: str, factor_set: str) -> Fuel | None:
    """The fuel of a factor set behind a carrier, None where it has none."""
    carrier = read_carriers().get(item)
    return find_fuel(factor_set, carrier) if carrier and factor_set in factor_sets() else None


def tj_per(unit: str, item: str, factor_set: str) -> float | None:
    """TJ in one unit of a carrier; None where the factor set has no calorific value for it in that unit."""
    if unit == "TJ":
        return 1.0
    if unit == "MWh":
        return TJ_PER_MWH
    fuel = fuel_of(item, factor_set)
    return fuel.tj_per_unit if fuel and fuel.unit == unit else None


def own_factor(statement: Statement, factor_set: str) -> float | None:
    """Own factor of a statement in tCO2/TJ; None where it has none, or none that can be converted."""
    if statement.factor is None:
        return None
    if statement.factor_unit == "tCO2/TJ":
        return statement.factor
    if statement.factor_unit == "tCO2/MWh":
        return statement.factor / TJ_PER_MWH
    content = tj_per(statement.factor_unit.removeprefix("tCO2/"), statement.entry.item, factor_set)
    return statement.factor / content if content else None


def default_factor(item: str, factor_set: str, grid_choice: str) -> float | None:
    """Factor of a carrier where the park gives none, tCO2/TJ; None where there is no default."""
    group = read_carriers()[item].group
    if group in ("biomass", "hydrogen"):
        return 0.0
    if group == "heat":
        return heat_factor()
    if group == "electricity":
        factor, fault = grid_factor(grid_choice, "")
        return None if fault else factor / TJ_PER_MWH
    fuel = fuel_of(item, factor_set)
    return fuel.factor if fuel else None
