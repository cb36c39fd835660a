"""A copy of a workbook with every fault marked in its cell, and nothing in it that computes or reaches outside.

Input is never trusted to be harmless: formulas become plain text, links, rules that compute, names, pictures and
everything else that is not a value, a format or a plain drop-down is left behind.
"""

import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from pathway_models.core.errors import Fault, InputError, writing
from pathway_models.core.sheet_text import FORMULA_SIGNS
from pathway_models.intake.workbook.book import Book

COLOURS = {"error": "FFC7CE", "warning": "FFEB9C", "note": "DDEBF7"}
RANKS = {"error": 0, "warning": 1, "note": 2}
#: Place of a cell in a message: ``2019!C6``.
PLACE = re.compile(r"(?P<sheet>[^!]+)!(?P<cell>[A-Z]{1,3}[1-9]\d{0,6})$")
#: What a drop-down or bound may refer to: numbers, a quoted list, a range of this workbook.
PLAIN_RULE = re.compile(r"\"[^\"]*\"|-?\d+(\.\d+)?|=?'?[\w ]+'?!\$[A-Z]{1,3}\$\d+:\$[A-Z]{1,3}\$\d+")
LIST_SHEET = "check"
#: At most this many faults are written into one comment.
IN_ONE_COMMENT = 5


def write_annotated(source: Path, faults: Iterable[Fault], target: Path) -> Path:
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
    with writing(target):
        there = target.exists()
    wrong = None
    if target.suffix.lower() != ".xlsx" or not target.parent.is_dir():
        wrong = "a name ending in .xlsx in an existing folder", "annotate_name"
    elif there and (source.samefile(target) or not _is_ours(target)):
        wrong = "a new file, or an earlier marked copy", "annotate_exists"
    if wrong:
        raise InputError([Fault(target.name, "file", "", wrong[0], "choose another name", code=wrong[1])])
    workbook = Book(source).workbook
    _strip(workbook)
    by_cell: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        found = PLACE.match(fault.place)
        if found and found["sheet"] in workbook.sheetnames:
            by_cell.setdefault((found["sheet"], found["cell"]), []).append(fault)
    for (name, ref), of_cell in by_cell.items():
        _mark(workbook[name], ref, sorted(of_cell, key=lambda fault: RANKS[fault.severity]))
    _list(workbook, faults)
    with writing(target), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library cannot keep was left behind on purpose
        workbook.save(target)
    return target


def _is_ours(path: Path) -> bool:
    """Tell whether a file is an earlier marked copy, which may be replaced."""
    try:
        workbook = Book(path).workbook
    except InputError:
        return False
    return LIST_SHEET in workbook.sheetnames and workbook[LIST_SHEET]["A1"].value == "severity"


def _strip(workbook: Workbook) -> None:
    """Leave behind all that computes, links or runs."""
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
    """Make sure a cell is a value: formulas and texts that look like formulas become quoted text."""
    if isinstance(cell, MergedCell):
        return
    cell.hyperlink = None
    is_formula = cell.data_type == "f"
    if is_formula:
        cell.value = str(getattr(cell.value, "text", cell.value))
    is_rich = isinstance(cell.value, CellRichText)
    if is_formula or is_rich or (isinstance(cell.value, str) and cell.value.startswith(FORMULA_SIGNS)):
        write_text(cell, str(cell.value))


def write_text(cell: Cell, text: str) -> None:
    """Write a text that a spreadsheet shows and never computes."""
    cell.value = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
    cell.data_type = "s"
    if text.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True


def _mark(sheet: Worksheet, ref: str, faults: list[Fault]) -> None:
    cell = sheet[ref]
    if isinstance(cell, MergedCell):
        return
    cell.fill = PatternFill("solid", fgColor=COLOURS[faults[0].severity])
    told = [f"{fault.severity.upper()}: expected {fault.expected}; {fault.remedy}" for fault in faults]
    comment = Comment("\n".join(told[:IN_ONE_COMMENT]), "pathways check")
    comment.width, comment.height = 420, 60 + 40 * min(len(told), IN_ONE_COMMENT)
    cell.comment = comment


def _list(workbook: Workbook, faults: list[Fault]) -> None:
    """All faults on a sheet of their own."""
    sheet = workbook.create_sheet(LIST_SHEET)
    rows = [("severity", "place", "value", "expected", "remedy")]
    rows += [(fault.severity, fault.place, fault.value, fault.expected, fault.remedy) for fault in faults]
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            write_text(sheet.cell(row, column), text)
    for column, width in zip("ABCDE", (10, 22, 24, 50, 80), strict=True):
        sheet.column_dimensions[column].width = width
