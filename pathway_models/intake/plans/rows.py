"""Read the lines of a table of plans: columns, numbers, words; faults are collected and do not stop the reading."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathway_models.core.errors import Fault, InputError, grouped
from pathway_models.core.files import FORMULA_SIGNS
from pathway_models.intake.numbers import LARGEST_NUMBER, exact_number, has_control_sign
from pathway_models.intake.table.rows import CONFIDENCE, read_table_lines

#: Most lines of plans of a park; each is checked in all columns.
MOST_LINES = 20_000
LOG = logging.getLogger("pathway_models")


@dataclass
class Line:
    """One line of a table of plans while it is read.

    Parameters
    ----------
    file, place : str
    cells : mapping column -> text
    faults : list of Fault
        Receives the faults.
    is_faulty : bool
    """

    file: str
    place: str
    cells: Mapping[str, str]
    faults: list[Fault]
    is_faulty: bool = False

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, expected: str, remedy: str, code: str) -> None:
        """Note a fault of one cell."""
        self.is_faulty = True
        where = f"{self.place}, {column}"
        self.faults.append(Fault(self.file, where, self.cells[column], expected, remedy, code=code))

    def number(self, column: str, absent: float | None = None) -> float | None:
        """Read a number; ``absent`` for a blank optional cell, None after a fault."""
        text = self.cells[column]
        if not text and absent is not None:
            return absent
        number = exact_number(text)
        if not abs(number) <= LARGEST_NUMBER:
            self.fault(column, "a number", "write plain digits with a point", "number")
            return None
        return number

    def year(self, column: str, first: int, last: int) -> int | None:
        """Read a year between two others; None after a fault."""
        text = self.cells[column]
        if text.isascii() and text.isdecimal() and first <= int(text) <= last:
            return int(text)
        remedy = "write the year in four digits; observed years are facts and cannot be planned"
        self.fault(column, f"a year from {first} to {last}", remedy, "plan_year")
        return None

    def word(self, column: str, allowed: Collection[str], remedy: str, code: str) -> str | None:
        """Read one of some words; None after a fault."""
        if self.cells[column] in allowed:
            return self.cells[column]
        self.fault(column, f"one of {', '.join(allowed) or 'none'}", remedy, code)
        return None

    def says_where_from(self) -> None:
        """Check that a planned number has a source and a confidence mark."""
        if not self.cells["source"]:
            remedy = "name the plan, the contract or the person who decides"
            self.fault("source", "where the value comes from", remedy, "source")
        self.word("confidence", CONFIDENCE, "say how sure the value is", "confidence")

    def plain(self, column: str) -> None:
        """Refuse a name that a spreadsheet would take for a formula."""
        if not self.cells[column] or self.cells[column].startswith(FORMULA_SIGNS):
            remedy = "name it, without = + - @ in front, which spreadsheets take for a formula"
            self.fault(column, "a name", remedy, "plan_name")


def checked_line(file: str, place: str, cells: Mapping[str, str], faults: list[Fault]) -> Line:
    """Make a line of texts; a line end within one becomes a space, and invisible characters are a fault."""
    line = Line(file, place, {column: " ".join(text.splitlines()) for column, text in cells.items()}, faults)
    for column, text in line.cells.items():
        if has_control_sign(text):
            line.fault(
                column, "printable signs in one line", "type the text again without control signs", "control_sign"
            )
    return line


def settle(faults: Iterable[Fault]) -> None:
    """Raise the errors among faults, or else log the warnings.

    Raises
    ------
    InputError
        There is an error.
    """
    faults = list(faults)
    if errors := [fault for fault in faults if fault.severity == "error"]:
        raise InputError(errors)
    for fault in grouped(faults):
        LOG.warning("%s", fault)


def read_lines(path: Path, columns: Sequence[str], faults: list[Fault]) -> list[Line]:
    """Read the lines of a CSV table with the given columns; faults go to ``faults``, ignored content is logged."""
    try:
        table = read_table_lines(path)
    except InputError as error:
        faults.extend(error.faults)
        return []
    if len(table.rows) > MOST_LINES:
        expected, remedy = f"at most {MOST_LINES} lines", "keep the rows and columns that are asked for, or split it"
        faults.append(Fault(path.name, "table", f"{len(table.rows)}", expected, remedy, code="text_large"))
        return []
    faults.extend(table.faults)
    for told in table.told:
        LOG.warning("%s: %s", path.name, told)
    if table.header != tuple(columns):
        if not table.faults:
            expected, remedy = f"the columns {','.join(columns)}", "rename or reorder the columns"
            found = ",".join(table.header)
            faults.append(Fault(path.name, "line 1", found, expected, remedy, code="columns"))
        return []
    lines = [checked_line(path.name, place, cells, faults) for place, cells in table.rows]
    if not lines and not faults:
        faults.append(Fault(path.name, "table", "", "at least one line", "add one, or remove the file", code="empty"))
    return lines


def lines_of(
    file: str, rows: Iterable[tuple[str, Mapping[str, object]]], columns: Sequence[str], faults: list[Fault]
) -> list[Line]:
    """Make lines of rows from YAML or a sheet: (place, column -> value), numbers as they would be typed."""
    return [
        checked_line(file, place, {column: _text(cells.get(column)) for column in columns}, faults)
        for place, cells in rows
    ]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
