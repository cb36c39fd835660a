"""Fields that Word computes when it opens a file, filled in beforehand: contents, numbers, column widths.

A reader that is not Word, or a user who declines the update, then still sees a whole document.  Archives are written so
that the same content gives the same bytes.
"""

import copy
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.table import Table

from pathway_models.documents.blocks import SMALL, Report, lines_of, unbroken
from pathway_models.documents.typst import shares_of
from pathway_models.documents.word_pages import fill_pages, pages_of

#: The style of tables that are laid out here; others are the user's own.
TABLE_STYLE = "Report Table"
#: Twips of the text's width on A4 with the template's margins.
TEXT_WIDTH = 8844
#: Rows of a longer table that stay with the next one: its head.
FIRST = 1
NUMBER = re.compile(r"[<>]?[+\u2212-]?[\d,]*\.?\d*\s*%?")


def finish(word: Document, report: Report) -> None:
    """Fill in what fields will show, and lay tables out."""
    anchors = _bookmarks(word, report)
    _break_before_chapters(word, report)
    _number_captions(word)
    for table in word.tables:
        if table.style is not None and table.style.name == TABLE_STYLE:
            _lay_out(table)
    fill_pages(word)
    _contents(word, anchors)
    _number_pages(word)


def _bookmarks(word: Document, report: Report) -> list[tuple[int, str, str]]:
    """Mark every heading of the report: (level, text, name of the mark)."""
    known = {unbroken(heading.full) for heading in report.headings()}
    found = []
    for line in word.paragraphs:
        style = line.style.name if line.style is not None else ""
        if style in ("Heading 1", "Heading 2") and line.text in known:
            number = len(found) + 1
            name = f"_Toc{number:06d}"
            start = parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{number}" w:name="{name}"/>')
            line._p.insert(1 if line._p.pPr is not None else 0, start)
            line._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{number}"/>'))
            found.append((int(style[-1]), line.text, name))
    return found


def _break_before_chapters(word: Document, report: Report) -> None:
    """Begin the first chapter on a page of its own, behind whatever the template has before it."""
    first = next((unbroken(heading.full) for heading in report.headings()), None)
    for line in word.paragraphs:
        if line.text == first and line.style is not None and line.style.name == "Heading 1":
            line.paragraph_format.page_break_before = True
            return


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
    """Give every SEQ field the number it will have."""
    counts: dict[str, int] = {}
    for code, shown in _fields(word):
        parts = code.split()
        if parts[:1] == ["SEQ"] and shown:
            counts[parts[1]] = counts.get(parts[1], 0) + 1
            shown[0].find(qn("w:t")).text = str(counts[parts[1]])


def _number_pages(word: Document) -> None:
    """Give every PAGEREF field its page, as far as it can be known before Word lays the document out."""
    pages = pages_of(word)
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


def _lay_out(table: Table) -> None:
    """Set widths by content, numbers flush right, repeated heads, unbroken rows and small tables on one page."""
    rows = table._tbl.tr_lst
    cells = [[_text(cell) for cell in row.tc_lst] for row in rows]
    widths = [int(TEXT_WIDTH * share) for share in shares_of(cells)]
    numeric = [
        len(cells) > 1 and all(NUMBER.fullmatch(row[at].strip()) for row in cells[1:]) for at in range(len(widths))
    ]
    table.autofit = False
    grid = table._tbl.tblGrid
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        grid.append(parse_xml(f'<w:gridCol {nsdecls("w")} w:w="{width}"/>'))
    # A head alone at the foot of a page is ugly in Word, and LibreOffice then loses the rows below it.
    bound = len(rows) - 1 if lines_of(cells[1:]) <= SMALL else FIRST
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


def _text(cell: Any) -> str:
    return "".join(part.text or "" for part in cell.iter(qn("w:t")))


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
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return out.getvalue()
