"""Build the table of region D from the contest's sheet: ``data/parks/region-d.csv``.

Emissions of a sector are energy x factor, summed over carriers; industry adds the
"other conversion" of coal, oil, gas and heat.  Numbers are copied as they stand in
``data/raw/region_d/inputs.csv``, digit by digit; only conversion heat is computed
(conversion total less coal, oil and gas).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from _tables import DATA, Row, places, read_rows, write_park

SOURCE = "contest_2023_d"
YEARS = range(2010, 2021)

#: Sector: (value added row, first energy row, factor rows by carrier), rows of the sheet.
SECTORS = {
    "agriculture": (4, 23, {"coal": 9, "oil": 10, "electricity": 13}),
    "industry": (
        5,
        41,
        {"coal": 15, "oil": 16, "gas": 17, "heat": 18, "electricity": 19, "other_energy": 20},
    ),
    "transport": (9, 53, {"coal": 21, "oil": 22, "gas": 23, "heat": 24, "electricity": 25}),
    "buildings": (10, 59, {"coal": 27, "oil": 28, "gas": 29, "heat": 30, "electricity": 31}),
    "residents": (None, 65, {"coal": 33, "oil": 34, "gas": 35, "heat": 36, "electricity": 37}),
}
#: Carriers in the order of the six energy rows of a sector.
CARRIERS = ("coal", "oil", "gas", "heat", "electricity", "other_energy")
#: Conversion item: (row of its quantity, row of its factor); heat is the remainder of row 16.
CONVERSION = {"conversion_coal": (74, 51), "conversion_oil": (80, 52), "conversion_gas": (86, 53)}
CONVERSION_TOTAL, CONVERSION_HEAT_FACTOR, POPULATION = 16, 54, 2
#: The sheet leaves this factor blank although the amount (0.42 ktce) is not zero; the published
#: emissions of industry are met to the last digit with 0 and missed by 0.7 ktCO2 with a gas factor.
BLANK_FACTOR = ("conversion_gas", 2017)
BLANK_NOTE = "blank in the sheet; 0 reproduces the published emissions of industry"

NOTES = [
    "Finding: the published emissions of industry in 2020 exceed energy x factor of the same sheet by "
    "2972 ktCO2 (0.56 % of industry). The sheet contradicts itself there; the difference is kept and "
    "shown. / "
    "发现：公布的2020年工业排放比同一表的能耗乘以因子多297.2万tCO2（占工业的0.56%）。该表自相矛盾，差额保"
    "留并列示。",
    "Finding: industry differs from the published value by 6.5 ktCO2 in 2013 and 4.4 ktCO2 in 2018 "
    "and agrees to the last digit in the other years up to 2019; agriculture, transport, buildings and "
    "residents agree to the last digit in every year. / "
    "发现：工业排放与公布值在2013年相差0.65万tCO2、2018年相差0.44万tCO2，截至2019年的其他年份完全一致；农"
    "业、交通、建筑和居民各年均完全一致。",
    "Finding: the sheet has no factor for gas conversion in 2017 (0.42 ktce); 0 is used because it "
    "reproduces the published emissions of industry exactly. / "
    "发现：该表没有2017年天然气加工转换（0.042万tce）的因子；取0可精确重现公布的工业排放。",
    "ASSUME: value added stands at constant prices of an unnamed base year. The sheet states no price "
    "basis; its GDP grows 7.9 % a year over 2010-2020, by exactly 8.6, 7.8, 7.2 and 6.7 % in 2015-2018, "
    "as a series chained with officially rounded real growth rates does. / "
    "假设（ASSUME）：增加值按某一未说明基年的不变价计。该表没有说明价格基准；其GDP在2010—2020年年均增长7."
    "9%，2015—2018年恰为8.6%、7.8%、7.2%和6.7%，与按官方取整的实际增速链接的序列一致。",
    "ASSUME: the activity of industry is the value added of the whole second sector (energy supply plus "
    "industry), because the emissions of industry contain the energy supply sector's conversion; so the "
    "sectors' value added adds up to GDP. Industry alone is 4-5 % lower and grows equally fast (5.7 % a "
    "year). / "
    "假设（ASSUME）：工业的活动量取第二产业全部增加值（能源供应加工业），因为工业排放包含能源供应部门的加"
    "工转换；这样各部门增加值之和等于GDP。仅工业一项低4%—5%，增速相同（每年5.7%）。",
    "Residents have no value added; their activity is the population of the region. / "
    "居民没有增加值，其活动量为该区域人口。",
    "Electricity, heat and all fuels are given in tonnes of standard coal equivalent, electricity most "
    "likely at its calorific value (0.1229 kgce/kWh). The factors are per tonne of the same equivalent, "
    "so emissions do not depend on this. / "
    "电力、热力和各种燃料均以吨标准煤计，电力很可能按热值（0.1229 kgce/kWh）折算。因子也以每吨同一当量计，"
    "排放不受影响。",
    "Generation and heat supply are carried by the factors of electricity and heat of each year (they "
    "include imported and renewable power), so the electricity emissions of all sectors together are "
    "not scope 2 only. / "
    "发电和供热由当年的电力、热力因子承担（其中含调入和可再生电力），因此各部门用电排放合计不只是范围二。",
    "Factors of conversion are residuals of a carbon balance: those of coal and gas jump between years "
    "and change sign (coal 2012: -4.6; gas 2020: -14.9 tCO2/tce). They describe the year; they are no "
    "technology factors. / "
    "加工转换因子是碳平衡的差额：煤和天然气的因子逐年跳动并改变符号（煤2012年-4.6，天然气2020年-14.9 tCO2"
    "/tce）。它们只说明当年，不是技术因子。",
    "Other energy (other_energy) has factor 0 in the sheet in all years. / "
    "其他能源（other_energy）在该表各年的因子均为0。",
    "Carriers a sector does not use in any year are left out; a use of zero in single years stands as 0 "
    "without a factor, as in the sheet. / "
    "部门各年均不使用的能源品种不列出；个别年份用量为零的记为0且没有因子，与该表一致。",
]


def sheet_cells(source: Path) -> dict[tuple[int, int], str]:
    """Read the input cells, keyed by (row of the sheet, year).

    The emission factors (sheet rows 9-63) and the quantities (rows 2-92) come from
    two sheets with overlapping row numbers; the quantities keep their row number
    and the factors are stored under its negative.
    """
    cells = {}
    for line in read_rows(source / "region_d" / "inputs.csv"):
        sign = -1 if line["sheet"] == "碳排放" else 1
        cells[sign * int(line["row"]), int(line["year"])] = line["value"]
    return cells


def sector_rows(cells: dict[tuple[int, int], str], sector: str) -> Iterator[Row]:
    """Yield value added, energy and factors of one sector."""
    activity_row, energy_row, factor_rows = SECTORS[sector]
    used = [
        (carrier, energy_row + place)
        for place, carrier in enumerate(CARRIERS)
        if any(float(cells[energy_row + place, year]) != 0 for year in YEARS)
    ]
    for year in YEARS:
        if activity_row is not None:
            yield seen(year, sector, "value_added", "", cells[activity_row, year], "亿元")
        for carrier, row in used:
            yield seen(year, sector, "energy", carrier, cells[row, year], "万tce")
            factor = cells.get((-factor_rows[carrier], year))
            if factor is not None:
                yield seen(year, sector, "factor", carrier, factor, "tCO2/tce")
            elif float(cells[row, year]) != 0:
                raise ValueError(f"{sector} uses {carrier} in {year} and the sheet has no factor for it")


def conversion_rows(cells: dict[tuple[int, int], str]) -> Iterator[Row]:
    """Yield the energy supply sector's other conversion, booked with industry."""
    for year in YEARS:
        heat = float(cells[CONVERSION_TOTAL, year])
        for item, (row, factor_row) in CONVERSION.items():
            amount = float(cells[row, year])
            heat -= amount
            if any(float(cells[row, other]) != 0 for other in YEARS):
                yield seen(year, "industry", "product", item, cells[row, year], "万tce")
            factor = cells.get((-factor_row, year))
            if factor is not None:
                yield seen(year, "industry", "process_factor", item, factor, "tCO2/tce")
            elif (item, year) == BLANK_FACTOR:
                yield Row(year, "industry", "process_factor", item, "0", "tCO2/tce", SOURCE, "derived", BLANK_NOTE)
            elif amount != 0:
                raise ValueError(f"{item} is not zero in {year} and the sheet has no factor for it")
        factor = cells[-CONVERSION_HEAT_FACTOR, year]
        note = "conversion total less coal, oil and gas"
        yield Row(year, "industry", "product", "conversion_heat", repr(heat), "万tce", SOURCE, "derived", note)
        yield seen(year, "industry", "process_factor", "conversion_heat", factor, "tCO2/tce")


