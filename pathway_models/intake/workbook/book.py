"""An opened workbook: values by cell, with their state (merged, hidden, computed); a marked copy with its faults.

The copy has every fault marked in its cell, and nothing that computes or reaches outside: formulas become plain text;
links, rules that compute, names, pictures and everything but values, formats and plain drop-downs are dropped.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from pathway_models.core import errors, files
from pathway_models.intake.numbers import Finding, Look, has_control_sign, number_in, stored_result
from pathway_models.intake.workbook.safety import safe_bytes

#: Last row and column of a table: a single stray cell in row 1,048,576 would make the reader go through all rows.
LAST_ROW, LAST_COLUMN = 20_000, 200
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RAISED = ("superscript", "subscript")
#: White among the colours that a file names by number.
WHITES = (1, 9)
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Sheet:
    """One sheet of a workbook.

    Parameters
    ----------
    book : Book
    cells : Worksheet
    """

    def __init__(self, book: Book, cells: Worksheet) -> None:
        self.book, self.cells, self.name = book, cells, cells.title
        # The library's store has the cells of the file alone; its public iterators fill whole rectangles.
        stored = cells._cells
        self.last_row = max((row for row, _ in stored), default=0)
        self.last_column = max((column for _, column in stored), default=0)
        self._found = {
            f"{get_column_letter(column)}{row}": cell
            for (row, column), cell in stored.items()
            if cell.value is not None and row <= LAST_ROW and column <= LAST_COLUMN
        }
        self.merged = {
            f"{get_column_letter(column)}{row}": area.coord
            for area in cells.merged_cells.ranges
            for row, column in area.cells
        }
        lines, is_without = cells.row_dimensions, bool(cells.sheet_format.zeroHeight)
        self._hidden_rows = {number for number, line in lines.items() if line.hidden or line.height == 0}
        if is_without:
            self._hidden_rows |= {row for row, _ in stored if row not in lines}
        self._hidden_columns = _hidden_columns(cells)

    @property
    def is_hidden(self) -> bool:
        """Tell whether a reader of the workbook cannot see the sheet."""
        return self.cells.sheet_state != "visible"

    @property
    def is_far(self) -> bool:
        """Tell whether cells lie far beyond any table."""
        return self.last_row > LAST_ROW or self.last_column > LAST_COLUMN

    def place(self, ref: str) -> str:
        """Return the place of a cell for messages."""
        return f"{self.name}!{ref}"

    def look(self, ref: str) -> Look | None:
        """Return the formatting of a cell that can change the meaning of its number; None for usual formatting."""
        cell = self._found[ref]
        style = self.book.style(cell)
        is_hidden = cell.row in self._hidden_rows or (
            bool(self._hidden_columns) and cell.column_letter in self._hidden_columns
        )
        if isinstance(cell.value, CellRichText):
            return _look_of_parts(cell.value, style, is_hidden)
        if style.is_usual and not is_hidden:
            return None
        return Look(style.format, style.is_struck, style.is_raised, is_hidden=is_hidden, is_white=style.is_white)

    def seen(self, ref: str, value: float, unit: str) -> list[Finding]:
        """Return findings on the meaning of a cell's number by its formatting, given its unit."""
        look = self.look(ref)
        found = [] if look is None else list(look.findings(value, unit))
        return [*self._merged(ref), *found]

    def typed(self, ref: str, unit: str = "", *, is_name: bool = False) -> tuple[Any, list[Finding]]:
        """Return the value of a cell of text or number, with findings on its formatting.

        A footnote mark after a name would change the name.
        """
        value, findings = self.value(ref)
        if value is None or any(finding.severity == "error" for finding in findings):
            return value, [*findings, *(self._merged(ref) if value is None else ())]
        number = value if isinstance(value, float | int) else number_in(str(value))[0]
        if number is not None and not isinstance(value, bool):
            return value, [*findings, *self.seen(ref, float(number), unit)]
        look = self.look(ref) if is_name else None
        if look is not None and look.apart:
            findings = [
                *findings,
                Finding("signs that are all alike", f"a part is {look.apart}; type the name alone", "part_looks"),
            ]
        return value, findings

    def _merged(self, ref: str) -> list[Finding]:
        """Report a merged area that hides which cell a value belongs to."""
        area = self.merged.get(ref)
        if area is None or self.raw(area.split(":")[0]) is None:
            return []
        return [Finding("a cell of its own", f"take {area} apart", "merged")]

    def raw(self, ref: str) -> Any:
        """Return the content of a cell, a formula as its text; None for an empty cell."""
        cell = self._found.get(ref)
        if cell is None:
            return None
        if cell.data_type != "f":
            return str(cell.value) if isinstance(cell.value, CellRichText) else cell.value
        text = getattr(cell.value, "text", cell.value)
        return text if isinstance(text, str) else "=TABLE()"  # a what-if table has no text of its own

    def is_formula(self, ref: str) -> bool:
        """Tell whether a cell computes its value."""
        return ref in self._found and self._found[ref].data_type == "f"

    def value(self, ref: str) -> tuple[Any, list[Finding]]:
        """Return the value of a cell; for a formula, its stored result where that is reliable."""
        if not self.is_formula(ref):
            return self.raw(ref), []
        return stored_result(str(self.raw(ref)), self.book.stored_results(self.name).get(ref))

    def apart(self, first: int, columns: Collection[str], last: int = LAST_ROW) -> list[str]:
        """List the filled cells, from a row on, beside the columns of a table or below its last row."""
        cells = sorted((cell.row, cell.column, ref) for ref, cell in self._found.items())
        within = [(row, ref) for row, _, ref in cells if row >= first and str(self.raw(ref)).strip()]
        return [ref for row, ref in within if row > last or ref.rstrip("0123456789") not in columns]

    def rows(self, first: int) -> range:
        """Return the row numbers from the first row of a table to the last with any content."""
        return range(first, min(self.last_row, LAST_ROW) + 1)

    def columns(self, first: str) -> list[str]:
        """Return the column letters from the first column of a table to the last with any content."""
        last = min(self.last_column, LAST_COLUMN)
        return [get_column_letter(at) for at in range(column_index_from_string(first), last + 1)]


