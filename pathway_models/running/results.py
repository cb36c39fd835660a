"""What a park's run leaves behind: its tables, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.accounting.inventory import take_inventory
from pathway_models.kernels.turning_points import STATUS
from pathway_models.presenting.rounding import stable_text
from pathway_models.presenting.tables import summary_rows
from pathway_models.records.inventory import Inventory
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Quantiles of the pathways that are stored by year.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Columns of ``levers.csv``, also where a scenario moves none.
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
    folder: str | Path, park: Park, scenarios: Mapping[str, Scenario], pathways: Pathways, peaks: Peaks
) -> list[Path]:
    """Write a park's tables.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    park, scenarios, pathways, peaks

    Returns
    -------
    list of Path
        ``summary.csv`` (one row a scenario), ``pathways.csv`` (quantiles of the total by scenario and
        year), ``peaks.csv`` (every member), ``inventory.csv`` (by source), ``levers.csv`` (what the
        scenarios moved, with sources).
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "summary": pd.DataFrame(summary_rows(park, peaks, pathways)),
        "pathways": pathway_quantiles(pathways),
        "peaks": member_peaks(peaks),
        "inventory": inventory_sources(take_inventory(park)),
        "levers": lever_settings(scenarios),
    }
    return [write_table(folder / f"{name}.csv", table) for name, table in tables.items()]


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV that Excel opens with Chinese intact, whole or not at all."""
    partial = path.with_suffix(".partial")
    floats = table.select_dtypes("floating").columns
    texts = table.assign(**{name: table[name].map(stable_text) for name in floats})
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
        {
            "scenario": scenario.scenario_id,
            "lever": measure.lever.lever_id,
            "family": measure.lever.family,
            "setting": measure.setting,
            "parameter": name,
            "low": corners.low,
            "mode": corners.mode,
            "high": corners.high,
            "unit": measure.lever.units[name],
            "ramp": measure.ramp.shape,
            "start": measure.ramp.start,
            "complete": measure.ramp.complete,
            "source": measure.lever.sources[name],
        }
        for scenario in scenarios.values()
        for measure in scenario.measures
        for name, corners in measure.lever.triangles(measure.setting).items()
    ]
    columns = [
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
    ]
    return pd.DataFrame(rows, columns=columns)


def pathway_quantiles(pathways: Pathways) -> pd.DataFrame:
    """Quantiles and mean of the total by scenario and year, tCO2/yr."""
    total = pathways.total()
    columns = {f"p{round(q * 100):02d}_tco2": None for q in QUANTILES}
    levels = np.quantile(total, QUANTILES, axis=1)
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


def member_peaks(peaks: Peaks) -> pd.DataFrame:
    """Peak of every member: year of the maximum, status, value, plateau."""
    count = len(peaks.scenarios)
    return pd.DataFrame(
        {
            "park_id": peaks.park_id,
            "scenario": np.repeat(peaks.scenarios, peaks.members),
            "member": np.tile(np.arange(peaks.members), count),
            "year_of_maximum": peaks.year.ravel(),
            "status": np.array(STATUS)[peaks.status.ravel()],
            "value_tco2": peaks.value.ravel(),
            "plateau_first": peaks.plateau_first.ravel(),
            "plateau_last": peaks.plateau_last.ravel(),
        }
    )
