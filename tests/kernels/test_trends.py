"""Trend statistics against hand values, SciPy and known growth rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from pathway_models.kernels.trends import log_linear_rate, mann_kendall, ols_slope, spearman

series_with_ties = st.lists(st.integers(0, 6), min_size=4, max_size=15).filter(lambda values: len(set(values)) > 1)


def test_mann_kendall_of_five_rising_years_by_hand():
    # S = 10 pairs; Var = 5*4*15/18 = 16.667; z = (10 - 1) / 4.082 = 2.2045
    rising = mann_kendall([1, 2, 3, 4, 5])
    assert rising.s == 10
    assert rising.variance == pytest.approx(300 / 18)
    assert rising.z == pytest.approx(2.20454, abs=1e-5)
    assert rising.p == pytest.approx(0.02749, abs=1e-5)


def test_mann_kendall_corrects_ties_by_hand():
    # One pair tied: Var = (5*4*15 - 2*1*9) / 18 = 15.667; S = 9
    tied = mann_kendall([1, 2, 2, 3, 4])
    assert tied.s == 9
    assert tied.variance == pytest.approx(282 / 18)


@given(series_with_ties)
def test_mann_kendall_agrees_with_kendalls_tau(values):
    ours = mann_kendall(values)
    tau = stats.kendalltau(np.arange(len(values)), values, method="asymptotic")
    # SciPy makes no continuity correction, so its p-value is that of S over its standard deviation.
    assert 2 * special.ndtr(-abs(ours.s) / np.sqrt(ours.variance)) == pytest.approx(tau.pvalue, abs=1e-12)
    assert np.sign(ours.s) == np.sign(round(tau.statistic, 12))


def test_mann_kendall_judges_many_series_at_once_as_one_by_one():
    table = np.random.default_rng(1).integers(0, 9, size=(4, 3, 10))
    together = mann_kendall(table)
    assert together.p.shape == (4, 3)
    assert together.p[2, 1] == mann_kendall(table[2, 1]).p


def test_equal_values_have_no_trend():
    assert mann_kendall([3, 3, 3, 3]).p == 1.0
    assert spearman([3, 3, 3, 3]) == (0.0, 1.0)
    assert ols_slope([2000, 2001, 2002], [3, 3, 3]).slope == 0.0


@given(series_with_ties)
def test_spearman_agrees_with_scipy(values):
    ours, theirs = spearman(values), stats.spearmanr(np.arange(len(values)), values)
    assert ours.slope == pytest.approx(theirs.statistic, abs=1e-12)
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-9)


@given(series_with_ties)
def test_least_squares_slope_agrees_with_scipy(values):
    years = np.arange(2000, 2000 + len(values))
    ours, theirs = ols_slope(years, values), stats.linregress(years, values)
    assert ours.slope == pytest.approx(theirs.slope, abs=1e-12)
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-9)


def test_log_linear_rate_finds_constant_growth():
    years = np.arange(2001, 2012)
    assert log_linear_rate(years, 50 * 1.03 ** (years - 2001)).slope == pytest.approx(np.log(1.03))


def test_leap_years_weigh_one_day_less_when_adjusted():
    years = np.array([1999, 2000, 2001])
    one_tonne_a_day = np.array([365.0, 366.0, 365.0])
    assert log_linear_rate(years[:2], one_tonne_a_day[:2]).slope == pytest.approx(np.log(366 / 365))
    assert log_linear_rate(years[:2], one_tonne_a_day[:2], leap_adjusted=True).slope == pytest.approx(0, abs=1e-15)


def test_centuries_are_leap_only_every_fourth():
    daily = np.array([365.0, 365.0])
    assert log_linear_rate([1899, 1900], daily, leap_adjusted=True).slope == 0.0
    assert log_linear_rate([1999, 2000], daily, leap_adjusted=True).slope < 0.0
