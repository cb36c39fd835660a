"""Stored hindcasts that match a park, for its report card; names of panels, laws and hold-outs."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.core import files, units
from pathway_models.documents.blocks import text_table
from pathway_models.intake.panels import REGIONS, read_hindcasts
from pathway_models.language import say
from pathway_models.records import Park

#: Law whose hindcasts are shown: that of the projection of parks.
LAW = "levels"
#: Panels that represent a park or a region: clusters of industrial sites, provinces.
PANEL_OF = {"park": ("eu_sites", "us_sites"), "region": ("provinces",)}
#: Hold-outs of the test and of the harder test, by kind.
HIDDEN = {"park": ("entity", "continent"), "region": ("entity", "future times region")}
#: The reading "if its drivers hold" in the stored tables: the level above takes its observed course.
DRIVERS_HOLD = "levels_if_drivers_hold"
#: Years ahead that are shown.
AHEAD = (1, 3, 5)
#: Rivals that the card names.
RIVALS = ("persistence", "parks_0_2")
#: Fewest similar forecasts whose outcomes are reported.
LEAST_ALIKE = 30
#: Least relative improvement of a score that is called skill.
LEAST_SKILL = 0.01


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured figures of forecasts like those of a park.

    Parameters
    ----------
    park_id : str
    version : str
        Of the law that was tested.
    panel : str
        Name of the panel that represents the park: ``sites`` or ``provinces``.
    record : int
        Years of the tested records: the longest that is not longer than the park's.
    years : int
        Years of the park's own record.
    bands : DataFrame
        Of a law fitted to others of the panel; index ``horizon``, columns ``forecasts``, ``coverage_50/80/90``,
        ``harder`` (coverage of the 90 % bands in the harder test) and ``better_<rival>`` (share of CRPS).
    event : EventCard
    spread : LawSpread
    """

    park_id: str
    version: str
    panel: str
    record: int
    years: int
    bands: pd.DataFrame
    event: "EventCard"
    spread: "LawSpread"


@dataclass(frozen=True)
class LawSpread:
    """Difference of the headline without measures under the next best law, with size in its nation.

    Parameters
    ----------
    mean, most : float
        Mean and largest difference of a share over the places of a kind.
    places : int
    """

    mean: float
    most: float
    places: int


@dataclass(frozen=True)
class EventCard:
    """Scores of forecasts of the headline's event on real histories.

    Parameters
    ----------
    record, lead, window : int
        Years of the record, ahead, and of confirmation.
    forecasts : int
    alike : int
        Number of forecasts similar to the given one; all where none is given.
    said, came : float
        Mean forecast and frequency: of similar forecasts where there are `LEAST_ALIKE`, else of all.
    brier, of_rate : float
        Brier scores of the law, and of the frequency among others.
    brier_held : float
        Score of the reading "if its drivers hold", with the observed course of the level above.
    """

    record: int
    lead: int
    window: int
    forecasts: int
    alike: int
    said: float
    came: float
    brier: float
    of_rate: float
    brier_held: float

    @property
    def worse_without(self) -> float:
        """Share by which the score of the frequency among others is worse."""
        return self.of_rate / self.brier - 1.0


def measured(park: Park, probability: float | None = None) -> Measured:
    """Select the hindcasts that match a park, by its kind and the length of its record.

    Parameters
    ----------
    park : Park
    probability : float, optional
        Of the event, as printed: selects the reliability of similar forecasts.

    Returns
    -------
    Measured
        Its tables are shared by all parks of the kind: do not modify them.
    """
    kind = park.kind if park.kind in PANEL_OF else "park"
    folder = files.data_folder()
    by_record = _bands(folder, kind)
    record = max((length for length in by_record if length <= park.years.size), default=min(by_record))
    version, bands = by_record[record]
    return Measured(
        park_id=park.park_id,
        version=version,
        panel="sites" if kind == "park" else "provinces",
        record=record,
        years=int(park.years.size),
        bands=bands,
        event=_event(folder, kind, probability),
        spread=_spread(folder, spread_of(park)),
    )


def spread_of(park: Park) -> str:
    """Return the name of the stored figure that compares the two best laws on places like a park."""
    kind = park.kind if park.kind in PANEL_OF else "park"
    abroad = "" if park.country == units.HOME else ", abroad"
    return f"P(before 2030) without measures, {kind}{abroad}"


@cache
def _spread(folder: Path, figure: str) -> LawSpread:
    del folder
    rows = read_hindcasts("outlook").set_index("figure").loc[figure].set_index("case")["value"]
    return LawSpread(float(rows["mean difference"]), float(rows["largest difference"]), int(rows["places"]))


