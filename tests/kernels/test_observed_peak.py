"""The observed-peak test: its error rates and its statuses."""

import importlib.util
import re

import numpy as np
import pytest
from data_reading import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from peak_rule_tables import rate, table_after

from pathway_models.kernels import broken_stick
from pathway_models.kernels import observed_peak as module
from pathway_models.kernels.broken_stick import (
    BLOCK,
    SHORTEST_SIDE,
    BrokenSticks,
    ar1_paths,
    fit_broken_sticks,
    fit_long_noise,
)
from pathway_models.kernels.observed_peak import (
    DECLINES,
    LEVEL,
    MEMORIES,
    MISS_PATHS,
    OBSERVED_STATUS,
    SHORTEST_RECORD,
    Record,
    adjusted,
    critical_value,
    null_distribution,
    observed_peak,
    observed_peaks,
    p_values,
    unbiased_memory,
)

FALSE_ALARMS = table_after(["years", "AR(1)", "test: 2 % noise"])
MISSES = table_after(["years", "AR(1)", "2 % noise: 1 % a year"])


@pytest.fixture(scope="module")
def rates():
    """Return the benchmark that made the tables of the page."""
    spec = importlib.util.spec_from_file_location("rates", ROOT / "benchmarks" / "observed_peak_rates.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def three_errors(share, count):
    return 3 * np.sqrt(max(share * (1 - share), 0.002) / count)


@pytest.mark.slow
@pytest.mark.parametrize("row", FALSE_ALARMS, ids=lambda row: f"{row[0]} years, AR {row[1]}")
def test_level_series_are_called_peaked_in_at_most_five_percent_and_as_often_as_the_page_says(row, rates):
    length, autocorrelation, count = int(row[0]), float(row[1]), 3000
    for noise, cell in zip(rates.NOISES, row[2:5], strict=True):
        share = rates.share_peaked(rates.level_series(length, autocorrelation, noise, count))
        assert rate(cell) <= LEVEL
        assert share == pytest.approx(rate(cell), abs=three_errors(rate(cell), count))


@pytest.mark.slow
@pytest.mark.parametrize("row", MISSES, ids=lambda row: f"{row[0]} years, AR {row[1]}")
def test_declines_are_missed_as_often_as_the_page_says(row, rates):
    length, autocorrelation, count = int(row[0]), float(row[1]), 1000
    cells = iter(row[2:])
    for noise in rates.NOISES:
        for decline in rates.DECLINES:
            series = rates.declining_series(length, autocorrelation, noise, decline, count)
            expected = rate(next(cells))
            missed = 1 - rates.share_peaked(series)
            # The page rounds to whole percents.
            assert missed == pytest.approx(expected, abs=three_errors(expected, count) + 0.005)


@pytest.mark.slow
def test_a_rise_that_stalled_is_called_peaked_less_often_than_a_level(rates):
    for length in rates.LENGTHS:
        for autocorrelation in rates.AUTOCORRELATIONS:
            assert rates.share_peaked(rates.stalled_series(length, autocorrelation, 0.05, 2000)) <= LEVEL


def series(up, down, growth, decline, noise=0.01, seed=1):
    signal = np.r_[(1 + growth) ** np.arange(-up, 0.0), (1 - decline) ** np.arange(0.0, down + 1)]
    rng = np.random.default_rng(seed)
    return np.arange(2000, 2001 + up + down), 100 * signal * np.exp(noise * rng.standard_normal(up + down + 1))


def test_a_clear_peak_is_found_with_its_year_and_error_rates():
    years, values = series(10, 10, 0.04, 0.03)
    result = observed_peak(years, values)
    assert result.status == "peaked"
    assert result.peak_year == years[values.argmax()]
    assert result.p_peaked < 0.001
    assert result.p_rising == 1.0
    assert result.noise == pytest.approx(0.01, rel=0.5)
    assert 0 <= result.memory <= MEMORIES[-1]
    assert result.false_alarm <= LEVEL
    assert len(result.miss) == len(DECLINES)
    assert f"maximum of {result.peak_year}" in result.detail


def test_a_rising_a_level_and_a_noisy_park_are_told_apart():
    assert observed_peak(*series(19, 0, 0.04, 0)).status == "rising"
    assert observed_peak(*series(0, 19, 0, 0)).status == "plateau"
    assert observed_peak(*series(0, 9, 0, 0, noise=0.10)).status == "unknown"
    assert observed_peak(*series(10, 9, 0.05, 0)).status == "plateau"


def test_a_park_that_falls_from_its_first_year_peaked_in_no_year_of_the_record():
    result = observed_peak(*series(0, 14, 0, 0.04, noise=0.002))
    assert (result.status, result.peak_year) == ("peaked", None)
    assert "2000 or earlier" in result.detail


def test_a_valley_is_no_peak():
    years = np.arange(2000, 2020)
    valley = 100 * np.exp(0.03 * np.abs(years - 2010.0))
    assert observed_peak(years, valley).status == "rising"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        (np.full(12, 100.0), "plateau"),
        (100 * 1.05 ** np.arange(12), "rising"),
        (100 * 0.95 ** np.arange(12), "peaked"),
        (100 * 0.95 ** np.abs(np.arange(12) - 6), "peaked"),
    ],
    ids=["flat", "rising", "falling", "peak"],
)
def test_series_without_any_noise_are_judged_too(values, status):
    assert observed_peak(np.arange(2008, 2020), values).status == status


