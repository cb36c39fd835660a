"""The report card printed for a park: the stored hindcasts that match it, in numbers and in words."""

from dataclasses import replace

import pytest

import pathway_models as pw
from pathway_models.hindcast.matching import measured
from pathway_models.intake.panels import read_hindcasts
from pathway_models.intake.parks import read_park

STEEL, HEBEI, REGION_D = (read_park(name) for name in ("demo-steel", "region-hebei", "region-d"))


@pytest.mark.parametrize(
    ("park", "panel", "record"),
    [(STEEL, "cities", 5), (HEBEI, "provinces", 12), (REGION_D, "provinces", 8)],
    ids=lambda value: getattr(value, "park_id", value),
)
def test_a_park_is_matched_by_kind_and_length_of_record(park, panel, record):
    found = measured(park)
    assert (found.panel, found.record) == (panel, record)


def test_the_card_is_that_of_the_law_parks_use():
    row = read_hindcasts("summary").query(
        "law == 'parks' and panel == 'cities' and holdout == 'region' and record == 5 and horizon == 10"
    )
    assert measured(STEEL).bands.coverage_90[10] == row.coverage_90.item()


def test_a_park_without_value_added_has_no_card_of_drivers():
    indexed = replace(STEEL, activity_kinds=("energy_index",) * len(STEEL.sectors))
    assert len(measured(STEEL).drivers) > 0
    assert len(measured(indexed).drivers) == 0
    assert "activity times intensity" not in pw.sentences.report_card(indexed)


def test_the_sentence_names_version_panel_bands_and_skill():
    said = pw.sentences.report_card(STEEL)
    bands = " / ".join(f"{100 * share:.0f}" for share in measured(STEEL).bands.coverage_90)
    assert f"version {measured(STEEL).version}" in said
    assert "5-year records of 290 cities" in said
    assert f"the 90 % bands held {bands} % of outcomes" in said
    assert "against persistence" in said
    assert "No panel of Chinese parks is public" in said


def test_a_record_shorter_than_any_tested_is_said_to_be():
    found = read_park("demo-cement")
    short = replace(
        found,
        **{name: getattr(found, name)[..., -3:] for name in ("years", "activity", "energy", "factors", "outputs",
                                                             "process_factors", "sinks")},
    )  # fmt: skip
    assert "record of 3 years is shorter than any that was tested" in pw.sentences.report_card(short)
    assert "记录仅3年" in pw.sentences.report_card(short, lang="zh")


def test_the_table_has_a_row_a_horizon_in_both_languages():
    english, chinese = (pw.tables.report_card(STEEL, lang=lang) for lang in ("en", "zh"))
    assert list(english.index) == ["1", "5", "10", "15"]
    assert "290 cities" in english.index.name
    assert "290个城市" in chinese.index.name
    assert english.shape == chinese.shape
