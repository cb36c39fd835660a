"""The report as one web page that needs no other file, no network and no font of the reader's machine."""

import base64
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from pathway_models.documents.blocks import Block, Figure, Heading, Paragraph, Report, Table
from pathway_models.documents.markup import TOLD_STYLE, VALUES_LINK, html, page, told_picture
from pathway_models.documents.page_fonts import ASCII, font_with
from pathway_models.figures.style import FONT_FILES
from pathway_models.language.words import say, word_list

TEMPLATES = Path(__file__).with_name("templates")
#: Marker of a list; quotation marks, which pages in English take from another font where there is one.
MARKER, MARKS = "•", "‘’“”"
#: Weight of each bundled font file, in their order.
WEIGHTS = (400, 700)


def to_html(report: Report) -> str:
    """Typeset a report as a web page.

    Returns
    -------
    str
        The same for the same report; pictures and the characters of the font it uses are inside.
    """
    words = {
        "contents": say(report.lang, en="Contents", zh="目录"),
        "table": say(report.lang, en="Table", zh="表"),
        "figure": say(report.lang, en="Figure", zh="图"),
    }
    listed = word_list(report.lang)
    texts = (
        report.text() + "".join(words.values()) + str(listed) + VALUES_LINK[report.lang] + MARKER,
        _bold(report) + "".join(words.values()) + str(listed),
    )
    faces = [
        {"weight": weight, "data": _encoded(font_with(file, text + ASCII))}
        for weight, file, text in zip(WEIGHTS, FONT_FILES, texts, strict=True)
    ]
    return page(
        TEMPLATES / "report.html.j2",
        report=report,
        words=words,
        word_list=listed,
        faces=faces,
        marks=_encoded(font_with(FONT_FILES[0], MARKS)),
        footer=Markup(css_string(report.footer)),
        groups=_groups(report.blocks()),
        encoded=_encoded,
        picture=lambda figure: _picture(figure, report.lang),
        told_style=TOLD_STYLE,
    )


def _picture(figure: Figure, lang: str) -> Markup:
    """Render a figure with its tooltips."""
    image = html('<img src="data:image/png;base64,{data}" alt="{alt}">', data=_encoded(figure.png), alt=figure.alt)
    return told_picture(image, figure.png, lang)


def css_string(text: str) -> str:
    r"""Quote a text for a style sheet; characters that could end it become code points.

    Examples
    --------
    >>> css_string('a"</style>')
    '"a\\22 \\3c /style\\3e "'
    """
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '"\\<>&\n' else sign for sign in text) + '"'


def _bold(report: Report) -> str:
    """Collect every text that is set bold."""
    parts: list[str] = [report.title, report.mark, report.summary_title, "0123456789"]
    parts += [heading.full for heading in report.of(Heading)]
    parts += [line.text for line in report.of(Paragraph) if line.role in ("answer", "label")]
    parts += [figure.caption for figure in report.of(Figure)]
    parts += [word for table in report.of(Table) for word in (table.caption, *table.head)]
    return "".join(parts)


def _groups(blocks: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    """Group the entries of a list together and keep every other block by itself."""
    found: list[tuple[str, list[Block]]] = []
    for is_bullet, run in groupby(blocks, key=lambda one: isinstance(one, Paragraph) and one.role == "bullet"):
        together = list(run)
        found += [("bullets", together)] if is_bullet else [("one", [block]) for block in together]
    return found


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
