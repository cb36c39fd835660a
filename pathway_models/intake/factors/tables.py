"""Factor sets: calorific values and emission factors of fuels, grid and heat factors, by choice.

Every factor carries the id of its row, so that a result can be traced to it.  A row whose confidence is
``background`` or ``uncertain`` is never used silently: it must be named by the user.

`fuel_parts` gives the components of a shipped emission factor: calorific value, carbon content, oxidation.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pathway_models.core import Fault, files, units
from pathway_models.records import Carrier

#: Confidence marks of factors that may be used by default.
TRUSTED = ("seen", "seen_multi", "derived")
#: Carrier groups whose emissions are zero by convention.
ZERO_GROUPS = ("biomass", "hydrogen", "green_electricity", "waste_heat", "own_power")


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
    """Return all energy carriers by id."""
    return dict(_carriers(files.data_folder()))


@cache
def _fuels(folder: Path) -> dict[tuple[str, str], Fuel]:
    fuels = {}
    for row in _rows(folder / "factors" / "fuels.csv"):
        if not (row["ncv"] and row["carbon_content"] and row["oxidation_rate_pct"]):
            continue
        unit = "10^4 Nm3" if row["unit"].startswith("10^4") else "t"
        factor = float(row["carbon_content"]) * float(row["oxidation_rate_pct"]) / 100 * units.CO2_PER_C
        key = (row["factor_set"], row["fuel_cn"])
        fuels[key] = Fuel(float(row["ncv"]) * 1e-3, unit, factor, f"{key[0]}:{key[1]}", row["confidence"])
    return fuels


def factor_sets() -> tuple[str, ...]:
    """List the names of the fuel factor sets."""
    return _sets(files.data_folder())


@cache
def _sets(folder: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name, _ in _fuels(folder)))


def find_fuel(factor_set: str, carrier: Carrier) -> Fuel | None:
    """Return the fuel of a carrier in a factor set; None where the set has none."""
    return _fuels(files.data_folder()).get((factor_set, carrier.fuel_cn))


@dataclass(frozen=True)
class GridFactor:
    """A published factor of power or heat.

    Parameters
    ----------
    value : float
        In the unit of its row: tCO2/MWh of power, tCO2/GJ of heat.
    year : int
        Its year; 0 for none.
    choice : str
        Id of its row.
    confidence : str
    """

    value: float
    year: int
    choice: str
    confidence: str


@dataclass(frozen=True)
class GridFactors:
    """Factors of a choice: one for all years, or those of a place by year.

    Parameters
    ----------
    published : tuple of GridFactor
        In the order of their years, one a year.
    by_year : bool
        Whether the choice has no year, so that each year has its own factor.
    """

    published: tuple[GridFactor, ...]
    by_year: bool = False

    def of(self, year: int) -> GridFactor:
        """Return the factor of a year.

        ASSUME: a year without a published factor takes that of the nearest year that has one, the earlier of two.
        """
        return min(self.published, key=lambda factor: (abs(factor.year - year), factor.year))


@cache
def _grid(folder: Path) -> dict[str, GridFactors]:
    """Read all factors of power and heat by choice, trusted or not; trusted ones of a series also by its name."""
    found: dict[str, GridFactors] = {}
    series: dict[str, list[GridFactor]] = {}
    for row in _rows(folder / "factors" / "grid_factors.csv"):
        if row["choice"] and row["value"]:
            year = int(row["data_year"] or 0)
            factor = GridFactor(float(row["value"]), year, row["choice"], row["confidence"])
            found[row["choice"]] = GridFactors((factor,))
            # A factor table of a data folder made before 0.3 has no series.
            if row.get("series") and row["confidence"] in TRUSTED:
                series.setdefault(row["series"], []).append(factor)
    for name, factors in series.items():
        found[name] = GridFactors(tuple(sorted(factors, key=lambda factor: factor.year)), by_year=True)
    return found


def grid_choices() -> tuple[str, ...]:
    """List the choices of a grid factor: places by year first, then places in one year."""
    return _choices(files.data_folder())


@cache
def _choices(folder: Path) -> tuple[str, ...]:
    found = _grid(folder)
    trusted = [name for name, factors in found.items() if all(f.confidence in TRUSTED for f in factors.published)]
    return tuple(sorted((name for name in trusted if name != "heat_default"), key=lambda name: not found[name].by_year))


#: Words of the choices of a grid factor, which has no default.
GRID_CHOICES = (
    "choose one: provincial:<province> such as provincial:江苏, regional:<region> such as regional:华东, national, or"
    " table with a factor of your own"
)


def grid_factors(choice: str, file: str) -> tuple[GridFactors, Fault | None]:
    """Return the grid factors of a choice, or a fault that names the choices.

    Parameters
    ----------
    choice : str
        A place by year, ``"provincial:江苏"``, ``"regional:华东"``, ``"national"``, ``"national_residual"`` (without
        market-traded non-fossil power), ``"national_fossil"``; or one year of it, ``"provincial_2021:江苏"``.
    file : str
        File that made the choice, for the message.

    Examples
    --------
    >>> [grid_factors("provincial:江苏", "")[0].of(year).value for year in (2020, 2021, 2022, 2023, 2024)]
    [0.6451, 0.6451, 0.5978, 0.5827, 0.5827]
    """
    found = _grid(files.data_folder())
    if choice in grid_choices():
        return found[choice], None
    starts = sorted({name.split(":")[0] for name in grid_choices()})
    expected = (
        f"'table' with factor rows for electricity, or one of {', '.join(starts)} (with ':region' where it has regions)"
    )
    why = (
        "choose another"
        if choice not in found or choice == "heat_default"
        else f"it is {found[choice].published[0].confidence} and may not be a default; enter it in the table"
    )
    return GridFactors(()), Fault(file, "grid_factor", choice, expected, why, code="grid_factor")


def published_factors(choice: str) -> GridFactors | None:
    """Return the factors of power or heat of a choice, trusted or not; None where it is not listed."""
    return _grid(files.data_folder()).get(choice)


def heat_factor() -> float:
    """Return the default factor of purchased heat, tCO2/TJ (0.11 tCO2/GJ, NDRC industry guides)."""
    return _heat(files.data_folder())


@cache
def _heat(folder: Path) -> float:
    found = _grid(folder).get("heat_default")
    if found is None:
        raise LookupError("grid_factors.csv has no default for purchased heat")
    return found.published[0].value * 1e3


def default_factor(factor_set: str, carrier: Carrier) -> float | None:
    """Return the default factor of a carrier, tCO2/TJ; None where the set has none.

    Purchased electricity has no default: its factor is the park's choice (see `grid_factors`).
    """
    if carrier.group in ZERO_GROUPS:
        return 0.0
    if carrier.group == "heat":
        return heat_factor()
    fuel = find_fuel(factor_set, carrier)
    return fuel.factor if fuel else None


@dataclass(frozen=True)
class FuelParts:
    """Numbers of a row of ``factors/fuels.csv``, in its units.

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
    """Return the components of a fuel's factor by its id, ``set:fuel``; None for any other factor.

    Examples
    --------
    >>> fuel_parts("national_2021") is None
    True
    """
    return _parts(files.data_folder()).get(factor_id)
