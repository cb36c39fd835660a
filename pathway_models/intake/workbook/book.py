"""An opened workbook: values by cell, with what lies over them (merged, hidden, computed).

Refusing files that are not plain .xlsx workbooks, before any of their content is interpreted.

A workbook is a zip archive of XML parts.  Nothing is ever unpacked to disk; the parts are looked at in memory
within fixed bounds, and whatever a table of numbers does not need is refused: entities, macros, links to other
files, embedded objects, encryption, names that point outside the archive, contents far larger than the file.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pathway_models.core.errors import Fault, InputError
from pathway_models.intake.cells import Finding, has_control_sign, stored_result
from pathway_models.intake.numbers import Look

#: A filled template has about 0.1 MB in the file and 2 MB unpacked.
LARGEST_FILE = 20 * 2**20
LARGEST_UNPACKED = 64 * 2**20
MOST_PARTS = 1000
#: Cells and rows are counted in the raw sheets, because each costs far more memory than its bytes.
MOST_CELLS = 200_000
#: The reading library walks every cell of a merged or linked area, and one tag can name 17 billion.
LARGEST_AREA = 20_000
AREA = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\bref\s*=\s*[\"']\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)[\"']", re.I
)
CHUNK = 2**18
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
#: Parts that run code, reach outside, or hide data a reader of the table cannot see.
FORBIDDEN = {
    "macro": (
        re.compile(r"vbaproject|/macrosheets/|/dialogsheets/", re.I),
        "a workbook without macros",
        "save it as .xlsx",
    ),
    "external_link": (
        re.compile(r"/externallinks/|/connections\.xml|/querytables/", re.I),
        "a workbook that stands alone",
        "break the links to other files and data connections, keeping the values",
    ),
    "embedded": (
        re.compile(r"/activex/|/embeddings/|/ctrlprops/|\.(exe|dll|js|vbs|bat|ps1|lnk)$", re.I),
        "a workbook of cells only",
        "delete embedded objects and controls",
    ),
}


class _FileError(Exception):
    """Carries what makes a file unusable up to where its name is known."""

    def __init__(self, place: str, value: str, expected: str, remedy: str, code: str) -> None:
        super().__init__(code)
        self.parts = (place, value, expected, remedy, code)


def safe_bytes(path: Path) -> bytes:
    """Content of a workbook that is safe to interpret.

    Raises
    ------
    InputError
        The file is missing, too large, not an .xlsx workbook, damaged, encrypted, or has contents that a table
        of numbers does not need.
    """
    try:
        content = _content(path)
        _refuse_other_formats(content)
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                _check_archive(archive)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
        ) as error:
            remedy = f"the file is damaged or was not copied completely; save or send it again ({error})"
            raise _FileError("file", "", "a complete .xlsx file", remedy, "zip_damaged") from None
    except _FileError as refusal:
        place, value, expected, remedy, code = refusal.parts
        raise InputError([Fault(path.name, place, value, expected, remedy, code=code)]) from None
    return content


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            remedy = "keep only the sheets of the layout; delete pictures, attachments and empty formatted rows"
            raise _FileError("file", f"{size / 2**20:.0f} MB", f"at most {LARGEST_FILE >> 20} MB", remedy, "file_large")
        return path.read_bytes()
    except OSError as error:
        remedy = f"check the name: {error.strerror}"
        raise _FileError("file", "", "a workbook to read", remedy, "no_file") from None


def _refuse_other_formats(content: bytes) -> None:
    """Say what a file is that calls itself .xlsx and is not."""
    expected = "an .xlsx workbook"
    if not content:
        raise _FileError("file", "", expected, "the file is empty; save or send it again", "empty_file")
    if content.startswith(OLE_MAGIC):
        # Both encrypted .xlsx and old .xls are OLE containers; their directory names the streams in UTF-16.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _FileError(
                "file", "", "a workbook without password", "remove the password and save again", "encrypted"
            )
        remedy = "it is an old .xls file under another name; open it and save it as .xlsx"
        raise _FileError("file", "", expected, remedy, "old_xls")
    if not content.startswith(b"PK"):
        remedy = "it is no workbook (perhaps CSV or HTML under another name); open it and save it as .xlsx"
        head = "".join(sign for sign in content[:20].decode("ascii", "ignore") if sign.isprintable())
        raise _FileError("file", head, expected, remedy, "not_workbook")


def _check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        remedy = "it has doubled or far too many parts; save it again in a spreadsheet program"
        raise _FileError("file", f"{len(parts)} parts", "an ordinary .xlsx archive", remedy, "zip_parts")
    for name in names:
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name or "\x00" in name:
            remedy = "a part points outside the archive; do not trust this file"
            raise _FileError("file", name[:80], "parts inside the archive", remedy, "zip_path")
    if any(part.flag_bits & 1 for part in parts):
        raise _FileError("file", "", "a workbook without password", "remove the password and save again", "encrypted")
    _refuse_unneeded(names)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _bomb()
    _check_parts(archive, parts)


def _refuse_unneeded(names: list[str]) -> None:
    for code, (pattern, expected, remedy) in FORBIDDEN.items():
        found = next((name for name in names if pattern.search("/" + name)), None)
        if found:
            raise _FileError("file", found[:80], expected, remedy, code)
    if "[Content_Types].xml" not in names:
        remedy = "it is another kind of zip file; open it in a spreadsheet program and save it as .xlsx"
        raise _FileError("file", "", "an .xlsx workbook", remedy, "not_workbook")


def _check_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    left, cells = LARGEST_UNPACKED, 0
    for part in parts:
        is_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
        chunks = []
        with archive.open(part) as stream:
            # The sizes in the directory may lie: what counts is what comes out.
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _bomb()
                chunks.append(chunk)
        content = b"".join(chunks)
        if part.filename.endswith((".xml", ".rels", ".vml")):
            _refuse_entities(part.filename, content)
        if is_sheet:
            cells += content.count(b"<c ") + content.count(b"<c>") + content.count(b"<row")
            _refuse_areas(part.filename, content)
        if part.filename == "[Content_Types].xml" and MAIN_TYPE not in content:
            _refuse_main_type(content)
    if cells > MOST_CELLS:
        remedy = "delete empty formatted rows below and right of the tables, or copy the tables to a fresh template"
        raise _FileError("file", f"{cells} cells and rows", f"at most {MOST_CELLS}", remedy, "cells_many")


def _refuse_areas(name: str, content: bytes) -> None:
    """Refuse merged or linked areas that would be walked cell by cell for hours."""
    total = 0
    for found in AREA.finditer(content):
        left, top, right, bottom = found.groups()
        total += max(0, _column(right) - _column(left) + 1) * max(0, int(bottom[:9]) - int(top[:9]) + 1)
    if total > LARGEST_AREA:
        remedy = "take merged cells and links over whole rows and columns apart"
        raise _FileError(
            name, f"{total} cells", f"merged or linked areas of at most {LARGEST_AREA} cells", remedy, "area_large"
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + letter - 64
    return number


def _refuse_entities(name: str, content: bytes) -> None:
    """Refuse document types (entity expansion), and encodings that could hide them."""
    head = content[:200]
    declared = re.search(rb"encoding\s*=\s*[\"']([^\"']*)[\"']", head)
    is_utf8 = declared is None or declared.group(1).lower() in (b"utf-8", b"us-ascii", b"ascii")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or not is_utf8 or b"\x00" in head:
        remedy = (
            "it defines entities or hides its encoding, which no spreadsheet program writes; do not trust this file"
        )
        raise _FileError("file", name[:80], "plain XML", remedy, "xml_entities")


def _refuse_main_type(content: bytes) -> None:
    if b"macroEnabled" in content:
        raise _FileError("file", "", "a workbook without macros", "save it as .xlsx", "macro")
    remedy = "it is another kind of document; open it in a spreadsheet program and save it as .xlsx"
    raise _FileError("file", "", "an .xlsx workbook", remedy, "not_workbook")


def _bomb() -> _FileError:
    remedy = "it unpacks to far more than a table of this kind holds (empty rows, or a zip bomb); copy the tables anew"
    return _FileError("file", "", f"at most {LARGEST_UNPACKED >> 20} MB when unpacked", remedy, "unpacked_large")


#: Beyond these a sheet is no table of ours: a single stray cell in row 1,048,576 would make us walk them all.
LAST_ROW, LAST_COLUMN = 20_000, 200
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RAISED = ("superscript", "subscript")
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
        # The store of the library holds what the file has and no more; its public iterators fill whole rectangles.
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
        """Tell whether cells stand far beyond any table."""
        return self.last_row > LAST_ROW or self.last_column > LAST_COLUMN

    def place(self, ref: str) -> str:
        """Where a cell stands, as messages say it."""
        return f"{self.name}!{ref}"

    def look(self, ref: str) -> Look | None:
        """How a cell looks, where that can change what its number is taken for; None where it looks like any other."""
        cell = self._found[ref]
        number_format, is_struck, is_raised = self.book.style(cell)
        is_hidden = cell.row in self._hidden_rows or (
            bool(self._hidden_columns) and cell.column_letter in self._hidden_columns
        )
        if isinstance(cell.value, CellRichText):
            fonts = [getattr(run, "font", None) for run in cell.value if str(run).strip()]
            struck = [bool(font and font.strike) for font in fonts]
            raised = [bool(font and font.vertAlign in RAISED) for font in fonts]
            has_struck, has_raised = (any(parts) and not all(parts) for parts in (struck, raised))
            is_struck, is_raised = is_struck or all(struck), is_raised or all(raised)
            return Look(number_format, is_struck, is_raised, has_struck, has_raised, is_hidden)
        if number_format == "General" and not (is_struck or is_raised or is_hidden):
            return None
        return Look(number_format, is_struck, is_raised, is_hidden=is_hidden)

    def raw(self, ref: str) -> Any:
        """What stands in a cell, a formula as its text; None where nothing stands."""
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
        """Value of a cell; of a formula, its stored result where that can be relied on."""
        if not self.is_formula(ref):
            return self.raw(ref), []
        return stored_result(str(self.raw(ref)), self.book.stored_results(self.name).get(ref))

    def rows(self, first: int) -> range:
        """Row numbers from the first row of a table to the last with any content."""
        return range(first, min(self.last_row, LAST_ROW) + 1)

    def columns(self, first: str) -> list[str]:
        """Column letters from the first column of a table to the last with any content."""
        last = min(self.last_column, LAST_COLUMN)
        return [get_column_letter(at) for at in range(column_index_from_string(first), last + 1)]


def _hidden_columns(cells: Worksheet) -> set[str]:
    """Letters of the columns that are hidden or of no width; a file names runs of columns by their first."""
    hidden: set[str] = set()
    for line in cells.column_dimensions.values():
        if line.hidden or line.width == 0:
            last = min(line.max or 1, LAST_COLUMN)
            hidden |= {get_column_letter(at) for at in range(line.min or 1, last + 1)}
    return hidden


class Book:
    """A workbook opened for reading.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        The file is refused (`workbook_safety`) or cannot be interpreted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.content = safe_bytes(path)
        self.faults: list[Fault] = []
        self._styles: dict[tuple[int, int], tuple[str, bool, bool]] = {}
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                self.workbook = openpyxl.load_workbook(io.BytesIO(self.content), keep_links=False, rich_text=True)
        except Exception as error:  # a reader of foreign files fails in as many ways as files are broken
            remedy = f"open it in a spreadsheet program and save it again ({type(error).__name__}: {str(error)[:120]})"
            fault = Fault(path.name, "file", "", "a readable workbook", remedy, code="unreadable")
            raise InputError([fault]) from None
        for text in dict.fromkeys(str(warning.message) for warning in caught):
            remedy = f"the library that reads it says: {text[:160]}"
            self.faults.append(Fault(path.name, "file", "", "an ordinary workbook", remedy, "note", "library_notice"))
        for at, sheet in enumerate(self.workbook.worksheets, start=1):
            if has_control_sign(sheet.title):
                expected, remedy = "printable signs in one line", "rename the sheet: its name is shown with every cell"
                self.faults.append(Fault(path.name, f"sheet {at}", "", expected, remedy, code="control_sign"))
        self.sheets = {sheet.title: Sheet(self, sheet) for sheet in self.workbook.worksheets}

    def style(self, cell: Cell) -> tuple[str, bool, bool]:
        """Number format of a cell, and whether it is struck through, and raised or lowered."""
        key = (cell._style.fontId, cell._style.numFmtId) if cell.has_style else (0, 0)
        if key not in self._styles:
            try:  # asked of the cell itself, the library builds its font anew each time
                font, number_format = cell.font, cell.number_format
                self._styles[key] = number_format, bool(font.strike), font.vertAlign in RAISED
            except IndexError:  # a style that the file does not have: spreadsheets show such a cell plainly
                self._styles[key] = "General", False, False
        return self._styles[key]

    def stored_results(self, sheet: str) -> dict[str, Any]:
        """Stored results of the formulas of a sheet, by cell; None where a formula has none."""
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
        """The archive part of each sheet, through the relations of the workbook."""
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
    """Stored results of a sheet's formulas: number, text or None."""
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
