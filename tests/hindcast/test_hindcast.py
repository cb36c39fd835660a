"""Hindcasts: nothing leaks from the future or the held-out region, and the bands cover what they say."""

from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from yardsticks import size_table

from pathway_models.baseline.laws.damped_trend import estimate, horizon_weights, predictive
from pathway_models.baseline.windows import Subject, rolling_origins
from pathway_models.core.files import data_folder
from pathway_models.hindcast.evaluation import hindcast_windows, summarise
from pathway_models.hindcast.report import FOLDS, Case, hindcast
from pathway_models.intake.assumptions import USES, read_assumptions, read_baselines
from pathway_models.intake.panels import Panel
from pathway_models.kernels.growth import TrendParameters, damped_log_trend

LAW = TrendParameters(
    damping=0.8,
    prior_growth=0.03,
    prior_growth_sd=0.01,
    slope_error_sd=0.03,
    recency=0.8,
    slope_noise=1.0,
    noise=0.06,
    noise_weight=4.0,
    tail=6.0,
)


def panel_of(logs, first=2000, name="made", groups=None):
    entities = tuple(f"e{at:03d}" for at in range(logs.shape[0]))
    years = np.arange(first, first + logs.shape[1])
    values = MappingProxyType({"emissions_tco2": np.exp(logs)})
    return Panel(name, entities, groups or entities, years, values)


@pytest.fixture(scope="module")
def walk():
    """Regions that each go on by the law from a record of their own."""
    rng = np.random.default_rng(5)
    count, steps = 400, 10
    noise = 0.06 * np.exp(0.4 * rng.standard_normal(count))
    record = np.cumsum(rng.normal(0.04, 0.02, (count, 1)) + noise[:, None] * rng.standard_normal((count, 5)), axis=1)
    ahead = damped_log_trend(
        record, steps, LAW, rng.standard_normal((count, 1)), rng.standard_normal((count, 1, steps)),
        rng.standard_normal((count, 1)),
    )[:, 0]  # fmt: skip
    return panel_of(np.concatenate([record, record[:, -1:] + ahead], axis=1))


@pytest.fixture(scope="module")
def small():
    rng = np.random.default_rng(3)
    return np.cumsum(rng.normal(0.03, 0.08, (12, 20)), axis=1)


def test_every_complete_record_with_a_known_outcome_is_a_window():
    logs = np.arange(12.0).reshape(2, 6)
    logs[1, 2] = np.nan
    windows = rolling_origins(logs, np.arange(2000, 2006), record=3, horizon=2)
    assert list(zip(windows.entity, windows.origin, strict=True)) == [(0, 2002), (0, 2003), (0, 2004)]
    np.testing.assert_array_equal(windows.change, [[1, 2], [1, 2], [1, np.nan]])
    np.testing.assert_array_equal(windows.log_history[0], [0, 1, 2])


def test_what_is_known_by_a_year_holds_no_later_outcome():
    windows = rolling_origins(np.arange(10.0)[None], np.arange(2000, 2010), record=3, horizon=5).known_by(2005)
    assert windows.origin.max() == 2004
    assert np.isfinite(windows.change).sum(axis=1).tolist() == [3, 2, 1]


def test_horizons_weigh_by_the_origins_that_know_them():
    windows = rolling_origins(np.zeros((50, 8)), np.arange(8), record=3, horizon=10)
    np.testing.assert_allclose(horizon_weights(windows), np.array([5, 4, 3, 2, 1, 0, 0, 0, 0, 0]) / 15)


@pytest.mark.slow
def test_the_law_a_panel_was_made_with_is_found_again(walk):
    windows = rolling_origins(walk.logs(), walk.years, 5, 10)
    first = windows.take(windows.origin == 2004)
    found = estimate([first])
    for horizon in (0, 4, 9):
        ratio = predictive(first, found)[1][:, horizon] / predictive(first, LAW)[1][:, horizon]
        assert np.median(ratio) == pytest.approx(1.0, abs=0.15)
    assert found.prior_growth == pytest.approx(LAW.prior_growth, abs=0.015)


@pytest.mark.slow
def test_bands_cover_what_they_say_on_regions_made_by_the_law(walk):
    table = summarise(hindcast_windows(Subject(walk.between(2000, 2014)), 5, 10, seed=1, folds=3), (1, 5, 10))
    assert table.coverage_90.between(0.86, 0.94).all()
    assert table.coverage_50.between(0.42, 0.58).all()


@pytest.mark.slow
def test_a_forecast_does_not_know_the_future_of_any_region(small):
    changed = small.copy()
    changed[:, 14:] += np.linspace(1, 3, 6)
    casts = [
        hindcast_windows(Subject(panel_of(logs)), 5, 5, "future", seed=0, teachers=[Subject(panel_of(logs))])
        for logs in (small, changed)
    ]
    before = casts[0].windows.origin <= 2013
    assert before.any()
    np.testing.assert_array_equal(casts[0].forecast.centre[before], casts[1].forecast.centre[before])
    np.testing.assert_array_equal(casts[0].forecast.scale[before], casts[1].forecast.scale[before])
    np.testing.assert_array_equal(casts[0].rivals["persistence"].shape, casts[1].rivals["persistence"].shape)


