"""What one cell of a workbook says: a number, a year or a text.

A number is read only where it can be read in one way.  Full-width digits, spaces and thousands separators are
understood, and every such reading is told in a note; anything else is a fault, never a guess.
"""

from __future__ import annotations

import ast
import datetime
import math
import operator
import re
import unicodedata
from typing import Any, NamedTuple

#: Full-width signs that stand for exactly one ASCII sign.  NFKC as a whole would also turn 10⁴ into 104.
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％Ｅｅ", "0123456789.,-+%Ee")
#: Signs without width or ink that copying from web pages and PDF leaves behind.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
SPACED = re.compile(r"[+-]?\d{1,3}( \d{3})+(\.\d+)?", re.ASCII)
DATE = re.compile(r"\d{2,4}[-/.年]\d{1,2}([-/.月]\d{0,2}日?)?", re.ASCII)
WITH_UNIT = re.compile(r"[+-]?[\d.,]+\s*[^\d\s.,%/-].*", re.ASCII)
NO_VALUE = (
    "-",
    "--",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "无",
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "不详",
    "缺",
    "...",
    "…",
    "*",
    "x",
)
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
#: First signs that make a spreadsheet take a text for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 500
#: Beyond any park in any unit; products of what lies below stay far from the end of floating point.
LARGEST_NUMBER = 1e15
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class Finding(NamedTuple):
    """What is wrong or worth telling about a cell."""

    expected: str
    remedy: str
    code: str
    severity: str = "error"


def read_number(raw: Any) -> tuple[float | None, list[Finding]]:
    """Read a number.

    Returns
    -------
    value, findings
        ``(None, [])`` for a blank cell; no value where a finding is an error.

    Examples
    --------
    >>> value, findings = read_number("１，２３４．５")
    >>> value, findings[0].code
    (1234.5, 'normalised')
    >>> read_number("1,5")[1][0].code
    'comma'
    """
    if raw is None or (isinstance(raw, str) and not raw.translate(INVISIBLE).strip()):
        return None, []
    if isinstance(raw, bool):
        return None, [Finding("a number", "type the number instead of TRUE or FALSE", "boolean")]
    if isinstance(raw, (datetime.date, datetime.time, datetime.timedelta)):
        remedy = "the cell is formatted as a date: format it as a number and type the value again"
        return None, [Finding("a number", remedy, "date")]
    value, findings = (float(raw), []) if isinstance(raw, (int, float)) else _number_in_text(str(raw))
    if value is not None and not abs(value) <= LARGEST_NUMBER:
        return None, [
            Finding(f"at most {LARGEST_NUMBER:g}", "no park has so much of anything; correct it", "number_large")
        ]
    return value, findings


def _number_in_text(raw: str) -> tuple[float | None, list[Finding]]:
    if raw.strip() in ERRORS:
        return None, [Finding("a number", "the spreadsheet computes an error here; type the value", "error_cell")]
    # Only the ends and the usual kinds of space inside are touched; line ends inside stay and are refused.
    text = re.sub("[\u00a0\u2009\u202f\u3000]", " ", raw.translate(FULL_WIDTH).translate(INVISIBLE)).strip()
    plain = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    plain = plain.replace(" ", "") if SPACED.fullmatch(plain) else plain
    if PLAIN.fullmatch(plain) and math.isfinite(float(plain)):
        value = float(plain)
        code = "normalised" if plain != raw else "text_number"
        return value, [Finding("a plain number", f"it is a text, read as {value!r}", code, "note")]
    return None, [_why_not(text)]


def _why_not(text: str) -> Finding:
    if "%" in text:
        return Finding("a number", "choose the unit % beside it and type the number without the sign", "percent_sign")
    if PLAIN.fullmatch(text) or any(unicodedata.category(sign) == "No" for sign in text):
        return Finding("a number in plain digits", "write it out; small raised digits cannot be read", "number")
    if text.casefold() in NO_VALUE:
        return Finding("a number or nothing", "leave it blank if unknown; type 0 only if it is 0", "no_value")
    if DATE.fullmatch(text):
        return Finding("a number", "it is a date written as text; type the value", "date")
    if WITH_UNIT.fullmatch(text):
        return Finding("a number alone", "put the unit in the unit column", "unit_in_value")
    if "," in text and set(text) <= set("0123456789.,+-"):
        return Finding("a number with a decimal point", "it can be read in two ways; write it without commas", "comma")
    return Finding("a number", "write plain digits with a point; leave it blank if unknown", "number")


