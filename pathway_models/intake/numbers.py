"""Numbers of inputs: one reader for the cells of workbooks and for the texts of every table.

A number is read only if it is unambiguous.  Full-width digits, spaces and thousands separators are accepted with a
note; anything else is a fault, never a guess.  The formatting of a cell may change the meaning of its number (raised
digits, a format in thousands): see `Look`.

Other contents of a cell are read here too: a year, a text, a label, the result of a formula; and ``data/intake.yml``:
plausible ranges, and the errors of quality grades.
"""

import ast
import datetime
import math
import operator
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from pathway_models.core import files, yaml_files

#: Full-width characters with exactly one ASCII counterpart.  NFKC as a whole would also turn 10⁴ into 104.
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％Ｅｅ", "0123456789.,-+%Ee")
#: Invisible characters that copying from web pages and PDF leaves behind.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!")
LONGEST_TEXT = 500
#: Categories of invisible characters: control, format (such as from right to left), surrogate, private, unassigned.
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
    """Read a text that is safe to show in results: one line, not too long, not a formula of a spreadsheet."""
    if raw is None:
        return "", []
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw).strip(" \u00a0\u3000\n")
    if text.startswith(files.FORMULA_SIGNS):
        remedy = "it would run as a formula in result tables; begin with a letter"
        return "", [Finding("a text that does not begin with = + - @", remedy, "formula_text")]
    if has_control_sign(text):
        return "", [Finding("printable signs in one line", "type the text again without control signs", "control_sign")]
    if len(text) > LONGEST_TEXT:
        return "", [Finding(f"at most {LONGEST_TEXT} signs", "shorten it; put more on the notes sheet", "text_long")]
    return text, []


def has_control_sign(text: str) -> bool:
    """Tell whether a text has line ends, characters that reverse its direction, or other invisible ones."""
    return not text.isprintable() and any(unicodedata.category(one) in UNSEEN for one in text)


def label_of(raw: Any) -> str:
    """Normalise a label for comparison: compatibility forms unified, without spaces."""
    return "" if raw is None else "".join(unicodedata.normalize("NFKC", str(raw)).translate(INVISIBLE).split())


def shown(raw: Any) -> str:
    """Write a cell's content for a message: one line, no control characters, not too long."""
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
    """Return the stored result of a formula, where it is reliable.

    Plain arithmetic (``=1200+340``) is computed again and must agree.  Other formulas are taken with a warning,
    because they are not recalculated here; a stored 0 is refused, because programs that never calculate store 0 or
    nothing.
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
    """Evaluate a formula of plain numbers, + - * / and brackets; None for any other formula."""
    if len(formula) > 200 or not re.fullmatch(r"=[\d.+\-*/() ]+", formula, re.ASCII):
        return None
    try:
        return float(_value(ast.parse(formula[1:].strip(), mode="eval").body))
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError):
        return None


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):  # three points are a value too
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _value(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    raise ValueError(ast.dump(node))


PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
#: Groups of three behind a first one without a leading zero: 0,315 is a decimal comma, never 315.
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)
SPACED = re.compile(r"[+-]?[1-9]\d{0,2}( \d{3})+(\.\d+)?", re.ASCII)
SPACES = re.compile("[\u00a0\u2009\u202f\u3000]")
BOTH_WIDTHS = re.compile("(?=.*[0-9])(?=.*[０-９])", re.DOTALL)
DATE = re.compile(r"\d{2,4}[-/.年]\d{1,2}([-/.月]\d{0,2}日?)?", re.ASCII)
WITH_UNIT = re.compile(r"[+-]?[\d.,]+\s*[^\d\s.,%/-].*", re.ASCII)
NO_VALUE = (
    "-", "--", "—", "——", "–", "/", "\\", "无", "n/a", "na", "nan", "null", "none", "不详", "缺", "...", "…", "*", "x",
)  # fmt: skip
#: Largest number of a park in any unit; products of smaller ones stay far from the limit of floating point.
LARGEST_NUMBER = 1e15
#: Smallest number other than 0, below the rounding of a spreadsheet's differences; quotients of larger ones stay far
#: from the limits of floating point.
SMALLEST_NUMBER = 1e-100
#: Pieces of a number format: text in quotes or one escaped character, fill or width, brackets, anything else.
PIECE = re.compile(r'"([^"]*)"|[\\!](.)|([_*]).|\[([^\]]*)\]|(.)', re.DOTALL)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
SCALED = re.compile(r"[0#?],+(?![0#?,])")
PLAINEST = re.compile("general|g/通用格式|e[+-]", re.IGNORECASE)
#: Words of a format that add nothing to a number.
WORDLESS = ("元", "cny", "rmb")


def read_number(raw: Any) -> tuple[float | None, list[Finding]]:
    """Read the content of a workbook's cell as a number.

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
    if not isinstance(raw, (int, float)):
        value, finding = number_in(str(raw))
        if value is not None and finding is None:
            finding = Finding("a plain number", f"it is a text, read as {value!r}", "text_number", "note")
        return value, [finding] if finding else []
    value, finding = float(raw), _out_of_bounds(float(raw))
    return (None, [finding]) if finding else (value, [])


