"""Emissions inventory by sector, source and scope, and its ledger: every tonne with factor and cell."""

from collections.abc import Iterable, Iterator

import numpy as np

from pathway_models.intake.factors.ids import carrier_factor_id, process_factor_id, scope_of
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park


def take_inventory(park: Park) -> Inventory:
    """Account a park's emissions over its observed years.

    Returns
    -------
    Inventory
        One row a sector and carrier with any use, and one a process; scope 1 for fuels and processes,
        scope 2 (market-based) for purchased electricity and heat.  Sales beyond the purchases and captured
        CO2 (stored and used parts apart) are rows below zero in scope 1.  Sinks stand beside.

    Notes
    -----
    ``E = sum energy x factor + sum output x process factor``; factor = carbon content x oxidation x 44/12
    (GB/T 32150, NDRC industry guides).
    """
    rows, values, factor_ids = [], [], []
    emissions = park.energy * park.factors
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            if park.energy[s, c].any():
                rows.append((sector, carrier, scope_of(group)))
                values.append(emissions[s, c])
                factor_ids.append(_one_id(carrier_factor_id(park, sector, carrier, int(y)) for y in park.years))
        for j, process in enumerate(park.processes):
            if process.sector == s:
                rows.append((sector, process.name, scope_of()))
                values.append(park.outputs[j] * park.process_factors[j])
                factor_ids.append(_one_id(process_factor_id(park, sector, process.name, int(y)) for y in park.years))
    return Inventory(
        identity=park.identity,
        years=park.years,
        rows=tuple(rows),
        emissions=np.reshape(values, (len(rows), park.years.size)),
        factor_ids=tuple(factor_ids),
        location_based=location_based(park),
        sinks=park.sinks,
    )


def _one_id(by_year: Iterable[str]) -> str:
    """Join the factors behind a source over all years; own ones are named once, without their cells."""
    kinds = dict.fromkeys("own" if name.startswith("own: ") else name for name in by_year)
    return "; ".join(name for name in kinds if name) or "own"


def location_based(park: Park) -> np.ndarray:
    """Account purchased electricity with its green part at the grid factor, (H,) tCO2/yr."""
    grid, green = park.carriers.index("electricity"), park.carriers.index("green_electricity")
    bought = park.energy[:, grid] + park.energy[:, green]
    return (bought * park.factors[:, grid]).sum(axis=0)


LEDGER_COLUMNS = (
    "year",
    "sector",
    "source",
    "scope",
    "amount",
    "amount_unit",
    "factor",
    "factor_unit",
    "factor_id",
    "emissions_tco2",
    "place",
)
Line = dict[str, str | int | float]


def ledger_rows(park: Park) -> Iterator[Line]:
    """Yield the lines of the ledger; their emissions add up to the inventory's total of each year.

    Yields
    ------
    dict
        One a year and source: energy in TJ after feedstock and sales, or output of a process; factor; emissions
        in tCO2; the cells or lines the amount was read from.
    """
    for at, year in enumerate(map(int, park.years)):
        yield from _energy(park, at, year)
        for j, process in enumerate(park.processes):
            sector, output = park.sectors[process.sector], float(park.outputs[j, at])
            place = _place(park, ("product", sector, process.name), ("emissions", sector, process.name), year)
            yield {
                **_source(year, sector, process.name, scope_of()),
                "amount": output,
                "amount_unit": process.unit,
                "factor": float(park.process_factors[j, at]),
                "factor_unit": f"tCO2/{process.unit}",
                "factor_id": process_factor_id(park, sector, process.name, year),
                "emissions_tco2": output * float(park.process_factors[j, at]),
                "place": place,
            }


def _energy(park: Park, at: int, year: int) -> Iterator[Line]:
    for s, sector in enumerate(park.sectors):
        for c, (carrier, group) in enumerate(zip(park.carriers, park.groups, strict=True)):
            use, factor = float(park.energy[s, c, at]), float(park.factors[s, c, at])
            if not park.energy[s, c].any():
                continue
            place = _place(park, ("energy", sector, carrier), ("emissions", sector, carrier), year)
            if group == "green_electricity":
                place = _place(park, ("green_electricity", "park", ""), ("green_electricity", sector, ""), year)
            yield {
                **_source(year, sector, carrier, scope_of(group)),
                "amount": use,
                "amount_unit": "TJ",
                "factor": factor,
                "factor_unit": "tCO2/TJ",
                "factor_id": carrier_factor_id(park, sector, carrier, year),
                "emissions_tco2": use * factor,
                "place": place,
            }


def _source(year: int, sector: str, name: str, scope: int) -> Line:
    return {"year": year, "sector": sector, "source": name, "scope": scope}


def _place(park: Park, first: tuple[str, str, str], second: tuple[str, str, str], year: int) -> str:
    return park.origins.get(first, {}).get(year) or park.origins.get(second, {}).get(year, "")
