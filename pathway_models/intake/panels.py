"""Panels of regions and sites over years: the shipped ones and a user's own.

A panel table is a CSV (``.csv`` or ``.csv.gz``), one line an entity and year, with the columns
``entity, year, emissions_tco2`` and any further columns of numbers (GDP, parts of the emissions, sites); it is the
table that peak rules judge, read by the same rules (`intake.table.entity_table`).  Emissions of zero are a year without
emissions, which has no logarithm but counts as an event; an empty cell is a missing year.  ``group`` names the region
of an entity: held-out tests hold out whole groups.  The other `TEXT_COLUMNS` are for the reader.

Also here: the stored tables of hindcasts, with the version of the law that was tested; and any emissions series, a
table with entity, year and value, from a file or from memory.  Missing years of a series are no fault: each peak rule
checks whether it needs them.  An empty value is a missing year.  Other rules are those of `intake.table.entity_table`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.core import Fault, InputError
from pathway_models.core.files import Stamp, data_folder, stamped
from pathway_models.intake.numbers import exact_number, sudden_zeros
from pathway_models.intake.table import entity_table
from pathway_models.intake.table.rows import header_of
from pathway_models.kernels.published_rules import COMPANIONS

#: Columns of a checked table, before any companion series.
COLUMNS = ("entity", "year", "value")
#: Columns that the values of a file are looked for in.
SERIES_COLUMNS = ("value", "emissions_tco2")


def read_series(
    path: str | Path, entity: str = "entity", year: str = "year", value: str | None = None, *, wide: bool = False
) -> pd.DataFrame:
    """Read emissions series from a CSV, UTF-8 (with or without BOM) or GB18030, ``.csv`` or ``.csv.gz``, or ``.xlsx``.

    Parameters
    ----------
    path : str or Path
        File with a header; columns may stand in any order, others are left aside.
    entity, year, value : str, optional
        Names of the three columns; the value is looked for in ``value`` and, as the table of a panel has it, in
        ``emissions_tco2`` of a CSV when no column is named.  Columns ``population, gdp, consumption, ghg`` are kept
        where they are present.
    wide : bool
        The table has a column for each year.

    Returns
    -------
    pandas.DataFrame
        Columns ``entity`` (str), ``year`` (int), ``value`` (float) and companions (float, NaN where
        empty), sorted by entity in order of appearance, then year; ``attrs["told"]`` lists ignored content.

    Raises
    ------
    InputError
        With every fault by line: missing columns, no number, negative value, no year, a year given twice, a unit
        that changes, several series of one entity.
    """
    is_plain = not wide and not str(path).lower().endswith(".xlsx")
    named = value or (
        entity_table.value_column(header_of(Path(path)), None, SERIES_COLUMNS) if is_plain else SERIES_COLUMNS[0]
    )
    asked = entity_table.Asked(entity, year, {named: value_problem}, _companions(entity, year, named), wide=wide)
    return _as_series(asked, *entity_table.rows_of_file(Path(path), asked))


def check_series(
    table: pd.DataFrame, entity: str = "entity", year: str = "year", value: str = "value", name: str = "series"
) -> pd.DataFrame:
    """Check a table in memory as :func:`read_series` checks a file.

    Parameters
    ----------
    table : pandas.DataFrame
        With the three named columns; companions are kept where present.
    entity, year, value : str
        Names of the three columns.
    name : str
        What to call the table in messages.

    Returns
    -------
    pandas.DataFrame
        As :func:`read_series`.

    Raises
    ------
    InputError
        With every fault; rows are named by their index label.
    """
    asked = entity_table.Asked(entity, year, {value: value_problem}, _companions(entity, year, value))
    return _as_series(asked, *entity_table.rows_of_memory(table, name, asked))


def _companions(*wanted: str) -> tuple[str, ...]:
    return tuple(name for name in COMPANIONS if name not in wanted)


def _as_series(
    asked: entity_table.Asked, file: str, rows: list[entity_table.Row], faults: list[Fault], told: list[str]
) -> pd.DataFrame:
    """Make a table of the rows with a value, entities in order of appearance, years rising."""
    good = entity_table.checked(file, rows, asked, faults, told)
    present = [name for name in asked.companions if rows and name in rows[0][1]]
    order = {entity: at for at, entity in enumerate(dict.fromkeys(entity for entity, *_ in good))}
    kept = [(entity, year, *numbers) for entity, _, year, numbers in good if not math.isnan(numbers[0])]
    kept.sort(key=lambda row: (order[row[0]], row[1]))
    table = pd.DataFrame(kept, columns=[*COLUMNS, *present])
    table.attrs["told"] = told + _sudden_zeros(kept)
    return table


def _sudden_zeros(rows: list[tuple]) -> list[str]:
    """Write warnings of zeros beside large values, which every rule takes for years without emissions."""
    doubtful = []
    at = 0
    while at < len(rows):
        end = next((n for n in range(at, len(rows)) if rows[n][0] != rows[at][0]), len(rows))
        values = [row[2] for row in rows[at:end]]
        if 0.0 in values:
            doubtful += [f"{rows[at][0]} {rows[at + place][1]}" for place in sudden_zeros(values)]
        at = end
    if not doubtful:
        return []
    return [f"0 beside large values, taken for a year without emissions: {entity_table.some_of(doubtful)}"]


def value_problem(number: float) -> tuple[str, str, str] | None:
    """Refuse negative emissions: expected, remedy, code."""
    if number >= 0:
        return None
    return "emissions of 0 or more", "check the sign; sinks and sold energy are not emissions", "negative"


#: The shipped panels of regions, the training data of the laws of parks.
REGIONS = ("provinces", "cities", "countries")
#: The shipped panels of industrial sites: clusters of several sites, and the smaller ones or those of one site.
SITES = ("eu_sites", "us_sites", "eu_sites_small", "us_sites_small")
PANELS = (*REGIONS, *SITES)
#: Panels of parks, each with a second one of smaller sites beside it.
CONTINENTS = SITES[:2]
#: Quantity that every panel has, and the columns it is looked for in.
EMISSIONS = "emissions_tco2"
PANEL_COLUMNS = (EMISSIONS, "value")
TEXT_COLUMNS = ("group", "name", "region", "size", "multi_site", "flag", "source", "note")


@dataclass(frozen=True, eq=False)
class Panel:
    """Yearly quantities of many entities.

    Parameters
    ----------
    name : str
        Name for tables, e.g. ``provinces``.
    entities : tuple of str
        In the order of the rows of every quantity.
    groups : tuple of str
        Region of each entity, the entity itself where the table names none.
    years : (Y,) int
        Consecutive years.
    values : mapping quantity -> (entity, year) float
        At least zero; NaN where there is no value; read-only.
    told : tuple of str
        Ignored content of the table, in words.
    """

    name: str
    entities: tuple[str, ...]
    groups: tuple[str, ...]
    years: NDArray[np.int_]
    values: Mapping[str, NDArray[np.float64]]
    told: tuple[str, ...] = ()

    def logs(self, quantity: str = EMISSIONS, per: str | None = None) -> NDArray[np.float64]:
        """Natural logs of a quantity, or of its ratio to another; (entity, year), NaN where missing or zero.

        Raises
        ------
        KeyError
            The panel has no such quantity.
        """
        logs = _log(self.values[quantity])
        return logs if per is None else logs - _log(self.values[per])

    def between(self, first: int, last: int) -> "Panel":
        """Return the panel cut to the years from ``first`` to ``last``."""
        kept = (self.years >= first) & (self.years <= last)
        values = {name: array[:, kept] for name, array in self.values.items()}
        return replace(self, years=self.years[kept], values=MappingProxyType(values))


def _log(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.where(values > 0.0, values, np.nan))


def read_panel(panel: str | Path, entity: str = "entity", year: str = "year", value: str | None = None) -> Panel:
    """Read a shipped panel by name, or a user's own table by path.

    Parameters
    ----------
    panel : str or Path
        One of `PANELS`, or the path of a CSV.
    entity, year, value : str, optional
        Columns of a table of one's own; the value is looked for in `PANEL_COLUMNS` when no column is named.  It
        becomes the quantity ``emissions_tco2``.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        With every fault found: missing columns, negative values or texts among numbers, years out of
        range, an entity and year given twice, a unit that changes, several series of one entity.

    Examples
    --------
    >>> provinces = read_panel("provinces")
    >>> len(provinces.entities), int(provinces.years[0]), int(provinces.years[-1])
    (30, 1997, 2022)
    """
    if panel in PANELS:
        return _shipped(*stamped(data_folder() / "panels" / f"{panel}.csv.gz"))
    return _read_table(Path(panel), entity, year, value)


class ContinentSites(NamedTuple):
    """All sites of a continent that are shipped.

    Parameters
    ----------
    years : (Y,) int
    emissions : mapping column -> (site, year), tCO2/yr
        NaN where a site did not report.
    regions : (site,) str
        Country or state.
    is_park : (site,) bool
        Of several sites and large.
    """

    years: np.ndarray
    emissions: Mapping[str, np.ndarray]
    regions: np.ndarray
    is_park: np.ndarray


def read_sites(continent: str) -> ContinentSites:
    """Read the parks of a continent and the smaller sites beside them.

    Parameters
    ----------
    continent : str
        One of `CONTINENTS`.

    Returns
    -------
    ContinentSites

    Raises
    ------
    InputError
        A file is missing.
    """
    tables = []
    for name in (continent, f"{continent}_small"):
        path = data_folder() / "panels" / f"{name}.csv.gz"
        if not path.is_file():
            raise InputError([Fault(path.name, "file", "", "an existing file", "restore it", code="no_file")])
        tables.append(pd.read_csv(path, keep_default_na=False, na_values=[""]).assign(is_park=name == continent))
    table = pd.concat(tables)
    places = table.groupby("entity")[["region", "is_park"]].first()
    columns = [name for name in table.columns if name.endswith("_tco2")]
    wide = table.pivot(index="entity", columns="year", values=columns)
    years = np.arange(table["year"].min(), table["year"].max() + 1)
    return ContinentSites(
        years,
        {name: wide[name].reindex(columns=years).to_numpy(float) for name in columns},
        places["region"].to_numpy(str),
        places["is_park"].to_numpy(bool),
    )


@cache
def _shipped(path: Path, stamp: Stamp) -> Panel:
    """Read a shipped panel, cached since hindcasts use it case by case."""
    del stamp
    return _read_table(path, "entity", "year", None)


def _read_table(path: Path, entity: str, year: str, value: str | None) -> Panel:
    header = header_of(path)
    named = entity_table.value_column(header, value, PANEL_COLUMNS)
    keys = {entity, year, named, EMISSIONS, *TEXT_COLUMNS}
    asked = entity_table.Asked(entity, year, {named: value_problem}, tuple(name for name in header if name not in keys))
    file, rows, faults, _ = entity_table.rows_of_file(path, asked)
    asked = replace(asked, companions=tuple(name for name in asked.companions if _has_numbers(name, rows, asked)))
    aside: list[str] = []
    good = entity_table.checked(file, rows, asked, faults, aside)
    used = keys | set(asked.companions)
    unused = [name for name in header if name not in used]
    told = (
        *((f"columns that are not used: {entity_table.some_of(unused, entity_table.MOST_COLUMNS)}",) if unused else ()),
        *aside,
    )
    name = path.name.removesuffix(".gz").removesuffix(".csv")
    groups = {row[entity].strip(): row.get("group", "").strip() or row[entity].strip() for _, row in rows}
    return _assemble(name, good, (EMISSIONS, *asked.companions), groups, told)


def _has_numbers(column: str, rows: list[entity_table.Row], asked: entity_table.Asked) -> bool:
    """Tell a column of numbers, faulty ones included, from one of texts or without a cell."""
    if asked.is_guard(column):
        return False
    return any(math.isfinite(exact_number(cells[column])) for _, cells in rows if cells[column].strip())


def _assemble(
    name: str,
    good: list[entity_table.Good],
    quantities: tuple[str, ...],
    groups: Mapping[str, str],
    told: tuple[str, ...],
) -> Panel:
    entities = tuple(sorted(groups))
    all_years = [year for _, _, year, _ in good]
    years = np.arange(min(all_years), max(all_years) + 1)
    place = {entity: at for at, entity in enumerate(entities)}
    values = {quantity: np.full((len(entities), years.size), np.nan) for quantity in sorted(quantities)}
    for entity, _, year, numbers in good:
        for quantity, number in zip(quantities, numbers, strict=True):
            values[quantity][place[entity], year - years[0]] = number
    for array in values.values():
        array.setflags(write=False)
    ordered = tuple(groups[entity] for entity in entities)
    return Panel(name, entities, ordered, years, MappingProxyType(values), told)


#: Tables of the report card and the files they stand in, below the data folder.
FILES = {
    "summary": "hindcast_summary.csv",
    "deciles": "hindcasts/deciles.csv",
    "peaks": "hindcasts/peaks.csv",
    "reliability": "hindcasts/reliability.csv",
    "combination": "hindcasts/combination.csv",
    "chain": "hindcasts/chain.csv",
    "league": "hindcasts/league.csv",
    "events": "hindcasts/events.csv",
    "event_reliability": "hindcasts/event_reliability.csv",
    "sums": "hindcasts/sums.csv",
    "outlook": "hindcasts/outlook.csv",
}


def hindcast_files() -> dict[str, Path]:
    """Return the path of each table of the report card."""
    return {name: data_folder() / file for name, file in FILES.items()}


def read_hindcasts(table: str = "summary") -> pd.DataFrame:
    """Read a table of the stored report card.

    Parameters
    ----------
    table : str
        ``summary`` (coverage and skill by horizon), ``deciles`` (calibration), ``peaks`` and ``reliability``
        (probability of having peaked), ``combination`` (pools with the rivals), ``chain`` (drivers, synthetic parks);
        of the law in levels ``league`` (bands of all laws), ``events`` and ``event_reliability`` (the headline's
        event), ``sums`` (real sums).

    Returns
    -------
    DataFrame
        Columns in ``data/README.md``; ``version`` is that of the laws that were tested.

    Raises
    ------
    InputError
        There is no such table, or its file is missing.
    """
    files = hindcast_files()
    if table not in files or not files[table].is_file():
        expected = f"one of {', '.join(FILES)}, present in the data folder"
        raise InputError(
            [Fault("hindcasts", "table", table, expected, "name another, or restore it", code="hindcasts")]
        )
    return _read(files[table]).copy()


@cache
def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, encoding="utf-8", dtype={"version": "str"})
