"""No scenario differs from the one without measures up to the issue year, unless the record shows the measure."""

import numpy as np
import pytest
from builders import BAU, coal_park, lever, park, scenario

import pathway_models as pw
from pathway_models.engine.ramps import acting_ramp, is_in_record
from pathway_models.intake.factors.ids import CAPTURED
from pathway_models.records.levers import Measure, Ramp

ISSUE = 2026
RAMP = Ramp("linear", 2021, 2031)


def acting(stated, a_park, issue=ISSUE, **more):
    tried = lever("reduce_intensity", {"reduction": 0.2}, **more)
    return acting_ramp(Measure(tried, next(iter(tried.settings)), stated), a_park, issue)


@pytest.mark.parametrize(
    ("stated", "acts"),
    [
        (Ramp("linear", 2021, 2031), Ramp("linear", 2026, 2036)),
        (Ramp("s_curve", 2025, 2040), Ramp("s_curve", 2026, 2041)),
        (Ramp("step", 2021, 2022), Ramp("step", 2026, 2027)),
        (Ramp("delay", 2021, 2030, 3), Ramp("delay", 2026, 2035, 3)),
        (Ramp("linear", 2026, 2030), Ramp("linear", 2026, 2030)),
        (Ramp("linear", 2028, 2050), Ramp("linear", 2028, 2050)),
    ],
)
def test_a_ramp_begins_in_the_issue_year_and_keeps_its_length(stated, acts):
    assert acting(stated, coal_park()) == acts


def test_every_scenario_of_every_kind_of_park_is_bau_up_to_the_issue_year(scenarios, shipped_parks):
    for name in ("region-d", "demo-mixed-chp", "demo-cement"):
        a_park = shipped_parks[name]
        draws = pw.sample(a_park, scenarios, members=20, seed=3, assumptions=pw.read_assumptions(as_of=ISSUE))
        total = pw.project(a_park, scenarios, draws).total()
        years = np.arange(a_park.years[0], 2061)
        known = total[:, :, years <= ISSUE]
        np.testing.assert_allclose(known, known[:1].repeat(len(scenarios), axis=0), rtol=1e-12)
        assert (total[-1, :, years == ISSUE + 3] < total[0, :, years == ISSUE + 3]).all()


def test_the_path_without_measures_is_that_of_bau_whether_bau_is_asked_for_or_not(scenarios, region_d):
    chosen = scenarios.pick(["bau", "deep"])
    draws = pw.sample(region_d, chosen, members=12, seed=3)
    both, alone = pw.project(region_d, chosen, draws), pw.project(region_d, scenarios.pick(["deep"]), draws)
    np.testing.assert_allclose(both.without_measures, both.total()[0], rtol=1e-12)
    np.testing.assert_array_equal(alone.without_measures, both.without_measures)
    assert pw.headline(alone).p_past.tolist() == pw.headline(both).p_past[1:].tolist()


def switching(rise):
    """A park that moves from coal to gas at a pace, on record 2015-2022."""
    gas = 100.0 + rise * np.arange(8)
    return park({"works": {"bituminous": 1000.0 - gas, "natural_gas": gas}})


def to_gas():
    return lever(
        "substitute",
        {"share": 0.5, "energy_ratio": 1.0},
        family="substitution",
        takes_from=("coal",),
        gives_to={"natural_gas": 1.0},
    )


@pytest.mark.parametrize(("rise", "shown"), [(60.0, True), (0.0, False), (10.0, False)])
def test_a_substitution_is_in_the_record_where_half_of_its_plan_is(rise, shown):
    a_park, tried = switching(rise), to_gas()
    measure = Measure(tried, next(iter(tried.settings)), Ramp("linear", 2016, 2026))
    assert is_in_record(measure, a_park) == shown
    last = a_park.last_observed_year
    expected = Ramp("linear", last, last + 10) if shown else Ramp("linear", ISSUE, ISSUE + 10)
    assert acting_ramp(measure, a_park, ISSUE) == expected


def test_a_ramp_that_starts_at_the_end_of_the_record_cannot_be_in_it():
    tried, a_park = to_gas(), switching(60.0)
    late = Ramp("linear", a_park.last_observed_year, a_park.last_observed_year + 8)
    assert not is_in_record(Measure(tried, next(iter(tried.settings)), late), a_park)


def test_capture_is_in_the_record_where_captured_co2_is_booked():
    given = {
        "equipped_share": 0.3,
        "capture_rate": 0.9,
        "heat_penalty": 2.0,
        "electricity_penalty": 0.3,
        "stored_share": 1.0,
    }
    tried = lever("capture", given, family="ccus", takes_from=("coal",))
    burnt = 1.01 ** np.arange(6)
    works = {"works": {"bituminous": 1000 * burnt}}
    plain = park(works)
    books = park(works, processes=[(f"{CAPTURED}coal", "works", 10 * burnt, -1.0)])
    measure = Measure(tried, next(iter(tried.settings)), Ramp("linear", int(plain.years[1]), 2040))
    assert not is_in_record(measure, plain)
    assert is_in_record(measure, books)


def test_what_is_told_beside_the_total_starts_with_it_too():
    tried = lever("reduce_intensity", {"reduction": 0.2})
    moved = scenario(tried)
    draws = pw.sample(coal_park(), [BAU, moved], members=3, seed=1, assumptions=pw.read_assumptions(as_of=ISSUE))
    energy = pw.project(coal_park(), [BAU, moved], draws).memo_items["energy"]
    years = np.arange(int(coal_park().years[0]), 2061)
    np.testing.assert_array_equal(energy[1][:, years <= ISSUE], energy[0][:, years <= ISSUE])
    assert (energy[1][:, -1] < energy[0][:, -1]).all()
