"""Fields that Word computes on opening a file, filled in beforehand: contents, numbers, column widths.

Other programs, and users who decline the update, then still see a complete document.  Archives are written so
that the same content gives the same bytes.

Pages are estimated as Word lays them out: fixed line distances of the template's styles, line breaks by the widths of
letters, paragraphs that stay with the next, rows that do not break.  Other fonts may move a heading
to the next page; Word corrects the numbers when it opens the file.
"""

import copy
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length
from docx.table import Table

from pathway_models.documents import blocks, typst

#: Style of the tables laid out here; others are the user's.
TABLE_STYLE = "Report Table"
#: Twips of the text's width on A4 with the template's margins.
TEXT_WIDTH = 8844
#: Rows of a long table kept with the next row: its head.
FIRST = 1
NUMBER = re.compile(r"[<>]?[+\u2212-]?[\d,]*\.?\d*\s*%?")


def finish(word: Document, report: blocks.Report) -> None:
    """Fill in the fields and lay out the tables."""
    anchors = _bookmarks(word, report)
    _break_before_chapters(word, report)
    _number_captions(word)
    looks, usual = _looks(word)
    for table in word.tables:
        if table.style is not None and table.style.name == TABLE_STYLE:
            _lay_out(table, looks.get(_style_id(next(table._tbl.iter(qn("w:p")))), usual))
    _contents(word, anchors)
    _number_pages(word, fill_pages(word))


def _bookmarks(word: Document, report: blocks.Report) -> list[tuple[int, str, str]]:
    """Mark every heading of the report: (level, text, name of the mark)."""
    known = {blocks.unbroken(heading.full) for heading in report.headings()}
    levels, found = _headings(word), []
    for line in word.paragraphs:
        level = levels.get(_style_id(line._p), 0)
        if level and line.text in known:
            number = len(found) + 1
            name = f"_Toc{number:06d}"
            start = parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{name}"/>')
            line._p.insert(1 if line._p.pPr is not None else 0, start)
            line._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'))
            found.append((level, line.text, name))
    return found


def _break_before_chapters(word: Document, report: blocks.Report) -> None:
    """Begin the first chapter on a new page, after the front matter of the template."""
    first = next((blocks.unbroken(heading.full) for heading in report.headings()), None)
    levels = _headings(word)
    for line in word.paragraphs:
        if levels.get(_style_id(line._p)) == 1 and line.text == first:
            line.paragraph_format.page_break_before = True
            return


def _headings(word: Document) -> dict[str, int]:
    """List the styles of headings: id, which is a number in documents that a Chinese Word has made -> level."""
    return {style.style_id: int(style.name[-1]) for style in word.styles if style.name in ("Heading 1", "Heading 2")}


def _fields(word: Document) -> Iterator[tuple[str, list[Any]]]:
    """Yield the complex fields that lie in one paragraph of the body: their code, and the runs they show."""
    for paragraph in word.element.body.iter(qn("w:p")):
        code, shown, inside = "", [], ""
        for run in paragraph.findall(qn("w:r")):
            mark = run.find(qn("w:fldChar"))
            kind = mark.get(qn("w:fldCharType")) if mark is not None else ""
            if kind == "begin":
                code, shown, inside = "", [], "code"
            elif kind == "separate":
                inside = "shown"
            elif kind == "end":
                yield code.strip(), shown
                inside = ""
            elif inside == "code":
                code += "".join(part.text or "" for part in run.findall(qn("w:instrText")))
            elif inside == "shown":
                shown.append(run)


def _number_captions(word: Document) -> None:
    """Fill every SEQ field with its number."""
    counts: dict[str, int] = {}
    for code, shown in _fields(word):
        parts = code.split()
        if parts[:1] == ["SEQ"] and shown:
            counts[parts[1]] = counts.get(parts[1], 0) + 1
            shown[0].find(qn("w:t")).text = str(counts[parts[1]])


