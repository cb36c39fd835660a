"""Figures with a row a scenario: peak years and comparison, their places, and marks that stand for many artists."""

import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from ensembles import hill, mixture, pathways_of, rising
from figures import said, texts
from matplotlib.axis import Tick

from pathway_models import plotting
from pathway_models.figures.canvas import sheet
from pathway_models.figures.marks import WIDTH, Labels, labels, markers, segments
from pathway_models.intake.library import read_scenarios
from pathway_models.peaks.finding import find_peaks

SCENARIOS = read_scenarios()
#: In 2035 the hill of 2025 is as high as that of 2045; the lower one is 40 % below.
TOTALS = {
    "bau": mixture((50, hill(2035)), (50, hill(2025))),
    "efficiency": mixture((50, 0.6 * hill(2035)), (50, 0.6 * hill(2025))),
    "deep": mixture((50, 0.6 * hill(2026)), (50, rising())),
}


@pytest.fixture(autouse=True)
def figures():
    """Close the figures of a test and give the settings back."""
    with mpl.rc_context():
        yield
        plt.close("all")


def compared(totals=TOTALS):
    pathways = pathways_of(totals)
    return plotting.compare(pathways, find_peaks(pathways), SCENARIOS)


def named(ax, name):
    (found,) = [each for each in ax.collections if each.get_label() == name]
    return found


@pytest.mark.parametrize("drawn", [compared, lambda: plotting.peak_years(find_peaks(pathways_of(TOTALS)))])
def test_figures_of_scenarios_have_no_tick_objects(drawn):
    figure = drawn()
    figure.canvas.draw()
    assert figure.findobj(Tick) == []


# --- comparison ----------------------------------------------------------------------------------------------


def test_dots_of_a_comparison_lie_at_the_changes_and_shares():
    left, right = compared().axes
    # Efficiency: 40 % less in every member; half of them peak in 2025, as without it.
    np.testing.assert_allclose(named(left, "dots").get_offsets()[0], [-40.0, 0.0])
    np.testing.assert_allclose(named(right, "dots").get_offsets(), [[50.0, 0.0], [50.0, 1.0]])
    np.testing.assert_allclose(named(left, "ranges").get_segments()[0], [[-40.0, 0.0], [-40.0, 0.0]])


def test_both_sides_of_a_comparison_have_the_same_rows():
    left, right = compared().axes
    assert left.get_ylim() == right.get_ylim() == (1.5, -0.5)


def test_every_range_and_zero_lie_inside_the_comparison():
    left, _ = compared().axes
    first, last = left.get_xlim()
    ends = np.array(named(left, "ranges").get_segments())[..., 0]
    assert first < min(ends.min(), 0.0)
    assert max(ends.max(), 0.0) < last


def test_the_edges_of_both_sides_stand_at_their_limits():
    figure = compared()
    figure.canvas.draw()
    for ax in figure.axes:
        edge = ax.spines.left.get_path().transformed(ax.spines.left.get_transform()).vertices
        np.testing.assert_allclose(edge[:, 0], ax.get_window_extent().x0)


def test_scenarios_that_change_nothing_are_drawn_on_the_line_of_zero():
    left, _ = compared({"bau": hill(2030), "efficiency": hill(2030)}).axes
    np.testing.assert_allclose(named(left, "dots").get_offsets(), [[0.0, 0.0]])
    assert left.get_xlim() == (-1.0, 1.0)


# --- peak years ----------------------------------------------------------------------------------------------


def test_the_share_before_the_year_stands_beside_its_row():
    peaks = find_peaks(pathways_of(TOTALS))
    figure = plotting.peak_years(peaks)
    shares = {text.get_position(): text.get_text() for text in texts(figure) if text.get_weight() == "bold"}
    rows = [text for (x, _), text in sorted(shares.items(), key=lambda pair: -pair[0][1]) if x > 1]
    assert rows == ["50 %", "50 %", "50 %"]
    assert sorted(y for x, y in shares if x > 1) == pytest.approx([0.3, 1.3, 2.3])


