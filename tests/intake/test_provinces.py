"""The tables of the provinces: margins kept, cells derived, output as activity, GDP counted once, and their scripts."""

import csv
import gzip
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from _sector_by_fuel import SECTORS, fitted, sector_of, split
from build_energy_growth import growth_rows
from build_provinces import ITEMS, PROVINCES, TOTALS, YEARS

import pathway_models as pw
from pathway_models.baseline.plans import baseline_paths
from pathway_models.core.files import data_folder
from pathway_models.intake.parks import examine_park

DATA = data_folder()
ROOT = Path(__file__).resolve().parents[2]
SLUGS = {name: f"region-{slug}" for name, (_, _, slug) in PROVINCES.items()}
#: Mt: what the published sums by sector and by fuel differ by at most.
ROUNDING = 0.0009


def rows_of(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def published():
    """Emissions of the provinces in Mt: by fuel, (name, item, year), and by sector, (name, sector, year)."""
    fuels, sectors = {}, defaultdict(float)
    for row in rows_of(DATA / "raw" / "ceads_provinces_1997_2019.csv.gz"):
        year = int(row["year"])
        if year in YEARS and row["sector"] not in TOTALS:
            sectors[row["province"], sector_of(row["sector"]), year] += float(row["mtco2"])
        elif year in YEARS and row["fuel"] in ITEMS:
            fuels[row["province"], ITEMS[row["fuel"]], year] = float(row["mtco2"])
    return fuels, sectors


@pytest.fixture(scope="module")
def tables():
    return {name: rows_of(DATA / "parks" / f"{park_id}.csv") for name, park_id in SLUGS.items()}


def emissions_of(rows, column):
    found = defaultdict(float)
    for row in rows:
        if row["quantity"] == "emissions":
            found[row[column], int(row["year"])] += float(row["value"])
    return found


@pytest.mark.parametrize("name", PROVINCES)
def test_every_fuel_of_every_year_is_the_published_one_to_the_tonne(name, published, tables):
    found = emissions_of(tables[name], "item")
    wanted = {(item, year): mt for (owner, item, year), mt in published[0].items() if owner == name}
    assert max(abs(found[key] - mt) for key, mt in wanted.items()) < 1e-6
    assert all(found[key] == 0 for key in found.keys() - wanted.keys())


@pytest.mark.parametrize("name", PROVINCES)
def test_every_sector_of_every_year_is_the_published_one_but_for_the_rounding_of_its_sums(name, published, tables):
    found = emissions_of(tables[name], "sector")
    own = {(sector, year): mt for (owner, sector, year), mt in published[1].items() if owner == name}
    merged = {sector for sector in SECTORS if not any(key[0] == sector for key in found)}
    wanted = defaultdict(float)
    for (sector, year), mt in own.items():
        wanted["other_industry" if sector in merged else sector, year] += mt
    assert max(abs(found[key] - mt) for key, mt in wanted.items()) < ROUNDING


def test_the_cells_are_marked_as_derived_and_what_was_stated_is_not(tables):
    marks = {(row["quantity"], row["source"], row["confidence"]) for rows in tables.values() for row in rows}
    assert marks == {
        ("emissions", "ceads_sector_by_fuel", "derived"),
        ("value_added", "derived_real_gdp", "derived"),
        ("output", "nbs_provincial_output", "seen"),
        ("output", "nbs_provincial_output", "derived"),
    }
    chained = {int(row["year"]) for rows in tables.values() for row in rows if row["note"]}
    assert chained == {2004, 2005}


def test_the_value_added_of_the_sectors_is_the_gdp_of_the_panel(tables):
    gdp = {
        (row["entity"], row["year"]): float(row["gdp_million_cny_2015"])
        for row in rows_of(DATA / "panels" / "provinces.csv.gz")
        if row["gdp_million_cny_2015"]
    }
    for name, rows in tables.items():
        for year in YEARS:
            parts = [float(r["value"]) for r in rows if r["quantity"] == "value_added" and r["year"] == str(year)]
            assert 100 * sum(parts) == pytest.approx(gdp[name, str(year)], rel=1e-5)


def test_power_steel_and_cement_are_measured_by_their_output():
    park = pw.read_park("region-hebei")
    kinds = dict(zip(park.sectors, park.activity_kinds, strict=True))
    assert [kinds[sector] for sector in SECTORS] == [
        "power_output", "steel_output", "cement_output", "energy_index", "gdp", "energy_index", "gdp", "gdp"
    ]  # fmt: skip
    # 275.52 TWh of thermal power, 241.577 Mt of crude steel and 102.315 Mt of cement in 2019.
    assert park.activity[:3, -1].tolist() == pytest.approx([275.52e6, 241.577e6, 102.315e6])


def test_a_province_whose_steel_statistic_has_gaps_keeps_the_energy_index():
    park = pw.read_park("region-beijing")
    assert park.activity_kinds[park.sectors.index("steel")] == "energy_index"
    assert any("No output in every year, energy as activity: steel" in note for note in park.notes)


def test_energy_per_output_stays_where_it_is_and_output_follows_the_law_of_emissions():
    park, scenario = pw.read_park("region-hebei"), pw.read_scenarios().pick(["bau"])
    draws = pw.sample(park, scenario, members=60, seed=4, until=2035)
    paths = pw_paths(park, draws)
    # Steel and cement are led by the nation's demand; power has none of its own.
    power, index, last = park.sectors.index("power_heat"), park.sectors.index("chemicals"), park.years.size - 1
    assert np.ptp(paths.intensity[:, power, last:], axis=1) == pytest.approx(np.zeros(60))
    assert np.ptp(paths.activity[:, power, -1]) > 0
    # The law is that of the energy index: one record gives one path, whichever of the two it is called.
    twin = paths_of_kind(park, draws, power, "energy_index")
    assert np.array_equal(twin.activity[:, power], paths.activity[:, power])
    assert park.activity_kinds[index] == "energy_index"


def pw_paths(park, draws):
    return baseline_paths(park, draws, slice(None), pw.read_assumptions())


def paths_of_kind(park, draws, sector, kind):
    kinds = tuple(kind if s == sector else old for s, old in enumerate(park.activity_kinds))
    return pw_paths(replace(park, activity_kinds=kinds), draws)


def test_thermal_power_in_the_file_of_generation_is_the_output_of_the_tables(tables):
    rows = rows_of(DATA / "generation.csv")
    thermal = {(r["park_id"], r["year"]): r["value"] for r in rows if r["source_of_power"] == "thermal"}
    for name, table in tables.items():
        for row in table:
            if row["quantity"] == "output" and row["item"] == "electricity":
                assert thermal[SLUGS[name], row["year"]] == row["value"]
    assert {row["source_of_power"] for row in rows} == {"thermal", "hydro", "nuclear", "solar"}
    assert max(int(row["year"]) for row in rows) == 2024


# --- proportional fitting --------------------------------------------------------------------------------------


def test_fitting_keeps_both_margins_and_the_odds_of_the_national_table():
    seed, rows, columns = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([30.0, 70.0]), np.array([55.0, 45.0])
    table = fitted(seed, rows, columns)
    assert table.sum(axis=1) == pytest.approx(rows)
    assert table.sum(axis=0) == pytest.approx(columns)
    odds = [cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0]) for cells in (seed, table)]
    assert odds[1] == pytest.approx(odds[0])


