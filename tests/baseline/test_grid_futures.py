"""Two futures of purchased power, and how places depart from the nation: docs/methods.md, section 2."""

import csv
from dataclasses import replace

import fit_grid
import numpy as np
import pytest
from data_reading import DATA

import pathway_models as pw
from pathway_models.baseline.grid import NATION, PLACE, grid_paths, heat_paths, place_of
from pathway_models.baseline.plans import baseline_paths
from pathway_models.baseline.scenario_drivers import driven
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.core.units import TJ_PER_MWH
from pathway_models.engine.sampling import stream, yearly_normals
from pathway_models.intake.factors.tables import grid_choices
from pathway_models.records.levers import Scenario
from pathway_models.records.pathways import Draws
from pathway_models.records.plans import DriverPath

MEMBERS, ISSUED = 4000, 2026
PROVINCES = [name for name in grid_choices() if name.startswith("provincial:")]


@pytest.fixture(scope="module")
def assumed():
    return pw.read_assumptions(as_of=ISSUED)


@pytest.fixture(scope="module")
def electronics():
    return pw.read_park("demo-electronics")


def factors(park, choice, assumptions, *, grid="slow", until=2060, last=2020, published=None):
    """Factor of purchased power by member and projected year, tCO2/MWh, of a park that buys in a place."""
    values = {year: published_factor(choice, year) for year in (2021, 2022, 2023)} if published is None else published
    power = park.carriers.index("electricity")
    held = park.factors.copy()
    held[:, power] = (values[min(values)] if published is None else published[last]) / TJ_PER_MWH
    there = replace(
        park,
        grid_factor=choice,
        factors=held,
        years=park.years - park.years[-1] + last,
        published_grid=values if published is None else {},
        plans=replace(park.plans, grid=grid),
    )
    years = np.arange(last + 1, until + 1)
    place = place_of(there)
    shocks = {PLACE: yearly_normals(1, f"province:{place}", PLACE, MEMBERS, years)} if place else {}
    uniforms = {NATION: stream(1, "shared", "grid_decline").random(MEMBERS)}
    draws = Draws(there.identity, 1, MEMBERS, years, uniforms, {}, shocks)
    moved = grid_paths(there, draws, slice(None), assumptions)[:, there.years.size :]
    return held[0, power, -1] * TJ_PER_MWH * moved, years


def published_factor(choice, year):
    return fit_grid.grid_factors(choice, "")[0].of(year).value


def test_at_least_27_of_30_observed_changes_lie_inside_the_90_percent_band(electronics, assumed):
    held = 0
    for choice in PROVINCES:
        start = {2021: published_factor(choice, 2021)}
        path, _ = factors(electronics, choice, assumed, until=2023, last=2021, published=start)
        low, high = np.quantile(path[:, 1], [0.05, 0.95])
        held += low <= published_factor(choice, 2023) <= high
    assert len(PROVINCES) == 30
    assert held >= 27


def test_the_numbers_of_the_data_file_are_those_of_the_fit(assumed):
    shipped = assumed.uncertainties.grid_futures
    _, known, nation = fit_grid.observed()
    assert fit_grid.fitted(known, nation, shipped.persistence) == pytest.approx(
        (shipped.deviation, shipped.tilt), rel=1e-3
    )
    assert nation[-1] == shipped.mean


@pytest.mark.parametrize("choice", ["national", *PROVINCES])
def test_the_median_of_the_policy_future_is_at_most_80_g_in_2060(electronics, assumed, choice):
    policy, years = factors(electronics, choice, assumed, grid="policy")
    slow, _ = factors(electronics, choice, assumed)
    assert np.median(policy[:, -1]) <= 0.08
    # Up to the issue year the futures are one, and no member's policy lies above its slow path.
    assert np.array_equal(policy[:, years <= ISSUED], slow[:, years <= ISSUED])
    assert (policy <= slow).all()
    assert (policy > 0).all()


def test_places_of_a_choice():
    park = pw.read_park("demo-electronics")
    named = {"national": "", "national_2021": "", "enterprise_2022": "", "provincial:江苏": "江苏",
             "regional_2012:华东": "华东"}  # fmt: skip
    assert {choice: place_of(replace(park, grid_factor=choice)) for choice in named} == named
    assert place_of(replace(park, grid_factor="table", province="江苏")) == "江苏"


