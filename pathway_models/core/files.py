"""Read text files of unknown encoding, find the shipped data and notebooks, write tables that spreadsheets do not run.

Text may be UTF-8 with or without BOM or GB18030, and gzipped when the name says so.

A name, a file name or a cell of an input may be ``=HYPERLINK(...)``, which a spreadsheet would compute when it opens a
CSV.  Whatever writes a table passes its cells through `sheet_text`.
"""

import contextlib
import csv
import gzip
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from unicodedata import category

from pathway_models.core.errors import Fault, InputError

#: Key by which a changed file is recognised: time of the last change, size in bytes.
Stamp = tuple[int, int]


def stamped(path: Path) -> tuple[Path, Stamp]:
    """Return a file with its stamp, the key under which its content is cached until it changes."""
    try:
        found = path.stat()
    except OSError:  # reported when the file is read
        return path, (0, 0)
    return path, (found.st_mtime_ns, found.st_size)


#: Beyond these a table takes gigabytes and minutes; the largest shipped one has 10,000 lines.
LARGEST_TEXT, MOST_LINES, LONGEST_LINE = 20 * 2**20, 200_000, 2**17


def _has_short_lines(content: bytes) -> bool:
    """Tell whether no line is far longer than `LONGEST_LINE`."""
    pieces = range(0, len(content) - LONGEST_LINE + 1, LONGEST_LINE)
    return all(any(content.find(end, at, at + LONGEST_LINE) >= 0 for end in (b"\n", b"\r")) for at in pieces)


def read_text(path: Path) -> str:
    """Read a text file.

    Raises
    ------
    InputError
        The file is missing, is too large, is not text, is neither UTF-8 nor GB18030, or can be read as GB18030 and was
        most likely written in Big5 or Latin-1.
    """
    content = _read_bytes(path)
    if len(content) > LARGEST_TEXT:
        remedy = "keep the rows and columns that are asked for, or split it"
        raise _refusal(path, "file", f"at most {LARGEST_TEXT >> 20} MB of text", remedy, "text_large")
    if max(content.count(b"\n"), content.count(b"\r")) > MOST_LINES:
        remedy = "delete empty rows below the table, or split it"
        raise _refusal(path, "file", f"at most {MOST_LINES} lines", remedy, "text_large")
    if not _has_short_lines(content):
        remedy = "it is no table, or its line ends were lost; save it as CSV UTF-8"
        raise _refusal(path, "file", f"lines of at most {LONGEST_LINE} bytes", remedy, "text_large")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(path, "file", "UTF-8 text", "it is UTF-16 (Unicode text); save it as CSV UTF-8", "utf16")
    if b"\x00" in content:
        raise _refusal(path, f"byte {content.index(0)}", "text", "save the table as CSV UTF-8", "not_text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            place = f"byte {error.start}"
            continue
        if encoding == "gb18030":
            _refuse_torn_utf8(path, content)
            _refuse_another_encoding(path, content)
        return text
    raise _refusal(path, place, "UTF-8 or GB18030 text", "save the table as CSV UTF-8", "encoding")


#: A character of GB18030 beyond ASCII: two bytes, or four.
WIDE_SIGN = re.compile(rb"[\x81-\xfe](?:[0-9][\x81-\xfe][0-9]|[\x40-\x7e\x80-\xfe])")
#: Most characters that are examined to recognise an encoding.
MOST_SIGNS = 20_000
#: Least shares of the examined characters: accented letters in Latin-1; rare ones of GB18030, and common ones of Big5,
#: in Big5.  Set so that no Chinese name of the shipped data and no text of GB 2312 is doubted
#: (tests/core/test_text_encodings.py).
LATIN_SHARE, BIG5_SHARE, BIG5_COMMON = 0.6, 0.2, 0.9


#: A Chinese character of UTF-8; any run of bytes beyond ASCII.
UTF8_CHINESE, BEYOND_ASCII = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}"), re.compile(rb"[\x80-\xff]+")
#: Least share of such characters, of the bytes beyond ASCII, in a damaged UTF-8 text; set likewise.
UTF8_SHARE = 0.8


def _refuse_torn_utf8(path: Path, content: bytes) -> None:
    """Refuse a UTF-8 text with a few invalid bytes, which read as GB18030 would change all its names.

    Raises
    ------
    InputError
    """
    beyond = sum(len(run[0]) for run in islice(BEYOND_ASCII.finditer(content), MOST_SIGNS))
    chinese = 3 * sum(1 for _ in islice(UTF8_CHINESE.finditer(content), MOST_SIGNS))
    if not chinese or chinese < UTF8_SHARE * beyond:
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        start = max(content.rfind(end, 0, error.start) for end in (b"\n", b"\r")) + 1
        line = re.split(rb"[\r\n]", content[start : error.start + 60], maxsplit=1)[0].decode("utf-8", "replace")
        place = f"byte {error.start}"
        remedy = "a part of it has another encoding, or was cut; save it as CSV UTF-8"
        raise InputError([Fault(path.name, place, line[:60], "UTF-8 text", remedy, code="encoding_torn")]) from None


