"""Figures as files: sharp, told in words, the same bytes every time, and never a box for a rare character."""

import logging
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
from PIL import Image

from pathway_models.documents.blocks import Figure
from pathway_models.figures import style as glyphs
from pathway_models.figures.canvas import put_note, put_title, save, sheet, write_files

ALT = "Emissions rise until 2027 and fall from then on. 排放在2027年达峰。"
RARE = "\U00020bb7"  # outside the 8105 characters of the bundled font


def drawn(head="园区 park", lang="en"):
    figure, (ax,) = sheet(lang)
    ax.plot([2020, 2030], [1, 2])
    put_title(figure, head)
    put_note(figure, "note", lang)
    return figure


@pytest.fixture
def fresh(monkeypatch):
    """The state of a new process: nothing announced, no richer font in use."""
    monkeypatch.setattr(glyphs, "FAMILIES", list(glyphs.FAMILIES[:2]))
    # Another test may have configured logging, which switches existing loggers off.
    monkeypatch.setattr(glyphs.LOG, "disabled", False)
    caches = (glyphs._announce, glyphs._richer)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_both_files_carry_their_text(tmp_path):
    png, svg = save(drawn(), tmp_path / "figures" / "fan", ALT)
    with Image.open(png) as picture:
        assert picture.info["Description"] == ALT
        assert "Software" not in picture.info
    tree = ElementTree.parse(svg)
    texts = [node.text for node in tree.iter() if node.text]
    assert texts.count(ALT) >= 1
    # Letters are outlines: the file looks the same on a machine without fonts.
    assert not [node for node in tree.iter() if node.tag.endswith("}text")]


def test_same_figure_is_the_same_file(tmp_path):
    first = [path.read_bytes() for path in save(drawn(), tmp_path / "a", ALT)]
    second = [path.read_bytes() for path in save(drawn(), tmp_path / "b", ALT)]
    assert first == second


def test_figure_without_text_or_of_another_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot see it"):
        save(drawn(), tmp_path / "a", "  ")
    with pytest.raises(ValueError, match="format gif"):
        save(drawn(), tmp_path / "a", ALT, formats=("gif",))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("fresh")
def test_character_no_font_has_is_replaced_and_said_once(monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(glyphs, "RICHER", ("No Such Font",))
    with caplog.at_level(logging.WARNING, logger="pathway_models"):
        assert glyphs.readable(f"园{RARE}区") == "园〓区"
        # A missing glyph would be a warning, and warnings are errors here.
        save(drawn(f"园{RARE}区"), tmp_path / "rare", ALT)
    assert [record.message for record in caplog.records] == [
        f"figures show 〓 for {RARE}: no font of this machine has it"
    ]


@pytest.mark.usefixtures("fresh")
def test_character_of_a_richer_font_is_drawn_with_it_and_said_once(monkeypatch, caplog):
    monkeypatch.setattr(glyphs, "_richer", lambda: ("Rich", frozenset({ord(RARE)})))
    with caplog.at_level(logging.WARNING, logger="pathway_models"):
        assert glyphs.readable(RARE) == RARE
        assert glyphs.readable(RARE) == RARE
    assert "Rich" in glyphs.FAMILIES
    assert len(caplog.records) == 1
    plt.rcdefaults()


def test_replacement_itself_is_in_the_bundled_font():
    assert ord(glyphs.MISSING) in glyphs._basic()


def test_product_code_leaves_no_figure_open_where_writing_fails(tmp_path):
    open_before = plt.get_fignums()
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_files(drawn(), tmp_path / "taken", ["png"])
    with pytest.raises(ValueError, match="bmp"):
        Figure(1, "caption", ALT, drawn)._picture("bmp")
    assert plt.get_fignums() == open_before
