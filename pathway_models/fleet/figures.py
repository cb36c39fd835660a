"""Figures of a fleet: totals, peak years, packages, coverage of bands, distances from the kind, shared budgets."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.figures import canvas, marks, style
from pathway_models.fleet import fleet_results, tables, totals
from pathway_models.fleet.benchmarking import ENOUGH, INDICATORS, OUTLIER
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.kernels.turning_points import PeakRule
from pathway_models.language import INVENTED, rounding, say, word
from pathway_models.pathways.figures import fan, frame
from pathway_models.peaks.figures import peak_years as draw_peak_years
from pathway_models.runs.tables import typed

#: Colour and line of the bands of `BANDS`.
BAND_STYLES = {
    "shared": {"color": "#0072B2", "linestyle": "solid", "linewidth": 2.2},
    "independent": {"color": "#D55E00", "linestyle": "dashed"},
    "summed": {"color": "#7F7F7F", "linestyle": "dotted"},
}


def total(results: fleet_results.FleetResults, scenario: str, *, before: int = 2030, lang: str = "en") -> Figure:
    """Draw the fan of a fleet's total and the peak years of its members; the title states its coverage.

    Years beyond the tested horizon of the growth law are not drawn.
    """
    head, short = tables.fleet_head(results), results.as_far_as_tried(before)
    return fan(short.pathways(), scenario, peaks=short.fleet.peaks(), park=head, before=before, lang=lang)


def peak_years(results: fleet_results.FleetResults, *, before: int = 2030, lang: str = "en") -> Figure:
    """Draw the peak years of the fleet's members, one row a scenario."""
    return draw_peak_years(
        results.as_far_as_tried(before).fleet.peaks(), park=tables.fleet_head(results), before=before, lang=lang
    )


#: Height of the total beside the rows of parks, inches.
FAN = 3.4


