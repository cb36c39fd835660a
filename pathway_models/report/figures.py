"""The figure of the first page: three shares without and with the advised measures, above both paths to one scale."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from pathway_models.figures import canvas, marks, style
from pathway_models.intake.naming import scenario_name
from pathway_models.language import say, scale_of, share_text, share_words, word
from pathway_models.records import Inventory, Pathways

#: Size, inches: text width, and a height that leaves room for answer, actions and costs.
SIZE = (8.0, 3.55)
#: Smallest share labelled with its number.
ROOM = 0.06


def decision(
    pathways: Pathways, headlines: Mapping[str, Mapping[str, object]], inventory: Inventory, before: int, lang: str
) -> Figure:
    """Draw the answer: one bar of shares a path, and the paths with their 90 % ranges below.

    Parameters
    ----------
    pathways : Pathways
    headlines : mapping scenario -> row
        Row of `Peaks.headline` of each path, in the order of the bars.
    inventory : Inventory
    before : int
        Year before which emissions shall peak.
    lang : {"en", "zh"}
    """
    names = list(headlines)
    high = 0.36 * len(names)
    figure, (paths,) = canvas.sheet(lang, SIZE, head=high + 0.86, foot=0.3)
    bars = figure.add_axes((0.0, 1 - (high + 0.28) / SIZE[1], 0.975, high / SIZE[1]))
    _bars(bars, headlines, before, lang)
    _paths(paths, pathways, names, inventory, before, lang)
    return figure


def _bars(ax: Axes, headlines: Mapping[str, Mapping[str, object]], before: int, lang: str) -> None:
    """Draw a bar of three shares for each path; the axis of years below is not theirs, so they stand in fractions."""
    ax.set_axis_off()
    whole, height = ax.transAxes, 1 / len(headlines)
    text = {"transform": whole, "va": "center", "parse_math": False}
    left, width = 0.24, 0.76
    for row, (name, found) in enumerate(headlines.items()):
        middle, at = 1 - (row + 0.5) * height, left
        ax.text(left - 0.015, middle, scenario_name(name, lang), ha="right", weight="bold", **text)
        for key, (colour, ink) in style.SHARE_COLOURS.items():
            share = float(str(found[key]))
            part = Rectangle((at, middle - 0.36 * height), share * width, 0.72 * height, color=colour, linewidth=0)
            part.set_transform(whole)
            ax.add_artist(part)
            if share >= ROOM:
                ax.text(at + share * width / 2, middle, share_text(share, lang), ha="center", color=ink, **text)
            at += share * width
    swatches = [Rectangle((0, 0), 1, 1, color=colour, linewidth=0) for colour, _ in style.SHARE_COLOURS.values()]
    words = share_words(lang, before).values()
    marks.key_row(ax, list(zip(swatches, words, strict=True)), above=5)


def _paths(ax: Axes, pathways: Pathways, names: list[str], inventory: Inventory, before: int, lang: str) -> None:
    """Draw both paths with their 90 % ranges to one scale, and the observed totals."""
    bands = {name: np.quantile(pathways.total()[pathways.index(name)], (0.05, 0.5, 0.95), axis=0) for name in names}
    scale = scale_of(max(float(band[2].max()) for band in bands.values()), lang)
    low = min(float(band[0].min()) for band in bands.values())
    ax.set_ylim(
        min(0.0, 1.1 * low / scale.divisor), 1.1 * max(float(b[2].max()) for b in bands.values()) / scale.divisor
    )
    canvas.years_axis(ax, int(pathways.years[0]), int(pathways.years[-1]))
    for name, band in bands.items():
        p05, p50, p95 = band / scale.divisor
        canvas.area(ax, pathways.years, p05, p95, color=canvas.fill_of(name), alpha=0.2, linewidth=0)
        look = canvas.style_of(name)
        ax.add_artist(Line2D(pathways.years, p50, **look, linewidth=2.0, label=scenario_name(name, lang)))
    dots = {"marker": "o", "color": "black", "markersize": 3, "linestyle": "none", "label": word("inventory", lang)}
    ax.add_artist(Line2D(inventory.years, inventory.total() / scale.divisor, **dots))
    canvas.shade_record(ax, int(pathways.years[0]), pathways.last_observed_year)
    canvas.mark_year(ax, before, lang)
    canvas.emissions_axis(ax, scale, lang)
    canvas.put_above(
        ax, float(pathways.years[-1]), say(lang, en="median and 90 % range", zh="中位数与90%区间"), ha="right"
    )
    marks.key_row(ax, marks.entries_of(ax), above=14)