def test_an_inventory_of_five_years_cannot_tell():
    result = observed_peak(range(2016, 2021), [100, 105, 103, 90, 80])
    assert result.status == "unknown"
    assert np.isnan(result.p_peaked)
    assert f"at least {SHORTEST_RECORD}" in result.detail


@pytest.mark.slow
def test_only_the_last_years_are_tested_and_the_maximum_is_sought_in_all():
    years, values = series(10, 40, 0.05, 0.02)
    result = observed_peak(years, values)
    assert result.status == "peaked"
    assert result.peak_year == years[values.argmax()] < years[-30]


def test_knowing_the_autocorrelation_gives_power_back():
    _, values = series(5, 4, 0.03, 0.03, noise=0.02)
    p_known, p_guarded = p_values(values[None, :], autocorrelation=0.0)[0], p_values(values[None, :])[0]
    assert p_known < p_guarded
    level = 100 * np.exp(0.05 * ar1_paths(10, 0.0, 4000, np.random.default_rng(3)))
    assert (p_values(level, autocorrelation=0.0)[0] <= LEVEL).mean() <= LEVEL + three_errors(LEVEL, 4000)


def test_later_misses_are_rarer_the_faster_the_decline():
    miss = observed_peak(*series(10, 10, 0.03, 0.0, noise=0.05)).miss
    assert miss[0] > miss[1] > miss[2]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(50, 150), min_size=8, max_size=12), st.sampled_from([1e-3, 7.0, 1e6]))
@example([50.0, 50.00000000000001, *[50.0] * 6], 1e-3)  # level but for the rounding of a float
@example([*[50.0] * 5, 50.00000000000001, 50.0, 50.0], 1e-3)
@example([50.0, 50.00000000001, *[50.0] * 6], 1e6)
def test_the_unit_of_emissions_changes_no_test(values, factor):
    years = np.arange(2000, 2000 + len(values))
    before, after = observed_peak(years, values), observed_peak(years, np.array(values) * factor)
    assert before.status == after.status
    assert before.status in OBSERVED_STATUS
    assert before.p_peaked == pytest.approx(after.p_peaked, abs=2e-3)


