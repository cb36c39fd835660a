"""Fit how parks depart from their nation and region, and write ``data/park_spread.yml``; some seconds.

Reads the panels of sites below ``data/panels``; rule and check: ``docs/nowcast.md``.
"""

from __future__ import annotations

import sys

import numpy as np
from _tables import DATA, output_folder, read_rows
from fit_nowcast import listed, nested

from pathway_models.nowcast.park_spread import SitePanel, fit_park_spread

#: Panels of parks, the smaller sites beside them, and whether countries are told apart.
PANELS = {"eu_sites": True, "us_sites": False}


def read_sites(name: str, by_country: bool) -> SitePanel:
    """Read the parks and the smaller sites of a continent."""
    rows = []
    for file in (f"{name}.csv.gz", f"{name}_small.csv.gz"):
        path = DATA / "panels" / file
        if not path.is_file():
            sys.exit(f"{path.relative_to(DATA)} is not there: the panels of sites are needed")
        rows += [(row, file == f"{name}.csv.gz") for row in read_rows(path)]
    entities = sorted({row["entity"] for row, _ in rows})
    years = sorted({int(row["year"]) for row, _ in rows})
    values = np.full((len(entities), len(years)), np.nan)
    regions, is_park = np.full(len(entities), name, dtype=object), np.zeros(len(entities), bool)
    place = {entity: at for at, entity in enumerate(entities)}
    for row, large in rows:
        at = place[row["entity"]]
        if row["emissions_tco2"]:
            values[at, int(row["year"]) - years[0]] = float(row["emissions_tco2"])
        is_park[at] = large
        if by_country:
            regions[at] = row["region"]
    return SitePanel(values, regions.astype(str), is_park)


def main() -> None:
    """Fit and write."""
    fit = fit_park_spread([read_sites(name, by_country) for name, by_country in PANELS.items()])
    rows = [
        "# Departure of parks from nation and region, fitted by scripts/fit_park_spread.py; docs/nowcast.md",
        f"version: '{fit.version}'",
        "units: log change by years since a park's last table; follow is a share",
        f"follow: {listed(fit.follow)}",
        f"probabilities: {listed(fit.probabilities)}",
        "quantiles:",
        *(f"  {step + 1}: {listed(values)}" for step, values in enumerate(fit.quantiles)),
        f"correlation: {nested(fit.correlation)}",
        "source: eu_clusters, us_clusters; parks of several sites of at least 50,000 t a year that go on reporting",
    ]
    folder = output_folder(__doc__)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "park_spread.yml").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
