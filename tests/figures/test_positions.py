"""Where things stand in drawn figures: inside the frame, off its foot, on no other name, and as high as they say."""

import re
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from ensembles import hill, pathways_of, rising
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

import pathway_models as pw
from pathway_models import plotting
from pathway_models.decisions.figures import abatement_curve
from pathway_models.decisions.records import Macc, Reading
from pathway_models.decisions.sentences import describe_curve
from pathway_models.figures.axes import light_number_ticks
from pathway_models.figures.canvas import sheet
from pathway_models.figures.marks import WIDTH, name_beside, name_points, only_rising
from pathway_models.fleet.figures import total
from pathway_models.fleet.fleet_results import TRIED, Fleet, FleetResults
from pathway_models.pathways.figures import SINGLE, TALLEST, frame, typical_members
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.park import ParkIdentity

FIFTH = 0.2


@pytest.fixture(autouse=True)
def figures():
    with mpl.rc_context():
        yield
        plt.close("all")


@pytest.fixture(scope="module")
def readme():
    """The ensemble of the README's figures, with fewer members."""
    park, scenarios = pw.read_park("region-d"), pw.read_scenarios().pick(["bau", "deep"])
    draws = pw.sample(park, scenarios, members=200, seed=20240401)
    return park, pw.project(park, scenarios, draws)


def named(ax, label):
    return next(artist for artist in ax.get_children() if artist.get_label() == label)


def singles(ax):
    return next(line for line in ax.collections if re.fullmatch(r"\d+ members", str(line.get_label()))).get_segments()


def high(ax, value):
    """Height of a value in the axes: 0 at the foot, 1 at the top."""
    low, top = ax.get_ylim()
    return (value - low) / (top - low)


# --- fans ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["bau", "deep"])
def test_in_the_fans_of_the_readme_members_stay_inside_and_what_is_read_off_the_foot(readme, scenario):
    park, pathways = readme
    inventory = pw.take_inventory(park)
    ax = plotting.fan(pathways, scenario, park=park, inventory=inventory).axes[0]
    low, top = ax.get_ylim()
    paths = singles(ax)
    assert len(paths) == SINGLE
    assert all(low <= path[:, 1].min() and path[:, 1].max() <= top for path in paths)
    assert high(ax, inventory.total().max() / 1e6) > FIFTH
    assert high(ax, named(ax, "median").get_ydata().max()) > FIFTH


def exploding(members=200):
    """Some members grow without bound, the rest peaks in 2030: what a linear axis of all of them would press flat."""
    paths = np.tile(hill(2030), (members, 1))
    paths[: members // 10] = paths[: members // 10] * np.linspace(1.0, 60.0, paths.shape[1]) ** np.linspace(
        0, 1, paths.shape[1]
    )
    return paths


def test_a_band_that_explodes_leaves_the_frame_says_how_far_and_no_member_that_is_drawn_does():
    pathways = pathways_of({"bau": exploding()})
    figure = plotting.fan(pathways, "bau")
    ax = figure.axes[0]
    top = ax.get_ylim()[1]
    assert named(ax, "90 % of members").get_path().vertices[:, 1].max() > top
    assert named(ax, "50 % of members").get_path().vertices[:, 1].max() <= top
    assert any("▲ 90 % of members up to" in text.get_text() for text in ax.texts)
    assert max(path[:, 1].max() for path in singles(ax)) <= top
    assert high(ax, named(ax, "median").get_ydata().max()) > FIFTH
    calm = plotting.fan(pathways_of({"bau": np.tile(hill(2030), (20, 1))}), "bau")
    assert not any("▲" in text.get_text() for text in calm.axes[0].texts)


def test_fans_that_are_compared_have_one_frame_that_holds_both_middle_halves():
    low_band = np.tile(hill(2030), (5, 1))
    tall = 3 * low_band
    low, top = frame([low_band, tall], 4)
    assert low == 0
    assert top >= tall.max()
    assert frame([low_band, low_band], 4)[1] < TALLEST * low_band.max()


