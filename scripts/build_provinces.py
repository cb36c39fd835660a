"""Build the tables of the 30 CEADs provinces: ``data/parks/region-<province>.csv``.

Emissions by fuel and process stand as CEADs reports them.  Activity is real GDP::

    deflator[y] = (sum of provinces' nominal GDP[y] / China's real GDP[y]) / same in 2015
    real_gdp[p, y] = nominal_gdp[p, y] / deflator[y]            (亿元 at 2015 prices)

ASSUME: the national implicit deflator holds in every province; no free constant-price
series by province was found.  Nominal GDP: NBS revised series; China's real GDP: World
Bank via the Global Carbon Budget file (constant 2015 US$).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from _tables import DATA, Row, output_folder, read_rows, write_park

YEARS = range(2004, 2020)
PRICE_YEAR = 2015
#: The row of the all-sector total changes its name in 2017 and 2018.
TOTALS = ("Total Consumption", "Total Emissions", "TotalEmissions")
CONTROL = "Scope 1 Total"
#: Difference between the sum of the fuels and the control total that rounding explains, Mt.
ROUNDING_MT = 0.001
#: Yearly change of the total above which a year is named as a finding; set here, not from a source.
JUMP = 0.20

#: Fuel of CEADs -> carrier or process id, in the order of the tables.
ITEMS = {
    "Raw Coal": "raw_coal",
    "Cleaned Coal": "cleaned_coal",
    "Other Washed Coal": "other_washed_coal",
    "Briquettes": "briquettes",
    "Coke": "coke",
    "Coke Oven Gas": "coke_oven_gas",
    "Other Gas": "other_gas",
    "Other Coking Products": "other_coking_products",
    "Crude Oil": "crude_oil",
    "Gasoline": "gasoline",
    "Kerosene": "kerosene",
    "Diesel Oil": "diesel_oil",
    "Fuel Oil": "fuel_oil",
    "LPG": "lpg",
    "Refinery Gas": "refinery_gas",
    "Other Petroleum Products": "other_petroleum_products",
    "Natural Gas": "natural_gas",
    "Process": "process",
}

#: Name in CEADs -> (short Chinese name, full Chinese name, park id without prefix).
PROVINCES = {
    "Beijing": ("北京", "北京市", "beijing"),
    "Tianjin": ("天津", "天津市", "tianjin"),
    "Hebei": ("河北", "河北省", "hebei"),
    "Shanxi": ("山西", "山西省", "shanxi"),
    "InnerMongolia": ("内蒙古", "内蒙古自治区", "inner-mongolia"),
    "Liaoning": ("辽宁", "辽宁省", "liaoning"),
    "Jilin": ("吉林", "吉林省", "jilin"),
    "Heilongjiang": ("黑龙江", "黑龙江省", "heilongjiang"),
    "Shanghai": ("上海", "上海市", "shanghai"),
    "Jiangsu": ("江苏", "江苏省", "jiangsu"),
    "Zhejiang": ("浙江", "浙江省", "zhejiang"),
    "Anhui": ("安徽", "安徽省", "anhui"),
    "Fujian": ("福建", "福建省", "fujian"),
    "Jiangxi": ("江西", "江西省", "jiangxi"),
    "Shandong": ("山东", "山东省", "shandong"),
    "Henan": ("河南", "河南省", "henan"),
    "Hubei": ("湖北", "湖北省", "hubei"),
    "Hunan": ("湖南", "湖南省", "hunan"),
    "Guangdong": ("广东", "广东省", "guangdong"),
    "Guangxi": ("广西", "广西壮族自治区", "guangxi"),
    "Hainan": ("海南", "海南省", "hainan"),
    "Chongqing": ("重庆", "重庆市", "chongqing"),
    "Sichuan": ("四川", "四川省", "sichuan"),
    "Guizhou": ("贵州", "贵州省", "guizhou"),
    "Yunnan": ("云南", "云南省", "yunnan"),
    "Shaanxi": ("陕西", "陕西省", "shaanxi"),
    "Gansu": ("甘肃", "甘肃省", "gansu"),
    "Qinghai": ("青海", "青海省", "qinghai"),
    "Ningxia": ("宁夏", "宁夏回族自治区", "ningxia"),
    "Xinjiang": ("新疆", "新疆维吾尔自治区", "xinjiang"),
}

NOTES = [
    "ASSUME: real GDP = revised nominal GDP / national implicit deflator (sum of 31 provinces' nominal "
    "GDP over China's GDP at constant prices, 2015 = 1). Provinces whose prices rose faster than the "
    "nation's, mining provinces before 2012 above all, grow too fast in this series.",
    "Emissions are territorial scope 1 including all power plants of the province; power traded with "
    "other provinces is not in the table, so there is no purchased electricity. The grid factor is used "
    "only for electricity that a measure adds.",
    "ASSUME: energy by fuel is not reported here; it is implied as emissions / factor of the factor "
    "set, with raw coal at the factor of bituminous coal and other coking products at that of coal tar. "
    "Emissions are not changed by this.",
    "The process row is the process emissions of CEADs (cement).",
    "The 30 provinces of CEADs add up to 10,864 Mt in 2019 against 9,795 Mt in its national account: a "
    "known gap of the provincial statistics.",
]
ZERO = "no entry in CEADs, which leaves zero cells out"

Emissions = dict[tuple[str, str, int], str]


def read_emissions() -> Emissions:
    """Read the all-sector totals, MtCO2, keyed by (province, fuel, year)."""
    lines = read_rows(DATA / "raw" / "ceads_provinces_1997_2019.csv.gz")
    return {
        (line["province"], line["fuel"], int(line["year"])): line["mtco2"]
        for line in lines
        if line["sector"] in TOTALS and int(line["year"]) in YEARS
    }


def real_gdp() -> dict[tuple[str, int], float]:
    """Compute GDP at 2015 prices, 亿元, keyed by (province, year)."""
    lines = read_rows(DATA / "raw" / "drivers" / "prov_gdp_nominal_revised_2004_2023.csv")
    nominal = {(line["province"], int(line["year"])): float(line["gdp_nominal_nbs_revised_1e8_cny"]) for line in lines}
    china = {
        int(line["year"]): float(line["gdp_const2015usd_tn"])
        for line in read_rows(DATA / "raw" / "gcb2023_china_1990_2022.csv")
        if int(line["year"]) in YEARS
    }
    total = {year: sum(value for (_, other), value in nominal.items() if other == year) for year in YEARS}
    level = {year: total[year] / china[year] for year in YEARS}
    return {
        (province, year): value * level[PRICE_YEAR] / level[year]
        for (province, year), value in nominal.items()
        if year in YEARS
    }


def province_rows(province: str, emissions: Emissions, gdp: dict[tuple[str, int], float]) -> Iterator[Row]:
    """Yield real GDP and emissions by fuel and process of one province."""
    used = [fuel for fuel in ITEMS if any((province, fuel, year) in emissions for year in YEARS)]
    for year in YEARS:
        value = f"{gdp[province, year]:.2f}"
        yield Row(year, "park", "value_added", "", value, "亿元", "derived_real_gdp", "derived")
        for fuel in used:
            value = emissions.get((province, fuel, year))
            note = ZERO if value is None else ""
            yield Row(year, "park", "emissions", ITEMS[fuel], value or "0", "MtCO2", "ceads_provinces", "seen", note)


def findings(province: str, emissions: Emissions) -> list[str]:
    """List what does not fit or is out of the ordinary in one province's series."""
    total = {year: float(emissions[province, CONTROL, year]) for year in YEARS}
    found = []
    for year in YEARS:
        parts = sum(float(emissions.get((province, fuel, year), 0)) for fuel in ITEMS)
        if abs(parts - total[year]) > ROUNDING_MT:
            found.append(
                f"Finding: fuels and process add up to {parts:.3f} Mt in {year}, the total is {total[year]:.3f} Mt."
            )
    changes = {year: total[year] / total[year - 1] - 1 for year in YEARS[1:]}
    jumps = [f"{change:+.1%} in {year}" for year, change in changes.items() if abs(change) > JUMP]
    if jumps:
        found.append(f"Finding: the total changes by {', '.join(jumps)}; breaks in the statistics are possible.")
    panel = read_rows(DATA / "raw" / "drivers" / "prov_driver_panel_1997_2023.csv")
    flagged = [
        line["year"]
        for line in panel
        if line["province"] == province and line["flag_coal_vs_ceads"] == "check" and int(line["year"]) in YEARS
    ]
    if flagged:
        years = ", ".join(flagged)
        found.append(f"Finding: physical coal use and CEADs coal emissions disagree in {years} (driver panel flag).")
    return found