@pytest.mark.slow
def test_a_forecast_does_not_know_the_outcome_of_its_own_region_or_group(small):
    groups = tuple("abcdef"[at // 2] for at in range(12))
    changed = small.copy()
    changed[:2, 10:] += 2.0
    casts = [
        hindcast_windows(
            Subject(panel_of(logs, groups=groups)), 5, 5, "region", seed=0, folds=2,
            teachers=[Subject(panel_of(logs, groups=groups))],
        )
        for logs in (small, changed)
    ]  # fmt: skip
    windows = casts[0].windows
    own = (windows.entity < 2) & (windows.origin < 2010)
    np.testing.assert_array_equal(casts[0].forecast.centre[own], casts[1].forecast.centre[own])
    assert (casts[0].forecast.centre[windows.entity >= 2] != casts[1].forecast.centre[windows.entity >= 2]).any()


@pytest.mark.slow
def test_the_order_of_the_windows_is_kept(small):
    cast = hindcast_windows(Subject(panel_of(small)), 5, 3, seed=0, folds=4)
    straight = Subject(panel_of(small)).windows(5, 3)
    np.testing.assert_array_equal(cast.windows.change, straight.change)
    np.testing.assert_array_equal(cast.windows.entity, straight.entity)


def test_a_holdout_of_another_name_is_refused(small):
    with pytest.raises(ValueError, match="expected one of region, future"):
        hindcast_windows(Subject(panel_of(small)), 5, 3, "half", seed=0)


def test_a_panel_without_outcomes_cannot_teach():
    with pytest.raises(ValueError, match="nothing to fit to"):
        estimate([Subject(panel_of(np.zeros((3, 5)))).windows(5, 15)])


@pytest.fixture(scope="module")
def card():
    return pd.read_csv(data_folder() / "hindcast_summary.csv")


def of(card, **wanted):
    for column, value in wanted.items():
        card = card[card[column] == value]
    return card.set_index("horizon")


@pytest.mark.parametrize("panel", ["provinces", "cities", "countries"])
def test_ninety_percent_bands_from_five_years_cover_86_to_94_percent_on_each_panel(card, panel):
    table = of(card, law="own", panel=panel, holdout="region", record=5)
    assert table.coverage_90[[1, 5, 10]].between(0.86, 0.94).all()


@pytest.mark.parametrize("panel", ["provinces", "cities", "countries"])
def test_skill_against_a_straight_trend_is_positive_from_three_years_on(card, panel):
    table = of(card, law="own", panel=panel, holdout="region", record=5)
    assert (table.skill_log_trend[3:] > 0).all()
    # Beyond ten years provinces and cities have a handful of origins, all of one boom: docs/baseline.md.
    assert table.skill_persistence[:10].mean() > 0


@pytest.mark.parametrize("panel", ["provinces", "cities"])
def test_the_law_for_parks_carries_the_turn_of_2012_that_a_panel_alone_does_not(card, panel):
    alone = of(card, law="own", panel=panel, holdout="future", record=5).coverage_90
    parks = of(card, law="parks_0_2", panel=panel, holdout="future", record=5).coverage_90
    assert (alone[[5, 10]] < 0.85).all()
    assert (parks[[1, 5, 10]] > 0.85).all()


def test_the_card_is_of_the_shipped_laws(card):
    assert set(card.version.astype(str)) == {read_baselines().version}
    assert set(card.law) == {"own", "parks_0_2"}


@pytest.mark.slow
def test_the_card_is_made_again_from_its_seed(card):
    cast = hindcast(Case("provinces", "own", "region", 5), 20_240_601, read_assumptions())
    again = summarise(cast, range(1, 16)).set_index("horizon")
    shipped = of(card, law="own", panel="provinces", holdout="region", record=5)
    assert FOLDS == 10
    np.testing.assert_allclose(again.coverage_90, shipped.coverage_90, atol=0.015)
    np.testing.assert_allclose(again.crps, shipped.crps, rtol=0.01)


def test_every_use_has_a_law_and_long_run_growth():
    baselines = read_baselines()
    assert set(baselines.trends) == set(USES) == set(baselines.knots)
    assert -1 < baselines.correlation["slope"] < 0
    path = baselines.prior_path("activity", np.arange(2015, 2070))
    assert (np.diff(path) <= 0).all()
    assert path[0] == baselines.knots["activity"][2022]


@pytest.mark.slow
def test_large_emitters_reach_the_upper_edge_of_the_law_more_rarely_than_small_ones():
    """The law does not know size, and size matters: docs/baseline.md has the table."""
    table = size_table(read_baselines().trends["emissions"], horizons=(5, 10))
    countries = table.query("panel == 'countries' and horizon == 10")
    assert countries.above_95.is_monotonic_decreasing
    assert countries.above_95.iloc[-1] < 0.01 < 0.05 < countries.above_95.iloc[0]
    # Over all sizes together the upper edge is right, within a half.
    share = (countries.above_95 * countries.forecasts).sum() / countries.forecasts.sum()
    assert 0.025 < share < 0.05
    assert (table.forecasts >= 100).all()
