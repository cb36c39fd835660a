"""Reading emissions series of anyone: a table with entity, year, value, from a file or from memory.

Missing years are no fault: each peak rule says itself whether it can do without them.  An empty value is a missing
year, as if the row were not there.  Everything else is as in `intake.entity_tables`.
"""

import math
from pathlib import Path

import pandas as pd

from pathway_models.core.errors import Fault
from pathway_models.intake.table.entities import (
    FIRST_YEAR,
    LAST_YEAR,
    Asked,
    Row,
    checked,
    header_of,
    rows_of_file,
    rows_of_memory,
    value_column,
)
from pathway_models.kernels.published_rules import COMPANIONS

__all__ = ["FIRST_YEAR", "LAST_YEAR", "check_series", "read_series"]

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
        empty), sorted by entity in order of appearance, then year; ``attrs["told"]`` says what was left aside.

    Raises
    ------
    InputError
        With every fault by line: missing columns, no number, negative value, no year, a year given twice, a unit
        that changes, several series of one entity.
    """
    is_plain = not wide and not str(path).lower().endswith(".xlsx")
    named = value or (value_column(header_of(Path(path)), None, SERIES_COLUMNS) if is_plain else SERIES_COLUMNS[0])
    asked = Asked(entity, year, {named: value_problem}, _companions(entity, year, named), wide=wide)
    return _as_series(asked, *rows_of_file(Path(path), asked))


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
    asked = Asked(entity, year, {value: value_problem}, _companions(entity, year, value))
    return _as_series(asked, *rows_of_memory(table, name, asked))


def _companions(*wanted: str) -> tuple[str, ...]:
    return tuple(name for name in COMPANIONS if name not in wanted)


def _as_series(asked: Asked, file: str, rows: list[Row], faults: list[Fault], told: list[str]) -> pd.DataFrame:
    """Table of the rows with a value, entities in order of appearance, years rising."""
    good = checked(file, rows, asked, faults, told)
    present = [name for name in asked.companions if rows and name in rows[0][1]]
    order = {entity: at for at, entity in enumerate(dict.fromkeys(entity for entity, *_ in good))}
    kept = [(entity, year, *numbers) for entity, _, year, numbers in good if not math.isnan(numbers[0])]
    kept.sort(key=lambda row: (order[row[0]], row[1]))
    table = pd.DataFrame(kept, columns=[*COLUMNS, *present])
    table.attrs["told"] = told
    return table


def value_problem(number: float) -> tuple[str, str, str] | None:
    """Refuse negative emissions: expected, remedy, code."""
    if number >= 0:
        return None
    return "emissions of 0 or more", "check the sign; sinks and sold energy are not emissions", "negative"