def _number_pages(word: Document, pages: dict[str, int]) -> None:
    """Fill every PAGEREF field with its estimated page."""
    for line in word.element.body.iter(qn("w:hyperlink")):
        codes = [part.text or "" for part in line.iter(qn("w:instrText"))]
        name = next((code.split()[1] for code in codes if code.split()[:1] == ["PAGEREF"]), "")
        if name in pages:
            list(line.iter(qn("w:t")))[-1].text = str(pages[name])


def _contents(word: Document, anchors: list[tuple[int, str, str]]) -> None:
    """Fill the table of contents; page numbers are fields of their own."""
    for paragraph in list(word.element.body.iter(qn("w:p"))):
        codes = [part.text or "" for part in paragraph.iter(qn("w:instrText"))]
        if not any(code.strip().startswith("TOC") for code in codes):
            continue
        runs = paragraph.findall(qn("w:r"))
        at = next(n for n, run in enumerate(runs) if _kind(run) == "separate")
        opening, ending = runs[: at + 1], next(run for run in runs if _kind(run) == "end")
        template = copy.deepcopy(paragraph.pPr)
        before = paragraph
        for position, (level, text, name) in enumerate(anchors):
            entry = parse_xml(_entry(text, name))
            properties = copy.deepcopy(template)
            style = properties.find(qn("w:pStyle"))
            style.set(qn("w:val"), f"TOC{level}")
            entry.insert(0, properties)
            if position == 0:
                for number, run in enumerate(opening):
                    entry.insert(1 + number, run)
            if position == len(anchors) - 1:
                entry.append(ending)
            before.addnext(entry)
            before = entry
        if anchors:
            paragraph.getparent().remove(paragraph)
        return


def _kind(run: Any) -> str:
    mark = run.find(qn("w:fldChar"))
    return "" if mark is None else mark.get(qn("w:fldCharType"))


