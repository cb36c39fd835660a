"""Reading emissions series of anyone: a table with entity, year, value, from a file or from memory.

Every fault is kept and all are raised together.  Missing years are no fault: each peak rule says
itself whether it can do without them.  An empty value is a missing year, as if the row were not there.
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import read_text
from pathway_models.kernels.published_rules import COMPANIONS

#: Years a series may cover.
FIRST_YEAR, LAST_YEAR = 1750, 2100
#: Columns of a checked table, before any companion series.
COLUMNS = ("entity", "year", "value")


def read_series(path: str | Path, entity: str = "entity", year: str = "year", value: str = "value") -> pd.DataFrame:
    """Read a CSV of emissions series, UTF-8 (with or without BOM) or GB18030, ``.csv`` or ``.csv.gz``.

    Parameters
    ----------
    path : str or Path
        File with a header; columns may stand in any order, others are ignored.
    entity, year, value : str
        Names of the three columns.  Columns ``population, gdp, consumption, ghg`` are kept where present.

    Returns
    -------
    pandas.DataFrame
        Columns ``entity`` (str), ``year`` (int), ``value`` (float) and companions (float, NaN where
        empty), sorted by entity in order of appearance, then year.

    Raises
    ------
    InputError
        With every fault by line: missing columns, no number, negative value, no year, a year given twice.
    """
    file = Path(path)
    lines = csv.reader(io.StringIO(read_text(file), newline=""))
    header = [name.strip() for name in next(lines, [])]
    wanted = {"entity": entity, "year": year, "value": value}
    _check_header(file.name, "line 1", header, wanted)
    faults: list[Fault] = []
    return _checked(file.name, _rows_of(file.name, lines, header, faults), wanted, faults)


def _rows_of(file: str, lines: Any, header: list[str], faults: list[Fault]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield place and cells of every line that has a cell for each column."""
    for cells in lines:
        place = f"line {lines.line_num}"
        if len(cells) == len(header):
            yield place, dict(zip(header, cells, strict=True))
        elif any(cell.strip() for cell in cells):
            remedy = "mend the commas; put text with commas in quotes"
            fields = f"{len(header)} fields"
            faults.append(Fault(file, place, f"{len(cells)} fields", fields, remedy, code="fields"))


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
    wanted = {"entity": entity, "year": year, "value": value}
    header = [str(column) for column in table.columns]
    _check_header(name, "columns", header, wanted)
    kept = [*wanted.values(), *(column for column in COMPANIONS if column in header)]
    columns = {column: table[column].tolist() for column in kept}
    rows = [
        (f"row {label}", {column: _as_text(columns[column][at]) for column in kept})
        for at, label in enumerate(table.index)
    ]
    return _checked(name, rows, wanted, [])


def _as_text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)


def _check_header(file: str, place: str, header: list[str], wanted: Mapping[str, str]) -> None:
    found = ", ".join(header) or "none"
    faults = [
        Fault(file, place, "", f"a column {column}", f"found {found}; name the column of the {role}", code="columns")
        for role, column in wanted.items()
        if column not in header
    ]
    needed = {*wanted.values(), *COMPANIONS}
    faults += [
        Fault(file, place, column, "each column once", "remove or rename one of them", code="columns")
        for column, times in Counter(header).items()
        if times > 1 and column in needed
    ]
    if faults:
        raise InputError(faults)


def _checked(
    file: str, rows: Iterable[tuple[str, dict[str, str]]], wanted: Mapping[str, str], faults: list[Fault]
) -> pd.DataFrame:
    """Turn texts into a table; raise every fault of every row."""
    good: list[tuple[Any, ...]] = []
    first: dict[tuple[str, int], str] = {}
    present: list[str] = []
    for place, cells in rows:
        present = [name for name in COMPANIONS if name in cells and name not in wanted.values()]
        entity = cells[wanted["entity"]].strip()
        if not entity:
            faults.append(Fault(file, f"{place}, {wanted['entity']}", "", "a name", "name it", code="entity"))
        year = _number(file, place, wanted["year"], cells, faults, _year_problem)
        value, *extras = (
            _number(file, place, name, cells, faults, problem) if cells[name].strip() else math.nan
            for name, problem in [(wanted["value"], _value_problem), *((name, _no_problem) for name in present)]
        )
        if entity and year is not None:
            earlier = first.setdefault((entity, int(year)), place)
            if earlier != place:
                expected = f"one value an entity and year (first in {earlier})"
                found = f"{entity} {int(year)}"
                faults.append(Fault(file, place, found, expected, "remove one of them", code="twice"))
            good.append((entity, int(year), value, *extras))
    has_value = {entity for entity, _, value, *_ in good if value is None or not math.isnan(value)}
    for entity in dict.fromkeys(row[0] for row in good):
        if entity not in has_value:
            faults.append(Fault(file, "table", entity, "at least one value", "add one, or remove it", code="no_value"))
    if not good and not faults:
        faults.append(Fault(file, "table", "", "at least one row of data", "add the series", code="empty"))
    if faults:
        raise InputError(faults)
    return _sorted_table(good, present)


def _sorted_table(rows: list[tuple[Any, ...]], companions: list[str]) -> pd.DataFrame:
    """Table of the rows with a value, entities in order of appearance, years rising."""
    order = {entity: at for at, entity in enumerate(dict.fromkeys(row[0] for row in rows))}
    kept = [row for row in rows if not math.isnan(row[2])]
    kept.sort(key=lambda row: (order[row[0]], row[1]))
    return pd.DataFrame(kept, columns=[*COLUMNS, *companions])


def _number(
    file: str,
    place: str,
    column: str,
    cells: Mapping[str, str],
    faults: list[Fault],
    problem: Callable[[float], tuple[str, str, str] | None],
) -> float | None:
    """Read a number; full-width digits mean what they show, anything else that is no number is a fault."""
    text = unicodedata.normalize("NFKC", cells[column]).strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    wrong = (
        problem(number)
        if math.isfinite(number)
        else ("a number", "write plain digits with a point; leave it empty when it is missing", "number")
    )
    if wrong is None:
        return number
    expected, remedy, code = wrong
    faults.append(Fault(file, f"{place}, {column}", cells[column], expected, remedy, code=code))
    return None


def _year_problem(number: float) -> tuple[str, str, str] | None:
    if number == int(number) and FIRST_YEAR <= number <= LAST_YEAR:
        return None
    return f"a year from {FIRST_YEAR} to {LAST_YEAR}", "write the year in four digits", "year"


def _value_problem(number: float) -> tuple[str, str, str] | None:
    if number >= 0:
        return None
    return "emissions of 0 or more", "check the sign; sinks and sold energy are not emissions", "negative"


def _no_problem(_: float) -> None:
    return None
