"""The inventory as a ledger: every tonne with the cell it comes from and the factor it was made with."""

from __future__ import annotations

from collections.abc import Iterator

from pathway_models.accounting.factor_ids import carrier_factor_id, process_factor_id, scope_of
from pathway_models.records.park import Park

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
    """Lines of the ledger; their emissions add up to the inventory's total of each year.

    Parameters
    ----------
    park : Park

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
