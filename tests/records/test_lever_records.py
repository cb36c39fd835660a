"""Levers, measures and scenarios: what they refuse, and that a scenario is a set and not a sequence."""

import re

import pytest
from builders import BAU, lever

from pathway_models.core.errors import RecordError, ScenarioError
from pathway_models.records.levers import Measure, Ramp, Scenario, Triangle


def test_a_triangle_has_its_corners_in_order():
    with pytest.raises(RecordError, match=re.escape("expected low <= mode <= high, got 0.3, 0.2, 0.4")):
        Triangle(0.3, 0.2, 0.4)


@pytest.mark.parametrize(("shape", "start", "complete", "delay"), [("linear", 2030, 2030, 0), ("delay", 2025, 2030, 5)])
def test_a_ramp_is_complete_after_it_starts(shape, start, complete, delay):
    with pytest.raises(RecordError, match=re.escape("ramp must be complete after it starts")):
        Ramp(shape, start, complete, delay)


def test_an_unknown_ramp_shape_is_refused():
    with pytest.raises(RecordError, match=re.escape("ramp shape 'sudden' is not one of")):
        Ramp("sudden", 2025, 2030)


@pytest.mark.parametrize(
    ("action", "values", "more", "message"),
    [
        ("retire_activity", {"share": 0.1}, {"family": "luck"}, "family 'luck' is not one of"),
        ("wish", {"share": 0.1}, {}, "action 'wish' is not one of"),
        ("retire_activity", {"amount": 0.1}, {}, "retire_activity needs exactly ['share']"),
        ("retire_activity", {"share": 1.1}, {}, "tried.on.share: expected values from 0 to 1"),
        ("reduce_intensity", {"reduction": -0.1}, {}, "tried.on.reduction: expected values from 0 to 1"),
        ("grow_sinks", {"area_growth": -0.1}, {}, "expected values of 0 or more"),
        (
            "substitute",
            {"share": 0.1, "energy_ratio": 1.0},
            {"takes_from": ("coal",), "gives_to": {"heat": 0.5}},
            "gives_to must be shares that sum to 1",
        ),
        (
            "substitute",
            {"share": 0.1, "energy_ratio": 1.0},
            {"takes_from": ("coal",), "gives_to": {"heat": 1.5, "hydrogen": -0.5}},
            "gives_to must be shares that sum to 1",
        ),
        ("substitute", {"share": 0.1, "energy_ratio": 1.0}, {"gives_to": {"heat": 1.0}}, "takes_from must name"),
    ],
)
def test_a_lever_that_cannot_be_is_refused(action, values, more, message):
    with pytest.raises(RecordError, match=re.escape(message)):
        lever(action, values, **more)


def test_a_setting_that_a_lever_does_not_have_is_named():
    measured = lever("retire_activity", {"share": 0.1})
    with pytest.raises(ScenarioError, match=re.escape("lever 'tried' has no setting 'strong'; it has on")):
        Measure(measured, "strong", measured.ramp)


def test_an_unknown_scenario_is_named_with_those_there_are(scenarios):
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'dep'; there are bau, ")):
        scenarios["dep"]
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'dep', 'bao'; there are bau, ")):
        scenarios.pick(["dep", "bau", "bao"])
    assert "deep" in scenarios
    assert "dep" not in scenarios


def test_measures_act_in_one_order_whichever_way_a_scenario_was_put_together(levers):
    chosen = [levers[name] for name in ("green_power", "ccus", "electrification", "low_carbon_industries")]
    forward, backward = (
        Scenario("s", "", "", "", tuple(Measure(lever, "strong", lever.ramp) for lever in order))
        for order in (chosen, chosen[::-1])
    )
    assert forward.measures == backward.measures
    step_by_step = BAU
    for one in chosen:
        step_by_step = step_by_step.with_measure(one, "strong")
    assert step_by_step.measures == forward.measures


def test_setting_a_measure_anew_at_its_own_setting_changes_nothing(scenarios):
    deep = scenarios["deep"]
    for measure in deep.measures:
        assert deep.with_measure(measure.lever, measure.setting).measures == deep.measures


def test_a_measure_can_be_given_its_own_years(levers):
    early = BAU.with_measure(levers["ccus"], "strong", start=2024, complete=2030)
    (measure,) = early.measures
    assert (measure.ramp.start, measure.ramp.complete, measure.ramp.shape) == (2024, 2030, "s_curve")
    assert levers["ccus"].ramp.start != 2024
