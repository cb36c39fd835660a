"""Chinese names, units and numbers of parks are drawn with the bundled font, without a missing glyph."""

import io
import re
from pathlib import Path

import matplotlib as mpl
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.figure import Figure

from pathway_models.documents.page_fonts import font_with
from pathway_models.figures.style import (
    FAMILIES,
    FONT_FILES,
    FONTS,
    OKABE_ITO,
    SETTINGS,
    use_style,
)

ROOT = Path(__file__).resolve().parents[2]
BUNDLED_ONLY = FAMILIES[:1]
LABELS = "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺℃±×÷≤≥≈−→←↑↓–—…·•‰△▲●○■□★Δσµ①②③㎡，。；：？！、“”‘’（）《》〔〕【】％＋－＝１２３ＡＢ￥"
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@pytest.fixture
def style():
    """Let a test change the style without changing it for the others."""
    with mpl.rc_context():
        yield use_style


@pytest.fixture(scope="module", params=FONT_FILES, ids=lambda file: file.stem)
def characters(request):
    with TTFont(request.param) as font:
        return {chr(point) for point in font.getBestCmap()}


def table_of_standard_characters():
    lines = (FONTS / "tongyong_guifan_hanzi.txt").read_text(encoding="utf-8").splitlines()
    return "".join(line for line in lines if not line.startswith("#"))


def draw(text, families=None, **settings):
    """Draw a text into memory and return the picture's bytes; any warning is an error in the tests."""
    figure = Figure(figsize=(6, 1), dpi=50)
    figure.text(0, 0.5, text, **({"family": families} if families else {}), **settings)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def test_character_list_is_the_standard_table_of_8105():
    table = table_of_standard_characters()
    assert len(table) == len(set(table)) == 8105
    assert table.startswith("一乙二十丁")
    assert table[3500:3503] == "乂乜兀"  # where level 2 begins
    assert table[6500:6503] == "亍尢彳"  # where level 3 begins
    assert CHINESE.sub("", table) == ""


def test_font_holds_every_standard_character(characters):
    assert set(table_of_standard_characters()) - characters == set()


def test_font_holds_gb2312_latin_and_the_signs_of_our_labels(characters):
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    gb2312 = set("".join(pair.decode("gb2312", errors="ignore") for pair in rows))
    latin = {chr(point) for point in [*range(0x20, 0x7F), *range(0xA0, 0x100)]}
    assert (gb2312 | latin | set(LABELS)) - characters == set()


def test_font_holds_every_chinese_character_of_our_data_and_documents(characters):
    folders = [ROOT / name for name in ("data", "docs", "notebooks", "pathway_models")]
    kinds = {".csv", ".yml", ".md", ".ipynb", ".py"}
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in kinds]
    assert files
    unknown = {
        str(file.relative_to(ROOT)): "".join(sorted(foreign))
        for file in files
        if (foreign := set(CHINESE.findall(file.read_text(encoding="utf-8"))) - characters)
    }
    assert unknown == {}


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_park_labels_are_drawn_without_a_missing_glyph(style, weight):
    style("zh")
    text = "苏州工业园区 CO₂ 排放 −5.2 万吨/年 彧祎垚龘 " + LABELS
    assert draw(text, BUNDLED_ONLY, weight=weight) != draw("", BUNDLED_ONLY, weight=weight)


def test_a_glyph_that_no_font_has_is_an_error(style):
    style()
    with pytest.raises(UserWarning, match=re.escape("Glyph 983040")):
        draw("\U000f0000")


def test_a_glyph_that_only_the_second_font_has_is_drawn(style):
    style()
    with pytest.raises(UserWarning, match="Glyph"):
        draw("✗", BUNDLED_ONLY)
    draw("✗")


def test_style_finds_the_bundled_files_in_both_weights(style):
    style()
    for weight, file in zip(("normal", "bold"), FONT_FILES, strict=True):
        wanted = font_manager.FontProperties(family=BUNDLED_ONLY, weight=weight)
        assert Path(font_manager.findfont(wanted, fallback_to_default=False)) == file


def test_fonts_are_registered_once(style):
    style("en")
    style("zh")
    known = [entry.fname for entry in font_manager.fontManager.ttflist if Path(entry.fname).parent == FONTS]
    assert sorted(known) == sorted(map(str, FONT_FILES))


def test_style_speaks_only_its_two_languages(style):
    with pytest.raises(ValueError, match=re.escape("figures speak en or zh, not 'fr'")):
        style("fr")


def test_every_setting_is_applied(style):
    style("zh")
    assert {name: mpl.rcParams[name] for name in SETTINGS} == SETTINGS


def test_licence_and_copyright_lie_beside_the_fonts():
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "© 2014-2021 Adobe" in text
    for file in FONT_FILES:
        assert file.name in text


def test_no_two_colours_fall_together_for_the_colour_blind():
    """Deuteranopia by the matrix of Machado et al. (2009), severity 1 (from background knowledge)."""
    simulate = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    seen = [
        tuple(sum(w * part for w, part in zip(row, mpl.colors.to_rgb(colour), strict=True)) for row in simulate)
        for colour in OKABE_ITO
    ]
    distances = [
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        for index, one in enumerate(seen)
        for other in seen[:index]
    ]
    assert min(distances) > 0.1


@pytest.mark.parametrize("file", FONT_FILES, ids=lambda file: file.stem)
def test_the_font_of_a_page_has_the_outlines_of_the_bundled_one(file):
    text = "园区碳排放何时达峰？CO₂ 2030年，（90%区间）"
    with TTFont(file) as whole, TTFont(io.BytesIO(font_with(file, text))) as part:
        names, glyphs = zip(*((font.getBestCmap(), font.getGlyphSet()) for font in (whole, part)), strict=True)
        assert set(names[1]) == {ord(sign) for sign in text}
        for sign in text:
            pens = []
            for named, drawn in zip(names, glyphs, strict=True):
                pens.append(RecordingPen())
                drawn[named[ord(sign)]].draw(pens[-1])
            assert pens[0].value == pens[1].value
        assert "SIL Open Font License" in part["name"].getDebugName(13)
