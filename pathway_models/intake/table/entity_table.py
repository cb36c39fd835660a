"""Tables of a user: numbers by entity and year, from a file or from memory.

All faults are raised together.  Contradictions to one series an entity (units that change, rows of several sectors) are
faults; ignored content (columns that are not used, remarks below the table) is reported.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pathway_models.core import Fault, InputError
from pathway_models.intake.numbers import exact_number, has_control_sign, label_of, shown
from pathway_models.intake.table.rows import Lines, read_table_lines

if TYPE_CHECKING:
    from pathway_models.intake.workbook.book import Sheet

#: Years a series may cover.
FIRST_YEAR, LAST_YEAR = 1750, 2100
#: Entities of one table: each is judged by every rule.
MOST_ENTITIES = 10_000
#: Most ignored columns that are named.
MOST_COLUMNS = 20
#: Most values of one table with a column for each year: three times as many take half a minute.
MOST_VALUES = 300_000
#: Names of a column of units, and of columns that distinguish several series of one entity.
UNITS = ("unit", "units", "uom", "unit of measure", "单位", "计量单位")
SPLITTING = (
    "sector", "subsector", "industry", "scope", "fuel", "gas", "category", "scenario", "item", "account", "boundary",
    "basis",
    "行业", "产业", "部门", "口径", "范围", "品种", "能源品种", "情景", "核算口径",
)  # fmt: skip
GUARDS = frozenset((*UNITS, *SPLITTING))
LINE = re.compile(r"line (\d+)")
YEAR = re.compile(r"\d{4}年?", re.ASCII)
#: Usual names of columns, by role.
USUAL = {
    "entity": ("entity", "country", "region", "province", "state", "city", "name", "area", "park", "iso3", "code",
               "国家", "地区", "省份", "省", "城市", "名称", "园区"),
    "year": ("year", "years", "time", "date", "年份", "年", "年度"),
    "value": ("value", "values", "total", "emissions", "emission", "co2", "co2 emissions", "emissions_tco2",
              "ghg", "排放", "排放量", "碳排放", "碳排放量", "合计", "总量"),
}  # fmt: skip
#: Largest size of a negative value that is a residual of a balance, as a share of the entity's largest value.
RESIDUAL = 0.01
#: Checks a number: expected, remedy, code; None where it is sound.
Problem = Callable[[float], tuple[str, str, str] | None]
#: A row's place and its cells by column.
Row = tuple[str, dict[str, str]]
#: Entity, part, year and numbers of a row.
Good = tuple[str, str, int, tuple[float, ...]]


@dataclass(frozen=True)
class Asked:
    """Columns to be read from a table: required ones, optional ones, column of parts.

    A wide table has a column for each year instead of those of year and value.
    """

    entity: str
    year: str
    numbers: Mapping[str, Problem]
    companions: tuple[str, ...] = ()
    part: str = ""
    wide: bool = False

    @property
    def roles(self) -> dict[str, str]:
        """Required columns by role."""
        roles = {"entity": self.entity, "year": self.year}
        roles |= {"value" if len(self.numbers) == 1 else name: name for name in self.numbers}
        return roles | ({"part": self.part} if self.part else {})

    def is_guard(self, column: str) -> bool:
        """Tell whether an unused column can contradict the used ones."""
        return column.strip().casefold() in GUARDS and column not in self.roles.values()

    def taken(self, header: Iterable[str]) -> list[str]:
        """List the columns of a header that are read."""
        kept = {*self.roles.values(), *self.companions}
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
        Column that distinguishes rows of one entity and year, such as a sector.

    Returns
    -------
    pandas.DataFrame
        Columns ``entity``, ``part`` if given, ``year``, and the quantities; rows in order of appearance.

    Raises
    ------
    InputError
        As :func:`pathway_models.intake.panels.read_series`.
    """
    asked = Asked(entity, year, dict.fromkeys(quantities, no_problem), part=part)
    is_frame = isinstance(table, pd.DataFrame)
    found = rows_of_memory(table, "table", asked) if is_frame else rows_of_file(Path(table), asked)
    file, rows, faults, told = found
    good = checked(file, rows, asked, faults, told)
    columns = ["entity", *(["part"] if part else []), "year", *quantities]
    frame = pd.DataFrame([(e, *([p] if part else []), y, *n) for e, p, y, n in good], columns=columns)
    frame.attrs["told"] = told
    return frame


def value_column(header: Sequence[str], given: str | None, looked_for: Sequence[str]) -> str:
    """Return the column of the values: the one given, else the first of some that a file has, else the first of all."""
    return given or next((name for name in looked_for if name in header), looked_for[0])


