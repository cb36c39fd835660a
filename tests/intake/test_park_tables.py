"""The shipped park tables and the register: units, sources, marks of invention, and sums against raw data."""

import re
from collections import Counter, defaultdict

import pytest
from data_reading import CONFIDENCE, DATA, TABLES, bib_keys, carriers, name_of, rows_of, sidecar_of

from pathway_models.core.units import CONVERSIONS
from pathway_models.records.park import UNDIVIDED

BIB_KEYS, CARRIERS = set(bib_keys()), carriers()

HEADER = ["year", "sector", "quantity", "item", "value", "unit", "source", "confidence", "note"]
#: What a quantity of a park table measures, in canonical units.
MEASURES = {
    "value_added": {"million CNY"},
    "output": {"MWh", "t"},
    "energy": {"TJ", "MWh", "t", "10^4 Nm3"},
    "emissions": {"tCO2"},
    "factor": {"tCO2/TJ", "tCO2/MWh"},
    "green_electricity": {"MWh", "TJ"},
    "product": {"t", "TJ"},
    "process_factor": {"tCO2/t", "tCO2/TJ"},
    "green_area": {"ha"},
    "sequestration": {"tCO2/ha"},
    "population": {"persons"},
}


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_park_table_has_known_units_sources_and_marks(table):
    rows = rows_of(table)
    assert list(rows[0]) == HEADER
    faults = [
        row
        for row in rows
        if row["unit"] not in CONVERSIONS
        or CONVERSIONS[row["unit"]][0] not in MEASURES[row["quantity"]]
        or row["source"] not in BIB_KEYS
        or row["confidence"] not in CONFIDENCE
        or (row["quantity"] in ("energy", "factor") and row["item"] not in CARRIERS)
        or not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", row["value"])
    ]
    assert faults == []


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_park_table_says_each_thing_once_in_unbroken_years(table):
    rows = rows_of(table)
    keys = Counter((row["year"], row["sector"], row["quantity"], row["item"]) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []
    years = [int(row["year"]) for row in rows]
    assert years == sorted(years)
    assert sorted(set(years)) == list(range(years[0], years[-1] + 1))
    series = defaultdict(set)
    for row in rows:
        if row["quantity"] not in ("factor", "process_factor"):
            series[row["sector"], row["quantity"], row["item"]].add(row["year"])
    assert {key for key, seen in series.items() if len(seen) != len(set(years))} == set()


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_only_conversion_may_be_negative(table):
    negative = {(row["quantity"], row["item"]) for row in rows_of(table) if float(row["value"]) < 0}
    assert all(item.startswith("conversion_") for _, item in negative)


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_sidecar_fits_its_table_and_makes_its_choices_openly(table):
    sidecar = sidecar_of(table)
    assert sidecar["park_id"] == table.stem
    assert set(sidecar["source"]) <= BIB_KEYS
    assert {row["source"] for row in rows_of(table)} <= set(sidecar["source"])
    if {row["item"] for row in rows_of(table) if row["quantity"] in ("energy", "emissions")} <= set(UNDIVIDED):
        # Emissions that are not told apart by carrier need no factor, and a table without carriers names none.
        assert (sidecar["factor_set"], sidecar["grid_factor"]) == ("", "")
        assert sidecar["country"] != "CN"
        return
    assert sidecar["factor_set"] in {row["factor_set"] for row in rows_of(DATA / "factors" / "fuels.csv")}
    trusted = {
        name
        for row in rows_of(DATA / "factors" / "grid_factors.csv")
        if row["confidence"] in ("seen", "seen_multi") and row["use_by_default"] == "yes"
        for name in (row["choice"], row["series"])
        if name
    }
    assert sidecar["grid_factor"] in trusted | {"table"}
    assert all(sidecar[key] for key in ("name_zh", "name_en", "boundary", "licence", "notes"))


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_invented_parks_say_so_everywhere_and_others_nowhere(table):
    sidecar = sidecar_of(table)
    marks = {row[key] for row in rows_of(table) for key in ("source", "confidence")}
    register = {row["park_id"]: row for row in rows_of(DATA / "parks.csv")}
    invented = table.stem.startswith("demo-")
    assert sidecar["invented"] is invented
    assert sidecar["name_zh"].startswith("示范园区（虚构）") is invented
    assert ("invented" in sidecar["name_en"]) is invented
    assert any(note.startswith("INVENTED") for note in sidecar["notes"]) is invented
    assert (marks == {"invented"}) is invented
    assert ("invented" in marks) is invented
    assert register[table.stem]["invented"] == str(invented).lower()


def test_register_lists_every_table_once_and_parks_without_one():
    rows = rows_of(DATA / "parks.csv")
    assert [key for key, count in Counter(row["park_id"] for row in rows).items() if count > 1] == []
    assert sorted(row["table"] for row in rows if row["table"]) == [name_of(table) for table in TABLES]
    assert all(row["source"] in BIB_KEYS and row["confidence"] in CONFIDENCE for row in rows)
    without = [row for row in rows if not row["table"]]
    lines = rows_of(DATA / "raw" / "eip_parks.csv") + rows_of(DATA / "raw" / "zero_carbon_parks_batch1.csv")
    assert {row["name_zh"] for row in without} == {row.get("name_cn") or row["park_zh"] for row in lines}
    assert [name for name, count in Counter(row["name_zh"] for row in rows).items() if count > 1] == []
    assert sum(len(row["lists"].split(";")) for row in without) == len(lines)
    assert all(row["year_confidence"] in CONFIDENCE for row in without)


def test_region_d_sheet_adds_up_but_for_industry_in_three_years():
    emissions = defaultdict(float)
    rows = rows_of(DATA / "parks" / "region-d.csv")
    value = {(r["year"], r["sector"], r["quantity"], r["item"]): float(r["value"]) for r in rows}
    for (year, sector, quantity, item), amount in value.items():
        rate = {"energy": "factor", "product": "process_factor"}.get(quantity)
        if rate and amount != 0:
            emissions[year, sector] += amount * value[year, sector, rate, item]
    rooms = {
        "农林": "agriculture",
        "工业": "industry",
        "交通": "transport",
        "建筑": "buildings",
        "居民": "residents",
    }
    off = {}
    for row in rows_of(DATA / "raw" / "region_d" / "published.csv"):
        sector = rooms.get(row["sub"][:2])
        if sector:
            difference = emissions[row["year"], sector] - float(row["value"])
            if abs(difference) > 1e-6:
                off[sector, row["year"]] = round(difference, 2)
    assert off == {("industry", "2013"): -0.65, ("industry", "2018"): -0.44, ("industry", "2020"): -297.24}


def test_region_d_value_added_of_the_sectors_is_the_gdp_of_the_sheet():
    total = defaultdict(float)
    for row in rows_of(DATA / "parks" / "region-d.csv"):
        if row["quantity"] == "value_added":
            total[row["year"]] += float(row["value"])
    sheet = rows_of(DATA / "raw" / "region_d" / "inputs.csv")
    gdp = {row["year"]: float(row["value"]) for row in sheet if row["item"] == "GDP"}
    assert total == pytest.approx(gdp, rel=1e-12)


@pytest.mark.slow
def test_fuels_and_process_of_every_province_add_up_to_its_published_total():
    published = {
        (row["province"], row["year"]): float(row["mtco2"])
        for row in rows_of(DATA / "raw" / "ceads_provinces_1997_2019.csv.gz")
        if row["fuel"] == "Scope 1 Total" and row["sector"].replace(" ", "") in ("TotalConsumption", "TotalEmissions")
    }
    tables = [table for table in TABLES if sidecar_of(table)["activity"] == "gdp"]
    assert len(tables) == 30
    for table in tables:
        total = defaultdict(float)
        for row in rows_of(table):
            if row["quantity"] == "emissions":
                total[row["year"]] += float(row["value"])
        province = sidecar_of(table)["name_en"].replace(" ", "")
        expected = {year: published[province, year] for year in total}
        assert total == pytest.approx(expected, abs=5e-4), province
