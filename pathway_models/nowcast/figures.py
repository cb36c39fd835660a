"""Figures of the nowcast: observed years as filled points and a line, nowcast years hollow with their range."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.core import PathwayError
from pathway_models.figures.canvas import LEGEND, put_note, put_title, sheet
from pathway_models.language import say, word
from pathway_models.nowcast import tables
from pathway_models.records.nowcast import OBSERVED, RegionalEnsemble

#: Most regions of one figure.
MOST = 30
#: Number of axes in a row.
ACROSS = 5
COLOUR = "#0072B2"


def nowcast(found: RegionalEnsemble, *, lang: str = "en") -> Figure:
    """Draw every region: observed years filled, nowcast years hollow with 50 and 90 % of members.

    Parameters
    ----------
    found : RegionalEnsemble
        At most 30 regions.
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        There are more than `MOST` regions.
    """
    count = len(found.regions)
    if count > MOST:
        raise PathwayError(f"{count} regions: one figure holds {MOST}")
    across = min(ACROSS, count)
    down = -(-count // across)
    size = (8.0, 1.6 + (1.5 if down > 1 else 2.2) * down)
    figure, axes = sheet(lang, size, rows=(1.0,) * down, columns=(1.0,) * across, head=0.85, foot=0.85, left=0.07,
                         shared_y=False, hspace=0.35, wspace=0.3)  # fmt: skip
    at = {name: values / 1e6 for name, values in tables.quantiles(found.emissions).items()}
    for region, (ax, name) in enumerate(zip(axes, tables.names(found, lang), strict=False)):
        _draw(ax, found, {key: values[region] for key, values in at.items()})
        ax.set_title(name, size="small", pad=2)
    for ax in axes[count:]:
        ax.set_visible(False)
    axes[0].plot([], [], "o-", color="black", markersize=3, label=word("year_observed", lang))
    axes[0].plot([], [], "o", color=COLOUR, markersize=4, markerfacecolor="white", label=word("year_nowcast", lang))
    figure.legend(*axes[0].get_legend_handles_labels(), loc="upper right", ncols=2, **LEGEND)
    put_title(
        figure,
        say(lang, en="CO₂ of the provinces to date", zh="各省二氧化碳排放：推算至今"),
        say(lang, en="Mt CO₂ a year", zh="百万tCO₂/年"),
    )
    note = say(
        lang,
        en=f"Hollow: nowcast, not observed; median, 50 and 90 % of {found.emissions.shape[1]} members. Filled: CEADs"
        f" inventories to {found.last_observed}.",
        zh=f"空心点为现状推算，非观测：中位数、{found.emissions.shape[1]}次模拟的50%与90%区间。实心点为CEADs清单，"
        f"至{found.last_observed}年。",
    )
    put_note(figure, note, lang)
    return figure


def _draw(ax: Axes, found: RegionalEnsemble, at: dict[str, np.ndarray]) -> None:
    """Draw one region's quantiles, million t."""
    observed = np.array([status == OBSERVED for status in found.status])
    joined = ~observed
    joined[np.flatnonzero(observed)[-1]] = True
    years = found.years
    for low, high, alpha in (("p05", "p95", 0.15), ("p25", "p75", 0.3)):
        ax.fill_between(years[joined], at[low][joined], at[high][joined], color=COLOUR, alpha=alpha, linewidth=0)
    ax.plot(years[observed], at["p50"][observed], "o-", color="black", markersize=2, linewidth=1.0)
    ax.plot(years[~observed], at["p50"][~observed], "o", color=COLOUR, markersize=3, markerfacecolor="white")
    ax.set_ylim(0, None)
    ax.set_xticks([int(years[0]), found.last_observed, int(years[-1])])
    ax.tick_params(labelsize="x-small")
