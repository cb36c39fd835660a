"""Figures of co-benefits: co-control coordinates by lever, and equivalents beside CO2 over the years."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.cobenefits import records
from pathway_models.decisions.figures import label
from pathway_models.decisions.tables import player_name
from pathway_models.figures import canvas, marks, style
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.language import rounding, say

#: Quantiles of the bands by year and of the thick lines: half of the members, since extremes would flatten the rest.
HALF = (0.25, 0.75)
#: Thousand equivalents in the unit of the axes, ten thousand.
TEN_THOUSAND = 10.0


def coordinates(
    found: records.LeverCobenefits,
    period: records.Period = 2035,
    reading: str = "shapley",
    *,
    lang: str = "en",
) -> Figure:
    """Draw the co-control coordinates of each lever: CO2 cut against pollution equivalents cut."""
    figure, (ax,) = canvas.sheet(lang, (8.0, 5.4), foot=1.05, left=0.12)
    carbon, pollution = found.coordinates(period, reading)
    named, crosses = [], []
    scale = rounding.scale_of(float(np.abs(carbon).max()), lang)
    x, y = carbon / scale.divisor, pollution / TEN_THOUSAND
    for at, family in enumerate(found.families):
        colour = style.FAMILY_COLOURS[family]
        if not carbon[at].any() and not pollution[at].any():
            continue  # without effect in this park
        middle = float(x[at] @ found.weights), float(y[at] @ found.weights)
        for share, width in ((records.RANGE, 0.9), (HALF, 2.6)):
            ends = np.quantile(x[at], share), np.quantile(y[at], share)
            ax.plot(ends[0], [middle[1]] * 2, color=colour, linewidth=width)
            ax.plot([middle[0]] * 2, ends[1], color=colour, linewidth=width)
        ax.plot(*middle, "o", color=colour, markersize=7, markeredgecolor="white", zorder=4)
        named.append((middle, player_name(found, at, lang), colour))
        (left, right), (low, top) = np.quantile(x[at], records.RANGE), np.quantile(y[at], records.RANGE)
        crosses += [((left, middle[1]), (right, middle[1])), ((middle[0], low), (middle[0], top))]
    _quadrants(ax, lang)
    if named:
        places, names, colours = zip(*named, strict=True)
        marks.name_points(ax, np.array(places), names, colours, crosses)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.set_xlabel(say(lang, en=f"CO₂ cut, {scale.unit}", zh=f"CO₂减少，{scale.unit}") + _per(period, lang))
    ax.set_ylabel(say(lang, en="pollution equivalents cut, 10⁴", zh="大气污染当量减少，万") + _per(period, lang))
    line = say(lang, en="Co-control coordinates of each measure", zh="各措施的协同控制坐标")
    when = ("all projected years", "全部预测年份合计") if isinstance(period, str) else (f"{period}", f"{period}年")
    canvas.put_title(figure, headline(found.identity, lang), line + say(lang, en=f", {when[0]}", zh=f"，{when[1]}"))
    how = {
        "shapley": ("Shapley shares, which add up to the scenario", "Shapley分摊，合计等于情景"),
        "alone": ("each measure alone", "各措施单独实施"),
    }[reading]
    keys = ", ".join(one.name_en for one in found.basis.pollutants)
    names = "、".join(one.name_zh for one in found.basis.pollutants)
    doubt = len(found.basis.background)
    note = say(
        lang,
        en=f"Marks: mean of the central 90 % of members; lines: 5-95 % of all, thick: 25-75 %; {how[0]}. Equivalents"
        f" of {keys} by the environmental tax law. {doubt} background numbers. Pollutants from supplied power"
        " and heat are not counted as the park's.",
        zh=f"点：中间90%的模拟结果的均值；线：5%-95%，粗线：25%-75%；{how[1]}。{names}按环境保护税法污染当量值折算。背景知识参数{doubt}个。"
        "外购电力、热力的污染物不计入园区。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _per(period: records.Period, lang: str) -> str:
    return "" if isinstance(period, str) else say(lang, en=" per year", zh="/年")


def _quadrants(ax: Axes, lang: str) -> None:
    """Draw the axes through zero, with a margin on every side, and name the quadrants."""
    for limits, put in ((ax.get_xlim(), ax.set_xlim), (ax.get_ylim(), ax.set_ylim)):
        room = 0.12 * (max(limits[1], 0.0) - min(limits[0], 0.0))
        put(min(limits[0], 0.0) - room, max(limits[1], 0.0) + room)
    ax.axhline(0, color="black", linewidth=0.9)
    ax.axvline(0, color="black", linewidth=0.9)
    texts = {
        (0.99, 0.98): ("I  both fall", "Ⅰ 同减"),
        (0.01, 0.98): ("II", "Ⅱ"),
        (0.01, 0.02): ("III", "Ⅲ"),
        (0.99, 0.02): ("IV  CO₂ falls, pollutants rise", "Ⅳ CO₂减、污染物增"),
    }
    for (x, y), (en, zh) in texts.items():
        ax.text(
            x, y, say(lang, en=en, zh=zh), transform=ax.transAxes, color=canvas.DARK, size="small", zorder=5,
            ha="right" if x > 0.5 else "left", va="top" if y > 0.5 else "bottom",
        )  # fmt: skip


def over_years(found: records.Cobenefits, scenarios: Sequence[str] = (), *, lang: str = "en") -> Figure:
    """Draw CO2 and pollution equivalents of some scenarios over the years, one below the other."""
    figure, (upper, lower) = canvas.sheet(lang, (8.0, 5.6), rows=(1, 1), foot=0.85, right=0.74, hspace=0.14)
    names = list(scenarios) or [found.scenarios[found.reference].scenario_id, found.scenarios[-1].scenario_id]
    apeq, ends = found.apeq(), {}
    scale = rounding.scale_of(float(np.median(found.co2, axis=1).max()), lang)
    for ax, values, divisor in ((upper, found.co2, scale.divisor), (lower, apeq, TEN_THOUSAND)):
        for name in names:
            at = found.index(name)
            low, middle, high = np.quantile(values[at] / divisor, (HALF[0], 0.5, HALF[1]), axis=0)
            ax.fill_between(found.years, low, high, color=canvas.fill_of(name), alpha=0.18, linewidth=0)
            ax.plot(found.years, middle, linewidth=1.8, **canvas.style_of(name))
            ends.setdefault(ax, []).append(
                (middle[-1], label(scenario_name(name, lang)), canvas.style_of(name)["color"])
            )
        canvas.shade_record(ax, int(found.years[0]), found.last_observed_year)
        ax.axvline(found.last_observed_year + 0.5, color=canvas.FAINT, linewidth=0.8)
    canvas.emissions_axis(upper, scale, lang)
    canvas.emissions_axis(lower, rounding.Scale(TEN_THOUSAND, say(lang, en="10⁴ equivalents", zh="万污染当量")), lang)
    canvas.years_axis(lower, int(found.years[0]), int(found.years[-1]))
    for ax, named in ends.items():
        marks.name_beside(ax, *zip(*named, strict=True))
    line = say(lang, en="CO₂ and air pollutants together", zh="减污降碳：CO₂与大气污染当量")
    canvas.put_title(figure, headline(found.identity, lang), line)
    note = say(
        lang,
        en="Median and the middle half of members (25-75 %). Shaded: record. Equivalents of"
        f" {', '.join(one.name_en for one in found.basis.pollutants)} from combustion inside the park.",
        zh="中位数与居中一半的模拟结果（25%-75%）；灰色为观测期。"
        f"{'、'.join(one.name_zh for one in found.basis.pollutants)}的污染当量，限园区内燃烧。",
    )
    canvas.put_note(figure, note, lang)
    return figure
