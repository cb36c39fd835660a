"""Sheets of plans of a workbook, one line a row: driver paths of scenarios (docs/driver_scenarios.md), projects."""

from pathlib import Path

from pathway_models.core.errors import Fault
from pathway_models.intake.cells import label_of, shown
from pathway_models.intake.plans.rows import Line, lines_of
from pathway_models.intake.plans.scenario_tables import COLUMNS, Paths, paths_of
from pathway_models.intake.workbook.book import Book, Sheet
from pathway_models.intake.workbook.layout import ListBlock, template_layout


def read_scenario_sheet(path: Path, faults: list[Fault]) -> Paths:
    """Read the driver paths of a workbook's own sheet: scenario id -> paths; what is wrong goes to ``faults``.

    Raises
    ------
    InputError
        The file is no workbook that can be read.
    """
    sheet, block = plan_sheet(path, "scenario", faults)
    if sheet is None:
        return {}
    if sheet.is_far:
        remedy = "delete what stands far below or right of it"
        faults.append(Fault(path.name, sheet.name, "", "cells near the table", remedy, code="sheet_far"))
        return {}
    lines = _lines(sheet, block, path.name, faults)
    if not lines and not faults:
        remedy = "fill it, or leave the option out"
        faults.append(Fault(path.name, sheet.name, "", "at least one line", remedy, code="empty"))
    return paths_of(lines)


def faults_of_scenarios(sheet: Sheet, block: ListBlock, file: str) -> list[Fault]:
    """Check the sheet as part of the workbook: every fault, by cell."""
    faults: list[Fault] = []
    paths_of(_lines(sheet, block, file, faults))
    return faults


def plan_sheet(path: Path, role: str, faults: list[Fault]) -> tuple[Sheet | None, ListBlock]:
    """Find the sheet of a role in a workbook of the template; none is a fault.

    Raises
    ------
    InputError
        The file is no workbook that can be read.
    """
    block = template_layout().block("list", role)
    names = {label_of(block.sheets.zh), label_of(block.sheets.en)}
    found = [sheet for name, sheet in Book(path).sheets.items() if label_of(name) in names]
    sheet = found[0] if found else None
    for other in found[1:]:
        expected, remedy = "one sheet of this content", f"the sheet {sheet.name!r} is another; remove one"
        faults.append(Fault(path.name, other.name, other.name, expected, remedy, code="sheet_twice"))
    if sheet is None:
        remedy = "add it from a template, or give a .csv table"
        faults.append(Fault(path.name, "workbook", "", f"a sheet {block.sheets.zh}", remedy, code="sheet_missing"))
    return sheet, block


def rows_of(sheet: Sheet, block: ListBlock, file: str, faults: list[Fault]) -> list[tuple[str, dict[str, object]]]:
    """Read the filled rows of a sheet: place of the first cell, values by column.

    Faults of cells go to ``faults``, and warnings of numbers whose looks may mean something else.
    """
    rows = []
    for row in sheet.rows(block.first_row):
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        unit = shown(sheet.raw(refs["unit"])) if "unit" in refs else ""
        cells = {}
        for name, ref in refs.items():
            value, findings = sheet.typed(ref, unit if name == "value" else "")
            cells[name] = value
            for finding in findings:
                if finding.severity != "note":
                    parts = finding.expected, finding.remedy, finding.severity, finding.code
                    faults.append(Fault(file, sheet.place(ref), sheet.raw(ref), *parts))
        if any(cells[name] not in (None, "") for name in cells):
            rows.append((sheet.place(next(iter(refs.values()))), cells))
    return rows


def _lines(sheet: Sheet, block: ListBlock, file: str, faults: list[Fault]) -> list[Line]:
    return lines_of(file, rows_of(sheet, block, file, faults), COLUMNS, faults)
