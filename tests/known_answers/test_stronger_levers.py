"""A stronger lever never raises emissions, in any member and year.

The exception has tests of its own: capture, which pays with energy (test_capture_pays_its_energy.py), and what it does
to fuels that no plant captures.
"""

from dataclasses import replace

import numpy as np
import pytest
from builders import BAU, coal_park, lever, mixed_park, projected, quiet, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from pathway_models.levers import ACTIONS
from pathway_models.records.levers import RAMPS, Measure, Ramp

#: Room for the rounding of sums, as a share of the larger total.
ROUNDING = 1e-12
some = settings(max_examples=20)
shares = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(sorted)
#: One way to use each action that saves; the others are tested on their own.
SAVING = {
    "replace_activity": ({"intensity_ratio": 0.3}, "share", {"family": "structure"}),
    "retire_activity": ({}, "share", {"family": "structure"}),
    "reduce_intensity": ({}, "reduction", {"family": "efficiency"}),
    "reduce_process": ({}, "reduction", {"family": "process"}),
    "substitute": (
        {"energy_ratio": 1.0},
        "share",
        {"family": "substitution", "takes_from": ("coal",), "gives_to": {"natural_gas": 0.4, "biomass": 0.6}},
    ),
}


def raised_members(weaker, stronger):
    """Members in which a stronger lever emits more in some year, of those with emissions above zero throughout."""
    more = stronger > weaker + ROUNDING * np.abs(weaker)
    return np.flatnonzero(more.any(axis=-1) & (weaker > 0).all(axis=-1)).tolist()


def tried_on(levers):
    """Levers to try on a park: all but capture, which pays with energy."""
    return [name for name, one in levers.items() if one.family != "ccus"]


@pytest.mark.slow
def test_shipped_levers_at_strong_never_emit_more_than_at_moderate_or_than_without(levers, shipped_parks):
    raised = {}
    for park_id, shipped in shipped_parks.items():
        names = tried_on(levers)
        each = [(name, setting) for name in names for setting in ("moderate", "strong")]
        chosen = [scenario((levers[name], setting), scenario_id=f"{name} {setting}") for name, setting in each]
        bau, *pairs = projected(shipped, [BAU, *chosen], members=20).total()
        for name, moderate, strong in zip(names, pairs[::2], pairs[1::2], strict=True):
            raised[park_id, name] = raised_members(bau, moderate) + raised_members(moderate, strong)
    assert {key: members for key, members in raised.items() if members} == {}


def all_at_strong(scenarios, levers):
    """The deep scenario, with the levers that no scenario has beside it."""
    everything = scenarios["deep"]
    for one in levers.values():
        everything = everything.with_measure(one, "strong")
    return everything


@pytest.mark.slow
def test_a_lever_made_stronger_never_raises_emissions_beside_all_others_but_capture(scenarios, levers, shipped_parks):
    everything = all_at_strong(scenarios, levers)
    others = tuple(measure for measure in everything.measures if measure.lever.family != "ccus")
    strong = replace(everything, measures=others)
    raised = {}
    for park_id, shipped in shipped_parks.items():
        names = tried_on(levers)
        weaker = [replace(strong.with_measure(levers[name], "moderate"), scenario_id=name) for name in names]
        *weak, total = projected(shipped, [*weaker, strong], members=20).total()
        raised |= {(park_id, name): raised_members(one, total) for name, one in zip(names, weak, strict=True)}
    assert {key: members for key, members in raised.items() if members} == {}


def test_burning_gas_in_place_of_coal_whose_co2_is_captured_raises_emissions():
    # 1 TJ of coal leaves 90 x (1 - 0.9 x 0.9) = 17.1 tCO2; 1 TJ of gas, which no plant captures, 55.5 tCO2
    # (15.3 tC/TJ, 99 % oxidised).
    gas = 15.3 * 0.99 * 44 / 12
    values = {"equipped_share": 0.9, "capture_rate": 0.9, "heat_penalty": 0.0, "electricity_penalty": 0.0}
    plant = lever("capture", {**values, "stored_share": 1.0}, family="ccus", takes_from=("coal",))
    swap = {"family": "substitution", "takes_from": ("coal",), "gives_to": {"natural_gas": 1.0}}
    weak, strong = (
        scenario(lever("substitute", {"share": share, "energy_ratio": 1.0}, **swap), plant, scenario_id=str(share))
        for share in (0.1, 0.3)
    )
    first, second = projected(coal_park(), [weak, strong], members=2, change=quiet).total()[:, 0, 7]
    assert first / second == pytest.approx((0.9 * 17.1 + 0.1 * gas) / (0.7 * 17.1 + 0.3 * gas))
    assert second > first


@pytest.mark.slow
def test_no_shipped_lever_works_against_capture(scenarios, levers, shipped_parks):
    # Capture takes gas as well as coal, so that switching fuels does not lead around it.
    deep = all_at_strong(scenarios, levers)
    raised = {}
    for park_id, shipped in shipped_parks.items():
        names = tried_on(levers)
        weaker = [replace(deep.with_measure(levers[name], "moderate"), scenario_id=name) for name in names]
        *weak, total = projected(shipped, [*weaker, deep], members=20).total()
        raised |= {(park_id, name): raised_members(one, total) for name, one in zip(names, weak, strict=True)}
    assert {key: members for key, members in raised.items() if members} == {}


@pytest.mark.slow
def test_totals_never_fall_below_zero(scenarios, shipped_parks):
    for park_id, shipped in shipped_parks.items():
        total = projected(shipped, scenarios.pick(["bau", "deep"]), members=100).total()
        assert (total >= 0).all(), park_id


@some
@given(
    action=st.sampled_from(sorted(SAVING)),
    weak=shares,
    strong=shares,
    shape=st.sampled_from(RAMPS),
    start=st.integers(2018, 2040),
    length=st.integers(1, 30),
)
def test_any_stronger_setting_of_any_saving_action_never_raises_emissions(action, weak, strong, shape, start, length):
    strong = [max(pair) for pair in zip(weak, strong, strict=True)]
    fixed, name, more = SAVING[action]
    settings = [
        replace(lever(action, {**fixed, name: tuple(corners)}, **more), ramp=Ramp(shape, start, start + length))
        for corners in (weak, strong)
    ]
    chosen = [BAU, *(scenario(one, scenario_id=str(at)) for at, one in enumerate(settings))]
    total = projected(mixed_park(), chosen, members=10).total()
    assert (total[1] <= total[0] * (1 + ROUNDING)).all()
    assert (total[2] <= total[1] * (1 + ROUNDING)).all()
    assert (total >= -1e-6).all()


@some
@given(
    action=st.sampled_from(sorted(SAVING)),
    corners=shares,
    start=st.integers(2021, 2040),
    earlier=st.integers(0, 10),
    faster=st.integers(0, 10),
)
def test_a_lever_that_starts_earlier_or_works_faster_never_raises_emissions(action, corners, start, earlier, faster):
    fixed, name, more = SAVING[action]
    one = lever(action, {**fixed, name: tuple(corners)}, ramp=("linear", start, start + 15), **more)
    soon = Ramp("linear", start - earlier, start + 15 - earlier - faster)
    chosen = [scenario(one), replace(scenario(one), scenario_id="soon", measures=(Measure(one, "on", soon),))]
    late, early = projected(mixed_park(), chosen, members=10).total()
    assert (early <= late * (1 + ROUNDING)).all()


def test_every_action_of_the_model_is_covered_here():
    elsewhere = {"capture", "grow_sinks"}
    assert set(ACTIONS) == set(SAVING) | elsewhere
