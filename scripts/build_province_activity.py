"""Build ``data/raw/drivers/prov_activity_2004_2024.csv``: output, power and shares of the provinces' economies.

Called with the folder that holds ``china_now/`` and ``drivers/`` as they were collected::

    python scripts/build_province_activity.py SOURCE [OUT]

Only official statistics are taken, as facts with their source; rows that name a commercial data vendor (wind power and
power consumption) are left out, so wind power is missing here, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from _tables import DATA, places, read_rows, write_rows

YEARS = range(2004, 2025)
#: Indicator of the source -> indicator here.
TAKEN = {
    "gen_thermal": "power_thermal",
    "gen_hydro": "power_hydro",
    "gen_nuclear": "power_nuclear",
    "gen_solar": "power_solar",
    "crude_steel": "crude_steel",
    "cement": "cement",
}
UNITS = {"1e4_t": "万t", "1e8_kWh": "亿kWh"}
#: Who publishes official statistics, by a part of the name; a vendor has none of them.
OFFICIAL = ("National Bureau of Statistics", "Bureau of Statistics")
HEADER = ("province", "year", "indicator", "value", "unit", "source")
Line = tuple[str, int, str, str, str, str]


def outputs(source: Path) -> Iterator[Line]:
    """Yield output and power as they stand, and the share of secondary industry in GDP."""
    lines = read_rows(source / "china_now" / "prov_output_power_gdp_yearly_to_2024.csv.gz")
    official = [line for line in lines if any(name in line["source"] for name in OFFICIAL)]
    money = {}
    for line in official:
        at = line["province"], int(line["year"])
        if at[1] not in YEARS:
            continue
        if line["indicator"] in TAKEN:
            yield *at, TAKEN[line["indicator"]], f"{float(line['value']):g}", UNITS[line["unit"]], line["source"]
        elif line["indicator"] in ("va_secondary_nominal", "gdp_nominal"):
            money[*at, line["indicator"]] = float(line["value"]), line["source"]
    for (province, year, indicator), (value, name) in money.items():
        whole = money.get((province, year, "gdp_nominal"))
        if indicator == "va_secondary_nominal" and whole:
            yield province, year, "secondary_share", f"{value / whole[0]:.6f}", "share", name


def primary_shares(source: Path) -> Iterator[Line]:
    """Yield the share of primary industry in GDP, to 2018."""
    for line in read_rows(source / "drivers" / "prov_industry_structure_1985_2023.csv"):
        shares = line["secondary_share_of_gdp"], line["tertiary_share_of_gdp"]
        if int(line["year"]) in YEARS and all(shares):
            value = 1.0 - sum(map(float, shares))
            yield line["province"], int(line["year"]), "primary_share", f"{value:.6f}", "share", "provincial yearbooks"


def main(source: Path, folder: Path) -> None:
    """Write the table, sorted by province, indicator and year."""
    lines = sorted([*outputs(source), *primary_shares(source)], key=lambda line: (line[0], line[2], line[1]))
    write_rows(folder / "raw" / "drivers" / f"prov_activity_{YEARS[0]}_{YEARS[-1]}.csv", HEADER, lines)


if __name__ == "__main__":
    main(*places(__doc__, SOURCE=None, OUT=DATA))
