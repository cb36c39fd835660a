"""Gaps to the targets: the worked example of the page, the rules' edges, and what must always hold."""

import re
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from ensembles import YEARS, hill, mixture, pathways_of, rising
from hypothesis import given, settings
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.core.errors import InputError, RecordError, ScenarioError
from pathway_models.gaps.analysis import gaps
from pathway_models.gaps.figures import panels
from pathway_models.intake.parks import read_park
from pathway_models.intake.rules import read_targets
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.gaps import Budget, Gap
from pathway_models.records.plans import Target

STEEL = read_park("demo-steel")
POPULATED = read_park("region-d")
LEVEL = 100.0


def example():
    """Members A, B and C of docs/gaps.md: 100 t a year until 2020."""
    after = np.maximum(YEARS - 2020, 0)
    falls = LEVEL - 2.5 * after
    turns = np.where(YEARS <= 2040, LEVEL + after, 120.0 - 3.0 * (YEARS - 2040))
    climbs = LEVEL + after
    # The record rises gently to 2020, so that the first year is not the highest.
    record = np.where(YEARS < 2020, 0.02 * (YEARS - 2020), 0.0)
    return np.array([path + record for path in (falls, turns, climbs)])


def gaps_of(totals, park=STEEL, sinks=0.0, energy=None, activity=None, until=2060, **asked):
    pathways = pathways_of({"bau": totals}, park_id=park.park_id, until=until)
    shape = pathways.emissions[:, :, 0].shape
    memo_items = {"sinks": np.full(shape, sinks)}
    if activity is not None:
        memo_items["activity"] = np.broadcast_to(np.asarray(activity, float)[: shape[-1]], shape)
        memo_items["energy"] = np.broadcast_to(np.asarray(energy, float)[: shape[-1]], shape)
    pathways = replace(pathways, memo_items=MappingProxyType(memo_items))
    return gaps(park, pathways, find_peaks(pathways), **asked)


def values(found, gap):
    return found[gap].values[0].tolist()


# --- the worked example ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked():
    return gaps_of(example(), level=LEVEL)


def test_years_late_of_the_worked_example(worked):
    assert values(worked, "peak_year") == [-9.0, 11.0, np.inf]
    assert worked["peak_year"].furthest == 26


def test_level_of_the_worked_example(worked):
    assert values(worked, "peak_level") == pytest.approx([-2.5, 20.0, 40.0])
    assert "33 % of members are highest after 2055: lower bound" in worked["peak_level"].notes_en[0]


def test_budget_of_the_worked_example(worked):
    assert worked.budget.tco2 == pytest.approx(2400.0)
    assert (worked.budget.first, worked.budget.last, worked.budget.name) == (2021, 2060, "implied")
    assert values(worked, "budget") == pytest.approx([-450.0, 1580.0, 2420.0])
    assert "no budget given; implied: 0.100 kt CO₂ a year to 2029" in worked["budget"].notes_en[0]


def test_neutrality_of_the_worked_example(worked):
    assert values(worked, "neutrality") == pytest.approx([0.0, 60.0, 140.0])


def test_each_target_of_the_worked_example_is_met_by_one_member_of_three(worked):
    for gap in ("peak_year", "peak_level", "budget", "neutrality"):
        assert worked[gap].probability()[0] == pytest.approx(1 / 3), gap


def test_quantiles_of_the_worked_example_are_members_and_keep_the_one_without_a_peak(worked):
    assert worked["peak_year"].quantiles()[0].tolist() == [-9.0, 11.0, np.inf]


# --- edges of the rules ----------------------------------------------------------------------------------------


def test_a_peak_in_the_last_allowed_year_is_in_time_and_the_next_is_a_year_late():
    found = gaps_of(mixture((1, hill(2029)), (1, hill(2030))))
    assert values(found, "peak_year") == [0.0, 1.0]
    assert found["peak_year"].probability()[0] == 0.5


def test_the_probability_of_no_years_late_is_that_of_the_peaks():
    pathways = pathways_of({"bau": mixture((3, hill(2029)), (4, hill(2035)), (3, rising()))}, park_id="demo-steel")
    peaks = find_peaks(pathways)
    for before in (2025, 2030, 2036):
        found = gaps(STEEL, pathways, peaks, before=before)
        assert found["peak_year"].probability() == pytest.approx(peaks.p_peaked_by(before - 1))


