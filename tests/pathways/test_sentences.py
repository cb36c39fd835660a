"""Sentences about peaks and levers say what the members carry, and never name a peak that is not there."""

import re

import numpy as np
import pytest
from ensembles import YEARS, hill, mixture, pathways_of, peaks_of, rising

from pathway_models import sentences
from pathway_models.core.errors import ScenarioError
from pathway_models.intake.library import read_scenarios
from pathway_models.peaks.finding import find_peaks, later_members, reference_of, scenario_differences, typical_sources

SCENARIOS = read_scenarios()


# --- peaks ---------------------------------------------------------------------------------------------------


def test_a_park_still_rising_has_no_peak_year():
    peaks = peaks_of({"bau": mixture((62, rising()), (38, hill(2035)))})
    said = sentences.peak(peaks, "bau")
    assert said == (
        "Business as usual: emissions are highest later than 2055 in 62 % of members: no peak year can be named (the"
        " earliest 5 % of members peak by 2035)."
    )
    assert sentences.peak(peaks, "bau", lang="zh") == (
        "惯常情景：62%的模拟结果最高值晚于2055年：不能给出达峰年（最早的5%模拟结果在2035年或以前达峰）。"
    )


def test_a_park_that_rises_in_every_member_has_no_early_years_either():
    said = sentences.peak(peaks_of({"bau": rising()}), "bau")
    assert said == (
        "Business as usual: emissions are highest later than 2055 in 100 % of members: no peak year can be named."
    )


def test_a_flat_park_has_no_peak_year():
    said = sentences.peak(peaks_of({"bau": np.full(YEARS.size, 1e7)}), "bau")
    assert "not yet below their plateau in 100 %" in said
    assert "no peak year can be named" in said


def test_a_peak_is_named_with_its_range_and_with_those_that_have_none():
    peaks = peaks_of({"bau": mixture((60, hill(2031)), (30, hill(2040)), (10, rising()))})
    assert sentences.peak(peaks, "bau") == (
        "Business as usual: peaks in 2031 (median member; nine in ten from 2031 to >2055) at 10.0 Mt CO₂ a year;"
        " 10 % of members have no peak by 2055."
    )


def test_a_peak_in_the_record_is_not_called_a_forecast():
    said = sentences.peak(peaks_of({"bau": mixture((70, hill(2018)), (30, hill(2033)))}), "bau")
    assert said == (
        "Business as usual: the highest year lies in the record in 70 % of members (median 2018); one in twenty"
        " reaches it in 2033 or later."
    )
    late = sentences.peak(peaks_of({"bau": mixture((70, hill(2018)), (30, rising()))}), "bau")
    assert "but more than one in twenty has no peak by 2055" in late


def test_a_park_highest_in_its_first_year_may_have_peaked_before():
    said = sentences.peak(peaks_of({"bau": hill(2016)}), "bau")
    assert said.endswith("the peak is past and may lie before the record.")


def test_nearly_all_is_not_all_and_nearly_none_is_not_none():
    nearly = sentences.probability(peaks_of({"bau": mixture((999, hill(2025)), (1, hill(2040)))}), "bau")
    assert nearly.startswith("Business as usual: >99 % ±0.1 of members")
    hardly = sentences.probability(peaks_of({"bau": mixture((1, hill(2025)), (999, hill(2040)))}), "bau")
    assert hardly.startswith("Business as usual: <1 % ±0.1 of members")


def test_the_headline_is_split_and_carries_its_sampling_error():
    # Highest in the record, in 2029, or never: the second is ahead, since its highest year lies after the issue year.
    peaks = peaks_of({"bau": mixture((3, hill(2018)), (4, hill(2029)), (3, rising()))})
    assert sentences.probability(peaks, "bau") == (
        "Business as usual: 70 % ±14.5 of members peak before 2030: 30 % are already past, 40 % ahead; 30 % do not peak"
        " before 2030. Of the members not already past, 57 % ±18.7 peak in time. Issue year 2020, scope 1 + 2,"
        " market-based; ± is the sampling error of 10 draws, in percentage points."
    )
    told = sentences.probability(peaks, "bau", lang="zh")
    assert "70% ±14.5的模拟结果在2030年以前达峰：30%已达峰，40%未来达峰；30%届时未达峰" in told
    assert "评估年份2020，范围一与范围二（基于市场）" in told