def sidecar(province: str, emissions: Emissions) -> dict[str, object]:
    """Describe one province."""
    short, full, slug = PROVINCES[province]
    english = "Inner Mongolia" if province == "InnerMongolia" else province
    return {
        "park_id": f"region-{slug}",
        "name_zh": full,
        "name_en": english,
        "kind": "region",
        "archetype": "",
        "province": short,
        "invented": False,
        "activity": "gdp",
        "price_year": PRICE_YEAR,
        "factor_set": "GBT32151_2024",
        "grid_factor": f"provincial:{short}",
        "boundary": "Territorial CO2 of the province: fuels of all sectors and cement process, scope 1.",
        "source": ["ceads_provinces", "derived_real_gdp", "nbs_provincial_gdp", "gcb2023"],
        "licence": "CEADs: free public and scientific use with citation; GCB and World Bank: CC BY 4.0; "
        "NBS figures: facts with citation.",
        "notes": [*findings(province, emissions), *NOTES],
    }


def main(folder: Path) -> None:
    """Write the tables and sidecars of all provinces below ``folder``."""
    emissions, gdp = read_emissions(), real_gdp()
    for province in PROVINCES:
        write_park(folder, province_rows(province, emissions, gdp), sidecar(province, emissions))


if __name__ == "__main__":
    main(output_folder())
