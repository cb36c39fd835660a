"""The fan of an ensemble: its paths above, the peak years of its members below."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from pathway_models.findings.peaks import find_peaks
from pathway_models.presenting import sentences
from pathway_models.presenting.names import headline, scenario_name, scenario_order
from pathway_models.presenting.plotting.canvas import (
    DARK,
    FAINT,
    colour_of,
    emissions_axis,
    light,
    mark_year,
    put_note,
    put_title,
    sheet,
)
from pathway_models.presenting.rounding import Scale, scale_of, share_text
from pathway_models.presenting.words import word
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Members drawn as lines of their own.
SINGLE = 10
#: Where the bar of members without a peak stands, years behind the horizon.
BEHIND = 4


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
    figure, (ax, strip) = sheet(lang, (8.0, 5.2), rows=(4.2, 1.0), top=0.88, bottom=0.15)
    scale = scale_of(float(total.max()), lang)
    style = colour_of(scenario, scenario_order())
    _bands(ax, pathways, total / scale.divisor, style, lang)
    if inventory is not None:
        ax.plot(inventory.years, inventory.total() / scale.divisor, "o", color="black", markersize=3.5, zorder=5,
                label=word("inventory", lang))  # fmt: skip
    _finish_fan(ax, pathways, scale, before, lang)
    _peak_strip(strip, peaks, peaks.scenarios.index(scenario), style["color"], lang)
    mark_year(strip, before, lang, label=False)
    put_title(figure, head, scenario_name(scenario, lang))
    put_note(figure, sentences.median_path(pathways, peaks, scenario, lang=lang))
    return figure


def _bands(ax: Axes, pathways: Pathways, total: np.ndarray, style: dict[str, str], lang: str) -> None:
    """Bands, single members and the median; ``total`` is (member, year)."""
    years, colour = pathways.years, light(style["color"])
    p05, p25, p50, p75, p95 = np.quantile(total, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    ax.fill_between(years, p05, p95, color=colour, alpha=0.2, linewidth=0, label=word("band_90", lang))
    ax.fill_between(years, p25, p75, color=colour, alpha=0.35, linewidth=0, label=word("band_50", lang))
    some = [np.column_stack([years, path]) for path in total[:SINGLE]]
    label = word("single_members", lang, count=len(some))
    ax.add_collection(LineCollection(some, colors=DARK, linewidths=0.6, alpha=0.7, label=label))
    seen = years <= pathways.last_observed_year
    ahead = years >= pathways.last_observed_year
    ax.plot(years[ahead], p50[ahead], **style, linewidth=2.2, label=word("median", lang))
    ax.plot(years[seen], p50[seen], color="black", linewidth=2.2)


def _finish_fan(ax: Axes, pathways: Pathways, scale: Scale, before: int, lang: str) -> None:
    ax.axvspan(pathways.years[0] - 0.5, pathways.last_observed_year + 0.5, color="#F2F2F2", zorder=0)
    low, _ = ax.get_ylim()
    ax.set_ylim(bottom=min(low, 0.0))
    ax.set_ylim(top=ax.get_ylim()[1] * 1.06)
    middle = (pathways.years[0] + pathways.last_observed_year) / 2
    ax.annotate(word("record", lang), (middle, 0), (0, 4), xycoords=("data", "axes fraction"), color=DARK, size="small",
                textcoords="offset points", ha="center", va="bottom")  # fmt: skip
    mark_year(ax, before, lang)
    emissions_axis(ax, scale, lang)
    ax.legend(loc="lower left", bbox_to_anchor=(0.32, 0.0), size="small", ncols=2)


def _peak_strip(ax: Axes, peaks: Peaks, at: int, colour: str, lang: str) -> None:
    """Share of members by peak year, and of those without one behind the horizon."""
    years, shares, censored = peak_shares(peaks, at)
    last = int(peaks.years[-1])
    ax.bar(years, 100 * shares, width=0.9, color=light(colour))
    ax.bar([last + BEHIND], [100 * censored], width=2.6, color="white", edgecolor=colour, hatch="/////")
    ax.annotate(
        share_text(censored, lang), (last + BEHIND, 100 * censored), (0, 1), textcoords="offset points",
        ha="center", va="bottom", size="small",
    )  # fmt: skip
    ax.axvline(last + 1.5, color=FAINT, linewidth=0.8)
    ax.set_xlim(peaks.years[0] - 0.8, last + BEHIND + 2)
    ax.set_xticks([*range(int(np.ceil(peaks.years[0] / 10)) * 10, last + 1, 10), last + BEHIND])
    ax.set_xticklabels([*map(str, range(int(np.ceil(peaks.years[0] / 10)) * 10, last, 10)), *_ends(last)])
    ax.set_ylabel(word("peak_share", lang), size="small")
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    ax.margins(y=0.25)


def _ends(last: int) -> list[str]:
    return ([str(last)] if last % 10 == 0 else []) + [f">{last}"]


def peak_shares(peaks: Peaks, at: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Share of all members by peak year, and of those without a peak.

    Returns
    -------
    years : (Y,) int
    shares : (Y,)
        Together with the last value they add up to 1.
    censored : float
    """
    censored = peaks.censored()[at]
    counts = np.bincount(peaks.year[at][~censored] - peaks.years[0], minlength=peaks.years.size)
    return peaks.years, counts / peaks.members, float(censored.mean())
