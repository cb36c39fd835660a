"""What one cell of a workbook says: a year, a text, a label or the result of a formula (numbers: `intake.numbers`)."""

import ast
import datetime
import math
import operator
import re
import unicodedata
from typing import Any, NamedTuple

from pathway_models.core.sheet_text import FORMULA_SIGNS

#: Full-width signs that stand for exactly one ASCII sign.  NFKC as a whole would also turn 10⁴ into 104.
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％Ｅｅ", "0123456789.,-+%Ee")
#: Signs without width or ink that copying from web pages and PDF leaves behind.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
LONGEST_TEXT = 500
#: Categories of signs that nobody sees: control, format (such as from right to left), halves, private, unassigned.
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class Finding(NamedTuple):
    """A fault or remark about a cell."""

    expected: str
    remedy: str
    code: str
    severity: str = "error"


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
    if has_control_sign(text):
        return "", [Finding("printable signs in one line", "type the text again without control signs", "control_sign")]
    if len(text) > LONGEST_TEXT:
        return "", [Finding(f"at most {LONGEST_TEXT} signs", "shorten it; put more on the notes sheet", "text_long")]
    return text, []


def has_control_sign(text: str) -> bool:
    """Tell whether a text has line ends, signs that turn its direction round, or others that nobody sees."""
    return not text.isprintable() and any(unicodedata.category(one) in UNSEEN for one in text)


def label_of(raw: Any) -> str:
    """A label as compared with others: compatibility forms unified, without any space."""
    return "" if raw is None else "".join(unicodedata.normalize("NFKC", str(raw)).translate(INVISIBLE).split())


def shown(raw: Any) -> str:
    """A cell's content as messages show it: one line, no control signs, not too long."""
    if raw is None:
        return ""
    if isinstance(raw, (datetime.date, datetime.time)):
        return raw.isoformat().removesuffix("T00:00:00")
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        raw = int(raw)
    text = str(raw)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else "·" for sign in text)
    return text if len(text) <= 60 else text[:59] + "…"


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
