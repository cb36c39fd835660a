"""What a workbook states becomes what the core counts: feedstock, sales, shared plants, measured factors, sectors."""

import json
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbook_maker import PARK, YEARS, Filled, cell_of, examined, told

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.core.errors import InputError
from pathway_models.decisions.investments import due_share
from pathway_models.intake.examination import examine_workbook
from pathway_models.intake.factors.spread import read_uncertainties
from pathway_models.intake.factors.tables import find_fuel, read_carriers
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.workbook.layouts import template_layout
from pathway_models.intake.workbook.template import write_template
from pathway_models.records.pathways import SOURCES

COAL = 19.57e-3 * 26.1 * 0.93 * 44 / 12  # tCO2/t in the set GBT32151_2024
HEAT = 0.11  # tCO2/GJ
GRID = 0.5568  # tCO2/MWh, national_2021


def park_of(folder, change=None, **fields):
    """The invented park with one change, read without any error."""
    filled = Filled()
    filled.park.update(fields)
    if change:
        for lines in filled.lines.values():
            change(lines)
    examination = examined(filled, folder)
    assert told(examination, "error") == []
    return examination.park


def emitted(park, source):
    """Emissions of a source over the years, tCO2."""
    inventory = pw.take_inventory(park)
    return sum(inventory.emissions[at] for at, row in enumerate(inventory.rows) if row[1] == source)


def put(key, **columns):
    return lambda lines: lines.update({key: {**lines.get(key, {}), **columns}})


def test_feedstock_does_not_burn(tmp_path):
    park = park_of(tmp_path, put("bituminous", value=8000, feedstock=3000))
    np.testing.assert_allclose(emitted(park, "bituminous"), 5000 * COAL, rtol=1e-12)
    memo_items = list(park.memo_items["feedstock", "park", "bituminous"].values())
    np.testing.assert_allclose(memo_items, 3000 * 19.57e-3, rtol=1e-12)


def test_all_feedstock_is_no_emission(tmp_path):
    assert not emitted(park_of(tmp_path, put("bituminous", value=8000, feedstock=8000)), "bituminous")


def test_power_sold_comes_off_the_purchase(tmp_path):
    without = park_of(tmp_path, lambda lines: lines.pop("export_power"))
    sold = park_of(tmp_path, put("export_power", value=300))
    bought = np.array([2000, 2100, 2160])
    kept = 1 - 300 / bought
    np.testing.assert_allclose(emitted(sold, "electricity") / emitted(without, "electricity"), kept, rtol=1e-12)
    # Green and grey power are sold in the proportion they are bought in.
    green = [park.energy[0, park.carriers.index("green_electricity")] for park in (sold, without)]
    np.testing.assert_allclose(green[0] / green[1], kept, rtol=1e-12)


def seen_by_the_projection(park):
    """Scopes 1 and 2 of the observed years in pathways whose factors are known exactly."""
    exact = replace(park, factor_errors=dict.fromkeys(read_uncertainties().factor_errors, 0.0), activity_errors={})
    scenarios = pw.read_scenarios()
    pathways = pw.project(exact, scenarios, pw.sample(exact, scenarios, members=2, seed=1, until=2025))
    observed = pathways.emissions[0, 0, :, : park.years.size]
    return [observed[[SOURCES[name] == scope for name in pathways.sources]].sum(axis=0) for scope in (1, 2)]


def test_heat_sold_beyond_the_purchase_comes_off_scope_1_in_inventory_and_pathways(tmp_path):
    def sell(lines):
        lines["heat"] = {"value": 1000}
        lines["export_heat"] = {"value": 41000}
        lines["plant_heat"] = {"value": 90000}

    park = park_of(tmp_path, sell)
    assert "heat" not in [row[1] for row in pw.take_inventory(park).rows]
    np.testing.assert_allclose(emitted(park, "conversion_exported_heat"), -40000 * HEAT, rtol=1e-12)
    inventory = pw.take_inventory(park)
    np.testing.assert_allclose(inventory.scope(2), emitted(park, "electricity"), rtol=1e-12)
    np.testing.assert_allclose(seen_by_the_projection(park), [inventory.scope(1), inventory.scope(2)], rtol=1e-9)


