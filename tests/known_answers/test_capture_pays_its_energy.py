"""Carbon capture against hand calculation: what it takes, what its energy emits, when it does harm."""

import numpy as np
import pytest
from builders import BAU, coal_park, lever, mixed_park, park, projected, quiet, scenario

import pathway_models as pw

#: Captured share 0.5 x 0.9, 3 GJ of heat and 0.5 GJ of electricity a tonne.
PLANT = {
    "equipped_share": 0.5,
    "capture_rate": 0.9,
    "heat_penalty": 3.0,
    "electricity_penalty": 0.5,
    "stored_share": 0.8,
}


def plant(takes_from=("coal",), **values):
    return lever("capture", {**PLANT, **values}, family="ccus", takes_from=takes_from)


def sources_of(a_park, *levers):
    """Emissions by source in 2022, the first year of full effect, of a quiet projection: source to tCO2."""
    pathways = projected(a_park, [BAU, scenario(*levers)], members=2, until=2030, change=quiet)
    at = pathways.years.tolist().index(2022)
    return [dict(zip(pathways.sources, pathways.emissions[s, 0, :, at], strict=True)) for s in (0, 1)], pathways


def test_coal_park_captures_and_pays_with_its_own_coal_and_the_grid():
    (before, after), pathways = sources_of(coal_park(), plant())
    captured = before["coal"] * 0.5 * 0.9
    grid = 160.0 * (1 - GRID_DECLINE) ** 2
    assert after["coal"] == before["coal"]
    assert after["captured"] == pytest.approx(-captured, rel=1e-12)
    assert after["capture_heat"] == pytest.approx(captured * 3.0e-3 * 90.0, rel=1e-12)
    assert after["capture_electricity"] == pytest.approx(captured * 0.5e-3 * grid, rel=1e-3)
    extra = pathways.memo_items["energy"][1] - pathways.memo_items["energy"][0]
    at = pathways.years.tolist().index(2022)
    assert extra[0, at] == pytest.approx(captured * 3.5e-3, rel=1e-9)
    assert not extra[:, pathways.years < 2022].any()


#: Median of the triangle of the yearly grid decline in data/uncertainties.yml.
GRID_DECLINE = 0.0238


def test_heat_is_paid_at_the_mean_factor_of_all_fuels_of_the_scenario():
    burning = {"bituminous": np.full(6, 600.0), "natural_gas": np.full(6, 400.0)}
    (before, after), _ = sources_of(park({"park": burning}), plant())
    mean = (before["coal"] + before["gas"]) / (before["coal"] / 90 + before["gas"] / 50)
    assert after["captured"] == pytest.approx(-0.45 * before["coal"], rel=1e-12)
    assert after["capture_heat"] == pytest.approx(0.45 * before["coal"] * 3e-3 * mean, rel=1e-12)


def test_a_cleaner_scenario_pays_a_smaller_energy_bill():
    to_biomass = lever(
        "substitute",
        {"share": 0.5, "energy_ratio": 1.0},
        family="substitution",
        takes_from=("coal",),
        gives_to={"biomass": 1.0},
    )
    (_, alone), _ = sources_of(coal_park(), plant())
    (_, both), _ = sources_of(coal_park(), plant(), to_biomass)
    assert both["captured"] == pytest.approx(alone["captured"] / 2, rel=1e-12)
    # Half the CO2 to capture, with heat of half the factor.
    assert both["capture_heat"] == pytest.approx(alone["capture_heat"] / 4, rel=1e-12)


def test_process_emissions_can_be_captured_without_any_coal():
    kiln = park({"park": {"natural_gas": np.full(6, 100.0)}}, processes=[("clinker", "park", np.full(6, 1e5), 0.5)])
    (before, after), _ = sources_of(kiln, plant())
    assert after["captured"] == pytest.approx(-0.45 * before["process"], rel=1e-12)


def test_a_park_that_burns_nothing_heats_its_plant_with_electricity_and_not_for_free():
    kiln = park({"park": {"electricity": np.full(6, 100.0)}}, processes=[("clinker", "park", np.full(6, 1e5), 0.5)])
    (_, after), _ = sources_of(kiln, plant())
    assert after["capture_heat"] == pytest.approx(after["capture_electricity"] * 3.0 / 0.5, rel=1e-12)


def test_capture_below_its_break_even_penalty_lowers_emissions_and_above_it_raises_them():
    # 90 tCO2/TJ: a tonne captured emits a tonne again at 1000 / 90 = 11.1 GJ of heat.
    for penalty, sign in ((11.0, -1), (11.2, +1)):
        (_, _), pathways = sources_of(coal_park(), plant(heat_penalty=penalty, electricity_penalty=0.0))
        change = (pathways.total()[1] - pathways.total()[0])[:, pathways.years >= 2022]
        assert (np.sign(change) == sign).all()


@pytest.mark.slow
def test_shipped_capture_never_raises_emissions_nor_takes_more_than_there_is(scenarios, shipped_parks):
    chosen = scenarios.pick(["bau", "ccus"])
    for park_id, shipped in shipped_parks.items():
        pathways = projected(shipped, chosen)
        bau, ccus = pathways.total()
        assert (ccus <= bau + 1e-12 * np.abs(bau)).all(), park_id
        at = {source: pathways.emissions[1, :, i] for i, source in enumerate(pathways.sources)}
        there_is = at["coal"] + at["gas"] + at["other_fuel"] + np.maximum(at["process"], 0.0) + at.get("undivided", 0.0)
        assert (-at["captured"] <= there_is).all(), park_id


def test_capture_raises_location_based_electricity_by_its_own_use():
    (_, after), pathways = sources_of(coal_park(), plant())
    at = pathways.years.tolist().index(2022)
    located = pathways.memo_items["location_based"][:, 0, at]
    assert located[1] - located[0] == pytest.approx(after["capture_electricity"], rel=1e-9)


def test_residents_have_no_stack_to_capture_from():
    at_home = park({"residents": {"bituminous": np.full(6, 100.0)}}, kind="population")
    (_, after), _ = sources_of(at_home, plant())
    assert after["captured"] == 0.0


def test_a_carbon_balance_leaves_as_much_less_to_capture(region_d, scenarios):
    # Carried in the factors: the same share of industry's emissions in every scenario, no stack of its own.
    pathways = projected(region_d, scenarios.pick(["bau", "ccus"]), members=20)
    assert not pathways.emissions[:, :, pathways.sources.index("process")].any()
    assert {process.name[:11] for process in region_d.processes} == {"conversion_"}


def test_two_settings_of_capture_are_paired_member_by_member(scenarios, levers):
    weak, strong = (scenario((levers["ccus"], name), scenario_id=name) for name in ("moderate", "strong"))
    pathways = projected(mixed_park(), [weak, strong])
    taken = -pathways.emissions[:, :, pathways.sources.index("captured")]
    assert (taken[1] >= taken[0]).all()
    assert pw.find_peaks(pathways).members == 50
