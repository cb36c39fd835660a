"""Read the tables of a workbook: one sheet a year, entries against years, and lists of records.

A line has value, unit, quality, feedstock and own factor, each with its own faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pathway_models.intake.numbers import Finding, label_of, read_number, read_text, read_year, shown
from pathway_models.intake.statements import Key, Statement, Statements, SupplyLine, UseLine
from pathway_models.intake.table.rows import GRADES
from pathway_models.intake.workbook.layouts import Entry, FormBlock, GridBlock, ListBlock
from pathway_models.language import LANGUAGES, word
from pathway_models.levers.action import ENERGY_USES

if TYPE_CHECKING:
    from pathway_models.intake.workbook.book import Book, Sheet

#: Columns of numbers with their column of units; empty for numbers without one.
UNITS = {"factor": "factor_unit", "use": "use_unit", "capacity": "capacity_unit", "capital": "", "lifetime": ""}


def read_line(statements: Statements, sheet: Sheet, refs: Mapping[str, str], entry: Entry, key: Key) -> None:
    """Read one line; report every cell that cannot be read.

    Parameters
    ----------
    statements : Statements
        Receives the statement, the place of a blank, or the faults.
    sheet : Sheet
    refs : mapping
        Cells of the line by column: ``value``, and if the layout has them ``unit``, ``grade``,
        ``feedstock``, ``factor``, ``factor_unit``.
    entry : Entry
    key : Key
    """
    line = Line(statements, sheet, refs, entry)
    place = sheet.place(refs["value"])
    value = line.number("value")
    if value is None and not line.is_faulty:
        if line.has("feedstock") or line.has("factor"):
            line.fault("value", Finding("the use itself", "a part or a factor alone says nothing", "use_missing"))
            statements.spoiled.add(key)
        else:
            statements.blanks[key] = place
        return
    unit, times = line.unit("unit", entry.units, entry.unit)
    factor_unit, factor_times = line.unit("factor_unit", entry.factor, "") if line.has("factor") else ("", 1.0)
    parts = {name: line.extra(name, getattr(entry, name)) for name in ("feedstock", "factor")}
    grade = line.grade()
    if value is not None:
        line.check(value, unit, times, parts["feedstock"])
    if key in statements.all or key in statements.spoiled:
        where = f" in {statements.all[key].place}" if key in statements.all else ""
        line.fault("value", Finding("one value a year", f"it is given before{where}; keep one", "twice"))
    if line.is_faulty:
        statements.spoiled.add(key)
        return
    line.note_blanks(key, (name for name, part in parts.items() if part is None))
    written = f"{shown(sheet.raw(refs['value']))} {shown(line.raw('unit')) or entry.unit}"
    statements.all[key] = Statement(
        place,
        *key[:2],
        key[3],
        entry,
        value * times,
        unit,
        written,
        grade,
        (parts["feedstock"] or 0.0) * times,
        sheet.place(refs["feedstock"]) if parts["feedstock"] is not None else "",
        None if parts["factor"] is None else parts["factor"] * factor_times,
        factor_unit,
        sheet.place(refs["factor"]) if "factor" in refs else "",
    )


@dataclass
class Line:
    """The cells of one line while they are read."""

    statements: Statements
    sheet: Sheet
    refs: Mapping[str, str]
    entry: Entry
    is_faulty: bool = False

    def raw(self, name: str) -> Any:
        """Return the content of a cell of the line; None where the layout has no such cell."""
        return self.sheet.raw(self.refs[name]) if name in self.refs else None

    def has(self, name: str) -> bool:
        """Tell whether a cell of the line is filled."""
        raw = self.raw(name)
        return raw is not None and str(raw).strip() != ""

    def fault(self, name: str, finding: Finding) -> None:
        """Report a finding at a cell; an error spoils the line."""
        self.statements.report(self.sheet.place(self.refs[name]), self.raw(name), finding)
        self.is_faulty |= finding.severity == "error"

    def number(self, name: str) -> float | None:
        """Read a number of 0 or more; None where blank or faulty."""
        if self.raw(name) is None:
            return self._covered(name)
        ref = self.refs[name]
        raw, findings = self.sheet.value(ref)
        failed = any(finding.severity == "error" for finding in findings)
        value, more = (None, []) if failed else read_number(raw)
        if value is not None:
            unit = UNITS.get(name, "unit")
            written = shown(self.raw(unit)) or (self.entry.unit if unit == "unit" else "")
            seen = self.sheet.seen(ref, value, written)
            more = seen if any(finding.severity == "error" for finding in seen) else [*more, *seen]
        if value is not None and value < 0:
            remedy = "what is sold goes in the rows of sales; check the sign"
            more = [*more, Finding("a number of 0 or more", remedy, "negative")]
        for finding in (*findings, *more):
            self.fault(name, finding)
        return None if any(finding.severity == "error" for finding in (*findings, *more)) else value

    def _covered(self, name: str) -> None:
        """Report a blank under a merged area that holds a value, which would be lost."""
        area = self.sheet.merged.get(self.refs.get(name, ""))
        if area and self.sheet.raw(area.split(":")[0]) is not None:
            place = self.sheet.place(area.split(":")[0])
            finding = Finding("a cell of its own", f"take {area} apart and fill each cell", "merged")
            self.statements.report(place, self.sheet.raw(area.split(":")[0]), finding)
            self.is_faulty = True

    def unit(self, name: str, unit_set: str, default: str) -> tuple[str, float]:
        """Read canonical unit and multiplier; blank only where the layout has no cell for it."""
        layout = self.statements.layout
        allowed = layout.unit_sets.get(unit_set, ())
        if name not in self.refs:
            return layout.conversion(default)
        raw = self.raw(name)
        text = "" if raw is None else str(raw)
        look = self.sheet.look(self.refs[name]) if text.strip() else None
        if look is not None and look.is_struck:
            remedy = "the unit is struck through and yet holds: write the right one, or take the line off"
            self.fault(name, Finding("a unit that holds", remedy, "struck", "warning"))
        unit = layout.unit_spellings.get(text, text)
        if unit in allowed:
            return layout.conversion(unit)
        if not allowed or (not text.strip() and self.refs[name] in self.sheet.merged):
            return "", 1.0  # reported as a fault of the value
        known = {label_of(u): u for u in allowed} | {
            label_of(s): u for s, u in layout.unit_spellings.items() if u in allowed
        }
        if label_of(text) in known:
            unit = known[label_of(text)]
            self.fault(name, Finding(unit, f"read as {unit}", "unit_spelling", "note"))
            return layout.conversion(unit)
        remedy, code = f"{self.entry.words().en} is given in one of these units only", "unit"
        if not text.strip():
            remedy, code = "choose the unit of the value beside it", "unit_blank"
        elif name == "factor_unit":
            code = "factor_unit"
        self.fault(name, Finding(f"one of {', '.join(allowed)}", remedy, code))
        return "", 1.0

    def extra(self, name: str, is_allowed: bool | str) -> float | None:
        """Read feedstock or own factor."""
        if not self.has(name):
            return None
        if not is_allowed:
            remedy = "delete it: it has no meaning for this row"
            self.fault(name, Finding("nothing", remedy, f"{name}_unused"))
            return None
        return self.number(name)

    def note_blanks(self, key: Key, names: Iterable[str]) -> None:
        """Record the places of blank parts of the line."""
        places = {name: self.sheet.place(self.refs[name]) for name in names if name in self.refs}
        role, owner, entry, year = key
        self.statements.blanks |= {(role, owner, f"{entry}, {name}", year): place for name, place in places.items()}

    def grade(self) -> str:
        """Read the quality grade; empty where none is given."""
        if not self.has("grade"):
            return ""
        raw = str(self.raw("grade"))
        grade = label_of(raw).upper()
        if grade not in GRADES:
            self.fault("grade", Finding("A, B, C or D", "see the data quality sheet, or leave it blank", "grade"))
            return ""
        if grade != raw:
            self.fault("grade", Finding(grade, f"read as {grade}", "grade_spelling", "note"))
        return grade

    def check(self, value: float, unit: str, times: float, feedstock: float | None) -> None:
        """Check that shares are between 0 and 1 and not percentages, and that no part exceeds the whole."""
        if feedstock is not None and feedstock > value:
            finding = Finding(f"at most the use itself, {value!r}", "feedstock is a part of the use", "feedstock")
            self.fault("feedstock", finding)
        if unit != "share":
            return
        if times == 1.0 and value > 1:
            remedy = "choose the unit %" if value <= 100 else "correct the value"
            self.fault("value", Finding("a share between 0 and 1", remedy, "percent_as_share"))
        elif value * times > 1:
            self.fault("value", Finding("at most 100 %", "correct the value", "share_high"))
        elif times < 1.0 and 0 < value < 1:
            remedy = "it is read as less than 1 %; choose the unit share if it is a share"
            self.fault("value", Finding("a percentage", remedy, "share_as_percent", "warning"))


SECTOR_ID = re.compile(r"[a-z][a-z0-9_]{0,40}")


def year_sheets(book: Book, block: FormBlock, statements: Statements) -> dict[int, Sheet]:
    """Find the sheets named after years, one a year."""
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
    """Read a table of entries against years, in either orientation."""
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
    """Find the line of each year of a grid."""
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
    spoiled: set[tuple[str | None, int | None]] = set()
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
            spoiled.add((entry.key if entry else None, year))
    # Faulty records may be of any entry: sums are not checked without them.
    for key, year in spoiled:
        keys, of_years = [key] if key else statements.entries, [year] if year is not None else years
        statements.spoiled |= {(block.role, "", one, of_year) for one in keys for of_year in of_years}


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


def read_use_sheet(sheet: Sheet, block: ListBlock, statements: Statements) -> None:
    """Read the uses of energy; shares are checked with the rest of the workbook (`intake.checks.uses_of`)."""
    entries = statements.layout.by_label()
    uses = {label_of(name): use for use in ENERGY_USES for name in (use, *(word(use, lang) for lang in LANGUAGES))}
    for row in sheet.rows(block.first_row):
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        if all(sheet.raw(ref) in (None, "") for ref in refs.values()):
            continue
        sector, findings = read_text(sheet.raw(refs["sector"]))
        for finding in findings:
            statements.report(sheet.place(refs["sector"]), sheet.raw(refs["sector"]), finding)
        entry = _energy_entry(sheet, refs["entry"], entries, statements)
        line = Line(statements, sheet, refs, entry or next(iter(entries.values())))
        value = line.number("value")
        if value is None and not line.is_faulty:
            line.fault("value", Finding("a share", "type it; leave the line out where it is not known", "use_missing"))
        unit, times = line.unit("unit", "share", "%")
        if value is not None:
            line.check(value, unit, times, None)
        if entry is None or value is None or line.is_faulty:
            continue
        written = shown(sheet.raw(refs["purpose"]))
        use = uses.get(label_of(written), written)
        place, share = sheet.place(refs["purpose"]), value * times
        said = {name: shown(sheet.raw(ref)) for name, ref in refs.items()}
        told = f"{said['entry']}, {written}: {said['value']} {said['unit']}"
        statements.uses.append(UseLine(place, sector or "park", entry.item, use, share, told))


def read_supplier_sheet(sheet: Sheet, block: ListBlock, statements: Statements) -> None:
    """Read fuels and products of the supplier of purchased heat, or of the park's own plant, by year."""
    is_own = block.role == "plant"
    outputs = statements.layout.plant_made if is_own else statements.layout.supplied
    made = {label_of(name): entry for entry in outputs for name in (entry.key, entry.words().zh, entry.words().en)}
    entries = statements.layout.by_label()
    for row in sheet.rows(block.first_row):
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        if all(sheet.raw(ref) in (None, "") for ref in refs.values()):
            continue
        year = _record_year(sheet, refs["year"], range(0), statements)
        entry = made.get(label_of(sheet.raw(refs["entry"]))) or _energy_entry(sheet, refs["entry"], entries, statements)
        if entry is None:
            continue
        line = Line(statements, sheet, refs, entry)
        value, (unit, times) = line.number("value"), line.unit("unit", entry.units, entry.unit)
        if value is None and not line.is_faulty:
            line.fault("value", Finding("a number", "type it, or leave the line out", "use_missing"))
        if year is None or value is None or line.is_faulty:
            continue
        written = f"{shown(sheet.raw(refs['value']))} {shown(sheet.raw(refs['unit']))}"
        fuel = "plant_fuel" if is_own else "supplier_fuel"
        quantity = fuel if entry.quantity == "energy" else entry.quantity
        place = sheet.place(refs["value"])
        lines = statements.plant if is_own else statements.supply
        lines.append(SupplyLine(place, year, quantity, entry.item, value * times, unit, written))


def _energy_entry(sheet: Sheet, ref: str, entries: dict[str, Entry], statements: Statements) -> Entry | None:
    """Look up a carrier by its label; anything else is a fault."""
    entry = entries.get(label_of(sheet.raw(ref)))
    if entry is None or entry.quantity != "energy":
        finding = Finding("a kind of energy of the list", "choose it from the list of the cell", "asset_energy")
        statements.report(sheet.place(ref), sheet.raw(ref), finding)
        return None
    return entry
