"""A stronger lever never raises emissions, in any member and year.

The one exception is capture, which pays for itself with energy: test_capture_pays_its_energy.py.
"""

from dataclasses import replace

from builders import BAU, lever, mixed_park, projected, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from pathway_models.records import Measure, Ramp
from pathway_models.records.levers import ACTIONS, RAMPS

#: Room for the rounding of sums.
ROOM = 1 + 1e-12
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


def test_shipped_levers_at_strong_never_emit_more_than_at_moderate_or_than_without(levers, shipped_parks):
    tried = [name for name, one in levers.items() if one.family != "ccus"]
    chosen = [
        scenario((levers[name], setting), scenario_id=f"{name} {setting}")
        for name in tried
        for setting in ("moderate", "strong")
    ]
    raised = []
    for park_id, shipped in shipped_parks.items():
        bau, *pairs = projected(shipped, [BAU, *chosen], members=20).total()
        for name, moderate, strong in zip(tried, pairs[::2], pairs[1::2], strict=True):
            if (moderate > bau * ROOM).any() or (strong > moderate * ROOM).any():
                raised.append((park_id, name))
    assert raised == []


def test_a_shipped_lever_made_stronger_never_raises_emissions_beside_all_the_others(scenarios, levers, shipped_parks):
    raised = []
    for park_id in ("region-d", "demo-steel", "demo-services-rd"):
        for lever_id, one in levers.items():
            if one.family == "ccus":
                continue
            weaker = replace(scenarios["deep"].with_measure(one, "moderate"), scenario_id="weaker")
            total = projected(shipped_parks[park_id], [weaker, scenarios["deep"]], members=20).total()
            if (total[1] > total[0] * ROOM).any():
                raised.append((park_id, lever_id))
    assert raised == []


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
    assert (total[1] <= total[0] * ROOM).all()
    assert (total[2] <= total[1] * ROOM).all()
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
    assert (early <= late * ROOM).all()


def test_every_action_of_the_model_is_covered_here():
    elsewhere = {"capture", "grow_sinks"}
    assert set(ACTIONS) == set(SAVING) | elsewhere
