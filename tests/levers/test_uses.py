"""Levers act on the use of energy they are made for, each on what the ones before left of it."""

from dataclasses import replace

import numpy as np
import pytest
from builders import BAU, as_stated, lever, park, projected, quiet, scenario

import pathway_models as pw
from pathway_models.core.errors import InputError, RecordError
from pathway_models.decisions.priced_grid import useless_levers
from pathway_models.engine.package_tree import BatchEvaluator, package_tree
from pathway_models.engine.projecting import batches, lay_out
from pathway_models.records.levers import lever_grid

NOW = 7  # a year in which the ramps of the tests are complete


def steelworks(**more):
    """Coke, other coal and gas of one sector, by hand: 1,000, 500 and 200 TJ at 90, 90 and 50 tCO2/TJ."""
    uses = {"coke": np.full(6, 1000.0), "bituminous": np.full(6, 500.0), "natural_gas": np.full(6, 200.0)}
    return park({"ironmaking": uses}, factors={"coke": 90.0}, **more)


def taker(share, *, takes=("coal",), gives=None, ratio=1.0, lever_id="tried", **more):
    """A substitution that takes a share at once."""
    gives = gives or {"biomass": 1.0}
    made = lever("substitute", {"share": share, "energy_ratio": ratio}, family="substitution", takes_from=takes,
                 gives_to=gives, **more)  # fmt: skip
    return replace(made, lever_id=lever_id)


def left(a_park, *levers):
    """Emissions of coal, gas and all of a year, without measures and with them."""
    found = projected(a_park, [BAU, scenario(*levers)], members=2, change=quiet)
    names = {name: found.emissions[:, 0, at, NOW] for at, name in enumerate(found.sources)}
    return names | {"total": found.total()[:, 0, NOW]}


def test_a_lever_takes_from_the_uses_it_is_made_for():
    """Of coke all, of other coal .7 reduces ore; .3 heats: that alone is replaced, 150 TJ of 1,500."""
    found = left(steelworks(), taker(1.0, uses=("heat_above_500",)))
    assert found["coal"][1] == pytest.approx(found["coal"][0] * 1350 / 1500)
    assert found["gas"][1] == pytest.approx(found["gas"][0])


def test_a_lever_for_one_kind_of_sectors_leaves_the_others_alone():
    two = park({"ironmaking": {"bituminous": np.full(6, 500.0)}, "chemicals": {"bituminous": np.full(6, 500.0)}})
    found = left(two, taker(1.0, sectors=("steel",)))
    assert found["coal"][1] == pytest.approx(found["coal"][0] / 2)


def test_two_levers_on_one_use_share_it_in_the_order_of_the_library_and_none_takes_below_zero():
    """The first takes .6 of 150 TJ, the second all of the 60 that are left; a third finds nothing."""
    heat = {"uses": ("heat_above_500",)}
    first = taker(0.6, gives={"natural_gas": 1.0}, lever_id="first", rank=0, **heat)
    second, third = (taker(1.0, lever_id=name, rank=at, **heat) for at, name in ((1, "second"), (2, "third")))
    found = left(steelworks(), third, second, first)
    assert found["coal"][1] == pytest.approx(found["coal"][0] * 1350 / 1500)
    gas = found["gas"][0] / 200  # tCO2/TJ
    assert found["gas"][1] > found["gas"][0]
    draws = pw.sample(steelworks(), [scenario(first, second, third)], members=2, seed=1, assumptions=as_stated())
    tried = scenario(first, second, third)
    (batch,) = batches(lay_out(steelworks(), [tried], 2040, as_stated()), draws)
    evaluator = BatchEvaluator(batch)
    (case,) = evaluator.cases(package_tree([tried]))
    taken = case.of_structure.of_mix.mix.taken
    shares = {name: sum(float(one[-1, 0]) for one in by_pool.values()) for name, by_pool in taken.items()}
    assert shares == pytest.approx({"first": 0.6, "second": 0.4, "third": 0.0})
    assert gas > 0
    for array in case.of_structure.of_mix.energy.values():
        assert (array >= 0).all()


def test_the_order_in_a_scenario_does_not_matter():
    heat = {"uses": ("heat_above_500",)}
    one, two = taker(0.6, lever_id="one", rank=0, **heat), taker(0.5, lever_id="two", rank=1, **heat)
    assert left(steelworks(), one, two)["total"][1] == left(steelworks(), two, one)["total"][1]