def test_steam_of_a_plant_inside_counts_at_its_stack_only(tmp_path):
    """Both ways round: the same steam from a plant inside the boundary, and bought from one outside."""
    steam = 60000  # GJ, made from 4000 t of coal

    def inside(lines):
        lines["bituminous"] = {"value": 4000}
        lines["heat"] = {"value": 0}
        lines["plant_heat"] = lines["shared_heat"] = {"value": steam}

    def outside(lines):
        lines.pop("bituminous")
        lines["heat"] = {"value": steam}

    own, bought = park_of(tmp_path, inside), park_of(tmp_path, outside)
    rest = pw.take_inventory(own).total() - 4000 * COAL
    np.testing.assert_allclose(pw.take_inventory(bought).total(), rest + steam * HEAT, rtol=1e-12)
    assert "heat" not in [row[1] for row in pw.take_inventory(own).rows]
    assert "bituminous" not in [row[1] for row in pw.take_inventory(bought).rows]


def test_certificates_count_as_green_power_and_the_place_of_the_grid_shows_beside(tmp_path):
    park = park_of(tmp_path, lambda lines: (lines.pop("export_power"), lines.update(certificates={"value": 1000})))
    inventory = pw.take_inventory(park)
    green = np.array([500, 525, 540]) + 1000
    bought = np.array([2000, 2100, 2160])
    np.testing.assert_allclose(emitted(park, "electricity"), (bought - green) * 10 * GRID, rtol=1e-12)
    np.testing.assert_allclose(inventory.location_based, bought * 10 * GRID, rtol=1e-12)


def test_a_measured_factor_goes_before_the_set_in_its_year_only(tmp_path):
    filled = Filled()
    filled.put(2019, "bituminous", 80, "factor")
    filled.put(2019, "bituminous", "tCO2/TJ", "factor_unit")
    park = examined(filled, tmp_path).park
    coal = park.factors[0, park.carriers.index("bituminous")]
    np.testing.assert_allclose(coal, [89.001, 80, 89.001], rtol=1e-12)
    inventory = pw.take_inventory(park)
    at = [row[1] for row in inventory.rows].index("bituminous")
    assert inventory.factor_ids[at] == "GBT32151_2024:烟煤; own"


def test_an_enterprise_factor_holds_for_its_own_coal(tmp_path):
    filled = Filled()
    coal = {"year": 2020, "entry": "烟煤", "unit": "t"}
    filled.lists["主要企业"] = [
        {**coal, "name": "甲厂", "value": 4800, "factor": 2.0, "factor_unit": "tCO2/t"},
        {**coal, "name": "其他企业", "value": 6000, "feedstock": 1080},
    ]
    examination = examined(filled, tmp_path)
    assert told(examination, "error", "warning") == [("2018!C25", "factor_years")]  # measured in one year only
    by_hand = 4800 * 2.0 + (6000 - 1080) * COAL
    np.testing.assert_allclose(emitted(examination.park, "bituminous")[-1], by_hand, rtol=1e-12)


@pytest.mark.parametrize("swapped", ["NDRC_other_industry_2015", "NDRC_steel_2013"])
def test_another_factor_set_changes_each_fuel_by_exactly_the_ratio_of_factors(tmp_path, swapped):
    """Per tonne and 10^4 Nm3, calorific value included; what the sets do not hold stays as it is."""
    before, after = park_of(tmp_path), park_of(tmp_path, factor_set=swapped)
    for carrier in ("bituminous", "diesel_oil", "natural_gas"):
        old, new = (find_fuel(name, read_carriers()[carrier]) for name in ("GBT32151_2024", swapped))
        ratio = new.tj_per_unit * new.factor / (old.tj_per_unit * old.factor)
        np.testing.assert_allclose(emitted(after, carrier) / emitted(before, carrier), ratio, rtol=1e-12)
    for source in ("electricity", "heat", "limestone"):
        np.testing.assert_array_equal(emitted(after, source), emitted(before, source))
    assert swapped in repr(after)
    assert {name.split(":")[0] for name in pw.take_inventory(after).factor_ids} >= {swapped}