def test_members_drawn_are_one_of_each_tenth():
    total = np.arange(1.0, 101.0)[:, None] * np.ones(8)
    chosen = typical_members(total, 0.0, 1000.0)
    assert np.array_equal((chosen[:, 0] - 1) // 10, np.arange(10))
    assert typical_members(total, 0.0, 50.0)[:, 0].max() <= 50
    assert len(typical_members(total[:3], 0.0, 1000.0)) == 3


@pytest.mark.parametrize("share", [0.05, 0.6, 1.0])
def test_no_bar_of_peak_years_is_cut_and_areas_are_shares(share):
    count = round(100 * share)
    pathways = pathways_of(
        {"bau": np.concatenate([np.tile(rising(), (count, 1)), np.tile(hill(2031), (100 - count, 1))])}
    )
    strip = plotting.fan(pathways, "bau").axes[1]
    boxes = [path.get_extents() for path in named(strip, "no peak").get_paths()]
    (bars,) = [path.get_extents() for path in named(strip, "members").get_paths()]
    left, right = strip.get_xlim()
    assert all(left <= box.x0 and box.x1 <= right for box in boxes)
    assert max(boxes[0].y1, bars.y1) <= strip.get_ylim()[1]
    assert boxes[0].height * WIDTH == pytest.approx(100 * share)


# --- ranges --------------------------------------------------------------------------------------------------


def test_the_middle_half_stands_inside_the_range_of_nine_in_ten(readme):
    park, pathways = readme
    peaks = find_peaks(pathways)
    figures = [
        plotting.compare(pathways, peaks, pw.read_scenarios(), park=park),
        plotting.gaps(pw.gaps(park, pathways, peaks, before=2030), park=park),
    ]
    for figure in figures:
        ax = figure.axes[0]
        outer, inner = (np.array(named(ax, label).get_segments())[:, :, 0] for label in ("ranges", "halves"))
        assert len(outer) == len(inner) > 0
        assert np.all(outer[:, 0] <= inner[:, 0] + 1e-9)
        assert np.all(inner[:, 1] <= outer[:, 1] + 1e-9)
        assert np.any(np.ptp(inner, axis=1) < np.ptp(outer, axis=1))


# --- names beside marks --------------------------------------------------------------------------------------


def boxes_of(ax, names):
    ax.figure.canvas.draw()
    return [text.get_window_extent() for text in ax.texts if text.get_text() in names]


def overlaps(boxes):
    return [(one, two) for one, two in combinations(boxes, 2) if one.padded(-1).overlaps(two.padded(-1))]


@pytest.mark.parametrize("places", [[5.0, 5.0, 5.01, 5.02, 9.99, 0.0], np.linspace(0, 1, 12), [10.0] * 12])
def test_names_beside_the_axes_never_cover_one_another_and_keep_the_order_of_their_marks(places):
    _figure, (ax,) = sheet("en", right=0.7)
    ax.set_ylim(0, 10)
    light_number_ticks(ax, "y")
    names = [f"measure {at}" for at in range(len(places))]
    name_beside(ax, places, names, ["black"] * len(names))
    boxes = boxes_of(ax, names)
    assert len(boxes) == len(names)
    assert overlaps(boxes) == []
    feet = {text.get_text(): text.get_window_extent().y0 for text in ax.texts if text.get_text() in names}
    order = [names[at] for at in np.argsort(places, kind="stable")]
    assert sorted(order, key=feet.get) == order


@settings(deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), max_size=14))
def test_names_are_moved_as_little_as_scipy_would(values):
    expected = isotonic_regression(values).x if values else []
    np.testing.assert_allclose(only_rising(np.array(values, dtype=float)), expected, rtol=1e-9, atol=1e-9)