@dataclass(frozen=True)
class Style:
    """Parts of the style of a cell that can change the meaning of its number."""

    format: str = "General"
    is_struck: bool = False
    is_raised: bool = False
    is_white: bool = False
    size: float | None = None

    @property
    def is_usual(self) -> bool:
        """Tell whether the style is that of ordinary cells."""
        return self.format == "General" and not (self.is_struck or self.is_raised or self.is_white)


def _look_of_parts(text: CellRichText, style: Style, is_hidden: bool) -> Look:
    """Return the formatting of a text of several fonts; parts without a font have that of the cell."""
    fonts = [getattr(run, "font", None) for run in text if str(run).strip()]
    struck = [bool(font and font.strike) for font in fonts]
    raised = [bool(font and font.vertAlign in RAISED) for font in fonts]
    white = [_is_white(font.color) if font and font.color else style.is_white for font in fonts]
    sizes = {font.sz if font and font.sz else style.size for font in fonts}
    has_struck, has_raised, has_white = (any(parts) and not all(parts) for parts in (struck, raised, white))
    return Look(
        style.format,
        style.is_struck or all(struck),
        style.is_raised or all(raised),
        has_struck,
        has_raised,
        is_hidden,
        has_small=len(sizes) > 1,
        has_white=has_white,
        is_white=all(white),
    )


def _is_white(color: Color | None) -> bool:
    if color is None:
        return False
    if color.type == "theme":
        return color.theme == 0 and not color.tint
    return color.indexed in WHITES if color.type == "indexed" else str(color.rgb)[-6:].upper() == "FFFFFF"


def _hidden_columns(cells: Worksheet) -> set[str]:
    """Return the letters of columns that are hidden or of no width; files name runs of columns by their first."""
    hidden: set[str] = set()
    for line in cells.column_dimensions.values():
        if line.hidden or line.width == 0:
            last = min(line.max or 1, LAST_COLUMN)
            hidden |= {get_column_letter(at) for at in range(max(1, line.min or 1), last + 1)}
    return hidden