def test_sectors_replace_the_park_and_its_totals_check_them(tmp_path):
    filled = Filled()
    for lines in filled.lines.values():
        lines.pop("export_power")
    keys = ("bituminous", "diesel_oil", "natural_gas", "electricity", "heat", "limestone", "value_added")
    units = {"bituminous": "t", "diesel_oil": "t", "natural_gas": "10^4 Nm3", "electricity": "万kWh", "heat": "GJ"}
    filled.lists["分行业"] = [
        {"year": year, "name": name, "entry": key, "unit": units.get(key, "亿元" if key == "value_added" else "t")}
        | {
            part: share * filled.lines[year][key][part]
            for part in ("value", "feedstock")
            if part in filled.lines[year][key]
        }
        for year in YEARS
        for key in keys
        for name, share in (("glass", 0.75), ("food", 0.25))
    ]
    park = examined(filled, tmp_path).park
    assert (park.sectors, park.tier) == (("glass", "food"), "rich")
    whole = pw.take_inventory(park_of(tmp_path, lambda lines: lines.pop("export_power"))).total()
    np.testing.assert_allclose(pw.take_inventory(park).total(), whole, rtol=1e-12)
    np.testing.assert_allclose(pw.take_inventory(park).by_sector()["food"], whole / 4, rtol=1e-12)


def test_gdp_can_be_the_activity_and_value_added_stands_beside(tmp_path):
    park = park_of(tmp_path, put("gdp", value=200), activity="gdp")
    np.testing.assert_allclose(park.activity[0], 20000)
    assert park.memo_items["value_added", "park", ""][2018] == 6000


def test_fixed_carbon_is_taken_off(tmp_path):
    park = park_of(tmp_path, put("crude_steel", value=100000))
    np.testing.assert_allclose(emitted(park, "conversion_fixed_crude_steel"), -100000 * 0.0154, rtol=1e-12)


def test_captured_co2_is_a_negative_source_stored_and_used_told_apart(tmp_path):
    def capture(lines):
        lines.update(captured_stored={"value": 5000}, captured_used={"value": 1200})

    park, whole = park_of(tmp_path, capture), pw.take_inventory(park_of(tmp_path))
    np.testing.assert_allclose(emitted(park, "conversion_captured_stored"), -5000)
    np.testing.assert_allclose(emitted(park, "conversion_captured_used"), -1200)
    inventory = pw.take_inventory(park)
    np.testing.assert_allclose(inventory.scope(1), whole.scope(1) - 6200, rtol=1e-12)
    np.testing.assert_allclose(seen_by_the_projection(park), [inventory.scope(1), inventory.scope(2)], rtol=1e-9)
    lines = [line for line in pw.ledger_rows(park) if line["source"] == "conversion_captured_used"]
    assert [line["place"] for line in lines] == [f"{year}!{cell_of('captured_used')}" for year in YEARS]
    assert {line["factor_id"] for line in lines} == {"measured CO2"}


def test_fixed_sold_and_captured_carbon_together_leave_both_scopes_as_accounted(tmp_path):
    def busy(lines):
        lines.update(
            captured_stored={"value": 900}, crude_steel={"value": 5000}, export_power={"value": 3000},
            plant_power={"value": 5000},
        )  # fmt: skip

    park = park_of(tmp_path, busy)
    inventory = pw.take_inventory(park)
    np.testing.assert_allclose(seen_by_the_projection(park), [inventory.scope(1), inventory.scope(2)], rtol=1e-9)


def test_pollutants_and_waste_are_recorded_by_year_and_never_netted(tmp_path):
    filled = Filled()
    filled.lines[2019].pop("so2")
    park = examined(filled, tmp_path).park
    np.testing.assert_array_equal(park.pollutants["so2"], [12, np.nan, 12.96])
    np.testing.assert_array_equal(park.waste["solid_used"], [3000, 3150, 3240])
    np.testing.assert_array_equal(pw.take_inventory(park).total(), pw.take_inventory(park_of(tmp_path)).total())
    assert any("so2" in note and "not part of the emissions" in note for note in park.notes)


