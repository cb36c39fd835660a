"""Panels of the figure of gaps: values stand where their panel says, in a picture made of a handful of artists."""

from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from ensembles import hill, mixture, pathways_of, rising
from figures import overhang, said, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axis import Tick

from pathway_models import plotting
from pathway_models.figures.axes import tick_texts
from pathway_models.gaps.analysis import gaps as gaps_of
from pathway_models.gaps.figures import BETWEEN, panels
from pathway_models.intake.parks import read_park
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.gaps import Gap, Gaps

SCENARIO = "bau"
#: Two of the gaps of the worked example in docs/gaps.md: members A, B and C, the levels ten thousand times as high.
YEARS_LATE = Gap("peak_year", 2029.0, "year", "years", np.array([[-9.0, 11.0, np.inf]]), 31.0, ("",), ("",))
LEVEL = Gap("peak_level", 1e6, "tCO2/yr", "tCO2/yr", 1e4 * np.array([[-2.5, 20.0, 40.0]]), np.inf, ("",), ("",))


@pytest.fixture(autouse=True)
def figures():
    """Close the figures of a test and give the settings back."""
    with mpl.rc_context():
        yield
        plt.close("all")


def found_of(*entries, scenarios=(SCENARIO,)):
    return Gaps("demo-steel", scenarios, 2030, 2060, 2020, 2060, 1e6, None, entries, 1)


def artist(figure, name):
    (found,) = [each for each in figure.axes[0].collections if each.get_label() == name]
    return found


# Limits by hand.  Years late: p05 -9, p50 11, p95 beyond the horizon; from -9 to twice the median, 22, and 6 % of
# these 31 more at both ends: -10.86 to 23.86, 34.72 wide.  Level, in kt: -25, 200, 400; from -25 to 400, and 25.5
# more: -50.5 to 425.5, 476 wide; its slot begins at 1.12.
FIRST = {"zero": 10.86 / 34.72, "low": 1.86 / 34.72, "median": 21.86 / 34.72, "high": 1.0}
SECOND = {"zero": 50.5 / 476, "low": 25.5 / 476, "median": 250.5 / 476, "high": 450.5 / 476}


def test_a_known_gap_lies_where_its_panel_says():
    figure = plotting.gaps(found_of(YEARS_LATE, LEVEL))
    np.testing.assert_allclose(
        artist(figure, "medians").get_offsets(), [[FIRST["median"], 0], [1.12 + SECOND["median"], 0]]
    )
    ranges = [[(FIRST["low"], 0), (FIRST["high"], 0)], [(1.12 + SECOND["low"], 0), (1.12 + SECOND["high"], 0)]]
    np.testing.assert_allclose(artist(figure, "ranges").get_segments(), ranges, atol=1e-12)
    zeros = [line[0, 0] for line in artist(figure, "zero").get_segments()]
    np.testing.assert_allclose(zeros, [FIRST["zero"], 1.12 + SECOND["zero"]])


def test_an_arrow_stands_only_where_the_range_goes_on():
    figure = plotting.gaps(found_of(YEARS_LATE, LEVEL))
    np.testing.assert_allclose(artist(figure, "arrows").get_offsets(), [[1.0, 0]])


def test_numbers_below_a_panel_stand_at_their_values():
    figure = plotting.gaps(found_of(YEARS_LATE, LEVEL))
    places = {text.get_text(): text.get_position()[0] for text in tick_texts(figure.axes[0], "x")}
    assert places["20"] == pytest.approx(30.86 / 34.72)
    assert places["400"] == pytest.approx(1.12 + 450.5 / 476)
    assert {"years late", "kt CO₂ a year"} <= set(said(figure))


def test_a_figure_of_all_scenarios_has_no_tick_objects_and_few_artists():
    totals = dict.fromkeys(map(str, range(10)), mixture((60, rising()), (40, hill(2027))))
    pathways = pathways_of(totals, park_id="demo-steel")
    figure = plotting.gaps(gaps_of(read_park("demo-steel"), pathways, find_peaks(pathways)))
    figure.canvas.draw()
    (ax,) = figure.axes
    assert figure.findobj(Tick) == []
    assert len(ax.lines) + len(ax.patches) + len(ax.collections) < 10
    assert len(artist(figure, "ranges").get_segments()) == 50


def test_a_scenario_in_which_nobody_peaks_is_an_arrow_without_a_median():
    late = Gap("peak_year", 2029.0, "year", "years", np.full((1, 3), np.inf), 31.0, ("",), ("",))
    figure = plotting.gaps(found_of(late))
    assert len(artist(figure, "medians").get_offsets()) == 0
    assert len(artist(figure, "arrows").get_offsets()) == 1
    assert "0 %" in said(figure)
    assert overhang(figure) < 0.02


def test_a_gap_that_is_zero_for_all_has_its_dot_on_the_line():
    level = Gap("peak_level", 1e6, "tCO2/yr", "tCO2/yr", np.zeros((1, 3)), np.inf, ("",), ("",))
    figure = plotting.gaps(found_of(level))
    (zero,) = artist(figure, "zero").get_segments()
    assert artist(figure, "medians").get_offsets()[0, 0] == pytest.approx(zero[0, 0])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("size", [2.3e3, 2.3e6, 2.3e8, 2.3e11])
def test_numbers_below_panels_keep_apart(lang, size):
    entries = [
        Gap(kind, 0.0, "", "tCO2/yr", size * np.array([[-1.0, -0.2, 1.05]]), np.inf, ("",), ("",))
        for kind in ("peak_level", "budget", "neutrality")
    ]
    figure = plotting.gaps(found_of(YEARS_LATE, *entries), lang=lang)
    figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in tick_texts(figure.axes[0], "x")), key=lambda box: box.x0)
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


VALUES = st.one_of(st.floats(-1e9, 1e9, allow_nan=False), st.just(np.inf))


@given(st.lists(VALUES, min_size=3, max_size=12))
@settings(deadline=None, max_examples=100)
def test_whatever_the_values_zero_and_what_is_known_of_the_range_lie_inside_the_panel(values):
    entry = Gap("peak_year", 2029.0, "year", "years", np.array([values]), 31.0, ("",), ("",))
    first, second = panels(found_of(entry, entry))
    assert (second.left, second.right) == (1.0 + BETWEEN, 2.0 + BETWEEN)
    for panel in (first, second):
        known = [0.0, *(value for value in panel.quantiles[0, [0, 2]] if np.isfinite(value))]
        assert np.isfinite([panel.first, panel.last]).all()
        assert np.all((panel.left < panel.place(known)) & (panel.place(known) < panel.right))


def test_the_shares_of_a_panel_stand_at_its_right_edge_above_their_rows():
    figure = plotting.gaps(found_of(YEARS_LATE, LEVEL))
    shares = [text for text in texts(figure) if text.get_text() == "33 %"]
    np.testing.assert_allclose([text.get_position() for text in shares], [(0.975, -0.3), (2.095, -0.3)])
