"""Build the panels the baseline is calibrated on: ``data/panels/{provinces,cities,countries}.csv.gz``.

Columns, units, licences and what was left out: ``data/panels/README.md``.  Real GDP of a province::

    deflator[y]    = (sum of provinces' nominal GDP[y] / China's real GDP[y]) / same in 2015
    real_gdp[p, y] = nominal_gdp[p, y] / deflator[y]            (million CNY at 2015 prices)

ASSUME: the national implicit deflator holds in every province, as in ``build_provinces.py``.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from _tables import DATA, output_folder, read_rows, significant
from build_provinces import PROVINCES

PRICE_YEAR = "2015"
TOTALS = ("Total Consumption", "Total Emissions", "TotalEmissions")
CONTROL = "Scope 1 Total"
#: Fuel of CEADs -> group; gases made from coal belong to coal.
GROUPS = {
    "coal": ("Raw Coal", "Cleaned Coal", "Other Washed Coal", "Briquettes", "Coke", "Coke Oven Gas",
             "Other Gas", "Other Coking Products"),
    "oil": ("Crude Oil", "Gasoline", "Kerosene", "Diesel Oil", "Fuel Oil", "LPG", "Refinery Gas",
            "Other Petroleum Products"),
    "gas": ("Natural Gas",),
    "process": ("Process",),
}  # fmt: skip
#: Province-years for which CEADs holds process emissions only: the energy statistics are missing.
WITHOUT_ENERGY = {("Ningxia", "2000"), ("Ningxia", "2001"), ("Ningxia", "2002"), ("Hainan", "2002")}
#: Rows of the Global Carbon Budget that are no country.
NO_COUNTRY = {"ATA"}
COUNTRY_FUELS = ("coal", "oil", "gas")
#: First year of the city panel; the one row before it stands alone.
FIRST_CITY_YEAR = 1997


def main() -> None:
    """Write the three panels."""
    folder = output_folder() / "panels"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "provinces.csv.gz", *_provinces())
    _write(folder / "cities.csv.gz", *_cities())
    _write(folder / "countries.csv.gz", *_countries())


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a gzip CSV whose bytes depend on its content only."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows, key=lambda row: (row[0], int(row[1]))))
    # Stored with no time, so that a rebuild gives the same file.
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), mtime=0))


def _tonnes(megatonnes: float | None) -> str:
    return "" if not megatonnes else significant(megatonnes * 1e6, 9)


def _provinces() -> tuple[list[str], list[list[str]]]:
    total: dict[tuple[str, str], float] = {}
    groups: dict[tuple[str, str, str], float] = {}
    group_of = {fuel: group for group, fuels in GROUPS.items() for fuel in fuels}
    for row in read_rows(DATA / "raw" / "ceads_provinces_1997_2019.csv.gz"):
        if row["sector"] not in TOTALS:
            continue
        place, value = (row["province"], row["year"]), float(row["mtco2"])
        if row["fuel"] == CONTROL:
            total[place] = value
        else:
            key = (*place, group_of[row["fuel"]])
            groups[key] = groups.get(key, 0.0) + value
    gdp = _real_gdp()
    rows = []
    provinces = {province for province, _ in total}
    for place in sorted(total.keys() | gdp.keys()):
        if place[0] not in provinces:
            continue
        missing = place in WITHOUT_ENERGY
        parts = ["" if missing else _tonnes(groups.get((*place, group))) for group in GROUPS]
        emissions = "" if missing else _tonnes(total.get(place))
        rows.append([*place, emissions, *parts, gdp.get(place, ""), "energy_missing" if missing else ""])
    columns = [f"{group}_tco2" for group in GROUPS]
    return ["entity", "year", "emissions_tco2", *columns, "gdp_million_cny_2015", "flag"], rows


def _real_gdp() -> dict[tuple[str, str], str]:
    nominal = {
        (row["province"], row["year"]): float(row["gdp_nominal_nbs_revised_1e8_cny"])
        for row in read_rows(DATA / "raw" / "drivers" / "prov_gdp_nominal_revised_2004_2023.csv")
    }
    china = {
        row["year"]: float(row["gdp_const2015usd_tn"])
        for row in read_rows(DATA / "raw" / "gcb2023_china_1990_2022.csv")
    }
    years = sorted({year for _, year in nominal} & china.keys())
    level = {year: sum(v for (_, y), v in nominal.items() if y == year) / china[year] for year in years}
    return {
        (province, year): significant(value * 100.0 * level[PRICE_YEAR] / level[year], 7)
        for (province, year), value in nominal.items()
        if year in level
    }


def _cities() -> tuple[list[str], list[list[str]]]:
    # City names begin with the short name of their province, municipalities are one: 安徽铜陵, 上海.
    province_of = {short: province for province, (short, *_) in PROVINCES.items()}

    def group(city: str) -> str:
        return next(province for short, province in province_of.items() if city.startswith(short))

    rows = [
        [row["city"], row["year"], _tonnes(float(row["mtco2"])), group(row["city"])]
        for row in read_rows(DATA / "raw" / "panels" / "ceads_cities_1997_2019.csv.gz")
        if int(row["year"]) >= FIRST_CITY_YEAR
    ]
    return ["entity", "year", "emissions_tco2", "group"], rows


def _countries() -> tuple[list[str], list[list[str]]]:
    rows = []
    for row in read_rows(DATA / "raw" / "panels" / "gcb2023_co2_pop_gdp_1960_2022.csv.gz"):
        if not row["iso3"] or row["iso3"] in NO_COUNTRY:
            continue
        emissions = _tonnes(float(row["co2_total"] or 0.0))
        fuels = [_tonnes(max(float(row[f"co2_{fuel}"] or 0.0), 0.0)) for fuel in COUNTRY_FUELS]
        gdp = row["gdp_const2015usd_tn"] and significant(float(row["gdp_const2015usd_tn"]) * 1e6, 7)
        if emissions or gdp:
            rows.append([row["iso3"], row["year"], emissions, *fuels, gdp, row["population"], row["country"]])
    columns = [f"{fuel}_tco2" for fuel in COUNTRY_FUELS]
    return ["entity", "year", "emissions_tco2", *columns, "gdp_million_usd_2015", "population", "name"], rows


if __name__ == "__main__":
    main()