def with_assets(folder, **changed):
    """The invented park with two boilers, one of them described by its line in the sheet of energy assets."""
    columns = template_layout().block("list", "asset").columns
    unit = {"name": "1号锅炉", "kind": "锅炉", "entry": "烟煤", "use": 4000, "use_unit": "t", "commissioned": 2009}
    unit |= {"lifetime": 20, "capital": 12} | changed
    other = {"name": "CHP", "kind": "chp", "entry": "natural_gas", "use": 100, "use_unit": "10^4 Nm3"}
    other |= {"commissioned": 2015, "lifetime": 25}
    filled = Filled()
    for row, line in ((4, unit), (5, other)):
        cells = {("能源设施", f"{columns[name]}{row}"): value for name, value in line.items()}
        filled.cells.update({where: value for where, value in cells.items() if value is not None})
    return filled.write(folder / "assets.xlsx")


def test_energy_assets_of_a_workbook_reach_the_levers_that_wait_for_replacement(tmp_path):
    path = with_assets(tmp_path)
    boiler, chp = pw.read_assets(path)
    assert (boiler.kind, boiler.carrier, boiler.due, boiler.capital) == ("boiler", "bituminous", 2029, 12)
    assert boiler.energy == pytest.approx(4000 * 19.57e-3)
    assert (chp.kind, chp.energy, chp.capital) == ("chp", pytest.approx(100 * 389.31e-3), None)
    assert boiler.source == "workbook, 能源设施!A4"
    assert due_share([boiler, chp], ["coal"], np.array([2028, 2029]), 2025).tolist() == [0, 1]
    np.testing.assert_array_equal(pw.take_inventory(pw.read_park(path)).total(),
                                  pw.take_inventory(park_of(tmp_path)).total())  # fmt: skip


def test_a_decision_on_a_workbook_waits_for_the_assets_of_its_own_sheet(tmp_path):
    path = str(with_assets(tmp_path))
    words = ["decide", path, "--assets", path, "--by", "family", "--members", "20", "--fresh", "0", "--format", "json"]
    record = json.loads(CliRunner().invoke(main, words).output)
    waits = {(row["lever"], row["setting"]): row for row in record["assets"]["levers"]}
    assert waits["coal_to_gas", "strong"]["years_later"] > 0
    assert waits["coal_to_gas", "strong"]["stopped_early_without_waiting"] == ["1号锅炉"]
    assert [row["year"] for row in record["assets"]["reinvestment_windows"]] == [2029, 2040, 2049]


def test_an_asset_without_a_lifetime_is_no_fault_of_the_park_and_one_of_the_asset_list(tmp_path):
    path = with_assets(tmp_path, lifetime=None)
    assert examine_workbook(path).park is not None
    with pytest.raises(InputError, match="also its lifetime") as refused:
        pw.read_assets(path)
    assert [(fault.place, fault.code) for fault in refused.value.faults] == [("能源设施!A4", "asset")]


@pytest.mark.parametrize("written", ["１０５００", "10,500", " 10500 ", "10 500", "\u00a010500", "1.05e4", "10500.0"])
def test_a_number_written_differently_is_the_same_number_and_told(tmp_path, written):
    filled = Filled()
    place = filled.put(2019, "bituminous", written)
    examination = examined(filled, tmp_path)
    assert [(fault.place, fault.severity) for fault in examination.faults if fault.code != "beside"] == [
        (place, "note")
    ]
    np.testing.assert_array_equal(examination.park.energy, park_of(tmp_path).energy)


