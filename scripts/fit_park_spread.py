"""Fit how parks depart from their nation and region, and write ``data/park_spread.yml``; some seconds.

Reads the panels of sites below ``data/panels``, and the yearly emissions of European clusters, of which it takes the
sites of Great Britain, in the folder ``SITES``; rule and check: ``docs/nowcast.md``.
"""

from pathlib import Path

import numpy as np
from _tables import DATA, places, read_rows
from build_panels import SCHEMES
from fit_nowcast import listed, nested

from pathway_models.intake.panels import CONTINENTS, EMISSIONS, ContinentSites, read_sites
from pathway_models.nowcast.site_changes import LEAST_SITES, SitePanel, fit_park_spread

#: Continent whose parks are bridged by reported emissions of its sites.
EUROPE = "eu_sites"
#: Sectors of park tables by sector of European reports; the last one takes all others.
# ASSUME: sectors of these names do as the power stations, or the mixed heat and power plants, of the clusters.
SECTOR_IDS = {
    "power": ("power", "power_heat", "power_station", "electricity"),
    "chp_mixed": ("chp", "mixed_chp"),
    "industry": (),
}
#: Country that left the European scheme, so that its sites are in no panel.
LEFT, LAST_OF_LEFT = "GB", 2020


def countries_of(sites: ContinentSites) -> dict[str, list[float] | None]:
    """Sum the industrial emissions of countries: None where their sites are too few."""
    found: dict[str, list[float] | None] = {}
    for country in sorted(set(sites.regions.tolist())):
        own = sites.regions == country
        total = np.nansum(sites.emissions[EMISSIONS][own], axis=0)
        found[country] = total.tolist() if own.sum() >= LEAST_SITES else None
    return found


def industry_of_left(folder: Path, years: np.ndarray) -> list[float | None]:
    """Sum the industrial emissions of the clusters of the country that left, to its last year in the scheme."""
    meta = read_rows(folder / "eu_clusters_meta.csv.gz")
    own = {row["cluster_id"] for row in meta if row[SCHEMES["eu"].region] == LEFT}
    total = dict.fromkeys(years.tolist(), 0.0)
    for row in read_rows(folder / "eu_clusters_yearly.csv.gz"):
        if row["cluster_id"] in own and int(row["year"]) in total:
            total[int(row["year"])] += float(row["industry_t"])
    return [value if year <= LAST_OF_LEFT else None for year, value in total.items()]


def written(values: list[float | None] | None, years: np.ndarray) -> str:
    """Write sums in tonnes as a YAML list; ``null`` where there is none."""
    values = [None] * years.size if values is None else values
    return "[" + ", ".join("null" if value is None else f"{value:.0f}" for value in values) + "]"


def main() -> None:
    """Fit and write."""
    folder, source = places(__doc__, OUT=DATA, SITES=DATA / "raw" / "sites")
    sites = {name: read_sites(name) for name in CONTINENTS}
    fit = fit_park_spread([SitePanel.of(*one) for one in sites.items()])
    europe = sites[EUROPE]
    sectors = {
        "power": np.nansum(europe.emissions["power_tco2"], axis=0),
        "chp_mixed": np.nansum(europe.emissions["chp_mixed_tco2"], axis=0),
        "industry": np.nansum(europe.emissions[EMISSIONS], axis=0),
    }
    countries = countries_of(europe) | {LEFT: industry_of_left(source, europe.years)}
    rows = [
        "# Departure of parks from nation and region, and what the sites of Europe reported, by",
        "# scripts/fit_park_spread.py; docs/nowcast.md",
        f"version: '{fit.version}'",
        "units: log change by years since a park's last table; follow is a share; sites in tCO2e a year",
        f"follow: {listed(fit.follow)}",
        f"probabilities: {listed(fit.probabilities)}",
        "quantiles:",
        *(f"  {step + 1}: {listed(values)}" for step, values in enumerate(fit.quantiles)),
        f"correlation: {nested(fit.correlation)}",
        "source: eu_clusters, us_clusters; parks of several sites of at least 50,000 t a year that go on reporting",
        "sites:",
        f"  years: {listed(europe.years)}",
        "  sector_ids:",
        *(f"    {name}: [{', '.join(ids)}]" for name, ids in SECTOR_IDS.items()),
        "  sectors:",
        *(f"    {name}: {written(values.tolist(), europe.years)}" for name, values in sectors.items()),
        "  # Industry; null throughout: fewer than ten sites, which say nothing of their own.",
        "  countries:",
        *(f'    "{name}": {written(values, europe.years)}' for name, values in sorted(countries.items())),
        "  source: eu_clusters; Great Britain, which left the scheme at the end of 2020, is not in the sectors",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "park_spread.yml").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
