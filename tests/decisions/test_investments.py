"""Investments valued one by one and together; what is not known stays unknown."""

import numpy as np
import pytest

from pathway_models.decisions.investments import WHOLE, value_investments
from pathway_models.kernels.finance import internal_rates, net_present_value
from pathway_models.records.investments import Investment


def investment(
    name="one", capital=(90.0, 100.0, 120.0), saving=(8.0, 12.0, 15.0), start=2026, years=2, lifetime=20, subsidy=10.0
):
    return Investment(name, "owner", "content", "source", start, years, lifetime, capital, saving, subsidy)


def test_cash_flow_by_hand():
    """Two years of construction with 45 each after the subsidy, then twenty years of 12."""
    assert investment().flows() == pytest.approx([-45, -45, *[12] * 20])
    assert investment().flows("worst") == pytest.approx([-55, -55, *[8] * 20])
    assert investment().flows("best") == pytest.approx([-40, -40, *[15] * 20])


def test_value_rates_and_payback_are_those_of_the_flow():
    (one,) = value_investments([investment()], rate=0.05)
    flow = np.array([-45, -45, *[12] * 20], dtype=float)
    assert one.value["likely"] == pytest.approx(float(net_present_value(flow, 0.05)))
    assert one.rates["likely"] == pytest.approx(tuple(internal_rates(flow)))
    assert one.payback["likely"] == pytest.approx(2 - 1 + 90 / 12)
    assert one.value["worst"] < one.value["likely"] < one.value["best"]


def test_unknown_costs_stay_in_the_list_and_out_of_the_whole():
    known, other, unknown = investment(), investment("two", start=2028), investment("three", saving=None)
    found = value_investments([known, unknown, other])
    assert [one.name for one in found] == ["one", "three", "two", WHOLE]
    assert not found[1].is_priced
    later = net_present_value(other.flows(), 0.06) / 1.06**2
    assert found[-1].value["likely"] == pytest.approx(float(net_present_value(known.flows(), 0.06) + later))
