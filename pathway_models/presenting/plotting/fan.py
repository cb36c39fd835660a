"""The fan of an ensemble: its paths above, the peak years of its members below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.findings.effects import index_of
from pathway_models.findings.peaks import find_peaks
from pathway_models.presenting import sentences
from pathway_models.presenting.names import headline, scenario_name
from pathway_models.presenting.plotting.axes import light_line, light_number_ticks
from pathway_models.presenting.plotting.canvas import (
    BEHIND,
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
from pathway_models.presenting.rounding import Scale, scale_of
from pathway_models.presenting.words import word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Size of one fan and of several, inches.
SIZE, SIZES = (8.0, 5.7), (8.0, 5.2)
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
        For the name in the title where the record carries no more than an id that the register does not know.
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
    return fans(pathways, [scenario], peaks=peaks, park=park, inventory=inventory, before=before, lang=lang)


def fans(
    pathways: Pathways,
    scenarios: Sequence[str],
    *,
    peaks: Peaks | None = None,
    park: Park | None = None,
    inventory: Inventory | None = None,
    before: int = 2030,
    lang: str = "en",
) -> Figure:
    """Draw the fans of some scenarios side by side, all to one scale; see `fan` for the arguments.

    A scenario named twice is drawn once.
    """
    names, count = list(dict.fromkeys(scenarios)), len(set(scenarios))
    totals = [pathways.total()[pathways.index(name)] for name in names]
    peaks = find_peaks(pathways) if peaks is None else peaks
    head, size = headline(park or pathways.identity, lang), SIZE if count == 1 else SIZES
    room = {"head": 0.98, "foot": 0.76 if count == 1 else 0.45 + 0.15 * (count + 1), "wspace": 0.06}
    figure, axes = sheet(lang, size, rows=(4.2, 1.0), columns=(1.0,) * count, **room)
    bands = [np.quantile(total, BAND, axis=0) for total in totals]
    scale = scale_of(max(float(band[-1].max()) for band in bands), lang)
    # A single extreme member may leave the sheet; the bands fill it.
    low, high = min(float(band[0].min()) for band in bands), max(float(band[-1].max()) for band in bands)
    axes[0].set_ylim(min(0.0, 1.1 * low / scale.divisor), 1.12 * high / scale.divisor)
    for ax, name, band, total in zip(axes, names, bands, totals, strict=False):
        _bands(ax, pathways.years, band / scale.divisor, total[:SINGLE] / scale.divisor, name, lang)
        _record(ax, pathways, inventory, scale, lang)
        mark_year(ax, before, lang)
        if count > 1:
            put_above(ax, float(pathways.years[-1]) + BEHIND, scenario_name(name, lang), size=None, ha="right",
                      weight="bold", color=style_of(name)["color"])  # fmt: skip
    emissions_axis(axes[0], scale, lang)
    if low < 0:
        for ax in axes[1:count]:  # the first has its zero line from its axis
            light_line(ax, "y", 0, color="black", linewidth=0.8)
    # The legend stands above, as nowhere inside the axes is always free of paths.
    key_row(axes[0], entries_of(axes[0]), above=20)
    _strips(axes[count:], pathways, peaks, names, before, lang)
    put_title(figure, head, scenario_name(names[0], lang) if count == 1 else word("title_fans", lang))
    put_note(figure, _note(pathways, peaks, names, lang), lang)
    return figure


def _note(pathways: Pathways, peaks: Peaks, names: Sequence[str], lang: str) -> str:
    """What the median line is and is not, with the name of each scenario where there are several."""
    notes = [sentences.median_path(pathways, peaks, name, lang=lang) for name in names]
    if len(notes) == 1:
        return notes[0]
    colon = word("colon", lang)
    firsts = [
        f"{scenario_name(name, lang)}{colon}{note.split(chr(10))[0]}" for name, note in zip(names, notes, strict=True)
    ]
    return "\n".join([*firsts, notes[0].split("\n")[1]])


def _bands(ax: Axes, years: np.ndarray, band: np.ndarray, single: np.ndarray, scenario: str, lang: str) -> None:
    """Bands and the median of `BAND`, (5, year), and single members, (member, year)."""
    p05, p25, p50, p75, p95 = band
    colour = fill_of(scenario)
    area(ax, years, p05, p95, color=colour, alpha=0.22, linewidth=0, label=word("band_90", lang))
    area(ax, years, p25, p75, color=colour, alpha=0.38, linewidth=0, label=word("band_50", lang))
    some = [np.column_stack([years, path]) for path in single]
    label = word("single_members", lang, count=len(some))
    ax.add_artist(LineCollection(some, colors=DARK, linewidths=0.6, alpha=0.65, label=label))
    ax.add_artist(Line2D(years, p50, **style_of(scenario), linewidth=2.2, label=word("median", lang)))


def _record(ax: Axes, pathways: Pathways, inventory: Inventory | None, scale: Scale, lang: str) -> None:
    """Shade and name the observed years, and draw what the inventory has for them."""
    first, last_observed = int(pathways.years[0]), pathways.last_observed_year
    if inventory is not None:
        dots = {"marker": "o", "color": "black", "markersize": 3.5, "linestyle": "none"}
        observed = inventory.total() / scale.divisor
        ax.add_artist(Line2D(inventory.years, observed, label=word("inventory", lang), **dots))
    shade_record(ax, first, last_observed)
    put_above(ax, (first + last_observed) / 2, word("record", lang), color=DARK)


def _strips(
    axes: Sequence[Axes], pathways: Pathways, peaks: Peaks, names: Sequence[str], before: int, lang: str
) -> None:
    """Peak years of each scenario's members, all to one scale, with room above the highest bar for its share."""
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    highest = 0.0
    for ax, name in zip(axes, names, strict=True):
        row, colour = index_of(peaks, name), fill_of(name)
        highest = max(highest, draw_spreads(ax, peaks, [row], [colour], np.zeros(1), lang, unit=100))
        shade_record(ax, first, pathways.last_observed_year)
        years_axis(ax, first, last, behind=True)
        mark_year(ax, before, lang, label=False)
    axes[0].set_ylabel(word("peak_share", lang), size="small")
    axes[0].set_ylim(0, HEADROOM * highest)
    light_number_ticks(axes[0], "y", count=3, format=lambda value: f"{value:g} %")
