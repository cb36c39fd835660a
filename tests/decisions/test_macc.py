"""Abatement cost curves: three readings that differ where levers interact, with uncertainty, unknown without height."""

from dataclasses import replace

import numpy as np
import pytest
from builders import coal_park, lever, mixed_park, quiet, scenario

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.attribution import abatement_costs
from pathway_models.decisions.package_cost import package_cost
from pathway_models.decisions.records import READINGS
from pathway_models.intake.costs import read_costs
from pathway_models.records.costs import Amount, LeverCost
from pathway_models.records.levers import Triangle


def amount(value):
    return Amount(((0, Triangle(value, value, value)),), "million CNY/TJ", "made for a test", "invented", "invented")


@pytest.fixture(scope="module")
def costs():
    return read_costs()


@pytest.fixture(scope="module")
def curve(scenarios, costs):
    park = mixed_park()
    draws = pw.sample(park, scenarios, members=60, seed=3)
    return abatement_costs(park, scenarios["deep"], draws, costs, orders=20), park, draws


def test_retrospective_and_shapley_add_up_to_the_package_in_every_member(curve, scenarios, costs):
    found, park, draws = curve
    whole = package_cost(park, scenarios["deep"], draws, costs)
    level = whole.discount.sum()
    for name in ("retrospective", "shapley"):
        reading = found.reading(name)
        assert reading.tonnes.sum(axis=0) == pytest.approx(whole.avoided @ whole.discount / level, rel=1e-9)
        assert reading.cost.sum(axis=0) == pytest.approx(whole.present_value() / level, rel=1e-9, abs=1e-9)


def test_stand_alone_counts_overlap_twice(curve):
    found, _, _ = curve
    alone, shared = (found.reading(name).tonnes.sum(axis=0) for name in ("stand_alone", "shapley"))
    assert (alone > shared).all()


def test_levers_without_a_known_cost_have_a_width_and_no_height(curve):
    found, _, _ = curve
    for name in READINGS:
        rows = found.table(name)
        known = [row["cost_known"] for row in rows]
        assert known == sorted(known, reverse=True), "those of unknown cost come last"
        for row in rows:
            assert (row["cny_per_tco2"] is None) == (not row["cost_known"] or not row["tco2_per_year"])
            assert row["tco2_p05"] <= row["tco2_per_year"] <= row["tco2_p95"] or row["tco2_per_year"] == 0


def test_heights_rise_along_the_curve_and_carry_their_range(curve):
    found, _, _ = curve
    for name in ("stand_alone", "shapley"):
        rows = [row for row in found.table(name) if row["cny_per_tco2"] is not None]
        heights = [row["cny_per_tco2"] for row in rows]
        assert heights == sorted(heights)
        assert all(row["cny_p05"] <= row["cny_per_tco2"] <= row["cny_p95"] for row in rows)
        assert all(0 <= row["place_chance"] <= 1 for row in rows)


def two_savings(first, second):
    levers = [replace(lever("reduce_intensity", {"reduction": 0.2}), lever_id=name) for name in ("one", "two")]
    cost = {"one": LeverCost(running=(amount(first),)), "two": LeverCost(running=(amount(second),))}
    return scenario(*levers), cost


def test_two_savings_of_a_fifth_by_hand(costs):
    """Alone each saves 20 %; the second on top of the first 16 %; shared alike 18 % each."""
    park, (tried, own) = coal_park(), two_savings(0.01, 0.02)
    given = replace(costs, prices={"coal": amount(0.0001)}, premiums={}, levers=own)
    draws = quiet(pw.sample(park, [tried], members=2, seed=1))
    found = abatement_costs(park, tried, draws, given, rate=0.0)
    total = found.reading("stand_alone").tonnes[0]
    assert found.reading("stand_alone").tonnes == pytest.approx(np.stack([total, total]), rel=1e-9)
    assert found.reading("retrospective").tonnes == pytest.approx(np.stack([total, 0.8 * total]), rel=1e-9)
    assert found.reading("shapley").tonnes == pytest.approx(np.stack([0.9 * total, 0.9 * total]), rel=1e-9)
    dearer = found.reading("stand_alone").heights()[1] - found.reading("stand_alone").heights()[0]
    assert dearer == pytest.approx([0.01 / 90 * 1e6] * 2, rel=1e-9)
    assert found.reading("retrospective").order.tolist() == [0, 1]
    tried, own = two_savings(0.02, 0.01)
    turned = abatement_costs(park, tried, draws, replace(given, levers=own), rate=0.0)
    assert turned.reading("retrospective").order.tolist() == [1, 0]
    assert turned.reading("retrospective").tonnes == pytest.approx(np.stack([0.8 * total, total]), rel=1e-9)


def test_curves_without_levers_and_unknown_readings_are_refused(curve, scenarios, costs):
    found, park, draws = curve
    with pytest.raises(PathwayError, match="no reading 'partial'"):
        found.reading("partial")
    with pytest.raises(PathwayError, match="no lever that avoids"):
        abatement_costs(park, scenarios["sinks"], draws, costs)
