"""Hindcasts that match a park: the report card of its baseline, out of the stored measurements, with their names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from pathway_models.core.files import data_folder
from pathway_models.documents.blocks import text_table
from pathway_models.intake.panels import REGIONS, read_hindcasts
from pathway_models.inventory.decomposition import has_economy
from pathway_models.language.words import say
from pathway_models.records.park import Park

#: Law whose hindcasts are shown: the one parks are projected by.
LAW = "parks"
# ASSUME: cities stand for parks, provinces for regions: no panel of Chinese parks is public, and of the panels of China
# cities are closest to parks in size and noise.
PANEL_OF = {"park": "cities", "region": "provinces"}
#: Years ahead that are shown.
AHEAD = (1, 5, 10, 15)


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured figures of forecasts like those of a park.

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
    """Pick the hindcasts that match a park: by its kind, the length of its record and its growth law.

    The tables are those of all parks like it: read them, do not write into them.
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
    """Select the properties shared by all parks a panel stands for, of the files in a folder.

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
    """Read the coverage of totals made from activity and intensity, of the files in a folder."""
    chain = read_hindcasts("chain")
    return _by_horizon(
        chain[(chain["test"] == "drivers") & (chain["law"] == "widened") & (chain["panel"] == "provinces")]
    )


def _by_horizon(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["horizon"].isin(AHEAD)].set_index("horizon")


#: Names of panels, rivals, hold-outs, statuses and laws: (English, Chinese); a panel of one's own is shown by its name.
NAMES = {
    "provinces": ("30 provinces", "30个省份"),
    "cities": ("290 cities", "290个城市"),
    "countries": ("219 countries", "219个国家和地区"),
    "eu_sites": ("356 European parks", "356个欧洲园区"),
    "us_sites": ("84 American parks", "84个美国园区"),
    "eu_sites_small": ("smaller EU sites", "较小的欧洲厂址"),
    "us_sites_small": ("smaller US sites", "较小的美国厂址"),
    "persistence": ("persistence", "持续不变"),
    "log_trend": ("straight log-trend", "对数直线趋势"),
    "damped_holt": ("damped Holt", "阻尼Holt"),
    "regression": ("pooled regression", "合并回归"),
    "region": ("regions held out", "留出地区"),
    "future": ("future held out", "留出未来"),
    "peaked": ("peaked", "已达峰"),
    "rising": ("rising", "仍上升"),
    "plateau": ("level", "平台"),
    "unknown": ("cannot tell", "无法判定"),
    "own": ("the panel's own law", "面板自身的模型"),
    "parks": ("the law for parks", "园区所用模型"),
    "parks_0_2": ("the law for parks of version 0.2", "0.2版的园区所用模型"),
}


def of_regions(table: pd.DataFrame) -> pd.DataFrame:
    """Select the rows of regions; all where there are none of regions: a figure or sentence is of one kind of panel."""
    rows = table[table["panel"].isin(REGIONS)]
    return rows if len(rows) else table


def name_of(key: str, lang: str) -> str:
    """Name a panel, rival, law or hold-out."""
    return say(lang, en=NAMES[key][0], zh=NAMES[key][1]) if key in NAMES else key


def report_card(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table measured coverage and skill of forecasts like those of this park, a row a number of years ahead.

    Returns
    -------
    DataFrame
        Coverage in percent of outcomes; skill is 1 - CRPS / CRPS of the rival.
    """
    found = measured(park)
    heads = [
        say(lang, en=f"{level} % band", zh=f"{level}%区间") for level in (50, 80, 90)
    ] + [
        say(lang, en="90 % band, future held out", zh="90%区间（留出未来）"),
        say(lang, en="skill against persistence", zh="相对持续不变的技巧"),
        say(lang, en="skill against log-trend", zh="相对对数直线趋势的技巧"),
        say(lang, en="forecasts", zh="预测数"),
        say(lang, en="origin years", zh="起报年数"),
    ]  # fmt: skip
    rows = []
    held_out = found.future["coverage_90"].to_dict()
    for horizon, row in found.bands.to_dict("index").items():
        held = held_out.get(horizon)
        shares = [f"{row[f'coverage_{level}']:.0%}" for level in (50, 80, 90)]
        shares.append("" if held is None else f"{held:.0%}")
        texts = [text.replace("%", say(lang, en=" %", zh="%")) for text in shares]
        skills = [f"{row[f'skill_{rival}'] + 0.0:+.2f}" for rival in ("persistence", "log_trend")]
        rows.append((str(horizon), *texts, *skills, f"{row['forecasts']:,.0f}", f"{row['origins']:.0f}"))
    name = say(lang, en=f"years ahead (law {found.version}, {name_of(found.panel, lang)}, {found.record}-year records)",
               zh=f"提前年数（模型{found.version}，{name_of(found.panel, lang)}，{found.record}年记录）")  # fmt: skip
    return text_table(rows, [name, *heads])
