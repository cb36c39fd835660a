"""The damped log-trend: known answers, shrinkage, and paths that have the errors they promise."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from pathway_models.kernels.growth import (
    STORMIEST,
    TrendParameters,
    bridge_gaps,
    damped_log_trend,
    error_scale,
    expected_change,
    member_scale,
    record_growth,
    slope_loading,
)
from pathway_models.kernels.trends import damped_holt, persistence, straight_log_trend

LAW = TrendParameters(
    damping=0.8,
    prior_growth=0.02,
    prior_growth_sd=0.01,
    slope_error_sd=0.03,
    recency=0.7,
    slope_noise=1.0,
    noise=0.06,
    noise_weight=5.0,
    tail=6.0,
)
logs = hnp.arrays(float, 5, elements=st.floats(-2, 2))


def law(**changes):
    return TrendParameters(**{**LAW.__dict__, **changes})


def draws(members, steps, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(members), rng.standard_normal((members, steps)), rng.standard_normal(members)


def test_excess_growth_of_a_trusted_record_halves_every_year_with_damping_one_half():
    record = 0.10 * np.arange(5)
    change = expected_change(record, 3, law(damping=0.5, prior_growth=0.0, slope_noise=0.0))
    np.testing.assert_allclose(change, np.cumsum([0.05, 0.025, 0.0125]))


def test_a_record_without_weight_goes_straight_to_the_prior():
    change = expected_change(0.10 * np.arange(5), 4, law(slope_noise=1e12))
    np.testing.assert_allclose(change, 0.02 * np.arange(1, 5), rtol=1e-6)


def test_long_run_growth_follows_the_path_given():
    path = np.array([0.05, 0.04, 0.03])
    change = expected_change(0.10 * np.arange(5), 3, law(damping=0.0), path)
    np.testing.assert_allclose(change, np.cumsum(path))


def test_a_constant_path_is_the_prior_growth():
    record = np.log([100, 104, 103, 110, 112.0])
    np.testing.assert_array_equal(
        expected_change(record, 9, LAW), expected_change(record, 9, LAW, np.full(9, LAW.prior_growth))
    )


def test_the_noisier_of_two_records_with_the_same_growth_is_trusted_less():
    smooth, wild = 0.10 * np.arange(5), 0.10 * np.arange(5) + np.array([0, 0.2, -0.2, 0.2, 0])
    flat = law(recency=1.0)
    assert record_growth(smooth, flat)[0] == pytest.approx(record_growth(wild, flat)[0])
    assert expected_change(smooth, 1, flat) > expected_change(wild, 1, flat)


def test_the_longer_of_two_records_with_the_same_growth_and_noise_is_trusted_more():
    short = law(noise_weight=1e9)
    assert expected_change(0.1 * np.arange(12), 1, short) > expected_change(0.1 * np.arange(5), 1, short)


def test_the_youngest_year_counts_most():
    speeding, slowing = np.cumsum([0, 0.0, 0.0, 0.0, 0.2]), np.cumsum([0, 0.2, 0.0, 0.0, 0.0])
    assert record_growth(speeding, LAW)[0] > record_growth(slowing, LAW)[0]


@given(logs)
def test_noise_lies_between_the_records_own_and_the_panels(record):
    own = np.hypot(np.diff(record).std(ddof=1), 0.1 * LAW.noise)
    noise = record_growth(record, LAW)[1]
    assert min(own, LAW.noise) * (1 - 1e-12) <= noise <= max(own, LAW.noise) * (1 + 1e-12)


def test_an_interpolated_record_is_not_taken_for_a_certain_one():
    assert record_growth(0.03 * np.arange(5), LAW)[1] > 0.3 * LAW.noise


@given(logs, st.floats(-20, 20))
def test_the_unit_of_the_record_does_not_matter(record, factor):
    np.testing.assert_allclose(
        damped_log_trend(record + factor, 6, LAW, *draws(7, 6)),
        damped_log_trend(record, 6, LAW, *draws(7, 6)),
        atol=1e-9,
    )


def test_members_without_shocks_follow_the_expected_change():
    record = np.log([100, 104, 103, 110, 112.0])
    paths = damped_log_trend(record, 8, LAW, np.zeros(2), np.zeros((2, 8)), np.zeros(2))
    np.testing.assert_allclose(paths, np.broadcast_to(expected_change(record, 8, LAW), (2, 8)))


def test_paths_have_the_bands_the_law_promises_at_every_horizon():
    record = np.log([100, 104, 103, 110, 112.0])
    paths = damped_log_trend(record, 20, LAW, *draws(60_000, 20))
    noise = record_growth(record, LAW)[1]
    for probability in (0.05, 0.25, 0.75, 0.95):
        promised = expected_change(record, 20, LAW) + error_scale(noise, 20, LAW) * stats.t.ppf(probability, LAW.tail)
        width = 2 * error_scale(noise, 20, LAW)
        np.testing.assert_allclose(np.quantile(paths, probability, axis=0) / width, promised / width, atol=0.02)


def test_the_first_members_do_not_depend_on_how_many_there_are():
    record = np.log([[100, 104, 103, 110, 112.0], [50, 52, 53, 53, 56.0]])
    slope, shocks, scale = (np.stack([part, part]) for part in draws(300, 10))
    many = damped_log_trend(record, 10, LAW, slope, shocks, scale)
    few = damped_log_trend(record[1], 10, LAW, slope[1, :77], shocks[1, :77], scale[1, :77])
    assert (many[1, :77] == few).all()


def test_errors_of_successive_years_stay_with_a_member():
    paths = damped_log_trend(np.log([100, 104, 103, 110, 112.0]), 30, LAW, *draws(4000, 30))
    early, late = paths[:, 9] - np.median(paths[:, 9]), paths[:, 29] - np.median(paths[:, 29])
    assert stats.spearmanr(early, late).statistic > 0.6


def test_slope_errors_reach_the_long_run_spread():
    yearly = np.diff(slope_loading(np.array(LAW.noise), 60, LAW))
    assert yearly[-1] == pytest.approx(LAW.prior_growth_sd, rel=1e-3)


def test_storm_grows_with_its_draw_has_a_largest_value_and_vanishes_without_tail():
    scale = member_scale(np.array([-2.0, 0.0, 2.0, STORMIEST, 9.0]), 5.0)
    assert (np.diff(scale) >= 0).all()
    assert scale[-1] == scale[-2]
    assert scale[2] == pytest.approx(np.sqrt(5.0 / stats.chi2.ppf(stats.norm.sf(2.0), 5.0)))
    assert (member_scale(np.array([-3.0, 3.0]), np.inf) == 1.0).all()


def test_a_one_off_year_set_aside_lends_nothing():
    with_dip = np.log([100, 110, 121, np.nan, 146.41])
    np.testing.assert_allclose(bridge_gaps(with_dip), np.log([100, 110, 121, 133.1, 146.41]))


def test_a_record_cannot_end_in_a_year_set_aside():
    with pytest.raises(ValueError, match=re.escape("the first or the last year of a record is missing")):
        bridge_gaps([1.0, 2.0, np.nan])


def test_two_years_are_no_record():
    with pytest.raises(ValueError, match=re.escape("a record needs at least 3 years, got 2")):
        expected_change([1.0, 1.1], 5, LAW)


def test_a_prior_of_another_length_is_refused():
    with pytest.raises(ValueError, match=re.escape("prior_path has 2 years, expected 5")):
        expected_change([1.0, 1.1, 1.2], 5, LAW, [0.1, 0.1])


@pytest.mark.parametrize(
    ("name", "value"),
    [("damping", 1.0), ("recency", 0.0), ("noise", 0.0), ("tail", 2.0), ("slope_noise", -1), ("prior_growth", np.nan)],
)
def test_parameters_outside_their_range_are_named(name, value):
    with pytest.raises(ValueError, match=re.escape(f"out of range: {name} = {value}")):
        law(**{name: value})


def test_rivals_on_a_straight_line():
    line = 0.05 * np.arange(6)
    np.testing.assert_allclose(straight_log_trend(line, 3), [0.05, 0.10, 0.15])
    np.testing.assert_array_equal(persistence(line, 3), np.zeros(3))
    # Holt's trend is damped at every step, so that it lags behind a line and fades ahead of it.
    ahead = damped_holt(line, 30)
    assert 0 < ahead[0] < 0.05
    assert ahead[-1] < 10 * 0.05


def test_the_straight_line_is_least_squares():
    record = np.log([100, 107, 103, 111, 118.0])
    slope = np.polyfit(np.arange(5), record, 1)[0]
    np.testing.assert_allclose(straight_log_trend(record, 2), [slope, 2 * slope])
