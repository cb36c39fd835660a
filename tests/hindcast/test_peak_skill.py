"""Probabilities of having peaked: what they are compared with, and the base rates they must beat."""

import numpy as np
import pytest
from yardsticks import prior_sensitivity

from pathway_models.baseline.laws.damped_trend import DampedTrend
from pathway_models.hindcast.evaluation import (
    Hindcast,
    PeakForecasts,
    brier_table,
    forecast_peaks,
    reliability_table,
)
from pathway_models.kernels.growth import TrendParameters
from pathway_models.records.growth_laws import Windows

CALM = TrendParameters(
    damping=0.0,
    prior_growth=-0.03,
    prior_growth_sd=0.0,
    slope_error_sd=0.0,
    recency=1.0,
    slope_noise=1.0,
    noise=1e-6,
    noise_weight=1e9,
    tail=np.inf,
)
YEARS = np.arange(1, 11)


def cast_of(windows, law):
    fit = np.zeros(len(windows), dtype=int)
    trend = DampedTrend(parameters=law)
    forecast = trend.forecast(windows.history, windows.change.shape[1])
    return Hindcast(windows, forecast, {}, (trend,), fit)


def rising_record(*futures, origins=None):
    """Regions with the same record, 5 % a year, and given log changes after it."""
    count = len(futures)
    record = np.broadcast_to(0.05 * np.arange(-4.0, 1.0), (count, 5))
    origins = np.full(count, 2010) if origins is None else np.array(origins)
    return Windows(np.arange(count), origins, record, np.array(futures))


def law(**changes):
    return TrendParameters(**{**CALM.__dict__, **changes})


def test_a_forecaster_who_is_sure_of_the_decline_says_one():
    windows = rising_record(-0.03 * YEARS)
    forecasts = forecast_peaks(cast_of(windows, CALM), windows, seed=0)
    assert forecasts.probability.tolist() == [[1.0, 1.0]]
    assert forecasts.happened.tolist() == [[True, True]]


def test_a_forecaster_who_is_sure_of_the_rise_says_zero_although_the_peak_came():
    windows = rising_record(-0.03 * YEARS)
    forecasts = forecast_peaks(cast_of(windows, law(prior_growth=0.05)), windows, seed=0)
    assert forecasts.probability.tolist() == [[0.0, 0.0]]
    assert forecasts.happened.all()


def test_a_peak_three_years_ahead_counts_for_four_years_and_not_for_two():
    later = np.array([0.05, 0.10, 0.15, 0.10, 0.05, 0.0, -0.05, -0.05, -0.05, -0.05])
    windows = rising_record(later)
    assert forecast_peaks(cast_of(windows, CALM), windows, (2, 4), seed=0).happened.tolist() == [[False, True]]


def test_a_record_whose_outcome_is_not_known_long_enough_is_not_judged():
    short = np.where(YEARS <= 5, -0.03 * YEARS, np.nan)
    windows = rising_record(-0.03 * YEARS, short)
    assert forecast_peaks(cast_of(windows, CALM), windows, judged=6, seed=0).entity.tolist() == [0]


def test_the_known_base_rate_counts_only_what_was_decided_by_the_origin():
    fall, rise = -0.03 * YEARS, 0.03 * YEARS
    windows = rising_record(fall, rise, rise, fall, origins=[2000, 2001, 2006, 2007])
    forecasts = forecast_peaks(cast_of(windows, CALM), windows, (2, 4), judged=6, seed=0)
    np.testing.assert_array_equal(forecasts.known_rate[:, 0], [np.nan, np.nan, 1.0, 0.5])


def test_probabilities_do_not_depend_on_the_size_of_the_region():
    windows = rising_record(0.01 * YEARS, -0.01 * YEARS)
    larger = Windows(windows.entity, windows.origin, windows.log_history + 7.0, windows.change)
    noisy = law(noise=0.05)
    first = forecast_peaks(cast_of(windows, noisy), windows, seed=4).probability
    np.testing.assert_array_equal(first, forecast_peaks(cast_of(larger, noisy), larger, seed=4).probability)


def made(probability, happened, known):
    count = len(happened)
    zeros = np.zeros(count, dtype=int)
    shaped = (np.array(column, dtype=float)[:, None] for column in (probability, known))
    probability, known = shaped
    return PeakForecasts(zeros, zeros, probability, np.array(happened)[:, None], known, (2,))


def test_brier_table_compares_with_both_base_rates():
    row = brier_table(made([0.9, 0.1], [True, False], [np.nan, 0.5])).iloc[0]
    assert row.brier == pytest.approx(0.01)
    assert row.skill == pytest.approx(1 - 0.01 / 0.25)
    assert row.skill_known_rate == pytest.approx(1 - 0.01 / 0.25)
    assert (row.forecasts, row.events) == (2, 1)


def test_reliability_table_counts_every_forecast_once():
    table = reliability_table(made([0.9, 0.1, 0.12, 0.0], [True, False, True, False], [0.5] * 4))
    assert table.forecasts.sum() == 4
    assert table.set_index("from").frequency[0.05] == 0.5


def test_more_growth_in_the_long_run_means_later_peaks():
    noisy = law(noise=0.05, prior_growth_sd=0.01, tail=6.0)
    table = prior_sensitivity(noisy, lambda years: np.full(years.size, 0.0), growths=(0.02,), members=500, seed=1)
    assert table.before_2030.is_monotonic_decreasing
    assert table.p50_year.is_monotonic_increasing