def read_year(raw: Any) -> tuple[int | None, list[Finding]]:
    """Read a year such as 2019, ``2019年`` or ``"２０１９"``; blank is no year and no finding."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None, []
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and 1900 <= raw <= 2100 and raw == int(raw):
        return int(raw), []
    if isinstance(raw, str):
        text = raw.translate(FULL_WIDTH).translate(INVISIBLE).strip().removesuffix("年").strip()
        if re.fullmatch(r"(19|20)\d{2}", text, re.ASCII):
            return int(text), [Finding("a plain year", f"it is a text, read as {text}", "year_text", "note")]
    return None, [Finding("a year such as 2019", "type the year in four digits", "year")]


def read_text(raw: Any) -> tuple[str, list[Finding]]:
    """Read a text that may be shown in results: one line, not too long, nothing a spreadsheet would compute."""
    if raw is None:
        return "", []
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw).strip(" \u00a0\u3000\n")
    if text.startswith(FORMULA_SIGNS):
        remedy = "it would run as a formula in result tables; begin with a letter"
        return "", [Finding("a text that does not begin with = + - @", remedy, "formula_text")]
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in text):
        return "", [Finding("printable signs in one line", "type the text again without control signs", "control_sign")]
    if len(text) > LONGEST_TEXT:
        return "", [Finding(f"at most {LONGEST_TEXT} signs", "shorten it; put more on the notes sheet", "text_long")]
    return text, []


def label_of(raw: Any) -> str:
    """A label as compared with others: compatibility forms unified, without any space."""
    return "" if raw is None else "".join(unicodedata.normalize("NFKC", str(raw)).translate(INVISIBLE).split())


def stored_result(formula: str, stored: Any) -> tuple[Any, list[Finding]]:
    """Result of a formula as the spreadsheet stored it, where it can be relied on.

    Plain arithmetic (``=1200+340``) is computed again and must agree.  Other formulas are taken with a warning,
    because this program does not recalculate them; a stored 0 is refused, because programs that never calculate
    store 0 or nothing.
    """
    if stored is None or stored == "":
        remedy = "open and save the file in a spreadsheet program, or type the value"
        return None, [Finding("a formula with its result", remedy, "formula_empty")]
    if isinstance(stored, str) and stored.strip() in ERRORS:
        return None, [Finding("a number", f"the formula gives {stored}; type the value", "error_cell")]
    again = arithmetic(formula)
    if again is not None:
        if not (isinstance(stored, float) and math.isclose(again, stored, rel_tol=1e-9, abs_tol=1e-12)):
            remedy = f"the stored result is {stored!r} but the formula gives {again!r}; type the value"
            return None, [Finding("a formula that agrees with its result", remedy, "formula_differs")]
        return again, [Finding("a plain number", f"plain arithmetic, read as {again!r}", "formula_sum", "note")]
    if stored == 0.0:
        return None, [
            Finding("a calculated result", "0 may mean it was never calculated; type the value", "formula_zero")
        ]
    remedy = f"its stored result {stored!r} is used and not calculated again; better type the value"
    return stored, [Finding("a typed value", remedy, "formula", "warning")]


def arithmetic(formula: str) -> float | None:
    """Value of a formula of plain numbers, + - * / and brackets; None for any other formula."""
    if len(formula) > 200 or not re.fullmatch(r"=[\d.+\-*/() ]+", formula, re.ASCII):
        return None
    try:
        return float(_value(ast.parse(formula[1:].strip(), mode="eval").body))
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError):
        return None


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _value(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise ValueError(ast.dump(node))
