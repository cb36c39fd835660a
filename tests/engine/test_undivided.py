"""Levers on emissions that are known by sector only: the form of each, by hand, or that it cannot act."""

import numpy as np
import pytest
from builders import BAU, lever, projected, quiet, scenario

import pathway_models as pw
from pathway_models.engine.package_tree import cannot_act
from pathway_models.pathways.sentences import cannot_act_here
from pathway_models.records.park import Park, Process

#: tCO2/yr: of burnt fuel, and of fuel and process together.
FUEL, WHOLE = 600_000.0, 400_000.0
CARRIERS = pw.read_assumptions().carriers


def by_sector(fuel=FUEL, whole=WHOLE):
    """A park of two sectors whose emissions are level and not told apart by carrier."""
    parts = [("works", "undivided_fuel", fuel), ("kilns", "undivided", whole)]
    parts = [part for part in parts if part[2]]
    levels = np.array([np.full(6, amount) for *_, amount in parts])
    return Park(
        park_id="by-sector", name_zh="分行业", name_en="By sector", kind="park", archetype="", province="",
        invented=True, years=np.arange(2015, 2021), sectors=tuple(name for name, *_ in parts),
        carriers=("electricity", "green_electricity"), groups=("electricity", "green_electricity"),
        activity=levels, activity_kinds=("emissions_index",) * len(parts),
        energy=np.zeros((len(parts), 2, 6)), factors=np.zeros((len(parts), 2, 6)),
        processes=tuple(Process(item, at, "t") for at, (_, item, _) in enumerate(parts)),
        outputs=levels, process_factors=np.ones(levels.shape), country="DE",
    )  # fmt: skip


def acted(a_park, *levers):
    """Emissions by source in 2022, the first year of full effect, of a quiet projection: source to tCO2."""
    pathways = projected(a_park, [BAU, scenario(*levers)], members=2, until=2030, change=quiet)
    at = pathways.years.tolist().index(2022)
    before, after = (dict(zip(pathways.sources, pathways.emissions[s, 0, :, at], strict=True)) for s in (0, 1))
    grown = before["undivided"] / (FUEL + WHOLE)
    return {name: value / grown for name, value in after.items()}


def substitution(takes_from, gives_to, share=0.3):
    values = {"share": share, "energy_ratio": 0.9}
    return lever("substitute", values, family="substitution", takes_from=takes_from, gives_to=gives_to)


def test_structure_acts_on_all_emissions():
    closing = lever("retire_activity", {"share": 0.1}, family="structure")
    assert acted(by_sector(), closing)["undivided"] == pytest.approx(0.9 * (FUEL + WHOLE), rel=1e-12)


def test_low_carbon_industries_leave_what_the_new_branches_need():
    moving = lever("replace_activity", {"share": 0.2, "intensity_ratio": 0.25}, family="structure")
    assert acted(by_sector(), moving)["undivided"] == pytest.approx((1 - 0.2 * 0.75) * (FUEL + WHOLE), rel=1e-12)


def test_efficiency_acts_on_burnt_fuel_only():
    saving = lever("reduce_intensity", {"reduction": 0.2}, family="efficiency")
    assert acted(by_sector(), saving)["undivided"] == pytest.approx(0.8 * FUEL + WHOLE, rel=1e-12)
    assert cannot_act(by_sector(fuel=0.0), [saving], CARRIERS)[saving.lever_id].en.startswith("which part")
    assert cannot_act(by_sector(), [saving], CARRIERS) == {}


def test_electrification_of_whatever_fuel_there_is_takes_its_share_of_burnt_fuel():
    heat = substitution(("coal", "oil", "gas"), {"electricity": 0.2, "green_electricity": 0.8})
    after = acted(by_sector(), heat)
    assert after["undivided"] == pytest.approx(0.7 * FUEL + WHOLE, rel=1e-12)
    # What the power emits lies outside scope 1, the only account of such a table.
    assert after["electricity"] == 0.0
    assert cannot_act(by_sector(), [heat], CARRIERS) == {}


