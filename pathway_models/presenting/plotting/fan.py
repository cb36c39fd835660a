"""The fan of an ensemble: its paths above, the peak years of its members below."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from pathway_models.findings.effects import index_of
from pathway_models.findings.peaks import find_peaks
from pathway_models.presenting import sentences
from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.canvas import (
    DARK,
    LEGEND,
    emissions_axis,
    fill_of,
    mark_year,
    put_note,
    put_title,
    shade_record,
    sheet,
    style_of,
    years_axis,
)
from pathway_models.presenting.plotting.spread import draw_spread
from pathway_models.presenting.rounding import scale_of
from pathway_models.presenting.words import word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Members drawn as lines of their own.
SINGLE = 10


def fan(
    pathways: Pathways,
    scenario: str,
    *,
    peaks: Peaks | None = None,
    park: Park | None = None,
    inventory: Inventory | None = None,
    before: int = 2030,
    lang: str = "en",
) -> Figure:
    """Draw total emissions of one scenario with bands of its members, and the members' peak years below.

    Parameters
    ----------
    pathways : Pathways
    scenario : str
    peaks : Peaks, optional
        Found from the pathways by default.
    park : Park, optional
        For the name in the title; looked up in the register by default.
    inventory : Inventory, optional
        Draws the observed totals as points.
    before : int
        Year before which the park shall peak.
    lang : {"en", "zh"}

    Returns
    -------
    Figure

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    PathwayError
        The park is not in the register and not given.
    """
    total = pathways.emissions[pathways.index(scenario)].sum(axis=1)
    peaks = find_peaks(pathways) if peaks is None else peaks
    head = headline(park or pathways.park_id, lang)
    figure, (ax, strip) = sheet(lang, (8.0, 5.7), rows=(4.2, 1.0), head=0.98, foot=0.76)
    scale = scale_of(float(np.quantile(total, 0.95, axis=0).max()), lang)
    _bands(ax, pathways, total / scale.divisor, scenario, lang)
    if inventory is not None:
        observed = inventory.total() / scale.divisor
        ax.plot(inventory.years, observed, "o", color="black", markersize=3.5, label=word("inventory", lang))
    _finish_paths(ax, pathways, lang)
    emissions_axis(ax, scale, lang)
    mark_year(ax, before, lang)
    draw_spread(strip, peaks, index_of(peaks, scenario), fill_of(scenario), lang, unit=100)
    _finish_strip(strip, pathways, lang)
    mark_year(strip, before, lang, label=False)
    put_title(figure, head, scenario_name(scenario, lang))
    put_note(figure, sentences.median_path(pathways, peaks, scenario, lang=lang), lang)
    return figure


def _bands(ax: Axes, pathways: Pathways, total: np.ndarray, scenario: str, lang: str) -> None:
    """Bands, single members and the median; ``total`` is (member, year)."""
    years, colour = pathways.years, fill_of(scenario)
    p05, p25, p50, p75, p95 = np.quantile(total, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    ax.fill_between(years, p05, p95, color=colour, alpha=0.22, linewidth=0, label=word("band_90", lang))
    ax.fill_between(years, p25, p75, color=colour, alpha=0.38, linewidth=0, label=word("band_50", lang))
    some = [np.column_stack([years, path]) for path in total[:SINGLE]]
    label = word("single_members", lang, count=len(some))
    ax.add_collection(LineCollection(some, colors=DARK, linewidths=0.6, alpha=0.65, label=label))
    # A single extreme member may leave the sheet; the bands fill it.
    ax.set_ylim(min(0.0, 1.1 * float(p05.min())), 1.12 * float(p95.max()))
    ax.plot(years, p50, **style_of(scenario), linewidth=2.2, label=word("median", lang))


def _finish_paths(ax: Axes, pathways: Pathways, lang: str) -> None:
    """Shade and name the record; the legend stands above, as nowhere inside the axes is always free of paths."""
    first, last_observed = int(pathways.years[0]), pathways.last_observed_year
    shade_record(ax, first, last_observed)
    ax.annotate(
        word("record", lang),
        ((first + last_observed) / 2, 1),
        (0, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=DARK,
        size="small",
        ha="center",
        va="bottom",
    )
    ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.055), ncols=5, **LEGEND)


def _finish_strip(ax: Axes, pathways: Pathways, lang: str) -> None:
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    ax.set_ylabel(word("peak_share", lang), size="small")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    ax.locator_params(axis="y", nbins=3)
    ax.margins(y=0.32)
    ax.set_ylim(bottom=0)
    shade_record(ax, first, pathways.last_observed_year)
    years_axis(ax, first, last, behind=True)
