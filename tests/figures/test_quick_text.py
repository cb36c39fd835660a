"""Text drawn string by string looks like matplotlib's own, glyph by glyph."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from pathway_models.figures.canvas import QuickCanvas, _render, draw_text_quickly
from pathway_models.figures.style import use_style


def picture(text, *, quick, **look):
    """Darkness of each pixel of a small figure with one text."""
    use_style("en")
    figure = plt.figure(figsize=(3, 2), dpi=110)
    if quick:
        draw_text_quickly(figure)
    figure.text(0.5, 0.5, text, **look)
    try:
        figure.canvas.draw()
        return 255.0 - np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(float)
    finally:
        plt.close(figure)


def centre(pixels):
    """Centre of the ink, pixels."""
    ink = pixels.sum(axis=2)
    rows, columns = np.indices(ink.shape)
    return np.array([(ink * rows).sum(), (ink * columns).sum()]) / ink.sum()


TEXTS = ["gjpqy 2030", "Mt CO₂ per year", "园区碳达峰概率，2030年", "two lines\nof text", "0.5 %"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("place", [("left", "top"), ("center", "center"), ("right", "baseline"), ("center", "bottom")])
@pytest.mark.parametrize("rotation", [0, 90])
def test_text_stands_where_matplotlib_puts_it_within_the_rounding_to_pixels(text, place, rotation):
    look = {"ha": place[0], "va": place[1], "rotation": rotation}
    slow, quick = (picture(text, quick=choice, **look) for choice in (False, True))
    # Whole strings are set to whole pixels, glyphs to fractions of them: up to a pixel and a half together.
    assert np.abs(centre(quick) - centre(slow)).max() < 1.5
    assert quick.sum() == pytest.approx(slow.sum(), rel=0.06)


@pytest.mark.parametrize(
    "look",
    [
        {"color": "#A00040", "weight": "bold"},
        {"color": "#A00040", "alpha": 0.3},
        {"color": (1.0, 0.0, 0.0, 0.5)},
        {"rotation": 45},
        {"size": 17, "antialiased": False},
    ],
)
def test_weight_colour_opacity_and_slope_are_those_asked_for(look):
    slow, quick = (picture("Peak 达峰", quick=choice, **look) for choice in (False, True))
    shares = [pixels.sum(axis=(0, 1)) / pixels.sum() for pixels in (slow, quick)]
    np.testing.assert_allclose(shares[1], shares[0], atol=0.01)
    assert quick.sum() == pytest.approx(slow.sum(), rel=0.06)


def test_mathematics_is_left_to_matplotlib():
    np.testing.assert_array_equal(picture("$CO_2$", quick=True), picture("$CO_2$", quick=False))


def test_a_string_is_rendered_once_a_process():
    _render.cache_clear()
    picture("once and for all", quick=True)
    picture("once and for all", quick=True)
    assert _render.cache_info().misses == 1


def test_a_character_without_a_glyph_is_told():
    with pytest.raises(UserWarning, match="missing from font"):
        picture("\N{TIBETAN LETTER KA}", quick=True)


def test_vector_formats_and_pyplot_know_the_figure_as_before():
    use_style("en")
    figure = plt.figure()
    draw_text_quickly(figure)
    assert isinstance(figure.canvas, QuickCanvas)
    assert plt.gcf() is figure
    assert figure.canvas.manager.canvas is figure.canvas
    figure.text(0.5, 0.5, "as text", parse_math=False)
    with plt.rc_context({"svg.fonttype": "none"}):
        figure.savefig(page := io.StringIO(), format="svg")
    assert "as text" in page.getvalue()
    number = figure.number
    plt.close(figure)
    assert number not in plt.get_fignums()


@pytest.mark.parametrize("transparent", [False, True])
def test_a_picture_has_the_pixels_and_the_words_of_matplotlib_s_own(transparent):
    use_style("en")
    pictures = []
    for quick in (False, True):
        figure = plt.figure(figsize=(2, 1))
        if quick:
            draw_text_quickly(figure)
        figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([1, 3, 2])
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=130, transparent=transparent, metadata={"Description": "peak 达峰"})
        plt.close(figure)
        pictures.append(Image.open(file))
    slow, quick = pictures
    assert slow.info == quick.info
    # Tick labels are text, and stand within a pixel: everything else is the same.
    assert slow.size == quick.size
    assert quick.mode == ("RGBA" if transparent else "RGB")
    difference = np.abs(np.asarray(slow.convert("RGBA"), float) - np.asarray(quick.convert("RGBA"), float))
    assert difference[:, 60:].mean() < 0.5


def test_a_figure_drawn_at_another_resolution_has_text_of_that_size():
    use_style("en")
    figure = plt.figure(figsize=(3, 2))
    draw_text_quickly(figure)
    figure.text(0.1, 0.5, "resolution")
    sizes = []
    for dpi in (100, 200):
        figure.savefig(file := io.BytesIO(), format="png", dpi=dpi)
        file.seek(0)
        ink = np.flatnonzero((plt.imread(file)[..., :3] < 0.9).any(axis=(0, 2)))
        sizes.append(np.ptp(ink))
    plt.close(figure)
    assert sizes[1] == pytest.approx(2 * sizes[0], rel=0.05)
