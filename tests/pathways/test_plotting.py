"""Figures: complete, bilingual, without a missing glyph, marked where a park is invented; nothing runs out of them."""

import io
import re
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from ensembles import hill, mixture, pathways_of, rising
from figures import overhang, said

from pathway_models import plotting
from pathway_models.core.errors import PathwayError, ScenarioError
from pathway_models.figures.canvas import wrapped
from pathway_models.figures.marks import peak_shares
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.inventory.accounts import take_inventory
from pathway_models.inventory.decomposition import decompose_past
from pathway_models.language.words import INVENTED
from pathway_models.peaks.finding import find_peaks

SCENARIOS = read_scenarios()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TOTALS = {
    "bau": mixture((60, rising()), (40, hill(2035))),
    "efficiency": mixture((50, hill(2031)), (50, hill(2027))),
    "deep": mixture((70, hill(2018)), (20, hill(2024)), (10, hill(2016))),
}
SOURCES = {"captured": {"deep": -2e6}, "capture_heat": {"deep": 4e5}, "electricity": {"bau": 3e6, "deep": 2e6}}


@pytest.fixture(autouse=True)
def figures():
    """Close the figures of a test and give the settings back."""
    with mpl.rc_context():
        yield
        plt.close("all")


def drawing(name, park_id, lang):
    """One of the figures, of a real park's record and a small ensemble."""
    park = read_park(park_id)
    pathways = pathways_of(TOTALS, park_id=park_id, **SOURCES)
    peaks = find_peaks(pathways)
    return {
        "fans": lambda: plotting.fans(pathways, ["bau", "deep"], inventory=take_inventory(park), lang=lang),
        "fan": lambda: plotting.fan(pathways, "bau", inventory=take_inventory(park), lang=lang),
        "peak_years": lambda: plotting.peak_years(peaks, lang=lang),
        "inventory": lambda: plotting.inventory(park, lang=lang),
        "sectors": lambda: plotting.inventory(take_inventory(park), by="sector", lang=lang),
        "sources": lambda: plotting.sources(pathways, "deep", lang=lang),
        "decomposition": lambda: plotting.decomposition(decompose_past(park), lang=lang),
        "compare": lambda: plotting.compare(pathways, peaks, SCENARIOS, lang=lang),
    }[name]()


@cache
def texts(name, park_id, lang):
    """All texts of one of the figures, drawn once for all tests."""
    return said(drawing(name, park_id, lang))


NAMES = ("fan", "fans", "peak_years", "inventory", "sectors", "sources", "decomposition", "compare")


