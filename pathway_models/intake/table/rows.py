"""Read the long CSV table of a park into checked rows; faults are collected and do not stop the reading.

All CSV tables share one reader of lines, which handles separators, quotation marks, empty rows and columns, and remarks
below the table.  Ignored content is reported.
"""

import contextlib
import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pathway_models.core import Fault, InputError, files, units
from pathway_models.intake.numbers import Finding, number_in

#: Separators beside the comma, by their names.
SEPARATORS = {";": "semicolon", "\t": "tab"}
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
#: Digits in groups of three after points: 1.234 of such a table may be 1234.
POINTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
#: Digits in groups of three after commas: 1,234 of such a table may be 1234 too, but 0,234 is not.
COMMAED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
#: Texts that can only be numbers.
NUMERIC = re.compile(r"[+-]?[\d.,\s]*\d[\d.,\s]*", re.ASCII)
WITH_POINT = re.compile(r"[+-]?\d*\.\d+", re.ASCII)
#: First words of remarks below a table.
REMARK = re.compile(
    r"(sources?|notes?|remarks?|data|\*|数据|来源|资料|注|备注|说明)\b|.*[:：]|.*\s.*\s", re.I | re.DOTALL
)


@dataclass
class Lines:
    """A table as texts.

    Parameters
    ----------
    file : str
    header : tuple of str
    rows : list of (place, mapping column -> text)
        Stripped of spaces.
    faults : list of Fault
        Of the table as such.
    told : list of str
        Content that was ignored or read in an unusual way.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def is_remark(cells: Sequence[str]) -> bool:
    """Tell whether a last line is a remark: words in its first cell alone."""
    return bool(cells[0]) and not any(cells[1:]) and len(cells) > 1 and bool(REMARK.match(cells[0]))


def _is_torn_remark(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a last line is a remark whose commas split it into another number of cells than the table has."""
    return len(cells) != len(header) and bool(REMARK.match(cells[0])) and not any(map(NUMERIC.fullmatch, cells))


def read_table_lines(path: Path, remark: Callable[[Sequence[str], Sequence[str]], bool] | None = None) -> Lines:
    """Read the lines of a CSV.

    Parameters
    ----------
    path : Path
    remark : callable, optional
        Tells from the cells of a last line, and the header, whether it is a remark; `is_remark` by default.

    Returns
    -------
    Lines
        Rows with as many cells as the header; faults of the others.

    Raises
    ------
    InputError
        The file is missing, too large or no text.
    """
    lines = Lines(path.name)
    given = _cells(files.read_text(path), lines)
    if not given:
        return lines
    (_, header), *rows = given
    width = max((at for at, name in enumerate(header, start=1) if name), default=0)
    # Spreadsheets write commas after all lines where cells were once filled; after a single line they are a fault.
    if len(header) > width and not any(any(cells[width:]) for _, cells in rows):
        rows = [(place, cells[:width] if len(cells) == len(header) else cells) for place, cells in rows]
        header = header[:width]
    lines.header = tuple(header)
    is_last = remark or (lambda cells, _: is_remark(cells))
    while rows and (is_last(rows[-1][1], header) or _is_torn_remark(rows[-1][1], header)):
        place, cells = rows.pop()
        lines.told.append(f"{place} is no row of data: {', '.join(filter(None, cells))[:80]}")
    for place, cells in rows:
        if len(cells) == len(header):
            lines.rows.append((place, dict(zip(header, cells, strict=True))))
        else:
            remedy = "add or remove commas; put text with commas in quotes"
            expected = f"{len(header)} fields"
            lines.faults.append(Fault(path.name, place, "", expected, remedy, code="fields"))
    return lines


def _cells(text: str, lines: Lines) -> list[tuple[str, list[str]]]:
    """Return place and cells of every non-empty line, the header first; none where the separator is in doubt."""
    separator, before, text = _separated(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[str, list[str]]] = []
    last = before
    try:
        for cells in reader:
            last = reader.line_num + before
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                found.append((f"line {last}", stripped))
    except csv.Error as error:
        place, remedy = f"after line {last}", f"close the quotation mark: {error}"
        expected = "fields in complete quotation marks"
        lines.faults.append(Fault(lines.file, place, "", expected, remedy, code="csv"))
    return found if separator == "," else _with_points(found, separator, lines)


def _separated(text: str) -> tuple[str, int, str]:
    """Return the separator of a text, the lines before its table, and its table."""
    stated = re.match(r"sep=(.)\r?\n?", text, re.IGNORECASE)
    if stated:
        return stated[1], 1, text[stated.end() :]
    head = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    others = [sign for sign in SEPARATORS if sign in head]
    return others[0] if others and "," not in head else ",", 0, text


