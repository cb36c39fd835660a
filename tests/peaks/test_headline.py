"""The headline of an ensemble: shares that add up, errors, refusals in one line, and that it measures action."""

from dataclasses import replace

import numpy as np
import pytest
from builders import mixed_park
from ensembles import YEARS, hill, mixture, pathways_of, rising

import pathway_models as pw
from pathway_models.core.errors import PathwayError, RecordError, ScenarioError
from pathway_models.peaks.finding import scenario_differences
from pathway_models.records.levers import Lever, Measure, Ramp, Scenario, Triangle
from pathway_models.records.pathways import SCOPE_1, SCOPES_1_2
from pathway_models.records.peaks import COLUMNS, refusal

AS_OF = 2026


@pytest.fixture(scope="module")
def told(scenarios, region_d):
    draws = pw.sample(region_d, scenarios, members=200, seed=7, assumptions=pw.read_assumptions(as_of=AS_OF))
    pathways = pw.project(region_d, scenarios, draws, keep="totals")
    held = pw.project(region_d, scenarios, draws, keep="totals", drivers="hold")
    return pathways, held


def test_the_three_add_to_one_and_the_summary_has_the_same_number(told):
    pathways, _ = told
    answer, peaks = pw.headline(pathways), pw.find_peaks(pathways)
    np.testing.assert_allclose(answer.p_past + answer.p_ahead + answer.p_not_before, 1.0)
    for at, (row, summed) in enumerate(zip(answer.rows(), peaks.summary(2030), strict=True)):
        assert summed["p_peak_before_2030"] == pytest.approx(row["p_past"] + row["p_ahead"])
        for name in ("p_past", "p_ahead", "p_not_before", "p_ahead_given_not_past", "p_se", "p_se_ahead_given"):
            assert summed[name] == pytest.approx(row[name], nan_ok=True)
        assert row["p_ahead_given_not_past"] == pytest.approx(row["p_ahead"] / (1 - row["p_past"]))
        assert answer.p_before[at] == pytest.approx(row["p_past"] + row["p_ahead"])


def test_past_is_the_same_under_every_scenario_that_only_cuts_emissions(told):
    answer = pw.headline(told[0])
    assert len(set(answer.p_past.tolist())) == 1
    assert answer.p_ahead[answer.index("deep")] > answer.p_ahead[answer.index("bau")]


def test_both_readings_stand_in_one_table_with_the_columns_of_the_summary(told):
    pathways, held = told
    answer = pw.headline(pathways, held=held)
    assert list(answer.to_frame()) == list(COLUMNS)
    spread = [np.log(one.total()[0, :, -1]).std() for one in told]
    assert spread[1] < spread[0] / 3
    with pytest.raises(PathwayError, match="other draws"):
        pw.headline(pathways, held=replace(held, seed=8))


def test_the_median_path_is_that_of_the_law_in_both_readings(told):
    middle = [np.median(np.log(one.total()[0, :, one.years == 2030])) for one in told]
    assert middle[1] == pytest.approx(middle[0], abs=0.06)


def test_survey_keeps_the_event_and_the_past_of_a_projection(scenarios, region_d, told):
    draws = pw.sample(region_d, scenarios, members=200, seed=7, assumptions=pw.read_assumptions(as_of=AS_OF))
    for pathways, drivers in zip(told, ("uncertain", "hold"), strict=True):
        surveyed = pw.survey(region_d, scenarios, draws, probabilities=(), drivers=drivers).peaks
        found = pw.find_peaks(pathways)
        for name in ("event", "settled", "status", "year"):
            np.testing.assert_array_equal(getattr(surveyed, name), getattr(found, name))
        assert (surveyed.issue_year, surveyed.account) == (found.issue_year, found.account)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((2030, 2026, 2020, 2033), "before 2030: 2030 to 2034 confirm the peak, and the pathways end in 2033"),
        ((2030, 2030, 2020, 2060), "issue year 2030: expected one before 2030"),
        ((2030, 2031, 2020, 2060), "issue year 2031: expected one before 2030"),
        ((2030, 2019, 2020, 2060), "issue year 2019: expected 2020 or later, the last year with data"),
        ((2030, 2020, 2020, 2034), ""),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(asked, message):
    said = refusal(*asked)
    assert said.startswith(message) if message else said == ""
    before, issue_year, _, last = asked
    pathways = replace(pathways_of({"bau": hill(2025)}, until=last), issue_year=issue_year)
    if message:
        with pytest.raises(PathwayError) as error:
            pw.headline(pathways, before)
        assert message in str(error.value)
        assert "\n" not in str(error.value)
        assert np.isnan(pw.find_peaks(pathways).headline(before)[0]["p_past"])
    else:
        assert pw.headline(pathways, before).p_before.tolist() == [1.0]