def test_what_comes_back_later_is_said():
    back = hill(2018) + np.where(YEARS > 2040, 1e6 * (YEARS - 2040), 0.0)
    assert "100 % exceed that maximum again after 2034." in sentences.probability(peaks_of({"bau": back}), "bau")


def test_two_humps_are_named_with_their_shares_instead_of_a_median():
    said = sentences.peak(peaks_of({"bau": mixture((120, hill(2018)), (80, rising()))}), "bau")
    assert said == (
        "Business as usual: 60 % of members peak in 2018 and 40 % peak later than 2055 or not at all, with hardly any"
        " in between: no median is given."
    )


def test_the_peak_of_the_median_line_is_told_apart_from_the_members_peaks():
    totals = mixture((1, hill(2025)), (1, hill(2045)), (1, rising(0.9e7)))
    pathways = pathways_of({"bau": totals})
    said = sentences.median_path(pathways, find_peaks(pathways), "bau")
    assert "Peak years of the members: 2045 (2025 to >2055 for nine in ten)" in said
    assert not said.startswith("Highest year of the median line: 2045.")


def test_no_text_gives_a_median_that_would_lie_between_two_parts():
    pathways = pathways_of({"bau": mixture((120, hill(2018)), (80, rising())), "deep": hill(2025)})
    peaks = find_peaks(pathways)
    parts = "2018 60 %; >2055 40 %"
    assert [peaks.peak_text(at) for at in (0, 1)] == [parts, "2025 (2025 – 2025)"]
    assert f"   {parts}   " in repr(peaks)
    assert f"Peak years of the members: {parts}.\n" in sentences.median_path(pathways, peaks, "bau")
    assert "各次模拟的达峰年：2018 60%；>2055 40%。" in sentences.median_path(pathways, peaks, "bau", lang="zh")


def test_a_median_line_that_still_rises_has_no_highest_year():
    pathways = pathways_of({"bau": rising()})
    assert sentences.median_path(pathways, find_peaks(pathways), "bau").startswith(
        "Highest year of the median line: >2055."
    )


def test_scenarios_are_ranked_by_their_early_peaks():
    peaks = peaks_of({"bau": mixture((2, hill(2025)), (8, rising())), "deep": mixture((9, hill(2025)), (1, rising()))})
    assert sentences.spread(peaks) == (
        "The share of members that peak before 2030 ranges from 20 % (Business as usual) to 90 % (Deep reduction); it"
        " exceeds one half in 1 of 2 scenarios."
    )


def test_a_scenario_that_never_peaks_later_is_said_so():
    peaks = peaks_of({"bau": mixture((5, hill(2040)), (5, rising())), "deep": mixture((10, hill(2025)))})
    assert sentences.order_of_peaks(peaks, "deep", "bau") == (
        "Deep reduction peaks no later than Business as usual in all 10 members."
    )


def test_members_that_peak_later_are_counted_and_explained():
    bau = mixture((4, hill(2040)))
    deep = np.concatenate([mixture((3, hill(2025))), mixture((1, hill(2044, 0.9e7)))])
    peaks = peaks_of({"bau": bau, "deep": deep})
    assert later_members(peaks, "deep", "bau").tolist() == [False, False, False, True]
    said = sentences.order_of_peaks(peaks, "deep", "bau")
    assert said.startswith("Deep reduction peaks later than Business as usual in 1 of 4 members (25 %)")
    assert said.endswith("The highest value itself is lower in 1 of them.")


def test_a_single_scenario_is_not_compared_with_itself():
    peaks = peaks_of({"bau": hill(2025)})
    assert sentences.order_of_peaks(peaks, "bau", "bau") == "One scenario: nothing to compare."
    assert sentences.spread(peaks) == sentences.probability(peaks, "bau")


def test_a_member_without_a_peak_is_later_than_any():
    peaks = peaks_of({"bau": hill(2054), "deep": rising()})
    assert later_members(peaks, "deep", "bau").all()


def test_unknown_scenarios_are_refused_with_those_there_are():
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'deep' among these peaks; there are bau")):
        sentences.peak(peaks_of({"bau": rising()}), "deep")


# --- levers --------------------------------------------------------------------------------------------------


def helped(**changes):
    """Sentence about the families of a park whose scenarios change emissions by these factors after the record."""
    after = YEARS > 2020
    totals = {"bau": hill(2032)} | {
        name: hill(peak) * np.where(after, factor, 1.0) for name, (factor, peak) in changes.items()
    }
    pathways = pathways_of(totals)
    return sentences.most_helpful(pathways, find_peaks(pathways), SCENARIOS)


