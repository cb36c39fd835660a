"""The report as PDF by typst, with the bundled font only: the same pages on every machine."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from pathway_models.foundations.errors import PathwayError
from pathway_models.presenting.report.blocks import Block, Figure, Heading, Paragraph, Report, Table
from pathway_models.presenting.report.columns import shares_of
from pathway_models.presenting.style import FONTS

TEMPLATE = Path(__file__).with_name("templates") / "report.typ"


def to_pdf(report: Report) -> bytes:
    """Set a report as PDF.

    Parameters
    ----------
    report : Report

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
    """The report as plain data for the template."""
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
