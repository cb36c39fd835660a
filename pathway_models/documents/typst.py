"""The report as PDF by typst, with the bundled font only: the same pages on every machine.

Columns of a table are as wide as their contents ask for, the same in every format.
"""

import json
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pathway_models.core.errors import PathwayError
from pathway_models.documents.blocks import Block, Figure, Heading, Paragraph, Report, Table, unbroken
from pathway_models.figures.style import FONTS
from pathway_models.language.words import width_of

#: Half-width signs that a line of a table holds, over all columns, and most that a cell can claim.
LINE, MOST = 100, 44
#: Longest run of signs that is kept whole; longer ones, such as addresses and hashes, are broken.
LONGEST = 22
#: Signs that a column's margins take.
MARGIN = 2.0
#: Signs that no line is broken between: neither blanks nor Chinese.
WHOLE = re.compile(r"[^\s\u2e80-\uffef]+")


def shares_of(rows: Sequence[Sequence[str]]) -> list[float]:
    """Share the width of a table out to its columns by their content; no number or word is broken while there is room.

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
    columns = list(zip(*rows, strict=True))
    least, asked = [_least(column) for column in columns], [_asked(column) for column in columns]
    room = max(LINE, sum(least))
    # What is asked for is scaled until all columns fill the line, none below its least.
    low, high = 0.0, room / min(asked)
    for _ in range(30):
        scale = (low + high) / 2
        widths = [max(one, scale * other) for one, other in zip(least, asked, strict=True)]
        low, high = (scale, high) if sum(widths) < room else (low, scale)
    return [one / sum(widths) for one in widths]


def _asked(column: Sequence[str]) -> float:
    """Weigh a column by its longest cell, less than in proportion: sentences should not squeeze columns of numbers."""
    return max(6.0, min(max(map(width_of, column)), MOST) ** 0.75 * 1.6)


def _least(column: Sequence[str]) -> float:
    """Find the signs that the longest number or word of a column takes, and two Chinese ones, with the margins."""
    longest = max((width_of(part) for text in column for part in WHOLE.findall(text)), default=0)
    return max(4, min(longest, LONGEST)) + MARGIN


TEMPLATE = Path(__file__).with_name("templates") / "report.typ"


def to_pdf(report: Report) -> bytes:
    """Set a report as PDF.

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
