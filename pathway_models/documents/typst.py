"""The report as PDF by typst, with the bundled font only: the same pages on every machine.

Columns of a table are as wide as their contents ask for, the same in every format.
"""

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pathway_models.core.errors import PathwayError
from pathway_models.documents.blocks import Block, Figure, Heading, Paragraph, Report, Table
from pathway_models.figures.style import FONTS
from pathway_models.language.words import width_of

#: Fewest characters of a column, and most that a cell can claim; a Chinese character counts twice.
LEAST, MOST = 9, 44


def shares_of(rows: Sequence[Sequence[str]]) -> list[float]:
    """Share the width of a table out to its columns by their content.

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
    asked = [_asked(column) for column in zip(*rows, strict=True)]
    return [one / sum(asked) for one in asked]


def _asked(column: Sequence[str]) -> float:
    """Weigh a column by its longest cell (less than in proportion), with room for its longest word."""
    longest = min(max(width_of(text) for text in column), MOST)
    word = max((width_of(part) for text in column for part in text.split() if part.isascii()), default=0)
    # The root keeps a column of sentences from squeezing columns of numbers.
    return max(LEAST, min(word, 14) + 2, longest**0.75 * 1.6)


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
        "summary": [line.text for line in report.summary],
        "blocks": [_data(block) for block in report.blocks()],
    }


def _data(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": block.full}
        case Paragraph():
            return {"kind": block.role, "text": block.text}
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
                "rows": [list(row) for row in block.rows],
                "numeric": list(block.numeric),
                "widths": shares_of([block.head, *block.rows]),
                "note": block.note,
                "small": block.is_small,
            }