def test_pathways_without_a_path_without_measures_are_not_split():
    with pytest.raises(PathwayError, match="no path without measures"):
        pw.headline(pathways_of({"deep": hill(2025)}))


def test_what_is_left_of_too_few_members_is_not_told():
    almost = pw.headline(pathways_of({"bau": mixture((99, hill(2018)), (1, rising()))}))
    assert np.isnan(almost.p_ahead_given_not_past[0])
    assert np.isnan(almost.p_se_ahead_given[0])
    assert " - " in repr(almost)
    some = pw.headline(pathways_of({"bau": mixture((97, hill(2018)), (3, rising()))}))
    assert some.p_ahead_given_not_past[0] == 0.0


def test_a_path_that_comes_back_is_counted_beside():
    back = hill(2018) + np.where(YEARS > 2040, 1e6 * (YEARS - 2040), 0.0)
    answer = pw.headline(pathways_of({"bau": mixture((3, hill(2018)), (1, back))}))
    assert (answer.p_past.tolist(), answer.p_again.tolist()) == ([1.0], [0.25])


def test_a_closed_site_is_past_and_said_to_be_closed():
    shut = np.where(YEARS < 2019, 1e6, 0.0)
    answer = pw.headline(pathways_of({"bau": shut}))
    assert (answer.p_past.tolist(), answer.closed_since) == ([1.0], 2019)
    assert "closed, no emissions since 2019" in repr(answer)
    assert pw.headline(pathways_of({"bau": hill(2018)})).closed_since is None


def closed_table(folder):
    """Write the table of a site that has emitted nothing since 2019, and return its path."""
    rows = [f"{year},park,emissions,undivided,{value},tCO2,own,seen," for year, value in
            zip(range(2016, 2021), (900000, 950000, 700000, 0, 0), strict=True)]  # fmt: skip
    table = folder / "shut.csv"
    table.write_text("\n".join(["year,sector,quantity,item,value,unit,source,confidence,note", *rows]) + "\n")
    facts = {"park_id": "shut", "name_zh": "关闭园区", "name_en": "Shut site", "kind": "park", "archetype": "''",
             "province": "''", "country": "DE", "invented": "true", "activity": "emissions_index",
             "price_year": "null", "factor_set": "''", "grid_factor": "''", "boundary": "made up", "source": "[own]",
             "licence": "none"}  # fmt: skip
    table.with_suffix(".yml").write_text("".join(f"{key}: {value}\n" for key, value in facts.items()), encoding="utf-8")
    return table


def test_the_table_of_a_closed_site_is_answered_and_said_to_be_closed(tmp_path, scenarios):
    shut, chosen = pw.read_park(closed_table(tmp_path)), scenarios.pick(["bau", "deep"])
    draws = pw.sample(shut, chosen, members=50, seed=1, assumptions=pw.read_assumptions(as_of=AS_OF))
    pathways = pw.project(shut, chosen, draws)
    assert not pathways.total()[..., pathways.years >= 2019].any()
    peaks, answer = pw.find_peaks(pathways), pw.headline(pathways)
    assert answer.p_past.tolist() == [1.0, 1.0]
    assert np.isnan(answer.p_ahead_given_not_past).all()
    surveyed = pw.survey(shut, chosen, draws, probabilities=()).peaks
    assert (answer.closed_since, peaks.closed_since, surveyed.closed_since) == (2019, 2019, 2019)
    assert pw.sentences.peak(peaks, "bau").endswith(
        "closed, with no emissions since 2019; the highest year on record is 2017."
    )
    assert "The site is closed: no emissions since 2019." in pw.sentences.probability(peaks, "bau")
    assert pw.sentences.inventory(pw.take_inventory(shut)).startswith("In 2020 there were no emissions: the site is")
    assert pw.sentences.sources(pathways, "bau") == "Business as usual: no emissions in 2020, and none in 2060."
    (change,) = scenario_differences(pathways, peaks, chosen, year=2035)
    assert (change.p05, change.p95, change.gain) == (0.0, 0.0, 0.0)


