"""Word, PDF and web page carry the same report: whole without a network, without fonts, the same bytes every time."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
import reports
from docx import Document
from docx.oxml.ns import qn

from pathway_models.core.errors import InputError
from pathway_models.documents.blocks import Figure, Heading, Table, unbroken
from pathway_models.documents.docx import TEMPLATES, to_docx
from pathway_models.documents.html import css_string, to_html
from pathway_models.documents.typst import to_pdf
from pathway_models.report.content import build_report

pytestmark = pytest.mark.slow

EAST_ASIAN = {
    "Title": "方正小标宋简体",
    "Heading 1": "黑体",
    "Heading 2": "楷体_GB2312",
    "Body Text": "仿宋_GB2312",
    "Cell": "仿宋_GB2312",
}
NASTY = 'R&D <b>"{{ 7*7 }}" {% for x in y %} =1+1 #set page() $x$ \\n'


@pytest.fixture(scope="module")
def word():
    return {lang: to_docx(reports.report("demo-steel", lang)) for lang in ("en", "zh")}


def opened(content):
    return Document(io.BytesIO(content))


def part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode("utf-8")


def nasty_report(lang="en"):
    on = reports.report_inputs("demo-electronics", lang, search=False)
    return build_report(replace(on, park=replace(on.park, name_en=NASTY, name_zh=NASTY, boundary=NASTY)))


def test_every_style_of_the_chinese_report_names_its_east_asian_font(word):
    styles = {style.name: style for style in opened(word["zh"]).styles}
    for name, font in EAST_ASIAN.items():
        assert styles[name].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia")) == font
        assert styles[name].element.find(f"{qn('w:rPr')}/{qn('w:lang')}").get(qn("w:eastAsia")) == "zh-CN"


def test_fonts_that_a_machine_lacks_have_a_substitute(word):
    fonts = part(word["zh"], "word/fontTable.xml")
    for name, other in (("仿宋_GB2312", "FangSong"), ("楷体_GB2312", "KaiTi"), ("方正小标宋简体", "SimSun")):
        assert f'w:name="{name}"><w:altName w:val="{other}"/>' in fonts


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_contents_are_a_field_that_is_filled_in_beforehand(word, lang):
    document = opened(word[lang])
    entries = [
        line.text.strip() for line in document.paragraphs if line.style.name in ("toc 1", "toc 2", "TOC 1", "TOC 2")
    ]
    named = [re.sub(r" PAGEREF _Toc\d+ \\h ", "", entry).split("\t") for entry in entries]
    assert [text for text, _ in named] == [
        unbroken(heading.full) for heading in reports.report("demo-steel", lang).of(Heading)
    ]
    pages = [int(page) for _, page in named]
    assert pages == sorted(pages)
    # The decision is the first page, the contents the second, whatever follows begins behind them.
    assert pages[0] == 3
    assert 'TOC \\o "1-2"' in part(word[lang], "word/document.xml")
    assert '<w:updateFields w:val="true"/>' in part(word[lang], "word/settings.xml")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_captions_carry_the_numbers_word_will_count(word, lang):
    written = reports.report("demo-steel", lang)
    document = opened(word[lang])
    for style, label, kind in (("Caption", ("Table", "表"), Table), ("Figure Caption", ("Figure", "图"), Figure)):
        shown = [
            re.sub(r" SEQ \w+ \\\* ARABIC ", "", line.text) for line in document.paragraphs if line.style.name == style
        ]
        expected = [f"{label[lang == 'zh']} {one.number}  {one.caption}" for one in written.of(kind) if one.number]
        assert shown == expected


def test_every_heading_and_sentence_of_the_report_is_in_the_document(word):
    text = "\n".join(line.text for line in opened(word["en"]).paragraphs)
    written = reports.report("demo-steel", "en")
    for block in written.blocks():
        if not isinstance(block, Table | Figure):
            assert unbroken(block.full if isinstance(block, Heading) else block.text) in text


def test_tables_are_whole_and_repeat_their_head(word):
    document = opened(word["zh"])
    written = reports.report("demo-steel", "zh").of(Table)
    assert len(document.tables) == len(written)
    for table, block in zip(document.tables, written, strict=True):
        assert [cell.text for cell in table.rows[0].cells] == list(block.head)
        assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
            [unbroken(cell) for cell in row] for row in block.rows
        ]
        assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_head_of_a_table_stands_alone_at_the_foot_of_a_page(word, lang):
    """LibreOffice drops all rows of a table whose repeated head does."""
    for table in opened(word[lang]).tables:
        lines = [line for cell in table.rows[0].cells for line in cell.paragraphs]
        assert len(table.rows) == 1 or all(line.paragraph_format.keep_with_next for line in lines)


def test_pictures_have_alternative_texts(word):
    told = [one.get("descr") for one in opened(word["zh"]).element.iter(qn("wp:docPr"))]
    assert told == [figure.alt for figure in reports.report("demo-steel", "zh").of(Figure)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_header_and_footer_mark_the_park_and_name_the_run(word, lang):
    section = opened(word[lang]).sections[0]
    footer = "".join(line.text for line in section.footer.paragraphs)
    assert "0123456789ab" in footer
    assert "INVENTED / 虚构" in footer
    assert "INVENTED / 虚构" in "".join(line.text for line in section.header.paragraphs)


def test_the_same_report_is_the_same_bytes_in_every_format(word):
    written = reports.report("demo-steel", "en")
    assert to_docx(written) == word["en"]
    assert to_html(written) == to_html(written)
    assert to_pdf(written) == to_pdf(written)


def test_a_name_is_text_and_never_markup():
    written = nasty_report()
    document = opened(to_docx(written))
    assert NASTY in document.paragraphs[0].text
    assert not any("49" in line.text for line in document.paragraphs[:1])
    page = to_html(written)
    assert "<b>" not in page
    assert "R&amp;D &lt;b&gt;" in page
    assert to_pdf(written).startswith(b"%PDF")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_needs_no_network_and_speaks_its_language(lang):
    page = to_html(reports.report("demo-steel", lang))
    assert f'<html lang="{ {"zh": "zh-CN", "en": "en"}[lang] }">' in page
    links = re.findall(r'(?:src|href)="([^"]{0,30})', page) + re.findall(r"url\(([^)]{0,20})", page)
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    pictures = re.findall(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)">', page)
    assert len(pictures) == len(reports.report("demo-steel", lang).of(Figure))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))


def test_a_string_of_a_style_sheet_cannot_be_left():
    assert css_string('x"; } </style>') == '"x\\22 ; } \\3c /style\\3e "'


def test_the_pdf_uses_the_bundled_font_only():
    content = to_pdf(reports.report("demo-electronics", "zh", search=False))
    names = set(re.findall(rb"/(?:BaseFont|FontName) ?/[A-Z]{6}\+([\w-]+)", content))
    assert names
    assert all(name.startswith(b"NotoSansSC") for name in names)


# A user's own template ------------------------------------------------------------------------------------------


def own_template(tmp_path, *lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    path = tmp_path / "own.docx"
    document.save(path)
    return path


def test_a_template_of_ones_own_may_take_a_few_chapters_in_its_own_order(tmp_path):
    lines = ["Ours: {{ park_name }}", "{%p for b in tasks %}", "{{ b.text }}", "{%p endfor %}", "{{ run_id }}"]
    texts = [
        line.text for line in opened(to_docx(reports.report("demo-steel"), own_template(tmp_path, *lines))).paragraphs
    ]
    assert texts[0] == "Ours: Demonstration park (invented), steel"
    assert texts[1] == "5. Key tasks"
    assert texts[-1] == "0123456789ab"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{{ park_nmae }}", "park_nmae"),
        ("{%p for b in body %}{{ b.colour }}{%p endfor %}", "colour"),
        ("{{ title", "title"),
        ("{{ title.__class__.__mro__ }}", "__class__"),
    ],
)
def test_tags_that_the_report_does_not_know_are_refused_by_name(tmp_path, line, named):
    with pytest.raises(InputError) as told:
        to_docx(reports.report("demo-steel"), own_template(tmp_path, line))
    assert "own.docx" in str(told.value)
    assert named in str(told.value) or "tags" in str(told.value)


@pytest.mark.parametrize("content", [None, b"no Word file"])
def test_a_template_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "own.docx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape("own.docx")):
        to_docx(reports.report("demo-steel"), path)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_shipped_templates_are_what_the_script_makes(lang, monkeypatch):
    monkeypatch.syspath_prepend(str(TEMPLATES.parents[3] / "scripts"))
    from build_report_templates import build

    from pathway_models.documents.word_fields import stable_docx

    made, shipped = stable_docx(build(lang)), (TEMPLATES / f"report_{lang}.docx").read_bytes()
    for name in ("word/document.xml", "word/styles.xml", "word/settings.xml", "word/fontTable.xml"):
        assert part(made, name) == part(shipped, name)
