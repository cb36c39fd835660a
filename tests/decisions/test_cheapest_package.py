"""The cheapest package: kept on fresh draws, with alternatives and prices, honest where nothing reaches the target."""

import re
from dataclasses import replace

import numpy as np
import pytest
from builders import mixed_park
from hypothesis import given
from hypothesis import strategies as st
from package_grids import invented_costs, seven_by_four, small_grid

import pathway_models as pw
from pathway_models.core.errors import PathwayError, ScenarioError
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.decisions.priced_grid import contenders, measure_blocks, useless_blocks
from pathway_models.records.costs import Amount, LeverCost
from pathway_models.records.levers import Limits, Triangle, lever_grid


@pytest.fixture(scope="module")
def steel():
    return pw.read_park("demo-steel")


@pytest.fixture(scope="module", params=["demo-steel", "demo-cement", "demo-electronics"])
def decision(request):
    """A decision half way between what the park does by itself and the most that any package reaches."""
    park = pw.read_park(request.param)
    asked = {"grid": seven_by_four(), "costs": invented_costs(), "members": 400}
    most = cheapest_package(park, 2035, 1.0, **asked, fresh=0)
    return cheapest_package(park, 2035, (most.off.p_before + most.front[-1].p_before) / 2, **asked, fresh=1600)


@pytest.mark.slow
def test_alternatives_all_reach_the_target_within_the_margin(decision):
    best = decision.closest
    assert decision.reached
    for other in decision.alternatives:
        assert other.p_before >= decision.target.probability - 1e-9
        assert best.cost <= other.cost <= best.cost + decision.margin * abs(best.cost)
        assert other.steps == best.steps == 0