def test_the_family_that_helps_most_in_both_ways_is_named_once():
    assert helped(efficiency=(0.9, 2026), substitution=(0.95, 2032)) == (
        "Of the families taken alone, energy efficiency lowers emissions in 2035 most (-21.5 %; -21.5 % to -21.5 %"
        " across members), and also raises the share of members that peak before 2030 most (+100 percentage points)."
    )


def test_two_families_are_named_where_one_saves_more_and_another_peaks_earlier():
    said = helped(efficiency=(0.85, 2032), substitution=(0.99, 2026))
    assert "energy efficiency lowers emissions in 2035 most" in said
    assert "; energy substitution raises the share of members that peak before 2030 most" in said


def test_families_that_do_not_bring_the_peak_forward_are_not_said_to():
    assert helped(efficiency=(0.99, 2032)).endswith("by a percentage point.")


def test_scenarios_of_several_families_are_no_single_family():
    assert helped(deep=(0.5, 2022)).startswith("Families of levers cannot be compared here")


def test_families_that_change_nothing_do_not_help():
    assert helped(sinks=(1.0, 2032)) == "No family alone lowers emissions in 2035."


def test_without_a_scenario_without_levers_families_are_not_compared():
    pathways = pathways_of({"efficiency": hill(2030), "deep": hill(2025)})
    assert reference_of(SCENARIOS, pathways.scenarios) == "efficiency"
    said = sentences.most_helpful(pathways, find_peaks(pathways), SCENARIOS)
    assert said.startswith("Families of levers cannot be compared here")


def test_effects_are_paired_member_by_member():
    bau = np.stack([hill(2030), 3 * hill(2030)])
    pathways = pathways_of({"bau": bau, "efficiency": 0.9 * bau})
    (effect,) = scenario_differences(pathways, find_peaks(pathways), SCENARIOS, year=2035)
    assert (effect.p05, effect.p50, effect.p95) == pytest.approx((-0.1, -0.1, -0.1))
    assert effect.family == "efficiency"


def test_a_year_beyond_the_horizon_stands_for_the_last_one():
    pathways = pathways_of({"bau": hill(2022), "efficiency": 0.9 * hill(2022)}, until=2030)
    assert "in 2030 most" in sentences.most_helpful(pathways, find_peaks(pathways), SCENARIOS, before=2025)


def captured(taken, heat):
    pathways = pathways_of({"ccus": hill(2030)}, captured={"ccus": -taken}, capture_heat={"ccus": heat})
    return sentences.capture(pathways, "ccus")


def test_capture_that_pays_its_energy_is_told_with_the_price():
    late = np.where(YEARS > 2030, 1e6, 0.0)
    assert captured(late, 0.25 * late).endswith(
        "capture lowers emissions in every member and year; its energy use emits 25 % of the amount captured (median"
        " member)."
    )


def test_capture_that_raises_emissions_is_said_to():
    late = np.where(YEARS > 2030, 1e6, 0.0)
    said = captured(late, 1.2 * late)
    assert "capture RAISES emissions in some year in 100 % of members (the earliest in 2031)" in said


def test_nothing_captured_is_said():
    assert captured(0.0 * YEARS, 0.0).endswith("nothing is captured.")


def test_the_largest_source_left_is_named():
    gas = np.full(YEARS.size, 3e7)
    pathways = pathways_of({"deep": hill(2016, slope=0.02)}, gas={"deep": gas})
    said = sentences.sources(pathways, "deep")
    assert "the largest source left in 2060 is gas" in said


def test_a_few_extreme_members_do_not_decide_which_source_is_typical():
    gas = np.zeros((40, YEARS.size))
    gas[-2:] = 1e12
    pathways = pathways_of({"deep": mixture((40, hill(2025)))}, gas={"deep": gas})
    mean = typical_sources(pathways, "deep")
    np.testing.assert_allclose(mean.sum(axis=0), hill(2025))
    assert "the largest source left in 2060 is coal (100 %" in sentences.sources(pathways, "deep")


def test_sources_of_the_typical_members_add_up_to_their_total():
    totals = np.outer(np.arange(1.0, 9.0), hill(2030))
    pathways = pathways_of({"deep": totals}, gas={"deep": 0.5 * totals})
    np.testing.assert_allclose(typical_sources(pathways, "deep").sum(axis=0), 1.5 * totals[2:6].mean(axis=0))
