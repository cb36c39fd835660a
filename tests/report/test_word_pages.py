"""Pages of a Word document are known before Word opens it, and text fills what a figure leaves empty."""

import io

import matplotlib.pyplot as plt
import pytest
import reports
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.documents.docx import to_docx
from pathway_models.documents.typst import LINE, LONGEST, MARGIN, WHOLE, shares_of
from pathway_models.documents.word_fields import _height, _laid_out, _parts, fill_pages, wrapped_lines


@pytest.fixture(scope="module")
def picture():
    out = io.BytesIO()
    plt.figure(figsize=(6, 4)).savefig(out, format="png", dpi=20)
    plt.close("all")
    return out.getvalue()


@pytest.fixture
def paper():
    """A document whose page holds forty lines of twenty points."""
    word = Document()
    section = word.sections[0]
    section.page_height, section.top_margin, section.bottom_margin = Pt(1000), Pt(100), Pt(100)
    section.page_width, section.left_margin, section.right_margin = Mm(210), Mm(30), Mm(30)
    normal = word.styles["Normal"]
    normal.font.size, normal.paragraph_format.line_spacing = Pt(10), Pt(20)
    normal.paragraph_format.space_after = Pt(0)
    return word


def marked(word, name):
    line = word.add_paragraph(name)
    line._p.append(parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="1" w:name="{name}"/>'))
    return line


def figure(word, picture, height):
    line = word.add_paragraph()
    line.add_run().add_picture(io.BytesIO(picture), height=Pt(height))
    line.paragraph_format.keep_with_next = True
    word.add_paragraph("caption")


def pages_of(paper):
    return _laid_out(list(_parts(paper)), _height(paper)).pages


def test_forty_lines_fill_a_page(paper):
    for _ in range(39):
        paper.add_paragraph("line")
    marked(paper, "last")
    marked(paper, "next")
    assert pages_of(paper) == {"last": 1, "next": 2}


def test_a_heading_goes_with_what_follows_it(paper):
    for _ in range(38):
        paper.add_paragraph("line")
    marked(paper, "heading").paragraph_format.keep_with_next = True
    paper.add_paragraph("碳" * 100)  # three lines: they stay together
    assert pages_of(paper) == {"heading": 2}


def test_a_break_before_a_paragraph_begins_a_page_and_leaves_none_empty(paper):
    for _ in range(40):
        paper.add_paragraph("line")
    marked(paper, "chapter").paragraph_format.page_break_before = True
    assert pages_of(paper) == {"chapter": 2}


def test_text_behind_a_figure_fills_the_page_that_it_would_leave(paper, picture):
    for _ in range(30):
        paper.add_paragraph("line")
    figure(paper, picture, 300)
    for _ in range(8):
        paper.add_paragraph("behind")
    paper.add_paragraph("section", style="Heading 2")
    paper.add_paragraph("more")
    paper.add_paragraph("chapter", style="Heading 1")
    fill_pages(paper)
    texts = [line.text for line in paper.paragraphs]
    assert texts[30:] == [*["behind"] * 8, "", "caption", "section", "more", "chapter"]


def test_a_section_goes_before_the_figure_where_it_fits_and_a_chapter_never(paper, picture):
    for _ in range(25):
        paper.add_paragraph("line")
    figure(paper, picture, 400)
    paper.add_paragraph("section", style="Heading 2")
    paper.add_paragraph("more")
    paper.add_paragraph("chapter", style="Heading 1")
    paper.add_paragraph("text")
    fill_pages(paper)
    texts = [line.text for line in paper.paragraphs]
    assert texts[25:] == ["section", "more", "", "caption", "chapter", "text"]


def test_a_figure_that_fits_stays_where_it_is(paper, picture):
    paper.add_paragraph("line")
    figure(paper, picture, 300)
    paper.add_paragraph("behind")
    before = [line.text for line in paper.paragraphs]
    fill_pages(paper)
    assert [line.text for line in paper.paragraphs] == before


def test_text_flows_past_figures_that_wait_in_their_order(paper, picture):
    for _ in range(25):
        paper.add_paragraph("line")
    for _ in range(2):
        figure(paper, picture, 400)
        paper.add_paragraph("behind")
    fill_pages(paper)
    assert [line.text for line in paper.paragraphs][25:] == ["behind", "behind", "", "caption", "", "caption"]


@pytest.mark.parametrize(("rows", "is_moved"), [(12, True), (5, False)])
def test_a_long_table_may_begin_on_the_page_that_a_figure_leaves(paper, picture, rows, is_moved):
    for _ in range(35):
        paper.add_paragraph("line")
    figure(paper, picture, 300)
    table = paper.add_table(rows=rows, cols=1)
    paper.add_paragraph("note").style = paper.styles.add_style("Remark", 1)
    fill_pages(paper)
    kinds = [one.tag.rpartition("}")[2] for one in paper.element.body][35:39]
    assert kinds == (["tbl", "p", "p", "p"] if is_moved else ["p", "p", "tbl", "p"])
    assert paper.paragraphs[35].text == ("note" if is_moved else "")
    assert len(table.rows) == rows


def test_western_letters_take_the_width_of_their_font_and_stand_apart_from_chinese_ones():
    assert wrapped_lines("n" * 100, 10.0, 600.0, face="Calibri") == 1  # 525 thousandths each
    assert wrapped_lines("m" * 100, 10.0, 600.0, face="Calibri") == 2  # 799
    assert wrapped_lines("m" * 100, 10.0, 780.0, face="Times New Roman") == 1  # 778
    assert wrapped_lines("碳1" * 10, 10.0, 150.0) == 2  # 15 signs wide, and 19 quarters between


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("park_id", ["demo-steel", "demo-electronics"])
@pytest.mark.slow
def test_no_page_of_a_report_is_left_half_empty(park_id, lang):
    word = Document(io.BytesIO(to_docx(reports.report(park_id, lang))))
    gaps = _laid_out(list(_parts(word)), _height(word)).gaps.values()
    assert max(gaps) <= 0.25 * _height(word)


@given(st.text("碳排放 abc123", max_size=200), st.floats(50, 400))
def test_a_narrower_line_never_takes_fewer_lines(text, width):
    assert wrapped_lines(text, 10.0, width) >= wrapped_lines(text, 10.0, 2 * width)


CELL = st.text("碳峰 ab12.,%", max_size=30)


@given(st.integers(1, 9).flatmap(lambda n: st.lists(st.tuples(*[CELL] * n), min_size=1, max_size=5)))
def test_no_number_is_broken_while_a_line_has_room(rows):
    shares = shares_of(rows)
    assert sum(shares) == pytest.approx(1)
    least = [
        max([4, *(min(len(part), LONGEST) for cell in column for part in WHOLE.findall(cell))]) + MARGIN
        for column in zip(*rows, strict=True)
    ]
    if sum(least) <= LINE:
        assert all(share * LINE >= asked - 0.1 for share, asked in zip(shares, least, strict=True))


def test_a_column_of_sentences_is_wide_and_numbers_beside_it_stay_on_one_line():
    rows = [
        ("lever", "low / high", "source"),
        *([("heat pumps", "0.36 / 0.44", "a source told in a sentence " * 6)] * 9),
    ]
    shares = shares_of(rows)
    assert shares[2] > 0.6
    assert all(share * LINE >= len(text) for share, text in zip(shares, rows[1], strict=False) if len(text) < 20)
