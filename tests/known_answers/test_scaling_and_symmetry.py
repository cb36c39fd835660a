"""What must not change when a park is scaled, reordered, or given something it does not use."""

from dataclasses import replace

import numpy as np
import pytest
from builders import as_stated, mixed_park, park, projected, quiet
from hypothesis import given, settings
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.records.park import Process
from pathway_models.records.plans import DriverTarget, Plans

few = settings(max_examples=15)


def scaled(a_park, k):
    return replace(a_park, activity=k * a_park.activity, energy=k * a_park.energy, outputs=k * a_park.outputs)


def with_given_drivers(a_park):
    """The same park with activity and intensity given up to the horizon: no driver is left to the law."""
    given = [("activity", name, 0.03) for name in a_park.sectors]
    given += [("intensity", name, -0.02) for name in a_park.sectors]
    targets = (DriverTarget(driver, name, "", 2060, "growth", rate, spread=0.01) for driver, name, rate in given)
    return replace(a_park, plans=Plans(targets=tuple(targets)))


def grows_alike(chosen, a_park, k, assumptions=None):
    """Hold a park against the same park k times as large, member by member."""
    pair = (a_park, scaled(a_park, k))
    small, large = (projected(one, chosen, members=40, assumptions=assumptions) for one in pair)
    np.testing.assert_allclose(large.emissions, k * small.emissions, rtol=1e-9, atol=1e-9 * k * small.emissions.max())
    before, after = pw.find_peaks(small), pw.find_peaks(large)
    assert np.array_equal(before.year, after.year)
    assert np.array_equal(before.status, after.status)


@pytest.fixture(scope="module")
def chosen(scenarios):
    return scenarios.pick(["bau", "deep"])


@pytest.mark.slow
@few
@given(k=st.floats(1e-4, 1e4))
def test_under_given_drivers_a_park_k_times_as_large_emits_k_times_as_much_and_peaks_in_the_same_year(chosen, k):
    grows_alike(chosen, with_given_drivers(mixed_park()), k)


@pytest.mark.slow
@few
@given(k=st.floats(1e-4, 1e4))
def test_under_the_law_without_levels_a_park_k_times_as_large_grows_alike(chosen, k):
    grows_alike(chosen, mixed_park(), k, pw.with_law(as_stated(), "parks_0_2"))


def test_under_the_law_in_levels_size_moves_the_centre_and_leaves_the_record_in_proportion(chosen):
    pair = (mixed_park(), scaled(mixed_park(), 100.0))
    small, large = (projected(a_park, chosen, members=40, change=quiet).total() for a_park in pair)
    ratio = large / (100 * small)
    np.testing.assert_allclose(ratio[..., :6], 1.0, rtol=1e-9)
    assert (np.abs(ratio[0, :, -1] - 1) > 0.01).all()


@few
@given(k=st.floats(1e-3, 1e3))
def test_the_unit_of_activity_does_not_matter(scenarios, k):
    rescaled = replace(mixed_park(), activity=k * mixed_park().activity)
    chosen = scenarios.pick(["bau", "deep"])
    first, second = (projected(a_park, chosen, members=20).emissions for a_park in (mixed_park(), rescaled))
    np.testing.assert_allclose(second, first, rtol=1e-9)


def test_permuting_the_members_permutes_the_results(scenarios, region_d):
    order = np.random.default_rng(0).permutation(60)
    draws = pw.sample(region_d, scenarios, members=60, seed=0)
    shuffled = replace(
        draws,
        uniforms={name: a[order] for name, a in draws.uniforms.items()},
        normals={name: a[order] for name, a in draws.normals.items()},
        shocks={name: a[order] for name, a in draws.shocks.items()},
    )
    straight, mixed = (pw.project(region_d, scenarios, d) for d in (draws, shuffled))
    assert np.array_equal(straight.emissions[:, order], mixed.emissions)
    assert np.array_equal(pw.find_peaks(straight).year[:, order], pw.find_peaks(mixed).year)


def test_a_carrier_with_zero_use_changes_nothing(scenarios):
    rise = 1.03 ** np.arange(6)
    uses = {"bituminous": 1000 * rise, "electricity": 400 * rise}
    without = projected(park({"park": uses}), scenarios)
    with_unused = projected(park({"park": {"diesel_oil": 0 * rise, **uses, "heat": 0 * rise}}), scenarios)
    np.testing.assert_array_equal(without.emissions, with_unused.emissions)


def test_a_process_without_output_changes_nothing(scenarios):
    idle = replace(
        mixed_park(),
        processes=(*mixed_park().processes, Process("idle", 0, "t")),
        outputs=np.vstack([mixed_park().outputs, np.zeros(6)]),
        process_factors=np.vstack([mixed_park().process_factors, np.full(6, 9.0)]),
    )
    first, second = (projected(a_park, scenarios).emissions for a_park in (mixed_park(), idle))
    np.testing.assert_array_equal(first, second)


def test_the_order_of_sectors_and_carriers_does_not_matter(scenarios):
    straight = mixed_park()
    turned = replace(
        straight,
        sectors=straight.sectors[::-1],
        carriers=straight.carriers[::-1],
        groups=straight.groups[::-1],
        activity=straight.activity[::-1],
        energy=straight.energy[::-1, ::-1],
        factors=straight.factors[::-1, ::-1],
        processes=tuple(replace(process, sector=1 - process.sector) for process in straight.processes),
    )
    first, second = (projected(a_park, scenarios).emissions for a_park in (straight, turned))
    np.testing.assert_allclose(first, second, rtol=1e-10, atol=1e-6)


@pytest.mark.parametrize("name", ["region-d", "demo-steel"])
def test_sums_are_defined_once_and_add_up(scenarios, shipped_parks, name):
    pathways = projected(shipped_parks[name], scenarios)
    at = {source: pathways.emissions[:, :, i] for i, source in enumerate(pathways.sources)}
    total, near = pathways.total(), {"rtol": 1e-12}
    np.testing.assert_allclose(total, pathways.scope(1) + pathways.scope(2), **near)
    np.testing.assert_allclose(total, pathways.gross() + at["captured"], **near)
    assert (at["captured"] <= 0).all()
    direct = sum(at[source] for source in ("coal", "oil", "gas", "other_fuel", "process", "capture_heat", "captured"))
    np.testing.assert_allclose(pathways.scope(1), direct, **near)
    np.testing.assert_allclose(
        pathways.scope(2), at["electricity"] + at["heat"] + at["capture_electricity"], rtol=1e-12, atol=1e-6
    )


def test_sinks_stand_beside_and_never_inside_the_total(scenarios):
    bare = mixed_park()
    planted = replace(bare, sinks=10 * bare.sinks)
    chosen = scenarios.pick(["bau", "sinks", "deep"])
    first, second = projected(bare, chosen), projected(planted, chosen)
    np.testing.assert_array_equal(first.emissions, second.emissions)
    np.testing.assert_allclose(second.memo_items["sinks"], 10 * first.memo_items["sinks"])
    np.testing.assert_allclose(first.net(), first.total() - first.memo_items["sinks"])
    assert np.array_equal(first.total()[0], first.total()[1])
    assert (first.memo_items["sinks"][1] >= first.memo_items["sinks"][0]).all()
