"""Filled workbooks for scripts and tests: plain copies of the template's layout, with given faults.

The park in them is INVENTED.  Cells stand where `data/layouts/template.yml` puts them, but without formats,
comments and drop-downs, so that a file of one fault stays small.
"""

from __future__ import annotations

import copy
import datetime
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from pathway_models.intake.workbook.layouts import template_layout

YEARS = (2018, 2019, 2020)
COLUMNS = template_layout().block("form").columns
LIST_COLUMNS = template_layout().block("list", "enterprise").columns
PARK = {
    "park_id": "invented-park",
    "name_zh": "虚构园区",
    "name_en": "Invented park",
    "kind": "park",
    "province": "江苏",
    "invented": "yes",
    "first_year": YEARS[0],
    "last_year": YEARS[-1],
    "activity": "value_added",
    "price_year": 2015,
    "factor_set": "GBT32151_2024",
    "grid_factor": "national_2021",
}
#: The year 2018; later years grow by the factors below.
LINES: dict[str, dict[str, Any]] = {
    "area_planned": {"value": 30},
    "area_industrial": {"value": 12},
    "population": {"value": 50000},
    "gross_output": {"value": 250},
    "value_added": {"value": 60},
    "bituminous": {"value": 10000, "feedstock": 1000, "grade": "A"},
    "diesel_oil": {"value": 300, "grade": "B"},
    "natural_gas": {"value": 500, "grade": "A"},
    "electricity": {"value": 2000, "grade": "A"},
    "green_power": {"value": 500},
    "heat": {"value": 50000, "grade": "B"},
    "export_power": {"value": 200},
    "plant_power": {"value": 600},
    "limestone": {"value": 1000, "grade": "C"},
    "solid_waste": {"value": 4000},
    "solid_waste_used": {"value": 3000},
    "green_area": {"value": 20},
    "sequestration": {"value": 8.99},
    "so2": {"value": 12},
}
GROWTH = {2018: 1.0, 2019: 1.05, 2020: 1.08}
CONSTANT = ("area_planned", "area_industrial", "sequestration", "green_area")


@dataclass(frozen=True)
class Formula:
    """A formula cell with the result a spreadsheet program stored."""

    text: str
    stored: Any = ""


@dataclass
class Filled:
    """A filled workbook before it is written.

    Parameters
    ----------
    park : dict
        Fields of the park sheet.
    lines : dict year -> key -> column -> value
    lists : dict sheet name -> list of rows (column -> value)
    cells : dict (sheet, cell) -> value
        Written last, over everything else.
    """

    park: dict[str, Any] = field(default_factory=lambda: dict(PARK))
    lines: dict[int, dict[str, dict[str, Any]]] = field(default_factory=lambda: {year: grown(year) for year in YEARS})
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cells: dict[tuple[str, str], Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    touch: Callable[[xlsxwriter.Workbook], None] | None = None
    parts: Callable[[dict[str, bytes]], Mapping[str, bytes]] | None = None

    def put(self, year: int, key: str, value: Any, column: str = "value") -> str:
        """Overwrite one cell of a year sheet; return its place."""
        ref = cell_of(key, column)
        self.cells[str(year), ref] = value
        return f"{year}!{ref}"

    def write(self, path: Path) -> Path:
        """Write the workbook."""
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_urls": False}) as workbook:
            workbook.set_properties({"created": datetime.datetime(2024, 1, 1)})
            self._park_sheet(workbook)
            for year, lines in self.lines.items():
                self._year_sheet(workbook, year, lines)
            for name, rows in self.lists.items():
                sheet = workbook.add_worksheet(name)
                for row, record in enumerate(rows, start=4):
                    for column, value in record.items():
                        _put(sheet, f"{LIST_COLUMNS[column]}{row}", value)
            self._overwrite(workbook)
        content = stream.getvalue()
        path.write_bytes(repacked(content, self.parts) if self.parts else content)
        return path

    def _park_sheet(self, workbook: xlsxwriter.Workbook) -> None:
        block = template_layout().description
        sheet = workbook.add_worksheet(self.names.get("park", block.sheet[0]))
        sheet.write_string("A1", template_layout().layout)
        for row, entry in enumerate(block.fields, start=block.first_row):
            if entry.may_lack and entry.key not in self.park:
                continue
            sheet.write_string(f"{block.keys}{row}", entry.key)
            if self.park.get(entry.key) is not None:
                _put(sheet, f"{block.values}{row}", self.park[entry.key])

    def _year_sheet(self, workbook: xlsxwriter.Workbook, year: int, lines: dict[str, dict[str, Any]]) -> None:
        sheet = workbook.add_worksheet(self.names.get(str(year), str(year)))
        sheet.write_number(template_layout().block("form").year_cell, year)
        entries = template_layout().entries()
        for key, columns in lines.items():
            sheet.write_string(f"A{row_of(key)}", key)
            for column, value in {"unit": entries[key].unit, **columns}.items():
                _put(sheet, cell_of(key, column), value)

    def _overwrite(self, workbook: xlsxwriter.Workbook) -> None:
        for (name, ref), value in self.cells.items():
            sheet = workbook.get_worksheet_by_name(name) or workbook.add_worksheet(name)
            if value is None:
                sheet.write_blank(ref, None, workbook.add_format({"locked": False}))
            elif isinstance(value, datetime.date):
                sheet.write_datetime(ref, value, workbook.add_format({"num_format": "yyyy-mm-dd"}))
            else:
                _put(sheet, ref, value)
        if self.touch:
            self.touch(workbook)


def grown(year: int) -> dict[str, dict[str, Any]]:
    """Return the lines of a year: those of 2018 with growth."""
    lines = copy.deepcopy(LINES)
    for key, columns in lines.items():
        for column in ("value", "feedstock"):
            if column in columns and key not in CONSTANT:
                columns[column] = round(columns[column] * GROWTH[year], 6)
    return lines


def row_of(key: str) -> int:
    """Return the row of an entry on a year sheet of the template."""
    row = template_layout().block("form").first_row
    for section in template_layout().sections:
        row += 1
        for entry in section.entries:
            if entry.key == key:
                return row
            row += 1
    raise KeyError(key)


def cell_of(key: str, column: str = "value") -> str:
    """Return the cell of an entry on a year sheet."""
    return f"{COLUMNS[column]}{row_of(key)}"


def park_cell(key: str) -> str:
    """Return the cell of a field on the park sheet."""
    block = template_layout().description
    return f"{block.values}{block.first_row + [entry.key for entry in block.fields].index(key)}"


def _put(sheet: xlsxwriter.worksheet.Worksheet, ref: str, value: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(ref, value.text, None, value.stored)
    elif isinstance(value, bool):
        sheet.write_boolean(ref, value)
    elif isinstance(value, str):
        sheet.write_string(ref, value)
    elif value is not None:
        sheet.write_number(ref, value)


def repacked(content: bytes, change: Callable[[dict[str, bytes]], Mapping[str, bytes]]) -> bytes:
    """Return the archive with changed parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in change(parts).items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
