"""Files that are no plain .xlsx workbooks despite their names, by file name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from _workbooks import Filled, repacked

Parts = dict[str, bytes]
OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def _sound() -> bytes:
    with TemporaryDirectory() as folder:
        return Filled().write(Path(folder) / "sound.xlsx").read_bytes()


def _changed(change: Callable[[Parts], Mapping[str, bytes]]) -> Callable[[], bytes]:
    return lambda: repacked(_sound(), change)


def _with(name: str, content: bytes) -> Callable[[], bytes]:
    return _changed(lambda parts: {**parts, name: content})


def _replaced(name: str, old: bytes, new: bytes) -> Callable[[], bytes]:
    return _changed(lambda parts: {**parts, name: parts[name].replace(old, new, 1)})


def _entities(parts: Parts) -> Parts:
    """A shared string that would expand to 10^9 characters."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head, body = parts["xl/sharedStrings.xml"].split(b"\n", 1)
    doctype = f'<!DOCTYPE sst [<!ENTITY l0 "ha">{levels}]>'.encode()
    return {**parts, "xl/sharedStrings.xml": head + b"\n" + doctype + body.replace(b"<t>", b"<t>&l9;", 1)}


def _outside_file(parts: Parts) -> Parts:
    """A part that would read a local file."""
    head, body = parts["xl/workbook.xml"].split(b"\n", 1)
    return {
        **parts,
        "xl/workbook.xml": head + b'\n<!DOCTYPE workbook [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + body,
    }


def _utf16(parts: Parts) -> Parts:
    text = parts["xl/sharedStrings.xml"].decode().replace("UTF-8", "UTF-16")
    return {**parts, "xl/sharedStrings.xml": text.encode("utf-16")}


def _twice() -> bytes:
    """The same part twice: readers differ in which they use."""
    stream = io.BytesIO(_sound())
    with zipfile.ZipFile(stream, "a") as archive:
        info = zipfile.ZipInfo("xl/worksheets/sheet2.xm_", (1980, 1, 1, 0, 0, 0))
        archive.writestr(info, b"<worksheet/>")
    return stream.getvalue().replace(b"sheet2.xm_", b"sheet2.xml")


def _other_zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml", (1980, 1, 1, 0, 0, 0)), b"<document/>")
    return stream.getvalue()


def _extension(parts: Parts) -> Parts:
    """A drop-down as newer programs write it, which the reading library cannot keep."""
    name = "xl/worksheets/sheet2.xml"
    extension = (
        b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        b'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="0"/></ext></extLst></worksheet>'
    )
    return {**parts, name: parts[name].replace(b"</worksheet>", extension)}


MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ARCHIVES: dict[str, Callable[[], bytes]] = {
    "nothing_in_it": lambda: b"",
    "old_xls": lambda: OLE_HEAD + "Workbook".encode("utf-16-le"),
    "with_password": lambda: OLE_HEAD + "EncryptedPackage".encode("utf-16-le"),
    "csv_renamed": lambda: "年份,行业\n2019,全园区\n".encode("gb18030"),
    "html_renamed": lambda: b"<html><table><tr><td>2019</td></tr></table></html>",
    "cut_off": lambda: _sound()[:-2000],
    "other_zip": _other_zip,
    "document_renamed": _replaced("[Content_Types].xml", MAIN, DOCUMENT),
    "macro_part": _with("xl/vbaProject.bin", b"macro"),
    "macro_type": _replaced("[Content_Types].xml", MAIN, MACRO),
    "external_link": _with("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    "data_connection": _with("xl/connections.xml", b"<connections/>"),
    "embedded_object": _with("xl/embeddings/oleObject1.bin", b"object"),
    "part_outside": _with("../../outside.txt", b"x"),
    "part_twice": _twice,
    "entity_expansion": _changed(_entities),
    "entity_of_a_file": _changed(_outside_file),
    "hidden_encoding": _changed(_utf16),
    "broken_xml": _replaced("xl/workbook.xml", b"<sheets>", b"<sheets"),
    "sheet_part_lost": _changed(lambda parts: {n: p for n, p in parts.items() if n != "xl/worksheets/sheet2.xml"}),
    "newer_drop_down": _changed(_extension),
    "merged_everything": _replaced(
        "xl/worksheets/sheet2.xml",
        b"</sheetData>",
        b'</sheetData><mergeCells><mergeCell ref="J1:XFD1048576"/></mergeCells>',
    ),
    "linked_everything": _replaced(
        "xl/worksheets/sheet2.xml",
        b"</sheetData>",
        b"</sheetData><hyperlinks><hyperlink ref='J1:XFD1048576'/></hyperlinks>",
    ),
    "another_workbook": _replaced("xl/sharedStrings.xml", b"pathways-template-1", b"pathways-template-9"),
}