def header_of(path: Path) -> list[str]:
    """Read the names in the first line of a CSV; faults of the lines are not reported here.

    Raises
    ------
    InputError
        The file is missing, too large or no text.
    """
    separator, _, text = _separated(files.read_text(path))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    with contextlib.suppress(csv.Error):
        for cells in reader:
            if any(cell.strip() for cell in cells):
                return [cell.strip() for cell in cells]
    return []


def _with_points(found: list[tuple[str, list[str]]], separator: str, lines: Lines) -> list[tuple[str, list[str]]]:
    """Convert lines of another separator to decimal points; none where numbers are ambiguous."""
    numbers = [cell for _, cells in found[1:] for cell in cells if NUMERIC.fullmatch(cell)]
    commas = [cell for cell in numbers if "," in cell]
    points = [cell for cell in numbers if WITH_POINT.fullmatch(cell)]
    doubtful = [cell for cell in commas if separator != ";" or points or not DECIMAL_COMMA.fullmatch(cell)]
    for cells, grouped in ((commas, COMMAED), (points, POINTED)):
        doubtful += cells if cells and all(map(grouped.fullmatch, cells)) else []
    name = SEPARATORS.get(separator, repr(separator))
    if doubtful:
        remedy = f"it looks {name}-separated, with numbers such as {doubtful[0]}: save it as CSV UTF-8 with commas"
        head = separator.join(found[0][1])
        lines.faults.append(Fault(lines.file, "line 1", head, "commas between the columns", remedy, code="separator"))
        return []
    lines.told.append(f"{name}-separated" + (", decimal commas read as points" if commas else ""))
    return [
        (place, [cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell) else cell for cell in cells])
        for place, cells in found
    ]


#: The columns of a park table, in order.
COLUMNS = ("year", "sector", "quantity", "item", "value", "unit", "source", "confidence", "note")
#: A column that may stand after them: the quality grade of each value.
GRADE = "grade"
#: Quality of a value: A metered and verified, B metered or invoiced, C estimated from records, D judged.
GRADES = ("A", "B", "C", "D")
#: Quantities that become part of the emissions, with their canonical units.
COUNTED = {
    "value_added": ("million CNY",),
    "population": ("persons",),
    "output": ("MWh", "t"),
    "energy": ("TJ", "t", "10^4 Nm3", "MWh"),
    "emissions": ("tCO2",),
    "factor": ("tCO2/TJ", "tCO2/MWh"),
    "green_electricity": ("MWh",),
    "product": ("t", "TJ"),
    "process_factor": ("tCO2/t", "tCO2/TJ"),
    "green_area": ("ha",),
    "sequestration": ("tCO2/ha",),
}
#: Quantities that correct or check these, or are recorded beside them.
RECORDED = {
    "feedstock": ("TJ", "t", "10^4 Nm3"),
    "bunker": ("t",),
    "export": ("MWh", "TJ"),
    "captured": ("tCO2",),
    "total_energy": ("TJ",),
    "energy_share": ("share",),
    "generation": ("MWh", "TJ"),
    "shared": ("MWh", "TJ"),
    "gdp": ("million CNY",),
    "gross_output": ("million CNY",),
    "employees": ("persons",),
    "area": ("ha",),
    "waste": ("t",),
    "reuse_share": ("share",),
    "pollutant": ("t",),
}
#: Quantities that are checked separately: uses of energy, supplier of heat, own plant.
APART = {
    "use_share": ("share",),
    "supplier_fuel": ("TJ", "t", "10^4 Nm3", "MWh"),
    "supplier_output": ("MWh", "TJ"),
    "plant_fuel": ("TJ", "t", "10^4 Nm3", "MWh"),
    "plant_output": ("MWh", "TJ"),
}
QUANTITIES = {**COUNTED, **RECORDED, **APART}
#: Prefix of the sector of a row of one enterprise, which checks the park and never adds to it.
ENTERPRISE = "enterprise:"
#: Quantities that may be below zero, for the carbon balances named conversion_* only.
SIGNED = ("product", "process_factor")
#: Fault of a row: column, what was expected, remedy, code.
Problem = tuple[str, str, str, str]
#: Confidence marks of a value (``data/README.md``).
CONFIDENCE = ("seen", "seen_multi", "derived", "assumed", "invented", "uncertain", "background")


@dataclass(frozen=True)
class Row:
    """One value of a park table in its canonical unit, with its place.

    The value is NaN where the row has a fault; such a table never becomes a park.  ``written`` is the
    value and unit as the user wrote them, for messages; ``is_measured`` marks a factor that the park measured itself.
    """

    place: str
    year: int
    sector: str
    quantity: str
    item: str
    value: float
    unit: str
    source: str
    confidence: str
    written: str = ""
    grade: str = ""
    is_measured: bool = False


