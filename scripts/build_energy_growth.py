"""Build ``data/raw/energy_per_gdp_1990_2022.csv``: how fast nations' energy and CO2 per GDP changed.

Called with a clone of the public repository jonathan-g/kayadata (commit 55fe6318)::

    python scripts/build_energy_growth.py CLONE [OUT]

Only derived growth is written, no energy statistics: ``ln(x[2022] / x[1990]) / 32`` of energy (quads) per GDP and of
energy CO2 per GDP (constant 2015 US$).  Reading the R file needs the package ``rdata``, which nothing else here uses.
``scripts/fit_baseline.py`` takes the median of the high-income countries from the table.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from _tables import DATA, write_rows

FIRST, LAST = 1990, 2022
HEADER = ("iso3", "country", "gdp_per_person_2022_usd2015", "energy_per_gdp_growth", "co2_per_gdp_growth")


def main(clone: Path, folder: Path) -> None:
    """Write one row a nation with energy, CO2 and GDP in both years, sorted by code."""
    import rdata

    table = rdata.read_rda(clone / "data" / "kaya_data.rda")["kaya_data"]
    nations = table[table["geography"] == "nation"]
    of_year = {year: nations[nations["year"] == year].set_index("region_code") for year in (FIRST, LAST)}
    rows = []
    for code in sorted(set(of_year[FIRST].index) & set(of_year[LAST].index)):
        first, last = (of_year[year].loc[code] for year in (FIRST, LAST))
        rates = [
            math.log((last[name] / last["G"]) / (first[name] / first["G"])) / (LAST - FIRST) for name in ("E", "F")
        ]
        if all(map(math.isfinite, rates)):
            per_person = 1e3 * last["G"] / last["P"]
            rows.append((code, last["region"], f"{per_person:.0f}", *(f"{rate:.5f}" for rate in rates)))
    write_rows(folder / "raw" / f"energy_per_gdp_{FIRST}_{LAST}.csv", HEADER, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else DATA)
