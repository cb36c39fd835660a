"""Light axes and keys: labels at their places, the grid below the matter, and no tick object of matplotlib's made."""

import io
import pickle
import re
from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import overhang, said
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axis import Tick
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from pathway_models.figures.axes import light_line, light_number_ticks, light_ticks, text_width, tick_texts
from pathway_models.figures.canvas import area, emissions_axis, mark_year, sheet, years_axis
from pathway_models.figures.marks import entries_of, key_column, key_row
from pathway_models.language.rounding import scale_of


@pytest.fixture(autouse=True)
def figures():
    """Close the figures of a test and give the settings back."""
    with mpl.rc_context():
        yield
        plt.close("all")


def one(**kwargs):
    figure, (ax,) = sheet("en", **kwargs)
    ax.set_xlim(2010, 2060)
    ax.set_ylim(0, 100)
    return figure, ax


def grid(ax, axis):
    return next(lines for lines in ax.collections if lines.get_label() == f"_{axis} grid")


def made(figure):
    """Tick objects of a figure once it is drawn."""
    figure.canvas.draw()
    return [tick for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) for tick in axis.majorTicks + axis.minorTicks]


# --- ticks ---------------------------------------------------------------------------------------------------


def test_labels_stand_below_and_left_of_the_axes_at_their_places():
    figure, ax = one()
    light_ticks(ax, "x", [2020, 2040], ["2020", "2040"])
    light_ticks(ax, "y", [50], ["half"])
    figure.canvas.draw()
    box = ax.get_window_extent()
    for text in tick_texts(ax, "x"):
        label = text.get_window_extent()
        assert label.y1 < box.y0
        year = ax.transData.inverted().transform(((label.x0 + label.x1) / 2, 0))[0]
        assert year == pytest.approx(int(text.get_text()), abs=0.2)
    (half,) = (text.get_window_extent() for text in tick_texts(ax, "y"))
    assert half.x1 < box.x0
    assert half.y0 < (box.y0 + box.y1) / 2 < half.y1


def test_no_tick_object_is_made():
    figure, ax = one()
    light_ticks(ax, "x", [2020], ["2020"])
    light_number_ticks(ax, "y")
    ax.set_ylabel("tCO₂")
    assert made(figure) == []
    assert figure.findobj(Tick) == []


def test_a_sheet_makes_no_tick_before_it_is_drawn_and_ordinary_ones_then():
    figure, (ax,) = sheet("en")
    assert ax.xaxis.majorTicks == ax.yaxis.minorTicks == []
    ax.set_xticks([0, 0.5, 1], ["a", "b", "c"])
    ax.set_title("a title asks where the ticks stand", loc="left")
    assert ax.xaxis.get_ticks_position() == "bottom"
    figure.canvas.draw()
    assert len(ax.xaxis.majorTicks) == 3
    assert {"a", "b", "c"} <= set(said(figure))


def test_the_grid_is_one_collection_below_everything():
    _, ax = one()
    light_ticks(ax, "x", [2020, 2040], ["2020", "2040"])
    (line,) = ax.plot([2010, 2060], [1, 2])
    lines = grid(ax, "x")
    assert isinstance(lines, LineCollection)
    assert lines.get_zorder() < line.get_zorder()
    assert [path[0][0] for path in lines.get_segments()] == [2020, 2040]
    assert mpl.colors.same_color(lines.get_colors()[0], mpl.rcParams["grid.color"])


def test_without_a_grid_only_labels_are_drawn():
    _, ax = one()
    light_ticks(ax, "x", [2020], ["2020"], grid=False)
    assert len(ax.collections) == 0
    assert [text.get_text() for text in tick_texts(ax, "x")] == ["2020"]


def test_an_empty_label_gives_a_line_only():
    _, ax = one()
    light_ticks(ax, "y", [10, 20], ["", "20"])
    assert len(grid(ax, "y").get_segments()) == 2
    assert [text.get_text() for text in tick_texts(ax, "y")] == ["20"]


