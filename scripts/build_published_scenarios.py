"""Copy published scenario studies: their inputs, their tables as driver scenarios, their published values.

    python scripts/build_published_scenarios.py SOURCE

SOURCE holds a folder a study with ``inputs.csv``, ``scenarios.csv`` and ``published.csv``, typed from the places that
``data/published/<study>/study.yml`` names.  Writes the tables of those folders and their rows of ``estimates.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from _tables import places

PUBLISHED = Path(__file__).resolve().parents[1] / "data" / "published"
DRIVERS = ("scenario", "driver", "sector", "item", "first", "last", "kind", "value", "unit", "spread", "source")
ESTIMATES = ("study", "scope", "scenario", "quantity", "value", "unit", "tolerance", "near_within", "tolerance_reason",
             "locator", "confidence", "licence")  # fmt: skip
#: Folder in the source by study.
FOLDERS = {
    "china_kaya_2026": "24_china_kaya_periods_2026",
    "xiamen_stirpat_2022": "25_xiamen_stirpat_2005_2035",
    "northwest_stirpat_2019": "26_northwest5_stirpat_2019",
    "steel_stock_2025": "27_china_steel_stock_model_2025",
    "region_d_mbd": "28_regionD2023_mbd",
    "region_d_dknt0": "29_regionD2023_dknt0",
    "eps_low_bau_2024": "30_eps_china_low_bau_2024",
}
WORDS = {
    "基准": "baseline", "低碳": "low_carbon", "强化低碳": "strengthened", "自然": "natural", "雄心": "ambitious",
    "按时": "on_time", "planned path": "planned_path", "高": "high", "中": "mid", "低": "low",
}  # fmt: skip
KAYA = {
    "population": "population", "gdp_per_capita": "gdp_per_head", "gdp_per_head": "gdp_per_head",
    "affluence": "gdp_per_head", "energy_intensity": "energy_per_gdp", "intensity": "energy_per_gdp",
    "carbon_per_energy": "co2_per_energy",
}  # fmt: skip
FACT = "none stated; fact with citation"
FIGURE = "read off a figure"
NOISY_TOP = "a year of one noisy run on a flat top: half of the 5-95 % range of the noise"
DIGITS = "printed with fifteen digits: a larger difference is no rounding"
HALF = "half a unit of the last printed digit"
YEAR = "a year is met or not"

Row = dict[str, object]


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a table of the source."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Write a table."""
    columns = list(columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: row.get(name, "") for name in columns} for row in rows)


def named(text: str) -> str:
    """Translate the name of a scenario; two letters, as high-low, one by one."""
    return WORDS.get(text) or "_".join(WORDS[letter] for letter in text)


def driver(scenario: str, name: str, first: int, last: int, percent: float, source: str) -> Row:
    """Make a row of growth of a table of driver scenarios."""
    return {
        "scenario": scenario, "driver": name, "first": first, "last": last, "kind": "growth",
        "value": f"{percent:.15g}", "unit": "%/yr", "source": source,
    }  # fmt: skip


def estimate(study: str, scope: str, scenario: str, quantity: str, value: object, unit: str, tolerance: object,
             near: object, reason: str, locator: str, licence: str = FACT) -> Row:  # fmt: skip
    """Make a row of published values."""
    cells = (study, scope, scenario, quantity, value, unit, tolerance, near, reason, locator, "seen", licence)
    return dict(zip(ESTIMATES, cells, strict=True))


def exact(study: str, scope: str, row: Row, locator: str) -> Row:
    """Make a row of a value printed in full, or of a peak year."""
    quantity = f"{row['item']}_{row['year']}" if row["item"].startswith("co2") else row["item"]
    value, scenario = row["value"], WORDS.get(row.get("scenario", ""), row.get("scenario", "run"))
    if row["unit"] == "year":
        return estimate(study, scope, scenario, quantity, value, "year", 0, 1, YEAR, locator)
    size = abs(float(value))
    return estimate(study, scope, scenario, quantity, value, row["unit"], f"{size * 1e-9:.3g}", f"{size * 0.05:.4g}",
                    DIGITS, locator)  # fmt: skip