def _refuse_another_encoding(path: Path, content: bytes) -> None:
    """Refuse a text that decodes as GB18030 and was written in Big5 or in an encoding of Western Europe.

    Such a file has the right numbers and the wrong names.  Text that is ordinary in GB18030 is never doubted:
    characters of GB 2312, or a rare one among them.

    Raises
    ------
    InputError
    """
    signs = list(islice(WIDE_SIGN.finditer(content), MOST_SIGNS))
    for name, encoding, is_meant in (
        ("Windows-1252 (Latin-1)", "cp1252", _is_latin),
        ("Big5", "big5", _is_big5),
    ):
        first = is_meant(content, signs)
        if first is None:
            continue
        start = max(content.rfind(end, 0, first.start()) for end in (b"\n", b"\r")) + 1
        line = re.split(rb"[\r\n]", content[start : first.end() + 60], maxsplit=1)[0]
        read, meant = (line.decode(one, "replace")[:60] for one in ("gb18030", encoding))
        place = 1 + content.count(b"\n", 0, start)
        remedy = f"it looks like {name}, in which it says {meant}; save it as CSV UTF-8"
        raise InputError(
            [Fault(path.name, f"line {place}", read, "UTF-8 or GB18030 text", remedy, code="encoding_other")]
        )


def _is_latin(content: bytes, signs: list[re.Match[bytes]]) -> re.Match[bytes] | None:
    """Return the first accented letter within a word, where most characters beyond ASCII are such; else None."""
    found = [sign for sign in signs if _is_accented(content, sign)]
    return found[0] if found and len(found) >= LATIN_SHARE * len(signs) else None


def _is_accented(content: bytes, sign: re.Match[bytes]) -> bool:
    """Tell whether two bytes may be a letter with an accent, or an apostrophe, before a letter, and beside a third."""
    first, *others = sign[0].decode("cp1252", "replace")
    around = content[max(0, sign.start() - 1) : sign.start()] + content[sign.end() : sign.end() + 1]
    is_letter = category(first) in ("Lu", "Ll") or first in "’‘"
    return (
        is_letter
        and len(others) == 1
        and others[0].isascii()
        and others[0].isalpha()
        and bool(re.search(rb"[A-Za-z]", around))
    )


def _is_big5(content: bytes, signs: list[re.Match[bytes]]) -> re.Match[bytes] | None:
    """Return the first character rare in GB18030, where many are rare there and most are common in Big5; else None."""
    if any(len(sign[0]) > 2 for sign in signs):
        return None
    codes = [int.from_bytes(sign[0]) for sign in signs]
    rare = [sign for sign, code in zip(signs, codes, strict=True) if _rarity(code)]
    common = sum(map(_is_common_in_big5, codes))
    # A single rare character may belong to a name; one that GB18030 does not assign cannot.
    is_clear = sum(map(_rarity, set(codes))) >= 2
    if not is_clear or len(rare) < BIG5_SHARE * len(signs) or common < BIG5_COMMON * len(signs):
        return None
    try:
        content.decode("cp950")
    except UnicodeDecodeError:
        return None
    return rare[0]


@cache
def _rarity(code: int) -> int:
    """Grade a code of two bytes by its rarity in GB18030: 2 for no Chinese character, 1 for a rare one, else 0."""
    first, second = divmod(code, 256)
    # Kana, Cyrillic and phonetic characters, and unassigned codes.
    if first in (0xA4, 0xA5, 0xA7) or category(code.to_bytes(2).decode("gb18030")) in ("Co", "Cn"):
        return 2
    return 1 if first == 0xA6 or (second < 0xA1 and first >= 0xA8) else 0  # Greek, and characters of GBK alone


def _is_common_in_big5(code: int) -> bool:
    """Tell whether a code of two bytes is a symbol or a frequent character of Big5."""
    first, second = divmod(code, 256)
    return 0xA1 <= first <= 0xC6 and (0x40 <= second <= 0x7E or second >= 0xA1)


