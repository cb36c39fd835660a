"""A budget shared out by any rule adds up to the tonne, and each rule does what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.fleet.packages import capability_shares, hull_steps, marginal_cost_shares, whole_shares

AMOUNT = st.floats(0, 1e9)
WEIGHTS = st.lists(AMOUNT, min_size=1, max_size=12).filter(lambda values: max(values) > 0)
BUDGETS = st.integers(0, 10**10)


@given(BUDGETS, WEIGHTS)
def test_shares_in_proportion_add_up_to_the_tonne(budget, weights):
    shares = whole_shares(budget, np.array(weights))
    assert shares.sum() == budget
    assert (shares >= 0).all()
    exact = budget * np.array(weights) / max(weights) / (np.array(weights) / max(weights)).sum()
    assert np.abs(shares - exact).max() <= 1 + 1e-6 * budget
    assert (shares[np.array(weights) == 0] == 0).all()


@given(BUDGETS, st.lists(st.tuples(AMOUNT, st.floats(1, 1e6)), min_size=1, max_size=12))
def test_capability_adds_up_and_lets_nobody_fall_below_zero(budget, parks):
    emissions, value_added = np.array(parks).T
    shares = capability_shares(budget, emissions, value_added)
    assert shares.sum() == budget
    assert (shares >= 0).all()


@given(
    BUDGETS, st.lists(st.lists(st.tuples(AMOUNT, st.floats(-1e4, 1e4)), min_size=1, max_size=6), min_size=1, max_size=6)
)
def test_equal_marginal_cost_adds_up(budget, curves):
    arrays = [tuple(np.array(curve).T) for curve in curves]
    shares, _ = marginal_cost_shares(budget, arrays)
    assert shares.sum() == budget
    assert (shares >= 0).all()


def test_largest_remainders_get_the_tonnes_that_are_left():
    """10 t over 1 : 1 : 1 are 3.33 each; over 1 : 2 : 3 they are 1.67, 3.33, 5."""
    assert whole_shares(10, np.ones(3)).tolist() == [4, 3, 3]
    assert whole_shares(10, np.array([1.0, 2.0, 3.0])).tolist() == [2, 3, 5]


def test_capability_by_hand():
    """100 + 100 t shall become 150: 50 t are cut 4 : 1 by value added, 40 and 10."""
    assert capability_shares(150, np.array([100.0, 100.0]), np.array([4.0, 1.0])).tolist() == [60, 90]


def test_capability_stops_at_zero_and_the_others_cut_the_rest():
    """10 + 100 t shall become 50; 9 : 1 would take 54 t of the first, which has 10: the second cuts 50."""
    assert capability_shares(50, np.array([10.0, 100.0]), np.array([9.0, 1.0])).tolist() == [0, 50]


def test_marginal_cost_by_hand():
    """First park: 20 t for 1 million a year; second: 10 t for 0.2, then 30 more for 3.

    100 + 100 t shall become 165. The cheapest tonnes are the second park's 10 (20,000 CNY each), then the first's
    20 (50,000), then 5 of the second's 30 (100,000).
    """
    curves = [
        (np.array([100.0, 80.0]), np.array([0.0, 1.0])),
        (np.array([100.0, 90.0, 60.0]), np.array([0.0, 0.2, 3.2])),
    ]
    shares, price = marginal_cost_shares(165, curves)
    assert shares.tolist() == [80, 85]
    assert price == pytest.approx(100_000)


def test_package_above_the_hull_is_never_taken():
    """20 t for 2 lies below 10 t for 3: the dearer package with less effect is no step."""
    assert hull_steps(np.array([100.0, 90.0, 80.0]), np.array([0.0, 3.0, 2.0])) == [(0.1, 20.0)]


def test_budget_nobody_can_reach_is_said_so():
    shares, price = marginal_cost_shares(10, [(np.array([100.0, 80.0]), np.array([0.0, 1.0]))])
    assert (shares.tolist(), price) == ([10], float("inf"))


def test_budget_above_emissions_needs_no_cut():
    shares, price = marginal_cost_shares(
        300, [(np.array([100.0]), np.array([0.0])), (np.array([50.0]), np.array([0.0]))]
    )
    assert shares.tolist() == [200, 100]
    assert np.isnan(price)


@pytest.mark.parametrize(
    ("budget", "weights"), [(-1, [1.0]), (10, [-1.0, 2.0]), (10, [0.0, 0.0]), (10, [np.inf, 1.0]), (10, [np.nan])]
)
def test_what_cannot_be_shared_out_is_refused(budget, weights):
    with pytest.raises(ValueError, match=r"budget|weights"):
        whole_shares(budget, np.array(weights))