def china_kaya(source: Path) -> Iterator[Row]:
    """China by Kaya rates of periods."""
    study, place = "china_kaya_2026", "05_达峰与减排潜力.csv, commit 16377c27"
    record = "01_全国年度排放.csv, commit 16377c27"
    given = [{**row, "quantity": "co2", "locator": record} for row in rows_of(source / "inputs.csv")]
    write(PUBLISHED / study / "inputs.csv", ("quantity", "scenario", "year", "value", "unit", "locator"), given)
    tables = []
    for row in rows_of(source / "scenarios.csv"):
        first, _, last = row["period"].partition("-")
        percent, origin = round(float(row["value"]) * 100, 10), "03_情景参数.csv"
        tables.append(driver(named(row["scenario"]), KAYA[row["driver"]], int(first), int(last), percent, origin))
    write(PUBLISHED / study / "scenarios.csv", DRIVERS, tables)
    for row in rows_of(source / "published.csv"):
        locator = place if row["item"].startswith("peak") else "04_2024-2045预测序列.csv, commit 16377c27"
        yield exact(study, "China", row, locator)


def xiamen(source: Path) -> Iterator[Row]:
    """Xiamen by STIRPAT."""
    study = "xiamen_stirpat_2022"
    given = rows_of(source / "inputs.csv")
    planned = [row for row in rows_of(source / "scenarios.csv") if row["scenario"] == "planned path"]
    rows = [{**row, "part": "history" if row["year"] else "coefficient"} for row in given]
    rows += [
        {"name": row["driver"], "year": row["period"], "value": row["value"], "unit": row["unit"], "part": "plan"}
        for row in planned
    ]
    write(PUBLISHED / study / "inputs.csv", ("part", "name", "year", "value", "unit"), rows)
    for row in rows_of(source / "published.csv"):
        yield exact(study, "Xiamen", row, "Yuxianmodel.xlsx, Sheet1, commit 380b2c04")


def northwest(source: Path) -> Iterator[Row]:
    """Five provinces of the north-west, nine scenarios."""
    study, scope, licence = "northwest_stirpat_2019", "Five north-west provinces", "CC BY 4.0"
    given = rows_of(source / "inputs.csv")
    write(PUBLISHED / study / "inputs.csv", given[0], given)
    rates = rows_of(source / "scenarios.csv")
    rows, tables = [], []
    for row in rates:
        if row["driver"] == "industry_share":
            continue
        first, _, last = row["period"].partition("-")
        scenario, origin = named(row["scenario"]), "table 4"
        rows.append({"scenario": scenario, "driver": row["driver"], "first": first, "last": last,
                     "percent_a_year": row["value"]})  # fmt: skip
        ours = {"gdp": "gdp", "carbon_intensity": "co2_per_energy"}.get(row["driver"])
        if ours:
            tables.append(driver(scenario, ours, int(first), int(last), float(row["value"]), origin))
        if row["driver"] == "carbon_intensity":
            held = "held: the study gives CO2 per GDP only"
            tables.append(driver(scenario, "energy_per_gdp", int(first), int(last), 0.0, held))
    write(PUBLISHED / study / "rates.csv", rows[0], rows)
    write(PUBLISHED / study / "scenarios.csv", DRIVERS, tables)
    for row in rows_of(source / "published.csv"):
        scenario = named(row["scenario"])
        if row["item"] == "peak_year":
            value = 2030 if row["value"].startswith("not") else row["value"]
            yield estimate(study, scope, scenario, "highest_year_2016_2030", value, "year", 0, 1,
                           f"{YEAR}; 2030 is a rise throughout", "table 5, abstract", licence)  # fmt: skip
        elif row["item"] == "co2":
            value = float(row["value"])
            yield estimate(study, scope, scenario, f"co2_{row['year']}", row["value"], "万t", 0.005,
                           f"{value * 0.05:.4g}", HALF, "table 5", licence)  # fmt: skip
        else:
            yield estimate(study, scope, scenario, f"gdp_per_head_{row['year']}", row["value"], row["unit"], 0.005,
                           0.3, HALF, "table 5", licence)  # fmt: skip


