"""Given paths of drivers: through their targets, on as the baseline goes, exact or as wide as they say."""

import numpy as np
import pytest
from builders import BAU, FACTORS, SEED, mixed_park, without_factor_errors
from plan_tables import planned

import pathway_models as pw
from pathway_models.baseline.plans import baseline_paths
from pathway_models.core.errors import PathwayError
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.plans.reading import without_plans
from pathway_models.pathways.plan_effects import plan_effects

MEMBERS = 40
BARE = mixed_park()
LAST = BARE.last_observed_year


def paths_of(park, *, members=MEMBERS, until=2050):
    draws = pw.sample(park, [BAU], members=members, seed=SEED, until=until)
    return baseline_paths(park, draws, slice(None), read_assumptions())


def at(year):
    return year - int(BARE.years[0])


@pytest.fixture(scope="module")
def baseline():
    return paths_of(BARE)


def test_a_level_is_reached_by_constant_growth_and_left_as_the_baseline_moves(tmp_path, baseline):
    given = paths_of(planned(tmp_path, targets=[{}])).activity[:, 0]
    assert np.array_equal(given[:, : at(LAST) + 1], baseline.activity[:, 0, : at(LAST) + 1])
    now = BARE.activity[0, -1]
    years = np.arange(LAST + 1, 2031)
    assert np.allclose(given[:, at(LAST) + 1 : at(2030) + 1], now * (200 / now) ** ((years - LAST) / 10), rtol=1e-12)
    assert (given[:, at(2030)] == 200.0).all()
    after = baseline.activity[:, 0, at(2030) :]
    assert np.allclose(given[:, at(2030) :], 200 * after / after[:, :1], rtol=1e-12)


def test_growth_counts_from_the_target_before_and_change_from_its_base_year(tmp_path):
    growth = {"kind": "growth", "unit": "%"}
    change = {"driver": "intensity", "kind": "change", "unit": "%"}
    targets = [
        growth | {"year": "2025", "value": "5"},
        growth | {"value": "2"},
        change | {"year": "2025", "value": "-13.5", "base_year": "2018"},
        change | {"value": "-20", "base_year": "2025"},
    ]
    paths = paths_of(planned(tmp_path, targets=targets))
    now = BARE.activity[0, -1]
    assert np.allclose(paths.activity[:, 0, at(2025)], now * 1.05**5)
    assert np.allclose(paths.activity[:, 0, at(2030)], now * 1.05**5 * 1.02**5)
    then = BARE.energy[0, :, at(2018)].sum() / BARE.activity[0, at(2018)]
    assert np.allclose(paths.intensity[:, 0, at(2025)], then * 0.865)
    assert np.allclose(paths.intensity[:, 0, at(2030)], then * 0.865 * 0.8)


def test_all_gives_every_economic_sector_the_same_growth(tmp_path):
    given = {"sector": "all", "kind": "growth", "value": "0.04", "unit": "share"}
    paths = paths_of(planned(tmp_path, targets=[given]))
    for s in (0, 1):
        assert np.allclose(paths.activity[:, s, at(2030)], BARE.activity[s, -1] * 1.04**10)


def test_a_share_runs_straight_to_its_target_and_the_others_divide_the_rest_as_in_the_baseline(tmp_path, baseline):
    given = {"driver": "share", "item": "natural_gas", "value": "40", "unit": "%"}
    shares = paths_of(planned(tmp_path, targets=[given])).shares[:, 0]
    gas, coal, power = (BARE.carriers.index(name) for name in ("natural_gas", "bituminous", "electricity"))
    now = BARE.energy[0, gas, -1] / BARE.energy[0, :, -1].sum()
    assert np.allclose(shares[:, gas, at(2025)], (now + 0.4) / 2)
    assert np.allclose(shares[:, gas, at(2030)], 0.4)
    ratio, base = shares[:, coal] / shares[:, power], baseline.shares[:, 0, coal] / baseline.shares[:, 0, power]
    assert np.allclose(ratio, base)
    assert np.allclose(shares.sum(axis=1), 1.0)
    after = baseline.shares[:, 0]
    odds = shares[:, gas, -1] / shares[:, coal, -1] * (shares[:, coal, at(2030)] / 0.4)
    drift = after[:, gas, -1] / after[:, gas, at(2030)] * after[:, coal, at(2030)] / after[:, coal, -1]
    assert np.allclose(odds, drift)


def test_a_carrier_new_to_the_park_may_be_given_a_share(tmp_path):
    given = {"driver": "share", "item": "biomass", "value": "0.1", "unit": "share"}
    park = planned(tmp_path, targets=[given])
    shares = paths_of(park).shares[:, 0, park.carriers.index("biomass")]
    assert np.allclose(shares[:, [at(LAST), at(2025), at(2030)]], [0.0, 0.05, 0.1])
    assert (shares[:, -1] > 0).all()


