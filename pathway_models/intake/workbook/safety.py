"""Refuse files that are not plain .xlsx workbooks, before any of their content is interpreted.

A workbook is a zip archive of XML parts.  Nothing is unpacked to disk; the parts are examined in memory within fixed
bounds, and content that a table of numbers does not need is refused: entities, macros, links to other files, embedded
objects, encryption, names that point outside the archive, contents far larger than the file.

An event parser goes through every part that can be read as XML, whatever its name, and sums the time that its elements
would cost the reading library; more than a few seconds are refused.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from xml.parsers import expat

from pathway_models.core import Fault, InputError

#: A filled template has about 0.1 MB in the file and 2 MB unpacked.
LARGEST_FILE = 20 * 2**20
LARGEST_UNPACKED = 64 * 2**20
MOST_PARTS = 1000
#: Most cells and rows, because each costs far more memory than its bytes.
MOST_CELLS = 200_000
#: Most cells of merged and linked areas: the reading library goes through all, and one tag can name 17 billion.
LARGEST_AREA = 20_000
#: Most merged areas of a sheet: the library compares each with all others.
MOST_MERGED = 2_000
AREA = re.compile(r"\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)", re.I | re.ASCII)
#: Microseconds that the library takes for an element; measured, rounded up.  Others get a high default.
PRICES = {
    "c": 20, "row": 15, "v": 1, "f": 20, "is": 25, "t": 5, "si": 20, "r": 15, "rPr": 15, "formula1": 20, "formula2": 20,
    "xf": 60, "font": 100, "mergeCell": 100, "dataValidation": 130, "cfRule": 80, "conditionalFormatting": 80,
    "sheet": 5_000,
}  # fmt: skip
USUAL_PRICE = 60
#: Microseconds per character of a long list of areas, and of a formula in each cell that shares it.
PRICE_OF_AREAS, PRICE_OF_SHARED = 4, 2
#: Upper bound, in microseconds, for an element of a part that was not parsed.
DEAREST = 130
#: Marks of a part that has to be parsed: areas, names, formulas, sheets, links to other parts, and raw texts in which
#: characters of XML have no meaning.  Searched one by one: a joint regular expression takes ten times as long.
SPECIAL = (
    b"mergeCell", b"hyperlink", b"definedName", b"Relationship", b"<sheets", b":sheets", b"<!", b"DOCTYPE",
    *(begin + end for begin in (b"<f", b":f") for end in (b" ", b"\t", b"\n", b"\r", b"/", b">")),
)  # fmt: skip
#: A long attribute, whose length has to be checked.
LONG_ATTRIBUTE = re.compile(rb"""=\s*(?:"[^"<]{200}|'[^'<]{200})""")
#: Longest expected time of reading, seconds.
MOST_SECONDS = 5
#: Most characters of one attribute, and of a formula or name: no program writes longer ones.
LONGEST_ATTRIBUTE, LONGEST_FORMULA = 32_767, 4 * 8_192
CHUNK = 2**18
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
#: Name of the elements of a variant that few programs read.
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
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
    """Fault of a file, raised to where its name is known."""

    def __init__(self, place: str, value: str, expected: str, remedy: str, code: str) -> None:
        super().__init__(code)
        self.parts = (place, value, expected, remedy, code)


def safe_bytes(path: Path) -> bytes:
    """Return the content of a workbook that is safe to interpret.

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
    """Refuse a file with the ending .xlsx and another format, and name that format."""
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
    left, found = LARGEST_UNPACKED, {}
    for part in parts:
        chunks = []
        with archive.open(part) as stream:
            # Sizes in the directory may be false: the unpacked size is checked.
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _bomb()
                chunks.append(chunk)
        content = b"".join(chunks)
        if STRICT in content:
            remedy = "it is Strict Open XML: save it again as Excel Workbook (.xlsx)"
            raise _FileError("file", "", "an ordinary .xlsx workbook", remedy, "strict_xml")
        if _may_be_xml(content):
            _refuse_entities(part.filename, content)
            found[part.filename] = _Part(part.filename, chunks)
        if part.filename == "[Content_Types].xml" and MAIN_TYPE not in content:
            _refuse_main_type(content)
    _refuse_costly(found)


def _may_be_xml(content: bytes) -> bool:
    """Tell whether a reader of XML would take a part for it, whatever its name and encoding."""
    return content[:64].lstrip(b" \t\r\n\x00").startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))