def test_the_area_of_a_row_is_the_share_of_members_that_peak_and_the_hatched_bar_the_rest():
    totals = {"bau": mixture(*((4, hill(year)) for year in range(2022, 2044)), (12, rising())), "deep": hill(2024)}
    totals["deep"] = np.tile(totals["deep"], (100, 1))
    (ax,) = plotting.peak_years(find_peaks(pathways_of(totals))).axes
    upper, lower = (path.vertices for path in named(ax, "members").get_paths())
    # The highest bar, a hundred in a hundred, is 0.68 rows high: the area of the other row is 88 % of that.
    years, heights = upper[:, 0], upper[:, 1] - 1
    assert np.trapezoid(heights[:-1], years[:-1]) == pytest.approx(0.88 * 0.68)
    assert lower[:, 1].max() == pytest.approx(0.68)
    assert set(lower[lower[:, 1] > 0.1, 0]) == {2023.5, 2024.5}
    boxes = [path.get_extents() for path in named(ax, "no peak").get_paths()]
    assert [box.y0 for box in boxes] == [1, 0]
    assert [box.height for box in boxes] == pytest.approx([0.12 * 0.68 / WIDTH, 0.0])
    # Areas are shares, so that many without a peak do not press the years flat.
    assert boxes[0].height * boxes[0].width == pytest.approx(0.12 * 0.68)
    assert {"12 %", "0 %"} <= set(said(ax.figure))


# --- marks ---------------------------------------------------------------------------------------------------


def picture(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    return file.getvalue()


@pytest.mark.parametrize("ha", ["left", "center", "right"])
def test_labels_are_drawn_where_single_texts_would_be(ha):
    look = {"ha": ha, "size": "x-small", "color": "#4D4D4D"}
    places, words = [(0.3, 0.72), (0.31, 0.5), (0.8, 0.251)], ["33 %", "<1 %", "100 %"]
    together, (one,) = sheet("en")
    labels(one, places, words, **look)
    apart, (other,) = sheet("en")
    for (x, y), word in zip(places, words, strict=True):
        other.text(x, y, word, va="center", **look)
    assert picture(together) == picture(apart)
    assert sorted(said(together)) == sorted(said(apart))
    assert set(words) <= set(said(together))


def test_labels_tell_how_far_they_reach():
    figure, (ax,) = sheet("en")
    written = labels(ax, [(0.5, 0.5), (1.2, 0.5)], ["first", "second"])
    single = ax.text(1.2, 0.5, "second", ha="center", va="center")
    figure.canvas.draw()
    assert written.get_window_extent().x1 == pytest.approx(single.get_window_extent().x1)


def test_labels_that_are_hidden_or_none_leave_no_trace():
    blank, _ = sheet("en")
    figure, (ax,) = sheet("en")
    labels(ax, [(0.5, 0.5)], ["hidden"]).set_visible(False)
    labels(ax, np.empty((0, 2)), [])
    assert picture(figure) == picture(blank)


def test_labels_of_two_lines_or_without_places_are_refused():
    _, (ax,) = sheet("en")
    with pytest.raises(ValueError, match="one line each"):
        labels(ax, [(0, 0)], ["two\nlines"])
    with pytest.raises(ValueError, match=re.escape("1 places, but 2 labels")):
        Labels([(0, 0)], ["a", "b"], transform=ax.transData)


def test_marks_do_not_move_the_limits():
    _, (ax,) = sheet("en")
    segments(ax, np.array([[5.0, 5.0]]), np.array([[9.0, 9.0]]))
    markers(ax, np.array([[7.0, 7.0]]), shape=">")
    labels(ax, [(20.0, 20.0)], ["far"])
    assert (ax.get_xlim(), ax.get_ylim()) == ((0.0, 1.0), (0.0, 1.0))
