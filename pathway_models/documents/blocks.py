"""Blocks of a report, the same for every format: numbered headings, paragraphs, tables and figures.

Cells of tables are texts already, so that pandas only has to lay them out.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure as Drawing

from pathway_models.language import say, width_of

#: Numerals of Chinese headings.
NUMERALS = "一二三四五六七八九十"
#: Characters that XML forbids, and soft line breaks.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
#: Dots per inch of a raster picture: enough for print at the width of a page.
DPI = 170
#: Longest table kept on one page, lines; a longer one would leave half a page empty.
SMALL = 7
#: Half-width characters per line of a table, over all its cells.
LINE = 100


def clean(text: object) -> str:
    """Remove the control characters that a document cannot hold."""
    return FORBIDDEN.sub("", str(text))


def unbroken(text: str) -> str:
    """Keep a number with its sign and its unit on one line.

    Examples
    --------
    >>> unbroken("by -3 %, 2016-2020") == "by \u22123\u00a0%, 2016-2020"
    True
    """
    text = re.sub(r"(?<![\w.,)\]])-(?=\d)", "\u2212", text)
    return re.sub(r"(?<=\d) (?=%|tCO|[MGk]?t\b|million\b)", "\u00a0", text)


@dataclass(frozen=True)
class Heading:
    """A heading; ``number`` stands before its text, ``anchor`` is the name links use."""

    level: int
    number: str
    text: str
    anchor: str
    kind: str = "heading"

    @property
    def full(self) -> str:
        """Number and text together, as a reader sees them."""
        return f"{self.number}{self.text}"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of one role: ``body``, ``bullet``, ``note``, ``answer`` in large print or ``label`` in bold."""

    text: str
    role: str = "body"
    kind: str = "paragraph"


@dataclass(frozen=True)
class Table:
    """A table under its numbered caption; ``numeric`` says which columns are set flush right."""

    number: int
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    note: str = ""
    kind: str = "table"

    @property
    def is_small(self) -> bool:
        """True for a table that should stay on one page."""
        return lines_of(self.rows) <= SMALL