class _Part:
    """Counts of the elements of a part of the archive, made by an event parser.

    Parameters
    ----------
    name : str
    chunks : list of bytes

    Raises
    ------
    _FileError
        It holds areas, attributes or formulas that no spreadsheet program writes.
    """

    #: Tags that come in thousands and have no attribute to be looked at.
    PLAIN = frozenset(("c", "row", "v", "t", "si", "r", "is", "rPr", "sz", "color", "rFont", "family", "charset"))

    def __init__(self, name: str, chunks: list[bytes]) -> None:
        self.name, self.size = name, sum(map(len, chunks))
        self.tags: Counter[str] = Counter()
        self.links: dict[str, str] = {}
        self.sheets: Counter[str] = Counter()
        self.extra, self._area, self._shared, self._longest = 0, 0, 0, 0
        self._formula: tuple[str, int] | None = None
        self._chunks, self.is_counted = chunks, False
        content = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        # Upper bound of the number of tags, which is enough for an ordinary part.
        self.most = content.count(b"<") - content.count(b"</")
        # A tag or text of such a length would be read from its beginning with every piece of it.
        if any(len(chunk) == CHUNK and b"<" not in chunk for chunk in chunks):
            raise self._unusual(f"{CHUNK} signs", "texts of at most 32767 signs")
        is_special = any(piece in content for piece in SPECIAL) or content.count(b"<?") > content.count(b"<?xml ")
        if is_special or (self.size > LONGEST_ATTRIBUTE and LONG_ATTRIBUTE.search(content)):
            self.count()

    def count(self) -> None:
        """Parse the part, once."""
        if self.is_counted:
            return
        self.is_counted = True
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype
        # Remarks, instructions and raw texts end a piece of text as a tag does, and cost as much.
        self._parser.CommentHandler = self._parser.StartCdataSectionHandler = self._aside
        self._parser.ProcessingInstructionHandler = self._aside
        try:
            for chunk in self._chunks:
                self._parser.Parse(chunk, False)
                self._refuse_many()
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            pass  # the library reports the error, if it needs the part
        self._end_formula(self.size)
        self._refuse_many()

    @property
    def cells(self) -> int:
        """Number of cells and rows."""
        if not self.is_counted:
            return self.most
        return sum(count for tag, count in self.tags.items() if _local(tag) in ("c", "row"))

    @property
    def microseconds(self) -> int:
        """Time that the reading library takes for it."""
        if not self.is_counted:
            return self.most * DEAREST
        of_tags = sum(PRICES.get(_local(tag), USUAL_PRICE) * count for tag, count in self.tags.items())
        return of_tags + self.extra + self._shared * self._longest * PRICE_OF_SHARED

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.tags[tag] += 1
        if self._formula is not None:
            self._end_formula(self._parser.CurrentByteIndex)
        if tag in self.PLAIN:
            return
        tag = _local(tag)
        for value in attributes.values():
            if len(value) > 200:
                self.extra += PRICE_OF_AREAS * len(value)
                if len(value) > LONGEST_ATTRIBUTE:
                    raise self._unusual(f"{len(value)} signs", f"attributes of at most {LONGEST_ATTRIBUTE} signs")
        if tag in ("mergeCell", "hyperlink"):
            self._add_area(attributes.get("ref", ""))
        elif tag in ("f", "definedName"):
            self._formula = (attributes.get("t", "") if tag == "f" else "", self._parser.CurrentByteIndex)
        elif tag == "Relationship" and attributes.get("TargetMode") != "External":
            self.links[attributes.get("Id", "")] = attributes.get("Target", "")
        elif tag == "sheet":
            self.sheets.update(value for name, value in attributes.items() if _local(name) == "id")

    def _add_area(self, ref: str) -> None:
        """Count the cells of a merged or linked area."""
        found = AREA.fullmatch(ref.strip())
        if found:
            left, top, right, bottom = found.groups()
            columns, rows = _column(right) - _column(left) + 1, int(bottom[:9]) - int(top[:9]) + 1
            self._area += max(0, columns) * max(0, rows)

    def _end_formula(self, at: int) -> None:
        """Check the length of a formula or name that ended before a position."""
        if self._formula is None:
            return
        kind, begin = self._formula
        self._formula = None
        if at - begin > LONGEST_FORMULA:
            raise self._unusual(f"{at - begin} signs", f"formulas and names of at most {LONGEST_FORMULA} signs")
        if kind == "shared":
            self._shared, self._longest = self._shared + 1, max(self._longest, at - begin)

    def _refuse_many(self) -> None:
        """Refuse the part where the counts so far are already too large."""
        if self._area > LARGEST_AREA:
            remedy = "take merged cells and links over whole rows and columns apart"
            expected = f"merged or linked areas of at most {LARGEST_AREA} cells"
            raise _FileError(self.name, f"{self._area} cells", expected, remedy, "area_large")
        merged = sum(count for tag, count in self.tags.items() if _local(tag) == "mergeCell")
        if merged > MOST_MERGED:
            remedy = "take merged cells apart"
            raise _FileError(self.name, f"{merged}", f"at most {MOST_MERGED} merged areas", remedy, "area_large")
        _refuse_sum(self.cells, self.microseconds)

    def _aside(self, *_: object) -> None:
        self.tags["!"] += 1

    def _doctype(self, *_: object) -> None:
        raise _entities(self.name)

    def _unusual(self, found: str, expected: str) -> _FileError:
        remedy = "no spreadsheet program writes that; copy the tables to a fresh template"
        return _FileError(self.name[:80], found, expected, remedy, "part_unusual")