def yearbook(folder, **cells):
    """A workbook of the second layout: years across in one sheet, down in the other, units in words."""
    book = openpyxl.Workbook()
    energy = book.active
    energy.title = "能源消费量"
    table = [
        ["能源消费量"], [], [None, "指标", "单位", 2018, 2019, 2020],
        [None, "煤合计", "万吨", 1, 1.05, 1.08], [None, "原 煤", "万吨", 1, 1.05, 1.08],
        [None, "天然气", "亿立方米", 0.05, 0.0525, 0.054], [None, "热力", "万吉焦", 5, 5.25, 5.4],
        [None, "电力", "亿千瓦时", 0.2, 0.21, 0.216],
    ]  # fmt: skip
    for line in table:
        energy.append(line)
    people = book.create_sheet("经济社会")
    for line in ([], [], ["年份", "工业增加值", "年末常住人口"], ["", "亿元", "万人"], *([y, 60, 5] for y in YEARS)):
        people.append(line)
    for where, value in cells.items():
        sheet, ref = where.split("_")
        {"energy": energy, "people": people}[sheet][ref] = value
    said = {key: PARK[key] for key in ("park_id", "name_zh", "name_en", "kind", "activity", "price_year", "factor_set")}
    said |= {"invented": True, "grid_factor": "national_2021"}
    path = folder / "invented-park.xlsx"
    path.with_suffix(".yml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    book.save(path)
    return path


def test_a_differently_arranged_workbook_is_read_by_its_own_layout(tmp_path):
    park = pw.read_park(yearbook(tmp_path))
    growth = np.array([1, 1.05, 1.08])
    np.testing.assert_allclose(emitted(park, "raw_coal"), 10000 * COAL * growth, rtol=1e-12)
    np.testing.assert_allclose(emitted(park, "electricity"), 20000 * GRID * growth, rtol=1e-12)
    np.testing.assert_allclose(emitted(park, "heat"), 50000 * HEAT * growth, rtol=1e-12)
    gas = 500 * 389.31e-3 * 15.3 * 0.99 * 44 / 12
    np.testing.assert_allclose(emitted(park, "natural_gas"), gas * growth, rtol=1e-12)
    assert park.origins["energy", "park", "raw_coal"][2019] == "能源消费量!E5"
    assert [name for name, _ in park.files] == ["invented-park.xlsx", "invented-park.yml"]


@pytest.mark.parametrize(
    ("cells", "place", "code"),
    [
        ({"energy_E5": "约一"}, "能源消费量!E5", "number"),
        ({"energy_F3": 2019}, "能源消费量!F3", "year_twice"),
        ({"energy_B6": "天燃气"}, "能源消费量!B6", "entry_unknown"),
        ({"energy_C6": "万度"}, "能源消费量!C6", "unit"),
        ({"people_B6": None}, "经济社会!B6", "activity"),
        ({"people_A6": "二〇一九"}, "经济社会!A6", "year"),
        ({"energy_D6": None}, "能源消费量!D6", "gap"),
    ],
)
def test_its_faults_are_told_by_its_own_cells(tmp_path, cells, place, code):
    assert (place, code) in told(examine_workbook(yearbook(tmp_path, **cells)), "error")


def test_a_wrong_choice_beside_the_workbook_is_told_in_its_own_file(tmp_path):
    path = yearbook(tmp_path)
    text = path.with_suffix(".yml").read_text(encoding="utf-8").replace("GBT32151_2024", "IPCC")
    path.with_suffix(".yml").write_text(text, encoding="utf-8")
    faults = examine_workbook(path).of("error")
    assert [(fault.file, fault.code) for fault in faults] == [("invented-park.yml", "factor_set")]


@pytest.mark.parametrize("name", ["２０１９", "2019年"])
def test_two_sheets_of_one_year_are_never_read_as_one(tmp_path, name):
    filled = Filled(names={"2019": name}, touch=lambda book: book.add_worksheet("2019").write_number("C2", 2019))
    assert ("2019", "sheet_twice") in told(examined(filled, tmp_path), "error")


def test_places_of_a_workbook_are_cells_of_the_template(tmp_path):
    park = park_of(tmp_path)
    assert park.origins["energy", "park", "heat"] == {year: f"{year}!{cell_of('heat')}" for year in YEARS}


def split(filled, shares=(("glass", 0.75), ("food", 0.25)), *, keep=("feedstock",)):
    """The rows of the park split by sector, what is named kept in the sectors."""
    keys = ("bituminous", "diesel_oil", "natural_gas", "electricity", "heat", "limestone", "value_added")
    entries = template_layout().entries()
    filled.lists["分行业"] = [
        {"year": year, "name": name, "entry": key, "unit": entries[key].unit, "value": share * line["value"]}
        | {part: share * line[part] for part in keep if part in line}
        for year in YEARS
        for key in keys
        for name, share in shares
        for line in [filled.lines[year][key]]
    ]
    return filled


def test_feedstock_of_a_park_that_is_split_without_it_is_never_lost(tmp_path):
    """It raised the total of 2019 from 42,915.9 to 44,744.7 t without a word."""
    np.testing.assert_allclose(pw.take_inventory(examined(Filled(), tmp_path).park).total()[1], 42915.9, atol=0.05)
    found = told(examined(split(Filled(), keep=()), tmp_path), "error")
    assert found == [(f"{year}!{cell_of('bituminous', 'feedstock')}", "sector_feedstock") for year in YEARS]
    whole = examined(split(Filled()), tmp_path).park
    np.testing.assert_allclose(pw.take_inventory(whole).total()[1], 42915.9, atol=0.05)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shares=st.lists(st.floats(0.1, 1), min_size=2, max_size=4),
    factor=st.floats(80, 110).map(lambda value: round(value, 3)),
    key=st.sampled_from(["bituminous", "diesel_oil", "natural_gas"]),
    has_feedstock=st.booleans(),
)
def test_a_split_never_changes_the_total_or_is_refused(tmp_path, shares, factor, key, has_feedstock):
    """Whatever the park's row states beside its value, and however its sectors split it."""
    filled = Filled()
    for lines in filled.lines.values():
        lines[key] |= {"factor": factor if key != "natural_gas" else 0.6 * factor, "factor_unit": "tCO2/TJ"}
    whole = pw.take_inventory(examined(filled, tmp_path).park)
    parts = [(f"s{at}", share / sum(shares)) for at, share in enumerate(shares)]
    found = examined(split(filled, parts, keep=("feedstock",) if has_feedstock else ()), tmp_path)
    if not has_feedstock:
        assert {code for _, code in told(found, "error")} == {"sector_feedstock"}
        return
    assert {code for _, code in told(found, "error")} == set()
    np.testing.assert_allclose(pw.take_inventory(found.park).total(), whole.total(), rtol=1e-9)


