"""Sentences about many parks at once, from the rows of a summary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.intake.register import Entry
from pathway_models.presenting.names import scenario_name
from pathway_models.presenting.tables.summary import typed
from pathway_models.presenting.words import INVENTED, say


def all_parks(summary: pd.DataFrame, scenario: str, *, lang: str = "en") -> str:
    """Say how many parks and regions peak before 2030 more likely than not under a scenario.

    Real and invented ones are counted apart: an invented park is evidence of nothing.
    """
    summary = typed(summary)
    rows = summary[summary["scenario"] == scenario]
    invented = rows["invented"].to_numpy(bool)
    parts = [_count(rows[~invented], lang)]
    if invented.any():
        parts.append(f"{INVENTED}{say(lang, en=': ', zh='：')}{_count(rows[invented], lang)}")
    name = scenario_name(scenario, lang)
    return say(lang, en=f"{name}: {'; '.join(parts)}.", zh=f"{name}：{'；'.join(parts)}。")


def _count(rows: pd.DataFrame, lang: str) -> str:
    total = len(rows)
    likely = int((rows["p_peak_before_2030"] > 0.5).sum())
    unnamed = int((rows["share_censored"] > 0.5).sum())
    return say(
        lang,
        en=f"{likely} of {total} peak before 2030 in more than half of their members; for {unnamed} no peak year can"
        " be named",
        zh=f"{total}个中有{likely}个在半数以上成员中于2030年以前达峰；{unnamed}个不能给出达峰年",
    )


def waiting(register: Sequence[Entry], *, lang: str = "en") -> str:
    """Say how many known parks have no data yet."""
    count = sum(not entry.has_data for entry in register)
    return say(
        lang,
        en=f"{count} further parks of the register have no data yet: they are listed and never simulated.",
        zh=f"登记表中另有{count}个园区尚无数据：只列出，不模拟。",
    )


def describe_all_parks(summary: pd.DataFrame, *, lang: str = "en") -> str:
    """Alt text of the figure of all parks."""
    summary = typed(summary)
    parks = summary["park_id"].nunique()
    made_up = summary.loc[summary["invented"].to_numpy(bool), "park_id"].nunique()
    names = [scenario_name(name, lang) for name in summary["scenario"].unique()]
    censored = int(np.sum(summary["peak_year_p95"].astype(str).str.startswith(">")))
    return say(
        lang,
        en=f"Ranges of the peak year of {parks} parks and regions, {made_up} of them invented, under"
        f" {' and '.join(names)}; {censored} of {len(summary)} ranges end without a peak inside the horizon.",
        zh=f"{parks}个园区与区域（其中{made_up}个为虚构）在{'、'.join(names)}下的达峰年区间；"
        f"{len(summary)}个区间中有{censored}个在预测期内没有终点。",
    )