def test_places_outside_the_limits_are_left_out():
    _, ax = one()
    light_ticks(ax, "x", [2000, 2010, 2060, 2070], ["2000", "2010", "2060", "2070"])
    assert [text.get_text() for text in tick_texts(ax, "x")] == ["2010", "2060"]


def test_new_ticks_take_the_place_of_the_old():
    figure, ax = one()
    light_ticks(ax, "y", [10], ["ten"])
    pad = ax.yaxis.labelpad
    light_ticks(ax, "y", [90], ["ten"])
    assert said(figure).count("ten") == 1
    assert len(ax.collections) == 1
    assert ax.yaxis.labelpad == pad


def test_axes_that_share_the_years_get_their_grid_without_their_labels():
    figure, (upper, lower) = sheet("en", rows=(1, 1))
    years_axis(lower, 2016, 2060, behind=True)
    assert tick_texts(upper, "x") == []
    assert [text.get_text() for text in tick_texts(lower, "x")] == ["2020", "2030", "2040", "2050", "2060", ">2055"]
    assert len(grid(upper, "x").get_segments()) == 6
    assert "2030" in said(figure)


@pytest.mark.parametrize("axis", ["x", "y"])
def test_places_and_labels_must_be_as_many(axis):
    _, ax = one()
    with pytest.raises(ValueError, match=re.escape("2 places, but 1 labels")):
        light_ticks(ax, axis, [2020, 2030], ["2020"])


def test_an_axis_is_x_or_y():
    _, ax = one()
    with pytest.raises(ValueError, match=re.escape("axis is 'x' or 'y', not 'z'")):
        light_ticks(ax, "z", [], [])


@pytest.mark.slow
@given(low=st.integers(-(10**6), 10**6), width=st.floats(1e-3, 1e6), count=st.integers(2, 9))
def test_number_ticks_are_round_even_and_inside(low, width, count):
    figure = plt.figure()
    ax = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    ax.set_ylim(low, low + width)
    light_number_ticks(ax, "y", count=count)
    places = [text.get_position()[1] for text in tick_texts(ax, "y")]
    assert len(places) <= count + 1
    assert all(low - 1e-6 * width <= place <= low + width * (1 + 1e-6) for place in places)
    if len(places) > 2:
        np.testing.assert_allclose(np.diff(places), places[1] - places[0], rtol=1e-4)
    plt.close(figure)


def test_numbers_are_written_with_separators_or_as_asked():
    _, ax = one()
    ax.set_ylim(-1500, 4200)
    light_number_ticks(ax, "y", count=4)
    assert [text.get_text() for text in tick_texts(ax, "y")] == ["0", "2,000", "4,000"]
    ax.set_ylim(0, 25)
    light_number_ticks(ax, "y", count=3, format=lambda value: f"{value:g} %")
    assert [text.get_text() for text in tick_texts(ax, "y")] == ["0 %", "10 %", "20 %"]


@pytest.mark.parametrize("highest", [9.0, 9e8])
def test_the_name_of_an_axis_stays_clear_of_its_labels(highest):
    figure, ax = one()
    ax.set_ylim(0, highest)
    emissions_axis(ax, scale_of(1e6, "en"), "en")
    figure.canvas.draw()
    name = ax.yaxis.label.get_window_extent()
    assert name.x1 < min(text.get_window_extent().x0 for text in tick_texts(ax, "y"))


def test_the_name_below_stays_clear_of_labels_of_two_lines():
    figure, ax = one(foot=1.0)
    light_ticks(ax, "x", [2020], ["two\nlines"])
    ax.set_xlabel("year")
    figure.canvas.draw()
    (label,) = tick_texts(ax, "x")
    assert ax.xaxis.label.get_window_extent().y1 < label.get_window_extent().y0


