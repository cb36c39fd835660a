"""Committed projects stand on top of the baseline: tonnes worked out by hand, and what must hold for any project."""

import re

import numpy as np
import pytest
from builders import BAU, SEED, coal_park, mixed_park, park, without_factor_errors
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_tables import planned

import pathway_models as pw
from pathway_models.baseline.plans import phase_of
from pathway_models.core.errors import PathwayError
from pathway_models.engine.packages import PackageEngine
from pathway_models.intake.factors.tables import default_factor, find_fuel, read_carriers
from pathway_models.records.plans import Load, Plans, Project

MEMBERS = 20


def totals(a_park, scenarios=(BAU,), *, members=MEMBERS, change=without_factor_errors, until=2040):
    draws = pw.sample(a_park, scenarios, members=members, seed=SEED, until=until)
    return pw.project(a_park, scenarios, change(draws) if change else draws).total()


def at(a_park, year):
    return year - int(a_park.years[0])


def with_project(a_park, *loads, **more):
    """A park with one project made in code."""
    given = {"sector": a_park.sectors[0], "start": 2023, "ramp_years": 1, **more}
    return pw.with_plans(a_park, Plans(projects=(Project("built", loads=tuple(loads), **given),)))


def test_a_boiler_adds_its_coal_times_the_factor_and_its_kiln_the_process_emissions(tmp_path):
    """100 TJ of coal at 90 tCO2/TJ and 10,000 t of clinker at 0.5 tCO2/t: 9,000 + 5,000 t, half in the first year."""
    kiln = {"quantity": "product", "item": "clinker", "value": "1", "unit": "万t"}
    bare, built = mixed_park(), planned(tmp_path, [{}, kiln])
    more = (totals(built) - totals(bare))[0]
    assert np.allclose(more[:, : at(bare, 2023)], 0.0, atol=1e-6)
    assert np.allclose(more[:, at(bare, 2023)], 7_000.0, rtol=1e-9)
    assert np.allclose(more[:, at(bare, 2024) :], 14_000.0, rtol=1e-9)


def test_electricity_in_mwh_and_a_fuel_by_its_mass_become_terajoules(tmp_path):
    park_ = mixed_park()
    fuel = find_fuel(park_.factor_set, read_carriers()["bituminous"])
    power = {"item": "electricity", "value": "10000", "unit": "MWh"}
    built = planned(tmp_path, [{"value": "2", "unit": "万t"}, power])
    coal, bought = (load.value for load in built.plans.projects[0].loads)
    assert coal == pytest.approx(2e4 * fuel.tj_per_unit)
    assert bought == pytest.approx(36.0)


def test_a_carrier_and_a_process_new_to_the_park_come_with_their_factors(tmp_path):
    bare = coal_park()
    gas = {"sector": "park", "item": "natural_gas", "ramp_years": "1"}
    lime = {**gas, "quantity": "product", "item": "lime", "unit": "t", "value": "1000"}
    factor = {**gas, "quantity": "process_factor", "item": "lime", "unit": "tCO2/t", "value": "0.75"}
    built = planned(tmp_path, [gas, lime, factor], park=bare)
    more = (totals(built) - totals(bare))[0, :, at(bare, 2030)]
    by_hand = 100 * default_factor(bare.factor_set, read_carriers()["natural_gas"]) + 750
    assert np.allclose(more, by_hand, rtol=1e-9)


def test_value_added_alone_uses_energy_and_makes_output_like_its_sector():
    """A project of half the sector's activity in a member's year adds half of the sector's emissions."""
    bare = coal_park()
    built = with_project(bare, Load("value_added", "", 50.0))
    draws = pw.sample(bare, [BAU], members=MEMBERS, seed=SEED, until=2040)
    without, with_it = pw.project(bare, [BAU], draws), pw.project(built, [BAU], draws)
    year = at(bare, 2030)
    share = 50.0 / without.memo_items["activity"][0, :, year]
    assert np.allclose(with_it.total()[0, :, year], without.total()[0, :, year] * (1 + share), rtol=1e-12)
    assert np.allclose(with_it.memo_items["activity"][0, :, year] - without.memo_items["activity"][0, :, year], 50.0)


def test_process_output_does_not_follow_the_energy_of_a_project():
    bare = mixed_park()
    built = with_project(bare, Load("energy", "bituminous", 500.0))
    draws = pw.sample(bare, [BAU], members=MEMBERS, seed=SEED)
    process = [
        pathways.emissions[..., pathways.sources.index("process"), :]
        for pathways in (pw.project(one, [BAU], draws) for one in (bare, built))
    ]
    assert np.array_equal(*process)


def test_a_sector_counted_by_its_energy_takes_the_load_as_activity():
    bare = coal_park(kind="energy_index", activity={"park": np.full(6, 1000.0)})
    more = totals(with_project(bare, Load("energy", "bituminous", 10.0))) - totals(bare)
    assert np.allclose(more[0, :, at(bare, 2023) :], 900.0, rtol=1e-9)


def test_a_closure_takes_what_is_there_and_no_more(tmp_path):
    bare = coal_park()
    closed = with_project(bare, Load("energy", "bituminous", -1e9))
    assert np.allclose(totals(closed)[0, :, at(bare, 2023) :], 0.0)
    half = {"sector": "park", "value": "-500", "ramp_years": "1"}
    less = totals(planned(tmp_path, [half], park=bare)) - totals(bare)
    was = totals(bare)[0, :, at(bare, 2023)]
    assert np.allclose(less[0, :, at(bare, 2023)], -np.minimum(was, 45_000.0), rtol=1e-9)


