"""Build ``data/raw/energy_per_gdp_1990_2022.csv``: how fast nations' energy and CO2 per GDP changed.

Called with a clone of the public repository jonathan-g/kayadata (commit 55fe6318)::

    python scripts/build_energy_growth.py CLONE [OUT]

Only derived growth is written, no energy statistics: ``ln(x[2022] / x[1990]) / 32`` of energy (quads) per GDP and of
energy CO2 per GDP (constant 2015 US$).  Reading the R file needs the package ``rdata``, which nothing else here uses.
``scripts/fit_baseline.py`` takes the median of the high-income countries from the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from _tables import DATA, places, write_rows

FIRST, LAST = 1990, 2022
HEADER = ("iso3", "country", "gdp_per_person_2022_usd2015", "energy_per_gdp_growth", "co2_per_gdp_growth")


def growth_rows(table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield one row a nation with energy, CO2 and GDP in both years, sorted by code."""
    nations = table[table["geography"] == "nation"]
    first, last = (nations[nations["year"] == year].set_index("region_code") for year in (FIRST, LAST))
    for code in sorted(set(first.index) & set(last.index)):
        then, now = first.loc[code], last.loc[code]
        ratios = [(now[name] / now["G"]) / (then[name] / then["G"]) for name in ("E", "F")]
        if all(math.isfinite(ratio) and ratio > 0 for ratio in ratios):
            rates = [math.log(ratio) / (LAST - FIRST) for ratio in ratios]
            yield code, now["region"], f"{1e3 * now['G'] / now['P']:.0f}", *(f"{rate:.5f}" for rate in rates)


def main(clone: Path, folder: Path) -> None:
    """Write the table."""
    import rdata

    table = rdata.read_rda(clone / "data" / "kaya_data.rda")["kaya_data"]
    write_rows(folder / "raw" / f"energy_per_gdp_{FIRST}_{LAST}.csv", HEADER, growth_rows(table))


if __name__ == "__main__":
    main(*places(__doc__, SOURCE=None, OUT=DATA))
