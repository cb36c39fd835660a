"""What levers and ramps do: by hand for one of each action, and as rules that hold for any setting."""

from dataclasses import replace

import numpy as np
import pytest
from builders import BAU, coal_park, growing, lever, mixed_park, park, projected, quiet, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from pathway_models.intake.factors.tables import read_carriers
from pathway_models.kernels.emissions import SHAPES, ramp
from pathway_models.records.levers import RAMPS

YEARS = np.arange(2015, 2061)
some = settings(max_examples=20)


@pytest.fixture
def flat():
    """Assumptions under which nothing grows, so that only the lever moves a park."""
    return growing({2000: 0.0})


def quiet_pair(a_park, *levers, assumptions=None):
    return projected(a_park, [BAU, scenario(*levers)], members=2, change=quiet, assumptions=assumptions)


# --- ramps


@some
@given(
    shape=st.sampled_from(RAMPS),
    start=st.integers(2000, 2070),
    length=st.integers(1, 40),
    delay=st.integers(0, 20),
)
def test_a_ramp_never_falls_starts_at_zero_and_ends_at_one(shape, start, length, delay):
    delay = min(delay, length - 1) if shape == "delay" else 0
    years = np.arange(1990, 2121)
    phase = ramp(years, shape, start, start + length, delay)
    assert (np.diff(phase) >= 0).all()
    assert (phase[years <= start + delay] == 0).all()
    assert (phase[years >= start + length] == 1).all()


def test_ramp_shapes_by_hand():
    years = np.arange(2020, 2031)
    np.testing.assert_allclose(ramp(years, "linear", 2020, 2030, 0), np.linspace(0, 1, 11))
    x = np.linspace(0, 1, 11)
    np.testing.assert_allclose(ramp(years, "s_curve", 2020, 2030, 0), 3 * x**2 - 2 * x**3)
    assert ramp(years, "step", 2020, 2030, 0).tolist() == [0.0] * 10 + [1.0]
    np.testing.assert_allclose(ramp(years, "delay", 2020, 2030, 6), [0] * 7 + [0.25, 0.5, 0.75, 1.0])


def test_every_ramp_a_record_allows_has_a_function_and_no_other():
    assert set(RAMPS) == set(SHAPES)
    with pytest.raises(ValueError, match="unknown ramp shape 'sudden'; there are linear"):
        ramp(YEARS, "sudden", 2020, 2030, 0)


def test_one_lever_on_a_linear_ramp_saves_a_trapezoid(flat):
    saving = lever("reduce_intensity", {"reduction": 0.3}, ramp=("linear", 2025, 2035))
    bau, saved = quiet_pair(coal_park(), saving, assumptions=flat).total()[:, 0]
    yearly = 1000 * 90.0
    np.testing.assert_allclose(bau, yearly)
    # A triangle over ten years and a rectangle from 2036 to 2060.
    assert (bau - saved).sum() == pytest.approx(yearly * 0.3 * (10 / 2 + 0.5 + 25), rel=1e-9)


def test_nothing_that_was_observed_is_changed_by_an_early_start(flat):
    early = lever("reduce_intensity", {"reduction": 0.3}, ramp=("linear", 2012, 2018))
    bau, changed = quiet_pair(coal_park(), early, assumptions=flat).total()[:, 0]
    np.testing.assert_array_equal(bau[:6], changed[:6])
    np.testing.assert_allclose(changed[6:], 0.7 * bau[6:])


# --- what each action does, by hand


def test_replaced_activity_keeps_value_added_and_saves_its_energy(flat):
    values = {"share": 0.2, "intensity_ratio": 0.25}
    pathways = quiet_pair(mixed_park(), lever("replace_activity", values, family="structure"), assumptions=flat)
    left = 1 - 0.2 * 0.75
    np.testing.assert_allclose(pathways.emissions[1, :, :, 7:], left * pathways.emissions[0, :, :, 7:], rtol=1e-12)
    np.testing.assert_array_equal(pathways.memo_items["activity"][0], pathways.memo_items["activity"][1])


def test_retired_activity_takes_its_value_added_along(flat):
    pathways = quiet_pair(mixed_park(), lever("retire_activity", {"share": 0.2}, family="structure"), assumptions=flat)
    for array in (pathways.emissions, pathways.memo_items["activity"], pathways.memo_items["energy"]):
        np.testing.assert_allclose(array[1, ..., 7:], 0.8 * array[0, ..., 7:], rtol=1e-12)


def test_saved_energy_leaves_process_emissions_alone(flat):
    pathways = quiet_pair(mixed_park(), lever("reduce_intensity", {"reduction": 0.2}), assumptions=flat)
    process = pathways.sources.index("process")
    others = [at for at in range(len(pathways.sources)) if at != process]
    np.testing.assert_array_equal(pathways.emissions[1, :, process], pathways.emissions[0, :, process])
    np.testing.assert_allclose(
        pathways.emissions[1][:, others, 7:], 0.8 * pathways.emissions[0][:, others, 7:], rtol=1e-12
    )


