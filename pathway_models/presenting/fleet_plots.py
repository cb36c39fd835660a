"""Figures of a fleet: its total with peak years, with and without packages, and the coverage of bands."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.findings.fleet_coverage import BANDS, CLAIMED
from pathway_models.findings.fleet_packages import OFF, PACKAGE, FleetPackages
from pathway_models.findings.together import Together
from pathway_models.presenting.fleet_words import BAND_NAMES, count_text, fleet_head, invented_text, pick
from pathway_models.presenting.names import headline
from pathway_models.presenting.plotting.canvas import (
    DARK,
    FAINT,
    LEGEND,
    MARK,
    emissions_axis,
    mark_year,
    put_note,
    put_title,
    shade_record,
    sheet,
    years_axis,
)
from pathway_models.presenting.plotting.fan import fan
from pathway_models.presenting.plotting.fleet import short_name
from pathway_models.presenting.plotting.peak_years import peak_years as draw_peak_years
from pathway_models.presenting.rounding import Scale, scale_of
from pathway_models.presenting.words import INVENTED, say, word

#: Colour of the total without a package and with it; they differ in brightness.
WITHOUT, WITH = "#7F7F7F", "#0072B2"
#: Colour and line of the bands of `BANDS`.
BAND_STYLES = {
    "shared": {"color": "#0072B2", "linestyle": "solid", "linewidth": 2.2},
    "independent": {"color": "#D55E00", "linestyle": "dashed"},
    "summed": {"color": "#7F7F7F", "linestyle": "dotted"},
}


def total(together: Together, scenario: str, *, before: int = 2030, lang: str = "en") -> Figure:
    """Draw the fan of a fleet's total and the peak years of its members; the head says its coverage."""
    head = fleet_head(together, lang)
    return fan(together.pathways(), scenario, peaks=together.fleet.peaks(), park=head, before=before, lang=lang)


def peak_years(together: Together, *, before: int = 2030, lang: str = "en") -> Figure:
    """Draw the peak years of the fleet's members, one row a scenario."""
    return draw_peak_years(together.fleet.peaks(), park=fleet_head(together, lang), before=before, lang=lang)


def with_packages(found: FleetPackages, *, lang: str = "en") -> Figure:
    """Draw the total with and without each park's package, and beside it what each park reaches."""
    parks = found.together.fleet.parks
    size = (8.0, max(4.6, 1.9 + 0.27 * len(parks)))
    figure, axes = sheet(lang, size, columns=(1.45, 1.0), head=1.05, foot=1.15, right=0.985, wspace=0.5)
    # Rows of parks stand beside years of emissions: the two have no axis in common.
    axes[1].remove()
    right = figure.add_subplot(1, 2, 2)
    right.set_position([0.75, axes[0].get_position().y0, 0.23, axes[0].get_position().height])
    axes[0].set_position([0.105, axes[0].get_position().y0, 0.4, axes[0].get_position().height])
    _two_bands(axes[0], found.together, found.before, lang)
    _chances(right, found, lang)
    line = say(lang, en="What if every park took its cheapest package?", zh="若各园区均采用其最低成本组合？")
    put_title(figure, headline(fleet_head(found.together, lang), lang), line)
    asked = round(100 * found.probability)
    note = say(
        lang,
        en=f"Left: median and 90 % of members, parks added member by member. Right: share of members that peak before"
        f" {found.before}, without (open) and with the package (filled); line: {asked} % asked for. Filled squares: no"
        " package of the grid reaches it, the closest is taken. Picked on these members: fresh draws may reach a"
        " little less.",
        zh=f"左：中位数与90%的成员，各园区逐成员相加。右：{found.before}年以前达峰的成员占比，无措施（空心）与采用组合（实心）；"
        f"竖线：要求的{asked}%。实心方块：没有组合达标，取最接近者。组合按这些成员选出，换一批抽样可能略低。",
    )
    put_note(figure, note, lang)
    return figure


def _two_bands(ax: Axes, together: Together, before: int, lang: str) -> None:
    fleet, names = together.fleet, together.fleet.scenarios
    band = fleet.band((0.05, 0.5, 0.95))
    scale = scale_of(float(band[2].max()), lang)
    words = {OFF: say(lang, en="no lever", zh="无措施"), PACKAGE: say(lang, en="packages", zh="采用组合")}
    for name, colour, dash, alpha in ((OFF, WITHOUT, "dashed", 0.3), (PACKAGE, WITH, "solid", 0.35)):
        low, middle, high = band[:, names.index(name)] / scale.divisor
        ax.fill_between(fleet.years, low, high, color=colour, alpha=alpha, linewidth=0)
        ax.plot(fleet.years, middle, color=colour, linestyle=dash, linewidth=2.0, label=words[name])
    ax.set_ylim(min(0.0, 1.1 * float(band[0].min()) / scale.divisor), 1.1 * float(band[2].max()) / scale.divisor)
    emissions_axis(ax, scale, lang)
    shade_record(ax, int(fleet.years[0]), fleet.last_observed_year)
    years_axis(ax, int(fleet.years[0]), int(fleet.years[-1]))
    mark_year(ax, before, lang)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.05), ncols=2, **LEGEND)


