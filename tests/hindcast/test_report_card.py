"""The report card printed for a park: the stored tables that match it, in numbers and in words."""

from dataclasses import replace

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.hindcast.matching import measured
from pathway_models.intake.panels import read_hindcasts
from pathway_models.intake.parks import read_park

STEEL, HEBEI, REGION_D = (read_park(name) for name in ("demo-steel", "region-hebei", "region-d"))


@pytest.mark.parametrize(
    ("park", "panel", "record"),
    [(STEEL, "sites", 5), (HEBEI, "provinces", 16), (REGION_D, "provinces", 8)],
    ids=lambda value: getattr(value, "park_id", value),
)
def test_a_park_is_matched_by_kind_and_length_of_record(park, panel, record):
    found = measured(park)
    assert (found.panel, found.record) == (panel, record)


def test_the_card_is_that_of_the_law_parks_use():
    rows = read_hindcasts("league").query(
        "law == 'levels' and panel in ['eu_sites', 'us_sites'] and holdout == 'entity' and horizon == 3"
    )
    expected = np.average(rows["coverage_90"], weights=rows["forecasts"])
    assert measured(STEEL).bands.coverage_90[3] == pytest.approx(expected)
    assert pw.read_assumptions().law == "levels"
    assert pw.read_assumptions().law_version == measured(STEEL).version


def test_the_event_is_told_of_forecasts_like_the_one_that_is_printed():
    every, likely = measured(STEEL).event, measured(STEEL, 0.95).event
    assert likely.forecasts < every.forecasts
    assert likely.said > every.said
    assert 0.9 <= likely.said <= 1.0
    assert likely.brier == every.brier


def test_where_hardly_any_forecast_was_as_sure_all_are_told_and_it_is_said():
    few, every = measured(HEBEI, 0.6).event, measured(HEBEI).event
    assert few.alike < 30 <= every.alike
    assert (few.said, few.came, few.forecasts) == (every.said, every.came, every.forecasts)
    said = pw.sentences.report_card(HEBEI, probability=0.6)
    assert f"Few of them ({few.alike}) gave a probability like this one" in said
    assert "Few of them" not in pw.sentences.report_card(HEBEI, probability=0.15)
    assert f"仅{few.alike}例" in pw.sentences.report_card(HEBEI, probability=0.6, lang="zh")


def test_the_sentence_says_the_event_first_then_bands_skill_and_limits():
    said, found = pw.sentences.report_card(STEEL), measured(STEEL)
    bands = " / ".join(f"{100 * share:.0f}" for share in found.bands.coverage_90)
    assert said.startswith("Such forecasts gave ")
    assert "came true; a forecast without knowledge of the park would have scored" in said
    assert f"version {found.version}, 5-year records of real clusters" in said
    assert f"the 90 % bands contained {bands} % of outcomes" in said
    assert "improves on that of persistence" in said
    assert "No panel of Chinese parks is public" in said


def test_where_there_is_no_skill_it_is_said_where_the_number_stands():
    said, found = pw.sentences.report_card(HEBEI), measured(HEBEI)
    assert abs(found.event.worse_without) < 0.02
    assert "No law can tell which province turns first" in said


@pytest.mark.parametrize(
    ("park", "figure"),
    [(STEEL, "park"), (HEBEI, "region"), (read_park("eu-antwerp-basf"), "park, abroad")],
    ids=lambda value: getattr(value, "park_id", value),
)
def test_what_the_next_best_law_would_say_stands_beside_the_sampling_error(park, figure):
    rows = read_hindcasts("outlook").query("figure == @name", local_dict={
        "name": f"P(before 2030) without measures, {figure}"
    }).set_index("case")["value"]  # fmt: skip
    spread = measured(park).spread
    assert (spread.mean, spread.most, spread.places) == pytest.approx(
        (rows["mean difference"], rows["largest difference"], rows["places"])
    )
    assert abs(rows["with size"] - rows["without size"]) <= spread.mean + 1e-9 <= spread.most + 1e-9
    text = (
        f"differs by {100 * spread.mean:.1f} percentage points on average over {spread.places} such places, and by"
        f" {100 * spread.most:.1f} at most"
    )
    assert text in pw.sentences.report_card(park)


def test_with_the_nation_as_it_went_the_event_of_provinces_is_told_better_than_by_its_frequency():
    event = measured(HEBEI).event
    assert event.brier_held < 0.9 * event.of_rate
    assert f"with the actual course of the nation, the Brier score was {event.brier_held:.3f}" in (
        pw.sentences.report_card(HEBEI)
    )
    assert f"Brier评分为{event.brier_held:.3f}" in pw.sentences.report_card(HEBEI, lang="zh")


def test_bands_hold_where_the_level_above_took_its_course():
    rows = read_hindcasts("league").query("law == 'levels_if_drivers_hold'")
    assert set(rows["panel"]) == {"provinces", "eu_sites", "us_sites"}
    assert rows["coverage_90"].between(0.87, 0.93).all()


def test_a_record_shorter_than_any_tested_is_said_to_be():
    found = read_park("demo-cement")
    short = replace(
        found,
        **{name: getattr(found, name)[..., -3:] for name in ("years", "activity", "energy", "factors", "outputs",
                                                             "process_factors", "sinks")},
    )  # fmt: skip
    assert "record of 3 years is shorter than any record tested" in pw.sentences.report_card(short)
    assert "记录仅3年" in pw.sentences.report_card(short, lang="zh")


def test_the_table_has_a_row_a_horizon_in_both_languages():
    english, chinese = (pw.tables.report_card(STEEL, lang=lang) for lang in ("en", "zh"))
    assert list(english.index) == ["1", "3", "5"]
    assert "real clusters of industrial sites" in english.index.name
    assert "真实工业点源群" in chinese.index.name
    assert english.shape == chinese.shape
