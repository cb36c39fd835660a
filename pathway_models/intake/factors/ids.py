"""Ids of the factors of a park: its own, with their cell, or the row of a factor table."""

from pathway_models.intake.factors.tables import find_fuel, published_factors, read_carriers
from pathway_models.records.park import UNDIVIDED, Park

#: Credits for power and heat sold beyond the purchases (`intake.translation`).
SOLD = "conversion_exported_"


#: CO2 captured by the park's own plants, stored or used.
CAPTURED = "conversion_captured_"


#: Carbon that stays in products.
FIXED = "conversion_fixed_"


#: Credits against the emissions of the park's own fuels, in scope 1.  One rule for inventory and pathways
#: (docs/workbook.md, rule 3): carbon that is sold beyond the purchases, captured or kept in products came from them.
OFF_OWN_FUEL = (SOLD, CAPTURED, FIXED)


#: Purchased heat whose supplier's fuels are known, with the rule that shares them between power and heat.
SUPPLIER = "supplier:"


#: Heat and power sold from the park's own plant, with the rule that shares its fuels between them.
OWN_PLANT = "own_plant:"


#: Groups that count as scope 2.
SCOPE_2 = ("electricity", "green_electricity", "heat", "waste_heat")


def carrier_factor_id(park: Park, sector: str, carrier: str, year: int) -> str:
    """Return the id of a carrier's factor in a year: ``own`` with its place, set and fuel, or choice of grid factor."""
    place = park.origins.get(("factor", sector, carrier), {}).get(year)
    if carrier == "heat" and park.heat_supply is not None:
        return SUPPLIER + park.heat_supply.rule
    if place:
        return f"own: {place}"
    entry = read_carriers()[carrier]
    if entry.group == "electricity":
        published = published_factors(park.grid_factor)
        return published.of(year).choice if published else park.grid_factor
    if entry.group == "heat":
        return "heat_default"
    fuel = find_fuel(park.factor_set, entry)
    return fuel.factor_id if fuel else "zero by convention"


def process_factor_id(park: Park, sector: str, process: str, year: int) -> str:
    """Return the id of a process factor in a year: a row of ``process_factors.csv``, or ``own`` with its place."""
    if process.startswith(CAPTURED):
        return "measured CO2"
    if process in UNDIVIDED:
        return "emissions as reported"
    if process.startswith(SOLD) and park.own_plant is not None:
        return OWN_PLANT + park.own_plant.rule
    place = park.origins.get(("process_factor", sector, process), {}).get(year, "")
    return place if not place or place.startswith("process_factors.csv") else f"own: {place}"


def scope_of(group: str = "") -> int:
    """Return the scope of a carrier's group; processes, balances, credits and captured CO2 are scope 1."""
    return 2 if group in SCOPE_2 else 1