def number_in(text: str) -> tuple[float | None, Finding | None]:
    """Read a text as a number.

    Returns
    -------
    value, finding
        No value with an error; a value with a note for an unusual notation, with None for a plain one.

    Examples
    --------
    >>> number_in("1234.5")
    (1234.5, None)
    >>> [number_in(text)[0] for text in ("1,234", "0,315", "00,315", "1_000", "9530①", "8900²", "1２")]
    [1234.0, None, None, None, None, None, None]
    """
    if text.strip() in ERRORS:
        return None, Finding("a number", "the spreadsheet computes an error here; type the value", "error_cell")
    # Only spaces at the ends and usual spaces inside are removed; line ends inside stay and are refused.
    folded = SPACES.sub(" ", text.translate(FULL_WIDTH).translate(INVISIBLE)).strip()
    plain = folded.replace(",", "") if THOUSANDS.fullmatch(folded) else folded
    plain = plain.replace(" ", "") if SPACED.fullmatch(plain) else plain
    if PLAIN.fullmatch(plain) and BOTH_WIDTHS.match(text):
        return None, Finding("digits of one kind", "it mixes full-width and ordinary digits; type it again", "number")
    if not PLAIN.fullmatch(plain) or not math.isfinite(float(plain)):
        return None, _why_not(folded)
    value = float(plain)
    finding = _out_of_bounds(value)
    if finding is None and plain != text.strip(" "):
        finding = Finding("a plain number", f"it is a text, read as {value!r}", "normalised", "note")
    return (None if finding and finding.severity == "error" else value), finding


def exact_number(text: str) -> float:
    """Read a number in plain digits, full-width or not; NaN for any other text.  For tables without notes.

    Examples
    --------
    >>> [exact_number(text) for text in ("１２．５", "1e3", "1,234", "1_000", "nan")]
    [12.5, 1000.0, nan, nan, nan]
    """
    is_plain = text.isascii()  # as nearly all are, of up to half a million in a table
    folded = text.strip() if is_plain else text.translate(FULL_WIDTH).strip()
    number = float(folded) if PLAIN.fullmatch(folded) and (is_plain or not BOTH_WIDTHS.match(text)) else math.nan
    return number if math.isfinite(number) else math.nan


#: Years before a 0 that must have held, and the share of the highest value of all that the last of them must be.
# ASSUME: what is phased out has lost half of its highest value before its last year; what has not ends suddenly.
STEADY_YEARS, STEADY_SHARE = 2, 0.5


def ends_suddenly(values: Sequence[float]) -> bool:
    """Tell whether a series ends in one 0 without being phased out; reverse it to test its beginning.

    Examples
    --------
    >>> [ends_suddenly(one) for one in ([300, 310, 290, 0], [300, 200, 80, 0], [300, 310, 0, 0], [120, 0])]
    [True, False, False, False]
    >>> ends_suddenly([0, 300, 310][::-1]), ends_suddenly([0, 0, 0, 120, 130][::-1])
    (True, False)
    """
    if len(values) <= STEADY_YEARS or values[-1] != 0:
        return False
    before = values[:-1]
    return min(before[-STEADY_YEARS:]) > 0 and before[-1] >= STEADY_SHARE * max(before)


