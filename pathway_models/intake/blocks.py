"""Walking the tables of a workbook: one sheet a year, entries against years, and lists of records."""

from __future__ import annotations

import re

from pathway_models.intake.book import Book, Sheet
from pathway_models.intake.cells import Finding, label_of, read_text, read_year
from pathway_models.intake.layout import Entry, FormBlock, GridBlock, ListBlock
from pathway_models.intake.lines import read_line
from pathway_models.intake.statements import Statements

SECTOR_ID = re.compile(r"[a-z][a-z0-9_]{0,40}")


def year_sheets(book: Book, block: FormBlock, statements: Statements) -> dict[int, Sheet]:
    """The sheets named after years; each year once."""
    found: dict[int, Sheet] = {}
    for name, sheet in book.sheets.items():
        if block.sheet != "{year}" or not re.fullmatch(r"\d{4}年?", label_of(name)):
            continue
        year, findings = read_year(name)
        if year in found:
            remedy = f"the sheet {found[year].name!r} is of the same year; remove one"
            findings = [Finding("one sheet a year", remedy, "sheet_twice")]
        for finding in findings:
            if finding.severity == "error" or name != str(year):
                statements.report(name, name, finding)
        if year is not None:
            found.setdefault(year, sheet)
    return found


def read_form(sheet: Sheet, block: FormBlock, year: int, statements: Statements) -> None:
    """Read the sheet of one year."""
    statements.sheets[year] = sheet.name
    place = sheet.place(block.year_cell)
    stated, findings = read_year(sheet.value(block.year_cell)[0])
    for finding in findings:
        statements.report(place, sheet.raw(block.year_cell), finding)
    if stated != year and not any(finding.severity == "error" for finding in findings):
        remedy = "sheet name and year cell must agree: check whether sheets were swapped or copied"
        statements.report(place, sheet.raw(block.year_cell), Finding(f"the year {year}", remedy, "year_cell"))
    entries, count = statements.entries, len(statements.all) + len(statements.spoiled)
    for row in sheet.rows(block.first_row):
        raw_key = sheet.raw(f"{block.keys}{row}")
        entry = None if raw_key is None else entries.get(label_of(raw_key))
        if raw_key is None and sheet.raw(f"{block.columns['value']}{row}") is None:
            continue
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        if entry is not None:
            read_line(statements, sheet, refs, entry, ("park", "park", entry.key, year))
        elif sheet.raw(refs["value"]) is not None:
            remedy = f"column {block.keys} must hold the row's code; copy the row anew from an empty template"
            finding = Finding("a row of the layout", remedy, "entry_unknown")
            statements.report(sheet.place(refs["value"]), raw_key or sheet.raw(refs["value"]), finding)
    if len(statements.all) + len(statements.spoiled) == count:
        remedy = "fill it, or narrow first and last year on the park sheet"
        statements.report(sheet.name, None, Finding("at least one value", remedy, "sheet_empty"))


def read_grid(sheet: Sheet, block: GridBlock, statements: Statements) -> None:
    """Read a table of entries against years, whichever way round."""
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", block.first).groups()
    down, across = list(sheet.rows(int(row))), list(sheet.columns(column))
    by_label, ignored = statements.layout.by_label(), {label_of(name) for name in statements.layout.ignored_labels}
    is_down = block.labels.isalpha()
    years = _years(sheet, block, across if is_down else down, statements)
    for line in down if is_down else across:
        label_ref = f"{block.labels}{line}" if is_down else f"{line}{block.labels}"
        unit_ref = f"{block.units}{line}" if is_down else f"{line}{block.units}"
        cells = {year: f"{at}{line}" if is_down else f"{line}{at}" for year, at in years.items()}
        label = label_of(sheet.raw(label_ref))
        if label in ignored or not (label or any(sheet.raw(ref) is not None for ref in cells.values())):
            continue
        entry = by_label.get(label)
        if entry is None:
            finding = Finding("a label of the layout", "correct the label, or add it to the layout", "entry_unknown")
            statements.report(sheet.place(label_ref), sheet.raw(label_ref), finding)
            continue
        for year, ref in cells.items():
            refs = {"value": ref, "unit": unit_ref}
            read_line(statements, sheet, refs, entry, ("park", "park", entry.key, year))


def _years(sheet: Sheet, block: GridBlock, lines: list, statements: Statements) -> dict[int, int | str]:
    """Line of each year of a grid."""
    years: dict[int, int | str] = {}
    for line in lines:
        ref = f"{line}{block.years}" if block.years.isdecimal() else f"{block.years}{line}"
        year, findings = read_year(sheet.value(ref)[0])
        if year in years:
            findings = [Finding("each year once", f"{year} stands before; remove one", "year_twice")]
        for finding in findings:
            statements.report(sheet.place(ref), sheet.raw(ref), finding)
        if year is not None:
            years.setdefault(year, line)
    return years


def read_list(sheet: Sheet, block: ListBlock, years: range, statements: Statements) -> None:
    """Read records of sectors or enterprises, one a row."""
    by_label = statements.layout.by_label()
    for row in sheet.rows(block.first_row):
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        if all(sheet.raw(ref) in (None, "") for ref in refs.values()):
            continue
        year = _record_year(sheet, refs["year"], years, statements)
        owner = _owner(sheet, refs["name"], block.role, statements)
        entry = _entry(sheet, refs["entry"], by_label, statements)
        if year is not None and owner and entry is not None:
            read_line(statements, sheet, refs, entry, (block.role, owner, entry.key, year))
        else:
            # Whatever this record may have been of: its sums are not judged without it.
            keys = [entry.key] if entry else statements.entries
            of_years = [year] if year is not None else years
            statements.spoiled |= {(block.role, "", key, of_year) for key in keys for of_year in of_years}


def _record_year(sheet: Sheet, ref: str, years: range, statements: Statements) -> int | None:
    year, findings = read_year(sheet.value(ref)[0])
    if year is None and not findings:
        findings = [Finding("a year such as 2019", "type the year of the record", "year")]
    if year is not None and years and year not in years:
        findings = [
            Finding(f"a year from {years[0]} to {years[-1]}", "the park sheet does not have it", "year_outside")
        ]
        year = None
    for finding in findings:
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
    return year


def _owner(sheet: Sheet, ref: str, role: str, statements: Statements) -> str:
    name, findings = read_text(sheet.raw(ref))
    if not name and not findings:
        findings = [Finding("a name", "say whose value it is", "name_blank")]
    if name and role == "sector" and (not SECTOR_ID.fullmatch(name) or name == "park"):
        remedy = "begin with a letter; 'park' stands for the whole"
        findings = [Finding("lower-case letters, digits and _", remedy, "sector_id")]
        name = ""
    for finding in findings:
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
    return name


def _entry(sheet: Sheet, ref: str, by_label: dict[str, Entry], statements: Statements) -> Entry | None:
    entry = by_label.get(label_of(sheet.raw(ref)))
    if entry is None:
        finding = Finding("an entry of the list", "choose it from the list of the cell", "entry_unknown")
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
    return entry
