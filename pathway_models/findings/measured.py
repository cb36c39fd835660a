"""Which hindcasts speak for a park: the report card of its baseline, out of the stored measurements."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pathway_models.findings.decomposition import has_economy
from pathway_models.intake.hindcasts import read_hindcasts
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

    Parameters
    ----------
    park : Park

    Returns
    -------
    Measured
    """
    panel = PANEL_OF.get(park.kind, PANEL_OF["park"])
    summary = read_hindcasts("summary")
    summary = summary[(summary["law"] == LAW) & (summary["panel"] == panel)]
    records = sorted(summary["record"].unique())
    record = int(max((length for length in records if length <= park.years.size), default=records[0]))
    bands = summary[(summary["holdout"] == "region") & (summary["record"] == record)]
    future = summary[(summary["holdout"] == "future") & (summary["record"] == records[0])]
    chain, peaks = read_hindcasts("chain"), read_hindcasts("peaks")
    drivers = chain[(chain["test"] == "drivers") & (chain["law"] == "widened") & (chain["panel"] == "provinces")]
    peaks = peaks[(peaks["law"] == LAW) & (peaks["panel"] == panel) & (peaks["holdout"] == "region")]
    return Measured(
        park_id=park.park_id,
        version=str(bands["version"].iloc[0]),
        panel=panel,
        record=record,
        years=int(park.years.size),
        bands=_by_horizon(bands),
        future=_by_horizon(future),
        drivers=_by_horizon(drivers if has_economy(park) else drivers.iloc[:0]),
        peaks=peaks.set_index("ahead"),
    )


def _by_horizon(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["horizon"].isin(AHEAD)].set_index("horizon")