class Book:
    """A workbook opened for reading.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        The file is refused (`intake.workbook.safety`) or cannot be interpreted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = safe_bytes(path)
        self.faults: list[errors.Fault] = []
        self._styles: dict[tuple[int, int, int], Style] = {}
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                self.workbook = openpyxl.load_workbook(io.BytesIO(self.content), keep_links=False, rich_text=True)
        except Exception as error:  # a reader of foreign files fails in as many ways as files are broken
            remedy = f"open it in a spreadsheet program and save it again ({type(error).__name__}: {str(error)[:120]})"
            fault = errors.Fault(path.name, "file", "", "a readable workbook", remedy, code="unreadable")
            raise errors.InputError([fault]) from None
        for text in dict.fromkeys(str(warning.message) for warning in caught):
            remedy = f"the library that reads it says: {text[:160]}"
            self.faults.append(
                errors.Fault(path.name, "file", "", "an ordinary workbook", remedy, "note", "library_notice")
            )
        for at, sheet in enumerate(self.workbook.worksheets, start=1):
            if has_control_sign(sheet.title):
                expected, remedy = "printable signs in one line", "rename the sheet: its name is shown with every cell"
                self.faults.append(errors.Fault(path.name, f"sheet {at}", "", expected, remedy, code="control_sign"))
        self.sheets = {sheet.title: Sheet(self, sheet) for sheet in self.workbook.worksheets}

    def style(self, cell: Cell) -> Style:
        """Return the parts of a cell's style that can change the meaning of its number."""
        key = (cell._style.fontId, cell._style.numFmtId, cell._style.fillId) if cell.has_style else (0, 0, 0)
        if key not in self._styles:
            try:  # asked of the cell itself, the library builds its font anew each time
                font, is_white = cell.font, _is_white(cell.font.color) and cell.fill.fill_type is None
                raised = font.vertAlign in RAISED
                self._styles[key] = Style(cell.number_format, bool(font.strike), raised, is_white, font.sz)
            except IndexError:  # a style that the file does not have: spreadsheets show such a cell plainly
                self._styles[key] = Style()
        return self._styles[key]

    def stored_results(self, sheet: str) -> dict[str, Any]:
        """Return the stored results of the formulas of a sheet, by cell; None where a formula has none."""
        if sheet not in self._results:
            part = self._parts.get(sheet)
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                self._results[sheet] = _results_of(archive.read(part)) if part else {}
        return self._results[sheet]

    @cached_property
    def _results(self) -> dict[str, dict[str, Any]]:
        return {}

    @cached_property
    def _parts(self) -> dict[str, str]:
        """Return the archive part of each sheet, by the relations of the workbook."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {link.get("Id"): str(link.get("Target")) for link in links}
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            names = set(archive.namelist())
        parts = {}
        for sheet in book.iter(f"{MAIN}sheet"):
            target = targets.get(sheet.get(LINK), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in names:
                parts[str(sheet.get("name"))] = part
        return parts


def _results_of(part: bytes) -> dict[str, Any]:
    """Read the stored results of a sheet's formulas: number, text or None."""
    results: dict[str, Any] = {}
    for cell in ElementTree.fromstring(part).iter(f"{MAIN}c"):
        if cell.find(f"{MAIN}f") is not None:
            stored = cell.findtext(f"{MAIN}v")
            is_text = cell.get("t") in ("str", "e", "s", "inlineStr")
            try:
                results[str(cell.get("r"))] = stored if is_text or not stored else float(stored)
            except ValueError:
                results[str(cell.get("r"))] = stored
    return results


COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "note": "DDEBF7"}
RANKS = {"error": 0, "warning": 1, "note": 2}
#: Place of a cell in a message: ``2019!C6``.
PLACE = re.compile(r"(?P<sheet>[^!]+)!(?P<cell>[A-Z]{1,3}[1-9]\d{0,6})$")
#: References allowed in a drop-down or bound: numbers, a quoted list, a range of this workbook.
PLAIN_RULE = re.compile(r"\"[^\"]*\"|-?\d+(\.\d+)?|=?'?[\w ]+'?!\$[A-Z]{1,3}\$\d+:\$[A-Z]{1,3}\$\d+")
LIST_SHEET = "check"
#: Most faults in one comment.
IN_ONE_COMMENT = 5


def write_annotated(source: Path, faults: Iterable[errors.Fault], target: Path) -> Path:
    """Write the marked copy.

    Parameters
    ----------
    source : Path
        A workbook that `Book` accepts.
    faults : iterable of Fault
        Those with a cell are marked in it; all are listed on a sheet of their own.
    target : Path
        ``.xlsx`` in an existing folder; never the source itself.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    InputError
        The source is refused, or the target cannot be written.
    """
    faults = list(faults)
    with errors.writing(target):
        there = target.exists()
    wrong = None
    if target.suffix.lower() != ".xlsx" or not target.parent.is_dir():
        wrong = "a name ending in .xlsx in an existing folder", "annotate_name"
    elif there and (source.samefile(target) or not _is_ours(target)):
        wrong = "a new file, or an earlier marked copy", "annotate_exists"
    if wrong:
        raise errors.InputError([errors.Fault(target.name, "file", "", wrong[0], "choose another name", code=wrong[1])])
    workbook = Book(source).workbook
    _strip(workbook)
    by_cell: dict[tuple[str, str], list[errors.Fault]] = {}
    for fault in faults:
        found = PLACE.match(fault.place)
        if found and found["sheet"] in workbook.sheetnames:
            by_cell.setdefault((found["sheet"], found["cell"]), []).append(fault)
    for (name, ref), of_cell in by_cell.items():
        _mark(workbook[name], ref, sorted(of_cell, key=lambda fault: RANKS[fault.severity]))
    _list(workbook, faults)
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # content that the library cannot keep is dropped on purpose
        _InMemory(workbook, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED)).save()
    with errors.writing(target):
        return files.write_whole(target, content.getvalue())


