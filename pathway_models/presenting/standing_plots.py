"""Figures of parks side by side: robust distances from their kind, and a budget shared out by every rule."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pathway_models.findings.budgets import RULES, Shares
from pathway_models.findings.standing import INDICATORS, OUTLIER
from pathway_models.presenting.fleet_words import (
    INDICATOR_NAMES,
    RULE_NAMES,
    check_kinds,
    parks_head,
    pick,
    reason_text,
)
from pathway_models.presenting.plotting.canvas import DARK, FAINT, LEGEND, SHADE, put_note, put_title, sheet, wrapped
from pathway_models.presenting.plotting.fleet import short_name
from pathway_models.presenting.rounding import emissions_text, scale_of
from pathway_models.presenting.words import say, word

#: Distance at which points are cut off; what lies beyond stands at the edge with its number.
EDGE = 8.0
#: Characters of a line of an indicator's name.
LABEL = {"en": 20, "zh": 10}
#: Colour and hatch of each rule, apart in brightness so that grey print keeps them apart.
RULE_STYLES = {
    "grandfathering": ("#3B3B3B", ""),
    "value_added": ("#9CCBE8", ""),
    "capability": ("#FFFFFF", "////"),
    "marginal_cost": ("#D55E00", ""),
}
#: Shares above so many times the emissions are cut off and carry their number.
MOST = 2.0


def distances(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw how far each park lies from the middle of its kind, indicator by indicator.

    Parameters
    ----------
    table : DataFrame
        From `standing`.
    lang : {"en", "zh"}

    Raises
    ------
    PathwayError
        Parks and regions are mixed.
    """
    kind, names = check_kinds(table["kind"]), list(INDICATORS)
    figure, (ax,) = sheet(lang, (8.0, 5.0), head=0.75, foot=1.15, left=0.2, right=0.965)
    ax.axvspan(-OUTLIER, OUTLIER, color=SHADE, zorder=0, linewidth=0)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    made_up = table["invented"].to_numpy(bool)
    for at, name in enumerate(names):
        row = len(names) - 1 - at
        far = table[f"{name}_distance"].to_numpy(float)
        _points(ax, np.clip(far, -EDGE, EDGE), row, made_up, np.abs(far) > OUTLIER)
        _name_far(ax, table["park_id"].tolist(), far, row, lang)
    ax.set_yticks(
        np.arange(len(names))[::-1], [wrapped(pick(INDICATOR_NAMES[name], lang), LABEL[lang]) for name in names]
    )
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.65, len(names) - 0.3)
    ax.set_xlim(-EDGE - 0.6, EDGE + 0.6)
    ax.set_xlabel(say(lang, en="robust distance from the median of the kind", zh="与同类中位数的稳健距离"))
    line = say(lang, en="Where does each stand among its kind?", zh="各自在同类中处于什么位置？")
    put_title(figure, parks_head(len(table), int(made_up.sum()), kind, lang), line)
    put_note(figure, _distance_note(table, bool(made_up.any()), lang), lang)
    return figure


def _points(ax: Axes, places: np.ndarray, row: int, made_up: np.ndarray, far: np.ndarray) -> None:
    """Points of one indicator; invented parks are hollow diamonds, outliers have another colour."""
    for invented, marker in ((False, "o"), (True, "D")):
        for outside, colour in ((False, "#0072B2"), (True, "#D55E00")):
            which = (made_up == invented) & (far == outside) & np.isfinite(places)
            face = "white" if invented else colour
            ax.plot(places[which], np.full(which.sum(), row), marker, linestyle="none", markerfacecolor=face,
                    markeredgecolor=colour, markersize=5, alpha=0.85, zorder=3)  # fmt: skip


def _name_far(ax: Axes, parks: list[str], far: np.ndarray, row: int, lang: str) -> None:
    """Names of outliers above their points, those of one side in one text, the farthest first."""
    for side in (-1, 1):
        order = [at for at in np.argsort(-np.abs(far)) if side * far[at] > OUTLIER]
        if not order:
            continue
        shown = [f"{short_name(parks[at], lang)} {far[at]:+.1f}" for at in order[:3]]
        more = len(order) - len(shown)
        shown += [say(lang, en=f"{more} more", zh=f"另{more}个")] if more else []
        ax.annotate(say(lang, en=", ", zh="、").join(shown), (side * (EDGE + 0.5), row), (0, 6),
                    textcoords="offset points", ha="left" if side < 0 else "right", va="bottom", size="small",
                    color=DARK)  # fmt: skip


