"""Names and numbers of gaps as people read them; tables, sentences and figures take theirs from here."""

from __future__ import annotations

import numpy as np

from pathway_models.presenting.rounding import emissions_text, stable_text
from pathway_models.presenting.words import say
from pathway_models.records.gaps import Gap, Gaps


def gap_name(found: Gaps, entry: Gap, lang: str) -> str:
    """Name of a gap, with the years it is about."""
    kind, _, target = entry.gap.partition(":")
    if kind == "intensity":
        quantity, first, last = target.split("_")[0], *target.split("_")[-2:]
        known = {
            "co2": ("CO₂ per value added", "单位增加值碳排放"),
            "energy": ("energy per value added", "单位增加值能耗"),
        }
        en, zh = known.get(quantity, (target, target))
        years = f" {first}-{last}" if first.isdecimal() and last.isdecimal() else ""
        return say(lang, en=en + years, zh=zh + years)
    return say(
        lang,
        en={
            "peak_year": f"peak before {found.before}",
            "peak_level": "highest year to come",
            "budget": "cumulative emissions",
            "neutrality": f"net zero in {found.neutral}",
        }[kind],
        zh={
            "peak_year": f"{found.before}年前达峰",
            "peak_level": "未来最高排放",
            "budget": "累计排放",
            "neutrality": f"{found.neutral}年净零",
        }[kind],
    )


def target_text(entry: Gap, lang: str) -> str:
    """What is asked for, with its unit; empty where there is nothing."""
    if np.isnan(entry.target):
        return ""
    if entry.gap == "peak_year":
        return say(lang, en=f"by {entry.target:.0f}", zh=f"{entry.target:.0f}年及以前")
    if entry.target_unit == "%":
        return say(lang, en=f"{entry.target:+g} %", zh=f"{entry.target:+g}%")
    if entry.target == 0:
        return say(lang, en="0", zh="0")
    return emissions_text(entry.target, lang) + (per_year(lang) if entry.unit.endswith("/yr") else "")


def per_year(lang: str) -> str:
    """Behind an amount of emissions of one year."""
    return say(lang, en=" a year", zh="/年")


def value_text(entry: Gap, value: float, lang: str) -> str:
    """A gap with its sign and unit; beyond the horizon ``>31 years``, empty where nothing was computed."""
    if np.isnan(value):
        return ""
    if entry.unit == "years":
        count = f">{entry.furthest:.0f}" if np.isinf(value) else f"{value:+.0f}"
        return say(lang, en=f"{count} years", zh=f"{count}年")
    if entry.unit == "points":
        return say(lang, en=f"{value:+.1f} points", zh=f"{value:+.1f}个百分点")
    sign = "+" if value > 0 else ""
    return sign + emissions_text(value, lang) + (per_year(lang) if entry.unit.endswith("/yr") else "")


def plain_text(entry: Gap, value: float) -> str:
    """A gap for a file: its number, ``>31`` where it lies beyond the horizon, nothing where it was not computed."""
    if np.isnan(value):
        return ""
    return f">{entry.furthest:.0f}" if np.isinf(value) else stable_text(float(value))