class _InMemory(ExcelWriter):
    """Writer of workbooks without files in the temporary folder.

    The library writes each sheet there, and leaves a broken file with a later traceback where the folder is full.
    """

    def write_worksheet(self, ws: Worksheet) -> None:
        """Write one sheet; its related parts are written by the caller, as for the library's own."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        content = io.BytesIO()
        writer = WorksheetWriter(ws, content)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], content.getvalue())
        self.manifest.append(ws)


def _is_ours(path: Path) -> bool:
    """Tell whether a file is an earlier marked copy, which may be replaced."""
    try:
        workbook = Book(path).workbook
    except errors.InputError:
        return False
    return LIST_SHEET in workbook.sheetnames and workbook[LIST_SHEET]["A1"].value == "severity"


def _strip(workbook: Workbook) -> None:
    """Remove all content that computes, links or runs."""
    workbook.defined_names.clear()
    workbook.custom_doc_props.props = []
    if LIST_SHEET in workbook.sheetnames:
        workbook.remove(workbook[LIST_SHEET])
    for other in list(workbook.chartsheets):
        workbook.remove(other)
    for sheet in workbook.worksheets:
        sheet.defined_names.clear()
        sheet.conditional_formatting = type(sheet.conditional_formatting)()
        sheet._charts, sheet._images, sheet._pivots = [], [], []
        sheet.tables.clear()
        sheet.auto_filter.ref = None
        sheet.print_area = sheet._print_rows = sheet._print_cols = None
        rules = sheet.data_validations.dataValidation
        sheet.data_validations.dataValidation = [rule for rule in rules if _is_plain(rule.formula1, rule.formula2)]
        for row in sheet.iter_rows(max_row=min(sheet.max_row, 20_000), max_col=min(sheet.max_column, 200)):
            for cell in row:
                _tame(cell)


def _is_plain(*formulas: str | None) -> bool:
    return all(formula is None or PLAIN_RULE.fullmatch(str(formula)) for formula in formulas)


def _tame(cell: Cell | MergedCell) -> None:
    """Convert formulas, and texts that look like formulas, to quoted text."""
    if isinstance(cell, MergedCell):
        return
    cell.hyperlink = None
    is_formula = cell.data_type == "f"
    if is_formula:
        cell.value = str(getattr(cell.value, "text", cell.value))
    is_rich = isinstance(cell.value, CellRichText)
    if is_formula or is_rich or (isinstance(cell.value, str) and cell.value.startswith(files.FORMULA_SIGNS)):
        write_text(cell, str(cell.value))


def write_text(cell: Cell, text: str) -> None:
    """Write a text that a spreadsheet shows and never computes."""
    cell.value = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    cell.data_type = "s"
    if text.startswith(files.FORMULA_SIGNS):
        cell.quotePrefix = True


def _mark(sheet: Worksheet, ref: str, faults: list[errors.Fault]) -> None:
    cell = sheet[ref]
    if isinstance(cell, MergedCell):
        return
    cell.fill = PatternFill("solid", fgColor=COLOURS[faults[0].severity])
    told = [f"{fault.severity.upper()}: expected {fault.expected}; {fault.remedy}" for fault in faults]
    comment = Comment("\n".join(told[:IN_ONE_COMMENT]), "pathways check")
    comment.width, comment.height = 420, 60 + 40 * min(len(told), IN_ONE_COMMENT)
    cell.comment = comment


def _list(workbook: Workbook, faults: list[errors.Fault]) -> None:
    """List all faults on a sheet of their own."""
    sheet = workbook.create_sheet(LIST_SHEET)
    rows = [("severity", "place", "value", "expected", "remedy")]
    rows += [(fault.severity, fault.place, fault.value, fault.expected, fault.remedy) for fault in faults]
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            write_text(sheet.cell(row, column), text)
    for column, width in zip("ABCDE", (10, 22, 24, 50, 80), strict=True):
        sheet.column_dimensions[column].width = width
