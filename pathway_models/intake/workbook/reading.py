"""Read a filled workbook by its layout: description (identity and choices) and statements, with all faults."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathway_models.core import Fault, InputError, yaml_files
from pathway_models.intake.factors.tables import GRID_CHOICES
from pathway_models.intake.numbers import Finding, label_of, read_text, read_year
from pathway_models.intake.plans.scenario_tables import faults_of_scenarios
from pathway_models.intake.plausibility_warnings import other_province
from pathway_models.intake.statements import Choices, Description, Statements, is_park_id, sound_choices
from pathway_models.intake.workbook import asset_sheet, blocks, layouts
from pathway_models.intake.workbook.book import Book, Sheet

#: Blocks of sheets with a table that other cells may surround.
Block = layouts.DescriptionSheet | layouts.FormBlock | layouts.ListBlock


def read_description(
    sheet: Sheet, block: layouts.DescriptionSheet, statements: Statements
) -> tuple[Description | None, Choices, range]:
    """Read the park sheet.

    Returns
    -------
    description : Description or None
        None where a required field is missing or wrong.
    choices : Choices
        Those that can be used, whatever else is wrong.
    years : range
        First to last year; empty where they cannot be read.
    """
    lines: dict[str, int] = {}
    known = {field.key for field in block.fields}
    for row in sheet.rows(block.first_row):
        key = label_of(sheet.raw(f"{block.keys}{row}"))
        if key in known and key in lines:
            finding = Finding("each field once", f"it stands in row {lines[key]} too: remove one", "field_twice")
            statements.report(sheet.place(f"{block.keys}{row}"), key, finding)
        lines.setdefault(key, row)
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    count = statements.errors
    for field in block.fields:
        row = lines.get(field.key)
        if row is None and field.may_lack:
            continue
        if row is None:
            finding = Finding(f"a row {field.key}", "copy the row anew from an empty template", "field_missing")
            statements.report(f"{sheet.name}!{block.keys}{block.first_row}", None, finding)
            continue
        ref = f"{block.values}{row}"
        places[field.key] = sheet.place(ref)
        values[field.key] = _field(sheet, ref, field, statements)
    if values.get("follows"):
        values["follows"] = _followers(str(values["follows"]), places["follows"], statements)
    years = _years(values, places, statements)
    choices = _choices(values, places, statements)
    if statements.errors > count:
        return None, choices, years
    remarks, invented = values.pop("remarks"), values.pop("invented") == "yes"
    described = {key: value for key, value in values.items() if value and key not in ("first_year", "last_year")}
    notes = [remarks] if remarks else []
    return Description(**described, invented=invented, source=["workbook"], notes=notes), choices, years


def _followers(text: str, place: str, statements: Statements) -> dict[str, str]:
    """Read ``own_power: ironmaking; coking: ironmaking``."""
    found = {}
    for pair in text.replace("；", ";").replace("：", ":").split(";"):
        name, sign, leader = (part.strip() for part in pair.partition(":"))
        if not (sign and name and leader) or name in found:
            remedy = "write each sector once, a colon and the sector it follows; separate pairs by semicolons"
            finding = Finding("pairs such as own_power: ironmaking", remedy, "follows_text")
            statements.report(place, text, finding)
        else:
            found[name] = leader
    return found


def _field(sheet: Sheet, ref: str, field: layouts.DescriptionField, statements: Statements) -> Any:
    raw = sheet.raw(ref)
    if sheet.is_formula(ref):
        found = [Finding("a typed value", "type the value instead of a formula", "formula_text")]
        value: Any = None
    elif field.key in ("first_year", "last_year", "price_year"):
        value, found = read_year(raw)
    else:
        value, found = read_text(raw)
    if not found and value in ("", None) and field.required:
        found = [Finding(field.label.en, GRID_CHOICES if field.key == "grid_factor" else "fill it in", "field_blank")]
    if not found and value and field.key == "park_id" and not is_park_id(value):
        remedy = "choose a plain id of at most 60 signs: it becomes the name of a folder"
        found = [Finding("lower-case letters, digits and hyphens, a letter first", remedy, "park_id")]
    if not found and value and isinstance(field.choices, tuple) and field.choices and value not in field.choices:
        found = [Finding(f"one of {', '.join(field.choices)}", "choose from the list of the cell", "field_choice")]
    for finding in found:
        statements.report(sheet.place(ref), raw, finding)
    return value


def _years(values: dict[str, Any], places: dict[str, str], statements: Statements) -> range:
    first, last = values.get("first_year"), values.get("last_year")
    if not first or not last:
        return range(0)
    if first > last:
        finding = Finding(f"a year from {first}", "the last year is before the first", "years_order")
        statements.report(places["last_year"], last, finding)
        return range(0)
    return range(first, last + 1)


def _choices(values: dict[str, Any], places: dict[str, str], statements: Statements) -> Choices:
    """Read factor set, grid factor and price year, choices that the user must make."""
    given = (str(values.get(key) or "") for key in ("activity", "factor_set", "grid_factor"))
    choices, wrong = sound_choices(*given)
    for key, finding in wrong.items():
        statements.report(places[key], values[key], finding)
    province = other_province(choices.grid_factor, str(values.get("province") or ""))
    if province:
        statements.report(places["grid_factor"], values["grid_factor"], province)
    is_blank = "price_year" in values and not values["price_year"]
    needs_price = choices.activity in ("value_added", "gdp")
    if needs_price and is_blank and not statements.is_reported(places["price_year"]):
        finding = Finding("the price year of value added", "money of different years cannot be compared", "price_year")
        statements.report(places["price_year"], None, finding)
    return choices


@dataclass(frozen=True)
class Filled:
    """Contents of a filled workbook.

    Parameters
    ----------
    statements : Statements
        With all faults so far.
    description : Description or None
        None where it could not be read.
    choices : Choices
        The choices that can be used, whatever else is wrong with the description.
    years : range
        Its years; empty where they could not be read.
    sidecar : Path or None
        File of the description, if beside the workbook.
    """

    statements: Statements
    description: Description | None
    choices: Choices
    years: range
    sidecar: Path | None = None


def read_workbook(path: Path, layout: Path | None = None, **chosen: str) -> Filled:
    """Read a workbook.

    Parameters
    ----------
    path : Path
    layout : Path, optional
        A user's layout file; by default the shipped layout that fits.
    **chosen : str
        ``factor_set`` or ``grid_factor`` in place of the one the workbook names.

    Returns
    -------
    Filled

    Raises
    ------
    InputError
        The file is refused or unreadable, or is of no known layout.
    """
    book = Book(path)
    statements = Statements(path.name, _layout_of(book, layout))
    statements.faults += book.faults
    for sheet in book.sheets.values():
        if sheet.is_far:
            finding = Finding("cells near the table", "delete what stands far below or right of it", "sheet_far")
            statements.report(sheet.name, None, finding)
    sidecar = None
    if statements.layout.description:
        description, choices, years = _described(book, statements)
    else:
        sidecar = path.with_suffix(".yml")
        (description, choices), years = _beside(sidecar, statements), range(0)
    used = _tables(book, years, statements)
    _unread(book, used, statements)
    if not statements.layout.description:
        given = [s.year for s in statements.all.values() if s.entry.quantity == "energy"]
        years = range(min(given), max(given) + 1) if given else range(0)
    if chosen and description:
        description, choices = description.model_copy(update=chosen), choices._replace(**chosen)
    return Filled(statements, description, choices, years, sidecar)


def _layout_of(book: Book, given: Path | None) -> layouts.Layout:
    if given:
        return layouts.read_layout(given)
    known = layouts.shipped_layouts()
    for layout in known:
        sign = layout.recognised_by
        for name in sign.sheets:
            sheet = _find(book, name)
            if sheet is not None and label_of(sheet.raw(sign.cell)) == label_of(sign.text):
                return layout
    signs = "; ".join(
        f"{x.recognised_by.text!r} in {x.recognised_by.cell} of {x.recognised_by.sheets[0]}" for x in known
    )
    remedy = "fill a workbook made by 'pathways template', or give the file of its layout"
    found = ", ".join(book.sheets)[:120]
    raise InputError([Fault(book.path.name, "file", found, f"a known layout: {signs}", remedy, code="layout_unknown")])


def _find(book: Book, *names: str) -> Sheet | None:
    """Find a sheet by one of its names, ignoring spaces and compatibility forms."""
    wanted = {label_of(name) for name in names}
    return next((sheet for name, sheet in book.sheets.items() if label_of(name) in wanted), None)


def _only(book: Book, statements: Statements, *names: str) -> Sheet | None:
    """Find the only sheet of some names; a second one is a fault, since it would be lost."""
    wanted = {label_of(name) for name in names}
    first, *others = [sheet for name, sheet in book.sheets.items() if label_of(name) in wanted] or [None]
    for other in others:
        remedy = f"the sheet {first.name!r} is another; remove one"
        statements.report(other.name, other.name, Finding("one sheet of this content", remedy, "sheet_twice"))
    return first


def _described(book: Book, statements: Statements) -> tuple[Description | None, Choices, range]:
    block = statements.layout.description
    sheet = _only(book, statements, *block.sheet)
    if sheet is None:
        finding = Finding("the park sheet", "copy it from an empty template", "sheet_missing")
        statements.report(block.sheet[0], None, finding)
        return None, Choices(), range(0)
    found = read_description(sheet, block, statements)
    _apart(sheet, block, statements)
    return found


def _beside(sidecar: Path, statements: Statements) -> tuple[Description | None, Choices]:
    """Read the description in a file beside the workbook."""
    try:
        said, lines = yaml_files.validated(sidecar, Description)
    except InputError as error:
        statements.faults += error.faults
        return None, Choices()
    choices, wrong = sound_choices(said.activity, said.factor_set, said.grid_factor)
    for key, finding in wrong.items():
        place, value = f"line {lines[(key,)]}, {key}", getattr(said, key)
        parts = finding.expected, finding.remedy, finding.severity, finding.code
        statements.faults.append(Fault(sidecar.name, place, value, *parts))
    return (None if wrong else said), choices


def _tables(book: Book, years: range, statements: Statements) -> set[str]:
    """Read every block; return the names of the sheets that were read."""
    used: set[str] = set()
    for block in statements.layout.blocks:
        if isinstance(block, layouts.FormBlock):
            used |= _forms(book, block, years, statements)
            continue
        names = (block.sheet,) if isinstance(block, layouts.GridBlock) else (block.sheets.zh, block.sheets.en)
        sheet = _only(book, statements, *names)
        if sheet is None:
            if isinstance(block, layouts.GridBlock):
                finding = Finding(f"a sheet {block.sheet}", _remedy_for_missing(book, statements), "sheet_missing")
                statements.report(block.sheet, None, finding)
            continue
        used.add(sheet.name)
        _visible(sheet, statements)
        if not sheet.is_far:
            _table(sheet, block, years, statements)
            if isinstance(block, layouts.ListBlock):
                _apart(sheet, block, statements)
    return used


def _table(sheet: Sheet, block: layouts.GridBlock | layouts.ListBlock, years: range, statements: Statements) -> None:
    if isinstance(block, layouts.GridBlock):
        blocks.read_grid(sheet, block, statements)
    elif block.role == "asset":
        asset_sheet.read_asset_sheet(sheet, block, statements)
    elif block.role == "use":
        blocks.read_use_sheet(sheet, block, statements)
    elif block.role in ("supplier", "plant"):
        blocks.read_supplier_sheet(sheet, block, statements)
    elif block.role == "scenario":
        statements.faults += faults_of_scenarios(sheet, block, statements.file)
    elif block.role == "investment":
        statements.projects.append((sheet, block))
    else:
        blocks.read_list(sheet, block, years, statements)


def _forms(book: Book, block: layouts.FormBlock, years: range, statements: Statements) -> set[str]:
    """Read the sheets of all years."""
    found = blocks.year_sheets(book, block, statements)
    for year in years:
        if year not in found:
            finding = Finding(f"a sheet {year}", _remedy_for_missing(book, statements), "sheet_missing")
            statements.report(str(year), None, finding)
    for year, sheet in found.items():
        _visible(sheet, statements)
        if years and year not in years:
            remedy = "correct first and last year on the park sheet, or remove the sheet"
            statements.report(sheet.name, None, Finding(f"years {years[0]} to {years[-1]}", remedy, "year_outside"))
        elif not sheet.is_far:
            blocks.read_form(sheet, block, year, statements)
            _apart(sheet, block, statements)
    return {sheet.name for sheet in found.values()}


def _apart(sheet: Sheet, block: Block, statements: Statements) -> None:
    """Report content beside or below a table, which is not read."""
    if isinstance(block, layouts.ListBlock):
        found = sheet.apart(block.first_row, set(block.columns.values()))
    else:
        is_form = isinstance(block, layouts.FormBlock)
        known = statements.entries if is_form else {field.key for field in block.fields}
        keyed = [row for row in sheet.rows(block.first_row) if label_of(sheet.raw(f"{block.keys}{row}")) in known]
        columns = {*block.columns.values()} if is_form else {block.values, block.notes}
        found = sheet.apart(block.first_row, {block.keys, block.labels, *columns}, max(keyed, default=block.first_row))
    told = [ref for ref in found if not statements.is_reported(sheet.place(ref))]
    if told:
        severity = "warning" if any(isinstance(sheet.raw(ref), (int, float)) for ref in told) else "note"
        remedy = f"cells not read: {len(told)}; what shall stand with the results goes in the remarks of the park sheet"
        finding = Finding("nothing beside or below the table", remedy, "cell_unread", severity)
        statements.report(sheet.place(told[0]), sheet.raw(told[0]), finding)


def _visible(sheet: Sheet, statements: Statements) -> None:
    if sheet.is_hidden:
        finding = Finding("a visible sheet", "unhide it: what stands in it is counted", "sheet_hidden", "warning")
        statements.report(sheet.name, None, finding)


def _unknown(book: Book, statements: Statements) -> list[str]:
    """List the sheets that are not in the layout."""
    layout = statements.layout
    known = {*layout.ignored_sheets, *(layout.description.sheet if layout.description else ())}
    for block in layout.blocks:
        if isinstance(block, layouts.GridBlock):
            known.add(block.sheet)
        elif isinstance(block, layouts.ListBlock):
            known |= {block.sheets.zh, block.sheets.en}
    labels = {label_of(name) for name in known}
    form = any(isinstance(block, layouts.FormBlock) for block in layout.blocks)
    return [name for name in book.sheets if label_of(name) not in labels and not (form and _is_year(name))]


def _is_year(name: Any) -> bool:
    text = label_of(name).removesuffix("年")
    return text.isdecimal() and len(text) == 4


def _remedy_for_missing(book: Book, statements: Statements) -> str:
    unknown = _unknown(book, statements)
    return f"rename one of these unread sheets: {', '.join(unknown)[:100]}" if unknown else "add it from a template"


def _unread(book: Book, used: set[str], statements: Statements) -> None:
    """Report sheets that are not read, unless one of them may be the sheet reported as missing."""
    if any(fault.code == "sheet_missing" for fault in statements.faults):
        return
    for name in _unknown(book, statements):
        if name not in used:
            finding = Finding(
                "a sheet of the layout", "it is not read; remove it if it is not needed", "sheet_unread", "warning"
            )
            statements.report(name, None, finding)