def test_a_low_carbon_process_touches_process_emissions_only(flat):
    pathways = quiet_pair(mixed_park(), lever("reduce_process", {"reduction": 0.2}, family="process"), assumptions=flat)
    change = (pathways.emissions[1] / np.where(pathways.emissions[0] == 0, 1, pathways.emissions[0]))[0, :, -1]
    at = dict(zip(pathways.sources, change, strict=True))
    assert at["process"] == pytest.approx(0.8)
    assert at["coal"] == 1.0


def test_substitution_by_hand(flat):
    values = {"share": 0.25, "energy_ratio": 0.8}
    gives = {"natural_gas": 0.5, "electricity": 0.3, "green_electricity": 0.2}
    swap = lever("substitute", values, family="substitution", takes_from=("coal",), gives_to=gives)
    burning = {"bituminous": np.full(6, 1000.0), "natural_gas": np.full(6, 10.0), "electricity": np.full(6, 20.0)}
    pathways = quiet_pair(park({"park": burning}), swap, assumptions=flat)
    before, after = (dict(zip(pathways.sources, pathways.emissions[s, 0, :, 7], strict=True)) for s in (0, 1))
    grid = before["electricity"] / 20.0
    assert after["coal"] == pytest.approx(0.75 * 1000 * 90)
    assert after["gas"] == pytest.approx((10 + 250 * 0.8 * 0.5) * 50)
    assert after["electricity"] == pytest.approx((20 + 250 * 0.8 * 0.3) * grid)
    used = pathways.memo_items["energy"][:, 0, 7]
    assert used[1] - used[0] == pytest.approx(250 * 0.8 - 250)


def test_green_power_lowers_the_market_based_total_and_not_the_location_based_one(levers):
    green = scenario((levers["green_power"], "strong"))
    pathways = projected(mixed_park(), [BAU, green])
    before, after = pathways.memo_items["location_based"]
    np.testing.assert_allclose(after, before, rtol=1e-12)
    assert (pathways.scope(2)[1] <= pathways.scope(2)[0]).all()
    assert (pathways.scope(2)[1, :, -1] < pathways.scope(2)[0, :, -1]).all()


def test_grown_sinks_change_the_net_balance_only():
    pathways = quiet_pair(mixed_park(), lever("grow_sinks", {"area_growth": 0.5}, family="sinks"))
    np.testing.assert_array_equal(pathways.emissions[0], pathways.emissions[1])
    np.testing.assert_allclose(pathways.memo_items["sinks"][1, :, 7:], 750.0)


def test_gas_brought_to_a_sector_without_gas_is_not_free(flat):
    two = park({"a": {"natural_gas": np.full(6, 10.0)}, "b": {"bituminous": np.full(6, 100.0)}}, factors={})
    swap = lever(
        "substitute",
        {"share": 1.0, "energy_ratio": 1.0},
        family="substitution",
        takes_from=("coal",),
        gives_to={"natural_gas": 1.0},
    )
    total = quiet_pair(two, swap, assumptions=flat).total()[1, 0, -1]
    assert total == pytest.approx((10 + 100) * 50)


def test_a_carrier_the_park_does_not_have_is_brought_in_with_its_default_factor(flat):
    swap = lever(
        "substitute",
        {"share": 1.0, "energy_ratio": 1.0},
        family="substitution",
        takes_from=("coal",),
        gives_to={"heat": 1.0},
    )
    uncertain = flat.uncertainties
    still = replace(flat, uncertainties=replace(uncertain, grid_futures=replace(uncertain.grid_futures, heat=0.0)))
    # 0.11 tCO2/GJ, the default of purchased heat, which gets no cleaner here.
    assert quiet_pair(coal_park(), swap, assumptions=still).total()[1, 0, -1] == pytest.approx(1000 * 110.0)
    assert quiet_pair(coal_park(), swap, assumptions=flat).total()[1, 0, -1] < 1000 * 100.0


def test_residents_keep_their_activity_when_industry_is_restructured():
    at_home = park({"residents": {"bituminous": np.full(6, 100.0)}}, kind="population")
    moved = lever("retire_activity", {"share": 0.5}, family="structure")
    pathways = quiet_pair(at_home, moved)
    np.testing.assert_array_equal(pathways.emissions[0], pathways.emissions[1])


def test_substitution_can_raise_emissions_where_the_grid_is_dirty_and_the_energy_is_not_saved():
    # Not a fault of the model: the reason why the shipped lever buys green power and leaves gas out.
    swap = lever(
        "substitute",
        {"share": 0.5, "energy_ratio": 1.0},
        family="substitution",
        takes_from=("gas",),
        gives_to={"electricity": 1.0},
    )
    total = quiet_pair(park({"park": {"natural_gas": np.full(6, 100.0)}}, factors={"electricity": 220.0}), swap).total()
    assert (total[1, :, 8] > total[0, :, 8]).all()
    assert read_carriers()["natural_gas"].group == "gas"
