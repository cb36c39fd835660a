"""Build the tables of the 30 CEADs provinces: ``data/parks/region-<province>.csv``, and ``data/generation.csv``.

Emissions by fuel and process add up to what CEADs reports; their split by sector is derived (``_sector_by_fuel.py``).
Activity of power and heat, steel and cement is output (thermal power, crude steel, cement); that of agriculture, other
industry and buildings is the real value added of primary, secondary and tertiary industry, together real GDP::

    deflator[y] = (sum of provinces' nominal GDP[y] / China's real GDP[y]) / same in 2015
    real_gdp[p, y] = nominal_gdp[p, y] / deflator[y]            (亿元 at 2015 prices)

ASSUME: the national implicit deflator holds in every province; no free constant-price
series by province was found.  Nominal GDP: NBS revised series; China's real GDP: World
Bank via the Global Carbon Budget file (constant 2015 US$).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from _sector_by_fuel import SECTORS, split
from _tables import DATA, Row, places, read_rows, write_park, write_rows

from pathway_models.intake.naming import item_name

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

#: Sector -> item and unit of its output, and the indicator of the activity table.
OUTPUTS = {
    "power_heat": ("electricity", "亿kWh", "power_thermal"),
    "steel": ("crude_steel", "万t", "crude_steel"),
    "cement": ("cement", "万t", "cement"),
}
#: First year of the statistic of crude steel by province.
FIRST_STEEL = 2006
#: Sector -> industry whose value added measures it.
ECONOMY = {"agriculture": "primary", "other_industry": "secondary", "buildings": "tertiary"}
GENERATION = {f"power_{name}": name for name in ("thermal", "hydro", "nuclear", "solar")}

NOTES = [
    "ASSUME: real GDP = revised nominal GDP / national implicit deflator (sum of 31 provinces' nominal "
    "GDP over China's GDP at constant prices, 2015 = 1). Provinces whose prices rose faster than the "
    "nation's, mining provinces before 2012 above all, grow too fast in this series. / "
    "假设（ASSUME）：实际GDP＝修订后的名义GDP÷全国隐含平减指数（31个省份名义GDP之和与中国不变价GDP之比，2"
    "015年＝1）。价格涨幅高于全国的省份（主要为2012年以前的矿业省份）在该序列中增长偏快。",
    "Emissions are territorial scope 1 including all power plants of the province; power traded with "
    "other provinces is not in the table, so there is no purchased electricity. The grid factor is used "
    "only for electricity that a measure adds. / "
    "排放为省域范围一，含省内全部电厂；表中没有省际电力交易，因此没有外购电力。电网因子只用于措施新增的电"
    "力。",
    "ASSUME: energy by fuel is not reported here; it is implied as emissions / factor of the factor "
    "set, with raw coal at the factor of bituminous coal and other coking products at that of coal tar. "
    "Emissions are not changed by this. / "
    "假设（ASSUME）：此处没有分品种的能源消费报告值，由排放除以因子组的因子推算；原煤取烟煤因子，其他焦化"
    "产品取煤焦油因子。排放不受影响。",
    "The process row is the process emissions of CEADs (cement). / 过程排放一行取自CEADs的过程排放（水泥）。",
    "DERIVED: sector by fuel. CEADs has a province by fuel or by sector; the cells are the national table of the year "
    "fitted proportionally to both (iterative proportional fitting). Fuels hold to the tonne, sectors to the rounding "
    "of the published sums (at most 0.0009 Mt). cement is all non-metallic minerals, chemicals has refining and "
    "coking, other_industry mining, light industry, machinery and construction, buildings services and households. / "
    "推算：分行业分品种。CEADs只给出各省分品种或分行业的数据；各单元格由当年全国表按两者比例拟合（迭代比例"
    "拟合）。分品种精确到吨，分行业在公布合计的舍入误差之内（最多0.0009百万吨）。水泥为全部非金属矿物制品"
    "，化工含炼油和炼焦，其他工业含采矿、轻工、机械和建筑业，建筑含服务业和居民。",
    "ASSUME: power and heat goes with thermal power generated, steel with crude steel, cement with cement; the value "
    "added of primary, secondary and tertiary industry (share of nominal GDP times real GDP; primary share of 2019 as "
    "in 2018) measures agriculture, other industry and buildings, so that the sectors' value added is the GDP once. "
    "Chemicals and transport have their own energy as activity. / "
    "假设（ASSUME）：电力热力随火力发电量，钢铁随粗钢产量，水泥随水泥产量；第一、二、三产业增加值（名义GD"
    "P占比乘以实际GDP；2019年第一产业占比同2018年）代表农业、其他工业和建筑，各行业增加值之和恰为GDP一次。"
    "化工和交通以自身能耗为活动量。",
    "The 30 provinces of CEADs add up to 10,864 Mt in 2019 against 9,795 Mt in its national account: a "
    "known gap of the provincial statistics. / "
    "CEADs的30个省份2019年合计108.64亿吨，其全国账户为97.95亿吨：省级统计的已知差距。",
]
CHAINED = "goes with the emissions of the sector: the statistic begins in 2006"

Emissions = dict[tuple[str, str, int], str]
#: Series by (province or "", row, column): (year,).
Series = dict[tuple[str, str, str], np.ndarray]


def read_emissions(source: Path) -> tuple[Emissions, Series]:
    """Read totals by (province, fuel, year) and by (province, "", sector), MtCO2."""
    totals: Emissions = {}
    sectors: Series = {}
    for line in read_rows(source / "ceads_provinces_1997_2019.csv.gz"):
        year = int(line["year"])
        if year in YEARS and line["sector"] in TOTALS:
            totals[line["province"], line["fuel"], year] = line["mtco2"]
        elif year in YEARS:
            _put(sectors, (line["province"], "", line["sector"]), year, line["mtco2"])
    return totals, sectors


def read_nation(source: Path) -> dict[tuple[str, str], np.ndarray]:
    """Read the national table, MtCO2: (sector, fuel) -> (year,)."""
    found: Series = {}
    for line in read_rows(source / "ceads_china_sector_fuel_1997_2019.csv.gz"):
        if int(line["year"]) in YEARS:
            _put(found, ("", line["sector"], line["fuel"]), int(line["year"]), line["mtco2"])
    return {key[1:]: values for key, values in found.items()}


def read_activity(source: Path) -> dict[tuple[str, str], dict[int, str]]:
    """Read output, power and shares, keyed by (province, indicator): year -> value as written."""
    found: dict[tuple[str, str], dict[int, str]] = {}
    for line in read_rows(source / "drivers" / "prov_activity_2004_2024.csv"):
        found.setdefault((line["province"], line["indicator"]), {})[int(line["year"])] = line["value"]
    return found


def _put(series: Series, key: tuple[str, str, str], year: int, value: str) -> None:
    series.setdefault(key, np.zeros(len(YEARS)))[year - YEARS[0]] = float(value)


def real_gdp(source: Path) -> dict[tuple[str, int], float]:
    """Compute GDP at 2015 prices, 亿元, keyed by (province, year)."""
    lines = read_rows(source / "drivers" / "prov_gdp_nominal_revised_2004_2023.csv")
    nominal = {(line["province"], int(line["year"])): float(line["gdp_nominal_nbs_revised_1e8_cny"]) for line in lines}
    china = {
        int(line["year"]): float(line["gdp_const2015usd_tn"])
        for line in read_rows(source / "gcb2023_china_1990_2022.csv")
        if int(line["year"]) in YEARS
    }
    total = {year: sum(value for (_, other), value in nominal.items() if other == year) for year in YEARS}
    level = {year: total[year] / china[year] for year in YEARS}
    return {
        (province, year): value * level[PRICE_YEAR] / level[year]
        for (province, year), value in nominal.items()
        if year in YEARS
    }


class Province:
    """Data of one province by year."""

    def __init__(self, name: str, emissions: Emissions, sectors: Series, nation: dict, activity: dict) -> None:
        used = [fuel for fuel in ITEMS if any((name, fuel, year) in emissions for year in YEARS)]
        fuels = {fuel: np.array([float(emissions.get((name, fuel, year), 0)) for year in YEARS]) for fuel in used}
        own = {key[2]: values for key, values in sectors.items() if key[0] == name}
        self.name, self.activity = name, activity
        self.cells, self.merged = split(nation, own, fuels)
        self.sectors = [sector for sector in SECTORS if any(cell[0] == sector for cell in self.cells)]

    def rows(self, gdp: dict[tuple[str, int], float]) -> Iterator[Row]:
        """Yield activity and emissions of every sector."""
        outputs = {sector: self.output(sector) for sector in self.sectors if sector in OUTPUTS}
        for at, year in enumerate(YEARS):
            for sector in self.sectors:
                if sector in ECONOMY:
                    value = f"{gdp[self.name, year] * self.share(ECONOMY[sector], year):.2f}"
                    yield Row(year, sector, "value_added", "", value, "亿元", "derived_real_gdp", "derived")
                elif outputs.get(sector):
                    item, unit, _ = OUTPUTS[sector]
                    value, confidence = outputs[sector][year]
                    note = "" if confidence == "seen" else CHAINED
                    yield Row(year, sector, "output", item, value, unit, "nbs_provincial_output", confidence, note)
            for (sector, fuel), values in self.cells.items():
                value = f"{values[at]:.8f}".rstrip("0").rstrip(".")
                yield Row(year, sector, "emissions", ITEMS[fuel], value, "MtCO2", "ceads_sector_by_fuel", "derived")

    def share(self, industry: str, year: int) -> float:
        """Return the share of primary, secondary or tertiary industry in GDP; the primary one of 2019 as in 2018."""
        primary, secondary = (self.activity[self.name, f"{name}_share"] for name in ("primary", "secondary"))
        shares = {"primary": float(primary[min(year, max(primary))]), "secondary": float(secondary[year])}
        return shares[industry] if industry in shares else 1.0 - sum(shares.values())

    def output(self, sector: str) -> dict[int, tuple[str, str]]:
        """Return the output of a sector with its confidence, by year; empty where the statistic has gaps.

        Crude steel begins in 2006: before, it goes with the emissions of the sector.
        """
        known = self.activity.get((self.name, OUTPUTS[sector][2]), {})
        found = {year: (known[year], "seen") for year in YEARS if float(known.get(year, 0)) > 0}
        if sector == "steel" and FIRST_STEEL in found:
            total = sum(values for cell, values in self.cells.items() if cell[0] == sector)
            for year in range(YEARS[0], FIRST_STEEL):
                scale = total[year - YEARS[0]] / total[FIRST_STEEL - YEARS[0]]
                found[year] = f"{float(known[FIRST_STEEL]) * scale:.4g}", "derived"
        return found if len(found) == len(YEARS) else {}

    def told(self) -> list[str]:
        """List the peculiarities of the split of this province."""
        found = []
        if self.merged:
            found.append(f"Too small to stand alone, in other_industry: {self.merged}.")
        indexed = [name for name in OUTPUTS if name in self.sectors and not self.output(name)]
        if indexed:
            chinese = "、".join(item_name(name, "zh") for name in indexed)
            found.append(
                f"No output in every year, energy as activity: {', '.join(indexed)}."
                f" / 没有逐年产量、以能耗为活动量：{chinese}。"
            )
        return found


def generation_rows(activity: dict) -> Iterator[tuple[str, int, str, str, str, str, str]]:
    """Yield generation by source of every province, to the last year known; wind power is missing, not zero."""
    for province, (_, _, slug) in PROVINCES.items():
        for indicator, source in GENERATION.items():
            for year, value in sorted(activity.get((province, indicator), {}).items()):
                yield f"region-{slug}", year, source, value, "亿kWh", "nbs_provincial_output", "seen"


def findings(province: str, emissions: Emissions, panel: list[dict[str, str]]) -> list[str]:
    """List inconsistencies and anomalies in one province's series, and in the panel of drivers."""
    total = {year: float(emissions[province, CONTROL, year]) for year in YEARS}
    found = []
    for year in YEARS:
        parts = sum(float(emissions.get((province, fuel, year), 0)) for fuel in ITEMS)
        if abs(parts - total[year]) > ROUNDING_MT:
            found.append(
                f"Finding: fuels and process add up to {parts:.3f} Mt in {year}, the total is {total[year]:.3f} Mt."
            )
    changes = {year: total[year] / total[year - 1] - 1 for year in YEARS[1:]}
    jumps = {year: f"{change:+.1%}" for year, change in changes.items() if abs(change) > JUMP}
    if jumps:
        in_english, in_chinese = (
            between.join(form.format(year=year, change=change) for year, change in jumps.items())
            for between, form in ((", ", "{change} in {year}"), ("、", "{year}年{change}"))
        )
        found.append(
            f"Finding: the total changes by {in_english}; breaks in the statistics are possible."
            f" / 发现：总量变化{in_chinese}；统计口径可能有间断。"
        )
    flagged = [
        line["year"]
        for line in panel
        if line["province"] == province and line["flag_coal_vs_ceads"] == "check" and int(line["year"]) in YEARS
    ]
    if flagged:
        found.append(
            f"Finding: physical coal use and CEADs coal emissions disagree in {', '.join(flagged)} (driver panel flag)."
            f" / 发现：{'、'.join(flagged)}年实物煤炭消费与CEADs煤炭排放不一致（驱动因素面板标记）。"
        )
    return found


