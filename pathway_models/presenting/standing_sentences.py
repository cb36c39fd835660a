"""Where parks stand, in words: who carries most, who is unlike its kind, which groups there are, who meets a norm."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathway_models.findings.norms import CORE
from pathway_models.findings.standing import outliers
from pathway_models.presenting.fleet_tables import indicator_text
from pathway_models.presenting.fleet_words import INDICATOR_NAMES, check_kinds, count_text, invented_text, join, pick
from pathway_models.presenting.plotting.fleet import short_name
from pathway_models.presenting.rounding import share_text
from pathway_models.presenting.words import say


def describe_standing(table: pd.DataFrame, *, lang: str = "en") -> str:
    """Who carries most emissions, and who is unlike its kind."""
    kind, count = check_kinds(table["kind"]), len(table)
    parks, made_up = count_text(count, kind, lang), invented_text(int(table["invented"].sum()), count, lang)
    rows = table.sort_values("emissions", ascending=False, kind="stable")
    part = (rows["emissions"].cumsum() / rows["emissions"].sum()).to_numpy()
    half = int(np.searchsorted(part, 0.5 - 1e-12)) + 1
    largest = join([short_name(name, lang) for name in rows["park_id"][:half]], lang)
    first = say(
        lang,
        en=f"Of {parks} ({made_up}), the {half} with the largest emissions"
        f" ({largest}) carry"
        f" {share_text(min(float(part[half - 1]), 1.0), lang)}. ",
        zh=f"{parks}（{made_up}）中，排放最大的{half}个（{largest}）"
        f"占{share_text(min(float(part[half - 1]), 1.0), lang)}。",
    )
    return first + _outliers(table, lang)


def _outliers(table: pd.DataFrame, lang: str) -> str:
    found = outliers(table)
    if found.empty:
        return say(lang, en="None is an outlier of its kind.", zh="没有离群者。")
    told = [
        say(
            lang,
            en=f"{short_name(row.park_id, lang)} ({pick(INDICATOR_NAMES[row.indicator], lang)}"
            f" {indicator_text(row.indicator, row.value, lang)}, distance {row.distance:+.1f})",
            zh=f"{short_name(row.park_id, lang)}（{pick(INDICATOR_NAMES[row.indicator], lang)}"
            f"{indicator_text(row.indicator, row.value, lang)}，距离{row.distance:+.1f}）",
        )
        for row in found.head(4).itertuples()
    ]
    more = len(found) - len(told)
    rest = say(lang, en=f" and {more} more", zh=f"，另有{more}项") if more else ""
    return say(lang, en=f"Unlike their kind: {'; '.join(told)}{rest}.", zh=f"与同类不同：{'；'.join(told)}{rest}。")


def describe_groups(table: pd.DataFrame, found: pd.Series, *, lang: str = "en") -> str:
    """How many groups of like parks there are, and what sets the dirtiest apart from the cleanest."""
    sizes, name = found.dropna().value_counts().sort_index(), "emissions_per_value_added"
    medians = table[name].groupby(found.to_numpy()).median().dropna()
    left = int(found.isna().sum())
    counts = join([str(one) for one in sizes], lang)
    rest = say(lang, en=f" {left} lack an indicator and are in none.", zh=f"{left}个缺少指标，未分组。") if left else ""
    if len(medians) < 2:
        return say(lang, en=f"{len(sizes)} groups of {counts} parks.", zh=f"分为{len(sizes)}组，各{counts}个。") + rest
    high, low = int(medians.idxmax()), int(medians.idxmin())
    ends = [indicator_text(name, float(medians.loc[number]), lang) for number in (high, low)]
    label, unit = pick(INDICATOR_NAMES[name], lang), pick(INDICATOR_NAMES[name][2:], lang)
    return (
        say(
            lang,
            en=f"{len(sizes)} groups of {counts}: the median {label} is {ends[0]} {unit} in group {high} and {ends[1]}"
            f" in group {low}.",
            zh=f"分为{len(sizes)}组，各{counts}个：{label}中位数在第{high}组为{ends[0]}{unit}，在第{low}组为{ends[1]}。",
        )
        + rest
    )


def describe_norms(found: pd.DataFrame, *, lang: str = "en") -> str:
    """How many parks meet the core limit of zero-carbon parks, and how far off they are."""
    core = found[found["indicator_id"] == CORE]
    judged = core[core["limit"].notna()]
    below = len(core) - len(judged)
    rest = (
        say(lang, en=f" {below} use too little energy for a class.", zh=f"{below}个能耗低于分级下限。") if below else ""
    )
    if judged.empty:
        return say(lang, en="No park here can be held against the limit.", zh="没有可与限值比较的园区。") + rest
    met = int(judged["met"].sum())
    low, high = (f"{value:.1f}" for value in (judged["times"].min(), judged["times"].max()))
    return (
        say(
            lang,
            en=f"{met} of {len(judged)} parks meet the core limit of zero-carbon parks for their size (read at second"
            f" hand); CO₂ per tonne of standard coal is {low} to {high} times the limit. Whether purchased power must"
            " be counted at the fossil-power factor could not be verified and is not done.",
            zh=f"{len(judged)}个园区中有{met}个满足相应规模的零碳园区核心限值（二手来源）；单位能耗碳排放为限值的{low}至{high}倍。"
            "外购电力是否须按化石能源电力因子计算未能核实，此处未采用。",
        )
        + rest
    )