def test_coke_falls_only_with_a_change_of_route(levers, scenarios):
    """No shipped lever but the two routes touches what reduces ore; all together without them leave it as it is."""
    works = park({"ironmaking": {"coke": np.full(6, 1000.0)}}, factors={"coke": 90.0})
    routes = [name for name, one in levers.items() if "reductant" in one.uses]
    assert routes == ["scrap_steel", "hydrogen_dri"]
    mix = [m for m in scenarios["deep"].measures if m.lever.acts.part == "mix" and m.lever.lever_id not in routes]
    others = replace(BAU, scenario_id="others", measures=tuple(mix))
    found = projected(works, [BAU, others, scenario(*((levers[name], "strong") for name in routes))], members=5)
    coal = found.emissions[:, :, found.sources.index("coal")]
    np.testing.assert_array_equal(coal[1], coal[0])
    assert (coal[2, :, -1] < 0.9 * coal[0, :, -1]).all()


def test_injection_takes_the_place_of_blown_coal_and_never_of_coke(levers):
    """Of other coal .7 is blown into furnaces: a share of .15 to .45 of those 350 TJ goes, coke stays."""
    works = park({"ironmaking": {"coke": np.full(6, 1000.0)}}, factors={"coke": 90.0})
    one = scenario((levers["furnace_injection"], "strong"))
    found = projected(works, [BAU, one], members=5)
    coal = found.emissions[:, :, found.sources.index("coal")]
    np.testing.assert_array_equal(coal[1], coal[0])
    found = projected(steelworks(), [BAU, one], members=5, change=quiet)
    coal = found.emissions[:, 0, found.sources.index("coal"), -1]
    assert 0.15 * 350 / 1500 < 1 - coal[1] / coal[0] < 0.45 * 350 / 1500


def test_renewable_heat_takes_the_heat_of_a_plant_and_leaves_its_power(levers):
    """Of a plant's coal .13 makes heat below 200 °C: at most .4 of that goes, and nothing in another sector."""
    plant = park({"power_heat": {"bituminous": np.full(6, 1000.0)}})
    found = projected(plant, [BAU, scenario((levers["renewable_heat"], "strong"))], members=5).total()[..., -1]
    assert (1 - found[1] / found[0] > 0.13 * 0.15).all()
    assert (1 - found[1] / found[0] < 0.13 * 0.40).all()
    mill = park({"paper": {"bituminous": np.full(6, 1000.0)}})
    found = projected(mill, [BAU, scenario((levers["renewable_heat"], "strong"))], members=5).total()
    np.testing.assert_array_equal(found[1], found[0])


def test_hydrogen_as_feedstock_lowers_what_making_hydrogen_emits_and_nothing_else(levers):
    """Of 150,000 t of ammonia, carbide and undivided process emissions alike, and clinker: only ammonia falls."""
    rise, coal = np.full(6, 1e5), {"bituminous": np.full(6, 10.0)}
    made = [("clinker", "cement"), ("ammonia", "chemicals"), ("calcium_carbide", "chemicals"), ("process", "chemicals")]
    both = park({"cement": coal, "chemicals": coal}, processes=[(*one, rise, 0.5) for one in made])
    one = scenario((levers["hydrogen_feedstock"], "strong"))
    found = projected(both, [BAU, one], members=5, change=quiet)
    process = found.emissions[:, 0, found.sources.index("process"), -1]
    assert 0.10 / 4 < 1 - process[1] / process[0] < 0.45 / 4
    kinds = pw.read_assumptions().sectors
    assert kinds.processes_of(both) == (
        ("cement", ""),
        ("chemicals", "feedstock"),
        ("chemicals", ""),
        ("chemicals", ""),
    )
    # The name of the sector says the same where that of the process does not.
    works = park({"coal_to_methanol": coal}, processes=[("process", "coal_to_methanol", rise, 0.5)])
    assert kinds.processes_of(works)[0][1] == "feedstock"


def test_decide_names_hydrogen_as_feedstock_useless_where_no_process_makes_it(levers):
    rise, coal = np.full(6, 1e5), {"bituminous": np.full(6, 10.0)}
    grid = lever_grid({"hydrogen_feedstock": levers["hydrogen_feedstock"]}, {"h": ("hydrogen_feedstock",)})
    carbide, ammonia = (
        park({"chemicals": coal}, processes=[(name, "chemicals", rise, 0.5)]) for name in ("calcium_carbide", "ammonia")
    )
    assert useless_levers(carbide, grid) == {"hydrogen_feedstock": "the park has no process emissions it could lower"}
    assert useless_levers(ammonia, grid) == {"hydrogen_feedstock": ""}


