"""Shares of tonnes and years add up, do not depend on order, and are zero where a lever changes nothing."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from builders import coal_park, lever, mixed_park, scenario
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pathway_models as pw
from pathway_models.core.errors import ScenarioError
from pathway_models.decisions.attribution import attribute, first_steps
from pathway_models.decisions.records import QUANTITIES
from pathway_models.decisions.sentences import describe_years
from pathway_models.kernels.sensitivity import coalitions, sampled_shapley, shapley_values
from pathway_models.records.levers import FAMILIES, Scenario

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def by_definition(values, player):
    """The Shapley value from all orders of the players, one after the other."""
    players = len(values).bit_length() - 1
    gains = []
    for order in permutations(range(players)):
        before = sum(1 << one for one in order[: order.index(player)])
        gains.append(values[before | 1 << player] - values[before])
    return np.mean(gains)


@given(arrays.arrays(float, 16, elements=NUMBERS))
def test_shapley_values_equal_the_mean_over_all_orders_and_add_up(values):
    shares = shapley_values(values)
    size = np.abs(values).max() + 1.0
    assert shares == pytest.approx([by_definition(values, player) for player in range(4)], abs=1e-9 * size)
    assert shares.sum() == pytest.approx(values[-1] - values[0], abs=1e-9 * size)


@given(arrays.arrays(float, 8, elements=NUMBERS))
def test_naming_the_players_in_another_order_changes_no_share(values):
    turned = values[[int(f"{b:03b}"[::-1], 2) for b in range(8)]]
    assert shapley_values(turned)[::-1] == pytest.approx(shapley_values(values), abs=1e-9 * (np.abs(values).max() + 1))


def test_player_without_effect_gets_exactly_zero_and_equal_players_the_same():
    values = coalitions(3) @ np.array([0.1, 0.1, 0.0]) ** 2
    shares = shapley_values(values)
    assert shares[2] == 0.0
    assert shares[0] == pytest.approx(shares[1], rel=1e-12)


def test_glove_market_is_shared_as_in_the_textbook():
    """One left glove, two right ones; a pair is worth one (Shapley 1953 by hand: 2/3, 1/6, 1/6)."""
    inside = coalitions(3)
    pairs = np.minimum(inside[:, 0], inside[:, 1:].sum(axis=1)).astype(float)
    assert shapley_values(pairs) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_sampled_shares_add_up_and_lie_within_their_error():
    rng = np.random.default_rng(1)
    values = rng.normal(size=2**6)
    bits = 1 << np.arange(6)
    orders = np.stack([rng.permutation(6) for _ in range(400)])
    sampled = sampled_shapley(lambda members: values[members @ bits], orders)
    exact = shapley_values(values)
    assert sampled.shares.sum() == pytest.approx(values[-1] - values[0], rel=1e-12)
    assert np.abs(sampled.shares - exact).max() <= 4 * sampled.standard_error.max()
    assert (sampled.standard_error > 0).all()


def test_too_many_coalitions_and_broken_orders_are_refused():
    with pytest.raises(ValueError, match="21 players"):
        coalitions(21)
    with pytest.raises(ValueError, match="power of two"):
        shapley_values(np.zeros(6))
    with pytest.raises(ValueError, match="permutation"):
        sampled_shapley(lambda members: members.sum(axis=1), np.array([[0, 0], [1, 0]]))


@pytest.fixture(scope="module")
def deep(region_d, scenarios):
    draws = pw.sample(region_d, scenarios, members=150, seed=3)
    return attribute(region_d, scenarios["deep"], draws), draws


def residual(found):
    """Return the largest gap between the sum of the shares and the whole, relative to the larger end."""
    size = np.maximum(np.abs(found.without), np.abs(found.reached))
    return np.max(np.abs(found.shares.sum(axis=0) - found.whole()) / np.where(size == 0, 1.0, size))


def test_shares_close_with_residents_balances_capture_and_sinks(deep):
    found, _ = deep
    assert found.players == FAMILIES
    assert residual(found) < 1e-9
    gaps = np.abs(found.shares.sum(axis=0) - found.whole())
    assert gaps[-2:].max() < 1e-9
    assert found.standard_error is None


def test_whole_is_the_difference_of_two_projections(deep, region_d, scenarios):
    found, draws = deep
    pathways = pw.project(region_d, scenarios.pick(["bau", "deep"]), draws)
    peaks = pw.find_peaks(pathways)
    won = peaks.p_before(2030)[1] - peaks.p_before(2030)[0]
    assert found.whole()[found.column("probability")] == pytest.approx(won, abs=1e-12)
    last = peaks.last_peak_year
    counted = np.clip(np.where(peaks.censored(), last + 1, peaks.year), region_d.last_observed_year, last + 1)
    gained = float((counted[0] - counted[1]).mean())
    assert found.whole()[found.column("years_gained")] == pytest.approx(gained, abs=1e-9)
    assert found.censored == pytest.approx(tuple(peaks.censored().mean(axis=1)))


def test_families_without_effect_get_zero_everywhere(deep):
    """Region D has no process a lever could touch, and sinks change no total."""
    found, _ = deep
    for family in ("process", "sinks"):
        assert (found.shares[found.players.index(family)] == 0).all()


def test_order_of_the_levers_in_the_scenario_changes_nothing(deep, region_d, scenarios):
    found, draws = deep
    turned = replace(scenarios["deep"], measures=tuple(reversed(scenarios["deep"].measures)))
    again = attribute(region_d, turned, draws)
    assert np.abs(again.shares - found.shares).max() <= 1e-9 * np.abs(found.without).max()


def test_neither_leaving_one_out_nor_one_at_a_time_adds_up(deep):
    found, _ = deep
    rows = {row["player"]: row for row in found.comparison("cumulative")}
    assert rows["sum"]["shapley"] == pytest.approx(rows["whole"]["shapley"], rel=1e-9)
    assert rows["sum"]["leave_one_out"] < 0.99 * rows["whole"]["leave_one_out"]
    assert rows["sum"]["one_at_a_time"] > 1.01 * rows["whole"]["one_at_a_time"]


def test_capture_whose_energy_emits_more_than_it_takes_has_a_negative_share():
    """Mixed signs: capture does harm, efficiency helps; both are shown as they are."""
    park = coal_park()
    plant = lever(
        "capture",
        {
            "equipped_share": 0.5,
            "capture_rate": 0.9,
            "heat_penalty": 14.0,
            "electricity_penalty": 2.0,
            "stored_share": 1.0,
        },
        family="ccus",
        takes_from=("coal",),
    )
    saving = replace(lever("reduce_intensity", {"reduction": 0.2}), lever_id="saving")
    both = scenario(plant, saving)
    found = attribute(park, both, pw.sample(park, [both], members=30, seed=1))
    year = found.column(2035)
    assert found.shares[found.players.index("ccus"), year] < 0 < found.shares[found.players.index("efficiency"), year]
    assert residual(found) < 1e-9


def test_lever_that_does_nothing_here_gets_zero_beside_one_that_does():
    park = coal_park()
    idle = replace(
        lever(
            "substitute",
            {"share": 0.5, "energy_ratio": 1.0},
            family="substitution",
            takes_from=("oil",),
            gives_to={"biomass": 1.0},
        ),
        lever_id="idle",
    )
    saving = lever("reduce_intensity", {"reduction": 0.2})
    tried = scenario(idle, saving)
    found = attribute(park, tried, pw.sample(park, [tried], members=20, seed=1), by="lever")
    assert (found.shares[found.players.index("idle")] == 0).all()
    assert found.shares[found.players.index("tried"), found.column(2030)] > 0


@pytest.mark.slow
def test_many_levers_are_sampled_with_an_error_and_still_add_up(scenarios):
    park = mixed_park()
    draws = pw.sample(park, scenarios, members=40, seed=2)
    found = attribute(park, scenarios["deep"], draws, by="lever", orders=30)
    assert len(found.players) == len(scenarios["deep"].measures)
    assert residual(found) < 1e-9
    exact = attribute(park, scenarios["deep"], draws)
    by_family = {row["player"]: row for row in exact.table(2035)}
    of = [measure.lever.family for measure in scenarios["deep"].measures]
    column = found.column("cumulative")
    for family in ("substitution", "efficiency", "ccus"):
        total = sum(found.shares[i, column] for i, one in enumerate(of) if one == family)
        error = 4 * sum(found.standard_error[i, column] for i, one in enumerate(of) if one == family)
        # Players inside a family share what the family does; interactions across families differ a little.
        assert total == pytest.approx(by_family[family]["cumulative"], abs=error + 0.15 * abs(total))


def test_table_names_every_player_and_the_whole(deep):
    found, _ = deep
    rows = found.table(2035)
    assert [row["player"] for row in rows] == [*FAMILIES, "all"]
    assert set(QUANTITIES) < set(rows[0])
    assert sum(row["avoided_tco2"] for row in rows[:-1]) == pytest.approx(rows[-1]["avoided_tco2"], rel=1e-9)


def test_questions_without_an_answer_are_refused(deep, region_d, scenarios):
    found, draws = deep
    with pytest.raises(ScenarioError, match="no attribution of 2150"):
        found.column(2150)
    with pytest.raises(ScenarioError, match="no measures"):
        attribute(region_d, scenarios["bau"], draws)
    with pytest.raises(ScenarioError, match="'family' or 'lever'"):
        attribute(region_d, scenarios["deep"], draws, by="sector")


# what to do first ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first():
    """Park, scenarios, draws, peaks and steps of a small run."""
    park, chosen = pw.read_park("demo-steel"), pw.read_scenarios().pick(["bau", "efficiency", "deep"])
    draws = pw.sample(park, chosen, members=60, seed=3, assumptions=pw.read_assumptions(as_of=2026))
    peaks = pw.find_peaks(pw.project(park, chosen, draws))
    return park, chosen, draws, peaks, first_steps(park, chosen, draws, peaks)


def test_each_step_is_what_its_measure_does_alone_in_the_same_members(first):
    park, chosen, draws, peaks, steps = first
    alone = {m.lever.lever_id: Scenario(m.lever.lever_id, "", "", measures=(m,)) for m in chosen["deep"].measures}
    without = float(peaks.p_before(2030)[0])
    assert len(steps) > 5
    assert [step.gain for step in steps] == sorted((step.gain for step in steps), reverse=True)
    assert all(step.start >= 2026 for step in steps if step.lever != "green_power"), "none begins in the past"
    prices = pw.read_costs()
    for step in steps[:4]:
        single = pw.find_peaks(pw.project(park, [chosen["bau"], alone[step.lever]], draws))
        assert step.gain == pytest.approx(float(single.p_before(2030)[1]) - without, abs=1e-12)
        cost = pw.package_cost(park, alone[step.lever], draws, prices)
        assert step.cost == pytest.approx(float(cost.annualised() @ cost.weights), rel=1e-6, abs=1e-6)
        assert step.has_price == (step.lever not in cost.unknown)


def test_a_measure_without_a_price_pays_below_the_energy_it_saves(first):
    steps = {step.lever: step for step in first[-1]}
    unpriced = steps["low_carbon_industries"]
    assert not unpriced.has_price
    assert unpriced.pays_below == -unpriced.cost > 0
    assert steps["energy_efficiency"].has_price
    assert steps["energy_efficiency"].pays_below is None
    assert replace(unpriced, cost=1.0).pays_below is None, "it saves nothing"


def test_measures_that_find_nothing_to_act_on_are_no_steps_and_no_measures_give_none(first):
    park, chosen, draws, _peaks, steps = first
    assert "clinker_ratio" in {m.lever.lever_id for m in chosen["deep"].measures}
    assert "clinker_ratio" not in {step.lever for step in steps}
    alone = pw.find_peaks(pw.project(park, [chosen["bau"]], draws))
    assert first_steps(park, {"bau": chosen["bau"]}, draws, alone) == ()


def test_a_member_without_a_peak_is_told_by_the_year_it_counts_as(deep):
    """Five years must follow a peak: of a projection to 2060 it is seen up to 2055."""
    found, _ = deep
    assert found.last_peak_year == int(found.years[-1]) - 5
    assert f"do not peak by {found.last_peak_year}." in describe_years(replace(found, censored=(0.1, 0.1)))