def test_names_of_points_cover_neither_one_another_nor_a_point():
    rng = np.random.default_rng(1)
    places = np.concatenate([rng.uniform(0, 0.2, (9, 2)), rng.uniform(0, 10, (4, 2))])
    _figure, (ax,) = sheet("en")
    ax.set_xlim(-1, 11)
    ax.set_ylim(-1, 11)
    names = [f"measure number {at}" for at in range(len(places))]
    name_points(ax, places, names, ["black"] * len(names))
    boxes = boxes_of(ax, names)
    assert len(boxes) == len(names)
    assert overlaps(boxes) == []
    points = ax.transData.transform(places)
    assert not any(box.padded(-1).contains(x, y) for box in boxes for x, y in points)
    assert all(ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 for box in boxes)


# --- abatement costs -----------------------------------------------------------------------------------------


@pytest.fixture
def curve():
    """Three priced levers, one of them harmful, and two whose cost nobody knows."""
    tonnes = np.array([4e5, 2e6, -1e5, 3e5, 1e6])[:, None] * np.linspace(0.9, 1.1, 21)
    cost = np.array([40.0, 20.0, 5.0, 0.0, 0.0])[:, None] * np.ones(21)
    known = np.array([True, True, True, False, False])
    names = tuple(f"lever {name}" for name in "abcde")
    return Macc(
        identity=ParkIdentity("demo-steel"), scenario="deep", levers=names, names_en=names, names_zh=names,
        families=("efficiency", "process", "ccus", "sinks", "process"), known=known, assumed=~known,
        readings={"shapley": Reading(tonnes, cost, np.array([1, 0, 2, 3, 4]))}, weights=np.full(21, 1 / 21),
        price_year=2024,
    )  # fmt: skip


def test_a_lever_without_a_known_cost_has_tonnes_and_no_height(curve):
    left, right = abatement_curve(curve).axes
    assert len(left.patches) == 4  # the harmful one avoids nothing
    assert len(right.patches) == 2
    rows = {round(bar.get_y() + bar.get_height() / 2) for bar in right.patches}
    assert rows == {2, 3}
    assert [text.get_text() for text in right.texts].count("cost not known") == 2


def test_tonnes_of_the_curve_begin_where_those_of_cheaper_levers_end_and_stay_inside(curve):
    left, right = abatement_curve(curve).axes
    starts, widths = zip(*((bar.get_x(), bar.get_width()) for bar in left.patches), strict=True)
    np.testing.assert_allclose(starts[1:], np.cumsum(widths)[:-1])
    assert sum(widths) == pytest.approx(3.7)
    for ax in (left, right):
        first, last = ax.get_xlim()
        assert all(first <= bar.get_x() and bar.get_x() + bar.get_width() <= last for bar in ax.patches)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_caption_of_the_curve_names_its_first_and_its_last_bar(curve, lang):
    """A lever that raises emissions has no bar, and is not told as the dearest."""
    left, right = abatement_curve(curve, lang=lang).axes
    labels = [text.get_text() for text in left.get_yticklabels()]
    heights = sorted(right.patches, key=lambda bar: -bar.get_y())
    told = describe_curve(curve, lang=lang)
    for bar, place in ((heights[0], 0), (heights[-1], 1)):
        assert f"{bar.get_width():,.0f}" in told
        assert labels[place] in told
    assert "lever c" not in told
    assert ("2 measures have no known cost" if lang == "en" else "2项措施成本未知") in told


# --- totals --------------------------------------------------------------------------------------------------


def test_a_total_is_drawn_as_far_as_the_law_was_tried_and_the_rule_of_the_year_looks():
    years = np.arange(2010, 2061)
    paths = np.tile(np.linspace(1e6, 2e6, years.size), (1, 20, 1))
    fleet = Fleet(("a", "b"), ("bau",), years, 2019, paths, np.full((2, 1, years.size), 0.5), 1, issue_year=2026)
    results = FleetResults(fleet, "park", ("a",), {}, {})
    assert results.as_far_as_tried().fleet.years[-1] == 2025 + TRIED
    assert results.as_far_as_tried(2045).fleet.years[-1] == 2050
    figure = total(results, "bau")
    assert named(figure.axes[0], "median").get_xdata()[-1] == 2040
    assert any(text.get_text() == ">2035" for text in figure.axes[1].texts)