def rows_of_file(path: Path, asked: Asked) -> tuple[str, list[Row], list[Fault], list[str]]:
    """Read the rows of a file, CSV or workbook, with faults found so far and ignored content."""
    if path.suffix.lower() == ".xlsx":
        lines = lines_of_workbook(path, asked)
    else:
        lines = read_table_lines(path, lambda cells, header: _is_remark(cells, header, asked))
    if not lines.header and lines.faults:
        raise InputError(lines.faults)
    if asked.wide:
        _lengthen(lines, asked)
    elif asked.entity not in lines.header and {asked.year, *asked.numbers} <= set(lines.header) and not asked.part:
        _as_one_series(lines, asked, path)
    _check_header(path.name, "line 1", list(lines.header), asked)
    return path.name, lines.rows, lines.faults, [*_left_aside(lines.header, asked), *lines.told]


def _lengthen(lines: Lines, asked: Asked) -> None:
    """Convert columns of years to rows."""
    (value,) = asked.numbers
    years = [name for name in lines.header if _is_year(name)]
    doubled = sorted({name for name, times in Counter(name[:4] for name in years).items() if times > 1})
    if doubled:
        expected, remedy = "each column once", "remove or rename one of them"
        raise InputError([Fault(lines.file, "line 1", name, expected, remedy, code="columns") for name in doubled])
    if years and asked.entity not in lines.header and _near(lines.header, "entity"):
        return  # reported as for any table, with candidates for the column of names
    if not years or asked.entity not in lines.header:
        found = ", ".join(lines.header[:20])
        expected = f"a column {asked.entity} and a column for each year"
        raise InputError([Fault(lines.file, "line 1", found, expected, "give no --wide", code="columns")])
    read = {asked.entity, *years}
    others = [name for name in lines.header if name not in read]
    if len(lines.rows) * len(years) > MOST_VALUES:
        found, expected = f"{len(lines.rows)} x {len(years)}", f"at most {MOST_VALUES} values"
        remedy = "keep the rows and columns that are asked for, or split it"
        raise InputError([Fault(lines.file, "table", found, expected, remedy, code="text_large")])
    lines.rows = [
        (place, {asked.entity: cells[asked.entity], asked.year: year[:4], value: cells[year]})
        for place, cells in lines.rows
        for year in years
    ]
    lines.header = (asked.entity, asked.year, value)
    lines.told += [f"columns that are not used: {some_of(others, MOST_COLUMNS)}"] if others else []


def _is_year(name: str) -> bool:
    return bool(YEAR.fullmatch(name)) and FIRST_YEAR <= int(name[:4]) <= LAST_YEAR


def _as_one_series(lines: Lines, asked: Asked, path: Path) -> None:
    """Name the only series of a table without a column of names by its file."""
    years = [cells[asked.year] for _, cells in lines.rows]
    near = _near(lines.header, "entity")
    if near or len(set(years)) < len(years):
        return  # rows of several series need a column of names
    name = path.name.removesuffix(".gz").removesuffix(".csv").removesuffix(".xlsx")
    lines.rows = [(place, {asked.entity: name, **cells}) for place, cells in lines.rows]
    lines.header = (asked.entity, *lines.header)
    lines.told.append(f"no column {asked.entity}: read as one series, {name}")


def _near(header: Iterable[str], role: str) -> list[str]:
    """List the columns whose names fit a role."""
    return [name for name in header if name.strip().casefold() in USUAL.get(role, ())]


def _is_remark(cells: Sequence[str], header: Sequence[str], asked: Asked) -> bool:
    """Tell whether a last line of a file is a remark: a text, and nothing where year and numbers stand."""
    has_digits_only = cells[0].replace(".", "").isdigit()
    return (
        bool(cells[0]) and not any(cells[1:]) and header[0] not in {asked.year, *asked.numbers} and not has_digits_only
    )


def rows_of_memory(table: pd.DataFrame, name: str, asked: Asked) -> tuple[str, list[Row], list[Fault], list[str]]:
    """Return the rows of a table in memory, as `rows_of_file` does."""
    header = [str(column) for column in table.columns]
    _check_header(name, "columns", header, asked)
    columns = {column: table[column].tolist() for column in asked.taken(header)}
    rows = [
        (f"row {label}", {column: _as_text(cells[at]) for column, cells in columns.items()})
        for at, label in enumerate(table.index)
    ]
    return name, rows, [], _left_aside(header, asked)