def test_a_peak_in_the_first_year_is_an_upper_bound_and_says_so():
    found = gaps_of(hill(2016))
    assert values(found, "peak_year") == [2016 - 2029]
    assert found["peak_year"].notes_en == ("100 % peak in 2016 or earlier",)


def test_without_a_level_each_member_is_compared_with_its_own_last_account():
    found = gaps_of(np.array([hill(2030), 1.1 * hill(2030)]))
    own = [factor * (hill(2030)[14] - hill(2030)[4]) for factor in (1.0, 1.1)]
    assert values(found, "peak_level") == pytest.approx(own)
    assert found.level == pytest.approx(pw.take_inventory(STEEL).total()[-1])


def test_an_observed_peak_above_the_level_does_not_count_against_the_years_to_come():
    assert values(gaps_of(hill(2018), level=float(hill(2018)[4])), "peak_level")[0] < 0


def test_a_budget_of_ones_own_counts_only_its_years():
    found = gaps_of(np.full(YEARS.size, 7.0), budget=Budget(30.0, 2021, 2025, "province"))
    assert values(found, "budget") == [5.0]
    assert found["budget"].notes_en == ("province, 2021-2025",)


def test_a_budget_given_as_a_number_runs_from_the_first_projected_year_to_neutrality():
    found = gaps_of(np.full(YEARS.size, 2.0), budget=50, neutral=2050)
    assert (found.budget.first, found.budget.last) == (2021, 2050)
    assert values(found, "budget") == [10.0]


def test_sinks_are_taken_off_for_neutrality_and_for_nothing_else():
    bare, green = gaps_of(hill(2030)), gaps_of(hill(2030), sinks=1e6)
    assert values(green, "neutrality")[0] == pytest.approx(values(bare, "neutrality")[0] - 1e6)
    for gap in ("peak_year", "peak_level", "budget"):
        assert values(green, gap) == values(bare, gap)


def test_what_lies_behind_the_horizon_is_not_computed_and_says_why():
    found = gaps_of(hill(2030), until=2045)
    for gap, reason in {
        "neutrality": "2060 lies outside 2016-2045",
        "budget": "the pathways end in 2045, the budget in 2060",
    }.items():
        assert found[gap].values is None
        assert np.isnan(found[gap].probability()).all()
        assert f"cannot be computed: {reason}" in found[gap].notes_en[0]


# --- intensities -----------------------------------------------------------------------------------------------

CUT = Target("cut", "co2_intensity", 2020, 2025, -0.18, "CO2 cut", "碳强度", "made for this test")
SAVE = replace(CUT, target_id="save", quantity="energy_intensity", change=-0.135)


def test_an_intensity_that_fell_by_a_fifth_beats_a_cut_of_18_percent_by_two_points():
    activity = np.where(YEARS >= 2025, 200.0, 100.0)
    emissions = np.where(YEARS >= 2025, 160.0, 100.0)
    energy = np.where(YEARS >= 2025, 180.0, 100.0)
    found = gaps_of(emissions, energy=energy, activity=activity, targets=[CUT, SAVE], issue_year=2020)
    assert values(found, "intensity:cut") == pytest.approx([-20.0 + 18.0])
    assert values(found, "intensity:save") == pytest.approx([-10.0 + 13.5])
    assert found["intensity:cut"].probability().tolist() == [1.0]
    assert found["intensity:save"].probability().tolist() == [0.0]


def test_a_base_year_before_the_record_is_not_invented():
    found = gaps_of(
        hill(2030), energy=hill(2030), activity=hill(2030), targets=[replace(CUT, base_year=2005)], issue_year=2020
    )
    assert found["intensity:cut"].values is None
    assert "the record begins in 2016, after the base year 2005" in found["intensity:cut"].notes_en[0]


def test_a_base_year_after_the_record_is_named_as_projected():
    found = gaps_of(
        hill(2030), energy=hill(2030), activity=hill(2030), targets=[replace(CUT, base_year=2021)], issue_year=2020
    )
    assert found["intensity:cut"].notes_en == ("CO2 cut, a national target; 2021 is projected",)


def test_people_and_value_added_are_not_added_up():
    found = gaps_of(hill(2030), park=POPULATED, energy=hill(2030), activity=hill(2030), targets=[CUT], issue_year=2020)
    assert "different units (value added, population)" in found["intensity:cut"].notes_en[0]


def test_a_park_without_value_added_has_no_intensity():
    indexed = replace(STEEL, activity_kinds=("energy_index",) * len(STEEL.sectors))
    found = gaps_of(hill(2030), park=indexed, energy=hill(2030), activity=hill(2030), targets=[CUT], issue_year=2020)
    assert "no value added in the table" in found["intensity:cut"].notes_en[0]