def _read_bytes(path: Path) -> bytes:
    """Read a file, unpacked, up to one byte more than the largest text."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(LARGEST_TEXT + 1)
    except (FileNotFoundError, IsADirectoryError):
        raise _refusal(path, "file", "an existing file", "check the name", "no_file") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise _refusal(path, "file", "a gzip file", "pack it again, or give it without .gz", "not_gzip") from None
    except (OSError, ValueError) as error:
        remedy = f"check the name: {getattr(error, 'strerror', None) or error}"
        raise _refusal(path, "file", "a file to read", remedy, "no_file") from None


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file atomically: a full disk leaves nothing of it behind; links stay links."""
    path = Path(os.path.realpath(path)) if path.is_symlink() else path
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        return partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def _refusal(path: Path, place: str, expected: str, remedy: str, code: str) -> InputError:
    return InputError([Fault(path.name, place, "", expected, remedy, code=code)])


#: Keyword under which a picture carries the values it shows.
VALUES = "Values"
#: The package itself.  Resolved once: following links takes longer than reading a cell.
PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_PACKED = PACKAGE_FOLDER / "_shipped"
#: Folder with ``data`` and ``notebooks``: the repository, or the copy that the wheel holds (``setup.py``).
SHIPPED_FOLDER = _PACKED if _PACKED.is_dir() else PACKAGE_FOLDER.parent
#: The notebook that is run for every park.
PARK_NOTEBOOK = SHIPPED_FOLDER / "notebooks" / "02_park_pathways.ipynb"
#: The notebook behind ``pathways explore``.
EXPLORER_NOTEBOOK = SHIPPED_FOLDER / "notebooks" / "06_explore.ipynb"
_SHIPPED_DATA = SHIPPED_FOLDER / "data"


def data_folder() -> Path:
    """Return the folder of the shipped data, or the one named by the variable ``PATHWAY_DATA``.

    Raises
    ------
    InputError
        The variable names no folder.
    """
    given = os.environ.get("PATHWAY_DATA")
    if given and not os.path.isdir(given):
        expected, remedy = "the folder of the data", "correct the variable or leave it out"
        raise InputError([Fault("environment", "PATHWAY_DATA", given, expected, remedy, code="data_folder")])
    return Path(given) if given else _SHIPPED_DATA


def fingerprint(path: Path) -> tuple[str, str]:
    """Name and SHA-256 of a file, for the provenance of a result."""
    import hashlib  # not needed to list parks, which shall start at once

    return path.name, hashlib.sha256(path.read_bytes()).hexdigest()


#: First characters that make a spreadsheet take a text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: The same in full width, which some programs of East Asia read alike.
WIDE_SIGNS = ("＝", "＋", "－", "＠")
#: Options of xlsxwriter under which a text stays a text, and nothing goes by files of the temporary folder.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
#: Numbers in texts begin with a sign and are no formulas.
NUMBER = re.compile(r"[+-]?[\d.,\s]*([eE][+-]?\d+)?\s*%?", re.ASCII)


def sheet_text(value: Any) -> Any:
    """Return a value of a table, with an apostrophe before a text that a spreadsheet would compute.

    Examples
    --------
    >>> [sheet_text(value) for value in ("=1+1", "＝1+1", "-5.2 %", "@SUM(A1)", "park", -3.0, None)]
    ["'=1+1", "'＝1+1", '-5.2 %', "'@SUM(A1)", 'park', -3.0, None]
    """
    if not isinstance(value, str) or not value.startswith((*FORMULA_SIGNS, *WIDE_SIGNS)) or NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def sheet_table(table: Any) -> Any:
    """Apply `sheet_text` to the texts and the column names of a DataFrame."""
    texts = {name: table[name].map(sheet_text) for name in table if table[name].dtype.kind not in "biufcmM"}
    return table.assign(**texts).rename(columns=sheet_text) if texts else table


class SheetWriter:
    """Writes the rows of a CSV, lines ending in LF.

    Parameters
    ----------
    file
        Open for writing, without translation of line ends.
    columns : iterable of str, optional
        Written as the head; rows may then be mappings.
    """

    def __init__(self, file: Any, columns: Iterable[str] = (), lineterminator: str = "\n") -> None:
        self._columns, self._lines = list(columns), csv.writer(file, lineterminator=lineterminator)
        if self._columns:
            self.row(self._columns)

    def row(self, values: Iterable[Any] | Mapping[str, Any]) -> None:
        """Write one row."""
        cells = [values[name] for name in self._columns] if isinstance(values, Mapping) else values
        self._lines.writerow([sheet_text(cell) for cell in cells])

    def rows(self, many: Iterable[Iterable[Any] | Mapping[str, Any]]) -> None:
        """Write rows."""
        for values in many:
            self.row(values)