def lines_of_workbook(path: Path, asked: Asked) -> Lines:
    """Read the lines of the only sheet of a workbook with a table.

    Raises
    ------
    InputError
        The workbook is refused, or several of its sheets may be meant.
    """
    from pathway_models.intake.workbook.book import Book  # deferred: loads a library that text tables do not need

    book, wanted = Book(path), set(asked.roles.values())
    filled = {name: sheet for name, sheet in book.sheets.items() if sheet.last_row and not sheet.is_hidden}
    heads = {name: [shown(sheet.raw(f"{at}1")).strip() for at in sheet.columns("A")] for name, sheet in filled.items()}
    meant = [name for name in filled if wanted & set(heads[name])] or list(filled)
    if len(meant) != 1:
        remedy = "keep one of them in the file, or save it as CSV UTF-8"
        found = ", ".join(meant)
        raise InputError([Fault(path.name, "file", found, "one sheet with a table", remedy, code="sheets")])
    sheet, lines = filled[meant[0]], Lines(path.name)
    columns = {column: name for column, name in zip(sheet.columns("A"), heads[meant[0]], strict=True) if name}
    lines.header = tuple(columns.values())
    rows = [row for row in sheet.rows(2) if any(_filled(sheet.raw(f"{column}{row}")) for column in columns)]
    while rows and _is_remark(
        [shown(sheet.raw(f"{column}{rows[-1]}")).strip() for column in columns], lines.header, asked
    ):
        row = rows.pop()
        lines.told.append(f"row {row} is no row of data: {shown(sheet.raw(f'A{row}'))[:80]}")
    seen: list[Fault] = []
    for row in rows:
        lines.rows.append(
            (f"row {row}", {name: _cell(sheet, f"{at}{row}", name, asked, seen) for at, name in columns.items()})
        )
    lines.faults += [fault for fault in seen if fault.severity == "error"]
    lines.told += _warned([fault for fault in seen if fault.severity == "warning"])
    unread = [name for name in book.sheets if name != meant[0]]
    lines.told += [f"sheets that are not read: {', '.join(unread)}"] if unread else []
    return lines


def _filled(raw: object) -> bool:
    return raw is not None and bool(str(raw).strip())


def _cell(sheet: "Sheet", ref: str, name: str, asked: Asked, seen: list[Fault]) -> str:
    """Read a cell of a workbook as text; findings on its formatting go to ``seen`` where its column is used."""
    value, findings = sheet.typed(ref, is_name=name in (asked.entity, asked.part))
    if asked.taken([name]) or (asked.wide and _is_year(name)):
        place = sheet.place(ref)
        seen += [
            Fault(sheet.book.path.name, place, shown(value), one.expected, one.remedy, one.severity, one.code)
            for one in findings
        ]
    return "" if value is None else repr(value) if isinstance(value, float) else str(value).strip()


