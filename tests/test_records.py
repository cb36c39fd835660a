"""Records are valid from birth: what does not fit is refused with a message, and nothing can be changed."""

import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from builders import BAU, coal_park, constant, lever, mixed_park, projected, scenario

import pathway_models as pw
from pathway_models.foundations.errors import InputError, PathwayError, RecordError, ScenarioError
from pathway_models.records import Lever, Measure, Process, Ramp, Scenario, Triangle
from pathway_models.records.arrays import frozen_array, rising_years


@pytest.fixture(scope="module")
def made():
    """One record of each kind that holds arrays, all of one small park."""
    park = mixed_park()
    draws = pw.sample(park, [BAU], members=4, seed=0)
    pathways = pw.project(park, [BAU], draws)
    return {
        "park": park,
        "inventory": pw.take_inventory(park),
        "draws": draws,
        "pathways": pathways,
        "peaks": pw.find_peaks(pathways),
    }


def arrays_of(record):
    for name in record.__dataclass_fields__:
        value = getattr(record, name)
        if isinstance(value, np.ndarray):
            yield name, value
        elif hasattr(value, "items"):
            yield from ((f"{name}[{key}]", array) for key, array in value.items() if isinstance(array, np.ndarray))


@pytest.mark.parametrize("kind", ["park", "inventory", "draws", "pathways", "peaks"])
def test_every_array_of_a_record_is_read_only(made, kind):
    found = dict(arrays_of(made[kind]))
    assert found
    assert [name for name, array in found.items() if array.flags.writeable] == []


@pytest.mark.parametrize("kind", ["park", "inventory", "draws", "pathways", "peaks"])
def test_no_field_of_a_record_can_be_set(made, kind):
    name = next(iter(made[kind].__dataclass_fields__))
    with pytest.raises(FrozenInstanceError):
        setattr(made[kind], name, None)


def test_mappings_of_a_record_cannot_be_extended(made):
    for mapping in (made["draws"].normals, made["pathways"].beside, lever("retire_activity", {"share": 0.1}).settings):
        with pytest.raises(TypeError):
            mapping["more"] = 1


@pytest.mark.parametrize(
    ("kind", "field", "bad"),
    [
        ("park", "energy", np.nan),
        ("park", "activity", np.inf),
        ("park", "factors", np.nan),
        ("inventory", "emissions", np.nan),
        ("inventory", "sinks", np.nan),
        ("pathways", "emissions", -np.inf),
        ("peaks", "value", np.nan),
        ("peaks", "year", np.nan),
    ],
)
def test_a_value_that_is_not_finite_is_refused(made, kind, field, bad):
    values = np.array(getattr(made[kind], field), dtype=float)
    values.flat[0] = bad
    with pytest.raises(RecordError, match=re.escape("1 values are not finite")):
        replace(made[kind], **{field: values})


@pytest.mark.parametrize(
    ("kind", "field"),
    [("park", "energy"), ("inventory", "emissions"), ("pathways", "emissions"), ("peaks", "value"), ("park", "sinks")],
)
def test_an_array_that_does_not_fit_its_labels_is_refused(made, kind, field):
    values = getattr(made[kind], field)
    with pytest.raises(RecordError, match=re.escape("does not fit the labels, expected")):
        replace(made[kind], **{field: values[..., :-1]})


def test_a_gap_in_the_years_is_shown(made):
    for kind in ("park", "pathways", "inventory", "draws"):
        years = np.array(made[kind].years)
        years[2:] += 1
        with pytest.raises(RecordError, match=re.escape(f"{years[1]} is followed by {years[2]}")):
            replace(made[kind], years=years)


def test_years_are_whole_numbers_and_at_least_one():
    with pytest.raises(RecordError, match=re.escape("expected whole numbers, got 2015.5")):
        rising_years("years", [2015.5, 2016.5])
    with pytest.raises(RecordError, match=re.escape("expected at least one year")):
        rising_years("years", [])
    with pytest.raises(RecordError, match=re.escape("expected whole numbers, got 2030.5")):
        frozen_array("year", [[2030.5]], (1, 1), int)


