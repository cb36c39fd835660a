"""Figures of reproductions: published values beside ours, the settings a verdict depends on, and plausibility."""

import re
import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pathway_models.figures import canvas
from pathway_models.figures.style import NARROW, OKABE_ITO, WIDE
from pathway_models.intake.naming import item_name, park_name, scenario_name, short_name
from pathway_models.language import say, width_of
from pathway_models.reproduction.register import Reproduction

OURS, PUBLISHED = OKABE_ITO[1], canvas.MARK
#: Colour and word of each verdict of a peak rule.
RULE_COLOURS = {
    "peaked": "#009E73",
    "plateau": "#F0C27B",
    "rising": "#D55E00",
    "not_peaked": "#9CCBE8",
    "unknown": "#E6E6E6",
}
RULE_WORDS = {
    "peaked": ("peaked", "已达峰"),
    "plateau": ("plateau", "平台期"),
    "rising": ("rising", "仍上升"),
    "not_peaked": ("not peaked", "未达峰"),
    "unknown": ("unknown", "无法判断"),
}
EFFECT_COLOURS = ("#0072B2", "#F0C27B", "#009E73", "#CC79A7")
#: A text of a figure: one for both languages, or English and Chinese.
Text = str | tuple[str, str]


#: Chinese phrases for the rows of studies; names and ids are the same in both languages.
ROWS_ZH = {
    "growth over all five years": "五年总增长",
    "yearly growth": "逐年增长",
    "logarithmic growth": "对数增长",
    "all four conditions": "全部四项条件",
    "without the limit of a million people": "不设百万人口下限",
    "a missing GDP counts as a rising one": "缺少GDP视为上升",
    "without the condition on GDP": "不设GDP条件",
    "without the condition on consumption": "不设消费侧条件",
    "population": "人口",
    "economy per head": "人均经济量",
    "energy per economy": "单位经济量能耗",
    "emissions per energy": "单位能耗排放",
    "emissions per economy": "单位经济量排放",
    "emissions": "排放",
    "trend since": "趋势起自",
    "if all four trends go on": "四项趋势均延续",
    "no rise over": "期间不再上升",
    "by trend": "按趋势",
    "if the economy grows by trend": "经济按趋势增长",
    "if energy grows": "若能耗增长",
    "a year": "每年",
    "wanted": "要求",
    "energy and process": "能源与过程",
    "fossil": "化石",
    "energy": "能源",
    "period": "时段",
    " to ": "至",
    "regression on four lags": "四阶滞后回归",
    "regression on year and last value": "对年份和上期值回归",
    "piecewise linear": "分段线性",
    "transport and buildings": "交通与建筑",
    "baseline": "基准",
    "low_carbon": "低碳",
    "strengthened": "强化",
    "natural": "自然",
    "ambitious": "雄心",
    "on_time": "按时",
    "production": "产量",
    "scrap_eaf": "电炉用废钢",
    "scrap": "废钢",
    "accounts": "账户",
    "engine": "引擎",
    "low_mid": "低-中",
    "low_high": "低-高",
    "mid_low": "中-低",
    "mid_high": "中-高",
    "high_low": "高-低",
    "high_mid": "高-中",
    "low": "低",
    "mid": "中",
    "high": "高",
}
#: Longest row label, characters; longer ones wrap.
LONGEST = 48


def _row(text: str, lang: str) -> str:
    """Translate a row label phrase by phrase, the longest first; a long English one wraps."""
    if lang != "zh":
        return textwrap.fill(text, LONGEST)
    named = item_name(text, lang)
    if named != item_name(text, "en"):
        return named
    for english in sorted(ROWS_ZH, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z_]){re.escape(english)}(?![A-Za-z_])", ROWS_ZH[english], text)
    return text


def _told(text: Text, lang: str) -> str:
    return text if isinstance(text, str) else say(lang, en=text[0], zh=text[1])


def _ours(lang: str) -> str:
    return say(lang, en="ours", zh="本项目")


def _published(lang: str) -> str:
    return say(lang, en="published", zh="已发表")


