"""Many packages at once: totals, peaks and costs equal to projections and to brute force, one package at a time."""

from dataclasses import replace

import numpy as np
import pytest
from builders import as_stated, mixed_park
from builders import park as park_of
from package_grids import invented_costs, seven_by_four
from slow_packages import SlowPark, peaks_before

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.decisions.package_cost import draw_rates, package_cost
from pathway_models.engine.packages import PackageEngine, cost_table
from pathway_models.records import NO_MEASURES
from pathway_models.records.levers import lever_grid


def brute_force(park, grid, draws, rates, before):
    """P(peak before) and mean cost of every package of a grid, one after the other."""
    slow = SlowPark(park, draws, rates)
    at = before - int(park.years[0])
    central = PackageEngine(park, grid.everything(), draws).central()
    found = []
    for code in grid.codes():
        total, cost = slow.run(grid.scenario(code))
        found.append((np.mean([peaks_before(path, at) for path in total.tolist()]), float(cost @ central)))
    return np.array(found).T


@pytest.fixture(scope="module")
def steel():
    return pw.read_park("demo-steel")


@pytest.mark.slow
@pytest.mark.parametrize("park_id", ["demo-cement", "demo-electronics", "demo-waste-recycling"])
def test_optimum_over_seven_levers_at_four_settings_equals_brute_force(park_id):
    park, grid, costs, members = pw.read_park(park_id), seven_by_four(), invented_costs(), 12
    # Issued at the end of the record: ramps are as stated.
    drawn = {"members": members, "seed": 5, "assumptions": pw.read_assumptions(as_of=2020)}
    draws = pw.sample(park, [grid.everything()], **drawn)
    reached, cost = brute_force(park, grid, draws, draw_rates(costs, pw.read_levers(), draws), before=2035)
    wanted = float(np.quantile(reached, 0.8))
    found = cheapest_package(park, 2035, wanted, grid=grid, costs=costs, fresh=0, **drawn)
    cheapest = cost[reached >= wanted - 1e-9].min()
    assert grid.size == 4**7
    assert found.reached
    assert found.closest.cost == pytest.approx(cheapest, rel=1e-9, abs=1e-9)
    labels = [grid.label(code) for code in grid.codes()]
    at = labels.index(found.closest.label)
    assert reached[at] == pytest.approx(found.closest.p_before)
    assert cost[at] == pytest.approx(cheapest, rel=1e-9, abs=1e-9)
    within = (reached >= wanted - 1e-9) & (cost <= cheapest + 0.1 * abs(cheapest) + 1e-9)
    assert {one.label for one in found.alternatives} <= {labels[i] for i in np.flatnonzero(within)}


