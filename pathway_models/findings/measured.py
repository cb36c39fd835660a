"""Which hindcasts speak for a park: the report card of its baseline, out of the stored measurements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from pathway_models.findings.decomposition import has_economy
from pathway_models.intake.hindcasts import read_hindcasts
from pathway_models.intake.paths import data_folder
from pathway_models.records.park import Park

#: Law whose hindcasts are shown: the one parks are projected by.
LAW = "parks"
# ASSUME: cities stand for parks, provinces for regions: no panel of parks is public, and of the three panels cities
# are closest to parks in size and noise.
PANEL_OF = {"park": "cities", "region": "provinces"}
#: Years ahead that are shown.
AHEAD = (1, 5, 10, 15)


@dataclass(frozen=True, eq=False)
class Measured:
    """What was measured for forecasts like those of a park.

    Parameters
    ----------
    park_id : str
    version : str
        Of the laws that were tested.
    panel : str
        The regions that stand for the park.
    record : int
        Years of the records that were tested; the longest of them that is no longer than the park's.
    years : int
        Years of the park's own record.
    bands : DataFrame
        Regions held out; index ``horizon``, columns of the summary.
    future : DataFrame
        The same with the future held out, from the shortest records.
    drivers : DataFrame
        Coverage where the total comes from activity and intensity, of provinces; empty where the park has no
        value added.
    peaks : DataFrame
        Probability of having peaked, regions held out; index ``ahead``.
    """

    park_id: str
    version: str
    panel: str
    record: int
    years: int
    bands: pd.DataFrame
    future: pd.DataFrame
    drivers: pd.DataFrame
    peaks: pd.DataFrame


def measured(park: Park) -> Measured:
    """Pick the hindcasts that match a park: by its kind, the length of its record and the law it is projected by.

    The tables are those of all parks like it: read them, do not write into them.

    Parameters
    ----------
    park : Park

    Returns
    -------
    Measured
    """
    panel, folder = PANEL_OF.get(park.kind, PANEL_OF["park"]), data_folder()
    by_record, future, peaks = _of_panel(folder, panel)
    record = max((length for length in by_record if length <= park.years.size), default=min(by_record))
    drivers = _of_drivers(folder)
    version, bands = by_record[record]
    return Measured(
        park_id=park.park_id,
        version=version,
        panel=panel,
        record=record,
        years=int(park.years.size),
        bands=bands,
        future=future,
        drivers=drivers if has_economy(park) else drivers.iloc[:0],
        peaks=peaks,
    )


@cache
def _of_panel(folder: Path, panel: str) -> tuple[dict[int, tuple[str, pd.DataFrame]], pd.DataFrame, pd.DataFrame]:
    """What all parks a panel stands for have in common, of the files in a folder.

    Returns
    -------
    by_record : dict
        Years of the record, rising, to the version of the law and the bands.
    future, peaks : DataFrame
    """
    summary, peaks = read_hindcasts("summary"), read_hindcasts("peaks")
    summary = summary[(summary["law"] == LAW) & (summary["panel"] == panel)]
    regions = summary[summary["holdout"] == "region"]
    records = sorted(int(record) for record in summary["record"].unique())
    by_record = {record: regions[regions["record"] == record] for record in records}
    future = summary[(summary["holdout"] == "future") & (summary["record"] == records[0])]
    peaks = peaks[(peaks["law"] == LAW) & (peaks["panel"] == panel) & (peaks["holdout"] == "region")]
    told = {record: (str(rows["version"].iloc[0]), _by_horizon(rows)) for record, rows in by_record.items()}
    return told, _by_horizon(future), peaks.set_index("ahead")


@cache
def _of_drivers(folder: Path) -> pd.DataFrame:
    """Coverage of totals made from activity and intensity, of the files in a folder."""
    chain = read_hindcasts("chain")
    return _by_horizon(
        chain[(chain["test"] == "drivers") & (chain["law"] == "widened") & (chain["panel"] == "provinces")]
    )


def _by_horizon(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["horizon"].isin(AHEAD)].set_index("horizon")