def lines_of(rows: Sequence[Sequence[str]]) -> int:
    """Estimate the lines that rows of a table take."""
    return sum(max(1, -(-sum(map(width_of, row)) // LINE)) for row in rows)


@dataclass(frozen=True)
class Figure:
    """A figure above its numbered caption, without one where its number is 0; drawn when a format asks for it."""

    number: int
    caption: str
    alt: str
    draw: Callable[[], Drawing]
    kind: str = "figure"

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG."""
        return self._picture("png")

    @cached_property
    def svg(self) -> bytes:
        """The picture as SVG, its letters drawn as outlines: no reader needs a font."""
        return self._picture("svg")

    def _picture(self, form: str) -> bytes:
        drawing, out = self.draw(), io.BytesIO()
        # Without a date the same figure gives the same bytes.
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        try:
            drawing.savefig(out, format=form, dpi=DPI, metadata=metadata)
        finally:
            plt.close(drawing)
        return out.getvalue()


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True)
class Chapter:
    """A chapter: its key in templates, its heading and its blocks."""

    key: str
    heading: Heading
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report, ready to be set in any format.

    Parameters
    ----------
    lang : {"en", "zh"}
    title, park_name : str
    mark : str
        Says that the park is invented; empty for a real one.
    cover : tuple of str
        Lines below the title.
    header, footer : str
        Stand on every page; the footer holds the run id.
    summary : tuple of Paragraph or Figure
        The first page: answer, picture, actions, cost, caveat.
    chapters : tuple of Chapter
    """

    lang: str
    title: str
    park_name: str
    mark: str
    cover: tuple[str, ...]
    header: str
    footer: str
    summary_title: str
    summary: tuple[Block, ...]
    chapters: tuple[Chapter, ...]
    facts: dict[str, str] = field(default_factory=dict)

    def blocks(self) -> list[Block]:
        """Return everything after the first page, in order, with the headings of the chapters."""
        return [block for chapter in self.chapters for block in (chapter.heading, *chapter.blocks)]

    def headings(self) -> list[Heading]:
        """Return the table of contents: chapters and their sections."""
        return [block for block in self.blocks() if isinstance(block, Heading)]

    def of(self, kind: type[Any]) -> list[Any]:
        """Return all blocks of one kind."""
        return [block for block in (*self.summary, *self.blocks()) if isinstance(block, kind)]

    def text(self) -> str:
        """Return every word of the report, for searching and testing."""
        parts = [self.title, self.mark, *self.cover]
        for block in (*self.summary, *self.blocks()):
            match block:
                case Heading():
                    parts.append(block.full)
                case Paragraph():
                    parts.append(block.text)
                case Table():
                    parts += [block.caption, *block.head, *(cell for row in block.rows for cell in row), block.note]
                case Figure():
                    parts += [block.caption, block.alt]
        return "\n".join([*parts, self.footer])


class ReportBuilder:
    """Write the chapters of one report and count its headings, tables and figures.

    Parameters
    ----------
    lang : {"en", "zh"}
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.chapters: list[Chapter] = []
        self._blocks: list[Block] = []
        self._counts = {"chapter": 0, "annex": 0, "section": 0, "table": 0, "figure": 0}

    def front(self, write: "Callable[[ReportBuilder], None]") -> tuple[Block, ...]:
        """Let a function write the first page; return its blocks."""
        self._blocks = []
        write(self)
        return tuple(self._blocks)

    def chapter(self, key: str, text: str, write: "Callable[[ReportBuilder], None]", *, annex: bool = False) -> None:
        """Open a chapter, let a function fill it, and close it."""
        kind = "annex" if annex else "chapter"
        number = self._count(kind)
        self._counts["section"] = 0
        letter = chr(ord("A") + number - 1)
        zh = f"附录{letter} " if annex else f"{NUMERALS[number - 1]}、"
        en = f"Annex {letter}. " if annex else f"{number}. "
        self._prefix = letter if annex else str(number)
        heading = Heading(1, say(self.lang, en=en, zh=zh), clean(text), f"{kind}-{number}")
        self._blocks = []
        write(self)
        self.chapters.append(Chapter(key, heading, tuple(self._blocks)))

    @property
    def size(self) -> int:
        """Count the blocks of the chapter so far."""
        return len(self._blocks)

    def section(self, text: str) -> None:
        """Begin a section of the chapter."""
        number = self._count("section")
        label = say(self.lang, en=f"{self._prefix}.{number} ", zh=f"（{NUMERALS[number - 1]}）")
        self._blocks.append(Heading(2, label, clean(text), f"section-{self._prefix}-{number}"))

    def say(self, *texts: str, role: str = "body") -> None:
        """Write paragraphs; empty ones are left out, line breaks begin a new one."""
        lines = [line for text in texts for line in text.split("\n")]
        self._blocks += [Paragraph(clean(line), role) for line in lines if line.strip()]

    def bullets(self, texts: Iterable[str]) -> None:
        """Write the entries of a list."""
        self.say(*texts, role="bullet")

    def note(self, *texts: str) -> None:
        """Write remarks in small print."""
        self.say(*texts, role="note")

    def table(self, caption: str, frame: pd.DataFrame, note: str = "") -> None:
        """Add a table of texts; its index becomes the first columns."""
        flat = frame.reset_index() if frame.index.name or frame.index.nlevels > 1 else frame
        rows = [tuple(clean(cell) for cell in row) for row in flat.itertuples(index=False)]
        self.rows(caption, [str(name) for name in flat.columns], rows, note)

    def rows(self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
        """Add a table from its head and its rows."""
        cells = tuple(tuple(clean(cell) for cell in row) for row in rows)
        numeric = tuple(bool(cells) and all(_is_number(row[at]) for row in cells) for at in range(len(head)))
        names = tuple(clean(name) for name in head)
        self._blocks.append(Table(self._count("table"), clean(caption), names, cells, numeric, clean(note)))

    def figure(self, caption: str, alt: str, draw: Callable[[], Drawing]) -> None:
        """Add a figure."""
        self._blocks.append(Figure(self._count("figure"), clean(caption), clean(alt), draw))

    def picture(self, alt: str, draw: Callable[[], Drawing]) -> None:
        """Add a figure without number and caption."""
        self._blocks.append(Figure(0, "", clean(alt), draw))

    def _count(self, what: str) -> int:
        self._counts[what] += 1
        return self._counts[what]


def _is_number(text: str) -> bool:
    """Tell whether a cell is a number, a percentage, a year beyond the horizon, or empty."""
    return re.fullmatch(r"[<>]?[+-]?[\d,]*\.?\d*\s*%?", text.strip()) is not None


def text_table(rows: Sequence[Sequence[object]], heads: Sequence[str], keys: int = 1) -> pd.DataFrame:
    """Build a table of texts from rows and heads; the first columns name the rows.

    Parameters
    ----------
    rows : sequence of rows
        Texts, as many in each row as there are heads.
    heads : sequence of str
    keys : int
        Number of columns that name a row.

    Notes
    -----
    Columns are of objects: turning texts into the columns of Arrow and back again would take longer than the rest.
    """
    names = pd.Index(list(heads), dtype=object)
    return pd.DataFrame(list(rows), columns=names, dtype=object).set_index(list(heads[:keys]))
