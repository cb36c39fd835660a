"""LMDI adds up exactly, whatever the signs and zeros, and gives the published worked example."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pathway_models.kernels.decomposition import lmdi, logarithmic_mean

EXAMPLE = Path(__file__).parents[1] / "data" / "lmdir"
sizes = st.one_of(st.just(0.0), st.floats(1e-6, 1e6), st.floats(-1e6, -1e-6))


def residual(before, after):
    """Part of the change the effects miss, relative to the largest term of the sum."""
    change = after.prod(axis=0).sum(axis=0) - before.prod(axis=0).sum(axis=0)
    scale = max(np.abs(before.prod(axis=0)).max(), np.abs(after.prod(axis=0)).max(), 1e-300)
    return np.abs(lmdi(before, after).sum(axis=0) - change).max() / scale


def rows(name):
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_worked_example_of_two_sub_sectors_and_three_factors():
    periods = [
        np.array([[float(row[x]) for row in rows("inputs.csv") if row["period"] == period] for x in ("x1", "x2", "x3")])
        for period in "0123"
    ]
    published = {(row["period"], row["quantity"]): float(row["value"]) for row in rows("published.csv")}
    for period, factors in enumerate(periods):
        assert factors.prod(axis=0).sum() == published[str(period), "V"]
    for period in (1, 2, 3):
        effects = lmdi(periods[period - 1], periods[period])
        expected = [published[str(period), f"dx{k}"] for k in (1, 2, 3)]
        # The source prints five decimals.
        np.testing.assert_allclose(effects, expected, rtol=0, atol=0.5e-5)


@pytest.mark.slow
@given(before=arrays(float, (3, 4), elements=sizes), after=arrays(float, (3, 4), elements=sizes))
def test_effects_add_up_with_mixed_signs_and_zeros(before, after):
    assert residual(before, after) < 1e-9


@given(before=arrays(float, (4, 5, 3), elements=st.floats(0.1, 1e4)), k=st.floats(1e-12, 1e-3))
def test_effects_add_up_where_hardly_anything_changes(before, k):
    assert residual(before, before * (1 + k)) < 1e-9


def test_a_credit_such_as_capture_decomposes_with_its_sign():
    # 100 activity x 2 tCO2 emitted, and -0.5 tCO2 captured an activity; activity doubles, capture too.
    before = np.array([[100.0, 100.0], [2.0, -0.5]])
    after = np.array([[200.0, 200.0], [2.0, -1.0]])
    activity, factor = lmdi(before, after)
    assert activity + factor == pytest.approx(200 * 2 - 200 * 1.0 - (100 * 2 - 100 * 0.5))
    assert activity == pytest.approx(200.0 - 150 * np.log(2) / np.log(4))
    assert factor == pytest.approx(-150 * np.log(2) / np.log(4))


def test_a_source_that_appears_belongs_to_the_factor_that_appeared():
    before, after = np.array([[10.0], [0.0]]), np.array([[20.0], [3.0]])
    np.testing.assert_allclose(lmdi(before, after), [0.0, 60.0])


def test_what_stays_zero_has_no_effect():
    np.testing.assert_array_equal(lmdi(np.array([[10.0], [0.0]]), np.array([[99.0], [0.0]])), [0.0, 0.0])


def test_nothing_changed_nothing_explained():
    same = np.array([[3.0, -4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(lmdi(same, same), [0.0, 0.0])


def test_turning_time_round_turns_the_signs():
    before, after = np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([[4.0, 3.0], [2.0, 9.0]])
    np.testing.assert_allclose(lmdi(before, after), -lmdi(after, before), rtol=1e-12)


@pytest.mark.parametrize("trailing", [(), (4,), (2, 4)])
def test_further_axes_are_decomposed_one_by_one(trailing):
    rng = np.random.default_rng(0)
    before, after = rng.uniform(1, 2, (2, 3, *trailing)), rng.uniform(1, 2, (2, 3, *trailing))
    effects = lmdi(before, after)
    assert effects.shape == (2, *trailing)
    if trailing:
        np.testing.assert_allclose(effects[..., 0], lmdi(before[..., 0], after[..., 0]))


@given(a=st.floats(1e-6, 1e6), b=st.floats(1e-6, 1e6))
def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic(a, b):
    mean = float(logarithmic_mean(np.array(a), np.array(b)))
    assert np.sqrt(a * b) * (1 - 1e-12) <= mean <= (a + b) / 2 * (1 + 1e-12)
    assert mean == pytest.approx(float(logarithmic_mean(np.array(b), np.array(a))), rel=1e-9)


@pytest.mark.parametrize(("largest", "precision"), [(9e-6, 1e-14), (1e-2, 1e-10)])
def test_the_logarithmic_mean_is_smooth_where_both_are_nearly_equal(largest, precision):
    a, gap = 7.0, np.geomspace(1e-12, largest, 50)
    # The exact quotient in a form that loses no digits.
    exact = a * gap / np.log1p(gap)
    np.testing.assert_allclose(logarithmic_mean(a * (1 + gap), np.full(50, a)), exact, rtol=precision)