def test_only_targets_whose_wording_was_seen_are_used():
    assert {target.confidence for target in read_targets()} <= {"seen", "seen_multi", "derived"}
    assert {(target.quantity, target.base_year, target.year): target.change for target in read_targets()} == {
        ("energy_intensity", 2020, 2025): -0.135,
        ("co2_intensity", 2020, 2025): -0.18,
        ("co2_intensity", 2025, 2026): -0.038,
        ("co2_intensity", 2005, 2030): -0.65,
        ("co2_intensity", 2025, 2030): -0.17,
        ("below_peak", None, 2035): -0.07,
    }


def test_targets_carry_the_period_they_hold_for():
    periods = {target.target_id: (target.first_year, target.year) for target in read_targets()}
    assert periods["co2_2025_2030"] == (2026, 2030)
    assert periods["co2_2025_2026"] == (2026, 2026)
    assert periods["net_2035"] == (None, 2035)


# --- periods that are over, and the peak -----------------------------------------------------------------------

#: Of years that the record of the test parks, 2016-2020, holds.
PAST = replace(CUT, target_id="past", base_year=2016, year=2020, first_year=2017)


def past(fall, issue_year=2021, target=PAST, lang="en"):
    """Gap to a cut by 18 % 2016-2020, of a park that cut by ``fall``; its sentence and its row of the table."""
    emissions = np.where(YEARS >= 2020, 100.0 * (1.0 - fall), 100.0)
    flat = np.full(YEARS.size, 100.0)
    found = gaps_of(emissions, energy=flat, activity=flat, targets=[target], issue_year=issue_year)
    shown = pw.tables.gaps(found, lang=lang).iloc[-1]
    return found.entries[-1], pw.sentences.gap(found, "bau", lang=lang).splitlines()[-1], shown


@pytest.mark.parametrize(("fall", "outcome", "share"), [(0.2, "met", 1.0), (0.185, "met", 1.0), (0.1, "missed", 0.0)])
def test_a_target_whose_period_is_over_is_met_or_missed_and_has_no_gap(fall, outcome, share):
    entry, said, shown = past(fall)
    assert (entry.outcome, entry.values, entry.probability().tolist()) == (outcome, None, [share])
    assert said.endswith(f"(required: -18 %): its period ended in 2020: {outcome}, -{100 * fall:.1f} % in the record.")
    assert shown["P(met)"] == outcome
    assert shown[["gap p05", "p50", "p95"]].tolist() == ["", "", ""]


def test_the_outcome_of_a_past_target_is_said_in_chinese():
    _, said, shown = past(0.1, lang="zh")
    assert said.endswith("（要求：-18%）：期限止于2020年：未达成，记录为-10.0%。")
    assert shown["达成概率"] == "未达成"


@pytest.mark.parametrize("issue_year", [2019, 2020])
def test_a_target_has_a_gap_until_its_last_year_is_over(issue_year):
    entry, _, shown = past(0.2, issue_year)
    assert entry.outcome == ""
    assert entry.values.tolist() == [[pytest.approx(-2.0)]]
    assert shown["P(met)"] == "100 %"


def test_of_a_past_target_that_the_record_does_not_reach_nothing_is_claimed():
    entry, said, shown = past(0.2, 2026, replace(CUT, target_id="later"))
    assert (entry.outcome, entry.values) == ("not_known", None)
    assert np.isnan(entry.probability()).all()
    assert "its period ended in 2025, the record ends in 2020: it is not known whether it was met" in said
    assert shown["P(met)"] == "not known"


def test_the_shipped_targets_of_2025_are_past_in_2026_and_those_of_the_new_plan_are_not():
    flat = np.full(YEARS.size, 100.0)
    found = {year: gaps_of(flat, energy=flat, activity=flat, issue_year=year) for year in (2025, 2026, 2027, 2031)}
    over = {
        year: [entry.gap.partition(":")[2] for entry in gaps_in.entries if entry.outcome]
        for year, gaps_in in found.items()
    }
    assert over[2025] == []
    assert over[2026] == ["co2_2020_2025", "energy_2020_2025"]
    assert over[2027] == [*over[2026], "co2_2025_2026"]
    assert over[2031] == [*over[2027], "co2_2005_2030", "co2_2025_2030"]