def test_a_callers_array_stays_writeable_and_apart():
    mine = np.ones(3)
    kept = frozen_array("mine", mine, (3,))
    mine[0] = 9.0
    assert kept.tolist() == [1.0, 1.0, 1.0]
    assert not kept.flags.writeable


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"energy": -np.ones((2, 5, 6))}, "energy use is negative somewhere"),
        ({"activity": np.zeros((2, 6))}, "activity must be above zero in every sector and year"),
        ({"activity_kinds": ("value_added", "joy")}, "activity kind 'joy' is not one of"),
        ({"activity_kinds": ("value_added",)}, "one activity kind a sector"),
        ({"groups": ("coal",)}, "one group a carrier"),
        ({"carriers": ("a", "a", "b", "c", "d")}, "carrier 'a' stands twice"),
        ({"carriers": ("a", "b", "c", "d", "e")}, "carrier 'electricity' is needed"),
        ({"processes": (Process("clinker", 7, "t"),)}, "process 'clinker' stands in no sector (7)"),
    ],
)
def test_a_park_that_cannot_be_is_refused(change, message):
    with pytest.raises(RecordError, match=re.escape(message)):
        replace(mixed_park(), **change)


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


def test_an_unknown_scenario_is_named_with_those_there_are(scenarios, made):
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'dep'; there are bau, ")):
        scenarios["dep"]
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'dep', 'bao'; there are bau, ")):
        scenarios.pick(["dep", "bau", "bao"])
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'deep' in these pathways")):
        made["pathways"].index("deep")
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


def test_draws_need_a_member_and_pathways_a_known_source(made):
    with pytest.raises(RecordError, match=re.escape("members must be at least 1")):
        replace(made["draws"], members=0)
    with pytest.raises(RecordError, match=re.escape("unknown sources ['steam']")):
        replace(made["pathways"], sources=("steam", *made["pathways"].sources[1:]))
    with pytest.raises(RecordError, match=re.escape("last observed year 1999 is outside 2015-2060")):
        replace(made["pathways"], last_observed_year=1999)
    with pytest.raises(RecordError, match=re.escape("status codes must be indices into")):
        replace(made["peaks"], status=np.full(made["peaks"].status.shape, 9))


@pytest.mark.parametrize("kind", ["park", "inventory", "draws", "pathways", "peaks"])
def test_the_repr_says_whose_it_is_and_fits_the_screen(made, kind):
    text = repr(made[kind])
    assert "tiny" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_repr_of_many_pathways_fits_80_columns_and_names_every_axis(scenarios):
    text = repr(projected(mixed_park(), scenarios, members=2))
    assert max(map(len, text.splitlines())) <= 80
    for part in ("tCO2/yr, 2015-2060", "observed to 2020", "scenario 10: bau", "deep", "member 2", "source", "year 46"):
        assert part in text


def test_a_made_up_park_says_so_and_an_error_carries_all_its_faults():
    assert "INVENTED" in repr(coal_park())
    assert issubclass(RecordError, PathwayError)
    assert issubclass(InputError, Exception)
    assert str(InputError([])) == "0 faults in the input:"


def test_peaks_summary_has_a_row_a_scenario_and_both_readings_of_before_2030():
    a_lever = lever("retire_activity", {"share": constant(0.5).mode}, family="structure")
    peaks = pw.find_peaks(projected(coal_park(), [BAU, scenario(a_lever)], members=20))
    rows = peaks.summary(before=2030)
    assert [row["scenario"] for row in rows] == ["nothing", "tried"]
    for at, row in enumerate(rows):
        years = np.where(peaks.censored()[at], np.inf, peaks.year[at])
        assert row["p_peak_before_2030"] == (years <= 2029).mean()
        assert row["p_peak_by_2030"] == (years <= 2030).mean()
        assert row["share_censored"] == np.isinf(years).mean()
        np.testing.assert_allclose(peaks.status_shares()[at].sum(), 1.0)
    assert isinstance(a_lever, Lever)
