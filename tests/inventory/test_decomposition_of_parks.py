"""What moved a park's past: effects add up exactly, and each goes to the driver that changed."""

import re

import numpy as np
import pytest
from builders import with_data
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pathway_models.core.errors import PathwayError, RecordError
from pathway_models.intake.parks import read_park
from pathway_models.inventory.accounts import take_inventory
from pathway_models.inventory.decomposition import Decomposition, decompose_past, decoupling, has_economy, tapio_state
from pathway_models.records.park import Park, Process

CARRIERS = ("bituminous", "natural_gas", "electricity", "green_electricity")
GROUPS = ("coal", "gas", "electricity", "green_electricity")
FACTORS = np.array([90.0, 55.0, 160.0, 0.0])


def little_park(energy, activity=None, factors=None, kinds=None, **more):
    """A park with the energy of (sector, carrier, year), TJ, and unchanged activity and factors by default."""
    energy = np.asarray(energy, float)
    sectors, _, years = energy.shape
    constant = np.broadcast_to(FACTORS[None, :, None], energy.shape)
    return Park(
        park_id="own-park",
        name_zh="自有园区",
        name_en="Own park",
        kind="park",
        archetype="",
        province="",
        invented=False,
        years=2019 + np.arange(years),
        sectors=tuple(f"sector_{at}" for at in range(sectors)) if sectors > 1 else ("park",),
        carriers=CARRIERS,
        groups=GROUPS,
        activity=np.full((sectors, years), 100.0) if activity is None else activity,
        activity_kinds=kinds or ("value_added",) * sectors,
        energy=energy,
        factors=constant if factors is None else factors,
        **more,
    )


def sole_effect(park):
    """The one driver that moved, and by how much."""
    moved = {name: value for name, value in decompose_past(park).sums().items() if abs(value) > 1e-9}
    assert len(moved) == 1, moved
    return next(iter(moved.items()))


ONE_YEAR = np.array([[100.0], [50.0], [20.0], [5.0]])


@pytest.mark.parametrize("park_id", with_data())
def test_effects_add_up_to_the_change_of_the_inventory(shipped_parks, park_id):
    park = shipped_parks[park_id]
    parts = decompose_past(park)
    total = take_inventory(park).total()
    assert parts.residual() < 1e-9
    assert sum(parts.sums().values()) == pytest.approx(total[-1] - total[0], abs=1e-9 * total.max())


@given(
    energy=arrays(float, (2, 4, 3), elements=st.floats(1.0, 1e5)),
    activity=arrays(float, (2, 3), elements=st.floats(1.0, 1e5)),
    factors=arrays(float, (2, 4, 3), elements=st.floats(1.0, 500.0)),
)
def test_effects_of_any_park_add_up(energy, activity, factors):
    assert decompose_past(little_park(energy, activity, factors)).residual() < 1e-9


def test_growth_of_everything_alike_is_activity():
    energy = ONE_YEAR[None] * np.array([1.0, 1.5])
    name, value = sole_effect(little_park(energy, activity=np.array([[100.0, 150.0]])))
    assert (name, value) == ("activity", pytest.approx(0.5 * (100 * 90 + 50 * 55 + 20 * 160)))


def test_less_energy_for_the_same_activity_is_intensity():
    name, value = sole_effect(little_park(ONE_YEAR[None] * np.array([1.0, 0.8])))
    assert name == "intensity"
    assert value < 0


def test_coal_that_gives_way_to_gas_is_the_mix():
    energy = np.array([[[100.0, 60.0], [50.0, 90.0], [20.0, 20.0], [5.0, 5.0]]])
    assert sole_effect(little_park(energy))[0] == "mix"


def test_a_carrier_that_leaves_and_has_no_factor_any_more_is_the_mix():
    energy = np.array([[[100.0, 0.0], [50.0, 150.0], [20.0, 20.0], [5.0, 5.0]]])
    factors = np.broadcast_to(FACTORS[None, :, None], energy.shape).copy()
    factors[0, 0, 1] = 0.0
    name, value = sole_effect(little_park(energy, factors=factors))
    assert (name, value) == ("mix", pytest.approx(100 * 55.0 - 100 * 90.0))


def test_a_cleaner_grid_is_told_apart_from_the_factors_of_fuels():
    energy = np.repeat(ONE_YEAR[None], 2, axis=-1)
    factors = np.broadcast_to(FACTORS[None, :, None], energy.shape).copy()
    factors[0, 2, 1] = 120.0
    assert sole_effect(little_park(energy, factors=factors)) == ("grid_factor", pytest.approx(-20 * 40.0))


def test_growth_of_the_heavier_sector_alone_is_activity_and_structure():
    energy = np.stack([ONE_YEAR * np.array([1.0, 2.0]), 0.1 * ONE_YEAR * np.ones(2)])
    sums = decompose_past(little_park(energy, activity=np.array([[100.0, 200.0], [100.0, 100.0]]))).sums()
    assert sums["activity"] > 0
    assert sums["structure"] > 0
    assert sums["intensity"] == pytest.approx(0.0, abs=1e-9)