def read_rows(path: Path) -> tuple[list[Row], list[Fault]]:
    """Read a park table.

    Returns
    -------
    rows, faults
        Rows with a year and a quantity, and all faults found.

    Raises
    ------
    InputError
        The file is missing, is neither UTF-8 nor GB18030, or has other columns.
    """
    table = read_table_lines(path)
    if table.header not in (COLUMNS, (*COLUMNS, GRADE)):
        expected, remedy = f"the columns {','.join(COLUMNS)} (and {GRADE})", "rename or reorder the columns"
        fault = Fault(path.name, "line 1", ",".join(table.header), expected, remedy, code="columns")
        raise InputError(table.faults or [fault])
    faults = list(table.faults)
    notes = [Fault(path.name, "table", "", "a table alone", told, "note", "left_aside") for told in table.told]
    rows = [_row(path.name, place, cells, faults) for place, cells in table.rows]
    return [row for row in rows if row is not None], [*faults, *notes]


def _row(file: str, place: str, given: dict[str, str], faults: list[Fault]) -> Row | None:
    wrong = {}
    value, finding = number_in(given["value"])
    for column, expected, remedy, code in (*_wrong_words(given), *_wrong_number(value, finding, given)):
        wrong[column] = Fault(file, f"{place}, {column}", given[column], expected, remedy, code=code)
    faults.extend(wrong.values())
    if "year" in wrong or "quantity" in wrong:
        return None
    # A row with another fault is kept, without a value, so that it is not reported missing as well.
    canonical, multiplier = ("", 1.0) if "unit" in wrong else units.CONVERSIONS[given["unit"]]
    value = math.nan if wrong else value * multiplier
    if canonical == "tCO2/MWh":
        value, canonical = value / units.TJ_PER_MWH, "tCO2/TJ"
    sector, item = given["sector"] or "park", given["item"]
    grade = given.get(GRADE, "")
    # A factor with the grade of metered values was measured by the park itself.
    measured = given["quantity"] in ("factor", "process_factor") and grade in GRADES[:2]
    stated = given["source"], given["confidence"], f"{given['value']} {given['unit']}", grade, measured
    return Row(place, int(given["year"]), sector, given["quantity"], item, value, canonical, *stated)


def _wrong_words(given: dict[str, str]) -> Iterator[Problem]:
    """Yield the faults of a row other than in its number: column, what was expected, remedy, code."""
    year, quantity = given["year"], given["quantity"]
    if not (year.isdecimal() and year.isascii() and 1900 <= int(year) <= 2100):
        yield "year", "a year such as 2019", "write the year in four digits", "year"
    for column in ("sector", "item"):
        name = given[column].removeprefix(ENTERPRISE)
        if name.startswith(files.FORMULA_SIGNS) or not name.isprintable():
            remedy = "names end up in tables of results, where a spreadsheet would run them"
            yield column, "a plain name", remedy, "formula_text"
    if quantity not in QUANTITIES:
        yield "quantity", f"one of {', '.join(QUANTITIES)}", "correct the word", "quantity"
    allowed = [spelling for canonical in QUANTITIES.get(quantity, ()) for spelling in units.units_of(canonical)]
    if quantity in QUANTITIES and given["unit"] not in allowed:
        yield "unit", f"one of {', '.join(allowed)}", f"give {quantity} in one of these units", "unit"
    if not given["source"]:
        yield "source", "where the value comes from", "name the source, such as a key of SOURCES.bib", "source"
    if given["confidence"] not in CONFIDENCE:
        yield "confidence", f"one of {', '.join(CONFIDENCE)}", "say how sure the value is", "confidence"
    if given.get(GRADE, "") not in ("", *GRADES):
        yield GRADE, f"one of {', '.join(GRADES)}, or nothing", "see docs/workbook.md for the grades", "grade"


def _wrong_number(value: float | None, finding: Finding | None, given: dict[str, str]) -> Iterator[Problem]:
    """Yield the faults of a value; tables are written by programs, so that numbers must be plain."""
    is_signed = given["quantity"] in SIGNED and given["item"].startswith("conversion_")
    if finding and finding.code in ("number_large", "number_small"):
        yield "value", finding.expected, finding.remedy, finding.code
    elif value is None or finding:
        remedy = "write plain digits with a point; leave the row out if the value is unknown"
        yield "value", "a number", remedy, "number"
    elif value < 0 and not is_signed:
        yield "value", "a number of 0 or more", "energy sold goes in its own row; check the sign", "negative"
    elif value > 1 and QUANTITIES.get(given["quantity"]) == ("share",):
        yield "value", "a share between 0 and 1", "divide a percentage by 100", "share"