def with_packages(found: fleet_results.FleetPackages, *, lang: str = "en") -> Figure:
    """Draw the total with and without each park's package, and beside it the probability that each park reaches."""
    parks = found.results.fleet.parks
    size = (8.0, max(4.6, 1.9 + 0.27 * len(parks)))
    figure, axes = canvas.sheet(lang, size, columns=(1.45, 1.0), head=1.05, foot=1.15, right=0.985, wspace=0.5)
    # Rows of parks and years of emissions share no axis.
    axes[1].remove()
    right = figure.add_subplot(1, 2, 2)
    right.set_position([0.75, axes[0].get_position().y0, 0.23, axes[0].get_position().height])
    # The rows may be many; the fan need not be as high.
    high = min(axes[0].get_position().height, FAN / size[1])
    axes[0].set_position([0.105, axes[0].get_position().y1 - high, 0.4, high])
    _two_bands(axes[0], found.results.as_far_as_tried(found.before), found.before, lang)
    _chances(right, found, lang)
    line = say(lang, en="What if every park took its cheapest package?", zh="若各园区均采用其最低成本组合？")
    canvas.put_title(figure, headline(tables.fleet_head(found.results), lang), line)
    asked = round(100 * found.probability)
    note = say(
        lang,
        en=f"Left: median, 50 % and 90 % of members, parks added member by member. Right: share of members that peak"
        f" before {found.before}, without (open) and with the package (filled); line: {asked} % asked for. Filled"
        " squares: no package of the grid reaches it, the closest is taken. Packages were chosen on these members:"
        " fresh draws may reach a little less.",
        zh=f"左：中位数、50%与90%区间，各园区逐次模拟相加。右：{found.before}年以前达峰的模拟结果占比，无措施（空心）与采用组合（实心）；"
        f"竖线：要求的{asked}%。实心方块：没有组合达标，取最接近者。组合按这些模拟选出，换一批抽样可能略低。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _two_bands(ax: Axes, results: fleet_results.FleetResults, before: int, lang: str) -> None:
    fleet, names = results.fleet, results.fleet.scenarios
    band = fleet.band()
    low, high = frame(band.swapaxes(0, 1), fleet.last_observed_year - int(fleet.years[0]))
    scale = rounding.scale_of(high, lang)
    words = {
        fleet_results.OFF: say(lang, en="no lever", zh="无措施"),
        fleet_results.PACKAGE: say(lang, en="packages", zh="采用组合"),
    }
    for name, colour, dash in (
        (fleet_results.OFF, style.WITHOUT, "dashed"),
        (fleet_results.PACKAGE, style.WITH, "solid"),
    ):
        p05, p25, middle, p75, p95 = band[:, names.index(name)] / scale.divisor
        ax.fill_between(fleet.years, p05, p95, color=colour, alpha=0.2, linewidth=0)
        ax.fill_between(fleet.years, p25, p75, color=colour, alpha=0.25, linewidth=0)
        ax.plot(fleet.years, middle, color=colour, linestyle=dash, linewidth=2.0, label=words[name])
    ax.set_ylim(low / scale.divisor, high / scale.divisor)
    canvas.emissions_axis(ax, scale, lang)
    canvas.shade_record(ax, int(fleet.years[0]), fleet.last_observed_year)
    canvas.years_axis(ax, int(fleet.years[0]), int(fleet.years[-1]))
    canvas.mark_year(ax, before, lang)
    marks.key_row(ax, marks.entries_of(ax), above=20)


def _chances(ax: Axes, found: fleet_results.FleetPackages, lang: str) -> None:
    parks, rows = found.results.fleet.parks, np.arange(len(found.results.fleet.parks))[::-1]
    alone, taken = (
        100 * found.results.chances(name, found.before).loc[list(parks)]
        for name in (fleet_results.OFF, fleet_results.PACKAGE)
    )
    ax.hlines(rows, alone, taken, color=canvas.FAINT, linewidth=2.0)
    ax.plot(alone, rows, "o", markerfacecolor="white", markeredgecolor=style.WITHOUT, markersize=5, linestyle="none")
    reached = np.isin(parks, found.reached)
    for marker, which in (("o", reached), ("s", ~reached)):
        ax.plot(taken[which], rows[which], marker, color=style.WITH, markersize=5.5, linestyle="none", zorder=4)
    ax.axvline(100 * found.probability, color=canvas.MARK, linestyle=(0, (4, 2)), linewidth=1.2)
    ax.set_yticks(rows, [tables.short_name(name, lang) for name in parks], size="small")
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-4, 104)
    ax.set_ylim(-0.7, len(parks) - 0.3)
    ax.set_xlabel(word("p_before_axis", lang, year=found.before), size="small")


