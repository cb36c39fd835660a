"""Tables of anyone: numbers by entity and year, from a file or from memory.

Every fault is kept and all are raised together.  What contradicts a reading as one series an entity (units that
change, rows of several sectors) is a fault; what is left aside (columns that nothing asks for, remarks below the
table) is told.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pathway_models.core.errors import Fault, InputError
from pathway_models.intake.numbers import exact_number
from pathway_models.intake.table.lines import read_table_lines

#: Years a series may cover.
FIRST_YEAR, LAST_YEAR = 1750, 2100
#: Entities of one table: each is judged by every rule.
MOST_ENTITIES = 10_000
#: Names of a column of units, and of columns that tell several series of one entity apart.
UNITS = ("unit", "units", "单位")
SPLITTING = (
    "sector", "subsector", "scope", "fuel", "gas", "category", "scenario", "item", "account", "boundary", "basis",
    "行业", "部门", "口径", "范围", "品种", "能源品种", "情景", "核算口径",
)  # fmt: skip
LINE = re.compile(r"line (\d+)")
#: What is wrong with a number: expected, remedy, code.
Problem = Callable[[float], tuple[str, str, str] | None]
#: A row's place and its cells by column.
Row = tuple[str, dict[str, str]]
#: Entity, part, year and numbers of a row.
Good = tuple[str, str, int, tuple[float, ...]]


@dataclass(frozen=True)
class Asked:
    """Columns asked of a table: columns that must be there, columns taken where present, column of parts."""

    entity: str
    year: str
    numbers: Mapping[str, Problem]
    companions: tuple[str, ...] = ()
    part: str = ""

    @property
    def roles(self) -> dict[str, str]:
        """Columns that must be there, by what they hold."""
        roles = {"entity": self.entity, "year": self.year}
        roles |= {"value" if len(self.numbers) == 1 else name: name for name in self.numbers}
        return roles | ({"part": self.part} if self.part else {})

    def is_guard(self, column: str) -> bool:
        """Tell whether a column that nobody asked for can contradict what was asked."""
        return column not in self.roles.values() and column.strip().casefold() in (*UNITS, *SPLITTING)

    def taken(self, header: Iterable[str]) -> list[str]:
        """Columns of a header that are read."""
        kept = (*self.roles.values(), *self.companions)
        return [column for column in header if column in kept or self.is_guard(column)]


def read_quantities(
    table: pd.DataFrame | str | Path,
    quantities: Sequence[str],
    *,
    entity: str = "entity",
    year: str = "year",
    part: str = "",
) -> pd.DataFrame:
    """Read any quantities by entity and year, from a CSV or from memory.

    Parameters
    ----------
    table : DataFrame, str or Path
    quantities : sequence of str
        Columns of finite numbers; an empty cell is NaN.
    entity, year : str
        Names of columns.
    part : str, optional
        Column that tells rows of one entity and year apart, such as a sector.

    Returns
    -------
    pandas.DataFrame
        Columns ``entity``, ``part`` where asked for, ``year``, and the quantities; rows in order of appearance.

    Raises
    ------
    InputError
        As :func:`read_series`.
    """
    asked = Asked(entity, year, dict.fromkeys(quantities, no_problem), part=part)
    is_frame = isinstance(table, pd.DataFrame)
    found = rows_of_memory(table, "table", asked) if is_frame else rows_of_file(Path(table), asked)
    file, rows, faults, told = found
    good = checked(file, rows, asked, faults)
    columns = ["entity", *(["part"] if part else []), "year", *quantities]
    frame = pd.DataFrame([(e, *([p] if part else []), y, *n) for e, p, y, n in good], columns=columns)
    frame.attrs["told"] = told
    return frame


def value_column(path: Path, given: str | None, looked_for: Sequence[str]) -> str:
    """Return the column of the values: the one given, else the first of some that a file has, else the first of all."""
    header = header_of(path) if given is None else []
    return given or next((name for name in looked_for if name in header), looked_for[0])


def header_of(path: Path) -> list[str]:
    """Read the names in the first line of a file."""
    return list(read_table_lines(path).header)


def rows_of_file(path: Path, asked: Asked) -> tuple[str, list[Row], list[Fault], list[str]]:
    """Rows of a file, with faults found so far and what is left aside."""
    lines = read_table_lines(path, lambda cells, header: _is_remark(cells, header, asked))
    if lines.header or not lines.faults:
        _check_header(path.name, "line 1", list(lines.header), asked)
    return path.name, lines.rows, lines.faults, [*_left_aside(lines.header, asked), *lines.told]


def _is_remark(cells: Sequence[str], header: Sequence[str], asked: Asked) -> bool:
    """Tell whether a last line of a file is a remark: a text, and nothing where year and numbers stand."""
    has_digits_only = cells[0].replace(".", "").isdigit()
    return (
        bool(cells[0]) and not any(cells[1:]) and header[0] not in {asked.year, *asked.numbers} and not has_digits_only
    )


def rows_of_memory(table: pd.DataFrame, name: str, asked: Asked) -> tuple[str, list[Row], list[Fault], list[str]]:
    """Rows of a table in memory, as `rows_of_file` gives them."""
    header = [str(column) for column in table.columns]
    _check_header(name, "columns", header, asked)
    columns = {column: table[column].tolist() for column in asked.taken(header)}
    rows = [
        (f"row {label}", {column: _as_text(cells[at]) for column, cells in columns.items()})
        for at, label in enumerate(table.index)
    ]
    return name, rows, [], _left_aside(header, asked)


def _left_aside(header: Sequence[str], asked: Asked) -> list[str]:
    """Columns that nothing asks for, in words; none where all are read."""
    others = [column for column in header if column not in asked.taken(header)]
    return [f"columns that are not used: {', '.join(others)}"] if others else []


def _as_text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)


def _check_header(file: str, place: str, header: list[str], asked: Asked) -> None:
    found = ", ".join(header) or "none"
    faults = [
        Fault(file, place, "", f"a column {column}", f"found {found}; name the column of the {role}", code="columns")
        for role, column in asked.roles.items()
        if column not in header
    ]
    needed = {*asked.roles.values(), *asked.companions}
    faults += [
        Fault(file, place, column, "each column once", "remove or rename one of them", code="columns")
        for column, times in Counter(header).items()
        if times > 1 and column in needed
    ]
    if faults:
        raise InputError(faults)


def checked(
    file: str, rows: list[Row], asked: Asked, faults: list[Fault]
) -> list[tuple[str, str, int, tuple[float, ...]]]:
    """Entity, part, year and numbers of every row; raises every fault of every row."""
    good: list[tuple[str, str, int, tuple[float, ...]]] = []
    first: dict[tuple[str, str, int], str] = {}
    torn = _contradictions(file, rows, asked, faults)
    companions = [name for name in asked.companions if rows and name in rows[0][1]]
    columns = [*asked.numbers.items(), *((name, no_problem) for name in companions)]
    for place, cells in rows:
        entity, part = cells[asked.entity].strip(), cells[asked.part].strip() if asked.part else ""
        if not entity:
            faults.append(Fault(file, f"{place}, {asked.entity}", "", "a name", "name it", code="entity"))
        year = _number(file, place, asked.year, cells, faults, _year_problem)
        numbers = [
            _number(file, place, name, cells, faults, problem) if cells[name].strip() else math.nan
            for name, problem in columns
        ]
        if entity and year is not None:
            earlier = first.setdefault((entity, part, int(year)), place)
            if earlier != place and entity not in torn:
                expected = f"one value an entity and year (first in {earlier})"
                found = f"{entity} {int(year)}"
                faults.append(Fault(file, place, found, expected, "remove one of them", code="twice"))
            good.append((entity, part, int(year), tuple(numbers)))
    has_value = {entity for entity, *_, numbers in good if any(n is None or not math.isnan(n) for n in numbers[:1])}
    for entity in dict.fromkeys(entity for entity, *_ in good):
        if entity not in has_value:
            faults.append(Fault(file, "table", entity, "at least one value", "add one, or remove it", code="no_value"))
    if len(has_value) > MOST_ENTITIES:
        expected, remedy = f"at most {MOST_ENTITIES} entities", "split the table, or name another column of entities"
        faults.append(Fault(file, "table", f"{len(has_value)}", expected, remedy, code="entities_many"))
    if not good and not faults:
        faults.append(Fault(file, "table", "", "at least one row of data", "add the series", code="empty"))
    if faults:
        raise InputError(sorted(faults, key=_line))
    return good


def _line(fault: Fault) -> float:
    """Line of a fault; faults of no line stay behind in their order."""
    found = LINE.match(fault.place)
    return int(found[1]) if found else math.inf


def _contradictions(file: str, rows: list[Row], asked: Asked, faults: list[Fault]) -> set[str]:
    """Entities whose rows are not of one series: their unit changes, or a column tells them apart."""
    torn: set[str] = set()
    for column in [name for name in (rows[0][1] if rows else ()) if asked.is_guard(name)]:
        first: dict[tuple[str, str], tuple[str, str]] = {}
        for place, cells in rows:
            entity, said = cells[asked.entity].strip(), cells[column].strip()
            part = cells[asked.part].strip() if asked.part else ""
            if not said or entity in torn:
                continue
            before, where = first.setdefault((entity, part), (said, place))
            if before == said:
                continue
            torn.add(entity)
            if column.strip().casefold() in UNITS:
                remedy, code = "give all years of an entity in one unit", "unit_changes"
            else:
                remedy, code = "its rows are of several series: keep one, or add them up", "several_series"
            expected = f"one {column} an entity ({before} in {where})"
            faults.append(Fault(file, f"{place}, {column}", f"{entity}: {said}", expected, remedy, code=code))
    return torn


def _number(
    file: str, place: str, column: str, cells: Mapping[str, str], faults: list[Fault], problem: Problem
) -> float | None:
    """Read a number; full-width digits mean what they show, anything else that is no number is a fault."""
    number = exact_number(cells[column])
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


def no_problem(_: float) -> None:
    """Any finite number will do."""