@pytest.mark.parametrize(
    "park_id",
    ["region-d", *(pytest.param(one, marks=pytest.mark.slow) for one in ("demo-mixed-chp", "region-jiangsu"))],
)
def test_every_package_has_the_totals_and_peaks_of_a_projection(park_id):
    """Residents, balances and nineteen carriers are in these."""
    park = pw.read_park(park_id)
    grid = lever_grid(pw.read_levers(), by="family", delays=(0, 5))
    draws = pw.sample(park, [grid.everything()], members=260, seed=7)
    codes = grid.codes()[:: grid.size // 9]
    packages = [replace(grid.scenario(code), scenario_id=str(at)) for at, code in enumerate(codes)]
    engine = PackageEngine(park, grid.everything(), draws)
    pathways = pw.project(park, packages, draws)
    expected = pathways.total()
    assert np.abs(engine.totals(packages) - expected).max() <= 1e-9 * np.abs(expected).max()
    survey, peaks = engine.survey(packages), pw.find_peaks(pathways)
    for year in (park.last_observed_year, 2025, 2029, 2040, 2059, 2060):
        assert survey.p_peaked_by(year).tolist() == peaks.p_peaked_by(year).tolist()
    assert survey.p_peaked_by(2029).tolist() == engine.survey(grid, codes).p_peaked_by(2029).tolist()
    assert survey.peak == pytest.approx((peaks.value @ engine.central())[np.argsort(survey.tree.case_of)])


def test_factors_that_differ_by_sector_are_kept(steel):
    factors = steel.factors.copy()
    factors[0] *= 1.3
    mixed = replace(steel, factors=factors)
    grid = seven_by_four()
    draws = pw.sample(mixed, [grid.everything()], members=20, seed=1)
    totals = PackageEngine(mixed, grid.everything(), draws).totals([grid.everything()])
    expected = pw.project(mixed, [grid.everything()], draws).total()
    assert np.abs(totals - expected).max() <= 1e-9 * expected.max()


def test_park_whose_sectors_are_all_residents_has_a_survey_too():
    town = replace(mixed_park(), activity_kinds=("population", "population"))
    grid = seven_by_four()
    draws = pw.sample(town, [grid.everything()], members=10, seed=1)
    totals = PackageEngine(town, grid.everything(), draws).totals([grid.everything()])
    expected = pw.project(town, [grid.everything()], draws).total()
    assert np.abs(totals - expected).max() <= 1e-9 * expected.max()


def test_cost_of_the_search_is_the_cost_of_the_package_by_lever_and_carrier(steel):
    grid, costs = seven_by_four(), invented_costs()
    draws = pw.sample(steel, [grid.everything()], members=40, seed=3)
    engine = PackageEngine(steel, grid.everything(), draws, rates=draw_rates(costs, pw.read_levers(), draws))
    codes = grid.codes()[:: grid.size // 5]
    for code, cost in zip(codes, engine.survey(grid, codes).package_cost(), strict=True):
        assert package_cost(steel, grid.scenario(code), draws, costs).mean() == pytest.approx(cost, rel=1e-9, abs=1e-6)


@pytest.fixture(scope="module")
def asked():
    return {"grid": seven_by_four(), "costs": invented_costs(), "members": 60, "fresh": 0}


@pytest.fixture(scope="module")
def full(steel, asked):
    """The optimum over all 16,384 packages."""
    return cheapest_package(steel, 2035, 0.6, **asked)


@pytest.mark.slow
@pytest.mark.parametrize("most", [8000, 300, 20])
def test_grid_too_large_to_list_gives_the_same_optimum_or_says_the_gap(steel, asked, full, most):
    """Costs of all packages first, probabilities in order of cost; 16,384 packages, of which few are looked at."""
    found = cheapest_package(steel, 2035, 0.6, **asked, most=most)
    assert found.evaluated < full.evaluated
    assert full.complete
    assert not found.complete
    assert found.one_year_earlier is None
    assert found.without_block == {}
    if found.gap is None:
        assert found.closest.label == full.closest.label
    else:
        assert found.closest.cost - full.closest.cost <= found.gap.cost + 1e-9
        assert found.closest.p_before >= 0.6 - 1e-9


@pytest.mark.slow
def test_cost_table_has_the_costs_of_the_survey(steel):
    park = pw.read_park("region-d")
    for one in (steel, park):
        grid = lever_grid(pw.read_levers(), by="family", delays=(0, 5))
        draws = pw.sample(one, [grid.everything()], members=30, seed=2)
        rates = draw_rates(invented_costs(), pw.read_levers(), draws)
        engine = PackageEngine(one, grid.everything(), draws, rates=rates)
        survey = engine.survey(grid)
        table = cost_table(engine, survey.tree)
        assert np.abs(table - survey.cost).max() <= 1e-9 * np.abs(survey.cost).max()


def test_an_ensemble_that_is_kept_gives_what_one_laid_out_each_time_gives(steel, monkeypatch):
    scenario = pw.read_scenarios()["deep"]
    draws = pw.sample(steel, [scenario], members=300, seed=5, until=2045)  # two batches

    def found(cells):
        monkeypatch.setattr("pathway_models.engine.packages.KEPT_CELLS", cells)
        rates = draw_rates(invented_costs(), {one.lever.lever_id: one.lever for one in scenario.measures}, draws)
        engine = PackageEngine(steel, scenario, draws, rates=rates)
        asked = [engine.survey([NO_MEASURES, scenario], by_year=True) for _ in range(2)]
        laid = [sum(1 for _ in engine.batches()) for _ in range(2)]
        return [np.stack([one.by_year[:, -1], one.cost, one.peak]) for one in asked], engine.totals([scenario]), laid

    (first, again), totals, laid = found(10**9)
    (other, _), others, too = found(0)
    assert laid == too == [2, 2]
    assert np.array_equal(first, again)
    assert np.array_equal(first, other)
    assert np.array_equal(totals, others)


def test_grid_beyond_ranking_is_refused_with_a_remedy(steel):
    everything = lever_grid(pw.read_levers(), delays=(0, 5))
    with pytest.raises(PathwayError, match="set levers together"):
        cheapest_package(steel, 2035, 0.6, grid=everything, members=5, fresh=0)


@pytest.mark.parametrize("park_id", ["region-d", "demo-steel"])
def test_costs_of_whole_families_equal_the_slow_way(park_id):
    """Two structure levers on one another, six substitutions, sinks: everything that can be paid for."""
    park, costs = pw.read_park(park_id), invented_costs()
    grid = lever_grid(pw.read_levers(), by="family", delays=(0, 5))
    draws = pw.sample(park, [grid.everything()], members=10, seed=8, assumptions=as_stated())
    rates = draw_rates(costs, pw.read_levers(), draws)
    engine, slow = PackageEngine(park, grid.everything(), draws, rates=rates), SlowPark(park, draws, rates)
    codes = grid.codes()[:: grid.size // 7]
    packages = [grid.scenario(code) for code in codes]
    expected = [slow.run(package) for package in packages]
    assert np.abs(engine.totals(packages) - [total for total, _ in expected]).max() <= 1e-9 * expected[0][0].max()
    money = np.array([cost @ engine.central() for _, cost in expected])
    assert np.abs(engine.survey(grid, codes).package_cost() - money).max() <= 1e-9 * np.abs(money).max()


def test_negative_process_emissions_are_not_captured():
    """A process that takes CO2 up, in a park without coal: capture finds nothing to take and gives nothing back."""
    rise = 1.02 ** np.arange(6)
    taker = park_of(
        {"works": {"natural_gas": 100 * rise, "electricity": 100 * rise}},
        processes=[("carbonation", "works", rise, -500.0)],
    )
    grid = lever_grid(pw.read_levers(), {name: (name,) for name in ("ccus", "process_change")})
    draws = pw.sample(taker, [grid.everything()], members=10, seed=1)
    totals = PackageEngine(taker, grid.everything(), draws).totals([grid.everything()])
    expected = pw.project(taker, [grid.everything()], draws).total()
    assert np.abs(totals - expected).max() <= 1e-9 * expected.max()


def test_means_leave_out_the_members_with_the_most_and_the_least_emissions(steel):
    grid = seven_by_four()
    draws = pw.sample(steel, [grid.everything()], members=200, seed=1)
    weights = PackageEngine(steel, grid.everything(), draws).central()
    without = pw.project(steel, [grid.scenario([0] * 7)], draws).total()[0].sum(axis=1)
    left_out = np.sort(without[weights == 0])
    ordered = np.sort(without)
    assert weights.sum() == pytest.approx(1.0)
    assert left_out.tolist() == [*ordered[:10].tolist(), *ordered[-10:].tolist()]


def test_second_capture_plant_finds_what_the_first_has_left():
    levers = dict(pw.read_levers())
    levers["second"] = replace(levers["ccus"], lever_id="second", takes_from=("coal", "gas"), rank=99)
    grid = lever_grid(levers, {name: (name,) for name in ("ccus", "second")})
    draws = pw.sample(mixed_park(), [grid.everything()], members=10, seed=1)
    totals = PackageEngine(mixed_park(), grid.everything(), draws).totals([grid.everything()])
    expected = pw.project(mixed_park(), [grid.everything()], draws).total()
    assert np.abs(totals - expected).max() <= 1e-9 * expected.max()
    with pytest.raises(PathwayError, match="two capture levers"):
        cheapest_package(mixed_park(), 2035, 0.5, grid=grid, members=5, fresh=0, most=2)


def test_a_survey_of_some_years_counts_them_as_one_of_all_years_does(steel):
    grid = lever_grid(pw.read_levers(), by="family")
    draws = pw.sample(steel, [grid.everything()], members=40, seed=3)
    engine = PackageEngine(steel, grid.everything(), draws)
    codes = grid.codes()[:: max(grid.size // 50, 1)]
    whole, some = engine.survey(grid, codes), engine.survey(grid, codes, before=(2031, 2029, 2030))
    for year in (2029, 2030, 2031):
        assert np.array_equal(whole.p_before(year), some.p_before(year))
        assert np.array_equal(whole.p_past(year), some.p_past(year))
    assert np.array_equal(whole.tonnes, some.tonnes)
    assert np.array_equal(whole.peak, some.peak)
    for refused in (lambda: some.p_before(2032), lambda: some.p_past(2028), some.counted_year):
        with pytest.raises(PathwayError, match="counted"):
            refused()


@pytest.mark.parametrize("park_id", ["demo-steel", "region-d", "demo-cement"])
def test_events_counted_by_themselves_are_those_of_a_survey(park_id):
    """Short projections, many intensities at once: the same members, with capture, residents and all."""
    park = pw.read_park(park_id)
    blocks = {name: (name,) for name in ("energy_efficiency", "energy_management", "low_carbon_industries", "ccus")}
    grid = lever_grid(pw.read_levers(), blocks | {"process": ("process_change", "clinker_ratio"), "heat": ("biomass",)})
    draws = pw.sample(park, [grid.everything()], members=30, seed=3)
    engine = PackageEngine(park, grid.everything(), draws)
    for codes in (grid.codes(), grid.codes()[::7]):
        whole, some = engine.survey(grid, codes), engine.count_events(grid, codes, (2031, 2029))
        for year in (2029, 2031):
            assert np.array_equal(whole.p_before(year), some.p_before(year))
            assert np.array_equal(whole.p_past(year), some.p_past(year))
    with pytest.raises(PathwayError, match="packages are known"):
        engine.count_events(grid, grid.codes(), (2058,))


def test_events_of_two_capture_plants_and_of_what_carriers_do_not_tell_apart_are_counted_alike():
    levers = dict(pw.read_levers())
    levers["second"] = replace(levers["ccus"], lever_id="second", takes_from=("coal", "gas"), rank=99)
    grid = lever_grid(levers, {name: (name,) for name in ("ccus", "second", "energy_efficiency")})
    for park in (mixed_park(), pw.read_park("eu-antwerp-basf")):
        draws = pw.sample(park, [grid.everything()], members=30, seed=1)
        engine = PackageEngine(park, grid.everything(), draws)
        whole, some = engine.survey(grid), engine.count_events(grid, grid.codes(), (2035,))
        assert np.array_equal(whole.p_before(2035), some.p_before(2035))
