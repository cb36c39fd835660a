"""If every park took its cheapest package: the same draws with and without, nothing unknown counted as free."""

import re

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.cheapest_package import cheapest_package
from pathway_models.fleet.fleet_results import OFF, PACKAGE
from pathway_models.fleet.packages import package_fleet
from pathway_models.fleet.totals import read_fleet
from pathway_models.records import NO_MEASURES
from pathway_models.records.levers import lever_grid

NAMES = ["demo-steel", "demo-electronics", "demo-petrochemical"]


@pytest.fixture(scope="module")
def found():
    return package_fleet(read_fleet(NAMES), 2030, 0.8, members=60, until=2045)


def test_each_park_takes_what_it_would_take_alone(found, levers):
    grid = lever_grid(levers, by="family")
    alone = cheapest_package(pw.read_park("demo-steel"), 2030, 0.8, grid=grid, members=60, until=2045, fresh=0)
    assert found.taken("demo-steel") == alone.closest


def test_totals_have_the_probabilities_the_search_found(found):
    for name, decision in found.decisions.items():
        assert found.results.chances(PACKAGE, 2030)[name] == pytest.approx(decision.closest.p_before)
        assert found.results.chances(OFF, 2030)[name] == pytest.approx(decision.off.p_before)


def test_without_a_package_the_total_is_that_of_no_lever_with_the_same_draws(found):
    def alone(name):
        park = pw.read_park(name)
        return pw.project(
            park, [NO_MEASURES], pw.sample(park, [NO_MEASURES], members=60, seed=20240401, until=2045)
        ).total()

    fleet = found.results.fleet
    assert fleet.total[fleet.scenarios.index(OFF)] == pytest.approx(sum(alone(name)[0] for name in NAMES), rel=1e-12)


def test_packages_never_raise_the_total_of_a_member_on_record(found):
    fleet = found.results.fleet
    known = fleet.years <= fleet.last_observed_year
    assert np.array_equal(fleet.total[0][:, known], fleet.total[1][:, known])


def test_who_reaches_the_target_and_who_does_not_are_all_parks(found):
    assert sorted(found.reached + found.missed) == sorted(NAMES)
    for name in found.missed:
        assert found.results.chances(PACKAGE, 2030)[name] < 0.8


def test_known_cost_is_a_sum_of_parts_and_says_whose_cost_is_not_known(found):
    value, yearly = found.known_cost()
    table = found.table()
    assert value == pytest.approx(table["known_cost_million_cny"].sum())
    assert yearly == pytest.approx(table["known_cost_million_cny_per_year"].sum())
    assert set(found.cost_not_known) == set(table.loc[~table["cost_known"], "park_id"])
    assert (table.loc[~table["cost_known"], "levers_of_unknown_cost"] != "").all()


def test_park_that_no_lever_changes_stays_without_a_package(levers):
    only_process = lever_grid(levers, {"process": ("process_change",)})
    seen = []
    found = package_fleet(
        read_fleet(["demo-steel", "demo-electronics"]), 2030, 0.01, grid=only_process, members=20, until=2035,
        report=seen.append,
    )  # fmt: skip
    assert found.unchanged == ("demo-electronics",)
    assert found.taken("demo-electronics") is None
    assert found.table().set_index("park_id").loc["demo-electronics", "package"] == OFF
    assert "demo-electronics" in found.reached
    assert seen == ["demo-steel", "demo-electronics"]


def test_wrong_targets_are_refused_for_all_parks_at_once():
    with pytest.raises(PathwayError, match=r"probability = 2.*demo-steel.*demo-electronics"):
        package_fleet(read_fleet(["demo-steel", "demo-electronics"]), 2020, 2.0)
    with pytest.raises(PathwayError, match=re.escape("never added together")):
        package_fleet([pw.read_park("demo-steel"), pw.read_park("region-d")])
