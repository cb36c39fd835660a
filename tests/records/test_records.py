"""Records are valid from birth: what does not fit is refused with a message, and nothing can be changed."""

import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from builders import BAU, coal_park, constant, lever, mixed_park, projected, scenario

import pathway_models as pw
from pathway_models.core.arrays import frozen_array, rising_years
from pathway_models.core.errors import InputError, PathwayError, RecordError, ScenarioError
from pathway_models.kernels.turning_points import STATUS
from pathway_models.records.levers import Lever
from pathway_models.records.park import Process


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
    settings = lever("retire_activity", {"share": 0.1}).settings
    for mapping in (made["draws"].normals, made["pathways"].memo_items, settings):
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


def test_a_scenario_that_was_not_projected_is_named(made):
    with pytest.raises(ScenarioError, match=re.escape("no scenario 'deep' in these pathways; there are nothing")):
        made["pathways"].index("deep")


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


def test_quantiles_of_the_peak_year_keep_censored_members():
    years, status = (
        [[2025, 2029, 2030, 2031, 2029, 2060]],
        ["in_record", "ahead", "after", "after", "plateau", "not_within_horizon"],
    )
    pathways = projected(coal_park(), [BAU], members=6)
    made = replace(pw.find_peaks(pathways), year=years, status=[[STATUS.index(name) for name in status]])
    (row,) = made.summary(before=2030)
    assert row["share_censored"] == pytest.approx(2 / 6)
    assert made.p_peaked_by(2029) == pytest.approx(2 / 6)
    assert (row["peak_year_p05"], row["peak_year_p50"], row["peak_year_p95"]) == ("2025", "2030", ">2055")


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
        assert row["p_peak_before_2030"] == peaks.p_before(2030)[at]
        assert row["p_peak_by_2030"] == peaks.p_before(2031)[at]
        assert row["share_censored"] == peaks.censored()[at].mean()
        np.testing.assert_allclose(peaks.status_shares()[at].sum(), 1.0)
    assert isinstance(a_lever, Lever)


def test_records_show_themselves_as_tables_without_ids_and_seeds():
    park, scenarios = pw.read_park("demo-steel"), pw.read_scenarios().pick(["bau", "deep"])
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=5, seed=8642))
    inventory = pw.take_inventory(park)
    for record in (park, inventory, pathways, pw.find_peaks(pathways), scenarios, pw.headline(pathways, 2030)):
        shown = record._repr_html_()
        assert shown.startswith("<p><strong>")
        assert "<table" in shown
        assert not re.search(r"demo-steel|8642|\bbau\b|\w_\w", shown)
        assert len(record.to_frame())
    assert "INVENTED" in park._repr_html_()
    assert inventory.to_frame()["emissions_tco2"].sum() == pytest.approx(inventory.emissions.sum())


def test_scenarios_show_themselves_in_a_line_and_tab_completion_offers_their_table():
    scenarios = pw.read_scenarios()
    assert repr(scenarios).startswith("<Scenarios: bau, substitution")
    assert len(repr(scenarios)) < 200
    assert {"to_frame", "with_lever", "with_scenario", "pick"} <= set(dir(scenarios))
    assert {"to_frame"} <= set(dir(pw.read_park("demo-steel")))


def test_a_lever_and_a_scenario_of_ones_own_act_as_they_say():
    park, shipped = pw.read_park("demo-steel"), pw.read_scenarios()
    mine = shipped.with_lever("ours", "energy_efficiency", name="Our audit", reduction=(0.3, 0.3, 0.3))
    mine = mine.with_scenario("plan", {"ours": ("own", 2026, 2030), "ccus": "strong"}, name="Our plan")
    assert list(mine) == [*shipped, "plan"]
    assert [measure.lever.lever_id for measure in mine["plan"].measures] == ["ours", "ccus"]
    ramp = mine["plan"].measures[0].ramp
    assert (ramp.start, ramp.complete) == (2026, 2030)
    assert mine.levers["ours"].name_en == "Our audit"
    alone = mine.with_scenario("alone", {"ours": ("own", 2026, 2030)}).pick(["bau", "alone"])
    total = pw.project(park, alone, pw.sample(park, alone, members=20, seed=1)).total()
    # A cut of energy per activity by 30 % in every member cuts what is burnt and bought by as much, and no process.
    change = total[1, :, -1] / total[0, :, -1]
    assert np.all((change > 0.69) & (change < 0.8))
    assert "ours" not in shipped.levers


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda s: s.with_lever("ours", "nothing"), "there is no lever 'nothing'"),
        (lambda s: s.with_lever("ours", "ccus", reduction=(0.1, 0.2, 0.3)), "needs exactly"),
        (lambda s: s.with_scenario("plan", {"energy_efficiency": "giant"}), "no setting 'giant'"),
        (lambda s: s.with_scenario("plan", {"energy_efficiency": ("strong", 2035, 2030)}), "complete after it starts"),
    ],
)
def test_what_does_not_fit_is_refused(make, error):
    with pytest.raises((RecordError, ScenarioError), match=error):
        make(pw.read_scenarios())
