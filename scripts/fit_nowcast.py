"""Fit the nowcast of the provinces and write ``data/nowcast.yml``; a second.

What is fitted, to what, and what is assumed: ``docs/nowcast.md``.  Reads only ``data/china``.
"""

from __future__ import annotations

import numpy as np
from _tables import output_folder

from pathway_models.intake.fitted import read_activity
from pathway_models.nowcast.site_changes import fit_nowcast


def listed(values: np.ndarray) -> str:
    """Write numbers as a YAML list."""
    return "[" + ", ".join(f"{value:.10g}" for value in np.atleast_1d(values)) + "]"


def nested(rows: np.ndarray) -> str:
    """Write rows of numbers as a YAML list of lists."""
    return "[" + ", ".join(map(listed, rows)) + "]"


def main() -> None:
    """Fit and write."""
    fit = fit_nowcast(read_activity())
    rows = [
        "# Nowcast of provincial CO2, fitted by scripts/fit_nowcast.py; rule and measured error: docs/nowcast.md",
        f"version: '{fit.version}'",
        "units: observed tCO2/yr; all else log change since the last observed year, centre relative to the nation's",
        f"first_observed: {fit.observed_years[0]}",
        f"years: {listed(fit.years)}",
        "sectors:",
        *(f"  {name}: [{', '.join(ids)}]" for name, ids in fit.sector_ids.items()),
        "nation:",
        f"  change: {listed(fit.nation_change)}",
        f"  error: {listed(fit.nation_error)}",
        f"  tilts: {nested(fit.nation_tilts)}",
        "  source: gcb2025; error measured against the sum of ceads_provinces 2009-2019",
        "errors:",
        f"  probabilities: {listed(fit.probabilities)}",
        "  quantiles:",
        *(f"    {step + 1}: {listed(values)}" for step, values in enumerate(fit.quantiles)),
        f"  correlation: {nested(fit.correlation)}",
        "  source: ceads_provinces 2009-2019, regions held out",
        "regions:",
    ]
    for region, name, observed, centre, tilts in zip(
        fit.regions, fit.names, fit.observed, fit.centre, fit.tilts, strict=True
    ):
        rows += [
            f"  {region}:",
            f"    name: {name}",
            f"    observed: {listed(observed)}",
            f"    centre: {listed(centre)}",
            f"    tilts: {nested(tilts)}",
        ]
    folder = output_folder(__doc__)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nowcast.yml").write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
