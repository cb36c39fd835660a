"""Weights of members: by hand, and what must hold for any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pathway_models.kernels.quantiles import (
    effective_size,
    latest_on_course,
    log_mean,
    log_weights,
    normalised,
    weighted_quantiles,
)

MEMBERS = arrays(float, st.integers(1, 30), elements=st.floats(-5, 5))


def test_weights_by_hand():
    """Errors of 0, 1 and 2 standard deviations: exp(0), exp(-1/2), exp(-2)."""
    logs = log_weights(np.array([[0.00], [0.02], [0.04]]), np.array([0.0]), 0.02)
    assert logs == pytest.approx([0.0, -0.5, -2.0])
    weights = np.exp([0.0, -0.5, -2.0])
    assert normalised(logs) == pytest.approx(weights / weights.sum())
    assert log_mean(logs) == pytest.approx(np.log(weights.mean()))


def test_two_years_multiply():
    both = log_weights(np.array([[0.01, -0.03]]), np.zeros(2), 0.02)
    assert both[0] == pytest.approx(-0.5 * (0.25 + 2.25))


def test_effective_size_by_hand():
    assert effective_size(np.full(50, 0.02)) == pytest.approx(50)
    assert effective_size(np.array([1.0, 0.0, 0.0])) == 1
    assert effective_size(np.array([0.5, 0.5, 0.0])) == 2


@given(MEMBERS)
def test_weights_sum_to_one_and_effective_size_lies_between_one_and_all(logs):
    weights = normalised(1000 * logs)
    assert weights.sum() == pytest.approx(1.0)
    assert 1 - 1e-9 <= effective_size(weights) <= logs.size + 1e-9


@given(MEMBERS, st.floats(0.01, 0.99))
def test_equal_weights_give_the_ordinary_quantile(values, probability):
    equal = np.full(values.size, 1 / values.size)
    (found,) = weighted_quantiles(values, equal, (probability,))
    assert (values <= found).mean() >= probability - 1e-9
    assert (values < found).mean() < probability + 1e-9


def test_what_lies_beyond_the_horizon_keeps_its_weight():
    values, weights = np.array([2028.0, 2035.0, np.inf]), np.array([0.2, 0.2, 0.6])
    assert weighted_quantiles(values, weights, (0.1, 0.4, 0.5)).tolist() == [2028, 2035, np.inf]


def test_latest_value_on_course_by_hand():
    """Of the members at or below 3 two in three succeed, at or below 4 two in four."""
    values, succeeds = np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, False])
    equal = np.full(4, 0.25)
    assert latest_on_course(values, succeeds, equal, 0.6) == 3
    assert latest_on_course(values, succeeds, equal, 0.5) == 4
    assert np.isnan(latest_on_course(values, ~succeeds, equal, 0.9))


def test_error_of_nothing_is_refused():
    with pytest.raises(ValueError, match="error = 0"):
        log_weights(np.zeros((1, 1)), np.zeros(1), 0.0)
