"""Our peak rule: every row of its boundary table, its shapes and its invariances."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peak_rule_tables import table_after

from pathway_models.kernels.event_split import peaks_before
from pathway_models.kernels.turning_points import CENSORED, STATUS, PeakRule, turning_points
from pathway_models.records.peaks import Peaks

CASES = table_after(["case", "totals", "last observed", "status"])
FIVE_YEARS = table_after(["five years", "totals", "last observed", "status"])
#: First year of the page's paths, its issue year, and the year in question.
FIRST_YEAR, ISSUE, BEFORE = 2020, 2021, 2023
ONE_YEAR = PeakRule(follow=1)

totals_of_a_park = st.lists(st.integers(1, 10_000), min_size=1, max_size=12)


def status_of(points):
    return [STATUS[code] for code in np.ravel(points.status)]


@pytest.mark.parametrize("case", [*CASES, *FIVE_YEARS], ids=lambda case: case[0])
def test_boundary_case_of_the_page_is_judged_as_the_page_says(case):
    _, totals, last_observed, status, peak_year, plateau = case
    rule = PeakRule() if case in FIVE_YEARS else ONE_YEAR
    values = [float(value) for value in totals.split()]
    observed = -1 if last_observed == "-" else int(last_observed) - FIRST_YEAR
    years = {"issue": max(observed, ISSUE - FIRST_YEAR), "before": BEFORE - FIRST_YEAR}
    if status == "refused":
        with pytest.raises(ValueError, match="missing or infinite"):
            turning_points(values, observed, rule, **years)
        return
    points = turning_points(values, observed, rule, **years)
    assert status_of(points) == [status]
    first, last = (int(year) - FIRST_YEAR for year in plateau.split("-"))
    assert (points.plateau_first, points.plateau_last) == (first, last)
    assert (int(points.status) in CENSORED) == (peak_year == "-")
    if peak_year != "-":
        assert points.index == int(peak_year) - FIRST_YEAR


def test_the_page_has_every_status_and_says_what_became_of_the_old_ones():
    assert {case[3] for case in CASES} == {*STATUS, "refused"}
    old = {row[0].strip("`"): row[1] for row in table_after(["until 0.2", "now"])}
    assert set(old) == {"observed", "at_start", "within_horizon", "at_horizon", "plateau"}
    assert all(any(name in now for name in STATUS) for now in old.values())


def test_a_park_has_the_same_peak_alone_in_an_ensemble_and_among_scenarios():
    path = np.array([80.0, 100.0, 99.5, 70.0])
    ensemble = np.stack([path, path[::-1], np.arange(1.0, 5.0)])
    scenarios = np.broadcast_to(ensemble, (2, 3, 4))
    alone, among, many = (turning_points(array, 0) for array in (path, ensemble, scenarios))
    assert alone.index.shape == ()
    assert among.index.shape == (3,)
    assert many.index.shape == many.status.shape == many.value.shape == (2, 3)
    assert among.index[0] == alone.index
    assert (many.status == among.status).all()
    assert among.status.dtype == np.int8


def test_peak_value_is_the_maximum():
    assert turning_points([80.0, 100.0, 100.00000001, 70.0]).value == 100.00000001


def test_a_wider_plateau_turns_an_early_decline_into_a_plateau():
    path = [80.0, 100.0, 98.5]
    assert status_of(turning_points(path, rule=ONE_YEAR)) == ["ahead"]
    assert status_of(turning_points(path, rule=PeakRule(plateau=0.02, follow=1))) == ["plateau"]


@pytest.mark.parametrize(
    ("totals", "last_observed", "message"),
    [
        ([1.0, np.inf], -1, "total holds a missing or infinite value"),
        (5.0, -1, "expected at least one year on the last axis"),
        (np.ones((3, 0)), -1, "expected at least one year on the last axis"),
        ([1.0, 2.0], 2, "last_observed = 2: expected -1 or a year index below 2"),
        ([1.0, 2.0], -2, "last_observed = -2"),
    ],
)
def test_impossible_totals_are_refused(totals, last_observed, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        turning_points(totals, last_observed)


@pytest.mark.parametrize("wrong", [{"plateau": 1.0}, {"plateau": -0.1}, {"tie": 0.1}, {"plateau": 0.0}, {"follow": 0}])
def test_thresholds_that_are_no_small_shares_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} = "):
        PeakRule(**wrong)


@given(totals_of_a_park, st.sampled_from([1e-6, 0.1, 3.0, 1e4, 29.3076]))
def test_the_unit_of_emissions_moves_no_peak(totals, factor):
    path = np.array(totals, dtype=float)
    before, after = turning_points(path), turning_points(path * factor)
    assert before.index == after.index
    assert before.status == after.status
    assert (before.plateau_first, before.plateau_last) == (after.plateau_first, after.plateau_last)


@given(totals_of_a_park)
def test_a_source_without_activity_changes_nothing(totals):
    sources = np.array([totals, np.zeros(len(totals))], dtype=float)
    with_idle, alone = turning_points(sources.sum(axis=0)), turning_points(sources[0])
    assert (with_idle.index, with_idle.status, with_idle.value) == (alone.index, alone.status, alone.value)


@given(st.lists(st.lists(st.integers(1, 50), min_size=5, max_size=5), min_size=1, max_size=6), st.randoms())
def test_the_order_of_members_is_of_no_consequence(members, shuffle):
    order = list(range(len(members)))
    shuffle.shuffle(order)
    paths = np.array(members, dtype=float)
    straight, shuffled = turning_points(paths), turning_points(paths[order])
    assert (straight.index[order] == shuffled.index).all()
    assert (straight.status[order] == shuffled.status).all()


@given(totals_of_a_park)
def test_the_plateau_holds_the_maximum_and_only_totals_within_one_percent(totals):
    path = np.array(totals, dtype=float)
    points = turning_points(path)
    assert points.plateau_first <= points.index <= points.plateau_last
    run = path[points.plateau_first : points.plateau_last + 1]
    assert (run >= 0.99 * path.max() * (1 - 1e-8)).all()
    assert points.value == path.max()
    assert path[points.index] == path.max()


@given(totals_of_a_park)
def test_a_path_that_ends_at_its_maximum_has_no_peak_year(totals):
    points = turning_points([*totals, max(totals)])
    assert status_of(points)[0] in ("not_within_horizon", "plateau")


def peaks_of(paths, first_year=2026, follow=1):
    points = turning_points(paths, rule=PeakRule(follow=follow))
    years = np.arange(first_year, first_year + paths.shape[-1])
    shape = (1, len(paths))
    arrays = {
        "year": first_year + points.index,
        "status": points.status,
        "value": points.value,
        "plateau_first": first_year + points.plateau_first,
        "plateau_last": first_year + points.plateau_last,
    }
    arrays = {name: np.reshape(array, shape) for name, array in arrays.items()}
    about = {"identity": "p", "scenarios": ("s",), "years": years, "last_observed_year": first_year, "seed": 0}
    return Peaks(**about, **arrays, event=peaks_before(paths)[None], follow=follow)


def test_before_2030_counts_a_peak_in_2029_and_not_one_in_2030_or_later():
    peak_2029 = [70.0, 80.0, 90.0, 100.0, 80.0, 60.0, 50.0, 40.0, 30.0, 20.0]
    peak_2030 = [60.0, 70.0, 80.0, 90.0, 100.0, 80.0, 70.0, 60.0, 50.0, 40.0]
    plateau_from_2028 = [80.0, 90.0, 100.0, 99.9, 99.8, 99.7, 99.6, 99.5, 99.4, 99.3]
    rising = [50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0, 140.0]
    peaks = peaks_of(np.array([peak_2029, peak_2030, plateau_from_2028, rising]))
    row = peaks.summary(before=2030)[0]
    assert row["p_peak_before_2030"] == 0.5  # a maximum that no year exceeds is a peak, flat or not
    assert row["p_peak_by_2030"] == 0.75
    assert row["share_censored"] == 0.5


def test_quantiles_keep_members_that_never_peak_and_those_that_peaked_before_the_start():
    falling, rising, middle = [100.0, 90.0, 80.0], [80.0, 90.0, 100.0], [80.0, 100.0, 80.0]
    peaks = peaks_of(np.array([falling, middle, rising, rising]))
    assert peaks.quantiles((0.25, 0.5, 0.75))[0].tolist() == [2026.0, 2027.0, np.inf]
    assert peaks.summary(before=2028)[0]["peak_year_p95"] == ">2027"
