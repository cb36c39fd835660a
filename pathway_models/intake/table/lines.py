"""Lines of anybody's CSV: its separator, quotation marks, empty rows and columns, and remarks below the table.

One reader for all forms of tables, so that each takes and refuses the same.  What is left aside is told.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pathway_models.core.errors import Fault
from pathway_models.core.files import read_text

#: Separators beside the comma, by their names.
SEPARATORS = {";": "semicolon", "\t": "tab"}
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
#: Digits in groups of three behind points: 1.234 of such a table may be 1234.
POINTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
#: Digits in groups of three behind commas: 1,234 of such a table may be 1234 too, but 0,234 is not.
COMMAED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
#: What can only be meant for a number.
NUMERIC = re.compile(r"[+-]?[\d.,\s]*\d[\d.,\s]*", re.ASCII)
WITH_POINT = re.compile(r"[+-]?\d*\.\d+", re.ASCII)
#: First words of remarks below a table.
REMARK = re.compile(
    r"(sources?|notes?|remarks?|data|\*|数据|来源|资料|注|备注|说明)\b|.*[:：]|.*\s.*\s", re.I | re.DOTALL
)


@dataclass
class Lines:
    """A table as texts.

    Parameters
    ----------
    file : str
    header : tuple of str
    rows : list of (place, mapping column -> text)
        Stripped of spaces.
    faults : list of Fault
        Of the table as such.
    told : list of str
        What was left aside or read in a way of its own.
    """

    file: str
    header: tuple[str, ...] = ()
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def is_remark(cells: Sequence[str]) -> bool:
    """Tell whether a last line is a remark: words in its first cell, and nothing else."""
    return bool(cells[0]) and not any(cells[1:]) and len(cells) > 1 and bool(REMARK.match(cells[0]))


def _is_torn_remark(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a last line is a remark in words whose commas part it into other cells than the table has."""
    return len(cells) != len(header) and bool(REMARK.match(cells[0])) and not any(map(NUMERIC.fullmatch, cells))


def read_table_lines(path: Path, remark: Callable[[Sequence[str], Sequence[str]], bool] | None = None) -> Lines:
    """Read the lines of a CSV.

    Parameters
    ----------
    path : Path
    remark : callable, optional
        Tells of the cells of a last line, and of the header, whether it is a remark; `is_remark` by default.

    Returns
    -------
    Lines
        Rows with as many cells as the header; of the others, the faults.

    Raises
    ------
    InputError
        The file is missing, too large or no text.
    """
    lines = Lines(path.name)
    given = _cells(read_text(path), lines)
    if not given:
        return lines
    (_, header), *rows = given
    width = max((at for at, name in enumerate(header, start=1) if name), default=0)
    # Spreadsheets write commas behind the whole table where cells were once filled; behind one line they are a fault.
    if len(header) > width and not any(any(cells[width:]) for _, cells in rows):
        rows = [(place, cells[:width] if len(cells) == len(header) else cells) for place, cells in rows]
        header = header[:width]
    lines.header = tuple(header)
    is_last = remark or (lambda cells, _: is_remark(cells))
    while rows and (is_last(rows[-1][1], header) or _is_torn_remark(rows[-1][1], header)):
        place, cells = rows.pop()
        lines.told.append(f"{place} is no row of data: {', '.join(filter(None, cells))[:80]}")
    for place, cells in rows:
        if len(cells) == len(header):
            lines.rows.append((place, dict(zip(header, cells, strict=True))))
        else:
            remedy = "add or remove commas; put text with commas in quotes"
            expected = f"{len(header)} fields"
            lines.faults.append(Fault(path.name, place, "", expected, remedy, code="fields"))
    return lines


def _cells(text: str, lines: Lines) -> list[tuple[str, list[str]]]:
    """Place and cells of every line that is not empty, the header first; none where the separator is in doubt."""
    separator, before = ",", 0
    stated = re.match(r"sep=(.)\r?\n?", text, re.IGNORECASE)
    if stated:
        separator, before, text = stated[1], 1, text[stated.end() :]
    else:
        head = next((line for line in text.splitlines() if line.strip()), "")
        others = [sign for sign in SEPARATORS if sign in head]
        separator = others[0] if others and "," not in head else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[str, list[str]]] = []
    last = before
    try:
        for cells in reader:
            last = reader.line_num + before
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                found.append((f"line {last}", stripped))
    except csv.Error as error:
        place, remedy = f"after line {last}", f"close the quotation mark: {error}"
        expected = "fields in complete quotation marks"
        lines.faults.append(Fault(lines.file, place, "", expected, remedy, code="csv"))
    return found if separator == "," else _with_points(found, separator, lines)


def _with_points(found: list[tuple[str, list[str]]], separator: str, lines: Lines) -> list[tuple[str, list[str]]]:
    """Lines of another separator with decimal points; none where its numbers can be read in two ways."""
    numbers = [cell for _, cells in found[1:] for cell in cells if NUMERIC.fullmatch(cell)]
    commas = [cell for cell in numbers if "," in cell]
    points = [cell for cell in numbers if WITH_POINT.fullmatch(cell)]
    doubtful = [cell for cell in commas if separator != ";" or points or not DECIMAL_COMMA.fullmatch(cell)]
    for cells, grouped in ((commas, COMMAED), (points, POINTED)):
        doubtful += cells if cells and all(map(grouped.fullmatch, cells)) else []
    name = SEPARATORS.get(separator, repr(separator))
    if doubtful:
        remedy = f"it looks {name}-separated, with numbers such as {doubtful[0]}: save it as CSV UTF-8 with commas"
        head = separator.join(found[0][1])
        lines.faults.append(Fault(lines.file, "line 1", head, "commas between the columns", remedy, code="separator"))
        return []
    lines.told.append(f"{name}-separated" + (", decimal commas read as points" if commas else ""))
    return [
        (place, [cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell) else cell for cell in cells])
        for place, cells in found
    ]