def sudden_zeros(values: Sequence[float]) -> list[int]:
    """Find the positions of zeros beside large values of a total: between two, or one at an end.

    Examples
    --------
    >>> [sudden_zeros(one) for one in ([0, 300, 310, 0, 290, 310, 0], [0, 0, 120, 130, 60, 20, 0], [9, 0, 0, 8])]
    [[0, 3, 6], [], [1, 2]]
    """
    positive = sorted(value for value in values if value > 0)
    if not positive:
        return []
    large = STEADY_SHARE * positive[len(positive) // 2]
    found = []
    for at in [at for at, value in enumerate(values) if value == 0]:
        around = [next((value for value in side if value > 0), 0.0) for side in (values[at::-1], values[at:])]
        if min(around) >= large:
            found.append(at)
    ends = ((0, values[::-1]), (len(values) - 1, values))
    return sorted({*found, *(at for at, one in ends if ends_suddenly(one))})


def _out_of_bounds(value: float) -> Finding | None:
    if value and abs(value) < SMALLEST_NUMBER:
        remedy = "no park has so little of anything; correct it"
        return Finding(f"0 or at least {SMALLEST_NUMBER:g}", remedy, "number_small")
    if abs(value) <= LARGEST_NUMBER:
        return None
    return Finding(f"at most {LARGEST_NUMBER:g}", "no park has so much of anything; correct it", "number_large")


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


@dataclass(frozen=True)
class Look:
    """Formatting of a number of a workbook that can change its meaning for a reader.

    Parameters
    ----------
    format : str
        Number format of the cell.
    is_struck, is_raised : bool
        Whether the whole cell is struck through, raised or lowered.
    has_struck, has_raised : bool
        Whether a part of its text is.
    has_small, has_white : bool
        Whether a part of its text is smaller than the rest, or white on nothing.
    is_hidden, is_white : bool
        Whether its row or column is hidden, or of no height or width; whether the cell is white on nothing.
    """

    format: str = "General"
    is_struck: bool = False
    is_raised: bool = False
    has_struck: bool = False
    has_raised: bool = False
    is_hidden: bool = False
    has_small: bool = False
    has_white: bool = False
    is_white: bool = False

    @property
    def apart(self) -> str:
        """Difference of a part of the text from the rest; empty where there is none."""
        if self.has_raised:
            return "raised or lowered, such as a footnote mark"
        if self.has_small:
            return "smaller than the rest, such as a footnote mark"
        return "struck through" if self.has_struck else "white and cannot be seen" if self.has_white else ""

    def findings(self, value: float, unit: str) -> Iterator[Finding]:
        """Yield findings on possible meanings of the formatting, given the unit of the value."""
        if self.apart:
            yield Finding("digits that are all alike", f"a part is {self.apart}; type the number alone", "part_looks")
        if self.is_struck:
            remedy = "it is struck through and yet counted: delete it if it is void, or take the line off"
            yield Finding("a value that holds", remedy, "struck", "warning")
        if self.is_raised:
            remedy = "it is raised or lowered like a footnote mark and yet counted: format it plainly"
            yield Finding("a value on the line", remedy, "raised", "warning")
        if self.is_hidden:
            yield Finding("a visible cell", "unhide its row or column: it is counted", "cell_hidden", "warning")
        if self.is_white:
            yield Finding("a visible cell", "its font is white: it is counted", "cell_hidden", "warning")
        yield from self._of_format(value, unit)

    def _of_format(self, value: float, unit: str) -> Iterator[Finding]:
        """Yield findings on the number format of a value."""
        of = meaning(self.format, value)
        if of.is_blank and value:
            yield Finding("a visible cell", "its number format hides it: it is counted", "cell_hidden", "warning")
        if of.is_percent and (label_of(unit) == "share" or label_of(unit).startswith("%")):
            if label_of(unit) != "share" and value:
                remedy = f"the cell shows {100 * value:g}% and holds {value!r}: format it as a number, type it again"
                yield Finding("a plain percentage", remedy, "percent_format")
        elif of.is_scaled or of.is_percent:
            remedy = f"its format {shown(self.format)} shows another number than the stored {value!r}, which is read"
            yield Finding("a number as it is shown", remedy, "format_scaled", "warning")
        elif of.words not in ("", letters(unit)):
            remedy = f"its format adds {shown(of.words)}, which is not read: say it in the unit column"
            yield Finding("a number alone", remedy, "format_words", "warning")


@dataclass(frozen=True)
class Meaning:
    """Effect of a number format on a number: shows a part of it, a percentage, words beside it, or nothing."""

    is_scaled: bool = False
    is_percent: bool = False
    is_blank: bool = False
    words: str = ""


def meaning(number_format: str, value: float) -> Meaning:
    """Determine the effect of a number format on a value.

    Examples
    --------
    >>> meaning("#,##0,", 1e7).is_scaled, meaning("0%", 0.85).is_percent, meaning('0.0"万t"', 12.0).words
    (True, True, '万t')
    >>> meaning("#,##0.00_);[Red](#,##0.00)", 5.0)
    Meaning(is_scaled=False, is_percent=False, is_blank=False, words='')
    """
    if number_format == "General":
        return Meaning()
    sections = _sections(number_format)
    return sections[_section_of(sections, value)][1]


@lru_cache(maxsize=512)
def _sections(number_format: str) -> tuple[tuple[re.Match[str] | None, Meaning], ...]:
    """Parse condition and meaning of each section of a format, separated by semicolons outside texts."""
    parts: list[list[re.Match[str]]] = [[]]
    for piece in PIECE.finditer(number_format):
        if piece[5] == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    found = []
    for pieces in parts:
        conditions = [CONDITION.fullmatch(piece[4]) for piece in pieces if piece[4]]
        found.append((next(filter(None, conditions), None), _meaning(pieces, len(parts))))
    return tuple(found)


def _section_of(sections: tuple[tuple[re.Match[str] | None, Meaning], ...], value: float) -> int:
    """Return the position of the section that shows a value."""
    tests = {"<": value.__lt__, ">": value.__gt__, "<=": value.__le__, ">=": value.__ge__, "=": value.__eq__,
             "<>": value.__ne__}  # fmt: skip
    conditions = [condition for condition, _ in sections]
    if any(conditions):
        met = (at for at, one in enumerate(conditions) if one and tests[one[1]](float(one[2])))
        return next(met, next((at for at, one in enumerate(conditions) if not one), 0))
    usual = 0 if value > 0 else 1 if value < 0 else 2
    return usual if usual < len(sections) else 0


def _meaning(pieces: list[re.Match[str]], sections: int) -> Meaning:
    """Determine the meaning of the pieces of one section."""
    literals = [piece[1] or piece[2] for piece in pieces if piece[1] or piece[2]]
    signs = "".join(piece[5] for piece in pieces if piece[5])
    placed = PLAINEST.sub("", signs)
    # A mark by itself says something of the number; behind letters it is a part of a unit, as in km².
    marks = [text for text in [*literals, placed] if not letters(text) and any(map(_is_mark, text))]
    words = letters("".join([*literals, placed])) or "".join(marks)
    # Digits or a point beside the digits of a number make another number of it.
    has_number = bool(re.search("[0#?]", placed)) or placed != signs
    is_other = has_number and any(set(text) & set("0123456789.,") for text in literals)
    return Meaning(
        is_scaled=bool(SCALED.search(placed)) or is_other,
        is_percent="%" in placed,
        is_blank=not pieces and sections > 1,
        words="" if words.casefold() in WORDLESS else words,
    )


def _is_mark(sign: str) -> bool:
    return sign in "‰‱*†‡§" or unicodedata.category(sign) == "No"


def letters(text: str) -> str:
    """Return the letters of a text, to compare units without symbols and digits."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalpha())


class _Bound(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    low: float
    high: float
    unit: str
    source: str

    def holds(self, value: float) -> bool:
        """Tell whether a value lies inside."""
        return self.low <= value <= self.high


class _Grade(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    value: float
    unit: str
    source: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    bounds: dict[str, _Bound]
    grades: dict[str, _Grade]


@dataclass(frozen=True)
class Plausible:
    """Bounds by name, and the standard deviation of the logarithm of a value by quality grade."""

    bounds: Mapping[str, _Bound]
    grades: Mapping[str, float]


@cache
def _read(folder: Path) -> Plausible:
    content, _ = yaml_files.validated(folder / "intake.yml", _File)
    return Plausible(content.bounds, {name: grade.value for name, grade in content.grades.items()})


def read_plausible() -> Plausible:
    """Read the shipped bounds and grades.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read(files.data_folder())
