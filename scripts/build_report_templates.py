"""Make the Word templates of the special report, Chinese and English.

Run once, by a maintainer, when the layout of the report changes::

    python scripts/build_report_templates.py

The templates are ordinary Word files: a user may open them, change styles, margins, headers or the order of the
tags, save them under another name and hand them to ``pathways report --template``.  Fonts of the Chinese one follow
what official documents use (GB/T 9704-2012, from background knowledge): 方正小标宋简体 for titles, 黑体 and 楷体_GB2312
for headings, 仿宋_GB2312 for text; each names a font that Windows itself has as its substitute.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from _template_parts import (
    add_field,
    add_paragraph,
    font_table,
    new_document,
    page_footer,
    save_stable,
    set_style,
    table_style,
)
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Pt

FOLDER = Path(__file__).resolve().parents[1] / "pathway_models" / "documents" / "templates"
#: Role -> (Latin font, East Asian font, size in points, bold).
LOOKS = {
    "zh": {
        "Title": ("Times New Roman", "方正小标宋简体", 18, False),
        "Answer": ("Times New Roman", "黑体", 15, True),
        "Front": ("Times New Roman", "仿宋_GB2312", 11, False),
        "Label": ("Times New Roman", "黑体", 11, True),
        "Heading 1": ("Times New Roman", "黑体", 16, False),
        "Heading 2": ("Times New Roman", "楷体_GB2312", 15, True),
        "Normal": ("Times New Roman", "仿宋_GB2312", 12, False),
        "Caption": ("Times New Roman", "黑体", 10.5, False),
        "Cell": ("Times New Roman", "仿宋_GB2312", 9, False),
        "Small": ("Times New Roman", "仿宋_GB2312", 9, False),
    },
    "en": {
        "Title": ("Calibri", "黑体", 17, True),
        "Answer": ("Calibri", "黑体", 15, True),
        "Front": ("Calibri", "仿宋_GB2312", 10.5, False),
        "Label": ("Calibri", "黑体", 10.5, True),
        "Heading 1": ("Calibri", "黑体", 16, True),
        "Heading 2": ("Calibri", "黑体", 13, True),
        "Normal": ("Calibri", "仿宋_GB2312", 11, False),
        "Caption": ("Calibri", "黑体", 10, True),
        "Cell": ("Calibri", "仿宋_GB2312", 8.5, False),
        "Small": ("Calibri", "仿宋_GB2312", 9, False),
    },
}
WORDS = {
    "zh": {"contents": "目录", "table": "表", "figure": "图", "page": ("第", "页 / 共", "页")},
    "en": {"contents": "Contents", "table": "Table", "figure": "Figure", "page": ("Page", "of", "")},
}


def styles(word: Word, lang: str) -> None:
    """Set every style of the report; nothing is formatted by hand, so that a user changes a format in one place."""
    look = LOOKS[lang]
    indent = 2 * look["Normal"][2] if lang == "zh" else 0
    # Fixed line spacing: pages break alike with any substitute font.
    normal = {"spacing": Pt(22) if lang == "zh" else Pt(15), "after": 0 if lang == "zh" else 6}
    set_style(word, "Normal", look["Normal"], lang, **normal)
    set_style(word, "Body Text", look["Normal"], lang, first=indent, **normal)
    set_style(word, "Title", look["Title"], lang, align=ALIGN.CENTER, after=4)
    set_style(word, "Heading 1", look["Heading 1"], lang, before=18, after=8, keep=True)
    set_style(word, "Heading 2", look["Heading 2"], lang, before=10, after=4, keep=True)
    # Stated here as well as in the list, so that the lines of an entry can be counted.
    set_style(word, "List Bullet", look["Normal"], lang, left=18, first=-18, **normal)
    set_style(word, "Caption", look["Caption"], lang, align=ALIGN.CENTER, before=8, after=4, keep=True)
    set_style(word, "Figure Caption", look["Caption"], lang, align=ALIGN.CENTER, before=2, after=10, base="Normal")
    set_style(
        word, "Picture", look["Normal"], lang, align=ALIGN.CENTER, before=8, keep=True, base="Normal", spacing=1.0
    )
    set_style(word, "Remark", look["Small"], lang, before=2, after=8, base="Normal", spacing=Pt(12))
    set_style(
        word,
        "Mark",
        look["Label"],
        lang,
        align=ALIGN.CENTER,
        base="Normal",
        colour="A00040",
        spacing=Pt(16),
    )
    front = {"base": "Normal", "spacing": Pt(16 if lang == "zh" else 14)}
    set_style(word, "Answer", look["Answer"], lang, before=8, after=4, base="Normal", spacing=Pt(21))
    set_style(word, "Front", look["Front"], lang, after=2, **front)
    set_style(word, "Label", look["Label"], lang, before=5, after=1, keep=True, **front)
    set_style(word, "Front Bullet", look["Front"], lang, left=12, first=-12, **front)
    set_style(word, "Cover", look["Small"], lang, base="Normal", spacing=Pt(12))
    set_style(word, "Contents Heading", look["Heading 1"], lang, align=ALIGN.CENTER, after=10, base="Normal")
    set_style(word, "TOC 1", look["Normal"], lang, base="Normal", spacing=Pt(19), dots=True)
    set_style(word, "TOC 2", look["Normal"], lang, base="Normal", spacing=Pt(18), left=18, dots=True)
    set_style(word, "Cell", look["Cell"], lang, base="Normal", spacing=Pt(12.5))
    set_style(word, "Header", look["Small"], lang, align=ALIGN.CENTER)
    set_style(word, "Footer", look["Small"], lang, align=ALIGN.CENTER)
    table_style(word, "Report Table")


def cover(word: Word, lang: str) -> None:
    """Write the first page: title, mark of invention, decision, provenance; then the contents."""
    add_paragraph(word, "{{ title }}", "Title")
    add_paragraph(word, "{%p if mark %}")
    add_paragraph(word, "{{ mark }}", "Mark")
    add_paragraph(word, "{%p endif %}")
    add_paragraph(word, "{%p for block in front %}")
    add_paragraph(word, "{%p if block.is_answer %}")
    add_paragraph(word, "{{ block.text }}", "Answer")
    add_paragraph(word, "{%p elif block.is_label %}")
    add_paragraph(word, "{{ block.text }}", "Label")
    add_paragraph(word, "{%p elif block.is_bullet %}")
    add_paragraph(word, "•  {{ block.text }}", "Front Bullet")
    add_paragraph(word, "{%p elif block.is_note %}")
    add_paragraph(word, "{{ block.text }}", "Remark")
    add_paragraph(word, "{%p elif block.is_figure %}")
    add_paragraph(word, "{{ block.picture }}", "Picture")
    add_paragraph(word, "{%p else %}")
    add_paragraph(word, "{{ block.text }}", "Front")
    add_paragraph(word, "{%p endif %}")
    add_paragraph(word, "{%p endfor %}")
    add_paragraph(word, "{%p for line in cover %}")
    add_paragraph(word, "{{ line }}", "Cover")
    add_paragraph(word, "{%p endfor %}")
    # Breaks before paragraphs instead of paragraphs with a break: behind a full page those would leave an empty one.
    add_paragraph(word, WORDS[lang]["contents"], "Contents Heading").paragraph_format.page_break_before = True
    add_field(add_paragraph(word, "", "TOC 1"), r'TOC \o "1-2" \h \z \u', "-")


def body(word: Word, lang: str) -> None:
    """Write the loop over the blocks of the report; each kind of block has its style."""
    add_paragraph(word, "{%p for block in body %}")
    add_paragraph(word, "{%p if block.is_chapter %}")
    add_paragraph(word, "{{ block.text }}", "Heading 1")
    add_paragraph(word, "{%p elif block.is_section %}")
    add_paragraph(word, "{{ block.text }}", "Heading 2")
    add_paragraph(word, "{%p elif block.is_bullet %}")
    add_paragraph(word, "{{ block.text }}", "List Bullet")
    add_paragraph(word, "{%p elif block.is_note %}")
    add_paragraph(word, "{{ block.text }}", "Remark")
    add_paragraph(word, "{%p elif block.is_body %}")
    add_paragraph(word, "{{ block.text }}", "Body Text")
    add_paragraph(word, "{%p elif block.is_figure %}")
    add_paragraph(word, "{{ block.picture }}", "Picture")
    caption(word, "Figure Caption", WORDS[lang]["figure"], "Figure")
    add_paragraph(word, "{%p elif block.is_table %}")
    caption(word, "Caption", WORDS[lang]["table"], "Table")
    table(word)
    add_paragraph(word, "{{ block.note }}", "Remark")
    add_paragraph(word, "{%p endif %}")
    add_paragraph(word, "{%p endfor %}")


def caption(word: Word, style: str, label: str, series: str) -> None:
    """Write a caption numbered by Word; the report fills in the number beforehand."""
    line = add_paragraph(word, f"{label} ", style)
    add_field(line, rf"SEQ {series} \* ARABIC", "1")
    line.add_run("  {{ block.caption }}")


def table(word: Word) -> None:
    """Write two rows: the head, and the one that is repeated."""
    made = word.add_table(rows=4, cols=3, style="Report Table")
    texts = (
        ("{%tc for name in block.head %}", "{{ name }}", "{%tc endfor %}"),
        ("{%tr for row in block.rows %}", "", ""),
        ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, line in zip(made.rows, texts, strict=True):
        for cell, text in zip(row.cells, line, strict=True):
            cell.paragraphs[0].style = word.styles["Cell"]
            cell.paragraphs[0].add_run(text)


def build(lang: str) -> Word:
    """Build one template."""
    word = new_document(lang)
    styles(word, lang)
    font_table(word)
    cover(word, lang)
    body(word, lang)
    section = word.sections[0]
    section.header.paragraphs[0].add_run("{{ header }}")
    page_footer(section.footer.paragraphs[0], "{{ footer }}", WORDS[lang]["page"])
    return word


def main() -> None:
    """Write both templates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the templates")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    for lang in LOOKS:
        save_stable(build(lang), folder / f"report_{lang}.docx")


if __name__ == "__main__":
    main()