def test_margins_that_the_cells_cannot_carry_are_refused():
    with pytest.raises(ValueError, match="do not fit together"):
        fitted(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]))


def test_process_emissions_go_to_cement_alone_and_small_sectors_to_other_industry():
    power, cement, steel = SECTORS["power_heat"][0], SECTORS["cement"][0], SECTORS["steel"][0]
    nation = {
        (power, "Raw Coal"): np.array([60.0]),
        (cement, "Raw Coal"): np.array([20.0]),
        (cement, "Process"): np.array([10.0]),
        (steel, "Raw Coal"): np.array([10.0]),
        ("Textile Industry", "Raw Coal"): np.array([5.0]),
    }
    mine = {power: 6.0, cement: 4.0, steel: 0.001, "Textile Industry": 0.999}
    by_sector = {name: np.array([mt]) for name, mt in mine.items()}
    cells, merged = split(nation, by_sector, {"Raw Coal": np.array([9.0]), "Process": np.array([2.0])})
    assert merged == "steel, chemicals, transport, buildings, agriculture"
    found = {key: float(values[0]) for key, values in cells.items()}
    assert found == pytest.approx(
        {
            ("power_heat", "Raw Coal"): 6.0,
            ("cement", "Raw Coal"): 2.0,
            ("cement", "Process"): 2.0,
            ("other_industry", "Raw Coal"): 1.0,
        }
    )


