"""Build the tables of named European parks, ``data/parks/eu-*.csv``, from verified emissions of installations.

    python scripts/build_sites.py [SOURCE_FOLDER] [OUTPUT_FOLDER]

SOURCE_FOLDER holds ``eu_named_parks.csv``, ``eu_named_parks_installations.csv.gz`` and
``eu_named_parks_verified.csv.gz``; without it the copies in ``data/raw/sites`` are read.  ``data/sites/eu_parks.csv``
says which known parks become tables, and how they are called; ``data/sites/eu_activities.csv`` says which sector an
installation's class is, and whether all of its emissions are burnt fuel.

A table gives emissions by sector only, scope 1: neither carriers nor energy nor value added are published.  Years are
2013-2022: the scheme changed its scope at the turn of 2007/08 and of 2012/13, so that earlier years are not of the same
installations and gases; Great Britain left it at the end of 2020.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from _tables import DATA, Row, places, read_rows, write_park

SOURCE = "eutl_verified"
FIRST_YEAR, LAST_YEAR = 2013, 2022
#: Last year with verified emissions where a country left the scheme before.
LEFT_SCHEME = {"GB": 2020}
POWER = ("power_station", "mixed_chp")
Emissions = dict[tuple[str, int], int]

LICENCE = (
    "EU Transaction Log, verified emissions: CC BY 4.0, European Commission and C. Rossi (EUTL.INFO); changed: summed"
    " by park and sector. / 欧盟交易日志核证排放数据：CC BY 4.0，署名欧盟委员会与C. Rossi；已按园区和行业汇总。"
)
BOUNDARY = (
    "Verified emissions (CO2, N2O and PFC of some processes, tCO2e) of the installations of the EU emissions trading"
    " system in one place; scope 1. / 欧盟排放交易体系中位于一地的各设施的经核查排放（CO2，部分工艺含N2O和PFC，"
    "tCO2e），范围一。"
)


class Sites:
    """Named parks with their installations and emissions.

    Parameters
    ----------
    folder : Path
        With the three files of the source.
    """

    def __init__(self, folder: Path) -> None:
        self.clusters = {row["known_park"]: row for row in read_rows(folder / "eu_named_parks.csv")}
        self.installations: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in read_rows(folder / "eu_named_parks_installations.csv.gz"):
            self.installations[row["cluster_id"]].append(row)
        self.verified: dict[str, dict[int, int]] = defaultdict(dict)
        for row in read_rows(folder / "eu_named_parks_verified.csv.gz"):
            self.verified[row["id"]][int(row["year"])] = int(row["verified_t"])
        self._classes = {(row["site_class"], row["activity"]): row for row in read_rows(ACTIVITIES)}

    def years(self, cluster: str) -> range:
        """Return the years of a cluster's table."""
        last = LEFT_SCHEME.get(self.installations[cluster][0]["country"], LAST_YEAR)
        return range(FIRST_YEAR, last + 1)

    def class_of(self, installation: dict[str, str]) -> dict[str, str]:
        """Return sector and item of an installation: by activity where it is process industry, else by class."""
        kind = installation["site_class"]
        return self._classes[kind, installation["sector"] if kind == "process_industry" else ""]

    def emissions(self, cluster: str) -> tuple[Emissions, dict[str, str]]:
        """Sum a cluster by sector and year, tCO2e; and the item of each sector with any emissions."""
        found: Emissions = defaultdict(int)
        items: dict[str, str] = {}
        for installation in self.installations[cluster]:
            kind = self.class_of(installation)
            for year in self.years(cluster):
                found[kind["sector"], year] += self.verified[installation["id"]].get(year, 0)
            items[kind["sector"]] = kind["item"]
        used = {sector: item for sector, item in items.items() if any(found[sector, y] for y in self.years(cluster))}
        return found, used


ACTIVITIES = DATA / "sites" / "eu_activities.csv"