def test_the_account_is_named(shipped_parks, scenarios):
    chosen = scenarios.pick(["bau"])
    made = mixed_park()
    fuels = replace(made, energy=made.energy * ~np.isin(made.groups, ["electricity", "heat"])[:, None])
    for a_park, account in ((made, SCOPES_1_2), (fuels, SCOPE_1)):
        draws = pw.sample(a_park, chosen, members=2, seed=1)
        assert pw.headline(pw.project(a_park, chosen, draws)).account == account


def test_unknown_scenarios_and_readings_are_refused(told, scenarios, region_d):
    with pytest.raises(ScenarioError, match="no scenario 'none'"):
        pw.headline(told[0]).index("none")
    draws = pw.sample(region_d, scenarios, members=2, seed=1)
    with pytest.raises(PathwayError, match="expected uncertain or hold"):
        pw.project(region_d, scenarios, draws, drivers="perhaps")
    answer = pw.headline(told[0])
    with pytest.raises(RecordError, match="two readings"):
        replace(answer, if_drivers_hold=replace(answer, before=2031))


def test_the_doubt_is_shared_out_and_adds_up(scenarios, region_d):
    draws = pw.sample(region_d, scenarios, members=100, seed=7)
    bau, deep = (pw.doubt(region_d, scenarios[name], draws) for name in ("bau", "deep"))
    for found in (bau, deep):
        assert sum(found.parts().values()) == pytest.approx(1.0)
        assert max(found.parts(), key=found.parts().get) == "growth"
        assert min(found.shown().values()) >= 0.0
        assert sum(found.shown().values()) == pytest.approx(1.0)
    assert bau.parts()["levers"] == 0.0
    assert deep.parts()["levers"] != 0.0
    surer = replace(bau, shares=bau.whole * np.array([1.0, -0.1, 0.0, 0.1]))
    assert surer.shown() == pytest.approx({"growth": 10 / 11, "levers": 0.0, "factors": 0.0, "noise": 1 / 11})


# --- it measures action --------------------------------------------------------------------------------------


def cut(share, start, complete):
    """A lever of the whole park: so much less energy of all kinds, linear."""
    exact = Triangle(share, share, share)
    one = Lever(
        "cut",
        "efficiency",
        "cut",
        "",
        "reduce_intensity",
        {"on": {"reduction": exact}},
        Ramp("linear", start, complete),
    )
    name = f"cut_{share:g}_{start}"
    return Scenario(name, name, name, measures=(Measure(one, "on", one.ramp),))


def headline_under(a_park, chosen, members=400):
    draws = pw.sample(a_park, chosen, members=members, seed=20240401, assumptions=pw.read_assumptions(as_of=AS_OF))
    return pw.headline(pw.project(a_park, chosen, draws, keep="totals"))


def test_a_lever_that_hardly_acts_before_the_window_ends_hardly_moves_the_headline(shipped_parks):
    """In the mean of some parks; single ones move by up to a point and a half (docs/headline.md, section 6)."""
    chosen = [Scenario("bau", "", ""), cut(0.005, 2027, 2034), cut(0.5, 2034, 2050)]
    moved = []
    for name in ("region-d", "demo-steel", "demo-cement", "region-shanghai", "region-hebei"):
        early = headline_under(shipped_parks[name], chosen).p_before
        moved.append(early - early[0])
        assert moved[-1][1] >= 0
        assert moved[-1][2] == 0.0  # it begins when the window ends
    assert np.mean(moved, axis=0)[1] <= 0.01


@pytest.mark.parametrize("name", ["region-d", "demo-steel", "demo-cement", "region-shanghai"])
def test_the_same_cut_five_years_later_brings_about_less(name, shipped_parks):
    chosen = [Scenario("bau", "", "")]
    chosen += [cut(share, start, start + 8) for share in (0.1, 0.2, 0.35) for start in (2027, 2032)]
    left = headline_under(shipped_parks[name], chosen).p_ahead_given_not_past
    none, early, late = left[0], left[1::2], left[2::2]
    assert (np.diff([none, *early]) > 0).all()
    assert (early > late).all()
    assert early[-1] - late[-1] > 0.15


@pytest.mark.slow
def test_all_of_deep_at_once_never_lowers_the_headline(shipped_parks, scenarios):
    deep = scenarios["deep"]
    hurried = replace(deep, scenario_id="hurried", measures=tuple(
        replace(one, ramp=Ramp("linear", 2027, 2029)) for one in deep.measures
    ))  # fmt: skip
    for name, a_park in shipped_parks.items():
        answer = headline_under(a_park, [deep, hurried], members=200)
        assert answer.p_before[1] >= answer.p_before[0], name
        assert answer.p_past[1] == answer.p_past[0], name
