"""The fan of an ensemble: its paths above, the peak years of its members below."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.findings.effects import index_of
from pathway_models.findings.peaks import find_peaks
from pathway_models.presenting import sentences
from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.axes import light_number_ticks
from pathway_models.presenting.plotting.canvas import (
    DARK,
    area,
    emissions_axis,
    fill_of,
    mark_year,
    put_above,
    put_note,
    put_title,
    shade_record,
    sheet,
    style_of,
    years_axis,
)
from pathway_models.presenting.plotting.key import entries_of, key_row
from pathway_models.presenting.plotting.spread import draw_spreads
from pathway_models.presenting.rounding import scale_of
from pathway_models.presenting.words import word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Members drawn as lines of their own.
SINGLE = 10
#: Quantiles of the members: two bands and the median.
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Height of the peak years' axis, in highest bars: the shares stand above the bars.
HEADROOM = 1.32


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
    total = pathways.total()[pathways.index(scenario)]
    peaks = find_peaks(pathways) if peaks is None else peaks
    head = headline(park or pathways.park_id, lang)
    figure, (ax, strip) = sheet(lang, (8.0, 5.7), rows=(4.2, 1.0), head=0.98, foot=0.76)
    band = np.quantile(total, BAND, axis=0)
    scale = scale_of(float(band[-1].max()), lang)
    _bands(ax, pathways.years, band / scale.divisor, total[:SINGLE] / scale.divisor, scenario, lang)
    if inventory is not None:
        observed = inventory.total() / scale.divisor
        dots = {"marker": "o", "color": "black", "markersize": 3.5, "linestyle": "none"}
        ax.add_artist(Line2D(inventory.years, observed, label=word("inventory", lang), **dots))
    _finish_paths(ax, pathways, lang)
    emissions_axis(ax, scale, lang)
    mark_year(ax, before, lang)
    row, colour = index_of(peaks, scenario), fill_of(scenario)
    highest = draw_spreads(strip, peaks, [row], [colour], np.zeros(1), lang, unit=100)
    _finish_strip(strip, pathways, highest, lang)
    mark_year(strip, before, lang, label=False)
    put_title(figure, head, scenario_name(scenario, lang))
    put_note(figure, sentences.median_path(pathways, peaks, scenario, lang=lang), lang)
    return figure


def _bands(ax: Axes, years: np.ndarray, band: np.ndarray, single: np.ndarray, scenario: str, lang: str) -> None:
    """Bands and the median of `BAND`, (5, year), and single members, (member, year)."""
    p05, p25, p50, p75, p95 = band
    colour = fill_of(scenario)
    area(ax, years, p05, p95, color=colour, alpha=0.22, linewidth=0, label=word("band_90", lang))
    area(ax, years, p25, p75, color=colour, alpha=0.38, linewidth=0, label=word("band_50", lang))
    some = [np.column_stack([years, path]) for path in single]
    label = word("single_members", lang, count=len(some))
    ax.add_artist(LineCollection(some, colors=DARK, linewidths=0.6, alpha=0.65, label=label))
    # A single extreme member may leave the sheet; the bands fill it.
    ax.set_ylim(min(0.0, 1.1 * float(p05.min())), 1.12 * float(p95.max()))
    ax.add_artist(Line2D(years, p50, **style_of(scenario), linewidth=2.2, label=word("median", lang)))


def _finish_paths(ax: Axes, pathways: Pathways, lang: str) -> None:
    """Shade and name the record; the legend stands above, as nowhere inside the axes is always free of paths."""
    first, last_observed = int(pathways.years[0]), pathways.last_observed_year
    shade_record(ax, first, last_observed)
    put_above(ax, (first + last_observed) / 2, word("record", lang), color=DARK)
    key_row(ax, entries_of(ax), above=20)


def _finish_strip(ax: Axes, pathways: Pathways, highest: float, lang: str) -> None:
    """Axes of the peak years, with room above the highest bar for its share."""
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    ax.set_ylabel(word("peak_share", lang), size="small")
    ax.set_ylim(0, HEADROOM * highest)
    light_number_ticks(ax, "y", count=3, format=lambda value: f"{value:g} %")
    shade_record(ax, first, pathways.last_observed_year)
    years_axis(ax, first, last, behind=True)