def test_a_factor_of_one_sector_that_is_not_the_parks_is_refused(tmp_path):
    filled = Filled()
    for lines in filled.lines.values():
        lines["bituminous"] |= {"factor": 95, "factor_unit": "tCO2/TJ"}
    split(filled)
    for record in filled.lists["分行业"]:
        if record["entry"] == "bituminous":
            record |= {"factor": 80 if record["name"] == "food" else 95, "factor_unit": "tCO2/TJ"}
    assert {code for _, code in told(examined(filled, tmp_path), "error")} == {"sector_factor"}
    for record in filled.lists["分行业"]:
        if record["entry"] == "bituminous" and record["name"] == "glass":
            record["factor"] = 100
    park = examined(filled, tmp_path).park
    whole = park_of(tmp_path, put("bituminous", factor=95, factor_unit="tCO2/TJ"))
    np.testing.assert_allclose(emitted(park, "bituminous"), emitted(whole, "bituminous"), rtol=1e-12)


@pytest.mark.parametrize("column", ["feedstock", "factor"])
def test_a_part_that_is_blank_between_two_years_is_unknown_and_at_an_end_questioned(tmp_path, column):
    for year, severity, code in ((2019, "error", "blank"), (2018, "warning", f"{column}_years")):
        filled = Filled()
        for lines in filled.lines.values():
            lines["bituminous"] |= {"factor": 95, "factor_unit": "tCO2/TJ"} if column == "factor" else {}
        filled.put(year, "bituminous", None, column)
        if column == "factor":
            filled.put(year, "bituminous", None, "factor_unit")
        assert [found for _, found in told(examined(filled, tmp_path), severity)] == [code]


@pytest.mark.parametrize("key", ["bituminous", "electricity", "heat", "value_added", "export_power"])
def test_a_zero_between_large_values_is_questioned(tmp_path, key):
    filled = Filled()
    filled.put(2019, key, 0)
    if key == "electricity":
        filled.put(2019, "green_power", 0)
    if key == "bituminous":
        filled.put(2019, key, 0, "feedstock")
    codes = {code for _, code in told(examined(filled, tmp_path), "error", "warning")}
    assert ("activity" if key == "value_added" else "zero_between") in codes