def test_the_width_of_a_text_is_that_of_its_drawing():
    figure, ax = one()
    text = ax.text(2020, 50, "10 single members")
    figure.canvas.draw()
    drawn = text.get_window_extent().width / figure.dpi * 72
    # Drawn letters stand on whole pixels, measured ones do not.
    assert text_width("10 single members", text.get_fontsize()) == pytest.approx(drawn, rel=0.05)


# --- lines and areas -----------------------------------------------------------------------------------------


def test_lines_and_areas_leave_the_limits_as_they_are():
    _, ax = one()
    light_line(ax, "y", 500, color="black")
    mark_year(ax, 2100, "en", label=False)
    area(ax, np.array([2010, 2020]), np.zeros(2), np.array([900.0, 900.0]), color="red")
    assert (ax.get_xlim(), ax.get_ylim()) == ((2010, 2060), (0, 100))


def test_the_marked_year_begins_between_two_years():
    figure, ax = one()
    mark_year(ax, 2030, "en")
    (line,) = ax.lines
    assert list(line.get_xdata()) == [2029.5, 2029.5]
    assert "before 2030" in said(figure)


def test_a_sheet_can_be_kept_and_opened_again():
    figure, ax = one()
    years_axis(ax, 2010, 2060)
    pages = []
    for kept in (figure, pickle.loads(pickle.dumps(figure))):
        kept.savefig(page := io.StringIO(), format="svg", metadata={"Date": None})
        pages.append(page.getvalue())
    assert pages[0] == pages[1]


# --- keys ----------------------------------------------------------------------------------------------------


def matter(ax):
    ax.bar([2015, 2016], [10, 20], color="#0072B2", hatch="////", label="bars")
    area(ax, np.array([2010, 2060]), np.zeros(2), np.ones(2), facecolor="#E3B5CD", alpha=0.4, label="area")
    ax.add_collection(LineCollection([[(2010, 0), (2060, 1)]], colors="#4D4D4D", label="members"))
    ax.plot([2010, 2060], [0, 1], "o--", color="#D55E00", label="median")


@pytest.mark.parametrize("put", [lambda ax, all_: key_row(ax, all_, above=5), key_column])
def test_a_key_names_and_shows_all_that_is_drawn(put):
    figure, ax = one(right=0.7)
    matter(ax)
    light_ticks(ax, "x", [2020], ["2020"])
    entries = entries_of(ax)
    put(ax, entries)
    assert [text.get_text() for text in ax.texts if text not in tick_texts(ax, "x")] == [name for _, name in entries]
    assert {name for _, name in entries} == {"bars", "area", "members", "median"}
    assert overhang(figure) == 0
    colours = {"bars": "#0072B2", "area": "#E3B5CD", "members": "#4D4D4D", "median": "#D55E00"}
    for (_, name), swatch in zip(entries, figure.artists, strict=True):
        colour = swatch.get_color() if isinstance(swatch, Line2D) else swatch.get_facecolor()
        assert mpl.colors.same_color(mpl.colors.to_rgb(colour), mpl.colors.to_rgb(colours[name]))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_of_a_row_do_not_lie_on_the_next_swatch(lang):
    figure, (ax,) = sheet(lang)
    ax.plot([0, 1], [0, 1], label="仅有十个成员的路径")
    ax.plot([0, 1], [1, 0], label="a name that is rather long")
    key_row(ax, entries_of(ax), above=5)
    figure.canvas.draw()
    boxes = [artist.get_window_extent() for pair in zip(figure.artists, ax.texts, strict=True) for artist in pair]
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_names_of_a_column_do_not_lie_on_each_other():
    figure, ax = one(right=0.7)
    matter(ax)
    key_column(ax, [(handle, f"{name}\nin two lines") for handle, name in entries_of(ax)])
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(boxes))


def test_what_a_key_cannot_show_is_refused():
    _, ax = one()
    points = ax.scatter([2020], [1], label="points")
    with pytest.raises(TypeError, match="a key shows lines, patches and bars, not PathCollection"):
        key_column(ax, [(points, "points")])
