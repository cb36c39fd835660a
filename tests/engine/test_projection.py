"""Projecting: observed years are the inventory's, refusals say what to do, odd parks still come out."""

import re
from dataclasses import replace

import numpy as np
import pytest
from builders import (
    BAU,
    coal_park,
    growing,
    lever,
    mixed_park,
    park,
    projected,
    quiet,
    scenario,
    without_factor_errors,
)

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.records.park import UNDIVIDED
from pathway_models.records.pathways import SOURCES

#: Which source of a pathway the carriers of a group and the processes belong to.
GROUP_SOURCES = ("coal", "oil", "gas", "other_fuel", "electricity", "heat")


def by_source(a_park):
    """The inventory by source of the pathways: source to (year,), tCO2/yr.

    Carbon balances of transformation are spread over the energy emissions of their sector in proportion.
    """
    inventory = pw.take_inventory(a_park)
    group = dict(zip(a_park.carriers, a_park.groups, strict=True))
    balances = {(a_park.sectors[p.sector], p.name) for p in a_park.processes if p.is_balance}
    there = [source for source in SOURCES if source != "undivided" or a_park.is_undivided]
    sums = {source: np.zeros(a_park.years.size) for source in there}
    for (sector, item, _), emissions in zip(inventory.rows, inventory.emissions, strict=True):
        source = "undivided" if item in UNDIVIDED else group.get(item, "process")
        own = [at for at, row in enumerate(inventory.rows) if row[0] == sector]
        balance = inventory.emissions[[at for at in own if inventory.rows[at][:2] in balances]].sum(axis=0)
        energy = inventory.emissions[[at for at in own if inventory.rows[at][1] in group]].sum(axis=0)
        if (sector, item) in balances:
            continue
        if source in sums:
            spread = np.divide(balance, energy, out=np.zeros_like(energy), where=energy > 0)
            sums[source] += emissions if source in ("process", "undivided") else emissions * (1 + spread)
        else:
            assert not emissions.any(), f"{item} emits and belongs to no source"
    return sums


@pytest.mark.slow
def test_without_factor_errors_observed_years_are_the_inventory(shipped_parks, scenarios):
    chosen = scenarios.pick(["bau", "deep"])
    for name, shipped in shipped_parks.items():
        pathways = projected(shipped, chosen, members=3, change=without_factor_errors)
        known = shipped.years.size
        for source, expected in by_source(shipped).items():
            found = pathways.emissions[:, :, pathways.sources.index(source), :known]
            np.testing.assert_allclose(
                found, np.broadcast_to(expected, found.shape), rtol=1e-10, atol=1e-6, err_msg=f"{name} {source}"
            )
        total = pw.take_inventory(shipped).total()
        np.testing.assert_allclose(pathways.total()[0, :, :known], np.tile(total, (3, 1)), rtol=1e-10)


@pytest.mark.slow
def test_factor_errors_are_one_constant_a_source_and_member(shipped_parks, scenarios):
    for name in ("region-d", "demo-mixed-chp", "region-anhui"):
        shipped = shipped_parks[name]
        pathways = projected(shipped, scenarios.pick(["bau"]), members=200)
        for source, expected in by_source(shipped).items():
            emits = np.flatnonzero(expected != 0)
            found = pathways.emissions[0, :, pathways.sources.index(source)]
            if not emits.size:
                assert not found[:, : shipped.years.size].any()
                continue
            ratio = found[:, emits] / expected[emits]
            np.testing.assert_allclose(ratio, np.tile(ratio[:, :1], emits.size), rtol=1e-9)
            assert np.median(ratio) == pytest.approx(1.0, abs=0.05)
            assert ratio.std() > 0


def test_location_based_electricity_of_observed_years_is_the_inventorys(shipped_parks, scenarios):
    for name in ("demo-electronics", "region-d"):
        shipped = shipped_parks[name]
        pathways = projected(shipped, scenarios.pick(["bau"]), members=2, change=without_factor_errors)
        located = pathways.memo_items["location_based"][0, :, : shipped.years.size]
        np.testing.assert_allclose(located, np.tile(pw.take_inventory(shipped).location_based, (2, 1)), rtol=1e-10)


def test_observed_years_are_the_same_in_every_scenario(region_d, scenarios):
    pathways = projected(region_d, scenarios)
    observed = pathways.emissions[..., pathways.years <= pathways.last_observed_year]
    assert (observed == observed[:1]).all()
    assert pathways.years[0] == region_d.years[0]
    assert pathways.years[-1] == 2060


def test_the_grid_declines_in_projected_years_only():
    level = {"assumptions": growing({2000: 0.0}), "members": 2, "change": quiet}
    total = projected(park({"park": {"electricity": np.full(6, 100.0)}}), [BAU], **level).total()[0, 0]
    yearly = total[1:] / total[:-1]
    np.testing.assert_allclose(yearly[:5], 1.0)
    np.testing.assert_allclose(yearly[5:], yearly[5], rtol=1e-9)
    # Between the corners of data/uncertainties.yml.
    assert 0.011 <= 1 - yearly[5] <= 0.036