@cache
def _bands(folder: Path, kind: str) -> dict[int, tuple[str, pd.DataFrame]]:
    """Select the hindcasts of all parks of a kind in a folder: record -> version and bands."""
    del folder
    league = read_hindcasts("league")
    own_test, harder = HIDDEN[kind]
    begins = league["panel"].str.split(",").str[0]
    league = league[begins.isin(PANEL_OF[kind]) & league["horizon"].isin(AHEAD)]
    own, hard = league[league["holdout"] == own_test], league[(league["holdout"] == harder) & (league["law"] == LAW)]
    found = {}
    for record, rows in own.groupby("record"):
        tested = hard[hard["record"] == hard["record"].iloc[(hard["record"] - record).abs().argmin()]]
        bands = _pooled(rows[rows["law"] == LAW])
        bands["harder"] = _pooled(tested)["coverage_90"]
        for rival in RIVALS:
            other = _pooled(rows[rows["law"] == rival])["crps"]
            bands[f"better_{rival}"] = 1.0 - bands["crps"] / other
        found[int(record)] = str(rows["version"].iloc[0]), bands
    return found


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """Average over panels weighted by their number of forecasts: index ``horizon``."""
    numbers = ["coverage_50", "coverage_80", "coverage_90", "crps"]
    weighted = rows[numbers].mul(rows["forecasts"], axis=0).assign(forecasts=rows["forecasts"], horizon=rows["horizon"])
    added = weighted.groupby("horizon").sum()
    return added[numbers].div(added["forecasts"], axis=0).assign(forecasts=added["forecasts"])


def _event(folder: Path, kind: str, probability: float | None) -> EventCard:
    rows, bins = _of_events(folder, kind)
    own, rate, held = (rows[rows["law"] == law] for law in (LAW, "rate", DRIVERS_HOLD))

    def mean(table: pd.DataFrame, column: str) -> float:
        return float(np.average(table[column], weights=table["forecasts"]))

    near = bins if probability is None else bins[(bins["from"] <= probability) & (probability <= bins["to"])]
    alike = int(near["forecasts"].sum())
    like = near if alike >= LEAST_ALIKE else bins
    first = own.iloc[0]
    return EventCard(
        record=int(first["record"]), lead=int(first["lead"]), window=int(first["window"]),
        forecasts=int(like["forecasts"].sum()), alike=alike, said=mean(like, "forecast"), came=mean(like, "frequency"),
        brier=mean(own, "brier"), of_rate=mean(rate, "brier"), brier_held=mean(held, "brier"),
    )  # fmt: skip


@cache
def _of_events(folder: Path, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Select scores and reliability of the event of the panels that represent a kind."""
    del folder
    events, bins = read_hindcasts("events"), read_hindcasts("event_reliability")
    rows = events[events["panel"].isin(PANEL_OF[kind]) & (events["cases"] == "all")]
    return rows, bins[bins["panel"].isin(PANEL_OF[kind]) & (bins["cases"] == "all")]


#: Names of panels, rivals, hold-outs, statuses and laws: (English, Chinese); a panel of one's own is shown by its name.
NAMES = {
    "sites": ("real clusters of industrial sites", "真实工业点源群"),
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
    "parks_0_2": ("the version 0.2 law for parks", "0.2版的园区所用模型"),
}


def of_regions(table: pd.DataFrame) -> pd.DataFrame:
    """Select the rows of regions, or all where there are none: a figure or sentence is of one kind of panel."""
    rows = table[table["panel"].isin(REGIONS)]
    return rows if len(rows) else table


def name_of(key: str, lang: str) -> str:
    """Name a panel, rival, law or hold-out."""
    return say(lang, en=NAMES[key][0], zh=NAMES[key][1]) if key in NAMES else key


def report_card(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate measured coverage and skill of forecasts like those of this park, a row a number of years ahead.

    Returns
    -------
    DataFrame
        Coverage in percent of outcomes; better is the share by which the score (CRPS) is smaller.
    """
    found = measured(park)
    harder = {
        "sites": say(lang, en="90 % band, trained on the other continent", zh="90%区间（由另一大洲训练）"),
        "provinces": say(lang, en="90 % band, nation's future held out", zh="90%区间（留出全国未来）"),
    }[found.panel]
    heads = [
        *(say(lang, en=f"{level} % band", zh=f"{level}%区间") for level in (50, 80, 90)),
        harder,
        say(lang, en="better than persistence", zh="优于持续不变"),
        say(lang, en="better than the 0.2 law", zh="优于0.2版模型"),
        say(lang, en="forecasts", zh="预测数"),
    ]
    rows = []
    for horizon, row in found.bands.to_dict("index").items():
        shares = [f"{row[f'coverage_{level}']:.0%}" for level in (50, 80, 90)]
        shares += [f"{row['harder']:.0%}", *(f"{row[f'better_{rival}'] + 0.0:+.1%}" for rival in RIVALS)]
        texts = [text.replace("%", say(lang, en=" %", zh="%")) for text in shares]
        rows.append((str(horizon), *texts, f"{row['forecasts']:,.0f}"))
    name = say(lang, en=f"years ahead (law {found.version}, {name_of(found.panel, lang)}, {found.record}-year records)",
               zh=f"提前年数（模型{found.version}，{name_of(found.panel, lang)}，{found.record}年记录）")  # fmt: skip
    return text_table(rows, [name, *heads])