@pytest.mark.parametrize(
    ("years", "values", "options", "message"),
    [
        ([2000, 2002], [1, 2], {}, "years are not consecutive"),
        ([2000, 2001], [1, 0], {}, "a value is not positive"),
        ([2000, 2001], [1], {}, "expected one value a year"),
        ([2000, 2001], [1, 2], {"autocorrelation": 0.9}, "autocorrelation = 0.9: expected 0 to 0.65"),
    ],
)
def test_impossible_records_are_refused(years, values, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        observed_peak(years, values, **options)


def test_a_tent_without_noise_is_fitted_exactly():
    tent = np.minimum(np.arange(12) * 0.05, 0.05 * 6 - 0.02 * (np.arange(12) - 6))[None, :]
    fit = fit_broken_sticks(tent)
    assert fit.fitted == pytest.approx(tent, abs=1e-12)
    assert fit.before[0] == pytest.approx(0.05)
    assert fit.fall[0] > 1e6
    assert fit.rise[0] == 0


def test_ar1_paths_have_unit_variance_and_the_autocorrelation_asked_for():
    paths = ar1_paths(8, 0.6, 40_000, np.random.default_rng(0))
    assert paths.std(axis=0) == pytest.approx(np.ones(8), abs=0.02)
    assert np.mean(paths[:, 1:] * paths[:, :-1]) == pytest.approx(0.6, abs=0.02)


def test_short_records_bias_the_raw_autocorrelation_and_the_null_undoes_it():
    null = null_distribution(15)
    assert null.raw_memory[MEMORIES.index(0.6)] < 0.3
    again = fit_broken_sticks(ar1_paths(15, 0.5, 6000, np.random.default_rng(9)))
    assert np.median(unbiased_memory(again.memory, null.raw_memory)) == pytest.approx(0.5, abs=0.05)


def test_the_critical_value_is_the_edge_of_five_percent():
    null = null_distribution(12)
    edge = critical_value(null.fall)
    above = (null.fall > edge).sum(axis=1).max()
    assert (above + 1) / (null.fall.shape[1] + 1) <= LEVEL < (above + 3) / (null.fall.shape[1] + 1)


def simulated_miss_rate(length, nearest, noise, growth, decline, declining, critical):
    """The share by definition: paths are made one by one and fitted."""
    rng = np.random.default_rng([20_240_402, length, nearest])
    time = np.arange(length) - (length - 1 - declining)
    signal = np.where(time < 0, growth * time, np.log1p(-decline) * time)
    paths = signal + max(noise, 1e-9) * ar1_paths(length, MEMORIES[nearest], MISS_PATHS, rng)
    fall, _ = adjusted(fit_broken_sticks(paths), null_distribution(length).raw_memory)
    return (fall <= critical).mean()


@pytest.mark.slow
@settings(deadline=None)
@given(st.data())
def test_miss_rates_are_those_of_simulated_paths(data):
    length = data.draw(st.sampled_from([8, 9, 14, 30, 41]))
    nearest = data.draw(st.integers(0, len(MEMORIES) - 1))
    declining = data.draw(st.integers(5, length - SHORTEST_SIDE))
    noise = 10 ** data.draw(st.floats(-11, 0.5))
    growth = data.draw(st.just(0.0) | st.floats(-6, 0).map(lambda power: 10**power))
    decline, null = data.draw(st.sampled_from(DECLINES)), null_distribution(length)
    critical = critical_value(null.fall)
    found = module._declining_paths(length, nearest, declining).miss_rate(
        noise, growth, decline, critical, null.raw_memory
    )
    # One path of a thousand may stand on the bound to the last digit.
    wanted = simulated_miss_rate(length, nearest, noise, growth, decline, declining, critical)
    assert found == pytest.approx(wanted, abs=1.5 / MISS_PATHS)


@pytest.mark.parametrize("length", [8, 31, 64])
def test_running_sums_fit_noise_as_the_bases_of_all_knots_do(length):
    noise = ar1_paths(length, 0.5, BLOCK + 50, np.random.default_rng(length))
    slow, fast = fit_broken_sticks(noise), fit_long_noise(noise)
    for name in BrokenSticks._fields[:-1]:
        np.testing.assert_allclose(getattr(fast, name), getattr(slow, name), rtol=1e-9, atol=1e-10, err_msg=name)


@pytest.mark.slow
def test_many_series_are_tested_as_each_alone_and_fitted_once_a_length(monkeypatch):
    rng = np.random.default_rng(11)
    lengths = [7, 8, 12, 12, 30, 34, 45, 45, 12]
    records = [
        Record(
            np.arange(2000, 2000 + n), np.exp(np.cumsum(rng.normal(0.0, 0.05, n)) - 0.02 * np.arange(n)), 2000 + n - 1
        )
        for n in lengths
    ]
    records.append(Record(np.arange(2000, 2040), np.full(40, 5.0), 2039))
    alone = [observed_peak(record.years, record.values) for record in records]
    fits = []
    fit = broken_stick.fit_broken_sticks
    monkeypatch.setattr(broken_stick, "fit_broken_sticks", lambda series: fits.append(series.shape) or fit(series))
    together = observed_peaks(records)
    for one, other in zip(together, alone, strict=True):
        assert (one.status, one.peak_year, one.detail) == (other.status, other.peak_year, other.detail)
        np.testing.assert_array_equal(one.miss, other.miss)
        np.testing.assert_allclose(
            [one.p_peaked, one.p_rising, one.noise], [other.p_peaked, other.p_rising, other.noise], rtol=1e-9
        )
    assert sum(count for count, _ in fits) == len(records) - 1  # seven years are too few
    assert len(fits) == len({length for _, length in fits}) < len(records) - 1
    assert all(np.isnan(one.miss[0]) for one in observed_peaks(records[1:], declines=DECLINES[1:2]))
