"""Factor sets: calorific values and emission factors of fuels, grid and heat factors, by choice.

Every factor carries the id of its row, so that a result can be traced to it.  A row whose confidence is
``background`` or ``uncertain`` is never used silently: it must be named by the user.

What a shipped emission factor is made of, for those who want to follow it: calorific value, carbon, oxidation.

Which factor stands behind a number: the park's own, with its cell, or the row of a factor table.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.core.errors import Fault
from pathway_models.core.files import data_folder
from pathway_models.core.units import CO2_PER_C
from pathway_models.records.carriers import Carrier

#: Confidence marks that may serve as a default.
TRUSTED = ("seen", "seen_multi", "derived")
#: Carrier groups whose emissions are zero by convention.
ZERO_GROUPS = ("biomass", "hydrogen", "green_electricity", "waste_heat")


@dataclass(frozen=True)
class Fuel:
    """A fuel of one factor set.

    Parameters
    ----------
    tj_per_unit : float
        Net calorific value, TJ per ``unit``.
    unit : {"t", "10^4 Nm3"}
    factor : float
        tCO2/TJ: carbon content x oxidation x 44/12.
    factor_id, confidence : str
    """

    tj_per_unit: float
    unit: str
    factor: float
    factor_id: str
    confidence: str


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _carriers(folder: Path) -> dict[str, Carrier]:
    keys = ("carrier", "name_zh", "name_en", "group", "fuel_cn")
    rows = _rows(folder / "carriers.csv")
    return {row["carrier"]: Carrier(*(row[key] for key in keys)) for row in rows}


def read_carriers() -> dict[str, Carrier]:
    """All energy carriers by id."""
    return dict(_carriers(data_folder()))


@cache
def _fuels(folder: Path) -> dict[tuple[str, str], Fuel]:
    fuels = {}
    for row in _rows(folder / "factors" / "fuels.csv"):
        if not (row["ncv"] and row["carbon_content"] and row["oxidation_rate_pct"]):
            continue
        unit = "10^4 Nm3" if row["unit"].startswith("10^4") else "t"
        factor = float(row["carbon_content"]) * float(row["oxidation_rate_pct"]) / 100 * CO2_PER_C
        key = (row["factor_set"], row["fuel_cn"])
        fuels[key] = Fuel(float(row["ncv"]) * 1e-3, unit, factor, f"{key[0]}:{key[1]}", row["confidence"])
    return fuels


def factor_sets() -> tuple[str, ...]:
    """Names of the fuel factor sets."""
    return _sets(data_folder())


@cache
def _sets(folder: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in _fuels(folder)))


def find_fuel(factor_set: str, carrier: Carrier) -> Fuel | None:
    """The fuel behind a carrier in a factor set, or None where the set has none."""
    return _fuels(data_folder()).get((factor_set, carrier.fuel_cn))


@cache
def _grid(folder: Path) -> dict[str, tuple[float, str]]:
    rows = _rows(folder / "factors" / "grid_factors.csv")
    return {
        row["choice"]: (float(row["value"]), row["confidence"])
        for row in rows
        if row["unit"] == "tCO2/MWh" and row["choice"] and row["value"]
    }


def grid_factor(choice: str, file: str) -> tuple[float, Fault | None]:
    """Grid factor of a named choice, tCO2/MWh, or the fault that says what may be chosen.

    Parameters
    ----------
    choice : str
        E.g. ``"national_2021"``, ``"provincial_2021:江苏"``, ``"regional_2012:华东"``.
    file : str
        File that made the choice, for the message.
    """
    grid = _grid(data_folder())
    if choice in grid and grid[choice][1] in TRUSTED:
        return grid[choice][0], None
    trusted = [name for name, (_, confidence) in grid.items() if confidence in TRUSTED]
    starts = sorted({name.split(":")[0] for name in trusted})
    expected = (
        f"'table' with factor rows for electricity, or one of {', '.join(starts)} (with ':region' where it has regions)"
    )
    why = (
        "choose another"
        if choice not in grid
        else f"it is {grid[choice][1]} and may not be a default; enter it in the table"
    )
    return 0.0, Fault(file, "grid_factor", choice, expected, why, code="grid_factor")


@cache
def _grid_years(folder: Path) -> dict[str, tuple[int, str]]:
    rows = _rows(folder / "factors" / "grid_factors.csv")
    return {row["choice"]: (int(row["data_year"] or 0), row["confidence"]) for row in rows if row["choice"]}


def grid_year(choice: str) -> tuple[int, str]:
    """Year a factor of power or heat is of (0 where of none), and its confidence; "uncertain" where not listed."""
    return _grid_years(data_folder()).get(choice, (0, "uncertain"))


def heat_factor() -> float:
    """Default factor of purchased heat, tCO2/TJ (0.11 tCO2/GJ, NDRC industry guides)."""
    return _heat(data_folder())


@cache
def _heat(folder: Path) -> float:
    for row in _rows(folder / "factors" / "grid_factors.csv"):
        if row["factor_type"] == "purchased heat default":
            return float(row["value"]) * 1e3
    raise LookupError("grid_factors.csv has no default for purchased heat")


def default_factor(factor_set: str, carrier: Carrier) -> float | None:
    """Factor of a carrier where a park gives none, tCO2/TJ; None where the set has none.

    Purchased electricity has no default: its factor is the park's choice (see `grid_factor`).
    """
    if carrier.group in ZERO_GROUPS:
        return 0.0
    if carrier.group == "heat":
        return heat_factor()
    fuel = find_fuel(factor_set, carrier)
    return fuel.factor if fuel else None


@dataclass(frozen=True)
class FuelParts:
    """The numbers of a row of ``factors/fuels.csv``, as they stand there.

    Parameters
    ----------
    ncv : float
        Net calorific value, GJ per ``unit``.
    unit : str
    carbon_content : float
        tC/TJ.
    oxidation : float
        Share of the carbon that is oxidised, 0-1.
    confidence : str
    """

    ncv: float
    unit: str
    carbon_content: float
    oxidation: float
    confidence: str


@cache
def _parts(folder: Path) -> dict[str, FuelParts]:
    with (folder / "factors" / "fuels.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            f"{row['factor_set']}:{row['fuel_cn']}": FuelParts(
                float(row["ncv"]),
                row["unit"],
                float(row["carbon_content"]),
                float(row["oxidation_rate_pct"]) / 100,
                row["confidence"],
            )
            for row in csv.DictReader(file)
            if row["ncv"] and row["carbon_content"] and row["oxidation_rate_pct"]
        }


def fuel_parts(factor_id: str) -> FuelParts | None:
    """Parts of a fuel's factor by its id, ``set:fuel``; None for any other factor.

    Examples
    --------
    >>> fuel_parts("national_2021") is None
    True
    """
    return _parts(data_folder()).get(factor_id)