def test_net_emissions_of_the_target_year_are_held_against_the_highest_year_before_it():
    # 100 t to 2029, 120 t in 2030, 90 t from 2031 on; 10 t of sinks a year: 80 t for 110 t, a fall of 27.3 %.
    totals = np.where(YEARS < 2030, 100.0, np.where(YEARS == 2030, 120.0, 90.0))
    found = gaps_of(totals, sinks=10.0, targets=[PLEDGE], issue_year=2026)
    assert values(found, "below_peak:net_2035") == pytest.approx([100 * (80 / 110 - 1) + 7])
    said = pw.sentences.gap(found, "bau").splitlines()[-1]
    assert said.startswith("- below the peak in 2035 (required: -7 %): exceeded by 20.3 points")
    assert "covers all gases of the nation" in said


PLEDGE = next(target for target in read_targets() if target.quantity == "below_peak")


def test_a_park_that_still_rises_misses_the_pledge_of_2035_by_all_of_it():
    found = gaps_of(rising(), targets=[PLEDGE], issue_year=2026)
    assert values(found, "below_peak:net_2035") == pytest.approx([7.0])


def test_a_cut_of_one_year_is_the_first_to_be_left_out_of_the_figure():
    flat = np.full(YEARS.size, 100.0)
    found = gaps_of(flat, energy=flat, activity=flat, issue_year=2026)
    assert [panel.entry.gap for panel in panels(found)][-1] == "intensity:co2_2025_2030"


# --- properties ------------------------------------------------------------------------------------------------

paths = st.lists(st.lists(st.floats(1.0, 1e6), min_size=YEARS.size, max_size=YEARS.size), min_size=1, max_size=6).map(
    np.array
)


@settings(max_examples=40, deadline=None)
@given(paths, st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_a_higher_level_or_budget_is_never_harder_to_meet(totals, one, other):
    low, high = sorted((one, other))
    strict, mild = (gaps_of(totals, level=amount, budget=40 * amount) for amount in (low, high))
    for gap in ("peak_level", "budget"):
        assert (strict[gap].probability() <= mild[gap].probability()).all()
        assert (strict[gap].values >= mild[gap].values).all()


@settings(max_examples=40, deadline=None)
@given(paths)
def test_quantiles_rise_and_agree_with_the_probability(totals):
    for entry in gaps_of(totals).entries:
        low, middle, high = entry.quantiles()[0]
        if np.isnan(middle):
            continue
        assert low <= middle <= high
        if entry.met is not None:  # the event says whether it is met, the highest year how late
            assert entry.probability()[0] == entry.met.mean()
            continue
        if middle <= 0:
            assert entry.probability()[0] >= 0.5
        if low > 0:
            assert entry.probability()[0] < 0.05 + 1 / totals.shape[0]


@settings(max_examples=25, deadline=None)
@given(paths, st.floats(1.5, 50.0))
def test_a_larger_park_of_the_same_shape_has_larger_tonnes_and_the_same_years(totals, times):
    small, large = gaps_of(totals, level=100.0), gaps_of(times * totals, level=times * 100.0)
    np.testing.assert_array_equal(small["peak_year"].values, large["peak_year"].values)
    np.testing.assert_allclose(times * small["peak_level"].values, large["peak_level"].values, rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(times * small["budget"].values, large["budget"].values, rtol=1e-6, atol=1e-2)


# --- refusals, table -------------------------------------------------------------------------------------------


def test_all_faults_of_a_call_are_named_at_once():
    pathways = pathways_of({"bau": hill(2030)}, park_id="demo-steel")
    peaks = find_peaks(pathways)
    with pytest.raises(InputError) as caught:
        gaps(read_park("demo-cement"), pathways, peaks, before=2061, level=-1.0, budget=float("nan"))
    assert [fault.place for fault in caught.value.faults] == ["pathways", "peaks", "before", "level", "budget"]


def test_peaks_of_other_pathways_are_refused():
    pathways = pathways_of({"bau": hill(2030)}, park_id="demo-steel")
    with pytest.raises(InputError, match=re.escape("call find_peaks(pathways)")):
        gaps(STEEL, pathways, replace(find_peaks(pathways), seed=2))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Budget(-1.0, 2021, 2030), "at least 0"),
        (lambda: Budget(1.0, 2031, 2030), "the first year before the last"),
        (lambda: replace(CUT, quantity="mood"), "is not one of"),
        (lambda: replace(CUT, base_year=2025), "expected the base year first"),
        (lambda: replace(CUT, base_year=None), "expected a base year for an intensity"),
        (lambda: replace(CUT, quantity="below_peak"), "and none for below_peak"),
        (lambda: Gap("budget", 1.0, "t", "t", np.zeros((1, 1)), 1.0, ("",), ("",), "met"), "and then no values"),
        (lambda: replace(CUT, change=-18.0), "expected a share"),
    ],
)
def test_a_budget_or_target_that_means_nothing_is_refused(make, words):
    with pytest.raises(RecordError, match=re.escape(words)):
        make()