@pytest.mark.parametrize(
    ("key", "values", "codes"),
    [
        ("heat", (500, 510, 0), ["zero_at_end"]),
        ("heat", (0, 500, 510), []),  # a carrier may begin
        ("heat", (500, 200, 0), []),  # and be phased out
        ("heat", (500, 0, 0), []),
        ("heat", (0.5, 0.5, 0), []),  # less than a twentieth of the energy
        ("population", (9, 9.1, 0), ["zero_at_end"]),
        ("population", (0, 9, 9.1), ["zero_at_end"]),
        ("population", (0, 0, 9), []),
    ],
)
def test_a_zero_at_an_end_is_questioned_where_what_is_beside_it_held(tmp_path, key, values, codes):
    filled = Filled()
    for year, value in zip((2018, 2019, 2020), values, strict=True):
        filled.put(year, key, value * 1000)
    found = [code for _, code in told(examined(filled, tmp_path), "error", "warning")]
    assert [code for code in found if code.startswith("zero")] == codes
    assert not told(examined(filled, tmp_path), "error")


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("one", "other"), [("园区", "Park"), ("分行业", "Sectors"), ("主要企业", "Enterprises")])
def test_a_second_sheet_of_one_content_is_refused_in_either_order(tmp_path, one, other, first):
    path = Filled().write(tmp_path / "park.xlsx")
    book = openpyxl.load_workbook(path)
    if one not in book.sheetnames:
        book.create_sheet(one)
    second = book.copy_worksheet(book[one])
    second.title = other
    if first:
        book.move_sheet(second, -len(book.sheetnames))
    book.save(path)
    found = told(examine_workbook(path), "error")
    assert [(place in (one, other), code) for place, code in found] == [(True, "sheet_twice")]


@pytest.mark.parametrize(("factor", "is_told"), [(1.0, False), (53.0, True), (1 / 53, True)])
def test_years_in_different_units_are_compared_as_energy(tmp_path, factor, is_told):
    """2019 in tonnes of standard coal between years in tonnes: right values are no jump, a 53-fold one is."""
    filled = Filled()
    per = find_fuel("GBT32151_2024", read_carriers()["bituminous"]).tj_per_unit / 0.0293076
    for lines in filled.lines.values():
        lines["bituminous"].pop("feedstock")
    filled.put(2019, "bituminous", round(10500 * per * factor, 3))
    filled.put(2019, "bituminous", "tce", "unit")
    found = {code for place, code in told(examined(filled, tmp_path), "warning") if cell_of("bituminous") in place}
    assert ("jump" in found) == is_told


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return write_template(tmp_path_factory.mktemp("template") / "empty.xlsx", [2020])


@pytest.mark.parametrize(("remark", "severity"), [("source: plan of 2026", "note"), (1234.5, "warning")])
def test_a_remark_beside_or_below_a_table_is_named_not_dropped(tmp_path, template, remark, severity):
    places = ("园区!B40", "2020!K20", "分行业!L6", "主要企业!K4", "能源设施!M9", "情景!M5")
    book = openpyxl.load_workbook(template)
    for place in places:
        sheet, ref = place.split("!")
        book[sheet][ref] = remark
    book.save(tmp_path / "remark.xlsx")
    faults = [fault for fault in examine_workbook(tmp_path / "remark.xlsx").faults if fault.code == "cell_unread"]
    assert sorted((f.place, f.value, f.severity) for f in faults) == sorted((p, str(remark), severity) for p in places)
    assert "cell_unread" not in {fault.code for fault in examine_workbook(template).faults}


@pytest.mark.parametrize("column", ["A", "B", "H", "K"])
def test_a_remark_below_the_sheet_of_scenarios_is_never_taken_for_nothing(tmp_path, template, column):
    book = openpyxl.load_workbook(template)
    book["情景"][f"{column}9"] = "remark"
    book.save(tmp_path / "remark.xlsx")
    with pytest.raises(InputError, match="remark"):
        read_scenarios(tmp_path / "remark.xlsx")
