"""How far every scenario is from every target: one panel a target, the members' range on either side of zero."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.presenting.gap_words import gap_name
from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.canvas import DARK, MARK, fill_of, put_note, put_title, sheet, wrapped
from pathway_models.presenting.rounding import scale_of, share_text
from pathway_models.presenting.words import say
from pathway_models.records.gaps import Gap, Gaps
from pathway_models.records.park import Park

#: Panels beside each other; further intensities are left to the table.
MOST_PANELS = 5
#: Characters of a panel's title and of a scenario's name in one line.
TITLE_WIDTH = {"en": 17, "zh": 8}
NAME_WIDTH = {"en": 24, "zh": 11}
#: How many times the largest median the axis reaches: the upper tail of compounded growth would flatten all else.
REACH = 2.0


def gaps(found: Gaps, *, park: Park | None = None, lang: str = "en") -> Figure:
    """Draw the gap to each target by scenario: median and nine members in ten, and the share that meets it.

    Parameters
    ----------
    found : Gaps
    park : Park, optional
        For the name in the title; looked up in the register by default.
    lang : {"en", "zh"}

    Returns
    -------
    Figure

    Raises
    ------
    PathwayError
        The park is not in the register and not given.
    """
    head = headline(park or found.park_id, lang)
    shown = [entry for entry in found.entries if entry.values is not None][:MOST_PANELS]
    count = len(found.scenarios)
    figure, axes = sheet(lang, (8.0, 2.0 + 0.34 * count), columns=(1.0,) * len(shown), head=1.15, foot=0.95, left=0.24)
    figure.subplots_adjust(wspace=0.12)
    for ax, entry in zip(axes, shown, strict=True):
        _panel(ax, found, entry, lang)
    axes[0].set_yticks(range(count), [wrapped(scenario_name(name, lang), NAME_WIDTH[lang]) for name in found.scenarios])
    axes[0].set_ylim(count - 0.4, -0.6)
    put_title(
        figure,
        head,
        say(lang, en="How far from the targets? Left of the line: met", zh="与目标差多少？线左侧为已达成"),
    )
    note = say(
        lang,
        en="Dot and line: median and 90 % of members; an arrow: the range goes on, or holds members without a peak."
        " Number: share of all members that meet the target. The rules: docs/gaps.md.",
        zh="点与线：中位数与90%的成员；箭头：区间超出图外，或含未达峰的成员。"
        "数字：达成目标的成员占全部成员的比例。规则见docs/gaps.md。",
    )
    put_note(figure, note, lang)
    return figure


def _panel(ax: Axes, found: Gaps, entry: Gap, lang: str) -> None:
    values = entry.quantiles()
    divisor, unit = _unit(entry, values, lang)
    low, middle, high = values.T / divisor
    first, last = _limits(low, middle, high)
    for at, name in enumerate(found.scenarios):
        colour = fill_of(name)
        ends = np.clip([low[at], high[at]], first, last)
        ax.plot(ends, [at, at], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=3)
        if high[at] > last:
            ax.plot(last, at, ">", color=colour, markersize=5, clip_on=False, zorder=4)
        if middle[at] <= last:
            ax.plot(middle[at], at, "o", color=colour, markeredgecolor="black", markeredgewidth=0.5, zorder=5)
        chance = share_text(float(entry.probability()[at]), lang)
        place = {"textcoords": "offset points", "va": "center", "ha": "right", "size": "x-small", "color": DARK}
        ax.annotate(chance, (1.0, at - 0.3), (-2, 0), xycoords=("axes fraction", "data"), **place)
    ax.axvline(0, color=MARK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=2)
    ax.set_xlim(first, last)
    ax.locator_params(axis="x", nbins=3)
    ax.tick_params(axis="y", length=0)
    ax.tick_params(axis="x", labelsize="x-small")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.set_xlabel(unit, size="small")
    ax.set_title(wrapped(gap_name(found, entry, lang), TITLE_WIDTH[lang]), size="small")


def _unit(entry: Gap, values: np.ndarray, lang: str) -> tuple[float, str]:
    """Divisor and name of the unit of a panel."""
    if entry.unit == "years":
        return 1.0, say(lang, en="years late", zh="晚，年")
    if entry.unit == "points":
        return 1.0, say(lang, en="points", zh="百分点")
    scale = scale_of(float(np.abs(values[np.isfinite(values)]).max()), lang)
    return scale.divisor, scale.unit + (say(lang, en=" a year", zh="/年") if entry.unit.endswith("/yr") else "")


def _limits(low: np.ndarray, middle: np.ndarray, high: np.ndarray) -> tuple[float, float]:
    """Limits that show zero, every lower end and, where they are known, every median."""
    inside = middle[np.isfinite(middle)]
    reach = max(REACH * np.abs(inside).max(initial=0.0), np.abs(low).max(), 1e-9)
    ends = high[np.isfinite(high)]
    last = min(float(ends.max(initial=0.0)), reach) if ends.size == high.size else reach
    first, last = min(float(low.min()), 0.0), max(last, 0.0)
    margin = 0.06 * (last - first)
    return first - margin, last + margin