def seen(year: int, sector: str, quantity: str, item: str, value: str, unit: str) -> Row:
    """Make a row for a number read in the sheet."""
    return Row(year, sector, quantity, item, value, unit, SOURCE, "seen")


def main(folder: Path, source: Path) -> None:
    """Write the table and the sidecar of region D below ``folder``, from the files of ``source``."""
    cells = sheet_cells(source)
    rows = [row for sector in SECTORS for row in sector_rows(cells, sector)]
    rows += conversion_rows(cells)
    rows += [seen(year, "park", "population", "", cells[POPULATION, year], "万人") for year in YEARS]
    sidecar = {
        "park_id": "region-d",
        "name_zh": "区域D（2023年研究生数学建模竞赛D题，匿名省级区域）",
        "name_en": "Region D (2023 postgraduate modelling contest, anonymised province)",
        "kind": "region",
        "archetype": "",
        "province": "",
        "invented": False,
        "activity": "value_added",
        "price_year": None,
        "factor_set": "GBT32151_2024",
        "grid_factor": "table",
        "boundary": "Energy use of five sectors of a province-scale region; power and heat at the year's "
        "own factors, conversion with industry. No industrial process emissions such as clinker. / "
        "省级规模区域五个部门的能源消费；电力和热力按当年自有因子，加工转换计入工业；不含熟料等工业过程排放。",
        "source": [SOURCE],
        "licence": "None stated by the repository; figures used as facts with citation, problem text not included."
        " / 原仓库未声明许可；数值作为事实引用并注明出处，未收录赛题正文。",
        "notes": NOTES,
    }
    write_park(folder, rows, sidecar)


if __name__ == "__main__":
    main(*places(__doc__, OUT=DATA, SOURCE=DATA / "raw"))
