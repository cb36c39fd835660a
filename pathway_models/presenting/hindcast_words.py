"""Names of panels, rivals, laws and hold-outs of hindcasts."""

from __future__ import annotations

from pathway_models.presenting.words import say

#: Names of panels, rivals, hold-outs, statuses and laws: (English, Chinese); a panel of one's own is shown by its name.
NAMES = {
    "provinces": ("30 provinces", "30个省份"),
    "cities": ("290 cities", "290个城市"),
    "countries": ("219 countries", "219个国家和地区"),
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
}


def name_of(key: str, lang: str) -> str:
    """Name of a panel, rival, law or hold-out."""
    return say(lang, en=NAMES[key][0], zh=NAMES[key][1]) if key in NAMES else key
