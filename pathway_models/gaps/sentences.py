"""Sentences about gaps, and the names and numbers that tables and figures of gaps share.

Gaps to the targets: the table people read, and the rows of ``gaps.csv``.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.documents.blocks import text_table
from pathway_models.intake.naming import scenario_name
from pathway_models.language import rounding, say
from pathway_models.records.gaps import Gap, Gaps


def gap_name(found: Gaps, entry: Gap, lang: str) -> str:
    """Name a gap, with the years it is about."""
    kind, _, target = entry.gap.partition(":")
    if kind == "intensity":
        quantity, *_, first, last = (*target.split("_"), "", "") if target.count("_") < 2 else target.split("_")
        known = {
            "co2": ("CO₂ per value added", "单位增加值碳排放"),
            "energy": ("energy per value added", "单位增加值能耗"),
        }
        en, zh = known.get(quantity, (target, target))
        years = f" {first}-{last}" if first.isdecimal() and last.isdecimal() else ""
        return say(lang, en=en + years, zh=zh + years)
    if kind == "below_peak":
        year = target.split("_")[-1]
        return say(lang, en=f"below the peak in {year}", zh=f"{year}年低于峰值")
    return say(
        lang,
        en={
            "peak_year": f"peak before {found.before}",
            "peak_level": "highest future level",
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
    """Write a target with its unit; empty without a target value."""
    if np.isnan(entry.target):
        return ""
    if entry.gap == "peak_year":
        return say(lang, en=f"by {entry.target:.0f}", zh=f"{entry.target:.0f}年及以前")
    if entry.target_unit == "%":
        return say(lang, en=f"{entry.target:+g} %", zh=f"{entry.target:+g}%")
    if entry.target == 0:
        return say(lang, en="0", zh="0")
    return rounding.emissions_text(entry.target, lang) + (per_year(lang) if entry.unit.endswith("/yr") else "")


def per_year(lang: str) -> str:
    """Return the suffix of an amount of emissions of one year."""
    return say(lang, en=" a year", zh="/年")


def value_text(entry: Gap, value: float, lang: str) -> str:
    """Write a gap with its sign and unit; beyond the horizon ``>31 years``, empty where nothing was computed."""
    if np.isnan(value):
        return ""
    if entry.unit == "years":
        count = f">{entry.furthest:.0f}" if np.isinf(value) else f"{value:+.0f}"
        return say(lang, en=f"{count} years", zh=f"{count}年")
    if entry.unit == "points":
        return say(lang, en=f"{value:+.1f} points", zh=f"{value:+.1f}个百分点")
    sign = "+" if value > 0 else ""
    return sign + rounding.emissions_text(value, lang) + (per_year(lang) if entry.unit.endswith("/yr") else "")


def plain_text(entry: Gap, value: float) -> str:
    """Write a gap for a file: its number, ``>31`` beyond the horizon, nothing where it was not computed."""
    if np.isnan(value):
        return ""
    return f">{entry.furthest:.0f}" if np.isinf(value) else rounding.stable_text(float(value))


def gap(found: Gaps, scenario: str, *, lang: str = "en") -> str:
    """Say how far a scenario is from every target, as a Markdown list; with reasons where it cannot be computed.

    Raises
    ------
    ScenarioError
        The scenario is not among the gaps.
    """
    at = found.index(scenario)
    name = scenario_name(scenario, lang)
    head = say(lang, en=f"{name}, gap to each target (median member; nine in ten):",
               zh=f"{name}，与各目标的差距（模拟结果中位数；90%区间）：")  # fmt: skip
    return "\n".join([head, "", *(f"- {_one(found, entry, at, lang)}" for entry in found.entries)])


def _one(found: Gaps, entry: Gap, at: int, lang: str) -> str:
    name, note = gap_name(found, entry, lang), (entry.notes_zh if lang == "zh" else entry.notes_en)[at]
    if entry.values is None:
        aim = say(lang, en=f" (required: {target_text(entry, lang)})", zh=f"（要求：{target_text(entry, lang)}）")
        aim = aim if entry.outcome else ""
        return say(lang, en=f"{name}{aim}: {note}.", zh=f"{name}{aim}：{note}。")
    low, middle, high = entry.quantiles()[at].tolist()
    texts = [value_text(entry, value, lang) for value in (low, middle, high)]
    asked, chance = target_text(entry, lang), rounding.share_text(float(entry.probability()[at]), lang)
    state = _state(entry, middle, texts[1], lang)
    aim = say(lang, en=f" (required: {asked})", zh=f"（要求：{asked}）") if asked not in ("", "0") else ""
    tail = say(lang, en=f" ({note})", zh=f"（{note}）") if note else ""
    return say(
        lang,
        en=f"{name}{aim}: {state}; from {texts[0]} to {texts[2]}; met by {chance} of all members{tail}.",
        zh=f"{name}{aim}：{state}；区间{texts[0]}至{texts[2]}；全部模拟结果中{chance}达成{tail}。",
    )


def outcome_text(entry: Gap, lang: str) -> str:
    """Say whether a target whose period is over was met; empty while it lasts."""
    texts = {"met": ("met", "已达成"), "missed": ("missed", "未达成"), "not_known": ("not known", "未知")}
    en, zh = texts.get(entry.outcome, ("", ""))
    return say(lang, en=en, zh=zh)


def _state(entry: Gap, middle: float, text: str, lang: str) -> str:
    """Describe the gap of the median member, in words of the kind of gap."""
    bare = text.lstrip("+-")
    if entry.unit == "years":
        if np.isinf(middle):
            return say(lang, en=f"more than {entry.furthest:.0f} years late", zh=f"晚{entry.furthest:.0f}年以上")
        if middle == 0:
            return say(lang, en="just in time", zh="恰好如期")
        years = "1 year" if abs(middle) == 1 else f"{abs(middle):.0f} years"
        en = f"{years} {'late' if middle > 0 else 'early'}"
        return say(lang, en=en, zh=f"{'晚' if middle > 0 else '早'}{bare}")
    if middle == 0:
        return say(lang, en="exactly met", zh="恰好达成")
    if entry.unit == "points":
        short = ("short by", "尚差") if middle > 0 else ("exceeded by", "超额")
        return say(lang, en=f"{short[0]} {bare}", zh=f"{short[1]}{bare}")
    above = {
        "neutrality": ("still", "仍有") if middle > 0 else ("below zero by", "低于零"),
    }.get(entry.gap, ("above by", "超出") if middle > 0 else ("below by", "低于"))
    return say(lang, en=f"{above[0]} {bare}", zh=f"{above[1]}{bare}")


def late(found: Gaps, *, lang: str = "en") -> str:
    """Say how many scenarios peak in time, which comes closest, and how likely net zero is at most."""
    years = found["peak_year"].quantiles((0.5,))[:, 0]
    early = found["peak_year"].probability()
    best = int(np.argmax(early))
    entry = found["peak_year"]
    name = scenario_name(found.scenarios[best], lang)
    met = int((years <= 0).sum())
    count = len(found.scenarios)
    text, chance = value_text(entry, float(years[best]), lang), rounding.share_text(float(early[best]), lang)
    en = (
        f"The median member peaks in time in {met} of {count} scenario{'s' if count > 1 else ''}; the closest is {name}"
        f" ({text}, met by {chance} of members)."
    )
    zh = f"{count}个情景中，{met}个情景按模拟结果中位数如期达峰；最接近的为“{name}”（{text}，{chance}的模拟结果达成）。"
    zero = found["neutrality"]
    if zero.values is not None:
        most = float(zero.probability().max())
        share = rounding.share_text(most, lang)
        en += f" Net zero in {found.neutral} is reached by {f'at most {share} of members' if most else 'no member'}"
        en += " under any of them."
        zh += f"任一情景下，{found.neutral}年实现净零的模拟结果{f'至多{share}' if most else '为零'}。"
    return say(lang, en=en, zh=zh)


def gaps(found: Gaps, scenarios: Sequence[str] = (), *, notes: bool = True, lang: str = "en") -> pd.DataFrame:
    """Table the distance from every target by scenario: range over members, probability of meeting it, notes.

    A target whose period is over has no gap; where the probability stands otherwise, it says met, missed or not known.

    Parameters
    ----------
    found : Gaps
    scenarios : sequence of str
        Which ones, in this order; all by default.
    notes : bool
        False leaves out their column, which `gap` has in its sentences.
    lang : {"en", "zh"}

    Raises
    ------
    ScenarioError
        A scenario is not among the gaps.
    """
    rows = []
    for name in scenarios or found.scenarios:
        at = found.index(name)
        for entry in found.entries:
            values = [value_text(entry, value, lang) for value in entry.quantiles()[at].tolist()]
            chance = float(entry.probability()[at])
            note = (entry.notes_zh if lang == "zh" else entry.notes_en)[at]
            rows.append((
                scenario_name(name, lang),
                gap_name(found, entry, lang),
                target_text(entry, lang),
                *values,
                outcome_text(entry, lang) or ("" if np.isnan(chance) else rounding.share_text(chance, lang)),
                note,
            ))  # fmt: skip
    head = [
        say(lang, en="scenario", zh="情景"),
        say(lang, en="target", zh="目标"),
        say(lang, en="required", zh="要求"),
        say(lang, en="gap p05", zh="差距 p05"),
        "p50",
        "p95",
        say(lang, en="P(met)", zh="达成概率"),
        say(lang, en="note", zh="说明"),
    ]
    table = text_table(rows, head, 2)
    return table if notes else table.iloc[:, :-1]


def gap_rows(found: Gaps) -> list[dict[str, object]]:
    """Build the rows of ``gaps.csv``: one a scenario and gap, notes in both languages, ``>31`` beyond the horizon."""
    quantiles = [entry.quantiles().tolist() for entry in found.entries]
    return [
        {
            "park_id": found.park_id,
            "before": found.before,
            "neutral": found.neutral,
            "scenario": scenario,
            "gap": entry.gap,
            "target": entry.target,
            "unit": entry.unit,
            **{name: plain_text(entry, value) for name, value in zip(("p05", "p50", "p95"), values[at], strict=True)},
            "probability": float(entry.probability()[at]),
            "note": entry.notes_en[at],
            "note_zh": entry.notes_zh[at],
        }
        for at, scenario in enumerate(found.scenarios)
        for entry, values in zip(found.entries, quantiles, strict=True)
    ]
