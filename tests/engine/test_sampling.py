"""The same seed gives the same numbers, whatever else is asked for: bit by bit, not nearly."""

import re

import numpy as np
import pytest
from builders import BAU, as_stated, coal_park, projected
from package_grids import invented_costs
from scipy.stats import spearmanr

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.package_cost import draw_rates
from pathway_models.engine.sampling import stream
from pathway_models.records.levers import Measure, Scenario

MANY = 300


def same(first, second):
    """Whether two pathways hold the same bits in every array."""
    return np.array_equal(first.emissions, second.emissions) and all(
        np.array_equal(first.memo_items[name], second.memo_items[name]) for name in first.memo_items
    )


def drawn(draws):
    """All arrays of draws by name."""
    return {**draws.uniforms, **draws.normals, **{f"shock {name}": a for name, a in draws.shocks.items()}}


@pytest.fixture(scope="module")
def all_of_region_d(region_d, scenarios):
    return projected(region_d, scenarios, members=MANY, seed=0)


def test_the_same_seed_gives_the_same_pathways(region_d, scenarios, all_of_region_d):
    assert same(projected(region_d, scenarios, members=MANY, seed=0), all_of_region_d)


def test_seed_zero_is_a_seed_and_differs_from_seed_one(region_d, scenarios, all_of_region_d):
    other = projected(region_d, scenarios, members=MANY, seed=1)
    after = all_of_region_d.years > all_of_region_d.last_observed_year
    assert not (other.total()[..., after] == all_of_region_d.total()[..., after]).any()


@pytest.mark.parametrize("members", [1, 2, 100, 249, 250, 251])
def test_fewer_members_are_the_first_of_many(region_d, scenarios, all_of_region_d, members):
    few = projected(region_d, scenarios, members=members, seed=0)
    assert np.array_equal(few.emissions, all_of_region_d.emissions[:, :members])
    for name, array in few.memo_items.items():
        assert np.array_equal(array, all_of_region_d.memo_items[name][:, :members])


@pytest.mark.parametrize("until", [2021, 2030, 2050])
def test_an_earlier_horizon_is_the_later_one_cut(region_d, scenarios, all_of_region_d, until):
    near = projected(region_d, scenarios, members=MANY, seed=0, until=until)
    assert np.array_equal(near.emissions, all_of_region_d.emissions[..., : near.years.size])
    draws = pw.sample(region_d, scenarios, members=MANY, seed=0, assumptions=as_stated())
    assert same(near, pw.project(region_d, scenarios, draws, until=until))


@pytest.mark.parametrize("names", ["bau", "deep bau", "sinks efficiency", "substitution", "ccus deep"])
def test_a_scenario_has_the_same_numbers_in_any_company_and_order(region_d, scenarios, all_of_region_d, names):
    names = names.split()
    some = projected(region_d, scenarios.pick(names), members=MANY, seed=0)
    for at, name in enumerate(names):
        assert np.array_equal(some.emissions[at], all_of_region_d.emissions[all_of_region_d.index(name)])


@pytest.mark.slow
def test_a_park_has_the_same_numbers_alone_and_after_all_others(shipped_parks, scenarios):
    chosen = scenarios.pick(["bau", "deep"])
    name = "demo-cement"
    alone = projected(shipped_parks[name], chosen, members=20)
    among = {other: projected(park, chosen, members=20) for other, park in reversed(list(shipped_parks.items()))}
    assert same(alone, among[name])


def test_parks_share_the_shared_draws_and_nothing_else(shipped_parks, scenarios):
    first, second = (drawn(pw.sample(shipped_parks[name], scenarios, members=20, seed=0)) for name in PAIR)
    common = first.keys() & second.keys()
    equal = {name for name in common if np.array_equal(first[name], second[name])}
    streams = {f"shock shared:{name}" for name in ("activity", "nation", "economy")} | {"shock continent:industry"}
    assert equal == {"shared:grid_decline", "shared:capture_ceiling", "shared:slope", *streams}


def test_countries_of_a_continent_share_its_industry_and_not_their_nations(scenarios):
    german, dutch = (
        drawn(pw.sample(pw.read_park(name), scenarios, members=20, seed=0)) for name in ("eu-leuna", "eu-chemelot")
    )
    assert np.array_equal(german["shock continent:industry"], dutch["shock continent:industry"])
    assert not np.array_equal(german["shock shared:nation"], dutch["shock shared:nation"])


#: Two parks that end in the same year, so that their shocks have the same shape.
PAIR = ("demo-cement", "demo-steel")


def test_the_shared_growth_shock_of_a_year_is_the_same_for_parks_of_different_records(shipped_parks, scenarios):
    first, second = (
        pw.sample(shipped_parks[name], scenarios, members=20, seed=0) for name in ("region-anhui", "demo-cement")
    )
    years, first_at, second_at = np.intersect1d(first.years, second.years, return_indices=True)
    assert years.size > 30
    for name, are_equal in (("shared:activity", True), ("shared:nation", True), ("activity", False)):
        pair = first.shocks[name][:, first_at], second.shocks[name][:, second_at]
        assert np.array_equal(*pair) == are_equal