def test_a_smelter_of_other_metals_is_no_steelworks(levers):
    smelter = park({"nonferrous_metals": {"coke": np.full(6, 1000.0)}}, factors={"coke": 90.0})
    routes = scenario(*((levers[name], "strong") for name in ("scrap_steel", "hydrogen_dri", "furnace_injection")))
    found = projected(smelter, [BAU, routes], members=3).total()
    np.testing.assert_array_equal(found[1], found[0])


def test_power_plants_are_not_electrified_and_have_levers_of_their_own(levers):
    plant = park({"power_heat": {"bituminous": np.full(6, 1000.0)}})
    one = scenario((levers["electrification"], "strong"), scenario_id="electric")
    two = scenario((levers["wind_and_solar"], "strong"), scenario_id="wind")
    found = projected(plant, [BAU, one, two], members=5).total()[..., -1]
    assert (found[1] / found[0] > 1 - 0.13 * 0.36).all()  # the heat of the plant, not its power
    assert (found[2] < 0.7 * found[0]).all()


def test_a_process_lever_for_cement_leaves_other_processes_alone(levers):
    rise = np.full(6, 1e5)
    works = {"cement": {"bituminous": np.full(6, 10.0)}, "chemicals": {"bituminous": np.full(6, 10.0)}}
    both = park(works, processes=[("clinker", "cement", rise, 0.5), ("ammonia", "chemicals", rise, 0.5)])
    found = projected(both, [BAU, scenario((levers["clinker_ratio"], "strong"))], members=5, change=quiet)
    process = found.emissions[:, 0, found.sources.index("process"), -1]
    reduction = 1 - process[1] / process[0]
    assert 0.10 / 2 < reduction < 0.24 / 2


@pytest.mark.parametrize(
    ("action", "values", "more", "message"),
    [
        ("reduce_intensity", {"reduction": 0.1}, {"uses": ("kiln",)}, "acts on all sectors and uses alike"),
        ("reduce_process", {"reduction": 0.1}, {"family": "process", "uses": ("kiln",)}, "use kiln is not one of feed"),
        ("substitute", {"share": 0.1, "energy_ratio": 1.0},
         {"family": "substitution", "takes_from": ("coal",), "gives_to": {"biomass": 1.0}, "uses": ("smelting",)},
         "use smelting is not one of reductant, injection, kiln"),
    ],
)  # fmt: skip
def test_a_limit_that_cannot_hold_is_refused(action, values, more, message):
    with pytest.raises(RecordError, match=message):
        lever(action, values, **more)


def test_a_kind_of_sectors_that_is_not_there_is_refused_by_line(tmp_path):
    text = (pw.read_levers.__globals__["data_folder"]() / "levers.yml").read_text(encoding="utf-8")
    path = tmp_path / "levers.yml"
    path.write_text(
        text.replace("sectors: [steel], uses: [reductant, injection]", "sectors: [stell]", 1), encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"levers\.scrap_steel.*stell.*one of transport, power, nonferrous, steel"):
        pw.read_levers(path)


@pytest.mark.parametrize("lever_id", ["heat_pumps", "green_hydrogen"])
def test_levers_of_the_emission_only_tier_take_their_share_of_the_default_uses(lever_id, levers):
    """Of a combustion site .3 of the fuel heats below 200 °C, .7 above: what is left follows from share and use."""
    site = pw.read_park("eu-linz")
    one, part = levers[lever_id], {"heat_pumps": 0.3, "green_hydrogen": 0.7}[lever_id]
    at = [j for j, process in enumerate(site.processes) if site.sectors[process.sector] == "industrial_combustion"]
    alone = replace(site, processes=tuple(site.processes[j] for j in at), outputs=site.outputs[at],
                    process_factors=site.process_factors[at])  # fmt: skip
    found = projected(alone, [BAU, scenario((one, "strong"))], members=3, change=quiet).total()[:, 0, -1]
    share = one.triangles("strong")["share"]
    assert part * share.low < 1 - found[1] / found[0] < part * share.high
