"""Scores of forecasts against answers worked out in another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate, stats

from pathway_models.kernels.scores import (
    brier,
    coverage,
    crps_ensemble,
    crps_student_t,
    pit_student_t,
    reliability,
    student_t_loss,
)


@pytest.mark.parametrize(("outcome", "tail"), [(-1.0, 3.0), (0.2, 3.0), (2.5, 12.0)])
def test_closed_form_is_the_integral_it_stands_for(outcome, tail):
    centre, scale = 0.3, 0.7

    def below(x):
        return stats.t.cdf((x - centre) / scale, tail) ** 2

    def above(x):
        return stats.t.sf((x - centre) / scale, tail) ** 2

    integral = integrate.quad(below, -np.inf, outcome)[0] + integrate.quad(above, outcome, np.inf)[0]
    assert float(crps_student_t(outcome, centre, scale, tail)) == pytest.approx(integral, rel=1e-6)


@given(st.floats(-5, 5), hnp.arrays(float, st.integers(1, 12), elements=st.floats(-5, 5)))
def test_ensemble_score_is_the_mean_over_all_pairs(outcome, members):
    pairs = np.abs(members[:, None] - members[None, :]).mean()
    expected = np.abs(members - outcome).mean() - 0.5 * pairs
    assert float(crps_ensemble(outcome, members)) == pytest.approx(expected, abs=1e-12)


def test_a_large_ensemble_scores_like_the_law_it_was_drawn_from():
    members = 0.1 + 0.4 * stats.t.ppf((np.arange(4000) + 0.5) / 4000, 4.0)
    outcomes = np.array([-1.0, 0.1, 0.8])
    np.testing.assert_allclose(crps_ensemble(outcomes, members), crps_student_t(outcomes, 0.1, 0.4, 4.0), rtol=2e-3)


def test_a_single_member_scores_its_absolute_error():
    assert float(crps_ensemble(3.0, [1.0])) == 2.0


def test_an_unknown_outcome_has_no_score_and_does_not_count():
    assert np.isnan(crps_student_t(np.nan, 0.0, 1.0, 5.0))
    assert float(coverage([0.5, np.nan, 0.99], 0.9)) == 0.5
    assert np.isnan(coverage([np.nan], 0.9))


def test_bands_of_the_true_law_cover_what_they_say():
    outcomes = stats.t.ppf((np.arange(1000) + 0.5) / 1000, 5.0)
    pit = pit_student_t(outcomes, 0.0, 1.0, 5.0)
    assert [float(coverage(pit, level)) for level in (0.5, 0.8, 0.9)] == [0.5, 0.8, 0.9]


def test_loss_is_the_mean_negative_log_density_weighted_by_horizon():
    outcome = np.array([[0.1, np.nan], [-0.4, 0.2]])
    centre, scale = np.array([[0.0, 0.1]] * 2), np.array([[0.5, 0.6]] * 2)
    first = -stats.t.logpdf(outcome[:, 0] / 0.5, 4.0).mean() + np.log(0.5)
    second = -stats.t.logpdf(0.1 / 0.6, 4.0) + np.log(0.6)
    assert student_t_loss(outcome, centre, scale, 4.0, [0.25, 0.75]) == pytest.approx(0.25 * first + 0.75 * second)


def test_brier_score_of_a_coin():
    assert brier([0.5, 0.5], [1, 0]) == 0.25
    assert brier([1.0, 0.0], [True, False]) == 0.0


def test_every_forecast_stands_in_one_bin():
    table = reliability([0.0, 0.2, 0.19, 0.95, 1.0], [0, 1, 0, 1, 1], [0.0, 0.2, 0.5, 1.0])
    assert table.count.tolist() == [2, 1, 2]
    np.testing.assert_allclose(table.forecast, [0.095, 0.2, 0.975])
    np.testing.assert_allclose(table.frequency, [0.0, 1.0, 1.0])


def test_an_empty_bin_has_no_frequency():
    table = reliability([0.9], [1], [0.0, 0.5, 1.0])
    assert np.isnan(table.frequency[0])
