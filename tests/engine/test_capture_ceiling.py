"""Capture is limited by a park's share of what the nation can capture (docs/methods.md, section 3)."""

from dataclasses import replace

import numpy as np
import pytest
from builders import BAU, coal_park, lever, quiet, scenario

import pathway_models as pw
from pathway_models.core.files import data_folder
from pathway_models.intake.assumptions import read_assumptions, read_capture, read_sectors
from pathway_models.records.assumptions import WITHOUT_STACKS
from pathway_models.records.park import FUELS

#: A plant on all of a park's coal, without an energy bill.
PLANT = {"equipped_share": 1.0, "capture_rate": 0.9, "heat_penalty": 0.0, "electricity_penalty": 0.0, "stored_share": 1}


def captured(park, *measures):
    """Emissions without measures, what is captured and the ceiling: (member, year) each, from the last on record on."""
    tried, assumed = scenario(*measures), replace(read_assumptions(as_of=1990))
    draws = quiet(pw.sample(park, [BAU, tried], members=3, seed=1, assumptions=assumed))
    found = pw.project(park, [BAU, tried], draws)
    place = draws.uniforms["shared:capture_ceiling"]
    most = assumed.capture.ceiling(park, assumed.sectors, found.years, place)
    taken = -found.emissions[1, :, found.sources.index("captured")]
    return found.total(), taken, None if most is None else most.T


@pytest.fixture(scope="module")
def plant():
    return lever("capture", PLANT, family="ccus", takes_from=("coal",))


def test_a_park_captures_its_share_of_the_range_and_no_more(plant):
    """By hand: 90,000 t of 7,690.6 Mt; 2050 in the middle of 550-1,380 Mt that is left beside steel."""
    totals, taken, most = captured(coal_park(), plant)
    share = 90_000 / 7_690.6e6
    at = 2050 - 2015
    np.testing.assert_allclose(most[:, at], share * 965e6)
    np.testing.assert_allclose(taken[:, at], share * 965e6)
    np.testing.assert_allclose(totals[1], totals[0] - taken)
    assert (taken <= most + 1e-6).all()


def test_a_park_of_steel_draws_on_the_range_of_steel(plant):
    _, taken, _ = captured(replace(coal_park(), archetype="steel"), plant)
    np.testing.assert_allclose(taken[:, 2050 - 2015], 90_000 / 1_598.4e6 * 60e6)


def test_two_plants_share_one_ceiling(plant):
    second = replace(plant, lever_id="second")
    _, alone, most = captured(coal_park(), plant)
    _, both, _ = captured(coal_park(), plant, second)
    np.testing.assert_allclose(both, alone)
    np.testing.assert_allclose(both[:, 35], most[:, 35])


def test_a_plant_below_the_ceiling_takes_what_it_is_built_for():
    small = lever("capture", {**PLANT, "equipped_share": 0.01}, family="ccus", takes_from=("coal",))
    totals, taken, most = captured(coal_park(), small)
    assert (most[:, 30:] > taken[:, 30:]).all()
    np.testing.assert_allclose(taken[:, 30:], 0.009 * totals[0][:, 30:])


def test_a_park_elsewhere_has_no_ceiling(plant):
    assert captured(replace(coal_park(), country="DE"), plant)[2] is None


@pytest.mark.parametrize(
    ("sector", "archetype", "kind"),
    [
        ("ironmaking", "steel", "steel"),
        ("park", "cement", "cement"),
        ("park", "", "other_industry"),
        ("铁路", "", "transport"),
        ("热电", "", "power"),
        ("refining", "petrochemical", "chemicals"),
        ("residents", "", "buildings"),
        ("widgets", "steel", "other_industry"),
    ],
)
def test_sectors_are_of_a_kind_by_their_names(sector, archetype, kind):
    assert read_sectors().kind_of(sector, archetype) == kind


def test_the_range_is_that_of_the_table_with_steel_apart():
    found = read_capture()
    at = found.years.index(2050)
    low, high = ({lot: ends[lot][at] / 1e6 for lot in ends} for ends in (found.low, found.high))
    assert (sum(low.values()), sum(high.values())) == (600, 1450)
    assert (low["steel"], high["steel"]) == (50, 70)
    assert all(a <= b for lot in found.low for a, b in zip(found.low[lot], found.high[lot], strict=True))


@pytest.mark.slow
def test_national_emissions_are_the_sum_of_the_provinces_whose_shares_add_up_to_one(provinces):
    kinds, found = read_sectors(), read_capture()
    national, shares = dict.fromkeys(found.national, 0.0), dict.fromkeys(found.low, 0.0)
    for park in provinces:
        of_sector = (park.energy * park.factors)[:, np.isin(park.groups, FUELS), -1].sum(axis=1)
        for process, output, factor in zip(park.processes, park.outputs, park.process_factors, strict=True):
            of_sector[process.sector] += output[-1] * factor[-1]
        for kind, emitted in zip(kinds.of(park), of_sector, strict=True):
            if kind not in WITHOUT_STACKS:
                national[kind] += emitted
        for lot, share in found.shares(park, kinds).items():
            shares[lot] += share
    for kind, emitted in found.national.items():
        assert national[kind] / 1e6 == pytest.approx(emitted / 1e6, abs=0.1), kind
    assert shares == pytest.approx(dict.fromkeys(shares, 1.0), abs=1e-3)


@pytest.mark.slow
def test_the_provinces_capture_no_more_than_the_nation_can_and_much_where_capture_is_strong(provinces):
    chosen = pw.read_scenarios().pick(["ccus", "deep"])
    captured, at = np.zeros((2, 60)), None
    for park in provinces:
        draws = pw.sample(park, chosen, members=60, seed=1, until=2050, assumptions=read_assumptions(as_of=2026))
        found = pw.project(park, chosen, draws)
        at = found.sources.index("captured")
        captured -= found.emissions[:, :, at, -1]
    assert captured.max() <= 1.45e9 * (1 + 1e-3)
    assert (np.median(captured, axis=1) >= 0.6e9).all()


@pytest.fixture(scope="module")
def provinces():
    names = sorted(path.stem for path in (data_folder() / "parks").glob("region-*.csv"))
    return [pw.read_park(name) for name in names if name != "region-d"]