def steel(source: Path) -> Iterator[Row]:
    """China's steel: stock, scrap, output."""
    study = "steel_stock_2025"
    given = rows_of(source / "inputs.csv")
    rows = [{**row, "part": "given"} for row in given]
    rows += [
        {"part": "future", "name": row["driver"], "key": row["period"], "value": row["value"], "unit": row["unit"]}
        for row in rows_of(source / "scenarios.csv")
        if row["driver"] != "carbon_price"
    ]
    write(PUBLISHED / study / "inputs.csv", ("part", "name", "key", "value", "unit"), rows)
    for row in rows_of(source / "published.csv"):
        width = 0.1 if row["unit"] == "Gt" else 10
        value = 1064.8 if row["reading"].startswith("statistical") else float(row["value"])
        reason = f"{FIGURE}: ± {width} {row['unit']}"
        yield estimate(study, "China, crude steel", "central", f"{row['item']}_{row['year']}", value, row["unit"],
                       width, f"{value * 0.05:.4g}", reason, "Fig2.png, commit 2d93e018")  # fmt: skip


def region_d_mbd(source: Path) -> Iterator[Row]:
    """Region D by a parabola of GDP and yearly factors."""
    study = "region_d_mbd"
    given = rows_of(source / "inputs.csv")
    write(PUBLISHED / study / "inputs.csv", given[0], given)
    tables, origin = [], "code appendix 10.3"
    for row in rows_of(source / "scenarios.csv"):
        scenario = named(row["scenario"])
        if row["driver"] == "gdp_index":
            for year in range(2021, 2061):
                rate = parabola(year) / parabola(year - 1) - 1
                tables.append(driver(scenario, "gdp", year, year, rate * 100, "parabola through 1, 2, 4"))
            continue
        ours = {"energy_intensity_factor": "energy_per_gdp"}.get(row["driver"], "co2_per_energy")
        tables.append(driver(scenario, ours, 2021, 2060, round((float(row["value"]) - 1) * 100, 10), origin))
    write(PUBLISHED / study / "scenarios.csv", DRIVERS, tables)
    for row in rows_of(source / "published.csv"):
        scenario, where, value = named(row["scenario"]), row["where"], row["value"]
        quantity = row["item"] if "co2_" in row["item"] or not row["year"] else f"{row['item']}_{row['year']}"
        if "claimed" in quantity:
            yield estimate(study, "Region D", scenario, quantity, value, "year", 0, 1, YEAR, where)
        else:
            width = float(where.rpartition("+-")[2])
            near = max(2 * width, float(value) * 0.05) if row["unit"] != "year" else 2
            yield estimate(study, "Region D", scenario, quantity, value, row["unit"], width, f"{near:.4g}",
                           f"{FIGURE}: ± {width:g}", where.replace("+-", "± "))  # fmt: skip


def parabola(year: int) -> float:
    """Return GDP of a year relative to 2020: 1, 2 and 4 in 2020, 2035 and 2060."""
    return sum(
        value * (year - b) * (year - c) / ((a - b) * (a - c))
        for value, a, b, c in ((1, 2020, 2035, 2060), (2, 2035, 2020, 2060), (4, 2060, 2020, 2035))
    )


def region_d_dknt0(source: Path) -> Iterator[Row]:
    """Region D by six sectors."""
    study = "region_d_dknt0"
    rows = [{"scenario": "history", **row} for row in rows_of(source / "inputs.csv")]
    rows += [
        {"scenario": named(row["scenario"]), "name": row["driver"], "year": row["period"], "value": row["value"]}
        for row in rows_of(source / "scenarios.csv")
    ]
    write(PUBLISHED / study / "inputs.csv", ("scenario", "name", "year", "value"), rows)
    for row in rows_of(source / "published.csv"):
        scenario, locator = named(row["scenario"]), "碳排放总量预测结果.png, commit 5cad8a7d"
        reason = f"{FIGURE} ± 300, and the run adds noise: half of the 5-95 % range of 1,000 draws is 525 to 1,244"
        if row["item"].startswith("max"):
            wide = {"natural": 5, "on_time": 3}.get(scenario, 3)
            yield estimate(study, "Region D", scenario, "peak_year", row["year"][:4], "year", wide, wide + 1,
                           NOISY_TOP, locator)  # fmt: skip
        quantity = "highest" if row["item"].startswith("max") else f"co2_{row['year']}"
        value = float(row["value"])
        near = f"{max(value * 0.05, 1200):.4g}"
        yield estimate(study, "Region D", scenario, quantity, row["value"], "万t", 1200, near, reason, locator)


