"""Figures that set our parks and regions beside published results which cannot be computed again."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.presenting.plotting.canvas import (
    BEHIND,
    DARK,
    LEGEND,
    MARK,
    fill_of,
    mark_year,
    put_note,
    put_title,
    sheet,
    years_axis,
)

LANG = "en"
#: First year shown; earlier maxima of a record stand at the edge.
FIRST = 2010


def peak_years_beside(outlook: pd.DataFrame, published: pd.DataFrame, title: str, until: int = 2060) -> Figure:
    """Ranges of our peak years by park and scenario (5 to 95 %, median), and published peak years on top.

    Parameters
    ----------
    outlook : DataFrame
        As :func:`pathway_models.findings.reproductions.plausibility.outlook` returns it.
    published : DataFrame
        ``scope, scenario, peak_year``.
    """
    scopes, parks = published["scope"].unique().tolist(), outlook["park_id"].unique().tolist()
    scenarios = outlook["scenario"].unique().tolist()
    labels = [*scopes, *(_named(outlook, park) for park in parks)]
    figure, (ax,) = sheet(LANG, (8.0, 1.5 + 0.24 * len(labels)), left=0.27, head=0.62, foot=0.75)
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
    mark_year(ax, 2030, LANG, label=False)
    ax.set_yticks(list(place.values()), labels, size="small")
    ax.set_ylim(-0.7, len(labels) - 0.3)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, **LEGEND)
    put_title(figure, title)
    put_note(figure, "Dots: medians; lines: 5 to 95 % of members. Dashed: the start of 2030. *: invented park.", LANG)
    return figure


def _named(outlook: pd.DataFrame, park: str) -> str:
    return park + ("*" if outlook.loc[outlook["park_id"] == park, "invented"].iloc[0] else "")


def _range(ax: Axes, years: tuple[float, float, float], place: float, colour: str, until: int) -> None:
    """A line from low to high and a dot at the median; infinite years stand behind the horizon."""
    low, middle, high = (until + BEHIND if np.isinf(year) else max(year, FIRST) for year in years)
    ax.plot([low, high], [place, place], color=colour, linewidth=1.4)
    ax.plot(middle, place, "o", color=colour, markersize=4)


def intensity_beside(
    outlook: pd.DataFrame, published: tuple[float, float], title: str, first: int = 2020, last: int = 2030
) -> Figure:
    """Emissions per value added in two years, ours by park (first scenario) and the published pair.

    Parameters
    ----------
    outlook : DataFrame
    published : (float, float)
        tCO2 per million CNY in both years.
    """
    rows = outlook[outlook["scenario"] == outlook["scenario"].iloc[0]].dropna(subset=[f"intensity_{first}"])
    rows = rows.sort_values(f"intensity_{first}")
    figure, (ax,) = sheet(LANG, (8.0, 1.5 + 0.24 * (len(rows) + 1)), left=0.27, head=0.4, foot=0.85)
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
        figure, f"Open: {first}; filled: {last}. Ours: medians without measures, 2015 prices. *: invented park.", LANG
    )
    return figure