@pytest.mark.parametrize(
    ("takes_from", "gives_to", "reason"),
    [
        (("coal",), {"natural_gas": 1.0}, "some fuels only"),
        (("coal", "oil"), {"green_electricity": 1.0}, "some fuels only"),
        (("coal", "oil", "gas"), {"natural_gas": 1.0}, "another fuel"),
        (("electricity",), {"green_electricity": 1.0}, "purchased"),
        (("heat",), {"waste_heat": 1.0}, "purchased"),
    ],
)
def test_a_substitution_that_needs_carriers_cannot_act_and_says_so(takes_from, gives_to, reason):
    one = substitution(takes_from, gives_to)
    assert acted(by_sector(), one)["undivided"] == pytest.approx(FUEL + WHOLE, rel=1e-12)
    assert reason in cannot_act(by_sector(), [one], CARRIERS)[one.lever_id].en


def test_process_levers_cannot_act_and_say_so():
    process = lever("reduce_process", {"reduction": 0.4}, family="process")
    assert acted(by_sector(), process)["undivided"] == pytest.approx(FUEL + WHOLE, rel=1e-12)
    assert "processes" in cannot_act(by_sector(), [process], CARRIERS)[process.lever_id].en


def test_capture_takes_from_all_stacks_and_pays_with_natural_gas():
    plant = {"equipped_share": 0.5, "capture_rate": 0.9, "heat_penalty": 3.0, "electricity_penalty": 0.5,
             "stored_share": 0.8}  # fmt: skip
    after = acted(by_sector(), lever("capture", plant, family="ccus", takes_from=("coal",)))
    taken = 0.45 * (FUEL + WHOLE)
    assert after["captured"] == pytest.approx(-taken, rel=1e-12)
    # 3 GJ a tonne at 56.1 kg/GJ; its electricity is bought, outside the account.
    assert after["capture_heat"] == pytest.approx(taken * 3.0 * 0.0561, rel=1e-12)
    assert after["capture_electricity"] == 0.0


def test_sinks_cannot_act_without_green_areas():
    green = lever("grow_sinks", {"area_growth": 0.5}, family="sinks")
    assert "green areas" in cannot_act(by_sector(), [green], CARRIERS)[green.lever_id].en


def test_levers_act_one_after_the_other_on_what_the_ones_before_left():
    saving = lever("reduce_intensity", {"reduction": 0.2}, family="efficiency")
    closing = lever("retire_activity", {"share": 0.1}, family="structure")
    heat = substitution(("coal", "oil", "gas"), {"hydrogen": 1.0})
    after = acted(by_sector(), saving, closing, heat)["undivided"]
    assert after == pytest.approx(0.9 * (0.8 * 0.7 * FUEL + WHOLE), rel=1e-12)


#: What acts where emissions are known by sector alone: on all of it, on burnt fuel, on a use of it, on stacks.
ACTING = ("low_carbon_industries", "retire_outdated_capacity", "energy_efficiency", "energy_management",
          "low_carbon_behaviour", "heat_pumps", "green_hydrogen", "ccus")  # fmt: skip


@pytest.mark.parametrize("lever_id", list(pw.read_levers()))
def test_each_shipped_lever_acts_on_a_european_park_or_is_named_in_both_languages(lever_id):
    park, levers = pw.read_park("eu-linz"), pw.read_levers()
    one, idle = levers[lever_id], cannot_act(park, levers.values(), CARRIERS)
    moved = projected(park, [BAU, scenario((one, "strong"))], members=2, until=2060).total()
    assert (moved[1] <= moved[0] * (1 + 1e-9)).all()
    assert (moved[1] < moved[0]).any() == (lever_id in ACTING) == (lever_id not in idle)
    for lang, name in (("en", one.name_en), ("zh", one.name_zh)):
        assert (name in cannot_act_here(park, levers.values(), lang=lang)) == (lever_id in idle)


def test_where_carriers_are_known_every_lever_may_act():
    assert cannot_act_here(pw.read_park("region-d"), pw.read_levers().values()) == ""


def test_parks_of_one_country_share_its_shocks_and_no_others():
    drawn = {
        name: pw.sample(pw.read_park(name), [BAU], members=4, seed=1) for name in ("eu-leuna", "eu-linz", "eu-marl")
    }
    shared = {name: one.shocks["shared:activity"] for name, one in drawn.items()}
    assert (shared["eu-leuna"] == shared["eu-marl"]).all()
    assert (shared["eu-leuna"] != shared["eu-linz"]).any()
    home = pw.sample(pw.read_park("region-anhui"), [BAU], members=4, seed=1)
    at = home.years.tolist().index(2023)
    assert (home.shocks["shared:activity"][:, at] != shared["eu-leuna"][:, 0]).any()
