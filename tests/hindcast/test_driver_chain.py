"""Activity times intensity: the two laws together have the width and the coverage of the total."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pathway_models.baseline.laws.damped_trend import predictive
from pathway_models.hindcast.driver_chain import (
    DriverLaw,
    DriverWindows,
    SyntheticDesign,
    driver_windows,
    make_synthetic_parks,
    total_forecast,
    total_pit,
)
from pathway_models.hindcast.park_laws import ACTIVITY, activity_panel, fit_mix, widened
from pathway_models.intake.assumptions import read_baselines
from pathway_models.kernels.growth import damped_log_trend, error_scale, expected_change, record_growth
from pathway_models.kernels.scores import coverage, pit_student_t
from pathway_models.records.growth_laws import Windows


@pytest.fixture(scope="module")
def baselines():
    return read_baselines()


@pytest.fixture(scope="module")
def law(baselines):
    trends, correlation = baselines.trends, baselines.correlation
    return DriverLaw(trends["activity"], trends["intensity"], correlation["innovation"], correlation["slope"])


@pytest.fixture(scope="module")
def parks():
    return make_synthetic_parks(1500, seed=11)


def test_activity_times_intensity_is_the_total():
    windows = driver_windows(*activity_panel("provinces"), 5, 10)
    together = windows.activity.change + windows.intensity.change
    np.testing.assert_allclose(together, windows.total.change, atol=1e-12)


def test_scale_of_the_total_is_that_of_simulated_members(law):
    history = np.log([[100, 108, 113, 124, 131.0]]), np.log([[5.0, 4.8, 4.9, 4.6, 4.5]])
    normal = replace(law, activity=replace(law.activity, tail=np.inf), intensity=replace(law.intensity, tail=np.inf))
    empty = np.full((1, 12), np.nan)
    one = np.array([0])
    windows = DriverWindows(*(Windows(one, one, logs, empty) for logs in (*history, sum(history))))
    rng = np.random.default_rng(0)
    slope, slope_own = rng.standard_normal((2, 1, 40_000))
    shock, shock_own = rng.standard_normal((2, 1, 40_000, 12))
    partner = law.slope * slope + np.sqrt(1 - law.slope**2) * slope_own
    partner_shock = law.innovation * shock + np.sqrt(1 - law.innovation**2) * shock_own
    calm = np.zeros((1, 40_000))
    paths = damped_log_trend(history[0], 12, normal.activity, slope, shock, calm)
    paths = paths + damped_log_trend(history[1], 12, normal.intensity, partner, partner_shock, calm)
    centre, scale = total_forecast(windows, normal)
    np.testing.assert_allclose(paths[0].mean(axis=0), centre[0], atol=0.01)
    np.testing.assert_allclose(paths[0].std(axis=0), scale[0], rtol=0.02)


def test_widening_multiplies_the_errors_of_a_five_year_record_and_leaves_its_centre(law):
    record = np.log([100, 115, 108, 125, 118.0])
    before, after = law.intensity, widened(law.intensity, 1.3)
    noise = [record_growth(record, parameters)[1] for parameters in (before, after)]
    assert noise[1] / noise[0] == pytest.approx(1.3, rel=0.01)
    near = [error_scale(value, 1, p)[0] for value, p in zip(noise, (before, after), strict=True)]
    assert near[1] / near[0] == pytest.approx(1.3, rel=0.02)
    np.testing.assert_allclose(expected_change(record, 9, after), expected_change(record, 9, before), atol=0.01)


@pytest.mark.parametrize("panel", list(ACTIVITY))
def test_shipped_drivers_give_bands_of_the_total_that_are_not_too_narrow(panel, law):
    windows = driver_windows(*activity_panel(panel), 5, 10)
    assert (coverage(total_pit(windows, law), 0.9)[[0, 4, 9]] > 0.86).all()


def test_shipped_drivers_are_as_wide_as_the_shipped_law_of_emissions(law, baselines):
    emissions = baselines.trends["emissions"]
    ratios = []
    for panel in ACTIVITY:
        windows = driver_windows(*activity_panel(panel), 5, 15)
        direct = predictive(windows.total, emissions)[1] * stats.t.ppf(0.95, emissions.tail)
        chained = total_forecast(windows, law)[1] * stats.t.ppf(0.95, law.tail)
        ratios.append(np.median(chained / direct, axis=0).mean())
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.05)


def test_bands_from_five_years_cover_86_to_94_percent_on_synthetic_parks(law, baselines, parks):
    windows, emissions = parks.windows(), baselines.trends["emissions"]
    direct = pit_student_t(windows.total.change, *predictive(windows.total, emissions), emissions.tail)
    for pit in (direct, total_pit(windows, law)):
        covered = coverage(pit, 0.9)[[0, 4, 9]]
        assert (covered > 0.86).all()
        assert (covered < 0.94).all()


def test_synthetic_parks_are_the_same_for_the_same_seed(parks):
    again = make_synthetic_parks(1500, seed=11)
    np.testing.assert_array_equal(parks.emissions, again.emissions)
    assert (make_synthetic_parks(10, seed=12).emissions != parks.emissions[:10]).any()


def test_synthetic_parks_have_one_to_four_sectors(parks):
    sectors = (parks.value_added[..., 0] > 0).sum(axis=1)
    assert set(sectors) == {1, 2, 3, 4}


def test_a_synthetic_park_without_noise_grows_ever_more_slowly():
    still = SyntheticDesign(
        sectors=1, growth_sd=0.0, mature_sd=0.0, decline_sd=0.0, noise=0.0, breaks=0.0, accounting=0.0
    )
    parks = make_synthetic_parks(5, seed=1, design=still)
    growth = np.diff(np.log(parks.value_added[:, 0]), axis=1)
    assert (np.diff(growth, axis=1) < 0).all()
    assert ((growth > still.mature) & (growth < still.growth)).all()
    intensity = np.diff(np.log(parks.emissions[:, 0] / parks.value_added[:, 0]), axis=1)
    np.testing.assert_allclose(intensity, still.decline)


@pytest.mark.slow
def test_the_law_of_the_mix_is_the_one_that_is_shipped(baselines):
    fitted, shipped = fit_mix(), baselines.trends["mix"]
    for name in ("noise", "slope_error_sd", "damping", "tail"):
        assert getattr(fitted, name) == pytest.approx(getattr(shipped, name), rel=0.03), name
    assert fitted.prior_growth == 0.0
