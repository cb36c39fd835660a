"""Figures of drivers: effects in the record, changes by scenario, and given paths beside the baseline's."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.figures import canvas
from pathway_models.figures.axes import light_line, light_number_ticks, light_ticks
from pathway_models.figures.marks import markers, segments
from pathway_models.figures.style import WITH, WITHOUT
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.inventory.decomposition import Decomposition
from pathway_models.language import rounding, say, word
from pathway_models.pathways import plan_effects, sentences, tables
from pathway_models.peaks.finding import ScenarioDifference, reference_of, scenario_differences, year_index
from pathway_models.records import Park, Pathways, Peaks, Scenario

#: Characters of a driver's name in one line.
LABEL_WIDTH = {"en": 12, "zh": 5}
#: Width of a dot of a median or a share, points.
DOT = 6.5
UP, DOWN, LEVEL = "#C98B6B", "#BFD3DE", "#4D4D4D"


def decomposition(parts: Decomposition, *, park: Park | None = None, lang: str = "en") -> Figure:
    """Draw the change of observed emissions as a waterfall of its drivers.

    Parameters
    ----------
    parts : Decomposition
    park : Park, optional
        For the name in the title where the record carries no more than an id that the register does not know.
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        The park is not in the register and not given.
    """
    head = headline(park or parts.identity, lang)
    scale = rounding.scale_of(float(np.abs(parts.emissions).max()), lang)
    sums = {name: value / scale.divisor for name, value in parts.sums().items() if value != 0}
    first, last = (float(value) / scale.divisor for value in parts.emissions[[0, -1]])
    steps = np.array(list(sums.values()))
    starts = first + np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    figure, (ax,) = canvas.sheet(lang, foot=0.72)
    places = np.arange(1, steps.size + 1)
    hatches = ["" if step >= 0 else "////" for step in steps]
    colours = [UP if step >= 0 else DOWN for step in steps]
    ax.bar(places, steps, 0.66, starts, color=colours, hatch=hatches, edgecolor="black", linewidth=0.5, zorder=2)
    ax.bar([0, steps.size + 1], [first, last], 0.66, color=LEVEL, edgecolor="black", linewidth=0.5, zorder=2)
    levels = np.concatenate([[first], starts + steps])
    ax.hlines(levels, np.arange(levels.size) + 0.33, np.arange(levels.size) + 0.67, color=canvas.DARK, linewidth=0.8)
    tops = [first, *np.maximum(starts, starts + steps), last]
    # The same decimals for all, so that they can be added up by eye.
    decimals = int(np.clip(3 - np.floor(np.log10(max(tops))), 0, 3))
    texts = [f"{first:,.{decimals}f}", *(f"{step:+,.{decimals}f}" for step in steps), f"{last:,.{decimals}f}"]
    for place, (top, text) in enumerate(zip(tops, texts, strict=True)):
        ax.annotate(text, (place, top), (0, 2), textcoords="offset points", ha="center", va="bottom", size="small")
    names = [canvas.wrapped(word(name, lang), LABEL_WIDTH[lang]) for name in sums]
    labels = [str(parts.years[0]), *names, str(parts.years[-1])]
    ax.set_xticks(range(len(labels)), labels, size="small")
    ax.grid(axis="x", visible=False)
    ax.set_ylim(top=1.08 * max(tops))
    canvas.emissions_axis(ax, scale, lang)
    canvas.put_title(figure, head, word("title_decomposition", lang, first=parts.years[0], last=parts.years[-1]))
    return figure


#: Colours and hatches of the groups of doubt, distinct in grey print too.
DOUBT = (("#0072B2", ""), ("#E69F00", "////"), ("#009E73", "...."), ("#D9D9D9", ""))


def doubt(found: Sequence[plan_effects.Doubt], *, park: Park | None = None, lang: str = "en") -> Figure:
    """Draw one bar a scenario: how much of the headline's doubt is growth, levers, factors, the park's own noise.

    Parameters
    ----------
    found : sequence of Doubt
        Of one park; parts below zero, of groups that reduce the doubt, are drawn as zero.
    park : Park, optional
    lang : {"en", "zh"}
    """
    head = headline(park or found[0].identity, lang)
    figure, (ax,) = canvas.sheet(lang, foot=0.9, left=0.17)
    places = np.arange(len(found))[::-1]
    parts = 100 * np.array([[one.shown().get(name, 0.0) for name in sentences.GROUPS_OF_DOUBT] for one in found])
    starts = np.cumsum(parts, axis=1) - parts
    for at, (names, (colour, hatch)) in enumerate(zip(sentences.GROUPS_OF_DOUBT.values(), DOUBT, strict=True)):
        look = {"color": colour, "hatch": hatch, "edgecolor": "black", "linewidth": 0.5}
        ax.barh(places, parts[:, at], 0.6, starts[:, at], label=say(lang, en=names[0], zh=names[1]), **look)
    ax.set_yticks(places, [canvas.wrapped(scenario_name(one.scenario, lang), 14) for one in found])
    ax.set_ylim(-0.6, len(found) - 0.4)
    ax.set_xlim(0, 100)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(say(lang, en="share of uncertainty, %", zh="占不确定性的比例，%"), size="small")
    figure.legend(loc="lower center", ncols=len(sentences.GROUPS_OF_DOUBT), **canvas.LEGEND)
    question = say(lang, en="Where does the uncertainty come from? Peak before {}", zh="不确定性来自何处？{}年以前达峰")
    canvas.put_title(figure, head, question.format(found[0].before))
    return figure


def compare(
    pathways: Pathways,
    peaks: Peaks,
    scenarios: Mapping[str, Scenario],
    *,
    park: Park | None = None,
    year: int = 2035,
    before: int = 2030,
    lang: str = "en",
) -> Figure:
    """Draw what each scenario changes against the one without levers: emissions in a year, and early peaks.

    Where every scenario moves levers, the first is the reference; of a single scenario only its share of early
    peaks remains.

    Parameters
    ----------
    pathways, peaks
        Of one ensemble; the draws are the same in all scenarios, so that differences are paired.
    scenarios : mapping of Scenario
    park : Park, optional
        For the name in the title where the record carries no more than an id that the register does not know.
    year : int
        Year of the emissions compared; the last one where the pathways end before it.
    before : int
        Year before which the park shall peak.
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        The park is not in the register and not given.
    """
    found = scenario_differences(pathways, peaks, scenarios, year=year, before=before)
    reference = reference_of(scenarios, pathways.scenarios)
    head = headline(park or pathways.identity, lang)
    size = (8.0, 1.65 + 0.36 * max(len(found), 1))
    margins = {"head": 0.85, "left": 0.26, "wspace": 0.07}
    figure, (left, right) = canvas.sheet(lang, size, columns=(1.25, 1.0), shared_y=False, **margins)
    names = [canvas.wrapped(scenario_name(one.scenario, lang), 30) for one in found]
    for ax, labels in ((left, names), (right, [""] * len(found))):
        ax.set_ylim(max(len(found), 1) - 0.5, -0.5)
        light_ticks(ax, "y", range(len(found)), labels)
    shown = int(pathways.years[year_index(pathways, year)])
    _changes(left, found, word("change_in", lang, year=shown))
    base = float(peaks.p_before(before)[peaks.scenarios.index(reference)])
    _chances(right, found, base, word("p_before_axis", lang, year=before), scenario_name(reference, lang))
    if not found:
        middle = {"transform": left.transAxes, "ha": "center", "va": "center"}
        left.text(0.5, 0.5, word("nothing_to_compare", lang), **middle)
    if found:
        columns = [word("scenario_column", lang), word("change_in", lang, year=shown), "5 %", "95 %"]
        rows = [
            [scenario_name(one.scenario, lang), *(f"{100 * value:+.1f}" for value in (one.p50, one.p05, one.p95))]
            for one in found
        ]
        canvas.tell(left, np.array([(-np.inf, at - 0.5, np.inf, at + 0.5) for at in range(len(found))]), columns, rows)
    line = word("title_compare_sub", lang, reference=scenario_name(reference, lang))
    canvas.put_title(figure, head, f"{word('title_compare', lang)} {line}")
    return figure


def _changes(ax: Axes, found: list[ScenarioDifference], title: str) -> None:
    """Draw ranges and median of the change of emissions, percent; an axis without ticks where nothing compares."""
    low, inner, middle, outer, high = (
        100 * np.array([getattr(one, name) for one in found]) for name in ("p05", "p25", "p50", "p75", "p95")
    )
    first, last = low.min(initial=0.0), high.max(initial=0.0)
    # Scenarios that change nothing have no range to take a margin of.
    margin = 0.05 * (last - first) or 1.0
    ax.set_xlim(first - margin, last + margin)
    light_ticks(ax, "x", [], [])
    if found:
        light_number_ticks(ax, "x", count=7)
        light_line(ax, "x", 0, color="black", linewidth=0.8)
    rows = np.arange(len(found))
    colours = [canvas.fill_of(one.scenario) for one in found]
    for start, end, width, label in ((low, high, 2.0, "ranges"), (inner, outer, 5.5, "halves")):
        look = {"colors": colours, "linewidths": width, "alpha": 0.55, "label": label}
        segments(ax, np.column_stack([start, rows]), np.column_stack([end, rows]), **look)
    _dots(ax, middle, colours)
    ax.set_xlabel(title)


def _chances(ax: Axes, found: list[ScenarioDifference], base: float, label: str, reference: str) -> None:
    """Draw the share of members with an early peak, percent, from that of the reference."""
    ax.set_xlim(-3, 103)
    light_ticks(ax, "x", range(0, 101, 25), [str(share) for share in range(0, 101, 25)])
    rows = np.arange(len(found))
    share = 100 * (base + np.array([one.gain for one in found]))
    starts = np.column_stack([np.full(rows.size, 100 * base), rows])
    segments(ax, starts, np.column_stack([share, rows]), colors=canvas.DARK, linewidths=1.0)
    _dots(ax, share, [canvas.fill_of(one.scenario) for one in found])
    light_line(ax, "x", 100 * base, color=canvas.MARK, linewidth=1.2, linestyle=(0, (4, 2)))
    # Near an edge the name is aligned inwards, to stay in the figure.
    side = "left" if base < 0.2 else "right" if base > 0.8 else "center"
    above = ax.get_xaxis_text2_transform(2)[0]
    look = {"transform": above, "ha": side, "va": "bottom", "size": "small", "color": canvas.MARK, "parse_math": False}
    ax.text(100 * base, 1, reference, **look)
    ax.set_xlabel(label)


def _dots(ax: Axes, values: np.ndarray, colours: list[str]) -> None:
    """Draw one dot a row, from the first row downwards."""
    places = np.column_stack([values, np.arange(len(colours))])
    markers(ax, places, size=DOT, facecolors=colours, edgecolors="black", linewidths=0.6, zorder=4, label="dots")


#: Height of one row, inches.
ROW = 1.45
#: Top of an axis in units of the largest median.
TALLEST = 2.0


def overrides(effects: plan_effects.PlanEffects, *, scenario: str | None = None, lang: str = "en") -> Figure:
    """Draw each given driver over the baseline's band, and total emissions with and without the plans.

    Parameters
    ----------
    effects : PlanEffects
    scenario : str, optional
        Scenario of the total in the last row; the first one by default.
    lang : {"en", "zh"}

    Raises
    ------
    ValueError
        The scenario was not among those compared.
    """
    chosen = effects.scenarios[0] if scenario is None else scenario
    if chosen not in effects.scenarios:
        raise ValueError(f"scenario = {chosen!r}: expected one of {', '.join(effects.scenarios)}")
    at, rows = effects.scenarios.index(chosen), len(effects.drivers) + 1
    figure, axes = canvas.sheet(lang, (8.0, 1.75 + ROW * rows), rows=(1.0,) * rows, head=1.0, foot=0.72, hspace=0.38)
    for ax, bands in zip(axes, effects.drivers, strict=False):
        without, given = (tables.shown_values(part, bands.unit) for part in (bands.without, bands.given))
        marks = [target.year for target in bands.targets if target.year <= effects.years[-1]]
        _two(ax, effects, without, given, tables.driver_name(bands, lang), lang, marks)
    scale = rounding.scale_of(float(effects.totals_without[at, 1].max()), lang)
    totals = [part[at] / scale.divisor for part in (effects.totals_without, effects.totals_with)]
    unit = word("per_year", lang, unit=scale.unit)
    name = say(lang, en=f"total emissions ({unit})", zh=f"排放总量（{unit}）")
    _two(
        axes[-1],
        effects,
        *totals,
        say(lang, en=f"{scenario_name(chosen, lang)}: {name}", zh=f"{scenario_name(chosen, lang)}：{name}"),
        lang,
        [],
    )
    axes[0].legend(loc="lower left", bbox_to_anchor=(-0.01, 1.16), ncols=5, **canvas.LEGEND)
    canvas.put_title(figure, headline(effects.park, lang), _headline(effects, at, lang))
    canvas.put_note(figure, _note(lang), lang)
    return figure


def _headline(effects: plan_effects.PlanEffects, at: int, lang: str) -> str:
    without, with_plans = (rounding.share_text(float(part[at]), lang) for part in (effects.p_without, effects.p_with))
    year, name = effects.before, scenario_name(effects.scenarios[at], lang)
    return say(
        lang,
        en=f"P(peak before {year}), {name}: {without} in the baseline, {with_plans} with the park's plans",
        zh=f"{name}：{year}年以前达峰概率，基线为{without}，计入园区规划后为{with_plans}",
    )


def _note(lang: str) -> str:
    return say(
        lang,
        en="Grey: baseline, median and 90 % of members. Green: with the plans. Drivers are shown without the projects,"
        " the total with them. Wide bands are cut off at the top.",
        zh="灰色：基线的中位数与90%区间；绿色：计入规划后。驱动因素不含项目负荷，总量含项目负荷。过宽的区间在上方截断。",
    )


def _two(
    ax: Axes,
    effects: plan_effects.PlanEffects,
    without: np.ndarray,
    given: np.ndarray,
    name: str,
    lang: str,
    marks: list[int],
) -> None:
    """Draw one quantity without and with plans: (3, year) each."""
    years = effects.years
    for (low, middle, high), colour, label, style in (
        (without, WITHOUT, say(lang, en="baseline", zh="基线"), "dashed"),
        (given, WITH, say(lang, en="with plans", zh="计入规划"), "solid"),
    ):
        ax.fill_between(years, low, high, color=colour, alpha=0.25, linewidth=0)
        ax.plot(years, middle, color=colour, linestyle=style, label=label)
    places = np.array(marks, dtype=int) - int(years[0])
    label = say(lang, en="target", zh="目标")
    ax.plot(years[places], given[1][places], "D", color=WITH, markersize=4, label=label if marks else None)
    canvas.shade_record(ax, int(years[0]), effects.park.last_observed_year)
    canvas.years_axis(ax, int(years[0]), int(years[-1]))
    highest = max(float(without[2].max()), float(given[2].max()))
    # Wide bands would flatten the given paths.
    top = min(highest, TALLEST * max(float(without[1].max()), float(given[1].max())))
    ax.set_ylim(min(0.0, float(without[0].min()), float(given[0].min())), 1.06 * top)
    ax.set_title(name, loc="left", fontsize="small", pad=3)
    light_number_ticks(ax, "y", count=4)