# --- output in a table of one's own ----------------------------------------------------------------------------


def table_with(folder, row):
    """A copy of a region's table in which the steel output of a year is another row."""
    lines = (DATA / "parks" / "region-hebei.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [row + "\n" if line.startswith("2010,steel,output") else line for line in lines]
    path = folder / "region-hebei.csv"
    path.write_text("".join(changed), encoding="utf-8")
    path.with_suffix(".yml").write_bytes((DATA / "parks" / "region-hebei.yml").read_bytes())
    return path


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2010,steel,output,crude_steel,3,亿kWh,me,seen,", "unit_changes"),
        ("2010,steel,output,umbrellas,3,t,me,seen,", "unused"),
        ("2010,steel,output,crude_steel,3,ha,me,seen,", "unit"),
        ("2010,steel,output,crude_steel,0,t,me,seen,", "activity"),
    ],
)
def test_output_that_cannot_be_used_is_told_with_its_line(tmp_path, row, code):
    examined = examine_park(table_with(tmp_path, row))
    assert examined.park is None
    assert code in {fault.code for fault in examined.of("error")}


# --- the scripts that make the sources -------------------------------------------------------------------------


def test_the_activity_table_takes_official_rows_and_leaves_those_of_a_vendor(tmp_path):
    source = tmp_path / "source"
    (source / "china_now").mkdir(parents=True)
    (source / "drivers").mkdir()
    lines = [
        "province,year,indicator,value,unit,source",
        "Anhui,2019,gen_thermal,2700.5,1e8_kWh,National Bureau of Statistics of China",
        "Anhui,2019,gen_wind,50,1e8_kWh,Wind",
        "Anhui,2019,gen_hydro,48,1e8_kWh,Wind",
        "Anhui,2003,cement,9,1e4_t,National Bureau of Statistics of China",
        "Anhui,2019,gdp_nominal,200,1e8_CNY,Anhui Provincial Bureau of Statistics",
        "Anhui,2019,va_secondary_nominal,80,1e8_CNY,Anhui Provincial Bureau of Statistics",
    ]
    with gzip.open(source / "china_now" / "prov_output_power_gdp_yearly_to_2024.csv.gz", "wt") as file:
        file.write("\n".join(lines) + "\n")
    shares = (
        "province,year,secondary_share_of_gdp,tertiary_share_of_gdp,source\nAnhui,2018,0.41,0.51,a\nAnhui,2019,,,b\n"
    )
    (source / "drivers" / "prov_industry_structure_1985_2023.csv").write_text(shares, encoding="utf-8")
    script = str(ROOT / "scripts" / "build_province_activity.py")
    subprocess.run([sys.executable, script, str(source), str(tmp_path)], check=True, cwd=ROOT)
    made = rows_of(tmp_path / "raw" / "drivers" / "prov_activity_2004_2024.csv")
    assert {(row["indicator"], row["year"], row["value"], row["unit"]) for row in made} == {
        ("power_thermal", "2019", "2700.5", "亿kWh"),
        ("primary_share", "2018", "0.080000", "share"),
        ("secondary_share", "2019", "0.400000", "share"),
    }


def test_growth_of_energy_per_gdp_by_hand():
    head = ["region", "region_code", "geography", "year", "P", "G", "E", "F"]
    rows = [
        ["Aland", "AAA", "nation", 1990, 0.01, 1.0, 10.0, 500.0],
        ["Aland", "AAA", "nation", 2022, 0.01, 2.0, 10.0, 1000.0],
        ["Bland", "BBB", "nation", 2022, 0.01, 2.0, 10.0, 1000.0],
        ["World", "WLD", "world", 1990, 1.0, 1.0, 1.0, 1.0],
        ["World", "WLD", "world", 2022, 1.0, 1.0, 1.0, 1.0],
    ]
    assert list(growth_rows(pd.DataFrame(rows, columns=head))) == [("AAA", "Aland", "200000", "-0.02166", "0.00000")]
