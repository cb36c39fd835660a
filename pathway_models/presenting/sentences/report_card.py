"""How often forecasts like those of this park were right: the measured report card in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pathway_models.findings.measured import AHEAD, Measured, measured
from pathway_models.presenting.hindcast_words import name_of
from pathway_models.presenting.words import say
from pathway_models.records.park import Park


def report_card(park: Park, *, lang: str = "en") -> str:
    """Say what hindcasts measured for parks like this one: coverage, skill, and the version of the law.

    Parameters
    ----------
    park : Park
    lang : {"en", "zh"}
    """
    found = measured(park)
    parts = [_coverage(found, lang), _skill(found, lang), *_further(found, lang), _limits(found, lang)]
    return say(lang, en=" ".join(parts), zh="".join(parts))


def _coverage(found: Measured, lang: str) -> str:
    bands = {level: _percents(found.bands[f"coverage_{level}"]) for level in (50, 80, 90)}
    ahead = " / ".join(str(year) for year in AHEAD)
    future = found.future["coverage_90"]
    years = " / ".join(str(year) for year in future.index)
    panel = name_of(found.panel, lang)
    return say(
        lang,
        en=f"Report card of the baseline (law for parks, version {found.version}), measured on {found.record}-year"
        f" records of {panel} with their regions held out: {ahead} years ahead the 90 % bands held {bands[90]} % of"
        f" outcomes, the 80 % bands {bands[80]} %, the 50 % bands {bands[50]} %; with the future held out the 90 %"
        f" bands held {_percents(future)} % ({years} years ahead).",
        zh=f"基准预测的检验成绩（园区所用模型，版本{found.version}）：以{panel}的{found.record}年记录回溯检验并留出所在地区，提前"
        f"{ahead}年，90%区间覆盖了{bands[90]}%的结果，80%区间{bands[80]}%，50%区间{bands[50]}%；留出未来时，90%区间覆盖"
        f"{_percents(future)}%（提前{years}年）。",
    )


def _skill(found: Measured, lang: str) -> str:
    ahead = " / ".join(str(year) for year in found.bands.index)
    against = [_signed(found.bands[f"skill_{rival}"]) for rival in ("persistence", "log_trend")]
    return say(
        lang,
        en=f"Skill (CRPS, {ahead} years ahead): {against[0]} against persistence, {against[1]} against a straight"
        " log-trend.",
        zh=f"CRPS技巧评分（提前{ahead}年）：相对持续不变{against[0]}，相对对数直线趋势{against[1]}。",
    )


def _further(found: Measured, lang: str) -> list[str]:
    parts = []
    if len(found.drivers):
        held = _percents(found.drivers["coverage_90"])
        years = " / ".join(str(year) for year in found.drivers.index)
        parts.append(
            say(
                lang,
                en=f"This park is projected by activity times intensity, whose 90 % bands held {held} % of the outcomes"
                f" of provinces ({years} years ahead).",
                zh=f"本园区按活动规模乘以强度预测，该方法在省级面板上90%区间的覆盖率为{held}%（提前{years}年）。",
            )
        )
    for ahead, row in found.peaks.tail(1).iterrows():
        said, came = f"{row['mean_forecast']:.0%}", f"{row['base_rate']:.0%}"
        gap = " " if lang == "en" else ""
        said, came = (text.replace("%", f"{gap}%") for text in (said, came))
        parts.append(
            say(
                lang,
                en=f"A peak within {ahead} years was given {said} on average and came in {came} of"
                f" {int(row['forecasts']):,} cases.",
                zh=f"对{ahead}年内达峰平均给出{said}的概率，{int(row['forecasts']):,}例中实际为{came}。",
            )
        )
    return parts


def _limits(found: Measured, lang: str) -> str:
    short = ""
    if found.years < found.record:
        short = say(
            lang,
            en=f" The park's record of {found.years} years is shorter than any that was tested.",
            zh=f"本园区记录仅{found.years}年，短于所有检验过的记录。",
        )
    return say(
        lang,
        en=f"No panel of parks is public: other regions stand for them.{short}",
        zh=f"尚无公开的园区面板，以其他区域代替。{short}",
    )


def _percents(shares: Sequence[float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares)


def _signed(values: Sequence[float]) -> str:
    return " / ".join("–" if np.isnan(value) else f"{value + 0.0:+.2f}" for value in values)