def park_rows(sites: Sites, cluster: str) -> Iterator[Row]:
    """Yield the emissions of a park by year and sector, the largest sector first."""
    found, items = sites.emissions(cluster)
    years = sites.years(cluster)
    for sector in sorted(items, key=lambda name: (-sum(found[name, year] for year in years), name)):
        for year in years:
            value = str(found[sector, year])
            yield Row(year, sector, "emissions", items[sector], value, "tCO2", SOURCE, "seen")


def notes(sites: Sites, cluster: str, told: dict[str, str]) -> list[str]:
    """List the notes on a park's numbers, in both languages."""
    found, items = sites.emissions(cluster)
    years, count = sites.years(cluster), len(sites.installations[cluster])
    first, last = years[0], years[-1]

    def total(year: int, without: tuple[str, ...] = ()) -> str:
        return f"{sum(found[sector, year] for sector in items if sector not in without) / 1e6:.3f}"

    said = [
        f"A place, not an administrative zone: the {count} installations of the EU emissions trading system within"
        " about 5 km of its largest industrial site."
        f" / 范围为一地而非行政区划：其最大工业设施周围约5公里内的{count}个欧盟排放交易体系设施。",
        f"{first}-{last} only: the scheme changed its scope at 2007/08 and 2012/13"
        + (", and the country left it after 2020" if last < LAST_YEAR else "")
        + ". In 2020 and 2021 small installations opted out (3.8 % of the emissions of the whole scheme)."
        f" / 仅{first}—{last}年：交易体系范围在2007/08年和2012/13年变化"
        f"{'，该国2020年后退出' if last < LAST_YEAR else ''}；2020、2021年有小型设施退出（占全体系排放的3.8%）。",
        "Scope 1 by sector is all that is published: no carriers, no energy, no value added, no purchased power."
        " / 仅公布分行业的范围一排放：无分能源品种数据、无能耗、无增加值、无外购电力。",
    ]
    if set(items) & set(POWER):
        said.append(
            f"With power: {total(first)} Mt in {first}, {total(last)} Mt in {last}; without power stations:"
            f" {total(first, POWER[:1])} and {total(last, POWER[:1])} Mt; without mixed heat and power plants too:"
            f" {total(first, POWER)} and {total(last, POWER)} Mt."
            f" / 含电力：{first}年{total(first)}、{last}年{total(last)}百万吨；不含电厂：{total(first, POWER[:1])}、"
            f"{total(last, POWER[:1])}百万吨；再扣除混合热电：{total(first, POWER)}、{total(last, POWER)}百万吨。"
        )
    if told["note"]:
        said.append(f"Finding: {told['note']} / {told['note_zh']}")
    if told["zh_kind"] == "transliterated":
        said.append("The Chinese name is a transliteration by this project. / 中文名称为本项目音译。")
    return said


def sidecar(sites: Sites, cluster: str, told: dict[str, str]) -> dict[str, object]:
    """Describe one park."""
    return {
        "park_id": told["park_id"],
        "name_zh": told["name_zh"],
        "name_en": told["name_en"],
        "kind": "park",
        "archetype": "",
        "province": "",
        "country": sites.installations[cluster][0]["country"],
        "invented": False,
        "activity": "emissions_index",
        "price_year": None,
        "factor_set": "",
        "grid_factor": "",
        "boundary": BOUNDARY,
        "source": [SOURCE],
        "licence": LICENCE,
        "notes": notes(sites, cluster, told),
    }


def main(source: Path, folder: Path) -> None:
    """Write the tables and sidecars of all parks that are used below ``folder``."""
    sites = Sites(source)
    for told in read_rows(DATA / "sites" / "eu_parks.csv"):
        if told["use"] in ("yes", "misses"):
            cluster = sites.clusters[told["known_park"]]["cluster_id"]
            write_park(folder, park_rows(sites, cluster), sidecar(sites, cluster, told))


if __name__ == "__main__":
    main(*places(__doc__, SOURCE=DATA / "raw" / "sites", OUT=DATA))