def _chances(ax: Axes, found: FleetPackages, lang: str) -> None:
    parks, rows = found.together.fleet.parks, np.arange(len(found.together.fleet.parks))[::-1]
    alone, taken = (100 * found.together.chances(name, found.before).loc[list(parks)] for name in (OFF, PACKAGE))
    ax.hlines(rows, alone, taken, color=FAINT, linewidth=2.0)
    ax.plot(alone, rows, "o", markerfacecolor="white", markeredgecolor=WITHOUT, markersize=5, linestyle="none")
    reached = np.isin(parks, found.reached)
    for marker, which in (("o", reached), ("s", ~reached)):
        ax.plot(taken[which], rows[which], marker, color=WITH, markersize=5.5, linestyle="none", zorder=4)
    ax.axvline(100 * found.probability, color=MARK, linestyle=(0, (4, 2)), linewidth=1.2)
    ax.set_yticks(rows, [short_name(name, lang) for name in parks], size="small")
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-4, 104)
    ax.set_ylim(-0.7, len(parks) - 0.3)
    ax.set_xlabel(word("p_before_axis", lang, year=found.before), size="small")


def coverage(found: pd.DataFrame, count: int, *, lang: str = "en") -> Figure:
    """Draw how often each band of a fleet holds what then happens, and how wide it is.

    Parameters
    ----------
    found : DataFrame
        From `band_coverage`.
    count : int
        Its parks, all of them invented.
    lang : {"en", "zh"}
    """
    figure, (left, right) = sheet(lang, (8.0, 4.2), columns=(1, 1), head=1.05, foot=0.95, wspace=0.3)
    # The two have units of their own.
    right.remove()
    place = left.get_position()
    right = figure.add_axes((place.x1 + 0.115, place.y0, 0.985 - place.x1 - 0.125, place.height))
    scale = scale_of(float((found["high"] - found["low"]).max()), lang)
    for name in BANDS:
        part = found[found["band"] == name]
        left.plot(part["year"], 100 * part["coverage"], label=pick(BAND_NAMES[name], lang), **BAND_STYLES[name])
        right.plot(part["year"], (part["high"] - part["low"]) / scale.divisor, **BAND_STYLES[name])
    error = 100 * float(found["standard_error"].iloc[0])
    left.axhspan(100 * CLAIMED - 2 * error, 100 * CLAIMED + 2 * error, color="#E6E6E6", zorder=0, linewidth=0)
    left.axhline(100 * CLAIMED, color=DARK, linewidth=0.8)
    left.set_ylabel(say(lang, en="futures inside the band, %", zh="落入区间的未来，%"))
    left.set_ylim(min(60.0, 95 * float(found["coverage"].min())), 101.5)
    _width_axis(right, scale, lang)
    for ax in (left, right):
        years_axis(ax, int(found["year"].min()), int(found["year"].max()))
    left.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.01), ncols=3, **LEGEND)
    park = count_text(count, "park", lang)
    head = say(lang, en=f"{park}, {invented_text(1, 1, lang)}", zh=f"{park}，{invented_text(1, 1, lang)}")
    line = say(
        lang, en="Does the 90 % band of the total hold what happens?", zh="总量的90%区间是否包含实际发生的情况？"
    )
    put_title(figure, f"[{INVENTED}] {head}", line)
    note = say(
        lang,
        en="Equal copies of one park, tried on as many other national futures as the ensemble has members. Grey: 90 %"
        " and twice its sampling error. Sums of quantiles hold everything because they suppose all parks to have their"
        " worst future at once.",
        zh="同一园区的等同副本，以与集合成员数相同的其他全国性未来检验。灰带：90%及两倍抽样误差。分位数相加几乎包含一切，"
        "因为它假定所有园区同时遭遇各自最坏的未来。",
    )
    put_note(figure, note, lang)
    return figure


def _width_axis(ax: Axes, scale: Scale, lang: str) -> None:
    unit = word("per_year", lang, unit=scale.unit)
    ax.set_ylabel(say(lang, en=f"width of the band, {unit}", zh=f"区间宽度，{unit}"))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylim(bottom=0)
