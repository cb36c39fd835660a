"""Present values, rates of return and payback against numpy-financial and by hand."""

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.kernels.costs import annuity, internal_rates, net_present_value, payback, purchases

RNG = np.random.default_rng(18)
#: Twenty investments of different size, life and shape, all with one rate of return.
FLOWS = [np.r_[-RNG.uniform(50, 500), RNG.uniform(5, 90, RNG.integers(2, 25))] for _ in range(20)]


@pytest.mark.parametrize("flows", FLOWS)
def test_values_are_those_of_numpy_financial(flows):
    assert net_present_value(flows, 0.06) == pytest.approx(npf.npv(0.06, flows), rel=1e-12)
    (rate,) = internal_rates(flows)
    assert rate == pytest.approx(npf.irr(flows), abs=1e-9)


@pytest.mark.parametrize(
    ("flows", "years"),
    [
        ([-100, 40, 40, 40], 2.5),
        ([-100, 100], 1.0),
        ([-100, 0, 50, 100], 2.5),
        ([-100, 10, 10], np.inf),
        ([0, 5, 5], 0.0),
        ([-100, 150, -80, 60], 2.5),  # in the black after a year, in the red again, and out for good
    ],
)
def test_payback_by_hand(flows, years):
    assert payback(flows) == pytest.approx(years)


def test_discounted_payback_by_hand():
    """60/1.1 = 54.545, 60/1.21 = 49.587: 45.455 are left after the first year."""
    assert payback([-100, 60, 60], 0.1) == pytest.approx(1 + 45.4545454 / 49.5867769)


def test_several_rates_are_all_named_and_none_is_none():
    assert internal_rates([-100, 230, -132]) == pytest.approx([0.1, 0.2])
    assert internal_rates([100, 20]).size == 0
    assert internal_rates([-100, 0, 0]).size == 0
    assert internal_rates([-1, 3, -2.5]).size == 0  # two changes of sign, no real root


@given(st.floats(1, 1e6), st.lists(st.floats(0.01, 1e5), min_size=1, max_size=30), st.floats(0.1, 10))
def test_rate_does_not_depend_on_the_unit_of_money(first, later, unit):
    flows = np.r_[-first, later]
    (rate,), (same,) = internal_rates(flows), internal_rates(flows * unit)
    assert same == pytest.approx(rate, rel=1e-6, abs=1e-9)
    scale = np.abs(flows).sum()
    if rate > -0.9:
        assert abs(net_present_value(flows, float(rate))) <= 1e-5 * scale


@given(
    steps=st.lists(st.floats(0, 10), min_size=2, max_size=40),
    life=st.integers(1, 30),
    rate=st.sampled_from([0.0, 0.02, 0.06, 0.2]),
)
def test_purchases_are_worth_the_annuities_of_a_quantity_that_never_falls(steps, life, rate):
    quantity = np.cumsum(steps)[None]
    bought, left = purchases(quantity, np.full(quantity.shape, 7.0), [life], rate)
    discount = (1.0 + rate) ** -np.arange(quantity.size + 1.0)
    paid = float(bought[0] @ discount - left[0] * discount[-1])
    assert paid == pytest.approx(float(7.0 * annuity(rate, life) * quantity[0] @ discount[1:]), rel=1e-9, abs=1e-9)


def test_equipment_that_is_no_longer_needed_is_not_replaced():
    bought, left = purchases([[2.0, 2.0, 1.0, 1.0]], np.full((1, 4), 3.0), [2.0], 0.0)
    assert bought.tolist() == [[6.0, 0.0, 3.0, 0.0, 0.0]]
    assert left.tolist() == [0.0]
