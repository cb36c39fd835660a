"""Reading a filled workbook by its layout: statements and description, with every fault found on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.asset_sheet import read_asset_sheet
from pathway_models.intake.blocks import read_form, read_grid, read_list, year_sheets
from pathway_models.intake.book import Book, Sheet
from pathway_models.intake.cells import Finding, label_of
from pathway_models.intake.description import Choices, Description, sound_choices
from pathway_models.intake.description_sheet import read_description
from pathway_models.intake.layout import FormBlock, GridBlock, Layout, ListBlock, layouts, read_layout
from pathway_models.intake.statements import Statements
from pathway_models.intake.yaml_files import validated


@dataclass(frozen=True)
class Filled:
    """What a filled workbook says.

    Parameters
    ----------
    statements : Statements
        With all faults so far.
    description : Description or None
        None where it could not be read.
    choices : Choices
        The choices that can be used, whatever else is wrong with the description.
    years : range
        Years it speaks of; empty where they could not be read.
    sidecar : Path or None
        Where the description stands, if beside the workbook.
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
        A layout file of one's own; otherwise the shipped layout it is recognised by.
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


def _layout_of(book: Book, given: Path | None) -> Layout:
    if given:
        return read_layout(given)
    known = layouts()
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
    """A sheet by one of its names, spaces and compatibility forms apart."""
    wanted = {label_of(name) for name in names}
    return next((sheet for name, sheet in book.sheets.items() if label_of(name) in wanted), None)


def _described(book: Book, statements: Statements) -> tuple[Description | None, Choices, range]:
    block = statements.layout.description
    sheet = _find(book, *block.sheet)
    if sheet is None:
        finding = Finding("the park sheet", "copy it from an empty template", "sheet_missing")
        statements.report(block.sheet[0], None, finding)
        return None, Choices(), range(0)
    return read_description(sheet, block, statements)


def _beside(sidecar: Path, statements: Statements) -> tuple[Description | None, Choices]:
    """The description in a file beside the workbook."""
    try:
        said, lines = validated(sidecar, Description)
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
    """Read every block; names of the sheets that were read."""
    used: set[str] = set()
    for block in statements.layout.blocks:
        if isinstance(block, FormBlock):
            used |= _forms(book, block, years, statements)
            continue
        names = (block.sheet,) if isinstance(block, GridBlock) else (block.sheets.zh, block.sheets.en)
        sheet = _find(book, *names)
        if sheet is None:
            if isinstance(block, GridBlock):
                finding = Finding(f"a sheet {block.sheet}", _remedy_for_missing(book, statements), "sheet_missing")
                statements.report(block.sheet, None, finding)
            continue
        used.add(sheet.name)
        _visible(sheet, statements)
        if not sheet.is_far:
            _table(sheet, block, years, statements)
    return used


def _table(sheet: Sheet, block: GridBlock | ListBlock, years: range, statements: Statements) -> None:
    if isinstance(block, GridBlock):
        read_grid(sheet, block, statements)
    elif block.role == "asset":
        read_asset_sheet(sheet, block, statements)
    else:
        read_list(sheet, block, years, statements)


def _forms(book: Book, block: FormBlock, years: range, statements: Statements) -> set[str]:
    """Read the sheets of all years."""
    found = year_sheets(book, block, statements)
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
            read_form(sheet, block, year, statements)
    return {sheet.name for sheet in found.values()}


def _visible(sheet: Sheet, statements: Statements) -> None:
    if sheet.is_hidden:
        finding = Finding("a visible sheet", "unhide it: what stands in it is counted", "sheet_hidden", "warning")
        statements.report(sheet.name, None, finding)


def _unknown(book: Book, statements: Statements) -> list[str]:
    """Sheets the layout does not know."""
    layout = statements.layout
    known = {*layout.ignored_sheets, *(layout.description.sheet if layout.description else ())}
    for block in layout.blocks:
        if isinstance(block, GridBlock):
            known.add(block.sheet)
        elif isinstance(block, ListBlock):
            known |= {block.sheets.zh, block.sheets.en}
    labels = {label_of(name) for name in known}
    form = any(isinstance(block, FormBlock) for block in layout.blocks)
    return [name for name in book.sheets if label_of(name) not in labels and not (form and _is_year(name))]


def _is_year(name: Any) -> bool:
    text = label_of(name).removesuffix("年")
    return text.isdecimal() and len(text) == 4


def _remedy_for_missing(book: Book, statements: Statements) -> str:
    unknown = _unknown(book, statements)
    return f"rename one of these unread sheets: {', '.join(unknown)[:100]}" if unknown else "add it from a template"


def _unread(book: Book, used: set[str], statements: Statements) -> None:
    """Sheets nobody reads; not where one of them may be the sheet reported as missing."""
    if any(fault.code == "sheet_missing" for fault in statements.faults):
        return
    for name in _unknown(book, statements):
        if name not in used:
            finding = Finding(
                "a sheet of the layout", "it is not read; remove it if it is not needed", "sheet_unread", "warning"
            )
            statements.report(name, None, finding)
