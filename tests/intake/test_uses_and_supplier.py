"""What a table says beside its amounts: uses of energy, supplier of purchased heat and own plant with the CHP rule."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.baseline.grid import heat_paths
from pathway_models.baseline.plans import baseline_paths
from pathway_models.baseline.scenario_drivers import driven
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.intake.factors.energy_content import read_chp_rules
from pathway_models.intake.statements import Statements
from pathway_models.intake.workbook.layouts import template_layout
from pathway_models.intake.workbook.reading import _followers
from pathway_models.inventory.accounts import share_out
from pathway_models.kernels.emissions import heat_share
from pathway_models.records.assumptions import UNTOLD
from pathway_models.records.plans import DriverPath

PARKS = Path(__file__).parents[2] / "data" / "parks"
SAMPLES = Path(__file__).parents[2] / "data" / "samples"


def table(folder, name, lines=(), rule=""):
    """A copy of a shipped demonstration park under another id, with lines added."""
    for ending in (".csv", ".yml"):
        text = (PARKS / name).with_suffix(ending).read_text(encoding="utf-8").replace(name, "mine")
        text += "".join(f"{line}\n" for line in lines) if ending == ".csv" else f"chp_rule: {rule}\n" if rule else ""
        (folder / "mine").with_suffix(ending).write_text(text, encoding="utf-8")
    return folder / "mine.csv"


def use(carrier, of, share, sector="chemicals"):
    return f"2020,{sector},use_share,{carrier}:{of},{share},share,plan,assumed,"


def faults_of(path):
    with pytest.raises(InputError) as caught:
        pw.read_park(path)
    return caught.value.faults


def test_a_table_states_what_its_energy_is_used_for(tmp_path):
    park = pw.read_park(
        table(
            tmp_path,
            "demo-petrochemical",
            [use("bituminous", "heat_below_200", 0.6), use("bituminous", "heat_200_500", 0.4),
             use("natural_gas", "heat_above_500", 0.25, "park"), use("natural_gas", "power", 0.5, "refining")],
        )
    )  # fmt: skip
    assert park.uses["chemicals", "bituminous"] == {"heat_below_200": 0.6, "heat_200_500": 0.4}
    assert park.uses["refining", "natural_gas"] == {"power": 0.5, "": 0.5}  # its own line before the park's
    assert ("chemicals", "natural_gas") in park.uses or "natural_gas" not in park.carriers
    sectors = pw.read_assumptions().sectors
    at = park.sectors.index("chemicals")
    assert sectors.uses_in(park, at, "bituminous", "coal") == park.uses["chemicals", "bituminous"]
    default = sectors.uses_in(park, at, "fuel_oil", "oil")  # says nothing: the kind of the sector decides
    assert default == sectors.uses_of("chemicals", "fuel_oil", "oil") != UNTOLD


def test_a_lever_reaches_the_use_that_the_table_states(tmp_path):
    """All coal of chemicals for heat above 500 °C: heat pumps leave it alone; all for heat below 200: they do not."""
    scenarios = pw.read_scenarios()
    bau = scenarios["bau"]
    pumps = bau.with_measure(scenarios.levers["heat_pumps"], "strong")
    burnt = {}
    for of in ("heat_above_500", "heat_below_200"):
        lines = [use(c, of, 1, "park") for c in ("bituminous", "natural_gas", "fuel_oil", "lpg", "refinery_gas",
                 "petroleum_coke")]  # fmt: skip
        park = pw.read_park(table(tmp_path, "demo-petrochemical", lines))
        draws = pw.sample(park, [pumps], members=5, seed=1, until=2045)
        paths = pw.project(park, [bau, pumps], draws)
        coal = paths.emissions[:, :, paths.sources.index("coal"), -1]
        burnt[of] = coal[1] / coal[0]
    assert np.allclose(burnt["heat_above_500"], 1.0)
    assert (burnt["heat_below_200"] < 0.85).all()


WRONG_USES = {
    "unknown use": (use("bituminous", "steam", 0.5), "use", "one of reductant"),
    "no use": (use("bituminous", "", 0.5), "use", "one of reductant"),
    "no colon": ("2020,chemicals,use_share,bituminous,.5,share,plan,assumed,", "use", "a carrier and its use"),
    "carrier that is not there": (use("coke", "reductant", 1), "use_carrier", "energy of this place: bituminous"),
    "sector that is not there": (use("bituminous", "power", 1, "smelting"), "use_sector", "one of chemicals, refining"),
    "share above one": (use("bituminous", "power", 1.2), "share", "a share between 0 and 1"),
}


@pytest.mark.parametrize("case", WRONG_USES)
def test_a_wrong_use_is_refused_with_its_line_and_remedy(tmp_path, case):
    line, code, expected = WRONG_USES[case]
    (fault,) = faults_of(table(tmp_path, "demo-petrochemical", [line]))
    assert fault.code == code
    assert fault.expected.startswith(expected)
    assert fault.remedy
    assert fault.place.startswith(("line 9", "line 10"))
    assert fault.file == "mine.csv"


def test_shares_of_a_carrier_that_add_up_to_more_than_one_are_refused_at_the_line_that_is_too_much(tmp_path):
    lines = [use("bituminous", "heat_below_200", 0.7), use("bituminous", "power", 0.4), use("fuel_oil", "fly", 1)]
    faults = faults_of(table(tmp_path, "demo-petrochemical", lines))
    count = len((PARKS / "demo-petrochemical.csv").read_text(encoding="utf-8").splitlines())
    assert [(fault.code, fault.place) for fault in faults] == [
        ("use_sum", f"line {count + 2}, item"),
        ("use", f"line {count + 3}, item"),
    ]
    assert "1.1" in faults[0].remedy


def supplier(year, *, coal=1000.0, heat=500.0, power=None, gas=None):
    """Lines of a supplier of heat: fuel in TJ, heat in TJ, power in MWh."""
    given = [("supplier_fuel", "bituminous", coal, "TJ"), ("supplier_output", "heat", heat, "TJ"),
             ("supplier_output", "electricity", power, "MWh"), ("supplier_fuel", "natural_gas", gas, "TJ")]  # fmt: skip
    return [f"{year},park,{q},{i},{v},{u},plant,seen," for q, i, v, u in given if v is not None]


def test_the_rules_share_one_plant_as_by_hand():
    """500 TJ of heat, 50,000 MWh = 180 TJ of power; efficiencies 80 and 35 %; steam of 150 °C above 25 °C."""
    weights = {name: rule.heat_weight for name, rule in read_chp_rules().items()}
    by_hand = {
        "energy": 500 / 680,
        "efficiency": (500 / 0.8) / (500 / 0.8 + 180 / 0.35),
        "exergy": 500 * (1 - 298.15 / 423.15) / (500 * (1 - 298.15 / 423.15) + 180),
        "none": 1.0,
    }
    assert set(weights) == set(by_hand)
    for name, share in by_hand.items():
        assert heat_share(500.0, 180.0, weights[name]) == pytest.approx(share, rel=1e-12)
    assert round(by_hand["energy"], 4) == 0.7353
    assert round(by_hand["efficiency"], 4) == 0.5486
    assert round(by_hand["exergy"], 4) == 0.4507


@pytest.mark.parametrize(
    ("rule", "share"), [("energy", 0.7353), ("efficiency", 0.5486), ("exergy", 0.4507), ("none", 1)]
)
def test_purchased_heat_follows_its_suppliers_fuels_by_the_rule_of_choice(tmp_path, rule, share):
    park = pw.read_park(table(tmp_path, "demo-petrochemical", supplier(2020, power=50_000), rule))
    coal = park.factors[0, park.carriers.index("bituminous"), -1]  # the factor set's, tCO2/TJ
    heat = park.factors[:, park.carriers.index("heat")]
    assert np.allclose(heat, 1000 * coal * share / 500, rtol=1e-4)  # 2016-2019 take that of 2020
    assert park.heat_supply.rule == rule
    inventory = pw.take_inventory(park)
    of_heat = [id for id, row in zip(inventory.factor_ids, inventory.rows, strict=True) if row[1] == "heat"]
    assert set(of_heat) == {f"supplier:{rule}"}


def test_another_rule_may_be_tried_without_touching_the_table(tmp_path):
    path = table(tmp_path, "demo-petrochemical", supplier(2020, power=50_000), "energy")
    given, tried = pw.read_park(path), pw.read_park(path, chp_rule="none")
    at = given.carriers.index("heat")
    assert tried.factors[0, at, -1] == pytest.approx(given.factors[0, at, -1] * 680 / 500)
    with pytest.raises(InputError, match="one of energy, efficiency, exergy, none"):
        pw.read_park(path, chp_rule="guess")


def test_a_plant_of_heat_alone_needs_no_rule_and_its_plans_lead_the_years_ahead(tmp_path):
    """Half the coal goes for gas by 2030; in between the factor is straight, after it level, whatever the grid does."""
    lines = [*supplier(2020), *supplier(2030, coal=500, gas=500)]
    park = pw.read_park(table(tmp_path, "demo-petrochemical", lines))
    assert park.heat_supply.rule == ""
    now, later = (park.heat_supply.factors[year] for year in (2020, 2030))
    assert later < 0.85 * now
    bau = pw.read_scenarios()["bau"]
    scenarios = [bau, replace(bau, scenario_id="policy", grid="policy")]
    draws = pw.sample(park, scenarios, members=4, seed=1, until=2040)
    paths = heat_paths(park, draws, slice(None), pw.read_assumptions())
    years = range(2016, 2041)
    assert paths.shape == (4, len(years))
    by_year = dict(zip(years, paths[0], strict=True))
    assert by_year[2020] == 1.0
    assert by_year[2030] == pytest.approx(later / now) == by_year[2040]
    assert by_year[2025] == pytest.approx((now + later) / 2 / now)
    assert (paths == paths[0]).all()
    project = pw.project(park, scenarios, draws)
    heat = project.emissions[:, :, project.sources.index("heat")]
    assert np.array_equal(heat[0], heat[1])  # the supplier's fuels decide, no future of power


WRONG_SUPPLIERS = {
    "no rule": (supplier(2020, power=50_000), "", "chp_rule"),
    "no heat": (supplier(2020, heat=None), "", "supply_heat"),
    "no fuel": (supplier(2020, coal=None), "", "supply_fuel"),
    "more out than in": (supplier(2020, heat=900, power=50_000), "energy", "supply_gain"),
    "no year of the record": (supplier(2030), "", "supply_years"),
    "twice": ([*supplier(2020), *supplier(2020)], "", "twice"),
    "unknown carrier": ([*supplier(2020), "2020,park,supplier_fuel,peat,1,TJ,plant,seen,"], "", "supply_item"),
    "of a sector": ([*supplier(2020), "2020,chemicals,supplier_fuel,lpg,1,TJ,plant,seen,"], "", "recorded_sector"),
}


@pytest.mark.parametrize("case", WRONG_SUPPLIERS)
def test_a_wrong_supplier_is_refused_with_its_line_and_remedy(tmp_path, case):
    lines, rule, code = WRONG_SUPPLIERS[case]
    faults = faults_of(table(tmp_path, "demo-petrochemical", lines, rule))
    assert {fault.code for fault in faults} == {code}
    assert all(fault.remedy and fault.expected and fault.place.startswith(("line 9", "line 10")) for fault in faults)


def test_a_park_that_buys_no_heat_has_no_use_for_a_supplier(tmp_path):
    faults = faults_of(table(tmp_path, "demo-cement", supplier(2020)))
    assert [fault.code for fault in faults] == ["supply_unused"]


def test_an_unknown_rule_is_refused_at_its_line(tmp_path):
    (fault,) = faults_of(table(tmp_path, "demo-petrochemical", supplier(2020, power=1), "guess"))
    assert fault.file == "mine.yml"
    assert "chp_rule" in fault.place
    assert "efficiency" in fault.expected


@pytest.mark.parametrize(("lang", "said"), [("en", "efficiency method"), ("zh", "效率法")])
def test_the_rule_stands_beside_the_result(tmp_path, lang, said):
    path = table(tmp_path, "demo-petrochemical", supplier(2020, power=50_000), "efficiency")
    printed = CliRunner().invoke(main, ["--lang", lang, "check", str(path)]).output
    park = pw.read_park(path)
    assert said in printed
    assert said in pw.sentences.heading(park, lang=lang)


#: By hand: 160,000 TJ of coal at 26.1 tC/TJ, 93 % oxidised; 70,000 TJ of heat, 10,000,000 MWh = 36,000 TJ of power.
PLANT_EMITS = 160_000 * 26.1 * 0.93 * 44 / 12
BORNE_BY_HEAT = {
    "energy": 70 / 106,
    "efficiency": (70 / 0.8) / (70 / 0.8 + 36 / 0.35),
    "exergy": 70 * (1 - 298.15 / 423.15) / (70 * (1 - 298.15 / 423.15) + 36),
    "none": 1.0,
}


def own_plant(*, coal=160_000.0, heat=70_000.0, power=10e6, sold_heat=20_000.0, sold_power=0.0):
    """Lines of a plant inside the boundary of the park with shared CHP, every year: TJ, power in MWh."""
    given = [("plant_fuel", "bituminous", coal, "TJ"), ("plant_output", "heat", heat, "TJ"),
             ("plant_output", "electricity", power, "MWh"), ("generation", "heat", 80_000, "TJ"),
             ("generation", "electricity", 10e6, "MWh"), ("export", "heat", sold_heat, "TJ"),
             ("export", "electricity", sold_power, "MWh")]  # fmt: skip
    return [f"{year},park,{q},{i},{v},{u},plant,seen," for year in range(2016, 2021) for q, i, v, u in given if v]


@pytest.mark.parametrize("rule", sorted(BORNE_BY_HEAT))
def test_heat_sold_from_the_parks_own_plant_is_taken_off_at_the_factor_of_its_rule(tmp_path, rule):
    plain = pw.read_park(table(tmp_path, "demo-mixed-chp", own_plant(coal=0, heat=0, power=0)))
    park = pw.read_park(table(tmp_path, "demo-mixed-chp", own_plant(), rule))
    heat = PLANT_EMITS * BORNE_BY_HEAT[rule] / 70_000  # tCO2/TJ
    plant = park.own_plant.years[2020]
    assert plant.factor("heat") == pytest.approx(heat, rel=1e-9)
    assert plant.factor("electricity") == pytest.approx(PLANT_EMITS * (1 - BORNE_BY_HEAT[rule]) / 36_000, abs=1e-9)
    was, found = pw.take_inventory(plain), pw.take_inventory(park)
    # Without the plant's fuels the credit is that of purchased heat, .11 tCO2/GJ; nothing else moves.
    np.testing.assert_allclose(found.total() - was.total(), 20_000 * (110 - heat), rtol=1e-6)
    named = [factor for factor, row in zip(found.factor_ids, found.rows, strict=True) if "exported" in row[1]]
    assert named == [f"own_plant:{rule}"]


def test_the_shares_of_an_own_plant_add_up_to_what_it_emits_inside_and_outside(tmp_path):
    park = pw.read_park(table(tmp_path, "demo-mixed-chp", own_plant(sold_power=7e6), "efficiency"))
    parts = share_out(park)[2020]
    assert sum(parts.values()) == pytest.approx(PLANT_EMITS, rel=1e-9)
    beyond = park.outputs[[p.name for p in park.processes].index("conversion_exported_electricity"), -1]
    factors = {item: park.own_plant.years[2020].factor(item) for item in ("heat", "electricity")}
    assert parts["heat", True] == pytest.approx(20_000 * factors["heat"])
    assert 0 < parts["electricity", True] == pytest.approx(beyond * factors["electricity"])
    shown = pw.tables.own_plant(park)
    assert list(shown.columns) == ["2016", "2017", "2018", "2019", "2020"]
    assert pw.tables.own_plant(pw.read_park("demo-steel")).empty


def test_what_an_own_plant_sells_keeps_its_factor_in_the_account_without_traded_green_power(tmp_path):
    """The ratio of the grid without traded power is the grid's, and no plant's."""
    ratios = []
    for made, rule in (({}, "efficiency"), ({"coal": 0, "heat": 0, "power": 0}, "")):
        path = table(tmp_path, "demo-mixed-chp", own_plant(**made, sold_power=7e6), rule)
        text = path.read_text(encoding="utf-8")
        for year in range(2020, 2015, -1):  # the ratio is known for 2022
            text = text.replace(f"\n{year},", f"\n{year + 2},")
        path.write_text(text, encoding="utf-8")
        park = pw.read_park(path)
        credit = [pw.take_account(park, pw.read_account(name)).of_kind("sold_electricity")[-1]
                  for name in ("market", "location")]  # fmt: skip
        ratios.append(credit[0] / credit[1])
    assert ratios == [1.0, pytest.approx(pw.read_account("market").ratios_in("CN")[2022])]
    assert ratios[1] > 1.05


def test_what_is_sold_beyond_what_the_plant_made_counts_at_the_factor_of_purchases(tmp_path):
    park = pw.read_park(table(tmp_path, "demo-mixed-chp", own_plant(heat=10_000, sold_heat=20_000), "none"))
    at = [process.name for process in park.processes].index("conversion_exported_heat")
    assert park.process_factors[at, -1] == pytest.approx(-(PLANT_EMITS / 10_000 + 110) / 2, rel=1e-9)


WRONG_PLANTS = {
    "no rule": (own_plant(), "", "chp_rule"),
    "nothing made": (own_plant(heat=0, power=0), "", "supply_heat"),
    "no fuel": (own_plant(coal=0), "energy", "supply_fuel"),
    "more out than in": (own_plant(coal=90_000), "energy", "supply_gain"),
    "more fuel than the park": (own_plant(coal=300_000), "energy", "plant_fuel_high"),
    "years ahead": ([*own_plant(), "2030,park,plant_output,heat,1,TJ,plant,seen,",
                     "2030,park,plant_fuel,bituminous,2,TJ,plant,seen,"], "energy", "plant_year"),
    "of a sector": ([*own_plant(), "2020,chp,plant_fuel,lpg,1,TJ,plant,seen,"], "energy", "recorded_sector"),
    "unknown output": ([*own_plant(), "2020,park,plant_output,steam,1,TJ,plant,seen,"], "energy", "supply_item"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_PLANTS)
def test_a_wrong_plant_is_refused_with_its_line_and_remedy(tmp_path, case):
    lines, rule, code = WRONG_PLANTS[case]
    faults = faults_of(table(tmp_path, "demo-mixed-chp", lines, rule))
    assert {fault.code for fault in faults} == {code}
    assert all(fault.remedy and fault.expected and fault.place.startswith("line ") for fault in faults)


@pytest.mark.parametrize(("lang", "rule"), [("en", "exergy method"), ("zh", "㶲法")])
def test_the_rule_of_an_own_plant_stands_beside_the_results(tmp_path, lang, rule):
    path = table(tmp_path, "demo-mixed-chp", own_plant(), "exergy")
    for command in ("check", "account"):
        assert rule in CliRunner().invoke(main, ["--lang", lang, command, str(path)]).output
    assert rule in pw.sentences.heading(pw.read_park(path), lang=lang)


def follower(folder, follows):
    """The demonstration steelworks with rolling going as ironmaking does."""
    path = table(folder, "demo-steel")
    said = path.with_suffix(".yml").read_text(encoding="utf-8")
    path.with_suffix(".yml").write_text(f"{said}follows: {follows}\n", encoding="utf-8")
    return path


def test_a_sector_follows_another_with_its_energy_whatever_drives_that(tmp_path):
    """Under the law, under a given growth and where structure closes a part: the ratio of the last year stays."""
    park = pw.read_park(follower(tmp_path, "{rolling: ironmaking}"))
    bau = pw.read_scenarios()["bau"]
    path = DriverPath("activity", "ironmaking", "", 2027, 2035, "growth", -3.0, "%/yr")
    scenarios = [bau, replace(bau, scenario_id="given", drivers=(path,))]
    draws = pw.sample(park, scenarios, members=4, seed=1, until=2040)
    for one in scenarios:
        assumed = pw.read_assumptions()
        paths = baseline_paths(driven(park, one, assumed.issue_year), draws, slice(None), assumed)
        rolling, iron = (park.sectors.index(name) for name in ("rolling", "ironmaking"))
        ratio = paths.activity[:, rolling] / paths.activity[:, iron]
        np.testing.assert_allclose(ratio[:, 4:], ratio[:, 4:5] * np.ones_like(ratio[:, 4:]), rtol=1e-12)
        energy = (paths.activity * paths.intensity)[:, rolling] / paths.activity[:, rolling]
        np.testing.assert_allclose(energy[:, 4:], energy[:, 4:5] * np.ones_like(energy[:, 4:]), rtol=1e-12)
    free = baseline_paths(pw.read_park("demo-steel"), draws, slice(None), pw.read_assumptions())
    plain = baseline_paths(park, draws, slice(None), pw.read_assumptions())
    np.testing.assert_array_equal(plain.activity[:, iron], free.activity[:, iron])


@pytest.mark.parametrize(
    ("follows", "code"),
    [("{smelting: ironmaking}", "follows_sector"), ("{rolling: rolling}", "follows_chain"),
     ("{rolling: ironmaking, ironmaking: rolling}", "follows_chain")],
)  # fmt: skip
def test_a_sector_that_cannot_follow_is_refused(tmp_path, follows, code):
    faults = faults_of(follower(tmp_path, follows))
    assert {fault.code for fault in faults} == {code}
    assert all(fault.place.startswith("description, follows") and fault.remedy for fault in faults)


def test_a_workbook_names_followers_in_words():
    statements = Statements("mine.xlsx", template_layout())
    found = _followers("own_power：works； coking: works", "园区!C26", statements)
    assert found == {"own_power": "works", "coking": "works"}
    assert not statements.faults
    _followers("own_power works", "园区!C26", statements)
    assert [(fault.place, fault.code) for fault in statements.faults] == [("园区!C26", "follows_text")]


def filled_sample(folder, sheets):
    """The shipped sample with lines on its optional sheets."""
    book = openpyxl.load_workbook(SAMPLES / "sample-2016-2020_zh.xlsx")
    for role, rows in sheets.items():
        block = template_layout().block("list", role)
        for at, row in enumerate(rows, start=block.first_row):
            for name, value in row.items():
                book[block.sheets.zh][f"{block.columns[name]}{at}"] = value
    book.save(folder / "mine.xlsx")
    return folder / "mine.xlsx"


@pytest.mark.slow
def test_a_workbook_states_the_same_on_its_sheets(tmp_path):
    path = filled_sample(
        tmp_path,
        {
            "use": [
                {"entry": "烟煤", "purpose": "200 °C以下供热", "value": 60, "unit": "%"},
                {"entry": "烟煤", "purpose": "power", "value": 0.4, "unit": "share"},
            ],
            "supplier": [
                {"year": 2020, "entry": "烟煤", "value": 1000, "unit": "TJ"},
                {"year": 2020, "entry": "供热量（供热企业）", "value": 500_000, "unit": "GJ"},
            ],
            "plant": [
                {"year": 2020, "entry": "烟煤", "value": 100, "unit": "TJ"},
                {"year": 2020, "entry": "供热量（自备热电厂）", "value": 80_000, "unit": "GJ"},
            ],
        },
    )
    park = pw.read_park(path)
    plant = park.own_plant.years[2020]
    assert (plant.fuel, plant.heat, plant.power, plant.heat_share) == (100.0, 80.0, 0.0, 1.0)
    assert plant.emissions == pytest.approx(100 * park.factors[0, park.carriers.index("bituminous"), -1])
    assert {carrier: shares for (_, carrier), shares in park.uses.items()} == {
        "bituminous": {"heat_below_200": 0.6, "power": 0.4}
    }
    coal = park.factors[0, park.carriers.index("bituminous"), -1]
    if coal == park.factors[0, park.carriers.index("bituminous"), 0]:  # a factor of the set, the supplier's too
        assert park.heat_supply.factors[2020] == pytest.approx(2 * coal)


@pytest.mark.slow
def test_faults_of_a_workbook_are_told_by_cell(tmp_path):
    path = filled_sample(
        tmp_path,
        {
            "use": [
                {"entry": "烟煤", "purpose": "取暖", "value": 60, "unit": "%"},
                {"entry": "烟煤", "purpose": "power", "value": 160, "unit": "%"},
                {"entry": "规划面积", "purpose": "power", "value": 10, "unit": "%"},
                {"entry": "焦炭", "purpose": "reductant", "value": 10, "unit": "%"},
            ],
            "supplier": [{"year": 2020, "entry": "供热量（供热企业）", "value": 5, "unit": "t"}],
        },
    )
    faults = {fault.place: fault.code for fault in faults_of(path)}
    assert faults == {
        "能源用途!C4": "use",
        "能源用途!D5": "share_high",
        "能源用途!B6": "asset_energy",
        "能源用途!C7": "use_carrier",
        "供热企业!D4": "unit",
    }