def _local(tag: str) -> str:
    """Return the name of an element or attribute without its prefix."""
    return tag.rpartition(":")[2]


def _refuse_costly(parts: dict[str, _Part]) -> None:
    """Refuse parts that would take minutes to read, each as often as it is linked."""
    uses: defaultdict[str, int] = defaultdict(int)
    for name, part in parts.items():
        folder, _, file = name.rpartition("/")
        owner = posixpath.join(folder.removesuffix("_rels"), file.removesuffix(".rels"))
        listed = parts[owner].sheets if owner in parts else Counter()
        for key, target in part.links.items():
            path = target if target.startswith("/") else f"/{folder.removesuffix('_rels')}/{target}"
            uses[posixpath.normpath(path).lstrip("/")] += max(1, listed[key])
    times = {name: max(1, uses[name]) for name in parts}
    if sum(part.size * times[name] for name, part in parts.items()) > LARGEST_UNPACKED:
        raise _bomb()

    def sums() -> tuple[int, int]:
        cells = sum(part.cells * times[name] for name, part in parts.items())
        return cells, sum(part.microseconds * times[name] for name, part in parts.items())

    cells, microseconds = sums()
    if cells > MOST_CELLS or microseconds > MOST_SECONDS * 1e6:
        for part in parts.values():
            part.count()
        _refuse_sum(*sums())


def _refuse_sum(cells: int, microseconds: int) -> None:
    if cells > MOST_CELLS:
        remedy = "delete empty formatted rows below and right of the tables, or copy the tables to a fresh template"
        raise _FileError("file", f"{cells} cells and rows", f"at most {MOST_CELLS}", remedy, "cells_many")
    if microseconds > MOST_SECONDS * 1e6:
        remedy = "copy the tables to a fresh template, without the formats, links and remarks of the old one"
        expected = f"contents that are read in {MOST_SECONDS} seconds"
        raise _FileError("file", f"about {microseconds / 1e6:.0f} seconds", expected, remedy, "costly")


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper()[:9]:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_entities(name: str, content: bytes) -> None:
    """Refuse document types (entity expansion), and encodings that could hide them."""
    head = content[:200]
    declared = re.search(rb"encoding\s*=\s*[\"']([^\"']*)[\"']", head)
    is_utf8 = declared is None or declared.group(1).lower() in (b"utf-8", b"us-ascii", b"ascii")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or not is_utf8 or b"\x00" in head:
        raise _entities(name)


def _entities(name: str) -> _FileError:
    remedy = "it defines entities or hides its encoding, which no spreadsheet program writes; do not trust this file"
    return _FileError("file", name[:80], "plain XML", remedy, "xml_entities")


def _refuse_main_type(content: bytes) -> None:
    if b"macroEnabled" in content:
        raise _FileError("file", "", "a workbook without macros", "save it as .xlsx", "macro")
    remedy = "it is another kind of document; open it in a spreadsheet program and save it as .xlsx"
    raise _FileError("file", "", "an .xlsx workbook", remedy, "not_workbook")


def _bomb() -> _FileError:
    remedy = "it unpacks to far more than a table of this kind holds (empty rows, or a zip bomb); copy the tables anew"
    return _FileError("file", "", f"at most {LARGEST_UNPACKED >> 20} MB when unpacked", remedy, "unpacked_large")
