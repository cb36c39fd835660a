"""Given paths of drivers beside the baseline's, and what they do to the total."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.findings.planning import PlanEffects
from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.axes import light_number_ticks
from pathway_models.presenting.plotting.canvas import (
    LEGEND,
    put_note,
    put_title,
    shade_record,
    sheet,
    years_axis,
)
from pathway_models.presenting.rounding import scale_of, share_text
from pathway_models.presenting.tables.plans import driver_name, shown_values
from pathway_models.presenting.words import say, word

#: Baseline grey under what is given: both stay apart in grey print.
WITHOUT, GIVEN = "#7F7F7F", "#0072B2"
#: Height of one row, inches.
ROW = 1.45
#: Top of an axis in units of the largest median.
TALLEST = 2.0


def overrides(effects: PlanEffects, *, scenario: str | None = None, lang: str = "en") -> Figure:
    """Draw each given driver over the baseline's band, and total emissions with and without the plans.

    Parameters
    ----------
    effects : PlanEffects
    scenario : str, optional
        Whose total is drawn in the last row; the first one by default.
    lang : {"en", "zh"}

    Raises
    ------
    ValueError
        The scenario was not among those compared.
    """
    chosen = effects.scenarios[0] if scenario is None else scenario
    if chosen not in effects.scenarios:
        raise ValueError(f"scenario = {chosen!r}: expected one of {', '.join(effects.scenarios)}")
    at, rows = effects.scenarios.index(chosen), len(effects.drivers) + 1
    figure, axes = sheet(lang, (8.0, 1.75 + ROW * rows), rows=(1.0,) * rows, head=1.0, foot=0.72, hspace=0.38)
    for ax, bands in zip(axes, effects.drivers, strict=False):
        without, given = (shown_values(part, bands.unit) for part in (bands.without, bands.given))
        marks = [target.year for target in bands.targets if target.year <= effects.years[-1]]
        _two(ax, effects, without, given, driver_name(bands, lang), lang, marks)
    scale = scale_of(float(effects.totals_without[at, 1].max()), lang)
    totals = [part[at] / scale.divisor for part in (effects.totals_without, effects.totals_with)]
    unit = word("per_year", lang, unit=scale.unit)
    name = say(lang, en=f"total emissions ({unit})", zh=f"排放总量（{unit}）")
    _two(
        axes[-1],
        effects,
        *totals,
        say(lang, en=f"{scenario_name(chosen, lang)}: {name}", zh=f"{scenario_name(chosen, lang)}：{name}"),
        lang,
        [],
    )
    axes[0].legend(loc="lower left", bbox_to_anchor=(-0.01, 1.16), ncols=5, **LEGEND)
    put_title(figure, headline(effects.park, lang), _headline(effects, at, lang))
    put_note(figure, _note(lang), lang)
    return figure


def _headline(effects: PlanEffects, at: int, lang: str) -> str:
    without, with_plans = (share_text(float(part[at]), lang) for part in (effects.p_without, effects.p_with))
    year, name = effects.before, scenario_name(effects.scenarios[at], lang)
    return say(
        lang,
        en=f"P(peak before {year}), {name}: {without} as the baseline is, {with_plans} with the park's plans",
        zh=f"{name}：{year}年以前达峰概率，基线为{without}，计入园区规划后为{with_plans}",
    )


def _note(lang: str) -> str:
    return say(
        lang,
        en="Grey: baseline, median and 90 % of members. Blue: with the plans. Drivers are shown without the projects,"
        " the total with them. Wide bands are cut off above.",
        zh="灰色：基线的中位数与90%区间；蓝色：计入规划后。驱动因素不含项目负荷，总量含项目负荷。过宽的区间在上方截断。",
    )


def _two(
    ax: Axes, effects: PlanEffects, without: np.ndarray, given: np.ndarray, name: str, lang: str, marks: list[int]
) -> None:
    """One quantity without and with plans: (3, year) each."""
    years = effects.years
    for (low, middle, high), colour, label, style in (
        (without, WITHOUT, say(lang, en="baseline", zh="基线"), "dashed"),
        (given, GIVEN, say(lang, en="with plans", zh="计入规划"), "solid"),
    ):
        ax.fill_between(years, low, high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(years, middle, color=colour, linestyle=style, label=label)
    places = np.array(marks, dtype=int) - int(years[0])
    label = say(lang, en="target", zh="目标")
    ax.plot(years[places], given[1][places], "D", color=GIVEN, markersize=4, label=label if marks else None)
    shade_record(ax, int(years[0]), effects.park.last_observed_year)
    years_axis(ax, int(years[0]), int(years[-1]))
    highest = max(float(without[2].max()), float(given[2].max()))
    # Far bands would press what was planned flat.
    top = min(highest, TALLEST * max(float(without[1].max()), float(given[1].max())))
    ax.set_ylim(min(0.0, float(without[0].min()), float(given[0].min())), 1.06 * top)
    ax.set_title(name, loc="left", fontsize="small", pad=3)
    light_number_ticks(ax, "y", count=4)
