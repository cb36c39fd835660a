"""Spreadsheet formulas with their values: one expression builds the text of a cell and its number.

A `Term` is one row over the years, or one cell that holds for all of them.  ``a * b`` of two terms is both the text
``(E5*E9)`` and the product of their values, so that a formula cannot disagree with its cached value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pathway_models.core import PathwayError
from pathway_models.documents.blocks import clean

#: Most arguments of one SUM; longer sums are sums of sums.
ARGUMENTS = 200
#: Columns of years on a printed page, and the number spreadsheets have for A4.
YEARS_A_PAGE, A4 = 15, 9
Text = Callable[[int, str], str]


@dataclass(frozen=True, eq=False)
class Term:
    """A quantity by year: its formula in a column of a sheet, and its values."""

    text: Text
    values: np.ndarray

    def __add__(self, other: Term | float) -> Term:
        return _binary(self, other, "+", np.add)

    def __sub__(self, other: Term | float) -> Term:
        return _binary(self, other, "-", np.subtract)

    def __rsub__(self, other: float) -> Term:
        return _binary(term(other), self, "-", np.subtract)

    def __mul__(self, other: Term | float) -> Term:
        return _binary(self, other, "*", np.multiply)

    def __truediv__(self, other: Term | float) -> Term:
        return _binary(self, other, "/", np.divide)

    def __radd__(self, other: float) -> Term:
        return _binary(term(other), self, "+", np.add)

    def __rmul__(self, other: float) -> Term:
        return _binary(term(other), self, "*", np.multiply)

    def __rtruediv__(self, other: float) -> Term:
        return _binary(term(other), self, "/", np.divide)

    def __pow__(self, other: Term | float) -> Term:
        return _call("POWER", np.power, self, other)

    def __neg__(self) -> Term:
        return _binary(term(0.0), self, "-", np.subtract)

    def __array_ufunc__(self, function: np.ufunc, method: str, *inputs: Any, **more: Any) -> Term:
        """Translate a NumPy function of terms to the spreadsheet's: ``np.maximum(a, b)`` is ``MAX(A1,B1)``.

        Raises
        ------
        PathwayError
            The spreadsheet has no such function.
        """
        if method == "__call__" and not more and function in SIGNS:
            return _binary(*inputs, SIGNS[function], function)
        if method == "__call__" and not more and function in FUNCTIONS:
            return _call(FUNCTIONS[function], function, *inputs)
        raise PathwayError(f"no formula for {function.__name__}: there are {', '.join(sorted(FUNCTIONS.values()))}")


#: NumPy functions that a spreadsheet has.
SIGNS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/"}
FUNCTIONS = {
    np.maximum: "MAX",
    np.minimum: "MIN",
    np.exp: "EXP",
    np.log: "LN",
    np.sqrt: "SQRT",
    np.abs: "ABS",
    np.power: "POWER",
}


def term(value: Term | float) -> Term:
    """Turn a number into a term; return a term unchanged."""
    if isinstance(value, Term):
        return value
    return Term(lambda k, here: repr(float(value)), np.asarray(float(value)))


def _binary(one: Term | float, two: Term | float, sign: str, compute: Callable) -> Term:
    a, b = term(one), term(two)
    return Term(lambda k, here: f"({a.text(k, here)}{sign}{b.text(k, here)})", compute(a.values, b.values))


def total(terms: Iterable[Term]) -> Term:
    """Sum many terms; zero for none."""
    parts = list(terms)
    if not parts:
        return term(0.0)

    def text(k: int, here: str) -> str:
        groups = [parts[at : at + ARGUMENTS] for at in range(0, len(parts), ARGUMENTS)]
        sums = [f"SUM({','.join(one.text(k, here) for one in group)})" for group in groups]
        return sums[0] if len(sums) == 1 else f"SUM({','.join(sums)})"

    return Term(text, sum((one.values for one in parts), np.asarray(0.0)))


def _call(name: str, compute: Callable[..., np.ndarray], *terms: Term | float) -> Term:
    """Apply a spreadsheet function and its NumPy counterpart."""
    parts = [term(one) for one in terms]
    return Term(
        lambda k, here: f"{name}({','.join(one.text(k, here) for one in parts)})",
        np.asarray(compute(*(one.values for one in parts)), dtype=float),
    )


def ratio(above: Term, below: Term, otherwise: Term) -> Term:
    """Divide where the divisor is above zero; use another term elsewhere."""
    safe = np.where(below.values > 0, below.values, 1.0)
    return Term(
        lambda k, here: (
            f"IF({below.text(k, here)}>0,{above.text(k, here)}/{below.text(k, here)},{otherwise.text(k, here)})"
        ),
        np.where(below.values > 0, above.values / safe, otherwise.values),
    )


class FormulaBook:
    """Workbook in which text is never read as a formula."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        base = {"font_name": "Arial", "font_size": 9}
        self.formats = {
            name: workbook.add_format({**base, **look})
            for name, look in {
                "text": {},
                "wrap": {"text_wrap": True, "valign": "top"},
                "title": {"bold": True, "font_size": 13},
                "mark": {"bold": True, "font_color": "#A00040"},
                "head": {"bold": True, "bottom": 1, "bg_color": "#F2F2F2", "text_wrap": True, "valign": "top"},
                "section": {"bold": True, "font_color": "#0072B2"},
                "input": {"font_color": "#0000FF", "num_format": "#,##0.00######"},
                "formula": {"num_format": "#,##0.0000"},
                "tonnes": {"num_format": "#,##0"},
                "given": {"font_color": "#0000FF", "num_format": "#,##0"},
                "sum": {"num_format": "#,##0.00", "bold": True, "top": 1},
                "year": {"bold": True, "bottom": 1, "bg_color": "#F2F2F2", "num_format": "0"},
                "small": {"num_format": "0.0E+00"},
            }.items()
        }


