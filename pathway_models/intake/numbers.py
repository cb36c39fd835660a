"""Numbers of inputs: one reader for the cells of workbooks and for the texts of every table.

A number is read only where a careful person reads it in one way.  Full-width digits, spaces and thousands separators
are understood, and every such reading is told in a note; anything else is a fault, never a guess.  A number of a
workbook may mean something else by its looks (raised digits, a format that shows a thousandth): `Look` says what.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pathway_models.intake.cells import ERRORS, FULL_WIDTH, INVISIBLE, Finding, label_of, shown

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
#: Beyond any park in any unit; products of what lies below stay far from the end of floating point.
LARGEST_NUMBER = 1e15
#: Below any amount but none, and below what is left where a spreadsheet takes equal numbers from one another; quotients
#: of what lies above stay far from both ends of floating point.
SMALLEST_NUMBER = 1e-100
#: Pieces of a number format: text in quotes or one sign behind a mark, fill or width, brackets, anything else.
PIECE = re.compile(r'"([^"]*)"|[\\!](.)|([_*]).|\[([^\]]*)\]|(.)', re.DOTALL)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
SCALED = re.compile(r"[0#?],+(?![0#?,])")
PLAINEST = re.compile("general|g/通用格式|e[+-]", re.IGNORECASE)
#: Words of a format that add nothing to a number.
WORDLESS = ("元", "cny", "rmb")


def read_number(raw: Any) -> tuple[float | None, list[Finding]]:
    """Read what a cell of a workbook holds as a number.

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
        No value with an error; a value with a note where it is written in a way of its own, with None where plainly.

    Examples
    --------
    >>> number_in("1234.5")
    (1234.5, None)
    >>> [number_in(text)[0] for text in ("1,234", "0,315", "00,315", "1_000", "9530①", "8900²", "1２")]
    [1234.0, None, None, None, None, None, None]
    """
    if text.strip() in ERRORS:
        return None, Finding("a number", "the spreadsheet computes an error here; type the value", "error_cell")
    # Only the ends and the usual kinds of space inside are touched; line ends inside stay and are refused.
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
    """A number in plain digits, full-width or not, and NaN for any other text: for tables that keep no notes.

    Examples
    --------
    >>> [exact_number(text) for text in ("１２．５", "1e3", "1,234", "1_000", "nan")]
    [12.5, 1000.0, nan, nan, nan]
    """
    folded = text.translate(FULL_WIDTH).strip()
    number = float(folded) if PLAIN.fullmatch(folded) and not BOTH_WIDTHS.match(text) else math.nan
    return number if math.isfinite(number) else math.nan


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
    """Looks of a number of a workbook, where that can change what a reader takes it for.

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
        """How a part of the text differs from the rest; empty where all of it is alike."""
        if self.has_raised:
            return "raised or lowered, such as a footnote mark"
        if self.has_small:
            return "smaller than the rest, such as a footnote mark"
        return "struck through" if self.has_struck else "white and cannot be seen" if self.has_white else ""

    def findings(self, value: float, unit: str) -> Iterator[Finding]:
        """Yield what the looks of a value may mean, beside the unit that is written for it."""
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
        """Yield what the number format of a value makes of it."""
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
    """Work out what a number format makes of a value.

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
    """Condition and meaning of each section of a format; semicolons outside texts part them."""
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
    """Position of the section that shows a value."""
    tests = {"<": value.__lt__, ">": value.__gt__, "<=": value.__le__, ">=": value.__ge__, "=": value.__eq__,
             "<>": value.__ne__}  # fmt: skip
    conditions = [condition for condition, _ in sections]
    if any(conditions):
        met = (at for at, one in enumerate(conditions) if one and tests[one[1]](float(one[2])))
        return next(met, next((at for at, one in enumerate(conditions) if not one), 0))
    usual = 0 if value > 0 else 1 if value < 0 else 2
    return usual if usual < len(sections) else 0


def _meaning(pieces: list[re.Match[str]], sections: int) -> Meaning:
    """What the pieces of one section say."""
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
    """The letters of a text: what is left of a unit where signs and digits do not matter."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalpha())
