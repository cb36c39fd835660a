"""Figures of reproductions: published values beside ours, the settings a verdict depends on, and plausibility."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.figures.canvas import (
    BEHIND,
    DARK,
    FAINT,
    LEGEND,
    MARK,
    fill_of,
    mark_year,
    put_note,
    put_title,
    sheet,
    years_axis,
)
from pathway_models.figures.style import NARROW, OKABE_ITO, WIDE
from pathway_models.reproduction.register import Reproduction

OURS, PUBLISHED = OKABE_ITO[1], MARK
#: Colour and word of each verdict of a peak rule.
RULE_COLOURS = {
    "peaked": "#009E73",
    "plateau": "#F0C27B",
    "rising": "#D55E00",
    "not_peaked": "#9CCBE8",
    "unknown": "#E6E6E6",
}
EFFECT_COLOURS = ("#0072B2", "#F0C27B", "#009E73", "#CC79A7")
LANG = "en"


def year_by_year(result: Reproduction, quantity: str, unit: str, title: str) -> Figure:
    """Draw published series and ours by place, and below them the difference of each.

    Parameters
    ----------
    result : Reproduction
    quantity : str
        Beginning of the quantities to draw; what follows it is the year.
    unit : str
        Unit of the axis.
    title : str
    """
    table = result.table()
    table = table[table["quantity"].str.fullmatch(f"{quantity}_\\d{{4}}")]
    years = table["quantity"].str[-4:].astype(int)
    figure, (upper, lower) = sheet(LANG, (8.0, 5.2), rows=(2.2, 1.0), head=0.4, right=0.74)
    for colour, (scope, rows) in zip(np.resize(OKABE_ITO[:-1], 20), table.groupby("scope", sort=False), strict=False):
        of = years[rows.index]
        name = scope.split(", ")[-1]
        upper.plot(of, rows["ours"], color=colour, label=name)
        upper.plot(of, rows["published"], "o", color=colour, markerfacecolor="white", markersize=4.5)
        lower.plot(of, rows["difference"], "o-", color=colour, markersize=3)
    upper.set_ylabel(unit)
    upper.set_ylim(bottom=0)
    upper.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    upper.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), **LEGEND)
    lower.set_ylabel("ours - published")
    lower.axhline(0, color="black", linewidth=0.8)
    put_title(figure, title)
    put_note(figure, "Lines: ours. Circles: published.", LANG)
    return figure


def scenario_paths(paths: pd.DataFrame, title: str, unit: str) -> Figure:
    """Draw a line a scenario; a dot and its year mark the highest value.

    Parameters
    ----------
    paths : DataFrame
        Rows years, columns scenarios.
    title, unit : str
    """
    figure, (ax,) = sheet(LANG, (8.0, 3.6), head=0.4, right=0.74)
    colours = OKABE_ITO[:-1]
    for at, (name, path) in enumerate(paths.items()):
        path = path.dropna()
        top, colour = path.idxmax(), colours[at % len(colours)]
        style = "-" if at < len(colours) else "--"
        ax.plot(path.index, path, style, color=colour, label=f"{name}: {top}")
        ax.plot(top, path[top], "o", color=colour)
    ax.set_ylabel(unit)
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="highest year", **LEGEND)
    put_title(figure, title)
    return figure


def agreement(result: Reproduction, title: str) -> Figure:
    """Draw ours over published, one dot a value and one colour a place; the grey band is the tolerance."""
    table = result.table().dropna(subset=["ours"])
    figure, (ax,) = sheet(LANG, NARROW, left=0.14, head=0.4)
    low, high = table["published"].min(), table["published"].max()
    line = np.linspace(low, high, 50)
    width = table["tolerance"].max()
    ax.fill_between(line, line - width, line + width, color="#D9D9D9", linewidth=0)
    ax.plot(line, line, color=DARK, linewidth=0.8)
    for colour, (scope, rows) in zip(OKABE_ITO[1:], table.groupby("scope", sort=False), strict=False):
        ax.plot(rows["published"], rows["ours"], "o", color=colour, markersize=3.5, label=scope.split(", ")[-1])
    ax.set_xlabel("published")
    ax.set_ylabel("ours")
    ax.legend(loc="upper left", **LEGEND)
    put_title(figure, title)
    return figure


def dots(
    labels: Sequence[str],
    values: Sequence[float],
    published: float | Sequence[float] | None,
    axis: str,
    title: str,
) -> Figure:
    """Draw one dot a setting against the published value: a line, a mark of its own in every row, or none.

    Parameters
    ----------
    labels : (row,) str
    values : (row,) float
    published : float, (row,) float, or None
    axis, title : str
    """
    places = np.arange(len(labels))[::-1]
    left = min(0.6, 0.04 + 0.0095 * max(map(len, labels)))
    figure, (ax,) = sheet(LANG, (8.0, 1.35 + 0.26 * len(labels)), left=left, foot=0.7)
    marks = np.broadcast_to(-np.inf if published is None else published, len(labels))
    if np.ndim(published):
        ax.plot(marks, places, "|", color=PUBLISHED, markersize=13, markeredgewidth=2, label="published")
    elif published is not None:
        ax.axvline(marks[0], color=PUBLISHED, linewidth=1.4, label="published")
    ax.plot(values, places, "o", color=OURS, label="ours")
    for value, mark, place in zip(values, marks, places, strict=True):
        # The number stands on the side away from the published mark.
        offset, align = (7, "left") if value >= mark else (-7, "right")
        text = {"textcoords": "offset points", "va": "center", "ha": align, "size": "small"}
        ax.annotate(f"{value:.4g}", (value, place), (offset, 0), **text)
    ax.set_yticks(places, labels)
    ax.set_ylim(-0.6, len(labels) - 0.4)
    ax.margins(x=0.14)
    ax.set_xlabel(axis)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, **LEGEND)
    put_title(figure, title)
    return figure


def known_then(years: Sequence[int], values: Sequence[float], then: int, unit: str, title: str) -> Figure:
    """Draw a series as it was known at the end of a year, and its continuation; maxima of both marked."""
    years, values = np.asarray(years), np.asarray(values, dtype=float)
    known = years <= then
    figure, (ax,) = sheet(LANG, WIDE, head=0.4)
    ax.plot(years, values, color=PUBLISHED, linestyle="dashed", label="what came after")
    ax.plot(years[known], values[known], color="black", label=f"known at the end of {then}")
    for part, colour in ((known, "black"), (np.full(years.size, True), PUBLISHED)):
        top = int(values[part].argmax())
        ax.plot(years[part][top], values[part][top], "o", color=colour, markersize=7)
        text = f"{years[part][top]}: {values[part][top]:.2f}"
        ax.annotate(text, (years[part][top], values[part][top]), (0, 7), textcoords="offset points", ha="center")
    ax.set_ylabel(unit)
    ax.margins(y=0.12)
    ax.legend(loc="lower right", **LEGEND)
    put_title(figure, title)
    return figure


def verdict_grid(table: pd.DataFrame, title: str) -> Figure:
    """Draw the verdict of every rule by the year of looking back; the peak year named stands in the cell.

    Parameters
    ----------
    table : DataFrame
        Columns ``rule, as_of, verdict, peak_year``.
    """
    rules, years = table["rule"].unique().tolist(), sorted(table["as_of"].unique())
    figure, (ax,) = sheet(LANG, (8.0, 1.3 + 0.26 * len(rules)), left=0.2, foot=0.62)
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
    ax.set_xlabel("with the data up to the end of")
    keys = [_cell(0, 0, colour, label=verdict.replace("_", " ")) for verdict, colour in RULE_COLOURS.items()]
    ax.legend(handles=keys, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(keys), **LEGEND)
    put_title(figure, title)
    return figure


def _cell(x: float, y: float, colour: str, label: str | None = None) -> object:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, edgecolor="none", label=label)


def effect_bars(table: pd.DataFrame, effects: Sequence[str], title: str, unit: str) -> Figure:
    """Draw effects of each factor on every change, side by side, and the change itself as a line across.

    Parameters
    ----------
    table : DataFrame
        One row a change; columns ``change``, the effects, ``change_of_total``.
    """
    places = np.arange(len(table))
    width = 0.8 / len(effects)
    figure, (ax,) = sheet(LANG, NARROW, left=0.14)
    for at, (effect, colour) in enumerate(zip(effects, EFFECT_COLOURS, strict=False)):
        ax.bar(places - 0.4 + width * (at + 0.5), table[effect], width * 0.92, color=colour, label=effect)
    for place, change in zip(places, table["change_of_total"], strict=True):
        ax.plot([place - 0.42, place + 0.42], [change, change], color="black", linewidth=1.6)
    ax.plot([], [], color="black", linewidth=1.6, label="change of total")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(places, table["change"])
    ax.set_ylabel(unit)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, **LEGEND)
    put_title(figure, title)
    return figure


def settings_scatter(
    table: pd.DataFrame, x: str, y: str, group: str, published: tuple[float, float], title: str
) -> Figure:
    """Draw two counts over all settings of a rule, one colour a group, and the published pair."""
    figure, (ax,) = sheet(LANG, WIDE, left=0.09, right=0.72, head=0.4)
    for colour, marker, (name, rows) in zip(OKABE_ITO[1:], "os^Dv", table.groupby(group, sort=False), strict=False):
        ax.plot(rows[x], rows[y], marker, color=colour, markersize=4.5, label=str(name), alpha=0.8)
    ax.plot(*published, "*", color=PUBLISHED, markersize=14, label="published", zorder=5)
    ax.axvline(published[0], color=FAINT, linewidth=0.8, zorder=0)
    ax.axhline(published[1], color=FAINT, linewidth=0.8, zorder=0)
    ax.set_xlabel(x.replace("_", " "))
    ax.set_ylabel(y.replace("_", " "))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title=group.replace("_", " "), **LEGEND)
    put_title(figure, title)
    return figure


EN = "en"
#: First year shown; earlier maxima of a record stand at the edge.
FIRST = 2010


def peak_years_beside(outlook: pd.DataFrame, published: pd.DataFrame, title: str, until: int = 2060) -> Figure:
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
    labels = [*scopes, *(_named(outlook, park) for park in parks)]
    figure, (ax,) = sheet(EN, (8.0, 1.5 + 0.24 * len(labels)), left=0.27, head=0.62, foot=0.75)
    place = {name: len(labels) - 1 - at for at, name in enumerate([*scopes, *parks])}
    for row in published.itertuples():
        ax.plot(row.peak_year, place[row.scope], "*", color=MARK, markersize=10)
    for row in outlook.itertuples():
        offset = 0.26 * (scenarios.index(row.scenario) - (len(scenarios) - 1) / 2)
        _range(
            ax, (row.peak_p05, row.peak_p50, row.peak_p95), place[row.park_id] - offset, fill_of(row.scenario), until
        )
    for scenario in scenarios:
        ax.plot([], [], "o-", color=fill_of(scenario), markersize=4, label=scenario)
    ax.plot([], [], "*", color=MARK, markersize=10, linestyle="none", label="published")
    ax.axhline(len(parks) - 0.5, color=DARK, linewidth=0.8)
    years_axis(ax, FIRST, until, behind=True)
    mark_year(ax, 2030, EN, label=False)
    ax.set_yticks(list(place.values()), labels, size="small")
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, **LEGEND)
    put_title(figure, title)
    put_note(figure, "Dots: medians; lines: 5 to 95 % of members. Dashed: the start of 2030. *: invented park.", EN)
    return figure


def _named(outlook: pd.DataFrame, park: str) -> str:
    return park + ("*" if outlook.loc[outlook["park_id"] == park, "invented"].iloc[0] else "")


def _range(ax: Axes, years: tuple[float, float, float], place: float, colour: str, until: int) -> None:
    """Draw a line from low to high and a dot at the median; infinite years stand beyond the horizon."""
    low, middle, high = (until + BEHIND if np.isinf(year) else max(year, FIRST) for year in years)
    ax.plot([low, high], [place, place], color=colour, linewidth=1.4)
    ax.plot(middle, place, "o", color=colour, markersize=4)


def intensity_beside(
    outlook: pd.DataFrame, published: tuple[float, float], title: str, first: int = 2020, last: int = 2030
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
    figure, (ax,) = sheet(EN, (8.0, 1.5 + 0.24 * (len(rows) + 1)), left=0.27, head=0.4, foot=0.85)
    lines = [("published: parks of China", *published, MARK)]
    lines += [
        (_named(outlook, row.park_id), row.before, row.after, "#0072B2")
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
    ax.set_xlabel("tCO2 per million CNY of value added")
    put_title(figure, title)
    put_note(
        figure, f"Open: {first}; filled: {last}. Ours: medians without measures, 2015 prices. *: invented park.", EN
    )
    return figure