def set_up_print(sheet: Worksheet, wide: int = 1) -> None:
    """Set a sheet up for A4 landscape, a number of pages wide, with name and page number in the footer."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(max(wide, 1), 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&8&F · &A&R&8&P / &N")


class PlainSheet(Worksheet):
    """Worksheet that writes formulas unchanged; the library would search each for functions of later versions."""

    def _prepare_formula(self, formula: str, *_: object) -> str:
        return formula.removeprefix("=")


class Sheet:
    """One sheet: labels on the left, one column per year.

    Parameters
    ----------
    book : FormulaBook
    name : str
        Of the sheet.
    labels : sequence of (head, width)
    years : sequence of int
    """

    def __init__(self, book: FormulaBook, name: str, labels: Sequence[tuple[str, float]], years: Sequence[int]) -> None:
        self.book, self.name, self.years = book, name, list(years)
        self.sheet = book.workbook.add_worksheet(name, PlainSheet)
        self.first = len(labels)
        self.row = 0
        self._heads = [clean(head) for head, _ in labels]
        for at, (_, width) in enumerate(labels):
            self.sheet.set_column(at, at, width)
        self.sheet.set_column(self.first, self.first + max(len(self.years), 1), 12)
        set_up_print(self.sheet, wide=-(-len(self.years) // YEARS_A_PAGE))

    def write(self, text: str, look: str = "text", column: int = 0) -> None:
        """Write a line of text."""
        self.sheet.write_string(self.row, column, clean(text), self.book.formats[look])
        self.row += 1

    def head(self) -> Term:
        """Write the row of heads; return its years as a term."""
        for at, text in enumerate(self._heads):
            self.sheet.write_string(self.row, at, text, self.book.formats["head"])
        for at, year in enumerate(self.years):
            self.sheet.write_number(self.row, self.first + at, year, self.book.formats["year"])
        self.sheet.freeze_panes(self.row + 1, self.first)
        self.sheet.repeat_rows(self.row)
        self.sheet.repeat_columns(0, self.first - 1)
        self.row += 1
        return self._row_term(self.row - 1, np.asarray(self.years, dtype=float))

    def label(self, labels: Sequence[str]) -> None:
        """Write the labels of the current row."""
        for at, text in enumerate(labels):
            self.sheet.write_string(self.row, at, clean(text), self.book.formats["text"])

    def inputs(self, labels: Sequence[str], values: np.ndarray) -> Term:
        """Write a row of input numbers; return a term that refers to it."""
        self.label(labels)
        for at, value in enumerate(np.broadcast_to(values, len(self.years))):
            self.sheet.write_number(self.row, self.first + at, float(value), self.book.formats["input"])
        self.row += 1
        return self._row_term(self.row - 1, np.asarray(values, dtype=float))

    def cell(self, row: int, at: int) -> str:
        """Refer to the cell of a year from another sheet."""
        name = self.name.replace("'", "''")
        return f"'{name}'!{xl_rowcol_to_cell(row, self.first + at)}"

    def formula(self, labels: Sequence[str], quantity: Term, look: str = "formula") -> Term:
        """Write a row of formulas with their values; return a term that refers to it."""
        self.label(labels)
        values = np.broadcast_to(quantity.values, len(self.years)).astype(float)
        for at, value in enumerate(values):
            self._formula(self.row, self.first + at, quantity.text(at, self.name), value, look)
        self.row += 1
        return self._row_term(self.row - 1, values)

    def growth(self, labels: Sequence[str], start: Term, change: Term, values: np.ndarray) -> Term:
        """Write a row that starts from a level and grows by a logarithmic change a year; return its term."""
        self.label(labels)
        for at, value in enumerate(values):
            before = xl_rowcol_to_cell(self.row, self.first + at - 1) if at else ""
            text = f"{before}*EXP({change.text(at, self.name)})" if at else start.text(0, self.name)
            self._formula(self.row, self.first + at, text, float(value), "formula")
        self.row += 1
        return self._row_term(self.row - 1, np.asarray(values, dtype=float))

    def number(self, labels: Sequence[str], value: float | Term) -> Term:
        """Write one cell, input or formula, that holds for all years; return a term that refers to it."""
        self.label(labels)
        if isinstance(value, Term):
            self._formula(self.row, self.first, value.text(0, self.name), float(np.ravel(value.values)[0]), "formula")
            shown = np.asarray(float(np.ravel(value.values)[0]))
        else:
            self.sheet.write_number(self.row, self.first, float(value), self.book.formats["input"])
            shown = np.asarray(float(value))
        self.row += 1
        return self._cell_term(self.row - 1, self.first, shown)

    def _formula(self, row: int, column: int, text: str, value: float, look: str) -> None:
        self.sheet.write_formula(row, column, f"={text}", self.book.formats[look], value)

    def _row_term(self, row: int, values: np.ndarray) -> Term:
        return Term(
            lambda k, here: self._place(here) + xl_rowcol_to_cell(row, self.first + k), np.asarray(values, dtype=float)
        )

    def _cell_term(self, row: int, column: int, value: np.ndarray) -> Term:
        return Term(lambda k, here: self._place(here) + xl_rowcol_to_cell(row, column, True, True), value)

    def _place(self, here: str) -> str:
        return "" if here == self.name else f"'{self.name}'!"


def column_of(one: Term, at: int) -> Term:
    """Take one year of a term as a term that holds for all years."""
    value = np.asarray(np.broadcast_to(one.values, max(np.size(one.values), at + 1))[at])
    return Term(lambda k, here: one.text(at, here), value)