def year_by_year(result: Reproduction, quantity: str, unit: Text, title: Text, *, lang: str = "en") -> Figure:
    """Draw published series and ours by place, and below them the difference of each.

    Parameters
    ----------
    result : Reproduction
    quantity : str
        Beginning of the quantities to draw; what follows it is the year.
    unit : str or (str, str)
        Unit of the axis.
    title : str or (str, str)
    lang : {"en", "zh"}
    """
    table = result.table()
    table = table[table["quantity"].str.fullmatch(f"{quantity}_\\d{{4}}")]
    years = table["quantity"].str[-4:].astype(int)
    figure, (upper, lower) = canvas.sheet(lang, (8.0, 5.2), rows=(2.2, 1.0), head=0.4, right=0.74)
    for colour, (scope, rows) in zip(np.resize(OKABE_ITO[:-1], 20), table.groupby("scope", sort=False), strict=False):
        of = years[rows.index]
        name = _row(scope.split(", ")[-1], lang)
        upper.plot(of, rows["ours"], color=colour, label=name)
        upper.plot(of, rows["published"], "o", color=colour, markerfacecolor="white", markersize=4.5)
        lower.plot(of, rows["difference"], "o-", color=colour, markersize=3)
    upper.set_ylabel(_told(unit, lang))
    upper.set_ylim(bottom=0)
    upper.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    upper.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), **canvas.LEGEND)
    lower.set_ylabel(f"{_ours(lang)} - {_published(lang)}")
    lower.axhline(0, color="black", linewidth=0.8)
    canvas.put_title(figure, _told(title, lang))
    canvas.put_note(figure, say(lang, en="Lines: ours. Circles: published.", zh="线：本项目；圆圈：已发表。"), lang)
    return figure


def scenario_paths(paths: pd.DataFrame, title: Text, unit: Text, *, lang: str = "en") -> Figure:
    """Draw a line a scenario; a dot and its year mark the highest value.

    Parameters
    ----------
    paths : DataFrame
        Rows years, columns scenarios.
    title, unit : str or (str, str)
    lang : {"en", "zh"}
    """
    figure, (ax,) = canvas.sheet(lang, (8.0, 3.6), head=0.4, right=0.74)
    colours = OKABE_ITO[:-1]
    for at, (name, path) in enumerate(paths.items()):
        path = path.dropna()
        top, colour = path.idxmax(), colours[at % len(colours)]
        style = "-" if at < len(colours) else "--"
        ax.plot(path.index, path, style, color=colour, label=f"{_row(str(name), lang)}: {top}")
        ax.plot(top, path[top], "o", color=colour)
    ax.set_ylabel(_told(unit, lang))
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.legend(
        loc="center left", bbox_to_anchor=(1.0, 0.5), title=say(lang, en="highest year", zh="最高年"), **canvas.LEGEND
    )
    canvas.put_title(figure, _told(title, lang))
    return figure