def test_the_grid_factor_and_an_output_can_be_given(tmp_path, baseline):
    """0.288 tCO2/MWh are 80 tCO2/TJ, half of the park's 160; 20,000 t of clinker emit 10,000 t."""
    targets = [
        {"driver": "grid_factor", "sector": "", "value": "0.288", "unit": "tCO2/MWh"},
        {"driver": "output", "item": "clinker", "value": "20000", "unit": "t"},
    ]
    park = planned(tmp_path, targets=targets)
    paths = paths_of(park)
    assert FACTORS["electricity"] == 160.0
    assert np.allclose(paths.grid[:, at(2030)], 0.5)
    assert np.allclose(paths.grid[:, -1] / 0.5, baseline.grid[:, -1] / baseline.grid[:, at(2030)])
    draws = without_factor_errors(pw.sample(park, [BAU], members=5, seed=SEED))
    pathways = pw.project(park, [BAU], draws)
    process = pathways.emissions[0, :, pathways.sources.index("process")]
    assert np.allclose(process[:, at(2030)], 10_000.0)


def test_a_grid_factor_of_zero_is_reached_on_a_straight_line_and_stays(tmp_path):
    given = {"driver": "grid_factor", "sector": "", "year": "2040", "value": "0", "unit": "tCO2/MWh"}
    grid = paths_of(planned(tmp_path, targets=[given])).grid
    assert np.allclose(grid[:, at(2030)], 0.5)
    assert (grid[:, at(2040) :] == 0).all()


def test_without_a_spread_a_target_is_exact_and_with_one_as_wide_as_it_says(tmp_path):
    exact = paths_of(planned(tmp_path, targets=[{}])).activity[:, 0, at(2030)]
    assert np.ptp(exact) == 0.0
    wide = paths_of(planned(tmp_path, targets=[{"spread": "20"}]), members=3000).activity[:, 0, at(2030)]
    assert np.median(wide) == pytest.approx(200, rel=0.01)
    assert np.log(wide).std() == pytest.approx(0.1, rel=0.06)
    share = {"driver": "share", "item": "natural_gas", "value": "40", "unit": "%", "spread": "5"}
    gas = BARE.carriers.index("natural_gas")
    drawn = paths_of(planned(tmp_path, targets=[share]), members=3000).shares[:, 0, gas, at(2030)]
    assert np.median(drawn) == pytest.approx(0.4, abs=0.005)
    assert drawn.std() == pytest.approx(0.05, rel=0.06)


def test_a_target_beyond_the_horizon_is_headed_for(tmp_path):
    near = paths_of(planned(tmp_path, targets=[{"year": "2060"}]), until=2040).activity[:, 0, -1]
    assert np.allclose(near, BARE.activity[0, -1] * (200 / BARE.activity[0, -1]) ** 0.5)


def test_an_override_of_activity_moves_emissions_in_proportion(tmp_path):
    """Twice the activity at the same intensity and mix: the sector's part doubles, the other sector's stays."""
    park = planned(tmp_path, targets=[{}])
    draws = pw.sample(BARE, [BAU], members=MEMBERS, seed=SEED, until=2035)
    without, given = (pw.project(one, [BAU], draws) for one in (BARE, park))
    paths = paths_of(BARE, until=2035)
    ratio = 200 / paths.activity[:, 0, at(2030)]
    coal = [one.emissions[0, :, one.sources.index("coal"), at(2030)] for one in (without, given)]
    assert np.allclose(coal[1], coal[0] * ratio)


def test_baseline_and_override_stand_side_by_side(tmp_path):
    park = planned(
        tmp_path,
        [{"value": "5000"}],
        [{"value": "300"}, {"driver": "intensity", "kind": "change", "value": "-5", "unit": "%"}],
    )
    effects = plan_effects(park, [BAU], members=200, seed=SEED)
    assert [bands.driver for bands in effects.drivers] == ["activity", "intensity"]
    bands = effects.drivers[0]
    assert np.allclose(bands.given[:, at(2030)], 300.0)
    assert bands.without[0, at(2030)] < bands.without[1, at(2030)] < 300.0
    assert np.array_equal(bands.given[:, : at(LAST) + 1], bands.without[:, : at(LAST) + 1])
    draws = pw.sample(BARE, [BAU], members=200, seed=SEED)
    # The event of the headline: a maximum before the year that the years after it confirm.
    plain = pw.find_peaks(pw.project(BARE, [BAU], draws)).p_before(2030)
    assert 0 < plain < 1
    assert np.array_equal(effects.p_without, plain)
    assert effects.p_with <= effects.p_without
    with pytest.raises(PathwayError, match="no plans to compare"):
        plan_effects(without_plans(park), [BAU], members=2, seed=SEED)
