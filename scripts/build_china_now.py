"""Build the data on China after 2019: ``data/china/{nation,provinces}.csv``.

``python scripts/build_china_now.py SOURCE_FOLDER [OUTPUT_FOLDER]``: the sources are copied to ``raw/china_now``
(``SOURCE_FOLDER`` may be ``data/raw`` itself), then tables in canonical units are made of them.  A missing value stays
an empty cell: wind power is known to 2017 only, and is not zero afterwards.  CO2 of power, iron and minerals is that of
CEADs, whose inventories end in 2019.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from _tables import DATA, places, read_rows, significant, write_rows
from build_panels import CONTROL, TOTALS, WITHOUT_ENERGY
from build_provinces import PROVINCES

NATION = "china_co2_gcb2025_1990_2024.csv"
OUTPUT = "prov_output_power_gdp_yearly_to_2024.csv.gz"
POPULATION = "prov_population_revised_2005_2024.csv"
#: Paths of each file in a source folder, in order of preference; extracts keep the columns named.
PLACES = {
    NATION: ("china_now/" + NATION,),
    OUTPUT: ("china_now/" + OUTPUT,),
    POPULATION: ("drivers/prov_population_1985_2024.csv", "china_now/" + POPULATION),
}
EXTRACT = ("province", "year", "population_nbs_revised_1e4")
GDP = DATA / "raw" / "drivers" / "prov_gdp_nominal_revised_2004_2023.csv"
#: Indicator of the source -> column, unit of the source, and how many of the column's unit that is.
INDICATORS = {
    "gen_thermal": ("thermal_gwh", "1e8_kWh", 100),
    "gen_hydro": ("hydro_gwh", "1e8_kWh", 100),
    "gen_nuclear": ("nuclear_gwh", "1e8_kWh", 100),
    "gen_wind": ("wind_gwh", "1e8_kWh", 100),
    "gen_solar": ("solar_gwh", "1e8_kWh", 100),
    "cement": ("cement_t", "1e4_t", 10_000),
    "pig_iron": ("pig_iron_t", "1e4_t", 10_000),
    "crude_steel": ("crude_steel_t", "1e4_t", 10_000),
    "nonferrous_10": ("nonferrous_t", "1e4_t", 10_000),
}
#: Sector of CEADs -> column.
SECTORS = {
    "Production and Supply of Electric Power, Steam and Hot Water": "co2_power_t",
    "Smelting and Pressing of Ferrous Metals": "co2_iron_t",
    "Nonmetal Mineral Products": "co2_cement_t",
}
COLUMNS = (
    "co2_t",
    *SECTORS.values(),
    *(column for column, _, _ in INDICATORS.values()),
    "gdp_nominal_million_cny",
    "population",
)
YEARS = range(1997, 2025)
#: Digits that are kept: more than any source has.
DIGITS = 9


def main() -> None:
    """Copy the sources, then write both tables."""
    source, out = places(__doc__, SOURCE=None, OUT=DATA)
    raw = out / "raw" / "china_now"
    raw.mkdir(parents=True, exist_ok=True)
    for name, folders in PLACES.items():
        found = next((source / folder for folder in folders if (source / folder).is_file()), None)
        if found is None:
            sys.exit(f"{source}: {' or '.join(places)} is not there")
        if found.resolve() == (raw / name).resolve():
            continue
        if found.name == name:
            shutil.copyfile(found, raw / name)
        else:
            _extract(found, raw / name)
    nation = (
        (row["year"], significant(1e6 * float(row["territorial_co2_mt"]), DIGITS)) for row in read_rows(raw / NATION)
    )
    write_rows(out / "china" / "nation.csv", ("year", "co2_t"), nation)
    write_rows(out / "china" / "provinces.csv", ("province", "province_zh", "year", *COLUMNS), _provinces(raw))


def _extract(source: Path, target: Path) -> None:
    """Keep the rows that have the revised population, and its columns only."""
    rows = ([row[name] for name in EXTRACT] for row in read_rows(source) if row[EXTRACT[-1]])
    write_rows(target, EXTRACT, rows)


def _provinces(raw: Path) -> list[list[object]]:
    """Join emissions, output, generation, GDP and population, one line a province and year."""
    found: dict[tuple[str, str], dict[str, str]] = {(p, str(year)): {} for p in PROVINCES for year in YEARS}

    def put(province: str, year: str, column: str, value: str, times: float) -> None:
        if value and (province, year) in found:
            found[province, year][column] = significant(times * float(value), DIGITS)

    for row in read_rows(DATA / "raw" / "ceads_provinces_1997_2019.csv.gz"):
        column = "co2_t" if row["sector"] in TOTALS else SECTORS.get(row["sector"])
        if row["fuel"] == CONTROL and column and (row["province"], row["year"]) not in WITHOUT_ENERGY:
            put(row["province"], row["year"], column, row["mtco2"], 1e6)
    for row in read_rows(raw / OUTPUT):
        column, unit, times = INDICATORS.get(row["indicator"], ("", "", 0))
        if column:
            if row["unit"] != unit:
                sys.exit(f"{OUTPUT}: {row['indicator']} in {row['unit']}, expected {unit}")
            put(row["province"], row["year"], column, row["value"], times)
    for row in read_rows(GDP):
        put(row["province"], row["year"], "gdp_nominal_million_cny", row["gdp_nominal_nbs_revised_1e8_cny"], 100)
    for row in read_rows(raw / POPULATION):
        put(row["province"], row["year"], "population", row[EXTRACT[-1]], 10_000)
    return [
        [p, PROVINCES[p][0], year, *(values.get(name, "") for name in COLUMNS)]
        for (p, year), values in sorted(found.items())
    ]


if __name__ == "__main__":
    main()