@pytest.mark.slow
@settings(max_examples=25)
@given(
    value=st.floats(0.1, 1e5),
    item=st.sampled_from(["bituminous", "natural_gas", "diesel_oil"]),
    sector=st.sampled_from(["works", "offices"]),
    start=st.integers(2021, 2038),
    ramp=st.integers(1, 6),
    probability=st.floats(0.05, 1.0),
    longest=st.floats(0.0, 8.0),
)
def test_more_fossil_fuel_never_lowers_emissions(value, item, sector, start, ramp, probability, longest):
    """In no member, year and scenario, deep capture and substitution included."""
    scenarios = list(pw.read_scenarios().pick(["bau", "deep"]).values())
    bare = mixed_park()
    more = {"sector": sector, "start": start, "ramp_years": ramp, "probability": probability, "delay_longest": longest}
    built = with_project(bare, Load("energy", item, value), **more)
    draws = pw.sample(built, scenarios, members=8, seed=SEED, until=2040)
    without, with_it = (pw.project(one, scenarios, draws).total() for one in (bare, built))
    assert (with_it >= without * (1 - 1e-12)).all()


def test_a_project_without_load_changes_no_bit(tmp_path):
    bare = mixed_park()
    new = {"project": "idle", "item": "natural_gas", "value": "0", "probability": "0.4", "delay_longest": "3"}
    idle = planned(tmp_path, [new, {**new, "quantity": "value_added", "item": "", "unit": "million CNY"}])
    scenarios = pw.read_scenarios()
    assert np.array_equal(totals(idle, scenarios, change=None), totals(bare, scenarios, change=None))


def test_a_project_goes_ahead_in_as_many_members_as_its_probability_says():
    bare = coal_park()
    built = with_project(bare, Load("energy", "bituminous", 100.0), probability=0.3)
    there = (totals(built, members=2000) - totals(bare, members=2000))[0, :, at(bare, 2030)] > 1.0
    # Four standard errors of a share of 0.3 among 2,000.
    assert there.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 2000))


def test_a_delay_shifts_the_ramp_and_a_late_project_is_never_early():
    bare = coal_park()
    late = with_project(bare, Load("energy", "bituminous", 1.0), ramp_years=2, delay_likely=1.0, delay_longest=3.0)
    draws = pw.sample(late, [BAU], members=3000, seed=SEED, until=2030)
    years = np.arange(2015, 2031)
    phase = phase_of(late.plans.projects[0], years, draws, slice(None))
    on_time = np.clip((years - 2023 + 1) / 2, 0, 1)
    assert (phase <= on_time).all()
    assert (phase[:, years >= 2023 + 1 + 3] == 1.0).all()
    # Triangular 0, 1, 3: mean 4/3 years, standard deviation 0.62; a delay loses so many years of full load.
    lost = (on_time - phase).sum(axis=1)
    assert lost.mean() == pytest.approx(4 / 3, abs=4 * 0.62 / np.sqrt(3000))


def test_levers_act_on_projects_as_on_the_rest():
    scenarios = pw.read_scenarios().pick(["efficiency"])
    bare = park({"park": {"bituminous": np.full(6, 1000.0)}})
    built = with_project(bare, Load("energy", "bituminous", 100.0))
    draws = pw.sample(bare, scenarios, members=MEMBERS, seed=SEED)
    nothing, lever = ([pw.project(one, s, draws).total() for one in (bare, built)] for s in ([BAU], scenarios))
    left = lever[0] / nothing[0]
    assert np.allclose(lever[1], nothing[1] * left, rtol=1e-12)


def test_the_fast_evaluator_sees_the_same_baseline(tmp_path):
    """Packages with plans, one-off years and correlated inputs: the totals of `project`."""
    given = [{"driver": "intensity", "kind": "change", "value": "-10", "unit": "%", "spread": "3"}]
    built = pw.set_aside(planned(tmp_path, [{"probability": "0.5", "delay_longest": "2"}], given), [2018, 2020])
    scenarios = list(pw.read_scenarios().values())
    draws = pw.sample(built, scenarios, members=30, seed=SEED, until=2045)
    fast = PackageEngine(built, scenarios, draws).totals(scenarios)
    assert np.allclose(fast, pw.project(built, scenarios, draws).total(), rtol=1e-10)


def test_plans_leave_every_other_stream_alone_and_members_keep_their_numbers(tmp_path):
    given = [{"spread": "5"}]
    built, bare = planned(tmp_path, [{"probability": "0.5", "delay_longest": "2"}], given), mixed_park()
    drawn, plain = (pw.sample(one, [BAU], members=40, seed=SEED) for one in (built, bare))
    for kind in ("uniforms", "normals", "shocks"):
        for name, values in getattr(plain, kind).items():
            assert np.array_equal(values, getattr(drawn, kind)[name])
    added = {*drawn.uniforms, *drawn.normals} - {*plain.uniforms, *plain.normals}
    assert added == {"project:boiler:goes_ahead", "project:boiler:delay", "override:activity:works:"}
    few = totals(built, members=7, change=None)
    assert np.array_equal(few, totals(built, members=300, change=None)[:, :7])
    near = totals(built, change=None, until=2026)
    assert np.array_equal(near, totals(built, change=None)[..., : near.shape[-1]])


def test_draws_made_without_the_plans_are_refused(tmp_path):
    built = planned(tmp_path, [{"probability": "0.5"}])
    draws = pw.sample(mixed_park(), [BAU], members=2, seed=SEED)
    with pytest.raises(PathwayError, match=re.escape("project:boiler:goes_ahead were not drawn; sample the park")):
        pw.project(built, [BAU], draws)
