"""Quantiles of peak years keep the members that do not peak; triangles keep the order of settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.kernels.quantiles import censored_quantiles, sorted_quantiles, triangular

corners = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(sorted)


def test_half_of_the_members_peaking_gives_a_median_but_no_upper_quantile():
    years = np.array([2025, 2031, 2060, 2060])
    censored = np.array([False, False, True, True])
    assert censored_quantiles(years, censored, (0.05, 0.5, 0.51, 0.95)).tolist() == [2025, 2031, np.inf, np.inf]


def test_no_member_peaking_gives_no_quantile():
    assert np.isinf(censored_quantiles(np.full(10, 2060), np.full(10, True), (0.05, 0.5, 0.95))).all()


def test_a_quantile_is_a_year_that_a_member_has_and_never_a_mean():
    years = np.array([2020, 2021, 2040, 2041])
    assert censored_quantiles(years, np.zeros(4, bool), (0.5,)).tolist() == [2021]


# 0.07 x 100 and 0.55 x 100 are a little more than 7 and 55 in binary.
@pytest.mark.parametrize(("members", "percent"), [(20, 5), (1000, 5), (2000, 95), (100, 7), (100, 55)])
def test_that_share_of_the_members_and_no_more_lies_at_or_below_a_quantile(members, percent):
    years = np.arange(members)
    (found,) = censored_quantiles(years, np.zeros(members, bool), (percent / 100,))
    assert (years <= found).sum() == members * percent // 100


def test_one_member_is_every_quantile():
    assert censored_quantiles(np.array([2030]), np.array([False]), (0.0, 0.5, 1.0)).tolist() == [2030] * 3


@given(
    years=st.lists(st.integers(2010, 2060), min_size=1, max_size=40),
    probability=st.floats(0.001, 1.0),
    seed=st.integers(0, 9),
)
def test_at_least_that_share_of_all_members_has_peaked_by_the_quantile_and_less_before(years, probability, seed):
    years = np.array(years)
    censored = np.random.default_rng(seed).random(years.size) < 0.3
    (found,) = censored_quantiles(years, censored, (probability,))
    reached = np.where(censored, np.inf, years)
    if np.isfinite(found):
        assert (reached <= found).mean() >= probability - 1e-9
    assert (reached < found).mean() < probability


@pytest.mark.parametrize("leading", [(), (3,), (2, 3)])
def test_quantiles_accept_any_leading_axes(leading):
    years = np.broadcast_to(np.arange(2020, 2030), (*leading, 10))
    assert censored_quantiles(years, np.zeros(years.shape, bool), (0.5, 0.9)).shape == (*leading, 2)


@given(uniform=st.floats(0, 1), given_corners=corners)
def test_a_triangle_stays_within_its_corners(uniform, given_corners):
    low, mode, high = given_corners
    assert low - 1e-12 <= float(triangular(np.array(uniform), low, mode, high)) <= high + 1e-12


@given(uniform=st.floats(0, 1), weak=corners, more=st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_the_same_draw_of_a_stronger_setting_is_never_weaker(uniform, weak, more):
    strong = sorted(a + b for a, b in zip(weak, more, strict=True))
    strong = [max(s, w) for s, w in zip(strong, weak, strict=True)]
    first, second = (float(triangular(np.array(uniform), *corners)) for corners in (weak, strong))
    assert second >= first - 1e-9


@given(value=st.floats(-10, 10), uniform=st.floats(0, 1))
def test_three_equal_corners_are_a_constant(value, uniform):
    assert float(triangular(np.array(uniform), value, value, value)) == value


@pytest.mark.parametrize(("low", "mode", "high"), [(0.0, 1.0, 4.0), (0.0, 0.0, 1.0), (0.0, 1.0, 1.0)])
def test_a_triangle_has_its_mean_and_its_mode(low, mode, high):
    values = triangular((np.arange(20000) + 0.5) / 20000, low, mode, high)
    assert values.mean() == pytest.approx((low + mode + high) / 3, abs=1e-3)
    share_below_mode = (mode - low) / (high - low)
    assert (values < mode).mean() == pytest.approx(share_below_mode, abs=1e-3)


@given(
    values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), probabilities=st.lists(st.floats(0, 1), max_size=5)
)
def test_quantiles_of_sorted_values_are_numpys(values, probabilities):
    ordered = np.sort(np.array([values, values]), axis=-1)
    expected = np.quantile(ordered, probabilities, axis=-1)
    np.testing.assert_allclose(sorted_quantiles(ordered, probabilities), expected, rtol=1e-12, atol=1e-6)
