"""Refusing files that are not plain .xlsx workbooks, before any of their content is interpreted.

A workbook is a zip archive of XML parts.  Nothing is ever unpacked to disk; the parts are looked at in memory
within fixed bounds, and whatever a table of numbers does not need is refused: entities, macros, links to other
files, embedded objects, encryption, names that point outside the archive, contents far larger than the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError

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