def _distance_note(table: pd.DataFrame, made_up: bool, lang: str) -> str:
    years = sorted({int(year) for year in table["year"]})
    when = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
    hollow = say(lang, en=" Open diamonds: invented.", zh="空心菱形：虚构。") if made_up else ""
    return say(
        lang,
        en=f"Last observed year ({when}). Distance 0.6745 (x - median) / MAD, beyond {OUTLIER} called an outlier; at"
        f" {EDGE:g} points are cut off. Amounts per value added or energy are compared as logarithms.{hollow} An"
        " outlier is unlike its kind, which is neither a fault nor a merit.",
        zh=f"最后观测年（{when}）。距离为0.6745(x-中位数)/MAD，超过{OUTLIER}称为离群；{EDGE:g}处截断。单位增加值或单位能耗的指标取对数比较。"
        f"{hollow}离群只说明与同类不同，并非优劣。",
    )


def shares(found: Shares, table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw a budget by every rule side by side: tonnes, and the share relative to each park's emissions.

    Parameters
    ----------
    found : Shares
    table : DataFrame
        From `standing`, of the same parks.
    lang : {"en", "zh"}
    """
    rules, count = [name for name in RULES if name in found.by_rule], len(found.parks)
    table = table.set_index("park_id").loc[list(found.parks)]
    kind, made_up = check_kinds(table["kind"]), int(table["invented"].sum())
    order = np.argsort(-found.emissions, kind="stable")
    size = (8.0, 2.35 + (0.115 * len(rules) + 0.1) * count)
    figure, (left, right) = sheet(lang, size, columns=(1, 1), head=1.05, foot=1.2, left=0.22, wspace=0.12)
    scale = scale_of(float(max(found.emissions.max(), *(one.max() for one in found.by_rule.values()))), lang)
    rows, height = np.arange(count)[::-1].astype(float), 0.8 / len(rules)
    for at, name in enumerate(rules):
        colour, hatch = RULE_STYLES[name]
        tonnes, place = found.by_rule[name][order], rows + 0.4 - (at + 0.5) * height
        look = {"color": colour, "hatch": hatch, "edgecolor": DARK, "linewidth": 0.5, "height": height}
        look["facecolor"] = look.pop("color")
        left.barh(place, tonnes / scale.divisor, label=pick(RULE_NAMES[name], lang), **look)
        relative = np.divide(
            tonnes, found.emissions[order], out=np.full(count, np.nan), where=found.emissions[order] > 0
        )
        right.barh(place, 100 * np.minimum(relative, MOST), **look)
        for y, value in zip(place, relative, strict=True):
            if value > MOST:
                right.annotate(f"{100 * value:,.0f} %", (100 * MOST, y), (2, 0), textcoords="offset points",
                               va="center", size=6)  # fmt: skip
    left.vlines(found.emissions[order] / scale.divisor, rows - 0.42, rows + 0.42, color="black", linewidth=1.6)
    right.axvline(100, color="black", linewidth=1.6)
    _finish_shares(figure, left, right, [short_name(found.parks[at], lang) for at in order], lang)
    left.set_xlabel(word("per_year", lang, unit=scale.unit))
    line = say(
        lang,
        en=f"A budget of {emissions_text(found.budget, lang)} in {found.year}, by {len(rules)} rules",
        zh=f"{found.year}年预算{emissions_text(found.budget, lang)}，{len(rules)}种规则",
    )
    put_title(figure, parks_head(count, made_up, kind, lang), line)
    put_note(figure, _shares_note(found, lang), lang)
    return figure


def _finish_shares(figure: Figure, left: Axes, right: Axes, names: list[str], lang: str) -> None:
    left.set_yticks(np.arange(len(names))[::-1], names, size="small")
    left.set_ylim(-0.6, len(names) - 0.4)
    left.set_xlim(left=0)
    left.xaxis.set_major_formatter("{x:,.0f}")
    right.set_xlim(0, 100 * MOST + 32)
    for ax in (left, right):
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", visible=False)
    right.set_xlabel(say(lang, en="of emissions on record, %", zh="占观测排放，%"))
    handles, labels = left.get_legend_handles_labels()
    handles.append(Line2D([], [], color="black", linewidth=1.6))
    labels.append(say(lang, en="last on record", zh="最近观测"))
    top = 1 - 0.55 / figure.get_figheight()
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.005, top), ncols=5, **LEGEND)


def _shares_note(found: Shares, lang: str) -> str:
    left_out = "".join(
        say(
            lang,
            en=f"\nNot computed: {pick(RULE_NAMES[name], lang)} ({reason_text(why, lang)}).",
            zh=f"\n未计算：{pick(RULE_NAMES[name], lang)}（{reason_text(why, lang)}）。",
        )
        for name, why in found.left_out.items()
    )
    return say(
        lang,
        en="Whole tonnes; every rule adds up to the budget exactly. None is recommended: they are different ideas of"
        f" fairness. Bars on the right end at {100 * MOST:g} %, those cut off carry their number.{left_out}",
        zh=f"以整吨计，每种规则之和恰为预算。不推荐任何一种：它们是不同的公平观念。"
        f"右图在{100 * MOST:g}%处截断并标注数值。{left_out}",
    )
