"""Parks may be counted together only where nothing is counted twice, and every total says what it holds."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.fleet.band_coverage import band_coverage
from pathway_models.fleet.benchmarking import CORE, compare_with_standards, limit_of
from pathway_models.fleet.fleet_results import Member, check_fleet, split_kinds
from pathway_models.fleet.totals import (
    add_up,
    fleet_ids,
    given_parks,
    project_fleet,
    read_fleet,
    stored_fleet,
    stored_fleets,
)
from pathway_models.intake.rules import Requirement

NAMES = ["demo-steel", "demo-electronics", "demo-cement"]
PARK, OTHER = Member("a", "park", True), Member("b", "park", False)
ANHUI, BEIJING = Member("r-1", "region", False, "安徽"), Member("r-2", "region", False, "北京")
NOWHERE = Member("r-3", "region", False)


@pytest.fixture(scope="module")
def two(scenarios):
    return scenarios.pick(["bau", "deep"])


@pytest.fixture(scope="module")
def results(two):
    return project_fleet(read_fleet(NAMES), two, members=50, seed=3, until=2040)


@pytest.mark.parametrize(
    ("parks", "message"),
    [
        ([], "no park to count"),
        ([PARK, PARK], "a stands there twice"),
        ([PARK, ANHUI], "a with r-1"),
        ([ANHUI, replace(ANHUI, park_id="r-9")], "r-9 and r-1 are both 安徽"),
        ([ANHUI, NOWHERE], "r-3 does not say which province it is"),
        ([PARK, PARK, ANHUI, NOWHERE], "twice.*never added.*does not say"),
    ],
)
def test_what_would_be_counted_twice_is_refused_with_every_reason(parks, message):
    with pytest.raises(PathwayError, match=message):
        check_fleet(parks)


def test_parks_and_provinces_by_themselves_are_fleets():
    for parks in ([PARK, OTHER], [ANHUI, BEIJING], [NOWHERE]):
        check_fleet(parks)


@given(st.lists(st.sampled_from([PARK, OTHER, ANHUI, BEIJING, NOWHERE]), unique=True))
def test_what_is_split_by_kind_can_always_be_added(parks):
    kinds = split_kinds(parks)
    for kind in kinds:
        check_fleet(kind)
    left = set(parks) - {park for kind in kinds for park in kind}
    assert left <= {NOWHERE}


def test_all_provinces_are_a_fleet_without_the_one_that_has_no_name():
    assert len(fleet_ids("region")) == 30
    assert "region-d" not in fleet_ids("region")
    assert len(fleet_ids("park")) == 10


def test_every_table_that_cannot_be_read_is_told_at_once():
    with pytest.raises(InputError) as caught:
        read_fleet(["nowhere-1", "demo-steel", "nowhere-2"])
    assert len(caught.value.faults) == 2
    with pytest.raises(PathwayError, match="of another kind than 'region': demo-steel"):
        read_fleet(["demo-steel"], "region")
    with pytest.raises(PathwayError, match="kind = 'city'"):
        read_fleet([], "city")


def test_total_says_how_many_parks_and_which_years_in_every_row(results):
    table = results.table()
    assert set(table["parks"]) == {3}
    assert set(table["invented_parks"]) == {3}
    assert results.kind == "park"
    assert table["on_record"].sum() == 2 * (results.fleet.last_observed_year - results.fleet.years[0] + 1)
    row = table[(table["scenario"] == "deep") & (table["year"] == 2035)].iloc[0]
    at = int(np.flatnonzero(results.fleet.years == 2035)[0])
    assert row["p95_tco2"] == np.quantile(results.fleet.total[1, :, at], 0.95)


def test_each_park_keeps_its_own_peaks(results, two):
    park = pw.read_park("demo-cement")
    alone = pw.find_peaks(pw.project(park, two, pw.sample(park, two, members=50, seed=3, until=2040)))
    assert results.chances("deep", 2030)["demo-cement"] == alone.p_before(2030)[1]
    summary = results.summary().set_index(["park_id", "scenario"])
    assert summary.loc[("demo-cement", "bau"), "peak_year_p50"] == alone.summary()[0]["peak_year_p50"]
    assert len(summary) == 6
    with pytest.raises(PathwayError, match="no scenario 'dream'"):
        results.chances("dream")


def test_share_of_the_largest_is_that_of_the_members(results):
    ends = np.stack([end[1] for end in results.ends.values()])
    known, end = results.largest("deep")
    assert end == pytest.approx(np.median(ends.max(axis=0) / results.fleet.total[1, :, -1]))
    assert 1 / 3 <= known <= 1


def test_total_as_pathways_has_the_peaks_of_the_fleet(results):
    assert pw.find_peaks(results.pathways()).year.tolist() == results.fleet.peaks().year.tolist()


def test_pathways_of_other_parks_are_refused(results):
    with pytest.raises(PathwayError, match="one of each"):
        add_up([*read_fleet(NAMES[:2]), OTHER], [results.pathways()])


def test_band_that_keeps_what_is_shared_covers_and_the_others_do_not(scenarios):
    found = band_coverage(pw.read_park("demo-electronics"), scenarios["bau"], count=30, members=200)
    last = found[found["year"] == 2040].set_index("band")
    # Two ensembles of 200: the standard error of a coverage of 0.90 is 0.03.
    assert last.loc["shared", "standard_error"] == pytest.approx(0.03)
    assert last.loc["shared", "coverage"] == pytest.approx(0.90, abs=0.09)
    assert last.loc["independent", "coverage"] < 0.82
    assert last.loc["summed", "coverage"] > 0.99
    width = last["high"] - last["low"]
    assert width["independent"] < width["shared"] < width["summed"] / 2
    with pytest.raises(PathwayError, match=re.escape("1 parks and 200 members")):
        band_coverage(pw.read_park("demo-electronics"), scenarios["bau"], count=1, members=200)


def test_limit_of_a_zero_carbon_park_depends_on_its_size():
    table = compare_with_standards(
        [pw.read_park("demo-steel"), pw.read_park("demo-machinery"), pw.read_park("region-d")]
    )
    core = table[table["indicator_id"] == CORE].set_index("park_id")
    assert core["limit"].to_dict() == {"demo-steel": 0.3, "demo-machinery": 0.2}
    steel = core.loc["demo-steel"]
    assert steel["times"] == pytest.approx(steel["value"] / 0.3)
    assert not steel["met"]
    unseen = table[table["confidence"] == "background"]
    assert len(unseen) > 0
    assert unseen["limit"].isna().all()
    assert unseen["met"].isna().all()


@pytest.mark.parametrize(
    ("text", "confidence", "limit"),
    [
        ("at most; core 0.2", "seen", (True, 0.2)),
        ("at least; guiding 90", "seen_multi", (False, 90.0)),
        ("<=0.5", "background", None),
        ("no class below 0.2 Mtce a year", "seen", None),
    ],
)
def test_only_what_was_seen_and_is_one_number_is_judged(text, confidence, limit):
    assert limit_of(Requirement("any", "", text, "", confidence)) == limit


@pytest.fixture(scope="module")
def run(tmp_path_factory, two):
    folder = tmp_path_factory.mktemp("fleet") / "run"
    given_names = ["demo-steel", "demo-cement", "region-d", "region-anhui"]
    pw.run_tables(given_names, folder, two, members=40, seed=3, until=2040, workers=1)
    return folder


@pytest.mark.slow
def test_stored_members_give_the_total_that_projecting_gives(run, two):
    region, park = stored_fleets(run)
    assert region.fleet.parks == ("region-anhui",)
    again = project_fleet(read_fleet(["demo-steel", "demo-cement"]), two, members=40, seed=3, until=2040)
    # Stored emissions carry 17 bits after the leading one.
    assert park.fleet.total == pytest.approx(again.fleet.total, rel=2**-16)
    assert park.invented == again.invented
    assert park.fleet.last_observed_year == again.fleet.last_observed_year
    assert given_parks(run) == ["demo-steel", "demo-cement", "region-d", "region-anhui"]


@pytest.mark.slow
def test_stored_parks_are_chosen_like_others(run):
    assert stored_fleet(run, kind="region").fleet.parks == ("region-anhui",)
    assert stored_fleet(run, ["demo-cement"], scenarios=["deep"]).fleet.scenarios == ("deep",)
    with pytest.raises(PathwayError, match="never added together"):
        stored_fleet(run)
    with pytest.raises(PathwayError, match="of another kind than 'park': region-d"):
        stored_fleet(run, ["region-d"], "park")
    with pytest.raises(InputError, match="demo-none"):
        stored_fleet(run, ["demo-none"])
    with pytest.raises(InputError, match="dream"):
        stored_fleet(run, ["demo-steel"], scenarios=["dream"])
