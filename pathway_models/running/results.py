"""What a park's run leaves behind: its tables, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.accounting.inventory import take_inventory
from pathway_models.findings.gap_analysis import gaps
from pathway_models.kernels.quantiles import sorted_quantiles
from pathway_models.presenting.rounding import stable_text
from pathway_models.presenting.tables import gap_rows, summary_rows
from pathway_models.records.inventory import Inventory
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks
from pathway_models.running.members import MEMBERS, write_members

#: Quantiles of the pathways that are stored by year.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Columns of ``levers.csv``, in the order of its rows; also where no scenario moves a lever.
LEVER_COLUMNS = (
    "scenario",
    "lever",
    "family",
    "setting",
    "parameter",
    "low",
    "mode",
    "high",
    "unit",
    "ramp",
    "start",
    "complete",
    "source",
)


def write_results(
    folder: str | Path,
    park: Park,
    scenarios: Mapping[str, Scenario],
    pathways: Pathways,
    peaks: Peaks,
    *,
    before: int = 2030,
    neutral: int = 2060,
    members: bool = True,
) -> list[Path]:
    """Write a park's tables.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    park, scenarios, pathways, peaks
    before, neutral : int
        Year before which emissions shall peak, and in which they shall be net zero.
    members : bool
        Keep the members too.

    Returns
    -------
    list of Path
        ``summary.csv`` (one row a scenario), ``pathways.csv`` (quantiles of the total by scenario and
        year), ``gaps.csv`` (distance from every target), ``inventory.csv`` (by source), ``levers.csv`` (what
        the scenarios moved, with sources), ``members.parquet`` (peak and totals of every member).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "summary": pd.DataFrame(summary_rows(park, peaks, pathways, before=before, neutral=neutral)),
        "pathways": pathway_quantiles(pathways),
        "gaps": pd.DataFrame(gap_rows(gaps(park, pathways, peaks, before, neutral))),
        "inventory": inventory_sources(take_inventory(park)),
        "levers": lever_settings(scenarios),
    }
    written = [write_table(folder / f"{name}.csv", table) for name, table in tables.items()]
    return [*written, write_members(folder / MEMBERS, pathways, peaks)] if members else written


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV that Excel opens with Chinese intact, whole or not at all."""
    partial = path.with_suffix(".partial")
    floats = table.select_dtypes("floating").columns
    # What was not computed stays an empty cell.
    texts = table.assign(**{name: table[name].map(stable_text, na_action="ignore") for name in floats})
    texts = texts.assign(**{name: table[name].map(stable_text) for name in table.select_dtypes("bool").columns})
    texts.to_csv(partial, index=False, encoding="utf-8-sig", lineterminator="\n")
    return partial.replace(path)


def inventory_sources(inventory: Inventory) -> pd.DataFrame:
    """Every source of the inventory by year, with scope and factor."""
    sectors, sources, scopes = zip(*inventory.rows, strict=True)
    count = inventory.years.size
    return pd.DataFrame(
        {
            "park_id": inventory.park_id,
            "year": np.tile(inventory.years, len(inventory.rows)),
            "sector": np.repeat(sectors, count),
            "source": np.repeat(sources, count),
            "scope": np.repeat(scopes, count),
            "factor_id": np.repeat(inventory.factor_ids, count),
            "emissions_tco2": inventory.emissions.ravel(),
        }
    )


def lever_settings(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """What each scenario moves: every lever parameter with its corners, ramp, unit and source."""
    rows = [
        (
            scenario.scenario_id,
            measure.lever.lever_id,
            measure.lever.family,
            measure.setting,
            name,
            *(corners.low, corners.mode, corners.high),
            measure.lever.units[name],
            *(measure.ramp.shape, measure.ramp.start, measure.ramp.complete),
            measure.lever.sources[name],
        )
        for scenario in scenarios.values()
        for measure in scenario.measures
        for name, corners in measure.lever.triangles(measure.setting).items()
    ]
    return pd.DataFrame(rows, columns=list(LEVER_COLUMNS))


def pathway_quantiles(pathways: Pathways) -> pd.DataFrame:
    """Quantiles and mean of the total by scenario and year, tCO2/yr."""
    total = pathways.total()
    columns = {f"p{round(q * 100):02d}_tco2": None for q in QUANTILES}
    levels = sorted_quantiles(np.sort(total, axis=1).transpose(0, 2, 1), QUANTILES)
    for name, values in zip(columns, levels, strict=True):
        columns[name] = values.ravel()
    return pd.DataFrame(
        {
            "park_id": pathways.park_id,
            "scenario": np.repeat(pathways.scenarios, pathways.years.size),
            "year": np.tile(pathways.years, len(pathways.scenarios)),
            "mean_tco2": total.mean(axis=1).ravel(),
            **columns,
        }
    )