def test_the_table_has_a_row_a_scenario_and_gap(worked):
    table = worked.table()
    assert list(table) == ["scenario", "gap", "target", "unit", "p05", "p50", "p95", "probability", "note"]
    assert table.gap.tolist()[:4] == ["peak_year", "peak_level", "budget", "neutrality"]
    assert table.set_index("gap").loc["peak_year", ["target", "p50", "p95"]].tolist() == [2029.0, 11.0, np.inf]
    assert table.note[0] != worked.table("zh").note[0]


def test_gaps_cannot_be_changed_and_unknown_ones_are_refused(worked):
    with pytest.raises(ValueError, match="read-only"):
        worked["budget"].values[0, 0] = 0.0
    with pytest.raises(KeyError, match="there are peak_year"):
        worked["weather"]
    with pytest.raises(ScenarioError, match="there are bau"):
        worked.index("deep")
    assert repr(worked).startswith("<Gaps demo-steel: peak before 2030, neutral in 2060")


# --- what people see -------------------------------------------------------------------------------------------


def test_a_sentence_names_the_years_the_share_and_what_cannot_be_computed(worked):
    said = pw.sentences.gap(worked, "bau")
    assert "peak before 2030 (required: by 2029): 11 years late; from -9 years to >26 years; met by 33 %" in said
    assert "CO₂ per value added 2005-2030: cannot be computed: the record begins in 2016" in said
    assert "2030年前达峰（要求：2029年及以前）：晚11年；区间-9年至>26年；全部模拟结果中33%达成" in pw.sentences.gap(
        worked, "bau", lang="zh"
    )


@pytest.mark.parametrize(("peak", "words"), [(2030, "1 year late"), (2029, "just in time"), (2028, "1 year early")])
def test_one_year_is_said_as_one_year(peak, words):
    assert f": {words};" in pw.sentences.gap(gaps_of(hill(peak)), "bau")


def test_net_zero_that_nobody_reaches_is_not_at_most_nothing():
    assert "is reached by no member under any of them" in pw.sentences.late(gaps_of(hill(2040)))
    assert pw.sentences.late(gaps_of(rising()), lang="zh").startswith("1个情景中，0个情景按模拟结果中位数如期达峰")


def test_a_table_for_people_writes_censored_years_as_beyond_the_horizon(worked):
    table = pw.tables.gaps(worked)
    assert pw.tables.gaps(worked, notes=False).equals(table.drop(columns="note"))
    assert table.loc[("Business as usual", "peak before 2030"), "p95"] == ">26 years"
    assert table.loc[("Business as usual", "peak before 2030"), "P(met)"] == "33 %"


def test_rows_for_a_file_are_text_with_the_horizon_and_empty_where_nothing_was_computed(worked):
    rows = {row["gap"]: row for row in pw.tables.gap_rows(worked)}
    assert (rows["peak_year"]["p50"], rows["peak_year"]["p95"]) == ("11", ">26")
    assert rows["intensity:co2_2005_2030"]["p50"] == ""
    assert list(rows["budget"])[:5] == ["park_id", "before", "neutral", "scenario", "gap"]


def test_gaps_are_written_beside_the_other_tables(tmp_path):
    chosen = pw.read_scenarios().pick(["bau"])
    pathways = pathways_of({"bau": mixture((1, hill(2033)), (1, rising()))}, park_id="demo-steel")
    pw.write_results(tmp_path, STEEL, chosen, pathways, find_peaks(pathways), before=2035)
    lines = (tmp_path / "gaps.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("park_id,before,neutral,scenario,gap,target,unit,p05,p50,p95,probability,note")
    assert lines[1].startswith("demo-steel,2035,2060,bau,peak_year,2034,years,-1,-1,>21,0.5,")
    rows = {line.split(",")[4]: line for line in lines}
    assert ',points,,,,,"cannot be computed: the record begins in 2016' in rows["intensity:co2_2005_2030"]
