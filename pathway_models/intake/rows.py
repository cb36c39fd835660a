"""Reading the long CSV table of a park into checked rows; every fault is kept, none stops the reading."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.foundations.units import CONVERSIONS, units_of

#: The columns of a park table, in order.
COLUMNS = ("year", "sector", "quantity", "item", "value", "unit", "source", "confidence", "note")
#: What a row may state, and the canonical units it may have.
QUANTITIES = {
    "value_added": ("million CNY",),
    "population": ("persons",),
    "energy": ("TJ", "t", "10^4 Nm3", "MWh"),
    "emissions": ("tCO2",),
    "factor": ("tCO2/TJ", "tCO2/MWh"),
    "green_electricity": ("MWh",),
    "product": ("t", "TJ"),
    "process_factor": ("tCO2/t", "tCO2/TJ"),
    "green_area": ("ha",),
    "sequestration": ("tCO2/ha",),
}
#: Quantities that may be below zero.
SIGNED = ("product", "process_factor")


@dataclass(frozen=True)
class Row:
    """One value of a park table in its canonical unit, and where it stands."""

    place: str
    year: int
    sector: str
    quantity: str
    item: str
    value: float
    unit: str
    source: str
    confidence: str


def read_rows(path: Path) -> tuple[list[Row], list[Fault]]:
    """Read a park table.

    Returns
    -------
    rows, faults
        The rows that could be read, and every fault found.

    Raises
    ------
    InputError
        The file is missing, is neither UTF-8 nor GB18030, or has other columns.
    """
    lines = csv.DictReader(io.StringIO(_text(path), newline=""))
    header = tuple(lines.fieldnames or ())
    if header != COLUMNS:
        expected = f"the columns {','.join(COLUMNS)}"
        fault = Fault(path.name, "line 1", ",".join(header), expected, "rename or reorder the columns", code="columns")
        raise InputError([fault])
    rows, faults = [], []
    for line in lines:
        row = _row(path.name, f"line {lines.line_num}", line, faults)
        if row is not None:
            rows.append(row)
    return rows, faults


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Fault(path.name, "file", "", "an existing file", "check the name", code="no_file")]) from None
    if b"\x00" in content:
        place = f"byte {content.index(0)}"
        raise InputError([Fault(path.name, place, "", "text", "the file is not a CSV text file", code="not_text")])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            place = f"byte {error.start}"
    raise InputError([Fault(path.name, place, "", "UTF-8 or GB18030 text", "save it as CSV UTF-8", code="encoding")])


def _row(file: str, place: str, line: dict[str, str | None], faults: list[Fault]) -> Row | None:
    before = len(faults)

    def fault(column: str, expected: str, remedy: str, code: str) -> None:
        faults.append(Fault(file, f"{place}, {column}", str(line.get(column) or ""), expected, remedy, code=code))

    if None in line or any(line[column] is None for column in COLUMNS):
        fault("row", f"{len(COLUMNS)} fields", "add or remove commas; put text with commas in quotes", "fields")
        return None
    quantity, unit = line["quantity"].strip(), line["unit"].strip()
    year = line["year"].strip()
    if not (year.isdecimal() and year.isascii() and 1900 <= int(year) <= 2100):
        fault("year", "a year such as 2019", "write the year in four digits", "year")
    if quantity not in QUANTITIES:
        fault("quantity", f"one of {', '.join(QUANTITIES)}", "correct the word", "quantity")
    allowed = [spelling for canonical in QUANTITIES.get(quantity, ()) for spelling in units_of(canonical)]
    if quantity in QUANTITIES and unit not in allowed:
        fault("unit", f"one of {', '.join(allowed)}", f"give {quantity} in one of these units", "unit")
    try:
        value = float(line["value"])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        fault(
            "value", "a number", "write plain digits with a point; leave the row out if the value is unknown", "number"
        )
    elif value < 0 and quantity not in SIGNED:
        fault("value", "a number of 0 or more", "energy sold goes in its own row; check the sign", "negative")
    if len(faults) > before:
        return None
    canonical, multiplier = CONVERSIONS[unit]
    text = {key: line[key].strip() for key in ("sector", "item", "source", "confidence")}
    return Row(
        place,
        int(year),
        text["sector"] or "park",
        quantity,
        text["item"],
        value * multiplier,
        canonical,
        text["source"],
        text["confidence"],
    )