@pytest.mark.slow
def test_all_alternatives_are_kept_however_many_are_told(decision):
    """The first ones with everything known about them, all of them as packages that `project` can run."""
    assert len(decision.near) >= len(decision.alternatives)
    told = [one.code for one in decision.alternatives]
    assert [tuple(code) for code in decision.near[: len(told)]] == told
    assert decision.closest.code not in {tuple(code) for code in decision.near}
    assert len(np.unique(decision.near, axis=0)) == len(decision.near)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"limits": Limits(neutral=1999)}, "neutral = 1999: expected a year from 2021 to 2060"),
        ({"limits": Limits(totals={2061: 1.0})}, "totals = 2061: expected a year from 2021 to 2060"),
        ({"limits": Limits(totals={2025: float("nan")})}, "totals of 2025 = nan"),
        ({"limits": Limits(peak=-1.0)}, "peak = -1.0: expected tCO2 a year, above 0"),
        ({"budget": float("inf")}, "budget = inf"),
        ({"rate": -0.01}, "rate = -0.01: expected a share of 0 or more"),
        ({"margin": float("nan")}, "margin = nan"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_worked_out(asked, message):
    with pytest.raises(PathwayError, match=re.escape(message)):
        cheapest_package(pw.read_park("demo-steel"), **asked)


@pytest.mark.slow
def test_probability_on_fresh_draws_is_within_sampling_error(decision):
    """The best of thousands was picked at the edge: it may lose a little, not more than chance explains."""
    n, m = decision.members, decision.fresh_members
    for one in (decision.closest, *decision.alternatives):
        p = one.p_before
        assert abs(one.p_fresh - p) <= 4 * np.sqrt(p * (1 - p) * (1 / n + 1 / m))


@pytest.mark.slow
def test_front_rises_in_probability_with_cost(decision):
    reached = [one.p_before for one in decision.front]
    ranks = [(one.steps, one.cost) for one in decision.front]
    assert reached == sorted(set(reached))
    assert ranks == sorted(ranks)
    first = next(one for one in decision.front if one.p_before >= decision.target.probability - 1e-9)
    assert first.label == decision.closest.label


@pytest.mark.slow
def test_tighter_targets_never_cost_less(decision):
    for price in (decision.one_year_earlier, decision.one_percent_more):
        assert price is None or (price.steps, price.cost) >= (0, -1e-6)


@pytest.mark.slow
def test_package_without_a_block_it_used_is_dearer_or_there_is_none(decision):
    used = [block.block_id for block, at in zip(decision.grid.blocks, decision.closest.code, strict=True) if at]
    assert list(decision.without_block) == used
    for block, other in decision.without_block.items():
        if other is not None:
            assert block not in other.label
            assert other.p_before >= decision.target.probability - 1e-9
            assert other.cost >= decision.closest.cost


@pytest.mark.slow
def test_result_is_that_of_a_projection_of_the_package(decision):
    park = pw.read_park(decision.park_id)
    draws = pw.sample(park, [decision.grid.everything()], members=400, seed=decision.seed)
    peaks = pw.find_peaks(pw.project(park, [decision.scenario()], draws))
    assert float(peaks.p_before(2035)[0]) == decision.closest.p_before
    assert float(peaks.p_before(2036)[0]) == decision.closest.p_by


def test_target_out_of_reach_is_said_and_the_closest_shown(steel):
    asked = {"grid": small_grid(), "costs": invented_costs(), "members": 60, "fresh": 0}
    found = cheapest_package(steel, 2022, 1.0, **asked, assumptions=pw.read_assumptions(as_of=2020))
    assert not found.reached
    assert found.best is None
    assert found.alternatives == ()
    assert found.closest.p_before == max(one.p_before for one in found.front)
    assert found.one_year_earlier is None
    assert "out of reach" in repr(found)


def test_levers_of_unknown_cost_are_taken_last_and_named(steel):
    """With the shipped costs, management has no cost: no package with it is preferred for being cheap."""
    grid = lever_grid(pw.read_levers(), {name: (name,) for name in ("energy_management", "green_power", "ccus")})
    found = cheapest_package(steel, 2040, 0.4, grid=grid, members=200, fresh=0)
    assert set(found.unknown) == {"energy_management"}
    steps = [one.steps for one in found.front]
    assert steps == sorted(steps)
    assert found.off.label == found.front[0].label
    saving = cheapest_package(steel, 2040, found.off.p_before, grid=grid, members=200, fresh=0)
    assert saving.closest.steps == 0
    for one in found.front:
        assert bool(one.unknown) == (one.steps > 0) == ("energy_management" in one.label)


def test_thresholds_tell_the_answer_for_every_price_of_an_unpriced_measure(steel):
    """One measure without a price: give it any price, search again, and the package the thresholds name is found."""
    blocks = ("energy_efficiency", "low_carbon_industries", "process_change", "ccus")
    grid = lever_grid(pw.read_levers(), {name: (name,) for name in blocks})
    costs = invented_costs().with_lever("energy_efficiency", LeverCost())
    asked = {"grid": grid, "members": 60, "fresh": 0}
    most = cheapest_package(steel, 2035, 1.0, costs=costs, **asked)
    # As much as priced measures alone can do: dear enough that others may be cheaper.
    wanted = max(one.p_before for one in most.front if not one.steps)
    found = cheapest_package(steel, 2035, wanted, costs=costs, **asked)
    assert found.closest.steps == 0
    assert found.cheaper_if
    assert all(one.unit == "CNY/GJ" and one.below > 0 for one in found.cheaper_if)
    at = [one.per_unit for one in found.cheaper_if]
    for price in sorted({0.0, *(0.999 * one for one in at), *(1.001 * one for one in at), 0.5 * max(at)}):
        own = Amount(((0, Triangle(*[price / 1e3] * 3)),), "million CNY/TJ", "tried", "tried", "seen")
        again = cheapest_package(
            steel, 2035, wanted, costs=costs.with_lever("energy_efficiency", LeverCost(running=(own,))), **asked
        )
        gains = [one.below * (1 - price / one.per_unit) for one in found.cheaper_if]
        expected = found.cheaper_if[int(np.argmax(gains))].candidate if max(gains) > 0 else found.closest
        assert again.closest.code == expected.code, price
        assert again.closest.cost == pytest.approx(found.closest.cost - max(*gains, 0.0), rel=1e-6)


@given(st.data())
def test_contenders_are_the_cheapest_packages_for_some_price(data):
    """Every rising cost of two unpriced blocks, against every package: the cheapest is among the contenders."""
    shape = (3, 3, 2)
    codes = np.indices(shape).reshape(3, -1).T
    numbers = st.floats(0, 10, allow_nan=False)
    cost = np.array(data.draw(st.lists(numbers, min_size=18, max_size=18)))
    fine = np.array(data.draw(st.lists(st.booleans(), min_size=18, max_size=18)))
    rises = [np.cumsum([0.0, *data.draw(st.lists(numbers, min_size=2, max_size=2))]) for _ in range(2)]
    found = contenders(codes, cost, fine, np.array([True, True, False]))
    if not fine.any():
        assert not found.size
        return
    whole = cost + rises[0][codes[:, 0]] + rises[1][codes[:, 1]]
    assert whole[found].min() == pytest.approx(whole[fine].min())


def test_budget_and_limits_hold_in_the_answer(steel):
    grid = small_grid()
    asked = {"grid": grid, "costs": invented_costs(), "members": 100, "fresh": 0, "seed": 1}
    free = cheapest_package(steel, 2040, 0.8, **asked)
    draws = pw.sample(steel, [grid.everything()], members=100, seed=1)
    strong = pw.project(steel, [grid.everything()], draws)
    levels = pw.find_peaks(strong).value, strong.total()[0, :, strong.years == 2050]
    cap, at_2050 = (np.quantile(level, 0.85) for level in levels)
    bound = cheapest_package(steel, 2040, 0.8, **asked, limits=Limits(peak=cap, totals={2050: at_2050}))
    assert min(bound.closest.held["peak"], bound.closest.held["total_2050"]) >= 0.8 - 1e-9
    assert bound.closest.cost > free.closest.cost > 0
    poor = cheapest_package(steel, 2040, 0.8, **asked, budget=free.closest.cost / 2)
    assert not poor.reached
    assert poor.closest.cost <= free.closest.cost / 2


def test_neutrality_counts_sinks_and_brings_their_block_back():
    park = replace(mixed_park(), sinks=np.full(6, 5e6))
    levers = pw.read_levers()
    grid = lever_grid(levers, measure_blocks(levers))
    assert "sinks" in useless_blocks(park, grid)
    assert "sinks" not in useless_blocks(park, grid, neutral=True)
    small = lever_grid(levers, {name: (name,) for name in ("energy_efficiency", "green_areas")})
    found = cheapest_package(park, 2035, 0.01, grid=small, members=20, fresh=0, limits=Limits(neutral=2060))
    draws = pw.sample(park, [small.everything()], members=20, seed=found.seed)
    net = pw.project(park, [found.scenario()], draws).net()[0, :, -1]
    assert found.closest.held["neutral"] == pytest.approx(float((net <= 0).mean()))


def test_blocks_without_effect_are_left_out_and_say_why():
    park = pw.read_park("demo-electronics")
    levers = pw.read_levers()
    why = useless_blocks(park, lever_grid(levers, measure_blocks(levers)))
    assert why["coal_to_gas"] == "the park uses no coal"
    assert "the park has no process emissions it could lower" in why["process"]
    assert "efficiency" not in why


def test_a_lever_that_saves_a_fuel_brings_none():
    """Coal by less coal: a park without coal still has none for others to take."""
    shipped = pw.read_levers()
    saving = replace(shipped["coal_to_gas"], lever_id="kilns", gives_to={"bituminous": 1.0})
    levers = {"kilns": saving, "coal_to_gas": shipped["coal_to_gas"]}
    why = useless_blocks(pw.read_park("demo-electronics"), lever_grid(levers, measure_blocks(levers)))
    assert why == dict.fromkeys(levers, "the park uses no coal")


def test_correlated_inputs_leave_the_park_without_levers_as_it_was(steel):
    asked = {"grid": small_grid(), "costs": invented_costs(), "members": 60, "fresh": 0}
    tied = cheapest_package(steel, 2035, 0.5, **asked)
    free = cheapest_package(steel, 2035, 0.5, **asked, correlations=None)
    assert (tied.off.p_before, tied.off.peak) == (free.off.p_before, free.off.peak)
    assert [one.cost for one in tied.front] != [one.cost for one in free.front]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probability": 0.0}, "probability = 0.0"),
        ({"probability": 1.1}, "probability = 1.1"),
        ({"before": 2020}, "before = 2020"),
        ({"before": 2070}, "before = 2070"),
    ],
)
def test_impossible_questions_are_refused(steel, change, message):
    with pytest.raises(PathwayError, match=message):
        cheapest_package(steel, **{"before": 2030, "probability": 0.5, "members": 5, "fresh": 0, **change})


def test_lever_in_two_blocks_is_refused():
    with pytest.raises(ScenarioError, match="ccus"):
        lever_grid(pw.read_levers(), {"one": ("ccus",), "two": ("ccus",)})


def test_four_settings_are_off_moderate_strong_later_and_strong():
    labels = [option.label for option in seven_by_four().blocks[0].options]
    assert labels == ["off", "moderate", "strong+5", "strong"]
    late, early = (seven_by_four().blocks[0].options[at].measures[0].ramp for at in (2, 3))
    assert (late.start, late.complete) == (early.start + 5, early.complete + 5)
