"""Figures of the doubt: what drives it, and what would be worth measuring."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.findings.information import Worth
from pathway_models.findings.inputs import OUTPUTS
from pathway_models.findings.sensitivity import Sensitivity
from pathway_models.presenting.decision_plots import label
from pathway_models.presenting.names import headline
from pathway_models.presenting.plotting.canvas import DARK, FAINT, LEGEND, put_note, put_title, sheet
from pathway_models.presenting.words import say
from pathway_models.records.park import Park

#: Alone, and with interactions.
ALONE, WHOLE = "#9CCBE8", "#0072B2"


def output_name(output: str, before: int, lang: str) -> str:
    """Name of an output of the ensemble."""
    names = {
        "peak_year": ("peak year", "达峰年"),
        "peaked_before": (f"peak before {before}", f"{before}年前达峰"),
        "log_peak_level": ("peak level", "峰值水平"),
    }
    return say(lang, en=names[output][0], zh=names[output][1])


def drivers(found: Sensitivity, park: Park, before: int, *, most: int = 8, lang: str = "en") -> Figure:
    """Draw the strongest inputs for the three outputs side by side, with 90 % intervals."""
    at = OUTPUTS.index("peaked_before")
    leading = found.first if found.total is None else found.total
    order = np.argsort(-leading[:, at], kind="stable")[:most]
    place = np.arange(len(order))[::-1]
    figure, axes = sheet(lang, (8.0, 0.42 * len(order) + 1.9), columns=(1, 1, 1), foot=0.95, left=0.3, wspace=0.12)
    names = found.labels_zh if lang == "zh" else found.labels_en
    for ax, column in zip(axes, range(len(OUTPUTS)), strict=True):
        low, high = found.first_low[order, column], found.first_high[order, column]
        shift = 0.0 if found.total is None else 0.19
        _bars(ax, place + shift, found.first[order, column], low, high, ALONE, _alone(lang))
        if found.total is not None:
            low, high = found.total_low[order, column], found.total_high[order, column]
            _bars(ax, place - shift, found.total[order, column], low, high, WHOLE, _with_interactions(lang))
        ax.set_title(output_name(OUTPUTS[column], before, lang), size="medium", loc="left")
        ax.set_xlim(-0.05, 1.1)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.grid(axis="y", visible=False)
    axes[0].set_yticks(place, [label(names[i]) for i in order])
    axes[1].set_xlabel(say(lang, en="share of the variance", zh="方差占比"))
    if found.total is not None:
        axes[2].legend(loc="lower right", **LEGEND)
    put_title(figure, headline(park, lang), say(lang, en="What drives the doubt?", zh="不确定性来自何处？"))
    chance = f"{100 * found.p_before:.0f}"
    note = say(
        lang,
        en=f"{found.runs:,} members; {chance} % of them peak before {before}. Lines: 90 % intervals.",
        zh=f"{found.runs}个成员，其中{chance}%在{before}年前达峰。线段：90%区间。",
    )
    put_note(figure, note, lang)
    return figure


def _bars(
    ax: Axes, place: np.ndarray, values: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, meaning: str
) -> None:
    ax.barh(place, np.maximum(values, 0.0), height=0.34, color=colour, label=meaning)
    ax.hlines(place, np.clip(low, -0.05, 1.1), np.clip(high, -0.05, 1.1), color=DARK, linewidth=1.2)


def _alone(lang: str) -> str:
    return say(lang, en="alone", zh="单独")


def _with_interactions(lang: str) -> str:
    return say(lang, en="with interactions", zh="含交互")


def measure_first(found: list[Worth], park: Park, before: int, *, most: int = 10, lang: str = "en") -> Figure:
    """Draw how much of the doubt each input would remove if it were known; those nobody can learn are pale."""
    shown = sorted(found, key=lambda worth: -worth.doubt)[:most]
    place = np.arange(len(shown))[::-1]
    figure, (ax,) = sheet(lang, (8.0, 0.44 * len(shown) + 1.7), foot=0.85, left=0.3)
    for learnt, colour, meaning in (
        (True, WHOLE, say(lang, en="can be learnt", zh="可以获知")),
        (False, FAINT, say(lang, en="cannot be learnt by the park", zh="园区无法获知")),
    ):
        here = [at for at, worth in enumerate(shown) if worth.input.can_be_learnt == learnt]
        ax.barh(place[here], [100 * shown[at].doubt for at in here], color=colour, height=0.65, label=meaning)
    ax.axvline(100 * shown[0].spread, color=DARK, linestyle="dotted", label=say(lang, en="chance alone", zh="随机水平"))
    ax.set_yticks(place, [label(worth.input.label_zh if lang == "zh" else worth.input.label_en) for worth in shown])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(say(lang, en="doubt it would remove, %", zh="可消除的不确定性，%"))
    ax.legend(loc="lower right", **LEGEND)
    line = say(
        lang,
        en=f"What is worth measuring first, for the peak before {before}?",
        zh=f"为判断能否在{before}年前达峰，先测什么？",
    )
    put_title(figure, headline(park, lang), line)
    put_note(figure, say(lang, en="Share of the variance of peaking in time that the input explains by itself.",
                         zh="各输入单独解释的“按时达峰”方差占比。"), lang)  # fmt: skip
    return figure