def eps(source: Path) -> Iterator[Row]:
    """China by the Energy Policy Simulator."""
    study, licence = "eps_low_bau_2024", "GPL-3.0 repository; facts with citation"
    given = rows_of(source / "inputs.csv")
    write(PUBLISHED / study / "inputs.csv", given[0], given)
    spans = {"十四五": (2021, 2025), "十五五": (2026, 2030), "十六五": (2031, 2035), "2035-2060": (2036, 2060)}
    rates = [row for row in rows_of(source / "scenarios.csv") if row["driver"] == "gdp_growth"]
    tables = [
        driver(named(row["scenario"]), "gdp", *spans[row["period"]], round(float(row["value"]) * 100, 10), "rates")
        for row in rates
    ]
    write(PUBLISHED / study / "scenarios.csv", DRIVERS, tables)
    anchors = [row for row in rows_of(source / "published_gdp.csv") if row["year"] in ("2020", "2025")]
    write(PUBLISHED / study / "gdp.csv", ("scenario", "year", "value", "unit"),
          [{**row, "scenario": named(row["scenario"])} for row in anchors])  # fmt: skip
    for row in rows_of(source / "published.csv"):
        yield {**exact(study, "China", {**row, "scenario": "low_bau"}, "20240829_China Low BAU.xlsx, 图1"),
               "licence": licence}  # fmt: skip
    for row in rows_of(source / "published_gdp.csv"):
        if row["year"] in ("2025", "2030", "2035", "2060"):
            value = float(row["value"])
            yield estimate(study, "China, GDP", named(row["scenario"]), f"gdp_{row['year']}", row["value"], row["unit"],
                           f"{value * 1e-6:.4g}", f"{value * 0.05:.6g}", "a millionth: the sheet computes it in full",
                           "增加值外推情景假设.xlsx", licence)  # fmt: skip


BUILDERS = {
    "china_kaya_2026": china_kaya, "xiamen_stirpat_2022": xiamen, "northwest_stirpat_2019": northwest,
    "steel_stock_2025": steel, "region_d_mbd": region_d_mbd, "region_d_dknt0": region_d_dknt0,
    "eps_low_bau_2024": eps,
}  # fmt: skip


def templates(source: Path) -> None:
    """Write the two tables of rates that have no results to compare."""
    folder = PUBLISHED / "templates"
    for name, path, locator in (
        ("scirep2023", "18_scirep_2023_scenario_rates/inputs.csv", "Sci Rep 2023, 13:13684, table 2"),
        ("bth2023", "19_hindawi_tables/bth_construction_scenarios.csv", "Adv Civ Eng 2023, 2286573, table 5"),
    ):
        tables = []
        for row in rows_of(source / path):
            first, _, last = row["period"].partition("-")
            scenario = row["scenario"].lower().replace("-", "_")
            tables += [
                driver(scenario, KAYA[key], int(first), int(last), float(value), locator)
                for key, value in row.items()
                if key in KAYA and value
            ]
        tables.sort(key=lambda row: (row["scenario"], row["driver"], row["first"]))
        write(folder / f"{name}.csv", DRIVERS, tables)


def main(source: Path) -> None:
    """Build all studies; rows of other studies in ``estimates.csv`` stay as they are."""
    kept = [row for row in rows_of(PUBLISHED / "estimates.csv") if row["study"] not in BUILDERS]
    built = [row for study, build in BUILDERS.items() for row in build(source / FOLDERS[study])]
    write(PUBLISHED / "estimates.csv", ESTIMATES, [*kept, *built])
    templates(source)
    print(f"{len(built)} published values of {len(BUILDERS)} studies")


if __name__ == "__main__":
    main(*places(__doc__, SOURCE=None))