def coverage(found: pd.DataFrame, count: int, *, lang: str = "en") -> Figure:
    """Draw coverage and width of each band of a fleet of ``count`` invented parks, from `band_coverage`."""
    figure, (left, right) = canvas.sheet(lang, (8.0, 4.2), columns=(1, 1), head=1.05, foot=0.95, wspace=0.3)
    # The two have different units.
    right.remove()
    place = left.get_position()
    right = figure.add_axes((place.x1 + 0.115, place.y0, 0.985 - place.x1 - 0.125, place.height))
    scale = rounding.scale_of(float((found["high"] - found["low"]).max()), lang)
    for name in fleet_results.BANDS:
        part = found[found["band"] == name]
        left.plot(
            part["year"], 100 * part["coverage"], label=tables.pick(tables.BAND_NAMES[name], lang), **BAND_STYLES[name]
        )
        right.plot(part["year"], (part["high"] - part["low"]) / scale.divisor, **BAND_STYLES[name])
    error = 100 * float(found["standard_error"].iloc[0])
    left.axhspan(
        100 * fleet_results.CLAIMED - 2 * error,
        100 * fleet_results.CLAIMED + 2 * error,
        color="#E6E6E6",
        zorder=0,
        linewidth=0,
    )
    left.axhline(100 * fleet_results.CLAIMED, color=canvas.DARK, linewidth=0.8)
    left.set_ylabel(say(lang, en="futures inside the band, %", zh="落入区间的未来，%"))
    left.set_ylim(min(60.0, 95 * float(found["coverage"].min())), 101.5)
    _width_axis(right, scale, lang)
    for ax in (left, right):
        canvas.years_axis(ax, int(found["year"].min()), int(found["year"].max()))
    left.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.01), ncols=3, **canvas.LEGEND)
    park = tables.count_text(count, "park", lang)
    head = say(lang, en=f"{park}, {tables.invented_text(1, 1, lang)}", zh=f"{park}，{tables.invented_text(1, 1, lang)}")
    line = say(
        lang, en="Does the 90 % band of the total contain what happens?", zh="总量的90%区间是否包含实际发生的情况？"
    )
    canvas.put_title(figure, f"[{INVENTED}] {head}", line)
    note = say(
        lang,
        en="Identical copies of one park, tested on as many other national futures as the ensemble has members. Grey:"
        " 90 % and twice its sampling error. Sums of quantiles contain everything because they assume that all parks"
        " have their worst future at once.",
        zh="同一园区的等同副本，以与模拟次数相同的其他全国性未来检验。灰带：90%及两倍抽样误差。分位数相加几乎包含一切，"
        "因为它假定所有园区同时遭遇各自最坏的未来。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _width_axis(ax: Axes, scale: rounding.Scale, lang: str) -> None:
    unit = word("per_year", lang, unit=scale.unit)
    ax.set_ylabel(say(lang, en=f"width of the band, {unit}", zh=f"区间宽度，{unit}"))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylim(bottom=0)


#: Largest distance on the axis; points beyond it stand at the edge with their number.
EDGE = 8.0
#: Characters of a line of an indicator's name.
LABEL = {"en": 20, "zh": 10}
#: Colour and hatch of each rule, distinct in brightness for grey print.
RULE_STYLES = {
    "grandfathering": ("#3B3B3B", ""),
    "value_added": ("#9CCBE8", ""),
    "capability": ("#FFFFFF", "////"),
    "marginal_cost": ("#D55E00", ""),
}


def distances(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw the distance of each park from the median of its kind, indicator by indicator, from `benchmark`.

    Raises
    ------
    PathwayError
        Parks and regions are mixed.
    """
    kind = fleet_results.check_kinds(table["kind"])
    # An indicator without any comparison has no row.
    names = [name for name in INDICATORS if table[f"{name}_distance"].notna().any()]
    figure, (ax,) = canvas.sheet(
        lang, (8.0, 2.0 + 0.6 * max(len(names), 1)), head=0.75, foot=1.2, left=0.2, right=0.965
    )
    ax.axvspan(-OUTLIER, OUTLIER, color=canvas.SHADE, zorder=0, linewidth=0)
    ax.axvline(0, color=canvas.FAINT, linewidth=0.8)
    made_up = table["invented"].to_numpy(bool)
    for at, name in enumerate(names):
        row = len(names) - 1 - at
        far = table[f"{name}_distance"].to_numpy(float)
        _points(ax, np.clip(far, -EDGE, EDGE), row, made_up, np.abs(far) > OUTLIER)
        _name_far(ax, table["park_id"].tolist(), far, row, lang)
    if not names:
        nobody = say(lang, en=f"fewer than {ENOUGH} of one industry to compare", zh=f"同行业不足{ENOUGH}个，不作比较")
        ax.text(0.5, 0.5, nobody, transform=ax.transAxes, ha="center", va="center", parse_math=False)
        ax.set_axis_off()
    ax.set_yticks(
        np.arange(len(names))[::-1],
        [canvas.wrapped(tables.pick(tables.INDICATOR_NAMES[name], lang), LABEL[lang]) for name in names],
    )
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.65, len(names) - 0.3)
    ax.set_xlim(-EDGE - 0.6, EDGE + 0.6)
    ax.set_xlabel(say(lang, en="robust distance from the median of the kind", zh="与同类中位数的稳健距离"))
    line = say(lang, en="Where does each stand among its kind?", zh="各自在同类中处于什么位置？")
    canvas.put_title(figure, tables.parks_head(len(table), int(made_up.sum()), kind, lang), line)
    canvas.put_note(figure, _distance_note(table, bool(made_up.any()), lang), lang)
    return figure


def _points(ax: Axes, places: np.ndarray, row: int, made_up: np.ndarray, far: np.ndarray) -> None:
    """Draw the points of one indicator; invented parks are hollow diamonds, outliers have another colour."""
    for invented, marker in ((False, "o"), (True, "D")):
        for outside, colour in ((False, "#0072B2"), (True, "#D55E00")):
            which = (made_up == invented) & (far == outside) & np.isfinite(places)
            face = "white" if invented else colour
            ax.plot(places[which], np.full(which.sum(), row), marker, linestyle="none", markerfacecolor=face,
                    markeredgecolor=colour, markersize=5, alpha=0.85, zorder=3)  # fmt: skip


def _name_far(ax: Axes, parks: list[str], far: np.ndarray, row: int, lang: str) -> None:
    """Name outliers above their points, those of one side in one text, the farthest first."""
    for side in (-1, 1):
        order = [at for at in np.argsort(-np.abs(far)) if side * far[at] > OUTLIER]
        if not order:
            continue
        shown = [f"{tables.short_name(parks[at], lang)} {far[at]:+.1f}" for at in order[:3]]
        more = len(order) - len(shown)
        shown += [say(lang, en=f"{more} more", zh=f"另{more}个")] if more else []
        ax.annotate(say(lang, en=", ", zh="、").join(shown), (side * (EDGE + 0.5), row), (0, 6),
                    textcoords="offset points", ha="left" if side < 0 else "right", va="bottom", size="small",
                    color=canvas.DARK)  # fmt: skip


def _distance_note(table: pd.DataFrame, made_up: bool, lang: str) -> str:
    years = sorted({int(year) for year in table["year"]})
    when = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
    hollow = say(lang, en=" Open diamonds: invented.", zh="空心菱形：虚构。") if made_up else ""
    return say(
        lang,
        en=f"Last observed year ({when}). Distance 0.6745 (x - median) / MAD, beyond {OUTLIER} called an outlier;"
        f" points are cut off at {EDGE:g}. Amounts per value added or energy are compared as logarithms.{hollow} An"
        " outlier is unlike its kind, which is neither a fault nor a merit. Parks with fewer than"
        f" {ENOUGH} of their industry are not compared.",
        zh=f"最后观测年（{when}）。距离为0.6745×(x-中位数)/绝对中位差，超过{OUTLIER}称为离群；{EDGE:g}处截断。单位增加值或单位能耗的指标取对数比较。"
        f"{hollow}离群只说明与同类不同，并非优劣。同行业园区不足{ENOUGH}个时不作比较。",
    )


def shares(found: fleet_results.Shares, table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw a budget by every rule side by side: tonnes, and the share relative to each park's emissions.

    ``table`` is the `benchmark` of the same parks.
    """
    rules, count = [name for name in fleet_results.RULES if name in found.by_rule], len(found.parks)
    table = table.set_index("park_id").loc[list(found.parks)]
    kind, made_up = fleet_results.check_kinds(table["kind"]), int(table["invented"].sum())
    order = np.argsort(-found.emissions, kind="stable")
    note, head = _shares_note(found, lang), 1.05
    foot = 0.75 + 0.16 * (len(note) // (canvas.NOTE_WIDTH[lang]) + 1 + note.count("\n"))
    size = (8.0, max(2.35 + (0.115 * len(rules) + 0.1) * count, head + foot + 0.8))
    figure, (left, right) = canvas.sheet(lang, size, columns=(1, 1), head=head, foot=foot, left=0.22, wspace=0.12)
    scale = rounding.scale_of(float(max(found.emissions.max(), *(one.max() for one in found.by_rule.values()))), lang)
    rows, height = np.arange(count)[::-1].astype(float), 0.8 / len(rules)
    for at, name in enumerate(rules):
        colour, hatch = RULE_STYLES[name]
        tonnes, place = found.by_rule[name][order], rows + 0.4 - (at + 0.5) * height
        look = {"color": colour, "hatch": hatch, "edgecolor": canvas.DARK, "linewidth": 0.5, "height": height}
        look["facecolor"] = look.pop("color")
        left.barh(place, tonnes / scale.divisor, label=tables.pick(tables.RULE_NAMES[name], lang), **look)
        relative = np.divide(
            tonnes, found.emissions[order], out=np.full(count, np.nan), where=found.emissions[order] > 0
        )
        right.barh(place, 100 * relative, **look)
    left.vlines(found.emissions[order] / scale.divisor, rows - 0.42, rows + 0.42, color="black", linewidth=1.6)
    right.axvline(100, color="black", linewidth=1.6)
    _finish_shares(figure, left, right, [tables.short_name(found.parks[at], lang) for at in order], lang)
    left.set_xlabel(word("per_year", lang, unit=scale.unit))
    line = say(
        lang,
        en=f"A budget of {rounding.emissions_text(found.budget, lang)} in {found.year}, by {len(rules)} rules",
        zh=f"{found.year}年预算{rounding.emissions_text(found.budget, lang)}，{len(rules)}种规则",
    )
    canvas.put_title(figure, tables.parks_head(count, made_up, kind, lang), line)
    canvas.put_note(figure, note, lang)
    return figure


def _finish_shares(figure: Figure, left: Axes, right: Axes, names: list[str], lang: str) -> None:
    left.set_yticks(np.arange(len(names))[::-1], names, size="small")
    left.set_ylim(-0.6, len(names) - 0.4)
    left.set_xlim(left=0)
    left.xaxis.set_major_formatter("{x:,.0f}")
    # No bar is cut off: the axis extends to the largest.
    right.set_xlim(0, 1.05 * max(right.dataLim.x1, 110.0))
    for ax in (left, right):
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
    right.set_xlabel(say(lang, en="of emissions on record, %", zh="占观测排放，%"))
    handles, labels = left.get_legend_handles_labels()
    handles.append(Line2D([], [], color="black", linewidth=1.6))
    labels.append(say(lang, en="last on record", zh="最近观测"))
    top = 1 - 0.55 / figure.get_figheight()
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.005, top), ncols=5, **canvas.LEGEND)


def _shares_note(found: fleet_results.Shares, lang: str) -> str:
    left_out = "".join(
        say(
            lang,
            en=f"\nNot computed: {tables.pick(tables.RULE_NAMES[name], lang)} ({tables.reason_text(why, lang)}).",
            zh=f"\n未计算：{tables.pick(tables.RULE_NAMES[name], lang)}（{tables.reason_text(why, lang)}）。",
        )
        for name, why in found.left_out.items()
    )
    return say(
        lang,
        en="Whole tonnes; every rule adds up to the budget exactly. None is recommended: they express different ideas"
        f" of fairness.{left_out}",
        zh=f"以整吨计，每种规则之和恰为预算。不推荐任何一种：它们是不同的公平观念。{left_out}",
    )


#: Distance of a scenario's range from the middle of the row.
APART = 0.19


#: Markers of the first and the second scenario; invented parks have a hollow diamond in both.
MARKERS = ("o", "s")


QUANTILES = ("peak_year_p05", "peak_year_p50", "peak_year_p95")
#: Between them the middle half of the members peak.
HALF = ("peak_year_p25", "peak_year_p75")


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
        The summary has no row of a scenario requested.
    """
    summary = typed(summary)
    named = list(summary["scenario"].unique())
    pair = tuple(dict.fromkeys(scenarios or (named[0], named[-1])))
    for name in pair:
        if name not in named:
            raise ValueError(f"the summary has no scenario {name!r}; it has {', '.join(named)}")
    parks, places = _arranged(summary, pair[-1])
    last = horizon(summary)
    first = int(min(summary[QUANTILES[0]].map(totals.year_number).min(), before - 5))
    figure, (ax,) = canvas.sheet(lang, (8.0, 1.55 + 0.235 * len(parks)), head=0.95, foot=0.6, left=0.225)
    for at, name in enumerate(pair):
        part = summary[summary["scenario"] == name].set_index("park_id").loc[parks]
        shift = (at - (len(pair) - 1) / 2) * 2 * APART
        _ranges(ax, part, places + shift, name, at, last)
    made_up = summary.drop_duplicates("park_id").set_index("park_id")["invented"].astype(bool).loc[parks].to_numpy()
    _name_rows(ax, parks, places, made_up, lang)
    canvas.years_axis(ax, first, last, behind=True)
    canvas.mark_year(ax, before, lang)
    _key(figure, pair, bool(made_up.any()), lang)
    canvas.put_title(figure, word("title_all_parks", lang), word("range_90", lang))
    canvas.put_note(figure, word("note_all_parks", lang, last=last - PeakRule().follow), lang)
    return figure


def horizon(summary: pd.DataFrame) -> int:
    """Return the last year of the pathways behind a summary."""
    if "until" in summary:
        return int(summary["until"].max())
    texts = summary[list(QUANTILES)].astype(str).to_numpy().ravel()
    return max(int(text[1:]) + PeakRule().follow if text.startswith(">") else int(text) for text in texts)


def _arranged(summary: pd.DataFrame, scenario: str) -> tuple[list[str], np.ndarray]:
    """Order parks by their median peak, invented ones behind a gap; return them and their rows."""
    part = summary[summary["scenario"] == scenario]
    keys = part.assign(**{name: part[name].map(totals.year_number) for name in QUANTILES})
    keys = keys.sort_values(["invented", "peak_year_p50", "peak_year_p95", "park_id"], kind="stable")
    gap = keys["invented"].to_numpy(int) * (not keys["invented"].all())
    return keys["park_id"].tolist(), np.arange(len(keys)) + 1.3 * gap


def _ranges(ax: Axes, part: pd.DataFrame, rows: np.ndarray, scenario: str, at: int, last: int) -> None:
    """Draw p05 to p95, the middle half and the median of each park; a range without an end runs to an arrow.

    A park whose peak years fall into separate parts has neither middle half nor median.
    """
    low, middle, high = (part[name].map(totals.year_number).to_numpy(float) for name in QUANTILES)
    invented, colour = part["invented"].to_numpy(bool), canvas.fill_of(scenario)
    open_end, end = np.isinf(high), last + canvas.BEHIND
    ax.hlines(rows, np.minimum(low, end), np.where(open_end, end, high), color=colour, linewidth=1.5, alpha=0.7)
    ax.plot(np.full(open_end.sum(), end), rows[open_end], ">", color=colour, markersize=4.5)
    # Separate parts have no median that is worth a mark: it would lie between them.
    one_part = (part["peak_parts"].fillna("") == "").to_numpy() if "peak_parts" in part else np.ones(len(part), bool)
    if set(HALF) <= set(part):  # runs of older versions do not have it
        early, late = (np.minimum(part[name].map(totals.year_number).to_numpy(float), end)[one_part] for name in HALF)
        ax.hlines(rows[one_part], early, late, color=colour, linewidth=4.6, alpha=0.55, label="halves")
    for mark, face, which in ((MARKERS[at], colour, ~invented & one_part), ("D", "white", invented & one_part)):
        place = np.where(np.isinf(middle), end, middle)[which]
        ax.plot(place, rows[which], mark, markerfacecolor=face, markeredgecolor=colour, markersize=4.5, zorder=5)


def _name_rows(ax: Axes, parks: list[str], places: np.ndarray, made_up: np.ndarray, lang: str) -> None:
    """Write names beside the rows, and the mark of invention above the invented ones."""
    ax.set_yticks(places, [tables.short_name(park_id, lang) for park_id in parks], size="small")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(places[-1] + 0.7, places[0] - 0.7)
    if made_up.any():
        above = places[made_up][0] - 0.62
        ax.annotate(INVENTED, (0, above), (-4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                    ha="right", va="bottom", size="small", weight="bold")  # fmt: skip
        ax.axhline(above, color=canvas.DARK, linewidth=0.8)


def _key(figure: Figure, pair: tuple[str, ...], some_invented: bool, lang: str) -> None:
    """Put a legend at the top right: marker and colour of each scenario, and of invented parks."""
    handles = [
        Line2D([], [], color=canvas.fill_of(name), marker=MARKERS[at], markersize=5, label=scenario_name(name, lang))
        for at, name in enumerate(pair)
    ]
    if some_invented:
        label = word("invented_park", lang)
        look = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": "black", "markersize": 5}
        handles.append(Line2D([], [], color="none", label=label, **look))
    figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(0.985, 1.0), fontsize="small")