def sidecar(province: Province, emissions: Emissions, panel: list[dict[str, str]]) -> dict[str, object]:
    """Describe one province."""
    short, full, slug = PROVINCES[province.name]
    english = "Inner Mongolia" if province.name == "InnerMongolia" else province.name
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
        "boundary": "Territorial CO2 of the province: fuels of all sectors and cement process, scope 1. / "
        "省域CO2：各行业燃料和水泥工艺排放，范围一。",
        "source": [
            "ceads_provinces",
            "ceads_sector_by_fuel",
            "derived_real_gdp",
            "nbs_provincial_gdp",
            "nbs_provincial_output",
            "gcb2023",
        ],
        "licence": "CEADs: free public and scientific use with citation; GCB and World Bank: CC BY 4.0; "
        "NBS figures: facts with citation. / CEADs：公众与科研用途注明出处可免费使用；GCB与世界银行：CC BY 4.0；"
        "国家统计局数据：作为事实引用并注明出处。",
        "notes": [*findings(province.name, emissions, panel), *province.told(), *NOTES],
    }


def main(folder: Path, source: Path) -> None:
    """Write the tables and sidecars of all provinces below ``folder``, from the files of ``source``."""
    (emissions, sectors), nation, activity, gdp = (
        read(source) for read in (read_emissions, read_nation, read_activity, real_gdp)
    )
    panel = read_rows(source / "drivers" / "prov_driver_panel_1997_2023.csv")
    for name in PROVINCES:
        province = Province(name, emissions, sectors, nation, activity)
        write_park(folder, province.rows(gdp), sidecar(province, emissions, panel))
    header = ("park_id", "year", "source_of_power", "value", "unit", "source", "confidence")
    write_rows(folder / "generation.csv", header, generation_rows(activity))


if __name__ == "__main__":
    main(*places(__doc__, OUT=DATA, SOURCE=DATA / "raw"))