def test_residents_do_not_share_an_activity_with_the_economy():
    energy = np.stack([ONE_YEAR * np.ones(2), ONE_YEAR * np.array([1.0, 1.2])])
    activity = np.array([[100.0, 100.0], [1000.0, 1200.0]])
    park = little_park(energy, activity, kinds=("value_added", "population"))
    assert sole_effect(park)[0] == "activity"


def test_a_park_without_value_added_has_no_intensity_that_could_change():
    energy = ONE_YEAR[None] * np.array([1.0, 1.3])
    park = little_park(energy, activity=energy.sum(axis=1), kinds=("energy_index",))
    assert sole_effect(park)[0] == "activity"


def test_a_balance_that_changes_its_sign_is_an_effect_of_its_own():
    park = little_park(
        np.repeat(ONE_YEAR[None], 2, axis=-1),
        processes=(Process("conversion_coal", 0, "TJ", is_balance=True),),
        outputs=np.array([[10.0, -30.0]]),
        process_factors=np.array([[50.0, 40.0]]),
    )
    assert sole_effect(park) == ("balance", pytest.approx(-30 * 40.0 - 10 * 50.0))


def test_more_output_of_a_process_per_value_added_is_intensity():
    park = little_park(
        np.repeat(ONE_YEAR[None], 2, axis=-1),
        processes=(Process("clinker", 0, "t"),),
        outputs=np.array([[100.0, 120.0]]),
        process_factors=np.array([[0.5, 0.5]]),
    )
    assert sole_effect(park) == ("intensity", pytest.approx(10.0))


def test_the_past_of_a_single_year_has_no_effects():
    parts = decompose_past(little_park(ONE_YEAR[None]))
    assert set(parts.sums().values()) == {0.0}
    assert parts.residual() == 0.0


def test_a_decomposition_says_what_it_is():
    parts = decompose_past(read_park("region-d"))
    assert repr(parts).startswith("<Decomposition region-d: 2010-2020, 万tCO2/yr")
    assert not parts.values.flags.writeable


def test_a_decomposition_whose_labels_do_not_fit_is_refused():
    with pytest.raises(RecordError, match=re.escape("values: shape (1, 2) does not fit the labels, expected (1, 1)")):
        Decomposition("own-park", np.array([2019, 2020]), ("activity",), np.zeros((1, 2)), np.ones(2))


@pytest.mark.parametrize(
    ("emissions", "activity", "state"),
    [
        (-0.01, 0.05, "strong_decoupling"),
        (0.02, 0.05, "weak_decoupling"),
        (0.05, 0.05, "expansive_coupling"),
        (0.07, 0.05, "expansive_negative_decoupling"),
        (0.01, -0.05, "strong_negative_decoupling"),
        (-0.02, -0.05, "weak_negative_decoupling"),
        (-0.05, -0.05, "recessive_coupling"),
        (-0.07, -0.05, "recessive_decoupling"),
        (0.04, 0.05, "expansive_coupling"),
        (0.06, 0.05, "expansive_coupling"),
        (0.01, 0.0, "expansive_negative_decoupling"),
        (-0.01, 0.0, "strong_decoupling"),
    ],
)
def test_states_of_decoupling(emissions, activity, state):
    assert tapio_state(emissions, activity) == state


def test_region_d_has_decoupled_weakly():
    found = decoupling(read_park("region-d"))
    assert (found.first, found.last, found.state) == (2010, 2020, "weak_decoupling")
    assert found.elasticity == pytest.approx(found.emissions_change / found.activity_change)
    assert found.activity_change == pytest.approx(1.143, abs=5e-4)


def test_years_of_decoupling_can_be_chosen():
    assert decoupling(read_park("region-d"), 2015, 2019).first == 2015


def test_activity_that_stands_still_gives_an_infinite_elasticity():
    assert decoupling(little_park(ONE_YEAR[None] * np.array([1.0, 1.3]))).elasticity == np.inf


@pytest.mark.parametrize("years", [(2020, 2010), (2010, 2021), (2009, 2020), (2015, 2015)])
def test_years_outside_the_record_are_refused(years):
    message = f"{years[0]}-{years[1]}: expected two years of 2010-2020, the earlier first"
    with pytest.raises(PathwayError, match=re.escape(message)):
        decoupling(read_park("region-d"), *years)


def test_without_value_added_there_is_nothing_to_decouple_from():
    energy = ONE_YEAR[None] * np.array([1.0, 1.3])
    park = little_park(energy, activity=energy.sum(axis=1), kinds=("energy_index",))
    assert not has_economy(park)
    with pytest.raises(PathwayError, match=re.escape("own-park: no value added in the table")):
        decoupling(park)
