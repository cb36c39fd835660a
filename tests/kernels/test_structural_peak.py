"""The structural-peak bootstrap of Grant and Fyson, reproduced."""

import re

import numpy as np
import pytest
from data_reading import DATA, rows_of

from pathway_models.kernels.published_rules import (
    TREND_METHODS,
    HistoricalNoise,
    historical_noise,
    noise_paths,
    slope_p,
    trend_residuals,
)

PUBLISHED_METHODS = dict(zip(("linear_w_autocorrelation", "hamilton", "broken_trend"), TREND_METHODS, strict=True))


def world_emissions():
    rows = rows_of(DATA / "raw" / "published" / "structural_peak_inputs.csv")
    return [int(row["year"]) for row in rows], [float(row["world_fossil_co2_mt"]) for row in rows]


@pytest.mark.slow
@pytest.mark.reproduction
@pytest.mark.parametrize("published_name", PUBLISHED_METHODS)
def test_structural_peak_p_values_are_reproduced_within_monte_carlo_error(published_name):
    rows = rows_of(DATA / "raw" / "published" / "structural_peak_published.csv")
    years, history = world_emissions()
    noise = historical_noise(trend_residuals(years, history, PUBLISHED_METHODS[published_name]))
    draws, theirs = 20_000, 10_000
    scores = []
    for row in rows:
        if row["method"] != published_name:
            continue
        declines = [float(row[f"decline_y{k}_pct"]) / 100 for k in (1, 2, 3)]
        tested = history[-1] * np.cumprod(1 - np.array(declines))
        ours = slope_p(noise_paths(noise, len(tested), draws, np.random.default_rng(len(scores))), tested)
        published = float(row["slope_p_value"])
        scores.append((ours - published) / np.sqrt(ours * (1 - ours) * (1 / draws + 1 / theirs)))
    assert len(scores) == 27
    # Of 81 standard normal scores the largest stays below 3.6 in 97 % of cases; a wrong scale moves the mean.
    assert np.abs(scores).max() < 3.6
    assert abs(np.mean(scores)) < 1.0


def test_a_faster_decline_is_less_likely_under_a_level_trend():
    years, history = world_emissions()
    slow, fast = ([history[-1] * (1 - d) ** k for k in (1, 2, 3)] for d in (0.005, 0.02))
    noise = historical_noise(trend_residuals(years, history, "regression"))
    paths = noise_paths(noise, 3, 10_000, np.random.default_rng(0))
    assert slope_p(paths, fast) < slope_p(paths, slow) < 0.5


def test_world_history_needs_autocorrelated_noise_only_around_straight_pieces():
    years, history = world_emissions()
    noises = {name: historical_noise(trend_residuals(years, history, name)) for name in TREND_METHODS}
    assert noises["regression"].memory == noises["hamilton"].memory == 0.0
    assert noises["piecewise"].memory == pytest.approx(0.42, abs=0.01)
    assert all(noise.degrees < 6 for noise in noises.values())


def test_straight_pieces_find_a_known_break():
    years = np.arange(1990, 2020)
    wiggle = 0.1 * np.sin(7.0 * years)
    broken = np.where(years < 2005, 2.0 * (years - 1990), 30.0 - (years - 2005)) + wiggle
    assert np.abs(trend_residuals(years, broken, "piecewise")).max() < 0.3


def test_noise_of_a_level_has_the_scale_asked_for():
    white = noise_paths(HistoricalNoise(0.0, 1e6, 2.0, 2.0), 3, 40_000, np.random.default_rng(4))
    assert white.std(axis=0) == pytest.approx([2.0, 2.0, 2.0], rel=0.02)


@pytest.mark.parametrize(
    ("years", "method", "message"), [(30, "lowess", "method = 'lowess'"), (14, "regression", "history of 14 years")]
)
def test_structural_test_refuses_what_it_cannot_do(years, method, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        trend_residuals(range(2000, 2000 + years), np.arange(years) + 1.0, method)
