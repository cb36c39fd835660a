"""Draw all parks on one sheet: the range of each peak year under two scenarios."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.figures.canvas import BEHIND, DARK, fill_of, mark_year, put_note, put_title, sheet, years_axis
from pathway_models.fleet.summary import year_number
from pathway_models.fleet.tables import short_name
from pathway_models.intake.names import scenario_name
from pathway_models.language.words import INVENTED, word
from pathway_models.runs.tables import typed

#: Distance of a scenario's range from the middle of the row.
APART = 0.19
#: Markers of the first and the second scenario; invented parks have a hollow diamond in both.
MARKERS = ("o", "s")
QUANTILES = ("peak_year_p05", "peak_year_p50", "peak_year_p95")


def all_parks(
    summary: pd.DataFrame, *, scenarios: tuple[str, str] | None = None, before: int = 2030, lang: str = "en"
) -> Figure:
    """Draw the range of the peak year of every park and region, real ones first, invented ones apart.

    Parameters
    ----------
    summary : DataFrame
        Rows of ``summary.csv``, as texts or as `tables.read_summary` gives them.
    scenarios : pair of str, optional
        The first and the last scenario of the summary by default.

    Raises
    ------
    ValueError
        The summary has no row of a scenario asked for.
    """
    summary = typed(summary)
    named = list(summary["scenario"].unique())
    pair = tuple(dict.fromkeys(scenarios or (named[0], named[-1])))
    for name in pair:
        if name not in named:
            raise ValueError(f"the summary has no scenario {name!r}; it has {', '.join(named)}")
    parks, places = _arranged(summary, pair[-1])
    last = horizon(summary)
    first = int(min(summary[QUANTILES[0]].map(year_number).min(), before - 5))
    figure, (ax,) = sheet(lang, (8.0, 1.55 + 0.235 * len(parks)), head=0.95, foot=0.6, left=0.225)
    for at, name in enumerate(pair):
        part = summary[summary["scenario"] == name].set_index("park_id").loc[parks]
        shift = (at - (len(pair) - 1) / 2) * 2 * APART
        _ranges(ax, part, places + shift, name, at, last)
    made_up = summary.drop_duplicates("park_id").set_index("park_id")["invented"].astype(bool).loc[parks].to_numpy()
    _name_rows(ax, parks, places, made_up, lang)
    years_axis(ax, first, last, behind=True)
    mark_year(ax, before, lang)
    _key(figure, pair, bool(made_up.any()), lang)
    put_title(figure, word("title_all_parks", lang), word("range_90", lang))
    put_note(figure, word("note_all_parks", lang, last=last), lang)
    return figure


def horizon(summary: pd.DataFrame) -> int:
    """Return the last year of the pathways behind a summary."""
    if "until" in summary:
        return int(summary["until"].max())
    texts = summary[list(QUANTILES)].astype(str).to_numpy().ravel()
    return max(int(text.lstrip(">")) for text in texts)


def _arranged(summary: pd.DataFrame, scenario: str) -> tuple[list[str], np.ndarray]:
    """Order parks by their median peak, invented ones behind a gap; return them and their rows."""
    part = summary[summary["scenario"] == scenario]
    keys = part.assign(**{name: part[name].map(year_number) for name in QUANTILES})
    keys = keys.sort_values(["invented", "peak_year_p50", "peak_year_p95", "park_id"], kind="stable")
    gap = keys["invented"].to_numpy(int) * (not keys["invented"].all())
    return keys["park_id"].tolist(), np.arange(len(keys)) + 1.3 * gap


def _ranges(ax: Axes, part: pd.DataFrame, rows: np.ndarray, scenario: str, at: int, last: int) -> None:
    """Draw p05 to p95 and the median of each park; ranges without an end run to an arrow behind the horizon."""
    low, middle, high = (part[name].map(year_number).to_numpy(float) for name in QUANTILES)
    invented, colour = part["invented"].to_numpy(bool), fill_of(scenario)
    open_end, end = np.isinf(high), last + BEHIND
    ax.hlines(rows, np.minimum(low, end), np.where(open_end, end, high), color=colour, linewidth=2.4, alpha=0.55)
    ax.plot(np.full(open_end.sum(), end), rows[open_end], ">", color=colour, markersize=4.5)
    for mark, face, which in ((MARKERS[at], colour, ~invented), ("D", "white", invented)):
        place = np.where(np.isinf(middle), end, middle)[which]
        ax.plot(place, rows[which], mark, markerfacecolor=face, markeredgecolor=colour, markersize=4.5, zorder=5)


def _name_rows(ax: Axes, parks: list[str], places: np.ndarray, made_up: np.ndarray, lang: str) -> None:
    """Write names beside the rows, and the mark of invention above the invented ones."""
    ax.set_yticks(places, [short_name(park_id, lang) for park_id in parks], size="small")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(places[-1] + 0.7, places[0] - 0.7)
    if made_up.any():
        above = places[made_up][0] - 0.62
        ax.annotate(INVENTED, (0, above), (-4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                    ha="right", va="bottom", size="small", weight="bold")  # fmt: skip
        ax.axhline(above, color=DARK, linewidth=0.8)


def _key(figure: Figure, pair: tuple[str, ...], some_invented: bool, lang: str) -> None:
    """Put a legend at the top right: marker and colour of each scenario, and of invented parks."""
    handles = [
        Line2D([], [], color=fill_of(name), marker=MARKERS[at], markersize=5, label=scenario_name(name, lang))
        for at, name in enumerate(pair)
    ]
    if some_invented:
        label = word("invented_park", lang)
        look = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": "black", "markersize": 5}
        handles.append(Line2D([], [], color="none", label=label, **look))
    figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(0.985, 1.0), fontsize="small")
