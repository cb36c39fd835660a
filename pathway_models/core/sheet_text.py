"""Texts of tables that spreadsheet programs open: none of them is ever taken for a formula.

A name, a file name or a cell of an input may be ``=HYPERLINK(...)``; in a CSV it would be computed when the file is
opened.  What writes a table passes its cells through here.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from typing import Any

#: First signs that make a spreadsheet take a text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: The same in full width, which some programs of East Asia read alike.
WIDE_SIGNS = ("＝", "＋", "－", "＠")
#: Options of xlsxwriter under which a text stays a text.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False}
#: Numbers in texts begin with a sign and are no formulas.
NUMBER = re.compile(r"[+-]?[\d.,\s]*([eE][+-]?\d+)?\s*%?", re.ASCII)


def sheet_text(value: Any) -> Any:
    """A value of a table; a text that a spreadsheet would compute stands behind an apostrophe.

    Examples
    --------
    >>> [sheet_text(value) for value in ("=1+1", "＝1+1", "-5.2 %", "@SUM(A1)", "park", -3.0, None)]
    ["'=1+1", "'＝1+1", '-5.2 %', "'@SUM(A1)", 'park', -3.0, None]
    """
    if not isinstance(value, str) or not value.startswith((*FORMULA_SIGNS, *WIDE_SIGNS)) or NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def sheet_table(table: Any) -> Any:
    """The same DataFrame with its texts, and the names of its columns, as `sheet_text` writes them."""
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