def test_a_text_that_runs_out_is_noticed():
    figure = drawing("inventory", "demo-steel", "en")
    figure.text(0.9, 0.5, "a text much too long for its place")
    assert overhang(figure) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("park_id", ["region-d", "region-jiangsu", "demo-steel", "demo-mixed-chp"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_out_of_a_figure_and_no_glyph_is_missing(name, park_id, lang):
    assert overhang(drawing(name, park_id, lang)) < 0.02


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_an_invented_park_is_marked_in_every_title(name, lang):
    assert any(text.startswith(f"[{INVENTED}]") for text in texts(name, "demo-steel", lang))
    assert not any(INVENTED in text for text in texts(name, "region-jiangsu", lang))


@pytest.mark.parametrize("name", NAMES)
def test_english_figures_hold_no_chinese(name):
    assert [text for text in texts(name, "region-jiangsu", "en") if CHINESE.search(text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_chinese_figures_hold_no_english_words(name):
    untranslated = [
        text for text in texts(name, "region-jiangsu", "zh") if re.search(r"[A-Za-z]{3,}", text.replace("tCO", ""))
    ]
    assert untranslated == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_made_of_few_artists(name):
    figure = drawing(name, "region-jiangsu", "en")
    drawn = sum(len(ax.lines) + len(ax.collections) + len(ax.patches) for ax in figure.axes)
    assert drawn < 160  # a province has eight sectors


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_same_figure_gives_the_same_bytes(name):
    pictures = []
    for _ in range(2):
        picture = io.BytesIO()
        drawing(name, "region-jiangsu", "en").savefig(picture, format="png", dpi=60)
        pictures.append(picture.getvalue())
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(("lang", "unit"), [("en", "Mt CO₂ per year"), ("zh", "万tCO₂/年")])
@pytest.mark.parametrize("name", ["fan", "inventory", "sectors", "sources", "decomposition"])
def test_axes_of_emissions_name_their_unit(name, lang, unit):
    assert unit in texts(name, "region-d", lang)


def test_small_parks_are_drawn_in_kilotonnes():
    assert "kt CO₂ per year" in said(plotting.inventory(read_park("demo-services-rd")))


@pytest.mark.parametrize("lang", ["de", "", None])
def test_other_languages_are_refused(lang):
    with pytest.raises(ValueError, match=re.escape(f"not {lang!r}")):
        plotting.inventory(read_park("demo-steel"), lang=lang)


# --- fan -----------------------------------------------------------------------------------------------------


def test_a_fan_shows_members_without_a_peak_behind_the_horizon():
    shown = said(drawing("fan", "region-d", "en"))
    assert ">2055" in shown
    assert "60 %" in shown


def test_a_fan_tells_the_peak_of_the_median_from_the_members_peaks():
    notes = [text for text in said(drawing("fan", "region-d", "en")) if text.startswith("Highest year of the median")]
    assert len(notes) == 1
    assert "The median line is not a member" in notes[0]


def test_the_median_of_a_fan_is_the_median_of_its_members():
    pathways = pathways_of({"bau": np.stack([hill(2030), 2 * hill(2030), 4 * hill(2030)])})
    figure = plotting.fan(pathways, "bau")
    (median,) = [line for line in figure.axes[0].lines if line.get_label() == "median"]
    np.testing.assert_allclose(median.get_ydata(), 2 * hill(2030) / 1e6)


def test_an_unknown_scenario_is_refused():
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'none' in these pathways")):
        plotting.fan(pathways_of(TOTALS), "none")


def test_a_park_of_ones_own_is_drawn_when_it_is_given():
    pathways = pathways_of({"my_plan": hill(2030)}, park_id="my-park")
    with pytest.raises(PathwayError, match=re.escape("give the Park itself, park=...")):
        plotting.fan(pathways, "my_plan")
    assert "my_plan" in said(plotting.fan(pathways, "my_plan", park=read_park("region-d")))


def test_fans_side_by_side_share_one_scale_and_a_scenario_named_twice_is_drawn_once():
    pathways = pathways_of(TOTALS)
    first, second = pathways.scenarios[:2]
    figure = plotting.fans(pathways, [first, second])
    tops, strips = figure.axes[:2], figure.axes[2:]
    assert tops[0].get_ylim() == tops[1].get_ylim()
    assert strips[0].get_ylim() == strips[1].get_ylim()
    for ax, name in zip(tops, (first, second), strict=True):
        (median,) = [line for line in ax.lines if line.get_label() == "median"]
        expected = np.median(pathways.total()[pathways.index(name)], axis=0)
        ratio = expected / median.get_ydata()
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)
    assert len(plotting.fans(pathways, [first, first]).axes) == len(plotting.fan(pathways, first).axes) == 2
    assert overhang(figure) < 0.02


def test_every_fan_below_zero_has_a_zero_line():
    pathways = pathways_of({"bau": hill(2030), "deep": hill(2030) - 2 * hill(2030).max()})
    for ax in plotting.fans(pathways, ["bau", "deep"]).axes[:2]:
        assert [list(line.get_ydata()) for line in ax.lines].count([0, 0]) == 1


@pytest.mark.parametrize("until", [2035, 2047, 2050])
def test_any_horizon_can_be_drawn(until):
    pathways = pathways_of(TOTALS, until=until)
    assert f">{until - 5}" in said(plotting.fan(pathways, "bau"))
    assert overhang(plotting.peak_years(find_peaks(pathways))) < 0.02


# --- peak years ----------------------------------------------------------------------------------------------


def test_shares_of_peak_years_and_of_members_without_one_add_up_to_all():
    peaks = find_peaks(pathways_of(TOTALS))
    for at in range(len(peaks.scenarios)):
        shares, censored = peak_shares(peaks, at)
        assert shares.sum() + censored == pytest.approx(1.0)
    shares, censored = peak_shares(peaks, 0)
    assert (censored, shares[2035 - 2016]) == (0.6, 0.4)


def test_each_row_states_the_share_that_peaks_before_the_year():
    shown = said(plotting.peak_years(find_peaks(pathways_of(TOTALS))))
    assert {"0 %", "50 %", "100 %"} <= set(shown)
    assert "60 %" in shown  # of members without a peak


@pytest.mark.parametrize("names", [["bau"], list(SCENARIOS)])
def test_any_number_of_scenarios_fits(names):
    figure = plotting.peak_years(find_peaks(pathways_of(dict.fromkeys(names, hill(2030)))))
    assert overhang(figure) < 0.02


# --- stacks --------------------------------------------------------------------------------------------------


def test_bars_of_an_inventory_add_up_to_its_total():
    accounts = take_inventory(read_park("region-d"))
    (ax,) = plotting.inventory(accounts).axes
    heights = np.array([[bar.get_height() for bar in part] for part in ax.containers])
    np.testing.assert_allclose(heights.sum(axis=0), accounts.total() / 1e6)


def test_the_balance_of_conversion_lies_below_zero_and_has_a_name():
    figure = plotting.inventory(read_park("region-d"))
    assert figure.axes[0].get_ylim()[0] < 0
    assert "conversion balance" in said(figure)


def test_captured_emissions_lie_below_zero():
    figure = drawing("sources", "region-d", "en")
    assert figure.axes[0].get_ylim()[0] < 0
    assert {"captured CO₂", "heat for capture"} <= set(said(figure))


def test_sources_are_means_and_say_so():
    assert any("medians of sources would not add up" in text for text in said(drawing("sources", "region-d", "en")))


def test_a_park_without_emissions_still_has_an_axis():
    shown = said(plotting.sources(pathways_of({"bau": 0 * hill(2030)}), "bau"))
    assert {"0", "1", "total", "before 2030"} <= set(shown)


def test_the_axis_of_sources_holds_the_whole_stack():
    (ax,) = drawing("sources", "region-d", "en").axes
    tops = [patch.get_xy()[:, 1].max() for patch in ax.patches if patch.get_label()]
    bottoms = [patch.get_xy()[:, 1].min() for patch in ax.patches if patch.get_label()]
    low, high = ax.get_ylim()
    assert low < min(bottoms) < 0 < max(tops) < high


def test_an_inventory_is_stacked_by_source_or_sector_only():
    with pytest.raises(ValueError, match=re.escape("by is 'source' or 'sector', not 'scope'")):
        plotting.inventory(read_park("region-d"), by="scope")


# --- texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("industrial structure", 12, ["industrial", "structure"]),
        ("电力与热力排放因子", 5, ["电力与热力", "排放因子"]),
        ("甲，乙；丙丁", 3, ["甲，", "乙；", "丙丁"]),
        ("unbreakable", 5, ["unbreakable"]),
    ],
)
def test_names_are_broken_where_they_may(text, width, lines):
    assert wrapped(text, width).split("\n") == lines


def test_a_comparison_of_one_scenario_still_draws():
    pathways = pathways_of({"deep": hill(2025)})
    figure = plotting.compare(pathways, find_peaks(pathways), SCENARIOS)
    assert overhang(figure) < 0.02
    assert "one scenario: nothing to compare" in said(figure)
