"""Reading the long CSV table of a park into checked rows; every fault is kept, none stops the reading."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.sheet_text import FORMULA_SIGNS
from pathway_models.core.units import CONVERSIONS, TJ_PER_MWH, units_of
from pathway_models.intake.cells import Finding
from pathway_models.intake.numbers import number_in
from pathway_models.intake.table.lines import read_table_lines

#: The columns of a park table, in order.
COLUMNS = ("year", "sector", "quantity", "item", "value", "unit", "source", "confidence", "note")
#: A column that may stand after them: the quality grade of each value.
GRADE = "grade"
#: Quality of a value: A metered and verified, B metered or invoiced, C estimated from records, D judged.
GRADES = ("A", "B", "C", "D")
#: What becomes part of the emissions, and the canonical units it may have.
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
#: What corrects it, checks it, or is recorded beside it.
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
#: What says how the emissions are made, and is checked by itself: uses of energy, supplier of heat, own plant.
APART = {
    "use_share": ("share",),
    "supplier_fuel": ("TJ", "t", "10^4 Nm3", "MWh"),
    "supplier_output": ("MWh", "TJ"),
    "plant_fuel": ("TJ", "t", "10^4 Nm3", "MWh"),
    "plant_output": ("MWh", "TJ"),
}
QUANTITIES = {**COUNTED, **RECORDED, **APART}
#: Beginning of the sector of a row that speaks of one enterprise: it checks the park and never adds to it.
ENTERPRISE = "enterprise:"
#: Quantities that may be below zero, for the carbon balances named conversion_* only.
SIGNED = ("product", "process_factor")
#: What is wrong with a row: column, what was expected, remedy, code.
Problem = tuple[str, str, str, str]
#: How sure a value is (``data/README.md``).
CONFIDENCE = ("seen", "seen_multi", "derived", "assumed", "invented", "uncertain", "background")


@dataclass(frozen=True)
class Row:
    """One value of a park table in its canonical unit, and where it stands.

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
        The rows with a year and a quantity, and every fault found.

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
    # A row with another fault still stands, without a value, so that it is not reported missing as well.
    canonical, multiplier = ("", 1.0) if "unit" in wrong else CONVERSIONS[given["unit"]]
    value = math.nan if wrong else value * multiplier
    if canonical == "tCO2/MWh":
        value, canonical = value / TJ_PER_MWH, "tCO2/TJ"
    sector, item = given["sector"] or "park", given["item"]
    grade = given.get(GRADE, "")
    # A factor whose grade says that it was metered was measured by the park itself.
    measured = given["quantity"] in ("factor", "process_factor") and grade in GRADES[:2]
    stated = given["source"], given["confidence"], f"{given['value']} {given['unit']}", grade, measured
    return Row(place, int(given["year"]), sector, given["quantity"], item, value, canonical, *stated)


def _wrong_words(given: dict[str, str]) -> Iterator[Problem]:
    """What is wrong with a row beside its number: column, what was expected, remedy, code."""
    year, quantity = given["year"], given["quantity"]
    if not (year.isdecimal() and year.isascii() and 1900 <= int(year) <= 2100):
        yield "year", "a year such as 2019", "write the year in four digits", "year"
    for column in ("sector", "item"):
        name = given[column].removeprefix(ENTERPRISE)
        if name.startswith(FORMULA_SIGNS) or not name.isprintable():
            remedy = "names end up in tables of results, where a spreadsheet would run them"
            yield column, "a plain name", remedy, "formula_text"
    if quantity not in QUANTITIES:
        yield "quantity", f"one of {', '.join(QUANTITIES)}", "correct the word", "quantity"
    allowed = [spelling for canonical in QUANTITIES.get(quantity, ()) for spelling in units_of(canonical)]
    if quantity in QUANTITIES and given["unit"] not in allowed:
        yield "unit", f"one of {', '.join(allowed)}", f"give {quantity} in one of these units", "unit"
    if not given["source"]:
        yield "source", "where the value comes from", "name the source, such as a key of SOURCES.bib", "source"
    if given["confidence"] not in CONFIDENCE:
        yield "confidence", f"one of {', '.join(CONFIDENCE)}", "say how sure the value is", "confidence"
    if given.get(GRADE, "") not in ("", *GRADES):
        yield GRADE, f"one of {', '.join(GRADES)}, or nothing", "see docs/workbook.md for the grades", "grade"


def _wrong_number(value: float | None, finding: Finding | None, given: dict[str, str]) -> Iterator[Problem]:
    """What is wrong with a value; a table is written by programs, so that its numbers are plain."""
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
