"""Accounts of projected years: observed years as taken, prescribed factors kept, probabilities as shares of members."""

from dataclasses import replace

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.compliance.judging import (
    accounts_ahead,
    by_account,
    core_ahead,
    energy_by_reading,
    grid_of,
    grid_paths,
)
from pathway_models.compliance.tables import accounts_ahead_rows
from pathway_models.core.errors import PathwayError
from pathway_models.core.units import TJ_PER_MWH, TJ_PER_TCE
from pathway_models.intake.rules import account_ids, read_account, read_profile
from pathway_models.inventory.accounts import energy_use

POWER = 0.8325 / TJ_PER_MWH


@pytest.fixture(scope="module", params=["demo-electronics", "demo-steel"])
def case(request):
    park = pw.read_park(request.param)
    scenarios = pw.read_scenarios().pick(["bau", "deep"])
    draws = pw.sample(park, scenarios, members=40, seed=20240401)
    return park, pw.project(park, scenarios, draws), draws


def test_observed_years_are_those_of_the_account(case):
    park, pathways, draws = case
    grid = grid_paths(park, draws)
    for name in ("location", "market", "zero_carbon_910"):
        account = read_account(name)
        known = by_account(park, pathways, grid, account)[:, :, : park.years.size]
        assert known == pytest.approx(np.broadcast_to(pw.take_account(park, account).total(), known.shape))


def test_location_account_adds_the_green_part_at_the_grid(case):
    park, pathways, draws = case
    found = by_account(park, pathways, grid_paths(park, draws), read_account("location"))[..., park.years.size :]
    bought = pathways.emissions[:, :, [pathways.sources.index(s) for s in ("electricity", "capture_electricity")]].sum(
        axis=2
    )
    expected = pathways.total() - bought + pathways.memo_items["location_based"]
    assert found == pytest.approx(expected[..., park.years.size :])


def test_the_prescribed_factor_of_power_stays(case):
    """Between two years of one member only the megawatt hours count, however clean the grid gets."""
    park, pathways, draws = case
    grid, account = grid_paths(park, draws), read_account("zero_carbon_910")
    at = {name: pathways.emissions[:, :, i] for i, name in enumerate(pathways.sources)}
    power = (at["electricity"] + at["capture_electricity"]) / grid * POWER
    others = sum(at[name] for name in ("coal", "oil", "gas", "other_fuel", "process", "heat", "capture_heat"))
    found = by_account(park, pathways, grid, account)[..., park.years.size :]
    assert found == pytest.approx((power + others)[..., park.years.size :])


def test_energy_of_the_last_observed_year_is_that_of_the_table(case):
    park, pathways, draws = case
    grid = grid_paths(park, draws)
    for coefficient in (0.2856, 0.3024):
        energy = energy_by_reading(pathways, grid, coefficient * TJ_PER_TCE)[0, 0, park.years.size - 1]
        feedstock = sum(v.get(park.last_observed_year, 0.0) for k, v in park.memo_items.items() if k[0] == "feedstock")
        assert energy + feedstock == pytest.approx(energy_use(park, coefficient * TJ_PER_TCE)[-1], rel=1e-9)


def test_probability_of_the_core_indicator_is_a_share_of_members(case):
    park, pathways, draws = case
    found = core_ahead(park, pathways, draws)
    at = found.probability()
    assert at.shape == (2, 2, pathways.years.size)
    assert np.nanmax(at[:, 0, :10]) == 0.0  # today's tonne of energy carries ten times the limit
    assert found.values[0, 0, 0, park.years.size - 1] == pytest.approx(
        pw.comply(park)["co2_per_energy"].values["kgce_0.2856"], rel=0.02
    )


def test_a_park_that_turns_green_meets_it(case):
    """All electricity green and nothing burnt: CO2 per energy falls to zero whatever the coefficient."""
    park, pathways, draws = case
    emissions = pathways.emissions.copy()
    emissions[..., park.years.size :] = 0.0
    found = core_ahead(park, replace(pathways, emissions=emissions), draws)
    last = found.met[..., -1]
    assert last.any()
    assert (last == found.has_limit[..., -1]).all()  # members outside every class have no limit to meet


def test_accounts_ahead_keep_their_names_apart(case):
    park, pathways, draws = case
    found = accounts_ahead(park, pathways, draws, map(read_account, account_ids()))
    assert list(found.totals) == ["location", "market", "product", "zero_carbon_910"]
    assert set(found.not_said) == {"ets"}
    rows = accounts_ahead_rows(found)
    last = rows[rows.year == park.last_observed_year].set_index(["account", "scenario"]).p50_tco2
    for account in found.totals:
        assert last[account, "deep"] == pytest.approx(pw.take_account(park, read_account(account)).total()[-1])
    assert len(rows) == 4 * 2 * pathways.years.size
    assert not rows.duplicated(["account", "scenario", "year"]).any()


def test_all_covered_branches_give_the_carbon_market_years_ahead():
    """A cement works by itself, its sector called so: direct emissions of every year, no purchases."""
    park = pw.read_park("demo-cement")
    park = replace(park, sectors=("cement",), memo_items={}, origins={})
    scenarios = pw.read_scenarios().pick(["bau"])
    draws = pw.sample(park, scenarios, members=10, seed=20240401)
    pathways = pw.project(park, scenarios, draws)
    found = accounts_ahead(park, pathways, draws, [read_account("ets")])
    ahead = np.s_[..., park.years.size :]
    assert found.totals["ets"][ahead] == pytest.approx(pathways.scope(1)[ahead])


def test_ratios_of_the_chinese_grid_stay_there():
    park = replace(pw.read_park("demo-electronics"), years=np.arange(2019, 2024), memo_items={}, origins={})
    at_home, abroad = (pw.take_account(one, read_account("market")) for one in (park, replace(park, country="DE")))
    assert at_home.without_residual == (2019, 2020, 2021)
    assert abroad.without_residual == tuple(range(2019, 2024))
    power = at_home.of_kind("electricity") / abroad.of_kind("electricity")
    assert power[-1] == pytest.approx(0.6096 / 0.5306)


def test_branches_and_totals_are_refused(case):
    park, pathways, draws = case
    with pytest.raises(PathwayError, match="branches"):
        by_account(park, pathways, grid_paths(park, draws), read_account("ets"))
    with pytest.raises(PathwayError, match="CO2 per energy"):
        core_ahead(park, pathways, draws, read_profile("hj274_2015"))


def test_power_of_a_scenario_is_read_at_its_own_future_of_the_grid():
    """Without levers the energy is the same; only the tonnes of power differ, and not in an account of one factor."""
    park, slow = pw.read_park("demo-electronics"), pw.read_scenarios()["bau"]
    chosen = {"bau": slow, "clean": replace(slow, scenario_id="clean", grid="policy")}
    draws = pw.sample(park, chosen.values(), members=20, seed=1)
    pathways = pw.project(park, chosen.values(), draws)
    bought = pathways.emissions[:, :, pathways.sources.index("electricity")]
    assert not np.allclose(*bought)
    grid = grid_of(park, draws, chosen, chosen)
    np.testing.assert_allclose(bought[0] / grid[0], bought[1] / grid[1], rtol=1e-9)
    core, alike = core_ahead(park, pathways, draws, scenarios=chosen), core_ahead(park, pathways, draws)
    assert np.array_equal(alike.values[:, 0], core.values[:, 0])
    assert not np.allclose(alike.values[:, 1], core.values[:, 1])
