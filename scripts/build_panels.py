"""Build the panels of regions and of industrial sites, ``data/panels/*.csv.gz``.

    python scripts/build_panels.py [OUT [SITES]]

``OUT`` is the folder that is written below (``data/`` by default), ``SITES`` the folder of the four files of clusters
of installations (``data/raw/sites``).  Columns, units, licences and what was left out: ``data/panels/README.md``.

Real GDP of a province::

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
from typing import NamedTuple

from _tables import DATA, places, read_rows, significant
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


class Scheme(NamedTuple):
    """Reporting scheme of clustered installations: names in its files, and comparable years."""

    region: str
    mean: str
    years: range
    #: Non-industrial parts of a cluster's emissions, as named in the panel.
    others: tuple[str, ...]
    without: frozenset[str] = frozenset()


#: Scope and sites of the European scheme changed in 2008 and 2013, Great Britain left it after 2020, and the first
#: American year lacks sectors.
SCHEMES = {
    "eu": Scheme("country", "mean1322_industry_t", range(2013, 2023), ("chp_mixed", "power"), frozenset({"GB"})),
    "us": Scheme("state", "mean1123_industry_t", range(2011, 2024), ("power",)),
}
#: Mean industrial emissions from which a cluster of several sites counts as a park, t a year.
# ASSUME: smaller clusters, and places with one site, are no industrial parks; they form the second panel.
LEAST_PARK = 50_000.0
#: Upper ends of the size classes, Mt of industrial emissions a year in the mean of the panel's years.
SIZES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def main() -> None:
    """Write the panels."""
    out, source = places(__doc__, OUT=DATA, SITES=DATA / "raw" / "sites")
    folder = out / "panels"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "provinces.csv.gz", *_provinces())
    _write(folder / "cities.csv.gz", *_cities())
    _write(folder / "countries.csv.gz", *_countries())
    for name, scheme in SCHEMES.items():
        header, parks, small = _sites(source, name, scheme)
        _write(folder / f"{name}_sites.csv.gz", header, parks)
        _write(folder / f"{name}_sites_small.csv.gz", header, small)


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


def _sites(source: Path, name: str, scheme: Scheme) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Return the header, the rows of parks (several sites, large) and those of the other clusters."""
    series: dict[str, dict[int, dict[str, str]]] = {}
    for row in read_rows(source / f"{name}_clusters_yearly.csv.gz"):
        if int(row["year"]) in scheme.years:
            series.setdefault(row["cluster_id"], {})[int(row["year"])] = row
    parts: tuple[list[list[str]], list[list[str]]] = ([], [])
    for cluster in read_rows(source / f"{name}_clusters_meta.csv.gz"):
        known = series.get(cluster["cluster_id"], {})
        if cluster[scheme.region] in scheme.without or not any(float(row["industry_t"]) for row in known.values()):
            continue
        mean = float(cluster[scheme.mean])
        is_park = cluster["multi_site"] == "1" and mean >= LEAST_PARK
        told = [cluster["city"], cluster[scheme.region], _size(mean), cluster["multi_site"]]
        for year, flag in _flags(known, scheme.years[-1]).items():
            row = known[year]
            tonnes = [row["industry_t"], *(row[f"{part}_t"] for part in scheme.others), row["total_t"]]
            # The number of sites is a positive number or missing, as every column without tonnes.
            sites = row["n_active_industry"] if int(row["n_active_industry"]) else ""
            parts[not is_park].append([cluster["cluster_id"], str(year), *tonnes, sites, *told, flag])
    tonnes = ["emissions_tco2", *(f"{part}_tco2" for part in scheme.others), "total_tco2"]
    return ["entity", "year", *tonnes, "sites", "name", "region", "size", "multi_site", "flag"], *parts


def _size(mean: float) -> str:
    """Name the size class, Mt a year, of mean emissions in t a year."""
    edges = [0.0, *SIZES]
    at = sum(mean >= edge * 1e6 for edge in SIZES)
    return f"{edges[at]:g}-{edges[at + 1]:g}" if at < len(SIZES) else f"{edges[at]:g}+"


def _flags(known: dict[int, dict[str, str]], last: int) -> dict[int, str]:
    """Flag zeros and the end of a record, year by year.

    ``closed`` is a zero that no later year ends, ``paused`` one that a later year ends, ``not_started`` one before any
    emissions; ``left`` marks the last report of a record that ends before the panel does without a zero: a closure, a
    site too small to report, or one that left the scheme: the data do not distinguish them.
    """
    running = [year for year, row in known.items() if float(row["industry_t"])]
    marks = dict.fromkeys(sorted(known), "")
    for year in marks:
        if year not in running:
            marks[year] = "not_started" if year < running[0] else "closed" if year > running[-1] else "paused"
    end = max(known)
    if end < last and end in running:
        marks[end] = "left"
    return marks


if __name__ == "__main__":
    main()
