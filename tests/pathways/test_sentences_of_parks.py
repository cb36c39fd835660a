"""Sentences about a park and its record: findings shown, gaps named, both languages complete."""

import re

import pytest
from ensembles import hill, pathways_of, rising

from pathway_models import sentences
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import read_register
from pathway_models.inventory.accounts import take_inventory
from pathway_models.inventory.decomposition import decompose_past, without_sectors
from pathway_models.language.words import INVENTED
from pathway_models.peaks.finding import find_peaks

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SCENARIOS = read_scenarios()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_about_an_invented_park_says_so_before_anything_else(lang):
    lines = sentences.heading(read_park("demo-cement"), lang=lang).split("\n\n")
    assert lines[0].startswith(f"## [{INVENTED}]")
    assert lines[1].startswith(f"**{INVENTED}")


def test_a_page_prints_the_choice_of_factors():
    said = sentences.heading(read_park("region-jiangsu"))
    assert "Factor set GB/T 32151-2024, grid factor provincial grid (" in said


def test_findings_in_the_data_are_shown():
    park = read_park("region-d")
    assert "2972 ktCO2" in sentences.notes(park)
    assert "297.2万tCO2" in sentences.notes(park, lang="zh")


def test_what_missing_detail_costs_is_said_for_each_tier():
    assert "no lever has to act on an average" in sentences.detail(read_park("region-d"))
    province = sentences.detail(without_sectors(read_park("region-jiangsu")))
    assert "act on the average of the park" in province
    assert "fewer than" not in province
    assert "With fewer than 10 years" in sentences.detail(read_park("demo-cement"))


def test_the_inventory_is_summed_up():
    said = sentences.inventory(take_inventory(read_park("region-d")))
    assert said.startswith("In 2020 emissions were 723 Mt CO₂ (+28.3 % since 2010; highest in 2019)")


def test_sectors_are_named_where_there_are_some():
    assert "industry emits most" in sentences.sectors(take_inventory(read_park("region-d")))
    whole = without_sectors(read_park("region-jiangsu"))
    assert sentences.sectors(take_inventory(whole)) == "The table has no split by sector."
    assert "power and heat emits most (54 % of the total)" in sentences.sectors(
        take_inventory(read_park("region-jiangsu"))
    )


def test_the_drivers_of_the_past_are_named_and_their_sum_is_vouched_for():
    said = sentences.decomposition(decompose_past(read_park("region-d")))
    assert "the largest upward effect is activity (+532 Mt CO₂)" in said
    assert said.endswith("the effects add up to the change, with no residual.")


def test_decoupling_is_named():
    assert "weak decoupling" in sentences.decoupled(read_park("region-d"))
    assert "弱脱钩" in sentences.decoupled(read_park("region-d"), lang="zh")


def test_parks_without_data_are_counted():
    count = sum(not entry.has_data for entry in read_register())
    assert sentences.waiting(read_register()).startswith(f"{count} further parks")


@pytest.mark.parametrize("park_id", ["region-jiangsu", "demo-steel"])
def test_english_sentences_hold_no_chinese_and_chinese_ones_do(park_id):
    park = read_park(park_id)
    pathways = pathways_of({"bau": rising(), "deep": hill(2030)}, park_id=park_id)
    peaks = find_peaks(pathways)
    for lang in ("en", "zh"):
        said = [
            sentences.detail(park, lang=lang),
            sentences.inventory(take_inventory(park), lang=lang),
            sentences.sectors(take_inventory(park), lang=lang),
            sentences.decomposition(decompose_past(park), lang=lang),
            sentences.decoupled(park, lang=lang),
            sentences.peak(peaks, "deep", lang=lang),
            sentences.spread(peaks, lang=lang),
            sentences.order_of_peaks(peaks, "deep", "bau", lang=lang),
            sentences.order_of_peaks(peaks, "bau", "deep", lang=lang),
            sentences.most_helpful(pathways, peaks, SCENARIOS, lang=lang),
            sentences.capture(pathways, "deep", lang=lang),
            sentences.sources(pathways, "deep", lang=lang),
            sentences.median_path(pathways, peaks, "deep", lang=lang),
            sentences.describe_fan(pathways, peaks, "bau", lang=lang),
            sentences.describe_inventory(take_inventory(park), lang=lang),
            sentences.describe_sources(pathways, "deep", lang=lang),
            sentences.describe_peak_years(peaks, lang=lang),
        ]
        for text in said:
            assert bool(CHINESE.search(text.replace(INVENTED, ""))) == (lang == "zh"), text
            assert text.endswith("。" if lang == "zh" else ".")