def test_prices_of_energy_are_drawn_once_for_all_parks_and_costs_of_levers_for_each(shipped_parks, scenarios):
    costs, levers = invented_costs(), scenarios.levers
    first, second = (
        draw_rates(costs, levers, pw.sample(shipped_parks[name], scenarios, members=20, seed=0)) for name in PAIR
    )
    assert first.prices
    assert first.levers
    assert all(np.array_equal(price, second.prices[group]) for group, price in first.prices.items())
    assert any(np.ptp(price) > 0 for price in first.prices.values())
    differ = [
        not np.array_equal(rate, second.levers[name]) for name, rate in first.levers.items() if np.ptp(rate[:, 0])
    ]
    assert differ
    assert all(differ)


def test_streams_of_one_park_are_independent_of_each_other(region_d, scenarios):
    arrays = drawn(pw.sample(region_d, scenarios, members=2000, seed=0, correlations=None))
    columns = np.array([array if array.ndim == 1 else array[:, 0] for array in arrays.values()])
    apart = np.corrcoef(columns) - np.eye(len(columns))
    # 4.5 standard errors of a correlation of 2,000 independent members.
    assert np.abs(apart).max() < 4.5 / np.sqrt(2000)
    years = np.corrcoef(arrays["shock activity"].T) - np.eye(arrays["shock activity"].shape[1])
    assert np.abs(years).max() < 4.5 / np.sqrt(2000)


def test_inputs_are_tied_as_the_shipped_file_says_unless_switched_off(region_d, scenarios):
    tied, free = (pw.sample(region_d, scenarios, members=4000, seed=0, correlations=on) for on in (True, None))
    for pair in pw.read_correlations():
        for draws, rank in ((tied, pair.rank), (free, 0.0)):
            found = spearmanr(draws.uniforms[pair.first], draws.uniforms[pair.second]).statistic
            # Four standard errors of a rank correlation of 4,000 members.
            assert found == pytest.approx(rank, abs=4 / np.sqrt(4000))
    for name in ("scale", "slope:activity", "factor:coal"):
        assert np.array_equal(tied.normals[name], free.normals[name])
    same = pw.sample(region_d, scenarios, members=50, seed=0, correlations=pw.read_correlations())
    assert all(np.array_equal(same.uniforms[name], values[:50]) for name, values in tied.uniforms.items())


def test_a_tied_lever_has_the_same_draw_without_its_partner(region_d, scenarios):
    """Green power follows electrification; a scenario without electrification still has the same green power."""
    second = pw.read_correlations()[0].second
    lever = scenarios.levers[second.partition(":")[0]]
    alone = Scenario("alone", "", "", "", (Measure(lever, "strong", lever.ramp),))
    draws = [pw.sample(region_d, chosen, members=60, seed=0) for chosen in (scenarios, [alone])]
    assert np.array_equal(draws[0].uniforms[second], draws[1].uniforms[second])
    assert draws[1].uniforms.keys() == {
        "shared:grid_decline",
        "shared:capture_ceiling",
        *(f"{lever.lever_id}:{name}" for name in lever.triangles("strong")),
    }


def test_draws_have_the_distribution_they_claim(region_d, scenarios):
    draws = pw.sample(region_d, scenarios, members=4000, seed=0)
    for uniform in draws.uniforms.values():
        assert ((uniform >= 0) & (uniform < 1)).all()
        assert uniform.mean() == pytest.approx(0.5, abs=0.025)
        assert uniform.var() == pytest.approx(1 / 12, rel=0.07)
    for normal in [*draws.normals.values(), *(shock[:, 3] for shock in draws.shocks.values())]:
        assert normal.mean() == pytest.approx(0.0, abs=0.08)
        assert normal.std() == pytest.approx(1.0, rel=0.06)


def test_one_draw_serves_all_settings_of_a_lever(region_d, scenarios):
    moderate, strong = (pw.sample(region_d, scenarios.pick([name]), members=5, seed=0) for name in ("moderate", "deep"))
    assert moderate.uniforms.keys() == strong.uniforms.keys()
    assert all(np.array_equal(moderate.uniforms[name], strong.uniforms[name]) for name in moderate.uniforms)


def test_a_stream_is_its_own_whatever_was_drawn_before():
    first = stream(7, "a-park", "slope", 2030).random(3)
    stream(7, "a-park", "slope", 2031).random(1000)
    assert np.array_equal(first, stream(7, "a-park", "slope", 2030).random(3))
    others = [(8, "a-park", "slope", 2030), (7, "b-park", "slope", 2030), (7, "a-park", "mix", 2030)]
    for other in [*others, (7, "a-park", "slope", 2031)]:
        assert not np.isin(first, stream(*other).random(1000)).any()


def test_wrong_arguments_are_told_together():
    with pytest.raises(PathwayError) as refused:
        pw.sample(coal_park(), [BAU], members=0, seed=-1, until=2020)
    for part in ("members = 0: expected at least 1", "seed = -1: expected 0 or more", "until = 2020: expected a year"):
        assert part in str(refused.value)
    with pytest.raises(PathwayError, match=re.escape("until = 2101: expected a year from 2021 to 2100")):
        pw.sample(coal_park(), [BAU], members=1, seed=0, until=2101)


def test_seed_is_never_taken_from_the_clock():
    with pytest.raises(TypeError, match="seed"):
        pw.sample(coal_park(), [BAU], members=1)