def _entry(text: str, name: str) -> str:
    """Write a line of the contents: a link with its page."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    return (
        f'<w:p {nsdecls("w")}><w:hyperlink w:anchor="{name}" w:history="1">'
        f'<w:r><w:t xml:space="preserve">{safe}</w:t></w:r><w:r><w:tab/></w:r>{mark("begin")}'
        f'<w:r><w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r>{mark("separate")}'
        f'<w:r><w:t xml:space="preserve">-</w:t></w:r>{mark("end")}</w:hyperlink></w:p>'
    )


def _lay_out(table: Table, look: "_Look") -> None:
    """Set widths by content, numbers flush right, repeated heads, unbroken rows and small tables on one page."""
    rows = table._tbl.tr_lst
    cells = [[_text(cell) for cell in row.tc_lst] for row in rows]
    widths = [int(TEXT_WIDTH * share) for share in typst.shares_of(cells)]
    numeric = [
        len(cells) > 1 and all(NUMBER.fullmatch(row[at].strip()) for row in cells[1:]) for at in range(len(widths))
    ]
    table.autofit = False
    grid = table._tbl.tblGrid
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        grid.append(parse_xml(f'<w:gridCol {nsdecls("w")} w:w="{width}"/>'))
    # A head alone at the bottom of a page is ugly in Word, and makes LibreOffice lose the rows below it.
    bound = len(rows) - 1 if _lines(cells[1:], widths, look) <= blocks.SMALL else FIRST
    for number, row in enumerate(rows):
        properties = row.get_or_add_trPr()
        properties.append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        if number == 0:
            properties.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for cell, width, is_number in zip(row.tc_lst, widths, numeric, strict=True):
            cell.width = width * 635  # twips to English Metric Units
            for line in cell.p_lst:
                settings = line.get_or_add_pPr()
                if number < bound:
                    settings.get_or_add_keepNext()
                if is_number:
                    settings.get_or_add_jc().val = WD_ALIGN_PARAGRAPH.RIGHT


def _lines(cells: list[list[str]], widths: list[int], look: "_Look") -> int:
    """Count the lines that rows of a table take."""
    rooms = [width / TWIPS - CELL_MARGINS for width in widths]
    return sum(
        max(wrapped_lines(text, look.size, room, face=look.face) for text, room in zip(row, rooms, strict=True))
        for row in cells
    )


def _text(cell: Any) -> str:
    return "".join(part.text or "" for part in cell.iter(qn("w:t")))


# Estimated pages ------------------------------------------------------------------------------------------------------

#: Widths of the characters from space to tilde, thousandths of the font size, by font of the templates.
WIDTHS = {
    "Calibri": "226 326 401 498 507 715 682 221 303 303 498 498 250 306 252 386 507 507 507 507 507 507 507 507 507 507"
    " 268 268 498 498 498 463 894 579 544 533 615 488 459 631 623 252 319 520 420 855 646 662 517 673 543 459 487 642"
    " 567 890 519 487 468 307 386 307 498 498 291 479 525 423 525 498 305 471 525 229 239 455 229 799 525 527 525 525"
    " 349 391 335 525 452 715 433 453 395 314 460 314 498",
    "Times New Roman": "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500"
    " 500 500 278 278 564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556"
    " 611 722 722 944 722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500"
    " 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541",
}
#: Font whose widths stand for all others.
USUAL = "Times New Roman"
#: Widths of characters outside ASCII, such as a minus or a quotation mark, and of Chinese ones.
OTHER, WIDE = 0.5, 1.0
#: Small characters of units, nearly as wide in both fonts.
NARROW = {"₂": 0.335, "·": 0.25, "°": 0.35}
CHINESE = "\u2e80-\uffef"
QUARTER = "\u2005"
#: Characters at the end of a line that do not count for its length.
BLANKS = f" \n{QUARTER}"
#: Unbreakable piece with the blanks after it: a word up to its hyphen, or a Chinese character with the punctuation that
#: may not begin a line.  A non-breaking space belongs to its word.
PIECE = re.compile(
    rf"[{CHINESE}][，。、；：？！）》】％]*[{BLANKS}]*|[^{BLANKS}{CHINESE}-]+-*[{BLANKS}]*|-+[{BLANKS}]*|[{BLANKS}]+"
)
#: Fewest lines of a paragraph at the bottom and at the top of a page.
TOGETHER = 2
#: Fewest rows of a table at the bottom of a page, and on the next one.
ROWS = 3
#: Style of the note below a table.
NOTE = "Remark"
#: Share of a page that may stay empty before a figure.
GAP = 0.12
#: Margin for text moved up, points: a height estimated a line too low must not part it from its figure.
SPARE = 16.0
#: Points that a border adds to a row, and the margins of a cell take from its width.
BORDER, EDGE, CELL_MARGINS = 0.5, 1.5, 6.0
#: Twips and English Metric Units of a point.
TWIPS, EMU = 20, 12700


@dataclass(frozen=True, eq=False)
class _Part:
    """Lines of equal height, points: a paragraph, or as one line a row of a table or a picture.

    ``block`` is the paragraph or the table in the document, ``head`` the height of the row that a table repeats where
    it goes on.  Neighbours that ``join`` by the same name have no space between them.
    """

    block: Any
    lines: int
    height: float
    before: float = 0.0
    after: float = 0.0
    keeps_next: bool = False
    breaks: bool = False
    marks: tuple[str, ...] = ()
    is_picture: bool = False
    is_chapter: bool = False
    is_row: bool = False
    is_note: bool = False
    head: float = 0.0
    joins: str = ""

    @property
    def whole(self) -> float:
        """Height with the space above and below."""
        return self.before + self.lines * self.height + self.after

    @property
    def least(self) -> float:
        """Height that must fit on the page where the part begins."""
        return self.before + min(self.lines, TOGETHER if self.lines > TOGETHER + 1 else self.lines) * self.height


def fill_pages(word: Document) -> dict[str, int]:
    """Move text and tables after a figure up to fill the page that it would leave empty, within a chapter.

    A figure that does not fit goes to the top of the next page with its caption.  Further figures follow in their
    order; a long table or paragraph may begin on the page and continue after the figure.

    Returns
    -------
    dict
        Name of each bookmark to the number of its page, estimated.
    """
    high, passed, parts = _height(word), 0, list(_parts(word))
    while True:
        laid = _laid_out(parts, high)
        gaps = laid.gaps
        at = next((at for at in sorted(gaps) if at >= passed and parts[at].is_picture and gaps[at] > GAP * high), None)
        if at is None:
            return laid.pages
        room, end, early, late = gaps[at] - SPARE, at, [], []
        while room > 0 and end < len(parts) and not parts[end].is_chapter:
            unit = _together(parts, end)
            is_figure = unit[0].is_picture
            if not is_figure:
                if any(one.is_picture or one.is_chapter for one in unit):
                    break  # a heading of a figure or of a chapter
                room -= sum(one.whole for one in unit)
                if room < 0 and not _may_begin(unit, room + sum(one.whole for one in unit)):
                    break
            (late if is_figure else early).extend(unit)
            end += len(unit)
        for block in dict.fromkeys(one.block for one in early):
            parts[at].block.addprevious(block)
        parts[at : at + len(early) + len(late)] = [*early, *late]
        # A figure that a long table was moved before is tried again, on the page where that table ends.
        passed = at + (len(early) or 1)


def _together(parts: list[_Part], start: int) -> list[_Part]:
    """List the parts from a position on that move together: heading and text, or caption, table and note."""
    last = start
    while last + 1 < len(parts) and (
        parts[last].keeps_next
        or parts[last].block is parts[last + 1].block
        or (parts[last].is_row and parts[last + 1].is_note)
    ):
        last += 1
    return parts[start : last + 1]


def _may_begin(unit: list[_Part], room: float) -> bool:
    """Tell whether parts that do not fit as a whole may begin on a page: some rows of a table, lines of a paragraph."""
    rows = [one for one in unit if one.is_row and not one.keeps_next]
    if not rows:
        return unit[-1].lines >= 2 * TOGETHER and sum(one.whole for one in unit[:-1]) + unit[-1].least <= room
    ahead = unit.index(rows[ROWS - 1]) + 1 if len(rows) >= 2 * ROWS else len(unit)
    return sum(one.whole for one in unit[:ahead]) <= room


class _Laid(NamedTuple):
    """Positions of parts on pages.

    Parameters
    ----------
    pages : bookmark -> page
    gaps : part -> points left empty on the page before, where a part begins a page without a break
    """

    pages: dict[str, int]
    gaps: dict[int, float]


def _height(word: Document) -> float:
    section = word.sections[0]
    return (section.page_height - section.top_margin - section.bottom_margin) / EMU


def _laid_out(parts: list[_Part], high: float) -> _Laid:
    """Lay out parts on pages of a height."""
    found, gaps = {}, {}
    page, y, at, below, joins = 1, 0.0, 0, 0.0, ""
    while at < len(parts):
        end = at
        while parts[end].keeps_next and end + 1 < len(parts) and not parts[end + 1].breaks:
            end += 1
        chain = parts[at : end + 1]
        spaces = [below if y else 0.0, *(one.after for one in chain[:-1])]
        asked = sum(one.whole for one in chain[:-1]) + chain[-1].least
        asked -= sum(min(one.before, above) for one, above in zip(chain, spaces, strict=True))
        if y and (chain[0].breaks or (y + asked > high and asked <= high)):
            if not chain[0].breaks:
                gaps[at] = high - y
            page, y = page + 1, chain[0].head
        for one in chain:
            # Of the space below one paragraph and above the next the larger counts.
            if one.joins and one.joins == joins and y:
                y -= below
            else:
                y += max(one.before - below, 0.0) if y else one.before * one.breaks
            left, below, joins = one.lines, one.after, one.joins
            if y + one.least - one.before > high and y:
                page, y = page + 1, one.head
            found.update(dict.fromkeys(one.marks, page))
            while left * one.height > high - y and left > 1 and high > TOGETHER * one.height:
                fits = min(max(int((high - y) / one.height), 0), left - TOGETHER)
                page, y, left = page + 1, 0.0, left - max(fits, 0)
            y += left * one.height + one.after
        at = end + 1
    return _Laid(found, gaps)


def _parts(word: Document) -> Iterator[_Part]:
    section = word.sections[0]
    width = (section.page_width - section.left_margin - section.right_margin) / EMU
    looks, usual = _looks(word)
    for block in word.element.body.iterchildren():
        if block.tag == qn("w:p"):
            yield _paragraph(block, looks, usual, width)
        elif block.tag == qn("w:tbl"):
            rows = [_row(row, looks, usual) for row in block.iter(qn("w:tr"))]
            # The strong lines above and below a table.
            rows[0], rows[-1] = (replace(one, height=one.height + EDGE) for one in (rows[0], rows[-1]))
            yield from (replace(row, head=rows[0].height if at else 0.0) for at, row in enumerate(rows))


def _looks(word: Document) -> "tuple[dict[str, _Look], _Look]":
    """Read the styles of paragraphs by id, and the one of paragraphs that name none."""
    looks = {style.style_id: _Look(style) for style in word.styles if style.type == 1}
    return looks, looks[next(style.style_id for style in word.styles if style.name == "Normal")]


class _Look:
    """Properties of a style that decide the height of a paragraph, inherited from its base where not set."""

    def __init__(self, style: Any) -> None:
        chain, self.is_chapter, self.is_note = [style], style.name == "Heading 1", style.name == NOTE
        while chain[-1].base_style is not None:
            chain.append(chain[-1].base_style)

        def first(name: str, usual: Any, of: str = "paragraph_format") -> Any:
            values = (getattr(getattr(one, of), name) for one in chain)
            return next((value for value in values if value is not None), usual)

        spacing = first("line_spacing", 1.0)
        self.face = first("name", USUAL, "font")
        self.size = first("size", Length(12 * EMU), "font") / EMU
        self.line = spacing / EMU if isinstance(spacing, Length) else 1.2 * self.size * float(spacing)
        self.before, self.after = first("space_before", 0) / EMU, first("space_after", 0) / EMU
        self.indent = (first("left_indent", 0) + first("right_indent", 0)) / EMU
        # The bullet fills the hanging indent of the first line.
        is_listed = style.element.pPr is not None and style.element.pPr.numPr is not None
        self.first = 0.0 if is_listed else first("first_line_indent", 0) / EMU
        self.keeps_next = bool(first("keep_with_next", False))
        # python-docx has no name for it: no space between paragraphs of this style.
        asks = (one.element.find(f"{qn('w:pPr')}/{qn('w:contextualSpacing')}") for one in chain)
        asked = next((one for one in asks if one is not None), None)
        self.joins = style.style_id if asked is not None and asked.get(qn("w:val")) not in ("0", "false") else ""


def _paragraph(element: Any, looks: dict[str, _Look], usual: _Look, width: float) -> _Part:
    properties, look = element.pPr, looks.get(_style_id(element), usual)
    marks = tuple(one.get(qn("w:name")) for one in element.iter(qn("w:bookmarkStart")))
    breaks = properties is not None and properties.find(qn("w:pageBreakBefore")) is not None
    keeps = look.keeps_next or (properties is not None and properties.find(qn("w:keepNext")) is not None)
    behind = any(one.get(qn("w:type")) == "page" for one in element.iter(qn("w:br")))
    heights = [int(one.get("cy")) / EMU for one in element.iter(qn("wp:extent"))]
    if heights:
        return _Part(element, 1, max(heights) + 3, look.before, look.after, keeps, breaks, marks, is_picture=True)
    count = wrapped_lines(_text(element), look.size, width - look.indent, look.first, look.face)
    # A break inside a paragraph ends its page: the next one is taken to begin there.
    after, is_chapter = 1e4 if behind else look.after, look.is_chapter
    kinds = {"is_chapter": is_chapter, "is_note": look.is_note, "joins": look.joins}
    return _Part(element, count, look.line, look.before, after, keeps, breaks, marks, **kinds)


def _row(row: Any, looks: dict[str, _Look], usual: _Look) -> _Part:
    heights, keeps = [0.0], False
    for cell in row.iter(qn("w:tc")):
        width = next((int(one.get(qn("w:w"))) / TWIPS for one in cell.iter(qn("w:tcW"))), 72.0) - CELL_MARGINS
        lines = 0.0
        for element in cell.iter(qn("w:p")):
            look = looks.get(_style_id(element), usual)
            lines += wrapped_lines(_text(element), look.size, width, face=look.face) * look.line
            keeps |= element.pPr is not None and element.pPr.find(qn("w:keepNext")) is not None
        heights.append(lines)
    return _Part(row.getparent(), 1, max(heights) + BORDER, keeps_next=keeps, is_row=True)


def _style_id(element: Any) -> str:
    style = element.pPr.find(qn("w:pStyle")) if element.pPr is not None else None
    return "" if style is None else style.get(qn("w:val"))


def wrapped_lines(text: str, size: float, width: float, first: float = 0.0, face: str = USUAL) -> int:
    """Count the lines of a paragraph.

    Parameters
    ----------
    text : str
    size, width, first : float
        Of the font, of a line, and of the first line's indent, points.
    face : str
        Name of the font of Western letters.

    Examples
    --------
    >>> wrapped_lines("碳" * 21, 10.0, 200.0), wrapped_lines("碳" * 20, 10.0, 200.0)
    (2, 1)
    """
    count, used = 1, first
    for piece in PIECE.findall(typst.SEAM.sub(QUARTER, text)):
        wide, whole = (size * one for one in _widths(piece, face))
        if used + wide > width and used > first:
            count, used = count + 1, 0.0
        used += whole
        while used > width + size and wide > width:
            count, used = count + 1, used - width
    return count


@lru_cache(maxsize=4096)
def _widths(piece: str, face: str) -> tuple[float, float]:
    """Measure a piece without and with what may hang over the line end, in font sizes."""
    inside = piece.rstrip(BLANKS)
    # A comma or full stop in Chinese may hang over the edge.
    inside = inside[:-1] if inside[-1:] in tuple("，。、") else inside
    wide, whole = (sum(_width(sign, face) for sign in part) for part in (inside, piece))
    return wide, whole


@cache
def _width(sign: str, face: str) -> float:
    sign = " " if sign == "\u00a0" else sign
    if " " <= sign <= "~":
        return int(WIDTHS.get(face, WIDTHS[USUAL]).split()[ord(sign) - ord(" ")]) / 1000
    if sign in NARROW:
        return NARROW[sign]
    return WIDE if re.match(f"[{CHINESE}]", sign) else 0.25 if sign == QUARTER else OTHER


#: Fixed time stamp of every file, so that a document of the same run has the same bytes whenever it is made.
MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
MAKER = "pathway_models"


def stable_docx(word: Document, title: str = "", lang: str = "") -> bytes:
    """Write a Word document as bytes, without the time and the user of this machine."""
    about = word.core_properties
    about.author = about.last_modified_by = MAKER
    about.created = about.modified = about.last_printed = MOMENT.replace(tzinfo=None)
    about.title, about.language, about.comments, about.keywords = title, lang, "", ""
    about.revision = 1
    raw = io.BytesIO()
    word.save(raw)
    return stable_zip(raw.getvalue())


def stable_zip(content: bytes) -> bytes:
    """Rewrite an archive with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, MOMENT.timetuple()[:6])
            # Pictures are compressed already.
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return out.getvalue()
