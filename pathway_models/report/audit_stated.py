"""What a park's table states of its energy, value and unit as written: the twin begins where the user did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pathway_models.core.units import CONVERSIONS, TJ_PER_MWH
from pathway_models.intake.factors.tables import find_fuel, read_carriers
from pathway_models.intake.register import table_of
from pathway_models.intake.table.rows import read_rows
from pathway_models.intake.workbook.reading import read_workbook
from pathway_models.records.park import Park

#: Largest relative difference at which a stated value is taken to be the one the park used.
SAME = 1e-12


@dataclass(frozen=True)
class Stated:
    """One value of a table.

    Parameters
    ----------
    place : str
    value : float
        As written.
    unit : str
        As written.
    multiplier : float
        From the unit as written to the canonical one.
    canonical : str
    feedstock : float
        Part that is no energy use, in the canonical unit.
    """

    place: str
    value: float
    unit: str
    multiplier: float
    canonical: str
    feedstock: float = 0.0


#: (quantity, sector, item, year) -> what is stated.
Table = dict[tuple[str, str, str, int], Stated]


def stated_values(given: str) -> Table:
    """Energy and emissions of a table or workbook, as its user wrote them.

    Parameters
    ----------
    given : str
        Id of the register, or path of a table.
    """
    path = table_of(given)
    return _of_workbook(path) if path.suffix.lower() == ".xlsx" else _of_table(path)


def _of_table(path: Path) -> Table:
    rows, _ = read_rows(path)
    feedstock = {(r.sector, r.item, r.year): r.value for r in rows if r.quantity == "feedstock"}
    return {
        (row.quantity, row.sector, row.item, row.year): _stated(
            row.place, row.written, row.value, row.unit, feedstock.get((row.sector, row.item, row.year), 0.0)
        )
        for row in rows
        if row.quantity in ("energy", "emissions")
    }


def _of_workbook(path: Path) -> Table:
    found = read_workbook(path).statements.all.values()
    return {
        (s.entry.quantity, s.owner, s.entry.item, s.year): _stated(s.place, s.written, s.value, s.unit, s.feedstock)
        for s in found
        if s.entry.quantity in ("energy", "emissions") and s.role in ("park", "sector")
    }


def _stated(place: str, written: str, value: float, unit: str, feedstock: float) -> Stated:
    """A value as written; as it was read where the writing cannot be followed."""
    text, _, name = written.partition(" ")
    multiplier = CONVERSIONS[name][1] if name in CONVERSIONS else 0.0
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = np.nan
    if abs(number * multiplier - value) <= SAME * abs(value):
        return Stated(place, number, name, multiplier, unit, feedstock)
    return Stated(place, value, unit, 1.0, unit, feedstock)


def tj_per(park: Park, carrier: str, unit: str) -> float:
    """TJ in one canonical unit of a carrier; 0 where the factor set cannot tell."""
    if unit in ("TJ", "MWh"):
        return {"TJ": 1.0, "MWh": TJ_PER_MWH}[unit]
    fuel = find_fuel(park.factor_set, read_carriers()[carrier])
    return fuel.tj_per_unit if fuel and fuel.unit == unit else 0.0
