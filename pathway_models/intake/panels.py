"""Panels of regions over years: the shipped ones and a user's own.

A panel table is a CSV (``.csv`` or ``.csv.gz``), one line an entity and year, with the columns
``entity, year, emissions_tco2`` and any further columns of positive numbers (GDP, parts of the
emissions).  ``group`` names the region an entity belongs to: held-out tests hold out whole groups.
The other `TEXT_COLUMNS` are for the reader.

The stored report card of the baseline: what hindcasts measured, with the version of the law they measured.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import data_folder, read_text
from pathway_models.intake.numbers import exact_number

#: The shipped panels.
PANELS = ("provinces", "cities", "countries")
KEYS = ("entity", "year")
REQUIRED = (*KEYS, "emissions_tco2")
TEXT_COLUMNS = ("group", "name", "flag", "source", "note")


@dataclass(frozen=True, eq=False)
class Panel:
    """Positive yearly quantities of many entities.

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
        NaN where there is no value; read-only.
    """

    name: str
    entities: tuple[str, ...]
    groups: tuple[str, ...]
    years: NDArray[np.int_]
    values: Mapping[str, NDArray[np.float64]]

    def logs(self, quantity: str = "emissions_tco2", per: str | None = None) -> NDArray[np.float64]:
        """Natural logs of a quantity, or of its ratio to another; (entity, year), NaN where missing.

        Raises
        ------
        KeyError
            The panel has no such quantity.
        """
        logs = np.log(self.values[quantity])
        return logs if per is None else logs - np.log(self.values[per])

    def between(self, first: int, last: int) -> Panel:
        """The years from ``first`` to ``last`` of the panel."""
        kept = (self.years >= first) & (self.years <= last)
        values = {name: array[:, kept] for name, array in self.values.items()}
        return Panel(self.name, self.entities, self.groups, self.years[kept], MappingProxyType(values))


def read_panel(panel: str | Path) -> Panel:
    """Read a shipped panel by name, or a user's own table by path.

    Parameters
    ----------
    panel : str or Path
        One of `PANELS`, or the path of a CSV.

    Returns
    -------
    Panel

    Raises
    ------
    InputError
        With every fault found: missing columns, values that are no positive number, years out of
        range, an entity and year given twice.

    Examples
    --------
    >>> provinces = read_panel("provinces")
    >>> len(provinces.entities), int(provinces.years[0]), int(provinces.years[-1])
    (30, 1997, 2022)
    """
    shipped = panel in PANELS
    path = data_folder() / "panels" / f"{panel}.csv.gz" if shipped else Path(panel)
    lines = csv.DictReader(io.StringIO(read_text(path), newline=""))
    header = [name.strip() for name in lines.fieldnames or ()]
    lines.fieldnames = header
    _check_header(path.name, header)
    faults: list[Fault] = []
    columns = [name for name in header if name not in (*KEYS, *TEXT_COLUMNS)]
    rows = list(_read_rows(path.name, lines, columns, faults))
    faults += _doubled(path.name, rows)
    if not rows and not faults:
        faults.append(Fault(path.name, "file", "", "at least one line of data", "add the series", code="empty"))
    if faults:
        raise InputError(faults)
    name = str(panel) if shipped else path.name.removesuffix(".gz").removesuffix(".csv")
    return _assemble(name, rows)


def _check_header(file: str, header: list[str]) -> None:
    faults = [
        Fault(file, "line 1", "", f"a column {name}", f"add or rename it; found {', '.join(header)}", code="columns")
        for name in REQUIRED
        if name not in header
    ]
    for name, times in Counter(header).items():
        if times > 1:
            faults.append(Fault(file, "line 1", name, "each column once", "remove one of them", code="columns"))
    if faults:
        raise InputError(faults)


@dataclass(frozen=True)
class _Line:
    place: str
    entity: str
    group: str
    year: int
    numbers: dict[str, float]


def _read_rows(file: str, lines: csv.DictReader[str], columns: list[str], faults: list[Fault]) -> Iterable[_Line]:
    """Yield every sound line; keep the faults of the others."""
    for line in lines:
        place, before = f"line {lines.line_num}", len(faults)
        if None in line or None in line.values():
            fields = len(lines.fieldnames or ())
            faults.append(Fault(file, place, "", f"{fields} fields", "mend the commas", code="fields"))
            continue
        entity, year = line["entity"].strip(), line["year"].strip()
        if not entity:
            faults.append(Fault(file, f"{place}, entity", "", "a name", "name the entity", code="entity"))
        if not (year.isdecimal() and year.isascii() and 1750 <= int(year) <= 2100):
            faults.append(Fault(file, f"{place}, year", year, "a year such as 2019", "correct it", code="year"))
        numbers = {}
        for column in columns:
            if not line[column].strip():
                continue
            number = exact_number(line[column])
            if not (math.isfinite(number) and number > 0):
                remedy = "write plain digits; leave the cell empty when the value is missing or zero"
                expected = "a number above 0 (its logarithm is taken)"
                faults.append(Fault(file, f"{place}, {column}", line[column], expected, remedy, code="number"))
            else:
                numbers[column] = number
        if len(faults) == before:
            yield _Line(place, entity, line.get("group", "").strip() or entity, int(year), numbers)


def _doubled(file: str, rows: list[_Line]) -> list[Fault]:
    first: dict[tuple[str, int], str] = {}
    faults = []
    for row in rows:
        earlier = first.setdefault((row.entity, row.year), row.place)
        if earlier != row.place:
            expected = f"one line an entity and year (first in {earlier})"
            value = f"{row.entity} {row.year}"
            faults.append(Fault(file, row.place, value, expected, "remove one of them", code="twice"))
    return faults


def _assemble(name: str, rows: list[_Line]) -> Panel:
    groups = {row.entity: row.group for row in rows}
    entities = tuple(sorted(groups))
    years = np.arange(min(row.year for row in rows), max(row.year for row in rows) + 1)
    place = {entity: at for at, entity in enumerate(entities)}
    quantities = sorted({quantity for row in rows for quantity in row.numbers})
    values = {quantity: np.full((len(entities), years.size), np.nan) for quantity in quantities}
    for row in rows:
        for quantity, number in row.numbers.items():
            values[quantity][place[row.entity], row.year - years[0]] = number
    for array in values.values():
        array.setflags(write=False)
    return Panel(name, entities, tuple(groups[entity] for entity in entities), years, MappingProxyType(values))


#: Tables of the report card and the files they stand in, below the data folder.
FILES = {
    "summary": "hindcast_summary.csv",
    "deciles": "hindcasts/deciles.csv",
    "peaks": "hindcasts/peaks.csv",
    "reliability": "hindcasts/reliability.csv",
    "combination": "hindcasts/combination.csv",
    "chain": "hindcasts/chain.csv",
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
        (probability of having peaked), ``combination`` (pools with the rivals), ``chain`` (drivers, synthetic parks).

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