def test_parks_of_one_place_share_its_departures_and_other_places_have_their_own():
    drawn = [
        pw.sample(pw.read_park("demo-steel", grid_factor=choice), [], members=20, seed=3, until=2030).shocks.get(PLACE)
        for choice in ("provincial:江苏", "provincial_2021:江苏", "provincial:云南", "national")
    ]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    assert drawn[3] is None


def test_clean_power_moves_the_power_and_heat_of_a_park_and_nothing_else():
    park, scenarios = pw.read_park("demo-electronics"), pw.read_scenarios("drivers").pick(["bau", "clean_power"])
    draws = pw.sample(park, scenarios, members=50, seed=3, assumptions=pw.read_assumptions(as_of=ISSUED))
    pathways = pw.project(park, scenarios, draws)
    slow, policy = pathways.emissions
    bought = [pathways.sources.index(name) for name in ("electricity", "heat")]
    assert np.array_equal(np.delete(slow, bought, axis=1), np.delete(policy, bought, axis=1))
    ahead = pathways.years > ISSUED
    assert (policy[:, bought][..., ahead] < slow[:, bought][..., ahead]).all()
    assert np.array_equal(policy[..., ~ahead], slow[..., ~ahead])


def test_purchased_heat_gets_cleaner_half_as_fast_as_the_nations_power(assumed):
    park = pw.read_park("demo-petrochemical")
    draws = pw.sample(park, [], members=500, seed=3, assumptions=assumed)
    power, heat = (of(park, draws, slice(None), assumed) for of in (grid_paths, heat_paths))
    assert heat == pytest.approx(power**0.5)  # both fall from the record on: its factor of power is of one year
    level = 0.11 * np.median(heat, axis=0)
    assert level[park.years.size - 1] == 0.11
    assert 0.06 < level[-1] < 0.08
    policy = replace(park, plans=replace(park.plans, grid="policy"))
    assert np.median(heat_paths(policy, draws, slice(None), assumed)[:, -1]) < 0.3


def test_a_given_path_of_heat_takes_the_place_of_its_decline():
    park = pw.read_park("demo-petrochemical")
    last = park.last_observed_year
    path = DriverPath("heat_factor", "", "", last + 1, last + 20, "level", 0.05, "tCO2/GJ")
    given = driven(park, Scenario("own", "own", "own", drivers=(path,)), last)
    draws = pw.sample(given, [], members=20, seed=3)
    heat = baseline_paths(given, draws, slice(None), pw.read_assumptions()).heat
    known = park.years.size - 1
    assert 110 * heat[:, known + 20] == pytest.approx(50.0)
    assert 110 * heat[:, known + 10] == pytest.approx((110 * 50) ** 0.5)  # straight in logs
    wrong = Scenario("own", "own", "own", drivers=(replace(path, unit="tCO2/MWh"),))
    with pytest.raises(PathwayError, match="tCO2/MWh"):
        driven(park, wrong, last)
    # Nothing to move where no heat is bought.
    assert (
        driven(pw.read_park("region-hebei"), Scenario("own", "own", "own", drivers=(path,)), 2026).plans.targets == ()
    )


def test_a_future_of_the_grid_is_inherited_and_an_unknown_one_refused(tmp_path):
    own = tmp_path / "own.yml"
    text = "scenarios:\n  a:\n    name_en: A\n    name_zh: 甲\n    grid: policy\n"
    own.write_text(text + "  b:\n    name_en: B\n    name_zh: 乙\n    inherits: a\n", encoding="utf-8")
    assert [one.grid for one in pw.read_scenarios(own).values()] == ["policy", "policy"]
    own.write_text(text.replace("policy", "green"), encoding="utf-8")
    with pytest.raises(InputError, match="line 5"):
        pw.read_scenarios(own)


def test_the_stored_run_with_district_heating_has_it_decline_as_the_data_file_says():
    """EPS China, 2023 to 2060: CO2 per fuel of district heating and hydrogen -1.4 %, of power -86 %."""
    with (DATA / "published" / "eps_low_bau_2024" / "inputs.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {(row["name"], row["year"]): float(row["value"]) for row in csv.DictReader(file) if row["value"]}
    for co2, energy, change in (
        ("co2_heat_hydrogen", "energy_heating_and_h2", -0.014),
        ("co2_electricity", "energy_electricity", -0.855),
    ):
        then, now = (found[co2, year] / found[energy, year] for year in ("2060", "2023"))
        assert then / now - 1 == pytest.approx(change, abs=5e-4)