def _warned(faults: Sequence[Fault]) -> list[str]:
    """Write warnings of numbers whose formatting may change their meaning, by kind."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        kinds.setdefault(fault.code, []).append(fault)
    return [f"{some_of([fault.place for fault in alike])}: {alike[0].remedy}" for alike in kinds.values()]


def _left_aside(header: Sequence[str], asked: Asked) -> list[str]:
    """Name the ignored columns; empty where all are read."""
    taken = set(asked.taken(header))
    others = [column for column in header if column not in taken]
    return [f"columns that are not used: {some_of(others, MOST_COLUMNS)}"] if others else []


def _as_text(cell: object) -> str:
    return "" if pd.isna(cell) else str(cell)


def _check_header(file: str, place: str, header: list[str], asked: Asked) -> None:
    found = ", ".join(header[:20]) or "none"
    faults = []
    years = [name for name in header if _is_year(name)]
    for role, column in asked.roles.items():
        if column in header:
            continue
        near = [name for name in _near(header, role) if name not in asked.roles.values()]
        remedy = f"found {found}; " + (f"give --{role} '{near[0]}'" if near else f"name the column of the {role}")
        if role in ("year", "value") and len(years) > 1:
            if asked.wide:
                continue
            remedy = f"found {found}; it looks as if years stand in columns: give --wide"
        faults.append(Fault(file, place, "", f"a column {column}", remedy, code="columns"))
    needed = {*asked.roles.values(), *asked.companions}
    faults += [
        Fault(file, place, column, "each column once", "remove or rename one of them", code="columns")
        for column, times in Counter(header).items()
        if times > 1 and column in needed
    ]
    if faults:
        raise InputError(faults)


def checked(
    file: str, rows: list[Row], asked: Asked, faults: list[Fault], told: list[str]
) -> list[tuple[str, str, int, tuple[float, ...]]]:
    """Read entity, part, year and numbers of all rows; raise all faults.

    Entities without a value, or with small negative residuals, are ignored and reported where there are others.
    """
    rows = _without_residuals(rows, asked, told)
    good: list[tuple[str, str, int, tuple[float, ...]]] = []
    first: dict[tuple[str, str, int], str] = {}
    torn = _contradictions(file, rows, asked, faults)
    companions = [name for name in asked.companions if rows and name in rows[0][1]]
    columns = [*asked.numbers.items(), *((name, no_problem) for name in companions)]
    years: dict[str, float | None] = {}
    for place, cells in rows:
        entity, part = _names(file, place, cells, asked, faults)
        year = years.get(cells[asked.year])
        if year is None:  # cached, since all rows have the same few texts; a faulty one is reported for each row
            year = years[cells[asked.year]] = _number(file, place, asked.year, cells, faults, _year_problem)
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
    blank = [entity for entity in dict.fromkeys(entity for entity, *_ in good) if entity not in has_value]
    if blank and has_value:
        told.append(f"without any value, left aside: {some_of(blank)}")
        good = [row for row in good if row[0] in has_value]
    else:
        expected, remedy = "at least one value", "add one, or remove it"
        faults += [Fault(file, "table", entity, expected, remedy, code="no_value") for entity in blank]
    told += _alike(sorted(has_value))
    if len(has_value) > MOST_ENTITIES:
        expected, remedy = f"at most {MOST_ENTITIES} entities", "split the table, or name another column of entities"
        faults.append(Fault(file, "table", f"{len(has_value)}", expected, remedy, code="entities_many"))
    if not good and not faults:
        faults.append(Fault(file, "table", "", "at least one row of data", "add the series", code="empty"))
    if faults:
        raise InputError(sorted(faults, key=_line))
    return good


def _names(file: str, place: str, cells: dict[str, str], asked: Asked, faults: list[Fault]) -> tuple[str, str]:
    """Return entity and part of a row; refuse invisible characters, which would split one series in two."""
    entity, part = cells[asked.entity].strip(), cells[asked.part].strip() if asked.part else ""
    if not entity:
        faults.append(Fault(file, f"{place}, {asked.entity}", "", "a name", "name it", code="entity"))
    for column, name in ((asked.entity, entity), (asked.part, part)):
        if has_control_sign(name):
            expected, remedy = "printable signs in one line", "type the text again without control signs"
            faults.append(Fault(file, f"{place}, {column}", name, expected, remedy, code="control_sign"))
    return entity, part


def _alike(names: Sequence[str]) -> list[str]:
    """List names that a reader may confuse; they are reported and stay the names of two series."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(label_of(name).casefold(), []).append(name)
    return [f"names that may mean one, read as {len(one)}: {some_of(one)}" for one in kinds.values() if len(one) > 1]


def some_of(names: Sequence[str], most: int = 5) -> str:
    """Write the first of many names."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _without_residuals(rows: list[Row], asked: Asked, told: list[str]) -> list[Row]:
    """Drop entities with a value slightly below zero, a residual of a balance, so that the others can be read."""
    if len(asked.numbers) != 1:
        return rows
    ((column, problem),) = asked.numbers.items()
    if not any("-" in cells[column] or "－" in cells[column] for _, cells in rows):
        return rows
    lows, highs = {}, {}
    for _, cells in rows:
        number, entity = exact_number(cells[column]), cells[asked.entity].strip()
        if math.isfinite(number):
            lows[entity], highs[entity] = min(lows.get(entity, 0.0), number), max(highs.get(entity, 0.0), number)
    small = [one for one, low in lows.items() if low < 0 and problem(low) and -low <= RESIDUAL * highs[one]]
    if not small or len(small) == len(lows):
        return rows
    told.append(f"with small values below zero, left aside: {some_of(small)}")
    return [row for row in rows if row[1][asked.entity].strip() not in small]


def _line(fault: Fault) -> float:
    """Return the line of a fault, for sorting; faults without a line come last."""
    found = LINE.match(fault.place)
    return int(found[1]) if found else math.inf


def _contradictions(file: str, rows: list[Row], asked: Asked, faults: list[Fault]) -> set[str]:
    """Find entities whose rows are not of one series: their unit changes, or another column does."""
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
    """Read a number; full-width digits are accepted, any other text is a fault."""
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
    """Accept any finite number."""