def test_process_output_follows_energy_and_without_energy_activity():
    rising = growing({2000: 0.02})
    kiln = [("clinker", "works", np.full(6, 1000.0), 0.5)]
    burning = park({"works": {"bituminous": np.full(6, 10.0)}}, processes=kiln)
    cold = park({"works": {"bituminous": [10.0, 9.0, 8.0, 0.0, 0.0, 0.0]}}, processes=kiln)
    for made in (burning, cold):
        pathways = projected(made, [BAU], members=2, change=quiet, assumptions=rising)
        process = pathways.emissions[0, 0, pathways.sources.index("process")]
        np.testing.assert_allclose(process[6:], 500 * np.exp(0.02 * np.arange(1, 41)), rtol=1e-9)


def test_a_sector_that_stopped_using_energy_stays_at_zero():
    closed = park(
        {
            "works": {"bituminous": [10.0, 9.0, 8.0, 7.0, 6.0, 0.0]},
            "offices": {"electricity": np.full(6, 5.0)},
        }
    )
    pathways = projected(closed, [BAU])
    assert not pathways.emissions[0, :, pathways.sources.index("coal"), 5:].any()


def test_an_energy_index_needs_no_value_added():
    burnt = 1000 * 1.02 ** np.arange(6)
    index_park = park({"park": {"bituminous": burnt}}, activity={"park": burnt}, kind="energy_index")
    pathways = projected(index_park, [BAU], members=20)
    np.testing.assert_allclose(pathways.memo_items["activity"], pathways.memo_items["energy"], rtol=1e-12)


def test_a_record_of_two_years_is_refused_with_a_remedy():
    with pytest.raises(PathwayError, match=re.escape("tiny: 2 observed years, expected at least 3; add years")):
        projected(coal_park(count=2), [BAU])


def test_draws_of_another_park_are_refused():
    draws = pw.sample(coal_park(), [BAU], members=2, seed=0)
    other = replace(coal_park(), park_id="other")
    with pytest.raises(PathwayError, match=re.escape("the draws were made for 'tiny', not for 'other'")):
        pw.project(other, [BAU], draws)


@pytest.mark.parametrize("until", [2020, 2061])
def test_a_horizon_beyond_the_draws_is_refused(until):
    draws = pw.sample(coal_park(), [BAU], members=2, seed=0)
    with pytest.raises(PathwayError, match=re.escape(f"until = {until}: the draws reach from 2021 to 2060")):
        pw.project(coal_park(), [BAU], draws, until=until)


def test_scenarios_whose_levers_were_not_drawn_are_refused(scenarios):
    draws = pw.sample(mixed_park(), [BAU], members=2, seed=0)
    with pytest.raises(PathwayError, match=re.escape("were not drawn")):
        pw.project(mixed_park(), scenarios, draws)


def test_a_factor_set_without_the_carrier_a_lever_brings_is_refused(scenarios):
    poor = replace(coal_park(), factor_set="no_such_set")
    with pytest.raises(PathwayError, match=re.escape("gives 'natural_gas', of which no_such_set has no factor")):
        projected(poor, scenarios.pick(["substitution"]))


@pytest.mark.slow
def test_every_row_of_an_inventory_is_counted_once(shipped_parks):
    for shipped in shipped_parks.values():
        inventory = pw.take_inventory(shipped)
        total = inventory.total()
        np.testing.assert_allclose(inventory.scope(1) + inventory.scope(2), total, rtol=1e-12)
        np.testing.assert_allclose(sum(inventory.by_sector().values()), total, rtol=1e-12)
        assert len(set(inventory.rows)) == len(inventory.rows)


def test_the_inventory_by_hand():
    inventory = pw.take_inventory(mixed_park())
    first = dict(zip(inventory.rows, inventory.emissions[:, 0], strict=True))
    assert first == {
        ("works", "bituminous", 1): 1000 * 90.0,
        ("works", "natural_gas", 1): 300 * 50.0,
        ("works", "electricity", 2): 400 * 160.0,
        ("works", "clinker", 1): 5e4 * 0.5,
        ("offices", "natural_gas", 1): 50 * 50.0,
        ("offices", "electricity", 2): 100 * 160.0,
        ("offices", "heat", 2): 80 * 110.0,
    }
    assert inventory.location_based[0] == pytest.approx(500 * 160.0)
    assert inventory.sinks.tolist() == [500.0] * 6


def test_stored_is_the_stated_part_of_what_is_captured(region_d, scenarios):
    pathways = projected(region_d, scenarios.pick(["bau", "ccus"]), members=50)
    captured = -pathways.emissions[1, :, pathways.sources.index("captured")]
    stored = pathways.memo_items["stored"][1]
    assert not pathways.memo_items["stored"][0].any()
    running = captured > 0
    # stored_share of data/levers.yml: 0.6 to 1.0, the same in every year of a member.
    share = stored[running] / captured[running]
    assert share.min() >= 0.6
    assert share.max() <= 1.0


def test_two_capture_plants_cannot_take_more_than_there_is():
    values = {"equipped_share": 1.0, "capture_rate": 0.9, "heat_penalty": 0.0, "electricity_penalty": 0.0}
    plant = lever("capture", {**values, "stored_share": 1.0}, family="ccus", takes_from=("coal",))
    plants = (plant, replace(plant, lever_id="second"))
    pathways = projected(coal_park(), [scenario(*plants)], members=2, change=quiet)
    coal, captured = (pathways.emissions[0, :, pathways.sources.index(name), -1] for name in ("coal", "captured"))
    np.testing.assert_allclose(-captured / coal, 1 - 0.1 * 0.1)