def agreement(result: Reproduction, title: Text, *, lang: str = "en") -> Figure:
    """Draw ours over published, one dot a value and one colour a place; the grey band is the tolerance."""
    table = result.table().dropna(subset=["ours"])
    figure, (ax,) = canvas.sheet(lang, NARROW, left=0.14, head=0.4)
    low, high = table["published"].min(), table["published"].max()
    line = np.linspace(low, high, 50)
    width = table["tolerance"].max()
    ax.fill_between(line, line - width, line + width, color="#D9D9D9", linewidth=0)
    ax.plot(line, line, color=canvas.DARK, linewidth=0.8)
    for colour, (scope, rows) in zip(OKABE_ITO[1:], table.groupby("scope", sort=False), strict=False):
        ax.plot(
            rows["published"], rows["ours"], "o", color=colour, markersize=3.5, label=_row(scope.split(", ")[-1], lang)
        )
    ax.set_xlabel(_published(lang))
    ax.set_ylabel(_ours(lang))
    ax.legend(loc="upper left", **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    return figure


def dots(
    labels: Sequence[str],
    values: Sequence[float],
    published: float | Sequence[float] | None,
    axis: Text,
    title: Text,
    *,
    lang: str = "en",
) -> Figure:
    """Draw one dot a setting against the published value: a line, a mark of its own in every row, or none.

    Parameters
    ----------
    labels : (row,) str
    values : (row,) float
    published : float, (row,) float, or None
    axis, title : str or (str, str)
    lang : {"en", "zh"}
    """
    places = np.arange(len(labels))[::-1]
    labels = [_row(str(label), lang) for label in labels]
    left = min(0.6, 0.04 + 0.0095 * max(width_of(line) for label in labels for line in label.split("\n")))
    figure, (ax,) = canvas.sheet(lang, (8.0, 1.35 + 0.26 * len(labels)), left=left, foot=0.7)
    marks = np.broadcast_to(-np.inf if published is None else published, len(labels))
    if np.ndim(published):
        ax.plot(marks, places, "|", color=PUBLISHED, markersize=13, markeredgewidth=2, label=_published(lang))
    elif published is not None:
        ax.axvline(marks[0], color=PUBLISHED, linewidth=1.4, label=_published(lang))
    ax.plot(values, places, "o", color=OURS, label=_ours(lang))
    for value, mark, place in zip(values, marks, places, strict=True):
        # The number stands on the side away from the published mark.
        offset, align = (7, "left") if value >= mark else (-7, "right")
        text = {"textcoords": "offset points", "va": "center", "ha": align, "size": "small"}
        ax.annotate(f"{value:.4g}", (value, place), (offset, 0), **text)
    ax.set_yticks(places, labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.margins(x=0.14)
    ax.set_xlabel(_told(axis, lang))
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    return figure


def known_then(
    years: Sequence[int], values: Sequence[float], then: int, unit: Text, title: Text, *, lang: str = "en"
) -> Figure:
    """Draw a series as it was known at the end of a year, and its continuation; maxima of both marked."""
    years, values = np.asarray(years), np.asarray(values, dtype=float)
    known = years <= then
    figure, (ax,) = canvas.sheet(lang, WIDE, head=0.4)
    ax.plot(years, values, color=PUBLISHED, linestyle="dashed", label=say(lang, en="what came after", zh="此后"))
    ax.plot(
        years[known],
        values[known],
        color="black",
        label=say(lang, en=f"known at the end of {then}", zh=f"{then}年底已知"),
    )
    for part, colour in ((known, "black"), (np.full(years.size, True), PUBLISHED)):
        top = int(values[part].argmax())
        ax.plot(years[part][top], values[part][top], "o", color=colour, markersize=7)
        text = f"{years[part][top]}: {values[part][top]:.2f}"
        ax.annotate(text, (years[part][top], values[part][top]), (0, 7), textcoords="offset points", ha="center")
    ax.set_ylabel(_told(unit, lang))
    ax.margins(y=0.12)
    ax.legend(loc="lower right", **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    return figure


def verdict_grid(table: pd.DataFrame, title: Text, *, lang: str = "en") -> Figure:
    """Draw the verdict of every rule by the year of looking back; the peak year named stands in the cell.

    Parameters
    ----------
    table : DataFrame
        Columns ``rule, as_of, verdict, peak_year``.
    """
    rules, years = table["rule"].unique().tolist(), sorted(table["as_of"].unique())
    figure, (ax,) = canvas.sheet(lang, (8.0, 1.3 + 0.26 * len(rules)), left=0.2, foot=0.62)
    for row in table.itertuples():
        x, y = years.index(row.as_of), len(rules) - 1 - rules.index(row.rule)
        ax.add_patch(_cell(x, y, RULE_COLOURS[row.verdict]))
        if not pd.isna(row.peak_year):
            ax.text(x, y, str(int(row.peak_year)), ha="center", va="center", size="small", color="white")
    ax.set_xticks(range(len(years)), [str(year) for year in years])
    ax.set_yticks(range(len(rules)), rules[::-1])
    ax.set_xlim(-0.5, len(years) - 0.5)
    ax.set_ylim(-0.5, len(rules) - 0.5)
    ax.grid(visible=False)
    ax.set_xlabel(say(lang, en="with the data up to the end of", zh="所用数据截至该年底"))
    keys = [_cell(0, 0, colour, label=_told(RULE_WORDS[verdict], lang)) for verdict, colour in RULE_COLOURS.items()]
    ax.legend(handles=keys, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(keys), **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    return figure


def _cell(x: float, y: float, colour: str, label: str | None = None) -> Rectangle:
    return Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor="none", label=label)


def effect_bars(table: pd.DataFrame, effects: Sequence[str], title: Text, unit: Text, *, lang: str = "en") -> Figure:
    """Draw effects of each factor on every change, side by side, and the change itself as a line across.

    Parameters
    ----------
    table : DataFrame
        One row a change; columns ``change``, the effects, ``change_of_total``.
    """
    places = np.arange(len(table))
    width = 0.8 / len(effects)
    figure, (ax,) = canvas.sheet(lang, NARROW, left=0.14)
    for at, (effect, colour) in enumerate(zip(effects, EFFECT_COLOURS, strict=False)):
        ax.bar(places - 0.4 + width * (at + 0.5), table[effect], width * 0.92, color=colour, label=effect)
    for place, change in zip(places, table["change_of_total"], strict=True):
        ax.plot([place - 0.42, place + 0.42], [change, change], color="black", linewidth=1.6)
    ax.plot([], [], color="black", linewidth=1.6, label=say(lang, en="change of total", zh="总量变化"))
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(places, [_row(str(change), lang) for change in table["change"]])
    ax.set_ylabel(_told(unit, lang))
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    return figure


def settings_scatter(
    table: pd.DataFrame,
    x: str,
    y: str,
    group: str,
    published: tuple[float, float],
    title: Text,
    *,
    names: dict[str, Text] | None = None,
    lang: str = "en",
) -> Figure:
    """Draw two counts over all settings of a rule, one colour a group, and the published pair.

    Parameters
    ----------
    table : DataFrame
    x, y, group : str
        Columns of it.
    published : (float, float)
    title : str or (str, str)
    names : mapping of column -> str or (str, str), optional
        Label of a column; its name by default.
    lang : {"en", "zh"}
    """

    def named(column: str) -> str:
        return _told((names or {}).get(column, column.replace("_", " ")), lang)

    figure, (ax,) = canvas.sheet(lang, WIDE, left=0.09, right=0.72, head=0.4)
    for colour, marker, (name, rows) in zip(OKABE_ITO[1:], "os^Dv", table.groupby(group, sort=False), strict=False):
        ax.plot(rows[x], rows[y], marker, color=colour, markersize=4.5, label=str(name), alpha=0.8)
    ax.plot(*published, "*", color=PUBLISHED, markersize=14, label=_published(lang), zorder=5)
    ax.axvline(published[0], color=canvas.FAINT, linewidth=0.8, zorder=0)
    ax.axhline(published[1], color=canvas.FAINT, linewidth=0.8, zorder=0)
    ax.set_xlabel(named(x))
    ax.set_ylabel(named(y))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title=named(group), **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    return figure


#: First year shown; earlier maxima are drawn at the edge.
FIRST = 2010


def peak_years_beside(
    outlook: pd.DataFrame, published: pd.DataFrame, title: Text, until: int = 2060, *, lang: str = "en"
) -> Figure:
    """Draw ranges of our peak years by park and scenario (5 to 95 %, median), and published peak years on top.

    Parameters
    ----------
    outlook : DataFrame
        As :func:`pathway_models.reproduction.plausibility.outlook` returns it.
    published : DataFrame
        ``scope, scenario, peak_year``.
    """
    scopes, parks = published["scope"].unique().tolist(), outlook["park_id"].unique().tolist()
    scenarios = outlook["scenario"].unique().tolist()
    labels = [*scopes, *(_named(outlook, park, lang) for park in parks)]
    figure, (ax,) = canvas.sheet(lang, (8.0, 1.5 + 0.24 * len(labels)), left=0.31, head=0.62, foot=0.75)
    place = {name: len(labels) - 1 - at for at, name in enumerate([*scopes, *parks])}
    for row in published.itertuples():
        ax.plot(row.peak_year, place[row.scope], "*", color=canvas.MARK, markersize=10)
    for row in outlook.itertuples():
        offset = 0.26 * (scenarios.index(row.scenario) - (len(scenarios) - 1) / 2)
        _range(
            ax,
            (row.peak_p05, row.peak_p50, row.peak_p95),
            place[row.park_id] - offset,
            canvas.fill_of(row.scenario),
            until,
        )
    for scenario in scenarios:
        ax.plot([], [], "o-", color=canvas.fill_of(scenario), markersize=4, label=scenario_name(scenario, lang))
    ax.plot([], [], "*", color=canvas.MARK, markersize=10, linestyle="none", label=_published(lang))
    ax.axhline(len(parks) - 0.5, color=canvas.DARK, linewidth=0.8)
    canvas.years_axis(ax, FIRST, until, behind=True)
    canvas.mark_year(ax, 2030, lang, label=False)
    ax.set_yticks(list(place.values()), labels, size="small")
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, **canvas.LEGEND)
    canvas.put_title(figure, _told(title, lang))
    note = say(lang, en="Dots: medians; lines: 5 to 95 % of members. Dashed: the start of 2030. *: invented park.",
               zh="点：中位数；线：模拟结果的5%至95%。虚线：2030年初。*：虚构园区。")  # fmt: skip
    canvas.put_note(figure, note, lang)
    return figure


def _named(outlook: pd.DataFrame, park: str, lang: str) -> str:
    # In English the id is shorter than the name, and as clear.
    return (short_name(park_name(park, lang)) if lang == "zh" else park) + (
        "*" if outlook.loc[outlook["park_id"] == park, "invented"].iloc[0] else ""
    )


def _range(ax: Axes, years: tuple[float, float, float], place: float, colour: str, until: int) -> None:
    """Draw a line from low to high and a dot at the median; infinite years stand beyond the horizon."""
    low, middle, high = (until + canvas.BEHIND if np.isinf(year) else max(year, FIRST) for year in years)
    ax.plot([low, high], [place, place], color=colour, linewidth=1.4)
    ax.plot(middle, place, "o", color=colour, markersize=4)


def intensity_beside(
    outlook: pd.DataFrame,
    published: tuple[float, float],
    title: Text,
    first: int = 2020,
    last: int = 2030,
    *,
    lang: str = "en",
) -> Figure:
    """Draw emissions per value added in two years, ours by park (first scenario) and the published pair.

    Parameters
    ----------
    outlook : DataFrame
    published : (float, float)
        tCO2 per million CNY in both years.
    """
    rows = outlook[outlook["scenario"] == outlook["scenario"].iloc[0]].dropna(subset=[f"intensity_{first}"])
    rows = rows.sort_values(f"intensity_{first}")
    figure, (ax,) = canvas.sheet(lang, (8.0, 1.5 + 0.24 * (len(rows) + 1)), left=0.31, head=0.4, foot=0.85)
    lines = [(say(lang, en="published: parks of China", zh="已发表：中国园区"), *published, canvas.MARK)]
    lines += [
        (_named(outlook, row.park_id, lang), row.before, row.after, "#0072B2")
        for row in rows.rename(columns={f"intensity_{first}": "before", f"intensity_{last}": "after"}).itertuples()
    ]
    for place, (_, before, after, colour) in enumerate(lines):
        ax.plot([before, after], [place, place], color=colour, linewidth=1.4)
        ax.plot(before, place, "o", color=colour, markerfacecolor="white")
        ax.plot(after, place, "o", color=colour)
        ax.annotate(
            f"{after / before - 1:+.0%}", (max(before, after), place), (8, 0), textcoords="offset points", va="center"
        )
    ax.set_xscale("log")
    ax.margins(x=0.12)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.set_yticks(range(len(lines)), [line[0] for line in lines], size="small")
    ax.set_xlabel(say(lang, en="tCO2 per million CNY of value added", zh="单位增加值排放，tCO2/百万元"))
    canvas.put_title(figure, _told(title, lang))
    note = say(
        lang,
        en=f"Open: {first}; filled: {last}. Ours: medians without measures, 2015 prices. *: invented park.",
        zh=f"空心：{first}年；实心：{last}年。本项目：无措施的中位数，2015年价。*：虚构园区。",
    )
    canvas.put_note(figure, note, lang)
    return figure
