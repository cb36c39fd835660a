"""Parts of a Word template that python-docx does not support: East Asian fonts, languages, fields, table styles."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from pathway_models.documents.word_fields import stable_docx

#: Language tags by language of the template: (Latin, East Asian).
LANGUAGES = {"zh": ("en-US", "zh-CN"), "en": ("en-GB", "zh-CN")}
#: Substitutes of missing fonts; all of them come with Windows.
SUBSTITUTES = {"方正小标宋简体": "SimSun", "仿宋_GB2312": "FangSong", "楷体_GB2312": "KaiTi", "黑体": "SimHei"}
#: Width of the text, between margins of 28 and 26 mm on A4.
TEXT_WIDTH = Mm(210 - 28 - 26)


def new_document(lang: str) -> Word:
    """Create an empty A4 document with margins of official documents and its language."""
    word = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(33), Mm(30)
    section.header_distance, section.footer_distance = Mm(15), Mm(15)
    settings = word.settings.element
    for name in ("w:themeFontLang", "w:updateFields"):
        for found in settings.findall(qn(name)):
            settings.remove(found)
    # Word fills tables of contents and numbers when it opens the file; the report fills them for other readers.
    settings.append(parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'))
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _language(defaults, lang)
    return word


def _language(properties: Any, lang: str) -> None:
    for found in properties.findall(qn("w:lang")):
        properties.remove(found)
    latin, asian = LANGUAGES[lang]
    properties.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="{latin}" w:eastAsia="{asian}"/>'))


def set_style(
    word: Word,
    name: str,
    look: tuple[str, str, float, bool],
    lang: str,
    *,
    base: str = "",
    align: int | None = None,
    before: float = 0,
    after: float = 0,
    first: float = 0,
    left: float = 0,
    spacing: float | Pt = 0,
    keep: bool = False,
    dots: bool = False,
    colour: str = "000000",
) -> None:
    """Set fonts, language and spacing of a paragraph style, made new where there is none."""
    known = {style.name for style in word.styles}
    style = word.styles[name] if name in known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if base:
        style.base_style = word.styles[base]
    latin, asian, size, bold = look
    style.font.name, style.font.size, style.font.bold, style.font.italic = latin, Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for key in list(fonts.attrib):
        if "heme" in key:
            del fonts.attrib[key]
    for key, value in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", asian)):
        fonts.set(qn(f"w:{key}"), value)
    _language(properties, lang)
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.alignment, form.keep_with_next = align, keep or None
    form.first_line_indent = Pt(first) if first else None
    if left:
        form.left_indent = Pt(left)
    if spacing:
        form.line_spacing = spacing
    if dots:
        form.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    for border in style.element.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}"):
        border.getparent().remove(border)


def table_style(word: Word, name: str) -> None:
    """Add a table style with strong lines above and below, fine ones between rows, and a shaded head."""
    word.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{name.replace(" ", "")}">'
            f'<w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
            '<w:tblPr><w:jc w:val="center"/><w:tblBorders>'
            '<w:top w:val="single" w:sz="12" w:space="0" w:color="000000"/>'
            '<w:bottom w:val="single" w:sz="12" w:space="0" w:color="000000"/>'
            '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"/></w:tblBorders>'
            '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
            '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/></w:tcBorders>'
            '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/></w:tcPr></w:tblStylePr></w:style>'
        )
    )


def add_paragraph(word: Word, text: str, style: str = "Normal") -> Paragraph:
    """Add a paragraph of a style as one run, so that a tag is never split."""
    line = word.add_paragraph(style=style)
    if text:
        line.add_run(text)
    return line


def add_field(line: Paragraph, code: str, shown: str) -> None:
    """Add a field with its text until it is updated."""
    for kind, text in (("begin", ""), ("code", f" {code} "), ("separate", ""), ("shown", shown), ("end", "")):
        run = line.add_run()
        if kind == "code":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = text
            run._r.append(part)
        elif kind == "shown":
            run.text = text
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            run._r.append(part)


def page_footer(line: Paragraph, text: str, words: tuple[str, str, str]) -> None:
    """Add the footer: a text, then page and number of pages."""
    line.add_run(f"{text}  ·  {words[0]} ")
    add_field(line, "PAGE", "1")
    line.add_run(f" {words[1]} ")
    add_field(line, "NUMPAGES", "1")
    line.add_run(f" {words[2]}".rstrip())


def font_table(word: Word) -> None:
    """Add the substitutes of the Chinese fonts."""
    part = next(p for p in word.part.package.iter_parts() if str(p.partname).endswith("fontTable.xml"))
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in SUBSTITUTES.items()
    )
    part._blob = re.sub(r"</w:fonts>", entries + "</w:fonts>", part.blob.decode("utf-8")).encode("utf-8")


def save_stable(word: Word, path: Path) -> None:
    """Write a document with reproducible bytes."""
    path.write_bytes(stable_docx(word))
