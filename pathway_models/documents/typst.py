"""The report as PDF by typst, with the bundled font only: the same pages on every machine.

Columns of a table are as wide as their contents ask for, the same in every format.
"""

import json
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from pathway_models.core import PathwayError
from pathway_models.documents.blocks import Block, Figure, Heading, Paragraph, Report, Table, unbroken
from pathway_models.figures.style import FONTS
from pathway_models.language import width_of

#: Half-width characters per line of a table, over all columns.
LINE = 100
#: Exponent of the mean of cell heights in a row, smallest saving of lines that a character of width must bring, and
#: weight of the head against a row.
HIGHEST, ENOUGH, HEAD = 6.0, 1e-3, 3.0
#: Longest run of characters that is kept whole; longer ones, such as addresses and hashes, are broken.
LONGEST = 22
#: Longest cell kept on one line, characters, and the largest share of the width that such columns may take.
SHORT, PART = 14, 0.7
#: Margins of a column, characters.
MARGIN = 2.0
#: Runs without a line break: neither blanks nor Chinese.
WHOLE = re.compile(r"[^\s\u2e80-\uffef]+")

#: Boundaries of Chinese and Western text, where half a character is left free.
SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")


def shares_of(rows: Sequence[Sequence[str]]) -> list[float]:
    """Divide the width of a table among its columns by content; numbers and words stay whole while there is room.

    Parameters
    ----------
    rows : sequence of sequence of str
        The head first.

    Returns
    -------
    list of float
        They sum to one.

    Examples
    --------
    >>> shares_of([("a", "b"), ("12345", "12345")])
    [0.5, 0.5]
    """
    wide = np.array([[width_of(cell) + 0.5 * len(SEAM.findall(cell)) for cell in row] for row in rows])
    widths = np.array([_least(column) for column in zip(*rows, strict=True)])
    short = np.maximum(widths, np.where(wide.max(axis=0) <= SHORT, wide.max(axis=0) + MARGIN, 0.0))
    widths = short if short.sum() <= PART * LINE else widths
    # Heads of many lines are harder to read than sentences of many.
    weights = np.where(np.arange(len(wide)), 1.0, HEAD)
    while widths.sum() < LINE - 1:
        # The next character goes to the column that saves most lines; a row is nearly as high as its highest cell.
        now, then = (np.maximum(wide / (widths + more - MARGIN), 1.0) ** HIGHEST for more in (0.0, 1.0))
        saved = now.sum(axis=1) ** (1 / HIGHEST) - (now.sum(axis=1)[:, None] - now + then).T ** (1 / HIGHEST)
        best = saved @ weights
        if best.max() < ENOUGH:
            break
        widths[best.argmax()] += 1.0
    return (widths / widths.sum()).tolist()


def _least(column: Sequence[str]) -> float:
    """Return the width of the longest number or word of a column, at least two Chinese characters, with margins."""
    longest = max((width_of(part) for text in column for part in WHOLE.findall(text)), default=0)
    return max(4, min(longest, LONGEST)) + MARGIN


TEMPLATE = Path(__file__).with_name("templates") / "report.typ"


def to_pdf(report: Report) -> bytes:
    """Typeset a report as PDF.

    Returns
    -------
    bytes
        The same for the same report.

    Raises
    ------
    PathwayError
        typst is not installed; says how to install it.
    """
    try:
        typst = import_module("typst")
    except ImportError:
        raise PathwayError("a PDF needs typst: pip install 'pathway_models[pdf]'; docx and html need nothing") from None
    files = {f"figure{one.number}.svg": one.svg for one in report.of(Figure)}
    content = json.dumps(as_data(report), ensure_ascii=False).encode("utf-8")
    return typst.compile(
        {"main.typ": TEMPLATE.read_bytes(), "data.json": content, **files},
        format="pdf",
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=0,
    )


def as_data(report: Report) -> dict[str, Any]:
    """Convert the report to plain data for the template."""
    return {
        "lang": report.lang,
        "title": report.title,
        "mark": report.mark,
        "cover": list(report.cover),
        "header": report.header,
        "footer": report.footer,
        "summary_title": report.summary_title,
        "summary": [_data(block) for block in report.summary],
        "blocks": [_data(block) for block in report.blocks()],
    }


def _data(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": unbroken(block.full)}
        case Paragraph():
            return {"kind": block.role, "text": unbroken(block.text)}
        case Figure():
            return {
                "kind": "figure",
                "file": f"figure{block.number}.svg",
                "alt": block.alt,
                "caption": block.caption,
            }
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "head": list(block.head),
                "rows": [[unbroken(cell) for cell in row] for row in block.rows],
                "numeric": list(block.numeric),
                "widths": shares_of([block.head, *block.rows]),
                "note": unbroken(block.note),
                "small": block.is_small,
            }
